"""Where the phrases of one rule really stand in a text, and what spares a place."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, pairwise

from csbot.rules.judging.borders import crossing_words
from csbot.rules.judging.broken import is_broken_up, is_set_apart
from csbot.rules.judging.circumstances import circumstance_of
from csbot.rules.judging.quotes import QUOTED, is_quoted
from csbot.rules.judging.reach import Span, over
from csbot.rules.judging.reach import windows as windows_around
from csbot.rules.judging.ways import WRAPPED, ways_of
from csbot.rules.wording.compiled import CompiledRule, Matcher
from csbot.rules.wording.fold import Folded, is_cut_short, is_in_two, is_wrap, may_bridge
from csbot.rules.wording.model import Hit, Kind
from csbot.rules.wording.names import bare_names
from csbot.rules.wording.phrase import WILDCARD
from csbot.text.normalise import Normalised
from csbot.text.regex import regex
from csbot.text.segment import CLAUSE_ENDS, SENTENCE_ENDS

CROSSING = "字在别的词里"
STEP = 8  # characters: what reaches about as far is looked for in the same spans of a text
ENDS = {Kind.CLAUSE: CLAUSE_ENDS, Kind.SENTENCE: SENTENCE_ENDS}
_SEGMENTS = {kind: regex(f"[^{''.join(marks)}]+") for kind, marks in ENDS.items()}
LONG = 4  # characters from which a hit may run across a comma
MOST_LINES = 4  # over which one clause or sentence may be wrapped
LONG_IN_TWO = 6  # characters from which what is written out may be said in two sentences: 「用不起？就别用！」


class Covers:
    """What the exceptions of a rule cover in a text; looked for once, when a place is first asked about."""

    def __init__(self, compiled: CompiledRule, text: str) -> None:
        self._compiled, self._text = compiled, text

    @cached_property
    def _spans(self) -> list[tuple[str, list[int], list[int]]]:
        """For each exception where it begins, in order, and beside that the farthest end up to there."""
        found = ((source, list(matcher.spans(self._text))) for source, matcher in self._compiled.exceptions)
        return [
            (source, [a for a, _ in spans], list(accumulate((b for _, b in spans), max))) for source, spans in found
        ]

    def covering(self, start: int, stop: int) -> str | None:
        """Return the first exception that covers a place whole; None where none does."""
        for source, starts, ends in self._spans:
            if (before := bisect_right(starts, start)) and ends[before - 1] >= stop:
                return source
        return None


def plain_hits(
    compiled: CompiledRule, normalised: Normalised, begin: int, end: int, covers: Covers | None = None
) -> Iterator[Hit]:
    """Yield the hits of a rule that is not matched over folded text, in ``normalised.text[begin:end]``.

    ``covers`` are those of the rule in the whole text, for who asks for several of its stretches.
    """
    text = normalised.text
    covers = covers or Covers(compiled, text)
    if compiled.rule.kind is Kind.NAME:
        places = set(bare_names(text, begin, end))
    else:
        piece = text[begin:end]
        present = frozenset(piece)
        places = {
            (begin + start, begin + stop)
            for matcher in compiled.phrases
            if matcher.compiled.may_match(present)
            for start, stop in matcher.spans(piece)
        }
    seen_end = -1
    for start, stop in sorted(places):
        if start < seen_end:
            continue
        exception = covers.covering(start, stop)
        if exception is None and compiled.rule.tolerant and is_quoted(text, start, stop):
            exception = QUOTED  # an element that is quoted is still said
        seen_end = stop if exception is None else seen_end
        raw_start, raw_end = normalised.raw_span(start, stop)
        ways = (WRAPPED,) if compiled.rule.kind is Kind.NAME and "\n" in text[start:stop] else ()
        yield Hit(compiled.rule, raw_start, raw_end, normalised.raw[raw_start:raw_end], ways, exception)


def folded_hits(
    compiled: CompiledRule, folded: Folded, phrases: Mapping[int, Sequence[Span]], *, ways: tuple[str, ...] = ()
) -> Iterator[tuple[int, int, Hit]]:
    """Yield the hits of some phrases of a rule in folded text, each with its span there.

    ``phrases`` are the numbers of the phrases, and the spans of the text that each of them can stand in.
    ``ways`` name what was corrected before in the text (a homophone).
    """
    rule = compiled.rule
    text = folded.text
    places: dict[Span, list[int]] = defaultdict(list)
    for number, windows in phrases.items():
        matcher = compiled.phrases[number]
        phrase = matcher.compiled
        if not (windows := [(a, b) for a, b in windows if phrase.may_match(frozenset(text[a:b]))]):
            continue
        if rule.kind is Kind.PHRASE:
            written_out = WILDCARD not in rule.phrases[number]
            found = _bridged_places(
                matcher,
                folded,
                windows,
                phrase.bridges_clauses,
                LONG,
                phrase.bridges_sentences,
                LONG_IN_TWO if written_out else None,
            )
        else:
            found = _whole_places(matcher, folded, windows, rule.kind)
        for place in found:
            places[place].append(number)
    if not places:
        return
    covered = list(_covered(compiled, folded, places))
    seen_end = -1
    for start, stop in sorted(places, key=lambda place: (place[0], -place[1])):
        if start < seen_end:
            continue
        exception = _covering(folded, covered, start, stop)
        if exception is None:
            exception = _spared(compiled, folded, start, stop)
        seen_end = stop if exception is None else seen_end
        raw_start, raw_end = folded.raw_span(start, stop)
        found_text = folded.normalised.raw[raw_start:raw_end]
        matching = [rule.phrases[number] for number in places[start, stop]]
        named = (*ways_of(rule, folded, start, stop, matching), *ways)
        yield start, stop, Hit(rule, raw_start, raw_end, found_text, named, exception)


def may_run_over(
    compiled: CompiledRule, number: int, text: str, anchors: Sequence[Span], places: Sequence[Span]
) -> bool:
    """Tell whether a phrase, of which ``anchors`` stand in a folded text, can have a match over any of some places.

    A superset: whether a match is one, what stands between its characters tells.
    """
    matcher = compiled.phrases[number]
    is_whole = compiled.rule.kind is not Kind.PHRASE  # then it matches nothing but a clause or a sentence
    return any(
        matcher.compiled.may_match(frozenset(piece := text[first:last])) and (is_whole or matcher.is_in(piece))
        for first, last in over(windows_around(text, anchors, matcher.compiled.reach), places)
    )


def _covered(compiled: CompiledRule, folded: Folded, places: Collection[Span]) -> Iterator[tuple[str, int, int]]:
    """Yield the exceptions of a rule that stand around some places of a folded text, each with its span."""
    text = folded.text
    windows: dict[int, list[tuple[int, int, frozenset[str]]]] = {}  # by reach, rounded up; with what stands there
    for source, matcher in compiled.exceptions:
        exception = matcher.compiled
        steps = -(-exception.reach // STEP)
        if (near := windows.get(steps)) is None:
            near = windows[steps] = [
                (a, b, frozenset(text[a:b])) for a, b in windows_around(text, places, STEP * steps)
            ]
        if wanted := [(a, b) for a, b, present in near if exception.may_match(present)]:
            across = exception.bridges_clauses or WILDCARD in source
            for start, stop in _bridged_places(matcher, folded, wanted, across):
                yield source, start, stop


def _covering(folded: Folded, covered: Iterable[tuple[str, int, int]], start: int, stop: int) -> str | None:
    """Return the first exception, of those that stand somewhere, that covers a hit.

    Of a hit that marks set apart what stands right beside it must be set apart, too: in 「没有单号我-没-法-查」 only
    the end is disguised, and nobody disguises what he may say.
    """
    found = [each for each in covered if each[1] <= start and stop <= each[2]]
    if found and is_set_apart(folded, start, stop):
        joined = [
            at for at in (start, stop) if 0 < at < len(folded.text) and folded.stops[at - 1] == folded.indexes[at]
        ]
        found = [each for each in found if not any(each[1] < at < each[2] for at in joined)]
    return found[0][0] if found else None


def exception_of(compiled: CompiledRule, folded: Folded, start: int, stop: int) -> str | None:
    """Return an exception of a rule that covers the characters ``start`` to ``stop`` of a folded text."""
    return _covering(folded, _covered(compiled, folded, [(start, stop)]), start, stop)


def _spared(compiled: CompiledRule, folded: Folded, start: int, stop: int) -> str | None:
    """Return what besides the exceptions of a rule drops its hit at a place: what stands around it; else None."""
    text, first, last = folded.normalised.text, folded.indexes[start], folded.stops[stop - 1]
    if is_quoted(text, first, last):
        return QUOTED
    if (circumstance := circumstance_of(compiled.rule, text, first, last)) is not None:
        return circumstance
    if compiled.rule.kind is not Kind.PHRASE or text[first:last] != folded.text[start:stop]:
        return None
    words = crossing_words(text, first, last, lambda word: any(each.is_in(word) for each in compiled.phrases))
    return f"{CROSSING}（{words}）" if words else None


def _bridged_places(
    matcher: Matcher,
    folded: Folded,
    windows: Iterable[Span],
    across_clauses: bool,
    long: int | None = None,
    across_sentences: bool = False,
    long_in_two: int | None = None,
) -> Iterator[tuple[int, int]]:
    """Yield the places of a phrase, in some spans of a text, that bridge nothing which keeps words apart.

    A match takes in every repetition of its first and last character, those beyond a comma too: 「不行，行李…」. They
    are given back where nothing else stands in the way, and of a hit (which has a length from which it is ``long``
    enough to run across a comma) wherever it is one without them: 「您好，好评返现」.
    """

    def holds(start: int, stop: int) -> bool:
        across = across_clauses or (long is not None and _length(folded.text[start:stop]) >= long)
        halved = long_in_two is not None and _length(folded.text[start:stop]) >= long_in_two
        bridged = may_bridge(
            folded,
            start,
            stop,
            across_clauses=across,
            across_sentences=across_sentences or (halved and is_in_two(folded, start, stop)),
        )
        if long is None:
            return bridged
        if bridged and (across_clauses or not is_cut_short(folded, start, stop)):
            return True
        return is_broken_up(folded, start, stop, sentences=long_in_two is not None)

    reach = -1
    for start, stop in (place for first, last in windows for place in matcher.spans(folded.text, first, last)):
        if stop <= reach:
            continue  # inside the place before: whatever spares that one spares this one
        forms = [(start, stop), folded.without_repeats(start, stop)]
        if long is not None:
            forms.insert(0, folded.without_repeats(start, stop, behind=CLAUSE_ENDS))
        for first, last in dict.fromkeys(forms):
            if ((first, last) == (start, stop) or matcher.matches(folded.text[first:last])) and holds(first, last):
                yield first, last
                reach = last
                break


def _length(text: str) -> int:
    """Return how many characters there are, a repeated one counted once: 「不可，可能」 is as short as 「不可能」."""
    return sum(character != before for before, character in pairwise("\0" + text))


def _whole_places(matcher: Matcher, folded: Folded, windows: Iterable[Span], kind: Kind) -> Iterator[Span]:
    """Yield the clauses or sentences in some spans of a text that are nothing but the phrase.

    Opening and closing particles aside. A line that was wrapped in the middle of one is no end of it: 「怎⏎样？」.
    """
    text, indexes = folded.normalised.text, folded.indexes
    reach = -1
    for a, b in windows:
        begin = max(text.rfind(mark, folded.begin, indexes[a]) for mark in ENDS[kind]) + 1 or folded.begin
        if "\n" in text[folded.begin : folded.end]:
            begin = _first_of_wrapped(text, begin, folded.begin, ENDS[kind])
        parts: list[Span] = []  # segments with nothing but a wrapped line between them
        for segment in _SEGMENTS[kind].finditer(text, begin, folded.end):
            first, last = bisect_left(indexes, segment.start()), bisect_left(indexes, segment.end())
            if first >= b and not (parts and parts[-1][1] > a):
                break
            if first >= last:
                continue
            if parts and not (is_wrap(text[folded.stops[parts[-1][1] - 1] : indexes[first]])):
                parts.clear()
            parts.append((first, last))
            for start, _ in parts[-MOST_LINES:]:
                if reach <= start and matcher.is_between(folded.text, start, last):
                    reach = last
                    yield start, last
                    break


def _first_of_wrapped(text: str, begin: int, least: int, ends: Collection[str]) -> int:
    """Return where the first of the lines begins that are wrapped into the segment that begins at ``begin``."""
    for _ in range(MOST_LINES):
        if begin <= least or text[begin - 1] != "\n":
            break
        begin = max([least - 1, *(text.rfind(mark, least, begin - 1) for mark in ends)]) + 1
    return begin
