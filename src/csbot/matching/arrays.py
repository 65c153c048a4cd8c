"""The compiled index as arrays of numpy, for processes that read many messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from csbot.matching.features import WEIGHTS, WHOLE


@dataclass(frozen=True, slots=True)
class Arrays:
    """The parts of an index, each as one array; and what is the same for every message."""

    rareness: Any  # of every feature by its place; the last is that of one that no example has
    ends: Any  # where the row of each feature ends
    labels: Any
    numbers: Any
    intercepts: Any
    views: Any  # 0, 1, 2, 3
    weights: Any  # of the views, as shares of the length of a whole message
    squares: Any  # of the views' weights

    @classmethod
    def of(
        cls,
        containing: memoryview,
        rarity: Sequence[float],
        row_ends: memoryview,
        row_labels: memoryview,
        row_weights: memoryview,
        intercepts: Sequence[float],
    ) -> Arrays:
        """Return the arrays of an index; ``rarity`` is by the number of examples that contain a feature."""
        import numpy as np

        weights = np.array(WEIGHTS)
        table = np.array(rarity)
        return cls(
            np.append(table[np.frombuffer(containing, dtype=np.uint32)], table[1]),
            np.frombuffer(row_ends, dtype=np.uint32).astype(np.int64),
            np.frombuffer(row_labels, dtype=np.uint16),
            np.frombuffer(row_weights, dtype=np.int16),
            np.array(intercepts),
            np.arange(len(WEIGHTS)),
            weights / WHOLE,
            weights * weights,
        )

    def totals(self, views: Any, columns: Any, shares: Any, scale: float) -> tuple[Any, Any]:
        """Return the score of each label for the features of a message, and what each view adds to it."""
        import numpy as np

        width = len(self.intercepts)
        if not len(columns):
            return self.intercepts, np.zeros((len(WEIGHTS), width))
        starts = self.ends[columns]
        sizes = self.ends[columns + 1] - starts
        after = sizes.cumsum()
        places = np.arange(after[-1]) + (starts - after + sizes).repeat(sizes)
        # A view's labels stand behind those of the one before.
        cells = self.labels[places] + (views * width).repeat(sizes)
        sums = np.bincount(cells, shares.repeat(sizes) * self.numbers[places], minlength=len(WEIGHTS) * width)
        by_view = sums.reshape(len(WEIGHTS), width) * scale
        return by_view.sum(axis=0) + self.intercepts, by_view
