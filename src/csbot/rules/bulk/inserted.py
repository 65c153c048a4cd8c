"""Lines of long texts on which a word may have been slipped into a phrase."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from csbot.rules.bulk.chains import ANY, Chains
from csbot.rules.bulk.characters import BASIC, WORD, tables
from csbot.rules.bulk.links import BareText
from csbot.rules.bulk.patterns import Patterns
from csbot.rules.bulk.required import Phrases
from csbot.rules.disguises.inserted import MOST_BETWEEN, MOST_TOGETHER, WEAKENED, WORDS, Inserted
from csbot.rules.wording.reduce import FILLER_CHARACTERS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from csbot.rules.bulk.characters import Codes, Flags, Places
    from csbot.rules.bulk.lines import Lines


class InsertedFinder:
    """Tells on which lines words may be left out, as ``Inserted`` would, so that a phrase runs over their places."""

    def __init__(self, inserted: Inserted, chains: Chains, phrases: Phrases) -> None:
        """Take what is known of words, and the phrases."""
        self._inserted = inserted
        self._chains = chains
        self._phrases = phrases
        self._words = Patterns([*sorted(WORDS), *sorted(WEAKENED)])

    def add_lines(
        self,
        unread: Flags,
        otherwise: Flags,
        likely: Flags,
        codes: Codes,
        bare_text: BareText,
        lines: Lines,
        opened: Flags,
    ) -> None:
        """Add to ``otherwise`` the lines on which words are left out, and to ``unread`` those too long to tell.

        ``opened`` are the groups of lines on which a phrase may stand that anything may stand in the middle of.
        ``likely`` are those on which a phrase may stand without a word that it may be known to run over.
        """
        import numpy as np

        places = np.flatnonzero(lines.kinds & WORD)
        written = tables().normalised[codes[places]]
        starts, ends = self._spans(written)
        if not len(starts):
            return
        before, behind = places[starts], places[ends - 1] + 1
        left, right = bare_text.before(before), bare_text.at_or_behind(behind)
        on = lines.of(before)
        small = _fillers()[np.concatenate([[0], written, [0]])]
        through = self._chains.through(bare_text.codes, left, right, (small[starts], small[ends + 1]))
        doubtful = self._add_likely(unread, likely, (written, places), (starts, ends, on), through, lines)
        # Without several words at once a phrase may run over all of them; and what stands between the parts of a phrase
        # may be anything. There it must be enough that two characters stand side by side in any phrase.
        beside = self._are_beside(codes, bare_text, left, right, before, behind)
        groups = lines.group[on]
        first_words = np.unique(before[beside])
        together = np.bincount(lines.group[lines.of(first_words)], minlength=len(opened))
        doubtful |= beside & (opened[groups] | (together[groups] > 1))
        for line in np.unique(on[doubtful]).tolist():
            if not (unread[line] or otherwise[line] or likely[line]):
                text = lines.around(line, line)
                if text is None:
                    unread[line] = True
                else:
                    otherwise[line] = any(True for _ in self._inserted.places("".join(filter(str.isalnum, text))))

    def _add_likely(
        self,
        unread: Flags,
        likely: Flags,
        words: tuple[Codes, Places],
        spans: tuple[Places, Places, Places],
        through: tuple[Places, Places],
        lines: Lines,
    ) -> Flags:
        """Add to ``likely`` the lines on which phrases that may run over words stand without these.

        ``words`` are the word characters of the text and their places, ``spans`` those of words that may be left out,
        with their lines. Returned is of which words that is not known.
        """
        import numpy as np

        written, places = words
        starts, ends, on = spans
        seams, phrases = through
        doubtful = np.zeros(len(starts), bool)
        doubtful[seams[phrases == ANY]] = True
        held = phrases != ANY
        held[held] = self._phrases.may_stand(phrases[held], [masks[on[seams[held]]] for masks in lines.masks])
        seams, phrases = seams[held], phrases[held]
        text = written.tobytes().decode("utf-16-le", "surrogatepass")
        bounds = np.searchsorted(places, lines.starts[on[seams]]), np.searchsorted(places, lines.ends[on[seams]])
        columns = (on[seams], phrases, starts[seams], ends[seams], *bounds, seams)
        for line, phrase, start, end, first, last, seam in zip(*(each.tolist() for each in columns), strict=True):
            if unread[line] or likely[line] or doubtful[seam]:
                continue
            if not lines.is_whole(line):
                doubtful[seam] = True
                continue
            if not first < start < end < last:
                continue  # nothing of the line stands before or behind it
            shortened = text[first:start] + text[end:last]
            likely[line] = self._phrases.may_hold(phrase, shortened, (start - first - 1, start - first + 1))
        return doubtful

    def _spans(self, written: Codes) -> tuple[Places, Places]:
        """Return the spans of words, and of words that follow each other, in a folded text."""
        import numpy as np

        which, starts, ends = self._words.find(written)
        weakened = which >= len(WORDS)
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
