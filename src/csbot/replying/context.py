"""What a conversation has been so far, as far as the next reply depends on it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Context:
    """The state of one conversation. The caller sets ``now``; nothing here reads a clock.

    ``used`` counts how often each variant was offered, so that the next choice is another one.
    """

    now: datetime
    slots: dict[str, str] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)  # what the customer told besides slots (given.KINDS)
    mood: str = ""  # 生气, 着急, 担心 or 平静, set by hand; empty: read from the message
    profile: str = ""
    customer_type: str = ""
    complaint_type: str = ""  # 感性 (wants to be heard) or 理性 (wants it solved), manual 002
    channel: str = ""  # 在线, 电话 or 邮件
    used: Counter[tuple[str, int]] = field(default_factory=Counter)
    last_intent: str = ""
    matter: str = ""  # the situation that was answered last and that the next message may go on about
    same_customer: bool = True  # whether the messages are of one customer; else none goes on about another's matter

    def just_heard_of(self, intent: str) -> bool:
        """Tell whether what was answered last was this situation, to the same customer."""
        return self.same_customer and self.last_intent == intent
