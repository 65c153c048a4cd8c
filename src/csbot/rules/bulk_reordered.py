"""Lines of long texts on which clauses in another order may be an expression."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csbot.rules.bulk_characters import GONE
from csbot.text.normalise import VANISHES

if TYPE_CHECKING:
    from csbot.rules.bulk_characters import Flags
    from csbot.rules.bulk_lines import Lines
    from csbot.rules.reordered import Reordering


def add_reordered(unread: Flags, otherwise: Flags, reordering: Reordering, lines: Lines) -> None:
    """Add to ``otherwise`` the lines on which the ordinary scan reads clauses in another order."""
    import numpy as np

    places = np.array(list(reordering.places(lines.normalised)), np.int64)
    gone = np.flatnonzero((lines.present & GONE) != 0)
    for line in np.union1d(lines.of(places), gone).tolist():
        if not unread[line] and not otherwise[line]:
            text = lines.text(line, line).replace(VANISHES, "")
            otherwise[line] = any(True for _ in reordering.orders(text, 0, len(text)))
