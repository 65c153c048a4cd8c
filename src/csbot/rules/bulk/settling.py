"""The hits on lines of long texts of which it is known what phrases may stand there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from csbot.rules.bulk.characters import QUOTE
from csbot.rules.bulk.lines import LONGEST, Lines
from csbot.rules.judging.borders import crossing_words
from csbot.rules.judging.circumstances import circumstance_of, may_have_circumstance
from csbot.rules.judging.hits import folded_hits
from csbot.rules.judging.outermost import each_once, outermost
from csbot.rules.judging.ways import SEPARATED, ways_as_written
from csbot.rules.lookup.anchors import Anchor
from csbot.rules.wording.compiled import CompiledRule, Matcher
from csbot.rules.wording.fold import Folded
from csbot.rules.wording.model import Hit

if TYPE_CHECKING:
    from csbot.rules.bulk.characters import Flags

Certain = dict[int, list[tuple[int, int, Anchor]]]  # by line: phrases as listed, with their spans in the text
Possible = dict[int, dict[int, set[int]]]  # by line and rule: the numbers of the phrases that may stand there


class Settling:
    """Judges lines by the phrases that may stand there. It keeps in what ways wording was written."""

    def __init__(self, rules: Sequence[CompiledRule]) -> None:
        self._rules = rules
        self._ways: dict[tuple[int, str], tuple[str, ...]] = {}
        self._sparing: dict[int, tuple[dict[str, list[Matcher]], frozenset[str]]] = {}

    def settled(
        self,
        certain: Certain,
        possible: Possible,
        unread: Flags,
        text: str,
        lines: Lines,
    ) -> dict[int, list[Hit]]:
        """Return the hits of lines on which phrases stand as listed, or may stand, and nothing else may be meant.

        Lines that are read with others are added to ``unread``.
        """
        known: dict[int, list[Hit]] = {}
        for line in {**certain, **possible}:
            if unread[line]:
                continue
            once = sorted({(start, end, anchor.rule) for start, end, anchor in certain.get(line, ())})
            if (
                line not in possible
                and not lines.present[line] & QUOTE
                and lines.bounds[line + 1] - lines.bounds[line] <= LONGEST
                and not (len(once) > 1 and any(end > start for (_, end, _), (start, _, _) in pairwise(once)))
                and not self._is_spared(lines.text(line, line), {rule for _, _, rule in once})
                and not self._is_looked_around(line, lines, once)
            ):
                known[line] = [self._hit(rule, start, end, text[start:end]) for start, end, rule in once]
            elif lines.is_whole(line):
                for _, _, anchor in certain.get(line, ()):
                    possible[line][anchor.rule].add(anchor.phrase)
                if hits := self._hits_of_line(possible[line], lines.folded(line, text), lines.bounds[line]):
                    known[line] = hits
            else:
                unread[line] = True
        return known

    def _hits_of_line(self, phrases: dict[int, set[int]], folded: Folded, begin: int) -> list[Hit]:
        """Return the hits of phrases, by rule, that stand as they are written on a line, which begins at a place."""
        whole = [(0, len(folded.text))]
        found = [
            hit
            for rule, numbers in phrases.items()
            for _, _, hit in folded_hits(self._rules[rule], folded, dict.fromkeys(sorted(numbers), whole))
            if hit.exception is None
        ]
        hits = sorted(outermost(each_once(found)), key=lambda hit: (hit.start, -hit.end, hit.rule.id))
        return [replace(hit, start=hit.start + begin, end=hit.end + begin) for hit in hits]

    def _is_spared(self, line: str, rules: set[int]) -> bool:
        """Tell whether an exception of one of some rules stands in a line (normalised)."""
        present = frozenset(line)
        for rule in rules:
            if rule not in self._sparing:
                # Each exception goes by one of the characters that it requires: few of those are on any line.
                by_character: dict[str, list[Matcher]] = defaultdict(list)
                for _, matcher in self._rules[rule].exceptions:
                    by_character[max(matcher.compiled.required, default="")].append(matcher)
                self._sparing[rule] = by_character, frozenset(by_character)
            by_character, characters = self._sparing[rule]
            for character in (characters & present) | (characters & {""}):
                for each in by_character[character]:
                    if each.compiled.may_match(present) and each.is_in("".join(filter(str.isalnum, line))):
                        return True
        return False

    def _is_looked_around(self, line: int, lines: Lines, once: list[tuple[int, int, int]]) -> bool:
        """Tell whether what stands around one of the hits of a line, on which no quotation mark is, may spare it."""
        begin, text = lines.bounds[line], lines.text(line, line)
        is_whole = lines.is_whole(line)
        for start, end, number in once:
            first, last, rule = start - begin, end - begin, self._rules[number].rule
            # What the ordinary scan reads with a line may end a clause, or go on with it.
            if may_have_circumstance(rule, text) if not is_whole else circumstance_of(rule, text, first, last):
                return True
            if crossing_words(text, first, last, lambda _: False):
                return True
        return False

    def _hit(self, rule: int, start: int, end: int, found: str) -> Hit:
        given = self._rules[rule].rule
        if (rule, found) not in self._ways:
            word = "".join(filter(str.isalnum, found))  # marks that a phrase lists are folded away in a draft, too
            marks = () if word == found or found in (given.name, *given.phrases) else (SEPARATED,)
            self._ways[rule, found] = (*marks, *ways_as_written(given, word if marks else found))
        return Hit(given, start, end, found, self._ways[rule, found])
