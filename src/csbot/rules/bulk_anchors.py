"""Where a long text holds the anchors of phrases: one automaton over sounds, and filters over all matches at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from csbot.rules.anchors import Anchor, AnchorTable
from csbot.rules.bulk_characters import BASIC, mask_of
from csbot.rules.compiled import CompiledRule
from csbot.rules.reduce import FILLER_CHARACTERS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from csbot.rules.bulk_characters import Flags, Masks, Places, ReducedText
    from csbot.rules.bulk_lines import Lines

_CLASSES = 255  # of sounds, one byte each: a byte automaton is several times as fast as one over characters
_OWN = 180  # sounds that share their byte with no other
_CHOICES = 4  # lists of alternatives that are asked for each anchor


class Found(NamedTuple):
    """Anchors in a reduced text, one row each: which one, from where to where, and whether it is written so."""

    anchors: Places
    starts: Places
    ends: Places
    written: Flags


class AnchorFinder:
    """Finds anchors in a reduced text, on lines that also hold what else a phrase must have."""

    def __init__(self, rules: Sequence[CompiledRule], table: AnchorTable) -> None:
        self._rules = rules
        self.anchors: list[Anchor] = list(chain.from_iterable(table.by_sounds.values()))

    @cached_property
    def _weights(self) -> Masks:
        """A random number for each character: the sum over a piece of text tells it from nearly every other."""
        import numpy as np

        weights: Masks = np.random.default_rng(20261122).integers(1, 1 << 62, BASIC, dtype=np.uint64)
        return weights

    def _sums(self, texts: Sequence[str]) -> Masks:
        """Return the sum of the weights of each text."""
        import numpy as np

        lengths = np.array([len(text) for text in texts])
        codes = np.frombuffer("".join(texts).encode("utf-16-le", "surrogatepass"), np.uint16)
        total = np.concatenate([[np.uint64(0)], np.cumsum(self._weights[codes], dtype=np.uint64)])
        ends = np.cumsum(lengths)
        sums: Masks = total[ends] - total[ends - lengths]
        return sums

    @cached_property
    def _columns(self) -> tuple[Masks, Masks, Flags, Masks, list[Masks]]:
        """What every anchor asks of a text.

        The sums of its characters and of its sounds, whether a homophone may count, the characters that its phrase
        requires, and those of which it requires one.
        """
        import numpy as np

        texts = [anchor.text.replace("您", "你") for anchor in self.anchors]
        sounding = np.array([each.sounding and len(each.sounds) > 1 for each in self.anchors], bool)
        every = (1 << 64) - 1
        masks: dict[tuple[int, int], tuple[int, list[int]]] = {}
        for anchor in self.anchors:
            if (key := (anchor.rule, anchor.phrase)) not in masks:
                phrase = self._rules[anchor.rule].phrases[anchor.phrase].compiled
                choices = sorted((mask_of(each) or every for each in phrase.any_of), key=int.bit_count)[:_CHOICES]
                masks[key] = mask_of(phrase.required), choices + [every] * (_CHOICES - len(choices))
        found = [masks[anchor.rule, anchor.phrase] for anchor in self.anchors]
        required = np.array([each for each, _ in found], np.uint64)
        choices_of = [np.array([each[at] for _, each in found], np.uint64) for at in range(_CHOICES)]
        return self._sums(texts), self._sums([each.sounds for each in self.anchors]), sounding, required, choices_of

    @cached_property
    def _flags(self) -> tuple[Flags, Flags, Flags]:
        """Of every anchor whether it opens or closes a clause, and whether 你 and 您 are different in it."""
        import numpy as np

        return (
            np.array([each.opens for each in self.anchors], bool),
            np.array([each.closes for each in self.anchors], bool),
            np.array([each.keep_you for each in self.anchors], bool),
        )

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
    def _automaton(self) -> tuple[Any, NDArray[np.uint8], Places, Places, Places]:
        """The automaton; the class of each sound; for each of its patterns where its anchors begin; those anchors.

        Last the place of the first anchor of one character among them; those are not in the automaton.
        """
        import numpy as np
        from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

        counts: dict[str, int] = defaultdict(int)
        for anchor in self.anchors:
            for sound in anchor.sounds:
                counts[sound] += 1
        classes = np.zeros(BASIC, np.uint8)
        for at, sound in enumerate(sorted(counts, key=lambda each: -counts[each])):
            classes[ord(sound)] = 1 + (at if at < _OWN else _OWN + at % (_CLASSES - _OWN))
        longer: dict[bytes, list[int]] = defaultdict(list)
        single: dict[int, list[int]] = defaultdict(list)
        for number, anchor in enumerate(self.anchors):
            if len(anchor.sounds) == 1:
                single[ord(anchor.text.replace("您", "你"))].append(number)
            else:
                codes = np.frombuffer(anchor.sounds.encode("utf-16-le", "surrogatepass"), np.uint16)
                longer[classes[codes].tobytes()].append(number)
        order = [*longer.values(), *single.values()]
        begins = np.concatenate([[0], np.cumsum([len(each) for each in order])]).astype(np.int64)
        pattern_of = np.full(BASIC, -1, np.int64)
        for at, code in enumerate(single, len(longer)):
            pattern_of[code] = at
        automaton = BytesAhoCorasick(
            list(longer), matchkind=MatchKind.Standard, implementation=Implementation.ContiguousNFA
        )
        return automaton, classes, begins, np.array(list(chain.from_iterable(order)), np.int64), pattern_of

    def find(self, text: ReducedText, lines: Lines, unread: Flags) -> Found:
        """Return the anchors that may be meant, on lines that are not ``unread`` anyway, in order of their place."""
        import numpy as np

        automaton, classes, begins, anchors, pattern_of = self._automaton
        matches = automaton.find_matches_as_indexes(classes[text.sounds].tobytes(), overlapping=True)
        table = np.fromiter(chain.from_iterable(matches), np.int64, 3 * len(matches)).reshape(-1, 3)
        single = pattern_of[text.alike]
        at = np.flatnonzero(single >= 0)
        patterns = np.concatenate([table[:, 0], single[at]])
        starts = np.concatenate([table[:, 1], at])
        ends = np.concatenate([table[:, 2], at + 1])
        wanted = ~(unread[text.lines[starts]] & unread[text.lines[ends - 1]])
        patterns, starts, ends = patterns[wanted], starts[wanted], ends[wanted]
        # One row for each anchor of each match.
        sizes = begins[patterns + 1] - begins[patterns]
        rows = np.repeat(np.arange(len(patterns)), sizes)
        within = np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        which = anchors[begins[patterns][rows] + within]
        starts, ends = starts[rows], ends[rows]
        by_text, by_sound, may_sound, required, choices = self._columns
        totals = np.concatenate([[np.uint64(0)], np.cumsum(self._weights[text.alike], dtype=np.uint64)])
        written = totals[ends] - totals[starts] == by_text[which]
        totals = np.concatenate([[np.uint64(0)], np.cumsum(self._weights[text.sounds], dtype=np.uint64)])
        sounding = ~written & may_sound[which]
        sounding[sounding] = (totals[ends] - totals[starts])[sounding] == by_sound[which[sounding]]
        kept = np.flatnonzero(written | sounding)
        which, starts, ends, written = which[kept], starts[kept], ends[kept], written[kept]
        masks = lines.masks[text.lines[starts]] | lines.masks[text.lines[ends - 1]]
        needed = required[which]
        holds = masks & needed == needed
        for choice in choices:
            holds &= masks & choice[which] != 0
        # As a whole clause or sentence a phrase has no other wording right before or behind it.
        opens, closes, keeps_you = self._flags
        last = len(text.places) - 1
        before, behind = np.maximum(starts - 1, 0), np.minimum(ends, last)
        other = ~self._fillers[text.written]
        beside = (text.places[starts] - text.places[before] == 1) & other[before]
        holds &= ~(opens[which] & beside)
        beside = (text.places[behind] - text.places[ends - 1] == 1) & other[behind]
        holds &= ~(closes[which] & beside)
        holds &= ~keeps_you[which] | (text.written[starts] == self._firsts[which])
        kept = np.flatnonzero(holds | ~written)
        kept = kept[np.argsort(starts[kept], kind="stable")]
        return Found(which[kept], starts[kept], ends[kept], written[kept])
