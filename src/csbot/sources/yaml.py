"""YAML 1.1: the scalars that are values, with the place of every character, folded and escaped ones included.

The parser's events are read, never a document: an alias stands for nothing, however many there are of it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from csbot.sources.columns import Keys, field_of, is_wanted
from csbot.sources.ignores import COMMENTS, ignore_at, said
from csbot.sources.passage import END_OF_LINE, Excerpt, Fail, Items, Raw, escaped_excerpt, excerpt
from csbot.text.regex import regex

MAXIMUM_DEPTH = 200
Part = tuple[str, int, int]
_ESCAPED = regex(r"\\(?:x(?P<x>[0-9A-Fa-f]{2})|u(?P<u>[0-9A-Fa-f]{4})|U(?P<U>[0-9A-Fa-f]{8})|[\s\S])|[\s\S]")
_ESCAPES = {"0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r"}
_ESCAPES |= {"e": "\x1b", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029"}
_SINGLE = regex(r"''|[\s\S]")


@dataclass(slots=True)
class _Level:
    """A mapping or a list that is being read."""

    key: str | int | None  # of the value to come: a number in a list; None before a key of a mapping
    key_start: int = -1  # offset of that key in the file

    def end_of_node(self, event: Any) -> None:
        """Take note that a key or a value is complete; ``event`` is its scalar, or the end of a collection."""
        if isinstance(self.key, int):
            self.key += 1
        elif self.key is None:
            self.key = getattr(event, "value", "?")
            self.key_start = event.start_mark.index
        else:
            self.key = None


@dataclass(frozen=True, slots=True)
class _Scalar:
    """A scalar of the file: what it says, its way (None for a key), and where it and its key stand."""

    value: str
    style: str | None
    start: int
    end: int
    keys: Keys | None
    anchor: int  # offset


def yaml_items(text: str, fail: Fail, wanted: Sequence[str]) -> Items:
    """Yield the scalars that are values, those of the keys ``wanted`` where some are named, and the comments.

    Raises ``yaml.syntax``, ``yaml.depth``, or ``input.field`` where the file has none of ``wanted``.
    """
    raw = Raw(text)
    bodies: list[tuple[int, int]] = []  # where scalars are: a comment inside one is none
    found = False
    for scalar in _scalars(text, fail):
        body = scalar.start
        if scalar.style in ("|", ">"):
            body = text.find("\n", scalar.start, scalar.end) + 1 or scalar.end
        bodies.append((body, scalar.end))
        if scalar.keys is not None and (not wanted or is_wanted(scalar.keys, wanted)):
            found = True
            if scalar.value.strip():
                yield _passage(scalar, raw, body)
    yield from _comments(raw, bodies)
    if wanted and not found:
        raise fail((1, 1), "input.field", f"文件里没有「{'、'.join(wanted)}」")


def _scalars(text: str, fail: Fail) -> Iterator[_Scalar]:
    import yaml

    levels: list[_Level] = []
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            if isinstance(event, yaml.CollectionStartEvent):
                levels.append(_Level(None if isinstance(event, yaml.MappingStartEvent) else 0))
                if len(levels) > MAXIMUM_DEPTH:
                    place = Raw(text).place(_index(event.start_mark))
                    raise fail(place, "yaml.depth", f"嵌套超过 {MAXIMUM_DEPTH} 层")
                continue
            if isinstance(event, yaml.CollectionEndEvent):
                levels.pop()
            elif isinstance(event, yaml.ScalarEvent):
                start, end = _index(event.start_mark), _index(event.end_mark)
                is_key = bool(levels) and levels[-1].key is None
                keys = None if is_key else tuple(level.key for level in levels if level.key is not None)
                anchor = levels[-1].key_start if levels and levels[-1].key_start >= 0 else start
                yield _Scalar(str(event.value), event.style, start, end, keys, anchor)
            elif not isinstance(event, yaml.AliasEvent):
                continue  # the beginning or the end of a document
            if levels:
                levels[-1].end_of_node(event)
    except yaml.YAMLError as error:
        from csbot.library.yaml_reader import syntax_problem

        problem = syntax_problem(text, error)
        raise fail((problem.line, problem.column), problem.code, problem.message) from None


def _index(mark: Any) -> int:
    """Return the offset of a mark. Its line is of no use: YAML counts other line breaks too (U+2028)."""
    return int(mark.index)


def _passage(scalar: _Scalar, raw: Raw, body: int) -> Excerpt:
    """Return a scalar as a passage: as it stands where it can be, else character by character."""
    name, value = field_of(scalar.keys or ()), scalar.value
    anchor = raw.place(scalar.anchor)[0]
    start = body + (scalar.style in ("'", '"'))
    if raw.text.startswith(value, start) and "\n" not in value:
        return excerpt(value, raw, start, field=name, anchor=anchor)
    end = scalar.end - (scalar.style in ("'", '"'))
    return escaped_excerpt(
        _aligned(value, list(_parts(raw.text, scalar.style, start, end))), raw, field=name, anchor=anchor
    )


def _parts(text: str, style: str | None, start: int, end: int) -> Iterator[Part]:
    """Yield the characters that a scalar is written in, each with its place; folding comes later."""
    if style == '"':
        for found in _ESCAPED.finditer(text, start, end):
            written = found[0]
            if written == "\\\n" or written == "\\\r":
                continue  # a line that is continued
            code = found["x"] or found["u"] or found["U"]
            character = chr(int(code, 16)) if code else written[-1]
            if len(written) == 2:
                character = _ESCAPES.get(character, character)
            yield character, *found.span()
    elif style == "'":
        for found in _SINGLE.finditer(text, start, end):
            yield found[0][0], *found.span()
    else:
        for at in range(start, end):
            yield text[at], at, at + 1


def _aligned(value: str, parts: list[Part]) -> list[Part]:
    """Return the characters of a value with the places of those that wrote them.

    Folding changes white space only: what is not white space stands in both in the same order. White space of
    the value has the place of what follows the character before it.
    """
    if [part[0] for part in parts] == list(value):
        return parts
    written = iter([part for part in parts if not part[0].isspace()])
    aligned: list[Part] = []
    start, end = (parts[0][1], parts[0][1] + 1) if parts else (0, 1)
    for character in value:
        if character.isspace():
            aligned.append((character, end, end + 1))
        else:
            _, start, end = next(written, ("", start, end))
            aligned.append((character, start, end))
    return aligned


def _comments(raw: Raw, bodies: list[tuple[int, int]]) -> Items:
    """Yield the comments that set findings aside: for their own line, or alone on it for the next one."""
    starts = [start for start, _ in bodies]
    following = 0  # what the comments above each other speak of
    for found in COMMENTS["yaml"].finditer(raw.text):
        before = bisect_right(starts, found.start()) - 1
        if before >= 0 and found.start() < bodies[before][1]:
            continue
        line, column = raw.place(found.start())
        number = line
        if not raw.line(line)[: column - 1].strip():
            following = number = following if following > line else _next_said(raw, line)
        span = excerpt(found[0], raw, found.start()).span(0, len(found[0]))
        yield ignore_at(said(found["body"]), found[0], span, (number, 1), (number, END_OF_LINE))


def _next_said(raw: Raw, line: int) -> int:
    """Return the number of the next line that is neither empty nor a comment, 0 where there is none."""
    last = raw.text.count("\n") + raw.first_line
    for number in range(line + 1, last + 1):
        said_there = raw.line(number).strip()
        if said_there and not said_there.startswith("#"):
            return number
    return 0
