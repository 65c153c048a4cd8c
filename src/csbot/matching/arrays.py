"""The compiled index as arrays of numpy, for processes that read many messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from csbot.matching.features import WEIGHTS, WHOLE

# Features with a weight for so many labels, and for this share of all, are kept as full rows.
FULL, FULL_SHARE = 8, 0.2


@dataclass(frozen=True, slots=True)
class Arrays:
    """The parts of an index, each as one array; and what is the same for every message."""

    views: Any  # the places of the views
    view_of: Any  # the view of every feature by its place
    rareness: Any  # of every feature by its place; the last is that of one that no example has
    ends: Any  # where the row of each feature ends
    labels: Any
    numbers: Any
    full: Any  # the place of each feature among the full rows; −1 for most
    full_rows: Any  # features × labels
    intercepts: Any
    weights: Any  # of the views, as shares of the length of a whole message
    squares: Any  # of the views' weights

    @classmethod
    def of(
        cls,
        sizes: Sequence[int],
        containing: memoryview,
        rarity: Sequence[float],
        row_ends: memoryview,
        row_labels: memoryview,
        row_weights: memoryview,
        intercepts: Sequence[float],
    ) -> Arrays:
        """Return the arrays of an index.

        ``sizes`` says how many features each view has, ``rarity`` is by the number of examples that contain one.
        """
        import numpy as np

        weights = np.array(WEIGHTS)
        table = np.array(rarity)
        ends = np.frombuffer(row_ends, dtype=np.uint32).astype(np.int64)
        labels, numbers = np.frombuffer(row_labels, dtype=np.uint16), np.frombuffer(row_weights, dtype=np.int16)
        full, rows = _full_rows(ends, labels, numbers, len(intercepts))
        views = np.arange(len(WEIGHTS))
        return cls(
            views,
            views.repeat(sizes),
            np.append(table[np.frombuffer(containing, dtype=np.uint32)], table[1]),
            ends,
            labels,
            numbers,
            full,
            rows,
            np.array(intercepts),
            weights / WHOLE,
            weights * weights,
        )

    def with_intercepts(self, intercepts: Sequence[float]) -> Arrays:
        """Return the same arrays with other intercepts."""
        import numpy as np

        return replace(self, intercepts=np.array(intercepts))

    def totals(self, groups: Any, columns: Any, shares: Any, scale: float, texts: int) -> tuple[Any, Any]:
        """Return the score of each label for the features of some texts, and what each view adds to it.

        Texts × labels, and texts × views × labels. The group of a feature is its text times the number of views,
        plus its view; no feature stands twice in a group.
        """
        import numpy as np

        width, many = len(self.intercepts), texts * len(WEIGHTS)
        full = self.full[columns]
        is_full = full >= 0
        distinct = full[is_full]
        places = np.arange(len(distinct))
        if texts > 1:
            asked = np.zeros(len(self.full_rows), dtype=bool)
            asked[distinct] = True
            places = (asked.cumsum() - 1)[distinct]  # np.unique would sort them
            distinct = asked.nonzero()[0]
        held = np.zeros((many, len(distinct)), dtype=np.float32)
        held[groups[is_full], places] = shares[is_full]
        sums = held @ self.full_rows[distinct]
        columns, groups, shares = columns[~is_full], groups[~is_full], shares[~is_full]
        entries, sizes = self._entries(columns)
        # A group's labels stand behind those of the one before.
        cells = self.labels[entries] + (groups * width).repeat(sizes)
        others = np.bincount(cells, shares.repeat(sizes) * self.numbers[entries], minlength=many * width)
        by_view = (sums + others.reshape(many, width)).reshape(texts, len(WEIGHTS), width) * scale
        return by_view.sum(axis=1) + self.intercepts, by_view

    def weights_for(self, columns: Any, place: int) -> Any:
        """Return the weights of some features for one label; 0 where there is none."""
        import numpy as np

        full = self.full[columns]
        found = np.where(full >= 0, self.full_rows[full, place] if len(self.full_rows) else 0.0, 0.0)
        others = np.nonzero(full < 0)[0]
        entries, sizes = self._entries(columns[others])
        of_label = self.labels[entries] == place
        found[others.repeat(sizes)[of_label]] = self.numbers[entries[of_label]]
        return found

    def _entries(self, columns: Any) -> tuple[Any, Any]:
        """Return the places of the weights of some features, one after the other, and how many each has."""
        import numpy as np

        starts = self.ends[columns]
        sizes = self.ends[columns + 1] - starts
        after = sizes.cumsum()
        return np.arange(after[-1] if len(after) else 0) + (starts - after + sizes).repeat(sizes), sizes


def _full_rows(ends: Any, labels: Any, numbers: Any, width: int) -> tuple[Any, Any]:
    """Return which features have a weight for so many labels that they are kept as full rows, and those rows.

    Common features do; they make most of what is added up, and a product of matrices adds it up fastest.
    """
    import numpy as np

    sizes = np.diff(ends)
    chosen = np.nonzero(sizes > max(FULL, width * FULL_SHARE))[0]
    full = np.full(len(sizes), -1, dtype=np.int32)
    full[chosen] = np.arange(len(chosen))
    rows = np.zeros((len(chosen), width), dtype=np.float32)
    entries = np.arange(ends[-1])[np.repeat(full >= 0, sizes)]
    rows[np.repeat(full[chosen], sizes[chosen]), labels[entries]] = numbers[entries]
    return full, rows
