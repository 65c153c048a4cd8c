"""Tables of many short texts in little memory, and in a form that a start reads in some milliseconds.

Fifty thousand strings, lists and tuples of their own would be 50 MB. Here texts stand one behind the other in a few
long ones, numbers in arrays; what a table is asked for is taken out then. ``Packer`` writes such columns down as one
block of bytes for the cache, ``Unpacker`` reads them in the same order.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import accumulate, groupby, pairwise
from threading import Lock

from csbot.rules.lookup.automaton import Automaton
from csbot.rules.lookup.short import ShortTexts

Packed = tuple[list[int], bytes]  # the sizes of columns, and all of them one behind the other

MOST_OPEN = 5_000  # keys of a table that are in dictionaries: several times what a draft asks for
LEAST_ASKED = 5_000  # characters before an automaton is made: a draft or a few need none
ROOMY = 80_000  # the same while thousands of texts are looked through, which ask for nearly all of them again and again
_most_open: ContextVar[int] = ContextVar("most_open", default=MOST_OPEN)


@contextmanager
def roomy() -> Iterator[None]:
    """Let tables keep ten times as many keys in dictionaries, and make automata: some megabytes, and half the time."""
    before = _most_open.set(ROOMY)
    try:
        yield
    finally:
        _most_open.reset(before)


class Texts(Sequence[str]):
    """Texts kept as one, each cut out when it is asked for."""

    def __init__(self, joined: str, starts: array[int]) -> None:
        """Take what ``Texts.of`` made: the texts with a line break behind each, and where each begins, and the end."""
        self.joined = joined
        self.starts = starts

    @classmethod
    def of(cls, texts: Iterable[str]) -> Texts:
        """Return texts as one."""
        listed = [f"{text}\n" for text in texts]
        return cls("".join(listed), array("I", accumulate(map(len, listed), initial=0)))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, at: int) -> str:  # type: ignore[override]  # nobody asks for a slice
        return self.joined[self.starts[at] : self.starts[at + 1] - 1]

    def __iter__(self) -> Iterator[str]:
        texts = self.joined.split("\n")
        if len(texts) == len(self.starts):  # no text has a line break of its own
            return iter(texts[:-1])
        return map(self.__getitem__, range(len(self)))

    def holding(self, fragment: str) -> Iterator[tuple[int, int]]:
        """Yield every place of a fragment: the number of the text that it stands in, and where there."""
        at = self.joined.find(fragment)
        while at >= 0:
            number = bisect_left(self.starts, at + 1) - 1
            yield number, at - self.starts[number]
            at = self.joined.find(fragment, at + 1)


class Lookup:
    """Tells which rows of a table have a key, and where any of its keys stand in a text.

    The keys are kept in order. Those that begin with the same two characters become a dictionary when a text first
    holds these: of tens of thousands of keys a draft asks for some hundreds. What was asked for first is given back
    where there are more than may be (``MOST_OPEN``, in ``roomy`` more), so that a long shift takes no more memory than
    a short one. Who is ``roomy`` and asks for the keys in many texts gets an automaton, which takes a tenth of a
    second to make, and finds them fifty times as fast.
    """

    def __init__(self, keys: Texts, rows: array[int], beginnings: str, firsts: array[int]) -> None:
        """Take what ``Lookup.of`` made.

        Those are the keys in order, the row of each (none where they are counted as they stand), the two characters
        that each group of keys begins with, and where in the keys each group begins, and the end.
        """
        self.keys, self.rows, self.beginnings, self.firsts = keys, rows, beginnings, firsts
        # The characters that stand second in groups, by the first one: a string for each group would take megabytes.
        self._seconds: dict[str, str] = {}
        self._numbers: dict[str, int] = {}  # of the first group that begins with each character
        number = 0
        for first, same in groupby(beginnings[::2]):
            size = sum(1 for _ in same)
            self._seconds[first] = beginnings[2 * number + 1 : 2 * (number + size) : 2]
            self._numbers[first] = number
            number += size
        self._groups: dict[str, tuple[list[int], dict[str, tuple[int, ...]]]] = {}  # those that are dictionaries
        self._opened: deque[str] = deque()  # their names, oldest first
        self._open_keys = 0
        self._asked = 0  # characters of texts
        self._automaton: Automaton | None = None
        self._lock = Lock()
        alone = [first for first, seconds in self._seconds.items() if "\n" in seconds]
        self._single = {character: self._rows_of(f"{character}\n", character) for character in alone}

    @classmethod
    def of(cls, keys: Sequence[str]) -> Lookup:
        """Return a table with the key of each row; rows without one are never found."""
        order = sorted(range(len(keys)), key=keys.__getitem__)
        ordered = list(map(keys.__getitem__, order))
        firsts: dict[str, int] = {}
        for at, key in enumerate(ordered):
            if key:
                firsts.setdefault(f"{key}\n"[:2], at)
        rows = array("I", order if ordered != list(keys) else ())
        return cls(Texts.of(ordered), rows, "".join(firsts), array("I", [*firsts.values(), len(ordered)]))

    def without_key(self) -> list[int]:
        """Return the rows that have no key."""
        return [self.row(at) for at in range(self.firsts[0])]

    def row(self, at: int) -> int:
        """Return the row of a key, given where in order it stands."""
        return self.rows[at] if self.rows else at

    def find(self, key: str) -> tuple[int, ...]:
        """Return the rows that have a key, in order."""
        return self._rows_of(f"{key}\n"[:2], key)

    def _rows_of(self, beginning: str, key: str) -> tuple[int, ...]:
        group = self._group_of(beginning)
        return group[1].get(key, ()) if group is not None else ()

    def _group_of(self, beginning: str) -> tuple[list[int], dict[str, tuple[int, ...]]] | None:
        if (group := self._groups.get(beginning)) is not None:
            return group
        if len(beginning) < 2 or (at := self._seconds.get(beginning[0], "").find(beginning[1])) < 0:
            return None
        return self._open(beginning, self._numbers[beginning[0]] + at)

    def _open(self, beginning: str, number: int) -> tuple[list[int], dict[str, tuple[int, ...]]]:
        """Return the keys with the same beginning as their lengths, in order, and the rows of each; remember them."""
        found: dict[str, tuple[int, ...]] = {}
        for at in range(self.firsts[number], self.firsts[number + 1]):
            key = self.keys[at]
            found[key] = (*found.get(key, ()), self.row(at))
        group = sorted(set(map(len, found))), found
        with self._lock:
            if beginning not in self._groups:
                self._groups[beginning] = group
                self._opened.append(beginning)
                self._open_keys += len(found)
            while self._open_keys > _most_open.get() and len(self._opened) > 1:
                self._close()
        return group

    def _close(self) -> None:
        """Give back the dictionary that was made first."""
        _, found = self._groups.pop(self._opened.popleft())
        self._open_keys -= len(found)

    def _close_all(self) -> None:
        while self._opened:
            self._close()

    def places(self, text: str) -> Iterator[tuple[Sequence[int], int, int]]:
        """Yield the rows of every key that stands in the text, with its span; in order of their places."""
        if (automaton := self._automaton or self._made_automaton(len(text))) is None:
            yield from self._places_by_hand(text)
            return
        rows = self.rows
        for numbers, start, end in automaton.places(text):
            yield [rows[number] for number in numbers] if rows else numbers, start, end

    def _made_automaton(self, asked: int) -> Automaton | None:
        """Return the automaton once so many characters were asked for that it would have cost less, else None.

        It takes some megabytes, so only who looks through thousands of texts gets one.
        """
        if _most_open.get() < ROOMY:
            return None
        self._asked += asked
        if self._asked < max(LEAST_ASKED, len(self.keys) // 2) or not self._lock.acquire(blocking=False):
            return None
        try:
            if self._automaton is None:
                self._automaton = Automaton(self.keys, self.firsts[0])
                self._close_all()
            return self._automaton
        finally:
            self._lock.release()

    def _places_by_hand(self, text: str) -> Iterator[tuple[Sequence[int], int, int]]:
        seconds, single = self._seconds, self._single
        starts = [at for at, (one, other) in enumerate(pairwise(text)) if other in seconds.get(one, "")]
        if single:
            starts = sorted({*starts, *(at for at, character in enumerate(text) if character in single)})
        for start in starts:
            if text[start] in single:
                yield single[text[start]], start, start + 1
            yield from self._at(text, start)

    def _at(self, text: str, start: int) -> Iterator[tuple[Sequence[int], int, int]]:
        """Yield the rows of every key of two characters or more that begins at a place of the text, with its span."""
        beginning = text[start : start + 2]
        if (group := self._group_of(beginning)) is None:
            return
        lengths, found = group
        for length in lengths:
            end = start + length
            if end <= len(text) and (rows := found.get(text[start:end])) is not None:
                yield rows, start, end


class Packer:
    """Puts columns into one block of bytes, one behind the other."""

    def __init__(self) -> None:
        self._columns: list[bytes] = []

    def text(self, text: str) -> Packer:
        """Add a text, in UTF-16: no other encoding is read as fast."""
        self._columns.append(text.encode("utf-16-le", "surrogatepass"))
        return self

    def numbers(self, numbers: array[int]) -> Packer:
        """Add numbers, the lowest byte first: a cache may be shared by machines."""
        self._columns.append(_lowest_first(array("I", numbers)).tobytes())
        return self

    def short_texts(self, texts: ShortTexts) -> Packer:
        """Add a set of short texts."""
        self._columns.append(_lowest_first(array("Q", texts.codes)).tobytes())
        return self.text("".join(sorted(texts.characters)))

    def texts(self, texts: Texts) -> Packer:
        """Add texts."""
        return self.text(texts.joined).numbers(texts.starts)

    def lookup(self, lookup: Lookup) -> Packer:
        """Add a table of keys."""
        return self.texts(lookup.keys).numbers(lookup.rows).text(lookup.beginnings).numbers(lookup.firsts)

    def packed(self) -> Packed:
        """Return all that was added."""
        return list(map(len, self._columns)), b"".join(self._columns)


class Unpacker:
    """Reads what ``Packer`` wrote; the columns must be asked for as they were added."""

    def __init__(self, packed: Packed) -> None:
        sizes, self._block = packed
        self._sizes = iter(sizes)
        self._at = 0

    def _column(self) -> bytes:
        begin = self._at
        self._at += next(self._sizes)
        return self._block[begin : self._at]

    def text(self) -> str:
        """Return the next column, a text."""
        return self._column().decode("utf-16-le", "surrogatepass")

    def numbers(self) -> array[int]:
        """Return the next column, numbers."""
        numbers = array("I")
        numbers.frombytes(self._column())
        return _lowest_first(numbers)

    def short_texts(self) -> ShortTexts:
        """Return the next column, a set of short texts."""
        codes = array("Q")
        codes.frombytes(self._column())
        return ShortTexts(_lowest_first(codes), frozenset(self.text()))

    def texts(self) -> Texts:
        """Return the next columns, texts."""
        return Texts(self.text(), self.numbers())

    def lookup(self) -> Lookup:
        """Return the next columns, a table of keys."""
        return Lookup(self.texts(), self.numbers(), self.text(), self.numbers())


def _lowest_first(numbers: array[int]) -> array[int]:
    if sys.byteorder == "big":  # pragma: no cover
        numbers.byteswap()
    return numbers
