"""Situations that are like what somebody describes in words of their own: 「嫌物业费贵」, 「让稍等」.

A search asks that its words stand there; here it is enough to share some of the wording, and what few situations share
counts for more.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from csbot.searching.entries import Entry
from csbot.text.normalise import normalise
from csbot.text.segment import is_han

LONGEST = 60  # characters of a description that count
_NAME, _KEYWORD, _CUE, _USE = 3.0, 2.0, 1.0, 0.7  # what a piece of the wording counts where it stands


class Likeness:
    """Holds which pieces of wording (characters and pairs of neighbours) situations are described by."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._weights: dict[str, dict[str, float]] = {}  # of a piece: how much it says of which situation
        listed = list(entries)
        for entry in listed:
            weights: dict[str, float] = {}
            named = (entry.name, entry.label)
            for weight, texts in (
                (_USE, (entry.use,)),
                (_CUE, (entry.cue,)),
                (_KEYWORD, entry.keywords),
                (_NAME, named),
            ):
                weights.update((piece, weight) for text in texts for piece in _pieces(text))
            for piece, weight in weights.items():
                self._weights.setdefault(piece, {})[entry.id] = weight
        self._rare = {piece: math.log(1 + len(listed) / len(owners)) for piece, owners in self._weights.items()}

    def of(self, text: str) -> Mapping[str, float]:
        """Return how like a description the situations are that share any of its wording, 0..1."""
        scores: dict[str, float] = {}
        most = 0.0
        for piece in _pieces(text[:LONGEST]):
            rare = self._rare.get(piece, 0.0)
            most += _NAME * rare
            for owner, weight in self._weights.get(piece, {}).items():
                scores[owner] = scores.get(owner, 0.0) + weight * rare
        return {owner: score / most for owner, score in scores.items()}


def _pieces(text: str) -> Iterable[str]:
    """Yield the Han characters of a text, and each two that stand side by side."""
    folded = normalise(text).text
    for at, character in enumerate(folded):
        if is_han(character):
            yield character
            if is_han(folded[at + 1 : at + 2]):
                yield folded[at : at + 2]
