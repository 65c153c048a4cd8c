"""Findings as JSON lines (jsonlines.org), for programs that read one at a time."""

from __future__ import annotations

from collections.abc import Sequence

from csbot.report.finding import Finding
from csbot.report.json import as_dict
from csbot.report.run import Run
from csbot.text.serialise import to_json


def report(findings: Sequence[Finding], run: Run) -> str:
    """Return a JSON object a line: findings (``suppression`` is empty where one counts), then what was not read."""
    return "".join(f"{to_json(as_dict(finding))}\n" for finding in (*findings, *run.unread))
