"""Which situations of a message need no reply of their own, since the reply to another one speaks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from csbot.library.values import Script
from csbot.matching.result import Match, Unsure


def covered_by(scripts: Mapping[str, Script], intents: Sequence[str]) -> dict[str, str]:
    """Return the situations that are not answered by themselves, each with the one whose reply speaks for it.

    Only what is answered speaks for others: with 「甲 covers 乙」 and 「乙 covers 丙」, 甲 and 丙 are answered where
    all three are recognised. A library in which situations cover each other in a circle is not loaded.
    """
    covering = {each: [by for by in intents if each in scripts[by].covers] for each in intents if each in scripts}

    def speaker(intent: str) -> str:
        return next((by for by in covering.get(intent, ()) if not speaker(by)), "")

    return {each: by for each in intents if (by := speaker(each))}


def asking_of_the_rest(match: Match, scripts: Mapping[str, Script]) -> Match:
    """Return a match whose unclear further matter is none that the reply to a situation of it speaks for.

    Who got broken goods is told of returns and refunds: nobody need be asked whether that is meant.
    """
    if match.unsure is None or not match.unsure.candidates:
        return match
    answered = (each for each in match.intents if each in scripts and each not in covered_by(scripts, match.intents))
    spoken_for = {each for intent in answered for each in scripts[intent].covers}
    rest = tuple(each for each in match.unsure.candidates if each.intent not in spoken_for)
    return replace(match, unsure=Unsure(match.unsure.text, rest) if rest else None)
