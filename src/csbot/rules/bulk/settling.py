"""The hits on lines of long texts of which it is known what phrases may stand there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from csbot.rules.bulk.characters import QUOTE
from csbot.rules.bulk.lines import LONGEST, Lines
from csbot.rules.judging.borders import CONTEXT, crossing_words
from csbot.rules.judging.circumstances import circumstance_of, may_have_circumstance
from csbot.rules.judging.hits import folded_hits
from csbot.rules.judging.outermost import each_once, outermost
from csbot.rules.judging.quotes import QUOTATION_MARKS, is_quoted
from csbot.rules.judging.ways import SEPARATED, ways_as_written
from csbot.rules.lookup.anchors import Anchor
from csbot.rules.wording.compiled import CompiledRule, Matcher
from csbot.rules.wording.model import Hit, Kind

if TYPE_CHECKING:
    from csbot.rules.bulk.characters import Flags

Certain = dict[int, list[tuple[int, int, Anchor]]]  # by line: phrases as listed, with their spans in the text
Listed = dict[int, set[tuple[int, int, int]]]  # by rule: spans of phrases as listed, and the numbers of these
Possible = dict[int, dict[int, set[int]]]  # by line and rule: the numbers of the phrases that may stand there

MOST_REMEMBERED = 100_000  # places of which it is known whether words go through them


_QUOTES = frozenset(QUOTATION_MARKS)


class Settling:
    """Judges lines by the phrases that may stand there. It keeps in what ways wording was written."""

    def __init__(self, rules: Sequence[CompiledRule]) -> None:
        self._rules = rules
        self._ways: dict[tuple[int, str], tuple[str, ...]] = {}
        self._crossed: dict[tuple[int, str, int, int], bool] = {}
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
            listed: Listed = defaultdict(set)
            for start, end, anchor in certain.get(line, ()):
                listed[anchor.rule].add((start, end, anchor.phrase))
            if lines.is_whole(line):
                if hits := self._hits_of_line(line, listed, possible.get(line, {}), text, lines):
                    known[line] = hits
            elif line not in possible and self._are_all_hits(line, listed, lines):
                known[line] = [self._hit(rule, *span, text) for span, rule in _in_order(listed)]
            else:
                unread[line] = True
        return known

    def _hits_of_line(
        self, line: int, listed: Listed, possible: Mapping[int, set[int]], text: str, lines: Lines
    ) -> list[Hit]:
        """Return the hits on a line that is read by itself, of phrases as listed and of those that may stand there."""
        begin, normalised = lines.bounds[line], lines.text(line, line)
        found: list[Hit] = []
        others: dict[int, set[int]] = dict(possible)
        for rule, spans in listed.items():
            if rule in possible or self._is_spared(normalised, {rule}):
                others[rule] = {phrase for _, _, phrase in spans} | possible.get(rule, set())
            else:
                found += self._listed_hits(rule, spans, normalised, begin, text)
        if others:
            folded = lines.folded(line, text)
            whole = [(0, len(folded.text))]
            found += [
                replace(hit, start=hit.start + begin, end=hit.end + begin)
                for rule, numbers in others.items()
                for _, _, hit in folded_hits(self._rules[rule], folded, dict.fromkeys(sorted(numbers), whole))
                if hit.exception is None
            ]
        if len(found) < 2:
            return found
        return sorted(outermost(each_once(found)), key=lambda hit: (hit.start, -hit.end, hit.rule.id))

    def _listed_hits(
        self, rule: int, spans: Collection[tuple[int, int, int]], line: str, begin: int, text: str
    ) -> Iterator[Hit]:
        """Yield the hits of a rule, of which no exception stands on a line (normalised), where it stands as listed.

        They are those of ``folded_hits``: of a phrase the longest at each place, and none inside another one of it;
        then of the rule none that begins inside another one that nothing spares.
        """
        reach: dict[int, int] = {}
        seen_end = -1
        for start, end, phrase in sorted(spans, key=lambda span: (span[0], -span[1])):
            if end <= reach.get(phrase, -1):
                continue
            reach[phrase] = end
            if start >= seen_end and not self._is_spared_at(rule, line, start - begin, end - begin):
                seen_end = end
                yield self._hit(rule, start, end, text)

    def _is_spared_at(self, rule: int, line: str, start: int, end: int) -> bool:
        """Tell whether anything but an exception of its rule spares a hit at a place of a line (normalised)."""
        given = self._rules[rule].rule
        if not _QUOTES.isdisjoint(line) and is_quoted(line, start, end):
            return True
        if circumstance_of(given, line, start, end) is not None:
            return True
        if given.kind is not Kind.PHRASE or end - start < 2 or not line[start:end].isalnum():
            return False
        first = max(0, start - CONTEXT)
        key = rule, line[first : end + CONTEXT], start - first, end - start
        if key not in self._crossed:
            if len(self._crossed) > MOST_REMEMBERED:
                self._crossed.clear()
            phrases = self._rules[rule].phrases
            crossed = crossing_words(line, start, end, lambda word: any(each.is_in(word) for each in phrases))
            self._crossed[key] = crossed is not None
        return self._crossed[key]

    def _are_all_hits(self, line: int, listed: Listed, lines: Lines) -> bool:
        """Tell whether all phrases as listed on a line, which is not read by itself, are hits whatever is around it."""
        begin, end = lines.span(line)
        if lines.present[line] & QUOTE or end - begin > LONGEST:
            return False
        spans = _in_order(listed)
        if any(end > start for ((_, end), _), ((start, _), _) in pairwise(spans)):
            return False
        text = lines.text(line, line)
        return not self._is_spared(text, set(listed)) and not any(
            may_have_circumstance(self._rules[rule].rule, text)
            or crossing_words(text, start - begin, end - begin, lambda _: False)
            for (start, end), rule in spans
        )

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

    def _hit(self, rule: int, start: int, end: int, text: str) -> Hit:
        given, found = self._rules[rule].rule, text[start:end]
        if (rule, found) not in self._ways:
            word = "".join(filter(str.isalnum, found))  # marks that a phrase lists are folded away in a draft, too
            marks = () if word == found or found in (given.name, *given.phrases) else (SEPARATED,)
            self._ways[rule, found] = (*marks, *ways_as_written(given, word if marks else found))
        return Hit(given, start, end, found, self._ways[rule, found])


def _in_order(listed: Listed) -> list[tuple[tuple[int, int], int]]:
    """Return the spans of phrases as listed, each once, with the numbers of their rules."""
    return sorted({((start, end), rule) for rule, spans in listed.items() for start, end, _ in spans})
