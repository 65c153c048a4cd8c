"""The phrase language that trainers write, and the regular expression (RE2) that each phrase becomes.

    不知道            literal text
    你找…问           … stands for up to 12 characters of the same sentence
    [暂未|尚未|]开通   one of the alternatives; an empty one is allowed
    <时限>            a number with a unit of time

A tolerant phrase is matched over *folded* text, from which everything but wording was removed, and also finds
repeated characters (不不知道), 你 for 您, 我们 for 我, and small filler words between its characters
(我是真的不知道), but never a filler after a negation: 「不是行家」 does not hold 「不行」.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

from csbot.text.normalise import normalise
from csbot.text.segment import is_han, is_word_character

WILDCARD = "…"
GAP = 12  # characters that … may stand for
DURATION = "<时限>"
DURATION_PATTERN = (
    r"(?:[0-9]+(?:\.[0-9]+)?(?:[-~–][0-9]+)?|[一二两三四五六七八九十半几百]+)\s?个?半?"
    r"(?:分钟|钟头|小时|工作日|自然日|天|日|周|星期|月)"
)

# Small words that an agent may slip into a phrase without changing what it says.
FILLERS = (
    "真的是|真的|真心|真|实在是|实在|确实|的确|其实|反正|就是|就|也是|也|都是|都|可是|可|是|还|又"
    "|那个|这个|呢|啊|呀|哦|嘛|吧|嗯|呃|啦|哈|了|的"
)
OPENING_PARTICLES = "啊哦嗯呃哎唉那额哼嘿喂"  # one or two may open a clause without changing what it is
_FILLER = f"(?:{FILLERS}){{0,3}}?"
_NEGATIONS = frozenset("不没别未无莫勿")
_MINIMUM_LENGTH_FORFILLERS = 3
_WE = r"(?:我|咱|俺)们?"
_YOU = r"[你您]们?"


class PhraseError(ValueError):
    """A phrase that is not written in the phrase language; the message is for the trainer."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A phrase as RE2 source, with the word characters that any match must hold (a cheap first test)."""

    pattern: str
    required: frozenset[str]
    han: int  # the number of literal Han characters
    bridges_clauses: bool  # written with a comma inside: may run across one however short it is
    bridges_sentences: bool = False  # written with 。！？ inside: may run across one
    any_of: tuple[frozenset[str], ...] = ()  # a match also holds at least one character of each of these

    def may_match(self, present: frozenset[str]) -> bool:
        """Tell whether a text with these characters can hold the phrase at all."""
        if not self.required <= present:
            return False
        for each in self.any_of:  # noqa: SIM110 (asked for most lines of long texts, where a generator costs more)
            if each.isdisjoint(present):
                return False
        return True

    def as_list(self) -> list[Any]:
        """Return the phrase as JSON, for the cache."""
        return [
            self.pattern,
            "".join(sorted(self.required)),
            self.han,
            self.bridges_clauses,
            self.bridges_sentences,
            ["".join(sorted(each)) for each in self.any_of],
        ]

    @classmethod
    def from_list(cls, stored: list[Any]) -> Compiled:
        """Return the phrase that ``as_list`` gave."""
        pattern, required, han, clauses, sentences, any_of = stored
        return cls(pattern, frozenset(required), han, clauses, sentences, tuple(map(frozenset, any_of)))


def parts_of(phrase: str) -> list[str | list[str]]:
    """Split a phrase into literal runs, wildcards, duration tokens, and lists of alternatives."""
    parts: list[str | list[str]] = []
    for piece in re.split(r"(…+|<时限>|\[[^\[\]]*\])", phrase):
        if not piece:
            continue
        if piece.startswith(WILDCARD):
            parts.append(WILDCARD)
        elif piece.startswith("[") and piece.endswith("]"):  # a bracket that nothing closes is refused below
            parts.append(piece[1:-1].split("|"))
        else:
            parts.append(piece)
    for part in parts:
        text = ("".join(part) if isinstance(part, list) else part).replace(DURATION, "")
        if part != WILDCARD and (bad := re.search(r"[\[\]|<>{}*\\]|××", text)):
            raise PhraseError(f"短语「{phrase}」里的「{bad[0]}」用法不对：可用写法是 文字、…、[甲|乙] 和 <时限>")
    if not any("".join(part) for part in parts if part != WILDCARD):
        raise PhraseError(f"短语「{phrase}」没有具体文字")
    return parts


def _word_text(literal: str) -> str:
    return "".join(character for character in normalise(literal).text if is_word_character(character))


