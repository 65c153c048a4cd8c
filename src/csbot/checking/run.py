"""One run of ``csbot check`` over files: read, scan, set aside, compare. Nothing here prints."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import merge
from typing import TYPE_CHECKING

from csbot.checking.fingerprint import Fingerprints, context_of
from csbot.checking.ignoring import Placed, set_aside
from csbot.checking.keeping import Kept
from csbot.checking.together import TOGETHER, together
from csbot.library.problems import Problem
from csbot.report.finding import Finding, counted, findings_of
from csbot.rules.lookup.compact import roomy
from csbot.rules.wording.model import Hit
from csbot.sources.files import Found
from csbot.sources.passage import Ignore, Items, Passage, SourceError
from csbot.sources.reading import STANDARD_INPUT, Reading, given, read, shown

if TYPE_CHECKING:
    from csbot.checking.changes import Changes, Lines

Scan = Callable[[Sequence[str]], Sequence[Sequence[Hit]]]
Judged = tuple[Passage | Ignore, Sequence[Hit]]
Key = tuple[int, int, int, int, str]
DRAFT = "<text>"  # the path of a text that was given as such


@dataclass(frozen=True, slots=True)
class Rules:
    """What judges: the scan of some texts, the ids that a comment may name, and what is known of the customer."""

    scan: Scan
    known: Container[str]
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Outcome:
    """What a run came to. ``findings`` are in order of file and place; those that are set aside carry a suppression.

    ``problems`` are files that could not be read, or not to their end, ``notes`` what else a person should know.
    """

    findings: Kept[Finding] = field(default_factory=Kept)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unread: list[Problem] = field(default_factory=list)  # the same as values, as far as they are about a file
    checked: list[str] = field(default_factory=list)  # the files that were read to their end

    @property
    def counting(self) -> list[Finding]:
        """The findings that nothing sets aside."""
        return counted(self.findings)

    @property
    def counts(self) -> bool:
        """Whether there is any finding that nothing sets aside."""
        return any(not finding.suppression for finding in self.findings)


def check_text(text: str, rules: Rules) -> Outcome:
    """Check a text that was given as such."""
    outcome = Outcome()
    _check(DRAFT, given(text), rules, outcome)
    return outcome


def check_files(
    files: Iterable[Found | SourceError], rules: Rules, reading: Reading, changes: Changes | None = None
) -> Outcome:
    """Check files in the order given; with ``changes`` only those that changed, and there only the changed lines.

    Standard input is new as a whole. Raises ChangesError. A run that checked nothing has a problem.
    """
    outcome = Outcome()
    unchanged = 0
    for found in files:
        if isinstance(found, SourceError):
            outcome.problems.append(str(found))
            outcome.unread.append(found.problem)
            continue
        lines = changes.of(found.path) if changes is not None and found.path != STANDARD_INPUT else None
        if lines is not None and not lines:
            unchanged += 1
            continue
        try:
            _check(shown(found.path), read(found.path, reading), rules, outcome, lines)
        except SourceError as error:
            if found.named or error.problem.code != "file.binary":
                outcome.problems.append(str(error))
                outcome.unread.append(error.problem)
            else:
                outcome.notes.append(f"{shown(found.path)}: 不是文字，跳过了")
    if not (outcome.checked or outcome.problems or unchanged):
        outcome.problems.append("csbot: 没有检查任何文件")
    return outcome


def _check(path: str, items: Items, rules: Rules, outcome: Outcome, lines: Lines | None = None) -> None:
    """Add the findings of one file, in order of place. Those before a fault in the file are kept."""
    placed: Kept[Placed] = Kept()
    ignores: list[Ignore] = []
    fingerprints = Fingerprints()
    last: Key | None = None
    are_in_order = True
    try:
        for item, hits in _judged(items, rules):
            if isinstance(item, Ignore):
                ignores.append(item)
                continue
            for finding, anchor in _findings(path, item, hits, rules, fingerprints):
                placed.append((finding, anchor))
                last, before = _key(finding), last
                are_in_order &= before is None or before <= last
        outcome.checked.append(path)
    finally:
        findings, said = set_aside(placed, ignores, rules.known, path, fingerprints)
        said.sort(key=_key)
        ordered = merge(findings if are_in_order else sorted(findings, key=_key), said, key=_key)
        outcome.findings.extend(each for each in ordered if lines is None or lines.touch(each.line, each.end_line))


def _key(finding: Finding) -> Key:
    """Return what findings of a file are put in order by."""
    return finding.line, finding.column, -finding.end_line, -finding.end_column, finding.code


def _judged(items: Items, rules: Rules) -> Iterator[Judged]:
    """Yield what a file holds, passages with their hits. What comes before a fault is judged first."""
    for group in together(items, lambda item: len(item.text) if isinstance(item, Passage) else 0, TOGETHER):
        with roomy():
            hits = iter(rules.scan([item.text for item in group if isinstance(item, Passage)]))
        for item in group:
            yield item, next(hits) if isinstance(item, Passage) else ()


def _findings(
    path: str, passage: Passage, hits: Sequence[Hit], rules: Rules, fingerprints: Fingerprints
) -> Iterator[Placed]:
    """Yield the findings of a passage, each with the place that a comment would name."""
    if passage.core is not None:
        first, last = passage.core
        hits = [hit for hit in hits if first <= hit.start < last]
    if not hits:
        return
    # The place in the passage becomes the place in the file; everything else of a finding stays.
    for hit, finding in zip(hits, findings_of(path, passage.text, hits, rules.context), strict=True):
        span = passage.span(hit.start, hit.end)
        context = context_of(passage.text, hit.start, hit.end)
        placed = replace(
            finding,
            line=span.line,
            column=span.column,
            end_line=span.end_line,
            end_column=span.end_column,
            snippet=span.snippet,
            field=passage.field,
            fingerprint=fingerprints.of(hit.rule.id, path, context),
        )
        yield placed, passage.anchor
