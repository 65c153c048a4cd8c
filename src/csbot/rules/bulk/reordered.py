"""Lines of long texts on which clauses in another order may be an expression."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from csbot.rules.bulk.chains import ANY, Chains
from csbot.rules.bulk.characters import BASIC, BREAK, GONE, WORD, tables
from csbot.rules.bulk.links import BareText
from csbot.rules.bulk.required import Phrases
from csbot.rules.disguises.reordered import LONGEST, LONGEST_OF_THREE, MARKS, Reordering
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
        starts, ends = self._clauses(codes, lines)
        first, last = bare_text.at_or_behind(starts), bare_text.before(ends)
        found = (last < first) | opened[lines.group[lines.of(starts)]]  # small words may stand before anything
        written = tables().normalised[codes]
        words = np.flatnonzero(lines.kinds & WORD)
        before_words = np.searchsorted(words, starts) - 1  # what stands in front may be nothing but small words, too
        is_end = self._is_mark[written] | ((lines.kinds & BREAK) != 0)
        clauses = np.concatenate([[-1], np.cumsum(is_end)[bare_text.places], [-1]])  # of each bare character
        closing = np.flatnonzero(np.append(clauses[1:] != clauses[:-1], [True]))  # the last one of each clause
        is_small_before = self._is_filler[written[words[before_words]]] & (before_words >= 0)
        on_lines, present = lines.of(starts), lines.masks
        for back in range(1, _IN_FRONT + 1):
            at = np.flatnonzero(~found)
            front = np.maximum(first[at] - back, 0)
            limits = first[at], closing[np.searchsorted(closing, front)]
            small = None if back > 1 else (np.zeros(len(at), bool), is_small_before[at])
            rows, phrases = self._chains.through(bare_text.codes, last[at], front, small, limits)
            on = on_lines[at[rows]]
            held = (phrases == ANY) | self._phrases.may_stand(np.maximum(phrases, 0), [masks[on] for masks in present])
            found[at[rows[held]]] = True
        return np.union1d(lines.of(starts[found]), gone)

    def _clauses(self, codes: Codes, lines: Lines) -> tuple[Places, Places]:
        """Return the spans of short clauses, of characters that stand in phrases or beside them, with a mark before."""
        import numpy as np

        written = tables().normalised[codes]
        ends = np.flatnonzero(self._is_mark[written] | ((lines.kinds & BREAK) != 0))
        starts, ends = ends + 1, np.append(ends[1:], len(codes))
        unknown = np.concatenate([[0], np.cumsum(~self._is_known[written])])
        size = ends - starts
        wanted = (size > 0) & (size <= 2 * LONGEST) & (unknown[ends] == unknown[starts])
        wanted &= self._is_mark[written[starts - 1]]
        return starts[wanted], ends[wanted]

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
