"""Compile phrase rules once and find every hit of them in a text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from csbot.rules.disguises.alike import Alike
from csbot.rules.disguises.dialect import in_the_standard_language
from csbot.rules.disguises.initials import Initials
from csbot.rules.disguises.inserted import Inserted, span_in
from csbot.rules.disguises.reordered import Reordering, joined, written_out
from csbot.rules.disguises.shapes import Reading, Shapes
from csbot.rules.disguises.sound import LATIN, Correction, Spelled, homophones
from csbot.rules.disguises.spoken import spoken
from csbot.rules.judging.hits import Covers, exception_of, folded_hits, may_run_over, plain_hits
from csbot.rules.judging.outermost import Gathered, reported
from csbot.rules.judging.reach import Span, windows
from csbot.rules.judging.ways import DIALECT, INITIALS, INSERTED, REORDERED
from csbot.rules.lookup.anchor_table import AnchorTable
from csbot.rules.lookup.compact import roomy
from csbot.rules.lookup.standing import Candidates, Sounding, standing_in
from csbot.rules.tables import Tables
from csbot.rules.wording.compiled import CompiledRule
from csbot.rules.wording.fold import Folded, fold, line_breaks, stretches
from csbot.rules.wording.model import Hit, Kind, PhraseRule
from csbot.rules.wording.reduce import Reduced, reduce
from csbot.text.normalise import Normalised, normalise

if TYPE_CHECKING:
    from csbot.rules.bulk.sieve import LineSieve

LONG_TEXT, AGAIN = 50_000, 1_000  # characters from which a first look at the whole text pays; with its tables made


class RuleSet:
    """A set of compiled rules. Scanning keeps no state: one set may serve many threads."""

    def __init__(
        self, rules: Iterable[PhraseRule], *, shapes: Sequence[Sequence[str]] = (), name: str = "", key: str = ""
    ) -> None:
        """Compile ``rules``. Raises PhraseError for the first one that is not valid.

        ``shapes`` are characters with the shapes that they are written in by disguise
        (see ``csbot.rules.disguises.shapes``).
        With ``name`` and ``key`` (which changes whenever the rules do) the compiled phrases are kept in the cache.
        """
        self.rules = tuple(rules)
        self._tables = Tables(self.rules, shapes, name, key)
        self._compiled = tuple(map(CompiledRule, self.rules, self._tables.compiled()))
        self._ready()

    def _ready(self) -> None:
        self._by_id = {compiled.rule.id: compiled for compiled in self._compiled}
        self._plain = tuple(compiled for compiled in self._compiled if not compiled.folded)
        self._names = tuple(compiled for compiled in self._plain if compiled.rule.kind is Kind.NAME)
        self._alone: dict[str, RuleSet] = {}

    @cached_property
    def anchors(self) -> AnchorTable:
        """The anchors of all phrases that are matched over folded text."""
        return self._tables.anchors()

    @cached_property
    def _unanchored(self) -> tuple[tuple[CompiledRule, list[int]], ...]:
        """The phrases that reduce to nothing, which must be tried on every text."""
        anchored = self.anchors.phrases
        rest = (
            (compiled, [at for at in range(len(compiled.rule.phrases)) if (number, at) not in anchored])
            for number, compiled in enumerate(self._compiled)
            if compiled.folded
        )
        return tuple((compiled, numbers) for compiled, numbers in rest if numbers)

    @cached_property
    def _are_unanchored_phrases(self) -> bool:
        """Whether the phrases without an anchor, where there are any, count anywhere."""
        return all(compiled.rule.kind is Kind.PHRASE for compiled, _ in self._unanchored)

    @cached_property
    def _spelled(self) -> Spelled:
        return self._tables.spelled(self.anchors)

    @cached_property
    def _shapes(self) -> Shapes:
        return self._tables.shapes()

    @cached_property
    def _alike(self) -> Alike:
        return self._tables.alike()

    @cached_property
    def _inserted(self) -> Inserted:
        return self._tables.inserted()

    @cached_property
    def _reordering(self) -> Reordering:
        return Reordering(self._inserted.neighbours)

    @cached_property
    def _initials(self) -> Initials:
        return self._tables.initials()

    @cached_property
    def _sieve(self) -> LineSieve:
        from csbot.rules.bulk.otherwise import Others, Readers
        from csbot.rules.bulk.sieve import sieve_of

        looks = self._hits_otherwise, self._hits_by_look, self._hits_without_words, self._hits_in_dialect
        sounds = self._hits_reordered, self._hits_spelled, self._hits_of_initials, self._corrected_hits
        readers = Readers(*looks, *sounds)
        others = Others(self._shapes, self._inserted, self._initials, self._reordering, readers)
        chains = self._tables.chains()
        return sieve_of(self._compiled, self._unanchored, self.anchors, chains, self._spelled, others, self._alike)

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
        least = AGAIN if "_sieve" in self.__dict__ else LONG_TEXT
        if isinstance(text, str) and len(text) >= least and not dropped and self._are_unanchored_phrases:
            from csbot.rules.bulk.repeats import Repeats  # 20 ms, which a draft does not wait for
            from csbot.rules.bulk.sieve import chunks

            repeats = Repeats(self._scan_long)
            with roomy():
                return [hit for begin, end in chunks(text) for hit in repeats.hits(text[begin:end], begin)]
        return reported(self.gathered(text if isinstance(text, Normalised) else normalise(text)), dropped=dropped)

    def _scan_long(self, text: str) -> list[Hit]:
        """Return the hits of a piece of a long text: of most lines a first look at all of them tells enough."""
        hits: list[Hit] = []
        for start, end, known in self._sieve.lines(text):
            if known is None:
                read = reported(self.gathered(normalise(text[start:end])))
                known = [replace(hit, start=hit.start + start, end=hit.end + start) for hit in read]
            hits += known
        return hits

    def gathered(self, normalised: Normalised) -> Iterator[Gathered]:
        """Yield the hits of each rule in each stretch, whatever the other rules find there."""
        pieces = stretches(normalised.text)
        covers = {compiled: Covers(compiled, normalised.text) for compiled in self._plain}
        for begin, end in pieces:
            found, moved = self._hits_between(normalised, begin, end), self._hits_reordered(normalised, begin, end)
            plain = (hit for each, seen in covers.items() for hit in plain_hits(each, normalised, begin, end, seen))
            yield Gathered(list(found), list(moved), list(plain))
        for begin, at, end in line_breaks(normalised.text, pieces):
            first, last = normalised.starts[at], normalised.ends[at]
            names = (hit for each in self._names for hit in plain_hits(each, normalised, begin, end, covers[each]))
            across = chain(self._hits_between(normalised, begin, end), names)
            yield Gathered([], [], [hit for hit in across if hit.start < first and hit.end > last])

    def alone(self, rule_id: str) -> RuleSet:
        """Return one rule by itself, as if there were no other. What was compiled of it is shared."""
        at, only = list(self._by_id).index(rule_id), RuleSet([])
        only.rules, only._compiled = self.rules[at : at + 1], self._compiled[at : at + 1]
        only._tables = self._tables.of_one(at)
        only._ready()
        return only

    def _hits_between(self, normalised: Normalised, begin: int, end: int) -> Iterator[Hit]:
        """Yield the hits of all tolerant rules in a stretch, in every disguise."""
        folded = fold(normalised, begin, end)
        reduced = reduce(folded.text)
        yield from self._hits_in(folded, reduced, *standing_in(self.anchors, folded.text, reduced))
        sure = [folded]
        yield from self._hits_otherwise(folded, reduced, sure)
        yield from self._hits_of_initials(sure[-1])

    def _hits_of_initials(self, folded: Folded) -> Iterator[Hit]:
        """Yield the hits of what letters stand for that are nothing but initials."""
        for spelled, start, stop in self._initials.readings(folded) if LATIN.search(folded.text) else ():
            for first, last, hit in self._hits_around(spelled, [(start, stop)]):
                if first <= start and stop <= last:
                    yield replace(hit, ways=(*hit.ways, INITIALS))

    def _hits_otherwise(self, folded: Folded, reduced: Reduced, sure: list[Folded]) -> Iterator[Hit]:
        """Yield the hits in a text as it looks, without words that were slipped in, and in the standard language.

        What is surely meant is added to ``sure``.
        """
        yield from self._hits_by_look(
            chain(self._shapes.readings(folded, reduced), self._alike.readings(folded, reduced)), sure
        )
        yield from self._hits_without_words(sure[-1])
        yield from self._hits_in_dialect(folded)

    def _hits_by_look(self, readings: Iterable[Reading], sure: list[Folded]) -> Iterator[Hit]:
        """Yield the hits in a text as it looks, and add what is surely meant to ``sure``."""
        for reading in readings:
            for hit in self._hits_read(reading):
                start, stop = reading.folded.span_of(hit.start, hit.end)
                if (ways := reading.ways(start, stop)) and reading.is_meant(start, stop):
                    yield replace(hit, ways=(*hit.ways, *ways))
            if reading.sure:
                sure.append(reading.folded)

    def _hits_in_dialect(self, folded: Folded) -> Iterator[Hit]:
        """Yield the hits that hold a word of a region, where nothing spares them as they are meant or written."""
        standard = in_the_standard_language(folded)
        if standard is None:
            return
        for start, stop, hit in self._hits_around(standard.folded, standard.spans):
            if standard.holds_one(start, stop) and hit.exception is None:
                exception = exception_of(
                    self._by_id[hit.rule.id], folded, *span_in(folded, standard.folded, start, stop)
                )
                yield replace(hit, ways=(*hit.ways, DIALECT), exception=exception)

    def _hits_without_words(self, folded: Folded) -> Iterator[Hit]:
        """Yield the hits that run over a word that was left out, where no exception covers them with that word."""
        for shortened in self._inserted.readings(folded):
            text = shortened.folded
            for start, stop, hit in self._hits_around(text, [(seam - 1, seam + 1) for seam in shortened.seams]):
                # Spared with the word, or without it and what is small beside it: 「请您现在就拨打…」.
                if (
                    shortened.joins(start, stop)
                    and hit.exception is None
                    and not any(
                        exception_of(self._by_id[hit.rule.id], other, *span_in(other, text, start, stop))
                        for other in (shortened.before, shortened.without_small_words())
                    )
                ):
                    yield hit if INSERTED in hit.ways else replace(hit, ways=(*hit.ways, INSERTED))

    def _hits_reordered(self, normalised: Normalised, begin: int, end: int) -> Iterator[Hit]:
        """Yield the hits of what is written out in a stretch, with its clauses in another order."""
        for text, spans in self._reordering.orders(normalised.text, begin, end):
            phrases = written_out(self._compiled, standing_in(self.anchors, text, reduce(text))[0])
            if not phrases:
                continue
            reading = joined(normalised, spans, begin, end)
            folded = fold(reading.normalised, 0, len(reading.normalised.text))
            for number, numbers in phrases.items():
                compiled = self._compiled[number]
                for _, _, hit in folded_hits(compiled, folded, reading.places(folded, compiled, numbers)):
                    if hit.exception is None and reading.is_all(hit.start, hit.end):
                        found = normalised.raw[reading.start : reading.end]
                        moved = replace(hit, start=reading.start, end=reading.end, found=found)
                        yield replace(moved, ways=(*hit.ways, REORDERED))

    def _hits_read(self, reading: Reading) -> Iterator[Hit]:
        """Yield the hits in a text that is read otherwise; what is doubtful is not taken for yet another disguise."""
        if reading.sure:
            reduced = reduce(reading.folded.text)
            yield from self._hits_in(reading.folded, reduced, *standing_in(self.anchors, reading.folded.text, reduced))
            return
        meant = [shape.meant for shape in reading.shapes]
        for _, _, hit in self._hits_around(reading.folded, [(at, at + 1) for at in reading.places], meant):
            yield hit

    def _hits_around(
        self, folded: Folded, places: Sequence[Span], meant: Sequence[str] = ()
    ) -> Iterator[tuple[int, int, Hit]]:
        """Yield the hits, as they are written, around places of a text that was read otherwise there.

        Only where a phrase can run over one of the places (with ``meant`` one that holds one of these characters)
        the phrases of its rule are looked for, no farther from there than any of them reaches.
        """
        text = folded.text
        for first, last in windows(text, places, self._reach):
            piece = text[first:last]
            inside = [(start - first, stop - first) for start, stop in places if first <= start < last]
            exact, _ = standing_in(self.anchors, piece, reduce(piece))
            for number, phrases in exact.items():
                compiled = self._compiled[number]
                wanted = [at for at in sorted(phrases) if compiled.phrases[at].compiled.may_hold_one(meant)]
                if any(may_run_over(compiled, at, piece, phrases[at], inside) for at in wanted):
                    yield from folded_hits(compiled, folded, {at: [(first, last)] for at in wanted})

    @cached_property
    def _reach(self) -> int:
        """How far from any character the phrase with the most characters reaches, and a filler more."""
        return 3 + max((compiled.reach for compiled in self._compiled if compiled.folded), default=0)

    def _hits_as_written(self, folded: Folded, exact: Candidates) -> Iterator[tuple[int, int, Hit]]:
        """Yield the hits of phrases by rule, each with its span in the folded text."""
        for number, phrases in exact.items():
            rule = self._compiled[number]
            near = {at: windows(folded.text, phrases[at], rule.phrases[at].compiled.reach) for at in sorted(phrases)}
            yield from folded_hits(rule, folded, near)

    def _hits_in(self, folded: Folded, reduced: Reduced, exact: Candidates, sounding: Sounding) -> Iterator[Hit]:
        """Yield the hits in a folded text, homophones and pinyin included, by its anchors."""
        yield from (hit for _, _, hit in self._hits_as_written(folded, exact))
        for compiled, phrases in self._unanchored:
            whole = {at: [(0, len(folded.text))] for at in phrases}
            yield from (hit for _, _, hit in folded_hits(compiled, folded, whole))
        for correction in homophones(folded, reduced, sounding):
            yield from self._corrected_hits(correction, folded)
        yield from self._hits_spelled(folded, reduced)

    def _hits_spelled(self, folded: Folded, reduced: Reduced) -> Iterator[Hit]:
        """Yield the hits of what Latin letters spell."""
        for read, kept in spoken(folded, reduced) if LATIN.search(folded.text) else ():
            for correction in self._spelled.corrections(read, kept):
                yield from self._corrected_hits(correction, read)

    def _corrected_hits(self, correction: Correction, written: Folded) -> Iterator[Hit]:
        """Yield the hits that the correction of one place brings about, in a text as it was ``written``.

        What spares a hit may stand there as it is meant or as it is written: 「少发货」 is not 「少发火」.
        """
        compiled, number = self._compiled[correction.rule], correction.phrase
        folded, places = correction.folded, correction.places
        corrected = [(at, at + 1) for at in places]
        if not may_run_over(compiled, number, folded.text, corrected, corrected):
            return
        near = windows(folded.text, corrected, compiled.phrases[number].compiled.reach)
        for start, stop, hit in folded_hits(compiled, folded, {number: near}, ways=(correction.way,)):
            if any(start <= at < stop for at in places):
                # Where a phrase may be longer the shorter one counts, but letters are not cut in two: 「tuikuan」.
                start, stop = min(start, places[0]), max(stop, places[-1] + 1)
                exception = hit.exception or exception_of(compiled, written, *span_in(written, folded, start, stop))
                first, last = folded.raw_span(start, stop)
                yield replace(hit, start=first, end=last, found=folded.normalised.raw[first:last], exception=exception)

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
        return self._alone[compiled.rule.id]
