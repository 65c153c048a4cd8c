"""Lines of long texts on which a word of a region stands."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from csbot.rules.bulk.characters import ASTRAL, BASIC, WORD, tables
from csbot.rules.disguises.dialect import Dialect

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from csbot.rules.bulk.characters import Codes, Flags, Places
    from csbot.rules.bulk.lines import Lines


class DialectFinder:
    """Tells which lines the ordinary scan reads in the standard language, too."""

    def __init__(self, dialect: Dialect) -> None:
        """Take what reads the words of regions."""
        self._dialect = dialect

    def add_lines(self, unread: Flags, otherwise: Flags, codes: Codes, lines: Lines) -> None:
        """Add those lines to ``otherwise``, and to ``unread`` those that are too long to tell."""
        import numpy as np

        places, found = self._candidates(codes, lines)
        for line in np.unique(lines.of(places[found])).tolist():
            if not unread[line] and not otherwise[line]:
                text = lines.around(line, line)
                if text is None:
                    unread[line] = True
                else:
                    otherwise[line] = any(True for _ in self._dialect.places("".join(filter(str.isalnum, text))))

    def places(self, text: str) -> Iterator[int]:
        """Yield where words of regions begin in a folded text."""
        return (start for start, _, _ in self._dialect.places(text))

    def spans(self, codes: Codes, lines: Lines) -> tuple[Places, Places]:
        """Return the spans of words of regions in a text."""
        import numpy as np

        places, found = self._candidates(codes, lines)
        text = tables().normalised[codes[places]].tobytes().decode("utf-16-le")
        spans = sorted((at, end) for at in found.tolist() for end in self._dialect.ends_at(text, at))
        starts, ends = np.array(spans, np.int64).reshape(-1, 2).T
        return places[starts], places[ends - 1] + 1

    def _candidates(self, codes: Codes, lines: Lines) -> tuple[Places, Places]:
        """Return the places of all word characters, and at which of them a word of a region may begin."""
        import numpy as np

        places = np.flatnonzero(lines.kinds & WORD)
        written = tables().normalised[codes[places]]
        single, firsts, pairs = self._beginnings
        at = np.flatnonzero(firsts[written[:-1]])
        keys = written[at].astype(np.uint32) << np.uint32(16) | written[at + 1]
        of_two = at[pairs[np.searchsorted(pairs[:-1], keys)] == keys]
        return places, np.concatenate([np.flatnonzero(single[written]), of_two])

    @cached_property
    def _beginnings(self) -> tuple[Flags, Flags, NDArray[np.uint32]]:
        """Which characters are a word, which begin one, and the first two characters of longer words, in order.

        The last of these is none that any text holds.
        """
        import numpy as np

        beginnings = {tuple(min(ord(each), ASTRAL) for each in word[:2]) for word in self._dialect.words}
        single, firsts = np.zeros(BASIC, bool), np.zeros(BASIC, bool)
        single[[each[0] for each in beginnings if len(each) == 1]] = True
        longer = [each for each in beginnings if len(each) > 1]
        firsts[[each[0] for each in longer]] = True
        pairs = sorted(each[0] << 16 | each[1] for each in longer)
        return single, firsts, np.array([*pairs, 0xFFFFFFFF], np.uint32)
