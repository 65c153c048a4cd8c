"""An import from beginning to end, up to where the files would be written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from csbot.library.models import Library
from csbot.sheets.applying import Applied, apply
from csbot.sheets.changes import Change, Finding, Outcome
from csbot.sheets.foreign import read_json
from csbot.sheets.grid import Cell, Grid, Progress, read_grids
from csbot.sheets.headings import unknown
from csbot.sheets.holdings import Holdings, read_holdings
from csbot.sheets.judging import Judge
from csbot.sheets.merging import Prefer
from csbot.sheets.planning import Planner
from csbot.sheets.rows import Reading, read_rows
from csbot.sheets.tables import TABLES
from csbot.sources.passage import failure_of

ROUNDS = 20  # of trying: each leaves out what was wrong, and may bring to light what that was hiding


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the trainer asked for."""

    prefer: Prefer = Prefer.NEITHER
    removes: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)  # heading → what its column is
    keeps_homeless: bool = False  # rows that belong to no situation are kept elsewhere: no fault


@dataclass(slots=True)
class Import:
    """What comes of a file: the changes that are sound, and everything that is not."""

    path: str
    held: Holdings
    outcome: Outcome
    removes: bool
    near: Callable[[str], str]
    changes: list[Change] = field(default_factory=list)
    applied: Applied | None = None
    names: Mapping[str, str] = field(default_factory=dict)  # of all situations, those of lower layers too

    @property
    def findings(self) -> list[Finding]:
        """All findings, in the order of the file."""
        found = {
            (each.cell.sheet, each.cell.line, each.cell.column, each.message): each for each in self.outcome.findings
        }
        return sorted(found.values(), key=lambda each: (each.cell.sheet, each.cell.line, each.cell.column))

    @property
    def errors(self) -> list[Finding]:
        """The findings that keep a row out."""
        return [each for each in self.findings if each.severity == "error"]

    @property
    def files(self) -> list[str]:
        """The files that would change."""
        return sorted(self.applied.amendment.changed) if self.applied is not None else []

    def name_of(self, owner: str) -> str:
        """Return the name of a situation or the wording of a rule, nothing for what is new."""
        rule = self.held.rules.get(owner)
        return rule.cells[2] if rule is not None else self.held.name_of(owner) or self.names.get(owner, "")


def plan_import(
    library: Library, path: str, shown: str, encoding: str | None, wishes: Wishes, progress: Progress
) -> Import:
    """Return what a file would change in a library. Raises SourceError, EditError and LibraryError.

    ``progress`` is told of all of it: reading, comparing, judging, and trying whether the library would load.
    """
    held = read_holdings(library.root)
    reading = _read(path, shown, encoding, wishes.columns, progress)
    planner = Planner(held, library, wishes.prefer, progress=progress)
    names = {intent.id: intent.name for intent in library.intents.values()}
    outcome = planner.plan(reading)
    for cell, message in reading.lacking:
        outcome.error(cell, "sheet.header", message)
    for cell, message in reading.unknown:
        outcome.error(cell, "sheet.header", message, "warning")
    if wishes.removes:
        outcome.changes += outcome.missing
    if not wishes.keeps_homeless:
        for each in outcome.homeless:
            near, title = planner.near(each.title), each.title
            called = f"（{done_name}）" if (done_name := names.get(near)) else ""
            hint = f"，是不是「{near}」{called}？" if near else "；加 --proposals 文件 可以把这些话术另外存成表格"
            named = f"「{title}」" if title else "这一行"
            outcome.error(each.where or each.cell, "sheet.no-situation", f"话术库里没有{named}对应的情景{hint}")
    done = Import(shown, held, outcome, wishes.removes, planner.near, names=names)
    done.changes = _without_refused(outcome, Judge(library).judge(outcome, progress))
    _try(done, progress)
    return done


def _read(path: str, shown: str, encoding: str | None, columns: Mapping[str, str], progress: Progress) -> Reading:
    if path.lower().endswith(".json"):
        return read_json(path, shown, encoding)
    reading = read_rows(read_grids(path, shown, encoding, progress), columns)
    if not reading.known and reading.lacking:
        cell, message = reading.lacking[0]
        raise failure_of(shown)((cell.line, cell.column), "sheet.header", message)
    if not reading.known:
        cell, message = reading.unknown[0] if reading.unknown else (Cell("", 1, 1), unknown(Grid("", [])))
        place = cell.line, cell.column
        raise failure_of(shown)(place, "sheet.header", message)
    return reading


def spoken(message: str) -> str:
    """Return what is wrong with a value, with the values that a cell may say instead of those of the files."""
    for table in TABLES.values():
        for column in table.columns:
            # In the words of files each value may have its meaning behind it, which those of cells tell by themselves.
            values = "、".join(f"{re.escape(value)}(?:（[^（）]*）)?" for value in column.choices.values())
            if values and (known := re.search(f"(?<=，可用：){values}", message)) is not None:
                return message[: known.start()] + "、".join(column.choices) + message[known.end() :]
    return message


def _without_refused(outcome: Outcome, changes: list[Change]) -> list[Change]:
    """Return changes without those that take away what was moved to a place where it may not be."""
    return [change for change in changes if not outcome.stays(change)]


def _try(done: Import, progress: Progress) -> None:
    """Load the library as it would be, leaving out change after change that breaks it."""
    for _ in range(ROUNDS):
        if not done.changes:
            return
        applied = apply(done.held, done.changes, progress)
        progress("试着载入", 0, None)
        library, errors = applied.tried()
        if library is not None:
            done.applied = applied
            return
        bad: list[Change] = []
        for problem, change, cell in errors:
            where = cell or Cell("", 1, 1)
            place = "" if cell is not None else f"写入以后 {problem.path}:{problem.line}:{problem.column} 有问题："
            done.outcome.error(where, problem.code, place + spoken(problem.message))
            if change is not None:
                bad.append(change)
        if not bad:
            done.changes = []
            return
        kept = [change for change in done.changes if not any(change is each for each in bad)]
        done.changes = _without_refused(done.outcome, kept)
    done.changes = []
