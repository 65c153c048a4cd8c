"""Lines of long texts on which a phrase may stand in disguise: by its look, with words between, in another order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from csbot.rules.bulk.chains import ANY, Chains
from csbot.rules.bulk.dialect import DialectFinder
from csbot.rules.bulk.inserted import InsertedFinder
from csbot.rules.bulk.links import BareText, bare
from csbot.rules.bulk.reordered import ReorderedFinder
from csbot.rules.bulk.required import Phrases
from csbot.rules.bulk.shapes import MeantLines, ShapeFinder
from csbot.rules.bulk.sounds import Corrected
from csbot.rules.disguises.dialect import Dialect
from csbot.rules.disguises.initials import Initials
from csbot.rules.disguises.inserted import Inserted
from csbot.rules.disguises.reordered import Reordering
from csbot.rules.disguises.shapes import Reading, Shapes
from csbot.rules.judging.reach import Span
from csbot.rules.wording.fold import Folded
from csbot.rules.wording.model import Hit
from csbot.rules.wording.reduce import Reduced, reduce
from csbot.text.normalise import Normalised

if TYPE_CHECKING:
    from csbot.rules.bulk.characters import Codes, Flags, ReducedText
    from csbot.rules.bulk.lines import Lines


class Readers(NamedTuple):
    """What yields the hits that each way to read a text brings about; of the ordinary scan."""

    otherwise: Callable[[Folded, Reduced, list[Folded]], Iterator[Hit]]  # the next three ways, and alike expressions
    by_look: Callable[[Iterable[Reading], list[Folded]], Iterator[Hit]]
    without_words: Callable[[Folded], Iterator[Hit]]
    in_dialect: Callable[[Folded], Iterator[Hit]]
    reordered: Callable[[Normalised, int, int], Iterator[Hit]]
    spelled: Callable[[Folded, Reduced], Iterator[Hit]]
    of_initials: Callable[[Folded], Iterator[Hit]]
    corrected: Corrected

    def are_letters_meant(self, folded: Folded) -> bool:
        """Tell whether the letters of a text bring about a hit."""
        hits = chain(self.spelled(folded, reduce(folded.text)), self.of_initials(folded))
        return next(hits, None) is not None


class Others(NamedTuple):
    """What the guard knows of disguises beside sounds."""

    shapes: Shapes
    inserted: Inserted
    dialect: Dialect
    initials: Initials
    reordering: Reordering
    readers: Readers


class Opened(NamedTuple):
    """The groups of lines that hold all characters of phrases in the middle of which anything may stand.

    What is changed there may bring about a hit without being a part of any of its wording. With the phrases of each.
    """

    groups: Flags
    timed: Flags  # those of them where that is a time for one of the phrases, and nothing else
    phrases: Mapping[int, set[int]]


class Seam(NamedTuple):
    """A place of a folded text that a phrase may run over.

    What a hit must hold is the span ``held``, if all of the text is given.
    """

    text: str
    at: int
    held: Span | None


class Otherwise:
    """Tells on which lines shapes, inserted or regional words or clauses in another order bring about a hit."""

    def __init__(self, others: Others, chains: Chains, phrases: Phrases) -> None:
        self._others = others
        self._phrases = phrases
        self._chains = chains
        self.shapes = ShapeFinder(others.shapes, chains, phrases)
        self.inserted = InsertedFinder(others.inserted)
        self.dialect = DialectFinder(others.dialect)
        self._reordered = ReorderedFinder(others.reordering, chains, phrases)

    def add_lines(
        self,
        unread: Flags,
        text: str,
        codes: Codes,
        reduced: ReducedText,
        bare_text: BareText,
        lines: Lines,
        opened: Opened,
        odd: Flags,
    ) -> None:
        """Add those lines to ``unread``. ``odd`` are those with shapes that count by themselves (``lines_of_odd``)."""
        import numpy as np

        shaped, slipped, spoken, moved = (np.zeros(len(unread), bool) for _ in range(4))
        anywhere = odd.copy()
        self._add_look_alikes(unread, shaped, anywhere, text, reduced, bare_text, lines, opened)
        self.inserted.add_lines(unread, slipped, codes, bare_text, lines)
        self.dialect.add_lines(unread, spoken, codes, lines)
        moved[self._reordered.lines_of(codes, bare_text, lines, opened.timed)] = True
        # What is left out, or said as in a region, few lines hold; beside it anything may be in disguise, too.
        surely_asked = (opened.groups[lines.group] & anywhere) | slipped | spoken
        surely_asked |= opened.timed[lines.group] & moved
        shaped |= anywhere
        seams: list[Seam] = []
        of_lines: list[int] = []
        likely: dict[int, Folded] = {}
        waiting: dict[int, Folded] = {}
        for line in np.flatnonzero((shaped | slipped | spoken | moved) & ~unread).tolist():
            if not lines.is_whole(line):
                unread[line] = True
                continue
            folded = lines.folded(line, text)
            if surely_asked[line]:
                likely[line] = folded
                continue
            found = list(self._seams(folded, shaped[line], moved[line]))
            if None in found:
                likely[line] = folded
            elif found:
                waiting[line] = folded
                seams += filter(None, found)
                of_lines += [line] * len(found)
        for line in self._run_over(seams, of_lines):
            likely[line] = waiting[line]
        for line, folded in likely.items():
            hits = self._hits(folded, odd[line], shaped[line], slipped[line], spoken[line], moved[line])
            unread[line] = next(hits, None) is not None

    def lines_of_odd(self, codes: Codes, lines: Lines) -> Flags:
        """Tell of each line whether it holds shapes that ordinary text never holds, or characters taken apart."""
        import numpy as np

        odd = np.zeros(len(lines.starts), bool)
        odd[self.shapes.lines_of_odd(codes, lines)] = True
        return odd

    def _hits(self, folded: Folded, odd: bool, shaped: bool, slipped: bool, spoken: bool, moved: bool) -> Iterator[Hit]:
        """Yield the hits that the ways to read a line bring about which may bring about any."""
        readers = self._others.readers
        if odd:  # what surely means something else is read in the other ways, too
            yield from readers.otherwise(folded, reduce(folded.text), [folded])
        else:
            if shaped:
                yield from readers.by_look(self._others.shapes.readings(folded, reduce(folded.text)), [])
            if slipped:
                yield from readers.without_words(folded)
            if spoken:
                yield from readers.in_dialect(folded)
        if moved:
            yield from readers.reordered(folded.normalised, folded.begin, folded.end)

    def _add_look_alikes(
        self,
        unread: Flags,
        shaped: Flags,
        anywhere: Flags,
        text: str,
        reduced: ReducedText,
        bare_text: BareText,
        lines: Lines,
        opened: Opened,
    ) -> None:
        """Add the lines on which a look-alike may be a part of a phrase, or anything in the middle of one.

        Those where one by itself brings about a hit are added to ``unread``.
        """
        import numpy as np

        found = self.shapes.look_alikes(reduced, lines)
        groups = lines.group[found.lines]
        for row in np.flatnonzero(opened.groups[groups]).tolist():
            meant = chr(found.meant[row])
            matchers = (self._phrases.matchers[phrase] for phrase in opened.phrases[int(groups[row])])
            if any(meant in matcher.compiled.short for matcher in matchers):
                anywhere[found.lines[row]] = True
        rows, phrases = self.shapes.phrases_around(found, bare_text, lines)
        meant_lines = MeantLines(found, self._others.shapes, self._phrases, text, lines)
        held: dict[int, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for row, phrase, line in zip(rows.tolist(), phrases.tolist(), found.lines[rows].tolist(), strict=True):
            if phrase == ANY or not lines.is_whole(line):
                shaped[line] = True
            elif not (shaped[line] or unread[line] or anywhere[line]):
                for column, each in zip(held[line], (row, phrase), strict=True):
                    column.append(each)
        for line, (on_line, with_phrases) in held.items():
            if not shaped[line]:
                readings = meant_lines.readings(on_line, with_phrases)
                unread[line] = next(self._others.readers.by_look(readings, []), None) is not None

    def _run_over(self, seams: Sequence[Seam], of_lines: Sequence[int]) -> Iterator[int]:
        """Yield the lines of seams that a phrase may run over."""
        done: set[int] = set()
        places = [(seam.text[: seam.at], seam.text[seam.at :]) for seam in seams]
        for number, phrase in zip(*(each.tolist() for each in self._chains.through_seams(places)), strict=True):
            line, seam = of_lines[number], seams[number]
            if line not in done and (phrase == ANY or self._phrases.may_hold(phrase, seam.text, seam.held)):
                done.add(line)
                yield line

    def _seams(self, folded: Folded, shaped: bool, moved: bool) -> Iterator[Seam | None]:
        """Yield the places at which other readings of a line differ from it; None where any of it may be meant."""
        if shaped:
            for reading in self._others.shapes.readings(folded, reduce(folded.text)):
                if reading.sure:
                    yield None
                    return
                for at in reading.places:
                    yield from self._around(reading.folded.text, at, at + 1)
        if moved:
            normalised = folded.normalised.text
            for wording, ((start, end), *_) in self._others.reordering.orders(normalised, folded.begin, folded.end):
                yield Seam(wording, len("".join(filter(str.isalnum, normalised[start:end]))), None)

    def _around(self, text: str, first: int, last: int) -> Iterator[Seam | None]:
        """Yield seams of which a phrase runs over one if it holds all of a piece of a folded text, or None."""
        inside = [at for at in range(first, last) if bare(text[at])]
        held = first, last
        if not inside:
            yield None
        elif len(inside) > 1:
            yield Seam(text, inside[0] + 1, held)
        elif self._phrases.may_hold_any(self._chains.alone(text[inside[0]]), text, held):
            yield None
        else:
            yield Seam(text, inside[0], held)
            yield Seam(text, inside[0] + 1, held)
