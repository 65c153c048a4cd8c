"""The anchors of many phrases as one table, and where a text holds any of them."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from operator import sub
from typing import NamedTuple

from csbot.rules.lookup.anchors import Anchor
from csbot.rules.lookup.compact import Lookup, Packed, Packer, Texts, Unpacker
from csbot.rules.wording.reduce import Reduced, bare
from csbot.text.pinyin import sound_table

_FLAGS = [(bool(each & 1), bool(each & 2), bool(each & 4), bool(each & 8)) for each in range(16)]  # by ``_flags_of``


class Columns(NamedTuple):
    """Anchors field by field."""

    rules: Sequence[int]
    phrases: Sequence[int]
    texts: Sequence[str]
    literals: Sequence[str]
    flags: Sequence[int]  # by ``_flags_of``

    def packed(self) -> Packed:
        """Return the anchors for the cache; those that sound alike stand side by side."""
        sounds = "\n".join(self.texts).translate(sound_table()).split("\n") if self.texts else []
        order = sorted(range(len(sounds)), key=sounds.__getitem__)
        packer = Packer()
        for numbers in (self.rules, self.phrases, self.flags):
            packer.numbers(array("I", map(numbers.__getitem__, order)))
        packer.texts(Texts.of(map(self.texts.__getitem__, order)))
        packer.texts(Texts.of(map(self.literals.__getitem__, order)))
        packer.lookup(Lookup.of(list(map(sounds.__getitem__, order))))
        anchored = sorted(set(zip(self.rules, self.phrases, strict=True)))
        packer.numbers(array("I", (rule for rule, _ in anchored)))
        return packer.numbers(array("I", (phrase for _, phrase in anchored))).packed()


def columns_of(anchors: Iterable[Anchor]) -> Columns:
    """Return anchors field by field."""
    listed = list(anchors)
    return Columns(
        [anchor.rule for anchor in listed],
        [anchor.phrase for anchor in listed],
        [anchor.text for anchor in listed],
        [anchor.literal for anchor in listed],
        list(map(_flags_of, listed)),
    )


def _flags_of(anchor: Anchor) -> int:
    return anchor.opens | anchor.closes << 1 | anchor.keep_you << 2 | anchor.sounding << 3


def bare_of(table: AnchorTable) -> Packed:
    """Return for the cache where the anchors of a table stand in a text without any character of a filler."""
    return Packer().lookup(Lookup.of(list(map(bare, table.texts)))).packed()


class AnchorTable(Sequence[Anchor]):
    """Finds the anchors of many phrases in reduced text. Those that sound alike stand side by side."""

    def __init__(self, columns: Packed, bare_columns: Callable[[AnchorTable], Packed] = bare_of) -> None:
        """Take what ``Columns.packed`` gives: an anchor is made of it when a text asks for it.

        ``bare_columns`` gives what ``bare_of`` does, which few texts need.
        """
        unpacker = Unpacker(columns)
        self._rules, self._phrases, self._flags = unpacker.numbers(), unpacker.numbers(), unpacker.numbers()
        self.texts, self._literals = unpacker.texts(), unpacker.texts()
        self._lookup = unpacker.lookup()
        self._anchored = unpacker.numbers(), unpacker.numbers()
        self._bare_columns = bare_columns
        self._made: dict[int, Anchor] = {}

    def of_rule(self, number: int) -> AnchorTable:
        """Return the anchors of one rule, as those of the only one."""
        if self._rows_of_rules.keys() == {0} == {number}:
            return self
        rows = map(self._make, self._rows_of_rules.get(number, ()))
        return AnchorTable(columns_of(anchor._replace(rule=0) for anchor in rows).packed())

    @cached_property
    def _rows_of_rules(self) -> dict[int, list[int]]:
        rows: dict[int, list[int]] = {}
        for row, rule in enumerate(self._rules):
            rows.setdefault(rule, []).append(row)
        return rows

    def _make(self, row: int) -> Anchor:
        texts = self.texts[row], self._lookup.keys[row], self._literals[row]
        return Anchor(self._rules[row], self._phrases[row], *texts, *_FLAGS[self._flags[row]])

    def __len__(self) -> int:
        return len(self._rules)

    def __getitem__(self, row: int) -> Anchor:  # type: ignore[override]  # nobody asks for a slice
        made = self._made.get(row)
        if made is None:
            made = self._made[row] = self._make(row)
        return made

    def __iter__(self) -> Iterator[Anchor]:
        columns = (self._rules, self._phrases, self.texts, self._lookup.keys, self._literals, self._flags)
        for rule, phrase, text, sounds, literal, flags in zip(*columns, strict=True):  # who reads them all keeps them
            yield Anchor(rule, phrase, text, sounds, literal, *_FLAGS[flags])

    @cached_property
    def longest(self) -> int:
        """The number of characters of the longest anchor."""
        starts = self.texts.starts
        return max(map(sub, starts[1:], starts), default=1) - 1

    @cached_property
    def phrases(self) -> frozenset[tuple[int, int]]:
        """The phrases that have an anchor: the numbers of a rule and of a phrase."""
        return frozenset(zip(*self._anchored, strict=True))

    def candidates(self, reduced: Reduced) -> Iterator[tuple[Anchor, int, int]]:
        """Yield each anchor that sounds like a piece of the text, with the span of that piece."""
        for rows, start, end in self._lookup.places(reduced.sounds):
            for row in rows:
                yield self[row], start, end

    @cached_property
    def _bare(self) -> Lookup:
        return Unpacker(self._bare_columns(self)).lookup()

    @cached_property
    def _anywhere(self) -> tuple[Anchor, ...]:
        """The anchors of which nothing is left when bare: they may stand anywhere."""
        return tuple(map(self.__getitem__, self._bare.without_key()))

    def ambiguous(self, reduced: str) -> Iterator[Anchor]:
        """Yield each anchor that an ambiguous piece of reduced text may hold as listed."""
        yield from self._anywhere
        for rows, _, _ in self._bare.places(bare(reduced)):
            for row in rows:
                yield self[row]
