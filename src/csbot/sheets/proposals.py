"""What belongs to no situation yet, as a table in which a trainer says which one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from csbot.library.models import Library
from csbot.sheets.changes import Homeless
from csbot.sheets.csv_writing import csv_bytes
from csbot.sheets.judging import Judge
from csbot.sheets.tables import EXAMPLE, REPLY, SITUATION, Column, Table
from csbot.sheets.workbook import Rows, workbook_bytes

GUESS, TITLE, FAULTS = "可能的情景", "原来的标题", "要先改的地方"
PROPOSALS = Table(
    "待定的话术",
    (
        Column(SITUATION, width=26, note="填上情景的编号或名称；不要的就删掉整行。"),
        Column(GUESS, width=30, note="看起来最像的情景，仅供参考。"),
        Column(TITLE, width=24),
        Column(EXAMPLE, width=40),
        Column(REPLY, width=80),
        Column(FAULTS, width=50, note="回复里的服务忌语和改说；改好才能导入。"),
    ),
)
_README = (
    "这些话术导入时认不出属于哪个情景。在“情景编号”里填上编号或名称（不要的删掉整行），保存，再运行 csbot import。",
)


def proposals_bytes(
    library: Library, homeless: Sequence[Homeless], guess: Callable[[Homeless], str], ending: str
) -> bytes:
    """Return the file, a workbook or CSV by its ending, that an import takes again once it is filled in.

    ``guess`` gives the id of the situation that something most likely belongs to, "" for none.
    """
    judge = Judge(library)
    lines: dict[tuple[str, int], list[Homeless]] = {}
    for each in homeless:
        lines.setdefault((each.cell.sheet, each.cell.line), []).append(each)
    rows: list[tuple[Sequence[str], str]] = []
    for found in lines.values():
        near = next(filter(None, map(guess, found)), "")
        name = library.intents[near].name if near in library.intents else ""
        replies, examples = ([each.text for each in found if each.is_reply is kind] for kind in (True, False))
        faults = [message for text in replies for _, message in judge.faults(text, ())]
        cells = (f"{near} {name}".strip(), found[0].title, "\n".join(examples), "\n".join(replies), "\n".join(faults))
        rows.append((("", *cells), ""))
    tables: dict[str, tuple[Table, Rows]] = {PROPOSALS.name: (PROPOSALS, rows)}
    return csv_bytes(tables, "utf-8") if ending == ".csv" else workbook_bytes(tables, _README, {})
