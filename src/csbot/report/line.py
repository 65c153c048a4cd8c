"""One finding a line, as editors and ``grep`` take it: ``path:line:column: code severity message``."""

from __future__ import annotations

from collections.abc import Sequence

from csbot.report.finding import Finding, counted
from csbot.report.message import one_line, sentence
from csbot.report.run import Run


def as_line(finding: Finding) -> str:
    """Return a finding on one line; columns count code points."""
    return f"{one_line(finding.place)}: {finding.code} {finding.severity} {sentence(finding)}"


def report(findings: Sequence[Finding], run: Run) -> str:
    """Return a line for each finding that counts and each input that could not be read."""
    return "".join(f"{as_line(finding)}\n" for finding in (*counted(findings), *run.unread))
