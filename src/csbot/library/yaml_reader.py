"""Read YAML as plain strings, lists and maps, keeping the place of every value.

PyYAML's own loading keeps the last of two equal keys and reads ``9:30`` as 570 and ``007`` as 7. Here every
scalar stays the string that was written, equal keys are refused, and so are anchors and aliases, which a
library does not need and which let a few lines grow into gigabytes.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from csbot.library.problems import Problem, reason_of, shown_path
from csbot.library.yaml_faults import (
    TAG,
    first_indent_problem,
    lines_problem,
    parser_problem,
    quoted,
)

Key = tuple[str | int, ...]
MAXIMUM_BYTES = 32 * 1024 * 1024
MAXIMUM_DEPTH = 30


@dataclass(slots=True)
class Document:
    """What a YAML file holds: ``data`` of str, list and dict, and the place of each value and key by path."""

    path: str
    data: Any = None
    known_places: dict[Key, tuple[int, int]] = field(default_factory=dict)
    key_places: dict[Key, tuple[int, int]] = field(default_factory=dict)
    commented: set[Key] = field(default_factory=set)  # values that are empty because of a comment
    problems: list[Problem] = field(default_factory=list)
    sources: dict[Key, str] = field(default_factory=dict)  # of merged layers: the file that a part comes from
    pending: Callable[[], dict[Key, tuple[int, int]]] | None = None  # gives the places when somebody asks

    @property
    def places(self) -> dict[Key, tuple[int, int]]:
        """Line and column of every value by its path."""
        if self.pending is not None:
            self.known_places, self.pending = self.pending(), None
        return self.known_places

    def at(self, key: Key) -> Any:
        """Return the value at ``key``."""
        value = self.data
        for each in key:
            value = value[each]
        return value

    def place(self, key: Key) -> tuple[int, int]:
        """Return line and column of the value at ``key``, or of the nearest thing around it."""
        return self.places.get(self._placed(key), (1, 1))

    def path_at(self, key: Key) -> str:
        """Return the file that the value at ``key`` stands in, or the nearest thing around it that has a place."""
        if not self.sources:
            return self.path
        key = self._placed(key)
        while key and key not in self.sources:
            key = key[:-1]
        return self.sources.get(key, self.path)

    def _placed(self, key: Key) -> Key:
        while key and key not in self.places:
            key = key[:-1]
        return key

    def problem(self, key: Key, code: str, message: str, severity: str = "error", mend: str = "") -> Problem:
        """Return a problem at the value at ``key``."""
        line, column = self.place(key)
        return Problem(self.path_at(key), line, column, code, message, severity, mend)


@dataclass(frozen=True, slots=True)
class Span:
    """Where a value stands in a text, in code points: from ``start`` to before ``end``, comments after it aside."""

    start: int
    end: int
    style: str  # of a text "plain", "'", '"', "|" or ">"; of a list or a group of keys "flow" or "block"
    names: dict[str, tuple[int, int]] = field(default_factory=dict)  # of a group: start and end of each key
    size: int = 0  # of a list or a group: how many members it has


def outline(text: str) -> dict[Key, Span]:
    """Return where every value of a text stands that ``parse_yaml`` found nothing wrong with, without its BOM."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        node = loader.get_single_node()
    finally:
        loader.dispose()
    spans: dict[Key, Span] = {}
    assert node is not None
    _outline(node, (), text, spans)
    return spans


def _outline(node: Any, key: Key, text: str, spans: dict[Key, Span]) -> int:
    """Note the span of a value and of all inside it; return its end."""
    start: int = node.start_mark.index
    end: int = node.end_mark.index
    if isinstance(node, yaml.ScalarNode):
        if node.style in ("|", ">"):
            end = start + len(text[start:end].rstrip())  # the reader counts the empty lines below it
        spans[key] = Span(start, end, node.style or "plain")
        return end
    style, names, last = "flow" if node.flow_style else "block", {}, start
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            last = _outline(item, (*key, index), text, spans)
    else:
        for name, value in node.value:
            names[str(name.value)] = (name.start_mark.index, name.end_mark.index)
            last = _outline(value, (*key, str(name.value)), text, spans)
    end = end if node.flow_style else last  # of a block the reader counts the comments below it
    spans[key] = Span(start, end, style, names, len(node.value))
    return end


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


def parse_yaml(content: bytes, path: str) -> Document:
    """Parse the bytes of a file, for ``read_yaml`` and for tests."""
    content = content.removeprefix(codecs.BOM_UTF8)
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
        return _failed(path, "yaml.syntax", message, *_line_column(text, found.start()))
    loader_class = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        if (refused := _refused(text, path, loader_class)) is not None:
            return refused
        loader = loader_class(text)
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        return Document(path, problems=[_syntax_problem(text, path, error)])
    if node is None or (isinstance(node, yaml.ScalarNode) and not node.value):
        return _failed(path, "yaml.empty", "文件是空的，请写入内容或删除它")
    document = Document(path)
    document.data = _build(node, (), document, text.splitlines())
    return document


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
    return parser_problem(text.splitlines(), path, said, place, began.line + 1 if began else place[0])


