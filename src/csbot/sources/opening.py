"""Open what was named: a file, a pipe or standard input, once, with the encoding found out."""

from __future__ import annotations

import io
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from csbot.library.problems import reason_of
from csbot.sources.encoding import encoding_of, not_encoded
from csbot.sources.passage import Fail

LONGEST_LINE = 32 * 1024 * 1024  # characters
LARGEST_DOCUMENT = 32 * 1024 * 1024  # characters of a format that is read as a whole (YAML, JSON)
AHEAD = 1 << 20  # bytes of standard input that are looked at to find out the encoding
TOO_LARGE = "超过 32 MB，已拒绝读取"


class _Rejoined(io.RawIOBase):
    """A stream that cannot go back, with what was already read of it put in front again."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        super().__init__()
        self._head = io.BytesIO(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        chunk = self._head.read(len(buffer)) or self._rest.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)


@contextmanager
def opened(path: str, fail: Fail) -> Iterator[BinaryIO]:
    """Open a file to read its bytes, ``-`` for standard input. Raises ``file.unreadable`` where it cannot be read."""
    if "\0" in path:
        raise fail((1, 1), "file.unreadable", "文件读不了：名字里有不允许的字符")
    try:
        if path == "-":
            yield cast(BinaryIO, sys.stdin.buffer)
        else:
            with Path(path).open("rb") as stream:
                yield cast(BinaryIO, stream)
    except OSError as error:
        raise fail((1, 1), "file.unreadable", f"文件读不了：{reason_of(error)}") from None


def text_lines(stream: BinaryIO, path: str, encoding: str | None, fail: Fail) -> Generator[str, None, None]:
    """Yield the lines of a stream with their line feeds, decoded; only a line feed ends a line.

    What comes in over standard input and is not UTF-8 is read all the same, each such byte as a lone surrogate,
    unless it is GB18030 or ``encoding`` names one. Raises ``file.binary``, ``file.encoding`` or ``file.too-large``.
    """
    errors = "strict"
    if path == "-":
        head = stream.read(AHEAD)
        limit = None if len(head) < AHEAD else len(head)
        codec, errors = _encoding_of_standard_input(head, limit, encoding, fail)
        source: BinaryIO = cast(BinaryIO, io.BufferedReader(_Rejoined(head, stream)))
    else:
        # What cannot go back (a named pipe) is held in memory.
        source = stream if stream.seekable() else io.BytesIO(stream.read())
        codec = encoding_of(source, encoding, fail)
    text = io.TextIOWrapper(source, encoding=codec, errors=errors, newline="\n")
    number = 0
    try:
        while line := text.readline(LONGEST_LINE):
            number += 1
            if len(line) == LONGEST_LINE and not line.endswith("\n"):
                raise fail((number, 1), "file.too-large", f"这一行{TOO_LARGE}")
            yield line
    except UnicodeError:
        raise fail((number + 1, 1), "file.encoding", not_encoded(codec)) from None
    finally:
        text.detach()


def _encoding_of_standard_input(head: bytes, limit: int | None, forced: str | None, fail: Fail) -> tuple[str, str]:
    from csbot.sources.passage import SourceError

    try:
        codec = encoding_of(io.BytesIO(head), forced, fail, limit)
    except SourceError:
        return "utf-8-sig", "surrogateescape"
    # A prefix says nothing of the rest: one that is UTF-8 is read on as such, whatever comes.
    return (codec, "strict") if codec not in ("utf-8", "utf-8-sig") or forced else ("utf-8-sig", "surrogateescape")


def whole_text(lines: Iterator[str], fail: Fail) -> str:
    """Return all lines as one text. Raises ``file.too-large``."""
    parts: list[str] = []
    size = 0
    for line in lines:
        size += len(line)
        if size > LARGEST_DOCUMENT:
            raise fail((1, 1), "file.too-large", f"文件{TOO_LARGE}；大量数据请存成 JSON 行（.jsonl）或 CSV")
        parts.append(line)
    return "".join(parts)
