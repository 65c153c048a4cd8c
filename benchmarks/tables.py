"""Tables that read well in a terminal and can be pasted into Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import date

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

MEGABYTE = 1_000_000
_CONSOLE = Console(width=120, highlight=False, markup=False, emoji=False)


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under a title; all columns but the first are flushed right."""
    table = Table(box=box.MARKDOWN)
    for number, column in enumerate(columns):
        table.add_column(Text(column), justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    _CONSOLE.print(f"\n## {title}\n", style="bold")
    _CONSOLE.print(table)


def print_note(text: str) -> None:
    """Print a remark."""
    _CONSOLE.print(Text(text, style="dim"))


def print_machine() -> None:
    """Print the date and the size of the machine: without them no figure means anything."""
    from csbot import __version__

    print_note(
        f"csbot {__version__}, {date.today().isoformat()}, {platform.python_implementation()} "
        f"{platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores{_memory()}"
    )


def _memory() -> str:
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return ""
    return f", {size / 1e9:.0f} GB"


def seconds(value: float | None) -> str:
    """Return a duration in seconds as a cell."""
    return "–" if value is None else f"{value:.3f}"


def share(value: float | None) -> str:
    """Return a share of one as a cell: ``.907``."""
    return "–" if value is None else f"{value:.3f}".removeprefix("0")


def percentile(values: Sequence[float], part: float) -> float:
    """Return the value below which ``part`` (0..1) of the values lie; ValueError for a part that is none."""
    if not 0 <= part <= 1:
        raise ValueError(f"{part} is no part of a whole: 0.99 is meant, not 99")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]
