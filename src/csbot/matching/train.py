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
FEW = 24  # documents with a feature up to which their pairs are added all at once
MANY = 24  # a feature in more than one of so many documents is multiplied densely
MAXIMUM_EXAMPLES = 8000  # beyond, the linear system is solved on a sample: memory grows with the square


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
    del kernel
    alpha = inverse @ targets
    held_out = targets - alpha / np.diag(inverse)[:, None]
    del inverse

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
        inverse = np.linalg.inv(matrix)
        return (inverse + inverse.T) / 2
    half = len(matrix) // 2
    corner = matrix[:half, half:]
    first = _inverse(matrix[:half, :half])
    product = first @ corner
    complement = matrix[half:, half:] - corner.T @ product
    # Rounding makes it slightly asymmetric, which each further halving would multiply.
    last = _inverse((complement + complement.T) / 2)
    side = product @ last
    result = np.empty_like(matrix)
    added = side @ product.T
    result[:half, :half] = first + (added + added.T) / 2
    result[:half, half:] = -side
    result[half:, :half] = -side.T
    result[half:, half:] = last
    return result


def _inner_products(rows: list[Any], values: list[Any], feature_count: int) -> Any:
    """Return the matrix of inner products of sparse vectors of length one, feature by feature.

    Features of one document touch only the diagonal, which is 1. Those of a few documents are added pair by
    pair, all at once; those of many one by one; those of very many are cheapest as one dense product.
    """
    import numpy as np

    documents = len(rows)
    columns = np.concatenate(rows)
    weights = np.concatenate(values)
    owners = np.repeat(np.arange(documents), [len(row) for row in rows])
    order = np.argsort(columns, kind="stable")
    columns, weights, owners = columns[order], weights[order], owners[order]
    bounds = np.searchsorted(columns, np.arange(feature_count + 1))
    sizes = np.diff(bounds)
    kernel = np.zeros((documents, documents), dtype=np.float32)
    for size in range(2, FEW + 1):
        starts = bounds[:-1][sizes == size]
        if len(starts):
            _add_pairs(kernel, owners, weights, starts[:, None] + np.arange(size))
    for feature in np.nonzero((sizes > FEW) & (sizes <= documents // MANY))[0]:
        span = slice(bounds[feature], bounds[feature + 1])
        kernel[np.ix_(owners[span], owners[span])] += np.outer(weights[span], weights[span])
    frequent = np.nonzero((sizes > FEW) & (sizes > documents // MANY))[0]
    dense = np.zeros((documents, len(frequent)), dtype=np.float32)
    for at, feature in enumerate(frequent):
        span = slice(bounds[feature], bounds[feature + 1])
        dense[owners[span], at] = weights[span]
    kernel += dense @ dense.T
    np.fill_diagonal(kernel, 1.0)
    return kernel


def _add_pairs(kernel: Any, owners: Any, weights: Any, places: Any) -> None:
    """Add the products of every two documents that share a feature; ``places`` has a row for each feature."""
    import numpy as np

    who, value = owners[places], weights[places]
    flat = (who[:, :, None] * len(kernel) + who[:, None, :]).ravel()
    products = (value[:, :, None] * value[:, None, :]).ravel()
    order = np.argsort(flat, kind="stable")
    flat, products = flat[order], products[order]
    first = np.concatenate([[True], flat[1:] != flat[:-1]])
    kernel.ravel()[flat[first]] += np.add.reduceat(products, np.nonzero(first)[0])
