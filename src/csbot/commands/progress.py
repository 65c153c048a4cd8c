"""A bar on the terminal for work that takes a while; nothing where nobody looks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE = 200  # pieces of work below which a bar is not worth its while


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function that takes how many of how many pieces are done, and draws a bar on standard error."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None, visible=False)

        def report(done: int, total: int) -> None:
            if total >= PATIENCE:
                bar.update(task, completed=done, total=total, visible=True)

        yield report
