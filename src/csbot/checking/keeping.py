"""Findings of a run in their order, of which any number takes hardly more memory than a few.

A transcript of a year has tens of thousands of findings, and none can be told before the last comment that may set one
aside is read. All but the latest lie in a temporary file, block by block.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator
from typing import IO, Generic, TypeVar

BLOCK = 500  # values that are written together: about a megabyte of findings

Value = TypeVar("Value")


class Kept(Collection[Value], Generic[Value]):
    """Values in the order in which they came. They can be gone through as often as one likes, also while more come."""

    def __init__(self, values: Iterable[Value] = (), *, block: int = BLOCK) -> None:
        """Keep some values to begin with; of more than ``block`` the first go into a file."""
        self._block = block
        self._latest: list[Value] = []
        self._file: IO[bytes] | None = None
        self._starts = array("Q")  # of the blocks in the file
        self._written = 0  # values
        self._can_write = True
        self.extend(values)

    def append(self, value: Value) -> None:
        """Add a value."""
        self._latest.append(value)
        if len(self._latest) >= self._block and self._can_write:
            self._write()

    def extend(self, values: Iterable[Value]) -> None:
        """Add values."""
        for value in values:
            self.append(value)

    def __del__(self) -> None:
        if self._file is not None:
            self._file.close()

    def __len__(self) -> int:
        return self._written + len(self._latest)

    def __iter__(self) -> Iterator[Value]:
        number = 0
        while number < len(self._starts):
            yield from self._read(number)
            number += 1
        yield from self._latest

    def __contains__(self, value: object) -> bool:
        return any(each == value for each in self)

    def _write(self) -> None:
        """Write the latest values to the file; where that is not possible (no room left), keep them."""
        import pickle  # few runs have so much to tell
        import tempfile

        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="csbot-")  # noqa: SIM115 - as long as the values are kept
            start = self._file.seek(0, 2)
            pickle.dump(self._latest, self._file, pickle.HIGHEST_PROTOCOL)
            self._file.flush()
        except OSError:
            self._can_write = False
            return
        self._starts.append(start)
        self._written += len(self._latest)
        self._latest = []

    def _read(self, number: int) -> list[Value]:
        import pickle

        assert self._file is not None  # there is a block
        self._file.seek(self._starts[number])
        values: list[Value] = pickle.load(self._file)  # noqa: S301 - what was written above
        return values
