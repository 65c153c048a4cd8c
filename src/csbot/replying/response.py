"""What is answered to a message: the wordings that may be sent, those that may not, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from csbot.matching.result import Match
from csbot.replying.slots import Filled
from csbot.rules.wording.model import Hit


@dataclass(frozen=True, slots=True)
class Variant:
    """One filled reply and what the guard says of it."""

    intents: tuple[str, ...]
    indexes: tuple[int, ...]
    filled: Filled
    findings: tuple[Hit, ...]

    @property
    def id(self) -> str:
        """A stable name: the situation and the number of its variant, ``payment.failed#2``."""
        return "+".join(f"{intent}#{index + 1}" for intent, index in zip(self.intents, self.indexes, strict=True))


@dataclass(frozen=True, slots=True)
class Response:
    """What csbot answers to a message, and what the agent may choose instead."""

    match: Match
    variants: tuple[Variant, ...]  # that may be said, best first
    refused: tuple[Variant, ...]  # that the guard refused
    next: tuple[str, ...]
    why: str = ""  # where there is no reply, in Chinese
    covered: Mapping[str, str] = field(default_factory=dict)  # situations not answered, each by which one that is

    @property
    def best(self) -> Variant | None:
        """The reply to send, where there is one."""
        return self.variants[0] if self.variants else None

    def as_dict(self) -> dict[str, Any]:
        """Return the fields of ``csbot reply --json``."""
        best = self.best
        result = {
            **self.match.as_dict(),
            "reply": best.filled.text if best else None,
            "variant": best.id if best else None,
            "open_slots": list(best.filled.open_slots) if best else [],
            "next": list(self.next),
        }
        if best is None:
            result["why"] = self.why
        return result


def refusal_of(refused: Sequence[Variant]) -> str:
    """Return in Chinese why the guard refused every variant."""
    hits = {hit.rule.id: hit for variant in refused for hit in variant.findings}
    named = "；".join(f"「{hit.found}」（规则 {identifier}）" for identifier, hit in sorted(hits.items()))
    return f"每一条回复填好后都含有禁用表达：{named}。请检查填入的变量"
