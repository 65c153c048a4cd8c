"""What is said around a hit that makes it harmless: 「没法向您保证」 promises nothing, 「一定改进」 is an attitude.

A circumstance is data of the library, for as many rules as it names. It looks at the clause that the hit stands in,
never beyond a comma; only ``later`` looks on to the end of the sentence. One that is ``quoted`` holds for what stands
in quotation marks only, and looks at what stands around these.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from csbot.rules.judging.quotes import quotations_of
from csbot.rules.wording.model import Circumstance, Hit, PhraseRule
from csbot.rules.wording.phrase import DURATION, WILDCARD, compile_phrase, parts_of
from csbot.text.normalise import folded
from csbot.text.regex import regex
from csbot.text.segment import CLAUSE_ENDS, SENTENCE_ENDS

_MARKS = regex(r"[“”‘’「」『』\"']")
_ALTERNATIVES = regex(r"\[([^\[\]]*)\]")
_ENDS = CLAUSE_ENDS - frozenset(":、")  # what is listed goes on: 「忌语有：不知道、不行」
MOST_WORDS = 60  # characters on either side that are looked at: lines without any mark can be very long
MOST_COMPILED = 256
OFTEN = 100  # texts after which a list of phrases is made an expression, whatever they held
_OF_CLAUSE = regex(f"[^{re.escape(''.join(_ENDS))}]{{0,{MOST_WORDS}}}")
_OF_SENTENCE = regex(f"[^{re.escape(''.join(SENTENCE_ENDS))}]*")


def circumstance_of(rule: PhraseRule, text: str, start: int, end: int) -> str | None:
    """Return in Chinese what makes a hit of ``rule`` at ``text[start:end]`` (normalised) harmless; None where nothing.

    The first circumstance that holds is named, with the words that it goes by.
    """
    if not rule.circumstances:
        return None
    around = [_around(text, start, end)]
    quoted = [_around(text, min(start, first), max(end, last + 1)) for first, last in quotations_of(text, start, end)]
    for circumstance in rule.circumstances:
        for lead, tail, rest in quoted if circumstance.quoted else around:
            words = _Compiled.of(circumstance).words(lead, tail, rest)
            if words is not None:
                return f"{circumstance.name}（{words}）"
    return None


def may_have_circumstance(rule: PhraseRule, text: str) -> bool:
    """Tell, without a look at where the hits are, whether any circumstance of a rule can hold in a normalised text."""
    return any(_Compiled.of(circumstance).may_hold(text) for circumstance in rule.circumstances)


def is_spared_by(circumstance: Circumstance, hit: Hit) -> bool:
    """Tell whether that circumstance is what a dropped hit was dropped for."""
    return hit.exception is not None and hit.exception.startswith(f"{circumstance.name}（")


def _around(text: str, start: int, end: int) -> tuple[str, str, str]:
    """Return what stands before and behind a hit in its clause, and behind that in its sentence, without quotes."""
    lead = text[max(0, start - MOST_WORDS) : start]
    behind = text[end : end + 2 * MOST_WORDS + 1]
    first = len(lead) - _size(_OF_CLAUSE, lead[::-1])
    last = _size(_OF_CLAUSE, behind)
    stop = max(last, min(_size(_OF_SENTENCE, behind), 2 * MOST_WORDS))
    parts = (lead[first:], behind[:last], behind[last : stop + 1])
    if _MARKS.search(lead) is None and _MARKS.search(behind) is None:
        return parts
    lead, tail, rest = (_MARKS.sub("", each) for each in parts)
    return lead, tail, rest


def _size(expression: re.Pattern[str], text: str) -> int:
    """Return how many characters at the beginning of a text an expression takes in, which may be none."""
    found = expression.match(text)
    return 0 if found is None else found.end()


def _source(wording: Sequence[str]) -> str:
    """Return the alternatives of a list as one expression, the longest first."""
    ordered = sorted((_ALTERNATIVES.sub(_longest_first, each) for each in wording), key=len, reverse=True)
    return "|".join(f"(?:{compile_phrase(each, tolerant=False).pattern})" for each in ordered)


def _longest_first(alternatives: re.Match[str]) -> str:
    """Return alternatives in an order in which none hides a longer one: 「[我|我们]」 as 「[我们|我]」."""
    return f"[{'|'.join(sorted(alternatives[1].split('|'), key=len, reverse=True))}]"


class _Wording:
    """A list of phrases of which one is looked for.

    As an expression it takes half a millisecond to compile, and around a hit there are dozens of lists. Until a text
    may hold one of the phrases there is none; but who is asked for often is not looked through phrase by phrase.
    """

    def __init__(self, phrases: Sequence[str], *, ending: bool = False) -> None:
        """Take phrases; with ``ending`` they are looked for at the end of a text alone."""
        self._phrases, self._ending = phrases, ending
        self._made: re.Pattern[str] | None = None
        self._asked = 0

    def __bool__(self) -> bool:
        return bool(self._phrases)

    def search(self, text: str, position: int = 0) -> re.Match[str] | None:
        """Return the first place of a phrase from a position on."""
        return expression.search(text, position) if (expression := self._expression(text)) is not None else None

    def without(self, text: str) -> str:
        """Return what is left of a text without all places of the phrases."""
        return expression.sub("", text) if (expression := self._expression(text)) is not None else text

    def _expression(self, text: str) -> re.Pattern[str] | None:
        """Return the phrases as an expression; None where there never was a text that may hold one of them."""
        if self._made is not None or not self._phrases:
            return self._made
        self._asked += 1
        if self._asked > OFTEN or any(all(map(set(text).intersection, each)) for each in self._needed):
            source = _source(self._phrases)
            self._made = re.compile(f"(?:{source})$" if self._ending else source)
        return self._made

    @cached_property
    def _needed(self) -> list[list[str]]:
        """Characters, for each phrase, of each of which a text with the phrase holds one."""
        return [[one for part in parts_of(phrase) if (one := _first_characters(part))] for phrase in self._phrases]


def _first_characters(part: str | list[str]) -> str:
    """Return the characters that a part of a phrase begins with; none where it may begin with anything."""
    alternatives = [part] if isinstance(part, str) else part
    if part == WILDCARD or any(not each or DURATION in each for each in alternatives):
        return ""
    firsts = [folded(each)[:1] for each in alternatives]
    return "".join(firsts) if all(firsts) else ""


# By their identity, since a circumstance is long to compare; each is kept with what it was compiled to.
_compiled: dict[int, tuple[Circumstance, _Compiled]] = {}


def _compile(circumstance: Circumstance) -> _Compiled:
    if len(_compiled) >= MOST_COMPILED:
        _compiled.clear()
    made = _Compiled(circumstance)
    _compiled[id(circumstance)] = circumstance, made
    return made


class _Compiled:
    """A circumstance ready to be looked for."""

    def __init__(self, circumstance: Circumstance) -> None:
        self._reach = circumstance.reach
        self._before, self._behind = _Wording(circumstance.before), _Wording(circumstance.behind)
        self._between, self._unless = _Wording(circumstance.between), _Wording(circumstance.unless)
        self._later, self._without = _Wording(circumstance.later), _Wording(circumstance.without)
        self._not_after = _Wording(circumstance.not_after, ending=True)

    @staticmethod
    def of(circumstance: Circumstance) -> _Compiled:
        """Return a circumstance, compiled when it is first needed."""
        known = _compiled.get(id(circumstance))
        return known[1] if known is not None else _compile(circumstance)

    def may_hold(self, text: str) -> bool:
        """Tell whether its wording stands anywhere in a text."""
        needed = (self._before, self._behind, self._later)
        return all(not each or each.search(text) for each in needed)

    def words(self, lead: str, tail: str, rest: str) -> str | None:
        """Return the words by which the circumstance holds around a hit, or None."""
        if self._without and (not tail.strip() or self._without.search(tail)):
            return None  # of what is not said nothing is known: 「我向您保证，这台机器不会再坏」
        found: list[str] = []
        if self._before:
            before = self._in_front(lead)
            if before is None:
                return None
            found.append(before)
        if self._behind:
            behind = self._next(tail)
            if behind is None:
                return None
            found.append(behind)
        if self._later:
            later = self._later.search(tail + rest)
            if later is None:
                return None
            found.append(later[0])
        return "…".join(found)

    def _in_front(self, lead: str) -> str | None:
        position = 0
        while (found := self._before.search(lead, position)) is not None:
            position = found.start() + 1
            if not self._not_after.search(lead[: found.start()]) and self._is_near(lead[found.end() :]):
                return found[0]
        return None

    def _next(self, tail: str) -> str | None:
        found = self._behind.search(tail)
        if found is None or not self._is_near(tail[: found.start()]):
            return None
        return found[0]

    def _is_near(self, gap: str) -> bool:
        """Tell whether no more stands between a word and the hit than may."""
        return not self._unless.search(gap) and len(self._between.without(gap)) <= self._reach
