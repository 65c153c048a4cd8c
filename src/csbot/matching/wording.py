"""What tells whether a message belongs to any intent at all, beside the score of its best one."""

from __future__ import annotations

from typing import NamedTuple


class Wording(NamedTuple):
    """What can be said of a message's wording in numbers."""

    coverage: float  # 0..1: the share of its weight in features that the examples know
    rarity: float  # how rare those are (inverse document frequency, natural logarithm), by their weight


class Standing(NamedTuple):
    """How a message stands to its best intent, and how it is worded."""

    lead: float  # the score of the intent less that of "none"
    wording: Wording
    # By how much its views differ in what they add to that score (standard deviation): characters are shared by
    # chance, and where words and pairs do not speak for the intent as well, what speaks for it is chance too.
    unevenness: float = 0.0
    # By how much more than those of other intents the messages of this one usually score: an intent of many wordings
    # never scores as high as one that is always put the same way.
    expected: float = 0.0


NOTHING_KNOWN = Wording(0.0, 0.0)
