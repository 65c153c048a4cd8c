"""Workflow commands that GitHub Actions shows as annotations beside the lines.

The format is that of https://docs.github.com/actions/reference/workflow-commands-for-github-actions. The runner
reads them on standard output and standard error alike, from any line that begins with ``::`` after white space.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from csbot.report.finding import Finding, counted
from csbot.report.message import details
from csbot.report.run import Run
from csbot.text.normalise import visible
from csbot.text.regex import regex

_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({":": "%3A", ",": "%2C"})
_CONTROLS = regex("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def report(findings: Sequence[Finding], run: Run) -> str:
    """Return an annotation for each finding that counts and each input that could not be read."""
    return "".join(f"{_annotation(finding, run)}\n" for finding in (*counted(findings), *run.unread))


def _annotation(finding: Finding, run: Run) -> str:
    properties: dict[str, str] = {}
    if not finding.path.startswith("<"):  # <stdin> is no file that GitHub could show
        properties["file"] = _CONTROLS.sub(lambda control: visible(control[0]), run.path(finding.path))
        properties |= {"line": str(finding.line), "endLine": str(finding.end_line)}
        if finding.end_line == finding.line:  # GitHub takes columns only where both ends stand on one line
            properties |= {"col": str(finding.column), "endColumn": str(max(finding.column, finding.end_column - 1))}
    properties["title"] = finding.code
    listed = ",".join(f"{name}={value.translate(_PROPERTY)}" for name, value in properties.items())
    return f"::{finding.severity} {listed}::{details(finding).translate(_DATA)}"


def disarmed(text: str) -> str:
    """Return ``text`` for the log of a workflow so that no line of it is a command.

    What agents wrote stands in the log: ``::stop-commands::x`` at the start of a line, or ``##[add-mask]`` anywhere
    in it, would be obeyed.
    """
    return re.sub(r"^(\s*):(?=:)", r"\1: ", text, flags=re.MULTILINE).replace("##[", "## [")
