"""Pinyin of many phrases as one string that a regular expression runs through.

Every character becomes one private character that stands for *the set of its readings*, so that a phrase keeps its
length and every reading of a 多音字 counts. Typed letters are cut into beginnings of syllables in every possible way:
``hdfk``, ``huodao`` and ``hdfukuan`` all find 货到付款.
"""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import cache
from itertools import pairwise

from csbot.searching.lines import Joined

Readings = tuple[str, ...]

_FIRST_CODE = 0xE000  # the private use area: 6,400 characters
_CODES = 6400
_LONGEST_SYLLABLE = 6  # zhuang, chuang, shuang
LONGEST = 32  # letters of a query that count
FEW = 8  # a line in so many: that few are looked at one by one, more of them all at once
_BY_EXPRESSION = 8  # letters that the expression looks at; the rest is compared phrase by phrase


class Sounds:
    """The sounds of phrases. Phrases are numbered from 0 in the order given."""

    def __init__(self, phrases: Iterable[Sequence[Readings]]) -> None:
        """``phrases``: for each its characters, for each of these its readings (a letter reads as itself)."""
        kept = [[each for each in phrase if each] for phrase in phrases]
        # Sorted, so that sets that begin alike are neighbours and a class of them is a few ranges.
        sets = sorted({each for phrase in kept for each in phrase})[:_CODES]
        self._codes = {each: chr(_FIRST_CODE + number) for number, each in enumerate(sets)}
        lines = ["".join(self._codes.get(each, "") for each in phrase) for phrase in kept]
        self._sets = sets
        self._joined = Joined(lines)
        self._classes = _classes(self._codes)
        self._pairs = _pairs(lines, {code: {reading[0] for reading in each} for each, code in self._codes.items()})

    def find(self, letters: str, *, only_beginnings: bool = False) -> Iterator[tuple[int, int, bool]]:
        """Yield for each phrase that holds the letters: its number, where they begin in it, whether they are all of it.

        ``letters`` are small Latin letters. ``only_beginnings``: they must be the first of the phrase.
        """
        letters = letters[:LONGEST]
        pattern = self._pattern(letters[:_BY_EXPRESSION])
        if not pattern:
            return
        lines, length = self._joined.lines, len(letters)
        for number, place in self._matches(letters, "^" + pattern if only_beginnings else pattern):
            if length <= _BY_EXPRESSION and (place or len(lines[number]) > length):
                yield number, place, False
                continue
            line = lines[number]
            while not (ends := self._ends(line, place, letters)):  # the expression looked at the first letters only
                further = re.compile(pattern).search(line, place + 1) if not only_beginnings else None
                if further is None:
                    break
                place = further.start()
            if ends:
                yield number, place, place == 0 and len(line) in ends

    def _matches(self, letters: str, pattern: str) -> list[tuple[int, int]]:
        """Return each line that holds a match of the pattern of some letters, and where the first begins."""
        lines, numbers = self._joined.lines, self._holding(letters[:_BY_EXPRESSION])
        if numbers is None or len(numbers) >= len(lines) // FEW:
            return self._joined.match(pattern, re.MULTILINE)
        expression = re.compile(pattern)
        return [(number, found.start()) for number in sorted(numbers) if (found := expression.search(lines[number]))]

    def _holding(self, letters: str) -> set[int] | None:
        """Return the lines that hold neighbours which the letters may begin; None where they may be one syllable."""

        @cache
        def holding(start: int) -> set[int] | None:
            found: set[int] = set()
            for end in range(start + 1, min(start + _LONGEST_SYLLABLE, len(letters)) + 1):
                if letters[start:end] not in self._classes:
                    continue
                if end == len(letters):
                    return None
                further, pair = holding(end), self._pairs.get(letters[start] + letters[end], ())
                found |= set(pair) if further is None else further.intersection(pair)
            return found

        return holding(0)

    def _pattern(self, letters: str) -> str:
        """Return an expression for what the letters may be the beginning of; empty where there is nothing."""

        @cache
        def rest(start: int) -> str | None:
            """Return what matches the letters from ``start`` on: empty for none, None where nothing can match."""
            return "" if start == len(letters) else either(start, lambda _, codes: codes)

        def either(start: int, begin: Callable[[int, str], str]) -> str | None:
            ways = []
            for end in range(start + 1, min(start + _LONGEST_SYLLABLE, len(letters)) + 1):
                codes = self._classes.get(letters[start:end])
                if codes and (following := rest(end)) is not None:
                    ways.append(begin(end, codes) + following)
            return f"(?:{'|'.join(ways)})" if ways else None

        # What begins with more letters begins with the first of them: an expression that opens with one class of
        # characters is looked for three times as fast as one that opens with several.
        ways = either(0, lambda end, codes: f"(?<={codes})" if end > 1 else "")
        return self._classes[letters[0]] + ways if ways is not None else ""

    def _ends(self, line: str, place: int, letters: str) -> set[int]:
        """Return the places in a line at which the letters may end that begin at ``place``."""
        states = {(place, 0)}
        ends: set[int] = set()
        while states:
            following: set[tuple[int, int]] = set()
            for position, typed in states:
                if typed == len(letters):
                    ends.add(position)
                elif position < len(line):
                    for reading in self._sets[ord(line[position]) - _FIRST_CODE]:
                        common = _common(reading, letters, typed)
                        following.update((position + 1, typed + length) for length in range(1, common + 1))
            states = following
        return ends


