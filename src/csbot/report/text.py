"""Findings as a person reads them in a terminal."""

from __future__ import annotations

from csbot.report.finding import Finding
from csbot.text.normalise import visible

CONTEXT = 30  # characters of the line shown before and after a hit
_SEVERITIES = {"error": "错误", "warning": "警告"}


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


def _span_in(finding: Finding, snippet: str) -> tuple[int, int]:
    """Return where in its snippet a finding stands: by its columns, unless they count cells."""
    start, found = finding.column - 1, finding.found.split("\n")[0]
    if not snippet.startswith(found, start) and found in snippet:
        start = snippet.index(found)
        return start, start + len(found)
    end = finding.end_column - 1 if finding.end_line == finding.line else len(snippet)
    return start, min(len(snippet), end)


def as_text(finding: Finding) -> str:
    """Return a finding as a person reads it: place, rule, the marked line, why, and what to say instead."""
    snippet = finding.snippet.rstrip("\r")
    line, marks = marked(snippet, *_span_in(finding, snippet))
    if not finding.banned:  # about a comment or a file, not about a wording
        severity = _SEVERITIES[finding.severity]
        return visible(f"{finding.place}: {finding.code} {severity}：{finding.message}\n    {line}\n    {marks}")
    ways = f"（{'、'.join(finding.ways)}）" if finding.ways else ""
    lines = "\n".join(
        [
            f"{finding.place}: {finding.code} {_SEVERITIES[finding.severity]}：「{finding.banned}」{ways}",
            f"    {line}",
            f"    {marks}",
            f"    原因：{finding.reason}（{finding.source}）",
            f"    改说：{finding.instead}",
        ]
    )
    return visible(lines)
