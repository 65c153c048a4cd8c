"""JSON and JSON lines (RFC 8259): their strings, with the place of every character.

The reader of the standard library says whether a document is valid; where its strings stand it does not say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from csbot.sources.columns import Keys, field_of, is_wanted
from csbot.sources.ignores import FIELD, Said, ignore_at, said_in_value
from csbot.sources.passage import Excerpt, Fail, Ignore, Item, Items, Raw, escaped_excerpt, excerpt
from csbot.text.regex import regex

DEFAULT_FIELD = "text"  # of JSON lines
_TOKEN = regex(r'"(?:[^"\\]|\\.)*+"|[][{},:]')
_CHARACTER = regex(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.S)


@dataclass(slots=True)
class _Level:
    """An object or a list that is being read."""

    start: int
    key: str | int | None  # of the value to come; None before a key
    ignores: list[tuple[Said, int, int]] = field(default_factory=list)


def json_items(text: str, fail: Fail, wanted: Sequence[str]) -> Items:
    """Yield the strings of a document, those of the keys ``wanted`` where some are named.

    Raises ``json.syntax`` for what is not JSON, ``input.field`` where a document has none of ``wanted``.
    """
    raw = Raw(text)
    _parsed(text, fail, 1, "json.syntax")
    found = False
    for item, keys in _strings(raw):
        if isinstance(item, Ignore):
            yield item
        elif not wanted or is_wanted(keys, wanted):
            found = True
            yield item
    if wanted and not found:
        raise fail((1, 1), "input.field", f"文件里没有「{'、'.join(wanted)}」")


def json_line_items(lines: Iterator[str], fail: Fail, wanted: Sequence[str]) -> Items:
    """Yield the strings of the fields ``wanted`` (``text`` where none is named) of every line; empty lines are none.

    Raises ``input.json`` for a line that is not an object, ``input.field`` for one without any of the fields. A
    field that is null says nothing.
    """
    names = wanted or (DEFAULT_FIELD,)
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        value = _parsed(line.rstrip("\r\n"), fail, number, "input.json")
        if not isinstance(value, dict):
            raise fail((number, 1), "input.json", '这一行应当是一个对象，如 {"text": "…"}')
        found = any(value.get(name, "") is None for name in names)
        for item, keys in _strings(Raw(line, number)):
            if isinstance(item, Ignore):
                yield item
            elif is_wanted(keys, names):
                found = True
                yield item
        if not found:
            if any(name in value for name in names):
                raise fail((number, 1), "input.field", f"「{'、'.join(names)}」应当是文字")
            message = f"这一行缺少「{'、'.join(names)}」；文字在别的字段里时，用 --column 写出它的名字"
            raise fail((number, 1), "input.field", message)


def _parsed(text: str, fail: Fail, line: int, code: str) -> Any:
    try:
        # Numbers stay strings: Python refuses those of thousands of digits.
        return json.loads(text, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        message = f"{'这一行' if code == 'input.json' else '文件从这里起'}不是 JSON，请检查引号、逗号和括号"
        raise fail((line + error.lineno - 1, error.colno), code, message) from None
    except RecursionError:
        raise fail((line, 1), code, "嵌套太深") from None


def _strings(raw: Raw) -> Iterator[tuple[Item, Keys]]:
    """Yield every string that is a value, and its way; and the comments, when the object they speak of ends.

    The document is valid, so that brackets, commas and quotation marks say all that there is to know.
    """
    levels: list[_Level] = []
    is_key = False  # the next string is the key of an object
    for found in _TOKEN.finditer(raw.text):
        token = found[0]
        match token[0]:
            case "{":
                levels.append(_Level(found.start(), None))
                is_key = True
            case "[":
                levels.append(_Level(found.start(), 0))
                is_key = False
            case "}" | "]":
                level = levels.pop()
                for what, start, end in level.ignores:
                    span = excerpt(raw.text[start:end], raw, start).span(0, end - start)
                    last = raw.place(found.start())
                    yield ignore_at(what, raw.text[start:end], span, raw.place(level.start), last), ()
                is_key = False
            case ",":
                level = levels[-1]
                is_key = not isinstance(level.key, int)
                if isinstance(level.key, int):
                    level.key += 1
            case ":":
                is_key = False
            case _ if is_key:
                levels[-1].key = json.loads(token)
            case _:
                keys = tuple(level.key for level in levels if level.key is not None)
                if keys and keys[-1] == FIELD and (said := said_in_value(json.loads(token))) is not None:
                    levels[-1].ignores.append((said, found.start(), found.end()))
                else:
                    yield _string(raw, found.start(), found.end(), field_of(keys)), keys


def _string(raw: Raw, start: int, end: int, name: str) -> Excerpt:
    inner = raw.text[start + 1 : end - 1]
    if "\\" not in inner:
        return excerpt(inner, raw, start + 1, field=name)
    parts = []
    for found in _CHARACTER.finditer(inner):
        character = json.loads(f'"{found[0]}"') if found[0][0] == "\\" else found[0]
        parts.append((character, start + 1 + found.start(), start + 1 + found.end()))
    return escaped_excerpt(parts, raw, field=name)
