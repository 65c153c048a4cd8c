"""Write tables as a workbook (.xlsx, ECMA-376) that can be edited at once: every cell a text, choices to pick from."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from csbot.sheets.cells import fits_workbook, for_csv, for_workbook
from csbot.sheets.notes import is_required, note_of
from csbot.sheets.tables import BASE, ID, SITUATION, SITUATIONS, Column, Table

ROWS = 20_000  # how far down the choices reach: below the last row there is room for new ones
_LONGEST_LIST = 255  # characters of a list of choices that stands in the sheet itself
README = "说明"


class TooLongError(ValueError):
    """A text does not fit a cell of a workbook; ``where`` says which."""

    def __init__(self, table: Table, row: int, column: Column) -> None:
        self.where = f"{table.name}表第 {row} 行「{column.heading}」"
        super().__init__(self.where)


Rows = Iterable[tuple[Sequence[str], str]]  # cells, and the base of the row


def workbook_bytes(
    tables: Mapping[str, tuple[Table, Rows]], readme: Sequence[str], words: Mapping[str, Sequence[str]]
) -> bytes:
    """Return a workbook with a sheet for each table, and a first one with the lines of ``readme``.

    ``words`` are choices that the library knows (periods, festivals, ids), by heading. Raises TooLongError.
    """
    from openpyxl import Workbook

    tables = {name: (table, list(rows)) for name, (table, rows) in tables.items()}
    for table, rows in tables.values():
        for number, (cells, _) in enumerate(rows, start=2):
            for column, text in zip(table.columns, cells, strict=True):
                if not fits_workbook(for_workbook(text)):
                    raise TooLongError(table, number, column)
    book = Workbook(write_only=True)
    _write_readme(book.create_sheet(README), readme)
    for table, rows in tables.values():
        _write_table(book.create_sheet(table.name), table, rows, words)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _write_readme(sheet: Any, lines: Sequence[str]) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment

    sheet.column_dimensions["A"].width = 100
    for line in lines:
        cell = WriteOnlyCell(sheet, line)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.append([cell])


def _write_table(sheet: Any, table: Table, rows: Rows, words: Mapping[str, Sequence[str]]) -> None:
    from openpyxl.styles import Alignment
    from openpyxl.utils import get_column_letter

    sheet.freeze_panes = "B2"
    for number, column in enumerate(table.columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    base = get_column_letter(len(table.columns) + 1)
    sheet.column_dimensions[base].hidden = True
    sheet.append(_header(sheet, table))
    rows, top = list(rows), Alignment(wrap_text=True, vertical="top")
    for cells, marker in rows:
        sheet.append([*(_text_cell(sheet, text, top) for text in cells), marker])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(rows) + 1}"
    for number, column in enumerate(table.columns, start=1):
        _offer_choices(sheet, get_column_letter(number), column, words)


def _text_cell(sheet: Any, text: str, alignment: Any) -> Any:
    """Return a cell that holds a text, never a formula, a date or a number, whatever it looks like."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, "")
    if text:
        cell.value = "文字"  # lets openpyxl call it a text; what begins with = would become a formula
        cell._value = for_workbook(text)
        cell.data_type = "s"
    cell.number_format = "@"
    cell.alignment = alignment
    if for_csv(text) != text:
        cell.quotePrefix = True  # stays a text when the cell is edited
    return cell


def _header(sheet: Any, table: Table) -> list[Any]:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill

    fills = {True: "FFE8D5C4", False: "FFDDE6EE"}
    cells = []
    for column in table.columns:
        cell = WriteOnlyCell(sheet, column.heading)
        cell.font = Font(bold=True)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        cell.fill = PatternFill("solid", fgColor=fills[is_required(column)])
        if note := note_of(column):
            cell.comment = Comment(note, "csbot", height=120, width=320)
        cells.append(cell)
    return [*cells, BASE]


def _offer_choices(sheet: Any, letter: str, column: Column, words: Mapping[str, Sequence[str]]) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    offered = [*column.choices, *words.get(column.heading, ())]
    listed = ",".join(offered)
    if column.heading == SITUATION:
        row = SITUATIONS.index(ID)
        formula = f"={SITUATIONS.name}!${'ABCDEFGH'[row]}$2:${'ABCDEFGH'[row]}${ROWS}"
    elif offered and len(listed) <= _LONGEST_LIST and not any("," in each or '"' in each for each in offered):
        formula = f'"{listed}"'
    else:
        return
    # A list of words takes several of them; what is not in the list is only remarked upon, the import decides.
    choice = DataValidation("list", formula1=formula, allow_blank=True, showErrorMessage=False)
    choice.add(f"{letter}2:{letter}{ROWS}")
    sheet.data_validations.append(choice)
