"""Expressions written as a list: 「1. 不⏎2. 行」, 「①没②办③法」, 「- 没办法⏎- 处理」.

Where the items of a list are so short that hardly anything is said in any of them, the text is read once more without
its marks, as one line. A hit counts that begins with an item and ends with a later one: what merely stands
in neighbouring items (「- 您可以投诉⏎- 我们会跟进」) is not joined.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from csbot.rules.wording.fold import CLOSING_PARTICLES
from csbot.text.regex import regex

LONGEST_ITEM = 8  # characters of wording
WIDEST_ITEM = 24  # characters in all
LONGEST_WITHOUT_A_MARK = 2  # characters of an item behind a digit that no mark follows: 「1不2行」
AROUND = 64  # characters on both sides of a list that are read with it, no farther than its first and last line
_NUMERALS = "一二三四五六七八九十"
_DIGITS = "0-9０-９"
_BULLETS = "-*•·●○▪■◆◇►▶★☆✓✔–—"
_SINGLE = (("①", "⒛"), ("➀", "➓"), ("❶", "❿"), ("⓵", "⓾"), ("㈠", "㈩"), ("㊀", "㊉"))  # from and to
_ENDS = frozenset("。！？!?；;，,、：:\n\r…")
# In this order: a number in brackets, one with a mark behind it, a letter or a Chinese numeral with one, a single
# character with a circle or a mark of its own, a digit on a key, a bullet at the beginning of a line, a bare digit.
_MARK = regex(
    rf"[（(\[【](?P<bracketed>[{_DIGITS}]{{1,2}}|[{_NUMERALS}]|[a-zA-Z])[)）\]】]"
    rf"|(?<![{_DIGITS}.．])(?P<counted>[{_DIGITS}]{{1,2}})[.．、)）:：](?![{_DIGITS}])"
    rf"|(?<!\w)(?P<lettered>[a-zA-Z{_NUMERALS}])[.．、)）:：]"
    rf"|(?P<single>[{''.join(map('-'.join, _SINGLE))}])"
    "|(?P<key>[0-9])\ufe0f?\u20e3"
    rf"|(?m:^)[ \t　]*(?P<bullet>[{_BULLETS}])"
    rf"|(?<![{_DIGITS}a-zA-Z.．])(?P<bare>[1-9])(?=[\u4e00-\u9fff])"
)
_LETTERS = (("0", "9"), ("０", "９"), ("a", "z"), ("A", "Z"))
# One of these is in every mark: a text that holds fewer than two of them has no list, and waits for no expression.
_OF_MARKS = frozenset(_NUMERALS + _BULLETS).union(
    *(map(chr, range(ord(first), ord(last) + 1)) for first, last in (*_LETTERS, *_SINGLE))
)


class Mark(NamedTuple):
    """The mark of an item: its span in the text, what sort it is of, and its number (0 for a bullet)."""

    start: int
    end: int
    sort: str
    number: int


class Numbered(NamedTuple):
    """A list in a text: the span that is read, that text as one line without marks, and the spans of its items."""

    start: int
    end: int
    text: str
    items: tuple[tuple[int, int], ...]

    def holds(self, start: int, end: int) -> bool:
        """Tell whether a hit, by its span in ``text``, begins with one item and ends with a later one."""
        first = next((at for at, (begin, _) in enumerate(self.items) if begin == start), None)
        if first is None:
            return False
        for begin, stop in self.items[first + 1 :]:
            if begin < end <= stop:
                return all(each in CLOSING_PARTICLES for each in self.text[end:stop] if each.isalnum())
        return False


def numbered_in(raw: str) -> Iterator[Numbered]:
    """Yield the lists of short items in a text as it was given."""
    if sum(map(_OF_MARKS.__contains__, raw)) < 2:
        return
    run: list[Mark] = []
    for mark in _marks(raw):
        if run and not _follows(raw, run[-1], mark):
            if len(run) > 1:
                yield _read(raw, run)
            run = []
        run.append(mark)
    if len(run) > 1:
        yield _read(raw, run)


def may_be_listed(line: str) -> bool:
    """Tell whether a line holds any mark of an item."""
    return _MARK.search(line) is not None


def _marks(raw: str) -> Iterator[Mark]:
    for found in _MARK.finditer(raw):
        sort = str(found.lastgroup)
        written = found[sort]
        if sort == "bullet":
            yield Mark(*found.span(), written, 0)
        else:
            yield Mark(*found.span(), sort, _number(written))


def _number(written: str) -> int:
    if written.isdecimal():
        return int(written)
    if len(written) == 1 and (value := unicodedata.numeric(written, 0)):
        return int(value)
    return ord(written[0].lower()) - ord("a") + 1


def _follows(raw: str, one: Mark, other: Mark) -> bool:
    """Tell whether a mark is the next one of a list, with a short item before it."""
    if other.sort != one.sort or (one.number and other.number != one.number + 1):
        return False
    if other.start - one.end > WIDEST_ITEM:
        return False
    words = sum(map(str.isalnum, raw[one.end : other.start]))
    most = LONGEST_WITHOUT_A_MARK if one.sort == "bare" else LONGEST_ITEM
    return 0 < words <= most


def _read(raw: str, marks: list[Mark]) -> Numbered:
    begin = max(raw.rfind("\n", 0, marks[0].start) + 1, marks[0].start - AROUND)
    stop = min(_end_of_line(raw, marks[-1].end), marks[-1].end + AROUND)
    characters = list(raw[begin:stop])
    items = list(_before(raw, begin, marks[0].start))
    for at, mark in enumerate(marks):
        before = mark.start
        while at and before > marks[at - 1].end and not raw[before - 1].isalnum():
            before -= 1
        for place in range(before, mark.end):
            characters[place - begin] = " "
        end = marks[at + 1].start if at + 1 < len(marks) else _end_of_clause(raw, mark.end, stop)
        first = next((place for place in range(mark.end, end) if raw[place].isalnum()), end)
        items.append((first - begin, end - begin))
    return Numbered(begin, stop, "".join(characters), tuple(items))


def _before(raw: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield what a list goes on from, as its first item: 「退票费这块，我1.不2.知3.道」."""
    start = max((place + 1 for place in range(begin, end) if raw[place] in _ENDS), default=begin)
    words = [place for place in range(start, end) if raw[place].isalnum()]
    if 0 < len(words) <= LONGEST_ITEM:
        yield words[0] - begin, end - begin


def _end_of_line(raw: str, at: int) -> int:
    found = raw.find("\n", at)
    return len(raw) if found < 0 else found


def _end_of_clause(raw: str, at: int, stop: int) -> int:
    while at < stop and not raw[at].isalnum():
        at += 1
    return next((place for place in range(at, stop) if raw[place] in _ENDS), stop)
