"""From the examples of a library to an index: features, weights, and a calibration from examples left out.

Up to LARGE examples, every intent learns from all of them. Beyond, intents are trained a few at a time, each group
on its own examples, those of the intents most like it and a sample of the rest: what is far away is told apart by
any of it, and the work grows with the number of examples instead of its square.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from csbot.matching.calibrate import Calibration, LeftOut, calibrate
from csbot.matching.corpus import NONE, Corpus, Known, own_words
from csbot.matching.features import Extractor, plain
from csbot.matching.progress import report
from csbot.matching.train import MORE_STEPS, STEPS, Solution, Trainer
from csbot.matching.vectors import Gathered, gather
from csbot.text.tokenise import Words

if TYPE_CHECKING:
    import numpy

LARGE = 12000  # examples beyond which intents are trained in groups
GROUP = 64  # intents trained together then,
GROUP_EXAMPLES = 4000  # or as many as have so many examples
NEIGHBOURS = 3500  # examples of the intents most like a group that it is told apart from
OTHERS = 1500  # examples of the rest, by chance
FEWER_STEPS = 7  # of training before what was left out is let in, where there is much of it
CELLS = 800_000  # examples × intents worked on at once: bounds the memory
FEW = 2000  # examples up to which every one of them is left out once
LEFT_OUT_AT_MOST = 1500
FOLDS = 5
ABSENT = -30.0  # the score of an intent that was left out as a whole
_INT16 = 32767
# Weights below this share of the largest are dropped: most are, and no measured figure moves.
NEGLIGIBLE = 0.01


def extractor_of(words: Sequence[str], synonyms: Sequence[Sequence[str]]) -> Extractor:
    """Return the extractor for the words and synonyms of a library."""
    return Extractor(Words(words), {word: group[0] for group in synonyms for word in group})


@dataclass(slots=True)
class _Problem:
    """Labelled vectors, and what is left out of them to see how well the rest knows it."""

    gathered: Gathered
    labels: list[str]
    target: numpy.ndarray[Any, Any]
    whole: numpy.ndarray[Any, Any]  # which of the examples are messages as a customer would write them
    none: int | None  # the column of the out-of-scope examples
    triples: list[tuple[Any, Any, Any]] = field(default_factory=list)  # features, labels, weights
    intercepts: Any = None


@dataclass(frozen=True, slots=True)
class _Fold:
    """Rows that are left out: some of every intent, and all of the intents that play strangers."""

    rows: Any
    absent: Any  # booleans by label


@dataclass(frozen=True, slots=True)
class _Group:
    """Labels that are trained together, and the rows they learn from (None: all)."""

    columns: Any
    rows: Any


def compile_index(corpus: Corpus) -> tuple[dict[str, Any], bytes]:
    """Solve for the weights of a corpus; return the two parts that ``Index`` takes."""
    import numpy as np

    words = own_words(corpus)
    extractor = extractor_of(words, corpus.synonyms)
    texts = [plain(example.text) for example in corpus.examples]
    seen = []
    for at, text in enumerate(texts):
        seen.append(extractor.views(text))
        if at % 2000 == 0:
            report(0.3 * at / len(texts))
    gathered = gather(seen)
    del seen
    labels = sorted({example.intent for example in corpus.examples})
    position = {label: at for at, label in enumerate(labels)}
    target = np.array([position[example.intent] for example in corpus.examples], dtype=np.int64)
    whole = np.array([example.whole for example in corpus.examples], dtype=bool)
    problem = _Problem(gathered, labels, target, whole, position.get(NONE))
    calibration = _solve(problem)
    meta = {
        "words": words,
        "synonyms": corpus.synonyms,
        "neighbours": Known.of(corpus.examples, texts).as_lists(),
        "counter_examples": Known.of(corpus.counter_examples).as_lists(),
        "labels": labels,
        "features": gathered.features,
        "examples": len(texts),
        "intercepts": [round(float(value), 5) for value in problem.intercepts],
        "calibration": calibration.as_dict(),
    }
    scale, block = _pack(problem)
    report(1.0)
    return {**meta, "scale": scale}, block


def _solve(problem: _Problem) -> Calibration:
    """Find the weights of every label, and the calibration from what was left out meanwhile."""
    import numpy as np

    count, labels = len(problem.target), problem.labels
    problem.intercepts = np.zeros(len(labels), dtype=np.float32)
    if not count or len(labels) < 2:
        return _solve_alone(problem)
    folds = list(_folds(problem))
    held = [np.full((len(fold.rows), len(labels)), ABSENT, dtype=np.float32) for fold in folds]
    groups = list(_groups(problem))
    whole = Trainer(problem.gathered.vectors()) if count <= LARGE else None
    # numpy works outside Python's lock: two groups at once take little more than the time of one.
    with ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as workers:
        solved = workers.map(lambda group: _solve_group(problem, folds, group, whole), groups)
        for number, (group, (scores, intercepts, weights)) in enumerate(zip(groups, solved, strict=True)):
            for table, part in zip(held, scores, strict=True):
                table[:, group.columns] = part
            problem.intercepts[group.columns] = intercepts
            problem.triples.append(weights)
            report(0.3 + 0.65 * (number + 1) / len(groups))
    parts = []
    for fold, table in zip(folds, held, strict=True):
        table[:, fold.absent] = ABSENT
        parts.append(_left_out(problem, fold, table))
    together = LeftOut(*(np.concatenate(each) for each in zip(*map(_fields, parts), strict=True)))
    return calibrate(together, strangers_shown=problem.none is not None)


def _solve_group(
    problem: _Problem, folds: Sequence[_Fold], group: _Group, whole: Trainer | None
) -> tuple[list[Any], Any, tuple[Any, Any, Any]]:
    """Return the scores of what each fold leaves out, the intercepts, and the weights that matter of some labels."""
    import numpy as np

    count, rows = len(problem.target), group.rows
    trainer = whole or Trainer(problem.gathered.vectors(rows))
    target = problem.target if rows is None else problem.target[rows]
    belongs = target[:, None] == group.columns
    scores = []
    solution: Solution | None = None
    for fold in folds:
        left = np.zeros(count, dtype=bool)
        left[fold.rows] = True
        counted = ~(left if rows is None else left[rows])
        solution = trainer.solve(belongs, counted, steps=STEPS if count <= FEW else FEWER_STEPS)
        known = _known(problem, counted, rows)
        scores.append(trainer.apply(solution, problem.gathered.vectors(fold.rows, known)))
    # Intents that were left out as a whole have nothing to start from.
    warm = solution if len(folds) == 1 and not folds[0].absent.any() else None
    solution = trainer.solve(belongs, np.ones(len(target), dtype=bool), warm, STEPS if warm is None else MORE_STEPS)
    return scores, solution.intercepts, _mattering(trainer, solution, group.columns)


def _fields(left_out: LeftOut) -> tuple[Any, Any, Any, Any]:
    return left_out.scores, left_out.none, left_out.coverage, left_out.target


def _solve_alone(problem: _Problem) -> Calibration:
    """Weigh a single intent that nothing is known to differ from: by likeness to its examples.

    What is less like them than nine of ten of its own examples are like the others does not belong to it.
    """
    import numpy as np

    count = len(problem.target)
    if not count or problem.none is not None:
        return Calibration(1.0, 1.0, 0.0, 0.5)
    vectors = problem.gathered.vectors()
    trainer = Trainer(vectors)
    even = np.full((count, 1), 10.0 / count, dtype=np.float32)
    solution = Solution(even, np.zeros(1, dtype=np.float32), even)
    problem.triples.append(_mattering(trainer, solution, np.array([0])))
    likeness = trainer.scores(even)[:, 0] - 10.0 / count * (count > 1)
    return Calibration(1.0, 4.0, float(np.quantile(likeness, 0.1)), 0.5)


def _folds(problem: _Problem) -> Iterator[_Fold]:
    """Yield what is left out: an even share of the examples, and, where no strangers are shown, whole intents."""
    import numpy as np

    count, width = len(problem.target), len(problem.labels)
    chance = np.random.default_rng(0)
    folds = FOLDS if count <= FEW else 1
    share = FOLDS if count <= FEW else max(FOLDS, -(-count // LEFT_OUT_AT_MOST))
    number = chance.permutation(count) % share
    order = chance.permutation(width)
    for fold in range(folds):
        absent = np.zeros(width, dtype=bool)
        if problem.none is None and width >= 3:
            absent[order[fold::share][: max(1, width // FOLDS)] if width >= share else order[fold % width]] = True
        left = (number == fold) | absent[problem.target]
        rows = np.nonzero(left & problem.whole)[0]
        yield _Fold(rows, absent)


def _groups(problem: _Problem) -> Iterator[_Group]:
    """Yield the labels that are trained together, with the rows they learn from."""
    import numpy as np

    count, width = len(problem.target), len(problem.labels)
    if count <= LARGE:
        step = max(1, min(-(-width // 2), CELLS // count))
        for start in range(0, width, step):
            yield _Group(np.arange(start, min(width, start + step)), None)
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
        yield _Group(group, np.unique(np.concatenate(chosen)))


def _likeness(problem: _Problem, buckets: int = 2048) -> Any:
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


def _known(problem: _Problem, counted: Any, rows: Any) -> Any:
    """Return which features occur among the examples that were learnt from (booleans)."""
    import numpy as np

    matrix = problem.gathered.values if rows is None else problem.gathered.values.rows(rows)
    found = np.bincount(matrix.columns, counted[matrix.owners], minlength=matrix.width)
    return found > 0


def _left_out(problem: _Problem, fold: _Fold, scores: Any) -> LeftOut:
    import numpy as np

    count = len(problem.target)
    kept = np.ones(count, dtype=bool)
    kept[fold.rows] = False
    known = _known(problem, kept, None)
    target = problem.target[fold.rows].copy()
    none = np.zeros(len(fold.rows))
    target[fold.absent[target]] = -1
    if problem.none is not None:
        none = scores[:, problem.none].astype(float)
        target[target == problem.none] = -1
        scores[:, problem.none] = ABSENT
    return LeftOut(scores, none, problem.gathered.coverage(fold.rows, known), target)


def _mattering(trainer: Trainer, solution: Solution, columns: Any) -> tuple[Any, Any, Any]:
    """Return the weights that matter of a group of labels, as features, labels and values."""
    import numpy as np

    parts = trainer.weights(solution)
    least = NEGLIGIBLE * max(float(np.abs(weights).max(initial=0.0)) for _, weights in parts)
    found = [
        (features[rows], columns[labels], weights[rows, labels])
        for features, weights in parts
        for rows, labels in [np.nonzero(np.abs(weights) > least)]
    ]
    features, labels, values = (np.concatenate(each) for each in zip(*found, strict=True))
    return features, labels.astype(np.int32), values.astype(np.float32)


def _pack(problem: _Problem) -> tuple[float, bytes]:
    """Return the scale of the weights, and all as bytes.

    First in how many examples each feature occurs and where its row ends, then labels, then values.
    """
    import numpy as np

    width = problem.gathered.values.width
    empty = [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32))]
    features, labels, values = (np.concatenate(each) for each in zip(*(problem.triples or empty), strict=True))
    order = np.lexsort((labels, features))
    features, labels, values = features[order], labels[order], values[order]
    peak = float(np.abs(values).max(initial=0.0)) or 1.0
    ends = np.searchsorted(features, np.arange(width + 1)).astype(np.uint32)
    numbers = np.round(values * (_INT16 / peak)).astype(np.int16)
    containing = problem.gathered.containing.astype(np.uint32)
    block = containing.tobytes() + ends.tobytes() + labels.astype(np.uint16).tobytes() + numbers.tobytes()
    return peak / _INT16, bytes(block)
