"""The nearest examples of a message by edit distance. The only importer of rapidfuzz.

Ratios ignore negation (我要退款 and 我不要退款 score 89 of 100), so a near example only ever confirms: it moves
the score where the message is an example but for a typing error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from csbot.matching.index import Known

NEAR = 80.0  # of 100: from here on an example adds to its intent's score
BONUS = 0.4  # what an identical example adds


@dataclass(frozen=True, slots=True)
class Near:
    """An example that looks like the message; ``ratio`` from 0 to 100 (normalised indel similarity)."""

    text: str
    intent: str
    ratio: float


class Neighbours:
    """Finds the examples nearest to a message."""

    def __init__(self, known: Known) -> None:
        self._known = known

    def nearest(self, plain_text: str, limit: int = 5) -> list[Near]:
        """Return up to ``limit`` examples at a ratio of 50 or more, nearest first."""
        from rapidfuzz import fuzz, process

        wanted = plain_text.replace(" ", "")
        if not wanted:
            return []
        found = process.extract(wanted, self._known.plain, scorer=fuzz.ratio, score_cutoff=50.0, limit=limit)
        return [Near(self._known.texts[at], self._known.intents[at], ratio) for _, ratio, at in found]


def bonus(near: Sequence[Near]) -> dict[str, float]:
    """Return what the nearest examples add to the scores of their intents."""
    added: dict[str, float] = {}
    for example in near:
        gain = BONUS * max(0.0, example.ratio - NEAR) / (100.0 - NEAR)
        if gain > added.get(example.intent, 0.0):
            added[example.intent] = gain
    return added
