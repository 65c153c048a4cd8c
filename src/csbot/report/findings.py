"""A finding in a file, and how it is written."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from csbot.rules.model import Hit, Severity
from csbot.rules.verdict import hit_as_dict
from csbot.text.normalise import visible

CONTEXT = 30  # characters of the line shown before and after a hit


@dataclass(frozen=True, slots=True)
class Finding:
    """A hit and its place in a file. ``line`` and ``column`` count from 1, columns in code points."""

    path: str
    line: int
    column: int
    text: str  # the whole line
    hit: Hit


def locate(path: str, text: str, hits: list[Hit]) -> list[Finding]:
    """Give each hit in ``text`` its line and column."""
    lines = text.split("\n")
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    findings = []
    for hit in hits:
        at = bisect_right(starts, hit.start) - 1
        # The line is shared by all of its findings: there can be thousands on one long line.
        findings.append(Finding(path, at + 1, hit.start - starts[at] + 1, lines[at], hit))
    return findings


def width(text: str) -> int:
    """Return the columns that ``text`` takes on a terminal."""
    from wcwidth import wcswidth

    return max(0, int(wcswidth(text)))


def marked(text: str, start: int, end: int) -> tuple[str, str]:
    """Return a piece of one line around ``start``–``end`` and a line of marks under the span."""
    first, last = max(0, start - CONTEXT), min(len(text), max(end, start) + CONTEXT)
    before, span, after = (visible(part) for part in (text[first:start], text[start:end], text[end:last]))
    before = ("…" if first else "") + before
    after += "…" if last < len(text) else ""
    return before + span + after, " " * width(before) + "^" * max(1, width(span))


def as_text(finding: Finding, context: Mapping[str, str]) -> str:
    """Return a finding as a person reads it: place, rule, the marked line, why, and what to say instead."""
    hit = finding.hit
    severity = "错误" if hit.rule.severity_in(dict(context)) is Severity.ERROR else "警告"
    start = finding.column - 1
    line, marks = marked(
        finding.text.rstrip("\r"), start, min(len(finding.text), start + len(hit.found.split("\n")[0]))
    )
    ways = f"（{'、'.join(hit.ways)}）" if hit.ways else ""
    lines = "\n".join(
        [
            f"{finding.path}:{finding.line}:{finding.column}: {hit.rule.id} {severity}：「{hit.rule.name}」{ways}",
            f"    {line}",
            f"    {marks}",
            f"    原因：{hit.rule.reason}（{hit.rule.source}）",
            f"    改说：{hit.rule.instead}",
        ]
    )
    return visible(lines)


def as_dict(finding: Finding, context: Mapping[str, str]) -> dict[str, Any]:
    """Return a finding as JSON: its place and the fields of the hit."""
    return {
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        **hit_as_dict(finding.hit, context),
    }
