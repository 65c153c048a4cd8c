"""Which phrases may hold a character, or stand over two that are neighbours: asked where a text is read otherwise.

Around such a place only few of all phrases can be, and most of a text holds the characters of none of these. Sets of
phrases are bits of one number: thousands are put together or held against each other in a microsecond.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, reduce
from itertools import chain
from operator import or_
from typing import NamedTuple

from csbot.rules.wording.compiled import CompiledRule
from csbot.rules.wording.phrase import GAP_PATTERN, NUMBER_PATTERN, Compiled
from csbot.rules.wording.reduce import FILLER_CHARACTERS

Phrase = tuple[int, int]  # the number of a rule, and that of a phrase in it

MOST_KEPT = 500  # characters of which the bits are remembered: hostile texts hold any number
FEW = 50  # places that are read otherwise before any of this is made
_RAREST = 4  # of what a phrase requires: by these it is known not to stand in a text


class Holders(NamedTuple):
    """Some phrases, as bits by their numbers, and how far from any character of theirs they reach at most."""

    phrases: int
    reach: int


class _Rarest(NamedTuple):
    """The phrases by the characters of which each requires one, and those that require no more of any."""

    by_character: dict[str, int]
    others: int


class Holding:
    """The phrases of rules that are matched over folded text, by what they may hold."""

    def __init__(self, rules: Sequence[CompiledRule]) -> None:
        self._rules = rules
        self._by_character: dict[str, Holders] = {}
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
    def _numbers(self) -> dict[str, array[int]]:
        """The numbers of the phrases in whose source each character stands."""
        found: dict[str, array[int]] = {}
        for number, (_, compiled) in enumerate(self._phrases):
            for character in set(compiled.short):
                found.setdefault(character, array("I")).append(number)
        return found

    @cached_property
    def _open(self) -> Holders:
        """The phrases that may hold any character, or any digit."""
        sources = enumerate(compiled.short for _, compiled in self._phrases)
        return self._holders(number for number, source in sources if GAP_PATTERN in source or NUMBER_PATTERN in source)

    @cached_property
    def _rarest(self) -> list[_Rarest]:
        """The phrases by the rarest of what each requires (a character, or one of a few), by the next one and so on."""
        required = [sorted({*compiled.required, *compiled.any_of}) for _, compiled in self._phrases]
        common = Counter(character for groups in required for character in chain.from_iterable(groups))
        orders = [sorted(groups, key=lambda group: sum(map(common.__getitem__, group))) for groups in required]
        found = []
        for rank in range(_RAREST):
            numbers: dict[str, list[int]] = {}
            others = []
            for number, order in enumerate(orders):
                if rank >= len(order):
                    others.append(number)
                for character in order[rank] if rank < len(order) else "":
                    numbers.setdefault(character, []).append(number)
            found.append(_Rarest({character: _bits(listed) for character, listed in numbers.items()}, _bits(others)))
        return found

    def _holders(self, numbers: Iterable[int]) -> Holders:
        listed = list(numbers)
        return Holders(_bits(listed), max((self._phrases[number][1].reach for number in listed), default=0))

    def listed(self, phrases: int) -> Iterator[Phrase]:
        """Yield phrases that are given as bits."""
        return (self._phrases[number][0] for number in _places(phrases))

    def one(self, character: str) -> Holders:
        """Return the phrases of which a character may be a part; what … stands for is none."""
        if (found := self._by_character.get(character)) is None:
            if len(self._by_character) >= MOST_KEPT:
                self._by_character.clear()
            found = self._by_character[character] = self._holders(self._numbers.get(character, ()))
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
            both = sides[0].phrases & sides[-1].phrases
            found.append(Holders(both, min(each.reach for each in sides)))
        return _either(found)

    def is_ready(self) -> bool:
        """Tell whether to ask: what is known of all phrases pays for itself only where many texts are read."""
        self._asked += 1
        return self._asked > FEW

    def possible(self, holders: Holders, text: str) -> set[Phrase]:
        """Return those of some phrases all characters of which stand in a text."""
        present = frozenset(text)
        left = holders.phrases
        for rarest in self._rarest:
            held, by_character = rarest.others, rarest.by_character
            for character in present & by_character.keys():
                held |= by_character[character]
            left &= held
        phrases = map(self._phrases.__getitem__, _places(left))
        return {phrase for phrase, compiled in phrases if compiled.may_match(present)}


def _either(holders: Iterable[Holders]) -> Holders:
    listed = list(holders)
    phrases = reduce(or_, (each.phrases for each in listed), 0)
    return Holders(phrases, max((each.reach for each in listed), default=0))


def _bits(numbers: Sequence[int]) -> int:
    bits = bytearray(max(numbers, default=0) // 8 + 1)
    for number in numbers:
        bits[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(bits, "little")


def _places(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
