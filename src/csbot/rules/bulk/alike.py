"""Lines of long texts on which an expression may be written with characters that look like others."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from csbot.rules.bulk.keys import Keys, pairs
from csbot.rules.bulk.patterns import expand
from csbot.rules.disguises.alike import LONGEST, Alike, most_others
from csbot.rules.disguises.shapes import Reading, Shape, read_as
from csbot.rules.judging.evidence import is_look_alike
from csbot.rules.wording.fold import Folded
from csbot.rules.wording.reduce import Reduced

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from csbot.rules.bulk.characters import Codes, Flags, Places, ReducedText
    from csbot.rules.bulk.lines import Lines


class _Pieces(NamedTuple):
    """The pieces of expressions by the two characters that they begin with.

    Those pairs; where the pieces of each begin; of each piece its expression and where it stands in it.
    """

    beginnings: Keys
    firsts: Places
    owners: Places
    offsets: Places


class AlikeFinder:
    """Tells on which lines ``Alike`` would find anything."""

    def __init__(self, alike: Alike) -> None:
        self._alike = alike

    def add_lines(self, unread: Flags, text: str, reduced: ReducedText, lines: Lines) -> None:
        """Add to ``unread`` the lines that may hold an expression, and those too long to tell."""
        import numpy as np

        owners, starts = self._places(reduced.alike)
        stops = starts + self._sizes[owners]
        first_lines, last_lines = reduced.lines[starts], reduced.lines[stops - 1]
        near = (lines.group[first_lines] == lines.group[last_lines]) & ~(unread[first_lines] & unread[last_lines])
        folded, seen = None, -1
        for row in np.flatnonzero(near).tolist():
            line, last = int(first_lines[row]), int(last_lines[row])
            if unread[line] and unread[last]:
                continue
            if line != last or not lines.is_whole(line):
                unread[[line, last]] = True
                continue
            if line != seen:
                seen, folded = line, lines.folded(line, text)
            if folded is None:
                continue
            begin, start, stop = lines.bounds[line], int(starts[row]), int(stops[row])
            at = [bisect_left(folded.indexes, place - begin) for place in reduced.places[start:stop].tolist()]
            written = reduced.alike[start:stop].tobytes().decode("utf-16-le", "surrogatepass")
            meant = self._alike.expressions[owners[row]]
            shapes = [
                Shape(at[place], at[place] + 1, other)
                for place, (one, other) in enumerate(zip(written, meant, strict=True))
                if one != other
            ]
            reading = read_as(folded, shapes, sure=False)
            unread[line] = is_look_alike(folded, reading.folded, at[0], at[-1] + 1, reading.places)

    def readings(self, folded: Folded, reduced: Reduced) -> Iterator[Reading]:
        """Yield what ``Alike`` does."""
        return self._alike.readings(folded, reduced)

    def changed(self, reduced: ReducedText) -> tuple[Places, Codes]:
        """Return the places of characters that may be others in expressions, with what they mean there."""
        import numpy as np

        owners, starts = self._places(reduced.alike)
        last = len(reduced.alike) - 1
        at = np.minimum(starts[:, None] + np.arange(LONGEST), last)
        meant = self._characters[owners]
        differs = (meant > 0) & (reduced.alike[at] != meant)
        return reduced.places[at[differs]], meant[differs]

    def _places(self, text: Codes) -> tuple[Places, Places]:
        """Return which expressions may stand in a reduced text, all else of each to the letter, and where."""
        import numpy as np

        pieces, meant = self._pieces, self._characters
        padded = np.concatenate([np.zeros(LONGEST, np.uint16), text, np.zeros(LONGEST, np.uint16)])
        at, groups = pieces.beginnings.found(pairs(text[:-1], text[1:]))
        rows, members = expand(pieces.firsts, groups)
        owners, starts = pieces.owners[members], at[rows] - pieces.offsets[members] + LONGEST
        left = self._most_others[owners]
        changed = np.zeros(len(owners), bool)
        for place in range(LONGEST):
            there, wanted = padded[starts + place], meant[owners, place]
            others = np.flatnonzero((there != wanted) & (wanted > 0))
            left[others] -= 1
            fitting = others[left[others] >= 0]
            fitting = fitting[self._looks.have(pairs(there[fitting], wanted[fitting]))]
            kept = np.ones(len(owners), bool)
            kept[others] = False
            kept[fitting] = changed[fitting] = True
            owners, starts, left, changed = owners[kept], starts[kept], left[kept], changed[kept]
        found: NDArray[np.int64] = np.unique(np.stack([starts[changed] - LONGEST, owners[changed]]), axis=1)
        return found[1], found[0]

    @cached_property
    def _pieces(self) -> _Pieces:
        import numpy as np

        listed = [(ord(piece[0]) << 16 | ord(piece[1]), owner, at) for piece, owner, at in self._alike.pieces()]
        table = np.array(sorted(listed), np.int64).reshape(-1, 3)
        beginnings, firsts = np.unique(table[:, 0], return_index=True)
        return _Pieces(Keys(beginnings), np.append(firsts, len(table)), table[:, 1], table[:, 2])

    @cached_property
    def _characters(self) -> Codes:
        """The characters of each expression, 0 behind its end."""
        import numpy as np

        padded = "".join(each.ljust(LONGEST, "\0") for each in self._alike.expressions)
        return np.frombuffer(padded.encode("utf-16-le"), np.uint16).reshape(-1, LONGEST)

    @cached_property
    def _sizes(self) -> Places:
        import numpy as np

        return np.array(list(map(len, self._alike.expressions)), np.int64)

    @cached_property
    def _most_others(self) -> Places:
        """How many characters of each expression may be others."""
        import numpy as np

        return np.array([most_others(len(each)) for each in self._alike.expressions], np.int64)

    @cached_property
    def _looks(self) -> Keys:
        """Which characters look like one that is meant, both in one number."""
        return Keys(ord(other) << 16 | ord(meant) for meant, others in self._alike.looks.items() for other in others)
