"""Findings as JSON values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from csbot.report.finding import Finding, counted
from csbot.report.run import Run
from csbot.text.serialise import to_json


def as_dict(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON: its place, the rule and what to say instead. Columns count code points."""
    return {
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
        "end_column": finding.end_column,
        "rule": finding.code,
        "category": finding.category,
        "banned": finding.banned,
        "found": finding.found,
        "severity": finding.severity,
        "message": finding.message,
        "instead": finding.instead,
        "reason": finding.reason,
        "source": finding.source,
        "ways": list(finding.ways),
        "field": finding.field,
        "fingerprint": finding.fingerprint,
        "suppression": finding.suppression,
    }


def verdict(findings: Sequence[Finding]) -> str:
    """Return what findings come to: ``violation``, ``warning`` or ``ok``."""
    severities = {finding.severity for finding in findings}
    return "violation" if "error" in severities else "warning" if severities else "ok"


def report(findings: Sequence[Finding], run: Run) -> str:
    """Return one JSON object: the verdict, the findings that count, those set aside, and what could not be read."""
    document = {
        "tool": {"name": "csbot", "version": run.version, "command": run.command},
        "verdict": verdict(counted(findings)),
        "complete": run.complete,
        "findings": [as_dict(finding) for finding in counted(findings)],
        "suppressed": [as_dict(finding) for finding in findings if finding.suppression],
        "unread": [as_dict(finding) for finding in run.unread],
    }
    return to_json(document, 2) + "\n"
