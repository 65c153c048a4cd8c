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
    text: str = ""
    style: str = ""  # the way of speaking that the message stands for; empty where nothing is known

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
class OfIntent:
    """How the messages of one situation fared. Shares are 0..1, None where nothing is to be divided by."""

    intent: str
    count: int
    precision: float | None  # of the messages in scope whose first candidate this is, the share that belong here
    recall: float | None  # of its own messages, the share that has it as first candidate
    f1: float  # the harmonic mean of both
    matched: float | None  # of its own messages, the share that was recognised for certain, whatever as
    confused_with: str | None  # what its messages are mostly taken for instead
    confused: int  # how many of them


@dataclass(frozen=True, slots=True)
class OfStyle:
    """How the messages of one way of speaking fared; those out of scope are counted apart."""

    style: str
    inside: int
    top1: float | None
    matched: float | None  # of those in scope
    outside: int
    outside_matched: float | None


@dataclass(frozen=True, slots=True)
class Bin:
    """The messages whose first candidate has a confidence of ``low`` up to a tenth more."""

    low: float
    count: int
    confidence: float  # the mean of what was shown
    right: float  # the share whose first candidate is right


@dataclass(frozen=True, slots=True)
class Confusion:
    """Messages of one situation that were taken for another one; None is "none of them", on both sides."""

    expected: str | None
    found: str | None
    rows: tuple[Row, ...]  # surest first: those would do the most harm


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

    def per_intent(self) -> list[OfIntent]:
        """Return how each situation that messages belong to fared, by id."""
        inside = [row for row in self.rows if row.expected is not None]
        first = Counter(row.first for row in inside)
        own: dict[str, list[Row]] = defaultdict(list)
        for row in inside:
            own[row.expected or ""].append(row)
        result = []
        for intent, rows in sorted(own.items()):
            right = sum(row.first == intent for row in rows)
            others = Counter(row.first for row in rows if row.first and row.first != intent)
            commonest = min(others, key=lambda other: (-others[other], other), default=None)
            result.append(
                OfIntent(
                    intent,
                    len(rows),
                    _share(right, first[intent]),
                    _share(right, len(rows)),
                    # 2pr / (p + r) with p = right / first and r = right / count
                    2 * right / (first[intent] + len(rows)),
                    _share(sum(row.decision is Decision.MATCHED for row in rows), len(rows)),
                    commonest,
                    others[commonest] if commonest else 0,
                )
            )
        return result

    def per_style(self) -> list[OfStyle]:
        """Return how each way of speaking fared, by name; messages without one are left out."""
        own: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows:
            if row.style:
                own[row.style].append(row)
        result = []
        for style, rows in sorted(own.items()):
            inside = [row for row in rows if row.expected is not None]
            outside = [row for row in rows if row.expected is None]
            result.append(
                OfStyle(
                    style,
                    len(inside),
                    _share(sum(row.first == row.expected for row in inside), len(inside)),
                    _share(sum(row.decision is Decision.MATCHED for row in inside), len(inside)),
                    len(outside),
                    _share(sum(row.decision is Decision.MATCHED for row in outside), len(outside)),
                )
            )
        return result

    def reliability(self) -> list[Bin]:
        """Return what became of each tenth of confidence, lowest first; messages without a candidate are left out.

        A message out of scope has no right candidate: whatever confidence is shown for it is too much.
        """
        bins: dict[int, list[Row]] = defaultdict(list)
        for row in self.rows:
            if row.first is not None:
                bins[min(9, int(row.score * 10))].append(row)
        return [
            Bin(
                at / 10,
                len(rows),
                sum(row.score for row in rows) / len(rows),
                sum(row.first == row.expected for row in rows) / len(rows),
            )
            for at, rows in sorted(bins.items())
        ]

    @property
    def calibration_error(self) -> float | None:
        """By how much shown confidence and share of right answers differ, on the mean of all messages: 0..1.

        The expected calibration error over ten bins of equal width (Naeini, Cooper, Hauskrecht 2015); None where no
        message has a candidate.
        """
        bins = self.reliability()
        count = sum(each.count for each in bins)
        return sum(each.count * abs(each.right - each.confidence) for each in bins) / count if count else None

    def confusions(self) -> list[Confusion]:
        """Return what was taken for what else, commonest first: wrong first candidates, and answers out of scope."""
        pairs: dict[tuple[str | None, str | None], list[Row]] = defaultdict(list)
        for row in self.rows:
            if row.wrong:
                pairs[row.expected, row.first].append(row)
        found = [
            Confusion(expected, first, tuple(sorted(rows, key=lambda row: -row.score)))
            for (expected, first), rows in pairs.items()
        ]
        return sorted(found, key=lambda each: (-len(each.rows), each.expected or "", each.found or ""))

    def _macro_f1(self) -> float | None:
        scores = [each.f1 for each in self.per_intent()]
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


def measure(
    matcher: Matcher,
    messages: Sequence[tuple[str, str | None]],
    clock: Callable[[], float],
    styles: Sequence[str] = (),
) -> Measured:
    """Match every message and return what came out; ``clock`` returns seconds.

    ``styles`` names the way of speaking of each message, where it is known.
    """
    rows = []
    for at, (text, expected) in enumerate(messages):
        start = clock()
        match = matcher.match(text)
        seconds = clock() - start
        intents = tuple(candidate.intent for candidate in match.candidates)
        first = intents[0] if intents else None
        style = styles[at] if styles else ""
        rows.append(Row(expected, first, intents[:3], match.decision, match.score, seconds, match.belongs, text, style))
    return Measured(tuple(rows))
