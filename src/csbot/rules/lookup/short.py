"""Tens of thousands of texts of two or three characters, kept as numbers.

As strings in a set each would take some 140 bytes and every start of a process ten milliseconds.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator

_BITS = 21  # of one character
_ONE = (1 << _BITS) - 1
LONGEST = 3  # characters


class ShortTexts:
    """A set of texts of one to three characters, none of them NUL: their codes in order."""

    def __init__(self, codes: array[int]) -> None:
        """Take what ``ShortTexts.of`` made."""
        self.codes = codes

    @classmethod
    def of(cls, texts: Iterable[str]) -> ShortTexts:
        """Return texts as a set."""
        return cls(array("Q", sorted(set(map(_code_of, texts)))))

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

    def characters(self) -> frozenset[str]:
        """Return all characters of all texts."""
        codes = {code >> shift & _ONE for shift in range(0, LONGEST * _BITS, _BITS) for code in self.codes}
        return frozenset(map(chr, codes - {0}))

    def behind(self, first: str) -> str:
        """Return every character that is the second of two behind ``first``."""
        low = ord(first) << _BITS
        begin, end = bisect_left(self.codes, low), bisect_left(self.codes, low + _ONE + 1)
        return "".join(chr(code & _ONE) for code in self.codes[begin:end])


def _code_of(text: str) -> int:
    code = 0
    for character in text:
        code = code << _BITS | ord(character)
    return code


def _text_of(code: int) -> str:
    text = ""
    while code:
        text = chr(code & _ONE) + text
        code >>= _BITS
    return text
