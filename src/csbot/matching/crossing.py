"""What each example would be taken for, had it not been there: the honest view of a library's own examples."""

from __future__ import annotations

from dataclasses import astuple, dataclass

from csbot.library.models import Library
from csbot.matching.compile import FEWER_STEPS
from csbot.matching.corpus import Corpus, corpus_of_library, own_words
from csbot.matching.dividing import CELLS, FOLDS
from csbot.matching.features import all_plain, extractor_of
from csbot.matching.gathering import gather_texts
from csbot.matching.train import Trainer
from csbot.text.cache import cached
from csbot.text.tokenise import Words

VERSION = 2
SURE = 4.0  # lead from which the others are taken to be right about an example


@dataclass(frozen=True, slots=True)
class Judged:
    """An example, and what the others say of it. Scores are log odds, comparable between intents."""

    text: str
    intent: str
    winner: str  # the intent with the highest score; NONE among them
    own: float  # the score of its own intent
    best: float  # the score of the winner

    @property
    def lead(self) -> float:
        """How much more the winner scores than the example's own intent; 0 where it wins itself."""
        return self.best - self.own


def judge(corpus: Corpus) -> list[Judged]:
    """Return every whole example of a corpus, judged by four fifths of the others (five times over)."""
    import numpy as np

    labels = sorted({example.intent for example in corpus.examples})
    if len(labels) < 2:
        return []
    extractor = extractor_of(Words(own_words(corpus)), corpus.synonyms, corpus.goods)
    gathered = gather_texts(all_plain([example.text for example in corpus.examples]), extractor)
    position = {label: at for at, label in enumerate(labels)}
    target = np.array([position[example.intent] for example in corpus.examples])
    whole = np.array([example.whole for example in corpus.examples])
    fold_of = np.random.default_rng(0).permutation(len(target)) % FOLDS
    trainer = Trainer(gathered.vectors())
    step = max(1, CELLS // len(target))
    scores = np.zeros((len(target), len(labels)), dtype=np.float32)
    for fold in range(FOLDS):
        rows = np.nonzero((fold_of == fold) & whole)[0]
        counted = np.ones(len(target), dtype=bool)
        counted[rows] = False
        entries = gathered.values
        known = np.bincount(entries.columns, counted[entries.owners], minlength=entries.width) > 0
        vectors = gathered.vectors(rows, known)
        for start in range(0, len(labels), step):
            columns = np.arange(start, min(len(labels), start + step))
            solution = trainer.solve(target[:, None] == columns, counted, steps=FEWER_STEPS)
            scores[np.ix_(rows, columns)] = trainer.apply(solution, vectors)
    winners = scores.argmax(axis=1)
    return [
        Judged(
            example.text, example.intent, labels[winner], float(scores[row, target[row]]), float(scores[row, winner])
        )
        for row, (example, winner) in enumerate(zip(corpus.examples, winners, strict=True))
        if example.whole
    ]


def judge_library(library: Library) -> list[Judged]:
    """Return the examples of a library, judged; kept in the cache, since it takes some seconds."""

    def build() -> list[list[object]]:
        return [list(astuple(each)) for each in judge(corpus_of_library(library))]

    rows = cached(f"judged-{library.place}", f"{VERSION}\n{library.digest}", build) if library.digest else build()
    return [Judged(*row) for row in rows]  # type: ignore[arg-type]


def is_stolen(judged: Judged) -> bool:
    """Tell whether the other examples are sure that an example belongs to another situation than its own."""
    return bool(judged.intent and judged.winner) and judged.lead > SURE and judged.best > 1
