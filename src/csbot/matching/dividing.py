"""How examples are divided: what is left out to see how well the rest knows it, and which intents learn together.

Up to LARGE examples (LARGE_OF_FEW of few intents), every intent learns from all of them. Beyond, intents are trained a
few at a time, each group on its own examples, those of the intents most like it and a sample of the rest: what is far
away is told apart by any of it, and the work grows with the number of examples instead of its square.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from csbot.matching.calibrate import LeftOut
from csbot.matching.train import Trainer
from csbot.matching.vectors import Gathered

if TYPE_CHECKING:
    import numpy

LARGE = 12000  # examples beyond which intents are trained in groups,
LARGE_OF_FEW, FEW_INTENTS = 20000, 200  # or so many where there are not more intents: groups save little then
GROUP = 64  # intents trained together then,
GROUP_EXAMPLES = 4000  # or as many as have so many examples
NEIGHBOURS = 3500  # examples of the intents most like a group that it is told apart from
OTHERS = 1500  # examples of the rest, by chance
CELLS = 800_000  # examples × intents worked on at once: bounds the memory
FEW = 2000  # examples up to which every one of them is left out once
LEFT_OUT_AT_MOST = 1500
FOLDS = 5
ABSENT = -30.0  # the score of an intent that was left out as a whole


@dataclass(slots=True)
class Problem:
    """Labelled vectors, and what is left out of them to see how well the rest knows it."""

    gathered: Gathered
    labels: list[str]
    target: numpy.ndarray[Any, Any]
    whole: numpy.ndarray[Any, Any]  # which of the examples are messages as a customer would write them
    lots: numpy.ndarray[Any, Any]  # a number for each example that its text alone decides
    lengths: numpy.ndarray[Any, Any]  # characters of each
    none: int | None  # the column of the out-of-scope examples
    triples: list[tuple[Any, Any, Any]] = field(default_factory=list)  # features, labels, weights
    intercepts: Any = None
    meanings: Any = None  # the sentence vectors of the examples, where they are wanted
    trainer: Trainer | None = None  # what solves for the intents of all examples, where they are trained together

    @property
    def is_large(self) -> bool:
        """Whether there are so many examples that intents are trained in groups."""
        return len(self.target) > (LARGE_OF_FEW if len(self.labels) <= FEW_INTENTS else LARGE)


@dataclass(frozen=True, slots=True)
class Fold:
    """Rows that are left out: some of every intent, and all of the intents that play strangers."""

    rows: Any
    absent: Any  # booleans by label


@dataclass(frozen=True, slots=True)
class Group:
    """Labels that are trained together, and the rows they learn from (None: all)."""

    columns: Any
    rows: Any


def folds_of(problem: Problem) -> Iterator[Fold]:
    """Yield what is left out: an even share of the examples, and, where no strangers are shown, whole intents.

    Of many examples each goes by its own lot, so that another one changes nothing for the rest: by a draw over their
    number, one more would be another sample, and the threshold would jump for no reason that a trainer can see. As a
    library grows beyond what is left out at most, those that are left out become fewer, never others.
    """
    import numpy as np

    count, width = len(problem.target), len(problem.labels)
    chance = np.random.default_rng(0)
    folds = FOLDS if count <= FEW else 1
    share = FOLDS if count <= FEW else max(FOLDS, -(-count // LEFT_OUT_AT_MOST))
    number = (chance.permutation(count) if count <= FEW else problem.lots) % share
    if share > FOLDS:
        number = np.floor(_backwards(problem.lots) * (count / LEFT_OUT_AT_MOST))
    order = chance.permutation(width)
    for fold in range(folds):
        absent = np.zeros(width, dtype=bool)
        if problem.none is None and width >= 3:
            absent[order[fold::share][: max(1, width // FOLDS)] if width >= share else order[fold % width]] = True
        left = (number == fold) | absent[problem.target]
        rows = np.nonzero(left & problem.whole)[0]
        yield Fold(rows, absent)


def _backwards(lots: numpy.ndarray[Any, Any]) -> numpy.ndarray[Any, Any]:
    """Return lots of 32 bits as shares of 1, their bits read backwards.

    Those below an eighth are the ones that eight divides: what is left out of more examples was left out of fewer.
    """
    import numpy as np

    bits = np.unpackbits(lots.astype("<u4").view(np.uint8).reshape(-1, 4), axis=1, bitorder="little")
    return bits @ np.ldexp(1.0, -np.arange(1, 33))


def groups_of(problem: Problem) -> Iterator[Group]:
    """Yield the labels that are trained together, with the rows they learn from."""
    import numpy as np

    count, width = len(problem.target), len(problem.labels)
    if not problem.is_large:
        step = max(1, min(-(-width // 2), CELLS // count))
        for start in range(0, width, step):
            yield Group(np.arange(start, min(width, start + step)), None)
        return
    sizes = np.bincount(problem.target, minlength=width)
    order = np.argsort(problem.target, kind="stable")
    starts = np.concatenate([[0], np.cumsum(sizes)])
    likeness = _likeness(problem)
    chance = np.random.default_rng(0)
    waiting = np.ones(width, dtype=bool)
    while waiting.any():
        first = int(np.argmax(waiting))
        near = [int(label) for label in np.argsort(-likeness[first], kind="stable") if waiting[label]][:GROUP]
        near = [first, *(label for label in near if label != first)][:GROUP]
        enough = max(1, int(np.searchsorted(np.cumsum(sizes[near]), GROUP_EXAMPLES, side="right")))
        group = np.array(sorted(near[:enough]))
        waiting[group] = False
        rivals = likeness[group].max(axis=0)
        rivals[group] = -np.inf
        chosen = [order[starts[label] : starts[label + 1]] for label in group]
        wanted = NEIGHBOURS
        for label in np.argsort(-rivals, kind="stable")[: width - len(group)]:
            chosen.append(order[starts[label] : starts[label + 1]][:wanted])
            wanted -= len(chosen[-1])
            if wanted <= 0:
                break
        chosen.append(chance.choice(count, OTHERS, replace=False))
        yield Group(group, np.unique(np.concatenate(chosen)))


def _likeness(problem: Problem, buckets: int = 2048) -> Any:
    """Return how much the labels resemble each other (labels × labels): their features, hashed to a few numbers."""
    import numpy as np

    matrix = problem.gathered.vectors()
    width = len(problem.labels)
    sign = np.where(matrix.columns % 2, 1.0, -1.0)
    bucket = (matrix.columns.astype(np.int64) * 2654435761 % 4294967291) % buckets
    cells = problem.target[matrix.owners] * buckets + bucket
    middle = np.bincount(cells, matrix.values * sign, minlength=width * buckets).reshape(width, buckets)
    small = (middle / np.maximum(np.linalg.norm(middle, axis=1, keepdims=True), 1e-9)).astype(np.float32)
    return small @ small.T


def known_features(problem: Problem, counted: Any, rows: Any) -> Any:
    """Return which features occur among the examples that were learnt from (booleans)."""
    import numpy as np

    matrix = problem.gathered.values if rows is None else problem.gathered.values.rows(rows)
    found = np.bincount(matrix.columns, counted[matrix.owners], minlength=matrix.width)
    return found > 0


def left_out(problem: Problem, fold: Fold, scores: Any, unevenness: Any) -> LeftOut:
    """Return what calibration needs to know of what a fold leaves out.

    ``scores`` are those of its examples for each intent, ``unevenness`` says by how much the views differ in them.
    """
    import numpy as np

    count = len(problem.target)
    kept = np.ones(count, dtype=bool)
    kept[fold.rows] = False
    target = problem.target[fold.rows].copy()
    none = np.zeros(len(fold.rows))
    target[fold.absent[target]] = -1
    if problem.none is not None:
        none = scores[:, problem.none].astype(float)
        target[target == problem.none] = -1
        scores[:, problem.none] = ABSENT
    wording, lengths = problem.gathered.wording(fold.rows, kept), problem.lengths[fold.rows]
    return LeftOut(scores, none, wording, unevenness, target, lengths)
