"""What an exported row remembers: which entry it shows, and a digest of each of its cells as they were.

With it an import tells what was changed in the sheet from what was changed in the library since. It stands in the
row itself, so that it stays with it however a trainer sorts, filters or copies, in a CSV file as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from csbot.sheets.cells import digest
from csbot.sheets.tables import Table
from csbot.text.regex import regex

VERSION = "1"
SAMPLE = "示例"  # in place of the owner: a row of the template that is to be replaced
_FORM = regex(
    r"(?P<version>\d+) (?P<owner>\S+) (?P<sort>\S+) (?P<index>\d{1,7})/(?P<count>\d{1,7}) (?P<whole>\S+)"
    r" (?P<cells>[0-9a-f-]+(\.[0-9a-f-]+)*)"
)


@dataclass(frozen=True, slots=True)
class Marker:
    """The base of a row. ``index`` is its number in the list that it stood in, from 0, which had ``count`` rows."""

    owner: str  # id of a situation or rule; "" for what belongs to none
    sort: str  # the list: examples, negatives, out_of_scope or replies; "" for an entry by itself
    index: int
    count: int
    whole: str  # a digest of the whole list
    cells: tuple[str, ...]  # a digest of each cell, in the order of the columns

    def __str__(self) -> str:
        place = f"{self.index}/{self.count}"
        return f"{VERSION} {self.owner or '-'} {self.sort or '-'} {place} {self.whole or '-'} {'.'.join(self.cells)}"


def marker_of(text: str) -> Marker | None:
    """Return the marker that a cell holds, None where it holds none that can be relied on."""
    found = _FORM.fullmatch(text.strip())
    if found is None or found["version"] != VERSION:
        return None
    owner, sort, whole = ("" if found[name] == "-" else found[name] for name in ("owner", "sort", "whole"))
    cells = tuple(found["cells"].split("."))
    return Marker(owner, sort, int(found["index"]), int(found["count"]), whole, cells)


def digests(cells: Sequence[str]) -> tuple[str, ...]:
    """Return the digest of each cell of a row."""
    return tuple(map(digest, cells))


def own_of(table: Table, cells: Sequence[str]) -> tuple[str, ...]:
    """Return what a row says itself, of all its digests or texts: without the columns that are only shown."""
    return tuple(cell for cell, column in zip(cells, table.columns, strict=True) if not column.is_shown_only)


def whole_of(table: Table, rows: Sequence[Sequence[str]]) -> str:
    """Return the digest of all rows of a list."""
    return digest("\n".join(".".join(own_of(table, digests(row))) for row in rows))
