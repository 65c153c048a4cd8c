"""The rules that the entries of a library's files describe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from csbot.rules.wording.model import (
    Circumstance,
    Insertions,
    Kind,
    PhraseRule,
    Position,
    Regional,
    Severity,
    Unit,
    Way,
)


def forbidden_rule(
    entry: Mapping[str, Any], file: Mapping[str, Any], circumstances: Sequence[Circumstance] = ()
) -> PhraseRule:
    """Return the rule that an entry of a file under ``phrasebook/forbidden`` describes, with what spares its hits."""
    names = {entry["id"], file["category"]}
    kind = Kind(entry["kind"])
    default = () if kind is Kind.NAME else (entry["banned"],)
    return PhraseRule(
        id=entry["id"],
        name=entry["banned"],
        category=file["category"],
        category_name=file["name"],
        source=entry["source"],
        kind=kind,
        phrases=tuple(entry.get("phrases", default)),
        exceptions=tuple(entry.get("except", ())),
        positives=tuple(entry["bad"]),
        negatives=tuple(entry["good"]),
        severity=Severity(entry.get("severity", file["severity"])),
        instead=entry["instead"],
        reason=entry["reason"],
        keep_you=entry.get("keep_you") == "true",
        rewrites=tuple(map(_way, entry.get("rewrite", ()))),
        rewritten=rewritten_of(entry),
        escalate=tuple(sorted(file.get("escalate", {}).items())),
        circumstances=tuple(each for each in circumstances if not names.isdisjoint(each.rules)),
    )


def circumstance_of(entry: Mapping[str, Any]) -> Circumstance:
    """Return the circumstance that an entry of ``phrasebook/circumstances.yaml`` describes."""
    before, behind, between, unless, not_after, later, without = (
        tuple(entry.get(name, ()))
        for name in ("before", "behind", "between", "unless", "not_after", "later", "without")
    )
    return Circumstance(
        entry["id"],
        entry["name"],
        tuple(entry["rules"]),
        before,
        behind,
        between,
        int(entry.get("reach", "0")),
        unless,
        not_after,
        later,
        without,
        tuple(entry["spared"]),
        tuple(entry["found"]),
        entry.get("quoted") == "true",
    )


def regional_of(file: Mapping[str, Any]) -> tuple[Regional, ...]:
    """Return the words of regions that ``phrasebook/regional.yaml`` lists."""
    return tuple(
        Regional(
            entry["means"],
            *(tuple(entry.get(name, ())) for name in ("words", "behind", "not_before", "not_behind")),
        )
        for entry in file.get("regional", ())
    )


def insertions_of(file: Mapping[str, Any]) -> Insertions:
    """Return the words that ``phrasebook/inserted.yaml`` lists."""
    words, asides, addresses = (tuple(file.get(name, ())) for name in ("words", "asides", "addresses"))
    weakening = tuple((tuple(entry["behind"]), tuple(entry["words"])) for entry in file.get("weakening", ()))
    return Insertions(words, asides, addresses, weakening)


def polish_rule(name: str, number: int, entry: Mapping[str, Any]) -> PhraseRule:
    """Return as a rule the entry ``number`` of ``seams`` or ``touches`` in ``phrasebook/rewriting.yaml``."""
    return PhraseRule(
        id=f"{name}.{number}",
        name=entry["find"][0],
        category=name,
        category_name="润色",
        source="phrasebook/rewriting.yaml",
        kind=Kind.CLAUSE if entry.get("where") == "whole" else Kind.PHRASE,
        phrases=tuple(entry["find"]),
        keep_you=True,
        rewrites=(_way(entry),),
    )


def _way(entry: Mapping[str, Any]) -> Way:
    return Way(
        Unit(entry.get("replace", "span")),
        entry["with"],
        Position(entry.get("where", "anywhere")),
        tuple(entry.get("only_with", ())),
        tuple(entry.get("not_with", ())),
        entry.get("drops_facts") == "true",
        entry.get("part", ""),
    )


def rewritten_of(entry: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the examples of rewriting in an entry: drafts and what they become."""
    return tuple((example["draft"], example["becomes"]) for example in entry.get("rewritten", ()))


def element_rule(entry: Mapping[str, Any], file: Mapping[str, Any]) -> PhraseRule:
    """Return the rule that an entry of a file under ``phrasebook/elements`` describes."""
    return PhraseRule(
        id=entry["id"],
        name=entry["name"],
        category=file["category"],
        category_name=file["name"],
        source=entry["source"],
        phrases=tuple(entry["phrases"]),
        exceptions=tuple(entry.get("except", ())),
        positives=tuple(entry["present"]),
        negatives=tuple(entry["absent"]),
        tolerant=False,
    )


def minutes_of(clock: str) -> int:
    """Return the minutes since midnight of a time: 570 for 「9:30」."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def month_day_of(text: str | None) -> tuple[int, int] | None:
    """Return month and day of a date of every year: (1, 1) for 「01-01」."""
    if text is None:
        return None
    month, day = text.split("-")
    return int(month), int(day)
