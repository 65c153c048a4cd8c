"""The baseline: findings that were there when checking began, set aside until somebody mends them."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from csbot.checking.fingerprint import Fingerprints
from csbot.checking.keeping import Kept
from csbot.library.problems import Problem, reason_of
from csbot.report.finding import IN_BASELINE, Finding
from csbot.sources.passage import SourceError

if TYPE_CHECKING:
    from csbot.checking.run import Outcome

VERSION = 1
OWN = ("ignore.", "baseline.")  # findings about comments and the baseline itself are never put into one


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A finding that is set aside. Only the fingerprint decides; the rest is for who reads the file."""

    path: str
    rule: str
    found: str
    fingerprint: str

    def as_dict(self) -> dict[str, str]:
        """Return the entry as JSON."""
        return {"path": self.path, "rule": self.rule, "found": self.found, "fingerprint": self.fingerprint}


def read_baseline(path: str) -> list[Entry]:
    """Return the entries of a baseline. Raises SourceError: one that cannot be read sets nothing aside."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        hint = "；第一次请加 --update-baseline 建立" if isinstance(error, FileNotFoundError) else ""
        message = f"基线读不了：{reason_of(error)}{hint}"
        raise SourceError(Problem(path, 1, 1, "file.unreadable", message)) from None
    except UnicodeDecodeError:
        raise SourceError(Problem(path, 1, 1, "file.encoding", "基线不是 UTF-8")) from None
    try:
        value = json.loads(text, parse_int=str)
    except json.JSONDecodeError as error:
        raise _broken(path, error.lineno, error.colno) from None
    except RecursionError:
        raise _broken(path) from None
    findings = value.get("findings") if isinstance(value, dict) and value.get("version") == str(VERSION) else None
    if not isinstance(findings, list):
        raise _broken(path)
    return [_entry(each, path) for each in findings]


def _broken(path: str, line: int = 1, column: int = 1) -> SourceError:
    message = "不是 csbot 的基线，或者改坏了；请从版本库取回，或删掉后用 --update-baseline 重建"
    return SourceError(Problem(path, line, column, "baseline.format", message))


def _entry(value: Any, path: str) -> Entry:
    names = ("path", "rule", "found", "fingerprint")
    if not isinstance(value, dict) or not all(isinstance(value.get(name), str) for name in names):
        raise _broken(path)
    return Entry(*(value[name] for name in names))


def entries_of(findings: Iterable[Finding]) -> list[Entry]:
    """Return the entries for findings that count, sorted."""
    return sorted(
        Entry(finding.path, finding.code, finding.found, finding.fingerprint)
        for finding in findings
        if not finding.code.startswith(OWN) and not finding.suppression
    )


def held_against(outcome: Outcome, path: str, *, update: bool = False, may_grow: bool = False) -> None:
    """Set the findings of a run aside that stand in the baseline, and add those about entries of no use any more.

    With ``update`` such entries are taken out of the file instead, and with ``may_grow``, or where there is no file
    yet, what else was found is put in. Raises SourceError for a baseline that cannot be read or written.
    """
    is_new = update and not Path(path).exists()
    entries = [] if is_new else read_baseline(path)
    if update and (is_new or may_grow):
        entries = [*entries, *entries_of(outcome.counting)]
    findings, stale = compared(outcome.findings, entries, frozenset(outcome.checked))
    outcome.findings = Kept(findings)
    if update:
        gone = {entry.fingerprint for entry in stale}
        write_baseline(path, (entry for entry in entries if entry.fingerprint not in gone))
    else:
        outcome.findings.extend(stale_findings(stale, PurePath(path).as_posix()))


def compared(
    findings: Iterable[Finding], entries: Sequence[Entry], checked: frozenset[str]
) -> tuple[list[Finding], list[Entry]]:
    """Return the findings with those of the baseline set aside, and the entries that no finding belongs to any more.

    An entry of a file that was not among the ``checked`` is left alone as long as the file is there.
    """
    known = {entry.fingerprint for entry in entries}
    result = [
        replace(finding, suppression=IN_BASELINE)
        if finding.fingerprint in known and not finding.suppression and not finding.code.startswith(OWN)
        else finding
        for finding in findings
    ]
    present = {finding.fingerprint for finding in result if finding.suppression == IN_BASELINE}
    stale = [
        entry
        for entry in entries
        if entry.fingerprint not in present and (entry.path in checked or not Path(entry.path).exists())
    ]
    return result, stale


def stale_findings(stale: Iterable[Entry], name: str) -> list[Finding]:
    """Return entries that are of no use any more as findings in the baseline."""
    fingerprints = Fingerprints()
    return [
        Finding(
            path=name,
            line=1,
            column=1,
            end_line=1,
            end_column=2,
            code="baseline.stale",
            severity="warning",
            message=f"{entry.path} 里的「{entry.found}」（{entry.rule}）已经改好，请用 --update-baseline 从基线里去掉",
            fingerprint=fingerprints.of("baseline.stale", name, entry.fingerprint),
        )
        for entry in stale
    ]


def write_baseline(path: str, entries: Iterable[Entry]) -> None:
    """Write a baseline, whole or not at all. Raises SourceError where that fails."""
    value = {"version": VERSION, "findings": [entry.as_dict() for entry in sorted(set(entries))]}
    text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    target = Path(path)
    try:
        with tempfile.NamedTemporaryFile("wb", dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
            file.write(text.encode("utf-8", "backslashreplace"))
        Path(file.name).chmod(target.stat().st_mode & 0o777 if target.exists() else 0o644)
        os.replace(file.name, target)
    except OSError as error:
        raise SourceError(Problem(path, 1, 1, "file.unreadable", f"基线写不了：{reason_of(error)}")) from None
