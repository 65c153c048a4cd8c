"""From scores of examples that were left out to probabilities and a threshold, so that neither is a magic number.

Two questions, each with a probability of its own. Does a message belong to any intent? That is the more likely, the
more its best intent scores above "none of them", the more of its wording the examples know, the rarer that wording is
(everyday words score well for some intent or other, whatever a message is about), the more the views of it agree,
and the less is usual for the messages of that intent.

    P(any) = 1 / (1 + exp(−w · (s_best − s_none + FAMILIAR · coverage + RARE · rarity
                                − UNEVEN · unevenness − USUALLY · expected − a)))

And to which? ``P(k) = P(any) · exp(s_k / τ) / Σ_j exp(s_j / τ)``. The parameters w, a and τ are those under which the
library's own examples, each scored as if it had not been there, are most likely.

A message is a vector of length one: of n characters each has a share of about 1/√n in it, so whatever is told around
the matter makes every score smaller, and with them what they differ by. In a message that is longer than nearly all
examples, what scores differ by counts √(n / usual) times as much (``Calibration.sharpened``). That says nothing of
strangers: whether a message belongs to any intent shows the better, the longer it is. τ and the threshold are fitted to
messages of the usual length.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from csbot.matching.wording import Standing

# What a wrong reply costs, in right ones: a reply is offered as *the* answer where that pays on the examples.
WRONG_COST = 4.0
STRANGERS = 0.25  # how many messages of no intent come on one of some intent, where the library does not show any
# The share of the examples that are taken for oddities: written for the sake of variety, or mislabelled. Customers
# are plainer than that, and a few such examples would make the matcher doubt everything.
ODD = 0.1
LEADERS = 10  # scores of a message that are looked at: the others add nothing to any sum
_TEMPERATURES = tuple(step / 20 for step in range(10, 41))
# What knowing all of the wording, and a unit of its rarity, add to a score. Not fitted to the library: the examples of
# intents that are left out differ from those of others in more ways than strangers differ from customers. These hold
# on several sets of messages, few and many examples.
FAMILIAR = 1.5
RARE = 0.6
# What views that differ take from it, by their standard deviation, and what it counts that the messages of an intent
# usually score high.
UNEVEN = 0.75
USUALLY = 0.2
USUALLY_LONG = 0.9  # share of the examples that are no longer than usual: those say what scores differ by
_LITTLE_KNOWN = 5  # as if so many messages of an intent had scored as those of all do
# Few examples prove little: they are weighed against what holds for most libraries. For the slope and the constant:
# what they usually are, and how strongly they are held to it (one over the variance).
_USUAL = (1.0, 0.0)
_DOUBT = (2.0, 2.0)
# The thresholds that are tried, and how far what they gain goes by chance, times the root of the number of examples:
# each has a say by its gain, for over a wide range that is nearly the same, and where it happens to be highest moves
# with every example that comes or goes.
_TRIED = tuple(step / 200 for step in range(60, 199))
_CHANCE = 0.2
# Where probabilities are what they say they are, answering pays from here on; and as if so many examples had already
# said so.
_USUAL_THRESHOLD, _USUAL_WEIGHT = WRONG_COST / (1 + WRONG_COST), 1000

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Calibration:
    """The parameters of the decision. ``threshold`` is the probability from which a message is matched."""

    temperature: float  # τ
    slope: float  # w
    least: float  # a: what must be reached for "any" to be as likely as not
    threshold: float
    expected: Sequence[float] = ()  # by label: how much more its messages usually score than those of others
    usual: float = 0.0  # characters up to which a message is as long as most examples; 0 where that is not known

    def as_dict(self) -> dict[str, Any]:
        """Return the parameters by name, for the cache."""
        return asdict(self)

    def belonging(self, standing: Standing) -> dict[str, float]:
        """Return what speaks for "any intent", as log odds that add up, by what they come from."""
        return {
            "lead": self.slope * standing.lead,
            "coverage": self.slope * FAMILIAR * standing.wording.coverage,
            "rarity": self.slope * RARE * standing.wording.rarity,
            "unevenness": -self.slope * UNEVEN * standing.unevenness,
            "expected": -self.slope * USUALLY * standing.expected,
            "least": -self.slope * self.least,
        }

    def any_intent(self, standing: Standing) -> float:
        """Return the probability that a message belongs to any intent."""
        value = sum(self.belonging(standing).values())
        return 1 / (1 + math.exp(-value)) if value > -500 else 0.0

    def sharpened(self, length: int) -> float:
        """Return how many times as much scores that differ say in a message of so many characters; 1 in most."""
        return math.sqrt(max(1.0, length / self.usual)) if self.usual else 1.0

    def probabilities(self, scores: Mapping[Key, float], standing: Standing, length: int = 0) -> dict[Key, float]:
        """Return the probability of each intent from the scores of all for a message of so many characters.

        ``standing`` is that to the best of them.
        """
        top = max(scores.values())
        belongs = self.any_intent(standing)
        temperature = self.temperature / self.sharpened(length)
        raised = {intent: math.exp((score - top) / temperature) for intent, score in scores.items()}
        factor = belongs / sum(raised.values())
        return {intent: value * factor for intent, value in raised.items()}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Examples scored as if they had not been there."""

    scores: Any  # examples × intents
    none: Any  # what speaks for "none of them": the score of the out-of-scope examples, or 0
    wording: Any  # examples × 2: coverage, rarity
    unevenness: Any  # examples × intents: by how much the views of an example differ in what they add to the score
    target: Any  # the column of the right intent; −1 where there is none
    lengths: Any  # characters of each example


