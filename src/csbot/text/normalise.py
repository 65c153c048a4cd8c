"""One normaliser for everything that reads text, with a map back to the text as given.

Width, case, traditional characters, invisible and combining characters are folded; nothing else is lost.
Repeated characters stay (they are evidence of mood and of evasion): the readers decide what a run means.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from csbot.text.cache import cached, version_of
from csbot.text.regex import regex

if TYPE_CHECKING:
    from opencc import OpenCC

# OpenCC's t2s leaves these alone, since they are not traditional forms in the strict sense; for a service
# desk they are spellings of the same word.
_SPELLINGS = str.maketrans(
    {"苧": "苎", "妳": "你", "祢": "你", "著": "着", "麽": "么", "嚒": "么", "嘅": "的", "係": "系"}
)
_ASTRAL = "\U00010000"
# Letters of other scripts that nobody tells from Latin ones: 「wо bu zhi dао」 with Cyrillic о and а. Last come those
# of Bopomofo, which stand for their initials.
_LETTERS_ALIKE = str.maketrans(
    "авгеёкмнорстухѕіїјһԁԛԝүᴀɑαβεηικνορτυχωϲϳɡıɢɪʟʙʜɴʀʏᴏᴜᴛᴍᴋᴊᴇᴅᴄᴠᴡᴢᴘꜱμㄅㄆㄇㄈㄉㄊㄋㄌㄍㄎㄏㄐㄑㄒㄓㄔㄕㄖㄗㄘㄙ",
    "abreekmhopctyxsiijhdqwyaaabenikvoptuxwcjgigilbhnryoutmkjedcvwzpsubpmfdtnlgkhjqxzcsrzcs",
)
_BLANK = "\u2800"  # a character of Braille without a dot
_LETTER_IN_A_FRAME = regex(r"NEGATIVE (?:CIRCLED|SQUARED) LATIN CAPITAL LETTER ([A-Z])$")
_SPELLED_WORDS = (("甚么", "什么"),)


@dataclass(frozen=True, slots=True)
class Normalised:
    """A normalised text and where each of its characters came from.

    ``starts[i]`` and ``ends[i]`` are code-point offsets into ``raw`` of the characters that made ``text[i]``.
    """

    raw: str
    text: str
    starts: Sequence[int]
    ends: Sequence[int]

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
    name = "" if character <= "\u02ff" else unicodedata.name(character, "")
    if name.endswith("FILLER"):  # letters by their category, which no font shows: those of Hangul
        return ""
    if character == _BLANK:
        return " "
    if category == "So" and (framed := _LETTER_IN_A_FRAME.match(name)):  # the other frames have a decomposition
        return framed[1].lower()
    if character.isspace():
        return "\n" if category in ("Zl", "Zp") or character in "\r\v\f\x85" else " "
    folded = unicodedata.normalize("NFKC", character).lower()
    if "LATIN" in unicodedata.name(character, ""):
        folded = unicodedata.normalize("NFKD", folded)  # the tone marks of pinyin: biē
    kept = "".join(part for part in folded if unicodedata.category(part) not in ("Mn", "Me", "Cf"))
    return kept.replace("\t", " ").translate(_LETTERS_ALIKE)


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    from opencc import OpenCC  # 16 ms: only paid by those who normalise

    return OpenCC("t2s")


def _read_traditional() -> str:
    """Return every Han character of the basic plane that is written otherwise in simplified text."""
    characters = [*map(chr, range(0x3400, 0xA000)), *map(chr, range(0xF900, 0xFB00))]
    simplified = str(_converter().convert("\n".join(characters))).split("\n")
    changed = (character for character, other in zip(characters, simplified, strict=True) if character != other)
    return "".join(changed)


@lru_cache(maxsize=1)
def _traditional() -> frozenset[str]:
    """Return the characters that make a text worth converting; without one the converter is not even loaded."""
    changed = cached("traditional", f"1:{version_of('opencc')}", _read_traditional)
    return frozenset(changed) | frozenset(map(chr, _SPELLINGS)) | {word[0] for word, _ in _SPELLED_WORDS}


def is_traditional_character(character: str) -> bool:
    """Tell whether simplified text writes this character otherwise."""
    return character in _traditional()


VANISHES, SEVERAL = "\x00", "\x01"
# Their simplified form depends on the word that they stand in.
_BY_WORD = frozenset("乾瞭著藉餘係徵夥甚麼摺鍾託捨妳祢嚒嘅苧後裡裏髮發復複覆鬱") | frozenset(map(chr, _SPELLINGS))


def _read_characters() -> str:
    pieces = [_fold_character(chr(code)) for code in range(0x10000)]
    single = [piece if len(piece) == 1 and piece != "\n" else "" for piece in pieces]
    simplified = str(_converter().convert("\n".join(single))).split("\n")
    table = []
    for code, (piece, simple) in enumerate(zip(pieces, simplified, strict=True)):
        if chr(code) in _BY_WORD or (len(piece) > 1 and any(map(str.isalnum, piece))) or simple >= _ASTRAL:
            table.append(SEVERAL)
        else:
            table.append(simple if len(simple) == 1 else "\n" if piece == "\n" else VANISHES)
    return "".join(table)


@lru_cache(maxsize=1)
def character_table() -> str:
    """Return what each character of the basic plane becomes, by its code.

    ``VANISHES`` where nothing is left of it, ``SEVERAL`` where it becomes more than one or depends on its word.
    """
    return cached("characters", f"6:{unicodedata.unidata_version}:{version_of('opencc')}", _read_characters)


def is_one_symbol(character: str) -> bool:
    """Tell whether a character becomes one character that is neither wording nor space (an emoji stays as it is)."""
    folded = _fold_character(character)
    return len(folded) == 1 and not folded.isalnum() and not folded.isspace()


def is_plain(text: str) -> bool:
    """Tell whether a text in lower case and half width needs no conversion: no neighbour changes any of it."""
    return text.isascii() or (_traditional().isdisjoint(text) and max(text) < _ASTRAL)


def _simplify(text: str) -> str:
    """Return ``text`` in simplified characters, of the same length.

    A phrase conversion that changes the length would break the offset map; then each character is
    converted by itself, which never does.
    """
    if is_plain(text):
        return text
    converted = str(_converter().convert(text))
    if len(converted) != len(text):
        convert = _converter().convert
        converted = "".join(single if len(single := str(convert(part))) == 1 else part for part in text)
    converted = converted.translate(_SPELLINGS)
    for spelling, word in _SPELLED_WORDS:
        converted = converted.replace(spelling, word)
    return converted


def is_traditional(raw: str) -> bool:
    """Tell whether a text is written in traditional characters: at least two of them, or all but a few."""
    simplified = _simplify(raw)
    changed = sum(before != after for before, after in zip(raw, simplified, strict=True))
    return changed >= 2 or (changed == 1 and len(raw) <= 8)


def traditional(text: str) -> str:
    """Return simplified ``text`` in the traditional characters of Taiwan (OpenCC ``s2tw``): 为您 becomes 為您."""
    return str(_to_traditional().convert(text))


@lru_cache(maxsize=1)
def _to_traditional() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("s2tw")


def normalise(raw: str) -> Normalised:
    """Normalise ``raw`` (any string, lone surrogates included).

    Full width becomes half width and upper case lower case (NFKC), traditional characters become simplified
    ones (OpenCC), every kind of white space a space or a line break; control characters, zero-width
    characters, variation selectors, combining marks and lone surrogates vanish.
    """
    folded = list(map(_fold_character, raw))
    if "\r\n" in raw:  # one line break, not two
        folded = [" " if raw[at : at + 2] == "\r\n" else piece for at, piece in enumerate(folded)]
    text = "".join(folded)
    if len(text) == len(raw) and all(folded):  # one for one, as nearly always
        return Normalised(raw, _simplify(text), range(len(raw)), range(1, len(raw) + 1))
    starts = tuple(index for index, parts in enumerate(folded) for _ in parts)
    return Normalised(raw, _simplify(text), starts, tuple(start + 1 for start in starts))


def folded(raw: str) -> str:
    """Return the text that ``normalise`` makes of ``raw``, for those who need no way back: a fifth of the time."""
    return _simplify("".join(map(_fold_character, raw)))


def all_folded(raws: Sequence[str]) -> list[str]:
    """Do what ``folded`` does for many short texts: in a third of the time, where none of them holds a line break."""
    joined = "\n".join(raws)
    table = {ord(character): _fold_character(character) for character in set(joined)}
    lines = joined.translate(table).split("\n")
    if len(lines) != len(raws):
        return list(map(folded, raws))
    others = {character for piece in table.values() for character in piece if not is_plain(character)}
    return [line if others.isdisjoint(line) else _simplify(line) for line in lines]


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
