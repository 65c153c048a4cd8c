"""What single clauses have to say where a message as a whole is not clear.

Who tells a story tells circumstances with it, and those are like other situations. Two things are said of the matter
more often than of them: what asks for something, and what comes last.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from csbot.matching.denying import is_set_aside
from csbot.matching.index import COMPARED, NONE
from csbot.matching.parting import FEW_CLAUSES, WHOLE_REQUEST, asks
from csbot.matching.reading import Reader, Reading
from csbot.matching.result import Candidate
from csbot.matching.segmentation import Clause, matter
from csbot.text.segment import is_han

SAY = 0.25  # of a clause that asks, and of the last one, beside the whole message (of one that does both: twice)
LEAST = -12.0  # log probabilities of a situation in a clause below it say no more than this one
LIKELY_ENOUGH = 0.6  # how likely a message must be about something for one clause of it to settle that,
SURE, CLEAR = 0.96, 0.5  # how sure that clause must be, and how clear another one as something else to forbid it


@dataclass(frozen=True, slots=True)
class Weighed:
    """A message read once more, with what its clauses have to say."""

    reading: Reading
    clause: str  # the one that says most clearly what the message is now taken for


def weighed(reader: Reader, text: str, reading: Reading, clauses: Sequence[Clause]) -> Weighed | None:
    """Read normalised text of many clauses once more, what asks and what comes last having a say beside the whole.

    Nothing where there are few clauses, or none that says anything.
    """
    if len(clauses) <= FEW_CLAUSES or not reading.candidates:
        return None
    heard = {said: (says, _likelihoods(reader, said)) for said, says in _that_have_a_say(clauses).items()}
    heard = {said: (says, known) for said, (says, known) in heard.items() if known}
    if not heard:
        return None
    scored, calibration = reading.scored, reader.index.calibration
    scale = SAY * calibration.temperature / reader.sharpened(text)
    adds = {
        intent: scale * sum(says * known.get(intent, LEAST) for says, known in heard.values())
        for place, _ in scored.top(COMPARED + 1)
        if (intent := scored.labels[place]) != NONE
    }
    best = max(adds, key=lambda intent: scored.of(intent) + adds[intent])
    # Only what situations differ by counts: how likely it is that the message belongs to any, the whole has told.
    again = reader.read(text, leaning={intent: value - adds[best] for intent, value in adds.items()})
    first = again.candidates[0].intent
    return Weighed(again, max(heard, key=lambda said: heard[said][1].get(first, LEAST)))


def _that_have_a_say(clauses: Sequence[Clause]) -> Mapping[str, int]:
    """Return the clauses that ask, and the last one, without what leads over to them, each with how often it counts."""
    texts = [clause.text for clause in clauses]
    pairs = zip(texts, [*texts[1:], ""], strict=True)
    meant = [matter(text) for text, after in pairs if not is_set_aside(text, after)]
    return Counter([*filter(asks, meant), *meant[-1:]])


def _likelihoods(reader: Reader, said: str) -> dict[str, float]:
    """Return the log probability of every situation for a clause, given that it is any; none where nothing is known."""
    odds = reader.odds(reader.read(said, with_neighbours=False))
    if not odds:
        return {}
    highest = max(odds.values())
    every = highest + math.log(sum(math.exp(value - highest) for value in odds.values()))
    return {intent: max(LEAST, value - every) for intent, value in odds.items()}


def speaks_for_all(reader: Reader, clauses: Sequence[Clause], best: Candidate) -> str:
    """Return the clause that is sure to be what a message is likely about, if no other is clear as else; or ""."""
    if best.score < LIKELY_ENOUGH:
        return ""
    texts = [clause.text for clause in clauses]
    meant = [text for text, after in zip(texts, [*texts[1:], ""], strict=True) if not is_set_aside(text, after)]
    read = {text: found[0] for text in meant if (found := reader.candidates(matter(text)))}
    if any(each.score >= CLEAR and each.intent != best.intent for each in read.values()):
        return ""
    sure = [text for text, each in read.items() if each.intent == best.intent and each.score >= SURE]
    return next((text for text in sure if sum(map(is_han, text)) >= WHOLE_REQUEST), "")
