"""What a message carries besides what it is sure to be about: a further matter that is recognised but vaguely.

Who wrote two things and is answered one has to write again; so the reply asks about the other one. Two sorts of
stretches are asked about: one that would almost have been taken for a matter of its own (``parting``), and one that a
sentence or a word like 「另外」 sets apart and that may be several situations or none. Either must ask for something:
what merely tells is the story of the first matter more often than not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from csbot.matching.parting import WEIGHTS, Cut, Message, Sense, Stretch, goes_on
from csbot.matching.result import Candidate, Part, Unsure
from csbot.matching.segmentation import WITHIN_A_SENTENCE
from csbot.text.regex import regex

NEARLY = -0.75  # what speaks for a cut (log odds) from which its further part is asked about
LEAST_SAID = 5  # Han characters of a stretch that is asked about
NAMED = 3  # situations that a customer is asked about, at most,
WORTH_NAMING = 0.1  # and how likely each of them must be at least,
SHARE = 0.3  # and all of them together;
STRANGE = 0.3  # else how unlikely it must be that the stretch belongs to any
CLEAR = 0.6  # how clear the rest must be about what is answered,
ELSEWHERE = 0.05  # and how unlikely the stretch
_ASKS = regex(
    r"[吗么不没]$|怎么|咋|什么|啥|哪|几(?!乎)|多少|多久|多大|能不能|可不可以|有没有|是不是|谁|会不会|能不|告诉我|帮我|给我|麻烦|请(?!了)|想(?![着到])|要"
)


def unsure(
    ways: Sequence[Cut], message: Message, taken: Sequence[Part], sense: Sense, denied: frozenset[str]
) -> Unsure | None:
    """Return the further matter that a message is to be asked about; None where there is none, or none that is plain.

    ``ways`` are the cuts of the message, ``taken`` what is answered: the stretches with their situations.
    """
    answered = frozenset(part.candidate.intent for part in taken)
    return _nearly(ways, answered, sense, denied) or next(_vague(message, taken, answered, sense, denied), None)


def _nearly(ways: Sequence[Cut], answered: frozenset[str], sense: Sense, denied: frozenset[str]) -> Unsure | None:
    """Return what the likeliest cut that was not taken has besides what is answered."""
    best: Unsure | None = None
    highest = NEARLY
    for cut in ways:
        further = [each for each in cut.stretches if each.intent not in answered]
        if len(further) != 1 or len(cut.stretches) - 1 != len(answered) or not denied.isdisjoint(cut.intents):
            continue
        stretch, value = further[0], cut.value
        if value <= highest or not _may_be_asked(stretch, sense):
            continue
        value += WEIGHTS.goes_on * goes_on(cut, sense)
        if value > highest and (named := _named(stretch, answered, sense)):
            best, highest = Unsure(stretch.text, named), value
    return best


def _vague(
    message: Message, taken: Sequence[Part], answered: frozenset[str], sense: Sense, denied: frozenset[str]
) -> Iterator[Unsure]:
    """Yield stretches that are set apart within what is taken for one situation, and are not about it."""
    for part in taken:
        start, end = message.span(part.text)
        for at in range(start + 1, end):
            if message.clauses[at].mark in WITHIN_A_SENTENCE:
                continue
            for one, rest in (((at, end), (start, at)), ((start, at), (at, end))):
                stretch, other = message.stretch(*one), message.stretch(*rest)
                if stretch is None or other is None or not _may_be_asked(stretch, sense):
                    continue
                intent = part.candidate.intent
                apart = _likely(other, intent) >= CLEAR and all(_likely(stretch, each) < ELSEWHERE for each in answered)
                if not apart or message.is_denied(*one, stretch.intent) or stretch.intent in denied:
                    continue
                if sense.is_asked_with(intent, stretch.said):
                    continue
                named = _named(stretch, answered, sense)
                if named or stretch.belongs < STRANGE:
                    yield Unsure(stretch.text, named)


def _may_be_asked(stretch: Stretch, sense: Sense) -> bool:
    """Tell whether a stretch asks for something: neither a mood, nor a courtesy, nor too short to be understood."""
    asks = stretch.length >= LEAST_SAID and _ASKS.search(stretch.said) is not None
    return asks and sense.told(stretch.intent) is None and not sense.is_filler(stretch.intent)


def _likely(stretch: Stretch, intent: str) -> float:
    return stretch.belongs * stretch.chances.get(intent, 0.0)


def _named(stretch: Stretch, answered: frozenset[str], sense: Sense) -> tuple[Candidate, ...]:
    """Return the situations to ask about, best first; none where they are not likely enough together."""
    likely = [
        Candidate(intent, stretch.belongs * chance)
        for intent, chance in stretch.chances.items()
        if intent not in answered and sense.told(intent) is None and not sense.is_filler(intent)
    ]
    named = tuple(each for each in likely[:NAMED] if each.score >= WORTH_NAMING)
    return named if sum(each.score for each in named) >= SHARE else ()
