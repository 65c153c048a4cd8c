"""Writing results: JSON a line at a time, and streams that never fail on what customers write."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import stat
import sys
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from csbot.commands.errors import InvalidInputError
from csbot.library.problems import reason_of
from csbot.text.serialise import paired
from csbot.text.serialise import to_json as to_json


class _ClosedInput(io.RawIOBase):
    """Standard input that who started us has closed: it cannot be read, which is not the same as being empty."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # noqa: ARG002
        raise OSError(errno.EBADF, "closed")


class _ClosedOutput(io.TextIOBase):
    """Standard output that who started us has closed: what is written would be lost."""

    def write(self, text: str) -> int:  # noqa: ARG002
        raise OSError(errno.EBADF, "closed")


def prepare_streams() -> None:
    """Make the standard streams UTF-8, whatever the locale; what is not UTF-8 never stops a run.

    Using one that is closed is an OSError.
    """
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(_ClosedInput()), encoding="utf-8")
    if sys.stdout is None:
        sys.stdout = _ClosedOutput()
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
    number = 0
    try:
        with contextlib.nullcontext(sys.stdin.buffer) if name == "-" else Path(name).open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                text = _decoded(line, f"{shown}:{number}", strict=name != "-")
                if text.strip():
                    yield _object(without_mark(text) if number == 1 else text, f"{shown}:{number}", required)
    except OSError as error:
        raise InvalidInputError(f"{shown}:{number + 1}:1: file.unreadable 文件读不了：{reason_of(error)}") from None


def is_file(name: str) -> bool:
    """Tell whether what ``json_lines`` reads lies in a file as a whole, and nobody can be writing into a pipe."""
    try:
        status = os.fstat(sys.stdin.fileno()) if name == "-" else Path(name).stat()
    except (OSError, ValueError):  # closed, or no file at all
        return False
    return stat.S_ISREG(status.st_mode)


def without_mark(start: str) -> str:
    """Return the start of a stream without the byte order mark that some programs put there; it is no text."""
    return start.removeprefix("\ufeff")


def _decoded(line: bytes, place: str, *, strict: bool) -> str:
    """Return a line as text; what is not UTF-8 is an error in a file, and a lone surrogate a byte on standard input."""
    try:
        return line.decode("utf-8", "strict" if strict else "surrogateescape")
    except UnicodeDecodeError as error:
        column = len(line[: error.start].decode("utf-8")) + 1
        raise InvalidInputError(f"{place}:{column}: file.encoding 文件不是 UTF-8 编码") from None


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


def keep(entry: dict[str, Any], folder: Path) -> str:
    """Write what somebody answered into a new file, so that nothing has to be typed again; return its name.

    Raises InvalidInputError.
    """
    from csbot.library.yaml_writer import block

    numbered = (f"没有写入{number or ''}.yaml" for number in count())
    name = next(each for each in numbered if not (folder / each).exists())
    try:
        (folder / name).write_text(f"{block(entry, 0)}\n", encoding="utf-8")
    except OSError as error:
        raise InvalidInputError(f"csbot: {name} 写不出来：{reason_of(error)}") from None
    return name
