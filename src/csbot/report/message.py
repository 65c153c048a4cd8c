"""What a finding says, for the formats that have one field for it."""

from __future__ import annotations

from csbot.report.finding import Finding
from csbot.text.normalise import visible


def one_line(text: str) -> str:
    """Return ``text`` safe for a terminal and on one line."""
    return visible(text).replace("\n", "␊")


def sentence(finding: Finding) -> str:
    """Return what is wrong and what to say instead, on one line."""
    ways = f"（{'、'.join(finding.ways)}）" if finding.ways else ""
    instead = f"，改说：{finding.instead}" if finding.instead else ""
    return one_line(f"{finding.message}{ways}{instead}")


def details(finding: Finding) -> str:
    """Return everything there is to say to a person, a line for each matter."""
    ways = f"（{'、'.join(finding.ways)}）" if finding.ways else ""
    source = f"（{finding.source}）" if finding.source else ""
    lines = [f"{finding.message}{ways}"]
    if finding.field:
        lines.append(f"位置：{finding.field}")
    if finding.found:
        lines.append(f"原文：{finding.found}")
    if finding.reason or finding.source:
        lines.append(f"原因：{finding.reason}{source}")
    if finding.instead:
        lines.append(f"改说：{finding.instead}")
    return "\n".join(map(one_line, lines))
