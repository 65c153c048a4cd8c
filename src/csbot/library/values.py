"""What a library is made of, as immutable values: situations, replies, slots, festivals, manuals.

Entries of files that hold them have passed the check of their shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Intent(NamedTuple):
    """A situation of the manuals: how it is recognised."""

    id: str
    name: str
    trigger: str  # "customer": recognised in what customers write; "agent": called up by the agent
    cue: str
    source: str
    part: str  # its place in a joint reply: greeting, opening, apology, body or closing
    label: str = ""  # how it is offered to a customer to choose; empty where it is not
    profiles: tuple[str, ...] = ()  # the trades it belongs to; empty for all
    keywords: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    negatives: tuple[str, ...] = ()
    pinyin: tuple[str, ...] = ()  # how its name is read, and other sounds to find it by: "chong fu kou kuan"


# What the conditions of a reply are called, in the order in which they are told.
CONDITIONS = {
    "mentions": "说到",
    "mood": "情绪",
    "profile": "行业",
    "complaint_type": "投诉类型",
    "channel": "渠道",
    "festival": "节日",
    "time": "时段",
    "options": "可选的情景",
}
_SPOKEN = {"any": "有", "one": "一个", "several": "几个", "none": "没有"}


class Reply(NamedTuple):
    """One approved variant of a script. ``when`` lists the conditions under which it may be chosen.

    So does ``mentions``: words of which the customer's message holds one.
    """

    text: str
    length: str = ""
    when: tuple[tuple[str, str], ...] = ()
    mentions: tuple[str, ...] = ()

    @property
    def conditions(self) -> dict[str, str | list[str]]:
        """All conditions, as the file says them."""
        return {**({"mentions": list(self.mentions)} if self.mentions else {}), **dict(self.when)}

    @property
    def spoken_conditions(self) -> tuple[tuple[str, str], ...]:
        """What each condition is called and what it asks for, in Chinese."""
        wanted = {**self.conditions, "mentions": "、".join(self.mentions)}
        values = {name: _SPOKEN.get(str(value), str(value)) for name, value in wanted.items() if value}
        return tuple((spoken, values[name]) for name, spoken in CONDITIONS.items() if name in values)


class Script(NamedTuple):
    """What is answered in a situation, and what the agent should know about it."""

    intent: str
    topic: str
    source: str
    elements: tuple[str, ...]  # ids of element rules; "a|b" where either will do
    replies: tuple[Reply, ...]
    ask: tuple[str, ...]  # slots that the agent must fill, whatever their default
    coaching: Mapping[str, Any]
    next: tuple[str, ...]
    owner: str = ""  # who answers for it
    reviewed: str = ""  # ISO dates, empty where not given: when it was last read through,
    expires: str = ""  # and the last day on which it is true
    covers: tuple[str, ...] = ()  # situations that its replies speak for where a message is of them too


class Slot(NamedTuple):
    """A blank in a reply: what kind of value it takes and how to ask for it."""

    name: str
    type: str
    prompt: str
    default: str = ""
    example: str = ""
    choices: tuple[str, ...] = ()


class DayPeriod(NamedTuple):
    """A stretch of the day with its greeting; ``start`` and ``end`` in minutes, end excluded."""

    name: str
    start: int
    end: int
    greeting: str


class Festival(NamedTuple):
    """A festival: when it is (by solar or lunar month-day, or by fixed dates) and how it is greeted."""

    name: str
    greeting: str
    named_by: tuple[str, ...]  # what customers say: 「中秋快乐」
    solar: tuple[int, int] | None = None
    lunar: tuple[int, int] | None = None
    days: int = 1
    days_before: int = 0
    dates: tuple[tuple[str, str], ...] = ()  # ISO dates from–to; they override the computed day of their year


class AgentQuestions(NamedTuple):
    """What agents' own questions are made of, each a list of words, with examples of such lines and of others'."""

    customers: tuple[str, ...] = ()  # how an agent speaks of the customer
    themselves: tuple[str, ...] = ()  # words that customers also use of themselves: 「业主」
    scripts: tuple[str, ...] = ()  # what is asked for: 「话术」
    named_scripts: tuple[str, ...] = ()  # the same with what they are for in their names: 「结束语」
    ways: tuple[str, ...] = ()  # 「怎么」
    speaking: tuple[str, ...] = ()  # 「说」
    answering: tuple[str, ...] = ()  # 「回」: no customer asks how to do that
    handling: tuple[str, ...] = ()  # what is done to a customer, which is also asked for: 「安抚」
    helpless: tuple[str, ...] = ()  # 「怎么办」
    opening: tuple[str, ...] = ()  # what such a line begins with, and
    ending: tuple[str, ...] = ()  # ends with, and says nothing of what is asked for
    others: tuple[str, ...] = ()  # words in which none of these count: 「客户端」
    said_by_customers: tuple[str, ...] = ()  # a line that holds one of these is a customer's: 「你们」
    found: tuple[str, ...] = ()
    spared: tuple[str, ...] = ()


class Section(NamedTuple):
    """A section of a manual: what of the library comes from it, or why nothing does."""

    title: str
    situations: tuple[str, ...]
    rules: tuple[str, ...]
    settings: tuple[str, ...]
    none: str


class Manual(NamedTuple):
    """A manual and its sections, in order."""

    id: str
    name: str
    sections: tuple[Section, ...]


def section_of(entry: Mapping[str, Any]) -> Section:
    """Return the section that an entry of ``phrasebook/manuals.yaml`` describes."""
    situations, rules, settings = (tuple(entry.get(name, ())) for name in ("situations", "rules", "settings"))
    return Section(entry["title"], situations, rules, settings, entry.get("none", ""))


def intent_of(entry: Mapping[str, Any]) -> Intent:
    """Return the situation that an entry of ``intents.yaml`` describes."""
    return Intent(
        entry["id"],
        entry["name"],
        entry["trigger"],
        entry["cue"],
        entry["source"],
        entry.get("part", "body"),
        entry.get("label", ""),
        tuple(entry.get("profiles", ())),
        tuple(entry.get("keywords", ())),
        tuple(entry.get("examples", ())),
        tuple(entry.get("negatives", ())),
        tuple(entry.get("pinyin", ())),
    )


def agent_questions_of(file: Mapping[str, Any]) -> AgentQuestions:
    """Return the words that ``phrasebook/agent_questions.yaml`` lists."""
    return AgentQuestions(**{name: tuple(words) for name, words in file.items()})


def _reply_of(entry: Mapping[str, Any]) -> Reply:
    when = dict(entry.get("when", {}))
    mentions = tuple(when.pop("mentions", ()))
    return Reply(entry["text"], entry.get("length", ""), tuple(sorted(when.items())), mentions)


def script_of(entry: Mapping[str, Any], topic: str) -> Script:
    """Return the script that an entry of a file of ``scripts_library`` describes."""
    replies = tuple(map(_reply_of, entry["replies"]))
    return Script(
        entry["intent"],
        topic,
        entry["source"],
        tuple(entry["elements"]),
        replies,
        tuple(entry.get("ask", ())),
        entry["coaching"],
        tuple(entry["next"]),
        entry.get("owner", ""),
        entry.get("reviewed", ""),
        entry.get("expires", ""),
        tuple(entry.get("covers", ())),
    )
