"""Several situations in one message: of all the ways to take it apart, the one that most likely answers what is asked.

A cut is held against leaving the message whole. What speaks for it is added up: how clear each stretch is by itself
and whether it is a matter of its own (it asks, it thanks or complains, it names its situation, it is more than a few
characters), what stands between the stretches, how many clauses only tell a story, what others with the earlier matter
ask as well, and what would be left unanswered without it. The weights are those
of a multinomial logit (McFadden 1974) over the cuts of messages with known situations; ``python -m benchmarks
parting`` fits them again, each author's messages judged by what the others' taught.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import NamedTuple, Protocol

from csbot.matching.result import Candidate, Part
from csbot.matching.segmentation import WITHIN_A_SENTENCE, Clause, Mark, Telling, asks_of_it, gives_data, matter
from csbot.text.regex import regex
from csbot.text.segment import is_han

MINIMUM_HAN = 2  # of a stretch that may carry a situation of its own: 「再见」
WHOLE_REQUEST = 4  # Han characters that a request which needs no other clause has at least
SHORT = 4  # Han characters below which a clause says little
LONG = 10  # Han characters from which a stretch says enough to be a matter
FEW_CLAUSES = 3  # up to which a message asks for several things; longer ones mostly tell one story
# How much the whole message has a say in what a stretch of it means: 「怎么改成自己的」 after 「初始密码是多少」.
CONTEXT = 0.2
LEAST = 1e-4  # probabilities below it say no more than this one
HOPELESS = 0.4  # how clear a stretch must be at least for its cut to be worth a look
CLEARLY = 0.5  # how clear a clause must be for it to be missed in the answer,
ELSEWHERE = 0.05  # and how unlikely to be about what its stretch is taken for
# What a clause holds that asks for something: it needs no other clause to be about.
_ASKS = regex(
    r"[吗呢么嘛不没吧呗]$|怎么|咋|什么|啥|哪|几(?!乎)|多少|多久|多大|能不能|可不可以|可以|有没有|是不是|帮我|给我|麻烦|请|要|想"
    r"|叫.{1,5}来|谁|告诉我|给查|会不会|(?P<verb>[\u4e00-\u9fff])没(?P=verb)"  # not 「你们管不管」
)


class Evidence(NamedTuple):
    """What speaks for a cut and against leaving the message whole; also the weights of that."""

    which: float  # how sure it is which situation each stretch is (sum of natural logarithms, at most 0),
    belongs: float  # and that it belongs to any at all
    whole: float  # how likely the message as a whole is one of these situations (natural logarithm)
    rivals: float  # how much a stretch may be about what another one is about (natural logarithm)
    asked: float  # stretches that ask for something,
    told: float  # stretches that only tell, and neither thank nor complain
    unnamed: float  # stretches that hold no keyword of their situation
    length: float  # how much the shortest stretch says, 0..1: its Han characters, up to LONG
    topics: float  # stretches of the same topic as another one
    sentences: float  # stretches that begin with a sentence,
    joined: float  # and those that a word like 「另外」 begins
    story: float  # clauses beyond one for each stretch, the shortest aside
    long: float  # whether there are more than a few clauses
    unasked: float  # clauses that are left unanswered though they ask: more than if the message stays whole,
    untold: float  # and those that only tell
    run_on: float  # stretches before which no mark stands
    goes_on: float = 0.0  # stretches after a comma that others with an earlier matter ask too

    def value(self, weights: Evidence) -> float:
        """Return by how much a cut is likelier than leaving the message whole (log odds)."""
        return sum(amount * weight for amount, weight in zip(self, weights, strict=True))


WEIGHTS = Evidence(3.3, 3.0, 0.1, -0.2, -0.3, -0.55, -0.9, 2.5, 1.1, 1.5, 1.8, -0.95, -0.2, -0.65, -0.25, -1.4, -1.75)
READILY = -0.2  # what speaks for a cut before anything is known: most messages are about one matter


class Sense(Protocol):
    """What stretches of a message are taken for, and what is known of situations."""

    def candidates(self, text: str) -> tuple[Candidate, ...]:
        """Return the best situations of a stretch, best first."""

    def read_ahead(self, texts: Sequence[str]) -> None:
        """Make ready for stretches that ``candidates`` will be asked for."""

    def is_filler(self, intent: str) -> bool:
        """Tell whether a situation is mere courtesy beside another one."""

    def is_named(self, intent: str, text: str) -> bool:
        """Tell whether text names a situation by one of its keywords."""

    def is_denied(self, intent: str, clause: str, after: str) -> bool:
        """Tell whether a clause that is taken for a situation says that it is not meant; ``after`` is the next one."""

    def is_asked_with(self, intent: str, text: str) -> bool:
        """Tell whether who brings a situation asks this too: 「要带哪些证件」 of who takes over a flat."""

    def told(self, intent: str) -> Telling | None:
        """Return as what a situation is brought up by telling; None where somebody asks for something."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring clauses and what they are taken for."""

    text: str
    said: str  # the same without what only leads over to it
    mark: Mark  # what stands before it
    chances: Mapping[str, float]  # how likely each situation is, given that it is any; best first
    belongs: float  # how likely it is any
    asks: bool
    length: int  # in Han characters

    @property
    def intent(self) -> str:
        """The likeliest situation."""
        return next(iter(self.chances))

    @property
    def clear(self) -> float:
        """How clear the likeliest situation is, 0..1."""
        return self.belongs * self.chances[self.intent]


