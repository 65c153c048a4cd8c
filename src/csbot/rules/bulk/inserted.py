"""Lines of long texts on which a word may have been slipped into a phrase."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from csbot.rules.bulk.characters import BASIC, WORD, tables
from csbot.rules.bulk.links import BareText
from csbot.rules.bulk.patterns import Patterns
from csbot.rules.disguises.inserted import MOST_BETWEEN, MOST_TOGETHER, Inserted
from csbot.rules.wording.reduce import FILLER_CHARACTERS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from csbot.rules.bulk.characters import Codes, Flags, Places
    from csbot.rules.bulk.lines import Lines


class InsertedFinder:
    """Tells on which lines words may be left out, as ``Inserted`` would."""

    def __init__(self, inserted: Inserted) -> None:
        """Take what is known of words."""
        self._inserted = inserted
        self._known = inserted.words
        self._words = Patterns([*sorted(self._known.words), *sorted(self._known.weakened)])

    def add_lines(self, unread: Flags, otherwise: Flags, codes: Codes, bare_text: BareText, lines: Lines) -> None:
        """Add to ``otherwise`` the lines on which words are left out, and to ``unread`` those too long to tell."""
        import numpy as np

        for line in np.unique(lines.of(self.spans(codes, bare_text, lines)[0])).tolist():
            if not unread[line] and not otherwise[line]:
                text = lines.around(line, line)
                if text is None:
                    unread[line] = True
                else:
                    otherwise[line] = any(True for _ in self._inserted.places("".join(filter(str.isalnum, text))))

    def places(self, text: str) -> Iterator[int]:
        """Yield where words begin in a folded text that are left out."""
        return (start for start, _ in self._inserted.places(text))

    def spans(self, codes: Codes, bare_text: BareText, lines: Lines) -> tuple[Places, Places]:
        """Return the spans of words beside which two characters stand as they do in some phrase.

        Whether a phrase runs over its place is not asked: something else of it may be in disguise, too.
        """
        import numpy as np

        places = np.flatnonzero(lines.kinds & WORD)
        starts, ends = self._spans(tables().normalised[codes[places]])
        before, behind = places[starts], places[ends - 1] + 1
        left, right = bare_text.before(before), bare_text.at_or_behind(behind)
        beside = self._are_beside(codes, bare_text, left, right, before, behind)
        return before[beside], behind[beside]

    def _spans(self, written: Codes) -> tuple[Places, Places]:
        """Return the spans of words, and of words that follow each other, in a folded text."""
        import numpy as np

        which, starts, ends = self._words.find(written)
        weakened = which >= len(self._known.words)
        single_starts, single_ends = starts[weakened] + 1, ends[weakened]
        order = np.lexsort((-ends[~weakened], starts[~weakened]))
        starts, ends = starts[~weakened][order], ends[~weakened][order]
        longest = np.append([True], starts[1:] != starts[:-1])[: len(starts)]
        starts, ends = starts[longest], ends[longest]
        spans = [(starts, ends), (single_starts, single_ends)]
        small = np.concatenate([[0], np.cumsum(_fillers()[written])])
        first, reach = starts, ends
        for _ in range(MOST_TOGETHER - 1):
            following = np.searchsorted(starts, reach)
            inside = following < len(starts)
            first, reach, following = first[inside], reach[inside], following[inside]
            between = starts[following] - reach
            near = (between <= MOST_BETWEEN) & (small[starts[following]] - small[reach] == between)
            first, reach = first[near], ends[following[near]]
            spans.append((first, reach))
        all_starts, all_ends = (np.concatenate(each) for each in zip(*spans, strict=True))
        order = np.argsort(all_starts, kind="stable")
        return all_starts[order], all_ends[order]

    def _are_beside(
        self, codes: Codes, bare_text: BareText, left: Places, right: Places, before: Places, behind: Places
    ) -> Flags:
        """Tell of places of a text, by the characters beside them, whether those stand side by side in any phrase.

        Also where a part of a filler is nearer, which may count or not.
        """
        import numpy as np

        keys = bare_text.codes[left].astype(np.uint32) << np.uint32(16) | bare_text.codes[right]
        known = self._neighbours[np.minimum(np.searchsorted(self._neighbours, keys), len(self._neighbours) - 1)] == keys
        pieces = np.flatnonzero(tables().reduced[codes])
        outer = np.concatenate([[-1], bare_text.places, [len(codes)]])
        nearer = (np.searchsorted(pieces, before) - np.searchsorted(pieces, outer[left] + 1)) > 0
        nearer |= (np.searchsorted(pieces, outer[right]) - np.searchsorted(pieces, behind)) > 0
        beside: Flags = known | nearer
        return beside

    @cached_property
    def _neighbours(self) -> NDArray[np.uint32]:
        import numpy as np

        inside = [each for each in self._inserted.neighbours if max(each) < "\U00010000"]
        pairs = sorted(ord(each[0]) << 16 | ord(each[1]) for each in inside)
        return np.array([*pairs, 0xFFFFFFFF], np.uint32)


def _fillers() -> Flags:
    """Return which characters may be a part of a filler."""
    import numpy as np

    flags = np.zeros(BASIC, bool)
    flags[[ord(each) for each in FILLER_CHARACTERS]] = True
    return flags
