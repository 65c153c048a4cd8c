"""The lines of a long text: what stands in each, and which ones belong together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING

from csbot.rules.bulk.characters import GONE, ODD, SEEN, WORD, breaks_of, tables
from csbot.rules.wording.fold import GOES_ON, OVERLAP, Folded, fold
from csbot.rules.wording.model import Hit
from csbot.text.normalise import Normalised

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from csbot.rules.bulk.characters import Codes, Flags, Masks, Places

LONGEST = 1000  # characters of a line that is judged by itself; longer ones may be cut by the ordinary scan
MOST_AROUND = 16  # lines, one way, on which a phrase is looked for
_REACH = 2 * OVERLAP  # word characters of other lines that are read with a line


class Lines:
    """The lines of a text, each with its line break."""

    def __init__(self, codes: Codes, apart: Sequence[int] | None = None, *, are_lines: bool = False) -> None:
        """Take the codes of a text; with ``apart`` nothing runs on but inside the stretches that end there.

        With ``are_lines`` these count as lines, whatever line breaks they hold.
        """
        import numpy as np

        self._codes = codes
        self.kinds: NDArray[np.uint8] = tables().kinds[codes]
        ends = np.array(apart, np.int64) if are_lines else breaks_of(codes, self.kinds) + 1
        if not len(ends) or ends[-1] != len(codes):
            ends = np.append(ends, len(codes))
        if apart is not None and not are_lines:
            ends = self._joined(ends, np.array(apart, np.int64))
        self.ends: Places = ends
        self.starts: Places = np.concatenate([[0], ends[:-1]])
        self.present: NDArray[np.uint8] = np.bitwise_or.reduceat(self.kinds, self.starts)
        self.words: Places = np.add.reduceat((self.kinds & WORD) != 0, self.starts, dtype=np.int64)
        self.glued: Flags = self._glued() if apart is None else ~np.isin(ends, np.array(apart, np.int64))

    @cached_property
    def group(self) -> Places:
        """The number of the group of each line: a phrase may run on over the lines of a group."""
        import numpy as np

        groups: Places = np.cumsum(np.append([False], ~self.glued[:-1]))
        return groups

    @cached_property
    def masks(self) -> list[Masks]:
        """The bits of the characters of each line and of those that its wording may run on to, in each spread."""
        import numpy as np

        firsts = np.flatnonzero(np.append([True], ~self.glued[:-1]))
        common = []
        for bits in tables().bits:
            masks = np.bitwise_or.reduceat(bits[self._codes], self.starts)
            masks[(self.present & ODD) != 0] = ~np.uint64(0)
            common.append(np.bitwise_or.reduceat(masks, firsts)[self.group])
        return common

    def _joined(self, ends: Places, apart: Places) -> Places:
        """Return the ends of lines without those inside a stretch where wording and a comma go before.

        The ordinary scan reads what goes on from there as one with it; a line with hardly a character stays one.
        """
        import numpy as np

        counts = np.cumsum((self.kinds & WORD) != 0, dtype=np.int64)[ends - 1]
        has_words = np.diff(counts, prepend=0) > 1
        return ends[np.isin(ends, apart) | ~has_words | ~self._go_on(ends)]

    def _go_on(self, ends: Places) -> Flags:
        """Tell of the ends of lines whether a comma is the last that can be seen before them."""
        import numpy as np

        seen = np.flatnonzero(self.kinds & (WORD | SEEN))
        if not len(seen):
            return np.zeros(len(ends), bool)
        behind = np.searchsorted(seen, ends)
        last = tables().normalised[self._codes[seen[np.maximum(behind, 1) - 1]]]
        flags: Flags = (behind > 0) & (last == ord(GOES_ON))
        return flags

    def _glued(self) -> Flags:
        """Return of each line whether a phrase may run on from it into the next one.

        It may where nothing that can be seen stands between the wording before and behind the line break, or
        where the line has hardly a character or ends with a comma. The same as the ordinary scan, or more.
        """
        import numpy as np

        glued = self.words <= 1
        seen = np.flatnonzero(self.kinds & (WORD | SEEN))
        if len(seen):
            behind = np.searchsorted(seen, self.ends)
            inside = (behind > 0) & (behind < len(seen))
            at = np.clip(behind, 1, len(seen) - 1) if len(seen) > 1 else np.zeros(len(behind), np.int64)
            is_word = (self.kinds[seen] & WORD) != 0
            glued |= inside & is_word[at] & is_word[at - 1] | self._go_on(self.ends)
        glued[-1] = False
        return glued

    @cached_property
    def normalised(self) -> str:
        """The whole text, each character as it is normalised; ``VANISHES`` stands for what nothing is left of."""
        return tables().normalised[self._codes].tobytes().decode("utf-16-le")

    def text(self, first: int, last: int) -> str:
        """Return the lines from ``first`` to ``last``, normalised; ``VANISHES`` stands for what nothing is left of."""
        return self.normalised[self.bounds[first] : self.bounds[last + 1]]

    @cached_property
    def bounds(self) -> list[int]:
        """Where each line starts, and where the last one ends."""
        return [*self.starts.tolist(), len(self._codes)]

    @cached_property
    def apart(self) -> list[bool]:
        """Of each line whether nothing runs on into it or from it, and nothing on it is odd."""
        import numpy as np

        before = np.concatenate([[False], self.glued[:-1]])
        flags: list[bool] = (~self.glued & ~before & ((self.present & ODD) == 0)).tolist()
        return flags

    def is_whole(self, line: int) -> bool:
        """Tell whether the ordinary scan reads a line by itself, in one piece and character for character."""
        begin, end = self.span(line)
        return self.apart[line] and not self.present[line] & GONE and end - begin <= LONGEST

    def folded(self, line: int, text: str) -> Folded:
        """Return a line that ``is_whole``, folded; ``text`` is what the lines are those of."""
        begin, end = self.span(line)
        size = end - begin
        return fold(Normalised(text[begin:end], self.text(line, line), range(size), range(1, size + 1)), 0, size)

    def around(self, first: int, last: int) -> str | None:
        """Return the lines from ``first`` to ``last`` with those that a phrase may run on into, normalised.

        None where they are many, or what they become depends on more than each character.
        """
        if first == last and self.apart[first]:
            return self.text(first, first)
        begin, end = self.extent(first, MOST_AROUND)[0], self.extent(last, MOST_AROUND)[1]
        if first - begin == MOST_AROUND or end - last == MOST_AROUND:
            return None
        first, last = begin, end
        return None if (self.present[first : last + 1] & ODD).any() else self.text(first, last)

    def of(self, places: Places) -> Places:
        """Return the numbers of the lines in which characters stand."""
        import numpy as np

        return np.searchsorted(self.starts, places, side="right") - 1

    def span(self, line: int) -> tuple[int, int]:
        """Return the span of a line, given by its number, with its line break."""
        return self.bounds[line], self.bounds[line + 1]

    def to_read(self, wanted: Flags, known: dict[int, list[Hit]]) -> Iterator[tuple[int, int, list[Hit] | None]]:
        """Yield the spans that must be read, and the lines between them whose hits are known, in order.

        A line is read with so much of its neighbours as a phrase can run on into; where that takes in a line whose
        hits are known, that line is read in the same way.
        """
        import numpy as np

        waiting: list[int] = np.flatnonzero(wanted).tolist()[::-1]
        read = set(waiting)
        extents: list[tuple[int, int]] = []
        whole = (0, -1)  # lines that hang together and that nothing runs on into
        while waiting:
            if whole[0] <= (line := waiting.pop()) <= whole[1]:
                continue
            first, last = self.extent(line)
            if not (self.glued[last] or (first and self.glued[first - 1])):
                whole = first, last
            extents.append((first, last))
            also = [line for line in range(first, last + 1) if line in known and line not in read]
            waiting += also
            read.update(also)
        spans: list[list[int]] = []
        for first, last in sorted(extents):
            if spans and first <= spans[-1][1]:
                spans[-1][1] = max(spans[-1][1], last)
            else:
                spans.append([first, last])
        pieces: list[tuple[int, int, list[Hit] | None]] = [(first, last, None) for first, last in spans]
        pieces += [(line, line, known[line]) for line in known if line not in read]
        for first, last, hits in sorted(pieces, key=itemgetter(0)):
            yield int(self.starts[first]), int(self.ends[last]), hits

    def extent(self, line: int, most: int | None = None) -> tuple[int, int]:
        """Return the first and the last of the lines that are read with a line; with ``most``, no more each way."""
        glued, words_of = self._glued_list, self._words_list
        first = last = line
        words = 0
        while first and glued[first - 1] and (words < _REACH or words_of[first - 1] <= 1) and line - first != most:
            first -= 1
            words += words_of[first]
        words = 0
        while glued[last] and (words < _REACH or words_of[last] <= 1) and last - line != most:
            last += 1
            words += words_of[last]
        return first, last

    @cached_property
    def _glued_list(self) -> list[bool]:
        flags: list[bool] = self.glued.tolist()
        return flags

    @cached_property
    def _words_list(self) -> list[int]:
        counts: list[int] = self.words.tolist()
        return counts
