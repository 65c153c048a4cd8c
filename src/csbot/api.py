"""What other Python programs may rely on: a library, loaded once, that matches, answers, judges and rewords.

The names in ``__all__`` and their fields are the interface (see docs/embedding.md): what they give as ``as_dict()`` is
the JSON of the command of the same job. Everything else in csbot may change from one version to the next.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from csbot.library.load import load_library
from csbot.library.problems import LibraryError, Problem
from csbot.matching.result import Match
from csbot.replying.context import Context
from csbot.replying.responder import Responder
from csbot.replying.response import Response
from csbot.replying.slots import SlotError, validate_all
from csbot.rules.judging.verdict import hit_as_dict, verdict_of
from csbot.rules.wording.model import Hit

__all__ = ["Answer", "Bot", "Check", "Conversation", "Finding", "LibraryError", "Problem", "Recognition", "SlotError"]


@dataclass(frozen=True, slots=True)
class Recognition:
    """What a message was taken for.

    ``decision`` is ``matched``, ``ambiguous`` or ``unmatched``; ``situation`` is None unless it is ``matched``.
    ``score`` is the probability of the best candidate, 0 to 1. ``candidates`` are ids with their probabilities, best
    first, up to five; ``situations`` all those of a message that carries several. ``unsure`` is what it says besides
    that is not recognised for certain, and which the reply asks about; None where there is nothing of that sort.
    """

    text: str
    decision: str
    situation: str | None
    score: float
    candidates: tuple[tuple[str, float], ...]
    situations: tuple[str, ...]
    unsure: str | None
    _fields: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return the fields of ``csbot match --jsonl``."""
        return dict(self._fields)


@dataclass(frozen=True, slots=True)
class Answer:
    """The reply to a message. ``text`` is None where no approved reply can be given; ``why`` says so in Chinese.

    A reply with ``open_slots`` must not be sent: they stand in it as 【名称】 until ``slots`` give their values.
    ``variant`` names the wording, ``next`` the situations that usually follow.
    """

    recognition: Recognition
    text: str | None
    variant: str | None
    open_slots: tuple[str, ...]
    next: tuple[str, ...]
    why: str
    _fields: Mapping[str, Any]

    @property
    def sendable(self) -> bool:
        """Whether the text may be sent as it is."""
        return self.text is not None and not self.open_slots

    def as_dict(self) -> dict[str, Any]:
        """Return the fields of ``csbot reply --json``."""
        return dict(self._fields)


