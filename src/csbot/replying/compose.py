"""Join the replies to several situations into one: apology first, closing last, nothing said twice."""

from __future__ import annotations

import re
from collections.abc import Sequence

from csbot.rules.scan import RuleSet

PART_ORDER = ("greeting", "opening", "apology", "body", "closing")
# Elements that a second reply need not repeat where the first one has them.
SAID_ONCE = ("greeting", "apology", "ask_need", "thanks_patience", "understanding", "farewell", "ask_more")
_SENTENCE = re.compile(r"[^。！？!?]*[。！？!?]+[”」』）]?|[^。！？!?]+$")


def sentences_of(reply: str) -> list[str]:
    """Return the sentences of a reply with their closing marks; joined again they are the reply."""
    return [sentence for sentence in _SENTENCE.findall(reply) if sentence.strip()]


def elements_of(text: str, elements: RuleSet, names: Sequence[str]) -> set[str]:
    """Return which of the named elements ``text`` carries."""
    return {name for name in names if name in elements and elements.fires(name, text)}


def join(
    replies: Sequence[tuple[str, str, Sequence[str]]], elements: RuleSet, greetings: Sequence[str] = ("您好",)
) -> str:
    """Join replies, given as (part, text, declared elements), in the order of PART_ORDER; only the first greets.

    A sentence of a later reply is dropped where all that it does has been done: it carries an element that is
    said once only, this was said before, and it carries none of the other elements of its own script.
    """
    greeting = re.compile(f"^(?:{'|'.join(map(re.escape, greetings))})[，！。,! ]+")
    ordered = sorted(replies, key=lambda reply: PART_ORDER.index(reply[0]))
    said: set[str] = set()
    kept: list[str] = []
    for position, (_, text, declared) in enumerate(ordered):
        text = greeting.sub("", text) if position else text
        own = [name for entry in declared for name in entry.split("|") if name not in SAID_ONCE]
        for sentence in sentences_of(text):
            repeated = elements_of(sentence, elements, SAID_ONCE)
            if position and repeated and repeated <= said and not elements_of(sentence, elements, own):
                continue
            kept.append(sentence)
            said |= repeated
    return "".join(kept)
