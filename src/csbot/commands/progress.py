"""A bar on the terminal for work that takes a while; nothing where nobody looks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE = 200  # pieces of work below which a bar is not worth its while


@contextmanager
def progress() -> Iterator[Callable[[str, int, int | None], None]]:
    """Give a function that draws a bar on standard error.

    It takes which piece of work is going on, in Chinese, and how many of how many parts of it are done; None for how
    many where nobody knows. The bar appears with the first piece that has many parts.
    """
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda _what, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, visible=False)

        def report(what: str, done: int, total: int | None) -> None:
            nonlocal task
            if (before := bar.tasks[0]).description != what:
                bar.remove_task(task)
                task = bar.add_task(what, total=total, visible=before.visible)
            if max(done, total or 0) >= PATIENCE:
                bar.update(task, visible=True)
            bar.update(task, completed=done, total=total)

        yield report
