"""From the examples of a library to an index: features, weights, and a calibration from examples left out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from typing import Any, NamedTuple
from zlib import crc32

from csbot.matching.calibrate import FAMILIAR, RARE, UNEVEN, Calibration, LeftOut, calibrate
from csbot.matching.corpus import NONE, Corpus, Known, own_words
from csbot.matching.cutting import Cuts
from csbot.matching.dividing import (
    ABSENT,
    FEW,
    Fold,
    Group,
    Problem,
    folds_of,
    groups_of,
    known_features,
    left_out,
)
from csbot.matching.features import WEIGHTS, Extractor, all_plain, length_of
from csbot.matching.gathering import gather_texts
from csbot.matching.lookup import Lookup
from csbot.matching.loss import Solution
from csbot.matching.meaning import Meaning, vectors_of, wanted
from csbot.matching.progress import report
from csbot.matching.scored import DOUBTFUL, UNSETTLED
from csbot.matching.sparse import in_order
from csbot.matching.train import MORE_STEPS, STEPS, Trainer
from csbot.text.tokenise import Words

FEWER_STEPS = 6  # of training before what was left out is let in, where there is much of it
_INT16 = 32767
# Weights below this share of the largest are dropped: most are, and no measured figure moves.
NEGLIGIBLE = 0.01
WINNER_BYTES = 2  # that each example takes among the winners


def extractor_of(words: Sequence[str], synonyms: Sequence[Sequence[str]]) -> Extractor:
    """Return the extractor for the words and synonyms of a library."""
    return Extractor(Words(words), {word: group[0] for group in synonyms for word in group})


def compile_index(corpus: Corpus, name: str = "") -> tuple[dict[str, Any], bytes]:
    """Solve for the weights of a corpus; return the two parts that ``Index`` takes.

    With a ``name``, the words of its examples are remembered under it, so that only new examples are cut next time.
    """
    import numpy as np

    words = own_words(corpus)
    cuts = Cuts(words, name)
    extractor = Extractor(cuts, {word: group[0] for group in corpus.synonyms for word in group})
    texts = all_plain([example.text for example in corpus.examples])
    gathered = gather_texts(texts, extractor, lambda share: report(0.3 * share))
    cuts.remember()
    labels = sorted({example.intent for example in corpus.examples})
    position = {label: at for at, label in enumerate(labels)}
    target = np.array([position[example.intent] for example in corpus.examples], dtype=np.int64)
    whole = np.array([example.whole for example in corpus.examples], dtype=bool)
    lots = np.array([crc32(text.encode("utf-8", "surrogatepass")) for text in texts], dtype=np.int64)
    lengths = np.array(list(map(length_of, texts)), dtype=np.int64)
    problem = Problem(gathered, labels, target, whole, lots, lengths, position.get(NONE))
    if wanted() and texts and len(labels) > 1:
        problem.meanings = vectors_of(texts, name)
    calibration = _solve(problem)
    lookups = [Lookup.packed(values) for values in gathered.features]
    meta = {
        "words": words,
        "synonyms": corpus.synonyms,
        "neighbours": Known.of(corpus.examples, texts).as_lists(),
        "counter_examples": Known.of(corpus.counter_examples).as_lists(),
        "labels": labels,
        "features": [[joined, len(values)] for (joined, _), values in zip(lookups, gathered.features, strict=True)],
        "examples": len(texts),
        "intercepts": [round(float(value), 5) for value in problem.intercepts],
        "calibration": calibration.as_dict(),
        "meaning": None if problem.meanings is None else _meaning(problem).packed(),
    }
    packed = _packed(problem)
    winners = _winners(problem, packed)
    report(1.0)
    block = b"".join([*(numbers for _, numbers in lookups), packed.block(problem), winners])
    return {**meta, "scale": packed.scale, "winners": len(winners) // WINNER_BYTES}, block


def _workers() -> ThreadPoolExecutor:
    """Return threads to compute in: numpy works outside Python's lock, two take little more than the time of one."""
    return ThreadPoolExecutor(min(2, os.cpu_count() or 1))


def _solve(problem: Problem) -> Calibration:
    """Find the weights of every label, and the calibration from what was left out meanwhile."""
    import numpy as np

    count, labels = len(problem.target), problem.labels
    problem.intercepts = np.zeros(len(labels), dtype=np.float32)
    if not count or len(labels) < 2:
        return _solve_alone(problem)
    folds = list(folds_of(problem))
    held = [np.full((len(fold.rows), len(labels)), ABSENT, dtype=np.float32) for fold in folds]
    uneven = [np.zeros_like(table) for table in held]
    groups = list(groups_of(problem))
    whole = problem.trainer = None if problem.is_large else Trainer(problem.gathered.vectors())
    with _workers() as workers:
        solved = workers.map(lambda group: _solve_group(problem, folds, group, whole), groups)
        for number, (group, (scores, intercepts, weights)) in enumerate(zip(groups, solved, strict=True)):
            for table, spread, (part, differing) in zip(held, uneven, scores, strict=True):
                table[:, group.columns] = part
                spread[:, group.columns] = differing
            problem.intercepts[group.columns] = intercepts
            problem.triples.append(weights)
            report(0.3 + 0.65 * (number + 1) / len(groups))
    parts = []
    for fold, table, spread in zip(folds, held, uneven, strict=True):
        if problem.meanings is not None:
            table += _meaning(problem, fold).scores(problem.meanings[fold.rows])
        table[:, fold.absent] = ABSENT
        parts.append(left_out(problem, fold, table, spread))
    together = LeftOut(*(np.concatenate(each) for each in zip(*map(_fields, parts), strict=True)))
    return calibrate(together, strangers_shown=problem.none is not None)


