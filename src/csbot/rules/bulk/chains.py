"""Which characters stand side by side in the forms of each phrase, and whether a long text goes on as a phrase does.

Text and phrases are looked at *bare*: without any character of any filler, 我 for 咱, 你 for 您. However fillers and a
phrase run into each other, what stands side by side in a match when bare stands side by side in the phrase. So from a
place that a match holds one can go on character by character, both ways, until the phrase may end, or cannot go on.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from csbot.rules.bulk.characters import BASIC, tables
from csbot.rules.bulk.patterns import expand
from csbot.rules.lookup.compact import Packed, Packer, Unpacker
from csbot.rules.wording.forms import runs_of
from csbot.rules.wording.model import Kind, PhraseRule
from csbot.rules.wording.phrase import WILDCARD, parts_of
from csbot.rules.wording.reduce import FILLER_CHARACTERS
from csbot.text.normalise import folded

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from csbot.rules.bulk.characters import Codes, Flags, Places

ANY = -1  # stands for the number of a phrase
STEPS = 6  # characters that are gone on, each way
_WITHOUT_FILLERS = str.maketrans("咱俺您", "我我你", "".join(FILLER_CHARACTERS))
_SLOTS = 1 << 22  # of a table that tells which links there are; another one is taken for one of them now and then
_FACTOR = 0x9E3779B97F4A7C15


def links_of(phrase: str) -> set[tuple[str, str]]:
    """Return which two characters can stand side by side in a phrase when bare.

    With nothing in front of it stands a character that a run of the phrase, between wildcards, may begin with, and
    with nothing behind it one that such a run may end with.
    """
    links: set[tuple[str, str]] = set()
    for run in runs_of(phrase):
        lasts = {""}
        for alternatives in run:
            following: set[str] = set()
            for alternative in alternatives:
                ends = lasts
                for character in bare("".join(filter(str.isalnum, folded(alternative)))):
                    links.update((last, character) for last in ends if last != character)
                    ends = {character}
                following |= ends
            lasts = following
        links.update((last, "") for last in lasts if last)
    return links


def bare(text: str) -> str:
    """Return the word characters of a folded text that belong to no filler, with 我 for 咱 and 你 for 您."""
    return text.translate(_WITHOUT_FILLERS)


def chains_of(rules: Iterable[PhraseRule]) -> Packed:
    """Return for the cache what ``Chains`` is made of, for all phrases that are matched over folded text."""
    rows: set[tuple[int, int]] = set()
    opened, timed = array("I"), array("I")  # phrases that anything may stand in the middle of; those with a time only
    firsts = array("I", [0])
    for rule in rules:
        if rule.tolerant and rule.kind not in (Kind.PATTERN, Kind.NAME):
            for number, phrase in enumerate(rule.phrases, firsts[-1]):
                rows.update((_code(one) << 16 | _code(other), number) for one, other in links_of(phrase))
                if len(list(runs_of(phrase))) > 1:
                    opened.append(number)
                    if WILDCARD not in parts_of(phrase):
                        timed.append(number)
        firsts.append(firsts[-1] + len(rule.phrases))
    ordered = sorted(rows)
    packer = Packer().numbers(array("I", (pair for pair, _ in ordered))).numbers(array("I", (at for _, at in ordered)))
    return packer.numbers(opened).numbers(timed).numbers(firsts).packed()


def _code(character: str) -> int:
    """Return the code of a character, 0 for none; what is outside the basic plane no line holds that is looked up."""
    return min(ord(character), BASIC - 1) if character else 0


class BareText:
    """The bare characters of a text, and where each of them stands in it."""

    def __init__(self, codes: Codes) -> None:
        import numpy as np

        written = _bare_codes()[codes]
        self.places: Places = np.flatnonzero(written)
        self.codes: Codes = np.zeros(len(self.places) + 2, np.uint16)  # nothing at both ends
        self.codes[1:-1] = written[self.places]

    def before(self, places: Places) -> Places:
        """Return the number of the last character before each place of the text, or 0."""
        import numpy as np

        return np.searchsorted(self.places, places)

    def at_or_behind(self, places: Places) -> Places:
        """Return the number of the first character at each place of the text or behind it."""
        return self.before(places) + 1


@lru_cache(maxsize=1)
def _bare_codes() -> Codes:
    """Return for each character what it is when bare, or 0."""
    import numpy as np

    look = tables()
    codes = np.where(look.reduced != 0, look.one_person[look.reduced], 0).astype(np.uint16)
    left_out = np.zeros(BASIC, bool)
    left_out[[ord(each) for each in FILLER_CHARACTERS]] = True
    codes[left_out[codes]] = 0
    return codes


class Chains:
    """Tells whether a text goes on as phrases do."""

    def __init__(self, packed: Packed) -> None:
        """Take what ``chains_of`` gives."""
        unpacker = Unpacker(packed)
        self._pairs, self._phrases, self._opened, self._timed, self._firsts = (unpacker.numbers() for _ in range(5))

    @cached_property
    def _by_pair(self) -> tuple[NDArray[np.uint32], Places, Places]:
        """The pairs, in order; where the phrases of each begin; the phrases."""
        import numpy as np

        # One that no two characters are, so that there is a last one.
        pairs, begins = np.unique(np.array([*self._pairs, 0xFFFFFFFF], np.uint32), return_index=True)
        return pairs, np.append(begins, len(self._pairs) + 1), np.array([*self._phrases, 0], np.int64)

    @cached_property
    def _links(self) -> Flags:
        """Which links there are, by their hashes."""
        import numpy as np

        flags = np.zeros(_SLOTS, bool)
        pairs, phrases = np.array(self._pairs, np.uint64), np.array(self._phrases, np.uint64)
        flags[_hashed(phrases, pairs)] = True
        return flags

    @cached_property
    def is_open(self) -> Flags:
        """Of each phrase whether anything may stand in the middle of it."""
        return self._flags_of(self._opened)

    @cached_property
    def _is_timed(self) -> Flags:
        """Of each phrase whether a time, and nothing else, may stand in the middle of it."""
        return self._flags_of(self._timed)

    def _flags_of(self, numbers: array[int]) -> Flags:
        import numpy as np

        flags = np.zeros(self._firsts[-1] + 1, bool)
        flags[np.array(numbers, np.int64)] = True
        return flags

    @cached_property
    def _alone(self) -> list[tuple[str, int]]:
        """The characters that are a whole run of a phrase, with the numbers of the phrases."""
        rows = list(zip(self._pairs, self._phrases, strict=True))
        begins = {(pair, phrase) for pair, phrase in rows if pair < BASIC}
        return [
            (chr(pair >> 16), phrase) for pair, phrase in rows if not pair % BASIC and (pair >> 16, phrase) in begins
        ]

    @cached_property
    def alone(self) -> dict[str, list[int]]:
        """The characters that can be a whole run of a phrase, with the numbers of the phrases."""
        found: dict[str, list[int]] = {}
        for character, phrase in self._alone:
            found.setdefault(character, []).append(phrase)
        return found

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
    ) -> tuple[Places, Places]:
        """Return which of some pairs of bare characters phrases may hold, both side by side, and which phrases.

        Pairs are given by the numbers of their characters. The text goes on to the left of the one and to the right of
        the other. ``small`` tells of each side whether fillers stand there between the two, which may be all that a
        phrase holds on that side. With ``limits`` the phrase must hold everything from the first to the last of these,
        too; beyond them the text may be any other. Any phrase may hold the pair where the number of the phrase is
        ``ANY``.
        """
        import numpy as np

        one, other = codes[left], codes[right]
        nothing = np.zeros(len(one), np.uint16)
        found = [self._through(codes, (left, right), (one, other), limits)]
        if small is not None:
            found.append(self._through(codes, (left, None), (np.where(small[1], one, nothing), nothing), limits))
            found.append(self._through(codes, (None, right), (nothing, np.where(small[0], other, nothing)), limits))
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
            )
            found.append((at[more], numbers))
        found += [(each, np.full(len(each), ANY)) for each in uncertain]
        seams, numbers = (np.concatenate(each) for each in zip(*found, strict=True))
        return seams, numbers

    def _through(
        self,
        codes: Codes,
        sides: tuple[Places | None, Places | None],
        pairs: tuple[Codes, Codes],
        limits: tuple[Places, Places] | None,
    ) -> tuple[Places, Places]:
        """Return which of some links phrases have, and which phrases, where the text goes on so on the sides given."""
        import numpy as np

        known, begins, phrases = self._by_pair
        keys = _pairs(*pairs)
        at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
        wanted = np.flatnonzero((known[at] == keys) & (keys > 0))
        rows, members = expand(begins, at[wanted])
        numbers, seams = phrases[members], wanted[rows]
        for side, step in ((0, -1), (1, 1)):
            if (start := sides[side]) is not None:
                on = self._goes_on(codes, numbers, start[seams], step, limits and limits[side][seams])
                numbers, seams = numbers[on], seams[on]
        return seams, numbers

    @cached_property
    def _are_phrases(self) -> Flags:
        """Which characters are a whole phrase."""
        import numpy as np

        flags = np.zeros(BASIC, bool)
        flags[[ord(each) for each, number in self._alone if not self.is_open[number]]] = True
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

    def _goes_on(self, codes: Codes, numbers: Places, places: Places, step: int, limits: Places | None = None) -> Flags:
        """Tell of phrases whether the text can go on as they do from a character of theirs, one way.

        That is until the phrase may end; with ``limits`` until those are reached, which it must hold.
        """
        import numpy as np

        passed = np.zeros(len(numbers), bool)
        at = np.arange(len(numbers))
        keys = numbers.astype(np.uint64)
        nothing = np.zeros(len(numbers), np.uint16)
        for _ in range(STEPS):
            here = codes[places]
            outside = (here, nothing[: len(at)]) if step > 0 else (nothing[: len(at)], here)
            is_over = self._links[_hashed(keys, _pairs(*outside).astype(np.uint64))]
            if limits is not None:
                is_over = (is_over & self._is_timed[numbers[at]]) | (places == limits[at])
            passed[at[is_over]] = True
            places = np.clip(places + step, 0, len(codes) - 1)
            beside = codes[places]
            pairs = _pairs(here, beside) if step > 0 else _pairs(beside, here)
            left = ~is_over & (beside > 0)
            left &= (here == beside) | self._links[_hashed(keys, pairs.astype(np.uint64))]
            at, keys, places = at[left], keys[left], places[left]
            if not len(at):
                break
        passed[at] = True
        return passed


def _pairs(first: Codes, second: Codes) -> NDArray[np.uint32]:
    import numpy as np

    pairs: NDArray[np.uint32] = first.astype(np.uint32) << np.uint32(16) | second
    return pairs


def _hashed(numbers: NDArray[np.uint64], pairs: NDArray[np.uint64]) -> NDArray[np.uint64]:
    import numpy as np

    mixed = (numbers << np.uint64(32) | pairs) * np.uint64(_FACTOR)
    slots: NDArray[np.uint64] = mixed >> np.uint64(64 - 22)
    return slots
