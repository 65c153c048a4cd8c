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
    from csbot.rules.bulk.characters import Codes, Flags, ReducedText
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
        shaped[self._shapes.lines_of(codes, reduced, lines)] = True
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
        if seams:
            for seam, phrase in zip(*map(np.ndarray.tolist, self._chains.through_seams(seams)), strict=True):
                line = of_lines[seam]
                if line not in likely and (
                    phrase == ANY or self._phrases[phrase].compiled.may_match(frozenset("".join(seams[seam])))
                ):
                    likely[line] = waiting[line]
        for line, folded in likely.items():
            unread[line] = self._others.are_in(folded)

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
        if not inside or (len(inside) == 1 and text[inside[0]] in self._chains.alone):
            yield None
        elif len(inside) == 1:
            yield text[: inside[0]], text[inside[0] :]
            yield text[: inside[0] + 1], text[inside[0] + 1 :]
        else:
            yield text[: inside[0] + 1], text[inside[0] + 1 :]
