"""The rows of a file as rows of our tables: what each says, and of what it remembers that it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from csbot.sheets.grid import Cell, Grid
from csbot.sheets.headings import CODE, FREE, GROUP, KEYWORDS, Headings, has_wide_commas, headings_of, lacking, unknown
from csbot.sheets.markers import SAMPLE, Marker, digests, marker_of
from csbot.sheets.tables import (
    BASE,
    EXAMPLE,
    EXAMPLES,
    REPLIES,
    REPLY,
    SITUATION,
    SITUATION_NAME,
    SORT,
    TABLE,
    TABLES,
    Table,
)

_NOTHING: Mapping[str, str] = {}


Origin = tuple[str, str, int]  # where a row was exported from: owner and sort of the list, and its number there


@dataclass(slots=True)
class Row:
    """A row: its cells by the headings of ``table``, and its base where it has one that holds.

    ``named`` are the cells that may say which situation it belongs to, the surest first. ``words`` are keywords
    that stand beside a reply or an example. ``moved_from`` is where it was when it was exported, if that is elsewhere.
    """

    table: Table
    cells: Mapping[str, Cell]
    marker: Marker | None
    named: list[Cell] = field(default_factory=list)
    words: Cell | None = None
    moved_from: Origin | None = None

    @property
    def first(self) -> Cell:
        """A cell to say something about the whole row at."""
        return next(iter(self.cells.values()))

    def text(self, heading: str) -> str:
        """Return what a cell says, nothing where the column is not there."""
        cell = self.cells.get(heading)
        return cell.text if cell is not None else ""


@dataclass(slots=True)
class Reading:
    """What a file says, sheet by sheet."""

    rows: list[Row] = field(default_factory=list)
    unknown: list[tuple[Cell, str]] = field(default_factory=list)  # of sheets of which nothing is known: where, why
    lacking: list[tuple[Cell, str]] = field(default_factory=list)  # of sheets that lack a column: where, and which
    formulas: list[Cell] = field(default_factory=list)
    unread: set[Origin] = field(default_factory=set)  # whose rows those are
    crowded: list[tuple[Cell, str]] = field(default_factory=list)  # of rows of CSV files with too many cells
    known: int = 0  # sheets

    def note_unread(self, marker: Marker) -> None:
        """Note that an exported row is in the sheet but cannot be read: it was not removed."""
        self.unread.add((marker.owner, marker.sort, marker.index))


def read_rows(grids: list[Grid], named: Mapping[str, str] = _NOTHING) -> Reading:
    """Return the rows of all sheets; ``named`` tells what columns are, by their headings."""
    reading = Reading()
    for grid in grids:
        headings = headings_of(grid, named)
        if headings is None and (lacks := lacking(grid, named)) is not None:
            reading.lacking.append(lacks)
            continue
        if headings is None:
            is_table = any(len([cell for cell in row if cell.text.strip()]) > 1 for row in grid.rows)
            if is_table or has_wide_commas(grid):
                reading.unknown.append((grid.rows[0][0], unknown(grid)))
            continue
        reading.known += 1
        width = len(headings.cells)
        for cells in grid.rows[headings.first :]:
            if not grid.title and any(cell.text.strip() for cell in cells[width:]):
                message = (
                    f"这一行有 {len(cells)} 格，列名只有 {width} 个，多半是话里有英文逗号："
                    "请用中文逗号，或者把整格放进英文双引号里"
                )
                reading.crowded.append((cells[width], message))
                for marker in filter(None, (marker_of(cell.text) for cell in cells)):  # wherever the comma pushed it
                    reading.note_unread(marker)
                cells.clear()
        for row in _rows_of(grid, headings):
            formulas = [cell for cell in row.cells.values() if cell.is_formula]
            reading.formulas += formulas
            if not formulas:
                reading.rows.append(row)
            elif row.marker is not None:
                reading.note_unread(row.marker)
    return reading


def _rows_of(grid: Grid, headings: Headings) -> Iterator[Row]:
    inherits = headings.kind == FREE and BASE not in headings.columns and SORT not in headings.columns
    above: list[Cell] = []
    for cells in filter(None, grid.rows[headings.first :]):

        def cell_at(index: int, cells: list[Cell] = cells) -> Cell:
            return cells[index] if index < len(cells) else Cell("", cells[0].line, index + 1, grid.title)

        by_heading = {name: cell_at(index) for name, index in headings.columns.items()}
        kind = headings.kind or by_heading[TABLE].text.strip()
        marker = marker_of(by_heading[BASE].text) if BASE in by_heading else None
        if kind in TABLES and TABLES[kind] not in (EXAMPLES, REPLIES):
            row = _own_row(TABLES[kind], by_heading, marker)
            if not _is_sample(row, marker):
                yield row
            continue
        named = [by_heading[name] for name in (SITUATION, SITUATION_NAME, CODE, GROUP) if name in by_heading]
        named[1:1] = [cell_at(index) for index in headings.more.get(SITUATION, ())]
        if not named and EXAMPLE in by_heading:  # of a table of questions and answers the question tells
            named = [by_heading[EXAMPLE]]
        if inherits and above:
            count = (SITUATION in headings.columns) + len(headings.more.get(SITUATION, ()))
            named = _filled_down(named, above, count)
        above = named
        yield from _free_rows(by_heading, marker, named, kind)
        for name in (REPLY, EXAMPLE, KEYWORDS):
            for index in headings.more.get(name, ()):
                rest = {key: each for key, each in by_heading.items() if key not in (REPLY, EXAMPLE, KEYWORDS)}
                yield from _free_rows({**rest, name: cell_at(index)}, None, named, kind)


def _filled_down(named: list[Cell], above: list[Cell], count: int) -> list[Cell]:
    """Return the cells that name the situation of a row, those that are merged downwards as the row above has them.

    Where all are empty, all are merged. The first ``count`` are columns of situations: one of them is merged too where
    the others say what they say above (「主题」 stands in every row, 「场景」 does not).
    """
    said = [one.text.strip() == two.text.strip() for one, two in zip(named, above, strict=True) if one.text.strip()]
    if not said:
        return above
    if not all(said):
        return named
    return [
        two if number < count and not one.text.strip() else one
        for number, (one, two) in enumerate(zip(named, above, strict=True))
    ]


def _own_row(table: Table, cells: Mapping[str, Cell], marker: Marker | None) -> Row:
    own = {column.heading: cells[column.heading] for column in table.columns if column.heading in cells}
    if marker is not None and (len(own) < len(table.columns) or len(marker.cells) != len(table.columns)):
        marker = None
    return Row(table, own, marker)


def _free_rows(cells: Mapping[str, Cell], marker: Marker | None, named: list[Cell], kind: str) -> Iterator[Row]:
    """Yield what a row of replies or examples says: one row for each of the two, where it has both."""
    for table, heading in ((REPLIES, REPLY), (EXAMPLES, EXAMPLE)):
        if heading not in cells or (kind in TABLES and TABLES[kind] is not table):
            continue
        row = _own_row(table, cells, marker)
        row.named = named
        if _is_sample(row, row.marker) or not (row.text(heading).strip() or row.marker):
            continue
        yield row
    if KEYWORDS in cells and cells[KEYWORDS].text.strip():
        yield Row(EXAMPLES, {KEYWORDS: cells[KEYWORDS]}, None, named, cells[KEYWORDS])


def _is_sample(row: Row, marker: Marker | None) -> bool:
    """Tell whether a row is the one that the template shows, not yet made anybody's own."""
    if marker is None or marker.owner != SAMPLE:
        return False
    unchanged = marker.cells == digests([row.text(column.heading) for column in row.table.columns])
    row.marker = None
    return unchanged