class Cut(NamedTuple):
    """A way to take a message apart: its stretches with situations of their own, and what speaks for it."""

    stretches: list[Stretch]
    evidence: Evidence

    @property
    def value(self) -> float:
        """By how much it is likelier than leaving the message whole (log odds), but for what goes on."""
        return self.evidence.value(WEIGHTS) + READILY

    @property
    def intents(self) -> list[str]:
        """The situations of the stretches."""
        return [each.intent for each in self.stretches]

    @property
    def parts(self) -> list[Part]:
        """The stretches as parts of a match."""
        return [Part(each.text, Candidate(each.intent, each.clear)) for each in self.stretches]


def asks(said: str) -> bool:
    """Tell whether a stretch asks for something that needs no other clause to be about."""
    return _ASKS.search(said) is not None and sum(map(is_han, said)) >= WHOLE_REQUEST


def find_parts(ways: Sequence[Cut], sense: Sense, denied: frozenset[str] = frozenset()) -> list[Part]:
    """Return the parts of a message, two or three, or none where it is better left whole.

    ``ways`` are its ``cuts``; situations ``denied`` are no parts.
    """
    best: list[Part] = []
    highest = 0.0
    for cut in sorted(ways, key=lambda each: -each.value):
        if cut.value <= highest:  # what goes on speaks against a cut, never for it: those left cannot be better
            break
        value = cut.value + WEIGHTS.goes_on * goes_on(cut, sense)
        if value > highest and denied.isdisjoint(cut.intents) and not _gives_reason(cut, sense):
            best, highest = cut.parts, value
    return best


def goes_on(cut: Cut, sense: Sense) -> int:
    """Return how many stretches after a comma only go on about an earlier one, as others who bring that do.

    「下周去收房，要带哪些证件」 is one matter. It takes a look at many examples, so few cuts are asked.
    """
    pairs = [(each, cut.stretches[:at]) for at, each in enumerate(cut.stretches) if each.mark in WITHIN_A_SENTENCE]
    later = [(each, earlier) for each, earlier in pairs if sense.told(each.intent) is None]
    return sum(any(sense.is_asked_with(one.intent, each.said) for one in earlier) for each, earlier in later)


