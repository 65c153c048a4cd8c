"""Class-level evidence: for every intent a weight for every feature, by regularised logistic regression.

Every intent is told apart from all others by itself, its examples weighing as much as the rest together: that
makes small intents count like large ones, gives every intent a score that means the same whatever the others do
(which is what tells strangers apart: Shu, Xu, Liu: DOC, 2017), and lets intents be trained a few at a time. With
``X`` the examples (rows of length one), the weights are ``W = Xᵀ A``; the coefficients ``A`` (one number for an
example and an intent) minimise

    Σ_i c_ik · log(1 + exp(−y_ik · (X W + b)_ik)) + |W_k|² / (2 C)

by a limited-memory quasi-Newton method (Nocedal, Wright: Numerical optimization, 2006, ch. 7) in the space of the
weights, of which only inner products are ever needed, so that every step is one product with ``X`` and one with
``Xᵀ``. Those take most of the time; how far to go is therefore found well, together with the intercepts, and nine
steps are enough, the first six before what was left out is let in: no measured figure moves after them. numpy is
imported only when a library has changed.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from csbot.matching.loss import Loss, Solution, inner_products
from csbot.matching.sparse import Multiplier, Products, Sparse

STEPS = 8
MORE_STEPS = 3  # from a solution for nearly the same examples
INTERCEPT_STEPS = 2  # before anything else
CLOSE = 2e-3  # share of the first gradient at which an intent is done


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
        # Only features that two examples share have a row: the matrix stays narrow. The commonest come first, so that
        # what is asked for most stands close together.
        self._shared_features = np.argsort(-containing, kind="stable")[: np.count_nonzero(containing > 1)]
        place = np.zeros(vectors.width, dtype=np.int32)
        place[self._shared_features] = np.arange(len(self._shared_features), dtype=np.int32)
        self._place = place
        known = Sparse(known.ends, place[known.columns], known.values, len(self._shared_features))
        self._products = Products(known)
        self._shared = containing > 1

    def scores(self, coefficients: Any) -> Any:
        """Return what coefficients score on the examples, intercepts aside."""
        return self._inner(coefficients)

    def apply(self, solution: Solution, vectors: Sparse) -> Any:
        """Return the scores of other vectors (over the same features), intercepts included.

        Features that only one example has are left aside: what was left out shares none of them.
        """
        weights = self._products.transposed_times(solution.coefficients)
        return Multiplier(self._known(vectors)).times(weights) + solution.intercepts

    def apply_by_view(self, solution: Solution, vectors: Sparse, view_of: Any, views: int) -> tuple[Any, Any]:
        """Return the scores that ``apply`` does, and by how much the views differ in what they add to each.

        ``view_of`` names the view (0 to ``views`` − 1) of each feature.
        """
        import numpy as np

        known, weights = self._known(vectors), self._products.transposed_times(solution.coefficients)
        view = view_of[self._shared_features][known.columns]
        parts = np.stack([Multiplier(known.keep(view == each)).times(weights) for each in range(views)])
        return parts.sum(axis=0) + solution.intercepts, parts.std(axis=0)

    def _known(self, vectors: Sparse) -> Sparse:
        """Return vectors in the features that examples share."""
        known = vectors.keep(self._shared[vectors.columns])
        return Sparse(known.ends, self._place[known.columns], known.values, len(self._shared_features))

    def weights(self, solution: Solution) -> list[tuple[Any, Any]]:
        """Return the weights (features × intents) with the features they belong to, in two parts."""
        shared = self._products.transposed_times(solution.coefficients)
        single = self._single
        alone = single.values[:, None] * solution.coefficients[single.owners]
        return [(self._shared_features, shared), (single.columns, alone)]

    def totals(self, features: Any, labels: Any, weights: Any, width: int) -> Any:
        """Return what weights score on the examples (examples × ``width`` labels), each of one feature and label."""
        import numpy as np

        shared = self._shared[features]
        dense = np.zeros((len(self._shared_features), width), dtype=np.float32)
        dense[self._place[features[shared]], labels[shared]] = weights[shared]
        totals = self._products.times(dense)
        owner, value = np.zeros(len(self._shared), dtype=np.int64), np.zeros(len(self._shared), dtype=np.float32)
        owner[self._single.columns], value[self._single.columns] = self._single.owners, self._single.values
        alone = features[~shared]
        np.add.at(totals, (owner[alone], labels[~shared]), value[alone] * weights[~shared])
        return totals

    def _inner(self, coefficients: Any) -> Any:
        """Return what coefficients score on the examples: their inner products with all of them."""
        return self._products.times(self._products.transposed_times(coefficients)) + self._alone * coefficients

    def solve(self, belongs: Any, counted: Any, start: Solution | None = None, steps: int = STEPS) -> Solution:
        """Solve for intents. ``belongs`` (examples × intents, booleans) says which examples are whose.

        ``counted`` (booleans) says which examples are learnt from. ``start`` is a solution for nearly the same; the
        examples that join, which it has not learnt from, take the first of the steps.
        """
        import numpy as np

        loss = Loss(belongs, counted)
        if start is None:
            zero = np.zeros(belongs.shape, dtype=np.float32)
            now = Solution(zero, np.zeros(belongs.shape[1], dtype=np.float32), zero.copy())
            loss.fit_intercepts(now, INTERCEPT_STEPS)
        else:
            now = self._started(start, counted)
            joining = np.nonzero(counted & ~now.coefficients.any(axis=1))[0]
            if len(joining):
                step = loss.joined(now, joining)
                loss.move(now, step, self._inner(step))
                steps -= 1
            loss.fit_intercepts(now, 1)
        return self._improved(loss, now, steps)

    def _improved(self, loss: Loss, now: Solution, steps: int) -> Solution:
        """Return a solution after so many quasi-Newton steps, fewer where all intents are done."""
        import numpy as np

        gradient = loss.gradient(now)
        image = self._inner(gradient)
        first = inner_products(gradient, image)
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
            if np.all(inner_products(gradient, image) <= CLOSE**2 * np.maximum(first, 1e-12)):
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


def _direction(gradient: Any, image: Any, last: _Change | None) -> tuple[Any, Any]:
    """Return the quasi-Newton direction and what it scores, each intent by itself, from the last change alone.

    More of what went before saves no step.
    """
    import numpy as np

    if last is None:
        return gradient.copy(), image.copy()
    curvature = inner_products(last.step, last.change_image)
    usable = np.where(curvature > 1e-10, 1 / np.maximum(curvature, 1e-10), 0).astype(np.float32)
    size = inner_products(last.change, last.change_image)
    scale = np.where(usable > 0, 1 / np.maximum(usable * size, 1e-12), 1).astype(np.float32)
    share = usable * inner_products(last.step, image)
    back = share - usable * scale * (inner_products(last.change, image) - share * size)
    step, stepped = scale * gradient, scale * image
    for found, moved, change in ((step, last.step, last.change), (stepped, last.stepped, last.change_image)):
        change *= scale * share
        found -= change
        moved *= back
        found += moved
    return step, stepped
