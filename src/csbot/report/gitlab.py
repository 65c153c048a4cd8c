"""Code quality of GitLab: the widget of a merge request.

The format is that of https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format. Fingerprints must
differ within a report, since GitLab shows one finding for each.
"""

from __future__ import annotations

from collections.abc import Sequence

from csbot.report.finding import Finding, counted
from csbot.report.identity import identified
from csbot.report.message import sentence
from csbot.report.run import Run
from csbot.text.serialise import to_json

_SEVERITIES = {"error": "major", "warning": "minor"}


def report(findings: Sequence[Finding], run: Run) -> str:
    """Return a JSON array of the findings that count and the inputs that could not be read."""
    issues = [
        {
            "description": sentence(finding),
            "check_name": finding.code,
            "fingerprint": finding.fingerprint,
            "severity": _SEVERITIES[finding.severity],
            "location": {
                "path": run.path(finding.path),
                "lines": {"begin": finding.line, "end": finding.end_line},
            },
        }
        for finding in identified((*counted(findings), *run.unread))
    ]
    return to_json(issues, 2) + "\n"
