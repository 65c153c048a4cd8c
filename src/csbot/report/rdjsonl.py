"""Diagnostics for reviewdog, one JSON object a line.

The format is ``Diagnostic`` of https://github.com/reviewdog/reviewdog/tree/master/proto/rdf. Columns count from 1 in
bytes of UTF-8 there, not in characters, and the end is the place behind the last byte.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any

from csbot.report.finding import Finding, counted
from csbot.report.line import as_line
from csbot.report.message import sentence
from csbot.report.run import Run
from csbot.text.serialise import to_json, utf8

_SEVERITIES = {"error": "ERROR", "warning": "WARNING"}


def report(findings: Sequence[Finding], run: Run) -> str:
    """Return a diagnostic for each finding that counts and each input that could not be read."""
    return "".join(f"{to_json(_diagnostic(finding, run))}\n" for finding in (*counted(findings), *run.unread))


def _diagnostic(finding: Finding, run: Run) -> dict[str, Any]:
    return {
        "message": sentence(finding),
        "location": {"path": run.path(finding.path), "range": _range(finding)},
        "severity": _SEVERITIES[finding.severity],
        "source": {"name": "csbot"},
        "code": {"value": finding.code},
        "original_output": as_line(finding),
    }


def _range(finding: Finding) -> dict[str, dict[str, int]]:
    """Return both ends in bytes, or the lines alone where the text that the columns count in is not known."""
    snippet, first, last = finding.snippet, finding.column - 1, finding.end_column - 1
    start: dict[str, int] = {"line": finding.line}
    end: dict[str, int] = {"line": finding.end_line}
    last_line = snippet if finding.end_line == finding.line else finding.found.rpartition("\n")[2]
    if snippet and first <= len(snippet) and last <= len(last_line):
        start["column"] = _bytes_before(snippet)[first] + 1
        end["column"] = _bytes_before(last_line)[last] + 1
    return {"start": start, "end": end}


@lru_cache(maxsize=4)
def _bytes_before(line: str) -> list[int]:
    """Return how many bytes stand before each character of a line and behind its last one.

    Once for a line: it may be a whole file with a finding every few characters.
    """
    return list(accumulate(map(len, map(utf8, line)), initial=0))
