"""What an edit changes for messages: which go elsewhere now, and which replies are worded differently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from csbot.library.models import Library
from csbot.matching.result import Decision, Match
from csbot.replying.context import Context
from csbot.replying.responder import Responder
from csbot.trials.cases import Case


@dataclass(frozen=True, slots=True)
class Answer:
    """What csbot answers to a message with one of the two libraries."""

    decision: str
    situations: tuple[str, ...]  # empty where none was recognised
    variant: str
    reply: str  # empty where there is none

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as JSON values, under the names of ``csbot reply --json``."""
        return {
            "decision": self.decision,
            "intents": list(self.situations),
            "variant": self.variant or None,
            "reply": self.reply or None,
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """A message that is answered differently."""

    text: str
    before: Answer
    after: Answer

    @property
    def elsewhere(self) -> bool:
        """Whether the message is taken for something else; where not, only the reply is another."""
        return (self.before.decision, self.before.situations) != (self.after.decision, self.after.situations)


def compared(
    before: Responder, after: Responder, messages: Iterable[str], now: datetime
) -> Iterator[Difference | None]:
    """Yield for each message its difference, or None where nothing has changed for it."""
    shared = before.matcher is after.matcher
    for text in messages:
        match = after.matcher.match(text)
        new = _answer(after, text, match, now)
        old = _answer(before, text, match if shared else before.matcher.match(text), now)
        same = (old.decision, old.situations, old.reply) == (new.decision, new.situations, new.reply)
        yield None if same else Difference(text, old, new)


def _answer(responder: Responder, text: str, match: Match, now: datetime) -> Answer:
    response = responder.respond(text, Context(now), limit=1, match=match)
    best = response.best
    situations = match.intents if match.decision is Decision.MATCHED else ()
    return Answer(
        match.decision.value,
        tuple(sorted(situations)),
        best.id if best else "",
        best.filled.text if best else "",
    )


def messages_of(libraries: Iterable[Library], cases: Iterable[Case]) -> list[str]:
    """Return every example, counter-example and unrelated message of the libraries, and what customers say in tests."""
    texts: list[str] = []
    for library in libraries:
        for intent in library.intents.values():
            texts += [*intent.examples, *intent.negatives]
        texts += library.out_of_scope
    texts += [step.text for case in cases for step in case.steps if step.speaker == "customer"]
    return list(dict.fromkeys(texts))
