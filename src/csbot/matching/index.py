"""The compiled form of a library's examples: weights by feature and intent, kept in the cache."""

from __future__ import annotations

import math
import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from csbot.matching.calibrate import Calibration
from csbot.matching.corpus import NONE, Corpus, Example, Known
from csbot.matching.features import MEANING, UNKNOWN, WEIGHTS, Extractor, Views, feature_name
from csbot.matching.meaning import Meaning, vector_of, wanted
from csbot.matching.wording import Standing, Wording
from csbot.text.cache import cached_with_bytes
from csbot.text.tokenise import Words

__all__ = ["NONE", "Corpus", "Example", "Index", "Known", "Scored", "load_index"]

FORMAT = "18"
WARM = 40  # texts after which a process is held to be there for many, and numpy worth its import of 0.07 s
_WHOLE = math.sqrt(sum(weight * weight for weight in WEIGHTS))


@dataclass(frozen=True, slots=True)
class Scored:
    """What the index says about a message, before anything is decided."""

    places: Mapping[str, int]  # of the intents, by name; NONE among them where the library has out-of-scope examples
    totals: Any  # the score of each intent, by place: a list, or an array of numpy
    wording: Wording
    found: list[tuple[int, str, int, float]]  # known features: view, value, place in the index, share of the message
    by_view: Any = ()  # what each view adds to them, view by view
    meaning: Any = None  # what the message as a whole adds to each total, where sentence vectors are wanted

    @property
    def scores(self) -> dict[str, float]:
        """The scores of all intents by name."""
        return {intent: float(self.totals[place]) for intent, place in self.places.items()}

    @property
    def none(self) -> float:
        """What speaks for "none of them": the score of the out-of-scope examples, or 0."""
        return float(self.totals[self.places[NONE]]) if NONE in self.places else 0.0

    def of(self, intent: str) -> float:
        """Return the score of one intent."""
        return float(self.totals[self.places[intent]])

    def unevenness(self, intent: str) -> float:
        """Return by how much the views differ in what they add to the score of an intent (standard deviation)."""
        place = self.places[intent]
        parts = [float(view[place]) for view in self.by_view]
        mean = sum(parts) / len(parts)
        return math.sqrt(sum((part - mean) ** 2 for part in parts) / len(parts))

    def leaders(self, count: int, *, none: bool = True) -> list[str]:
        """Return the ``count`` intents with the highest scores, best first, equal ones by name.

        With many intents only the leading ones are looked at one by one. ``none`` says whether NONE may be among them.
        """
        wanted = count + (not none and NONE in self.places)
        best = self._at_least(wanted)
        ranked = sorted((-float(self.totals[place]), intent) for intent, place in best)
        return [intent for _, intent in ranked if none or intent != NONE][:count]

    def _at_least(self, count: int) -> list[tuple[str, int]]:
        """Return the ``count`` intents with the highest scores, and those that score the same, with their places."""
        names = list(self.places.items())  # in the order of their places
        if len(names) <= count:
            return names
        if isinstance(self.totals, list):
            least = sorted(self.totals)[-count]
            return [each for each in names if self.totals[each[1]] >= least]
        import numpy as np

        least = np.partition(self.totals, -count)[-count]
        return [names[place] for place in np.nonzero(self.totals >= least)[0]]


