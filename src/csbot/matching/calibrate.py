"""From leave-one-out scores to probabilities and a threshold, so that neither is a magic number.

The probability of an intent is a softmax over the scores of all intents and of "none of them":

    P(k) ∝ exp(s_k / τ),  P(none) ∝ exp((s_none + a + b·(1 − coverage)) / τ)

τ (temperature), a (how much an intent must show) and b (how much unknown wording counts against all) are
those under which the library's own examples, each scored as if it had not been there, are most likely.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

# What a wrong reply costs, in right ones: a reply is offered as *the* answer where that pays on the examples.
WRONG_COST = 2.0
_TEMPERATURES = (0.04, 0.05, 0.06, 0.075, 0.09, 0.12, 0.16, 0.2, 0.26, 0.34)
_NONE = (-0.1, 0.0, 0.08, 0.16, 0.24, 0.32, 0.4, 0.5)
_UNFAMILIAR = (0.0, 0.15, 0.3, 0.5)


@dataclass(frozen=True, slots=True)
class Calibration:
    """The parameters of the decision. ``threshold`` is the probability from which a message is matched."""

    temperature: float
    none: float
    unfamiliar: float
    threshold: float

    def as_dict(self) -> dict[str, float]:
        """Return the parameters by name, for the cache."""
        return asdict(self)


def calibrate(held_out: Any, coverage: Any, labels: Any, none_label: int | None) -> Calibration:
    """Fit the parameters. ``held_out`` are scores (examples × labels), ``none_label`` the out-of-scope column.

    Without out-of-scope examples, examples scored with their own intent left out stand in for them, at a
    quarter of the weight: they are nearer to the library than a stranger's message.
    """
    import numpy as np

    scores = np.asarray(held_out, dtype=np.float64)
    labels = np.asarray(labels)
    rows = np.arange(len(scores))
    in_scope = [column for column in range(scores.shape[1]) if column != none_label]
    if none_label is None:
        strangers = scores.copy()
        strangers[rows, labels] = -9.0
        intents = np.vstack([scores, strangers])
        none_score = np.zeros(len(intents))
        target = np.concatenate([labels, np.full(len(scores), -1)])
        weight = np.concatenate([np.ones(len(scores)), np.full(len(scores), 0.25)])
        coverage = np.concatenate([coverage, coverage])
    else:
        intents = scores[:, in_scope]
        none_score = scores[:, none_label]
        position = {column: at for at, column in enumerate(in_scope)}
        target = np.array([position.get(int(label), -1) for label in labels])
        weight = np.ones(len(scores))
    best: tuple[float, Any, Any] | None = None
    for temperature, none, unfamiliar in product(_TEMPERATURES, _NONE, _UNFAMILIAR):
        probability, rest = _softmax(intents, none_score + none + unfamiliar * (1 - coverage), temperature)
        right = np.where(target >= 0, probability[np.arange(len(target)), target], rest)
        loss = float(-(weight * np.log(np.maximum(right, 1e-12))).sum())
        if best is None or loss < best[0]:
            best = (loss, (temperature, none, unfamiliar), probability)
    assert best is not None
    _, parameters, probability = best
    threshold = _threshold(probability.max(axis=1), probability.argmax(axis=1) == target, weight)
    temperature, none, unfamiliar = map(float, parameters)
    return Calibration(temperature, none, unfamiliar, threshold)


def _softmax(intents: Any, none: Any, temperature: float) -> tuple[Any, Any]:
    import numpy as np

    top = np.maximum(intents.max(axis=1), none)[:, None]
    raised = np.exp((intents - top) / temperature)
    rest = np.exp((none - top[:, 0]) / temperature)
    total = raised.sum(axis=1) + rest
    return raised / total[:, None], rest / total


def _threshold(top: Any, right: Any, weight: Any) -> float:
    """Return the probability from which answering gains most, counting a wrong answer as WRONG_COST."""
    import numpy as np

    order = np.argsort(-top)
    gain = np.cumsum(np.where(right[order], weight[order], -WRONG_COST * weight[order]))
    best = int(np.argmax(gain)) if len(gain) else 0
    return float(min(0.9, max(0.3, top[order[best]])))
