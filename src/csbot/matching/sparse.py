"""Sparse matrices by rows, and their products with dense ones: what training needs, in numpy alone.

A row of the product is a weighted sum of a few rows of the dense matrix. Rows of about the same number of entries
are padded to one length and multiplied together, which is as fast as the compiled loops of SciPy on the short rows
of text, and saves an import of 0.2 s and a package of 140 MB.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

PADDING = 1.15  # how much longer the longest row of a group may be than the shortest
AT_ONCE = 100_000  # numbers gathered in one go: so many stay in the processor's cache
_BITS = 63  # of a whole number, its sign aside
OFTEN = 1 / 20  # share of the rows from which a column is kept dense: an entry is multiplied twenty times as fast then


@dataclass(frozen=True, slots=True)
class Sparse:
    """A matrix with few entries: those of row r are ``columns`` and ``values`` from ``ends[r]`` to ``ends[r + 1]``."""

    ends: Any  # int64 array, rows + 1
    columns: Any  # int32 array
    values: Any  # float32 array
    width: int

    @property
    def height(self) -> int:
        """The number of rows."""
        return len(self.ends) - 1

    @property
    def owners(self) -> Any:
        """The row of every entry."""
        import numpy as np

        return np.repeat(np.arange(self.height, dtype=np.int32), np.diff(self.ends))

    def transposed(self) -> Sparse:
        """Return the matrix with rows and columns exchanged."""
        import numpy as np

        order = in_order(self.columns)
        ends = np.concatenate([[0], np.cumsum(np.bincount(self.columns, minlength=self.width))]).astype(np.int64)
        return Sparse(ends, self.owners[order], self.values[order], self.height)

    def keep(self, entries: Any) -> Sparse:
        """Return the matrix with only the entries that ``entries`` (booleans) says."""
        import numpy as np

        ends = np.concatenate([[0], np.cumsum(entries)])[self.ends]
        return Sparse(ends, self.columns[entries], self.values[entries], self.width)

    def rows(self, which: Any) -> Sparse:
        """Return the matrix of some of its rows, in the order of ``which``."""
        import numpy as np

        sizes = np.diff(self.ends)[which]
        ends = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        places = np.repeat(self.ends[which] - ends[:-1], sizes) + np.arange(ends[-1])
        return Sparse(ends, self.columns[places], self.values[places], self.width)


def in_order(keys: Any) -> Any:
    """Return the places of keys (integers from 0) in their order, those of equal keys as they come.

    Key and place are sorted as one number, which takes a tenth of the time of sorting places by their keys.
    """
    import numpy as np

    bits = max(1, len(keys)).bit_length()
    if int(keys.max(initial=0)).bit_length() + bits > _BITS:
        return np.argsort(keys, kind="stable")
    return np.sort((keys.astype(np.int64) << bits) | np.arange(len(keys))) & ((1 << bits) - 1)


class Multiplier:
    """A sparse matrix made ready to be multiplied with dense ones, again and again."""

    def __init__(self, matrix: Sparse) -> None:
        import numpy as np

        self._height = matrix.height
        self._groups: list[tuple[Any, Any, Any]] = []
        sizes = np.diff(matrix.ends)
        order = np.argsort(sizes, kind="stable")
        ordered = sizes[order]
        start = int(np.searchsorted(ordered, 1))
        while start < len(order):
            end = int(np.searchsorted(ordered, ordered[start] * PADDING + 1, side="right"))
            rows, longest = order[start:end], int(ordered[end - 1])
            inside = np.arange(longest) < sizes[rows][:, None]
            places = np.where(inside, matrix.ends[rows][:, None] + np.arange(longest), 0)
            columns = np.where(inside, matrix.columns[places], 0).astype(np.intp)
            values = np.where(inside, matrix.values[places], 0).astype(np.float32)
            self._groups.append((rows, columns, values[:, None, :]))
            start = end

    def times(self, dense: Any) -> Any:
        """Return the product with a dense matrix (float32)."""
        import numpy as np

        result = np.zeros((self._height, dense.shape[1]), dtype=np.float32)
        for rows, columns, values in self._groups:
            step = max(1, AT_ONCE // (columns.shape[1] * max(1, dense.shape[1])))
            for start in range(0, len(rows), step):
                part = slice(start, start + step)
                result[rows[part]] = np.matmul(values[part], dense.take(columns[part], axis=0))[:, 0]
        return result


class Products:
    """A sparse matrix made ready for products with it and with its transpose; its few full columns are kept dense."""

    def __init__(self, matrix: Sparse) -> None:
        import numpy as np

        often = np.bincount(matrix.columns, minlength=matrix.width) > OFTEN * matrix.height
        self._often = np.nonzero(often)[0]
        place = np.zeros(matrix.width, dtype=np.int64)
        place[self._often] = np.arange(len(self._often))
        full = often[matrix.columns]
        self._dense = np.zeros((len(self._often), matrix.height), dtype=np.float32)
        self._dense[place[matrix.columns[full]], matrix.owners[full]] = matrix.values[full]
        rest = matrix.keep(~full)
        self._forward, self._back = Multiplier(rest), Multiplier(rest.transposed())

    def times(self, dense: Any) -> Any:
        """Return the product of the matrix with a dense one (float32)."""
        result = self._forward.times(dense)
        result += self._dense.T @ dense[self._often]
        return result

    def transposed_times(self, dense: Any) -> Any:
        """Return the product of its transpose with a dense matrix (float32)."""
        result = self._back.times(dense)
        result[self._often] = self._dense @ dense
        return result
