"""The registry of formats: what ``--report`` takes. A format's code is imported only when it is used."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import NamedTuple

from csbot.report.finding import Finding
from csbot.report.run import Run


class Reporter(NamedTuple):
    """A format, named like the module of this package whose ``report`` writes it."""

    name: str

    def __call__(self, findings: Sequence[Finding], run: Run) -> str:
        """Return the report as text that ends with a line feed, or is empty where the format allows that."""
        report = importlib.import_module(f"csbot.report.{self.name}").report
        return str(report(findings, run))


FORMATS = ("text", "line", "json", "jsonl", "sarif", "junit", "github", "gitlab", "rdjsonl", "checkstyle")
REPORTERS = {name: Reporter(name) for name in FORMATS}
