"""Which phrases may hold a character, or stand over two that are neighbours: asked where a text is read otherwise.

Around such a place only few of all phrases can be, and most of a text holds the characters of none of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, reduce
from operator import or_
from typing import NamedTuple

from csbot.rules.wording.compiled import CompiledRule
from csbot.rules.wording.phrase import GAP_PATTERN, NUMBER_PATTERN, Compiled
from csbot.rules.wording.reduce import FILLER_CHARACTERS

Phrase = tuple[int, int]  # the number of a rule, and that of a phrase in it

MOST_KEPT = 64  # characters whose phrases are remembered: hostile texts hold any number
_BITS = 1021  # of a mask: characters that share one only let a phrase pass that ``may_match`` turns down


class Masks(NamedTuple):
    """The characters that a phrase requires, and those of each group of which it requires one."""

    all_of: int
    any_of: tuple[int, ...]


class Holders(NamedTuple):
    """Some phrases, each with what it requires."""

    phrases: Mapping[Phrase, Masks]
    reach: int  # how far from any character of theirs they reach at most


class Holding:
    """The phrases of rules that are matched over folded text, by what they may hold."""

    def __init__(self, rules: Sequence[CompiledRule]) -> None:
        self._rules = rules
        self._by_character: dict[str, Holders] = {}

    @cached_property
    def _sources(self) -> list[tuple[Phrase, str, Masks, int]]:
        """Each phrase with its source, what it requires and its reach."""
        return [
            (
                (number, at),
                phrase.short,
                Masks(_mask_of(phrase.required), tuple(map(_mask_of, phrase.any_of))),
                phrase.reach,
            )
            for number, compiled in enumerate(self._rules)
            if compiled.folded
            for at, phrase in enumerate(matcher.compiled for matcher in compiled.phrases)
        ]

    @cached_property
    def _open(self) -> Holders:
        """The phrases that may hold any character, or any digit."""
        return self._where(lambda source: GAP_PATTERN in source or NUMBER_PATTERN in source)

    def _where(self, holds: Callable[[str], bool]) -> Holders:
        found = [(phrase, mask, reach) for phrase, source, mask, reach in self._sources if holds(source)]
        return Holders({phrase: mask for phrase, mask, _ in found}, max((each[2] for each in found), default=0))

    def one(self, character: str) -> Holders:
        """Return the phrases of which a character may be a part; what … stands for is none."""
        if (found := self._by_character.get(character)) is None:
            if len(self._by_character) >= MOST_KEPT:
                self._by_character.clear()
            found = self._by_character[character] = self._where(lambda source: character in source)
        return found

    def any_of(self, characters: Iterable[str]) -> Holders:
        """Return the phrases of which any of some characters may be a part."""
        found = list(map(self.one, dict.fromkeys(characters)))
        if len(found) == 1:
            return found[0]
        phrases = {phrase: mask for each in found for phrase, mask in each.phrases.items()}
        return Holders(phrases, max((each.reach for each in found), default=0))

    def over(self, text: str, seams: Iterable[int]) -> Holders | None:
        """Return the phrases that may have a match in a folded text over any of some seams, each before a character.

        None where that may be any: fillers on both sides.
        """
        phrases, reach = dict(self._open.phrases), self._open.reach
        for seam in seams:
            sides = [self.one(each) for each in text[seam - 1 : seam + 1] if each not in FILLER_CHARACTERS]
            if not sides:
                return None
            both = sides[0].phrases if len(sides) == 1 else sides[0].phrases.keys() & sides[1].phrases.keys()
            phrases.update((each, sides[0].phrases[each]) for each in both)
            reach = max(reach, *(each.reach for each in sides))
        return Holders(phrases, reach)

    def possible(self, holders: Holders, text: str) -> set[Phrase]:
        """Return those of some phrases all characters of which stand in a text."""
        held, present = _mask_of(text), frozenset(text)
        missing = ~held
        likely = [
            phrase
            for phrase, (all_of, any_of) in holders.phrases.items()
            if not all_of & missing and (not any_of or all(map(held.__and__, any_of)))
        ]
        return {(rule, at) for rule, at in likely if self._rules[rule].phrases[at].compiled.may_match(present)}


def _masks_of(phrase: Compiled) -> Masks:
    return Masks(_mask_of(phrase.required), tuple(map(_mask_of, phrase.any_of)))


def _mask_of(characters: str) -> int:
    return reduce(or_, (1 << ord(each) % _BITS for each in characters), 0)
