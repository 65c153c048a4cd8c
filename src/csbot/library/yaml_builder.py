"""Build what a YAML file holds from the events of the reader, in one go, and refuse what has no place in a library.

PyYAML would read the events, make nodes of them and values of the nodes, and calls itself in C for every level: a line
of 100,000 brackets would end the process. Here each event is looked at once, and the depth is counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from csbot.library.problems import Problem
from csbot.library.yaml_document import Document, Key, Span
from csbot.library.yaml_faults import TAG, quoted
from csbot.library.yaml_syntax import lines_problem
from csbot.text.regex import regex

MAXIMUM_DEPTH = 30
_QUOTES = frozenset("“”‘’「『")
# A quotation and nothing else: 「“您好”」, also with one of the two marks mistyped.
_WIDE_QUOTED = regex(r"[“”‘’][^“”‘’\"]*[“”‘’\"']|「[^「」]*」|『[^『』]*』")
_SEVERAL_QUOTED = regex(r"[“”][^“”]+(?:[“”][，、, ]*[“”][^“”]+)+[“”]")
_NOTHING = ("null", "Null", "NULL", "~")  # what YAML calls nothing; here every value is a text
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class RefusedError(Exception):
    """Something that is YAML but has no place in a library."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def build(text: str, document: Document, spans: dict[Key, Span] | None = None) -> Any:
    """Return what a text holds, None where that is nothing; its places and lesser problems go into the document.

    ``spans`` is filled with where every value stands. Raises RefusedError, and yaml.MarkedYAMLError for bad syntax.
    """
    loader = _LOADER(text)
    try:
        return _Builder(loader, text, document, spans).whole()
    finally:
        loader.dispose()


