"""Examples as sparse vectors: which features there are, how rare each is, and how much each example holds of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from csbot.matching.features import UNKNOWN, WEIGHTS, WHOLE, Views
from csbot.matching.sparse import Sparse, in_order


@dataclass(frozen=True, slots=True)
class Gathered:
    """The features of a set of examples."""

    features: list[list[str]]  # by view; a feature's column is its place in all views one after the other
    containing: Any  # int64 array: in how many examples each feature occurs
    values: Sparse  # examples × features: frequency in the example times rarity, not yet brought to one length

    @property
    def view_of(self) -> Any:
        """The view of each feature."""
        import numpy as np

        return np.repeat(np.arange(len(self.features)), [len(view) for view in self.features])

    def vectors(self, rows: Any = None, known: Any = None) -> Sparse:
        """Return the examples (or some ``rows``) as vectors of length one, from the features that are ``known``.

        Each view is brought to its weight, less where much of it is not known.
        """
        import numpy as np

        matrix = self.values if rows is None else self.values.rows(rows)
        views, view_of = len(self.features), self.view_of
        cell = matrix.owners.astype(np.int64) * views + view_of[matrix.columns]
        squares = matrix.values**2
        if known is not None:
            inside = known[matrix.columns]
            squares[~inside] *= UNKNOWN
        lengths = np.sqrt(np.bincount(cell, squares, minlength=matrix.height * views))
        if known is not None:
            cell, matrix = cell[inside], matrix.keep(inside)
        weight = np.asarray(WEIGHTS)[view_of[matrix.columns]] / WHOLE
        values = matrix.values * weight / np.maximum(lengths[cell], 1e-9)
        return Sparse(matrix.ends, matrix.columns, values.astype(np.float32), matrix.width)

    def wording(self, rows: Any, kept: Any) -> Any:
        """Return for each of the ``rows`` what ``Wording`` says of a message (rows × 2), by the ``kept`` examples.

        How rare a feature is must not be told by the examples that are judged: a stranger's words would seem common.
        """
        import numpy as np

        containing = np.bincount(self.values.columns, kept[self.values.owners], minlength=self.values.width)
        known = containing > 0
        matrix = self.values.rows(rows)
        view = self.view_of[matrix.columns]
        squares = (matrix.values * np.asarray(WEIGHTS)[view]) ** 2
        whole = np.bincount(matrix.owners, squares, minlength=matrix.height)
        seen = np.bincount(matrix.owners, squares * known[matrix.columns], minlength=matrix.height)
        coverage = np.sqrt(seen / np.maximum(whole, 1e-9))
        vectors = self.vectors(rows, known)
        shares = vectors.values**2
        rare = np.bincount(
            vectors.owners, shares * rarity(containing, kept.sum())[vectors.columns], minlength=vectors.height
        )
        mean = rare / np.maximum(np.bincount(vectors.owners, shares, minlength=vectors.height), 1e-9)
        return np.column_stack([coverage, mean])


def rarity(containing: Any, examples: int) -> Any:
    """Return how rare features are: inverse document frequency, smoothed (Manning, Raghavan, Schütze 2008, ch. 6)."""
    import numpy as np

    return np.log((1 + examples) / (1 + containing)) + 1


class Seen(NamedTuple):
    """What a view shows of a set of texts: for each occurrence of a feature whose it is and which, and their names."""

    owners: Any  # int64 array, the texts
    places: Any  # int64 array, places among the names
    names: list[str]


def gather(seen: Sequence[Views]) -> Gathered:
    """Return the features of texts that were looked at one by one, in the order in which they first occur."""
    return assembled([seen_one_by_one([views[view] for views in seen]) for view in range(len(WEIGHTS))], len(seen))


def seen_one_by_one(features: Sequence[Sequence[str]]) -> Seen:
    """Return the features of a view that are given text by text."""
    import numpy as np

    table: defaultdict[str, int] = defaultdict()
    table.default_factory = table.__len__
    places = np.array([table[value] for values in features for value in values], dtype=np.int64)
    sizes = np.fromiter(map(len, features), dtype=np.int64, count=len(features))
    return Seen(np.repeat(np.arange(len(features)), sizes), places, list(table))


def assembled(views: Sequence[Seen], texts: int) -> Gathered:
    """Count what the views show of a number of texts, and weigh it by how rare it is."""
    import numpy as np

    starts = np.cumsum([0, *(len(view.names) for view in views)])
    width = int(starts[-1])
    owners, columns, counts = [], [], []
    for view, start in zip(views, starts, strict=False):
        cells, times = np.unique(view.owners * max(1, len(view.names)) + view.places, return_counts=True)
        owner, place = np.divmod(cells, max(1, len(view.names)))
        owners.append(owner)
        columns.append(place + start)
        counts.append(times)
    owner, column = np.concatenate(owners), np.concatenate(columns)
    containing = np.bincount(column, minlength=width)
    values = ((1 + np.log(np.concatenate(counts))) * rarity(containing, texts)[column]).astype(np.float32)
    order = in_order(owner)
    ends = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=texts))]).astype(np.int64)
    matrix = Sparse(ends, column[order].astype(np.int32), values[order], width)
    return Gathered([view.names for view in views], containing, matrix)
