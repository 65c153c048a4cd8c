"""The compiled form of a library's examples: weights by feature and intent, kept in the cache."""

from __future__ import annotations

import math
import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import Any

from csbot.matching.arrays import Arrays
from csbot.matching.calibrate import Calibration
from csbot.matching.corpus import NONE, Corpus, Example, Known
from csbot.matching.features import MEANING, UNKNOWN, WEIGHTS, WHOLE, Views, extractor_of, feature_name
from csbot.matching.lookup import Lookup
from csbot.matching.meaning import Meaning, vector_of, wanted
from csbot.matching.scored import UNSETTLED, Found, Scored
from csbot.matching.wording import Standing, Wording
from csbot.text.cache import cached_with_bytes
from csbot.text.tokenise import Words

__all__ = ["NONE", "Corpus", "Example", "Index", "Known", "Scored", "load_index"]

FORMAT = "27"
COMPARED = 40  # situations whose probabilities are worked out: the others add nothing to any sum
WARM = 40  # texts after which a process is held to be there for many, and numpy worth its import of 0.07 s


class Index:
    """Weights of every feature for every intent, with the calibration of the decision."""

    def __init__(self, meta: dict[str, Any], block: bytes) -> None:
        self.labels: list[str] = meta["labels"]
        self.calibration = Calibration(**meta["calibration"])
        self.extractor = extractor_of(Words(meta["words"]), meta["synonyms"], meta["goods"])
        self.neighbours = Known.from_lists(meta["neighbours"])
        self.counter_examples = Known.from_lists(meta["counter_examples"])
        view = memoryview(block)
        self._columns: list[Lookup] = []
        width = 0
        for joined, count in meta["features"]:
            self._columns.append(Lookup(joined, count, width, view))
            view = view[self._columns[-1].size :]
            width += count
        self._meaning = Meaning.unpacked(meta["meaning"]) if meta.get("meaning") else None
        self.places = {label: place for place, label in enumerate(self.labels)}
        self._intercepts: list[float] = meta["intercepts"]
        self.scale: float = meta["scale"]
        self._containing = view[: 4 * width].cast("I")
        ends = 4 * (2 * width + 1)
        self._row_ends = view[4 * width : ends].cast("I")
        won = 2 * meta.get("winners", 0)
        self._winners = view[len(view) - won :].cast("H")
        view = view[: len(view) - won]
        kept = (len(view) - ends) // 4
        self._row_labels = view[ends : ends + 2 * kept].cast("H")
        self._row_weights = view[ends + 2 * kept :].cast("h")
        # How rare a feature is, by the number of examples that contain it.
        most = max(self._containing, default=1)
        self._rarity = [math.log((1 + meta["examples"]) / (1 + count)) + 1 for count in range(most + 1)]
        self._scored = 0
        self._arrays: Arrays | None = None
        self._whole: Index | None = None  # what this one is narrowed from

    def narrowed(self, labels: Container[str]) -> Index:
        """Return the index in which no others than these labels, and NONE, can win; it shares all that is large."""
        narrow = copy(self)
        narrow._whole, narrow._arrays, narrow._winners = self, None, self._winners[:0]
        for known in ("winners", "situations"):
            vars(narrow).pop(known, None)
        pairs = zip(self.labels, self._intercepts, strict=True)
        narrow._intercepts = [each if label == NONE or label in labels else -math.inf for label, each in pairs]
        return narrow

    @cached_property
    def situations(self) -> frozenset[str]:
        """The labels that can win, NONE aside."""
        pairs = zip(self.labels, self._intercepts, strict=True)
        return frozenset(label for label, each in pairs if label != NONE and each > -math.inf)

    @cached_property
    def lookups(self) -> list[Any]:
        """What gives, view by view, the place of a feature: in a process that is warm it is worth a dictionary."""
        return [columns.dictionary.get for columns in self._columns]

    @property
    def is_warm(self) -> bool:
        """Whether the process reads so much that numpy is worth its import, or has imported it anyway."""
        return self._scored > _warm_after[0] or "numpy" in sys.modules

    @property
    def has_meaning(self) -> bool:
        """Whether sentence vectors have a say."""
        return self._meaning is not None

    @cached_property
    def winners(self) -> dict[str, str]:
        """The label that each example scores highest for (NONE among them), as far as that was settled in training.

        By the examples as they are written, those of no intent left out.
        """
        pairs = zip(self.neighbours.texts, self._winners.tolist(), strict=False)
        return {text: self.labels[place] for text, place in pairs if place != UNSETTLED}

    @property
    def arrays(self) -> Arrays:
        """The index as arrays of numpy."""
        if self._arrays is None and self._whole is not None:
            self._arrays = self._whole.arrays.with_intercepts(self._intercepts)
        if self._arrays is None:
            self._arrays = Arrays.of(
                [len(columns) for columns in self._columns],
                self._containing,
                self._rarity,
                self._row_ends,
                self._row_labels,
                self._row_weights,
                self._intercepts,
            )
        return self._arrays

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
        counted = [_counted(values) for values in views]
        self._scored += 1
        if self.is_warm:
            return self._score_at_once(counted)
        return self._score_one_by_one(counted)

    def standing(self, scored: Scored, place: int, score: float) -> Standing:
        """Return how a message stands to its best intent, of which ``score`` is what it scores in the end."""
        expected = self.calibration.expected
        usually = expected[place] if expected else 0.0
        return Standing(score - scored.none, scored.wording, scored.unevenness(place), usually)

    def _score_one_by_one(self, counted: Sequence[Mapping[str, int]]) -> Scored:
        found: list[tuple[int, str, int, float]] = []
        seen = whole = length = rare = 0.0
        rarity, containing, unseen = self._rarity, self._containing, self._rarity[1]
        by_view = [[0.0] * len(self.labels) for _ in WEIGHTS]
        for view, (columns, values) in enumerate(zip(self._columns, counted, strict=True)):
            known = unknown = by_rarity = 0.0
            held: list[tuple[str, int, float]] = []
            for value, count in values.items():
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
            if not held:
                continue
            factor = weight / (WHOLE * math.sqrt(known + UNKNOWN * unknown))
            length += factor * factor * known
            rare += factor * factor * by_rarity
            part = by_view[view]
            for value, column, amount in held:
                share = amount * factor
                found.append((view, value, column, share))
                scaled = share * self.scale
                for label, number in self._row(column):
                    part[label] += scaled * number
        totals = [sum(parts) for parts in zip(self._intercepts, *by_view, strict=True)]
        wording = Wording(math.sqrt(seen / whole) if whole else 0.0, rare / length if length else 0.0)
        side_by_side = Found(*map(list, zip(*found, strict=True))) if found else Found((), (), (), ())
        return Scored(self.labels, self.places, totals, wording, side_by_side, by_view)

    def _score_at_once(self, counted: Sequence[Mapping[str, int]]) -> Scored:
        """Do the same with numpy: several times as fast, and worth its import where many messages are read."""
        import numpy as np

        arrays = self.arrays
        values = [value for each in counted for value in each]
        columns = np.array(
            [get(value, -1) for get, each in zip(self.lookups, counted, strict=True) for value in each], dtype=np.int64
        )
        views = arrays.views.repeat(list(map(len, counted)))
        amounts = arrays.rareness[columns]
        if any(isinstance(each, Counter) for each in counted):
            amounts *= 1 + np.log(np.array([count for each in counted for count in each.values()], dtype=float))
        squares = amounts * amounts
        known = columns >= 0
        every = np.bincount(views, squares, minlength=len(WEIGHTS))
        seen = np.bincount(views, squares * known, minlength=len(WEIGHTS))
        whole = float(arrays.squares @ every)
        factors = arrays.weights / np.sqrt(np.maximum(seen + UNKNOWN * (every - seen), 1e-300))
        at = known.nonzero()[0]
        columns, views = columns[at], views[at]
        shares = amounts[at] * factors[views]
        squares = shares * shares
        length = float(squares.sum())
        rare = float(squares @ arrays.rareness[columns])
        totals, by_view = arrays.totals(views, columns, shares, self.scale, 1)
        wording = Wording(
            math.sqrt(float(arrays.squares @ seen) / whole) if whole else 0.0, rare / length if length else 0.0
        )
        found = Found(views, [values[place] for place in at.tolist()], columns, shares)
        return Scored(self.labels, self.places, totals[0], wording, found, by_view[0])

    def _row(self, column: int) -> Iterator[tuple[int, int]]:
        """Return the labels that a feature speaks for or against, by index, with its weights."""
        start, end = self._row_ends[column], self._row_ends[column + 1]
        return zip(self._row_labels[start:end].tolist(), self._row_weights[start:end].tolist(), strict=True)

    def contributions(self, scored: Scored, intent: str, limit: int | None = None) -> list[tuple[str, float]]:
        """Return what each feature adds to one intent's score, strongest first; at most ``limit``."""
        at = self.labels.index(intent)
        found = scored.found
        weights = self._weights_for(found.columns, at)
        if isinstance(weights, list):
            adds = [share * weight * self.scale for share, weight in zip(found.shares, weights, strict=True)]
        else:
            adds = (found.shares * weights * self.scale).tolist()
        order = sorted((place for place, each in enumerate(adds) if each), key=lambda place: -abs(adds[place]))
        named = [(feature_name(int(found.views[place]), found.values[place]), adds[place]) for place in order[:limit]]
        if scored.meaning is None:
            return named
        named.append((f"{MEANING}:整句", float(scored.meaning[at])))
        return sorted(named, key=lambda part: -abs(part[1]))[:limit]

    def _weights_for(self, columns: Any, place: int) -> Any:
        """Return the weights of some features for one label; 0 where there is none."""
        if not isinstance(columns, Sequence):
            return self.arrays.weights_for(columns, place)
        ends, labels, weights = self._row_ends, self._row_labels, self._row_weights
        at = [bisect_left(labels, place, ends[column], ends[column + 1]) for column in columns]
        return [
            weights[entry] if entry < ends[column + 1] and labels[entry] == place else 0
            for column, entry in zip(columns, at, strict=True)
        ]

    def lead(self, first: str, second: str) -> float:
        """Return how much more one intent scores than another before anything is read."""
        return self._intercepts[self.labels.index(first)] - self._intercepts[self.labels.index(second)]


def _counted(values: Sequence[str]) -> Mapping[str, int]:
    """Return how often each feature occurs, in the order in which they first do; nearly always it is once."""
    once = dict.fromkeys(values, 1)
    return once if len(once) == len(values) else Counter(values)


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
