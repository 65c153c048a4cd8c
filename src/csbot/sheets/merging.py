"""Three-way merge: what the sheet changed since it was exported, beside what the library changed since.

Of each cell there are the text in the sheet, the text that the library shows now, and the digest of the text that
was exported. Changed on one side only, it is taken or kept; changed on both, it is a conflict, and nobody's work is
written over unless ``prefer`` says whose comes first. A cell without a base can only agree or be a conflict.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from csbot.library.yaml_writer import Value
from csbot.sheets.cells import canonical, digest, said
from csbot.sheets.changes import Add, Change, Drop, Outcome, Set, Step
from csbot.sheets.grid import Cell
from csbot.sheets.holdings import Entry, Holdings, Listing, Place
from csbot.sheets.markers import digests, own_of, whole_of
from csbot.sheets.notes import is_required
from csbot.sheets.rows import Origin, Row
from csbot.sheets.tables import REPLIES, Column, Form
from csbot.sheets.untrusted import fault_of, one_line
from csbot.text.normalise import visible

_NONE_MOVED: Mapping[Origin, Row] = {}


class Prefer(Enum):
    """Whose text counts where both sides changed."""

    NEITHER = ""
    SHEET = "sheet"
    LIBRARY = "library"


@dataclass(frozen=True, slots=True)
class Merger:
    """Compares rows with what the library holds, and notes in ``outcome`` what comes of it."""

    held: Holdings
    outcome: Outcome
    prefer: Prefer

    def entry(self, row: Row, entry: Entry) -> None:
        """Compare the row of a situation or a rule."""
        marker = row.marker if row.marker is not None and row.marker.owner == entry.id else None
        for index, column in enumerate(row.table.columns):
            cell = row.cells.get(column.heading)
            if cell is None or column.key == ("id",):
                continue
            base = marker.cells[index] if marker is not None else None
            if not self._is_taken(cell, base, entry.cells[index], column, f"「{column.heading}」"):
                continue
            place = entry.places.get(column.kind)
            if place is None:
                message = f"「{column.heading}」在下层的话术库里，这里改不了：请在 YAML 里用 change 写"
                self.outcome.error(cell, "sheet.lower-layer", message)
                continue
            value = self.value(cell, column)
            if value is None:
                continue
            at = Place(place.file, (*place.key, *column.key))
            before, after = entry.cells[index], shown_value(value)
            steps: list[Step] = [Set(at, self.stored(value, column))]
            if isinstance(value, list):
                items = self.held.value_at(at)
                new = [each for each in value if each not in items]
                gone = [number for number, each in enumerate(items) if each not in value]
                kept = [each for each in items if each in value]
                if kept and [*kept, *new] == value:  # only what differs is touched
                    steps = [Drop(Place(at.file, (*at.key, number))) for number in gone]
                    steps += [Add(at, each) for each in new]
                    lost = shown_value([items[number] for number in gone])
                    parts = [f"加 {shown_value(new)}"] * bool(new) + [f"去掉 {lost}"] * bool(gone)
                    before, after = "", "；".join(parts)
            self.outcome.changes.append(Change(cell, entry.id, f"「{column.heading}」", before, after, steps))

    def _is_taken(self, cell: Cell, base: str | None, current: str, column: Column, what: str) -> bool:
        """Tell whether the text of a cell is to go into the library; note a conflict where nobody can say."""
        if said(cell.text, column) == said(current, column) or base == digest(cell.text):
            return False
        if base is None and not cell.text.strip():
            return False  # a table that somebody made says nothing where it is empty
        if column.is_shown_only:
            if base is not None:
                message = f"「{column.heading}」只供阅读，这里的改动不算数"
                self.outcome.error(cell, "sheet.read-only", message, "warning")
            return False
        if base == digest(current) or self.prefer is Prefer.SHEET:
            return True
        if self.prefer is Prefer.NEITHER:
            why = "导出以后表格和话术库都改了" if base is not None else "表格没有底稿，看不出哪边是新的"
            message = f"{what}{why}：表格是「{_short(cell.text)}」，话术库是「{_short(current)}」"
            self.outcome.error(cell, "sheet.conflict", message)
        return False

    def value(self, cell: Cell, column: Column) -> str | list[str] | None:
        """Return what a cell says, None where it cannot be taken, which is noted."""
        if (fault := fault_of(cell.text, is_speech=column.heading in ("回复", "例句"))) is not None:
            self.outcome.error(cell, *fault)
            return None
        value = said(cell.text, column)
        if value == "" and (is_required(column) or column.heading == "例句"):
            self.outcome.error(cell, "sheet.required", f"「{column.heading}」不能空着；要去掉这一项，请删掉整行")
            return None
        return one_line(value) if column.heading == "回复" and isinstance(value, str) else value

    @staticmethod
    def stored(value: str | list[str], column: Column) -> Value | None:
        """Return what is written for a value: nothing for an empty one that need not be there."""
        return value if value or (column.form in (Form.WORDS, Form.LINES) and is_required(column)) else None

    def listing(
        self,
        listing: Listing,
        rows: Sequence[Row],
        unread: Collection[Origin] = (),
        moved: Mapping[Origin, Row] = _NONE_MOVED,
    ) -> set[int]:
        """Compare exported rows with the list that they come from; return which rows of the list are theirs.

        Rows that are ``unread`` are in the sheet, but could not be read; those that were ``moved`` name another list.
        """
        marked = _originals(rows)
        markers = [row.marker for row in marked.values() if row.marker is not None]
        if not markers:
            return set()
        count, whole = markers[0].count, markers[0].whole
        at = _positions(listing, marked, count, whole)
        for index, row in marked.items():
            self._listed(listing, row, at.get(index))
        same = whole_of(listing.table, listing.rows) == whole
        for index in range(count):
            origin = (listing.owner, listing.sort, index)
            there = index in marked or origin in unread
            if not there and (position := at.get(index)) is not None:
                self._missing(listing, position, same, next(iter(marked.values())).first, moved.get(origin))
        return {position for position in at.values() if position is not None}

    def _missing(self, listing: Listing, position: int, same: bool, near: Cell, moved: Row | None) -> None:
        if not same:
            return  # what is there now may be another one: better kept
        place = Place(listing.place.file, (*listing.place.key, position))
        what = f"{_kind(listing)}第 {position + 1} 条"
        text = listing.rows[position][_text_at(listing)]
        elsewhere = (*moved.cells.values(), *moved.named) if moved is not None else ()
        self.outcome.missing.append(Change(near, listing.owner, what, text, "", [Drop(place)], elsewhere=elsewhere))

    def _listed(self, listing: Listing, row: Row, position: int | None) -> None:
        """Compare an exported row with the one of the list that it is, None where that is gone."""
        assert row.marker is not None
        table, columns = listing.table, listing.table.columns
        cells = [row.cells[column.heading] for column in columns]
        changed = [
            index
            for index, column in enumerate(columns)
            if row.marker.cells[index] != digest(cells[index].text) and not column.is_shown_only
        ]
        if position is None:
            if changed and self.prefer is Prefer.NEITHER:
                message = (
                    f"表格改了这一条，而话术库里它后来改掉或去掉了：表格是「{_short(row.text(_heading(listing)))}」"
                )
                self.outcome.error(cells[changed[0]], "sheet.conflict", message)
            elif changed and self.prefer is Prefer.SHEET:
                row.marker = None  # a row of its own
            return
        current = listing.rows[position]
        taken: dict[int, str | list[str]] = {}
        what = f"{_kind(listing)}第 {position + 1} 条"
        for index, column in enumerate(columns):
            if column.key in (("id",), ("intent",)) or column.is_shown_only:
                continue
            if self._is_taken(
                cells[index], row.marker.cells[index], current[index], column, f"{what}「{column.heading}」"
            ):
                value = self.value(cells[index], column)
                if value is None:
                    return
                if value != said(current[index], column):  # line breaks alone are no change of a reply
                    taken[index] = value
        if taken:
            place = Place(listing.place.file, (*listing.place.key, position))
            self.outcome.changes.append(_row_change(listing, place, current, taken, cells, what, position))
        assert table is listing.table


def _row_change(
    listing: Listing,
    place: Place,
    current: Sequence[str],
    taken: Mapping[int, str | list[str]],
    cells: Sequence[Cell],
    what: str,
    position: int,
) -> Change:
    """Return the change of an example or a reply to what its row says."""
    columns, first = listing.table.columns, min(taken)
    was = {index: said(current[index], columns[index]) for index in taken}
    before = "；".join(_labelled(columns[index], value, listing) for index, value in was.items())
    after = "；".join(_labelled(columns[index], text, listing) for index, text in taken.items())
    if listing.table is not REPLIES:
        return Change(cells[first], listing.owner, what, before, after, [Set(place, next(iter(taken.values())))])
    steps: list[Set] = []
    for index, value in taken.items():
        steps.append(Set(Place(place.file, (*place.key, *columns[index].key[1:])), value or None))
    at = _text_at(listing)
    return Change(cells[first], listing.owner, what, before, after, [*steps], str(taken.get(at, current[at])), position)


def _labelled(column: Column, value: str | list[str], listing: Listing) -> str:
    spoken = {stored: word for word, stored in column.choices.items()}
    text = shown_value(value if isinstance(value, list) else spoken.get(value, value))
    return text if column.heading == _heading(listing) else f"{column.heading}「{text}」"


def _originals(rows: Sequence[Row]) -> dict[int, Row]:
    """Return for each number of the list the row that is it; copies of a row become rows of their own."""
    marked: dict[int, Row] = {}
    for row in rows:
        assert row.marker is not None
        other = marked.get(row.marker.index)
        if other is None:
            marked[row.marker.index] = row
            continue
        copy = row
        if _changes(row) < _changes(other):
            marked[row.marker.index], copy = row, other
        copy.marker = None
    return marked


def _changes(row: Row) -> int:
    assert row.marker is not None
    now = own_of(row.table, digests([row.text(column.heading) for column in row.table.columns]))
    return sum(one != other for one, other in zip(now, own_of(row.table, row.marker.cells), strict=True))


def _positions(listing: Listing, marked: Mapping[int, Row], count: int, whole: str) -> dict[int, int | None]:
    """Return where each row that was exported stands in the list now, None where it cannot be told.

    A row is found by what it was, by what it is now (the sheet was imported before), or by its text alone; rows
    between two such are matched one by one where as many stand between them now as then.
    """
    table, now = listing.table, len(listing.rows)
    if whole_of(table, listing.rows) == whole:
        return {index: index for index in range(count)}
    here = [digests(row) for row in listing.rows]
    were = {index: row.marker.cells for index, row in sorted(marked.items()) if row.marker is not None}
    are = {index: digests([marked[index].text(column.heading) for column in table.columns]) for index in were}
    text = _text_at(listing)
    at: dict[int, int | None] = dict.fromkeys(were)
    claimed: set[int] = set()

    def find(wanted: Mapping[int, tuple[str, ...]], part: Callable[[tuple[str, ...]], tuple[str, ...]]) -> None:
        places: dict[tuple[str, ...], list[int]] = {}
        for position, cells in enumerate(here):
            if position not in claimed:
                places.setdefault(part(cells), []).append(position)
        for index, cells in wanted.items():
            free = places.get(part(cells))
            if at[index] is None and free:
                at[index] = free.pop(0)
        claimed.update(position for position in at.values() if position is not None)

    find(were, lambda cells: own_of(table, cells))
    find(are, lambda cells: own_of(table, cells))
    find(were, lambda cells: cells[text : text + 1])
    found = [(index, position) for index, position in at.items() if position is not None]
    for (first, left), (last, right) in pairwise([(-1, -1), *found, (count, now)]):
        if last - first == right - left:
            for offset in range(1, last - first):
                if left + offset not in claimed:
                    at[first + offset] = left + offset
    return at


def _text_at(listing: Listing) -> int:
    return listing.table.index(_heading(listing))


def _heading(listing: Listing) -> str:
    return "回复" if listing.table is REPLIES else "例句"


def _kind(listing: Listing) -> str:
    return {"examples": "例句", "negatives": "反例", "out_of_scope": "范围外", "replies": "回复"}[listing.sort]


def shown_value(value: str | list[str]) -> str:
    """Return a value as it is shown in a line."""
    return value if isinstance(value, str) else "、".join(value)


def _short(text: str, longest: int = 40) -> str:
    text = visible(canonical(text).replace("\n", "、"))
    return text if len(text) <= longest else text[: longest - 1] + "…"


def conditions(cells: Sequence[str]) -> Iterator[tuple[str, str | list[str]]]:
    """Yield the conditions of a reply that its row says."""
    for column, text in zip(REPLIES.columns, cells, strict=True):
        value = said(text, column)
        if len(column.key) == 3 and value:
            yield column.key[-1], value
