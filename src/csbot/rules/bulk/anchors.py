"""Where a long text holds the anchors of phrases, on lines that also hold what else the phrases must have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from csbot.rules.bulk.chains import Chains
from csbot.rules.bulk.characters import BASIC, mask_of
from csbot.rules.bulk.patterns import Patterns, expand, running_sums, sums_of
from csbot.rules.bulk.required import Phrases
from csbot.rules.lookup.anchor_table import AnchorTable
from csbot.rules.lookup.anchors import Anchor
from csbot.rules.wording.compiled import CompiledRule
from csbot.rules.wording.reduce import FILLER_CHARACTERS, bare

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from csbot.rules.bulk.characters import Flags, Masks, Places, ReducedText
    from csbot.rules.bulk.lines import Lines
    from csbot.rules.bulk.links import BareText


class Found(NamedTuple):
    """Anchors in a reduced text, one row each: which one, from where to where, and whether it is written so."""

    anchors: Places
    starts: Places
    ends: Places
    written: Flags


class _Flags(NamedTuple):
    """Of every anchor: whether a homophone may count, whether it opens or closes a clause, and tells 你 from 您."""

    sounding: Flags
    opens: Flags
    closes: Flags
    keep_you: Flags


class AnchorFinder:
    """Finds the anchors of a table. Of single characters only those that are written so are found."""

    def __init__(
        self,
        rules: Sequence[CompiledRule],
        table: AnchorTable,
        chains: Chains,
        unanchored: Sequence[tuple[int, int]] = (),
    ) -> None:
        """Take rules with their anchors, and the phrases, by rule and number, that have none."""
        self._rules = rules
        self.phrases = Phrases(rules, chains)
        self.chains = chains
        self._unanchored = [Anchor(rule, phrase, "", "") for rule, phrase in unanchored]
        self.anchors: list[Anchor] = list(table)
        # By their sounds, or by the character itself; then the anchors of each of them, side by side.
        sounds: dict[str, list[int]] = {}
        characters: dict[str, list[int]] = {}
        for at, anchor in enumerate(self.anchors):
            if len(anchor.sounds) > 1:
                sounds.setdefault(anchor.sounds, []).append(at)
            else:
                characters.setdefault(_alike(anchor), []).append(at)
        self._longer, self._members_of_longer = Patterns(list(sounds)), list(sounds.values())
        self._alone, self._members_of_alone = Patterns(list(characters)), list(characters.values())
        keys: dict[str, list[int]] = {}
        for at, anchor in enumerate(self.anchors):
            if len(anchor.text) > 1:  # a single character is found in any text that holds it
                keys.setdefault(bare(anchor.text), []).append(at)
        self._anywhere = [self.anchors[at] for at in keys.pop("", [])]
        self._bare, self._members_of_bare = Patterns(list(keys)), list(keys.values())

    @property
    def has_unanchored(self) -> bool:
        """Whether there are phrases without an anchor."""
        return bool(self._unanchored)

    @cached_property
    def _sums(self) -> Masks:
        return sums_of(list(map(_alike, self.anchors)))

    @cached_property
    def _flags(self) -> _Flags:
        import numpy as np

        return _Flags(
            np.array([each.sounding and len(each.sounds) > 1 for each in self.anchors], bool),
            np.array([each.opens for each in self.anchors], bool),
            np.array([each.closes for each in self.anchors], bool),
            np.array([each.keep_you for each in self.anchors], bool),
        )

    @cached_property
    def numbers(self) -> Places:
        """The number of the phrase of every anchor, as the chains know it."""
        return self.chains.numbers_of((each.rule, each.phrase) for each in self.anchors)

    @cached_property
    def _are_pieces(self) -> Flags:
        """Which anchors are but a piece of their phrase."""
        import numpy as np

        return np.array([not each.literal and not (each.opens and each.closes) for each in self.anchors], bool)

    @cached_property
    def _firsts(self) -> NDArray[np.uint32]:
        """The first character of every anchor."""
        import numpy as np

        return np.array([ord(each.text[0]) for each in self.anchors], np.uint32)

    @cached_property
    def _fillers(self) -> Flags:
        """Which characters may be a part of a filler."""
        import numpy as np

        fillers = np.zeros(BASIC, bool)
        fillers[[ord(each) for each in FILLER_CHARACTERS]] = True
        return fillers

    @cached_property
    def _members(self) -> tuple[tuple[Places, Places], ...]:
        return tuple(map(_side_by_side, (self._members_of_longer, self._members_of_alone, self._members_of_bare)))

    def find(self, text: ReducedText, bare_text: BareText, lines: Lines, unread: Flags) -> Found:
        """Return the anchors that may be meant, on lines that are not ``unread`` anyway, in order of their place."""
        import numpy as np

        parts = []
        for patterns, codes, members in (
            (self._longer, text.sounds, self._members[0]),
            (self._alone, text.alike, self._members[1]),
        ):
            which, starts, ends = patterns.find(codes)
            first, last = text.lines[starts], text.lines[ends - 1]
            wanted = ~(unread[first] & unread[last]) & (lines.group[first] == lines.group[last])
            rows, at = expand(members[0], which[wanted])
            parts.append((members[1][at], starts[wanted][rows], ends[wanted][rows]))
        which, starts, ends = (np.concatenate([one, other]) for one, other in zip(*parts, strict=True))
        total = running_sums(text.alike)
        written = total[ends] - total[starts] == self._sums[which]
        kept = np.flatnonzero(written | self._flags.sounding[which])
        which, starts, ends, written = which[kept], starts[kept], ends[kept], written[kept]
        kept = np.flatnonzero(~written | self._may_stand(which, starts, ends, text, lines))
        which, starts, ends, written = which[kept], starts[kept], ends[kept], written[kept]
        at = np.flatnonzero(written & self._are_pieces[which])
        first, last = bare_text.at_or_behind(text.places[starts[at]]), bare_text.before(text.places[ends[at] - 1] + 1)
        lost = at[~self.chains.around(bare_text.codes, self.numbers[which[at]], first, last)]
        kept = np.setdiff1d(np.arange(len(which)), lost, assume_unique=True)
        kept = kept[np.argsort(starts[kept], kind="stable")]
        return Found(which[kept], starts[kept], ends[kept], written[kept])

    def find_sounding(self, text: ReducedText) -> Found:
        """Return the anchors that a text sounds like where they are not written, and a homophone may count."""
        import numpy as np

        which, starts, ends = self._longer.find(text.sounds)
        rows, at = expand(self._members[0][0], which)
        which, starts, ends = self._members[0][1][at], starts[rows], ends[rows]
        total = running_sums(text.alike)
        kept = self._flags.sounding[which] & (total[ends] - total[starts] != self._sums[which])
        return Found(which[kept], starts[kept], ends[kept], np.zeros(np.count_nonzero(kept), bool))

    def find_bare(self, text: ReducedText, lines: Lines, unread: Flags) -> tuple[Places, Places]:
        """Return anchors that may be written where fillers and phrases run into each other, and the line of each.

        Those are no more than candidates: any of them may stand anywhere on the line.
        """
        import numpy as np

        inside = text.ambiguous & ~unread
        at = np.flatnonzero(inside[text.lines] & text.is_bare)
        codes, on = text.alike[at], text.lines[at]
        again = np.zeros(len(at), bool)
        again[1:] = (codes[1:] == codes[:-1]) & (on[1:] == on[:-1])
        codes, on = codes[~again], on[~again]
        which, starts, ends = self._bare.find(codes)
        begins, members = self._members[2]
        rows, at = expand(begins, which)
        first, last = on[starts][rows], on[ends - 1][rows]
        kept = self._may_hold(members[at], lines, first, last)
        return members[at][kept], first[kept]

    def find_anywhere(self, text: ReducedText, lines: Lines, unread: Flags) -> Iterator[tuple[int, Anchor]]:
        """Yield lines with what may stand on them, however they are reduced, and stands for its phrase.

        Those are anchors of which nothing is left when bare, where fillers and phrases run into each other, and on any
        line what stands for a phrase that has no anchor.
        """
        import numpy as np

        for anchors, inside in ((self._anywhere, text.ambiguous & ~unread), (self._unanchored, ~unread)):
            for anchor in anchors:
                phrase = self._rules[anchor.rule].phrases[anchor.phrase].compiled
                holds = inside.copy()
                for spread, masks in enumerate(lines.masks):
                    required = np.uint64(mask_of(phrase.required, spread))
                    holds &= masks & required == required
                yield from ((line, anchor) for line in np.flatnonzero(holds).tolist())

    def _may_hold(self, which: Places, lines: Lines, first: Places, last: Places) -> Flags:
        """Tell of anchors whether all that their phrases require stands on the lines of their first and last place."""
        return self.phrases.may_stand(self.numbers[which], [masks[first] | masks[last] for masks in lines.masks])

    def _may_stand(self, which: Places, starts: Places, ends: Places, text: ReducedText, lines: Lines) -> Flags:
        """Tell of anchors whether their phrase can stand there as it is written."""
        import numpy as np

        holds = self._may_hold(which, lines, text.lines[starts], text.lines[ends - 1])
        # As a whole clause or sentence a phrase has no other wording right before or behind it.
        flags = self._flags
        before, behind = np.maximum(starts - 1, 0), np.minimum(ends, len(text.places) - 1)
        beside = (text.places[starts] - text.places[before] == 1) & ~self._fillers[text.written[before]]
        holds &= ~(flags.opens[which] & beside)
        beside = (text.places[behind] - text.places[ends - 1] == 1) & ~self._fillers[text.written[behind]]
        holds &= ~(flags.closes[which] & beside)
        holds &= ~flags.keep_you[which] | (text.written[starts] == self._firsts[which])
        return holds


def _alike(anchor: Anchor) -> str:
    return anchor.text.replace("您", "你")


def _side_by_side(members: Sequence[Sequence[int]]) -> tuple[Places, Places]:
    """Return where the members of each group begin, and all members."""
    import numpy as np

    begins = np.cumsum([0, *map(len, members)], dtype=np.int64)
    return begins, np.array(list(chain.from_iterable(members)), np.int64)
