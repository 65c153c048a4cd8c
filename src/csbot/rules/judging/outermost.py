"""Which of many hits are reported: each place once, and none that lies in a longer one."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

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


class Gathered(NamedTuple):
    """The hits in a stretch of a text, rule by rule."""

    found: list[Hit]
    moved: list[Hit]  # by another order of clauses: they count where nothing else is found
    plain: list[Hit]

    def without(self, ids: Container[str]) -> Gathered:
        """Return what is not of some rules."""
        return Gathered(*([hit for hit in hits if hit.rule.id not in ids] for hits in self))

    def and_of(self, others: Gathered) -> Gathered:
        """Return these hits and those of other rules in the same stretch."""
        return Gathered(*(mine + theirs for mine, theirs in zip(self, others, strict=True)))


def reported(gathered: Iterable[Gathered], *, dropped: bool = False) -> list[Hit]:
    """Return of all hits in a text those that are reported, in order of their place."""
    hits: list[Hit] = []
    for found, moved, plain in gathered:
        hits += found
        hits += without_overlaps(moved, found)
        hits += plain
    if not hits:
        return hits
    hits = each_once(hits)
    kept = outermost([hit for hit in hits if hit.exception is None])
    if dropped:
        kept += [hit for hit in hits if hit.exception is not None]
    return sorted(kept, key=lambda hit: (hit.start, -hit.end, hit.rule.id))
