"""Many stretches of one message, read at once: each is made of a few clauses, and each clause is looked at once.

A message of six clauses has twenty stretches that may carry a situation of their own. What ``Extractor.views`` would
show of each is put together from its clauses and from what stands where two of them meet; then all are scored,
weighed and ranked by numpy together. What comes out is what reading them one by one gives (``Reader.read``).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from csbot.matching.calibrate import FAMILIAR, RARE, UNEVEN, USUALLY
from csbot.matching.features import MAXIMUM_CHARACTERS, UNKNOWN, WEIGHTS, plain_of
from csbot.matching.index import COMPARED, Index
from csbot.matching.result import MAXIMUM_CANDIDATES, Candidate
from csbot.matching.scored import DOUBTFUL, NONE

BETWEEN = "，"  # what clauses are joined by: no normalised text holds it
WORTH_IT = 2
CHARACTERS, PAIRS, WORDS, SOUNDS = range(4)


class _Piece(NamedTuple):
    """A clause: the features inside of it by their places, and what it begins and ends with."""

    keys: Any
    first: str
    last: str
    sounds: list[str]


class _Features:
    """The places of features: those of the index, and behind them places for those that it does not know."""

    def __init__(self, index: Index) -> None:
        self.width = len(index.arrays.view_of)
        self._lookups = index.lookups
        self._unknown: dict[tuple[int, str], int] = {}

    def place(self, view: int, value: str) -> int:
        known = self._lookups[view](value)
        return known if known is not None else self._new(view, value)

    def places(self, view: int, values: Sequence[str]) -> list[int]:
        get = self._lookups[view]
        return [place if (place := get(value)) is not None else self._new(view, value) for value in values]

    def _new(self, view: int, value: str) -> int:
        return self._unknown.setdefault((view, value), self.width + len(self._unknown))

    @property
    def unknown_views(self) -> list[int]:
        return [view for view, _ in self._unknown]


def can_be_read_at_once(index: Index, texts: Sequence[str]) -> bool:
    """Tell whether texts can be read together, and whether that saves time."""
    return (
        len(texts) >= WORTH_IT
        and index.is_warm
        and not index.has_meaning
        and bool(index.situations)
        and max(map(len, texts)) <= MAXIMUM_CHARACTERS
    )


def read_at_once(index: Index, texts: Sequence[str]) -> list[tuple[Candidate, ...]]:
    """Return the best situations of stretches of normalised text, whose clauses stand between ``BETWEEN``."""
    features = _Features(index)
    pieces: dict[str, _Piece | None] = {}
    inner: list[Any] = []
    owners: list[int] = []
    sizes: list[int] = []
    outer: list[int] = []  # where pieces meet, and at the ends
    outer_owners: list[int] = []
    for owner, text in enumerate(texts):
        clauses = text.split(BETWEEN)
        for clause in clauses:
            if clause not in pieces:
                pieces[clause] = _piece(index, features, clause)
        held = [piece for clause in clauses if (piece := pieces[clause]) is not None]
        inner += [piece.keys for piece in held]
        owners += [owner] * len(held)
        sizes += [len(piece.keys) for piece in held]
        seams = _seams(features, held)
        outer += seams
        outer_owners += [owner] * len(seams)
    return _ranked(index, features, inner, owners, sizes, outer, outer_owners, len(texts))


def winners_at_once(index: Index, texts: Sequence[str]) -> list[str | None]:
    """Return the label with the highest score of each text that went through ``plain``, None where it is "none".

    A text of which two labels score all but alike is scored by itself: what the texts beside it are makes no
    difference.
    """
    import numpy as np

    features = _Features(index)
    found: list[list[int]] = []
    for text in texts:
        views = index.extractor.views(text)
        found.append([place for view, values in enumerate(views) for place in features.places(view, values)])
    keys = np.concatenate([np.array(places, dtype=np.int64) for places in found])
    totals = _scored(index, features, keys, np.repeat(np.arange(len(texts)), list(map(len, found))), len(texts)).totals
    first, second = np.sort(totals, axis=1)[:, : -min(3, totals.shape[1]) : -1].T
    best = [index.labels[place] for place in totals.argmax(axis=1).tolist()]
    for at in np.nonzero(first - second < DOUBTFUL)[0].tolist():
        best[at] = index.read(texts[at]).leaders(1)[0]
    return [label or None for label in best]


def _piece(index: Index, features: _Features, clause: str) -> _Piece | None:
    import numpy as np

    text = index.extractor.read(plain_of(clause))
    if not text:
        return None
    characters, pairs, words, heard = index.extractor.views_of(text)
    keys = features.places(CHARACTERS, characters)
    keys += features.places(PAIRS, pairs[1:-1])
    keys += features.places(WORDS, words)
    keys += features.places(SOUNDS, heard)
    count = (len(heard) + 1) // 2  # what is heard comes first, then its pairs: one less
    return _Piece(np.array(keys, dtype=np.int64), text[0], text[-1], heard[:count])


def _seams(features: _Features, held: Sequence[_Piece]) -> list[int]:
    """Return the features that are in no clause by itself: pairs with a mark or a space, and sounds of two clauses."""
    if not held:
        return [features.place(PAIRS, "^$")]
    found = [features.place(PAIRS, f"^{held[0].first}"), features.place(PAIRS, f"{held[-1].last}$")]
    for one, other in pairwise(held):
        found += [features.place(PAIRS, f"{one.last} "), features.place(PAIRS, f" {other.first}")]
    for one, other in pairwise([piece for piece in held if piece.sounds]):
        found.append(features.place(SOUNDS, f"{one.sounds[-1]}-{other.sounds[0]}"))
    return found


def _ranked(
    index: Index,
    features: _Features,
    inner: Sequence[Any],
    owners: Sequence[int],
    sizes: Sequence[int],
    outer: Sequence[int],
    outer_owners: Sequence[int],
    texts: int,
) -> list[tuple[Candidate, ...]]:
    import numpy as np

    calibration = index.calibration
    keys = np.concatenate([*inner, np.array(outer, dtype=np.int64)])
    owner = np.concatenate([np.repeat(owners, sizes).astype(np.int64), np.array(outer_owners, dtype=np.int64)])
    totals, by_view, coverage, length, rarity = _scored(index, features, keys, owner, texts)
    none = index.places.get(NONE)
    nothing: Any = 0.0
    if none is not None:
        nothing = totals[:, none].copy()
        totals[:, none] = -np.inf
    order = _best(totals, COMPARED)
    rows = np.arange(texts)
    best = order[:, 0]
    lead = totals[rows, best] - nothing + FAMILIAR * coverage + RARE * rarity
    lead -= UNEVEN * by_view[rows, :, best].std(axis=1)
    if calibration.expected:
        lead -= USUALLY * np.array(calibration.expected)[best]
    with np.errstate(over="ignore"):
        belongs = 1 / (1 + np.exp(-calibration.slope * (lead - calibration.least)))
    raised = np.exp((totals[rows[:, None], order] - totals[rows, best][:, None]) / calibration.temperature)
    chances = raised * (belongs / raised.sum(axis=1))[:, None]
    labels = index.labels
    return [
        tuple(Candidate(labels[place], chance) for place, chance, score in zip(*found, strict=True) if score != -np.inf)
        if any_known
        else ()
        for *found, any_known in zip(
            order[:, :MAXIMUM_CANDIDATES].tolist(),
            chances[:, :MAXIMUM_CANDIDATES].tolist(),
            totals[rows[:, None], order[:, :MAXIMUM_CANDIDATES]].tolist(),
            (length > 0).tolist(),
            strict=True,
        )
    ]


class _Scores(NamedTuple):
    """What the features of some texts come to, text by text: scores, also by view, and how well the texts are known."""

    totals: Any
    by_view: Any
    coverage: Any
    length: Any
    rarity: Any


def _scored(index: Index, features: _Features, keys: Any, owner: Any, texts: int) -> _Scores:
    """Return what features come to, given by their places, each with the number of the text that it stands in."""
    import numpy as np

    arrays, width, many = index.arrays, features.width, len(WEIGHTS)
    view_of = np.array([*features.unknown_views, 0], dtype=np.int64)
    every = width + len(view_of)
    cells = owner * every + keys
    cells.sort()
    first = np.concatenate([[True], cells[1:] != cells[:-1]])[: len(cells)].nonzero()[0]
    counts = np.diff(first, append=len(cells))
    owner, keys = np.divmod(cells[first], every)
    known = keys < width
    inside = np.minimum(keys, width)  # beyond the last feature stands one that no example has
    view = np.where(known, arrays.view_of[np.minimum(keys, width - 1)], view_of[np.maximum(keys - width, 0)])
    group = owner * many + view
    amounts = arrays.rareness[inside] * (1 + np.log(counts))
    squares = amounts * amounts
    whole = np.bincount(group, squares, minlength=texts * many).reshape(texts, many)
    seen = np.bincount(group, squares * known, minlength=texts * many).reshape(texts, many)
    factors = arrays.weights / np.sqrt(np.maximum(seen + UNKNOWN * (whole - seen), 1e-300))
    owner, keys, group = owner[known], keys[known], group[known]
    shares = amounts[known] * factors.ravel()[group]
    shared = shares * shares
    length = np.bincount(owner, shared, minlength=texts)
    rarity = np.bincount(owner, shared * arrays.rareness[keys], minlength=texts) / np.maximum(length, 1e-300)
    coverage = np.sqrt((seen @ arrays.squares) / np.maximum(whole @ arrays.squares, 1e-300))
    return _Scores(*arrays.totals(group, keys, shares, index.scale, texts), coverage, length, rarity)


def _best(totals: Any, count: int) -> Any:
    """Return the places of the ``count`` highest totals of each row, highest first, equal ones in their order."""
    import numpy as np

    if totals.shape[1] <= 4 * count:
        return np.argsort(-totals, axis=1, kind="stable")[:, :count]
    kept = np.sort(np.argpartition(-totals, count, axis=1)[:, :count], axis=1)
    order = np.argsort(-np.take_along_axis(totals, kept, axis=1), axis=1, kind="stable")
    return np.take_along_axis(kept, order, axis=1)
