"""Compile phrase rules once and find every hit of them in a text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from itertools import chain
from typing import TYPE_CHECKING

from csbot.rules.disguises.numbered import numbered_in
from csbot.rules.disguises.strokes import strokes_in
from csbot.rules.judging.hits import Covers, plain_hits
from csbot.rules.judging.outermost import Gathered, each_once, outermost, reported
from csbot.rules.judging.ways import LOOK_ALIKE
from csbot.rules.lookup.compact import roomy
from csbot.rules.readings import Readings
from csbot.rules.wording.compiled import CompiledRule
from csbot.rules.wording.fold import line_breaks, stretches
from csbot.rules.wording.model import Hit
from csbot.text.normalise import Normalised, normalise

if TYPE_CHECKING:
    from csbot.rules.bulk.repeats import Repeats
    from csbot.rules.bulk.sieve import LineSieve
    from csbot.rules.judging.reach import Span

FEW_LINES = 1_000  # characters of lines that have a say in each other which are read as a draft
AROUND = 128  # characters on both sides of a line break that are read with it: more than OVERLAP, with vanishing ones
LONG_TEXT, AGAIN = 50_000, 1_000  # characters from which a first look at the whole text pays; with its tables made


class RuleSet(Readings):
    """A set of compiled rules. Scanning keeps only what it found in long texts: one set may serve many threads."""

    def _ready(self) -> None:
        super()._ready()
        self._alone: dict[str, RuleSet] = {}

    @cached_property
    def _sieve(self) -> LineSieve:
        from csbot.rules.bulk.otherwise import Others, Readers
        from csbot.rules.bulk.sieve import sieve_of

        looks = self._hits_otherwise, self._hits_by_look, self._hits_without_words, self._hits_in_dialect
        sounds = self._hits_reordered, self._hits_spelled, self._hits_of_initials, self._corrected_hits
        readers = Readers(*looks, *sounds)
        others = Others(self._shapes, self._inserted, self._dialect, self._initials, self._reordering, readers)
        chains = self._tables.chains()
        return sieve_of(self._compiled, self._unanchored, self.anchors, chains, self._spelled, others, self._alike)

    def scan(self, text: str | Normalised, *, dropped: bool = False) -> list[Hit]:
        """Return the hits of all rules in ``text``, in order of their place.

        Hits that an exception covers are left out, or with ``dropped`` returned too, naming it. A hit inside
        a longer one that is at least as severe is left out: 「不行」 inside 「不行就是不行」.
        """
        if isinstance(text, str) and not dropped and self._is_worth_a_look(len(text)):
            with roomy():
                hits, others = self._repeats.read(text)
            if not others:
                return hits
            hits = outermost(hit for hit in each_once([*hits, *others]) if hit.exception is None)
            return sorted(hits, key=lambda hit: (hit.start, -hit.end, hit.rule.id))
        return reported(self.gathered(text if isinstance(text, Normalised) else normalise(text)), dropped=dropped)

    def scan_each(self, texts: Sequence[str]) -> list[list[Hit]]:
        """Return what ``scan`` does of each of some texts: of hundreds together that takes half the time."""
        if not self._is_worth_a_look(sum(map(len, texts))):
            return list(map(self.scan, texts))
        with roomy():
            return [self.scan(text) if hits is None else hits for text, hits in self._repeats.each(texts)]

    def _is_worth_a_look(self, size: int) -> bool:
        """Tell whether to have a first look at so many characters together; never where others are asked instead."""
        least = AGAIN if "_sieve" in self.__dict__ else LONG_TEXT
        return size >= least and bool(self._compiled) and self._are_unanchored_phrases

    @cached_property
    def _repeats(self) -> Repeats:
        from csbot.rules.bulk.repeats import Readers, Repeats

        alone = partial(self._scan_long, are_texts=True)
        return Repeats(Readers(self._scan_long, alone, self._scan_together, self._over_breaks, self._by_marks))

    def _scan_together(self, text: str) -> Iterator[Hit]:
        """Yield the hits of a piece of a long text whose lines have a say in what the others mean."""
        from csbot.rules.bulk.sieve import chunks

        if len(text) < FEW_LINES:
            yield from reported(self._in_stretches(normalise(text)))
            return
        for begin, end in chunks(text):
            yield from (_moved(hit, begin, text) for hit in self._scan_long(text[begin:end]))

    def _scan_long(self, text: str, apart: Sequence[int] | None = None, *, are_texts: bool = False) -> Iterator[Hit]:
        """Yield the hits of a piece of a long text: of most lines a first look at all of them tells enough.

        With ``apart`` the text is stretches that end there, each of which is read by itself; where these ``are_texts``
        without the line break at its end.
        """
        for start, end, known in self._sieve.lines(text, apart, are_texts=are_texts):
            if known is not None:
                yield from known
            else:
                for hit in reported(self._in_stretches(normalise(text[start : end - are_texts]))):
                    yield _moved(hit, start, text)

    def _over_breaks(self, text: str, breaks: Sequence[int]) -> Iterator[Hit]:
        """Yield the hits over line breaks between stretches of a long text, the dropped ones as well."""
        for at in self._sieve.breaks.to_read(text, breaks):
            yield from self._over_break(text, at)

    def _over_break(self, text: str, at: int) -> Iterator[Hit]:
        """Yield the hits over a line break between two stretches of a long text, the dropped ones as well."""
        first, last = (text.rfind("\n", 0, max(0, at - AROUND)) + 1, text.find("\n", at + AROUND))
        normalised = normalise(text[first : last + 1 or len(text)])
        place = bisect_left(normalised.starts, at - first)
        pieces = (0, place + 1), (place + 1, len(normalised.text))
        for each in self._in_breaks(normalised, pieces, {}):
            yield from (_moved(hit, first, text) for hit in each.plain)

    def _by_marks(self, text: str) -> Iterator[Hit]:
        """Yield what ``_in_marks`` does, hit by hit."""
        return (hit for each in self._in_marks(text) for hit in each.found)

    def gathered(self, normalised: Normalised) -> Iterator[Gathered]:
        """Yield the hits of each rule in each stretch, whatever the other rules find there."""
        yield from self._in_stretches(normalised)
        yield from self._in_marks(normalised.raw)

    def _in_stretches(self, normalised: Normalised) -> Iterator[Gathered]:
        """Yield the hits in each stretch and over each line break between two of them."""
        pieces = stretches(normalised.text)
        covers = {compiled: Covers(compiled, normalised.text) for compiled in self._plain}
        for begin, end in pieces:
            found, moved = self._hits_between(normalised, begin, end), self._hits_reordered(normalised, begin, end)
            plain = (hit for each, seen in covers.items() for hit in plain_hits(each, normalised, begin, end, seen))
            yield Gathered(list(found), list(moved), list(plain))
        yield from self._in_breaks(normalised, pieces, covers)

    def _in_breaks(
        self, normalised: Normalised, pieces: Sequence[Span], covers: Mapping[CompiledRule, Covers]
    ) -> Iterator[Gathered]:
        """Yield the hits over each line break between two stretches."""
        for begin, at, end in line_breaks(normalised.text, pieces):
            first, last = normalised.starts[at], normalised.ends[at]
            names = (hit for each in self._names for hit in plain_hits(each, normalised, begin, end, covers.get(each)))
            across = chain(self._hits_between(normalised, begin, end), names)
            yield Gathered([], [], [hit for hit in across if hit.start < first and hit.end > last])

    def _in_marks(self, raw: str) -> Iterator[Gathered]:
        """Yield the hits that only a text as it was given tells by its marks: lists of short items, strokes."""
        for listed in numbered_in(raw):
            found = [hit for hit in self._tolerant(listed.text) if listed.holds(hit.start, hit.end)]
            yield Gathered([_moved(hit, listed.start, raw) for hit in found], [], [])
        for begin, text, places in strokes_in(raw):
            found = [hit for hit in self._tolerant(text) if any(hit.start <= at < hit.end for at in places)]
            as_written = [replace(hit, ways=(*hit.ways, LOOK_ALIKE)) for hit in found]
            yield Gathered([_moved(hit, begin, raw) for hit in as_written], [], [])

    def _tolerant(self, text: str) -> Iterator[Hit]:
        """Yield the hits of tolerant rules in a text of a few lines."""
        normalised = normalise(text)
        for begin, end in stretches(normalised.text):
            yield from self._hits_between(normalised, begin, end)

    def alone(self, rule_id: str) -> RuleSet:
        """Return one rule by itself, as if there were no other. What was compiled of it is shared."""
        at, only = list(self._by_id).index(rule_id), RuleSet([])
        only.rules, only._compiled = self.rules[at : at + 1], self._compiled[at : at + 1]
        only._tables = self._tables.of_one(at)
        only._ready()
        return only

    def fires(self, rule_id: str, text: str | Normalised) -> bool:
        """Tell whether one rule has a hit in ``text``."""
        normalised = text if isinstance(text, Normalised) else normalise(text)
        if (compiled := self._by_id[rule_id]).folded:
            return any(hit.rule.id == rule_id for hit in self._only(compiled).scan(normalised))
        return any(
            hit.exception is None
            for begin, end in stretches(normalised.text)
            for hit in plain_hits(compiled, normalised, begin, end)
        )

    def _only(self, compiled: CompiledRule) -> RuleSet:
        """Return a set of that rule alone."""
        if compiled.rule.id not in self._alone:
            only = self._alone[compiled.rule.id] = RuleSet([])
            only.rules, only._compiled, only._by_id = (compiled.rule,), (compiled,), {compiled.rule.id: compiled}
            only.anchors = self.anchors.of_rule(self._compiled.index(compiled))
            only._shapes, only._alike = self._shapes, self._alike
            only._inserted, only._reordering = self._inserted, self._reordering
            only._dialect = self._dialect
        return self._alone[compiled.rule.id]


def _moved(hit: Hit, by: int, raw: str) -> Hit:
    """Return a hit in a piece of a text as one in all of it, as that is written."""
    return replace(hit, start=hit.start + by, end=hit.end + by, found=raw[hit.start + by : hit.end + by])
