"""Findings as a person reads them in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING
from unicodedata import category, east_asian_width

from csbot.report.finding import Finding
from csbot.report.message import one_line
from csbot.report.run import Run
from csbot.text.normalise import visible

if TYPE_CHECKING:
    from csbot.rules.rewrite import Rewriting

CONTEXT = 30  # characters of the line shown before and after a hit
_BLANKS = "\u3164\uffa0"  # Korean letters that are not shown
_SEVERITIES = {"error": "错误", "warning": "警告"}


def width(text: str) -> int:
    """Return the columns that ``text`` takes on a terminal."""
    if all(map(_is_letter, text)):
        return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
    from wcwidth import wcswidth  # 15 ms, which a finding in plain Chinese does not wait for

    return max(0, int(wcswidth(text)))


def _is_letter(character: str) -> bool:
    """Tell whether a character takes its columns whatever stands beside it, as East Asian Width (UAX #11) says."""
    narrow_or_wide = east_asian_width(character) != "N" and character not in _BLANKS
    return narrow_or_wide and character <= "\uffff" and category(character)[0] not in "CM"


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
    ways = f"（{'、'.join(finding.ways)}）" if finding.ways else ""
    what = f"「{finding.banned}」{ways}" if finding.banned else finding.message
    lines = [f"{one_line(finding.place)}: {finding.code} {_SEVERITIES[finding.severity]}：{what}"]
    if finding.snippet:
        snippet = finding.snippet.rstrip("\r")
        lines += [f"    {part}" for part in marked(snippet, *_span_in(finding, snippet))]
    if finding.reason or finding.source:
        source = f"（{finding.source}）" if finding.source else ""
        lines.append(f"    原因：{finding.reason}{source}")
    if finding.instead:
        lines.append(f"    改说：{finding.instead}")
    return visible("\n".join(lines))


def pieces(findings: Iterable[Finding], run: Run) -> Iterator[str]:
    """Yield the report piece by piece: of a large file all of it together would take more memory than the file."""
    shown = aside = 0
    for finding in findings:
        if finding.suppression:
            aside += 1
        else:
            shown += 1
            yield f"{as_text(finding)}\n"
    total = f"共 {shown} 处" if shown else "没有发现服务忌语" if run.command == "check" else "没有发现问题"
    if shown or run.complete:  # nothing found in what could be read is no clean pass
        yield f"{total}（另有 {aside} 处已忽略）\n" if aside else f"{total}\n"


def report(findings: Sequence[Finding], run: Run) -> str:
    """Return the findings that count and how many there are; what could not be read is told on standard error."""
    return "".join(pieces(findings, run))


def rewriting_as_text(rewriting: Rewriting) -> str:
    """Return the rewriting of a whole draft as a person reads it, or which rules stand in its way."""
    if rewriting.text is not None:
        return visible(f"整段改写：{rewriting.text}")
    stuck = "、".join(f"「{rule.name}」（{rule.id}）" for rule in rewriting.stuck)
    return f"整段改写：没有。{stuck}没有可以照搬的改法，请参考“改说”重新写。"
