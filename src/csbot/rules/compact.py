"""Tables of many short texts in little memory: fifty thousand strings, lists and tuples of their own would be 50 MB."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate


class Texts(Sequence[str]):
    """Texts kept as one, each cut out when it is asked for."""

    def __init__(self, joined: str, lengths: str) -> None:
        """Take what ``stored`` gives."""
        self.joined = joined  # with a line break behind each, which the length does not count
        self._starts = array("I", accumulate((ord(length) + 1 for length in lengths), initial=0))

    @staticmethod
    def stored(texts: Sequence[str]) -> tuple[str, str]:
        """Return texts as JSON, for the cache: two strings are read much faster than many."""
        return "".join(f"{text}\n" for text in texts), "".join(chr(len(text)) for text in texts)

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, at: int) -> str:  # type: ignore[override]  # nobody asks for a slice
        return self.joined[self._starts[at] : self._starts[at + 1] - 1]

    def __iter__(self) -> Iterator[str]:
        return map(self.__getitem__, range(len(self)))

    def holding(self, fragment: str) -> Iterator[tuple[int, int]]:
        """Yield every place of a fragment: the number of the text that it stands in, and where there."""
        at = self.joined.find(fragment)
        while at >= 0:
            number = bisect_left(self._starts, at + 1) - 1
            yield number, at - self._starts[number]
            at = self.joined.find(fragment, at + 1)


class Lookup:
    """Tells where the keys of a table stand in a text, and which rows of the table have them."""

    def __init__(self, keys: Iterable[str]) -> None:
        """Take the key of each row, in order; rows without one are never found."""
        rows: dict[str, int | tuple[int, ...]] = {}
        # The lengths that longer keys with the same first two characters have: most places are done with one look.
        lengths: dict[str, set[int]] = defaultdict(set)
        for row, key in enumerate(keys):
            if key in rows:
                before = rows[key]
                rows[key] = (*before, row) if isinstance(before, tuple) else (before, row)
            elif key:
                rows[key] = row
                lengths[key[:2]].add(len(key))
        self._rows = rows
        self._single = frozenset(key for key in lengths if len(key) == 1)
        self._lengths = {start: sorted(found) for start, found in lengths.items() if len(start) > 1}

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def rows(self, key: str) -> tuple[int, ...]:
        """Return the rows that have a key, in order."""
        found = self._rows[key]
        return found if isinstance(found, tuple) else (found,)

    def places(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Yield every key that stands in the text, with its span."""
        lengths_of, single, rows, size = self._lengths.get, self._single, self._rows, len(text)
        for start in range(size):
            if text[start] in single:
                yield text[start], start, start + 1
            if (lengths := lengths_of(text[start : start + 2])) is None:
                continue
            for length in lengths:
                end = start + length
                if end <= size and text[start:end] in rows:
                    yield text[start:end], start, end


class Rows:
    """The rows of a table by their keys, for few questions: slower than a dictionary, and a tenth of its size."""

    def __init__(self, keys: Texts) -> None:
        self._keys = keys
        # The lengths that keys with the same first two characters have: most questions are answered by that.
        lengths: dict[str, set[int]] = defaultdict(set)
        for key in keys:
            lengths[key[:2]].add(len(key))
        self._lengths = {start: frozenset(found) for start, found in lengths.items()}
        hashes = list(map(hash, keys))
        self._order = array("I", sorted(range(len(hashes)), key=hashes.__getitem__))
        self._hashes = array("q", sorted(hashes))

    def find(self, key: str) -> list[int]:
        """Return the rows that have a key, in order."""
        if len(key) not in self._lengths.get(key[:2], ()):
            return []
        wanted = hash(key)
        at = bisect_left(self._hashes, wanted)
        found = []
        while at < len(self._hashes) and self._hashes[at] == wanted:
            if self._keys[self._order[at]] == key:
                found.append(self._order[at])
            at += 1
        return found
