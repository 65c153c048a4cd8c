"""Measure a matcher on messages whose situations are known."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from csbot.matching.matcher import Matcher
from csbot.matching.result import Decision


@dataclass(frozen=True, slots=True)
class Row:
    """One measured message; ``expected`` None means out of scope."""

    expected: str | None
    first: str | None
    top3: tuple[str, ...]
    decision: Decision
    score: float
    seconds: float
    belongs: float | None = None  # how surely the message belongs to any situation; None: as surely as ``score``

    @property
    def surely(self) -> float:
        """How surely the message is held to belong to any situation."""
        return self.score if self.belongs is None else self.belongs

    @property
    def wrong(self) -> bool:
        """Whether csbot would have said something wrong: the wrong first candidate, or an answer out of scope."""
        if self.expected is None:
            return self.decision is Decision.MATCHED
        return self.first != self.expected


@dataclass(frozen=True, slots=True)
class Measured:
    """The outcome of a measurement."""

    rows: tuple[Row, ...]

    def summary(self) -> dict[str, Any]:
        """Return the figures of ``csbot eval --json`` (``load_s`` aside). Shares are 0..1, times milliseconds.

        top1, top3 and macro_f1 are over messages in scope, matched/ambiguous/unmatched over all; auroc is the
        probability that a message in scope is held to belong to any situation more surely than one out of scope
        (Mann–Whitney), null without both.
        """
        inside = [row for row in self.rows if row.expected is not None]
        decisions = Counter(row.decision for row in self.rows)
        times = sorted(row.seconds for row in self.rows)
        return {
            "n": len(self.rows),
            "top1": _share(sum(row.first == row.expected for row in inside), len(inside)),
            "top3": _share(sum(row.expected in row.top3 for row in inside), len(inside)),
            "macro_f1": self._macro_f1(),
            **{each.value: _share(decisions[each], len(self.rows)) for each in Decision},
            "auroc": self._auroc(),
            "p50_ms": round(times[len(times) // 2] * 1000, 3),
            "p99_ms": round(times[min(len(times) - 1, int(len(times) * 0.99))] * 1000, 3),
        }

    @property
    def out_of_scope_matched(self) -> float | None:
        """The share of out-of-scope messages that were answered as if they were in scope."""
        outside = [row for row in self.rows if row.expected is None]
        return _share(sum(row.decision is Decision.MATCHED for row in outside), len(outside))

    def per_intent(self) -> list[tuple[str, int, float | None, float | None]]:
        """Return for each intent: its id, its number of messages, recall and precision of the first candidate."""
        expected = Counter(row.expected for row in self.rows if row.expected is not None)
        first = Counter(row.first for row in self.rows if row.expected is not None and row.first is not None)
        right = Counter(row.expected for row in self.rows if row.expected is not None and row.first == row.expected)
        return [
            (intent, count, _share(right[intent], count), _share(right[intent], first[intent]))
            for intent, count in sorted(expected.items())
        ]

    def reliability(self) -> list[tuple[float, float, int]]:
        """Return for each tenth of confidence: its lower end, the share of right first candidates, the count."""
        bins: dict[int, list[bool]] = defaultdict(list)
        for row in self.rows:
            if row.first is not None:
                bins[min(9, int(row.score * 10))].append(row.first == row.expected)
        return [(at / 10, sum(right) / len(right), len(right)) for at, right in sorted(bins.items())]

    def _macro_f1(self) -> float | None:
        scores = []
        for _, _, recall, precision in self.per_intent():
            total = (recall or 0.0) + (precision or 0.0)
            scores.append(2 * (recall or 0.0) * (precision or 0.0) / total if total else 0.0)
        return round(sum(scores) / len(scores), 4) if scores else None

    def _auroc(self) -> float | None:
        inside = [row.surely for row in self.rows if row.expected is not None]
        outside = [row.surely for row in self.rows if row.expected is None]
        if not inside or not outside:
            return None
        ranked = sorted([(score, 1) for score in inside] + [(score, 0) for score in outside])
        rank_sum, at = 0.0, 0
        while at < len(ranked):
            end = at
            while end < len(ranked) and ranked[end][0] == ranked[at][0]:
                end += 1
            middle = (at + 1 + end) / 2  # ties share the mean of their ranks
            rank_sum += middle * sum(label for _, label in ranked[at:end])
            at = end
        wins = rank_sum - len(inside) * (len(inside) + 1) / 2
        return round(wins / (len(inside) * len(outside)), 4)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def measure(matcher: Matcher, messages: Sequence[tuple[str, str | None]], clock: Callable[[], float]) -> Measured:
    """Match every message and return what came out; ``clock`` returns seconds."""
    rows = []
    for text, expected in messages:
        start = clock()
        match = matcher.match(text)
        seconds = clock() - start
        intents = tuple(candidate.intent for candidate in match.candidates)
        first = intents[0] if intents else None
        rows.append(Row(expected, first, intents[:3], match.decision, match.score, seconds, match.belongs))
    return Measured(tuple(rows))
