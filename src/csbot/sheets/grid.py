"""The cells of a file, whatever its format: what each says, and where it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from csbot.sheets.cells import from_csv, from_workbook
from csbot.sources.excel import opened_sheets
from csbot.sources.opening import opened, text_lines
from csbot.sources.passage import Fail, SourceError, failure_of
from csbot.sources.tables import records

MOST_ROWS = 200_000
TOLD = 100  # rows after each of which it is told how far the reading is

Progress = Callable[[str, int, int | None], None]  # which work, in Chinese; how many of how many parts are done


def silent(_what: str, _done: int, _total: int | None) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell. Line and column count from 1; in a CSV file the column in code points, in a workbook in columns."""

    text: str
    line: int
    column: int
    sheet: str = ""  # the title of its sheet; "" in a CSV file
    is_formula: bool = False

    @property
    def name(self) -> str:
        """The cell as a spreadsheet program names it: 「回复!C5」; nothing in a CSV file."""
        if not self.sheet:
            return ""
        letters, number = "", self.column
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(ord("A") + rest) + letters
        return f"{self.sheet}!{letters}{self.line}"


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet of a workbook, or a CSV file: its rows, those without text left out."""

    title: str
    rows: list[list[Cell]]


def read_grids(path: str, shown: str, encoding: str | None, progress: Progress = silent) -> list[Grid]:
    """Return the tables of a file (.xlsx, .xlsm, .csv, .tsv). Raises SourceError."""
    fail = failure_of(shown)
    with opened(path, fail) as stream:
        if path.lower().endswith((".xlsx", ".xlsm")):
            with opened_sheets(stream, fail, formulas=True) as sheets:
                return [Grid(sheet.title, _sheet_rows(sheet, fail, progress)) for sheet in sheets]
        delimiter = "\t" if path.lower().endswith((".tsv", ".tab")) else None
        rows: list[list[Cell]] = []
        for raw, values in records(text_lines(stream, path, encoding, fail), delimiter, fail):
            row = [Cell(from_csv(value.text(raw.text)), *raw.place(value.start)) for value in values]
            _keep(rows, row, fail, progress)
        return [Grid("", rows)]


def _sheet_rows(sheet: Any, fail: Fail, progress: Progress) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = [
            Cell(from_workbook(_text_of(cell.value)), number, column, sheet.title, cell.data_type in ("f", "e"))
            for column, cell in enumerate(row, start=1)
        ]
        _keep(rows, cells, fail, progress)
    return rows


def _keep(rows: list[list[Cell]], row: list[Cell], fail: Fail, progress: Progress) -> None:
    if any(cell.text.strip() for cell in row):
        rows.append(row)
        if len(rows) % TOLD == 0:
            progress("读表格", len(rows), None)
    if len(rows) > MOST_ROWS:
        raise too_many(fail, row[0].line)


def too_many(fail: Fail, line: int) -> SourceError:
    """Return the error for a file with more rows than anybody edits."""
    return fail((line, 1), "file.too-large", f"表格超过 {MOST_ROWS} 行，已拒绝读取；请拆成几个文件")


def _text_of(value: object) -> str:
    """Return what a cell shows that is no text: dates as 2026-12-31, whole numbers without a point."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)
