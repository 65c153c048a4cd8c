"""The nearest examples of a message by edit distance. The only importer of rapidfuzz.

Ratios ignore negation (我要退款 and 我不要退款 score 89 of 100), so a near example only ever confirms: it moves
the score where the message is an example but for a typing error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from csbot.matching.corpus import Known

HELPS = 70.0  # of 100: from here on an example adds to its intent's score, the more the nearer it is
NEAR = 85.0  # from here on it is the message but for a typing error
BONUS = 1.5  # what an identical example adds to the score of its intent


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
        self._of_intent: dict[str, tuple[list[int], list[str]]] = {}  # places, and the examples there
        for at, (intent, text) in enumerate(zip(known.intents, known.plain, strict=True)):
            places, texts = self._of_intent.setdefault(intent, ([], []))
            places.append(at)
            texts.append(text)

    def nearest(
        self, plain_text: str, limit: int = 5, among: Iterable[str] | None = None, cutoff: float = 50.0
    ) -> list[Near]:
        """Return up to ``limit`` examples at a ratio of ``cutoff`` or more, nearest first.

        ``among`` names the intents to look at; without it all are, which takes time with many examples.
        """
        wanted = plain_text.replace(" ", "")
        if not wanted:
            return []
        known = self._known
        groups: Sequence[tuple[Sequence[int], list[str]]] = [(range(len(known.plain)), known.plain)]
        if among is not None:
            groups = [self._of_intent[intent] for intent in among if intent in self._of_intent]
        from rapidfuzz import fuzz, process

        found = [
            (ratio, places[at])
            for places, texts in groups
            for _, ratio, at in process.extract(wanted, texts, scorer=fuzz.ratio, score_cutoff=cutoff, limit=limit)
        ]
        nearest = sorted(found, key=itemgetter(0), reverse=True)[:limit]  # equal ones in the order of the situations
        return [Near(known.texts[place], known.intents[place], ratio) for ratio, place in nearest]

    def is_held(self, plain_text: str, intent: str, cutoff: float) -> bool:
        """Tell whether an example of an intent holds nearly this text (partial indel ratio of ``cutoff`` or more)."""
        wanted = plain_text.replace(" ", "")
        _, texts = self._of_intent.get(intent, ([], []))
        longer = [text for text in texts if len(text) >= len(wanted)]
        if not wanted or not longer:
            return False
        from rapidfuzz import fuzz, process

        return process.extractOne(wanted, longer, scorer=fuzz.partial_ratio, score_cutoff=cutoff) is not None


def bonus(near: Sequence[Near]) -> dict[str, float]:
    """Return what the nearest examples add to the scores of their intents."""
    added: dict[str, float] = {}
    for example in near:
        gain = BONUS * max(0.0, example.ratio - HELPS) / (100.0 - HELPS)
        if gain > added.get(example.intent, 0.0):
            added[example.intent] = gain
    return added


def alike(texts: Sequence[str], cutoff: float, limit: int = 3) -> Iterator[tuple[int, int, float]]:
    """Yield the pairs of texts, by place, with a ratio of ``cutoff`` or more; at most ``limit`` for each text."""
    from rapidfuzz import fuzz, process

    for first, text in enumerate(texts):
        later = process.extract(text, texts[first + 1 :], scorer=fuzz.ratio, score_cutoff=cutoff, limit=limit)
        yield from ((first, first + 1 + int(at), float(ratio)) for _, ratio, at in later)


def closest(text: str, among: Sequence[str], cutoff: float) -> str:
    """Return which of some texts is most like ``text``, at a ratio of ``cutoff`` or more; "" where none is."""
    from rapidfuzz import fuzz, process

    found = process.extractOne(text, among, scorer=fuzz.ratio, score_cutoff=cutoff)
    return str(found[0]) if found is not None else ""
