"""What a stretch of text is taken for by itself, with what it rests on."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Self

from csbot.library.values import Intent
from csbot.matching.features import length_of, plain, plain_of
from csbot.matching.fuzzy import Near, Neighbours, bonus
from csbot.matching.index import COMPARED, NONE, Corpus, Index, Scored, load_index
from csbot.matching.negation import holds_keyword, negated, refused, turns
from csbot.matching.result import MAXIMUM_CANDIDATES, Candidate
from csbot.matching.segmentation import Telling
from csbot.matching.stretches import can_be_read_at_once, read_at_once, winners_at_once
from csbot.text.normalise import folded, normalise
from csbot.text.regex import regex

NEGATIVE_RATIO = 92.0  # at which a message counts as one of an intent's counter-examples
ALIKE = 70.0  # ratio from which an example is worth naming
HELD = 66.0  # partial ratio from which an example holds what a clause says
LIKELY = 6  # situations whose examples are looked at for one that is nearly the message
_TWO_HAN = regex("[\u3400-\u4dbf\u4e00-\u9fff〇].*[\u3400-\u4dbf\u4e00-\u9fff〇]", re.DOTALL)
STRETCHES_KEPT = 500  # stretches of messages whose candidates are remembered


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

    def narrowed(self, intents: Mapping[str, Intent]) -> Self:
        """Return what reads by the same index for some of the situations: no other one can be recognised."""
        narrow = copy(self)
        narrow._intents, narrow._stretches = intents, {}
        narrow.index = self.index.narrowed(intents)
        return narrow

    @property
    def situations(self) -> frozenset[str]:
        """The situations that can be recognised."""
        return self.index.situations

    @cached_property
    def literal_examples(self) -> frozenset[str]:
        """The examples of less than two Han characters as they are written, normalised."""
        texts = self.index.neighbours.texts
        return frozenset(folded(text).strip() for text in texts if not _TWO_HAN.search(text))

    @cached_property
    def _keywords(self) -> dict[str, tuple[str, ...]]:
        return {
            identifier: tuple(normalise(keyword).text for keyword in intent.keywords)
            for identifier, intent in self._intents.items()
        }

    def keywords(self, intent: str) -> tuple[str, ...]:
        """Return the keywords of a situation, normalised."""
        return self._keywords.get(intent, ())

    def examples(self, intent: str) -> tuple[str, ...]:
        """Return the examples of a situation as they are written; none where nothing is known of it."""
        return tuple(self._intents[intent].examples) if intent in self._intents else ()

    def name(self, intent: str) -> str:
        """Return what a situation is called; its id where nothing else is known."""
        return self._intents[intent].name if intent in self._intents else intent

    def part(self, intent: str) -> str:
        """Return the place of a situation in a joint reply; empty where nothing is known of it."""
        return self._intents[intent].part if intent in self._intents else ""

    def is_filler(self, intent: str) -> bool:
        """Tell whether a situation is mere courtesy beside another one: 「你好，…」."""
        return self.part(intent) == "greeting"

    def is_named(self, intent: str, text: str) -> bool:
        """Tell whether normalised text names a situation by one of its keywords."""
        return holds_keyword(text, self.keywords(intent))

    def is_denied(self, intent: str, clause: str, after: str) -> bool:
        """Tell whether a clause says that a situation is not meant, as no example of that situation speaks.

        What it says outright (「发票不用开了」), or what the clause ``after`` it turns away from (「卡没丢，就是想…」,
        「怎么付款我会，我是想问…」).
        """
        turned = turns(after)
        denial = refused(clause) or (negated(clause) if turned else None)
        if denial is None or self.is_said(intent, denial.words):
            return False
        if denial.fine:
            return turned and self.told(intent) is not Telling.COURTESY
        return self.part(intent) != "apology" or not denial.words.startswith("不")  # 「半天不吭声」, 「爱搭不理」

    def is_asked_with(self, intent: str, text: str) -> bool:
        """Tell whether who brings a situation asks this too: an example of it holds nearly this text."""
        return self._neighbours.is_held(plain_of(text), intent, HELD)

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

        Stretches of a message are read without the neighbours: examples are whole messages; and whatever their length,
        they are read as if they told nothing around their matter. ``leaning`` is what is added to the scores of some
        situations before anything is decided.
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
        if near or leaning:
            for added in (bonus(near), leaning or {}):
                for intent, adds in added.items():
                    place = scored.places.get(intent)
                    if place is not None and place not in refused:
                        scores[place] = scores.get(place, float(scored.totals[place])) + adds
            scores = dict(sorted(scores.items(), key=lambda each: (-each[1], each[0])))
        if not scores or not scored.found:
            return Reading((), 1.0, scored, near)
        first, highest = next(iter(scores.items()))
        length = length_of(plain_text) if with_neighbours else 0
        chances = self.index.calibration.probabilities(scores, self.index.standing(scored, first, highest), length)
        none = max(0.0, 1 - sum(chances.values()))
        ranked = islice(chances.items(), MAXIMUM_CANDIDATES)
        candidates = tuple([Candidate(scored.labels[place], chance) for place, chance in ranked])
        return Reading(candidates, none, scored, near)

    def candidates(self, text: str) -> tuple[Candidate, ...]:
        """Return the best situations of a stretch of text as a whole, best first, up to five."""
        found = self._stretches.get(text)
        if found is None:
            found = self.read(text, with_neighbours=False).candidates
            self._keep({text: found})
        return found

    def odds(self, reading: Reading) -> dict[str, float]:
        """Return the log odds of every situation for what was read, in no order; none where nothing scored."""
        if not reading.candidates:
            return {}
        temperature, totals = self.index.calibration.temperature, reading.scored.totals
        listed = totals if isinstance(totals, list) else totals.tolist()
        pairs = zip(reading.scored.labels, listed, strict=True)
        return {intent: total / temperature for intent, total in pairs if intent != NONE and total > -math.inf}

    def sharpened(self, text: str) -> float:
        """Return how many times as much scores that differ say in normalised text of this length; 1 in most."""
        return self.index.calibration.sharpened(length_of(plain_of(text)))

    def read_ahead(self, texts: Sequence[str]) -> None:
        """Read stretches of a message that ``candidates`` will be asked for: together that takes less time."""
        new = [text for text in dict.fromkeys(texts) if text not in self._stretches]
        if can_be_read_at_once(self.index, new):
            self._keep(dict(zip(new, read_at_once(self.index, new), strict=True)))

    def _keep(self, found: Mapping[str, tuple[Candidate, ...]]) -> None:
        if len(self._stretches) > STRETCHES_KEPT:
            self._stretches.clear()
        self._stretches.update(found)

    def words(self, text: str) -> list[str]:
        """Return the words that a message is read as."""
        return [word for word in self._extractor.words.cut(plain(text)) if word != " "]

    def winner(self, text: str) -> str | None:
        """Return the situation with the highest score for a message as a whole; None where it is "none"."""
        return self._score(text).leaders(1)[0] or None

    def winners(self, texts: Sequence[str]) -> list[str | None]:
        """Return what ``winner`` gives of each text; of examples it is known, many others take half the time."""
        known = self.index.winners
        others = [text for text in dict.fromkeys(texts) if text not in known]
        found = {text: known[text] or None for text in texts if text in known}
        return list(map((found | dict(zip(others, self._winners_of(others), strict=True))).__getitem__, texts))

    def _winners_of(self, texts: Sequence[str]) -> list[str | None]:
        plain_texts = list(map(plain, texts))
        if not plain_texts or not can_be_read_at_once(self.index, plain_texts) or len(self.index.labels) < 2:
            return [self.winner(text) for text in texts]
        return winners_at_once(self.index, plain_texts)

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
