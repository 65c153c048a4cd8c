"""Reduced text: what is left when everything is taken out that a tolerant phrase lets pass.

A tolerant phrase finds itself with repeated characters, small filler words between its characters, 我们 for 我.
Take fillers and repetitions out of the phrase and out of the text: then a text that holds the phrase in any of
these forms holds the reduced phrase as it is, and one dictionary of reduced phrases finds every candidate.
"""

from __future__ import annotations

import re
from operator import eq
from typing import NamedTuple

from csbot.rules.wording.fold import CLOSING_PARTICLES
from csbot.rules.wording.phrase import FILLERS, OPENING_PARTICLES
from csbot.text.normalise import folded
from csbot.text.pinyin import sound_table
from csbot.text.regex import regex

_GREETING = "喂"  # an opening particle, but also an expression that is banned as a clause of its own
_SMALL = {word for word in FILLERS.split("|") if len(word) == 1} | CLOSING_PARTICLES | set(OPENING_PARTICLES) | {"们"}
# Longer fillers are left out as words: 正 of 反正 counts elsewhere (保正 for 保证).
LONGER_FILLERS = [word for word in FILLERS.split("|") if not _SMALL.issuperset(word)]
_LEFT_OUT = regex("|".join([*LONGER_FILLERS, "[" + "".join(sorted(_SMALL - {_GREETING})) + "]"]))
FILLER_CHARACTERS = frozenset("".join(_SMALL)) | frozenset("".join(LONGER_FILLERS))  # _GREETING included
FILLER_PIECES = frozenset("".join(LONGER_FILLERS)) - _SMALL
_WITHOUT_PIECES = str.maketrans("", "", "".join(FILLER_PIECES))
_REPEATED = regex(r"(.)\1+", re.DOTALL)


def _loosely(filler: str) -> str:
    between = "[" + "".join(sorted(_SMALL)) + filler[0] + "]*"
    return between.join(filler[:2])


# A longer filler in a text, small words between its characters included: there the words are ambiguous, since the
# phrase itself may hold a part of it (「您的确认」, 「这嗯个年纪」). Two of them may share characters (「其实在」).
AMBIGUOUS = regex(f"(?=({'|'.join(map(_loosely, LONGER_FILLERS))}))")


def ambiguous_in(text: str) -> list[tuple[int, int]]:
    """Return the spans of what is ambiguous in a folded text."""
    if not any(each[0] in text and each[1] in text for each in LONGER_FILLERS):
        return []
    return [found.span(1) for found in AMBIGUOUS.finditer(text)]


class Reduced(NamedTuple):
    """A reduced text, its sounds one for one, and where each character stands in the folded text."""

    text: str
    sounds: str
    indexes: list[int]


def reduce(folded: str) -> Reduced:
    """Reduce a folded text (word characters only)."""
    text_of_one = same_person(folded)
    kept: list[str] = []
    indexes: list[int] = []
    position = 0
    for left_out in _LEFT_OUT.finditer(folded):
        if position < (start := left_out.start()):
            kept.append(text_of_one[position:start])
            indexes += range(position, start)
        position = left_out.end()
    kept.append(text_of_one[position:])
    indexes += range(position, len(folded))
    text = "".join(kept)
    if any(map(eq, text, text[1:])):
        firsts = [at for at, character in enumerate(text) if not at or character != text[at - 1]]
        text, indexes = "".join([text[at] for at in firsts]), [indexes[at] for at in firsts]
    return Reduced(text, text.translate(sound_table()), indexes)


def reduced_text(folded: str) -> str:
    """Return the text alone of what ``reduce`` makes of a folded text, in a third of the time."""
    text = folded if FILLER_CHARACTERS.isdisjoint(folded) else _LEFT_OUT.sub("", folded)
    text = same_person(text)
    return _REPEATED.sub(r"\1", text) if any(map(eq, text, text[1:])) else text


def same_person(text: str) -> str:
    """Return a text with one word for 我; three times as fast as a table of characters."""
    return text.replace("咱", "我").replace("俺", "我")


def reduced_literal(literal: str) -> str:
    """Return the reduced text of a literal of a phrase, given as the trainer wrote it."""
    return reduced_text("".join(filter(str.isalnum, folded(literal))))


def bare(reduced: str) -> str:
    """Return a reduced text without a single character of any filler, and with 你 for 您.

    Too little is left to tell homophones apart, but a text that holds a phrase holds its bare form, however fillers
    and phrase run into each other.
    """
    text = one_person(reduced)
    return text if FILLER_PIECES.isdisjoint(text) else _REPEATED.sub(r"\1", text.translate(_WITHOUT_PIECES))


def one_person(text: str) -> str:
    """Return a reduced text with 你 for 您: most rules do not tell them apart."""
    return text.replace("您", "你")
