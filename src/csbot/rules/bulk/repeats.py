"""Lines that a long text repeats: agents greet, thank and take leave in the same words all day.

A line that nothing runs on into or from has the same hits wherever it stands. It is read once.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate

from csbot.rules.bulk.lines import LONGEST
from csbot.rules.wording.model import Hit, PhraseRule
from csbot.text.regex import regex

MOST_LINES = 20_000  # that are remembered: memory does not grow with the text
LEAST_REPEATED = 0.2  # of the lines of a piece: else looking for them costs more than it saves
# Behind this nothing runs on into the next line: two words side by side and a mark that ends a sentence, whatever
# other marks stand beside it.
SURE_END = r"[0-9\u4e00-\u9fff]{2}[^\w\n]{0,6}[。！？!?；;][^\w\n]{0,6}"
LONGEST_END = 15  # characters
_TO_COME = [Hit(PhraseRule("", "", "", "", ""), 0, 0, "")]  # stands for the hits of a line that is about to be read
_ENDS_SURELY = regex(SURE_END + r"\Z")


class Repeats:
    """Reads the pieces of one text in order, and each line that stands by itself only once."""

    def __init__(self, read: Callable[[str], list[Hit]]) -> None:
        """Take what gives the hits of a piece of text, in order of their place."""
        self._read = read
        self._known: dict[str, list[Hit]] = {}  # the places count from the beginning of the line
        self._closed: dict[str, bool] = {}

    def hits(self, text: str, offset: int) -> list[Hit]:
        """Return the hits of a piece, which begins and ends where nothing runs on, ``offset`` added to their places."""
        lines = text.split("\n")
        if not self._known and len(set(lines)) > (1 - LEAST_REPEATED) * len(lines):
            return [_moved(hit, offset) for hit in self._read(text)]
        starts = [0, *accumulate(len(line) + 1 for line in lines)]
        repeated, fresh, firsts = self._sort(lines)
        by_line = self._by_line(self._read("\n".join([lines[at] for at in fresh])), lines, fresh)
        for at in firsts:
            self._known[lines[at]] = by_line.get(at, [])
        hits: list[Hit] = []
        for at in sorted([*repeated, *by_line]):
            shift = offset + starts[at]
            hits += [_moved(hit, shift) for hit in by_line.get(at) or self._known[lines[at]]]
        return hits

    def _sort(self, lines: list[str]) -> tuple[list[int], list[int], list[int]]:
        """Return the numbers of the lines whose hits are known, or will be, and of those that are to be read.

        Last those of the latter that stand by themselves for the first time.
        """
        repeated: list[int] = []
        fresh: list[int] = []
        known, closed = self._known, self._closed
        firsts: list[int] = []
        before = True  # whether the line before is closed
        for at, line in enumerate(lines):
            if (is_closed := closed.get(line)) is None:
                is_closed = (
                    len(line) <= LONGEST and _ENDS_SURELY.search(line, max(0, len(line) - LONGEST_END)) is not None
                )
                if len(closed) < MOST_LINES:
                    closed[line] = is_closed
            if not (before and is_closed):
                fresh.append(at)
            elif (hits := known.get(line)) is None:
                fresh.append(at)
                if len(known) < MOST_LINES:
                    firsts.append(at)
                    known[line] = _TO_COME
            elif hits:
                repeated.append(at)
            before = is_closed
        return repeated, fresh, firsts

    @staticmethod
    def _by_line(hits: list[Hit], lines: list[str], fresh: list[int]) -> dict[int, list[Hit]]:
        """Return the hits by the number of the line that they begin on, their places counted from its beginning."""
        by_line: dict[int, list[Hit]] = {}
        waiting = iter(fresh)
        at, start, end = -1, 0, 0  # a line that was read, and where it stands in what was read
        for hit in hits:
            while hit.start >= end:
                at = next(waiting)
                start, end = end, end + len(lines[at]) + 1
            by_line.setdefault(at, []).append(_moved(hit, -start))
        return by_line


def _moved(hit: Hit, by: int) -> Hit:
    return Hit(hit.rule, hit.start + by, hit.end + by, hit.found, hit.ways, hit.exception)
