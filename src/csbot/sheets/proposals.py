"""Replies that belong to no situation yet, as a table in which a trainer says which one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from csbot.library.models import Library
from csbot.sheets.csv_writing import csv_bytes
from csbot.sheets.grid import Cell
from csbot.sheets.tables import REPLY, SITUATION, Column, Table
from csbot.sheets.workbook import Rows, workbook_bytes

GUESS, TITLE = "可能的情景", "原来的标题"
PROPOSALS = Table(
    "待定的话术",
    (
        Column(SITUATION, width=26, note="填上情景的编号或名称；不要的就删掉整行。"),
        Column(GUESS, width=30, note="名称相近的情景，仅供参考。"),
        Column(TITLE, width=24),
        Column(REPLY, width=80),
    ),
)
_README = (
    "这些话术导入时认不出属于哪个情景。在“情景编号”里填上编号或名称（不要的删掉整行），保存，再运行 csbot import。",
)


def proposals_bytes(
    library: Library, homeless: Sequence[tuple[Cell, str, str]], near: Callable[[str], str], ending: str
) -> bytes:
    """Return the file, a workbook or CSV by its ending, that an import takes again once it is filled in."""
    rows: list[tuple[Sequence[str], str]] = []
    for _, title, text in homeless:
        guess = near(title)
        name = library.intents[guess].name if guess in library.intents else ""
        rows.append((("", f"{guess} {name}".strip(), title, text), ""))
    tables: dict[str, tuple[Table, Rows]] = {PROPOSALS.name: (PROPOSALS, rows)}
    return csv_bytes(tables, "utf-8") if ending == ".csv" else workbook_bytes(tables, _README, {})
