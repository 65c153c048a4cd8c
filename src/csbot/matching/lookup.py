"""Where each feature stands in an index, kept as one string and two tables of numbers.

Sixty thousand strings with a dictionary are 12 MB and have to be made one by one whenever an index is loaded; these
take 2 MB and come out of the cache as they are. A question costs half a microsecond more.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any
from zlib import crc32

_FULLEST = 0.7  # share of the slots that are taken at most: about one and a half have to be looked at
_POLYNOMIAL = 0xEDB88320  # of crc32
_BEHIND = "\n"  # stands behind each feature, and in none


def _hash(value: str) -> int:
    return crc32(value.encode("utf-8", "surrogatepass"))


def _hashes(read: Any, starts: Any, ends: Any) -> Any:
    """Return what ``_hash`` gives for the stretches of some bytes: one byte of all of them after the other."""
    import numpy as np

    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, (table >> 1) ^ np.uint32(_POLYNOMIAL), table >> 1)
    found = np.full(len(starts), 0xFFFFFFFF, dtype=np.uint32)
    at, going = starts.copy(), np.flatnonzero(starts < ends)
    while len(going):
        now = found[going]
        found[going] = table[(now ^ read[at[going]]) & 0xFF] ^ (now >> 8)
        at[going] += 1
        going = going[at[going] < ends[going]]
    return ~found


def _slots_of(hashes: Any, size: int) -> Any:
    """Return the slots of a hash table for so many values: the number of each from 1, and 0 where none is.

    In the order of the slots where they belong, each goes there or behind the one before; what would go beyond the
    last slot begins again with the first.
    """
    import numpy as np

    from csbot.matching.sparse import in_order  # who only asks has no use for it

    wanted = (hashes & (size - 1)).astype(np.int64)
    order = in_order(wanted)
    rank = np.arange(len(order))
    taken = np.maximum.accumulate(wanted[order] - rank) + rank
    slots = np.zeros(size, dtype=np.uint32)
    inside = taken < size
    slots[taken[inside]] = order[inside] + 1
    at = 0
    for number in (order[~inside] + 1).tolist():
        while slots[at]:
            at += 1
        slots[at] = number
    return slots


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
        import numpy as np

        joined = "".join([value + _BEHIND for value in values])
        read = np.frombuffer(joined.encode("utf-8", "surrogatepass"), dtype=np.uint8)
        ends = np.flatnonzero(read == ord(_BEHIND))
        characters = np.cumsum(read & 0xC0 != 0x80)  # up to each byte
        starts = np.concatenate([[0], characters[ends]]).astype(np.uint32)
        slots = _slots_of(
            _hashes(read, np.concatenate([[0], ends[:-1] + 1])[: len(ends)], ends), _slots_for(len(values))
        )
        return joined, starts.tobytes() + slots.tobytes()

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

    @cached_property
    def dictionary(self) -> dict[str, int]:
        """The place of every feature, for who asks so often that it is worth the memory."""
        return {value: place for place, value in enumerate(self._joined.split(_BEHIND)[:-1], self._first)}
