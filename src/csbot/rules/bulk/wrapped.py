"""A long text around its line breaks: what is written and may be meant there, and how far a match can reach."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import chain, combinations
from typing import TYPE_CHECKING

from csbot.rules.bulk.characters import BASIC, WORD, codes_of, reduce_codes, tables
from csbot.rules.bulk.lines import Lines
from csbot.rules.bulk.links import BareText
from csbot.rules.disguises.dialect import Dialect
from csbot.rules.judging.reach import KINDS, Span
from csbot.rules.wording.fold import OVERLAP, Folded, fold
from csbot.rules.wording.phrase import Compiled
from csbot.text.normalise import Normalised

if TYPE_CHECKING:
    from csbot.rules.bulk.characters import Codes, Flags, Masks, Places

MOST_SLIPPED = 4  # words of which any may be left out


class WrappedText:
    """A long text with its line breaks.

    Of what ``leave_out`` and the ``add_`` methods take down all that follows takes account.
    """

    def __init__(self, raw: str, ends: Sequence[int], breaks: Sequence[int], dialect: Dialect) -> None:
        """Take a text, where its pieces end, the line breaks that are looked at, in order, and the words of regions."""
        import numpy as np

        self.raw = raw
        self.codes: Codes = codes_of(raw)
        self.lines = Lines(self.codes, ends, are_lines=True)
        self.reduced = reduce_codes(self.codes, self.lines.kinds, self.lines.starts, self.lines.glued)
        self.bare = BareText(self.codes)
        self.breaks: Places = np.array(breaks, np.int64)
        self.counted = _counted(self.codes, self.lines)  # before each place, how many characters a match counts
        self._bits = [each[self.codes] for each in tables().bits]  # of all that may be meant at each place
        self.normalised = self.lines.normalised
        self.unsure: Flags = np.zeros(len(self.codes), bool)  # where anything may be meant
        self.spoken: Flags = np.zeros(len(self.codes), bool)  # where a word of a region may stand
        self._changed: list[int] = []  # places at which other characters may be meant than are written, and these
        self._meant = ""
        self._slipped: list[Span] = []
        self._dialect = dialect
        self._folded: dict[int, Folded] = {}

    @property
    def of_breaks(self) -> Places:
        """What is counted before each line break."""
        return self.counted[self.breaks]

    def add_meant(self, places: Places, meant: Codes) -> None:
        """Take down what else may be meant at some places."""
        import numpy as np

        for bits, each in zip(self._bits, tables().bits, strict=True):
            np.bitwise_or.at(bits, places, each[meant])
        order = np.argsort(places, kind="stable")
        self._changed, self._meant = places[order].tolist(), meant[order].tobytes().decode("utf-16-le")

    def meanings(self, at: int) -> set[int]:
        """Return what may be meant by a bare character, given by its number, and it itself."""
        place = int(self.bare.places[at - 1]) if 0 < at <= len(self.bare.places) else -1
        rows = slice(bisect_left(self._changed, place), bisect_left(self._changed, place + 1))
        return {int(self.bare.codes[at]), *map(ord, self._meant[rows])}

    def may_differ_between(self, at: int) -> bool:
        """Tell whether anything may be meant otherwise between a bare character and the next, but these."""
        if not 0 < at < len(self.bare.places):
            return True
        before, behind = self.bare.places[at - 1 : at + 1].tolist()
        return bisect_left(self._changed, before + 1) < bisect_left(self._changed, behind)

    def add_slipped(self, starts: Places, stops: Places) -> None:
        """Take down, in order, the spans of words that may be left out."""
        self._slipped = list(zip(starts.tolist(), stops.tolist(), strict=True))

    def add_anything(self, flags: Flags, starts: Places, stops: Places) -> None:
        """Take down in ``flags`` that anything may be meant in some spans."""
        import numpy as np

        for start, stop in zip(np.maximum(starts, 0).tolist(), stops.tolist(), strict=True):
            flags[start:stop] = True
            for bits in self._bits:
                bits[start:stop] = ~np.uint64(0)

    def around(self, numbers: Places, reach: Places) -> tuple[Places, Places]:
        """Return from where to where matches over breaks can stand, by the numbers of breaks."""
        import numpy as np

        breaks = self.breaks[numbers]
        of_breaks = self.counted[breaks]
        first = np.searchsorted(self.counted, of_breaks - reach - 1)
        last = np.searchsorted(self.counted, of_breaks + reach + 1, side="right")
        first, last = np.maximum(first, breaks - OVERLAP), np.minimum(last, breaks + OVERLAP)
        return np.maximum(first, 0), np.minimum(last, len(self.codes) - 1)

    def present(self, first: Places, last: Places) -> list[Masks]:
        """Return, in each spread, the bits of all that may be meant in some spans."""
        import numpy as np

        spans = np.stack([first, last], axis=1).ravel()
        return [np.bitwise_or.reduceat(bits, spans)[::2] for bits in self._bits]

    def sides(self, number: int, first: int, last: int, phrase: Compiled) -> Iterator[tuple[str, str]]:
        """Yield what may be meant before and behind a break, in a span of the text that a phrase may stand in."""
        at, known = int(self.breaks[number]), frozenset(phrase.short)
        characters = {place: each for place, each in enumerate(self.normalised[first:last], first) if each.isalnum()}
        for row in range(bisect_left(self._changed, first), bisect_left(self._changed, last)):
            place, meant = self._changed[row], self._meant[row]
            if meant in known:
                characters[place] = meant
        inside = self._slipped[bisect_left(self._slipped, (first, 0)) : bisect_left(self._slipped, (last, 0))]
        return self._without(characters, at, inside, is_spoken=bool(self.spoken[first:last].any()))

    def is_uncertain(self, first: int, last: int, phrase: Compiled) -> bool | None:
        """Tell whether a phrase may stand in a span of the text for all that is known; None where it cannot."""
        if self.unsure[first:last].any():
            return True
        rows = slice(bisect_left(self._changed, first), bisect_left(self._changed, last))
        meant = self._meant[rows]
        if not self.spoken[first:last].any() and not phrase.may_match(frozenset(self.normalised[first:last] + meant)):
            return None
        inside = bisect_left(self._slipped, (last, 0)) - bisect_left(self._slipped, (first, 0))
        return inside > MOST_SLIPPED or any(
            other in phrase.short and self.normalised[place] in phrase.short
            for place, other in zip(self._changed[rows], meant, strict=True)
        )

    def _without(
        self, characters: dict[int, str], at: int, inside: list[Span], *, is_spoken: bool
    ) -> Iterator[tuple[str, str]]:
        """Yield what stands before and behind a place, without any of some words, and in the standard language."""
        places = [place for place in characters if place < at], [place for place in characters if place > at]
        before, behind = ("".join(map(characters.__getitem__, side)) for side in places)
        yield before, behind
        if is_spoken:
            yield self._dialect.reading(before), self._dialect.reading(behind)
        for words in chain.from_iterable(combinations(inside, size) for size in range(1, len(inside) + 1)):
            out = {place for start, stop in words for place in range(start, stop)}
            before, behind = ("".join(characters[place] for place in side if place not in out) for side in places)
            yield before, behind

    def leave_out(self, starts: Places, stops: Places) -> None:
        """Count nothing in some spans: a word that is left out has no length, nor has one that means a shorter one."""
        import numpy as np

        inside = np.zeros(len(self.counted), np.int64)
        np.add.at(inside, starts, 1)
        np.add.at(inside, stops, -1)
        counts = np.diff(self.counted) * (np.cumsum(inside[:-1]) == 0)
        self.counted = np.concatenate([[0], np.cumsum(counts)])

    def near(self, places: Places) -> Flags:
        """Tell of each line break whether one of some places, in order, is read with it."""
        import numpy as np

        return np.searchsorted(places, self.breaks - OVERLAP) < np.searchsorted(places, self.breaks + OVERLAP)

    def within(self, starts: Places, stops: Places, reach: Places | int) -> tuple[Places, Places]:
        """Return, for each of some spans, the first break that a match can hold with it, and the end of those."""
        import numpy as np

        of_breaks = self.of_breaks
        first = np.searchsorted(of_breaks, self.counted[starts] - reach)
        last = np.searchsorted(of_breaks, self.counted[stops] + reach, side="right")
        first = np.maximum(first, np.searchsorted(self.breaks, starts - OVERLAP))
        return first, np.minimum(last, np.searchsorted(self.breaks, stops + OVERLAP))

    def begin(self, number: int) -> int:
        """Return where that begins which the ordinary scan reads with a line break, given by its number."""
        return max(0, int(self.breaks[number]) + 1 - OVERLAP)

    def middle(self, number: int) -> int:
        """Return where in that the line break is."""
        return int(self.breaks[number]) - self.begin(number)

    def folded(self, number: int) -> Folded:
        """Return what the ordinary scan reads with a line break; each character is one as it is normalised."""
        if (known := self._folded.get(number)) is None:
            begin, end = self.begin(number), min(len(self.raw), int(self.breaks[number]) + 1 + OVERLAP)
            size, normalised = end - begin, self.normalised[begin:end]
            text = Normalised(self.raw[begin:end], normalised, range(size), range(1, size + 1))
            known = self._folded[number] = fold(text, 0, size)
        return known


def _counted(codes: Codes, lines: Lines) -> Places:
    """Return how many characters a match counts before each place of a text, and behind the last one."""
    import numpy as np

    words = np.flatnonzero(lines.kinds & WORD)
    kinds = _kinds()[tables().normalised[codes[words]]]
    counts = np.zeros(len(codes) + 1, np.int64)
    counts[words + 1] = (kinds > 0) & (kinds != np.concatenate([[0], kinds[:-1]]))
    return np.cumsum(counts)


def _kinds() -> Codes:
    """Return for each character, as it is normalised, one that stands for all that count as one with it, or 0."""
    import numpy as np

    kinds = np.arange(BASIC, dtype=np.uint16)
    for character, kind in KINDS.items():
        kinds[ord(character)] = ord(kind) if kind else 0
    return kinds
