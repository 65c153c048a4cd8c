"""Some hundred words looked up by how they begin: as one expression they would take milliseconds of a start."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence


def by_beginning(words: Iterable[str], size: int) -> Mapping[str, Sequence[str]]:
    """Return words by their first ``size`` characters, the longest first; of a shorter one that is all of it."""
    found: dict[str, list[str]] = defaultdict(list)
    for word in sorted(words, key=len, reverse=True):
        found[word[:size]].append(word)
    return dict(found)