def _gives_reason(cut: Cut, sense: Sense) -> bool:
    """Tell whether a complaint is but the reason for a later one: 「跟你说不清楚，叫你们主管来」."""
    complaints = [each for each in cut.stretches if sense.told(each.intent) is Telling.COMPLAINT]
    pairs = [(one, later) for one, later in combinations(complaints, 2) if later.mark in WITHIN_A_SENTENCE]
    return any(sense.is_asked_with(later.intent, one.said) for one, later in pairs)


def cuts(message: Message) -> Iterator[Cut]:
    """Yield the cuts into two or three stretches of neighbouring clauses that are worth a look.

    Their situations differ; stretches of mere courtesy are passed over, those of too few characters too.
    """
    count, sense = len(message.clauses), message.sense
    if not message.whole:
        return
    ways = [(cut,) for cut in range(1, count)]
    ways += [(first, second) for first in range(1, count) for second in range(first + 1, count)]  # type: ignore[misc]
    for way in ways:
        spans = list(pairwise((0, *way, count)))
        found = [(span, stretch) for span in spans if (stretch := message.stretch(*span)) is not None]
        clear = [(span, each) for span, each in found if not sense.is_filler(each.intent)]
        intents = {each.intent for _, each in clear}
        if len(clear) < 2 or len(intents) < len(clear) or min(each.clear for _, each in clear) < HOPELESS:
            continue
        if any(message.is_denied(*span, each.intent) for span, each in clear):
            continue
        yield Cut([each for _, each in clear], message.evidence(found, clear))


