"""One normaliser for everything that reads text, with a map back to the text as given.

Width, case, traditional characters, invisible and combining characters are folded; nothing else is lost.
Repeated characters stay (they are evidence of mood and of evasion): the readers decide what a run means.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

# OpenCC's t2s leaves these alone, since they are not traditional forms in the strict sense; for a service
# desk they are spellings of the same word.
_SPELLINGS = str.maketrans(
    {"苧": "苎", "妳": "你", "祢": "你", "著": "着", "麽": "么", "嚒": "么", "嘅": "的", "係": "系"}
)
_SPELLED_WORDS = (("甚么", "什么"), ("甚麽", "什么"), ("那裏", "那里"))


@dataclass(frozen=True, slots=True)
class Normalised:
    """A normalised text and where each of its characters came from.

    ``starts[i]`` and ``ends[i]`` are code-point offsets into ``raw`` of the characters that made ``text[i]``.
    """

    raw: str
    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the half-open span of ``raw`` that made ``text[start:end]`` (which must not be empty)."""
        return self.starts[start], self.ends[end - 1]


@lru_cache(maxsize=65536)
def _fold_character(character: str) -> str:
    """Return what one character becomes: nothing, itself, or a few others (``…`` becomes ``...``)."""
    if character == "\n":
        return "\n"
    category = unicodedata.category(character)
    if category in ("Cf", "Cs", "Co", "Cn", "Mn", "Me") or (category == "Cc" and not character.isspace()):
        return ""
    if character.isspace():
        return "\n" if category in ("Zl", "Zp") or character in "\r\v\f\x85" else " "
    folded = unicodedata.normalize("NFKC", character).lower()
    kept = "".join(part for part in folded if unicodedata.category(part) not in ("Mn", "Me", "Cf"))
    return kept.replace("\t", " ")


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    from opencc import OpenCC  # 16 ms: only paid by those who normalise

    return OpenCC("t2s")


def _simplify(text: str) -> str:
    """Return ``text`` in simplified characters, of the same length.

    A phrase conversion that changes the length would break the offset map; then each character is
    converted by itself, which never does.
    """
    if text.isascii():
        return text
    converted = str(_converter().convert(text))
    if len(converted) != len(text):
        convert = _converter().convert
        converted = "".join(single if len(single := str(convert(part))) == 1 else part for part in text)
    converted = converted.translate(_SPELLINGS)
    for spelling, word in _SPELLED_WORDS:
        converted = converted.replace(spelling, word)
    return converted


def normalise(raw: str) -> Normalised:
    """Normalise ``raw`` (any string, lone surrogates included).

    Full width becomes half width and upper case lower case (NFKC), traditional characters become simplified
    ones (OpenCC), every kind of white space a space or a line break; control characters, zero-width
    characters, variation selectors, combining marks and lone surrogates vanish.
    """
    characters: list[str] = []
    starts: list[int] = []
    position_after: list[int] = []
    for index, character in enumerate(raw):
        folded = _fold_character(character)
        for part in folded:
            characters.append(part)
            starts.append(index)
            position_after.append(index + 1)
    text = _simplify("".join(characters))
    return Normalised(raw, text, tuple(starts), tuple(position_after))


def folded(raw: str) -> str:
    """Return the text that ``normalise`` makes of ``raw``, for those who need no way back: a fifth of the time."""
    return _simplify("".join(map(_fold_character, raw)))


def visible(text: str) -> str:
    r"""Return ``text`` safe to print on a terminal: control characters and direction marks become visible.

    Line breaks stay; a tab becomes a space; anything else that a terminal would obey is shown as a picture
    (U+2400 block) or as ``\uXXXX``.
    """
    return "".join(_visible_character(character) for character in text)


@lru_cache(maxsize=4096)
def _visible_character(character: str) -> str:
    if character == "\n" or character.isprintable():
        return character
    if character == "\t":
        return " "
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if unicodedata.category(character) in ("Zs",):
        return " "
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
