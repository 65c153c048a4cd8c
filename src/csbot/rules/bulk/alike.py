"""Lines of long texts on which an expression may be written with characters that look like others."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from csbot.rules.disguises.alike import LONGEST, Alike
from csbot.rules.wording.fold import Folded
from csbot.rules.wording.reduce import reduce

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from csbot.rules.bulk.characters import Codes, Flags, Places, ReducedText
    from csbot.rules.bulk.lines import Lines


class AlikeFinder:
    """Tells on which lines ``Alike`` would find anything: pieces of expressions by numbers, the rest by itself."""

    def __init__(self, alike: Alike) -> None:
        self._alike = alike

    def add_lines(self, unread: Flags, text: str, reduced: ReducedText, lines: Lines) -> None:
        """Add to ``unread`` the lines that may hold an expression, and those too long to tell."""
        codes, of_lines = reduced.alike, reduced.lines
        for at in self._places(codes):
            line = of_lines[at]
            if unread[line]:
                continue
            first, last = max(0, at - LONGEST), min(len(codes), at + LONGEST)
            around = codes[first:last].tobytes().decode("utf-16-le", "surrogatepass")
            for start, stop in self._alike.standing_at(around, at - first):
                on = of_lines[[first + start, first + stop - 1]]
                unread[on] = on[0] != on[1] or not lines.is_whole(line) or self._is_in(lines.folded(line, text))

    def _is_in(self, folded: Folded) -> bool:
        return any(True for _ in self._alike.readings(folded, reduce(folded.text)))

    def _places(self, text: Codes) -> list[int]:
        """Return where in a reduced text two characters stand that a piece of an expression begins with."""
        import numpy as np

        pairs = text[:-1].astype(np.uint32) << np.uint32(16) | text[1:]
        table = self._beginnings
        if not len(table) or not len(pairs):
            return []
        found: Places = np.flatnonzero(table[np.minimum(np.searchsorted(table, pairs), len(table) - 1)] == pairs)
        return list(map(int, found))

    @cached_property
    def _beginnings(self) -> NDArray[np.uint32]:
        import numpy as np

        pairs = [ord(pair[0]) << 16 | ord(pair[1]) for pair in self._alike.beginnings()]
        return np.sort(np.array(pairs, np.uint32))