class Message:
    """The clauses of a message and what its stretches are taken for, looked at once.

    ``whole`` tells the log odds of every situation for the message as a whole.
    """

    def __init__(self, clauses: Sequence[Clause], whole: Mapping[str, float], sense: Sense) -> None:
        self.clauses = clauses
        self.whole = whole
        self.sense = sense
        self._highest = max(whole.values(), default=0.0)
        self._total = sum(math.exp(odds - self._highest) for odds in whole.values())
        self._sizes = [sum(map(is_han, clause.text)) for clause in clauses]
        count = len(clauses)
        spans = [(start, end) for start in range(count) for end in range(start + 1, count + 1) if end - start < count]
        self._said = {span: matter(self._text(span)) for span in spans}
        sense.read_ahead([said for span, said in self._said.items() if sum(self._sizes[slice(*span)]) >= MINIMUM_HAN])
        self._known: dict[tuple[int, int], Stretch | None] = {}
        top = max(whole, key=whole.__getitem__, default="")
        self._left = self._unanswered([((0, count), top)])

    @property
    def text(self) -> str:
        """All clauses as one stretch."""
        return self._text((0, len(self.clauses)))

    def stretch(self, start: int, end: int) -> Stretch | None:
        """Return the clauses from ``start`` to before ``end``; None where they say nothing."""
        span = start, end
        if span not in self._known:
            self._known[span] = self._read(span)
        return self._known[span]

    def span(self, text: str) -> tuple[int, int]:
        """Return where the first clause of a stretch of this ``text`` stands, and where the next one would."""
        count = len(self.clauses)
        spans = ((start, end) for start in range(count) for end in range(count, start, -1))
        return next((each for each in spans if self._text(each) == text), (0, count))

    def _text(self, span: tuple[int, int]) -> str:
        first, *others = self.clauses[slice(*span)]
        return first.text + "".join(each.text if each.mark is Mark.RUN_ON else f"，{each.text}" for each in others)

    def _whole_clauses(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the clauses of a stretch as they are written; one without marks in it is one."""
        starts = [at for at in range(start, end) if at == start or self.clauses[at].mark is not Mark.RUN_ON]
        return list(pairwise([*starts, end]))

    def is_denied(self, start: int, end: int, intent: str) -> bool:
        """Tell whether a stretch ends with a clause that says that the situation is not meant."""
        last = self._whole_clauses(start, end)[-1]
        after = self._whole_clauses(end, len(self.clauses))[:1] if end < len(self.clauses) else []
        return self.sense.is_denied(intent, self._text(last), self._text(after[0]) if after else "")

    def _read(self, span: tuple[int, int]) -> Stretch | None:
        length = sum(self._sizes[slice(*span)])
        said = self._said[span]
        found = self.sense.candidates(said) if length >= MINIMUM_HAN else ()
        if not found or gives_data(said) or asks_of_it(said):
            return None
        belongs = sum(each.score for each in found)
        odds = {
            each.intent: each.score * math.exp(CONTEXT * (self.whole.get(each.intent, -30.0) - self._highest))
            for each in found
        }
        every = sum(odds.values()) or 1.0
        chances = {intent: value / every for intent, value in sorted(odds.items(), key=lambda each: -each[1])}
        return Stretch(
            self._text(span), said, self.clauses[span[0]].mark, chances, belongs, asks(said), sum(map(is_han, said))
        )

    def evidence(
        self, found: Sequence[tuple[tuple[int, int], Stretch]], clear: Sequence[tuple[tuple[int, int], Stretch]]
    ) -> Evidence:
        """Return what speaks for a cut: all its stretches that were found, and those with a matter of their own."""
        stretches = [each for _, each in clear]
        told = [self.sense.told(each.intent) for each in stretches]
        likeliest = max(self.whole.get(each.intent, -30.0) for each in stretches) - self._highest
        rival = max(
            each.chances.get(other.intent, 0.0) for each in stretches for other in stretches if other is not each
        )
        marks = [self.clauses[start].mark for (start, _), _ in clear[1:]]
        unasked, untold = self._unanswered([(span, each.intent) for span, each in found])
        return Evidence(
            which=max(sum(_logarithm(each.chances[each.intent]) for each in stretches), -4.0),
            belongs=max(sum(_logarithm(each.belongs) for each in stretches), -6.0),
            whole=max(likeliest - math.log(self._total), -8.0),
            rivals=max(_logarithm(rival), -6.0),
            asked=sum(each.asks and how is None for each, how in zip(stretches, told, strict=True)),
            told=sum(not each.asks and how is None for each, how in zip(stretches, told, strict=True)),
            unnamed=sum(not self.sense.is_named(each.intent, each.text) for each in stretches),
            length=min(LONG, *(each.length for each in stretches)) / LONG,
            topics=len(stretches) - len({each.intent.partition(".")[0] for each in stretches}),
            sentences=marks.count(Mark.SENTENCE),
            joined=marks.count(Mark.JOINED),
            story=min(4, sum(self._said_more(*span) for span, _ in found)),
            long=len(self._whole_clauses(0, len(self.clauses))) > FEW_CLAUSES,
            unasked=unasked - self._left[0],
            untold=untold - self._left[1],
            run_on=marks.count(Mark.RUN_ON),
        )

    def _said_more(self, start: int, end: int) -> int:
        """Return how many clauses of a stretch say something beside its first one."""
        sizes = (sum(self._sizes[slice(*clause)]) for clause in self._whole_clauses(start, end))
        return max(0, sum(size >= SHORT for size in sizes) - 1)

    def _unanswered(self, taken: Sequence[tuple[tuple[int, int], str]]) -> tuple[float, float]:
        """Return how much stays unanswered where stretches are ``taken`` for these situations: asked, and told.

        A clause counts that is clear by itself as something that nothing is taken for.
        """
        asked = told = 0.0
        answered = {intent for _, intent in taken}
        for (start, end), intent in taken:
            clauses = self._whole_clauses(start, end)
            for span in clauses if len(clauses) > 1 else ():
                clause = self.stretch(*span)
                if clause is None or self.sense.is_filler(clause.intent) or clause.intent in answered:
                    continue
                if clause.clear > CLEARLY and clause.belongs * clause.chances.get(intent, 0.0) < ELSEWHERE:
                    if clause.asks:
                        asked += clause.clear
                    elif self.sense.told(clause.intent) is None:
                        told += clause.clear
        return asked, told


def _logarithm(chance: float) -> float:
    return math.log(max(chance, LEAST))
