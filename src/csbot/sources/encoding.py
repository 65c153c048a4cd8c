"""How the bytes of a file become characters: UTF-8, UTF-16 with a byte order mark, GB18030."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

from csbot.sources.passage import Fail

ENCODINGS = ("utf-8", "utf-16", "gb18030", "big5")
CHUNK = 1 << 20  # bytes that are decoded at a time
HEAD = 8192  # bytes in which a zero byte means a binary file
SAMPLE = 200_000  # characters beyond ASCII that are looked at to tell Chinese from other languages
PLAUSIBLE = 0.6  # share of what is not ASCII that must be common in Chinese, for GB18030 to be believed
# UTF-32 first: its mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# A mark that is there is none of the text; UTF-16 without one is that of Windows.
_FORCED = {"utf-8": "utf-8-sig", "utf-16": "utf-16-le"}
_BINARY = "这是二进制文件，不是文字；Word、PDF 和旧版 Excel（.xls）请先另存为 .txt 或 .xlsx"
_UNKNOWN = "文件不是 UTF-8，也不像 GB18030（GBK）。请另存为 UTF-8，或用 --encoding 指定编码"


def encoding_of(stream: BinaryIO, forced: str | None, fail: Fail, limit: int | None = None) -> str:
    """Return the codec for the bytes of ``stream``, reading at most ``limit`` of them, and go back to the start.

    ``forced`` is a name of ENCODINGS. Raises the error ``file.binary`` or ``file.encoding``.
    """
    head = stream.read(HEAD)
    stream.seek(0)
    marked = next((codec for mark, codec in _MARKS if head.startswith(mark)), None)
    codec = _FORCED.get(forced, forced) if forced and forced != marked else marked
    if codec is None and b"\0" in head:
        raise fail((1, 1), "file.binary", _BINARY)
    line = _first_line_that_is_not(codec or "utf-8", stream, limit)
    if line is None:
        return codec or "utf-8"
    if codec is not None:
        raise fail((line, 1), "file.encoding", not_encoded(codec))
    if not _plausibly_gb18030(stream, limit):
        raise fail((line, 1), "file.encoding", _UNKNOWN)
    return "gb18030"


def not_encoded(codec: str) -> str:
    """Return what is said of a line that is not of the encoding of the others, or of the one that was named."""
    name = codec.removesuffix("-sig").upper()
    return f"这一行不是 {name} 编码，请另存为 UTF-8，或用 --encoding 指定编码"


def _chunks(stream: BinaryIO, limit: int | None) -> Iterator[tuple[bytes, bool]]:
    """Yield the bytes in pieces, each with whether it is the last, from the start on, and go back there."""
    left = limit
    while chunk := stream.read(CHUNK if left is None else min(CHUNK, left)):
        yield chunk, False
        left = None if left is None else left - len(chunk)
    stream.seek(0)
    # A limit may cut a character in two; the end of a file may not.
    yield b"", limit is None


def _first_line_that_is_not(codec: str, stream: BinaryIO, limit: int | None) -> int | None:
    decoder = codecs.getincrementaldecoder(codec)()
    line = 1
    for chunk, is_last in _chunks(stream, limit):
        state = decoder.getstate()
        try:
            line += decoder.decode(chunk, final=is_last).count("\n")
        except UnicodeDecodeError as error:
            stream.seek(0)
            good = error.start - (len(error.object) - len(chunk))  # of this chunk: the rest of the last comes before
            with suppress(UnicodeError):
                decoder.setstate(state)
                line += decoder.decode(chunk[: max(0, good)]).count("\n")
            return line
    return None


def _plausibly_gb18030(stream: BinaryIO, limit: int | None) -> bool:
    """Tell whether the bytes are GB18030, and read as such hold mostly what Chinese texts are made of.

    Any Western text with accents is nearly valid GB18030, but reads as rare characters.
    """
    decoder = codecs.getincrementaldecoder("gb18030")()
    common = others = 0
    for chunk, is_last in _chunks(stream, limit):
        try:
            text = decoder.decode(chunk, final=is_last)
        except UnicodeDecodeError:
            stream.seek(0)
            return False
        for character in text if common + others < SAMPLE else ():
            if character > "\x7f":
                if _is_common(character):
                    common += 1
                else:
                    others += 1
    return common > 0 and common >= PLAUSIBLE * (common + others)


def _is_common(character: str) -> bool:
    """Tell whether a character is one of the 3,755 of GB 2312 level 1, or a mark of its first or third row."""
    try:
        lead = character.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    return 0xB0 <= lead <= 0xD7 or lead in (0xA1, 0xA3)