class Index:
    """Weights of every feature for every intent, with the calibration of the decision."""

    def __init__(self, meta: dict[str, Any], block: bytes) -> None:
        self.labels: list[str] = meta["labels"]
        self.calibration = Calibration(**meta["calibration"])
        synonyms = {word: group[0] for group in meta["synonyms"] for word in group}
        self.extractor = Extractor(Words(meta["words"]), synonyms)
        self.neighbours = Known(*meta["neighbours"])
        self.counter_examples = Known(*meta["counter_examples"])
        self._columns: list[dict[str, int]] = []
        width = 0
        for values in meta["features"]:
            self._columns.append(dict(zip(values, range(width, width + len(values)), strict=True)))
            width += len(values)
        self._meaning = Meaning.unpacked(meta["meaning"]) if meta.get("meaning") else None
        self._places = {label: place for place, label in enumerate(self.labels)}
        self._intercepts: list[float] = meta["intercepts"]
        self._scale: float = meta["scale"]
        view = memoryview(block)
        self._containing = view[: 4 * width].cast("I")
        ends = 4 * (2 * width + 1)
        self._row_ends = view[4 * width : ends].cast("I")
        kept = (len(block) - ends) // 4
        self._row_labels = view[ends : ends + 2 * kept].cast("H")
        self._row_weights = view[ends + 2 * kept :].cast("h")
        # How rare a feature is, by the number of examples that contain it.
        most = max(self._containing, default=1)
        self._rarity = [math.log((1 + meta["examples"]) / (1 + count)) + 1 for count in range(most + 1)]
        self._scored = 0
        self._arrays: tuple[Any, Any, Any, Any] | None = None

    def read(self, plain_text: str) -> Scored:
        """Score text that went through ``plain`` against every intent."""
        scored = self.score(self.extractor.views(plain_text))
        if self._meaning is None or not scored.found:
            return scored
        import numpy as np

        added = self._meaning.scores(vector_of(plain_text))
        return replace(scored, totals=np.asarray(scored.totals) + added, meaning=added)

    def score(self, views: Views) -> Scored:
        """Score the features of a message against every intent."""
        found: list[tuple[int, str, int, float]] = []
        seen = whole = length = rare = 0.0
        rarity, containing, unseen = self._rarity, self._containing, self._rarity[1]
        for view, values in enumerate(views):
            columns = self._columns[view]
            known = unknown = by_rarity = 0.0
            held: list[tuple[str, int, float]] = []
            for value, count in Counter(values).items():
                frequency = 1.0 if count == 1 else 1 + math.log(count)
                if (column := columns.get(value)) is None:
                    unknown += (frequency * unseen) ** 2
                else:
                    rareness = rarity[containing[column]]
                    amount = frequency * rareness
                    square = amount * amount
                    known += square
                    by_rarity += square * rareness
                    held.append((value, column, amount))
            weight = WEIGHTS[view]
            seen += weight * weight * known
            whole += weight * weight * (known + unknown)
            if held:
                factor = weight / (_WHOLE * math.sqrt(known + UNKNOWN * unknown))
                found += [(view, value, column, amount * factor) for value, column, amount in held]
                length += factor * factor * known
                rare += factor * factor * by_rarity
        totals, by_view = self._totals(found)
        wording = Wording(math.sqrt(seen / whole) if whole else 0.0, rare / length if length else 0.0)
        return Scored(self._places, totals, wording, found, by_view)

    def standing(self, scored: Scored, intent: str, score: float) -> Standing:
        """Return how a message stands to its best intent, of which ``score`` is what it scores in the end."""
        expected = self.calibration.expected
        usually = expected[self._places[intent]] if expected else 0.0
        return Standing(score - scored.none, scored.wording, scored.unevenness(intent), usually)

    def _totals(self, found: list[tuple[int, str, int, float]]) -> tuple[Any, Any]:
        """Return the score of each label for the features of a message, and what each view adds to it."""
        self._scored += 1
        if self._scored > _warm_after[0] or "numpy" in sys.modules:
            return self._totals_at_once(found)
        return self._totals_one_by_one(found)

    def _totals_one_by_one(self, found: list[tuple[int, str, int, float]]) -> tuple[list[float], list[list[float]]]:
        by_view = [[0.0] * len(self.labels) for _ in WEIGHTS]
        scale = self._scale
        for view, _, column, share in found:
            part, scaled = by_view[view], share * scale
            for label, weight in self._row(column):
                part[label] += scaled * weight
        return [sum(parts) for parts in zip(self._intercepts, *by_view, strict=True)], by_view

    def _totals_at_once(self, found: list[tuple[int, str, int, float]]) -> tuple[Any, Any]:
        """Do the same with numpy: five times as fast, and worth its import where many messages are read."""
        import numpy as np

        if self._arrays is None:
            labels = np.frombuffer(self._row_labels, dtype=np.uint16)
            weights = np.frombuffer(self._row_weights, dtype=np.int16)
            ends = np.frombuffer(self._row_ends, dtype=np.uint32).astype(np.int64)
            self._arrays = (ends, labels, weights, np.array(self._intercepts))
        ends, labels, weights, intercepts = self._arrays
        width = len(self.labels)
        if not found:
            return intercepts, np.zeros((len(WEIGHTS), width))
        views, _, places_found, shares_found = zip(*found, strict=True)
        columns, shares = np.array(places_found), np.array(shares_found)
        starts = ends[columns]
        sizes = ends[columns + 1] - starts
        after = sizes.cumsum()
        places = np.arange(after[-1]) + (starts - after + sizes).repeat(sizes)
        # A view's labels stand behind those of the one before.
        first = np.array(views) * width
        cells = labels[places] + first.repeat(sizes)
        sums = np.bincount(cells, shares.repeat(sizes) * weights[places], minlength=len(WEIGHTS) * width)
        by_view = sums.reshape(len(WEIGHTS), width) * self._scale
        return by_view.sum(axis=0) + intercepts, by_view

    def _row(self, column: int) -> Iterator[tuple[int, int]]:
        """Return the labels that a feature speaks for or against, by index, with its weights."""
        start, end = self._row_ends[column], self._row_ends[column + 1]
        return zip(self._row_labels[start:end].tolist(), self._row_weights[start:end].tolist(), strict=True)

    def contributions(self, scored: Scored, intent: str) -> list[tuple[str, float]]:
        """Return what each feature adds to one intent's score, strongest first."""
        at = self.labels.index(intent)
        parts = []
        for view, value, column, share in scored.found:
            start, end = self._row_ends[column], self._row_ends[column + 1]
            place = bisect_left(self._row_labels, at, start, end)
            if place < end and self._row_labels[place] == at:
                parts.append((feature_name(view, value), share * self._row_weights[place] * self._scale))
        if scored.meaning is not None:
            parts.append((f"{MEANING}:整句", float(scored.meaning[at])))
        return sorted(parts, key=lambda part: -abs(part[1]))

    def lead(self, first: str, second: str) -> float:
        """Return how much more one intent scores than another before anything is read."""
        return self._intercepts[self.labels.index(first)] - self._intercepts[self.labels.index(second)]


_warm_after = [WARM]  # texts, in this process


def read_without_numpy() -> None:
    """Never import numpy in this process to read a message: it takes 13 MB, and saves a millisecond a message."""
    _warm_after[0] = sys.maxsize


def load_index(name: str, key: str, corpus: Callable[[], Corpus]) -> Index:
    """Return the index of a corpus, from the cache where ``key`` (what it is made from) is unchanged.

    Without a key nothing is kept.
    """

    def build() -> tuple[dict[str, Any], bytes]:
        from csbot.matching.compile import compile_index  # with numpy: only where something has changed

        return compile_index(corpus(), name if key else "")

    if wanted():
        name, key = f"{name}-meaning", f"{key}\nmeaning" if key else ""
    if not key:
        return Index(*build())
    return Index(*cached_with_bytes(f"index-{name}", f"{FORMAT}\n{key}", build))
