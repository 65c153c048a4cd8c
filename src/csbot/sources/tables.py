"""CSV and TSV (RFC 4180), a record at a time, with the place of every character.

The reader of the standard library gives no columns of the file, and a finding without one helps nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from csbot.sources.columns import Columns, columns_of, row_ignores
from csbot.sources.passage import END_OF_LINE, Excerpt, Fail, Items, Raw, Span, escaped_excerpt, excerpt
from csbot.text.regex import regex

LONGEST_RECORD = 1_000_000  # characters; a cell of a spreadsheet holds 32,767
DELIMITERS = ",;\t|"
_QUOTED = regex(r'(?:[^"]|"")*+"')


class Value(NamedTuple):
    """A value of a record: ``raw[start:end]`` without its quotation marks; ``tail`` behind the closing one."""

    start: int
    end: int
    quoted: bool
    tail: tuple[int, int]

    def text(self, raw: str) -> str:
        """Return what the value says."""
        inner = raw[self.start : self.end]
        return (inner.replace('""', '"') if self.quoted else inner) + raw[slice(*self.tail)]

    def excerpt(self, raw: Raw, field: str) -> Excerpt:
        """Return the value as a passage."""
        inner = raw.text[self.start : self.end]
        if not self.quoted or ('"' not in inner and self.tail[0] == self.tail[1]):
            return excerpt(inner, raw, self.start, field=field)
        parts = []
        for found in re.finditer(r'""|[\s\S]', inner):
            parts.append((found[0][0], self.start + found.start(), self.start + found.end()))
        parts += [(raw.text[at], at, at + 1) for at in range(*self.tail)]
        return escaped_excerpt(parts, raw, field=field)


def table_items(lines: Iterator[str], fail: Fail, wanted: Sequence[str], delimiter: str | None) -> Items:
    """Yield the values of the chosen columns; without ``delimiter`` the first line tells which one it is.

    Raises ``table.column`` where no column of ``wanted`` is there, ``table.quote`` where a quotation mark is never
    closed.
    """
    columns: Columns | None = None
    for raw, values in records(lines, delimiter, fail):
        texts = [value.text(raw.text) for value in values]
        if columns is None:
            columns = columns_of(texts, wanted, (raw.first_line, 1), fail)
            if not columns.everything:
                continue
        last_line = raw.first_line + raw.text.count("\n", 0, len(raw.text) - 1)
        row = Span(raw.first_line, 1, raw.first_line, 2, raw.line(raw.first_line).rstrip("\r"))
        yield from row_ignores(texts, columns, row, (last_line, END_OF_LINE))
        for index, value in enumerate(values):
            if columns.holds_text(index) and texts[index].strip():
                yield value.excerpt(raw, columns.name(index))


def records(lines: Iterator[str], delimiter: str | None, fail: Fail) -> Iterator[tuple[Raw, list[Value]]]:
    """Yield every record with the values in it, empty lines aside; without ``delimiter`` the first line tells it.

    Raises ``table.quote`` where a quotation mark is never closed.
    """
    held: list[str] = []
    size = first = 0
    is_open = False
    for number, line in enumerate(lines, start=1):
        if not held:
            if not line.strip("\r\n"):
                continue
            first, size, is_open = number, 0, False
        delimiter = delimiter or _delimiter_of(line)
        is_open = _open_behind(line, is_open, delimiter)
        held.append(line)
        size += len(line)
        if is_open and size > LONGEST_RECORD:
            break
        if not is_open:
            raw = Raw("".join(held), first)
            yield raw, list(_values(raw.text, delimiter))
            held = []
    if held:
        message = '从这一行开始有一个英文双引号没有成对；单元格里的双引号要写两遍（""）'
        raise fail((first, 1), "table.quote", message)


def _delimiter_of(line: str) -> str:
    """Return what separates the values of the first line, a comma where nothing does."""
    unquoted = re.sub(r'"(?:[^"]|"")*+"', "", line)
    return max(DELIMITERS, key=unquoted.count)


def _open_behind(line: str, is_open: bool, delimiter: str) -> bool:
    """Tell whether a quoted value goes on behind this line; ``is_open`` where one went on into it."""
    position = 0
    while True:
        if is_open:
            found = _QUOTED.match(line, position)
            if found is None:
                return True
            is_open, position = False, found.end()
        elif line.startswith('"', position):
            is_open, position = True, position + 1
            continue
        following = line.find(delimiter, position)
        if following < 0:
            return False
        position = following + 1


def _values(raw: str, delimiter: str) -> Iterator[Value]:
    end = len(raw.rstrip("\n"))
    end -= raw.endswith("\r\n")
    position = 0
    while True:
        start = position
        inner_end, quoted = start, False
        if raw.startswith('"', start):
            found = _QUOTED.match(raw, start + 1)
            assert found is not None  # a record ends where nothing is open
            start, inner_end, quoted, position = start + 1, found.end() - 1, True, found.end()
        stop = raw.find(delimiter, position, end)
        following = end if stop < 0 else stop
        yield (
            Value(start, inner_end, True, (position, following))
            if quoted
            else Value(start, following, False, (following, following))
        )
        if stop < 0:
            return
        position = stop + 1