@dataclass(frozen=True, slots=True)
class Finding:
    """A place where a draft says what must not be said: ``draft[start:end]``, in code points.

    ``severity`` is ``error`` or ``warning``; ``ways`` are the disguises that were seen through, in Chinese.
    """

    rule: str
    found: str
    start: int
    end: int
    severity: str
    instead: str
    reason: str
    source: str
    ways: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """What the forbidden rules say of a draft: ``verdict`` is ``violation``, ``warning`` or ``ok``."""

    text: str
    verdict: str
    findings: tuple[Finding, ...]
    _fields: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return the fields of ``csbot check --jsonl``."""
        return dict(self._fields)


class Bot:
    """A library, ready to answer. It keeps nothing of a message: one Bot may serve all threads of a process."""

    def __init__(self, folder: str | Path | None = None) -> None:
        """Load the library in ``folder``, else the one that the command ``csbot`` would take.

        Raises LibraryError with every problem of every file.
        """
        self._responder = Responder(load_library(None if folder is None else str(folder)))
        self._lock = threading.Lock()  # what is compiled when it is first needed is compiled once
        self._ready = False

    def prepare(self) -> None:
        """Compile what answering needs; else the first message does. Seconds without a cache, then milliseconds."""
        with self._lock:
            if not self._ready:
                _ = self._responder.matcher, self._responder.elements, self._responder.guard.rules
                self._ready = True

    @property
    def situations(self) -> dict[str, str]:
        """The situations of the library: names by id."""
        return {intent.id: intent.name for intent in self._responder.library.intents.values()}

    def match(self, text: str, *, profile: str = "") -> Recognition:
        """Return which situation a customer's message belongs to; ``profile`` is the trade, empty for all.

        Raises TypeError for what is no text, ValueError for a trade that csbot does not know.
        """
        _refuse_what_is_no_text(text=text)
        _refuse_unknown(profile=profile)
        self.prepare()
        return _recognition(self._responder.match(text, Context(datetime.min, profile=profile)))

    def reply(
        self,
        text: str,
        *,
        now: datetime | None = None,
        slots: Mapping[str, str] | None = None,
        mood: str = "",
        profile: str = "",
        complaint_type: str = "",
        channel: str = "",
    ) -> Answer:
        """Return the reply to one message that nothing went before; what is known as in ``conversation``.

        Raises what ``conversation`` and ``Conversation.reply`` raise.
        """
        customer = self.conversation(
            slots=slots, mood=mood, profile=profile, complaint_type=complaint_type, channel=channel
        )
        return customer.reply(text, now=now)

    def conversation(
        self,
        *,
        slots: Mapping[str, str] | None = None,
        mood: str = "",
        profile: str = "",
        complaint_type: str = "",
        channel: str = "",
    ) -> Conversation:
        """Return a conversation with one customer, of whom the given things are known.

        ``slots`` by their names in the library (``{"姓氏": "王"}``); ``mood``, ``profile``, ``complaint_type`` and
        ``channel`` take the words of the options of ``csbot reply``. Raises SlotError for a value that does not fit,
        TypeError for one that is no text, ValueError for a word that is none of those.
        """
        _refuse_what_is_no_text(**{f"slots[{name!r}]": value for name, value in (slots or {}).items()})
        _refuse_unknown(mood=mood, profile=profile, complaint_type=complaint_type, channel=channel)
        values = validate_all(self._responder.library.slots, slots or {})
        context = Context(
            datetime.min,
            slots=values,
            mood=mood,
            profile=profile,
            complaint_type=complaint_type,
            channel=channel,
        )
        return Conversation(self, context)

    def check(self, draft: str, *, customer_type: str = "") -> Check:
        """Hold what an agent is about to send against the forbidden rules; needs no compiled situations.

        Raises TypeError for what is no text.
        """
        _refuse_what_is_no_text(draft=draft, customer_type=customer_type)
        hits = self._responder.guard.findings(draft)
        context = {"customer_type": customer_type} if customer_type else {}
        verdict = verdict_of(hits, context).value
        fields = {"text": draft, "verdict": verdict, "hits": [hit_as_dict(hit, context) for hit in hits]}
        return Check(draft, verdict, tuple(_finding(hit, context) for hit in hits), fields)

    def rewrite(self, draft: str, *, address: str = "") -> str | None:
        """Return a draft reworded so that nothing is found in it any more; None where the rules know no such wording.

        ``address`` is how the customer is addressed, where that is known: 「王先生」. Raises TypeError for what is no
        text.
        """
        _refuse_what_is_no_text(draft=draft, address=address)
        return self._responder.guard.rewriting(draft, address).text


class Conversation:
    """The messages of one customer: what was said is not said again, what was told is not asked again.

    Not for several threads at once: it has a state. Only this process holds it; nothing of it is written down.
    """

    def __init__(self, bot: Bot, context: Context) -> None:
        """Made by ``Bot.conversation``."""
        self._bot = bot
        self._context = context

    def reply(self, text: str, *, now: datetime | None = None) -> Answer:
        """Return the reply to the customer's next message; ``now`` decides on greetings, the clock where not given.

        Raises TypeError for a message that is no text and a ``now`` that is no datetime.
        """
        _refuse_what_is_no_text(text=text)
        if now is not None and not isinstance(now, datetime):
            raise TypeError(f"now 要用 datetime，给的是 {type(now).__name__}")
        self._bot.prepare()
        responder, context = self._bot._responder, self._context
        context.now = now or datetime.now()
        responder.take(text, context)
        response = responder.respond(text, context, limit=1)
        if response.best is not None:
            responder.remember(response.best, context)
        return _answer(response)


def _refuse_what_is_no_text(**values: object) -> None:
    """Raise TypeError where a value is no ``str``: what fails on it far below would not say which one it was."""
    for name, value in values.items():
        if not isinstance(value, str):
            raise TypeError(f"{name} 要用 str，给的是 {type(value).__name__}")


def _refuse_unknown(**circumstances: str) -> None:
    """Raise ValueError where a circumstance is none that csbot knows: it would be passed over in silence."""
    from csbot.library.schema import CHANNELS, COMPLAINT_TYPES, MOODS, PROFILES

    known = {"mood": MOODS, "profile": PROFILES, "complaint_type": COMPLAINT_TYPES, "channel": CHANNELS}
    for name, value in circumstances.items():
        if value and value not in known[name]:
            raise ValueError(f"{name} 不能是「{value}」，可用：{'、'.join(known[name])}")


def _recognition(match: Match) -> Recognition:
    candidates = tuple((each.intent, each.score) for each in match.candidates)
    fields = match.as_dict()
    unsure = match.unsure.text if match.unsure is not None else None
    decision = match.decision.value
    return Recognition(match.text, decision, match.intent, match.score, candidates, match.intents, unsure, fields)


def _answer(response: Response) -> Answer:
    best = response.best
    return Answer(
        _recognition(response.match),
        best.filled.text if best else None,
        best.id if best else None,
        best.filled.open_slots if best else (),
        response.next,
        response.why,
        response.as_dict(),
    )


def _finding(hit: Hit, context: dict[str, str]) -> Finding:
    rule = hit.rule
    severity = rule.severity_in(context).value
    return Finding(rule.id, hit.found, hit.start, hit.end, severity, rule.instead, rule.reason, rule.source, hit.ways)
