"""Class-level evidence: for every intent a weight for every feature, by regularised logistic regression.

Every intent is told apart from all others by itself, its examples weighing as much as the rest together: that
makes small intents count like large ones, gives every intent a score that means the same whatever the others do
(which is what tells strangers apart: Shu, Xu, Liu: DOC, 2017), and lets intents be trained a few at a time. With
``X`` the examples (rows of length one), the weights are ``W = Xᵀ A``; the coefficients ``A`` (one number for an
example and an intent) minimise

    Σ_i c_ik · log(1 + exp(−y_ik · (X W + b)_ik)) + |W_k|² / (2 C)

by a limited-memory quasi-Newton method (Nocedal, Wright: Numerical optimization, 2006, ch. 7) in the space of the
weights, of which only inner products are ever needed, so that every step is one product with ``X`` and one with
``Xᵀ``. Those take most of the time; how far to go is therefore found well, together with the intercepts, and ten
steps are enough: no measured figure moves after them. numpy is imported only when a library has
changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from csbot.matching.sparse import Multiplier, Sparse

STRENGTH = 8.0  # C: how much the examples count against small weights
STEPS = 8
MORE_STEPS = 4  # from a solution for nearly the same examples
INTERCEPT_STEPS = 2  # before anything else
LENGTH_STEPS = 3  # Newton steps for how far to go: each takes a twentieth of the products they save
FARTHEST = 2.0  # that an intercept moves at once
ENOUGH = 3000  # examples that tell how far
LONGEST_STEP = 8.0  # of what the first of them says
CLOSE = 2e-3  # share of the first gradient at which an intent is done


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


class _Change(NamedTuple):
    """What one step changed: coefficients and their scores, the gradient and its scores."""

    step: Any
    stepped: Any
    change: Any
    change_image: Any


class Trainer:
    """Solves for the intents of one set of examples."""

    def __init__(self, vectors: Sparse) -> None:
        """Make ready for vectors of examples, rows of length one."""
        import numpy as np

        containing = np.bincount(vectors.columns, minlength=vectors.width)
        shared = containing[vectors.columns] > 1
        # What only one example has tells nothing of any other: it adds to that example's own score, no more.
        alone = np.bincount(vectors.owners[~shared], vectors.values[~shared] ** 2, minlength=vectors.height)
        self._alone = alone.astype(np.float32)[:, None]
        known = vectors.keep(shared)
        self._single = vectors.keep(~shared)
        self._shared_features = np.nonzero(containing > 1)[0]
        # Only features that two examples share have a row: the matrix stays narrow.
        place = np.zeros(vectors.width, dtype=np.int32)
        place[self._shared_features] = np.arange(len(self._shared_features), dtype=np.int32)
        self._place = place
        known = Sparse(known.ends, place[known.columns], known.values, len(self._shared_features))
        self._forward = Multiplier(known)
        self._back = Multiplier(known.transposed())
        self._shared = containing > 1

    def scores(self, coefficients: Any) -> Any:
        """Return what coefficients score on the examples, intercepts aside."""
        return self._inner(coefficients)

    def apply(self, solution: Solution, vectors: Sparse) -> Any:
        """Return the scores of other vectors (over the same features), intercepts included.

        Features that only one example has are left aside: what was left out shares none of them.
        """
        return Multiplier(self._known(vectors)).times(self._back.times(solution.coefficients)) + solution.intercepts

    def apply_by_view(self, solution: Solution, vectors: Sparse, view_of: Any, views: int) -> tuple[Any, Any]:
        """Return the scores that ``apply`` does, and by how much the views differ in what they add to each.

        ``view_of`` names the view (0 to ``views`` − 1) of each feature.
        """
        import numpy as np

        known, weights = self._known(vectors), self._back.times(solution.coefficients)
        view = view_of[self._shared_features][known.columns]
        parts = np.stack([Multiplier(known.keep(view == each)).times(weights) for each in range(views)])
        return parts.sum(axis=0) + solution.intercepts, parts.std(axis=0)

    def _known(self, vectors: Sparse) -> Sparse:
        """Return vectors in the features that examples share."""
        known = vectors.keep(self._shared[vectors.columns])
        return Sparse(known.ends, self._place[known.columns], known.values, len(self._shared_features))

    def weights(self, solution: Solution) -> list[tuple[Any, Any]]:
        """Return the weights (features × intents) with the features they belong to, in two parts."""
        shared = self._back.times(solution.coefficients)
        single = self._single
        alone = single.values[:, None] * solution.coefficients[single.owners]
        return [(self._shared_features, shared), (single.columns, alone)]

    def _inner(self, coefficients: Any) -> Any:
        """Return what coefficients score on the examples: their inner products with all of them."""
        return self._forward.times(self._back.times(coefficients)) + self._alone * coefficients

    def solve(self, belongs: Any, counted: Any, start: Solution | None = None, steps: int = STEPS) -> Solution:
        """Solve for intents. ``belongs`` (examples × intents, booleans) says which examples are whose.

        ``counted`` (booleans) says which examples are learnt from. ``start`` is a solution for nearly the same.
        """
        import numpy as np

        loss = _Loss(belongs, counted)
        if start is None:
            zero = np.zeros(belongs.shape, dtype=np.float32)
            now = Solution(zero, np.zeros(belongs.shape[1], dtype=np.float32), zero.copy())
        else:
            now = self._started(start, counted)
        loss.fit_intercepts(now, INTERCEPT_STEPS)
        gradient = loss.gradient(now)
        image = self._inner(gradient)
        first = _dot(gradient, image)
        last: _Change | None = None
        for number in range(steps):
            step, stepped = _direction(gradient, image, last)
            loss.move(now, step, stepped)
            loss.fit_intercepts(now, 1)
            if number == steps - 1:
                break  # nobody asks where it would go from here
            later = loss.gradient(now)
            later_image = self._inner(later)
            last = _Change(step, stepped, later - gradient, later_image - image)
            gradient, image = later, later_image
            if np.all(_dot(gradient, image) <= CLOSE**2 * np.maximum(first, 1e-12)):
                break
        return now

    def _started(self, start: Solution, counted: Any) -> Solution:
        """Return a copy of a solution in which only what is counted has a say."""
        coefficients = start.coefficients.copy()
        left = ~counted
        if not coefficients[left].any():
            return Solution(coefficients, start.intercepts.copy(), start.scores.copy())
        coefficients[left] = 0
        return Solution(coefficients, start.intercepts.copy(), self._inner(coefficients))


class _Loss:
    """What is lost on the examples, intent by intent: every intent's examples weigh as much as all the others.

    An example has but two weights, that of an intent's own and that of the others: nearly all is done for a whole
    intent at once, and set right at the few places where an example is the intent's own. Probabilities are kept as
    ``t = tanh(score / 2)``, of which sums are all that is asked: ``p = (1 + t) / 2``, ``p (1 − p) = (1 − t²) / 4``.
    """

    def __init__(self, belongs: Any, counted: Any) -> None:
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
        bend = weight * (len(chance) - _dot(chance, chance)) / 4
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
        bend = _dot(step, stepped) / STRENGTH
        slope = _dot(now.coefficients, stepped) / STRENGTH
        total, square = seen.sum(axis=0), _dot(seen, seen)
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
            both = weight * (total - _dot(chance, product)) / 4 + self._of_intents(spread)
            curvature = weight * (square - _dot(product, product)) / 4 + self._of_intents(spread * moved) + bend
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


def _direction(gradient: Any, image: Any, last: _Change | None) -> tuple[Any, Any]:
    """Return the quasi-Newton direction and what it scores, each intent by itself, from the last change alone.

    More of what went before saves no step.
    """
    import numpy as np

    if last is None:
        return gradient.copy(), image.copy()
    curvature = _dot(last.step, last.change_image)
    usable = np.where(curvature > 1e-10, 1 / np.maximum(curvature, 1e-10), 0).astype(np.float32)
    size = _dot(last.change, last.change_image)
    scale = np.where(usable > 0, 1 / np.maximum(usable * size, 1e-12), 1).astype(np.float32)
    share = usable * _dot(last.step, image)
    back = share - usable * scale * (_dot(last.change, image) - share * size)
    step, stepped = scale * gradient, scale * image
    for found, moved, change in ((step, last.step, last.change), (stepped, last.stepped, last.change_image)):
        change *= scale * share
        found -= change
        moved *= back
        found += moved
    return step, stepped


def _dot(first: Any, second: Any) -> Any:
    """Return the inner products of the columns of two matrices."""
    import numpy as np

    return np.einsum("ij,ij->j", first, second)
