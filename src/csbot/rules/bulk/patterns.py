"""Where any of many short texts stands in a long one: an automaton over bytes, and one table for single characters."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from csbot.rules.bulk.characters import BASIC

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from csbot.rules.bulk.characters import Codes, Masks, Places

_CLASSES = 255  # of characters, one byte each: a byte automaton is several times as fast as one over characters
_OWN = 180  # characters that share their byte with no other


class Matches(NamedTuple):
    """Patterns in a text, one row each: which one, from where to where."""

    patterns: Places
    starts: Places
    ends: Places


@lru_cache(maxsize=1)
def _weights() -> Masks:
    """Return a random number for each character: the sum over a piece of text tells it from nearly every other."""
    import numpy as np

    weights: Masks = np.random.default_rng(20261122).integers(1, 1 << 62, BASIC, dtype=np.uint64)
    return weights


def running_sums(codes: Codes) -> Masks:
    """Return the sum of the weights of the characters before each place of a text, and of all of them."""
    import numpy as np

    sums = np.empty(len(codes) + 1, np.uint64)
    sums[0] = 0
    np.cumsum(_weights()[codes], out=sums[1:])
    return sums


def sums_of(texts: Sequence[str]) -> Masks:
    """Return the sum of the weights of each text."""
    import numpy as np

    lengths = np.array([len(text) for text in texts], np.int64)
    total = running_sums(np.frombuffer("".join(texts).encode("utf-16-le", "surrogatepass"), np.uint16))
    ends = np.cumsum(lengths)
    sums: Masks = total[ends] - total[ends - lengths]
    return sums


class Patterns:
    """Finds every place of every pattern. What is found is the pattern but for one chance in 2**60."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Take different texts of the basic plane, none of them empty."""
        self._texts = texts

    @cached_property
    def _automaton(self) -> tuple[Any, NDArray[np.uint8], Places, Places, Places]:
        """The automaton; the class of each character; for each of its words where its patterns begin; those patterns.

        Last the pattern of each character that is one by itself, or -1; those are not in the automaton.
        """
        import numpy as np
        from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

        classes = np.zeros(BASIC, np.uint8)
        for at, (character, _) in enumerate(Counter(chain.from_iterable(self._texts)).most_common()):
            classes[ord(character)] = 1 + (at if at < _OWN else _OWN + at % (_CLASSES - _OWN))
        longer: dict[bytes, list[int]] = defaultdict(list)
        single = np.full(BASIC, -1, np.int64)
        for number, text in enumerate(self._texts):
            if len(text) == 1:
                single[ord(text)] = number
            else:
                codes = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), np.uint16)
                longer[classes[codes].tobytes()].append(number)
        begins = np.cumsum([0, *map(len, longer.values())], dtype=np.int64)
        automaton = BytesAhoCorasick(
            list(longer), matchkind=MatchKind.Standard, implementation=Implementation.ContiguousNFA
        )
        return automaton, classes, begins, np.array(list(chain.from_iterable(longer.values())), np.int64), single

    @cached_property
    def _sums(self) -> Masks:
        return sums_of(self._texts)

    def find(self, codes: Codes, sums: Masks | None = None) -> Matches:
        """Return the places of all patterns in a text, given with its ``running_sums`` where they are known."""
        import numpy as np

        automaton, classes, begins, patterns, single = self._automaton
        found = automaton.find_matches_as_indexes(classes[codes].tobytes(), overlapping=True) if len(begins) > 1 else []
        table = np.fromiter(chain.from_iterable(found), np.int64, 3 * len(found)).reshape(-1, 3)
        # Characters share their bytes: each word of the automaton stands for several patterns.
        words, starts, ends = table[:, 0], table[:, 1], table[:, 2]
        rows, which = expand(begins, words)
        starts, ends, which = starts[rows], ends[rows], patterns[which]
        if len(which):
            total = running_sums(codes) if sums is None else sums
            right = total[ends] - total[starts] == self._sums[which]
            starts, ends, which = starts[right], ends[right], which[right]
        alone = single[codes]
        at = np.flatnonzero(alone >= 0)
        return Matches(np.concatenate([which, alone[at]]), np.concatenate([starts, at]), np.concatenate([ends, at + 1]))


def expand(begins: Places, groups: Places) -> tuple[Places, Places]:
    """Write out the members of groups, one row each: the row of ``groups`` that it belongs to, and its number.

    The members of group ``n`` have the numbers from ``begins[n]`` to before ``begins[n + 1]``.
    """
    import numpy as np

    sizes = begins[groups + 1] - begins[groups]
    rows = np.repeat(np.arange(len(groups)), sizes)
    within = np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return rows, begins[groups][rows] + within
