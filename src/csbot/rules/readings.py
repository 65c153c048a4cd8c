"""The readings of a text: as it is written, and as it is meant under each disguise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain

from csbot.rules.disguises.initials import is_asked
from csbot.rules.disguises.inserted import span_in
from csbot.rules.disguises.latin import LATIN
from csbot.rules.disguises.reordered import joined, written_out
from csbot.rules.disguises.shapes import Reading
from csbot.rules.disguises.sound import Correction, homophones
from csbot.rules.disguises.spoken import spoken
from csbot.rules.judging.hits import exception_of, folded_hits, may_run_over
from csbot.rules.judging.reach import REACH_IN_TWO_WAYS, Span, windows, windows_within
from csbot.rules.judging.ways import DIALECT, INITIALS, INSERTED, REORDERED
from csbot.rules.known import KnownRules
from csbot.rules.lookup.standing import Candidates, Sounding, standing_in
from csbot.rules.wording.fold import Folded, fold
from csbot.rules.wording.model import Hit, Kind
from csbot.rules.wording.reduce import Reduced, reduce
from csbot.text.normalise import Normalised

_FILLER_MORE = 3  # characters beside a phrase


class Readings(KnownRules):
    """Finds the hits of tolerant rules in one stretch of text, in every disguise."""

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
        if LATIN.search(folded.text):
            for spelled, start, stop in self._initials.readings(folded):
                for first, last, hit in self._hits_around(spelled, [(start, stop)]):
                    is_said = hit.rule.kind is Kind.PHRASE or is_asked(spelled, stop)
                    if first <= start and stop <= last and is_said:
                        yield replace(hit, ways=(*hit.ways, INITIALS))

    def _hits_otherwise(self, folded: Folded, reduced: Reduced, sure: list[Folded]) -> Iterator[Hit]:
        """Yield the hits in a text as it looks, without words that were slipped in, and in the standard language.

        What is surely meant is added to ``sure``.
        """
        yield from self._hits_by_look(self._readings_by_look(folded, reduced), sure)
        yield from self._hits_without_words(sure[-1])
        yield from self._hits_in_dialect(folded)

    def _readings_by_look(self, folded: Folded, reduced: Reduced) -> Iterator[Reading]:
        """Yield what a text may mean by the look of its characters."""
        yield from self._shapes.readings(folded, reduced)
        yield from self._alike.readings(folded, reduced)

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
        standard = self._dialect.in_the_standard_language(folded)
        if standard is None:
            return
        for start, stop, hit in self._hits_or_disguised_around(standard.folded, standard.spans):
            if standard.holds_one(start, stop) and hit.exception is None:
                exception = exception_of(
                    self._by_id[hit.rule.id], folded, *span_in(folded, standard.folded, start, stop)
                )
                yield replace(hit, ways=(*hit.ways, DIALECT), exception=exception)

    def _hits_without_words(self, folded: Folded) -> Iterator[Hit]:
        """Yield the hits that run over a word that was left out, where no exception covers them with that word."""
        for shortened in self._inserted.readings(folded):
            text = shortened.folded
            seams = [(seam - 1, seam + 1) for seam in shortened.seams]
            for start, stop, hit in self._hits_or_disguised_around(text, seams, shortened.seams):
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
        self, folded: Folded, places: Sequence[Span], meant: Sequence[str] = (), seams: Sequence[int] = ()
    ) -> Iterator[tuple[int, int, Hit]]:
        """Yield the hits, as they are written, around places of a text that was read otherwise there.

        Only where a phrase can run over one of the places (with ``meant`` one that holds one of these characters, with
        ``seams`` one that can stand over one of these) the phrases of its rule, or with ``meant`` those alone, are
        looked for, no farther from there than any of them reaches.
        """
        text, holders = folded.text, None
        if (meant or seams) and self._holding.is_ready():
            holders = self._holding.any_of(meant) if meant else self._holding.over(text, seams)
        reach = _FILLER_MORE + holders.reach if meant and holders is not None else self._reach
        for first, last in windows(text, places, reach):
            piece = text[first:last]
            possible = None if holders is None else self._holding.possible(holders, piece)
            if possible is not None and not possible:
                continue  # its anchors are not looked up
            exact, _ = standing_in(self.anchors, piece, reduce(piece))
            inside = [(start - first, stop - first) for start, stop in places if first <= start < last]
            for number, phrases in exact.items():
                compiled = self._compiled[number]
                wanted = [
                    at
                    for at in sorted(phrases)
                    if ((number, at) in possible if possible is not None else compiled.phrases[at].may_hold_one(meant))
                ]
                if any(may_run_over(compiled, at, piece, phrases[at], inside) for at in wanted):
                    looked_for = wanted if meant else sorted(phrases)
                    yield from folded_hits(compiled, folded, {at: [(first, last)] for at in looked_for})

    def _hits_or_disguised_around(
        self, folded: Folded, places: Sequence[Span], seams: Sequence[int] = ()
    ) -> Iterator[tuple[int, int, Hit]]:
        """Yield the hits around places of a text that was read otherwise there, those in another disguise included.

        What is written in two ways at once: 「我不晓得」 as 「窝不晓得」, 「我完全不zhidao」. With ``seams`` the
        places are those around them.
        """
        yield from self._hits_around(folded, places, seams=seams)
        for first, last in windows_within(folded.text, places, REACH_IN_TWO_WAYS):
            text, indexes, stops = folded.text[first:last], folded.indexes[first:last], folded.stops[first:last]
            piece = Folded(folded.normalised, text, indexes, stops, folded.begin, folded.end)
            reduced = reduce(text)
            by_sound = homophones(piece, reduced, standing_in(self.anchors, text, reduced)[1])
            for hit in chain(
                chain.from_iterable(self._corrected_hits(each, piece) for each in by_sound),
                self._hits_spelled(piece, reduced),
                self._hits_by_look(self._readings_by_look(piece, reduced), []),
            ):
                yield *folded.span_of(hit.start, hit.end), hit

    @cached_property
    def _reach(self) -> int:
        """How far from any character the phrase with the most characters reaches, and a filler more."""
        return _FILLER_MORE + max((compiled.reach for compiled in self._compiled if compiled.folded), default=0)

    def _hits_as_written(self, folded: Folded, exact: Candidates) -> Iterator[tuple[int, int, Hit]]:
        """Yield the hits of phrases by rule, each with its span in the folded text."""
        present = frozenset(folded.text)
        for number, phrases in exact.items():
            rule = self._compiled[number]
            likely = [at for at in sorted(phrases) if rule.phrases[at].compiled.may_match(present)]
            near = {at: windows(folded.text, phrases[at], rule.phrases[at].compiled.reach) for at in likely}
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
