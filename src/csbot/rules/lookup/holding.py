"""Which phrases may hold a character, or stand over two that are neighbours: asked where a text is read otherwise.

Around such a place only few of all phrases can be, and most of a text holds the characters of none of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, reduce
from operator import or_
from typing import NamedTuple

from csbot.rules.wording.compiled import CompiledRule
from csbot.rules.wording.phrase import GAP_PATTERN, NUMBER_PATTERN, Compiled
from csbot.rules.wording.reduce import FILLER_CHARACTERS

Phrase = tuple[int, int]  # the number of a rule, and that of a phrase in it

MOST_KEPT = 64  # characters whose phrases are remembered: hostile texts hold any number
FEW = 50  # places that are read otherwise before any of this is made
_BITS = 1021  # of a mask: characters that share one only let a phrase pass that ``may_match`` turns down


class Holders(NamedTuple):
    """Some phrases, and how far from any character of theirs they reach at most."""

    phrases: frozenset[Phrase]
    reach: int


class _Masks(NamedTuple):
    """The characters that a phrase requires, and those of each group of which it requires one."""

    all_of: int
    any_of: tuple[int, ...]


class Holding:
    """The phrases of rules that are matched over folded text, by what they may hold."""

    def __init__(self, rules: Sequence[CompiledRule]) -> None:
        self._rules = rules
        self._by_character: dict[str, Holders] = {}
        self._masks: dict[Phrase, _Masks] = {}
        self._asked = 0

    @cached_property
    def _phrases(self) -> list[tuple[Phrase, Compiled]]:
        return [
            ((number, at), matcher.compiled)
            for number, compiled in enumerate(self._rules)
            if compiled.folded
            for at, matcher in enumerate(compiled.phrases)
        ]

    @cached_property
    def _open(self) -> Holders:
        """The phrases that may hold any character, or any digit."""
        return self._where(lambda source: GAP_PATTERN in source or NUMBER_PATTERN in source)

    def _where(self, holds: Callable[[str], bool]) -> Holders:
        found = [(phrase, compiled.reach) for phrase, compiled in self._phrases if holds(compiled.short)]
        return Holders(frozenset(phrase for phrase, _ in found), max((reach for _, reach in found), default=0))

    def one(self, character: str) -> Holders:
        """Return the phrases of which a character may be a part; what … stands for is none."""
        if (found := self._by_character.get(character)) is None:
            if len(self._by_character) >= MOST_KEPT:
                self._by_character.clear()
            found = self._by_character[character] = self._where(lambda source: character in source)
        return found

    def any_of(self, characters: Iterable[str]) -> Holders:
        """Return the phrases of which any of some characters may be a part."""
        return _either(map(self.one, dict.fromkeys(characters)))

    def over(self, text: str, seams: Iterable[int]) -> Holders | None:
        """Return the phrases that may have a match in a folded text over any of some seams, each before a character.

        None where that may be any: fillers on both sides.
        """
        found = [self._open]
        for seam in seams:
            sides = [self.one(each) for each in text[seam - 1 : seam + 1] if each not in FILLER_CHARACTERS]
            if not sides:
                return None
            both = frozenset.intersection(*(each.phrases for each in sides))
            found.append(Holders(both, min(each.reach for each in sides)))
        return _either(found)

    def is_ready(self) -> bool:
        """Tell whether to ask: what is known of all phrases pays for itself only where many texts are read."""
        self._asked += 1
        return self._asked > FEW

    def possible(self, holders: Holders, text: str) -> set[Phrase]:
        """Return those of some phrases all characters of which stand in a text."""
        held, present, masks = _mask_of(text), frozenset(text), self._masks
        missing = ~held
        likely = [
            phrase
            for phrase in holders.phrases
            if not (mask := masks.get(phrase) or self._mask(phrase)).all_of & missing
            and (not mask.any_of or all(map(held.__and__, mask.any_of)))
        ]
        return {phrase for phrase in likely if self._compiled(phrase).may_match(present)}

    def _compiled(self, phrase: Phrase) -> Compiled:
        rule, at = phrase
        return self._rules[rule].phrases[at].compiled

    def _mask(self, phrase: Phrase) -> _Masks:
        compiled = self._compiled(phrase)
        made = self._masks[phrase] = _Masks(_mask_of(compiled.required), tuple(map(_mask_of, compiled.any_of)))
        return made


def _either(holders: Iterable[Holders]) -> Holders:
    listed = list(holders)
    phrases = frozenset[Phrase]().union(*(each.phrases for each in listed))
    return Holders(phrases, max((each.reach for each in listed), default=0))


def _mask_of(characters: str) -> int:
    return reduce(or_, (1 << ord(each) % _BITS for each in characters), 0)
