"""What an index says about a message: the score of every situation, and what it rests on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from csbot.matching.wording import Wording

NONE = ""  # the label of out-of-scope examples
DOUBTFUL = 1e-3  # of two scores, far more than rounding makes of it in which order they are added up
UNSETTLED = 65535  # in place of a label: two score all but alike
MANY = 300  # intents from which it takes less time to find the best before they are put in order


@dataclass(frozen=True, slots=True)
class Found:
    """The features of a message that the examples know, side by side: lists, or arrays of numpy but for the values."""

    views: Any  # places among the views
    values: Sequence[str]  # the features themselves
    columns: Any  # their places in the index
    shares: Any  # how much of the message each is

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.values)

    def __iter__(self) -> Iterator[tuple[int, str, int, float]]:
        """Yield view, value, place in the index and share of the message of each."""
        for view, value, column, share in zip(self.views, self.values, self.columns, self.shares, strict=True):
            yield int(view), value, int(column), float(share)


@dataclass(frozen=True, slots=True)
class Scored:
    """What the index says about a message, before anything is decided."""

    labels: Sequence[str]  # the intents in the order of their places, which is that of their names; NONE may be first
    places: Mapping[str, int]  # the same the other way round
    totals: Any  # the score of each intent, by place: a list, or an array of numpy
    wording: Wording
    found: Found
    by_view: Any = ()  # what each view adds to them, view by view
    meaning: Any = None  # what the message as a whole adds to each total, where sentence vectors are wanted

    @property
    def scores(self) -> dict[str, float]:
        """The scores of all intents by name."""
        return {intent: float(self.totals[place]) for intent, place in self.places.items()}

    @property
    def none(self) -> float:
        """What speaks for "none of them": the score of the out-of-scope examples, or 0."""
        return float(self.totals[self.places[NONE]]) if NONE in self.places else 0.0

    def of(self, intent: str) -> float:
        """Return the score of one intent."""
        return float(self.totals[self.places[intent]])

    def unevenness(self, place: int) -> float:
        """Return by how much the views differ in what they add to the score of an intent (standard deviation)."""
        if isinstance(self.by_view, list):
            parts = [view[place] for view in self.by_view]
        else:
            parts = self.by_view[:, place].tolist()
        mean = sum(parts) / len(parts)
        return math.sqrt(sum((part - mean) ** 2 for part in parts) / len(parts))

    def top(self, count: int) -> list[tuple[int, float]]:
        """Return the ``count`` intents with the highest scores, by place, best first, equal ones by name.

        Fewer where so many cannot win: those that an index is narrowed from score −∞.
        """
        if isinstance(self.totals, list):
            order = sorted(range(len(self.totals)), key=self.totals.__getitem__, reverse=True)
            return [(place, total) for place in order[:count] if (total := self.totals[place]) > -math.inf]
        import numpy as np

        totals = self.totals
        if len(totals) <= max(MANY, count):
            order = (-totals).argsort(kind="stable")[:count]
        else:
            kept = np.nonzero(totals >= np.partition(totals, -count)[-count])[0]
            order = kept[(-totals[kept]).argsort(kind="stable")[:count]]
        if len(order) and totals[order[-1]] == -np.inf:
            order = order[totals[order] > -np.inf]
        return list(zip(order.tolist(), totals[order].tolist(), strict=True))

    def leaders(self, count: int, *, none: bool = True) -> list[str]:
        """Return the names of the ``count`` intents with the highest scores, best first.

        ``none`` says whether NONE may be among them.
        """
        best = (self.labels[place] for place, _ in self.top(count + (not none)))
        return [intent for intent in best if none or intent != NONE][:count]