def _tolerant_units(literal: str, keep_you: bool) -> list[tuple[str, str, bool]]:
    """Return (pattern, the plain character or "", whether a filler may follow) for each unit of a literal."""
    text = _word_text(literal)
    units: list[tuple[str, str, bool]] = []
    index = 0
    while index < len(text):
        character = text[index]
        plural = text[index + 1 : index + 2] == "们"
        if character in "我咱" and not text.startswith(("我行我素",), index):
            units.append((_WE, "", True))
            index += 2 if plural else 1
        elif character in "你您" and not keep_you:
            units.append((_YOU, "", True))
            index += 2 if plural else 1
        else:
            run = len(text[index:]) - len(text[index:].lstrip(character))
            count = "+" if run == 1 else f"{{{run},}}"
            units.append((re.escape(character) + count, character, character not in _NEGATIONS))
            index += run
    return units


def _tolerant_literal(literal: str, fillers: bool, keep_you: bool) -> str:
    units = _tolerant_units(literal, keep_you)
    source = ""
    for position, (pattern, _, filler_may_follow) in enumerate(units):
        source += pattern
        if fillers and filler_may_follow and position < len(units) - 1:
            source += _FILLER
    return source


def _plain_literal(literal: str) -> str:
    return re.escape(normalise(literal).text)


def _certain_characters(literal: str, *, tolerant: bool, keep_you: bool) -> str:
    """Return the characters that any text with this literal holds (not 我 or 您, which have other forms)."""
    pieces = literal.split(DURATION)
    if not tolerant:
        return "".join(normalise(piece).text for piece in pieces)
    return "".join(character for piece in pieces for _, character, _ in _tolerant_units(piece, keep_you))


def choices_of(phrase: str, *, keep_you: bool = False) -> list[list[frozenset[str]]]:
    """Return for each list of alternatives of a tolerant phrase the characters that each of them requires.

    Any text that holds the phrase holds all characters of one alternative of each list.
    """
    lists = [part for part in parts_of(phrase) if isinstance(part, list)]
    return [
        [frozenset(_certain_characters(each, tolerant=True, keep_you=keep_you)) for each in alternatives]
        for alternatives in lists
    ]


@lru_cache(maxsize=8192)
def compile_phrase(
    phrase: str, *, tolerant: bool, fillers: bool = True, keep_you: bool = False, exact: bool = False
) -> Compiled:
    """Turn a phrase into a regular expression.

    ``tolerant`` phrases are for folded text, the others for normalised text; ``exact`` ones are for folded text
    and allow for nothing. Raises PhraseError where the
    phrase is not in the phrase language.
    """
    parts = parts_of(phrase)
    literals = [part for part in parts if isinstance(part, str) and part not in (WILDCARD, DURATION)]
    han = sum(is_han(character) for literal in literals for character in literal)
    han += sum(min(sum(map(is_han, each)) for each in part) for part in parts if isinstance(part, list))
    with_fillers = fillers and tolerant and han >= _MINIMUM_LENGTH_FORFILLERS

    def literal_pattern(literal: str) -> str:
        pieces = literal.split(DURATION)
        if exact:
            return DURATION_PATTERN.join(re.escape(_word_text(piece)) for piece in pieces)
        plain = [
            _tolerant_literal(piece, with_fillers, keep_you) if tolerant else _plain_literal(piece) for piece in pieces
        ]
        return DURATION_PATTERN.join(plain)

    source: list[str] = []
    required: set[str] = set()
    any_of: list[frozenset[str]] = []
    for position, part in enumerate(parts):
        if part == WILDCARD:
            source.append(f".{{0,{GAP}}}?" if tolerant else f"[^。!?;\\n]{{0,{GAP}}}?")
        elif part == DURATION:
            source.append(DURATION_PATTERN)
        elif isinstance(part, list):
            source.append("(?:" + "|".join(literal_pattern(each) for each in part) + ")")
            firsts = [_certain_characters(each, tolerant=tolerant, keep_you=keep_you)[:1] for each in part]
            if all(firsts):
                any_of.append(frozenset("".join(firsts)))
        else:
            source.append(literal_pattern(part))
            required.update(_certain_characters(part, tolerant=tolerant, keep_you=keep_you))
        if with_fillers and position < len(parts) - 1 and WILDCARD not in (part, parts[position + 1]):
            last = part if isinstance(part, str) else "".join(each[-1:] for each in part)
            if not _NEGATIONS & set(last[-1:] if isinstance(part, str) else last):
                source.append(_FILLER)
    alternatives = [each for part in parts if isinstance(part, list) for each in part]
    punctuation = normalise("".join([*literals, *alternatives])).text
    return Compiled(
        "".join(source),
        frozenset(required),
        han,
        any(mark in punctuation for mark in ",、:"),
        any(mark in punctuation.strip("。!?;") for mark in "。!?;"),
        tuple(any_of),
    )


def longest_run(text: str) -> int:
    """Return the length of the longest run of one character, e.g. 4 for 「急急急急」."""
    return max((len(list(run)) for _, run in groupby(text)), default=0)
