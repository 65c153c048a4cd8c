"""The compiled form of a library's examples: weights by feature and intent, kept in the cache."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, field
from typing import Any

from csbot.matching.calibrate import Calibration, calibrate
from csbot.matching.features import Extractor, plain
from csbot.matching.train import MAXIMUM_EXAMPLES, train
from csbot.text.cache import cached_with_bytes
from csbot.text.segment import is_han
from csbot.text.tokenise import Words

NONE = ""  # the label of out-of-scope examples
FORMAT = "7"
LONGEST_WORD = 6  # of a library's words that the tokeniser keeps whole, in characters
_INT16 = 32767
# Weights below this share of the largest are dropped: four of five are, and no measured figure moves.
NEGLIGIBLE = 0.01


@dataclass(frozen=True, slots=True)
class Example:
    """An utterance and the intent it belongs to (NONE for a counter-example that belongs to no intent)."""

    text: str
    intent: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """All that an index is compiled from."""

    examples: tuple[Example, ...]
    counter_examples: tuple[Example, ...] = ()  # messages that look like their intent and are not
    words: tuple[str, ...] = ()  # that the tokeniser should keep whole
    synonyms: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """Examples as the search for neighbours needs them: as written, their intents, and as read."""

    texts: list[str]
    intents: list[str]
    plain: list[str]

    @classmethod
    def of(cls, examples: Iterable[Example]) -> Known:
        """Return examples ready for the search; those of no intent are left out."""
        kept = [example for example in examples if example.intent != NONE]
        return cls(
            [example.text for example in kept],
            [example.intent for example in kept],
            [plain(example.text).replace(" ", "") for example in kept],
        )


@dataclass(frozen=True, slots=True)
class Scored:
    """What the index says about a message, before anything is decided."""

    scores: dict[str, float]  # by intent; NONE among them where the library has out-of-scope examples
    coverage: float  # 0..1: the share of the message's weight in features that the examples know
    vector: dict[str, float] = field(repr=False, default_factory=dict)


class Index:
    """Weights of every feature for every intent, with the calibration of the decision."""

    def __init__(self, meta: dict[str, Any], block: bytes) -> None:
        self.labels: list[str] = meta["labels"]
        self.calibration = Calibration(**meta["calibration"])
        self._columns: dict[str, int] = {feature: at for at, feature in enumerate(meta["features"])}
        self.extractor = _extractor(meta["words"], meta["synonyms"])
        self.neighbours = Known(*meta["neighbours"])
        self.counter_examples = Known(*meta["counter_examples"])
        self._inverse_frequency: list[float] = meta["inverse_frequency"]
        self._unseen: float = max(self._inverse_frequency, default=1.0)
        self._scale: float = meta["scale"]
        ends = 4 * (len(self._columns) + 1)
        kept = (len(block) - ends) // 4
        view = memoryview(block)
        self._row_ends = view[:ends].cast("I")
        self._row_labels = view[ends : ends + 2 * kept].cast("H")
        self._row_weights = view[ends + 2 * kept :].cast("h")

    def score(self, counts: Counter[str]) -> Scored:
        """Score the features of a message against every intent."""
        vector: dict[str, float] = {}
        known = unknown = 0.0
        for feature, count in counts.items():
            value = 1 + math.log(count)
            if (column := self._columns.get(feature)) is None:
                unknown += (value * self._unseen) ** 2
            else:
                vector[feature] = value * self._inverse_frequency[column]
                known += vector[feature] ** 2
        norm = math.sqrt(known) or 1.0
        totals = [0.0] * len(self.labels)
        for feature in vector:
            vector[feature] /= norm
            value = vector[feature]
            for at, weight in self._row(feature):
                totals[at] += value * weight
        scores = {label: total * self._scale for label, total in zip(self.labels, totals, strict=True)}
        coverage = math.sqrt(known / (known + unknown)) if known else 0.0
        return Scored(scores, coverage, vector)

    def _row(self, feature: str) -> Iterator[tuple[int, int]]:
        """Return the labels that a feature speaks for or against, by index, with its weights."""
        column = self._columns[feature]
        start, end = self._row_ends[column], self._row_ends[column + 1]
        return zip(self._row_labels[start:end].tolist(), self._row_weights[start:end].tolist(), strict=True)

    def contributions(self, scored: Scored, intent: str) -> list[tuple[str, float]]:
        """Return what each feature adds to one intent's score, strongest first."""
        at = self.labels.index(intent)
        parts = [
            (feature, value * weight * self._scale)
            for feature, value in scored.vector.items()
            for label, weight in self._row(feature)
            if label == at
        ]
        return sorted(parts, key=lambda part: -abs(part[1]))


