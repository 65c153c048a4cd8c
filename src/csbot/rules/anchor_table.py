"""The anchors of many phrases as one table, and where a text holds any of them."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from csbot.rules.anchors import Anchor
from csbot.rules.compact import Lookup, Texts
from csbot.rules.reduce import Reduced, bare

_NUMBERS = ("rule", "phrase")
_TEXTS = ("text", "sounds", "literal")
_FLAGS = ("opens", "closes", "keep_you", "sounding")


def columns_of(anchors: Iterable[Anchor]) -> list[Any]:
    """Return anchors by their fields, for the cache; those that sound alike stand side by side."""
    by_sounds: dict[str, list[Anchor]] = defaultdict(list)
    for anchor in anchors:
        by_sounds[anchor.sounds].append(anchor)
    ordered = [anchor for found in by_sounds.values() for anchor in found]
    numbers = [[getattr(anchor, name) for anchor in ordered] for name in _NUMBERS]
    texts = [list(Texts.stored([getattr(anchor, name) for anchor in ordered])) for name in _TEXTS]
    flags = [sum(getattr(anchor, name) << at for at, name in enumerate(_FLAGS)) for anchor in ordered]
    return [numbers, texts, flags]


class AnchorTable(Sequence[Anchor]):
    """Finds the anchors of many phrases in reduced text. Those that sound alike stand side by side."""

    def __init__(self, columns: Sequence[Any]) -> None:
        """Take what ``columns_of`` gives: an anchor is made of it when a text asks for it."""
        numbers, texts, flags = columns
        self._rules, self._phrases = (array("I", each) for each in numbers)
        self._texts, self._sounds, self._literals = (Texts(*each) for each in texts)
        self._flags = bytes(flags)
        self._lookup = Lookup(self._sounds)
        self._made: dict[int, Anchor] = {}

    def of_rule(self, number: int) -> AnchorTable:
        """Return the anchors of one rule, as those of the only one."""
        if not self._rows_of_rules:
            for row, rule in enumerate(self._rules):
                self._rows_of_rules[rule].append(row)
        return AnchorTable(columns_of(self._make(row)._replace(rule=0) for row in self._rows_of_rules.get(number, ())))

    @cached_property
    def _rows_of_rules(self) -> dict[int, list[int]]:
        return defaultdict(list)

    def _make(self, row: int) -> Anchor:
        opens, closes, keep_you, sounding = (bool(self._flags[row] >> at & 1) for at in range(len(_FLAGS)))
        return Anchor(
            self._rules[row],
            self._phrases[row],
            self._texts[row],
            self._sounds[row],
            self._literals[row],
            opens,
            closes,
            keep_you,
            sounding,
        )

    def __len__(self) -> int:
        return len(self._rules)

    def __getitem__(self, row: int) -> Anchor:  # type: ignore[override]  # nobody asks for a slice
        made = self._made.get(row)
        if made is None:
            made = self._made[row] = self._make(row)
        return made

    def __iter__(self) -> Iterator[Anchor]:
        return map(self._make, range(len(self)))  # who reads them all keeps them

    @cached_property
    def longest(self) -> int:
        """The number of characters of the longest anchor."""
        return max(map(len, self._texts), default=0)

    @cached_property
    def phrases(self) -> frozenset[tuple[int, int]]:
        """The phrases that have an anchor: the numbers of a rule and of a phrase."""
        return frozenset(zip(self._rules, self._phrases, strict=True))

    def candidates(self, reduced: Reduced) -> Iterator[tuple[Anchor, int, int]]:
        """Yield each anchor that sounds like a piece of the text, with the span of that piece."""
        for sounds, start, end in self._lookup.places(reduced.sounds):
            for row in self._lookup.rows(sounds):
                yield self[row], start, end

    @cached_property
    def _bare(self) -> Lookup:
        return Lookup(map(bare, self._texts))

    @cached_property
    def _anywhere(self) -> tuple[Anchor, ...]:
        """The anchors of which nothing is left when bare: they may stand anywhere."""
        return tuple(self[row] for row, text in enumerate(self._texts) if not bare(text))

    def ambiguous(self, reduced: str) -> Iterator[Anchor]:
        """Yield each anchor that an ambiguous piece of reduced text may hold as listed."""
        yield from self._anywhere
        for key, _, _ in self._bare.places(bare(reduced)):
            for row in self._bare.rows(key):
                yield self[row]