class _Builder:
    """Goes through the events of one text."""

    def __init__(self, loader: Any, text: str, document: Document, spans: dict[Key, Span] | None) -> None:
        self._loader = loader
        self._text = text
        self._lines = text.splitlines()
        self._document = document
        self._spans = spans
        self._depth = 0
        self._closing: Any = None  # the event that ended the last list or group

    def whole(self) -> Any:
        """Return the value of the only document of the text."""
        self._loader.get_event()  # the stream begins
        if isinstance(self._loader.get_event(), yaml.StreamEndEvent):
            return None
        first = self._next()
        data, _ = self._value(first, ())
        self._loader.get_event()  # the document ends
        another = self._loader.get_event()
        if not isinstance(another, yaml.StreamEndEvent):
            raise yaml.composer.ComposerError(
                "expected a single document in the stream",
                first.start_mark,
                "but found another document",
                another.start_mark,
            )
        return data

    def _next(self) -> Any:
        """Return the next event, of a document that has not ended. Raises RefusedError."""
        event = self._loader.get_event()
        kind = type(event)
        if kind is yaml.ScalarEvent:
            if event.anchor is None and event.tag is None and (event.style or not self._goes_on(event)):
                return event
        elif kind is yaml.SequenceEndEvent or kind is yaml.MappingEndEvent:
            self._depth -= 1
            return event
        elif kind is not yaml.AliasEvent:
            self._depth += 1
            if event.anchor is None and event.tag is None and self._depth <= MAXIMUM_DEPTH:
                return event
        raise self._refused(event)

    def _ends(self, event: Any) -> bool:
        """Tell whether an event ends a list or a group of keys."""
        return isinstance(event, yaml.CollectionEndEvent)

    def _goes_on(self, event: Any) -> bool:
        """Tell whether a text without quotes is written on several lines."""
        return bool(event.start_mark.line != event.end_mark.line)

    def _refused(self, event: Any) -> RefusedError:
        start, end, path = event.start_mark, event.end_mark, self._document.path
        line, column = start.line + 1, start.column + 1
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            message = "不支持 YAML 的锚点和别名（& 和 *），请把内容写全；普通文字请加引号"
            return RefusedError(Problem(path, line, column, "yaml.alias", message))
        if event.tag is not None:
            return RefusedError(Problem(path, line, column, "yaml.tag", TAG))
        if isinstance(event, yaml.ScalarEvent):
            last = end.line + (1 if end.column else 0)
            return RefusedError(lines_problem(self._lines, path, line, last, column))
        message = f"嵌套超过 {MAXIMUM_DEPTH} 层，请检查缩进"
        return RefusedError(Problem(path, line, column, "yaml.depth", message))

    def _skip(self, event: Any) -> None:
        """Leave out the value that an event begins."""
        if isinstance(event, yaml.CollectionStartEvent):
            outside = self._depth - 1
            while self._depth > outside:
                self._next()

    def _value(self, event: Any, key: Key) -> tuple[Any, int]:
        """Return the value that an event begins, and where it ends in the text."""
        start = event.start_mark
        self._document.known_places[key] = (start.line + 1, start.column + 1)
        if isinstance(event, yaml.ScalarEvent):
            if not event.style:
                self._check_plain(event, key)
            if "\t" in event.value:
                self._check_tab(event)
            return str(event.value), self._end_of_scalar(event, key)
        names: dict[str, tuple[int, int]] = {}
        data: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        last = start.index
        if isinstance(data, dict):
            for name, (value, end) in self._entries(key, names):
                data[name], last = value, end
        else:
            while not self._ends(item := self._next()):
                value, last = self._value(item, (*key, len(data)))
                data.append(value)
            self._closing = item
        end = int(self._closing.end_mark.index) if event.flow_style else last  # a block's holds the comments below it
        if self._spans is not None:
            style = "flow" if event.flow_style else "block"
            self._spans[key] = Span(start.index, end, style, names, len(data))
        return data, end

    def _end_of_scalar(self, event: Any, key: Key) -> int:
        start, end = _extent(event)
        if event.style in ("|", ">"):
            end = start + len(self._text[start:end].rstrip())  # the reader counts the empty lines below it
        if self._spans is not None:
            self._spans[key] = Span(start, end, event.style or "plain")
        return end

    def _entries(self, key: Key, names: dict[str, tuple[int, int]]) -> Iterator[tuple[str, tuple[Any, int]]]:
        """Yield the name, the value and the end of each entry of a group of keys; note where the names stand."""
        seen: dict[str, int] = {}
        first = ""
        another = False  # the whole file begins again: what follows is doubled for that reason only
        new_item = False  # its dash was forgotten: the keys that follow are doubled for that reason only
        document, lines = self._document, self._lines
        while not self._ends(event := self._next()):
            line, column = event.start_mark.line + 1, event.start_mark.column + 1
            if not isinstance(event, yaml.ScalarEvent):
                message = "键必须是普通文字；以 { 或 [ 开头的文字请加引号"
                document.problems.append(Problem(document.path, line, column, "yaml.key", message))
                self._skip(event)
                self._skip(self._next())
                continue
            name = str(event.value)
            if name in seen or another:
                self._skip(self._next())
                if new_item or another:
                    continue
                message, mend = f"键「{name}」重复了（第 {seen[name]} 行已有），请合并或删掉一个", ""
                if name == first and not key and len(seen) > 1:
                    another = True
                    message = (
                        f"键「{name}」第 {seen[name]} 行已有，从这里起像是另一个文件：一个文件只写一份，"
                        "请分成两个文件，或者把里面的各项移到上面去"
                    )
                if name == first and key and isinstance(key[-1], int) and line > seen[name] and column > 2:
                    new_item = True
                    message += "；若从这里起是新的一项，请在前面加「- 」"
                    mend = f"{' ' * (column - 3)}- {lines[line - 1][column - 1 :]}"
                problem = Problem(document.path, line, column, "yaml.duplicate-key", message, mend=mend)
                document.problems.append(problem)
                continue
            first = first or name
            seen[name] = line
            document.key_places[(*key, name)] = (line, column)
            names[name] = _extent(event)
            yield name, self._value(self._next(), (*key, name))
        self._closing = event

    def _check_tab(self, event: Any) -> None:
        """Note a tab inside of a text that stands in one line, as it comes from a word processor."""
        start, end = event.start_mark, event.end_mark
        if start.line != end.line or (at := self._text.find("\t", start.index, end.index)) < 0:
            return
        message = "文字里有制表符（Tab），多半是从 Word 或表格里粘贴来的：请删掉，或者换成空格"
        line, column = self._lines[start.line], start.column + at - start.index + 1
        mend = line[: start.column] + re.sub(r"\t+", " ", line[start.column :])
        self._document.problems.append(
            Problem(self._document.path, start.line + 1, column, "yaml.tab", message, mend=mend)
        )

    def _check_plain(self, event: Any, key: Key) -> None:
        """Note what a value without quotes holds by mistake, or has lost to a comment."""
        document, lines, start, end = self._document, self._lines, event.start_mark, event.end_mark
        line = lines[start.line] if start.line < len(lines) else ""
        rest = line[end.column :]
        if not event.value:
            if rest.lstrip().startswith("#"):
                document.commented.add(key)
                document.places[key] = (end.line + 1, end.column + len(rest) - len(rest.lstrip()) + 1)
        elif event.value in _NOTHING and key and isinstance(key[-1], str):  # what a customer says may be 「~」
            message = f"「{event.value}」会被当成文字：没有内容就删掉这个键（列表写 []），真是文字就加英文双引号"
            document.problems.append(document.problem(key, "schema.empty", message))
        elif event.value[0] in _QUOTES and _WIDE_QUOTED.fullmatch(event.value):
            message = "值两边是中文引号，会成为文字的一部分：请改成英文双引号；真要引号的话，外面再加一对英文双引号"
            mend = line[: start.column] + quoted(event.value[1:-1]) + rest
            document.problems.append(document.problem(key, "yaml.quotes", message, mend=mend))
        elif event.value[0] in _QUOTES and _SEVERAL_QUOTED.fullmatch(event.value):
            message = "一项只写一句话：这里有几句带中文引号的话，请每句另起一行，以「- 」开头，不加引号"
            document.problems.append(document.problem(key, "yaml.quotes", message))
        elif "#" in rest and (found := re.match(r"\s+(#(?=\S).*)", rest)) is not None:
            message = "从「#」起被当成注释丢掉了：是文字就给整句话加英文双引号，是注释就在 # 后面空一格"
            mend = line[: start.column] + quoted((line[start.column :]).rstrip())
            column = end.column + found.start(1) + 1
            document.problems.append(Problem(document.path, start.line + 1, column, "yaml.comment", message, mend=mend))


def _extent(event: Any) -> tuple[int, int]:
    """Return where what an event stands for begins and ends in the text."""
    return event.start_mark.index, event.end_mark.index
