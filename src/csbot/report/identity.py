"""What makes a finding the same one in the next run."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from csbot.report.finding import Finding
from csbot.text.serialise import utf8

CONTEXT = 40  # code points on both sides that belong to what a finding is


def identified(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings, each with a fingerprint of its own.

    A finding that has none gets one from its file, its rule and the words around it, never from a line number.
    Of several equal ones the first keeps it and the others get one that counts them, in the order of the file.
    """
    seen: Counter[str] = Counter()
    result: list[Finding] = []
    for finding in findings:
        fingerprint = finding.fingerprint or _digest(
            finding.path, finding.code, finding.field, finding.found, " ".join(finding.around(CONTEXT)[1].split())
        )
        seen[fingerprint] += 1
        if seen[fingerprint] > 1:
            fingerprint = _digest(fingerprint, str(seen[fingerprint]))
        result.append(finding if fingerprint == finding.fingerprint else replace(finding, fingerprint=fingerprint))
    return result


def _digest(*parts: str) -> str:
    return hashlib.sha256(b"\0".join(map(utf8, parts))).hexdigest()[:32]
