"""The inline comment that sets a finding aside: 「csbot: 忽略 规则编号 理由」."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from csbot.sources.passage import Ignore, Place, Span
from csbot.text.regex import regex

_WORD = r"csbot(?:[ \t]*[:：][ \t]*(?:忽略|ignore)|-ignore|-忽略)"
_RULE = r"[A-Za-z0-9_]+\.[A-Za-z0-9_.-]*[A-Za-z0-9_]"
# What opens a comment, by format. A comment ends with its line, an HTML comment where it is closed.
COMMENTS = {
    "text": regex(rf"(?:#|//|<!--)[ \t]*{_WORD}(?P<body>.*?)(?:-->|(?=\r?$))"),
    "markdown": regex(rf"<!--[ \t]*{_WORD}(?P<body>.*?)-->"),
    "yaml": regex(rf"(?:^|(?<=[ \t]))#[ \t]*{_WORD}(?P<body>.*?)(?=\r?$)", re.MULTILINE),
}
# Formats without comments have a column or a key of this name, whose value says the same.
FIELD = "csbot"
_VALUE = regex(rf"\s*(?:{_WORD}|忽略|ignore)(?P<body>.*)", re.DOTALL)
_BODY = regex(
    rf"\s*[:：]?\s*(?P<rules>{_RULE}(?:\s*[,，、]\s*{_RULE})*)\s*[:：,，、;；—-]*\s*(?P<reason>.*)", re.DOTALL
)


class Said(NamedTuple):
    """What a comment says."""

    rules: tuple[str, ...]
    reason: str


def said(body: str) -> Said:
    """Return the rules and the reason of what stands behind 「忽略」; its first word as the rule where none is named.

    A reason without a letter or a character is none.
    """
    found = _BODY.fullmatch(body.strip())
    if found is None:
        return Said((body.split(maxsplit=1)[0] if body.split() else "",), " ".join(body.split()[1:]))
    rules = tuple(dict.fromkeys(re.split(r"\s*[,，、]\s*", found["rules"])))
    reason = " ".join(found["reason"].split())
    return Said(rules, reason if any(map(str.isalnum, reason)) else "")


def said_in_value(value: str) -> Said | None:
    """Return what the value of a ``csbot`` column or key says, None where it is about something else."""
    found = _VALUE.fullmatch(value)
    return None if found is None else said(found["body"])


def ignore_at(what: Said, written: str, span: Span, first: Place, last: Place) -> Ignore:
    """Return the comment for the places ``first`` to ``last``."""
    return Ignore(what.rules, what.reason, span, written, first, last)


class LineComment(NamedTuple):
    """A comment in a line, as offsets into it."""

    said: Said
    start: int
    end: int


def comments_of(line: str, style: str) -> Iterator[LineComment]:
    """Yield the comments of a line that set findings aside; ``style`` is a key of COMMENTS."""
    if "csbot" in line:
        for found in COMMENTS[style].finditer(line):
            yield LineComment(said(found["body"]), *found.span())
