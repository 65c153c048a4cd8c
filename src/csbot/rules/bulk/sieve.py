"""A first look at long texts: which lines are worth reading at all.

The way of a short text (normalise, fold, reduce, look up) is gone here for a million characters at a time, with
tables and one automaton. What comes out is a superset: every line that can hold a hit. Where a phrase stands as listed,
and nothing on its line can spare it, the hit is made here; lines that stand by themselves, and on which nothing but
phrases as they are written can be, are judged by those (``bulk.settling``). All others are given to the ordinary scan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from csbot.rules.bulk.alike import AlikeFinder
from csbot.rules.bulk.anchors import AnchorFinder, Found
from csbot.rules.bulk.breaks import BreakFinder
from csbot.rules.bulk.chains import Chains
from csbot.rules.bulk.characters import (
    GONE,
    ODD,
    SURNAME,
    WORD,
    codes_of,
    reduce_codes,
    tables,
    translation,
)
from csbot.rules.bulk.letters import Letters, runs_of_letters
from csbot.rules.bulk.lines import LONGEST, Lines
from csbot.rules.bulk.links import BareText
from csbot.rules.bulk.otherwise import Opened, Others, Otherwise
from csbot.rules.bulk.places import Choices, View, as_listed, is_found_whole
from csbot.rules.bulk.settling import Certain, Possible, Settling
from csbot.rules.bulk.sounds import Sounding, sounds_of
from csbot.rules.disguises.alike import Alike
from csbot.rules.disguises.sound import Spelled
from csbot.rules.lookup.anchor_table import AnchorTable
from csbot.rules.wording.compiled import MOST_KEPT_FOR_LONG_TEXTS, CompiledRule, Matcher, keep_expressions
from csbot.rules.wording.model import Hit, Kind
from csbot.rules.wording.names import CALLING, bare_names
from csbot.text.regex import regex

if TYPE_CHECKING:
    from csbot.rules.bulk.characters import Codes, Flags, Places, ReducedText

CHUNK = 1 << 20  # characters looked at together
# Behind this nothing runs on into the next line: two words side by side and a mark that ends a sentence, whatever
# other marks stand beside it.
_SURE_END = regex(r"[0-9\u4e00-\u9fff]{2}[^\w\n]{0,6}[。！？!?；;][^\w\n]{0,6}\n")
_GREETING_ENDS = "好的喂哎嗨个"
_AFTER_A_NAME = ",:!您你" + CALLING
_NAME_LENGTHS = (2, 3, 4)
_LONGEST_AT_AN_END = 6  # characters of a name that its line ends in, with spaces and the line break

Span = tuple[int, int, list[Hit] | None]


class LineSieve:
    """Picks the lines of a long text that the ordinary scan must see."""

    def __init__(
        self,
        rules: Sequence[CompiledRule],
        finder: AnchorFinder,
        spelled: Spelled,
        others: Others,
        alike: Alike,
        *,
        patterns: Sequence[Matcher] = (),
        names: bool = False,
    ) -> None:
        """Take the rules with their anchors, what letters and shapes may stand for, and what else is to be found."""
        keep_expressions(MOST_KEPT_FOR_LONG_TEXTS)
        self._rules = rules
        self._finder = finder
        self._chains = finder.chains
        self._letters = Letters(spelled, others.initials)
        self._are_letters_meant = others.readers.are_letters_meant
        self._otherwise = Otherwise(others, finder.chains, finder.phrases)
        self._alike = AlikeFinder(alike)
        self._sounding = Sounding(self._finder.anchors, others.readers.corrected)
        self._patterns = patterns
        self._names = names
        self._choices: Choices = {}
        self._found_whole: dict[int, bool] = {}  # by the number of the anchor
        self._settling = Settling(rules)
        self.breaks = BreakFinder(
            finder, self._sounding, self._letters, self._otherwise, others, self._alike, names=names
        )

    def lines(self, text: str, apart: Sequence[int] | None = None, *, are_texts: bool = False) -> Iterator[Span]:
        """Yield spans of whole lines that hold every possible hit, in order and without overlap.

        The text is one of the ``chunks`` of a long one, or with ``apart`` stretches that end there, each by itself.
        Where these ``are_texts`` the line break at the end of each does not belong to it. Where nothing needs a closer
        look the hits come with the span, else None.
        """
        if not text:
            return
        codes = codes_of(text)
        lines = Lines(codes, apart)
        unread = (lines.present & ODD) != 0
        self._add_gone(unread, lines)
        odd = self._otherwise.lines_of_odd(codes, lines)
        self._add_letters(unread, text, lines, odd)
        if self._names:
            self._add_names(unread, codes, lines)
        if self._patterns:
            self._add_patterns(unread, text, lines, are_texts=are_texts)
        reduced = reduce_codes(codes, lines.kinds, lines.starts, lines.glued)
        unread[reduced.doubtful] = True
        known: dict[int, list[Hit]] = {}
        if len(reduced.places):
            bare_text = BareText(codes)
            found = self._finder.find(reduced, bare_text, lines, unread)
            certain, possible, opened = self._as_written(unread, text, reduced, lines, found)
            self._otherwise.add_lines(unread, text, codes, reduced, bare_text, lines, opened, odd)
            self._alike.add_lines(unread, text, reduced, lines)
            known = self._settling.settled(certain, possible, unread, text, lines)
        elif self._finder.has_unanchored:
            unread |= lines.words > 0  # small words and nothing else
        yield from lines.to_read(unread, known)

    def _add_gone(self, unread: Flags, lines: Lines) -> None:
        """Add the lines on which something invisible stands behind wording: it may hide a name or a word in Latin."""
        import numpy as np

        gone = np.flatnonzero(lines.kinds == GONE)
        hidden = gone[(gone > 0) & ((lines.kinds[np.maximum(gone - 1, 0)] & WORD) != 0)]
        unread[lines.of(hidden)] = True
        if self._patterns:
            unread[lines.of(gone)] = True

    def _add_letters(self, unread: Flags, text: str, lines: Lines, odd: Flags) -> None:
        """Add the lines with Latin letters that spell a part of a phrase, or may where the line is ``odd`` besides."""
        starts, lasts, are_dotted = runs_of_letters(lines.kinds)
        numbers = lines.of(starts)
        unread[numbers[are_dotted]] = True
        known: dict[int, bool] = {}
        for first, last, line in zip(starts.tolist(), lasts.tolist(), numbers.tolist(), strict=True):
            if unread[line] or line in known or not self._letters.may_mean_between(text, first, last + 1):
                continue
            known[line] = not lines.is_whole(line) or bool(odd[line])
            unread[line] = known[line] or self._are_letters_meant(lines.folded(line, text))

    def _add_names(self, unread: Flags, codes: Codes, lines: Lines) -> None:
        """Add the lines on which a name stands by itself."""
        for line in sorted(set(lines.of(_names(codes, lines)).tolist())):
            if not unread[line]:
                normalised = lines.text(line, line)
                unread[line] = (
                    bool(lines.present[line] & GONE)
                    or bool(lines.glued[line])
                    or any(bare_names(normalised, 0, len(normalised)))
                )

    def _add_patterns(self, unread: Flags, text: str, lines: Lines, *, are_texts: bool) -> None:
        """Add the lines on which a regular expression matches, and those too long or too short to tell."""
        import numpy as np

        short = (lines.words <= 1) & (lines.words > 0)
        unread |= (lines.ends - lines.starts > LONGEST) | short | np.concatenate([[False], short[:-1]])
        for line in np.flatnonzero(~unread).tolist():
            start, end = lines.span(line)
            normalised = text[start : end - are_texts].translate(translation())
            unread[line] = any(matcher.is_in(normalised) for matcher in self._patterns)

    def _as_written(
        self, unread: Flags, text: str, reduced: ReducedText, lines: Lines, found: Found
    ) -> tuple[Certain, Possible, Opened]:
        """Return which phrases stand on lines as they are listed, and which ones may stand there as they are written.

        Lines on which anything else may be meant by its sound are added to ``unread``. Last those groups of lines
        that hold all characters of a phrase in the middle of which anything may stand.
        """
        import numpy as np

        view = View(self._rules, self._choices, text, reduced, lines)
        certain: Certain = defaultdict(list)
        possible: Possible = defaultdict(lambda: defaultdict(set))
        unread[list(self._lines_by_sound(unread, text, reduced, lines, found, view))] = True
        opening: dict[int, set[int]] = defaultdict(set)  # by group of lines
        doubtful: set[int] = set()
        anchors, numbers = self._finder.anchors, self._finder.numbers
        rows = np.flatnonzero(found.written)
        lines_of, last_lines = reduced.lines[found.starts[rows]], reduced.lines[found.ends[rows] - 1]
        present = [masks[lines_of] | masks[last_lines] for masks in lines.masks]
        likely = self._finder.phrases.may_have_choices(numbers[found.anchors[rows]], present)
        columns = (
            found.anchors[rows],
            found.starts[rows],
            found.ends[rows],
            lines_of,
            last_lines,
            reduced.places[found.starts[rows]],
            reduced.places[found.ends[rows] - 1],
            reduced.repeated[found.ends[rows] - 1],
            likely,
            self._chains.is_open[numbers[found.anchors[rows]]],
        )
        for number, start, end, line, last_line, place, last_place, repeated, may_hold, is_open in zip(
            *(column.tolist() for column in columns), strict=True
        ):
            anchor = anchors[number]
            if (
                anchor.literal
                and not repeated
                and (span := as_listed(anchor, text, place))
                and self._is_found_whole(number)
            ):
                certain[line].append((*span, anchor))
            elif may_hold and view.has_characters(anchor, (line, last_line)):
                if is_open:
                    opening[int(lines.group[line])].add(int(numbers[number]))
                if view.may_hold(anchor, (start, end), (place, last_place), (line, last_line)):
                    possible[line][anchor.rule].add(anchor.phrase)
                    if line != last_line:
                        doubtful |= {line, last_line}
        unread[list(doubtful)] = True
        self._add_ambiguous(unread, possible, view, reduced, lines)
        opened = np.zeros(int(lines.group[-1]) + 1, bool)
        opened[list(opening)] = True
        timed = np.zeros(len(opened), bool)
        is_timed = self._chains.is_timed
        timed[[group for group, phrases in opening.items() if is_timed[list(phrases)].any()]] = True
        return certain, possible, Opened(opened, timed, opening)

    def _lines_by_sound(
        self, unread: Flags, text: str, reduced: ReducedText, lines: Lines, found: Found, view: View
    ) -> set[int]:
        """Return the lines on which something may be meant that only sounds like what is written."""
        import numpy as np

        first, last = reduced.lines[found.starts], reduced.lines[found.ends - 1]
        rows = np.flatnonzero(~found.written & ~(unread[first] & unread[last]))
        lines_found: set[int] = set()
        for row in rows[first[rows] != last[rows]].tolist():
            if self._sounding.may_differ(int(found.anchors[row]), view.alike[found.starts[row] : found.ends[row]]):
                lines_found |= {int(first[row]), int(last[row])}
        rows = rows[first[rows] == last[rows]]
        sounds = sounds_of(found.anchors[rows], found.starts[rows], found.ends[rows], reduced, lines)
        return lines_found | self._sounding.lines_of(sounds, view.alike, text, reduced, lines)

    def _is_found_whole(self, number: int) -> bool:
        if number not in self._found_whole:
            self._found_whole[number] = is_found_whole(self._finder.anchors[number], self._rules)
        return self._found_whole[number]

    def _add_ambiguous(self, unread: Flags, possible: Possible, view: View, reduced: ReducedText, lines: Lines) -> None:
        """Add the phrases that may run into a filler, 「您的确认」, and those of which nothing is left when reduced."""
        anchors = self._finder.anchors
        found = self._finder.find_bare(reduced, lines, unread)
        candidates = zip(found[1].tolist(), map(anchors.__getitem__, found[0].tolist()), strict=True)
        for line, anchor in chain(candidates, self._finder.find_anywhere(reduced, lines, unread)):
            if not unread[line] and view.may_hold_anywhere(anchor, (line, line)):
                possible[line][anchor.rule].add(anchor.phrase)


def sieve_of(
    rules: Sequence[CompiledRule],
    unanchored: Iterable[tuple[CompiledRule, Sequence[int]]],
    table: AnchorTable,
    chains: Chains,
    spelled: Spelled,
    others: Others,
    alike: Alike,
) -> LineSieve:
    """Return the sieve for rules with their tables; ``unanchored`` are those with phrases that have no anchor."""
    numbers = {each.rule.id: number for number, each in enumerate(rules)}
    without = [(numbers[each.rule.id], phrase) for each, phrases in unanchored for phrase in phrases]
    finder = AnchorFinder(rules, table, chains, without)
    plain = [each for each in rules if not each.folded]
    patterns = [matcher for each in plain for matcher in each.phrases]
    names = any(each.rule.kind is Kind.NAME for each in plain)
    return LineSieve(rules, finder, spelled, others, alike, patterns=patterns, names=names)


def chunks(text: str) -> Iterator[tuple[int, int]]:
    """Cut a text at line breaks that no phrase can run across, into pieces of about CHUNK characters."""
    start = 0
    while start < len(text):
        found = _SURE_END.search(text, start + CHUNK)
        end = found.end() if found else len(text)
        yield start, end
        start = end


def _names(codes: Codes, lines: Lines) -> Places:
    """Return places of surnames behind which a name may end as a call does."""
    import numpy as np

    kinds, normalised = lines.kinds, tables().normalised
    at = np.flatnonzero(kinds & SURNAME)
    # A call stands at the beginning of a clause, or behind a greeting and perhaps a comma.
    before = np.maximum(at - 1, 0)
    greeting = np.zeros(1 << 16, bool)
    greeting[[ord(each) for each in _GREETING_ENDS]] = True
    at = at[(at == 0) | ((kinds[before] & WORD) == 0) | greeting[normalised[codes[before]]]]
    ending = np.zeros(1 << 16, bool)
    ending[[ord(each) for each in _AFTER_A_NAME]] = True
    of_line = lines.of(at)
    # The line may end in the middle of it.
    called = lines.glued[of_line] & (lines.ends[of_line] - at <= _LONGEST_AT_AN_END)
    for length in _NAME_LENGTHS:
        inside = at + length < len(codes)
        called[inside] |= ending[normalised[codes[at[inside] + length]]]
    places: Places = at[called]
    return places
