"""What csbot's matcher is measured beside: the usual ways to map a short message to a label.

Each takes the same examples as csbot, examples of no situation included where there are any, and ranks the labels
of a message. A peer whose package is not installed is left out.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

NONE = ""  # the label of examples that belong to no situation


class Peer(Protocol):
    """A classifier of messages."""

    name: str

    def fit(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        """Learn from labelled messages."""

    def best(self, text: str) -> tuple[str, float]:
        """Return the most likely label other than NONE, and a score that is higher the surer it is."""


# Examples up to which logistic regression is fitted: with the library's it takes minutes.
LOGISTIC_LIMIT = 5000


def installed(examples: int) -> Iterator[Peer]:
    """Yield the peers whose packages can be imported and that can learn from so many examples within seconds."""
    if importlib.util.find_spec("rapidfuzz") is not None:
        yield Nearest()
    if importlib.util.find_spec("sklearn") is not None:
        yield Linear("char 1–3-gram TF-IDF + LinearSVC", "sklearn.svm", "LinearSVC", "decision_function")
        if examples > LOGISTIC_LIMIT:
            return
        yield Linear(
            "char 1–3-gram TF-IDF + logistic regression",
            "sklearn.linear_model",
            "LogisticRegression",
            "predict_proba",
            C=10.0,
            max_iter=1000,
        )


class Nearest:
    """The label of the nearest example by rapidfuzz's ratio on the characters as they are."""

    name = "rapidfuzz ratio, nearest example"

    def fit(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        """Keep the examples, those of no situation apart."""
        pairs = list(zip(texts, labels, strict=True))
        self._texts = [text for text, label in pairs if label != NONE]
        self._labels = [label for _, label in pairs if label != NONE]
        self._outside = [text for text, label in pairs if label == NONE]

    def best(self, text: str) -> tuple[str, float]:
        """Return the label of the nearest example and its ratio, less that of the nearest example of NONE."""
        from rapidfuzz import fuzz, process

        found = process.extractOne(text, self._texts, scorer=fuzz.ratio)
        outside = process.extractOne(text, self._outside, scorer=fuzz.ratio) if self._outside else None
        return self._labels[found[2]], found[1] - (outside[1] if outside else 0.0)


class Linear:
    """A linear classifier of scikit-learn over TF-IDF of runs of one to three characters."""

    def __init__(self, name: str, module: str, classifier: str, scores: str, **settings: Any) -> None:
        self.name = name
        self._make = getattr(importlib.import_module(module), classifier)
        self._scores = scores
        self._settings = settings

    def fit(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        """Train the classifier."""
        text_features = importlib.import_module("sklearn.feature_extraction.text")
        self._features = text_features.TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
        self._classifier = self._make(**self._settings)
        self._classifier.fit(self._features.fit_transform(texts), labels)
        self._labels = list(self._classifier.classes_)

    def best(self, text: str) -> tuple[str, float]:
        """Return the label with the highest score, and that score, less that of NONE."""
        scores = getattr(self._classifier, self._scores)(self._features.transform([text]))[0].tolist()
        by_label = dict(zip(self._labels, scores, strict=True))
        outside = by_label.pop(NONE, 0.0)
        label = max(by_label, key=lambda each: by_label[each])
        return label, by_label[label] - outside
