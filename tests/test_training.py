"""Training reaches the optimum it names, by whatever short cut; what is packed away is what was computed."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csbot.matching import compile as compiling
from csbot.matching import dividing
from csbot.matching import loss as loss_module
from csbot.matching import reading as reading_module
from csbot.matching import sparse as sparse_module
from csbot.matching import stretches as stretches_module
from csbot.matching import train as training
from csbot.matching.calibrate import WRONG_COST, Calibration, LeftOut, _threshold, calibrate
from csbot.matching.compile import compile_index, extractor_of
from csbot.matching.corpus import NONE, Corpus, Example
from csbot.matching.cutting import CHANGES, Cuts
from csbot.matching.features import WEIGHTS, Extractor, all_plain, plain
from csbot.matching.gathering import gather_texts
from csbot.matching.index import Index
from csbot.matching.loss import STRENGTH, Loss, Solution
from csbot.matching.matcher import Matcher
from csbot.matching.progress import reporter
from csbot.matching.result import Candidate, Decision
from csbot.matching.sparse import Multiplier, Products, Sparse
from csbot.matching.stretches import BETWEEN, read_at_once
from csbot.matching.train import Trainer
from csbot.matching.vectors import Gathered, gather
from csbot.matching.wording import NOTHING_KNOWN, Standing, Wording
from csbot.text.normalise import all_folded, folded
from csbot.text.tokenise import Words


def sparse(height: int, width: int, share: float, seed: int) -> tuple[Sparse, Any]:
    """Return a random matrix with that share of entries, rows of length one, and the same as a dense matrix."""
    chance = np.random.default_rng(seed)
    dense = np.where(chance.random((height, width)) < share, chance.uniform(0.1, 2, (height, width)), 0)
    dense /= np.maximum(np.linalg.norm(dense, axis=1, keepdims=True), 1e-9)
    owners, columns = np.nonzero(dense)
    ends = np.searchsorted(owners, np.arange(height + 1)).astype(np.int64)
    return Sparse(ends, columns.astype(np.int32), dense[owners, columns].astype(np.float32), width), dense


@given(st.integers(0, 60), st.integers(1, 50), st.floats(0, 1), st.integers(0, 2**31), st.integers(1, 5))
def test_products_are_those_of_dense_matrices(height: int, width: int, share: float, seed: int, wide: int) -> None:
    matrix, dense = sparse(height, width, share, seed)
    other = np.random.default_rng(seed).normal(size=(width, wide)).astype(np.float32)
    np.testing.assert_allclose(Multiplier(matrix).times(other), dense @ other, atol=1e-4)
    other = np.random.default_rng(seed).normal(size=(height, wide)).astype(np.float32)
    np.testing.assert_allclose(Multiplier(matrix.transposed()).times(other), dense.T @ other, atol=1e-4)


@pytest.mark.parametrize("often", [-1.0, 0.05, 0.3, 2.0], ids=["all columns dense", "most", "some", "none"])
def test_products_both_ways_with_columns_kept_dense(monkeypatch: pytest.MonkeyPatch, often: float) -> None:
    monkeypatch.setattr(sparse_module, "OFTEN", often)
    for height, width, share in ((40, 30, 0.3), (1, 5, 0.5), (7, 3, 0.0), (60, 2, 0.9)):
        matrix, dense = sparse(height, width, share, 4)
        products, chance = Products(matrix), np.random.default_rng(4)
        other = chance.normal(size=(width, 6)).astype(np.float32)
        np.testing.assert_allclose(products.times(other), dense @ other, atol=1e-4)
        other = chance.normal(size=(height, 6)).astype(np.float32)
        np.testing.assert_allclose(products.transposed_times(other), dense.T @ other, atol=1e-4)


@given(st.lists(st.integers(0, 2**62), max_size=40), st.integers(0, 40))
def test_places_in_the_order_of_their_keys(keys: list[int], few: int) -> None:
    for each in (keys, [key % (few + 1) for key in keys]):
        assert sparse_module.in_order(np.array(each, dtype=np.int64)).tolist() == sorted(
            range(len(each)), key=each.__getitem__
        )


def test_rows_and_entries_of_a_sparse_matrix() -> None:
    matrix, dense = sparse(20, 12, 0.4, 1)
    chosen = np.array([7, 0, 19, 7])
    one = np.eye(12, dtype=np.float32)
    np.testing.assert_allclose(Multiplier(matrix.rows(chosen)).times(one), dense[chosen], atol=1e-6)
    kept = matrix.keep(matrix.columns % 2 == 0)
    np.testing.assert_allclose(Multiplier(kept).times(one), dense * (np.arange(12) % 2 == 0), atol=1e-6)


def objective(dense: Any, belongs: Any, weight: Any, solution: Solution) -> Any:
    """Return what training minimises, for each intent, in double precision."""
    weights = dense.T @ solution.coefficients.astype(float)
    scores = dense @ weights + solution.intercepts
    loss = np.logaddexp(0, np.where(belongs, -scores, scores))
    return (weight * loss).sum(axis=0) + (weights**2).sum(axis=0) / (2 * STRENGTH)


def balanced(belongs: Any, counted: Any) -> Any:
    """Return what each example counts for each intent: its own half of all, the others the other half."""
    own = (belongs & counted[:, None]).sum(axis=0)
    others = counted.sum() - own
    return np.where(belongs, counted.sum() / (2 * own), counted.sum() / (2 * others)) * counted[:, None]


def labelled_vectors(seed: int = 3) -> tuple[Sparse, Any, Any]:
    matrix, dense = sparse(120, 60, 0.12, seed)
    belongs = np.random.default_rng(seed).integers(0, 4, 120)[:, None] == np.arange(4)
    return matrix, dense, belongs


def test_training_finds_the_minimum() -> None:
    """No gradient is left in the weights or in the intercepts, computed plainly and in double precision."""
    matrix, dense, belongs = labelled_vectors()
    counted = np.ones(120, dtype=bool)
    solution = Trainer(matrix).solve(belongs, counted, steps=60)
    weight = balanced(belongs, counted).astype(float)
    weights = dense.T @ solution.coefficients.astype(float)
    scores = dense @ weights + solution.intercepts
    pull = weight * (1 / (1 + np.exp(-scores)) - belongs)
    np.testing.assert_allclose(dense.T @ pull + weights / STRENGTH, 0, atol=0.02)
    np.testing.assert_allclose(pull.sum(axis=0), 0, atol=0.05)
    np.testing.assert_allclose(solution.held, scores, atol=1e-3)


def test_few_steps_come_close() -> None:
    matrix, dense, belongs = labelled_vectors()
    counted = np.ones(120, dtype=bool)
    weight = balanced(belongs, counted)
    best = objective(dense, belongs, weight, Trainer(matrix).solve(belongs, counted, steps=60))
    usual = objective(dense, belongs, weight, Trainer(matrix).solve(belongs, counted))
    assert np.all(usual <= best * 1.01)


def test_what_is_not_counted_has_no_say() -> None:
    matrix, dense, belongs = labelled_vectors()
    counted = np.arange(120) >= 30
    trainer = Trainer(matrix)
    part = trainer.solve(belongs, counted, steps=60)
    assert not part.coefficients[:30].any()
    kept = np.arange(30, 120)
    alone = Trainer(matrix.rows(kept)).solve(belongs[30:], np.ones(90, dtype=bool), steps=60)
    np.testing.assert_allclose(
        dense.T @ part.coefficients, dense[30:].T @ alone.coefficients, atol=0.02 * np.abs(dense.T).max() * 10
    )


def test_a_start_from_nearby_ends_in_the_same_place() -> None:
    matrix, dense, belongs = labelled_vectors()
    trainer = Trainer(matrix)
    part = trainer.solve(belongs, np.arange(120) >= 15)
    everyone = np.ones(120, dtype=bool)
    weight = balanced(belongs, everyone)
    warm = trainer.solve(belongs, everyone, part, steps=training.MORE_STEPS)
    best = objective(dense, belongs, weight, trainer.solve(belongs, everyone, steps=60))
    assert np.all(objective(dense, belongs, weight, warm) <= best * 1.02)


def test_what_joins_starts_as_if_it_moved_its_own_scores_alone() -> None:
    _, _, belongs = labelled_vectors()
    part, everyone = np.arange(120) >= 15, np.ones(120, dtype=bool)
    chance = np.random.default_rng(2)
    scores, intercepts = (chance.normal(size=size).astype(np.float32) for size in ((120, 4), 4))
    start = Solution(np.where(part[:, None], scores, 0), intercepts, scores)
    joining = np.nonzero(~part)[0]
    step = Loss(belongs, everyone).joined(start, joining)
    added = -step[joining].astype(float)
    held = scores[joining] + intercepts + added
    pull = balanced(belongs, everyone)[joining] * (1 / (1 + np.exp(-held)) - belongs[joining])
    np.testing.assert_allclose(pull + added / STRENGTH, 0, atol=0.01)
    others = Loss(belongs, everyone).gradient(start)[part]
    np.testing.assert_allclose(step[part], loss_module.BESIDE_JOINING * others)


def test_a_start_pays_at_once() -> None:
    """One step that lets the others in comes closer than one step from nothing."""
    matrix, dense, belongs = labelled_vectors()
    trainer, everyone = Trainer(matrix), np.ones(120, dtype=bool)
    part = trainer.solve(belongs, np.arange(120) >= 15, steps=60)
    weight = balanced(belongs, everyone)
    best = objective(dense, belongs, weight, trainer.solve(belongs, everyone, steps=60)).sum()
    warm, cold = (trainer.solve(belongs, everyone, start, steps=1) for start in (part, None))
    gaps = [objective(dense, belongs, weight, each).sum() - best for each in (warm, cold)]
    assert gaps[0] < gaps[1] / 3


def test_what_weights_score_on_the_examples() -> None:
    matrix, dense, belongs = labelled_vectors()
    trainer = Trainer(matrix)
    solution = trainer.solve(belongs, np.ones(120, dtype=bool))
    features, labels, weights = [], [], []
    for owners, part in trainer.weights(solution):
        rows, columns = np.nonzero(part)
        features.append(owners[rows])
        labels.append(columns)
        weights.append(part[rows, columns])
    totals = trainer.totals(np.concatenate(features), np.concatenate(labels), np.concatenate(weights), 4)
    np.testing.assert_allclose(totals, dense @ (dense.T @ solution.coefficients), atol=1e-3)


def test_weights_and_scores_of_others() -> None:
    matrix, dense, belongs = labelled_vectors()
    trainer = Trainer(matrix)
    solution = trainer.solve(belongs, np.ones(120, dtype=bool))
    weights = np.zeros((60, 4))
    for features, part in trainer.weights(solution):
        np.add.at(weights, features, part)
    np.testing.assert_allclose(weights, dense.T @ solution.coefficients, atol=1e-4)
    other, other_dense = sparse(9, 60, 0.2, 8)
    shared = (dense > 0).sum(axis=0) > 1
    expected = (other_dense * shared) @ weights + solution.intercepts
    np.testing.assert_allclose(trainer.apply(solution, other), expected, atol=1e-3)


def test_an_intent_and_the_rest_weigh_the_same() -> None:
    """Of an intent with one example in eight, half of what is learnt is how it is told from the rest."""
    matrix, dense = sparse(64, 40, 0.2, 5)
    belongs = (np.arange(64) < 8)[:, None]
    solution = Trainer(matrix).solve(belongs, np.ones(64, dtype=bool), steps=60)
    chance = 1 / (1 + np.exp(-(dense @ (dense.T @ solution.coefficients) + solution.intercepts)))
    assert (1 - chance[:8]).mean() == pytest.approx(chance[8:].mean(), abs=0.01)


# ── vectors ──────────────────────────────────────────────────────────────────────────────────────────────────

VIEWS = [
    (["a", "b", "a"], ["ab"], ["x"], ["l"]),
    (["a"], ["ab"], [], ["m"]),
    (["c"], [], ["x", "y"], []),
]


def test_features_are_counted_and_weighed_by_rarity() -> None:
    found = gather(VIEWS)
    assert found.features == [["a", "b", "c"], ["ab"], ["x", "y"], ["l", "m"]]
    assert found.containing.tolist() == [2, 1, 1, 2, 2, 1, 1, 1]
    shared, alone = math.log(4 / 3) + 1, math.log(4 / 2) + 1
    assert found.values.columns[: found.values.ends[1]].tolist() == [0, 1, 3, 4, 6]
    expected = [(1 + math.log(2)) * shared, alone, shared, shared, alone]
    assert found.values.values[: found.values.ends[1]].tolist() == pytest.approx(expected)


CHARACTERS = st.text(st.sampled_from("退款货运费怎么的啊不abtuikn0 𠀀鼋"), max_size=12)


@given(st.lists(CHARACTERS, max_size=8))
def test_many_texts_at_once_show_what_each_shows(texts: list[str]) -> None:
    """Pinyin, spaces, rare characters, empty texts: the same features of the same worth, whatever their order."""
    read = [plain(text) for text in texts]
    extractor = Extractor(Words(["退款"]), {"货运": "运费"})
    together, alone = gather_texts(read, extractor), gather([extractor.views(text) for text in read])
    assert rows_by_name(together) == rows_by_name(alone)
    assert [set(view) for view in together.features] == [set(view) for view in alone.features]


@given(st.lists(st.text(st.sampled_from("退款Ａ１23.。 \n\r\t_-a退退後发𠀀\ud800…\u200b"), max_size=8), max_size=6))
def test_many_texts_at_once_read_as_each_reads(texts: list[str]) -> None:
    assert all_plain(texts) == [plain(text) for text in texts]
    assert all_folded(texts) == [folded(text) for text in texts]


def rows_by_name(gathered: Gathered) -> list[dict[tuple[int, str], float]]:
    names = [(view, name) for view, each in enumerate(gathered.features) for name in each]
    matrix = gathered.values
    entries = [
        (names[column], round(float(value), 4)) for column, value in zip(matrix.columns, matrix.values, strict=True)
    ]
    return [dict(entries[start:end]) for start, end in pairwise(matrix.ends)]


def test_each_view_has_its_weight_in_a_vector() -> None:
    found = gather(VIEWS)
    vectors = found.vectors()
    whole = sum(weight**2 for weight in WEIGHTS)
    for row, filled in enumerate([(0, 1, 2, 3), (0, 1, 3), (0, 2)]):
        entries = slice(vectors.ends[row], vectors.ends[row + 1])
        view = found.view_of[vectors.columns[entries]]
        for at in range(4):
            length = float((vectors.values[entries][view == at] ** 2).sum())
            assert length == pytest.approx(WEIGHTS[at] ** 2 / whole if at in filled else 0)


def test_wording_by_the_examples_that_are_kept() -> None:
    found = gather(VIEWS)
    everything, but_the_first = np.array([True, True, True]), np.array([False, True, True])
    coverage, rarity = found.wording(np.array([0, 2]), but_the_first).T
    assert 0 < coverage[0] < coverage[1] == pytest.approx(1.0), "the third was kept, the first shares some of it"
    assert rarity[0] == pytest.approx(math.log(3 / 2) + 1), "what it shares occurs once among the two that were kept"
    assert found.wording(np.array([0]), everything)[0, 0] == pytest.approx(1.0)
    unknown = np.array([False, False, True])
    assert found.wording(np.array([1]), unknown)[0].tolist() == pytest.approx([0.0, 0.0])


# ── the decision ─────────────────────────────────────────────────────────────────────────────────────────────


def left_out(seed: int, clear: float, strangers: int = 200) -> LeftOut:
    """Return made-up scores: messages of five intents that score ``clear`` above the rest, and strangers."""
    chance = np.random.default_rng(seed)
    target = np.concatenate([chance.integers(0, 5, 400), np.full(strangers, -1)])
    scores = chance.normal(size=(len(target), 5))
    scores[np.arange(400), target[:400]] += clear
    wording = np.tile([1.0, 5.0], (len(target), 1))
    lengths = chance.integers(4, 25, len(target))
    return LeftOut(scores, np.zeros(len(target)), wording, np.zeros_like(scores), target, lengths)


def test_probabilities_are_the_share_of_right_answers() -> None:
    known, fresh = left_out(1, 3.0), left_out(2, 3.0)
    found = calibrate(known, strangers_shown=True)
    chances, right = [], []
    for scores, none, target in zip(fresh.scores, fresh.none, fresh.target, strict=True):
        given_scores = {str(at): float(score) for at, score in enumerate(scores)}
        first = int(scores.argmax())
        standing = Standing(float(scores[first] - none), Wording(1.0, 5.0), expected=found.expected[first])
        each = found.probabilities(given_scores, standing)
        best = max(each, key=lambda name: each[name])
        chances.append(each[best])
        right.append(best == str(target))
        assert sum(each.values()) <= 1 + 1e-9
    sure = np.array(chances) > 0.7
    assert np.mean(chances) == pytest.approx(np.mean(right), abs=0.12)
    assert np.mean(np.array(right)[sure]) == pytest.approx(np.mean(np.array(chances)[sure]), abs=0.08)


@pytest.mark.parametrize(
    ("usual", "length", "times"),
    [(20.0, 0, 1.0), (20.0, 20, 1.0), (20.0, 45, 1.5), (20.0, 80, 2.0), (0.0, 80, 1.0)],
    ids=["a stretch", "as usual", "longer", "a story", "nothing known"],
)
def test_what_scores_differ_by_says_more_in_a_long_message(usual: float, length: int, times: float) -> None:
    """What is told around the matter makes all scores smaller; that the message belongs to any says the whole alike."""
    found = Calibration(0.7, 1.0, 0.0, 0.8, usual=usual)
    scores, standing = {"a": 2.0, "b": 1.3, "c": 0.2}, Standing(2.0, Wording(1.0, 5.0))
    each, shorter = (found.probabilities(scores, standing, size) for size in (length, 0))
    assert found.sharpened(length) == pytest.approx(times)
    assert each["a"] / each["b"] == pytest.approx((shorter["a"] / shorter["b"]) ** times)
    assert sum(each.values()) == pytest.approx(sum(shorter.values()))


def test_what_long_examples_score_decides_on_nothing_but_whether_messages_belong() -> None:
    known, other = left_out(4, 3.0), left_out(4, 3.0)
    usual = calibrate(known, strangers_shown=True).usual
    assert 0 < np.mean(known.lengths > usual) < 0.1
    top = other.scores.max(axis=1)
    unclear = (other.lengths > usual) & (other.scores.argmax(axis=1) == other.target)
    assert unclear.sum() > 10
    for row in np.nonzero(unclear)[0]:
        other.scores[row] = np.where(np.arange(5) == other.target[row], top[row], top[row] - 0.01)
    first, second = (calibrate(each, strangers_shown=True) for each in (known, other))
    assert (first.temperature, first.threshold) == (second.temperature, second.threshold)


def test_the_threshold_is_where_answering_pays_most() -> None:
    top = np.linspace(0.99, 0.4, 3000)
    right = top > 0.8
    assert _threshold(top, right, np.ones(3000)) == pytest.approx(0.8, abs=0.01)
    assert _threshold(top, ~right, np.ones(3000)) >= 0.89, "never above nine tenths"
    assert _threshold(top[:3], right[:3], np.ones(3)) == pytest.approx(0.8, abs=0.01), "three examples prove little"


def test_no_single_example_decides_on_the_threshold() -> None:
    chance = np.random.default_rng(3)
    top = 1 / (1 + np.exp(-chance.normal(3, 2, 1200)))
    right = chance.random(1200) < top
    whole = _threshold(top, right, np.ones(1200))
    without = [_threshold(np.delete(top, at), np.delete(right, at), np.ones(1199)) for at in range(0, 1200, 10)]
    assert np.abs(np.array(without) - whole).max() < 0.01


@pytest.mark.parametrize(
    ("worse", "why"),
    [
        (Standing(1.0, Wording(1.0, 5.0), 0.5, 0.5), "scores less"),
        (Standing(2.0, Wording(0.2, 5.0), 0.5, 0.5), "unknown"),
        (Standing(2.0, Wording(1.0, 3.0), 0.5, 0.5), "everyday"),
        (Standing(2.0, Wording(1.0, 5.0), 1.5, 0.5), "the characters speak for it, the words do not"),
        (Standing(2.0, Wording(1.0, 5.0), 0.5, 2.0), "messages of this intent score more"),
        (Standing(-1e9, NOTHING_KNOWN), "nothing is known"),
    ],
)
def test_what_counts_against_a_message(worse: Standing, why: str) -> None:
    found = Calibration(1.0, 1.0, 5.0, 0.5)
    better = Standing(2.0, Wording(1.0, 5.0), 0.5, 0.5)
    assert found.any_intent(worse) < found.any_intent(better), why
    parts = found.belonging(better)
    assert 1 / (1 + math.exp(-sum(parts.values()))) == pytest.approx(found.any_intent(better))


def test_what_the_messages_of_an_intent_usually_score() -> None:
    known = left_out(3, 3.0)
    known.scores[known.target == 2, 2] += 2.0
    expected = calibrate(known, strangers_shown=True).expected
    assert max(range(5), key=lambda at: expected[at]) == 2
    assert expected[2] == pytest.approx(2.0 * 0.8, abs=0.3), "against the mean of all, a fifth of which it is"


def test_nothing_to_go_by_is_no_error() -> None:
    nothing = LeftOut(
        np.zeros((0, 2)), np.zeros(0), np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0, dtype=int), np.zeros(0)
    )
    assert 0 < calibrate(nothing, strangers_shown=False).threshold <= 0.9
    assert WRONG_COST > 1


# ── the packed index ─────────────────────────────────────────────────────────────────────────────────────────

TEXTS = {
    "pay": ["怎么付款", "能用微信付款吗", "可以刷卡吗", "我想问怎么支付"],
    "bill": ["能开发票吗", "发票什么时候寄", "电子发票怎么下载"],
    NONE: ["今天天气真好", "讲个笑话"],
}
CORPUS = Corpus(
    tuple(Example(text, intent) for intent, texts in TEXTS.items() for text in texts),
    words=("付款", "开发票"),
    synonyms=(("支付", "付款"),),
)
MESSAGES = ("怎么付款", "发票怎么开", "我想问天气", "完全不同", "", "鼋鼍")


def test_an_index_scores_as_the_weights_it_was_made_from() -> None:
    meta, block = compile_index(CORPUS)
    index = Index(meta, block)
    assert index.labels == sorted(TEXTS)
    found = gather([index.extractor.views(plain(example.text)) for example in CORPUS.examples])
    trainer = Trainer(found.vectors())
    target = np.array([index.labels.index(example.intent) for example in CORPUS.examples])
    solution = trainer.solve(target[:, None] == np.arange(3), np.ones(len(target), dtype=bool))
    exact = solution.held
    for row, example in enumerate(CORPUS.examples):
        scored = index.score(index.extractor.views(plain(example.text)))
        assert scored.wording.coverage == pytest.approx(1.0)
        for at, label in enumerate(index.labels):
            assert scored.scores[label] == pytest.approx(float(exact[row, at]), abs=0.15)
            parts = index.contributions(scored, label)
            total = sum(value for _, value in parts) + meta["intercepts"][at]
            assert total == pytest.approx(scored.scores[label], abs=1e-6)
            assert [abs(value) for _, value in parts] == sorted((abs(value) for _, value in parts), reverse=True)


@pytest.mark.parametrize("text", MESSAGES)
def test_both_ways_of_adding_up_agree(text: str) -> None:
    index = Index(*compile_index(CORPUS))
    counted = [Counter(values) for values in index.extractor.views(plain(text))]
    slow, quick = index._score_one_by_one(counted), index._score_at_once(counted)
    assert list(quick.totals) == pytest.approx(slow.totals)
    assert quick.by_view == pytest.approx(np.array(slow.by_view))
    assert quick.wording == pytest.approx(slow.wording)
    assert [each[:3] for each in quick.found] == [each[:3] for each in slow.found]
    assert [each[3] for each in quick.found] == pytest.approx([each[3] for each in slow.found])
    for count in (1, 2, 5):
        assert [place for place, _ in quick.top(count)] == [place for place, _ in slow.top(count)]


CLAUSES = st.text(st.sampled_from("怎么付款开发票能用微信tuikn03. !鼋的的"), min_size=1, max_size=9)


@given(st.lists(st.lists(CLAUSES, min_size=1, max_size=4), min_size=1, max_size=6))
def test_stretches_read_at_once_are_those_read_one_by_one(stretches: list[list[str]]) -> None:
    """Clauses that come again, pinyin across a seam, clauses of mere punctuation: put together exactly."""
    matcher = corpus_matcher()
    texts = [BETWEEN.join(clauses) for clauses in stretches]
    for text, found in zip(texts, read_at_once(matcher.index, texts), strict=True):
        alone = matcher.read(text, with_neighbours=False).candidates
        assert [each.intent for each in found] == [each.intent for each in alone], text
        assert [each.score for each in found] == pytest.approx([each.score for each in alone], abs=1e-5)


@lru_cache(maxsize=1)
def corpus_matcher() -> Matcher:
    return Matcher("", "", lambda: CORPUS, {})


def test_a_long_message_is_read_the_same_ahead_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "我想问怎么付款，能用微信吗，还有就是发票什么时候寄，电子发票怎么下载，多谢"
    ahead, asked = Matcher("", "", lambda: CORPUS, {}), 0
    honest = stretches_module.read_at_once

    def watched(index: Index, texts: Sequence[str]) -> list[tuple[Candidate, ...]]:
        nonlocal asked
        asked += len(texts)
        return honest(index, texts)

    monkeypatch.setattr(reading_module, "read_at_once", watched)
    found = ahead.match(text)
    assert asked >= 10, "the stretches of five clauses"
    monkeypatch.setattr(reading_module, "can_be_read_at_once", lambda _index, _texts: False)
    alone = Matcher("", "", lambda: CORPUS, {}).match(text)
    assert (alone.decision, alone.intents, alone.reasons) == (found.decision, found.intents, found.reasons)
    assert [each.score for each in alone.candidates] == pytest.approx([each.score for each in found.candidates])


def test_views_differ_in_training_as_they_do_in_a_message() -> None:
    index = Index(*compile_index(CORPUS))
    found = gather([index.extractor.views(plain(example.text)) for example in CORPUS.examples])
    trainer = Trainer(found.vectors())
    target = np.array([index.labels.index(example.intent) for example in CORPUS.examples])
    solution = trainer.solve(target[:, None] == np.arange(3), np.ones(len(target), dtype=bool))
    new = gather([index.extractor.views(plain(example.text)) for example in CORPUS.examples])
    known = new.containing > 1  # what one example has alone does not count for what was left out
    vectors = new.vectors(known=known)
    scores, unevenness = trainer.apply_by_view(solution, vectors, found.view_of, len(WEIGHTS))
    assert scores == pytest.approx(trainer.apply(solution, vectors), abs=1e-5)
    assert (unevenness > 0).any()
    assert (unevenness >= 0).all()


def test_a_stranger_that_shares_characters_alone_is_uneven() -> None:
    index = Index(*compile_index(CORPUS))

    def unevenness(text: str) -> float:
        return index.score(index.extractor.views(plain(text))).unevenness(index.labels.index("pay"))

    assert unevenness("鼋鼍") == 0.0
    assert unevenness("么怎付") > 0.0


def test_what_is_unknown_weakens_its_view() -> None:
    index = Index(*compile_index(CORPUS))

    def characters(text: str) -> float:
        found = index.score(index.extractor.views(plain(text))).found
        return sum(share**2 for view, _, _, share in found if view == 0)

    assert characters("付款") > characters("付款鼋鼍鼋") > 0


def test_wording_of_a_message() -> None:
    index = Index(*compile_index(CORPUS))

    def wording(text: str) -> Wording:
        return index.score(index.extractor.views(plain(text))).wording

    assert wording("怎么付款").coverage == pytest.approx(1.0)
    assert wording("鼋鼍").coverage < 0.05
    assert 0.1 < wording("怎么鼋鼍").coverage < 0.95
    assert wording("吗").rarity < wording("天").rarity, "half of the examples ask with 吗"
    assert wording("").rarity == 0.0


def test_wording_at_training_is_that_of_a_message() -> None:
    meta, block = compile_index(CORPUS)
    index = Index(meta, block)
    seen = [index.extractor.views(plain(example.text)) for example in CORPUS.examples]
    rows = np.arange(len(seen))
    for row, expected in enumerate(gather(seen).wording(rows, np.ones(len(seen), dtype=bool))):
        assert index.score(seen[row]).wording == pytest.approx(tuple(expected), abs=1e-5)


AMBIGUOUS = Corpus((*CORPUS.examples, Example("怎么付款", "bill"), Example("发票什么时候寄", "pay")), words=("付款",))


ALONE = Corpus(CORPUS.examples[:4])


@pytest.mark.parametrize("corpus", [CORPUS, AMBIGUOUS, ALONE], ids=["plain", "torn", "one intent"])
@pytest.mark.parametrize("large", [False, True])
def test_who_wins_an_example_is_known_from_training(
    monkeypatch: pytest.MonkeyPatch, corpus: Corpus, large: bool
) -> None:
    if large:
        monkeypatch.setattr(dividing, "LARGE_OF_FEW", 1)
        monkeypatch.setattr(dividing, "OTHERS", 2)
    matcher = Matcher("", "", lambda: corpus, {})
    known = matcher.index.winners
    for text, winner in known.items():
        assert winner == (matcher.winner(text) or NONE), text
    if corpus is CORPUS:
        assert known.keys() == (set() if large else {each.text for each in corpus.examples if each.intent != NONE})
    texts = [*(each.text for each in corpus.examples), "怎么开票", "怎么付款", ""]
    assert matcher.winners(texts) == [matcher.winner(text) for text in texts]


def test_a_winner_by_a_hair_is_left_to_whoever_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "DOUBTFUL", 100.0)
    assert Index(*compile_index(CORPUS)).winners == {}


def test_compiling_twice_gives_the_same() -> None:
    assert compile_index(CORPUS) == compile_index(CORPUS)


SENTENCES = ["怎么付款", "能开发票吗", "积分在哪看", ""]
ADDED_OWN_WORD = "发票吗"


@pytest.mark.parametrize(
    ("words", "texts", "cut_again"),
    [
        ((), SENTENCES, []),
        ((), [*SENTENCES, "新的一句"], ["新的一句"]),
        ((ADDED_OWN_WORD,), SENTENCES, ["能开发票吗"]),
        (tuple(f"词{at}" for at in range(CHANGES + 1)), SENTENCES, SENTENCES[:3]),
    ],
    ids=["nothing new", "a new text", "a new word", "very many new words"],
)
def test_only_what_may_be_cut_otherwise_is_cut_again(
    words: Sequence[str],
    texts: Sequence[str],
    cut_again: Sequence[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CSBOT_CACHE_DIR", str(tmp_path))
    before = Cuts([], "some")
    for text in SENTENCES:
        before.cut(text)
    before.remember()
    asked: list[str] = []
    honest = Words.cut

    def watched(words: Words, text: str) -> list[str]:
        asked.append(text)
        return honest(words, text)

    monkeypatch.setattr(Words, "cut", watched)
    cuts, fresh = Cuts(list(words), "some"), Words(words)
    found = [cuts.cut(text) for text in texts]
    assert [text for text in asked if text] == cut_again
    assert found == [honest(fresh, text) for text in texts]


def test_without_a_name_no_words_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CSBOT_CACHE_DIR", str(tmp_path))
    compile_index(CORPUS)
    assert list(tmp_path.glob("cuts-*")) == []
    named = compile_index(CORPUS, "some")
    assert list(tmp_path.glob("cuts-*")) == [tmp_path / "cuts-some.cache"]
    assert compile_index(CORPUS, "some") == named == compile_index(CORPUS)


def test_progress_is_told_in_order() -> None:
    told: list[float] = []
    token = reporter.set(lambda share, _what: told.append(share))
    try:
        compile_index(CORPUS)
    finally:
        reporter.reset(token)
    assert told == sorted(told)
    assert told[-1] == 1.0


# ── few intents, and very many examples ──────────────────────────────────────────────────────────────────────


def test_nothing_in_scope_matches_nothing() -> None:
    matcher = Matcher.for_examples("", [Example("今天天气真好", NONE), Example("讲个笑话", NONE)])
    assert matcher.match("今天天气真好").decision is Decision.UNMATCHED
    assert Matcher.for_examples("", []).match("怎么付款").candidates == ()


def test_a_single_intent_abstains_from_what_is_unlike_it() -> None:
    texts = ["怎么付款", "能用微信付款吗", "可以付款了吗", "我想问怎么付款", "付款方式有哪些", "如何付款"]
    matcher = Matcher.for_examples("", [Example(text, "pay") for text in texts])
    assert matcher.match("请问怎么付款").intent == "pay"
    for text in ("今天天气真好", "帮我讲个笑话吧", "猫和狗哪个可爱"):
        assert matcher.match(text).decision is not Decision.MATCHED, text


def made_up(intents: int, each: int, seed: int = 0) -> list[Example]:
    """Return made-up utterances: every intent has five characters of its own among many common ones."""
    chance = random.Random(seed)
    common = [chr(0x4E00 + at) for at in range(300)]
    examples = []
    for intent in range(intents):
        own = [chr(0x5200 + intent * 5 + at) for at in range(5)]
        for _ in range(each):
            characters = chance.sample(own, 2) + chance.sample(common, 6)
            chance.shuffle(characters)
            examples.append(Example("".join(characters), f"i{intent:04}"))
    return examples


def test_one_example_more_changes_nothing_about_what_else_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    examples = [*made_up(30, 8), *(Example(example.text, NONE) for example in made_up(1, 40, seed=2))]
    monkeypatch.setattr(dividing, "FEW", 100)
    drawn: list[Any] = []
    draw = dividing.folds_of

    def noted(problem: dividing.Problem) -> list[dividing.Fold]:
        drawn[:] = draw(problem)
        return drawn

    monkeypatch.setattr(compiling, "folds_of", noted)

    def left_out_of(some: list[Example]) -> set[tuple[str, str]]:
        compile_index(Corpus(tuple(some)))
        return {(some[row].text, some[row].intent) for row in drawn[-1].rows}

    whole = left_out_of(examples)
    assert len(examples) / 10 < len(whole) < len(examples) / 3
    for at in (0, 77, len(examples) - 1):
        gone = {(examples[at].text, examples[at].intent)}
        assert left_out_of([*examples[:at], *examples[at + 1 :]]) == whole - gone


def test_of_more_examples_fewer_are_left_out_and_never_others() -> None:
    """Of the examples that were there before, that is: a library that grows beyond a round number is no other one."""
    count = dividing.FOLDS * dividing.LEFT_OUT_AT_MOST
    lots = np.random.default_rng(1).integers(0, 2**32, 4 * count)

    def left_out(size: int) -> set[int]:
        target = np.zeros(size, dtype=np.int64)
        gathered = gather_texts([], extractor_of((), ()))
        every = np.ones(size, dtype=bool)
        (fold,) = dividing.folds_of(dividing.Problem(gathered, [NONE], target, every, lots[:size], target, 0))
        return set(fold.rows)

    before = left_out(count + 1)
    for size in range(count + 1, 4 * count, 2499):
        drawn = left_out(size)
        assert len(drawn) == pytest.approx(dividing.LEFT_OUT_AT_MOST, rel=0.1)
        assert {row for row in drawn if row <= count} <= before
        assert {row for row in drawn if row < size - 9} <= left_out(size - 9) or size < count + 9
    eighths = left_out(8 * dividing.LEFT_OUT_AT_MOST)
    assert eighths == {row for row in range(8 * dividing.LEFT_OUT_AT_MOST) if lots[row] % 8 == 0}


@pytest.mark.slow
def test_intents_trained_in_groups_are_as_good(monkeypatch: pytest.MonkeyPatch) -> None:
    examples, messages = made_up(60, 12), made_up(60, 3, seed=1)

    def right() -> float:
        matcher = Matcher.for_examples("", examples)
        found = [matcher.match(message.text).candidates[0].intent == message.intent for message in messages]
        return sum(found) / len(found)

    whole = right()
    for name, value in (
        ("LARGE_OF_FEW", 100),
        ("GROUP", 8),
        ("GROUP_EXAMPLES", 90),
        ("NEIGHBOURS", 80),
        ("OTHERS", 60),
    ):
        monkeypatch.setattr(dividing, name, value)
    assert right() >= whole - 0.05
    assert whole >= 0.9


def test_training_loads_numpy_only_when_it_trains() -> None:
    for module in (training, sparse_module, compiling):
        assert not {"np", "numpy"} & vars(module).keys()
