"""The compiled form of a library's examples: weights by feature and intent, kept in the cache."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from csbot.matching.calibrate import Calibration, calibrate
from csbot.matching.features import Extractor, plain
from csbot.matching.train import MAXIMUM_EXAMPLES, train
from csbot.text.cache import cached_with_bytes

NONE = ""  # the label of out-of-scope examples
FORMAT = "6"
_INT16 = 32767
# Weights below this share of the largest are dropped: four of five are, and no measured figure moves.
NEGLIGIBLE = 0.01


@dataclass(frozen=True, slots=True)
class Example:
    """An utterance and the intent it belongs to (NONE for a counter-example that belongs to no intent)."""

    text: str
    intent: str


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


def compile_index(examples: Sequence[Example], extractor: Extractor) -> tuple[dict[str, Any], bytes]:
    """Solve for the weights of a set of examples; return the two parts that ``Index`` takes."""
    import numpy as np

    kept = _sample(examples)
    labels = sorted({example.intent for example in kept})
    position = {label: at for at, label in enumerate(labels)}
    targets = [position[example.intent] for example in kept]
    counted = [extractor.features(plain(example.text)) for example in kept]
    trained = train(counted, targets, len(labels), position.get(NONE))
    calibration = calibrate(trained.held_out, trained.coverage, targets, position.get(NONE))
    peak = float(np.abs(trained.weights).max()) or 1.0
    meta = {
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


def load_index(name: str, key: str, examples: Sequence[Example], extractor: Extractor) -> Index:
    """Return the index of ``examples``, from the cache where ``key`` (what they were made from) is unchanged."""
    full_key = hashlib.sha256(f"{FORMAT}\n{key}".encode()).hexdigest()
    meta, block = cached_with_bytes(f"index-{name}", full_key, lambda: compile_index(examples, extractor))
    return Index(meta, block)
