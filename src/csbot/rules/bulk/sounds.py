"""Whether what only sounds like a phrase, on a line of a long text, may be a typing error."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING

from csbot.rules.disguises.sound import differences
from csbot.rules.judging.evidence import CONTEXT, is_error, may_be_error
from csbot.rules.lookup.anchors import Anchor
from csbot.rules.wording.fold import Folded, fold
from csbot.text.normalise import Normalised

if TYPE_CHECKING:
    from csbot.rules.bulk.characters import ReducedText
    from csbot.rules.bulk.lines import Lines

MOST_DIFFERENCES = 100_000  # pieces of text whose differences from an anchor are remembered


class Sounding:
    """Tells where anchors may be meant that are not written. It keeps what two pieces of wording have apart."""

    def __init__(self, anchors: Sequence[Anchor]) -> None:
        self._anchors = anchors
        self._differences: dict[tuple[int, str], list[int]] = {}

    def differences(self, number: int, written: str) -> list[int]:
        """Return where a reduced text differs from the anchor of that number, as ``sound.differences`` does."""
        key = number, written
        if key not in self._differences:
            if len(self._differences) > MOST_DIFFERENCES:
                self._differences.clear()
            self._differences[key] = differences(written, self._anchors[number])
        return self._differences[key]


class SoundView:
    """One long text, line by line, for the evidence of typing errors."""

    def __init__(self, text: str, reduced: ReducedText, lines: Lines) -> None:
        self._text = text
        self._places = reduced.places
        self._lines = lines
        self._line, self._begin, self._normalised = -1, 0, ""
        self._folded: Folded | None = None

    def may_be_meant(self, anchor: Anchor, differing: Sequence[int], start: int, end: int, line: int) -> bool:
        """Tell whether an anchor may be meant at ``start`` to ``end`` of the reduced text, all on one line.

        The answer of the ordinary scan where it needs no other line; else yes.
        """
        if line != self._line:
            self._line, self._folded = line, None
            self._begin, _ = self._lines.span(line)
            self._normalised = self._lines.text(line, line) if self._lines.is_whole(line) else ""
        if not self._normalised:
            return True
        places = [place - self._begin for place in self._places[start:end].tolist()]
        meant = [(places[at], anchor.text[at]) for at in differing]
        if self._is_hopeless(places[0], places[-1] + 1, meant):
            return False
        folded = self._folded = self._folded or self._fold()
        first, last = bisect_left(folded.indexes, places[0]), bisect_left(folded.indexes, places[-1]) + 1
        text = list(folded.text)
        changed = []
        for place, character in meant:
            changed.append(bisect_left(folded.indexes, place))
            text[changed[-1]] = character
        corrected = Folded(folded.normalised, "".join(text), folded.indexes, folded.stops, folded.begin, folded.end)
        return is_error(folded, corrected, first, last, changed)

    def _is_hopeless(self, start: int, stop: int, meant: Sequence[tuple[int, str]]) -> bool:
        """Tell whether no evidence can be enough, where nothing stands between the characters of a phrase."""
        text = self._normalised
        if not text[start:stop].isalnum():
            return False
        first, last = max(0, start - CONTEXT), min(len(text), stop + CONTEXT)
        while first < start and not text[first:start].isalnum():
            first += 1
        while last > stop and not text[stop:last].isalnum():
            last -= 1
        written = text[first:last]
        corrected = written
        for place, character in meant:
            corrected = corrected[: place - first] + character + corrected[place - first + 1 :]
        differing = [place - first for place, _ in meant]
        return not may_be_error(written, corrected, start - first, stop - start, differing)

    def _fold(self) -> Folded:
        size = len(self._normalised)
        raw = self._text[self._begin : self._begin + size]
        return fold(Normalised(raw, self._normalised, range(size), range(1, size + 1)), 0, size)
