"""The phrase language that trainers write, and the regular expression (RE2) that each phrase becomes.

    不知道            literal text
    你找…问           … stands for up to 12 characters of the same sentence
    如果～不行         ～ stands for up to 12 characters; an exception with it covers nothing beyond a comma
    [暂未|尚未|]开通   one of the alternatives; an empty one is allowed
    <时限>            a number with a unit of time

A tolerant phrase is matched over *folded* text, from which everything but wording was removed, and also finds
repeated characters (不不知道), 你 for 您, 我们 for 我, and small filler words between its characters
(我是真的不知道), but never a filler after a negation: 「不是行家」 does not hold 「不行」.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from csbot.text.normalise import folded
from csbot.text.regex import regex
from csbot.text.segment import is_han

WILDCARD = "…"
CLAUSE_WILDCARD = "～"  # the same, but an exception with it does not reach beyond a comma
GAP = 12  # characters that … may stand for
GAP_PATTERN = f".{{0,{GAP}}}?"  # in folded text
DURATION = "<时限>"
NUMBER_PATTERN = "[0-9]"
DURATION_PATTERN = (
    rf"(?:{NUMBER_PATTERN}+(?:\.{NUMBER_PATTERN}+)?(?:[-~–]{NUMBER_PATTERN}+)?|[一二两三四五六七八九十半几百]+)\s?个?半?"
    r"(?:分钟|钟头|小时|工作日|自然日|天|日|周|星期|月)"
)
LONGEST_DURATION = 8  # characters, where the digits of a number count as one

# Small words that an agent may slip into a phrase without changing what it says.
FILLERS = (
    "真的是|真的|真心|真|实在是|实在|确实|的确|其实|反正|就是|就|也是|也|都是|都|可是|可|是|还|又"
    "|那个|这个|这边|这里|根本|压根|呢|啊|呀|哦|嘛|吧|嗯|呃|啦|哈|了|的"
    "|呗|诶|欸|咯|嘞|喽|哟|噢|哎|唉|哇|呐|儿|噻|咧|叻|哩|哒|吖|唷|啵|滴"
)
OPENING_PARTICLES = "啊哦嗯呃哎唉那额哼嘿喂"  # one or two may open a clause without changing what it is
MOST_FILLERS = 3  # one behind the other
_FILLER = f"(?:{FILLERS}){{0,{MOST_FILLERS}}}?"
SHORT = "(?&)"  # for ``_FILLER``, which is nearly all of what the sources of a library hold; no source has it itself
_NEGATIONS = frozenset("不没别未无莫勿")
_MINIMUM_LENGTH_FOR_FILLERS = 3  # Han characters
_ENDS = "。!?;"  # of sentences, normalised
_COMMAS = frozenset(",、:")
_MARKS = _COMMAS.union(_ENDS)
_PERSONS = frozenset("我咱你您")
_WE = r"(?:[我咱俺]们*)"
_COMPANY = r"(?:[我咱俺]们+)"
_YOU = r"(?:[你您]们*)"


_PARTS = regex(r"(…+|～|<时限>|\[[^\[\]]*\])")
_MISUSED = regex(r"[\[\]|<>{}*\\]|××")


class PhraseError(ValueError):
    """A phrase that is not written in the phrase language; the message is for the trainer."""


class Compiled(NamedTuple):
    """A phrase as RE2 source, with the word characters that any match must hold (a cheap first test)."""

    short: str  # the RE2 source, in tolerant phrases with ``SHORT`` for what any number of fillers are
    required: str
    han: int  # the number of literal Han characters
    bridges_clauses: bool  # written with a comma inside: may run across one however short it is
    bridges_sentences: bool = False  # written with 。！？ inside: may run across one
    any_of: tuple[str, ...] = ()  # a match also holds at least one character of each of these
    is_short: bool = False  # whether ``SHORT`` stands in the source; a trainer's own expression may hold anything
    reach: int = 0  # the most characters of a match, as ``judging.reach`` counts them; of tolerant phrases only

    @property
    def pattern(self) -> str:
        """The RE2 source."""
        return self.short.replace(SHORT, _FILLER) if self.is_short else self.short

    @property
    def has_fillers(self) -> bool:
        """Whether fillers may stand anywhere in the phrase."""
        return self.is_short and SHORT in self.short

    def may_match(self, present: frozenset[str]) -> bool:
        """Tell whether a text with these characters can hold the phrase at all."""
        for character in self.required:  # asked for most lines of long texts, where a generator costs more
            if character not in present:
                return False
        for each in self.any_of:  # noqa: SIM110
            if present.isdisjoint(each):
                return False
        return True

    def as_list(self) -> list[Any]:
        """Return the phrase as JSON, for the cache."""
        return [
            self.short,
            self.required,
            self.han,
            self.bridges_clauses,
            self.bridges_sentences,
            self.any_of,
            self.is_short,
            self.reach,
        ]

    @classmethod
    def from_list(cls, stored: list[Any]) -> Compiled:
        """Return the phrase that ``as_list`` gave."""
        short, required, han, clauses, sentences, any_of, is_short, reach = stored
        return cls(short, required, han, clauses, sentences, tuple(any_of), is_short, reach)


@lru_cache(maxsize=512)
def parts_of(phrase: str) -> list[str | list[str]]:
    """Split a phrase into literal runs, wildcards, duration tokens, and lists of alternatives; nobody changes these.

    All that is made of a rule asks for the parts of its phrases.
    """
    parts: list[str | list[str]] = []
    for piece in _PARTS.split(phrase):
        if not piece:
            continue
        if piece.startswith(WILDCARD) or piece == CLAUSE_WILDCARD:
            parts.append(WILDCARD)
        elif piece.startswith("[") and piece.endswith("]"):  # a bracket that nothing closes is refused below
            parts.append(piece[1:-1].split("|"))
        else:
            parts.append(piece)
    for part in parts:
        text = ("".join(part) if isinstance(part, list) else part).replace(DURATION, "")
        if part != WILDCARD and (bad := _MISUSED.search(text)):
            raise PhraseError(f"短语「{phrase}」里的「{bad[0]}」用法不对：可用写法是 文字、…、～、[甲|乙] 和 <时限>")
    if not any("".join(part) for part in parts if part != WILDCARD):
        raise PhraseError(f"短语「{phrase}」没有具体文字")
    return parts


class Tolerance(NamedTuple):
    """What a tolerant phrase lets pass, over folded text."""

    fillers: bool = True  # where the phrase is long enough
    persons: bool = True  # 我们 for 我
    keep_you: bool = False  # but 你 and 您 are different
    repeats: bool = True

    def units(self, text: str) -> list[tuple[str, str, bool]]:
        """Return (pattern, the plain character or "", whether a filler may follow) for each unit of word characters."""
        units: list[tuple[str, str, bool]] = []
        index, size = 0, len(text)
        while index < size:
            character = text[index]
            person = self._person(text, index) if character in _PERSONS else ""
            if person:
                units.append((person + "+" * self.repeats, "", True))
                index += 2 if text[index + 1 : index + 2] == "们" else 1
            else:
                first = index
                while index < size and text[index] == character:
                    index += 1
                run = index - first
                count = ("" if run == 1 else f"{{{run}}}") if not self.repeats else "+" if run == 1 else f"{{{run},}}"
                units.append((character + count, character, character not in _NEGATIONS))  # none is to be escaped
        return units

    def _person(self, text: str, index: int) -> str:
        """Return the pattern of a person that stands there in any of its forms, or an empty string."""
        if not self.persons:
            return ""
        if text[index] in "我咱" and not text.startswith("我行我素", index):
            # An exception for what a company does is none for what an agent says: 「您可以投诉我们」, 「您可以投诉我」.
            return _COMPANY if not self.fillers and text[index + 1 : index + 2] == "们" else _WE
        return _YOU if text[index] in "你您" and not self.keep_you else ""


class _Literal(NamedTuple):
    """A literal or one of several alternatives, as source and by what a phrase needs to know of it."""

    size: int  # characters as it is written
    plain: str  # without fillers
    filled: str  # with fillers between its units
    behind: str  # the fillers that may follow it, if any: 「不真的行」 turns the sense round
    certain: str  # the characters that any text with it holds (not 我 or 您, which have other forms)
    han: int
    longest: int  # the most characters that it stands for, fillers and repetitions aside
    marks: frozenset[str]  # that end a clause or sentence


_SIZE = attrgetter("size")


@lru_cache(maxsize=16384)  # an alternative of one phrase stands in seven others, too
def _literal(literal: str, tolerance: Tolerance | None) -> _Literal:
    """Return what there is to know of a literal in a phrase with a tolerance, or in one without any."""
    pieces = literal.split(DURATION)
    texts = list(map(folded, pieces))
    marks = _MARKS.intersection("".join(texts))
    han = sum(map(is_han, "".join(pieces)))
    if tolerance is None:
        plain = DURATION_PATTERN.join(map(re.escape, texts))
        return _Literal(len(literal), plain, plain, "", "".join(texts), han, 0, marks)
    words = ["".join(filter(str.isalnum, text)) for text in texts]
    units = list(map(tolerance.units, words))
    last = words[-1][-1:] or ("天" if len(pieces) > 1 else "")
    return _Literal(
        len(literal),
        DURATION_PATTERN.join("".join([pattern for pattern, _, _ in listed]) for listed in units),
        DURATION_PATTERN.join(map(_with_fillers, units)),
        SHORT if last and last not in _NEGATIONS else "",
        "".join([character for listed in units for _, character, _ in listed]),
        han,
        sum(map(len, words)) + LONGEST_DURATION * (len(pieces) - 1),
        marks,
    )


def _with_fillers(units: Sequence[tuple[str, str, bool]]) -> str:
    """Return the pattern of units with fillers between them wherever one may stand."""
    if not units:
        return ""
    between = "".join(pattern + SHORT if may_follow else pattern for pattern, _, may_follow in units[:-1])
    return between + units[-1][0]


def _crosses_sentences(parts: list[str | list[str]]) -> bool:
    """Tell whether a phrase is written with the end of a sentence inside: 「喂？说话」, but not 「什么？」."""
    for position, part in enumerate(parts):
        for literal in [part] if isinstance(part, str) else part:
            text = folded(literal) if literal != WILDCARD else ""
            text = text if position else text.lstrip(_ENDS)
            text = text if position < len(parts) - 1 else text.rstrip(_ENDS)
            if any(mark in text for mark in _ENDS):
                return True
    return False


def choices_of(phrase: str, *, keep_you: bool = False) -> list[list[frozenset[str]]]:
    """Return for each list of alternatives of a tolerant phrase the characters that each of them requires.

    Any text that holds the phrase holds all characters of one alternative of each list.
    """
    lists = [part for part in parts_of(phrase) if isinstance(part, list)]
    return [
        [frozenset(_literal(each, Tolerance(keep_you=keep_you)).certain) for each in alternatives]
        for alternatives in lists
    ]


@lru_cache(maxsize=8192)
def compile_phrase(
    phrase: str,
    *,
    tolerant: bool,
    fillers: bool = True,
    keep_you: bool = False,
    persons: bool = True,
    repeats: bool = True,
) -> Compiled:
    """Turn a phrase into a regular expression.

    ``tolerant`` phrases are for folded text, the others for normalised text. The other options say what a tolerant
    phrase lets pass (see ``Tolerance``). Raises PhraseError where the phrase is not in the phrase language.
    """
    parts = parts_of(phrase)
    tolerance = Tolerance(fillers, persons, keep_you, repeats) if tolerant else None
    listed = [[_literal(each, tolerance) for each in ([part] if isinstance(part, str) else part)] for part in parts]
    han_of_parts = [min([one.han for one in literals]) for literals in listed]
    han = sum(han_of_parts)
    with_fillers = tolerant and fillers

    def source_of(one: _Literal, least: int, apart: bool) -> str:
        """Return the pattern of a literal with its fillers; the phrase has ``least`` Han characters with it."""
        if not with_fillers or least < _MINIMUM_LENGTH_FOR_FILLERS:
            return one.plain
        return one.filled if apart else one.filled + one.behind

    source: list[str] = []
    required: set[str] = set()
    any_of: list[str] = []
    marks: set[str] = set()
    longest = 0
    for position, (part, literals) in enumerate(zip(parts, listed, strict=True)):
        apart = position == len(parts) - 1 or WILDCARD in (part, parts[position + 1])
        if part == WILDCARD:
            source.append(GAP_PATTERN if tolerant else f"[^。!?;\\n]{{0,{GAP}}}?")
            longest += GAP
            continue
        longest += max([one.longest for one in literals])
        marks.update(*[one.marks for one in literals])
        if isinstance(part, str):
            source.append(source_of(literals[0], han, apart))
            required.update(literals[0].certain)
        else:
            rest = han - han_of_parts[position]
            ordered = sorted(literals, key=_SIZE, reverse=True)
            source.append("(?:" + "|".join([source_of(one, rest + one.han, apart) for one in ordered]) + ")")
            firsts = {one.certain[:1] for one in literals}
            if "" not in firsts:
                any_of.append("".join(sorted(firsts)))
    return Compiled(
        "".join(source),
        "".join(sorted(required)),
        han,
        not _COMMAS.isdisjoint(marks),
        not marks <= _COMMAS and _crosses_sentences(parts),
        tuple(any_of),
        tolerant,
        longest if tolerant else 0,
    )


def longest_run(text: str) -> int:
    """Return the length of the longest run of one character, e.g. 4 for 「急急急急」."""
    return max((len(list(run)) for _, run in groupby(text)), default=0)
