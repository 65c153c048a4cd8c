"""Can every situation be reached, and does none take another's messages?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from csbot.library.models import Library
from csbot.library.problems import Problem
from csbot.library.values import Intent
from csbot.lint.places import Places
from csbot.matching.crossing import is_stolen, judge_library
from csbot.matching.features import all_plain
from csbot.matching.matcher import Matcher

MINIMUM_EXAMPLES = 30


def check_intents(library: Library, places: Places) -> Iterator[Problem]:
    """Yield situations with too few examples, and situations that nobody can find."""
    yield from _check_counts(library, places)
    named = {step for script in library.scripts.values() for step in script.next}
    for intent in library.intents.values():
        if intent.trigger == "agent" and intent.id not in named and not intent.keywords:
            message = f"情景「{intent.id}」不在任何 next 里，也没有 keywords，坐席找不到它"
            yield places.problem("intents", intent.id, ("id",), "intent.unreachable", message)


def _check_counts(library: Library, places: Places) -> Iterator[Problem]:
    for intent in library.intents.values():
        if intent.trigger == "customer" and len(set(intent.examples)) < MINIMUM_EXAMPLES:
            message = f"情景「{intent.id}」只有 {len(set(intent.examples))} 条例句，建议至少 {MINIMUM_EXAMPLES} 条"
            yield places.problem("intents", intent.id, ("id",), "intent.few-examples", message, "warning")


def check_duplicates(library: Library, places: Places) -> Iterator[Problem]:
    """Yield examples that stand twice, in one situation or in two."""
    seen: dict[str, str] = {}
    for intent in library.intents.values():
        for index, (text, key) in enumerate(zip(intent.examples, all_plain(intent.examples), strict=True)):
            if key in seen:
                message = taken_by(library, text, seen[key])
                where = ("examples", index)
                severity = "warning" if seen[key] == intent.id else "error"
                yield places.problem("intents", intent.id, where, "intent.duplicate-example", message, severity)
            else:
                seen[key] = intent.id


def taken_by(library: Library, text: str, other: str) -> str:
    """Return in Chinese that a situation has an example already, and what to do about it."""
    return (
        f"例句「{text}」在「{other}」（{library.intents[other].name}）里已有：同一句话不能属于两个情景，"
        "请在一边删掉，或改成能分清的说法"
    )


def stolen_examples(library: Library) -> dict[tuple[str, str], str]:
    """Return for situation and example the situation that would win the example if it were not in the library."""
    return {(each.intent, each.text): each.winner for each in judge_library(library) if is_stolen(each)}


def check_overlaps(
    intent: Intent, matcher: Matcher, stolen: Mapping[tuple[str, str], str], places: Places
) -> Iterator[Problem]:
    """Yield examples of a situation that another one wins, and its counter-examples that are still matched.

    Also the examples that are ``stolen`` once they are not in the library (leave-one-out): such messages of customers
    go astray.
    """
    competes = intent.trigger == "customer" and intent.id in matcher.situations
    winners = matcher.winners(intent.examples) if competes else [intent.id] * len(intent.examples)
    for index, (text, winner) in enumerate(zip(intent.examples, winners, strict=True)):
        where = ("examples", index)
        if winner != intent.id:
            message = f"例句「{text}」会被识别成「{winner or '（无关）'}」，请改写，或在两边补上能区分的例句"
            yield places.problem("intents", intent.id, where, "intent.stolen-example", message, "warning")
        elif other := stolen.get((intent.id, text)):
            message = f"例句「{text}」照其余例句看属于「{other}」，请改写，或在两边补上能区分的例句"
            yield places.problem("intents", intent.id, where, "intent.overlap", message, "warning")
    for index, text in enumerate(intent.negatives):
        match = matcher.match(text)
        if match.intent == intent.id and len(match.intents) == 1:
            message = f"反例「{text}」仍被识别成本情景，请给它真正所属的情景补例句"
            where = ("negatives", index)
            yield places.problem("intents", intent.id, where, "intent.negative-matched", message, "warning")
