"""What matching a message gives."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from csbot.matching.following import Raised
from csbot.matching.fuzzy import Near

MAXIMUM_CANDIDATES = 5


class Decision(StrEnum):
    """What csbot makes of a message."""

    MATCHED = "matched"  # one situation (or several, each clear), answered
    AMBIGUOUS = "ambiguous"  # two or three situations, to be told apart by a person
    UNMATCHED = "unmatched"  # none that could be named without guessing


@dataclass(frozen=True, slots=True)
class Candidate:
    """A situation that the message may be; ``score`` is its calibrated probability, 0..1."""

    intent: str
    score: float


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the message with a situation of its own."""

    text: str
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Unsure:
    """A stretch with a further matter that is not recognised for certain: the customer is asked about it."""

    text: str
    candidates: tuple[Candidate, ...]  # up to three that it may be, best first; none where it is like nothing


class Evidence(Sequence[tuple[str, float]]):
    """Features with what each adds, worked out when somebody looks: most who match a message never do."""

    __slots__ = ("_found", "_work")

    def __init__(self, work: Callable[[], Sequence[tuple[str, float]]]) -> None:
        """Take what works it out, which is asked once at most."""
        self._work = work
        self._found: Sequence[tuple[str, float]] | None = None

    def _worked_out(self) -> Sequence[tuple[str, float]]:
        if self._found is None:
            self._found = tuple(self._work())
        return self._found

    def __len__(self) -> int:
        """Return how many features there are."""
        return len(self._worked_out())

    def __getitem__(self, at: Any) -> Any:
        """Return a feature with what it adds, or several."""
        return self._worked_out()[at]

    def __eq__(self, other: object) -> bool:
        """Tell whether it is the same evidence, as a tuple compares."""
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        """Return the hash of the tuple that it is equal to."""
        return hash(tuple(self))


@dataclass(frozen=True, slots=True)
class Match:
    """The outcome for one message, with what it rests on."""

    text: str
    decision: Decision
    candidates: tuple[Candidate, ...]  # best first
    intents: tuple[str, ...]  # all situations of a message that carries several, in order of appearance
    reasons: tuple[str, ...] = ()  # Chinese
    parts: tuple[Part, ...] = ()
    near: tuple[Near, ...] = ()
    evidence: Sequence[tuple[str, float]] = ()  # features for the best candidate, strongest first
    belongs: float = 0.0  # the probability that the message belongs to any situation at all, 0..1
    settled: bool = False  # unmatched for what it says, whatever went before: it talks about words, or declines
    closes: bool = False  # unmatched since nothing is left to be answered: all is declined, or done with
    raised: tuple[Raised, ...] = ()  # what went before it speaks for
    sought: str = ""  # what an agent asks a script for, where the line is no customer's: 「骂人」
    unsure: Unsure | None = None  # a further matter beside what is matched
    given: str = ""  # what it gives of that which the last reply asked for: 「电话」, 「照片」

    @property
    def intent(self) -> str | None:
        """The situation, where the decision is ``matched``; the first one of those that the agent chose."""
        if self.decision is not Decision.MATCHED:
            return None
        return self.candidates[0].intent if self.candidates else self.intents[0]

    @property
    def score(self) -> float:
        """The probability of the best candidate; 0 where nothing scored."""
        return self.candidates[0].score if self.candidates else 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return the fields of ``csbot match --jsonl``."""
        fields: dict[str, Any] = {
            "text": self.text,
            "decision": self.decision.value,
            "intent": self.intent,
            "score": round(self.score, 4),
            "candidates": _as_dicts(self.candidates),
            "intents": list(self.intents),
        }
        if self.unsure is not None:
            fields["unsure"] = {"text": self.unsure.text, "candidates": _as_dicts(self.unsure.candidates)}
        return fields


def _as_dicts(candidates: Sequence[Candidate]) -> list[dict[str, Any]]:
    return [{"intent": candidate.intent, "score": round(candidate.score, 4)} for candidate in candidates]


def confirmed(match: Match, intent: str) -> Match:
    """Return a match as the situation of which the customer was asked whether it is meant, and said yes."""
    others = tuple(each for each in match.candidates if each.intent != intent)
    return replace(
        match,
        decision=Decision.MATCHED,
        candidates=(Candidate(intent, 1.0), *others),
        intents=(intent,),
        reasons=("刚问过是不是它，客户说是",),
        closes=False,
        given="",
    )


def led_by(odds: Mapping[str, float], parts: Sequence[Candidate]) -> list[Candidate]:
    """Return the situations of parts, first what the message as a whole is most like; none is surer than one before."""
    ranked: list[Candidate] = []
    for each in sorted(parts, key=lambda part: -odds.get(part.intent, -math.inf)):
        ranked.append(Candidate(each.intent, min(each.score, ranked[-1].score) if ranked else each.score))
    return ranked
