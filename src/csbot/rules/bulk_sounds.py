"""Whether what only sounds like a phrase, on a line of a long text, may be a typing error."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING

from csbot.rules.anchors import Anchor
from csbot.rules.bulk_characters import GONE
from csbot.rules.bulk_lines import LONGEST
from csbot.rules.evidence import is_error
from csbot.rules.fold import Folded, fold
from csbot.rules.sound import differences
from csbot.text.normalise import Normalised

if TYPE_CHECKING:
    from csbot.rules.bulk_characters import ReducedText
    from csbot.rules.bulk_lines import Lines

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
        self._reduced = reduced
        self._lines = lines
        self._line = -1
        self._folded: Folded | None = None

    def may_be_meant(self, anchor: Anchor, differing: Sequence[int], start: int, end: int, line: int) -> bool:
        """Tell whether an anchor may be meant at ``start`` to ``end`` of the reduced text, all on one line.

        The answer of the ordinary scan where it needs no other line; else yes.
        """
        if line != self._line:
            self._line, self._folded = line, self._fold(line)
        if self._folded is None:
            return True
        folded, begin = self._folded, self._lines.bounds[line]
        at = [bisect_left(folded.indexes, place - begin) for place in self._reduced.places[start:end].tolist()]
        places = [at[each] for each in differing]
        text = list(folded.text)
        for each, place in zip(differing, places, strict=True):
            text[place] = anchor.text[each]
        corrected = Folded(folded.normalised, "".join(text), folded.indexes, folded.stops, folded.begin, folded.end)
        return is_error(folded, corrected, at[0], at[-1] + 1, places)

    def _fold(self, line: int) -> Folded | None:
        """Return a line folded, or None where the ordinary scan must see it with others or character by character."""
        start, end = self._lines.span(line)
        if not self._lines.apart[line] or self._lines.present[line] & GONE or end - start > LONGEST:
            return None
        size = end - start
        text = self._lines.text(line, line)
        return fold(Normalised(self._text[start:end], text, range(size), range(1, size + 1)), 0, size)
