"""Tens of thousands of texts of two or three characters, kept as numbers.

As strings in a set each would take some 140 bytes and every start of a process ten milliseconds.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, compress
from operator import ne

BITS = 21  # of one character
_ONE, _TWO = (1 << BITS) - 1, (1 << 2 * BITS) - 1
LONGEST = 3  # characters
_CHARACTERS = f"utf-32-{'le' if sys.byteorder == 'little' else 'be'}"  # as the numbers of an array


class ShortTexts:
    """A set of texts of one to three characters, none of them NUL: their codes in order."""

    def __init__(self, codes: array[int], characters: frozenset[str]) -> None:
        """Take what ``ShortTexts.of`` made: the codes in order, and all characters of all texts."""
        self.codes, self.characters = codes, characters

    @classmethod
    def of(cls, texts: Iterable[str]) -> ShortTexts:
        """Return texts as a set."""
        by_size = [list[str]() for _ in range(LONGEST + 1)]
        for text in texts:
            by_size[len(text)].append(text)
        joined = cls.of_joined({size: "".join(by_size[size]) for size in range(1, LONGEST + 1)})
        return cls(array("Q", [0, *joined.codes]), joined.characters) if by_size[0] else joined

    @classmethod
    def of_joined(cls, by_size: Mapping[int, str]) -> ShortTexts:
        """Return texts as a set, given by their size one behind the other."""
        codes: list[int] = []
        for size, text in by_size.items():
            # All characters of texts of one size at once: character by character takes four times as long.
            joined = array("I", text.encode(_CHARACTERS, "surrogatepass"))
            firsts, *others = (joined[at::size] for at in range(size))
            if size == 1:
                codes += firsts
            elif size == 2:
                codes += [first << BITS | second for first, second in zip(firsts, *others, strict=True)]
            else:
                columns = zip(firsts, *others, strict=True)
                codes += [(first << BITS | second) << BITS | third for first, second, third in columns]
        codes.sort()  # most come in order, run by run: to leave out first what is there twice would take twice as long
        once = compress(codes, chain(map(ne, codes, codes[1:]), (True,)))
        return cls(array("Q", once), frozenset().union(*by_size.values()))

    def neighbours(self, others: ShortTexts) -> ShortTexts:
        """Return which two characters stand side by side in these texts of three, or are others of two."""
        codes = {code >> BITS for code in self.codes}
        codes.update([code & _TWO for code in self.codes], others.codes)
        return ShortTexts(array("Q", sorted(codes)), self.characters | others.characters)

    def __len__(self) -> int:
        return len(self.codes)

    def __contains__(self, text: str) -> bool:
        code, codes = _code_of(text), self.codes
        at = bisect_left(codes, code)
        return at < len(codes) and codes[at] == code

    def __iter__(self) -> Iterator[str]:
        return map(_text_of, self.codes)

    def isdisjoint(self, texts: Iterable[str]) -> bool:
        """Tell whether none of some texts is in the set."""
        return not any(map(self.__contains__, texts))

    def behind(self, first: str) -> str:
        """Return every character that is the second of two behind ``first``."""
        low = ord(first) << BITS
        begin, end = bisect_left(self.codes, low), bisect_left(self.codes, low + _ONE + 1)
        return "".join(chr(code & _ONE) for code in self.codes[begin:end])


def _code_of(text: str) -> int:
    if len(text) == 2:  # nearly always
        return ord(text[0]) << BITS | ord(text[1])
    code = 0
    for character in text:
        code = code << BITS | ord(character)
    return code


def _text_of(code: int) -> str:
    text = ""
    while code:
        text = chr(code & _ONE) + text
        code >>= BITS
    return text
