"""Writing results: JSON a line at a time, and streams that never fail on what customers write."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from csbot.commands.errors import InvalidInputError
from csbot.library.problems import reason_of
from csbot.text.serialise import paired
from csbot.text.serialise import to_json as to_json


def prepare_streams() -> None:
    """Make the standard streams UTF-8, whatever the locale; what is not UTF-8 never stops a run."""
    if sys.stdin is None:  # closed by who started us
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115
    for stream, errors in (
        (sys.stdin, "surrogateescape"),
        (sys.stdout, "backslashreplace"),
        (sys.stderr, "backslashreplace"),
    ):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            # A line ends with a line feed: a carriage return inside a message does not make two of it.
            reconfigure(encoding="utf-8", errors=errors, **({"newline": "\n"} if stream is sys.stdin else {}))


def write_line(line: str) -> None:
    """Write a line and hand it over at once: the reader may be a program that waits for it."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def json_lines(name: str, *required: str) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a JSON lines file, ``-`` for standard input, each with the required text fields.

    Raises InvalidInputError with the place of the first line that is not such an object.
    """
    shown = "<stdin>" if name == "-" else name
    try:
        stream = sys.stdin if name == "-" else Path(name).open(encoding="utf-8-sig")  # noqa: SIM115
    except OSError as error:
        raise InvalidInputError(f"{shown}:1:1: file.unreadable 文件读不了：{reason_of(error)}") from None
    try:
        for number, line in enumerate(stream, start=1):
            if line.strip():
                yield _object(line.removeprefix("\ufeff") if number == 1 else line, f"{shown}:{number}", required)
    except UnicodeDecodeError:
        raise InvalidInputError(f"{shown}:1:1: file.encoding 文件不是 UTF-8 编码") from None
    except OSError as error:
        raise InvalidInputError(f"{shown}:1:1: file.unreadable 文件读不了：{reason_of(error)}") from None
    finally:
        if name != "-":
            stream.close()


def _object(line: str, place: str, required: tuple[str, ...]) -> Mapping[str, Any]:
    try:
        value = json.loads(line.rstrip("\r\n"))
    except ValueError as error:  # JSONDecodeError, or a number of more digits than Python reads
        column = getattr(error, "colno", 1)
        raise InvalidInputError(f'{place}:{column}: input.json 这一行不是 JSON，应当是 {{"text": "…"}}') from None
    except RecursionError:
        raise InvalidInputError(f"{place}:1: input.json 这一行嵌套太深") from None
    if not isinstance(value, dict):
        raise InvalidInputError(f'{place}:1: input.json 这一行应当是一个对象，如 {{"text": "…"}}')
    for field in required:
        if field not in value:
            raise InvalidInputError(f"{place}:1: input.field 这一行缺少「{field}」")
    if not isinstance(value.get("text", ""), str):
        raise InvalidInputError(f"{place}:1: input.field 「text」应当是文字")
    if not isinstance(value.get("intent"), str | None):
        raise InvalidInputError(f"{place}:1: input.field 「intent」应当是文字或 null")
    return {**value, "text": paired(value["text"])} if "text" in value else value
