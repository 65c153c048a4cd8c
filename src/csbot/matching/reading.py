"""What a stretch of text is taken for by itself, with what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from csbot.library.models import Intent
from csbot.matching.features import plain, plain_of
from csbot.matching.fuzzy import Near, Neighbours, bonus
from csbot.matching.index import NONE, Corpus, Index, Scored, load_index
from csbot.matching.result import MAXIMUM_CANDIDATES, Candidate
from csbot.matching.segmentation import Telling
from csbot.text.normalise import normalise

NEGATIVE_RATIO = 92.0  # at which a message counts as one of an intent's counter-examples
ALIKE = 70.0  # ratio from which an example is worth naming
COMPARED = 40  # situations whose probabilities are worked out: the others add nothing to any sum
LIKELY = 6  # situations whose examples are looked at for one that is nearly the message
STRETCHES_KEPT = 2000  # stretches of messages whose candidates are remembered


@dataclass(frozen=True, slots=True)
class Reading:
    """What a stretch of text is taken for."""

    candidates: tuple[Candidate, ...]  # best first, up to five
    none: float  # the probability that it belongs to none of the situations
    scored: Scored
    near: list[Near]  # examples most like it


class Reader:
    """Reads stretches of text by one index. Holds no state of a conversation."""

    def __init__(self, name: str, key: str, corpus: Callable[[], Corpus], intents: Mapping[str, Intent]) -> None:
        """Compile ``corpus``, or take what was compiled from the cache where ``key`` is unchanged."""
        self._intents = intents
        self._stretches: dict[str, tuple[Candidate, ...]] = {}
        self._wordings: dict[str, str] = {}
        self.index: Index = load_index(name, key, corpus)
        self._extractor = self.index.extractor
        self._neighbours = Neighbours(self.index.neighbours)
        self._counter_examples = Neighbours(self.index.counter_examples)

    @property
    def situations(self) -> frozenset[str]:
        """The situations that can be recognised."""
        return frozenset(self.index.labels) - {NONE}

    @cached_property
    def literal_examples(self) -> frozenset[str]:
        """The examples as they are written, normalised."""
        return frozenset(normalise(text).text.strip() for text in self.index.neighbours.texts)

    @cached_property
    def _keywords(self) -> dict[str, tuple[str, ...]]:
        return {
            identifier: tuple(normalise(keyword).text for keyword in intent.keywords)
            for identifier, intent in self._intents.items()
        }

    def keywords(self, intent: str) -> tuple[str, ...]:
        """Return the keywords of a situation, normalised."""
        return self._keywords.get(intent, ())

    def name(self, intent: str) -> str:
        """Return what a situation is called; its id where nothing else is known."""
        return self._intents[intent].name if intent in self._intents else intent

    def part(self, intent: str) -> str:
        """Return the place of a situation in a joint reply; empty where nothing is known of it."""
        return self._intents[intent].part if intent in self._intents else ""

    def is_filler(self, intent: str) -> bool:
        """Tell whether a situation is mere courtesy beside another one: 「你好，…」."""
        return self.part(intent) == "greeting"

    def told(self, intent: str) -> Telling | None:
        """Return as what a situation is brought up by telling; None where somebody asks for something."""
        part = self.part(intent)
        return Telling.COMPLAINT if part == "apology" else Telling.COURTESY if part in ("opening", "closing") else None

    def is_said(self, intent: str, words: str) -> bool:
        """Tell whether an example of a situation holds these words (「没有」 counts as 「没」)."""
        if intent not in self._wordings:
            known = self.index.neighbours
            texts = (text for text, owner in zip(known.plain, known.intents, strict=True) if owner == intent)
            self._wordings[intent] = "\n".join(texts).replace("没有", "没")
        return words in self._wordings[intent]

    def read(self, text: str, *, with_neighbours: bool = True, leaning: Mapping[str, float] | None = None) -> Reading:
        """Read normalised text as a whole.

        Stretches of a message are read without the neighbours: examples are whole messages. ``leaning`` is what is
        added to the scores of some situations before anything is decided.
        """
        plain_text = plain_of(text)
        scored = self.index.read(plain_text)
        best = scored.top(COMPARED + 1)
        near: list[Near] = []
        refused: set[int] = set()
        if with_neighbours and scored.found:
            likely = [scored.labels[place] for place, _ in best[:LIKELY]]
            near = self._neighbours.nearest(plain_text, among=likely, cutoff=ALIKE)
            counter = self._counter_examples.nearest(plain_text, among=likely, cutoff=NEGATIVE_RATIO)
            refused = {scored.places[each.intent] for each in counter}
        if refused:
            best = scored.top(COMPARED + 1 + len(refused))
        refused |= {place for place in (scored.places.get(NONE),) if place is not None}
        scores = dict([each for each in best if each[0] not in refused][:COMPARED])
        for added in (bonus(near), leaning or {}):
            for intent, adds in added.items():
                place = scored.places.get(intent)
                if place is not None and place not in refused:
                    scores[place] = scores.get(place, float(scored.totals[place])) + adds
        if not scores or not scored.found:
            return Reading((), 1.0, scored, near)
        first = min(scores, key=lambda place: (-scores[place], place))
        standing = self.index.standing(scored, first, scores[first])
        chances = self.index.calibration.probabilities(scores, standing)
        ranked = sorted([(-chance, place) for place, chance in chances.items()])[:MAXIMUM_CANDIDATES]
        none = max(0.0, 1 - sum(chances.values()))
        candidates = tuple(Candidate(scored.labels[place], -chance) for chance, place in ranked)
        return Reading(candidates, none, scored, near)

    def candidates(self, text: str) -> tuple[Candidate, ...]:
        """Return the best situations of a stretch of text as a whole, best first, up to five."""
        if text not in self._stretches:
            if len(self._stretches) > STRETCHES_KEPT:
                self._stretches.clear()
            self._stretches[text] = self.read(text, with_neighbours=False).candidates
        return self._stretches[text]

    def words(self, text: str) -> list[str]:
        """Return the words that a message is read as."""
        return [word for word in self._extractor.words.cut(plain(text)) if word != " "]

    def winner(self, text: str) -> str | None:
        """Return the situation with the highest score for a message as a whole; None where it is "none"."""
        return self._score(text).leaders(1)[0] or None

    def nearest(self, text: str) -> list[Near]:
        """Return the examples most like a message, of the situations it is likeliest to be."""
        likely = self._score(text).leaders(LIKELY)
        return self._neighbours.nearest(plain(text), among=likely)

    def contest(self, text: str, first: str, second: str) -> list[tuple[str, float]]:
        """Return by how much each feature of ``text`` speaks for ``first`` over ``second``, strongest first."""
        scored = self._score(text)
        ours, theirs = (dict(self.index.contributions(scored, intent)) for intent in (first, second))
        gaps = [(feature, ours.get(feature, 0.0) - theirs.get(feature, 0.0)) for feature in {**ours, **theirs}]
        return sorted(gaps, key=lambda gap: (-gap[1], gap[0]))

    def evidence(self, text: str, intent: str) -> list[tuple[str, float]]:
        """Return what each feature of ``text`` adds to the score of ``intent``, strongest first."""
        return self.index.contributions(self._score(text), intent)

    def belonging(self, text: str) -> dict[str, float]:
        """Return what speaks for and against a text's belonging to any situation, as log odds that add up.

        The keys are those of ``Calibration.belonging``; empty where nothing of the text is known.
        """
        scored = self._score(text)
        best = scored.leaders(1, none=False)
        if not best or not scored.found:
            return {}
        place = scored.places[best[0]]
        return self.index.calibration.belonging(self.index.standing(scored, place, float(scored.totals[place])))

    def _score(self, text: str) -> Scored:
        return self.index.read(plain(text))
