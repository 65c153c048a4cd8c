"""Lines of long texts on which a phrase may stand in disguise: by its look, with words between, in another order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from csbot.rules.bulk.chains import ANY, BareText, Chains, bare
from csbot.rules.bulk.dialect import add_dialect
from csbot.rules.bulk.inserted import InsertedFinder
from csbot.rules.bulk.reordered import ReorderedFinder
from csbot.rules.bulk.shapes import ShapeFinder
from csbot.rules.disguises.dialect import in_the_standard_language
from csbot.rules.disguises.initials import Initials
from csbot.rules.disguises.inserted import Inserted
from csbot.rules.disguises.reordered import Reordering
from csbot.rules.disguises.shapes import Shapes
from csbot.rules.wording.compiled import CompiledRule, Matcher
from csbot.rules.wording.fold import Folded
from csbot.rules.wording.phrase import Compiled
from csbot.rules.wording.reduce import reduce

if TYPE_CHECKING:
    from csbot.rules.bulk.characters import Codes, Flags, Places, ReducedText
    from csbot.rules.bulk.lines import Lines

_NO_PHRASE = Matcher(Compiled("", "", 0, bridges_clauses=False))  # in the place of those of other kinds
Seam = tuple[str, str]  # folded text before and behind a place


class Others(NamedTuple):
    """What the guard knows of disguises beside sounds."""

    shapes: Shapes
    inserted: Inserted
    initials: Initials
    reordering: Reordering
    are_in: Callable[[Folded], bool]  # whether any of these brings about a hit in a text


class Otherwise:
    """Tells on which lines shapes, inserted or regional words or clauses in another order bring about a hit."""

    def __init__(self, rules: Sequence[CompiledRule], others: Others, chains: Chains) -> None:
        self._others = others
        self._phrases: list[Matcher] = []  # as the chains number them
        for rule in rules:
            if rule.folded:
                self._phrases += rule.phrases
            else:
                self._phrases += [_NO_PHRASE] * len(rule.rule.phrases)
        self._chains = chains
        self._shapes = ShapeFinder(others.shapes)
        self._inserted = InsertedFinder(others.inserted, chains, self._phrases)
        self._reordered = ReorderedFinder(others.reordering, chains)

    def add_lines(
        self,
        unread: Flags,
        text: str,
        codes: Codes,
        reduced: ReducedText,
        bare_text: BareText,
        lines: Lines,
        opened: Flags,
    ) -> None:
        """Add those lines to ``unread``.

        ``opened`` are the groups of lines that hold all characters of a phrase in the middle of which anything may
        stand: what is changed there may bring about a hit without being a part of any of its wording.
        """
        import numpy as np

        shaped, slipped, spoken, moved = (np.zeros(len(unread), bool) for _ in range(4))
        certain, outer = self._shapes.find(codes, reduced, lines)
        shaped[certain] = True
        self._add_outer(shaped, outer, lines)
        self._inserted.add_lines(unread, slipped, codes, bare_text, lines, opened)
        add_dialect(unread, spoken, codes, lines)
        moved[self._reordered.lines_of(codes, bare_text, lines, opened)] = True
        seams: list[Seam] = []
        of_lines: list[int] = []
        likely: dict[int, Folded] = {}
        waiting: dict[int, Folded] = {}
        for line in np.flatnonzero((shaped | slipped | spoken | moved) & ~unread).tolist():
            if not lines.is_whole(line):
                unread[line] = True
                continue
            folded = lines.folded(line, text)
            if opened[lines.group[line]]:
                likely[line] = folded
                continue
            found = list(self._seams(folded, shaped[line], slipped[line], spoken[line], moved[line]))
            if None in found:
                likely[line] = folded
            elif found:
                waiting[line] = folded
                seams += filter(None, found)
                of_lines += [line] * len(found)
        for line in self._run_over(seams, of_lines):
            likely[line] = waiting[line]
        for line, folded in likely.items():
            unread[line] = self._others.are_in(folded)

    def _add_outer(self, shaped: Flags, places: Places, lines: Lines) -> None:
        """Add the lines at the end of which a look-alike, at some places, may be a part of a phrase."""
        common = self._others.shapes.common
        seams: list[Seam] = []
        of_lines: list[int] = []
        for place, line in zip(places.tolist(), lines.of(places).tolist(), strict=True):
            if shaped[line]:
                continue
            if not lines.is_whole(line):
                shaped[line] = True
                continue
            text, at = lines.text(line, line), place - lines.bounds[line]
            before, behind = ("".join(filter(str.isalnum, each)) for each in (text[:at], text[at + 1 :]))
            present = frozenset(text)
            for meant in common[text[at]]:
                if self._may_be_alone(meant, present | {meant}):
                    shaped[line] = True
                    break
                seams += (before, meant + behind), (before + meant, behind)
                of_lines += line, line
        for line in self._run_over(seams, of_lines):
            shaped[line] = True

    def _run_over(self, seams: Sequence[Seam], of_lines: Sequence[int]) -> Iterator[int]:
        """Yield the lines of seams that a phrase may run over by all that it requires."""
        if seams:
            for seam, phrase in zip(*(each.tolist() for each in self._chains.through_seams(seams)), strict=True):
                if phrase == ANY or self._phrases[phrase].compiled.may_match(frozenset("".join(seams[seam]))):
                    yield of_lines[seam]

    def _seams(self, folded: Folded, shaped: bool, slipped: bool, spoken: bool, moved: bool) -> Iterator[Seam | None]:
        """Yield the places at which other readings of a line differ from it; None where any of it may be meant."""
        if shaped:
            for reading in self._others.shapes.readings(folded, reduce(folded.text)):
                if reading.sure:
                    yield None
                    return
                for at in reading.places:
                    yield from self._around(reading.folded.text, at, at + 1)
        if slipped:
            for shortened in self._others.inserted.readings(folded):
                written = shortened.folded.text
                yield from ((written[:seam], written[seam:]) for seam in shortened.seams)
        if spoken and (standard := in_the_standard_language(folded)) is not None:
            for first, last in standard.spans:
                yield from self._around(standard.folded.text, first, last)
        if moved:
            normalised = folded.normalised.text
            for wording, ((start, end), *_) in self._others.reordering.orders(normalised, folded.begin, folded.end):
                first = len("".join(filter(str.isalnum, normalised[start:end])))
                yield wording[:first], wording[first:]

    def _around(self, text: str, first: int, last: int) -> Iterator[Seam | None]:
        """Yield seams of which a phrase runs over one if it holds all of a piece of a folded text, or None."""
        inside = [at for at in range(first, last) if bare(text[at])]
        if not inside or (len(inside) == 1 and self._may_be_alone(text[inside[0]], frozenset(text))):
            yield None
        elif len(inside) == 1:
            yield text[: inside[0]], text[inside[0] :]
            yield text[: inside[0] + 1], text[inside[0] + 1 :]
        else:
            yield text[: inside[0] + 1], text[inside[0] + 1 :]

    def _may_be_alone(self, character: str, present: frozenset[str]) -> bool:
        """Tell whether a character may be a whole piece of a phrase, where these characters are."""
        phrases = self._chains.alone.get(character, ())
        return any(self._phrases[phrase].compiled.may_match(present) for phrase in phrases)
