"""Which of many hits are reported: each place once, and none that lies in a longer one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from csbot.rules.wording.model import Hit, Severity


def each_once(hits: Iterable[Hit]) -> list[Hit]:
    """Return every hit once: two stretches overlap where a long text had to be cut in the middle of a sentence.

    Of two findings of one place the one that an exception covers counts: it saw more of the context. Of two ways
    to one place, the one with less to explain counts.
    """
    found: dict[tuple[str, int, int], Hit] = {}
    for hit in hits:
        key = (hit.rule.id, hit.start, hit.end)
        if key not in found or (hit.exception is not None and found[key].exception is None):
            found[key] = hit
    return list(found.values())


def outermost(hits: Iterable[Hit]) -> list[Hit]:
    """Return the hits that lie in no longer one that is at least as severe."""
    kept: list[Hit] = []
    reach = reach_of_errors = -1  # where the hits seen so far end, longest first at each place
    ordered = sorted(hits, key=lambda hit: (hit.start, -hit.end))
    for (_, end), same_place in groupby(ordered, key=lambda hit: (hit.start, hit.end)):
        group = list(same_place)
        for hit in group:
            if end > (reach_of_errors if hit.rule.severity is Severity.ERROR else reach):
                kept.append(hit)
        reach = max(reach, end)
        if any(hit.rule.severity is Severity.ERROR for hit in group):
            reach_of_errors = max(reach_of_errors, end)
    return kept


def without_overlaps(hits: Iterable[Hit], others: Sequence[Hit]) -> list[Hit]:
    """Return those of some hits that have no character in common with any of the others that is as severe."""
    found = [hit for hit in others if hit.exception is None]
    return [
        hit
        for hit in hits
        if not any(
            hit.start < other.end and other.start < hit.end
            for other in found
            if other.rule.severity is Severity.ERROR or hit.rule.severity is not Severity.ERROR
        )
    ]
