"""What the tests of spreadsheets share: export a small library, change cells, import it."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

from openpyxl import Workbook, load_workbook

from csbot.cli import main

Sheet = Any  # of openpyxl
Edit = Callable[[Mapping[str, Sheet]], None]


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the content of every YAML file below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.yaml"))}


def run(*arguments: str, cwd: Path | None = None) -> CompletedProcess[str]:
    """Run csbot in this process, some times faster than as a program; what it wrote and its exit code."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(cwd or Path.cwd()), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(list(arguments))
        except SystemExit as left:
            code = left.code
    assert isinstance(code, int)
    return CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


def exported(folder: Path, name: str = "表.xlsx", *options: str) -> Path:
    """Export the library in a folder beside it, and return the file."""
    path = folder.parent / f"{folder.name}-{name}"
    done = run("--library", str(folder), "export", str(path), "--force", *options)
    assert done.returncode == 0, done.stderr
    return path


def imported(folder: Path, file: Path | str, *options: str) -> CompletedProcess[str]:
    """Import a file; named from its own folder, so that messages are the same everywhere."""
    file = Path(file)
    return run("--library", str(folder), "import", file.name, *options, cwd=file.parent)


def edit(path: Path, change: Edit) -> None:
    """Change the cells of a workbook."""
    book = load_workbook(path)
    change({sheet.title: sheet for sheet in book.worksheets})
    book.save(path)


def column(sheet: Sheet, heading: str) -> int:
    """Return the number of a column, from 1."""
    return [cell.value for cell in sheet[1]].index(heading) + 1


def rows(sheet: Sheet, **wanted: str) -> list[int]:
    """Return the numbers of the rows whose cells say what is wanted, by heading."""
    at = {column(sheet, heading): text for heading, text in wanted.items()}
    return [
        number
        for number in range(2, sheet.max_row + 1)
        if all(sheet.cell(number, index).value == text for index, text in at.items())
    ]


def put(sheet: Sheet, row: int, heading: str, text: Any) -> None:
    """Write into a cell."""
    sheet.cell(row, column(sheet, heading)).value = text


def append(sheet: Sheet, **cells: Any) -> None:
    """Add a row."""
    headings = [cell.value for cell in sheet[1]]
    assert cells.keys() <= set(headings)
    sheet.append([cells.get(heading) for heading in headings])


def workbook(path: Path, table: Sequence[Sequence[Any]], title: str = "Sheet1") -> Path:
    """Write a workbook of one sheet, as somebody may have it."""
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in table:
        sheet.append(list(row))
    book.save(path)
    return path
