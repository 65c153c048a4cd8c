"""Options that several commands share, and how their values become objects."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from csbot.commands.errors import InvalidInputError

if TYPE_CHECKING:
    from csbot.library.models import Library

Function = TypeVar("Function", bound=Callable[..., Any])


def _moment(_ctx: click.Context, _param: click.Parameter, value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        given = datetime.fromisoformat(value).replace(tzinfo=None)
    except ValueError:
        raise click.BadParameter(f"「{value}」不是时间，写法如 2026-02-17T09:30") from None
    if not 1900 <= given.year <= 2099:
        raise click.BadParameter(f"「{value}」不在农历算得出的 1900–2099 年里")
    return given


def length(_ctx: click.Context, _param: click.Parameter, value: str | None) -> timedelta | None:
    """Return a length of time that an option was given: ``2h``, ``30m``, ``1d``, ``2小时``."""
    from csbot.replying.deadlines import length_of

    if value is None:
        return None
    found = length_of(value)
    if found is None:
        raise click.BadParameter(f"「{value}」不是时长，写法如 2h、30m、1d、2小时")
    return found


library_option = click.option(
    "--library", metavar="文件夹", help="使用哪个话术库（其中要有 intents.yaml 或 layer.yaml）。"
)
now_option = click.option("--now", metavar="时间", callback=_moment, help="按这个时间应答，如 2026-02-17T09:30。")
json_option = click.option("--json", "as_json", is_flag=True, help="输出 JSON。")


def text_argument(function: Function) -> Function:
    """Add the TEXT argument: a message, ``-`` for standard input."""
    return click.argument("text", metavar="文字")(function)


def given_text(text: str) -> str:
    """Return the text of an argument, reading standard input for ``-``."""
    if text != "-":
        return text
    import sys

    from csbot.commands.output import without_mark

    return without_mark(sys.stdin.read()).removesuffix("\n").removesuffix("\r")


def open_library(ctx: click.Context, named: str | None) -> Library:
    """Load the library that the command or the group was given. Problems stop the command with exit code 2."""
    from csbot.library.load import load_library
    from csbot.library.problems import LibraryError

    parent = ctx.find_root().obj or {}
    try:
        return load_library(named or parent.get("library"))
    except LibraryError as error:
        raise InvalidInputError(library_error_text(error)) from None


def located(ctx: click.Context, named: str | None) -> tuple[Path, str]:
    """Return the folder of the library that the command or the group was given, unread, and where that comes from.

    Raises InvalidInputError.
    """
    from csbot.library.locate import locate
    from csbot.library.problems import LibraryError

    parent = ctx.find_root().obj or {}
    try:
        return locate(named or parent.get("library"), os.environ, Path.cwd())
    except LibraryError as error:
        raise InvalidInputError(library_error_text(error)) from None


def library_error_text(error: Any) -> str:
    """Return the problems of a library that could not be loaded, each with its line, with a closing count."""
    from csbot.commands.problems import problem_lines

    lines = problem_lines(error.problems)
    return "\n".join([*lines, f"csbot: 话术库有 {len(error.problems)} 处问题，没有载入"])


def moment(ctx: click.Context, now: datetime | None) -> datetime:
    """Return the moment to answer at: ``--now`` of the command or the group, else the clock."""
    parent = ctx.find_root().obj or {}
    return now or parent.get("now") or datetime.now()
