"""Whether a long text goes on as a phrase does, by which characters stand side by side in it (``bulk.links``).

From a place that a match holds one can go on character by character, both ways, until the phrase may end, or cannot go
on.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from csbot.rules.bulk.characters import BASIC
from csbot.rules.bulk.keys import Keys, pairs
from csbot.rules.bulk.links import bare
from csbot.rules.bulk.patterns import expand
from csbot.rules.lookup.compact import Packed, Unpacker
from csbot.rules.wording.reduce import FILLER_CHARACTERS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from csbot.rules.bulk.characters import Codes, Flags, Places

ANY = -1  # stands for the number of a phrase
STEPS = 6  # characters that are gone on, each way


class Chains:
    """Tells whether a text goes on as phrases do."""

    def __init__(self, packed: Packed) -> None:
        """Take what ``chains_of`` gives."""
        unpacker = Unpacker(packed)
        self._pairs, self._phrases, self._opened, self._timed, self._firsts = (unpacker.numbers() for _ in range(5))
        self._alone_of: dict[str, list[int]] = {}  # by character

    @cached_property
    def _by_pair(self) -> tuple[Keys, Places, Places]:
        """The pairs; where the phrases of each, in order, begin; the phrases."""
        import numpy as np

        each, begins = np.unique(np.array(self._pairs, np.uint32), return_index=True)
        return Keys(each), np.append(begins, len(self._pairs)), np.array(self._phrases, np.int64)

    @cached_property
    def _links(self) -> Keys:
        """Which links there are: a phrase and a pair in one number."""
        import numpy as np

        return Keys(_links(np.array(self._phrases, np.int64), np.array(self._pairs, np.uint32)))

    @cached_property
    def is_open(self) -> Flags:
        """Of each phrase whether anything may stand in the middle of it."""
        return self._flags_of(self._opened)

    @cached_property
    def is_timed(self) -> Flags:
        """Of each phrase whether a time, and nothing else, may stand in the middle of it."""
        return self._flags_of(self._timed)

    def _flags_of(self, numbers: array[int]) -> Flags:
        import numpy as np

        flags = np.zeros(self._firsts[-1] + 1, bool)
        flags[np.array(numbers, np.int64)] = True
        return flags

    @cached_property
    def _alone(self) -> tuple[Keys, Places, Places]:
        """The characters that can be a whole run of a phrase; where the phrases of each begin; the phrases."""
        import numpy as np

        both, phrases = np.array(self._pairs, np.uint32), np.array(self._phrases, np.int64)
        begins, ends = both < BASIC, (both & np.uint32(BASIC - 1)) == 0
        at = np.flatnonzero(begins)[
            np.isin(_links(phrases[begins], both[begins]), _links(phrases, both >> np.uint32(16))[ends])
        ]
        characters, first = np.unique(both[at], return_index=True)
        return Keys(characters), np.append(first, len(at)), phrases[at]

    def alone_in(self, characters: Codes) -> tuple[Places, Places]:
        """Return which of some characters can be a whole run of phrases, and of which phrases."""
        known, begins, phrases = self._alone
        wanted, at = known.found(characters)
        rows, members = expand(begins, at)
        return wanted[rows], phrases[members]

    def alone(self, character: str) -> list[int]:
        """Return the phrases of which a character can be a whole run."""
        if (phrases := self._alone_of.get(character)) is None:
            import numpy as np

            phrases = self._alone_of[character] = self.alone_in(np.array([ord(character)], np.uint32))[1].tolist()
        return phrases

    def numbers_of(self, phrases: Iterable[tuple[int, int]]) -> Places:
        """Return by what numbers phrases, given by rule and phrase, are known here."""
        import numpy as np

        return np.array([self._firsts[rule] + phrase for rule, phrase in phrases], np.int64)

    def through(
        self,
        codes: Codes,
        left: Places,
        right: Places,
        small: tuple[Flags, Flags] | None = None,
        limits: tuple[Places, Places] | None = None,
        loose: Flags | None = None,
    ) -> tuple[Places, Places]:
        """Return which of some pairs of bare characters phrases may hold, both side by side, and which phrases.

        Pairs are given by the numbers of their characters. The text goes on to the left of the one and to the right of
        the other. ``small`` tells of each side whether fillers stand there between the two, which may be all that a
        phrase holds on that side. With ``limits`` the phrase must hold everything from the first to the last of these,
        too; beyond them the text may be any other. Where the text is ``loose`` anything may be meant. Any phrase may
        hold the pair where the number of the phrase is ``ANY``.
        """
        import numpy as np

        one, other = codes[left], codes[right]
        nothing = np.zeros(len(one), np.uint16)
        found = [self._through(codes, (left, right), (one, other), limits, loose)]
        if small is not None:
            found.append(self._through(codes, (left, None), (np.where(small[1], one, nothing), nothing), limits, loose))
            found.append(
                self._through(codes, (None, right), (nothing, np.where(small[0], other, nothing)), limits, loose)
            )
        same = np.flatnonzero((one == other) & (one > 0))
        # A repetition counts as one character: what is beside it must be a part of the phrase, too.
        uncertain = [same[self._are_phrases[one[same]]]]
        for before, behind in ((-1, 0), (0, 1)) if len(same) else ():
            first, last = np.maximum(left[same] + before, 0), np.minimum(right[same] + behind, len(codes) - 1)
            again = codes[first] == codes[last]
            uncertain.append(same[again])
            at = same[~again]
            more, numbers = self.through(
                codes,
                first[~again],
                last[~again],
                small and (small[0][at], small[1][at]),
                limits and (limits[0][at], limits[1][at]),
                loose,
            )
            found.append((at[more], numbers))
        found += [(each, np.full(len(each), ANY)) for each in uncertain]
        seams, numbers = (np.concatenate(each) for each in zip(*found, strict=True))
        return seams, numbers

    def _through(
        self,
        codes: Codes,
        sides: tuple[Places | None, Places | None],
        both: tuple[Codes, Codes],
        limits: tuple[Places, Places] | None,
        loose: Flags | None,
    ) -> tuple[Places, Places]:
        """Return which of some links phrases have, and which phrases, where the text goes on so on the sides given."""
        seams, numbers = self.holding(*both)
        for side, step in ((0, -1), (1, 1)):
            if (start := sides[side]) is not None:
                on = self._goes_on(codes, numbers, start[seams], step, limits and limits[side][seams], loose)
                numbers, seams = numbers[on], seams[on]
        return seams, numbers

    def holding(self, first: Codes, second: Codes) -> tuple[Places, Places]:
        """Return which of some pairs of bare characters stand side by side in phrases, and in which phrases."""
        known, begins, phrases = self._by_pair
        wanted, at = known.found(pairs(first, second))
        rows, members = expand(begins, at)
        return wanted[rows], phrases[members]

    @cached_property
    def _are_phrases(self) -> Flags:
        """Which characters are a whole phrase."""
        import numpy as np

        flags = np.zeros(BASIC, bool)
        every = np.arange(BASIC, dtype=np.uint16)
        rows, phrases = self.alone_in(every)
        flags[every[rows[~self.is_open[phrases]]]] = True
        return flags

    def through_seams(self, seams: Sequence[tuple[str, str]]) -> tuple[Places, Places]:
        """Return by which of some seams phrases may run, as ``through`` does.

        Each is given by the folded text before and behind it.
        """
        import numpy as np

        text: list[str] = []
        left: list[int] = []
        small: list[tuple[bool, bool]] = []
        at = 1
        for before, behind in seams:
            first, rest = bare(before), bare(behind)
            left.append(at + len(first) - 1)
            small.append((before[-1:] in FILLER_CHARACTERS, behind[:1] in FILLER_CHARACTERS))
            text += (first, rest, "\0")
            at += len(first) + len(rest) + 1
        codes = np.frombuffer(f"\0{''.join(text)}".encode("utf-16-le", "surrogatepass"), np.uint16)
        ones, flags = np.array(left, np.int64), np.array(small, bool).reshape(-1, 2)
        return self.through(codes, ones, ones + 1, (flags[:, 0], flags[:, 1]))

    def around(self, codes: Codes, numbers: Places, first: Places, last: Places) -> Flags:
        """Tell of phrases whether the text can go on as they do around a piece of each, given by its characters.

        A piece that is nothing when bare (``last`` before ``first``) may stand anywhere.
        """
        import numpy as np

        passed = last < first
        at = np.flatnonzero(~passed)
        at = at[self._goes_on(codes, numbers[at], first[at], -1)]
        at = at[self._goes_on(codes, numbers[at], last[at], 1)]
        passed[at] = True
        return passed

    def _goes_on(
        self,
        codes: Codes,
        numbers: Places,
        places: Places,
        step: int,
        limits: Places | None = None,
        loose: Flags | None = None,
    ) -> Flags:
        """Tell of phrases whether the text can go on as they do from a character of theirs, one way.

        That is until the phrase may end; with ``limits`` until those are reached, which it must hold.
        """
        return self.goes_on(codes, numbers, places, step, codes[places], limits=limits, loose=loose)

    def goes_on(
        self,
        codes: Codes,
        numbers: Places,
        places: Places,
        step: int,
        here: Codes,
        *,
        limits: Places | None = None,
        loose: Flags | None = None,
    ) -> Flags:
        """Tell of phrases whether the text can go on as they do from a place, one way, where ``here`` is meant.

        That is until the phrase may end; with ``limits`` until those are reached, which it must hold. Where the text is
        ``loose`` anything may be meant.
        """
        import numpy as np

        passed = np.zeros(len(numbers), bool)
        at = np.arange(len(numbers))
        nothing = np.zeros(len(numbers), np.uint16)
        for _ in range(STEPS):
            outside = (here, nothing[: len(at)]) if step > 0 else (nothing[: len(at)], here)
            is_over = self._links.may_have(_links(numbers, pairs(*outside)))
            if limits is not None:
                is_over = (is_over & self.is_timed[numbers]) | (places == limits[at])
            places = np.clip(places + step, 0, len(codes) - 1)
            if loose is not None:
                is_over |= loose[places]
            passed[at[is_over]] = True
            beside = codes[places]
            both = pairs(here, beside) if step > 0 else pairs(beside, here)
            left = ~is_over & (beside > 0)
            left &= (here == beside) | self._links.may_have(_links(numbers, both))
            at, numbers, places, here = at[left], numbers[left], places[left], beside[left]
            if not len(at):
                break
        passed[at] = True
        return passed


def _links(phrases: Places, both: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Return phrases and pairs in them as one number each."""
    import numpy as np

    links: NDArray[np.uint64] = phrases.astype(np.uint64) << np.uint64(32) | both
    return links
