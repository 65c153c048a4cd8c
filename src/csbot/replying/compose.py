"""Join the replies to several situations into one: apology first, closing last, nothing said twice."""

from __future__ import annotations

import re
from collections.abc import Sequence

from csbot.rules.scan import RuleSet

PART_ORDER = ("greeting", "opening", "apology", "body", "closing")
# Elements that a second reply need not repeat where the first one has them.
SAID_ONCE = ("greeting", "apology", "ask_need", "thanks_patience", "understanding", "farewell", "ask_more")
# What ends a reply, and has no place before the next one.
ROUNDING_OFF = ("ask_need", "ask_more", "farewell", "welcome_again", "offer_options")
_CONDITION = re.compile("如|若|要是|以后|今后|下次|日后|有[任什其]|还有|需要")
_SENTENCE = re.compile(r"[^。！？!?]*[。！？!?]+[”」』）]?|[^。！？!?]+$")


def sentences_of(reply: str) -> list[str]:
    """Return the sentences of a reply with their closing marks; joined again they are the reply."""
    return [sentence for sentence in _SENTENCE.findall(reply) if sentence.strip()]


def elements_of(text: str, elements: RuleSet, names: Sequence[str]) -> set[str]:
    """Return which of the named elements ``text`` carries."""
    return {name for name in names if name in elements and elements.fires(name, text)}


def _without_ending(sentence: str, elements: RuleSet) -> str:
    """Return a sentence without the clauses that round a reply off, where another reply follows it.

    「感谢您的耐心等候，请问有什么可以帮您？」 becomes 「感谢您的耐心等候。」; a sentence of nothing else becomes empty.
    """
    clauses = sentence.split("，")
    kept: list[str] = []
    for clause in clauses:
        if not elements_of(clause, elements, ROUNDING_OFF):
            kept.append(clause)
        elif kept and _CONDITION.match(kept[-1]):  # 「如有疑问，」 belongs to what is dropped
            kept.pop()
    if len(kept) == len(clauses):
        return sentence
    return "，".join(kept).rstrip("。！？!?") + "。" if kept else ""


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
            sentence = _without_ending(sentence, elements) if position < len(ordered) - 1 else sentence
            repeated = elements_of(sentence, elements, SAID_ONCE)
            if position and repeated and repeated <= said and not elements_of(sentence, elements, own):
                continue
            kept.append(sentence)
            said |= repeated
    return "".join(kept)
