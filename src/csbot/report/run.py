"""What a report says of the run beside its findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from csbot.report.finding import Finding


class RuleText(NamedTuple):
    """What a report says of a rule of the library or of a code of ``csbot.lint.codes``."""

    code: str
    title: str  # Chinese, one line
    severity: str = "error"  # what the rule gives unless the customer's type raises it
    help: str = ""  # Chinese, may have several lines: why, and what to do
    category: str = ""  # ASCII: the id of the category, the family of a code
    category_name: str = ""  # Chinese


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command.

    ``files`` are those that were looked at, in order and written as in ``Finding.path``; those that could not be
    read are among them, each with a finding in ``unread``. ``root`` is the folder that reports name files from,
    absolute and with forward slashes, empty where paths stay as they are.
    """

    command: str  # check | lint | test
    version: str
    rules: Mapping[str, RuleText] = field(default_factory=dict)  # by code, at least those of the findings
    files: tuple[str, ...] = ()
    unread: tuple[Finding, ...] = ()
    root: str = ""
    passed: tuple[tuple[str, int, str], ...] = ()  # path, line and name of each test that did what it should

    @property
    def complete(self) -> bool:
        """Whether everything could be read: where not, no findings do not mean that all is well."""
        return not self.unread

    def rule(self, code: str) -> RuleText:
        """Return what is known of a rule; of an unknown one its code."""
        return self.rules.get(code) or RuleText(code, code, category=code.partition(".")[0])

    def path(self, path: str) -> str:
        """Return ``path`` as a forge knows it: from ``root`` on where it lies below, without a leading ``./``."""
        inside = f"{self.root.rstrip('/')}/"
        if self.root and path.startswith(inside):
            return path[len(inside) :]
        return path.removeprefix("./")
