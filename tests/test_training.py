"""Training by short cuts gives what the plain formulas give; what is packed away is what was computed."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csbot.matching import train as training
from csbot.matching.features import plain
from csbot.matching.index import _INT16, NEGLIGIBLE, NONE, Corpus, Example, Index, _pack, _sample, compile_index
from csbot.matching.train import FEW, MANY, RIDGE, _example_weights, _inner_products, _inverse, inverse_frequency, train


def sparse(documents: int, sizes: list[int], seed: int) -> tuple[list[Any], list[Any], Any]:
    """Return rows and values of random vectors of length one, and the same as a dense matrix.

    ``sizes`` says in how many documents each feature occurs; every document has one feature to itself.
    """
    chance = np.random.default_rng(seed)
    dense = np.zeros((documents, len(sizes) + documents), dtype=np.float32)
    for feature, size in enumerate(sizes):
        owners = chance.choice(documents, size=size, replace=False)
        dense[owners, feature] = chance.uniform(0.1, 3.0, size)
    dense[np.arange(documents), len(sizes) + np.arange(documents)] = 0.5
    dense /= np.linalg.norm(dense, axis=1, keepdims=True)
    rows = [chance.permutation(np.nonzero(row)[0]) for row in dense]  # features come in any order
    return rows, [dense[at][row] for at, row in enumerate(rows)], dense


@pytest.mark.parametrize(
    ("documents", "sizes"),
    [
        (1, [1]),
        (2, [2, 1, 2]),
        (30, [1, 2, 3, 5, 24, 25, 30]),
        (700, [2] * 400 + [3] * 100 + [FEW - 1, FEW, FEW + 1, 700 // MANY, 700 // MANY + 1, 300, 700]),
        (700, [0, 0, 2, 0, 40]),
        (700, [FEW] * 40),
        (1300, [FEW + 1] * 30 + [1300 // MANY] * 5),
        (40, []),
    ],
    ids=["one", "two", "few documents", "every branch", "features of nobody", "pairs only", "one by one", "alone"],
)
def test_inner_products_are_those_of_a_dense_product(documents: int, sizes: list[int]) -> None:
    rows, values, dense = sparse(documents, sizes, seed=len(sizes))
    kernel = _inner_products(rows, values, dense.shape[1])
    assert kernel.dtype == np.float32
    np.testing.assert_allclose(kernel, dense @ dense.T, atol=2e-6)
    assert np.array_equal(kernel, kernel.T)
    assert np.array_equal(np.diag(kernel), np.ones(documents, dtype=np.float32))


@given(st.lists(st.integers(0, 60), max_size=30), st.integers(0, 2**32 - 1))
def test_inner_products_of_any_vectors(sizes: list[int], seed: int) -> None:
    rows, values, dense = sparse(60, sizes, seed)
    np.testing.assert_allclose(_inner_products(rows, values, dense.shape[1]), dense @ dense.T, atol=2e-6)


def positive_definite(size: int, seed: int) -> Any:
    """Return a matrix like those of training: inner products of vectors of length one, and a ridge."""
    chance = np.random.default_rng(seed)
    vectors = chance.uniform(0, 1, (size, max(4, size // 2)))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors @ vectors.T + RIDGE * np.diag(chance.uniform(0.3, 3, size))).astype(np.float32)


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 258, 511, 513, 600, 1025])
def test_an_inverse_by_halves_is_that_of_numpy(size: int) -> None:
    matrix = positive_definite(size, size)
    before = matrix.copy()
    inverse = _inverse(matrix)
    assert inverse.dtype == np.float32
    np.testing.assert_allclose(inverse, np.linalg.inv(matrix.astype(np.float64)), atol=5e-4)
    np.testing.assert_allclose(matrix.astype(np.float64) @ inverse, np.eye(size), atol=2e-2)
    assert np.array_equal(inverse, inverse.T), "asymmetry grows with every halving"
    assert np.array_equal(matrix, before), "the matrix itself is left alone"


@pytest.mark.parametrize(
    ("documents", "containing", "value"), [(9, 9, 1.0), (9, 0, math.log(10) + 1), (9, 4, math.log(2) + 1)]
)
def test_inverse_frequency(documents: int, containing: int, value: float) -> None:
    assert inverse_frequency(documents, containing) == pytest.approx(value)


@pytest.mark.parametrize(
    ("labels", "background", "weights"),
    [
        ([0, 0, 0, 1], None, [2 / 3, 2 / 3, 2 / 3, 2]),
        ([0, 1, 2], None, [1, 1, 1]),
        ([0, 1, 1, 1, 2, 2], 1, [1.5, 1, 1, 1, 0.75, 0.75]),
        ([1, 1], 1, [1, 1]),
    ],
)
def test_small_intents_count_as_much_as_large_ones(
    labels: list[int], background: int | None, weights: list[float]
) -> None:
    assert _example_weights(labels, background).tolist() == pytest.approx(weights)


def counted(documents: int, seed: int) -> tuple[list[Counter[str]], list[int]]:
    """Return random documents of three intents, each intent with words of its own."""
    chance = np.random.default_rng(seed)
    labels = [int(label) for label in chance.integers(0, 3, documents)]
    texts = [
        Counter(f"{label if chance.random() < 0.7 else 'x'}{number}" for number in chance.integers(0, 8, 6))
        for label in labels
    ]
    return texts, labels


def test_training_solves_the_system_it_names() -> None:
    """Weights and leave-one-out scores, as the plain formulas have them, in double precision."""
    texts, labels = counted(90, 1)
    trained = train(texts, labels, 3, background=2)
    features = sorted({feature for counts in texts for feature in counts})
    idf = np.array([inverse_frequency(90, sum(feature in counts for counts in texts)) for feature in features])
    vectors = np.array([[1 + math.log(counts[each]) if counts[each] else 0.0 for each in features] for counts in texts])
    vectors = vectors * idf
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    targets = np.eye(3)[labels]
    ridge = RIDGE * np.diag(1 / _example_weights(labels, 2).astype(np.float64))
    alpha = np.linalg.solve(vectors @ vectors.T + ridge, targets)
    assert trained.features == features
    assert trained.inverse_frequency == pytest.approx(idf.tolist())
    np.testing.assert_allclose(trained.weights, vectors.T @ alpha, atol=1e-4)
    for left_out in (0, 17, 89):
        kept = [at for at in range(90) if at != left_out]
        others = np.linalg.solve(vectors[kept] @ vectors[kept].T + ridge[np.ix_(kept, kept)], targets[kept])
        expected = vectors[left_out] @ vectors[kept].T @ others
        np.testing.assert_allclose(trained.held_out[left_out], expected, atol=1e-4)


def test_coverage_is_the_share_that_others_know() -> None:
    trained = train([Counter("ab"), Counter("ab"), Counter("cd"), Counter("ax")], [0, 0, 1, 1], 2)
    known, alone = inverse_frequency(4, 3), inverse_frequency(4, 1)
    assert trained.coverage.tolist() == pytest.approx([1, 1, 0, known / math.hypot(known, alone)])


def test_training_twice_gives_the_same() -> None:
    texts, labels = counted(60, 2)
    first, second = train(texts, labels, 3), train(texts, labels, 3)
    assert np.array_equal(first.weights, second.weights)
    assert np.array_equal(first.held_out, second.held_out)


# ── the packed index ─────────────────────────────────────────────────────────────────────────────────────────

EDGE = math.ceil(NEGLIGIBLE * _INT16)  # the smallest weight that is kept


def unpacked(block: bytes, features: int, labels: int) -> Any:
    """Return the dense weights of a packed block, read by its description."""
    ends = np.frombuffer(block, dtype=np.uint32, count=features + 1)
    kept = int(ends[-1])
    assert len(block) == 4 * (features + 1) + 4 * kept
    columns = np.frombuffer(block, dtype=np.uint16, count=kept, offset=4 * (features + 1))
    values = np.frombuffer(block, dtype=np.int16, count=kept, offset=4 * (features + 1) + 2 * kept)
    result = np.zeros((features, labels), dtype=np.int16)
    for row in range(features):
        result[row, columns[ends[row] : ends[row + 1]]] = values[ends[row] : ends[row + 1]]
    return result


@given(
    st.lists(
        st.lists(
            st.one_of(
                st.sampled_from([0, EDGE - 1, EDGE, -EDGE, 1 - EDGE, _INT16, -_INT16]), st.integers(-_INT16, _INT16)
            ),
            min_size=3,
            max_size=3,
        ),
        min_size=1,
        max_size=12,
    )
)
def test_what_matters_survives_packing(weights: list[list[int]]) -> None:
    matrix = np.array(weights, dtype=np.int16)
    kept = np.where(np.abs(matrix.astype(int)) >= EDGE, matrix, 0)
    assert np.array_equal(unpacked(_pack(matrix), len(weights), 3), kept)


def test_the_most_negative_weight_is_not_lost() -> None:
    """The absolute value of -32768 does not fit sixteen bits."""
    matrix = np.array([[-32768, 0]], dtype=np.int16)
    assert np.array_equal(unpacked(_pack(matrix), 1, 2), matrix)


CORPUS = Corpus(
    tuple(
        Example(text, intent)
        for intent, texts in {
            "pay": ["怎么付款", "能用微信付款吗", "可以刷卡吗", "我想问怎么支付"],
            "bill": ["能开发票吗", "发票什么时候寄", "电子发票怎么下载"],
            NONE: ["今天天气真好", "讲个笑话"],
        }.items()
        for text in texts
    ),
    words=("付款", "开发票"),
    synonyms=(("支付", "付款"),),
)


def test_an_index_scores_as_the_weights_it_was_made_from() -> None:
    meta, block = compile_index(CORPUS)
    index = Index(meta, block)
    counts = [index.extractor.features(plain(example.text)) for example in CORPUS.examples]
    targets = [index.labels.index(example.intent) for example in CORPUS.examples]
    trained = train(counts, targets, len(index.labels), index.labels.index(NONE))
    assert index.labels == sorted({"pay", "bill", NONE})
    assert meta["features"] == trained.features
    peak = float(np.abs(trained.weights).max())
    assert meta["scale"] == pytest.approx(peak / _INT16)
    for text in ("怎么付款", "发票怎么开", "我想问天气", "完全不同"):
        found = index.extractor.features(plain(text))
        scored = index.score(found)
        vector = np.array([scored.vector.get(feature, 0.0) for feature in trained.features])
        exact = vector @ trained.weights
        dropped = NEGLIGIBLE * peak * np.abs(vector).sum() + 1e-6
        for label, score in zip(index.labels, exact, strict=True):
            assert scored.scores[label] == pytest.approx(score, abs=dropped)
            shares = index.contributions(scored, label)
            assert sum(value for _, value in shares) == pytest.approx(scored.scores[label], abs=1e-9)
            assert [abs(value) for _, value in shares] == sorted((abs(value) for _, value in shares), reverse=True)


def test_coverage_of_a_message() -> None:
    index = Index(*compile_index(CORPUS))

    def coverage(text: str) -> float:
        return index.score(index.extractor.features(plain(text))).coverage

    assert coverage("怎么付款") == pytest.approx(1.0)
    assert coverage("鼋鼍") < 0.05
    assert 0.1 < coverage("怎么鼋鼍") < 0.9


def test_a_sample_takes_evenly_from_every_intent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("csbot.matching.index.MAXIMUM_EXAMPLES", 7)
    examples = [
        Example(f"{intent}{at}", intent) for intent, count in (("a", 20), ("b", 2), ("c", 9)) for at in range(count)
    ]
    kept = _sample(examples)
    assert Counter(each.intent for each in kept) == {"a": 3, "b": 2, "c": 2}
    assert [each.text for each in kept if each.intent == "a"] == ["a0", "a1", "a2"], "the first ones, in order"
    assert _sample(examples[:7]) == examples[:7]


def test_training_loads_numpy_only_when_it_trains() -> None:
    assert "np" not in vars(training)
    assert "numpy" not in vars(training)
