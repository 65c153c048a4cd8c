"""Lines of long texts on which a word may have been slipped into a phrase."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from csbot.rules.bulk_characters import BASIC, WORD, tables
from csbot.rules.inserted import BEGINNINGS, Inserted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from csbot.rules.bulk_characters import Codes, Flags
    from csbot.rules.bulk_lines import Lines


def add_inserted(unread: Flags, otherwise: Flags, inserted: Inserted, codes: Codes, lines: Lines) -> None:
    """Add to ``otherwise`` the lines on which the ordinary scan leaves words out, and to ``unread`` those too long."""
    import numpy as np

    places = np.flatnonzero(lines.kinds & WORD)
    written = tables().normalised[codes[places]]
    firsts, pairs = _beginnings()
    at = np.flatnonzero(firsts[written[:-1]])
    keys = written[at].astype(np.uint32) << np.uint32(16) | written[at + 1]
    found = at[pairs[np.minimum(np.searchsorted(pairs, keys), len(pairs) - 1)] == keys]
    for line in np.unique(lines.of(places[found])).tolist():
        if not unread[line] and not otherwise[line]:
            text = lines.around(line, line)
            if text is None:
                unread[line] = True
            else:
                otherwise[line] = any(True for _ in inserted.places("".join(filter(str.isalnum, text))))


@lru_cache(maxsize=1)
def _beginnings() -> tuple[Flags, NDArray[np.uint32]]:
    """Return which characters begin a word, and the first two characters of every word, in order."""
    import numpy as np

    firsts = np.zeros(BASIC, bool)
    firsts[[ord(each[0]) for each in BEGINNINGS]] = True
    return firsts, np.sort(np.array([ord(each[0]) << 16 | ord(each[1]) for each in BEGINNINGS], np.uint32))
