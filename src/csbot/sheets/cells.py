"""What stands in a cell: values of the library as text, and text as values.

A cell counts as changed where its text is another one than was exported, so that what nobody touched is never
read back: a round trip loses nothing, whatever a text holds.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from csbot.sheets.tables import Column, Form
from csbot.text.regex import regex

LONGEST = 32_767  # UTF-16 units that a cell of a workbook holds (ECMA-376, as Excel limits it)
_DATE = regex(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 0?0:00(?::00)?)?")  # as spreadsheets write it
_SEPARATORS = regex(r"[、，,；;]")
# What a spreadsheet program takes for a formula, full-width forms included: Excel in East Asia reads them alike.
_FORMULA = "=+\\-@\t\r＝＋－＠"
_DANGEROUS = regex(rf"'*[{_FORMULA}]")
_NEUTRALISED = regex(rf"'+[{_FORMULA}]")
# What XML cannot hold, or would change; and what a workbook would take for one of these escapes.
_NO_XML = regex("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_NO_CSV = regex("[\x00-\x08\x0b\x0c\x0e-\x1f]|_(?=x[0-9A-Fa-f]{4}_)")  # a NUL makes a file binary
_ESCAPED = regex(r"_x([0-9A-Fa-f]{4})_")


def canonical(text: str) -> str:
    """Return a text without what spreadsheet programs change by themselves: line endings, space around it."""
    return text.replace("\r\n", "\n").strip()


def digest(text: str) -> str:
    """Return what a text is recognised by again: 8 hexadecimal digits, "-" for an empty one."""
    text = canonical(text)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8] if text else "-"


def shown(value: Any, column: Column) -> str:
    """Return a value of the library as a cell shows it; nothing for None."""
    if value is None:
        return ""
    spoken = {stored: said for said, stored in column.choices.items()}
    if isinstance(value, str):
        return spoken.get(value, value)
    items = [spoken.get(each, each) for each in value]
    text = "\n".join(items)
    # A single item with a separator in it would be taken for several ones: the line break says that it is none.
    return text + "\n" if column.form is Form.WORDS and len(items) == 1 and _SEPARATORS.search(text) else text


def said(text: str, column: Column) -> str | list[str]:
    """Return what a cell that a person wrote means, as the file says it. Choices may be written either way."""
    if column.form is Form.DATE:
        found = _DATE.fullmatch(canonical(text))
        return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else canonical(text)
    if column.form is Form.TEXT:
        text = canonical(text)
        return column.choices.get(text, text)
    text = text.replace("\r\n", "\n")
    parts: Sequence[str]
    parts = _SEPARATORS.split(text) if column.form is Form.WORDS and "\n" not in text else text.split("\n")
    items = (part.strip() for part in parts)
    return list(dict.fromkeys(column.choices.get(item, item) for item in items if item))


def for_csv(text: str) -> str:
    """Return a text as a cell of a CSV file from which no spreadsheet program makes a formula.

    An apostrophe goes before it, also where such ones stand there already, so that ``from_csv`` gives it back. What
    a text file does not hold is written as in a workbook.
    """
    text = _NO_CSV.sub(_escape, text)
    return "'" + text if _DANGEROUS.match(text) else text


def from_csv(text: str) -> str:
    """Return what a cell of a CSV file says, without the apostrophe that only keeps it from being a formula."""
    return from_workbook(text[1:] if _NEUTRALISED.match(text) else text)


def _escape(found: re.Match[str]) -> str:
    return f"_x{ord(found[0]):04X}_"


def for_workbook(text: str) -> str:
    """Return a text as XML can hold it, other characters as ``_x0007_`` (ECMA-376, ST_Xstring)."""
    return _NO_XML.sub(_escape, text)


def from_workbook(text: str) -> str:
    """Return what a cell of a workbook says."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def fits_workbook(text: str) -> bool:
    """Tell whether a text is short enough for a cell of a workbook."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 <= LONGEST
