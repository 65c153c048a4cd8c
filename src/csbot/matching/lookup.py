"""Where each feature stands in an index, kept as one string and two tables of numbers.

Sixty thousand strings with a dictionary are 12 MB and have to be made one by one whenever an index is loaded; these
take 2 MB and come out of the cache as they are. A question costs half a microsecond more.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import accumulate
from zlib import crc32

_FULLEST = 0.7  # share of the slots that are taken at most: about one and a half have to be looked at
_BEHIND = "\n"  # stands behind each feature, and in none


def _hash(value: str) -> int:
    return crc32(value.encode("utf-8", "surrogatepass"))


def _slots_for(count: int) -> int:
    """Return how many slots there are for so many features, a power of two."""
    return 1 << max(1, int(count / _FULLEST).bit_length())


class Lookup:
    """The features of one view and their places, which are consecutive and begin with ``first``."""

    def __init__(self, joined: str, count: int, first: int, block: memoryview) -> None:
        """Take what ``packed`` gave; ``block`` may go on behind it (see ``size``)."""
        self._joined = joined
        self._first = first
        self._count = count
        numbers = block[: self.size].cast("I")
        self._starts = numbers[: count + 1]
        self._slots = numbers[count + 1 :]
        self._mask = len(self._slots) - 1

    @property
    def size(self) -> int:
        """How many bytes of the block these features take."""
        return 4 * (self._count + 1 + _slots_for(self._count))

    @staticmethod
    def packed(values: Sequence[str]) -> tuple[str, bytes]:
        """Return features, in the order of their places, as one string and the bytes that tell where each stands.

        First where each begins in the string, then the slots of a hash table: the number of a feature from 1, or 0
        where none is. A slot that is taken sends to the one behind it.
        """
        starts = array("I", accumulate((len(value) + 1 for value in values), initial=0))
        slots = array("I", bytes(4 * _slots_for(len(values))))
        mask = len(slots) - 1
        for number, value in enumerate(values, 1):
            at = _hash(value) & mask
            while slots[at]:
                at = (at + 1) & mask
            slots[at] = number
        return "".join(value + _BEHIND for value in values), starts.tobytes() + slots.tobytes()

    def __len__(self) -> int:
        """Return how many features there are."""
        return self._count

    def get(self, value: str) -> int | None:
        """Return the place of a feature, None where it is not known."""
        at = _hash(value) & self._mask
        while number := self._slots[at]:
            start = self._starts[number - 1]
            if self._starts[number] - start == len(value) + 1 and self._joined.startswith(value, start):
                return self._first + number - 1
            at = (at + 1) & self._mask
        return None

    def as_dictionary(self) -> dict[str, int]:
        """Return the place of every feature, for who asks so often that it is worth the memory."""
        return {value: place for place, value in enumerate(self._joined.split(_BEHIND)[:-1], self._first)}
