"""Workbooks (.xlsx, ECMA-376): every sheet, a row at a time."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO
from xml.parsers import expat

from csbot.sources.columns import Columns, columns_of, row_ignores
from csbot.sources.passage import END_OF_LINE, Cell, Fail, Items, SourceError, Span
from csbot.text.regex import regex

LARGEST_WORKBOOK = 256 * 1024 * 1024  # bytes, unpacked
MOST_CELLS = 50_000_000  # the empty ones before the last of each row included
LAST_ROW = 1_048_576
LETTERS = 3  # of the last column, XFD
_REFERENCE = regex(r"(?P<column>[A-Za-z]*)(?P<row>\d*)")
_NOT_A_WORKBOOK = "不是能读的 Excel 工作簿（.xlsx）；旧版 .xls 和加密的文件请另存为 .xlsx，或导出 CSV"


_TEXT = "名字是 Excel 工作簿（.xlsx），内容却是文字，像是 CSV：请把扩展名改成 .csv，或者用 Excel 另存为 .xlsx"


class _RefusedError(Exception):
    """A workbook that no spreadsheet program writes."""


def workbook_items(stream: BinaryIO, fail: Fail, wanted: Sequence[str]) -> Items:
    """Yield the text of the chosen columns of all sheets: the row as line, the number of the column as column.

    Of a formula its last result counts. Raises ``table.workbook``, ``table.column`` or ``file.too-large``.
    """
    found_column = missing = False
    with opened_sheets(stream, fail, formulas=False) as sheets:
        for sheet in sheets:
            try:
                yield from _sheet_items(sheet.title, sheet.iter_rows(values_only=True), fail, wanted)
                found_column = True
            except SourceError as error:
                # A sheet of other columns is no fault as long as one has those that were asked for.
                if error.problem.code != "table.column":
                    raise
                missing = True
                last = error
    if missing and not found_column:
        raise last


@contextmanager
def opened_sheets(stream: BinaryIO, fail: Fail, *, formulas: bool) -> Iterator[Sequence[Any]]:
    """Open the sheets of a workbook, to be read row by row; with ``formulas`` a formula is one, else its last result.

    Raises ``table.workbook`` or ``file.too-large``, also for what is only found while the sheets are read.
    """
    from openpyxl import load_workbook

    source = stream if stream.seekable() else io.BytesIO(stream.read())
    try:
        with warnings.catch_warnings():
            # openpyxl speaks of what it leaves out: charts, validations
            warnings.filterwarnings("ignore", module="openpyxl")
            _examine(source, fail)
            workbook = load_workbook(source, read_only=True, data_only=not formulas)
            try:
                for sheet in workbook.worksheets:
                    sheet.reset_dimensions()  # what a file says of its own size is not to be trusted
                yield workbook.worksheets
            finally:
                workbook.close()
    except SourceError:
        raise
    except MemoryError:
        raise fail((1, 1), "file.too-large", "工作簿展开后太大，已拒绝读取") from None
    except Exception:  # openpyxl lets through whatever a damaged part makes of its own code
        raise fail((1, 1), "table.workbook", _TEXT if _is_text(source) else _NOT_A_WORKBOOK) from None


def _is_text(source: BinaryIO) -> bool:
    """Tell whether what should be a workbook is text, such as a CSV file that was renamed."""
    try:
        source.seek(0)
        start = source.read(4096)
    except (OSError, ValueError):
        return False
    return bool(start) and not start.startswith((b"PK", b"\xd0\xcf")) and min(start) >= 9 and b"," in start


def _sheet_items(title: str, rows: Iterator[tuple[object, ...]], fail: Fail, wanted: Sequence[str]) -> Items:
    from openpyxl.utils import get_column_letter

    columns: Columns | None = None
    cells = 0
    for number, row in enumerate(rows, start=1):
        cells += len(row)
        if cells > MOST_CELLS:
            raise fail((number, 1), "file.too-large", "工作表的单元格太多，已拒绝读取；请拆开或导出 CSV")
        texts = [value if isinstance(value, str) else "" for value in row]
        if not any(texts):
            continue
        if columns is None:
            columns = columns_of(texts, wanted, (number, 1), fail)
            if not columns.everything:
                continue
        place = (number, (columns.ignores or 0) + 1)
        span = Span(*place, number, place[1] + 1, texts[place[1] - 1] if place[1] <= len(texts) else "")
        yield from row_ignores(texts, columns, span, (number, END_OF_LINE))
        for index, text in enumerate(texts):
            if text.strip() and columns.holds_text(index):
                yield Cell(text, number, index + 1, f"{title}!{get_column_letter(index + 1)}{number}")


def _examine(stream: BinaryIO, fail: Fail) -> None:
    """Refuse what unpacks to more than it should, declares entities, or names cells that no sheet has.

    openpyxl would believe a cell ``ZZZZZZZ1``, and fill the row up to it.
    """
    with zipfile.ZipFile(stream) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > LARGEST_WORKBOOK:
            raise fail((1, 1), "file.too-large", "工作簿展开后超过 256 MB，已拒绝读取；请拆开或导出 CSV")
        for part in parts:
            with archive.open(part) as content, suppress(expat.ExpatError):  # what is needed openpyxl will miss
                parser = expat.ParserCreate()
                parser.StartDoctypeDeclHandler = _refuse
                parser.StartElementHandler = _examine_element
                parser.ParseFile(content)
    stream.seek(0)


def _refuse(*_: object) -> None:
    raise _RefusedError


def _examine_element(name: str, attributes: dict[str, str]) -> None:
    if name.rpartition(":")[2] in ("c", "row") and (reference := attributes.get("r")) is not None:
        found = _REFERENCE.fullmatch(reference)
        if found is None or len(found["column"]) > LETTERS or len(found["row"]) > len(str(LAST_ROW)):
            raise _RefusedError
        if found["row"] and not 1 <= int(found["row"]) <= LAST_ROW:
            raise _RefusedError
