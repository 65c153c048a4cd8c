"""What a heading explains: taken from the shapes of the files, so that it is said in one place only."""

from __future__ import annotations

from typing import Any

from csbot.library.shapes.files import SHAPES
from csbot.sheets.holdings import ENTRIES
from csbot.sheets.tables import Column, Form

_HOW = {
    Form.TEXT: "",
    Form.DATE: "",
    Form.WORDS: "有几个时一行一个（Alt+Enter 换行），或用「、」隔开。",
    Form.LINES: "有几句时一行一句（Alt+Enter 换行）。",
}


def is_required(column: Column) -> bool:
    """Tell whether an entry that is new must have a value here."""
    if not column.kind:
        return False
    shape = _around(column)
    return column.key[-1] in (*shape["required"], *shape.get("else", {}).get("required", ()))


def note_of(column: Column) -> str:
    """Return in Chinese what a column is for, how it is filled in, and an example."""
    if column.note or not column.kind:
        return column.note
    shape = _around(column)["properties"][column.key[-1]]
    examples = shape.get("examples", ())
    parts = [shape.get("description", ""), _HOW[column.form]]
    if column.choices:
        parts.append(f"可写：{'、'.join(column.choices)}。")
    elif examples:
        example = examples[0]
        parts.append(f"例：{example if isinstance(example, str) else '、'.join(map(str, example))}")
    return "\n".join(part for part in parts if part)


def _around(column: Column) -> dict[str, Any]:
    """Return the shape of the group of keys that the value of a column stands in."""
    shape: dict[str, Any] = SHAPES[column.kind]["properties"][ENTRIES[column.kind]]["items"]
    for name in column.key[:-1]:
        shape = shape["properties"][name]
        shape = shape.get("items", shape)
    return shape
