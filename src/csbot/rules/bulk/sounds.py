"""Whether what only sounds like a phrase, on a line of a long text, may be a typing error."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from csbot.rules.bulk.characters import WORD
from csbot.rules.disguises.sound import Correction, differences, homophones
from csbot.rules.judging.evidence import CONTEXT, may_be_error
from csbot.rules.lookup.anchors import Anchor
from csbot.rules.wording.fold import Folded
from csbot.rules.wording.model import Hit
from csbot.rules.wording.reduce import Reduced

if TYPE_CHECKING:
    from csbot.rules.bulk.characters import Places, ReducedText
    from csbot.rules.bulk.lines import Lines

MOST_REMEMBERED = 100_000  # pieces of text of each sort of which something is remembered
_BESIDE = CONTEXT + 1  # word characters on both sides that have a say: an end may be repeated beyond the evidence

Corrected = Callable[[Correction, Folded], Iterator[Hit]]  # the hits that a correction brings about in a text


class Sounds(NamedTuple):
    """Places of a text that sound like anchors, one row each.

    The anchor, the span in the reduced text, and the line; of the normalised text the first and last character; those
    of the surroundings that nothing is put into, up to what counts as evidence (none where the span itself is set
    apart by marks), and those of all that has a say.
    """

    anchors: Places
    starts: Places
    ends: Places
    lines: Places
    places: Places
    near: tuple[Places, Places]
    wide: tuple[Places, Places]


def sounds_of(anchors: Places, starts: Places, ends: Places, reduced: ReducedText, lines: Lines) -> Sounds:
    """Return the surroundings of places of a reduced text, each on one line."""
    import numpy as np

    first, last = reduced.places[starts], reduced.places[ends - 1] + 1
    on = reduced.lines[starts]
    is_word = (lines.kinds & WORD) != 0
    marks = np.concatenate([[-1], np.flatnonzero(~is_word), [len(is_word)]])
    behind = np.searchsorted(marks, first)
    near = np.maximum(first - CONTEXT, marks[behind - 1] + 1), np.minimum(last + CONTEXT, marks[behind])
    words = np.flatnonzero(is_word)
    before = np.searchsorted(words, first) - _BESIDE
    after = np.searchsorted(words, last) + _BESIDE - 1
    begin, end = lines.starts[on], lines.ends[on]
    wide_first = np.where(before >= 0, np.maximum(words[np.maximum(before, 0)], begin), begin)
    wide_last = np.where(after < len(words), np.minimum(words[np.minimum(after, len(words) - 1)] + 1, end), end)
    near[1][marks[behind] < last] = -1
    return Sounds(anchors, starts, ends, on, first, near, (wide_first, wide_last))


class Sounding:
    """Tells where anchors may be meant that are not written. It keeps what it found for each wording."""

    def __init__(self, anchors: Sequence[Anchor], corrected: Corrected) -> None:
        self._anchors = anchors
        self._corrected = corrected
        self._differences: dict[tuple[int, str], list[int]] = {}
        self._hopeless: dict[tuple[int, str, str, tuple[int, ...]], bool] = {}
        self._meant: dict[tuple[int, str, str, tuple[int, ...]], bool] = {}

    def may_differ(self, number: int, written: str) -> bool:
        """Tell whether reduced text that sounds like an anchor may be meant for it."""
        return bool(self._differing(number, written))

    def _differing(self, number: int, written: str) -> list[int]:
        if (found := self._differences.get((number, written))) is None:
            found = self._differences[number, written] = differences(written, self._anchors[number])
        return found

    def lines_of(self, sounds: Sounds, alike: str, text: str, reduced: ReducedText, lines: Lines) -> set[int]:
        """Return the lines on which an anchor may be meant so that it brings about a hit, and those too long to tell.

        ``alike`` is the reduced text with 你 for 您.
        """
        self._forget()
        found: set[int] = set()
        normalised = lines.normalised
        columns = (sounds.anchors, sounds.starts, sounds.ends, sounds.lines, *sounds.near, *sounds.wide)
        for number, start, end, line, first, last, begin, stop in zip(
            *(each.tolist() for each in columns), strict=True
        ):
            if line in found:
                continue
            written = alike[start:end]
            if not (differing := self._differing(number, written)):
                continue
            if not lines.is_whole(line):
                found.add(line)
                continue
            places = reduced.places[start:end].tolist()
            if last >= 0 and self._is_known_hopeless(number, written, normalised[first:last], first, places, differing):
                continue
            key = number, written, normalised[begin:stop], tuple([each - begin for each in places])
            if (meant := self._meant.get(key)) is None or meant:
                folded = lines.folded(line, text)
                bounds = lines.bounds[line]
                correction = self._correction(number, written, folded, [each - bounds for each in places])
                self._meant[key] = correction is not None
                if correction is not None and next(self._corrected(correction, folded), None) is not None:
                    found.add(line)
        return found

    def possible(self, sounds: Sounds, alike: str, reduced: ReducedText, lines: Lines) -> Iterator[int]:
        """Yield the rows at which an anchor may be meant, whatever hit that may bring about."""
        self._forget()
        normalised = lines.normalised
        columns = (sounds.anchors, sounds.starts, sounds.ends, *sounds.near)
        rows = zip(*(each.tolist() for each in columns), strict=True)
        for row, (number, start, end, first, last) in enumerate(rows):
            written = alike[start:end]
            if differing := self._differing(number, written):
                places, near = reduced.places[start:end].tolist(), normalised[first:last]
                if last < 0 or not self._is_known_hopeless(number, written, near, first, places, differing):
                    yield row

    def _forget(self) -> None:
        for known in (self._differences, self._hopeless, self._meant):
            if len(known) > MOST_REMEMBERED:
                known.clear()

    def _is_known_hopeless(
        self, number: int, written: str, near: str, first: int, places: Sequence[int], differing: Sequence[int]
    ) -> bool:
        """Tell what ``_is_hopeless`` does of places of a text, of which what is ``near`` begins at ``first``."""
        key = number, written, near, tuple([each - first for each in places])
        if (hopeless := self._hopeless.get(key)) is None:
            hopeless = self._hopeless[key] = self._is_hopeless(number, near, key[3], differing)
        return hopeless

    def _is_hopeless(self, number: int, near: str, places: Sequence[int], differing: Sequence[int]) -> bool:
        """Tell whether no evidence can be enough, where nothing stands between the characters of a phrase."""
        meant, changed = list(near), [places[at] for at in differing]
        for at, place in zip(differing, changed, strict=True):
            meant[place] = self._anchors[number].text[at]
        return not may_be_error(near, "".join(meant), places[0], places[-1] + 1 - places[0], changed)

    def _correction(self, number: int, written: str, folded: Folded, places: Sequence[int]) -> Correction | None:
        """Return what is meant by what is written at some places, where that is likely; as the ordinary scan does."""
        reduced = Reduced(written, "", [bisect_left(folded.indexes, place) for place in places])
        return next(homophones(folded, reduced, [(self._anchors[number], 0, len(written))]), None)
