"""How a message is worded, apart from what it is about: evidence on whether it belongs to any intent at all."""

from __future__ import annotations

from typing import NamedTuple


class Wording(NamedTuple):
    """What can be said of a message's wording in numbers."""

    coverage: float  # 0..1: the share of its weight in features that the examples know
    rarity: float  # how rare those are (inverse document frequency, natural logarithm), by their weight


NOTHING_KNOWN = Wording(0.0, 0.0)
