"""Read YAML as plain strings, lists and maps, keeping the place of every value.

PyYAML's own loading keeps the last of two equal keys and reads ``9:30`` as 570 and ``007`` as 7. Here every
scalar stays the string that was written, equal keys are refused, and so are anchors and aliases, which a
library does not need and which let a few lines grow into gigabytes.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from csbot.library.problems import Problem, reason_of, shown_path

Key = tuple[str | int, ...]
MAXIMUM_BYTES = 32 * 1024 * 1024
MAXIMUM_DEPTH = 30


@dataclass(slots=True)
class Document:
    """What a YAML file holds: ``data`` of str, list and dict, and the place of each value and key by path."""

    path: str
    data: Any = None
    places: dict[Key, tuple[int, int]] = field(default_factory=dict)
    key_places: dict[Key, tuple[int, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def place(self, key: Key) -> tuple[int, int]:
        """Return line and column of the value at ``key``, or of the nearest thing around it."""
        while key and key not in self.places:
            key = key[:-1]
        return self.places.get(key, (1, 1))

    def problem(self, key: Key, code: str, message: str, severity: str = "error") -> Problem:
        """Return a problem at the value at ``key``."""
        line, column = self.place(key)
        return Problem(self.path, line, column, code, message, severity)


def read_yaml(path: Path) -> Document:
    """Read one file. Whatever is wrong with it stands in ``problems`` of the result; nothing is raised."""
    try:
        if path.stat().st_size > MAXIMUM_BYTES:
            return _failed(shown_path(path), "file.too-large", "文件超过 32 MB，不像是话术文件，请检查")
        content = path.read_bytes()
    except OSError as error:
        return _failed(shown_path(path), "file.unreadable", f"文件读不了：{reason_of(error)}，请检查路径和权限")
    return parse_yaml(content, shown_path(path))


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
        return _failed(path, "file.encoding", "文件不是 UTF-8 编码，请在编辑器里另存为 UTF-8", line, column)
    if found := re.search(r"^[ ]*\t", text, re.MULTILINE):
        return _failed(path, "yaml.tab", _TAB, *_line_column(text, found.end() - 1))
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
        return _syntax_problem(text, path, error)
    if node is None or (isinstance(node, yaml.ScalarNode) and not node.value):
        return _failed(path, "yaml.empty", "文件是空的，请写入内容或删除它")
    document = Document(path)
    document.data = _build(node, (), document)
    return document


def _line_column(text: str, position: int) -> tuple[int, int]:
    return text.count("\n", 0, position) + 1, position - (text.rfind("\n", 0, position) + 1) + 1


_TAB = "缩进里有制表符（Tab），YAML 只能用空格缩进，请改成空格"
_TAG = "开头的英文感叹号 ! 在 YAML 里有特殊含义，请给这句话加英文双引号"
_SYNTAX = (
    ("mapping values are not allowed", "这里的冒号被当成了键：整句话请加英文双引号；若本来是键，请检查缩进"),
    ("could not find expected ':'", "这里缺一个英文冒号和空格（写成「键: 值」，不要用全角冒号）"),
    ("expected <block end>", "缩进或引号不对：请与上下同级的行对齐，引号要成对"),
    ("did not find expected key", "缩进或引号不对：请与上下同级的行对齐，引号要成对"),
    ("did not find expected '-' indicator", "列表的这一行缺少「- 」或缩进不齐"),
    ("did not find expected ',' or ']'", "方括号列表没有写完：各项用英文逗号隔开，最后补上 ]"),
    ("did not find expected ',' or '}'", "花括号没有写完：各项用英文逗号隔开，最后补上 }；普通文字里的 { 请加引号"),
    ("found unexpected end of stream", "引号没有成对，请补上结尾的引号"),
    ("found character that cannot start any token", "这个字符不能放在开头（如 @ ` %），请给这句话加英文双引号"),
    ("did not find expected comment or line break", "| 和 > 放在开头有特殊含义，请给这句话加英文双引号"),
    ("block sequence entries are not allowed", "这里不能以「- 」开头：列表要另起一行；普通文字请加英文双引号"),
    ("undefined alias", "星号 * 在 YAML 里有特殊含义，请给这句话加英文双引号"),
    ("alphabetic or numeric character", "& 和 * 在 YAML 里有特殊含义，请给这句话加英文双引号"),
    ("expected a single document", "一个文件里只能有一份内容，请去掉多余的 --- 行"),
    ("did not find expected <document start>", "缩进不齐，请与最前面的行对齐；也不能有多余的 --- 或 ... 行"),
    ("while scanning a tag", _TAG),
    ("unknown escape character", "英文双引号里的反斜杠 \\ 有特殊含义，请写成 \\\\ 或改用单引号"),
)


# Faults that the reader notices late: the place is where the thing began.
_POINT_BACK = ("quoted scalar", "could not find expected ':'", "while scanning a tag")
# 「id：x」 and 「id:x」 where 「id: x」 was meant; what follows is then read as something else.
_COLON = re.compile(r"^\s*(?:- +)*[A-Za-z_]+(?P<colon>：|:(?=[^\s/]))")


def _colon_problem(lines: Sequence[str], path: str, numbers: Iterable[int]) -> Document | None:
    for number in numbers:
        if 1 <= number <= len(lines) and (found := _COLON.match(lines[number - 1])) is not None:
            message = "键后面要用英文冒号，再空一格，写成「键: 值」"
            return _failed(path, "yaml.syntax", message, number, found.start("colon") + 1)
    return None


def syntax_problem(text: str, error: yaml.YAMLError) -> Problem:
    """Return where and why a text that need not be of a library is no YAML; the path is left empty."""
    if isinstance(error, yaml.MarkedYAMLError):
        return _syntax_problem(text, "", error).problems[0]
    found = yaml.reader.Reader.NON_PRINTABLE.search(text)
    line, column = _line_column(text, found.start()) if found else (1, 1)
    return Problem("", line, column, "yaml.syntax", "文件里有 YAML 不接受的字符（如控制字符），请删掉这一处")


def _syntax_problem(text: str, path: str, error: yaml.MarkedYAMLError) -> Document:
    mark = error.problem_mark or error.context_mark
    said = f"{error.problem or ''} {error.context or ''}"
    if error.context_mark is not None and any(each in said for each in _POINT_BACK):
        mark = error.context_mark  # where the quote or the line begins, not where the reader gave up
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    lines = text.splitlines()
    if (colon := _colon_problem(lines, path, (line, line - 1))) is not None:
        return colon
    here = lines[line - 1] if line <= len(lines) else ""
    if here[column - 1 : column] == "\t":
        return _failed(path, "yaml.tab", _TAB, line, column)
    if here[: column - 1].rstrip().endswith(("}", "]")):
        message = '以 { 或 [ 开头的文字要加英文双引号，如 "{问候}，您好"'
    else:
        general = "YAML 写法有误，请检查这一处的缩进、冒号和引号"
        message = next((meaning for part, meaning in _SYNTAX if part in said), general)
    return _failed(path, "yaml.syntax", message, line, column)


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
            return _failed(path, "yaml.tag", _TAG, line, column)
        if isinstance(event, yaml.ScalarEvent) and not event.style and start.line != end.line:
            lines = text.splitlines()
            message = "这段文字跨了几行：列表各项以「- 」开头并对齐，方括号和花括号要成对"
            return _colon_problem(lines, path, (line,)) or _failed(path, "yaml.syntax", message, line, column)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAXIMUM_DEPTH:
                return _failed(path, "yaml.depth", f"嵌套超过 {MAXIMUM_DEPTH} 层，请检查缩进", line, column)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


def _build(node: yaml.Node, key: Key, document: Document) -> Any:
    document.places[key] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, (*key, index), document) for index, item in enumerate(node.value)]
    return dict(_pairs(node, key, document))


def _pairs(node: yaml.Node, key: Key, document: Document) -> Iterator[tuple[str, Any]]:
    seen: dict[str, int] = {}
    for name_node, value_node in node.value:
        line, column = name_node.start_mark.line + 1, name_node.start_mark.column + 1
        if not isinstance(name_node, yaml.ScalarNode):
            document.problems.append(
                Problem(document.path, line, column, "yaml.key", "键必须是普通文字；以 { 或 [ 开头的文字请加引号")
            )
            continue
        name = str(name_node.value)
        if name in seen:
            document.problems.append(
                Problem(
                    document.path,
                    line,
                    column,
                    "yaml.duplicate-key",
                    f"键「{name}」重复了（第 {seen[name]} 行已有），请合并或删掉一个",
                )
            )
            continue
        seen[name] = line
        document.key_places[(*key, name)] = (line, column)
        yield name, _build(value_node, (*key, name), document)
