"""Compile phrase rules once and find every hit of them in a text."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from csbot.rules.anchor_table import AnchorTable, columns_of
from csbot.rules.anchors import Anchor, anchors_of
from csbot.rules.bulk import LineSieve, Others, chunks
from csbot.rules.bulk_repeats import Repeats
from csbot.rules.compiled import CompiledRule, Matcher
from csbot.rules.fold import Folded, fold, line_breaks, stretches
from csbot.rules.hits import exception_of, folded_hits, plain_hits
from csbot.rules.initials import Initials
from csbot.rules.inserted import Inserted, Shortened, neighbours_of, span_in
from csbot.rules.model import Hit, Kind, PhraseRule
from csbot.rules.outermost import each_once, outermost, without_overlaps
from csbot.rules.pieces import pieces_of
from csbot.rules.reduce import AMBIGUOUS, Reduced, one_person, reduce
from csbot.rules.reordered import Reordering, joined, written_out
from csbot.rules.shapes import Reading, Shapes, shapes_from
from csbot.rules.sound import LATIN, Correction, Spelled, homophones, spellings_of
from csbot.rules.ways import INITIALS, INSERTED, REORDERED
from csbot.text.cache import cached
from csbot.text.normalise import Normalised, normalise
from csbot.text.pinyin import sound_table

LONG_TEXT = 50_000  # characters from which a first look at the whole text pays
FORMAT = 14  # of compiled phrases in the cache; changes with what compile_phrase and anchors_of make


class RuleSet:
    """A set of compiled rules. Scanning keeps no state: one set may serve many threads."""

    def __init__(
        self, rules: Iterable[PhraseRule], *, shapes: Sequence[Sequence[str]] = (), name: str = "", key: str = ""
    ) -> None:
        """Compile ``rules``. Raises PhraseError for the first one that is not valid.

        ``shapes`` are characters with the shapes that they are written in by disguise (see ``csbot.rules.shapes``).
        With ``name`` and ``key`` (which changes whenever the rules do) the compiled phrases are kept in the cache.
        """
        self.rules = tuple(rules)
        self._shape_groups = shapes
        self._name, self._key = name, f"{FORMAT}:{key}" if key else ""
        if key:
            stored = cached(f"rules-{name}", self._key, self._compile_for_cache)
            self._compiled = tuple(map(CompiledRule.restore, self.rules, stored))
        else:
            self._compiled = tuple(CompiledRule.compile(rule) for rule in self.rules)
        self._by_id = {compiled.rule.id: compiled for compiled in self._compiled}
        self._plain = tuple(compiled for compiled in self._compiled if not compiled.folded)

    def _compile_for_cache(self) -> list[list[list[Any]]]:
        return [[matcher.compiled.as_list() for matcher in CompiledRule.compile(rule).phrases] for rule in self.rules]

    def _list_anchors(self) -> list[list[Any]]:
        folded = ((number, compiled.rule) for number, compiled in enumerate(self._compiled) if compiled.folded)
        return columns_of(anchor for number, rule in folded for anchor in anchors_of(number, rule))

    @cached_property
    def anchors(self) -> AnchorTable:
        """The anchors of all phrases that are matched over folded text."""
        stored = cached(f"anchors-{self._name}", self._key, self._list_anchors) if self._key else self._list_anchors()
        return AnchorTable(stored)

    @cached_property
    def _unanchored(self) -> tuple[tuple[CompiledRule, list[Matcher]], ...]:
        """The phrases that reduce to nothing, which must be tried on every text."""
        anchored = self.anchors.phrases
        rest = (
            (compiled, [each for at, each in enumerate(compiled.phrases) if (number, at) not in anchored])
            for number, compiled in enumerate(self._compiled)
            if compiled.folded
        )
        return tuple((compiled, phrases) for compiled, phrases in rest if phrases)

    @cached_property
    def _spelled(self) -> Spelled:
        if not self._key:
            return Spelled(self.anchors)
        return Spelled(self.anchors, cached(f"spellings-{self._name}", self._key, lambda: spellings_of(self.anchors)))

    def _list_shapes(self) -> dict[str, Any]:
        return shapes_from(self._shape_groups, pieces_of(each.rule for each in self._compiled if each.folded))

    @cached_property
    def _shapes(self) -> Shapes:
        """What characters are written as by disguise, and beside what."""
        if not self._shape_groups:
            return Shapes({"sure": {}, "common": {}, "apart": {}, "beside": "", "words": ""})
        return Shapes(
            cached(f"shapes-{self._name}", self._key, self._list_shapes) if self._key else self._list_shapes()
        )

    def _list_neighbours(self) -> str:
        return neighbours_of(pieces_of(each.rule for each in self._compiled if each.folded))

    @cached_property
    def _inserted(self) -> Inserted:
        """What words may have been slipped into which phrases."""
        listed = self._list_neighbours
        return Inserted(cached(f"neighbours-{self._name}", self._key, listed) if self._key else listed())

    @cached_property
    def _reordering(self) -> Reordering:
        return Reordering(self._inserted.neighbours)

    @cached_property
    def _initials(self) -> Initials:
        return Initials(self.rules)

    @cached_property
    def _sieve(self) -> LineSieve:
        patterns = [each for compiled in self._plain for each in compiled.phrases]
        names = any(compiled.rule.kind is Kind.NAME for compiled in self._plain)
        others = Others(self._shapes, self._inserted, self._initials, self._reordering)
        return LineSieve(self._compiled, self.anchors, self._spelled, others, patterns=patterns, names=names)

    def __contains__(self, rule_id: str) -> bool:
        return rule_id in self._by_id

    def rule(self, rule_id: str) -> PhraseRule:
        """Return the rule of that id; KeyError where there is none."""
        return self._by_id[rule_id].rule

    def scan(self, text: str | Normalised, *, dropped: bool = False) -> list[Hit]:
        """Return the hits of all rules in ``text``, in order of their place.

        Hits that an exception covers are left out, or with ``dropped`` returned too, naming it. A hit inside
        a longer one that is at least as severe is left out: 「不行」 inside 「不行就是不行」.
        """
        if isinstance(text, str) and len(text) >= LONG_TEXT and not dropped and not self._unanchored:
            repeats = Repeats(self._scan_long)
            return [hit for begin, end in chunks(text) for hit in repeats.hits(text[begin:end], begin)]
        return self._scan(text if isinstance(text, Normalised) else normalise(text), dropped=dropped)

    def _scan_long(self, text: str) -> list[Hit]:
        """Return the hits of a piece of a long text: of most lines a first look at all of them tells enough."""
        hits: list[Hit] = []
        for start, end, known in self._sieve.lines(text):
            if known is not None:
                hits.extend(known)
                continue
            for hit in self._scan(normalise(text[start:end]), dropped=False):
                hits.append(replace(hit, start=hit.start + start, end=hit.end + start))
        return hits

    def _scan(self, normalised: Normalised, *, dropped: bool) -> list[Hit]:
        hits: list[Hit] = []
        pieces = stretches(normalised.text)
        for begin, end in pieces:
            hits.extend(self._hits_between(normalised, begin, end))
            hits.extend(without_overlaps(self._hits_reordered(normalised, begin, end), hits))
            for compiled in self._plain:
                hits.extend(plain_hits(compiled, normalised, begin, end))
        for begin, at, end in line_breaks(normalised.text, pieces):
            first, last = normalised.starts[at], normalised.ends[at]
            across = self._hits_between(normalised, begin, end)
            hits.extend(hit for hit in across if hit.start < first and hit.end > last)
        if not hits:
            return hits
        hits = each_once(hits)
        kept = outermost([hit for hit in hits if hit.exception is None])
        if dropped:
            kept += [hit for hit in hits if hit.exception is not None]
        return sorted(kept, key=lambda hit: (hit.start, -hit.end, hit.rule.id))

    def _hits_between(self, normalised: Normalised, begin: int, end: int) -> Iterator[Hit]:
        """Yield the hits of all tolerant rules in a stretch, in every disguise."""
        folded = fold(normalised, begin, end)
        reduced = reduce(folded.text)
        exact, sounding = self._anchored(folded, reduced)
        yield from self._hits_in(folded, reduced, exact, sounding)
        for reading in self._shapes.readings(folded, reduced):
            near = self._anchored_near(reading, reduced, exact) if reading.before is folded else None
            for hit in self._hits_read(reading, near):
                start, stop = reading.folded.span_of(hit.start, hit.end)
                if (ways := reading.ways(start, stop)) and reading.is_meant(start, stop):
                    yield replace(hit, ways=(*hit.ways, *ways))
            if reading.sure:
                folded = reading.folded
        for shortened in self._inserted.readings(folded):
            yield from self._hits_shortened(shortened)
        if LATIN.search(folded.text):
            for spelled, start, stop in self._initials.readings(folded):
                exact, _ = self._anchored(spelled, reduce(spelled.text))
                for first, last, hit in self._hits_as_written(spelled, exact):
                    if first <= start and stop <= last:
                        yield replace(hit, ways=(*hit.ways, INITIALS))

    def _hits_shortened(self, shortened: Shortened) -> Iterator[Hit]:
        """Yield the hits that run over a word that was left out, where no exception covers them with that word."""
        exact, _ = self._anchored(shortened.folded, reduce(shortened.folded.text))
        for start, stop, hit in self._hits_as_written(shortened.folded, exact):
            if not shortened.joins(start, stop):
                continue
            compiled = self._by_id[hit.rule.id]
            # Spared with the word, or without it and what is small beside it: 「请您现在就拨打…」.
            if hit.exception is None and not any(
                exception_of(compiled, text, *span_in(text, shortened.folded, start, stop))
                for text in (shortened.before, shortened.without_small_words())
            ):
                yield hit if INSERTED in hit.ways else replace(hit, ways=(*hit.ways, INSERTED))

    def _hits_reordered(self, normalised: Normalised, begin: int, end: int) -> Iterator[Hit]:
        """Yield the hits of what is written out in a stretch, with its clauses in another order."""
        for text, spans in self._reordering.orders(normalised.text, begin, end):
            phrases = written_out(self._compiled, self._exact(reduce(text))[0])
            if not phrases:
                continue
            reading = joined(normalised, spans)
            folded = fold(reading.normalised, 0, len(reading.normalised.text))
            for _, _, hit in self._hits_as_written(folded, phrases):
                if hit.exception is None and reading.is_all(hit.start, hit.end):
                    found = normalised.raw[reading.start : reading.end]
                    yield replace(hit, start=reading.start, end=reading.end, found=found, ways=(*hit.ways, REORDERED))

    def _hits_read(self, reading: Reading, exact: Mapping[int, set[int]] | None) -> Iterator[Hit]:
        """Yield the hits in a text that is read otherwise; what is doubtful is not taken for yet another disguise.

        ``exact`` are the phrases that may stand in it, where that is known.
        """
        meant = {shape.meant for shape in reading.shapes}
        if reading.sure or exact is None:
            reduced = reduce(reading.folded.text)
            exact, sounding = self._anchored(reading.folded, reduced)
            if reading.sure:
                yield from self._hits_in(reading.folded, reduced, exact, sounding)
                return
        yield from (hit for _, _, hit in self._hits_as_written(reading.folded, exact, meant))

    def _anchored_near(
        self, reading: Reading, reduced: Reduced, exact: Mapping[int, set[int]]
    ) -> Mapping[int, set[int]] | None:
        """Return the phrases that may stand in a reading of one character by its look: those of the text, and more.

        ``reduced`` and ``exact`` are those of the text as it was written. None where the rest may change as well.
        """
        shape = reading.shapes[0]
        meant = reduce(shape.meant).text
        at = bisect_left(reduced.indexes, shape.start)
        if (
            len(reading.shapes) > 1
            or shape.stop - shape.start > 1
            or not meant
            or reduced.indexes[at : at + 1] != [shape.start]
            or reading.before.text[shape.start] in reading.before.text[shape.stop : shape.stop + 1]
            or meant in (reduced.text[at - 1 : at], reduced.text[at + 1 : at + 2])
            or AMBIGUOUS.search(reading.folded.text)
        ):
            return None
        first, last = max(0, at - self.anchors.longest + 1), at + self.anchors.longest
        text = reduced.text[first:at] + meant + reduced.text[at + 1 : last]
        around = Reduced(text, text.translate(sound_table()), reduced.indexes[first:last])
        near, _ = self._exact(around)
        return {number: exact.get(number, set()) | near.get(number, set()) for number in (*exact, *near)}

    def _anchored(self, folded: Folded, reduced: Reduced) -> tuple[dict[int, set[int]], list[tuple[Anchor, int, int]]]:
        """Return by rule the phrases that may stand in a text as they are written, and what sounds like others."""
        exact, sounding = self._exact(reduced)
        if AMBIGUOUS.search(folded.text):
            for anchor in self.anchors.ambiguous(reduced):
                exact[anchor.rule].add(anchor.phrase)
        return exact, sounding

    def _exact(self, reduced: Reduced) -> tuple[dict[int, set[int]], list[tuple[Anchor, int, int]]]:
        exact: dict[int, set[int]] = defaultdict(set)
        sounding: list[tuple[Anchor, int, int]] = []
        alike = one_person(reduced.text)
        for anchor, start, stop in self.anchors.candidates(reduced):
            if anchor.is_written(reduced.text[start:stop], alike[start:stop]):
                exact[anchor.rule].add(anchor.phrase)
            elif anchor.sounding and stop - start > 1:
                sounding.append((anchor, start, stop))
        return exact, sounding

    def _hits_as_written(
        self, folded: Folded, exact: Mapping[int, set[int]], meant: Iterable[str] = ()
    ) -> Iterator[tuple[int, int, Hit]]:
        """Yield the hits of phrases by rule, with ``meant`` of those alone that hold one of these characters.

        Each comes with its span in the folded text.
        """
        for number, phrases in exact.items():
            compiled = self._compiled[number]
            matchers = [compiled.phrases[each] for each in sorted(phrases)]
            if meant:
                matchers = [each for each in matchers if any(one in each.compiled.short for one in meant)]
            yield from folded_hits(compiled, folded, matchers)

    def _hits_in(
        self,
        folded: Folded,
        reduced: Reduced,
        exact: Mapping[int, set[int]],
        sounding: Iterable[tuple[Anchor, int, int]],
    ) -> Iterator[Hit]:
        """Yield the hits in a folded text, homophones and pinyin included, by its anchors."""
        yield from (hit for _, _, hit in self._hits_as_written(folded, exact))
        for compiled, matchers in self._unanchored:
            yield from (hit for _, _, hit in folded_hits(compiled, folded, matchers))
        for correction in homophones(folded, reduced, sounding):
            yield from self._corrected_hits(correction)
        if LATIN.search(folded.text):
            for correction in self._spelled.corrections(folded, reduced):
                yield from self._corrected_hits(correction)

    def _corrected_hits(self, correction: Correction) -> Iterator[Hit]:
        """Yield the hits that the correction of one place brings about."""
        compiled = self._compiled[correction.anchor.rule]
        matcher = compiled.phrases[correction.anchor.phrase]
        folded, places = correction.folded, correction.places
        for start, stop, hit in folded_hits(compiled, folded, [matcher], ways=(correction.way,)):
            if any(start <= at < stop for at in places):
                # Where a phrase may be longer the shorter one counts, but letters are not cut in two: 「tuikuan」.
                first, last = folded.raw_span(min(start, places[0]), max(stop, places[-1] + 1))
                yield replace(hit, start=first, end=last, found=folded.normalised.raw[first:last])

    def fires(self, rule_id: str, text: str | Normalised) -> bool:
        """Tell whether one rule has a hit in ``text``."""
        normalised = text if isinstance(text, Normalised) else normalise(text)
        compiled = self._by_id[rule_id]
        if compiled.folded:
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
            only._shapes, only._inserted = self._shapes, self._inserted
        return self._alone[compiled.rule.id]

    @cached_property
    def _alone(self) -> dict[str, RuleSet]:
        return {}
