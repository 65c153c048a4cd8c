"""A word or a bar on the terminal for work that takes a while; nothing where nobody looks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer

QUIET = 2.0  # seconds after which somebody wonders whether anything goes on
WAITING = "正在准备：第一次用、或改过以后，要编译话术库，约半分钟；编译好的会留着，下次只要几秒……"
PATIENCE = 200  # pieces of work below which a bar is not worth its while


@contextmanager
def waiting() -> Iterator[None]:
    """Say on standard error what takes so long, once what is done here takes longer than two seconds."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield
        return
    timer = Timer(QUIET, lambda: print(WAITING, file=sys.stderr, flush=True))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


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
