"""What csbot's matcher is measured beside: the usual ways to map a short message to a label.

Each takes the same examples as csbot, examples of no situation included where there are any, and ranks the labels
of a message. A peer whose package is not installed is left out.
"""

from __future__ import annotations

import importlib
import importlib.util
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from benchmarks.nlpjs import NlpJs, UnavailableError
from benchmarks.tables import print_note
from csbot.text.tokenise import common_words

NONE = ""  # the label of examples that belong to no situation


class Peer(Protocol):
    """A classifier of messages."""

    name: str

    def fit(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        """Learn from labelled messages."""

    def best(self, text: str) -> tuple[str, float]:
        """Return the most likely label other than NONE, and a score that is higher the surer it is."""


# Examples up to which logistic regression and nlp.js are trained: with the library's they take minutes.
SLOW_LIMIT = 5000


def installed(examples: int) -> Iterator[Peer]:
    """Yield the peers whose packages can be imported and that can learn from so many examples within seconds."""
    if importlib.util.find_spec("rapidfuzz") is not None:
        yield Nearest()
    yield Okapi()
    if importlib.util.find_spec("sklearn") is not None:
        yield Linear(
            "char 1–3-gram TF-IDF + complement naive Bayes", "sklearn.naive_bayes", "ComplementNB", "predict_log_proba"
        )
        yield Linear("char 1–3-gram TF-IDF + LinearSVC", "sklearn.svm", "LinearSVC", "decision_function")
        if examples <= SLOW_LIMIT:
            yield Linear(
                "char 1–3-gram TF-IDF + logistic regression",
                "sklearn.linear_model",
                "LogisticRegression",
                "predict_proba",
                C=10.0,
                max_iter=1000,
            )
    if examples <= SLOW_LIMIT:
        try:
            peer = NlpJs()
        except UnavailableError as error:
            print_note(f"skipped, nlp.js: {error}")
        else:
            yield peer
            peer.close()


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


class Okapi:
    """The label of the best example by BM25 over words (Robertson, Zaragoza: The probabilistic relevance framework)."""

    name = "BM25 over jieba's words, best example"
    _SATURATION, _LENGTH = 1.5, 0.75

    def fit(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        """Count the words of the examples."""
        self._labels = list(labels)
        self._counts = [Counter(common_words().cut(text)) for text in texts]
        self._lengths = [sum(counts.values()) for counts in self._counts]
        self._mean = sum(self._lengths) / max(1, len(self._lengths))
        self._owners: dict[str, list[int]] = defaultdict(list)
        for at, counts in enumerate(self._counts):
            for word in counts:
                self._owners[word].append(at)

    def best(self, text: str) -> tuple[str, float]:
        """Return the label of the example with the highest BM25 and that value, less that of the best of NONE."""
        found: dict[int, float] = defaultdict(float)
        for word in set(common_words().cut(text)):
            owners = self._owners.get(word, [])
            rarity = math.log(1 + (len(self._labels) - len(owners) + 0.5) / (len(owners) + 0.5))
            for at in owners:
                count = self._counts[at][word]
                length = 1 - self._LENGTH + self._LENGTH * self._lengths[at] / self._mean
                found[at] += rarity * count * (self._SATURATION + 1) / (count + self._SATURATION * length)
        inside = max(
            ((value, self._labels[at]) for at, value in found.items() if self._labels[at] != NONE), default=None
        )
        outside = max((value for at, value in found.items() if self._labels[at] == NONE), default=0.0)
        return (inside[1], inside[0] - outside) if inside else (self._labels[0], -outside)


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
