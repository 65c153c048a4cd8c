"""What the findings in a draft come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from csbot.rules.wording.model import Hit, Severity


class Verdict(StrEnum):
    """Whether a draft may be sent."""

    VIOLATION = "violation"
    WARNING = "warning"
    OK = "ok"


def verdict_of(hits: Iterable[Hit], context: Mapping[str, str] | None = None) -> Verdict:
    """Return the verdict for a draft's hits; ``context`` may raise warnings to errors (customer_type)."""
    severities = {hit.rule.severity_in(dict(context or {})) for hit in hits}
    if Severity.ERROR in severities:
        return Verdict.VIOLATION
    return Verdict.WARNING if severities else Verdict.OK


def hit_as_dict(hit: Hit, context: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the fields of a hit in ``csbot check --jsonl``."""
    return {
        "rule": hit.rule.id,
        "category": hit.rule.category,
        "banned": hit.rule.name,
        "found": hit.found,
        "start": hit.start,
        "end": hit.end,
        "severity": hit.rule.severity_in(dict(context or {})).value,
        "instead": hit.rule.instead,
        "source": hit.rule.source,
        "ways": list(hit.ways),
    }
