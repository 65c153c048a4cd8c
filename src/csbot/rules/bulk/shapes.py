"""Lines of long texts on which a character may be written by its look."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from csbot.rules.bulk.chains import ANY, Chains
from csbot.rules.bulk.characters import BASIC, GONE, WORD, tables
from csbot.rules.bulk.keys import Keys, columns_of, pairs, threes
from csbot.rules.bulk.patterns import expand
from csbot.rules.bulk.required import Phrases
from csbot.rules.disguises.shapes import Reading, Shape, Shapes, read_as
from csbot.rules.judging.evidence import CONTEXT, may_be_any_error
from csbot.rules.judging.reach import Span
from csbot.rules.wording.fold import Folded
from csbot.rules.wording.reduce import reduce

if TYPE_CHECKING:
    from csbot.rules.bulk.characters import Codes, Flags, Masks, Places, ReducedText
    from csbot.rules.bulk.lines import Lines
    from csbot.rules.bulk.links import BareText

LEAST = 2  # characters of a hit that a look-alike brings about


class LookAlikes(NamedTuple):
    """Characters that may be meant otherwise, one row each: their places, their lines, and what is meant."""

    places: Places
    lines: Places
    meant: Codes


class MeantLines:
    """The lines of a text with look-alikes, as they are meant."""

    def __init__(self, given: LookAlikes, shapes: Shapes, phrases: Phrases, text: str, lines: Lines) -> None:
        self._places: list[int] = given.places.tolist()
        self._lines_of: list[int] = given.lines.tolist()
        self._meant = given.meant.tobytes().decode("utf-16-le")
        self._shapes = shapes
        self._phrases = phrases
        self._raw = text
        self._lines = lines
        written, at, self._bounds = _wording(given, lines)
        self._written = written
        self._at: list[int] = at.tolist()  # of each look-alike in the wording of its line
        self._line, self._text, self._present = -1, "", frozenset[str]()
        self._options: dict[int, str] = {}  # what the look-alikes of the line may mean, by their places in its wording
        self._found: dict[int, Reading] = {}  # by row; -1 for all at once

    def readings(self, rows: Sequence[int], phrases: Sequence[int]) -> list[Reading]:
        """Return the readings of a line that is read by itself in which a phrase may stand over a look-alike.

        Given are rows of it, each with a phrase that may. It is read with each look-alike, or with all at once.
        """
        self._read(self._lines_of[rows[0]])
        for row, phrase in zip(rows, phrases, strict=True):
            if (row in self._found and -1 in self._found) or not self._phrases.matchers[phrase].compiled.may_match(
                self._present
            ):
                continue
            at = self._at[row]
            if row not in self._found and self._may_hold(row, phrase, at):
                place = bisect_left(self._folded.indexes, self._places[row] - self._lines.bounds[self._line])
                self._found[row] = read_as(self._folded, [Shape(place, place + 1, self._meant[row])], sure=False)
            if -1 in self._found or not self._may_hold_others(row, phrase, at) or (together := self._together) is None:
                continue
            held = together.folded.text[at] == self._meant[row]
            if held and self._phrases.may_run_over(phrase, together.folded.text, (at, at + 1)):
                self._found[-1] = together
        return list(self._found.values())

    @cached_property
    def _folded(self) -> Folded:
        return self._lines.folded(self._line, self._raw)

    @cached_property
    def _together(self) -> Reading | None:
        """The line with all its look-alikes as they are meant, where there are several."""
        return self._shapes.all_at_once(self._folded, reduce(self._folded.text))

    def _may_hold(self, row: int, phrase: int, at: int) -> bool:
        """Tell whether a phrase may stand over a look-alike, at a place of the wording of the line, by itself."""
        text = self._text[:at] + self._meant[row] + self._text[at + 1 :]
        span = self._phrases.stretch(phrase, text, (at, at + 1))
        if span is None:
            return self._phrases.may_run_over(phrase, text, (at, at + 1))
        return self._may_be_meant(text, at, row, span) and self._phrases.may_be_in(phrase, text[span[0] : span[1]])

    def _may_hold_others(self, row: int, phrase: int, at: int) -> bool:
        """Tell whether other look-alikes have a say in whether a phrase may stand over one."""
        if len(self._options) < 2:
            return False
        text = self._text[:at] + self._meant[row] + self._text[at + 1 :]
        span = self._phrases.stretch(phrase, text, (at, at + 1), self._options)
        if span is None:
            return True
        first, last = span[0] - CONTEXT, span[1] + CONTEXT
        return span[0] < span[1] and any(first <= other < last and other != at for other in self._options)

    def _may_be_meant(self, text: str, at: int, row: int, span: Span) -> bool:
        """Tell whether what is meant at a place can make more sense in any phrase of a span of the folded text."""
        first, last = span
        written, place = self._lines.normalised, self._places[row]
        if last - first < LEAST:
            return False
        if not written[place - (at - first) : place + (last - at)].isalnum():
            return True
        start, stop = max(0, first - CONTEXT), last + CONTEXT
        return may_be_any_error(self._text[start:stop], text[start:stop], at - start, last - first)

    def _read(self, line: int) -> None:
        self._line, self._text = line, self._written[self._bounds[line] : self._bounds[line + 1]]
        first, last = (side(self._lines_of, line) for side in (bisect_left, bisect_right))
        self._present = frozenset(self._text).union(self._meant[first:last])
        self._options = {}
        for row in range(first, last):
            at = self._at[row]
            self._options[at] = self._options.get(at, "") + self._meant[row]
        self._found = {}
        for known in ("_folded", "_together"):
            self.__dict__.pop(known, None)


def _wording(given: LookAlikes, lines: Lines) -> tuple[str, Places, list[int]]:
    """Return all word characters of a text, where look-alikes stand in those of their line, and where each begins."""
    import numpy as np

    words = np.flatnonzero(lines.kinds & WORD)
    bounds = np.append(np.searchsorted(words, lines.starts), len(words))
    at = np.searchsorted(words, given.places) - bounds[given.lines]
    written = np.frombuffer(lines.normalised.encode("utf-16-le", "surrogatepass"), np.uint16)[words]
    return written.tobytes().decode("utf-16-le", "surrogatepass"), at, bounds.tolist()


class ShapeFinder:
    """Tells where a text holds shapes that may stand for another character, as ``Shapes`` would."""

    def __init__(self, shapes: Shapes, chains: Chains, phrases: Phrases) -> None:
        self._shapes = shapes
        self._chains = chains
        self._phrases = phrases

    def lines_of_odd(self, codes: Codes, lines: Lines) -> Places:
        """Return the numbers of the lines with shapes that ordinary text never holds, or characters taken apart."""
        return lines.of(self.places_of_odd(codes, lines))

    def places_of_odd(self, codes: Codes, lines: Lines) -> Places:
        """Return where shapes stand that ordinary text never holds, and characters taken apart."""
        import numpy as np

        visible = np.flatnonzero((lines.kinds & GONE) == 0)
        written = tables().normalised[codes[visible]]
        odd = np.flatnonzero(self._sure[written])
        firsts = np.flatnonzero(self._firsts[written[:-1]])
        apart = firsts[self._beginnings.have(pairs(written[firsts], written[firsts + 1]))]
        return np.concatenate([visible[odd], visible[apart]])

    def look_alikes(self, reduced: ReducedText, lines: Lines) -> LookAlikes:
        """Return the look-alikes of a text that stand beside what stands in phrases, with each of their meanings."""
        import numpy as np

        common = np.flatnonzero(self._common[reduced.written])
        end = len(reduced.written) - 1
        character = reduced.written[common]
        first, second, third, fourth = (reduced.alike[np.clip(common + shift, 0, end)] for shift in (-2, -1, 1, 2))
        nothing = np.zeros(len(common), np.uint16)
        beside = np.zeros(len(common), bool)
        for neighbours in (
            (second, character, third),
            (first, second, character),
            (character, third, fourth),
            (second, character, nothing),
            (character, third, nothing),
        ):
            beside |= self._beside.have(threes(*neighbours))
        same = reduced.lines[common]
        before, behind = np.maximum(common - 1, 0), np.minimum(common + 1, end)
        same_before, same_behind = reduced.lines[before] == same, reduced.lines[behind] == same
        outer = ~same_before | ~same_behind | (common == 0) | (common == end)
        beside |= outer & self._beside.have(threes(character, nothing, nothing))
        others = np.zeros(len(common), bool)
        for shift in (-2, -1, 1, 2):
            others |= self._common[reduced.written[np.clip(common + shift, 0, end)]]
        nearest = self._nearest.have(pairs(second, character)) | self._nearest.have(pairs(character, third))
        beside |= others & nearest
        words = same_before & self._words.have(pairs(reduced.written[before], character))
        words |= same_behind & self._words.have(pairs(character, reduced.written[behind]))
        found = common[beside & ~words]
        begins, meanings = self._meanings
        rows, at = expand(begins, reduced.written[found].astype(np.int64))
        places = reduced.places[found][rows]
        return LookAlikes(places, lines.of(places), meanings[at])

    def phrases_around(self, given: LookAlikes, bare_text: BareText, lines: Lines) -> tuple[Places, Places]:
        """Return which of some look-alikes, given in order, phrases can hold as they are meant, and which phrases.

        Any phrase may, where the number of the phrase is ``ANY``. Others near by may be meant, too: then it is enough
        that the text goes on as a phrase does up to there.
        """
        import numpy as np

        codes, meant = bare_text.codes, given.meant
        at = bare_text.at_or_behind(given.places)
        loose = np.zeros(len(codes), bool)
        loose[at] = True
        present = self._present(given, lines)
        twice = np.flatnonzero((codes[at - 1] == meant) | (codes[at + 1] == meant))
        found = [(twice, np.full(len(twice), ANY))]
        one, other = _side_by_side(at)
        both, phrases = self._chains.holding(meant[one], meant[other])
        for first, last, numbers in (
            _from_one(*self._chains.holding(codes[at - 1], meant)),
            _from_one(*self._chains.holding(meant, codes[at + 1])),
            _from_one(*self._chains.alone_in(meant)),
            (one[both], other[both], phrases),
        ):
            held = np.flatnonzero(self._phrases.may_stand(numbers, [masks[first] for masks in present]))
            for rows, step in ((first, -1), (last, 1)):
                on = rows[held]
                held = held[self._chains.goes_on(codes, numbers[held], at[on], step, meant[on], loose=loose)]
            found += [(first[held], numbers[held]), (last[held], numbers[held])]
        rows, numbers = (np.concatenate(each) for each in zip(*found, strict=True))
        ordered: Places = np.unique(np.stack([rows, numbers]), axis=1)
        return ordered[0], ordered[1]

    def _present(self, given: LookAlikes, lines: Lines) -> list[Masks]:
        """Return, in each spread, the bits of what stands around look-alikes, with all that those there may mean."""
        import numpy as np

        groups = lines.group[given.lines]
        present = []
        for bits, masks in zip(tables().bits, lines.masks, strict=True):
            meant = np.zeros(int(lines.group[-1]) + 1, np.uint64)
            np.bitwise_or.at(meant, groups, bits[given.meant])
            present.append(masks[given.lines] | meant[groups])
        return present

    @cached_property
    def _meanings(self) -> tuple[Places, Codes]:
        """Where the meanings of each character begin; the meanings."""
        import numpy as np

        sizes = np.zeros(BASIC + 1, np.int64)
        common = {code: meant for each, meant in self._shapes.common.items() if (code := ord(each)) < BASIC}
        for code, meant in common.items():
            sizes[code + 1] = len(meant)
        codes = [ord(each) for code in sorted(common) for each in common[code]]
        return np.cumsum(sizes), np.array([min(code, BASIC - 1) for code in codes], np.uint16)

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
    def _beginnings(self) -> Keys:
        """The first two characters of those that are taken apart."""
        return Keys(ord(form[0]) << 16 | ord(form[1]) for form in self._shapes.apart)

    @cached_property
    def _beside(self) -> Keys:
        first, second, third = columns_of(self._shapes.beside)
        return Keys(threes(first, second, third))

    @cached_property
    def _nearest(self) -> Keys:
        first, second, _ = columns_of(self._shapes.nearest)
        return Keys(pairs(first, second)[second > 0])

    @cached_property
    def _words(self) -> Keys:
        first, second, _ = columns_of(self._shapes.words)
        return Keys(pairs(first, second))


def _from_one(rows: Places, phrases: Places) -> tuple[Places, Places, Places]:
    return rows, rows, phrases


def _side_by_side(at: Places) -> tuple[Places, Places]:
    """Return which rows, given in order by their places, follow each other: each with every one on the next place."""
    import numpy as np

    begins = np.searchsorted(at, at + 1)
    sizes = np.searchsorted(at, at + 1, side="right") - begins
    ones = np.repeat(np.arange(len(at)), sizes)
    return ones, begins[ones] + np.arange(len(ones)) - np.repeat(np.cumsum(sizes) - sizes, sizes)


def _flags(characters: Iterable[str]) -> Flags:
    import numpy as np

    flags = np.zeros(BASIC, bool)
    flags[[code for each in characters if (code := ord(each)) < BASIC]] = True
    return flags