def _refused(text: str, path: str, loader_class: Any) -> Document | None:
    """Return the first thing that is YAML but has no place in a library, None where there is nothing such.

    The events are read before anything is built: the composer of libyaml calls itself for every level, so
    that a line of 100,000 brackets would end the process.
    """
    depth = 0
    for event in yaml.parse(text, Loader=loader_class):
        start, end = event.start_mark, event.end_mark
        assert start is not None  # the loader marks every event
        assert end is not None
        line, column = start.line + 1, start.column + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            message = "不支持 YAML 的锚点和别名（& 和 *），请把内容写全；普通文字请加引号"
            return _failed(path, "yaml.alias", message, line, column)
        if getattr(event, "tag", None):
            return _failed(path, "yaml.tag", TAG, line, column)
        if isinstance(event, yaml.ScalarEvent) and not event.style and start.line != end.line:
            last = end.line + (1 if end.column else 0)
            return Document(path, problems=[lines_problem(text.splitlines(), path, line, last, column)])
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAXIMUM_DEPTH:
                return _failed(path, "yaml.depth", f"嵌套超过 {MAXIMUM_DEPTH} 层，请检查缩进", line, column)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


def _build(node: yaml.Node, key: Key, document: Document, lines: Sequence[str]) -> Any:
    document.places[key] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.ScalarNode):
        if not node.style:
            _check_plain(node, key, document, lines)
        return str(node.value)
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, (*key, index), document, lines) for index, item in enumerate(node.value)]
    return dict(_pairs(node, key, document, lines))


# A quotation and nothing else: 「“您好”」, also with one of the two marks mistyped.
_WIDE_QUOTED = re.compile(r"[“”‘’][^“”‘’\"]*[“”‘’\"']")


def _check_plain(node: yaml.ScalarNode, key: Key, document: Document, lines: Sequence[str]) -> None:
    """Note what a value without quotes holds by mistake, or has lost to a comment."""
    start, end = node.start_mark, node.end_mark
    line = lines[start.line] if start.line < len(lines) else ""
    rest = line[end.column :]
    if not node.value:
        if rest.lstrip().startswith("#"):
            document.commented.add(key)
            document.places[key] = (end.line + 1, end.column + len(rest) - len(rest.lstrip()) + 1)
    elif _WIDE_QUOTED.fullmatch(node.value):
        message = "值两边是中文引号，会成为文字的一部分：请改成英文双引号；真要引号的话，外面再加一对英文双引号"
        mend = line[: start.column] + quoted(node.value[1:-1]) + rest
        document.problems.append(document.problem(key, "yaml.quotes", message, mend=mend))
    elif (found := re.match(r"\s+(#(?=\S).*)", rest)) is not None:
        message = "从「#」起被当成注释丢掉了：是文字就给整句话加英文双引号，是注释就在 # 后面空一格"
        mend = line[: start.column] + quoted((line[start.column :]).rstrip())
        column = end.column + found.start(1) + 1
        document.problems.append(Problem(document.path, start.line + 1, column, "yaml.comment", message, mend=mend))


def _pairs(node: yaml.Node, key: Key, document: Document, lines: Sequence[str]) -> Iterator[tuple[str, Any]]:
    seen: dict[str, int] = {}
    first = ""
    new_item = False  # its dash was forgotten: the keys that follow are doubled for that reason only
    for name_node, value_node in node.value:
        line, column = name_node.start_mark.line + 1, name_node.start_mark.column + 1
        if not isinstance(name_node, yaml.ScalarNode):
            message = "键必须是普通文字；以 { 或 [ 开头的文字请加引号"
            document.problems.append(Problem(document.path, line, column, "yaml.key", message))
            continue
        name = str(name_node.value)
        if name in seen:
            if new_item:
                continue
            message, mend = f"键「{name}」重复了（第 {seen[name]} 行已有），请合并或删掉一个", ""
            if name == first and key and isinstance(key[-1], int) and line > seen[name] and column > 2:
                new_item = True
                message += "；若从这里起是新的一项，请在前面加「- 」"
                mend = f"{' ' * (column - 3)}- {lines[line - 1][column - 1 :]}"
            document.problems.append(Problem(document.path, line, column, "yaml.duplicate-key", message, mend=mend))
            continue
        first = first or name
        seen[name] = line
        document.key_places[(*key, name)] = (line, column)
        yield name, _build(value_node, (*key, name), document, lines)
