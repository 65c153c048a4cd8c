"""Inline comments: the findings that they set aside, and what is wrong with the comments themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from dataclasses import replace

from csbot.checking.fingerprint import Fingerprints
from csbot.report.finding import Finding
from csbot.sources.passage import Ignore

Placed = tuple[Finding, int]  # a finding and the anchor of its passage


def set_aside(
    placed: Collection[Placed], ignores: Sequence[Ignore], known: Container[str], path: str, fingerprints: Fingerprints
) -> tuple[Iterator[Finding], list[Finding]]:
    """Return the findings of a file, those that a comment speaks of with its reason as ``suppression``.

    A comment without a reason sets nothing aside and is a finding, so is one for a rule that does not exist, and
    one that nothing was found for; those are returned by themselves.
    """
    reasons, used = _covered(placed, ignores)
    said: list[Finding] = []
    for number, ignore in enumerate(ignores):
        for rule in ignore.rules:
            if rule not in known:
                message = f"没有编号为「{rule}」的规则；写法是「csbot: 忽略 规则编号 理由」" if rule else _NO_RULE
                said.append(_finding(path, ignore, "ignore.unknown-rule", "error", message))
            elif not ignore.reason:
                message = f"忽略「{rule}」没有写理由，所以不算数；请在规则编号后面写明为什么可以这样说"
                said.append(_finding(path, ignore, "ignore.no-reason", "error", message))
            elif (number, rule) not in used:
                message = f"这里没有发现「{rule}」，请删掉这条忽略"
                said.append(_finding(path, ignore, "ignore.unused", "warning", message))
    findings = (
        replace(finding, suppression=reasons[at]) if at in reasons else finding
        for at, (finding, _) in enumerate(placed)
    )
    return findings, [
        replace(each, fingerprint=fingerprints.of(each.code, path, f"{each.message}\0{each.found}")) for each in said
    ]


def _covered(placed: Iterable[Placed], ignores: Sequence[Ignore]) -> tuple[dict[int, str], set[tuple[int, str]]]:
    """Return why findings, by their number, are set aside, and which comments, by number and rule, speak of any."""
    by_rule: dict[str, list[tuple[int, Ignore]]] = defaultdict(list)
    for number, ignore in enumerate(ignores):
        for rule in dict.fromkeys(ignore.rules):
            by_rule[rule].append((number, ignore))
    reasons: dict[int, str] = {}
    used: set[tuple[int, str]] = set()
    for at, (finding, anchor) in enumerate(placed if ignores else ()):
        for number, ignore in by_rule.get(finding.code, ()):
            if ignore.reason and ignore.covers(_start(finding), anchor):
                reasons[at] = ignore.reason
                used.add((number, finding.code))
    return reasons, used


_NO_RULE = "没有写要忽略哪条规则；写法是「csbot: 忽略 规则编号 理由」"


def _start(finding: Finding) -> tuple[int, int]:
    return finding.line, finding.column


def _finding(path: str, ignore: Ignore, code: str, severity: str, message: str) -> Finding:
    span = ignore.span
    return Finding(
        path=path,
        line=span.line,
        column=span.column,
        end_line=span.end_line,
        end_column=span.end_column,
        code=code,
        severity=severity,
        message=message,
        snippet=span.snippet,
        found=ignore.written,
    )
