"""Inline comments: the findings that they set aside, and what is wrong with the comments themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Sequence
from dataclasses import replace

from csbot.checking.fingerprint import Fingerprints
from csbot.report.finding import Finding
from csbot.sources.passage import Ignore

Placed = tuple[Finding, int]  # a finding and the anchor of its passage


def set_aside(
    placed: Sequence[Placed], ignores: Sequence[Ignore], known: Container[str], path: str, fingerprints: Fingerprints
) -> list[Finding]:
    """Return the findings of a file, those that a comment speaks of with its reason as ``suppression``.

    A comment without a reason sets nothing aside and is a finding, so is one for a rule that does not exist, and
    one that nothing was found for.
    """
    by_rule: dict[str, list[int]] = defaultdict(list)
    for index, (finding, _) in enumerate(placed):
        by_rule[finding.code].append(index)
    findings = [finding for finding, _ in placed]
    said: list[Finding] = []
    for ignore in ignores:
        for rule in ignore.rules:
            if rule not in known:
                message = f"没有编号为「{rule}」的规则；写法是「csbot: 忽略 规则编号 理由」" if rule else _NO_RULE
                said.append(_finding(path, ignore, "ignore.unknown-rule", "error", message))
                continue
            covered = [at for at in by_rule[rule] if ignore.covers(_start(placed[at][0]), placed[at][1])]
            if not ignore.reason:
                message = f"忽略「{rule}」没有写理由，所以不算数；请在规则编号后面写明为什么可以这样说"
                said.append(_finding(path, ignore, "ignore.no-reason", "error", message))
            elif not covered:
                message = f"这里没有发现「{rule}」，请删掉这条忽略"
                said.append(_finding(path, ignore, "ignore.unused", "warning", message))
            else:
                for at in covered:
                    findings[at] = replace(findings[at], suppression=ignore.reason)
    return findings + [
        replace(each, fingerprint=fingerprints.of(each.code, path, f"{each.message}\0{each.found}")) for each in said
    ]


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
