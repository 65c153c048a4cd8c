"""Lines of long texts on which clauses in another order may be an expression."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from csbot.rules.bulk.chains import ANY, Chains
from csbot.rules.bulk.characters import BASIC, BREAK, GONE, WORD, tables
from csbot.rules.bulk.links import BareText
from csbot.rules.bulk.required import Phrases
from csbot.rules.disguises.reordered import (
    CONDITION,
    LONGEST,
    LONGEST_AFTERTHOUGHT,
    LONGEST_OF_THREE,
    MARKS,
    STOPS,
    TAILS,
    Reordering,
)
from csbot.rules.wording.reduce import FILLER_CHARACTERS

if TYPE_CHECKING:
    from csbot.rules.bulk.characters import Codes, Flags, Places
    from csbot.rules.bulk.lines import Lines

_IN_FRONT = 2 * LONGEST_OF_THREE  # characters before a clause of which one may have to stand behind it


class ReorderedFinder:
    """Tells on which lines clauses may be read in another order, as ``Reordering`` would."""

    def __init__(self, reordering: Reordering, chains: Chains, phrases: Phrases) -> None:
        self._phrases = phrases
        self._reordering = reordering
        self._chains = chains

    def lines_of(self, codes: Codes, bare_text: BareText, lines: Lines, opened: Flags) -> Places:
        """Return the numbers of the lines on which a phrase may hold a clause and what stands in front of it.

        All those in groups of lines that are ``opened`` count, where a time may stand in the middle of a phrase: one
        that anything may stand in the middle of is not looked for in another order.
        """
        import numpy as np

        gone = np.flatnonzero((lines.present & GONE) != 0)  # what nothing is left of may stand anywhere
        written = tables().normalised[codes]
        marks = np.flatnonzero(self._is_mark[written] | ((lines.kinds & BREAK) != 0))
        stops, ends_behind = self._afterthoughts(written, marks)
        opens = self._is_mark[written[marks]] | (((lines.kinds[marks] & BREAK) != 0) & lines.glued[lines.of(marks)])
        starts, ends = self._clauses(written, marks, opens, stops, ends_behind)
        first, last = bare_text.at_or_behind(starts), bare_text.before(ends)
        # 「的话」 at the end may be no part of what is moved.
        conditional = np.flatnonzero((last >= first) & (bare_text.codes[last] == ord(CONDITION[-1])))
        starts, first = (np.concatenate([each, each[conditional]]) for each in (starts, first))
        last = np.concatenate([last, last[conditional] - 1])
        found = (last < first) | opened[lines.group[lines.of(starts)]]  # small words may stand before anything
        words = np.flatnonzero(lines.kinds & WORD)
        before_words = np.searchsorted(words, starts) - 1  # what stands in front may be nothing but small words, too
        is_end = self._is_tail(written)
        is_end[marks] = is_end[stops] = True
        clauses = np.concatenate([[-1], np.cumsum(is_end)[bare_text.places], [-1]])  # of each bare character
        closing = np.flatnonzero(np.append(clauses[1:] != clauses[:-1], [True]))  # the last one of each clause
        is_small_before = self._is_filler[written[words[before_words]]] & (before_words >= 0)
        on_lines, present = lines.of(starts), lines.masks
        for back in range(1, _IN_FRONT + 1):
            at = np.flatnonzero(~found)
            front = np.maximum(first[at] - back, 0)
            limits = last[at], closing[np.searchsorted(closing, front)]  # the clause itself may begin with more
            small = None if back > 1 else (np.zeros(len(at), bool), is_small_before[at])
            rows, phrases = self._chains.through(bare_text.codes, last[at], front, small, limits)
            on = on_lines[at[rows]]
            held = (phrases == ANY) | self._phrases.may_stand(np.maximum(phrases, 0), [masks[on] for masks in present])
            found[at[rows[held]]] = True
        return np.union1d(lines.of(starts[found]), gone)

    def _clauses(
        self, written: Codes, marks: Places, opens: Flags, stops: Places, limits: Places
    ) -> tuple[Places, Places]:
        """Return the spans of short clauses and afterthoughts of which the end may stand in a phrase or beside one.

        A clause may begin behind those of the ``marks`` that ``opens`` tells.
        """
        import numpy as np

        starts, ends = marks + 1, np.append(marks[1:], len(written))
        whole = opens & (ends - starts <= 2 * LONGEST)
        starts, ends = np.concatenate([starts[whole], stops + 1]), np.concatenate([ends[whole], limits])
        wanted = (ends > starts) & self._is_known[written[ends - 1]]
        return starts[wanted], ends[wanted]

    def _afterthoughts(self, written: Codes, marks: Places) -> tuple[Places, Places]:
        """Return the places of small words behind which an afterthought may follow, and where that ends."""
        import numpy as np

        stops = np.flatnonzero(self._is_stop[written])
        limits = np.append(marks, len(written))[np.searchsorted(marks, stops)]
        follows = (limits - stops > 1) & (limits - stops <= LONGEST_AFTERTHOUGHT + 1)
        return stops[follows], limits[follows]

    def _is_tail(self, written: Codes) -> Flags:
        """Tell of each character whether it begins what a clause may end with that is no part of a phrase."""
        import numpy as np

        is_tail = np.zeros(len(written), bool)
        for tail in TAILS:
            begins = np.ones(max(0, len(written) - len(tail) + 1), bool)
            for at, character in enumerate(tail):
                begins &= written[at : at + len(begins)] == ord(character)
            is_tail[: len(begins)] |= begins
        return is_tail

    @cached_property
    def _is_stop(self) -> Flags:
        return _flags(STOPS)

    @cached_property
    def _is_mark(self) -> Flags:
        return _flags(MARKS)

    @cached_property
    def _is_filler(self) -> Flags:
        return _flags(FILLER_CHARACTERS)

    @cached_property
    def _is_known(self) -> Flags:
        return _flags(self._reordering.known)


def _flags(characters: str | frozenset[str]) -> Flags:
    import numpy as np

    flags = np.zeros(BASIC, bool)
    flags[[code for each in characters if (code := ord(each)) < BASIC]] = True
    return flags