def _extractor(words: Iterable[str], synonyms: Iterable[Sequence[str]]) -> Extractor:
    return Extractor(Words(words), {word: group[0] for group in synonyms for word in group})


def compile_index(corpus: Corpus) -> tuple[dict[str, Any], bytes]:
    """Solve for the weights of a corpus; return the two parts that ``Index`` takes."""
    import numpy as np

    whole = (plain(word) for word in corpus.words)
    words = sorted({word for word in whole if 2 <= len(word) <= LONGEST_WORD and all(map(is_han, word))})
    extractor = _extractor(words, corpus.synonyms)
    kept = _sample(corpus.examples)
    labels = sorted({example.intent for example in kept})
    position = {label: at for at, label in enumerate(labels)}
    targets = [position[example.intent] for example in kept]
    counted = [extractor.features(plain(example.text)) for example in kept]
    trained = train(counted, targets, len(labels), position.get(NONE))
    calibration = calibrate(trained.held_out, trained.coverage, targets, position.get(NONE))
    peak = float(np.abs(trained.weights).max()) or 1.0
    meta = {
        "words": words,
        "synonyms": corpus.synonyms,
        "neighbours": astuple(Known.of(corpus.examples)),
        "counter_examples": astuple(Known.of(corpus.counter_examples)),
        "labels": labels,
        "features": trained.features,
        "inverse_frequency": [round(value, 5) for value in trained.inverse_frequency],
        "scale": peak / _INT16,
        "calibration": calibration.as_dict(),
    }
    return meta, _pack(np.round(trained.weights * (_INT16 / peak)).astype(np.int16))


def _pack(weights: Any) -> bytes:
    """Return the weights that matter as bytes: where each feature's row ends, then labels, then values."""
    import numpy as np

    mattering = np.abs(weights.astype(np.int32)) >= NEGLIGIBLE * _INT16
    ends = np.concatenate([[0], np.cumsum(mattering.sum(axis=1))]).astype(np.uint32)
    labels = np.nonzero(mattering)[1].astype(np.uint16)
    return bytes(ends.tobytes() + labels.tobytes() + weights[mattering].tobytes())


def _sample(examples: Sequence[Example]) -> list[Example]:
    """Return at most MAXIMUM_EXAMPLES, taken evenly from the examples of each intent."""
    if len(examples) <= MAXIMUM_EXAMPLES:
        return list(examples)
    by_intent: dict[str, list[Example]] = {}
    for example in examples:
        by_intent.setdefault(example.intent, []).append(example)
    kept: list[Example] = []
    round_number = 0
    while len(kept) < MAXIMUM_EXAMPLES:
        for group in by_intent.values():
            kept.extend(group[round_number : round_number + 1])
        round_number += 1
    return kept[:MAXIMUM_EXAMPLES]


def load_index(name: str, key: str, corpus: Callable[[], Corpus]) -> Index:
    """Return the index of a corpus, from the cache where ``key`` (what it is made from) is unchanged.

    Without a key nothing is kept.
    """
    if not key:
        return Index(*compile_index(corpus()))
    meta, block = cached_with_bytes(f"index-{name}", f"{FORMAT}\n{key}", lambda: compile_index(corpus()))
    return Index(meta, block)
