"""Class-level evidence in closed form: kernel ridge regression over the examples of a library.

Each example is a TF-IDF vector; the weights of all intents come from one linear system,
``(K + λ·diag(1/w)) α = Y`` with ``K`` the inner products of the examples, ``Y`` their intents and ``w`` weights
that let small intents count as much as large ones (Rifkin, Yeo, Poggio: Regularized least-squares
classification, 2003). The same inverse gives what each example would score had it not been there
(leave-one-out residual ``α_i / (inverse)_ii``), from which the decision is calibrated. The only importer of
numpy, and only when a library has changed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

RIDGE = 0.3
MAXIMUM_EXAMPLES = 6000  # beyond, the linear system is solved on a sample: memory grows with the square


@dataclass(frozen=True, slots=True)
class Trained:
    """The outcome: weights per feature and intent, and the leave-one-out scores of every example."""

    features: list[str]
    inverse_frequency: list[float]
    weights: Any  # numpy array, features × labels, float32
    held_out: Any  # numpy array, examples × labels: scores without the example itself
    coverage: Any  # numpy array, examples: share of the vector that other examples know


def inverse_frequency(documents: int, containing: int) -> float:
    """Return the smoothed inverse document frequency (as in Manning, Raghavan, Schütze 2008, ch. 6)."""
    return math.log((1 + documents) / (1 + containing)) + 1


def train(
    counted: Sequence[Counter[str]], labels: Sequence[int], label_count: int, background: int | None = None
) -> Trained:
    """Solve for the weights.

    ``counted`` are the features of each example, ``labels`` its intent's index; ``background`` is the index of
    the out-of-scope label, if there is one.
    """
    import numpy as np

    documents = len(counted)
    containing: Counter[str] = Counter()
    for counts in counted:
        containing.update(counts.keys())
    features = sorted(containing)
    index = {feature: at for at, feature in enumerate(features)}
    idf = np.array([inverse_frequency(documents, containing[feature]) for feature in features], dtype=np.float32)

    rows: list[Any] = []
    values: list[Any] = []
    coverage = np.zeros(documents, dtype=np.float32)
    for row, counts in enumerate(counted):
        columns = np.fromiter((index[feature] for feature in counts), dtype=np.int64, count=len(counts))
        value = np.fromiter((1 + math.log(count) for count in counts.values()), dtype=np.float32, count=len(counts))
        value = value * idf[columns]
        norm = float(np.sqrt((value**2).sum())) or 1.0
        shared = np.fromiter((containing[feature] > 1 for feature in counts), dtype=bool, count=len(counts))
        coverage[row] = math.sqrt(float((value[shared] ** 2).sum())) / norm
        rows.append(columns)
        values.append(value / norm)

    kernel = _inner_products(rows, values, len(features))
    targets = np.zeros((documents, label_count), dtype=np.float32)
    targets[np.arange(documents), np.asarray(labels)] = 1
    kernel[np.arange(documents), np.arange(documents)] += RIDGE / _example_weights(labels, background)
    inverse = _inverse(kernel)
    alpha = inverse @ targets
    held_out = targets - alpha / np.diag(inverse)[:, None]

    weights = np.zeros((len(features), label_count), dtype=np.float32)
    for row in range(documents):
        weights[rows[row]] += values[row][:, None] * alpha[row][None, :]
    return Trained(features, [float(each) for each in idf], weights, held_out, coverage)


def _example_weights(labels: Sequence[int], background: int | None) -> Any:
    """Return a weight for each example: all intents count alike, however many examples they have.

    Examples of the background count one each: it is as large as it is because the world outside is large.
    """
    import numpy as np

    sizes = Counter(label for label in labels if label != background)
    mean = sum(sizes.values()) / max(1, len(sizes))
    return np.array([1.0 if label == background else mean / sizes[label] for label in labels], dtype=np.float32)


def _inverse(matrix: Any) -> Any:
    """Return the inverse of a symmetric positive definite matrix, by halves (Schur complement).

    Nearly all of the work is then multiplication, which takes a third of the time of a direct inversion.
    """
    import numpy as np

    if len(matrix) <= 256:
        return np.linalg.inv(matrix)
    half = len(matrix) // 2
    corner = matrix[:half, half:]
    first = _inverse(matrix[:half, :half])
    product = first @ corner
    last = _inverse(matrix[half:, half:] - corner.T @ product)
    side = product @ last
    result = np.empty_like(matrix)
    result[:half, :half] = first + side @ product.T
    result[:half, half:] = -side
    result[half:, :half] = -side.T
    result[half:, half:] = last
    return result


def _inner_products(rows: list[Any], values: list[Any], feature_count: int) -> Any:
    """Return the matrix of inner products of sparse vectors, feature by feature."""
    import numpy as np

    documents = len(rows)
    columns = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64)
    weights = np.concatenate(values) if values else np.zeros(0, dtype=np.float32)
    owners = np.repeat(np.arange(documents), [len(row) for row in rows])
    order = np.argsort(columns, kind="stable")
    columns, weights, owners = columns[order], weights[order], owners[order]
    bounds = np.searchsorted(columns, np.arange(feature_count + 1))
    kernel = np.zeros((documents, documents), dtype=np.float32)
    frequent: list[int] = []
    for feature in range(feature_count):
        start, end = int(bounds[feature]), int(bounds[feature + 1])
        if end - start > documents // 16:
            frequent.append(feature)
            continue
        who, value = owners[start:end], weights[start:end]
        kernel[np.ix_(who, who)] += np.outer(value, value)
    # Features of many documents are cheaper as one dense product than one by one.
    dense = np.zeros((documents, len(frequent)), dtype=np.float32)
    for at, feature in enumerate(frequent):
        start, end = int(bounds[feature]), int(bounds[feature + 1])
        dense[owners[start:end], at] = weights[start:end]
    kernel += dense @ dense.T
    return kernel
