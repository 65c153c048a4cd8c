"""SARIF 2.1.0 (OASIS), which code scanning of forges and editors read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html; the sections that decide are named below.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from csbot.report.finding import IN_BASELINE, Finding
from csbot.report.identity import identified
from csbot.report.message import sentence
from csbot.report.run import RuleText, Run
from csbot.text.serialise import to_json, utf8

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
BASE = "%SRCROOT%"  # the name that GitHub and the specification use for the root of the sources
CONTEXT = 100  # code points of the line on both sides of a finding
FINGERPRINT = "csbot/v1"  # § 3.27.17: a name and the version of how it is made


def report(findings: Sequence[Finding], run: Run) -> str:
    """Return a log of one run. Columns count code points; ends are the place behind the last character."""
    codes = {code: index for index, code in enumerate(dict.fromkeys(finding.code for finding in findings))}
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "csbot",
                        "version": run.version,
                        "rules": [_rule(run.rule(code)) for code in codes],
                    }
                },
                "automationDetails": {"id": f"csbot/{run.command}/"},  # check and lint do not replace each other
                "language": "zh-CN",
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {BASE: {"description": {"text": "运行 csbot 时所在的文件夹"}}},
                "invocations": [
                    {
                        "executionSuccessful": run.complete,
                        "toolExecutionNotifications": [_notification(finding, run) for finding in run.unread],
                    }
                ],
                "results": [_result(finding, run, codes[finding.code]) for finding in identified(findings)],
            }
        ],
    }
    return to_json(log, 2) + "\n"


def _rule(rule: RuleText) -> dict[str, Any]:
    category = rule.category_name or rule.category
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.title},
        "help": {"text": rule.help or rule.title},
        "defaultConfiguration": {"level": rule.severity},
        "properties": {"category": rule.category, "tags": [category] if category else []},
    }


def _result(finding: Finding, run: Run, index: int) -> dict[str, Any]:
    location: dict[str, Any] = {"physicalLocation": _place(finding, run)}
    if finding.field:
        location["logicalLocations"] = [{"name": finding.field}]
    given = {"banned": finding.banned, "instead": finding.instead, "source": finding.source, "ways": list(finding.ways)}
    return {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": finding.severity,
        "message": {"text": sentence(finding)},
        "locations": [location],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        # § 3.27.23: all results have the list or none has it; an empty one says that the finding counts.
        "suppressions": [_suppression(finding)] if finding.suppression else [],
        "properties": {name: value for name, value in given.items() if value},
    }


def _suppression(finding: Finding) -> dict[str, str]:
    kind = "external" if finding.suppression == IN_BASELINE else "inSource"
    return {"kind": kind, "status": "accepted", "justification": finding.suppression}


def _place(finding: Finding, run: Run) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": finding.line, "startColumn": finding.column}
    place: dict[str, Any] = {"artifactLocation": _file(run.path(finding.path)), "region": region}
    if finding.found:
        region |= {"endLine": finding.end_line, "endColumn": finding.end_column, "snippet": {"text": finding.found}}
    context = _context(finding)
    if context is not None:
        place["contextRegion"] = context
    return place


def _context(finding: Finding) -> dict[str, Any] | None:
    """Return the line, or what is near on a long one; § 3.29.5: it must hold more than the region itself."""
    column, text = finding.around(CONTEXT)
    if not text or finding.end_line != finding.line or text == finding.found:
        return None
    context: dict[str, Any] = {"startLine": finding.line, "snippet": {"text": text}}
    if text == finding.snippet:
        return context
    if not finding.found:  # such a region goes to the end of the line, which this piece may not reach
        return None
    return context | {"startColumn": column, "endLine": finding.line, "endColumn": column + len(text)}


def _file(path: str) -> dict[str, str]:
    from urllib.parse import quote

    uri = quote(utf8(path), safe="/")
    if path.startswith("/"):
        return {"uri": f"file://{uri}"}
    if re.match("[A-Za-z]:/", path):
        return {"uri": f"file:///{path[:2]}{uri[4:]}"}  # the colon of a drive is not escaped
    return {"uri": uri, "uriBaseId": BASE}


def _notification(finding: Finding, run: Run) -> dict[str, Any]:
    return {
        "descriptor": {"id": finding.code},
        "level": "error",
        "message": {"text": sentence(finding)},
        "locations": [{"physicalLocation": {"artifactLocation": _file(run.path(finding.path))}}],
    }
