"""Which words of a reply say what its script requires, found by the same rules that ``csbot lint`` goes by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from csbot.library.models import Library
from csbot.library.references import SLOT_PATTERN
from csbot.library.values import Reply, Script
from csbot.lint.replies import occasions, sample_values
from csbot.rules.scan import RuleSet
from csbot.rules.wording.model import PhraseRule


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a reply as its file has it; the pieces of a reply, put together, are its text.

    ``elements`` are numbers of entries of the script's ``elements``, from 1; ``slot`` names the slot that it is.
    """

    text: str
    elements: tuple[int, ...] = ()
    slot: str = ""


@dataclass(frozen=True)
class Highlighter:
    """Finds the elements in the replies of one library."""

    library: Library

    @cached_property
    def _rules(self) -> Mapping[str, PhraseRule]:
        return {rule.id: rule for rule in self.library.elements}

    @cached_property
    def _alone(self) -> dict[str, RuleSet]:
        return {}

    @cached_property
    def _values(self) -> Mapping[str, str]:
        """What slots are filled with while elements are looked for: 「{时限}内」 says a time only when it is filled."""
        return {**sample_values(self.library)[0], **next(iter(occasions(self.library)), {})}

    def name(self, entry: str) -> str:
        """Return an entry of ``elements`` as it is said to a person: 「时限或致谢」 for ``deadline|thanks``."""
        return "或".join(self._rules[each].name for each in entry.split("|"))

    def pieces(self, script: Script, reply: Reply) -> tuple[Piece, ...]:
        """Return a reply in pieces, each with the elements that it says and the slot that it is."""
        filling = _Filling(reply.text, self._values)
        marks = [
            (*filling.back(start, end), number)
            for number, entry in enumerate(script.elements, start=1)
            for identifier in entry.split("|")
            for start, end in self._spans(identifier, filling.text)
        ]
        return tuple(_cut(reply.text, marks, filling.slots))

    def _spans(self, identifier: str, text: str) -> Iterator[tuple[int, int]]:
        # Each rule by itself: of rules that are scanned together, a hit inside a longer one is not reported.
        if identifier not in self._alone:
            self._alone[identifier] = RuleSet([self._rules[identifier]])
        return ((hit.start, hit.end) for hit in self._alone[identifier].scan(text))


class _Filling:
    """A filled reply that still knows which of its places are which places of the reply as it is written."""

    def __init__(self, written: str, values: Mapping[str, str]) -> None:
        self.slots = [(found.start(), found.end(), found[1]) for found in SLOT_PATTERN.finditer(written)]
        self._starts: list[int] = []  # for every character of the filled text, where it comes from
        self._ends: list[int] = []
        parts: list[str] = []

        def filled(found: re.Match[str]) -> str:
            return values.get(found[1]) or found[0]

        position = 0
        for found in SLOT_PATTERN.finditer(written):
            self._literal(position, found.start())
            value = filled(found)
            self._starts += [found.start()] * len(value)
            self._ends += [found.end()] * len(value)
            parts += [written[position : found.start()], value]
            position = found.end()
        self._literal(position, len(written))
        self.text = "".join([*parts, written[position:]])

    def _literal(self, start: int, end: int) -> None:
        self._starts += range(start, end)
        self._ends += range(start + 1, end + 1)

    def back(self, start: int, end: int) -> tuple[int, int]:
        """Return where a span of the filled text stands in the reply as it is written; slots are taken whole."""
        return self._starts[start], self._ends[end - 1]


def _cut(text: str, marks: Sequence[tuple[int, int, int]], slots: Iterable[tuple[int, int, str]]) -> Iterator[Piece]:
    """Yield ``text`` in pieces inside of which neither elements nor slot change."""
    slots = list(slots)
    edges = {0, len(text)}
    for start, end, _ in (*marks, *slots):
        edges |= {start, end}
    ordered = sorted(edges)
    for start, end in pairwise(ordered):
        elements = sorted({number for first, last, number in marks if first <= start and end <= last})
        slot = next((name for first, last, name in slots if first <= start and end <= last), "")
        yield Piece(text[start:end], tuple(elements), slot)