def _pairs(lines: Iterable[str], initials: Mapping[str, Set[str]]) -> dict[str, array[int]]:
    """Return for two letters the lines in which two characters stand side by side that are read with these initials."""
    found: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
    of_pair: dict[tuple[str, str], list[array[int]]] = {}
    for number, line in enumerate(lines):
        for pair in pairwise(line):
            if pair not in of_pair:
                of_pair[pair] = [found[one + other] for one in initials[pair[0]] for other in initials[pair[1]]]
            for each in of_pair[pair]:
                if not each or each[-1] != number:
                    each.append(number)
    return dict(found)


def _classes(codes: Mapping[Readings, str]) -> dict[str, str]:
    """Return for each beginning of a syllable the class of the characters with a reading that begins so."""
    beginning_with: defaultdict[str, set[str]] = defaultdict(set)
    for readings, code in codes.items():
        for reading in readings:
            for end in range(1, len(reading) + 1):
                beginning_with[reading[:end]].add(code)
    return {beginning: _as_class(members) for beginning, members in beginning_with.items()}


def _common(reading: str, letters: str, start: int) -> int:
    """Return how many letters of a reading stand in ``letters`` from ``start`` on."""
    length = 0
    while length < len(reading) and start + length < len(letters) and reading[length] == letters[start + length]:
        length += 1
    return length


def _as_class(codes: Iterable[str]) -> str:
    """Return a character class of private characters, neighbours as ranges."""
    numbers = sorted(map(ord, codes))
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return "[" + "".join(chr(first) if first == last else f"{chr(first)}-{chr(last)}" for first, last in ranges) + "]"


def readings_of(text: str, read: Callable[[str], Readings], hint: Sequence[str] = ()) -> list[Readings]:
    """Return the readings of each Han character, letter and digit of a normalised text; others have none.

    ``read`` gives the readings of a Han character. ``hint``, with one syllable for each Han character of the text,
    takes their place: it says which reading of a 多音字 is meant.
    """
    han = [character for character in text if read(character)]
    said = iter(hint) if len(hint) == len(han) else None
    result: list[Readings] = []
    for character in text:
        readings = read(character)
        if readings:
            result.append((next(said),) if said is not None else tuple(sorted(readings)))
        elif character.isascii() and character.isalnum():
            result.append((character,))
    return result
