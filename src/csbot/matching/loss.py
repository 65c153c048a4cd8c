"""What training minimises, intent by intent, and how far to go in a direction: see ``csbot.matching.train``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

STRENGTH = 8.0  # C: how much the examples count against small weights
JOIN_STEPS = 5  # Newton steps for what an example that joins wants of itself
FARTHEST_JOINING = 3.0  # that its score moves in one of them
BESIDE_JOINING = 0.7  # how far the others go against their gradient meanwhile: about what later steps do
LENGTH_STEPS = 3  # Newton steps for how far to go: each takes a twentieth of the products they save
FARTHEST = 2.0  # that an intercept moves at once
ENOUGH = 3000  # examples that tell how far
LONGEST_STEP = 8.0  # of what the first of them says


@dataclass(slots=True)
class Solution:
    """Coefficients (examples × intents), intercepts (intents) and scores without intercepts (examples × intents)."""

    coefficients: Any
    intercepts: Any
    scores: Any

    @property
    def held(self) -> Any:
        """The scores of the examples, intercepts included."""
        return self.scores + self.intercepts


class Loss:
    """What is lost on the examples, intent by intent: every intent's examples weigh as much as all the others.

    An example has but two weights, that of an intent's own and that of the others: nearly all is done for a whole
    intent at once, and set right at the few places where an example is the intent's own. Probabilities are kept as
    ``t = tanh(score / 2)``, of which sums are all that is asked: ``p = (1 + t) / 2``, ``p (1 − p) = (1 − t²) / 4``.
    """

    def __init__(self, belongs: Any, counted: Any) -> None:
        """Make ready for what ``Trainer.solve`` is given."""
        import numpy as np

        self._left = np.nonzero(~counted)[0]
        self._own = np.nonzero(belongs & counted[:, None])
        self._width = belongs.shape[1]
        count = np.bincount(self._own[1], minlength=self._width)
        others = np.maximum(counted.sum() - count, 1)
        self._other_weight = (counted.sum() / (2 * others)).astype(np.float32)
        weight = (counted.sum() / (2 * np.maximum(count, 1))).astype(np.float32)
        self._own_weight = weight[self._own[1]]
        self._more = self._own_weight - self._other_weight[self._own[1]]  # what an own example weighs more

    def gradient(self, now: Solution) -> Any:
        """Return the gradient of all that is minimised, as coefficients."""
        chance = self._chances(now.scores + now.intercepts)
        own = chance[self._own]
        chance += 1
        chance *= self._other_weight / 2
        chance[self._own] = self._own_weight * (own - 1) / 2
        chance += now.coefficients / STRENGTH
        return chance

    def joined(self, now: Solution, joining: Any) -> Any:
        """Return a step, to be gone against, that brings in examples that nothing has been learnt from.

        Each gets the coefficients that it would have if it changed no score but its own: rows are of length one, so
        that those coefficients are what is added to its scores. The others go on as their gradient says.
        """
        import numpy as np

        step = self.gradient(now)
        step *= BESIDE_JOINING
        place = np.full(len(step), -1)
        place[joining] = np.arange(len(joining))
        own = place[self._own[0]], self._own[1]
        joins = own[0] >= 0
        own = own[0][joins], own[1][joins]
        weight = np.repeat(STRENGTH * self._other_weight[None], len(joining), axis=0)
        weight[own] = STRENGTH * self._own_weight[joins]
        wanted = np.zeros_like(weight)
        wanted[own] = weight[own]
        held = now.scores[joining] + now.intercepts
        added = np.zeros_like(held)
        for _ in range(JOIN_STEPS):
            chance = np.tanh((held + added) / 2)
            surplus = added + weight * (1 + chance) / 2 - wanted
            bend = 1 + weight * (1 - chance * chance) / 4
            added -= np.clip(surplus / bend, -FARTHEST_JOINING, FARTHEST_JOINING)
        step[joining] = -added
        return step

    def fit_intercepts(self, now: Solution, steps: int) -> None:
        """Move the intercepts to where the examples want them, by Newton steps."""
        import numpy as np

        for _ in range(steps):
            chance = self._chances(now.scores + now.intercepts)
            wanted, bend = self._intercepts(chance, chance[self._own], self._other_weight)
            now.intercepts = (now.intercepts - np.clip(wanted / bend, -FARTHEST, FARTHEST)).astype(np.float32)

    def _intercepts(self, chance: Any, own: Any, weight: Any) -> tuple[Any, Any]:
        """Return how the loss changes with each intercept, and how that changes.

        ``chance`` is that of all, ``own`` that of the intents' own, ``weight`` what one of the others weighs.
        """
        import numpy as np

        wanted = weight * (len(chance) + np.ones(len(chance), dtype=np.float32) @ chance) / 2
        wanted += self._of_intents(self._more * (1 + own) / 2 - self._own_weight)
        bend = weight * (len(chance) - inner_products(chance, chance)) / 4
        return wanted, bend + self._of_intents(self._more * (1 - own * own) / 4) + 1e-3

    def move(self, now: Solution, step: Any, stepped: Any) -> None:
        """Go against ``step`` as far as pays, for each intent; ``step`` and ``stepped`` become what was gone.

        ``stepped`` is what the step scores. How far, and where the intercepts go meanwhile, is found together: far
        from the end an intercept that lags behind would be taken for a reason to stop. Of thousands of examples
        every second or third tells enough of it.
        """
        import numpy as np

        every = max(1, len(step) // ENOUGH)
        seen, left = stepped[::every].copy(), self._left[self._left % every == 0] // every
        weight = self._other_weight * ((len(step) - len(self._left)) / max(1, len(seen) - len(left)))
        held = (now.scores[::every] + now.intercepts) / 2
        moved, own_held = stepped[self._own], now.scores[self._own] + now.intercepts[self._own[1]]
        bend = inner_products(step, stepped) / STRENGTH
        slope = inner_products(now.coefficients, stepped) / STRENGTH
        total, square = seen.sum(axis=0), inner_products(seen, seen)
        length, shift = np.zeros((2, self._width), dtype=np.float32)
        longest: Any = None
        chance, product = np.empty((2, *seen.shape), dtype=np.float32)
        for _ in range(LENGTH_STEPS):
            np.multiply(seen, length / -2, out=chance)
            chance += held
            chance += shift / 2
            np.tanh(chance, out=chance)
            chance[left] = -1
            own = np.tanh((own_held - length[self._own[1]] * moved + shift[self._own[1]]) / 2)
            wanted, wanted_bend = self._intercepts(chance, own, weight)
            spread = self._more * (1 - own * own) / 4 * moved
            np.multiply(chance, seen, out=product)
            ahead = weight * (total + product.sum(axis=0)) / 2
            ahead += self._of_intents((self._more * (1 + own) / 2 - self._own_weight) * moved)
            both = weight * (total - inner_products(chance, product)) / 4 + self._of_intents(spread)
            curvature = (
                weight * (square - inner_products(product, product)) / 4 + self._of_intents(spread * moved) + bend
            )
            rest = length * bend - ahead - slope
            determinant = np.maximum(curvature * wanted_bend - both * both, 1e-12)
            farther = -(wanted_bend * rest + both * wanted) / determinant
            higher = -(both * rest + curvature * wanted) / determinant
            too_far = np.maximum(1, np.abs(higher) / FARTHEST)
            length, shift = length + farther / too_far, shift + higher / too_far
            if longest is None:
                longest = np.maximum(np.abs(length), 1e-6)
            length = np.clip(length, 0.1 * longest, LONGEST_STEP * longest)
        step *= -length
        stepped *= -length
        now.coefficients += step
        now.scores += stepped
        now.intercepts = (now.intercepts + shift).astype(np.float32)

    def _chances(self, scores: Any) -> Any:
        """Return ``t`` in place of ``scores``; −1, a probability of 0, for what is not counted."""
        import numpy as np

        scores *= 0.5
        np.tanh(scores, out=scores)  # never overflows, unlike an exponential
        scores[self._left] = -1
        return scores

    def _of_intents(self, values: Any) -> Any:
        """Add up, for each intent, what there is for the examples of its own."""
        import numpy as np

        return np.bincount(self._own[1], values, minlength=self._width).astype(np.float32)


def inner_products(first: Any, second: Any) -> Any:
    """Return the inner products of the columns of two matrices."""
    import numpy as np

    return np.einsum("ij,ij->j", first, second)
