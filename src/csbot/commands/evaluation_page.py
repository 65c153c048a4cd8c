"""The page of ``csbot eval --html``: one file that needs no other and fetches nothing.

What stands where is reckoned here; ``templates/evaluation.html`` draws it. Jinja2 escapes every value that comes in,
and every control character is made visible before: messages and labels are anybody's text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from csbot.commands.evaluation_text import NOTHING, OUTSIDE, called, percent
from csbot.matching.measure import Confusion, Measured
from csbot.matching.result import Decision
from csbot.text.normalise import visible

SHOWN = 40  # situations on each side of the heat map: those with the most mistakes
MESSAGES_SHOWN = 50  # of each confusion
CELL = 24  # pixels
LABEL = 14  # characters of a label on the map: the whole stands in its tooltip
_DECISIONS = {Decision.MATCHED: "已识别", Decision.AMBIGUOUS: "拿不准", Decision.UNMATCHED: "未识别"}


@dataclass(frozen=True, slots=True)
class Label:
    """A situation at the edge of the heat map."""

    short: str
    full: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A confused pair on the heat map: its place from the upper left, and how dark it is (0..1)."""

    x: int
    y: int
    strength: float
    count: int
    number: int  # of the paragraph that shows its messages
    title: str


@dataclass(frozen=True, slots=True)
class Map:
    """The heat map: rows are what was meant, columns what was found. Only what was confused is on it."""

    rows: tuple[Label, ...]
    columns: tuple[Label, ...]
    cells: tuple[Cell, ...]
    left_out: int  # confused pairs that have no place on it


def page(result: Measured, summary: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Return the page as HTML. ``summary`` holds the figures of ``csbot eval --json``, ``names`` of situations."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("csbot.commands"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters.update(percent=percent, decision=lambda decision: _DECISIONS[decision])
    confusions = result.confusions()
    return environment.get_template("evaluation.html").render(
        summary=summary,
        out_of_scope_matched=result.out_of_scope_matched,
        calibration_error=result.calibration_error,
        bins=result.reliability(),
        most_in_a_bin=max((each.count for each in result.reliability()), default=1),
        styles=result.per_style(),
        intents=result.per_intent(),
        confusions=confusions,
        map=heat_map(confusions, names),
        called=lambda intent, nothing=NOTHING: called(intent, names, nothing),
        OUTSIDE=OUTSIDE,
        NOTHING=NOTHING,
        CELL=CELL,
        MESSAGES_SHOWN=MESSAGES_SHOWN,
    )


def _shown(value: Any) -> Any:
    """Return a value as it may stand on a page: what is HTML already stays, text shows its control characters."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return visible(value)
    return value


def heat_map(confusions: Sequence[Confusion], names: Mapping[str, str]) -> Map:
    """Return where each confused pair stands; situations in order of their mistakes, most first."""
    meant = _leading((each.expected, len(each.rows)) for each in confusions)
    found = _leading((each.found, len(each.rows)) for each in confusions)
    most = max((len(each.rows) for each in confusions), default=1)
    cells = tuple(
        Cell(
            x=found[each.found] * CELL,
            y=meant[each.expected] * CELL,
            strength=len(each.rows) / most,
            count=len(each.rows),
            number=number,
            title=f"{called(each.expected, names, OUTSIDE)} → {called(each.found, names)}：{len(each.rows)} 条",
        )
        for number, each in enumerate(confusions, start=1)
        if each.expected in meant and each.found in found
    )
    rows = tuple(_label(intent, names, OUTSIDE) for intent in meant)
    columns = tuple(_label(intent, names, NOTHING) for intent in found)
    return Map(rows, columns, cells, len(confusions) - len(cells))


def _leading(counts: Any) -> dict[str | None, int]:
    """Return the situations with the most mistakes, each with its place."""
    totals: dict[str | None, int] = {}
    for intent, count in counts:
        totals[intent] = totals.get(intent, 0) + count
    leading = sorted(totals, key=lambda intent: (-totals[intent], intent or ""))[:SHOWN]
    return {intent: place for place, intent in enumerate(leading)}


def _label(intent: str | None, names: Mapping[str, str], nothing: str) -> Label:
    full = called(intent, names, nothing)
    short = nothing if intent is None else names.get(intent) or intent
    return Label(short if len(short) <= LABEL else short[: LABEL - 1] + "…", full)
