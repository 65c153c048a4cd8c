"""Findings as JSON values."""

from __future__ import annotations

from typing import Any

from csbot.report.finding import Finding


def as_dict(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON: its place, the rule and what to say instead."""
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
        "instead": finding.instead,
        "source": finding.source,
        "ways": list(finding.ways),
    }
