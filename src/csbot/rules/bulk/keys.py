"""Sets of numbers that a million others are held against at a time, and what stands side by side as one number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from csbot.rules.lookup.short import BITS, LONGEST, ShortTexts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from csbot.rules.bulk.characters import Flags, Places

_FACTOR = 0x9E3779B97F4A7C15
_LEAST_SLOTS, _MOST_SLOTS = 10, 22  # bits of the number of a slot
_SPARE = 5  # of them are there so that hardly any other number has the slot of one in the set


class Keys:
    """A set of numbers. A look into a table of flags rules out nearly all that are not in it."""

    def __init__(self, numbers: NDArray[Any] | Iterable[int]) -> None:
        import numpy as np

        given = numbers if isinstance(numbers, np.ndarray) else np.fromiter(numbers, np.uint64)
        self._ordered: NDArray[np.uint64] = np.unique(given.astype(np.uint64))
        bits = min(max(len(self._ordered).bit_length() + _SPARE, _LEAST_SLOTS), _MOST_SLOTS)
        self._shift = np.uint64(64 - bits)
        self._flags: Flags = np.zeros(1 << bits, bool)
        self._flags[self._slots(self._ordered)] = True

    def __len__(self) -> int:
        return len(self._ordered)

    def _slots(self, numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
        import numpy as np

        slots: NDArray[np.uint64] = (numbers * np.uint64(_FACTOR)) >> self._shift
        return slots

    def found(self, numbers: NDArray[Any]) -> tuple[Places, Places]:
        """Return which of some numbers are in the set, and as the how manieth of it in order."""
        import numpy as np

        wide = numbers.astype(np.uint64)
        rows = np.flatnonzero(self._flags[self._slots(wide)])
        at = np.searchsorted(self._ordered, wide[rows])
        right = self._ordered[np.minimum(at, len(self._ordered) - 1)] == wide[rows] if len(rows) else rows > 0
        return rows[right], at[right]

    def may_have(self, numbers: NDArray[Any]) -> Flags:
        """Tell of each of some numbers whether it may be in the set: one that is not is taken for one now and then."""
        import numpy as np

        flags: Flags = self._flags[self._slots(numbers.astype(np.uint64, copy=False))]
        return flags

    def have(self, numbers: NDArray[Any]) -> Flags:
        """Tell of each of some numbers whether it is in the set."""
        import numpy as np

        flags = np.zeros(len(numbers), bool)
        flags[self.found(numbers)[0]] = True
        return flags


def columns_of(texts: ShortTexts) -> tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.uint64]]:
    """Return the first, second and third characters of all texts by their numbers; 0 behind the end of one."""
    import numpy as np

    codes = np.array(texts.codes, np.uint64)
    for _ in range(LONGEST - 1):
        codes = np.where(codes >> np.uint64(BITS * (LONGEST - 1)) == 0, codes << np.uint64(BITS), codes)
    first, second, third = (codes >> np.uint64(BITS * at) & np.uint64((1 << BITS) - 1) for at in (2, 1, 0))
    return first, second, third


def pairs(first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.uint32]:
    """Return two characters side by side as one number."""
    import numpy as np

    both: NDArray[np.uint32] = first.astype(np.uint32) << np.uint32(16) | second.astype(np.uint32, copy=False)
    return both


def threes(first: NDArray[Any], second: NDArray[Any], third: NDArray[Any]) -> NDArray[np.uint64]:
    """Return three characters side by side as one number."""
    import numpy as np

    all_three: NDArray[np.uint64] = pairs(first, second).astype(np.uint64) << np.uint64(16) | third.astype(
        np.uint64, copy=False
    )
    return all_three
