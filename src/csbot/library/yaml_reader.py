"""Read YAML as plain strings, lists and maps, keeping the place of every value.

PyYAML's own loading keeps the last of two equal keys and reads ``9:30`` as 570 and ``007`` as 7. Here every
scalar stays the string that was written, equal keys are refused, and so are anchors and aliases, which a
library does not need and which let a few lines grow into gigabytes.
"""

from __future__ import annotations

import codecs
from pathlib import Path

import yaml

from csbot.library.problems import Problem, reason_of, shown_path
from csbot.library.yaml_builder import RefusedError, build
from csbot.library.yaml_document import Document, Key, Span
from csbot.library.yaml_faults import UNCLOSED, first_indent_problem
from csbot.library.yaml_syntax import parser_problem

MAXIMUM_BYTES = 32 * 1024 * 1024


def read_yaml(path: Path) -> Document:
    """Read one file. Whatever is wrong with it stands in ``problems`` of the result; nothing is raised."""
    content = read_bytes(path)
    return content if isinstance(content, Document) else parse_yaml(content, shown_path(path))


def read_bytes(path: Path) -> bytes | Document:
    """Return what a file holds, or a document that says why it cannot be read."""
    try:
        if path.stat().st_size > MAXIMUM_BYTES:
            return _failed(shown_path(path), "file.too-large", "文件超过 32 MB，不像是话术文件，请检查")
        return path.read_bytes()
    except OSError as error:
        return _failed(shown_path(path), "file.unreadable", f"文件读不了：{reason_of(error)}，请检查路径和权限")


def _failed(path: str, code: str, message: str, line: int = 1, column: int = 1) -> Document:
    return Document(path, problems=[Problem(path, line, column, code, message)])


def parse_yaml(content: bytes, path: str, spans: dict[Key, Span] | None = None) -> Document:
    """Parse the bytes of a file. ``spans`` is filled with where every value stands in its text, without the BOM."""
    content = content.removeprefix(codecs.BOM_UTF8)
    if what := _other_format(content):
        return _failed(path, "file.binary", f"这个文件的扩展名是 .yaml，里面却是另一种格式：{what}")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start].decode()
        line, column = _line_column(before, len(before))
        return _failed(path, "file.encoding", f"文件{_encoding(content)}，请在编辑器里另存为 UTF-8", line, column)
    if (problem := first_indent_problem(text.splitlines(), path)) is not None:
        return Document(path, problems=[problem])
    if found := yaml.reader.Reader.NON_PRINTABLE.search(text):
        message = "文件里有 YAML 不接受的字符（如控制字符），请删掉这一处"
        if not text[found.start() :].strip("\0"):  # what a crash or a full disk leaves
            message = "从这里起都是空字节：文件没有存完整，请重新保存，或从版本库取回"
        return _failed(path, "yaml.syntax", message, *_line_column(text, found.start()))
    document = Document(path)
    try:
        document.data = build(text, document, spans)
    except RefusedError as error:
        return Document(path, problems=[error.problem])
    except yaml.MarkedYAMLError as error:
        return Document(path, problems=[_syntax_problem(text, path, error)])
    if not document.data and isinstance(document.data, str | None):
        return _failed(path, "yaml.empty", "文件是空的，请写入内容或删除它")
    return document


# What files of other programs begin with → what they are, and what to do.
_AS_TEXT = "请打开它，另存为 UTF-8 的纯文本"
_FORMATS = (
    (b"PK\x03\x04", f"压缩包（Excel、Word 的文件也是）：表格请用 csbot import 导入，文字{_AS_TEXT}"),
    (b"\xd0\xcf\x11\xe0", f"旧版的 Excel 或 Word 文件：表格请另存为 .xlsx，用 csbot import 导入，文字{_AS_TEXT}"),
    (b"{\\rtf", f"RTF（写字板、Word 的格式）：{_AS_TEXT}"),
    (b"%PDF", f"PDF：{_AS_TEXT}"),
    (b"<html", f"网页：{_AS_TEXT}"),
    (b"<!doctype", f"网页：{_AS_TEXT}"),
)


def _other_format(content: bytes) -> str:
    """Return in Chinese which other format the bytes are of, and what to do; empty where they may be YAML."""
    start = content[:200].lstrip().lower()
    return next((what for begins, what in _FORMATS if start.startswith(begins.lower())), "")


def _encoding(content: bytes) -> str:
    """Return in Chinese in what a file that is no UTF-8 seems to be written."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "是 UTF-16（“Unicode”）编码"
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return "不是 UTF-8 编码"
    return "像是 GBK（“ANSI”）编码，不是 UTF-8"


def _line_column(text: str, position: int) -> tuple[int, int]:
    return text.count("\n", 0, position) + 1, position - (text.rfind("\n", 0, position) + 1) + 1


# Faults that the reader notices late: the place is where the thing began.
_POINT_BACK = ("quoted scalar", "could not find expected ':'", "while scanning a tag")


def syntax_problem(text: str, error: yaml.YAMLError) -> Problem:
    """Return where and why a text that need not be of a library is no YAML; the path is left empty."""
    if isinstance(error, yaml.MarkedYAMLError):
        return _syntax_problem(text, "", error)
    found = yaml.reader.Reader.NON_PRINTABLE.search(text)
    line, column = _line_column(text, found.start()) if found else (1, 1)
    return Problem("", line, column, "yaml.syntax", "文件里有 YAML 不接受的字符（如控制字符），请删掉这一处")


def _syntax_problem(text: str, path: str, error: yaml.MarkedYAMLError) -> Problem:
    mark, began = error.problem_mark or error.context_mark, error.context_mark
    said = f"{error.problem or ''} {error.context or ''}"
    if began is not None and any(each in said for each in _POINT_BACK):
        mark = began  # where the quote or the line begins, not where the reader gave up
    place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    lines = text.splitlines()
    problem = parser_problem(lines, path, said, place, began.line + 1 if began else place[0])
    if problem.message == UNCLOSED and problem.line == len(lines) and not text.endswith("\n"):
        return problem._replace(message=f"{UNCLOSED}；文件到这里就断了，也可能没有存完整，那就从版本库取回", mend="")
    return problem