def calibrate(left_out: LeftOut, *, strangers_shown: bool) -> Calibration:
    """Fit the parameters. ``strangers_shown`` says whether out-of-scope messages are among the examples as such."""
    import numpy as np

    target = left_out.target
    inside = target >= 0
    weight = np.ones(len(target))
    if not strangers_shown and inside.any() and not inside.all():
        weight[~inside] = STRANGERS * inside.sum() / (~inside).sum()
    best = left_out.scores.argmax(axis=1)
    leaders = np.sort(left_out.scores, axis=1)[:, -LEADERS:]
    coverage, rarity = left_out.wording.T
    lead = leaders[:, -1] - left_out.none + FAMILIAR * coverage + RARE * rarity
    expected = _expected(left_out)
    lead -= UNEVEN * left_out.unevenness[np.arange(len(target)), best] + USUALLY * expected[best]
    usual = FAMILIAR + RARE * (float(rarity[inside].mean()) if inside.any() else 0.0)
    lead -= usual
    slope, least = _fit_any(lead, inside, weight)
    odd = inside & (lead < np.quantile(lead[inside], ODD)) if inside.any() else ~inside & inside
    slope, least = _fit_any(lead[~odd], inside[~odd], weight[~odd])
    any_intent = _sigmoid(slope * (lead - least))
    longest = float(np.quantile(left_out.lengths[inside], USUALLY_LONG)) if inside.any() else 0.0
    as_usual = left_out.lengths <= longest
    behind = leaders - leaders[:, -1:]
    own = left_out.scores[np.arange(len(target)), np.maximum(target, 0)] - leaders[:, -1]

    def surprise(temperature: float) -> float:
        spread = np.log(np.exp(behind / temperature).sum(axis=1))
        every = np.sort((spread - own / temperature)[inside & as_usual])
        return float(every[: len(every) - int(ODD * len(every))].sum())

    temperature = min(_TEMPERATURES, key=surprise)
    top = any_intent / np.exp(behind / temperature).sum(axis=1)
    threshold = _threshold(top[as_usual], (best == target)[as_usual], weight[as_usual])
    usually = [round(float(value), 4) for value in expected]
    return Calibration(temperature, slope, least + usual, threshold, usually, longest)


def _expected(left_out: LeftOut) -> Any:
    """Return by how much more than those of all intents the messages of each usually score."""
    import numpy as np

    inside = np.nonzero(left_out.target >= 0)[0]
    if not len(inside):
        return np.zeros(left_out.scores.shape[1])
    target = left_out.target[inside]
    own = left_out.scores[inside, target] - left_out.none[inside]
    counts = np.bincount(target, minlength=left_out.scores.shape[1])
    return np.bincount(target, own - own.mean(), minlength=len(counts)) / (counts + _LITTLE_KNOWN)


def _fit_any(lead: Any, inside: Any, weight: Any) -> tuple[float, float]:
    """Return slope and least lead: a logistic regression by Newton steps."""
    import numpy as np

    seen = np.column_stack([lead, np.ones(len(lead))])
    usual, doubt = np.array(_USUAL), np.array(_DOUBT)
    found = usual.copy()
    for _ in range(50):
        chance = _sigmoid(seen @ found)
        slope = seen.T @ (weight * (chance - inside)) + doubt * (found - usual)
        bend = (seen * (weight * chance * (1 - chance))[:, None]).T @ seen + np.diag(doubt)
        change = np.clip(np.linalg.solve(bend, slope), -1, 1)
        found = found - change
        if np.abs(change).max() < 1e-6:
            break
    steepness = max(0.05, float(found[0]))
    return steepness, -float(found[1]) / steepness


def _sigmoid(values: Any) -> Any:
    import numpy as np

    return 1 / (1 + np.exp(-np.clip(values, -500, 500)))


def _threshold(top: Any, right: Any, weight: Any) -> float:
    """Return the probability from which answering gains most, counting a wrong answer as WRONG_COST."""
    import numpy as np

    if not len(top):
        return 0.5
    order = np.argsort(-top)
    gain = np.cumsum(np.where(right[order], weight[order], -WRONG_COST * weight[order]))
    tried = np.array(_TRIED)
    gained = np.append(0.0, gain)[np.searchsorted(-top[order], -tried, side="right")]
    say = np.exp((gained - gained.max()) / (_CHANCE * math.sqrt(weight.sum())))
    found = float(say @ tried / say.sum())
    settled = (len(top) * found + _USUAL_WEIGHT * _USUAL_THRESHOLD) / (len(top) + _USUAL_WEIGHT)
    return min(0.9, max(0.3, settled))
