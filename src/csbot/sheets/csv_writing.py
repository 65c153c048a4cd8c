"""Write tables as CSV (RFC 4180) as spreadsheet programs in China open it: UTF-8 with a mark, or GB18030."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from csbot.sheets.cells import for_csv
from csbot.sheets.tables import BASE, TABLE, Table
from csbot.sheets.workbook import Rows

CODECS = {"utf-8": "utf-8-sig", "gb18030": "gb18030"}


def csv_bytes(tables: Mapping[str, tuple[Table, Rows]], encoding: str) -> bytes:
    """Return the tables as one CSV file. Several share their columns, and the first one tells the table of a row."""
    several = len(tables) > 1
    headings = list(dict.fromkeys(column.heading for table, _ in tables.values() for column in table.columns))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*([TABLE] if several else []), *headings, BASE])
    for table, rows in tables.values():
        at = [headings.index(column.heading) for column in table.columns]
        for cells, marker in rows:
            line = [""] * len(headings)
            for index, cell in zip(at, cells, strict=True):
                line[index] = for_csv(cell)
            writer.writerow([*([table.name] if several else []), *line, marker])
    return text.getvalue().encode(CODECS[encoding])