def _meaning(problem: Problem, fold: Fold | None = None) -> Meaning:
    """Return what the sentence vectors of all examples tell, or of those that a fold does not leave out."""
    import numpy as np

    kept = np.ones(len(problem.target), dtype=bool)
    if fold is not None:
        kept[fold.rows] = False
    return Meaning.learn(problem.meanings[kept], problem.target[kept], len(problem.labels))


def _solve_group(
    problem: Problem, folds: Sequence[Fold], group: Group, whole: Trainer | None
) -> tuple[list[Any], Any, tuple[Any, Any, Any]]:
    """Return the scores of what each fold leaves out, the intercepts, and the weights that matter of some labels.

    With the scores comes by how much the views differ in them.
    """
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
        known = known_features(problem, counted, rows)
        left_out_vectors = problem.gathered.vectors(fold.rows, known)
        scores.append(trainer.apply_by_view(solution, left_out_vectors, problem.gathered.view_of, len(WEIGHTS)))
    # Intents that were left out as a whole have nothing to start from.
    warm = solution if len(folds) == 1 and not folds[0].absent.any() else None
    solution = trainer.solve(belongs, np.ones(len(target), dtype=bool), warm, STEPS if warm is None else MORE_STEPS)
    return scores, solution.intercepts, _mattering(trainer, solution, group.columns)


def _fields(left_out: LeftOut) -> tuple[Any, ...]:
    return tuple(getattr(left_out, each.name) for each in fields(left_out))


def _solve_alone(problem: Problem) -> Calibration:
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
    rarity = problem.gathered.wording(np.arange(count), np.ones(count, dtype=bool))[:, 1]
    _, unevenness = trainer.apply_by_view(solution, vectors, problem.gathered.view_of, len(WEIGHTS))
    usual = FAMILIAR + RARE * float(rarity.mean()) - UNEVEN * float(unevenness.mean())
    return Calibration(1.0, 4.0, float(np.quantile(likeness, 0.1)) + usual, 0.5)


def _mattering(trainer: Trainer, solution: Solution, columns: Any) -> tuple[Any, Any, Any]:
    """Return the weights that matter of a group of labels, as features, labels and values."""
    import numpy as np

    parts = trainer.weights(solution)
    peak = max(max(weights.max(initial=0.0), -weights.min(initial=0.0)) for _, weights in parts)
    least = np.float32(NEGLIGIBLE * peak)
    found = []
    for features, weights in parts:
        cells = np.flatnonzero((weights > least) | (weights < -least))
        rows, labels = np.divmod(cells, len(columns))
        found.append((features[rows], columns[labels], weights.ravel()[cells]))
    features, labels, values = (np.concatenate(each) for each in zip(*found, strict=True))
    return features, labels.astype(np.int32), values.astype(np.float32)


class _Packed(NamedTuple):
    """The weights that matter, in the order of their features and labels, as an index holds them."""

    features: Any
    labels: Any
    numbers: Any  # int16; times ``scale`` they are the weights
    scale: float

    def block(self, problem: Problem) -> bytes:
        """Return all as bytes: in how many examples each feature occurs, where its row ends, labels, numbers."""
        import numpy as np

        ends = np.searchsorted(self.features, np.arange(problem.gathered.values.width + 1)).astype(np.uint32)
        parts = problem.gathered.containing.astype(np.uint32), ends, self.labels.astype(np.uint16), self.numbers
        return b"".join(part.tobytes() for part in parts)


def _packed(problem: Problem) -> _Packed:
    """Return the weights of all labels as an index holds them."""
    import numpy as np

    empty = [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32))]
    features, labels, values = (np.concatenate(each) for each in zip(*(problem.triples or empty), strict=True))
    order = in_order(features.astype(np.int64) * len(problem.labels) + labels)
    features, labels, values = features[order], labels[order], values[order]
    peak = float(np.abs(values).max(initial=0.0)) or 1.0
    numbers = np.round(values * (_INT16 / peak)).astype(np.int16)
    return _Packed(features, labels, numbers, peak / _INT16)


def _winners(problem: Problem, packed: _Packed) -> bytes:
    """Return the label that each example scores highest for by the weights as they are packed.

    That is what a lint asks of every example; here all are answered by one product. Empty where examples are too
    many for it, or more than the weights has a say; UNSETTLED where two labels score all but alike.
    """
    import numpy as np

    trainer = problem.trainer
    if trainer is None or problem.meanings is not None:
        return b""

    def totals_of(start: int, end: int) -> Any:
        of_these = (packed.labels >= start) & (packed.labels < end)
        weights = packed.numbers[of_these].astype(np.float32) * np.float32(packed.scale)
        return trainer.totals(packed.features[of_these], packed.labels[of_these] - start, weights, end - start)

    middle, width = len(problem.labels) // 2, len(problem.labels)
    with _workers() as workers:
        totals = np.hstack(list(workers.map(totals_of, (0, middle), (middle, width))))
    totals += np.round(problem.intercepts, 5)
    best = totals.argmax(axis=1)
    rows = np.arange(len(best))
    first = totals[rows, best]
    totals[rows, best] = -np.inf
    best[first - totals.max(axis=1) < DOUBTFUL] = UNSETTLED
    asked = np.ones(len(best), dtype=bool) if problem.none is None else problem.target != problem.none
    return bytes(best[asked].astype(np.uint16).tobytes())
