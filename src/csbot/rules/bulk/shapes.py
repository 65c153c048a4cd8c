"""Lines of long texts on which a character may be written by its look."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from csbot.rules.bulk.characters import BASIC, GONE, tables
from csbot.rules.disguises.shapes import Shapes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from csbot.rules.bulk.characters import Codes, Flags, Places, ReducedText
    from csbot.rules.bulk.lines import Lines


class ShapeFinder:
    """Tells where a text holds shapes that may stand for another character, as ``Shapes`` would."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes

    def find(self, codes: Codes, reduced: ReducedText, lines: Lines) -> tuple[Places, Places]:
        """Return the numbers of the lines that the ordinary scan must read, and places that it may have to.

        At such a place a look-alike that may be a whole piece of a phrase is the first or the last one of its line.
        """
        import numpy as np

        visible = np.flatnonzero((lines.kinds & GONE) == 0)
        written = tables().normalised[codes[visible]]
        odd = np.flatnonzero(self._sure[written])
        firsts = np.flatnonzero(self._firsts[written[:-1]])
        apart = firsts[_are_in(_pairs(written[firsts], written[firsts + 1]), self._beginnings)]
        common = np.flatnonzero(self._common[reduced.written])
        end = len(reduced.written) - 1
        before, behind = np.maximum(common - 1, 0), np.minimum(common + 1, end)
        character = reduced.written[common]
        beside = np.zeros(len(common), bool)
        first, second, third, fourth = (reduced.alike[np.clip(common + shift, 0, end)] for shift in (-2, -1, 1, 2))
        nothing = np.zeros(len(common), np.uint16)
        for around in (
            (second, character, third),
            (first, second, character),
            (character, third, fourth),
            (second, character, nothing),
            (character, third, nothing),
        ):
            beside |= _are_in(_threes(*around), self._beside)
        same = reduced.lines[common]
        same_before, same_behind = reduced.lines[before] == same, reduced.lines[behind] == same
        outer = ~same_before | ~same_behind | (common == 0) | (common == end)
        outer &= _are_in(_threes(character, nothing, nothing), self._beside)
        others = np.zeros(len(common), bool)
        for shift in (-2, -1, 1, 2):
            others |= self._common[reduced.written[np.clip(common + shift, 0, end)]]
        nearest = _are_in(_pairs(second, character), self._nearest)
        beside |= others & (nearest | _are_in(_pairs(character, third), self._nearest))
        words = same_before & _are_in(_pairs(reduced.written[before], character), self._words)
        words |= same_behind & _are_in(_pairs(character, reduced.written[behind]), self._words)
        beside &= ~words
        found: Places = np.concatenate([visible[odd], visible[apart], reduced.places[common[beside]]])
        return lines.of(found), reduced.places[common[outer & ~beside & ~words]]

    @cached_property
    def _sure(self) -> Flags:
        return _flags(self._shapes.sure)

    @cached_property
    def _common(self) -> Flags:
        return _flags(self._shapes.common)

    @cached_property
    def _firsts(self) -> Flags:
        return _flags(form[0] for form in self._shapes.apart)

    @cached_property
    def _beginnings(self) -> NDArray[np.uint32]:
        """The first two characters of those that are taken apart."""
        return _pairs_of(form[:2] for form in self._shapes.apart)

    @cached_property
    def _beside(self) -> NDArray[np.uint64]:
        import numpy as np

        padded = [each.ljust(3, "\0") for each in self._shapes.beside]
        codes = np.array([[ord(character) for character in each] for each in padded], np.uint16).reshape(-1, 3)
        return np.sort(_threes(*codes.T))

    @cached_property
    def _nearest(self) -> NDArray[np.uint32]:
        return _pairs_of(each for each in self._shapes.nearest if len(each) > 1)

    @cached_property
    def _words(self) -> NDArray[np.uint32]:
        return _pairs_of(self._shapes.words)


def _flags(characters: Iterable[str]) -> Flags:
    import numpy as np

    flags = np.zeros(BASIC, bool)
    flags[[code for each in characters if (code := ord(each)) < BASIC]] = True
    return flags


def _pairs(first: Codes, second: Codes) -> NDArray[np.uint32]:
    import numpy as np

    pairs: NDArray[np.uint32] = first.astype(np.uint32) << np.uint32(16) | second
    return pairs


def _threes(first: Codes, second: Codes, third: Codes) -> NDArray[np.uint64]:
    import numpy as np

    threes: NDArray[np.uint64] = _pairs(first, second).astype(np.uint64) << np.uint64(16) | third
    return threes


def _pairs_of(texts: Iterable[str]) -> NDArray[np.uint32]:
    import numpy as np

    return np.sort(np.array([ord(each[0]) << 16 | ord(each[1]) for each in texts], np.uint32))


def _are_in(keys: NDArray[Any], table: NDArray[Any]) -> Flags:
    """Tell of each key whether it stands in a sorted table."""
    import numpy as np

    if not len(table):
        return np.zeros(len(keys), bool)
    found: Flags = table[np.minimum(np.searchsorted(table, keys), len(table) - 1)] == keys
    return found
