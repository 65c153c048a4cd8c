"""What the guard finds, what it finds wrongly, and how fast it reads."""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from benchmarks.messages import HELD_OUT, read_lines
from benchmarks.tables import MEGABYTE, print_note, print_table, share
from csbot.library.load import load_library
from csbot.library.models import Library
from csbot.replying.guard import Guard
from csbot.rules.judging.verdict import Verdict, verdict_of
from csbot.rules.wording.model import Hit, Severity
from csbot.text.normalise import normalise

AGENT_LINES = "crosswoz.agent.jsonl"
ROUNDS = 3  # the best of these counts as the throughput
RULES_SHOWN = 20
STRANGERS = (
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
)  # who wrote drafts


def run(library: Path, data: Path | None, _repeat: int) -> None:
    """Measure and print everything about the guard."""
    loaded = load_library(str(library))
    guard = Guard(loaded)
    _print_drafts(guard)
    _print_strangers(guard)
    drafts = [entry["text"] for entry in read_lines(HELD_OUT / "drafts.jsonl")]
    if data is not None and (data / AGENT_LINES).is_file():
        lines = [entry["text"] for entry in read_lines(data / AGENT_LINES)]
        _print_false_alarms(guard, lines)
        _print_throughput(loaded, guard, "agent-side lines of CrossWOZ", lines)
    else:
        print_note("skipped, no public data (--data): false alarms on ordinary agent-side lines")
    _print_throughput(loaded, guard, "drafts, most of them with a finding", drafts)


def _print_drafts(guard: Guard) -> None:
    """Print how the drafts of the tests are judged."""
    entries = read_lines(HELD_OUT / "drafts.jsonl")
    outcome: dict[str, Counter[str]] = defaultdict(Counter)
    named = Counter[bool]()
    for entry in entries:
        hits = guard.findings(entry["text"])
        outcome[entry["verdict"]][verdict_of(hits).value] += 1
        if entry["banned"] is not None:
            named[any(hit.rule.name == entry["banned"] for hit in hits)] += 1
    rows = []
    for verdict in Verdict:
        counts = outcome[verdict.value]
        total = sum(counts.values())
        found = [str(counts[each.value]) for each in Verdict]
        rows.append([verdict.value, str(total), *found, share(counts[verdict.value] / total if total else None)])
    print_table(
        "Drafts of the tests: what they are, and what the guard says",
        ["is", "drafts", *(each.value for each in Verdict), "right"],
        rows,
    )
    if total := sum(named.values()):
        print_note(f"the expression that was meant is among the findings in {named[True]} of {total} drafts")


def _print_strangers(guard: Guard) -> None:
    """Print how the drafts of each author are judged now; 称「你」 alone counts only where that is what is meant."""
    rows = []
    for name in STRANGERS:
        found = Counter[str]()
        for entry in read_lines(HELD_OUT / f"drafts_{name}.jsonl"):
            hits = guard.findings(entry["text"])
            found[entry["label"]] += 1
            if entry["label"] == "violation":
                found["flagged"] += any(hit.rule.id != "address.ni" or "「你」" in entry["banned"] for hit in hits)
            elif hits:
                found[verdict_of(hits).value + " alarm"] += 1
        innocent = found["innocent"]
        rows.append(
            [
                f"{name}: {found['violation']} and {innocent}",
                share(found["flagged"] / found["violation"]),
                share(found["violation alarm"] / innocent),
                share(found["warning alarm"] / innocent),
            ]
        )
    columns = ["violations and innocent drafts", "flagged", "innocent stopped", "innocent warned"]
    print_table("Drafts by author, by the rules of today", columns, rows)


def _print_false_alarms(guard: Guard, lines: Sequence[str]) -> None:
    """Print the hits in ordinary polite language: by rule, per 1,000 lines."""
    hits: dict[str, list[Hit]] = defaultdict(list)
    flagged = Counter[Verdict]()
    for line in lines:
        found = guard.findings(line)
        flagged[verdict_of(found)] += 1
        for hit in found:
            hits[hit.rule.id].append(hit)

    def per_thousand(count: int) -> str:
        return f"{count * 1000 / len(lines):.2f}"

    def count(severity: Severity) -> int:
        return sum(len(each) for each in hits.values() if each[0].rule.severity is severity)

    rows = [
        ["hits", per_thousand(count(Severity.ERROR)), per_thousand(count(Severity.WARNING))],
        ["lines", per_thousand(flagged[Verdict.VIOLATION]), per_thousand(flagged[Verdict.WARNING])],
    ]
    title = f"Alarms in {len(lines)} ordinary agent-side lines, per 1,000 lines"
    print_table(title, ["", "errors", "warnings"], rows)
    worst = sorted(hits.items(), key=lambda each: -len(each[1]))[:RULES_SHOWN]
    by_rule = [[name, each[0].rule.severity.value, per_thousand(len(each)), _examples(each)] for name, each in worst]
    print_table("The same by rule", ["rule", "severity", "per 1,000", "found"], by_rule)


def _examples(hits: Sequence[Hit]) -> str:
    common = Counter(hit.found for hit in hits).most_common(3)
    return "、".join(found for found, _ in common)


def _print_throughput(library: Library, guard: Guard, title: str, lines: Sequence[str]) -> None:
    """Print how many megabytes a second of processor time are read, line by line in one thread."""
    phrases = literal_phrases(library)
    expression = re.compile("|".join(map(re.escape, sorted(phrases, key=len, reverse=True))))
    size = sum(len(line.encode()) for line in lines)
    readers: list[tuple[str, Callable[[str], object]]] = [
        (f"guard: {len(library.forbidden)} rules, variants, exceptions", guard.findings),
        ("normalise alone", normalise),
        (f"peer: `in` for each of {len(phrases)} phrases", partial(_naive, phrases)),
        (f"peer: one `re` of {len(phrases)} phrases", expression.findall),
    ]
    rows = [[name, f"{size / MEGABYTE / _best(read, lines):.2f}"] for name, read in readers]
    print_table(f"Throughput on {title} ({size / MEGABYTE:.2f} MB)", ["reader", "MB/s of processor time"], rows)


def literal_phrases(library: Library) -> list[str]:
    """Return the phrases of the forbidden rules that are plain text: what a list of forbidden words would hold."""
    every: Iterable[str] = (phrase for rule in library.forbidden for phrase in (rule.name, *rule.phrases))
    return sorted({phrase for phrase in every if not re.search(r"[…\[\]<>|\\(){}?*+^$]", phrase)})


def _naive(phrases: Sequence[str], line: str) -> list[str]:
    return [phrase for phrase in phrases if phrase in line]


def _best(read: Callable[[str], object], lines: Sequence[str]) -> float:
    taken = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for line in lines:
            read(line)
        taken.append(time.process_time() - start)
    return min(taken)
