"""Lines of long texts on which a word of a region stands."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from csbot.rules.bulk.characters import BASIC, WORD, tables
from csbot.rules.disguises.dialect import BEGINNINGS, dialect_places

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from csbot.rules.bulk.characters import Codes, Flags
    from csbot.rules.bulk.lines import Lines


def add_dialect(unread: Flags, otherwise: Flags, codes: Codes, lines: Lines) -> None:
    """Add to ``otherwise`` the lines that the ordinary scan reads in the standard language, too.

    Those that are too long to tell are added to ``unread``.
    """
    import numpy as np

    places = np.flatnonzero(lines.kinds & WORD)
    written = tables().normalised[codes[places]]
    single, firsts, pairs = _beginnings()
    at = np.flatnonzero(firsts[written[:-1]])
    keys = written[at].astype(np.uint32) << np.uint32(16) | written[at + 1]
    of_two = at[pairs[np.minimum(np.searchsorted(pairs, keys), len(pairs) - 1)] == keys]
    found = np.concatenate([np.flatnonzero(single[written]), of_two])
    for line in np.unique(lines.of(places[found])).tolist():
        if not unread[line] and not otherwise[line]:
            text = lines.around(line, line)
            if text is None:
                unread[line] = True
            else:
                otherwise[line] = any(True for _ in dialect_places("".join(filter(str.isalnum, text))))


@lru_cache(maxsize=1)
def _beginnings() -> tuple[Flags, Flags, NDArray[np.uint32]]:
    """Return which characters are a word, which begin one, and the first two characters of longer words, in order."""
    import numpy as np

    single, firsts = np.zeros(BASIC, bool), np.zeros(BASIC, bool)
    single[[ord(each) for each in BEGINNINGS if len(each) == 1]] = True
    longer = [each for each in BEGINNINGS if len(each) > 1]
    firsts[[ord(each[0]) for each in longer]] = True
    return single, firsts, np.sort(np.array([ord(each[0]) << 16 | ord(each[1]) for each in longer], np.uint32))
