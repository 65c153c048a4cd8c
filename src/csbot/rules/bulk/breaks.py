"""Line breaks of long texts that a phrase may have been wrapped at.

Nearly no line break goes through a phrase, and the ordinary scan takes a millisecond to say so. The characters on both
sides of one say it at once: what stands side by side in a match, when bare, stands side by side in the phrase, and the
text goes on from there as the phrase does. Where anything else may be meant than what is written the text is *loose*:
there it goes on as any phrase. Only the breaks that this lets pass are read by the ordinary scan.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from csbot.rules.bulk.alike import AlikeFinder
from csbot.rules.bulk.anchors import AnchorFinder
from csbot.rules.bulk.chains import ANY
from csbot.rules.bulk.characters import BASIC, GONE, ODD, SURNAME, WORD, tables
from csbot.rules.bulk.letters import Letters, runs_of_letters
from csbot.rules.bulk.links import BareText, may_be_nothing
from csbot.rules.bulk.otherwise import Others, Otherwise
from csbot.rules.bulk.sounds import Sounding, sounds_of
from csbot.rules.bulk.wrapped import WrappedText
from csbot.rules.judging.reach import REACH_IN_TWO_WAYS
from csbot.rules.wording.fold import OVERLAP
from csbot.rules.wording.model import Kind
from csbot.rules.wording.names import bare_names
from csbot.rules.wording.phrase import GAP
from csbot.rules.wording.reduce import FILLER_CHARACTERS

if TYPE_CHECKING:
    from csbot.rules.bulk.characters import Flags, Places

_BESIDE_UNSURE = 16  # characters beside letters, or a doubtful filler, that may be meant otherwise
_BESIDE_A_NAME = 6  # characters between a surname and the end of its line


class BreakFinder:
    """Tells over which line breaks a hit may run."""

    def __init__(
        self,
        finder: AnchorFinder,
        sounding: Sounding,
        letters: Letters,
        otherwise: Otherwise,
        others: Others,
        alike: AlikeFinder,
        *,
        names: bool,
    ) -> None:
        self._finder = finder
        self._chains, self._phrases = finder.chains, finder.phrases
        self._words_of_regions = others.dialect
        self._sounding = sounding
        self._letters = letters
        self._shapes, self._inserted, self._dialect = otherwise.shapes, otherwise.inserted, otherwise.dialect
        self._alike = alike
        self._names = names

    def to_read(self, text: str, breaks: Sequence[int]) -> list[int]:
        """Return those of some line breaks of a text, in order, over which the ordinary scan may find a hit."""
        if not breaks:
            return []
        pieces: list[tuple[int, int]] = []
        for at in breaks:
            begin, end = max(0, at + 1 - OVERLAP), min(len(text), at + 1 + OVERLAP)
            if pieces and begin <= pieces[-1][1]:
                begin, _ = pieces.pop()
            pieces.append((begin, end))
        ends = list(accumulate(end - begin + 1 for begin, end in pieces))
        last_ones = [end for _, end in pieces]
        places = [
            at + ends[piece] - 1 - last_ones[piece] for at in breaks for piece in (bisect_left(last_ones, at + 1),)
        ]
        crossed = self.crossed("".join(f"{text[begin:end]}\n" for begin, end in pieces), ends, places)
        return [at for at, may_be in zip(breaks, crossed.tolist(), strict=True) if may_be]

    def crossed(self, raw: str, ends: Sequence[int], breaks: Sequence[int]) -> Flags:
        """Tell of each of some line breaks, given in order, whether the ordinary scan may find a hit over it.

        The text is pieces that end at ``ends``, each with as much around its breaks as the ordinary scan reads.
        """
        import numpy as np

        text = WrappedText(raw, ends, breaks, self._words_of_regions)
        odd = np.flatnonzero(text.lines.kinds & (ODD | GONE))
        crossed = text.near(np.union1d(odd, self._shapes.places_of_odd(text.codes, text.lines)))
        self._add_sounding(text, crossed)
        slipped, unsure = self._slipped(text, crossed), self._unsure(text)
        anything = _loose(text.bare, *(np.concatenate(each) for each in zip(slipped, unsure, strict=True)))
        loose = anything | _loose(text.bare, *self._look_alikes(text))
        if self._names:
            self._add_names(text, crossed)
        self._add_run_through(text, crossed, anything, loose)
        self._add_open(text, crossed, loose)
        return crossed

    def _unsure(self, text: WrappedText) -> tuple[Places, Places]:
        """Return what is around doubtful fillers, and around letters that may spell a part of a phrase."""
        import numpy as np

        doubtful = text.reduced.unsure
        starts, lasts, are_dotted = runs_of_letters(text.lines.kinds)
        meant = [
            dotted or self._letters.may_mean_between(text.raw, first, last + 1)
            for first, last, dotted in zip(starts.tolist(), lasts.tolist(), are_dotted.tolist(), strict=True)
        ]
        at = np.flatnonzero(np.array(meant, bool))
        first, last = np.concatenate([doubtful, starts[at]]), np.concatenate([doubtful, lasts[at]])
        text.add_anything(text.unsure, first - _BESIDE_UNSURE, last + 1 + _BESIDE_UNSURE)
        return first - _BESIDE_UNSURE, last + 1 + _BESIDE_UNSURE

    def _look_alikes(self, text: WrappedText) -> tuple[Places, Places]:
        """Return the places of characters that may be read as others by their look, and of those of expressions."""
        import numpy as np

        found = self._shapes.look_alikes(text.reduced, text.lines)
        places, meant = self._alike.changed(text.reduced)
        places = np.concatenate([found.places, places])
        text.add_meant(places, np.concatenate([found.meant, meant]))
        return places, places + 1

    def _add_sounding(self, text: WrappedText, crossed: Flags) -> None:
        """Add the breaks that a phrase may run over of which a part is only written by its sound."""
        import numpy as np

        reduced, lines = text.reduced, text.lines
        found = self._finder.find_sounding(reduced)
        first, last = reduced.places[found.starts], reduced.places[found.ends - 1] + 1
        phrases = self._finder.numbers[found.anchors]
        numbers, stops = text.within(first, last, self._reaches[phrases])
        same = reduced.lines[found.starts] == reduced.lines[found.ends - 1]
        rows = np.flatnonzero(same & (numbers < stops))
        sounds = sounds_of(found.anchors[rows], found.starts[rows], found.ends[rows], reduced, lines)
        alike = reduced.alike.tobytes().decode("utf-16-le")
        for row in rows[list(self._sounding.possible(sounds, alike, reduced, lines))].tolist():
            places = reduced.places[found.starts[row] : found.ends[row]].tolist()
            meant = self._finder.anchors[found.anchors[row]].text
            for number in range(numbers[row], stops[row]):
                if not crossed[number]:
                    folded, begin = text.folded(number), text.begin(number)
                    characters = list(folded.text)
                    for place, character in zip(places, meant, strict=True):
                        at = bisect_left(folded.indexes, place - begin)
                        if place - begin >= 0 and at < len(characters):
                            characters[at] = character
                    middle = bisect_left(folded.indexes, text.middle(number))
                    crossed[number] = self._stands_over(int(phrases[row]), "".join(characters), middle)

    def _slipped(self, text: WrappedText, crossed: Flags) -> tuple[Places, Places]:
        """Return the places of words that may have been slipped in, and of words of regions.

        The breaks beside one are added to ``crossed``: what stands there may be in another disguise, too.
        """
        import numpy as np

        slipped = self._inserted.spans(text.codes, text.bare, text.lines)
        spoken = self._dialect.spans(text.codes, text.lines)
        text.add_anything(text.spoken, *spoken)
        text.add_slipped(*slipped)
        starts, stops = (np.concatenate(each) for each in zip(slipped, spoken, strict=True))
        text.leave_out(starts, stops)
        first, last = text.within(starts, stops, REACH_IN_TWO_WAYS + 1)
        counts = np.ones(len(starts), bool)
        for row in np.flatnonzero(first < last).tolist():
            find = self._inserted.places if row < len(slipped[0]) else self._dialect.places
            for number in range(int(first[row]), int(last[row])):
                if not crossed[number]:
                    folded, place = text.folded(number), int(starts[row]) - text.begin(number)
                    crossed[number] = any(folded.indexes[start] == place for start in find(folded.text))
                    counts[row] &= crossed[number]
        return starts[counts], stops[counts]

    def _add_names(self, text: WrappedText, crossed: Flags) -> None:
        """Add the breaks that a name called runs over."""
        import numpy as np

        surnames = np.flatnonzero(text.lines.kinds & SURNAME)
        near = np.searchsorted(surnames, text.breaks - _BESIDE_A_NAME) < np.searchsorted(surnames, text.breaks)
        for number in np.flatnonzero(near & ~crossed).tolist():
            normalised, middle = text.folded(number).normalised.text, text.middle(number)
            names = bare_names(normalised, 0, len(normalised))
            crossed[number] = any(start < middle < stop for start, stop in names)

    def _add_run_through(self, text: WrappedText, crossed: Flags, anything: Flags, loose: Flags) -> None:
        """Add the breaks that the wording of a phrase may run through, with what is meant where it is loose."""
        import numpy as np

        left = text.bare.before(text.breaks)
        crossed |= anything[left] | anything[left + 1]
        before, behind = self._small(text)
        rows = np.flatnonzero(~crossed & ~(loose[left] | loose[left + 1]))
        seams, phrases = self._chains.through(
            text.bare.codes, left[rows], left[rows] + 1, (before[rows], behind[rows]), loose=loose
        )
        self._add_read(text, crossed, rows[seams], phrases)
        self._add_meant(text, crossed, np.flatnonzero(~crossed & (loose[left] | loose[left + 1])), (before, behind))
        for phrase in self._of_small_words:
            if not self._chains.is_open[phrase]:
                rows = np.flatnonzero(before & behind & ~crossed)
                self._add_read(text, crossed, rows, np.full(len(rows), phrase))

    def _add_meant(self, text: WrappedText, crossed: Flags, numbers: Places, small: tuple[Flags, Flags]) -> None:
        """Add those of some breaks that phrases may run through where a look-alike stands right beside them."""
        import numpy as np

        left = text.bare.before(text.breaks[numbers])
        rows, ones, others = [], list[int](), list[int]()
        for number, at in zip(numbers.tolist(), left.tolist(), strict=True):
            one, other = text.meanings(at), text.meanings(at + 1)
            # With a repetition, or a small word that is none as it is meant, the phrase may go on anywhere.
            crossed[number] |= bool(one & other) or text.may_differ_between(at) or self._fillers[[*one, *other]].any()
            both = [(first, second) for first in one for second in other]
            both += [(first, 0) for first in one if small[1][number]]
            both += [(0, second) for second in other if small[0][number]]
            rows += [number] * len(both)
            ones += [first for first, _ in both]
            others += [second for _, second in both]
        seams, phrases = self._chains.holding(np.array(ones, np.uint16), np.array(others, np.uint16))
        self._add_read(text, crossed, np.array(rows, np.int64)[seams], phrases)

    def _add_open(self, text: WrappedText, crossed: Flags, loose: Flags) -> None:
        """Add the breaks that may stand where a phrase holds anything: with a part of it on each side."""
        import numpy as np

        count, left = len(self._reaches), text.bare.before(text.breaks)
        sides = [self._parts_beside(text, start, step, loose) for start, step in ((left, -1), (left + 1, 1))]
        (ahead, any_ahead), (behind, any_behind) = sides
        crossed |= any_ahead & any_behind
        either = np.union1d(ahead, behind)
        kept = np.isin(either, ahead) & np.isin(either, behind)
        kept |= any_ahead[either // count] | any_behind[either // count]
        kept |= np.isin(either % count, self._of_small_words)
        self._add_read(text, crossed, *np.divmod(either[kept], count))

    def _parts_beside(self, text: WrappedText, start: Places, step: int, loose: Flags) -> tuple[Places, Flags]:
        """Return which phrases have a part that stands on one side of breaks, as near as a gap is wide.

        Each with the number of the break as one number; and of each break whether anything may stand there.
        """
        import numpy as np

        codes, places = text.bare.codes, np.concatenate([[0], text.bare.places, [len(text.codes)]])
        unknown = np.zeros(len(start), bool)
        found = [np.zeros(0, np.int64)]
        rows, at = np.arange(len(start)), start
        while len(rows):
            inside = np.abs(text.counted[places[at]] - text.of_breaks[rows]) <= GAP + 1
            inside &= (codes[at] > 0) & ~unknown[rows]
            rows, at = rows[inside], at[inside]
            unknown[rows[loose[at]]] = True
            nothing = np.zeros(len(at), np.uint16)
            seams, phrases = self._chains.holding(*((nothing, codes[at]) if step > 0 else (codes[at], nothing)))
            seams, phrases = (each[self._chains.is_open[phrases]] for each in (seams, phrases))
            on = self._chains.goes_on(codes, phrases, at[seams], step, codes[at[seams]], loose=loose)
            found.append(rows[seams[on]] * len(self._reaches) + phrases[on])
            at = at + step
        return np.unique(np.concatenate(found)), unknown

    def _add_read(self, text: WrappedText, crossed: Flags, numbers: Places, phrases: Places) -> None:
        """Add those of some breaks, given with a phrase that may run over each, where it does in any reading."""
        import numpy as np

        crossed[numbers[phrases == ANY]] = True
        rows = np.flatnonzero(~crossed[numbers])
        numbers, phrases = numbers[rows], phrases[rows]
        firsts, lasts = text.around(numbers, self._reaches[phrases])
        kept = self._phrases.may_stand(phrases, text.present(firsts, lasts)) if len(rows) else rows > 0
        for number, phrase, first, last in zip(
            *(each[kept].tolist() for each in (numbers, phrases, firsts, lasts)), strict=True
        ):
            crossed[number] = crossed[number] or self._may_stand_over(phrase, text, number, first, last)

    def _may_stand_over(self, phrase: int, text: WrappedText, number: int, first: int, last: int) -> bool:
        """Tell whether a phrase may stand over a break in a span of the text, as it is written or meant there."""
        matcher = self._phrases.matchers[phrase]
        if (uncertain := text.is_uncertain(first, last, matcher.compiled)) is not False:
            return bool(uncertain)
        sides = text.sides(number, first, last, matcher.compiled)
        return any(self._stands_over(phrase, before + behind, len(before)) for before, behind in sides)

    def _stands_over(self, phrase: int, text: str, at: int) -> bool:
        """Tell whether a phrase may stand over a place of a folded text; one that is a whole clause wherever it can."""
        matcher = self._phrases.matchers[phrase]
        if not matcher.compiled.may_match(frozenset(text)):
            return False
        if self._phrases.rules[phrase].rule.kind is not Kind.PHRASE:
            return True
        return any(start < at < stop for start, stop in matcher.spans(text))

    def _small(self, text: WrappedText) -> tuple[Flags, Flags]:
        """Tell of both sides of each break whether a character that may be a part of a filler stands there."""
        import numpy as np

        words = np.flatnonzero(text.lines.kinds & WORD)
        at = np.searchsorted(words, text.breaks)
        normalised = tables().normalised
        before, behind = (normalised[text.codes[words[np.clip(each, 0, len(words) - 1)]]] for each in (at - 1, at))
        return self._fillers[before], self._fillers[behind]

    @cached_property
    def _fillers(self) -> Flags:
        import numpy as np

        flags = np.zeros(BASIC, bool)
        flags[[ord(each) for each in FILLER_CHARACTERS]] = True
        return flags

    @cached_property
    def _reaches(self) -> Places:
        """How many characters a match of each phrase has at most, as they are counted."""
        import numpy as np

        return np.array([matcher.compiled.reach for matcher in self._phrases.matchers], np.int64)

    @cached_property
    def _of_small_words(self) -> list[int]:
        """The phrases of which a part may be nothing but small words."""
        return [number for number, source in enumerate(self._phrases.sources()) if source and may_be_nothing(source)]


def _loose(bare: BareText, starts: Places, stops: Places) -> Flags:
    """Return which bare characters stand in some spans of a text; of a span without any those beside it."""
    import numpy as np

    first, last = bare.at_or_behind(np.maximum(starts, 0)), bare.before(stops)
    changes = np.zeros(len(bare.codes) + 1, np.int64)
    np.add.at(changes, np.minimum(first, last), 1)
    np.add.at(changes, np.maximum(first, last) + 1, -1)
    return np.cumsum(changes[:-1]) > 0
