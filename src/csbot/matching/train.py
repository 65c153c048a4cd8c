"""Class-level evidence: for every intent a weight for every feature, by regularised logistic regression.

Every intent is told apart from all others by itself, its examples weighing as much as the rest together: that
makes small intents count like large ones, gives every intent a score that means the same whatever the others do
(which is what tells strangers apart: Shu, Xu, Liu: DOC, 2017), and lets intents be trained a few at a time. With
``X`` the examples (rows of length one), the weights are ``W = Xᵀ A``; the coefficients ``A`` (one number for an
example and an intent) minimise

    Σ_i c_ik · log(1 + exp(−y_ik · (X W + b)_ik)) + |W_k|² / (2 C)

by a limited-memory quasi-Newton method (Nocedal, Wright: Numerical optimization, 2006, ch. 7) in the space of the
weights, of which only inner products are ever needed, so that every step is one product with ``X`` and one with
``Xᵀ``. A dozen steps are enough: no measured figure moves after them. numpy is imported only when a library has
changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from csbot.matching.sparse import Multiplier, Sparse

STRENGTH = 8.0  # C: how much the examples count against small weights
STEPS = 10
MORE_STEPS = 4  # from a solution for nearly the same examples
REMEMBERED = 2  # pairs of changes that the quasi-Newton method keeps
INTERCEPT_STEPS = 2
LONGEST_STEP = 4.0  # of what the quadratic model says
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
        gradient = loss.fit_intercepts(now)
        gradient += now.coefficients / STRENGTH
        image = self._inner(gradient)
        first = _dot(gradient, image)
        history: list[tuple[Any, Any, Any, Any, Any]] = []
        for number in range(steps):
            step, stepped = _direction(gradient, image, history)
            length = loss.length(now, step, stepped, -_dot(gradient, stepped))
            step *= -length
            stepped *= -length
            now.coefficients += step
            now.scores += stepped
            later = loss.fit_intercepts(now)
            if number == steps - 1:
                break  # nobody asks where it would go from here
            later += now.coefficients / STRENGTH
            later_image = self._inner(later)
            change, change_image = later - gradient, later_image - image
            curvature = _dot(step, change_image)
            usable = np.where(curvature > 1e-10, 1 / np.maximum(curvature, 1e-10), 0).astype(np.float32)
            history = [*history[1 - REMEMBERED :], (step, stepped, change, change_image, usable)]
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
    intent at once, and set right at the few places where an example is the intent's own.
    """

    def __init__(self, belongs: Any, counted: Any) -> None:
        import numpy as np

        self._left = np.nonzero(~counted)[0]
        self._own = np.nonzero(belongs & counted[:, None])
        self._width = belongs.shape[1]
        count = np.bincount(self._own[1], minlength=self._width)
        others = np.maximum(counted.sum() - count, 1)
        self._own_sum = (counted.sum() / 2 * (count > 0)).astype(np.float32)
        self._other_weight = (counted.sum() / (2 * others)).astype(np.float32)
        weight = (counted.sum() / (2 * np.maximum(count, 1))).astype(np.float32)
        self._own_weight = weight[self._own[1]]
        self._more = self._own_weight - self._other_weight[self._own[1]]  # what an own example weighs more

    def fit_intercepts(self, now: Solution) -> Any:
        """Move the intercepts to where the examples want them; return how the loss changes with each score."""
        import numpy as np

        for _ in range(INTERCEPT_STEPS):
            chance = self._chances(now.scores + now.intercepts)
            own = chance[self._own]
            square = _dot(chance, chance)
            total = chance.sum(axis=0)
            slope = self._other_weight * total + self._of_intents(self._more * own) - self._own_sum
            bend = self._other_weight * (total - square) + self._of_intents(self._more * own * (1 - own)) + 1e-3
            now.intercepts = (now.intercepts - np.clip(slope / bend, -2, 2)).astype(np.float32)
        chance = self._chances(now.scores + now.intercepts)
        own = chance[self._own]
        chance *= self._other_weight
        chance[self._own] = self._own_weight * (own - 1)
        return chance

    def length(self, now: Solution, step: Any, stepped: Any, slope: Any) -> Any:
        """Return how far to go against ``step``, by two Newton steps along it, for each intent.

        ``stepped`` is what the step scores, ``slope`` how what is minimised changes along it.
        """
        import numpy as np

        moved = stepped[self._own]
        bend = _dot(step, stepped) / STRENGTH
        held = now.scores + now.intercepts
        _, curvature = self._along(held.copy(), stepped, moved)
        length = -slope / np.maximum(curvature + bend, 1e-12)
        held -= length * stepped
        ahead, ahead_curvature = self._along(held, stepped, moved)
        ahead_slope = length * bend - ahead - _dot(now.coefficients, stepped) / STRENGTH
        better = length - ahead_slope / np.maximum(ahead_curvature + bend, 1e-12)
        return np.clip(better, 0.1 * length, LONGEST_STEP * np.maximum(length, 1e-6)).astype(np.float32)

    def _along(self, scores: Any, stepped: Any, moved: Any) -> tuple[Any, Any]:
        """Return how the loss changes at ``scores`` along ``stepped``, and how that changes; ``scores`` is used up."""
        chance = self._chances(scores)
        own = chance[self._own]
        slope = self._other_weight * _dot(chance, stepped)
        slope += self._of_intents((self._more * own - self._own_weight) * moved)
        chance -= chance * chance
        chance *= stepped
        curvature = self._other_weight * _dot(chance, stepped)
        return slope, curvature + self._of_intents(self._more * own * (1 - own) * moved * moved)

    def _chances(self, scores: Any) -> Any:
        """Return the probabilities in place of ``scores``; 0 for what is not counted."""
        import numpy as np

        scores *= 0.5
        np.tanh(scores, out=scores)  # never overflows, unlike an exponential
        scores *= 0.5
        scores += 0.5
        scores[self._left] = 0
        return scores

    def _of_intents(self, values: Any) -> Any:
        """Add up, for each intent, what there is for the examples of its own."""
        import numpy as np

        return np.bincount(self._own[1], values, minlength=self._width).astype(np.float32)


def _direction(gradient: Any, image: Any, history: list[tuple[Any, Any, Any, Any, Any]]) -> tuple[Any, Any]:
    """Return the quasi-Newton direction and what it scores (two-loop recursion, each intent by itself)."""
    import numpy as np

    step, stepped = gradient.copy(), image.copy()
    taken = []
    for moved, _, change, change_image, usable in reversed(history):
        share = usable * _dot(moved, stepped)
        taken.append(share)
        step -= share * change
        stepped -= share * change_image
    if history:
        _, _, change, change_image, usable = history[-1]
        scale = np.where(usable > 0, 1 / np.maximum(usable * _dot(change, change_image), 1e-12), 1).astype(np.float32)
        step *= scale
        stepped *= scale
    for (moved, moved_image, change, _, usable), share in zip(history, reversed(taken), strict=True):
        back = share - usable * _dot(change, stepped)
        step += back * moved
        stepped += back * moved_image
    return step, stepped


def _dot(first: Any, second: Any) -> Any:
    """Return the inner products of the columns of two matrices."""
    import numpy as np

    return np.einsum("ij,ij->j", first, second)
