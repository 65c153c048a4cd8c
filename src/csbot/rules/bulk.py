"""A first look at long texts: which lines are worth reading at all.

The way of a short text (normalise, fold, reduce, look up) is gone here for a million characters at a time, with
tables and one automaton. What comes out is a superset: every line that can hold a hit is given to the ordinary
scan, which alone decides. Lines with anything out of the ordinary are given to it unseen.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from itertools import groupby, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from csbot.rules.anchors import Anchor, AnchorTable, groups_of
from csbot.rules.compiled import CompiledRule, Matcher
from csbot.rules.model import Hit
from csbot.rules.names import SURNAMES
from csbot.rules.quotes import QUOTATION_MARKS
from csbot.rules.reduce import FILLER_CHARACTERS, LONGER_FILLERS, one_person, reduce
from csbot.rules.sound import Spelled, differences
from csbot.rules.ways import ways_as_written
from csbot.text.normalise import SEVERAL, VANISHES, character_table
from csbot.text.pinyin import sound_table
from csbot.text.segment import CLAUSE_ENDS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Codes = NDArray[np.uint16]
    Places = NDArray[np.int64]

CHUNK = 1 << 20  # characters looked at together
NEAR = 16  # characters around an anchor in which the characters must stand that reducing took from it
_PERSONS = "你您我咱们，"  # stand in for each other, or are no wording
MOST_PARTICLES = 12  # characters between a clause and its end that are looked at
_RETURN, _NEW_LINE = 13, 10
_BASIC = 0x10000
_ASTRAL = 0xFFFF  # stands for every character outside the basic plane

_LAST = "\uffff"
_UNSEEN = frozenset(" \n" + VANISHES + SEVERAL)

# What a character can be, as bits.
_ODD, _BREAK, _LETTER, _SURNAME, _WORD = 1, 2, 4, 8, 16
_AFTER_A_NAME = frozenset(map(ord, ",，:：!！﹗︰您你妳祢︓︕﹐﹕｡"))
_NAME_LENGTHS = (2, 3, 4)


class _Tables(NamedTuple):
    """For each character of the basic plane: its reduced form or 0, its sound, and what it can be."""

    reduced: Codes
    sounds: Codes
    kinds: NDArray[np.uint8]


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    import numpy as np

    reduced = np.zeros(_BASIC, np.uint16)
    sounds = np.arange(_BASIC, dtype=np.uint16)
    kinds = np.zeros(_BASIC, np.uint8)
    left: dict[str, str] = {}
    for code, character in enumerate(character_table()):
        if character == SEVERAL:
            kinds[code] = _ODD
        elif character == "\n":
            kinds[code] = _BREAK
        elif character != VANISHES and character.isalnum():
            kinds[code] = _WORD | (_LETTER if "a" <= character <= "z" else 0)
            if character not in left:
                left[character] = reduce(character).text
            if left[character]:
                reduced[code] = ord(left[character])
    for surname in SURNAMES:
        kinds[ord(surname)] |= _SURNAME
    for code, sound in sound_table().items():
        sounds[code] = ord(sound)
    kinds[0xD800:0xE000] = kinds[_ASTRAL] = _ODD
    return _Tables(reduced, sounds, kinds)


@lru_cache(maxsize=1)
def _translation() -> dict[int, str]:
    return dict(enumerate(character_table()))


class LineSieve:
    """Picks the lines of a long text that the ordinary scan must see."""

    def __init__(
        self,
        rules: Sequence[CompiledRule],
        anchors: AnchorTable,
        spelled: Spelled,
        *,
        patterns: Sequence[Matcher] = (),
        names: bool = False,
    ) -> None:
        """Take the rules with their anchors, their regular expressions, and whether bare names are to be found."""
        self._rules = rules
        self._anchors = anchors
        self._spelled = spelled
        self._groups_by_phrase: dict[tuple[int, int], tuple[list[re.Pattern[str]], int]] = {}
        self._patterns = patterns
        self._names = names

    @cached_property
    def _automaton(self) -> tuple[Any, list[list[Any]]]:
        from ahocorasick_rs import AhoCorasick, MatchKind

        sounds = list(self._anchors.by_sounds)
        return AhoCorasick(sounds, matchkind=MatchKind.Standard), [self._anchors.by_sounds[each] for each in sounds]

    def lines(self, text: str) -> Iterator[tuple[int, int, list[Hit] | None]]:
        """Yield spans of whole lines that hold every possible hit, in order and without overlap.

        Where nothing needs a closer look the hits come with the span, else None.
        """
        for begin, end in _chunks(text):
            chunk = text[begin:end]
            for first, last, certain in self._lines_of(chunk):
                hits = certain and [replace(hit, start=hit.start + begin, end=hit.end + begin) for hit in certain]
                yield begin + first, begin + last, hits

    def _lines_of(self, text: str) -> Iterator[tuple[int, int, list[Hit] | None]]:
        import numpy as np

        tables = _tables()
        codes = _codes(text)
        kinds = tables.kinds[codes]
        breaks = np.flatnonzero(kinds & _BREAK)
        breaks = breaks[(codes[breaks] != _RETURN) | (codes[np.minimum(breaks + 1, len(codes) - 1)] != _NEW_LINE)]
        wanted = [np.flatnonzero(kinds & _ODD), self._letters(text, kinds)]
        if self._names:
            wanted.append(_names(codes, kinds))
        if self._patterns:
            wanted.append(self._places_of_patterns(codes))
        single = np.concatenate(wanted)
        firsts, lasts, certain = self._candidates(tables, codes, text, breaks)
        lines = _Lines(text, kinds, breaks)
        hits, doubtful = self._settled(text, lines, certain)
        firsts = np.concatenate([firsts, single, doubtful])
        lasts = np.concatenate([lasts, single, doubtful])
        return lines.with_hits(lines.around(firsts, lasts), hits)

    def _settled(
        self, text: str, lines: _Lines, certain: list[tuple[int, int, Anchor]]
    ) -> tuple[dict[int, list[Hit]], Places]:
        """Return the hits of each line on which phrases stand as listed and nothing can spare them.

        The places on other lines are returned too: those lines must be read.
        """
        import numpy as np

        hits: dict[int, list[Hit]] = defaultdict(list)
        doubtful: list[int] = []
        numbers = np.searchsorted(lines.breaks, np.array([start for start, _, _ in certain], dtype=np.int64)).tolist()
        for number, found in groupby(zip(numbers, certain, strict=True), key=itemgetter(0)):
            places = sorted({(start, end, anchor.rule) for _, (start, end, anchor) in found})
            begin, stop = lines.span(number)
            line = text[begin:stop].translate(_translation())
            present = frozenset(line)
            apart = all(end <= start for (_, end, _), (start, _, _) in pairwise(places))
            spared = not present.isdisjoint(QUOTATION_MARKS) or any(
                self._spares(rule, line, present) for _, _, rule in places
            )
            if apart and not spared:
                for start, end, rule in places:
                    given = self._rules[rule].rule
                    found_text = text[start:end]
                    hits[number].append(Hit(given, start, end, found_text, ways_as_written(given, found_text)))
            else:
                doubtful.append(places[0][0])
        return hits, np.array(doubtful, dtype=np.int64)

    def _spares(self, rule: int, line: str, present: frozenset[str]) -> bool:
        """Tell whether an exception of a rule stands in a line, given with its characters."""
        exceptions = (matcher for _, matcher in self._rules[rule].exceptions if matcher.compiled.may_match(present))
        return any(matcher.is_in("".join(filter(str.isalnum, line))) for matcher in exceptions)

    def _may_hold(self, anchor: Anchor, raw: str, alike: str, places: Places, start: int, end: int) -> bool:
        """Tell whether the rest of a phrase can stand around one of its anchors."""
        if anchor.opens and not _is_alone(raw, int(places[start]) - 1, -1):
            return False
        if anchor.closes and not _is_alone(raw, int(places[end - 1]) + 1, 1):
            return False
        if anchor.literal and len(anchor.text) < len(anchor.literal):
            return self._is_spelled_out(anchor, raw, int(places[start]), int(places[end - 1]))
        groups, length = self._groups(anchor)
        around = alike[max(0, start - length) : end + length]
        return all(group.search(around) for group in groups)

    def _is_spelled_out(self, anchor: Anchor, raw: str, first: int, last: int) -> bool:
        """Tell whether the characters that reducing took from a phrase stand around it too: 「快」 of 「快了快了」."""
        around = raw[max(0, first - NEAR) : last + NEAR].translate(_translation())
        return all(character in around for character in anchor.literal if character not in _PERSONS)

    def _groups(self, anchor: Anchor) -> tuple[list[re.Pattern[str]], int]:
        """Return what stands around an anchor where its phrase matches, and within how many characters."""
        key = anchor.rule, anchor.phrase
        if key not in self._groups_by_phrase:
            self._groups_by_phrase[key] = groups_of(self._rules[anchor.rule].rule.phrases[anchor.phrase])
        return self._groups_by_phrase[key]

    def _letters(self, text: str, kinds: NDArray[np.uint8]) -> Places:
        """Return places of Latin letters that may spell a part of a phrase."""
        import numpy as np

        letters = np.flatnonzero(kinds & _LETTER)
        if not len(letters):
            return letters
        ends = np.flatnonzero(np.concatenate([letters[1:] != letters[:-1] + 1, [True]]))
        starts = np.concatenate([[0], ends[:-1] + 1])
        runs = zip(letters[starts].tolist(), letters[ends].tolist(), strict=True)
        known = [first for first, last in runs if self._spelled.may_mean_between(text, first, last + 1)]
        return np.array(known, dtype=np.int64)

    def _places_of_patterns(self, codes: Codes) -> Places:
        """Return places where a regular expression matches, and those of characters that would hide a match."""
        import numpy as np

        normalised = np.frombuffer(character_table().encode("utf-16-le"), np.uint16)[codes]
        text = normalised.tobytes().decode("utf-16-le")
        found = [start for matcher in self._patterns for start in matcher.starts(text)]
        return np.concatenate([np.flatnonzero(normalised == ord(VANISHES)), np.array(found, dtype=np.int64)])

    def _candidates(
        self, tables: _Tables, codes: Codes, raw: str, breaks: Places
    ) -> tuple[Places, Places, list[tuple[int, int, Anchor]]]:
        """Return the places of the first and of the last character of each anchor that may be meant.

        Phrases that stand there as listed are returned apart, with their spans.
        """
        import numpy as np

        reduced = tables.reduced[codes]
        places = np.flatnonzero(reduced)
        reduced = reduced[places]
        keep = _without_fillers(reduced)
        reduced, places = reduced[keep], places[keep]
        if not len(reduced):
            return places, places, []
        again = np.flatnonzero(reduced[1:] == reduced[:-1]) + 1
        # Repeated on the next line is not repeated: that line must be read too.
        again = again[np.searchsorted(breaks, places[again]) == np.searchsorted(breaks, places[again - 1])]
        reduced, places = np.delete(reduced, again), np.delete(places, again)
        text = reduced.tobytes().decode("utf-16-le")
        alike = one_person(text)
        sounds = tables.sounds[reduced].tobytes().decode("utf-16-le")
        automaton, anchors = self._automaton
        found: list[tuple[int, int]] = []
        certain: list[tuple[int, int, Anchor]] = []
        for number, start, end in automaton.find_matches_as_indexes(sounds, overlapping=True):
            written, same = text[start:end], alike[start:end]
            for anchor in anchors[number]:
                if anchor.is_written(written, same):
                    if anchor.literal and (span := _as_listed(anchor, raw, int(places[start]))):
                        certain.append((*span, anchor))
                    elif self._may_hold(anchor, raw, alike, places, start, end):
                        found.append((start, end - 1))
                        break
                elif anchor.literal and end - start > 1 and differences(same, anchor):
                    found.append((start, end - 1))
                    break
        if not found:
            return places[:0], places[:0], certain
        ends = np.array(found, dtype=np.int64)
        return places[ends[:, 0]], places[ends[:, 1]], certain


def _as_listed(anchor: Anchor, raw: str, start: int) -> tuple[int, int] | None:
    """Return the span of a phrase that stands in a text just as it is listed, or None."""
    literal = anchor.literal
    if not raw.startswith(literal, start):
        return None
    end = start + len(literal)
    if not anchor.keep_you and literal[-1] in _PERSONS and raw[end : end + 1] == "们":
        end += 1
    # A repeated character belongs to the hit: that is for the ordinary scan to see.
    repeated = raw[end : end + 1] == raw[end - 1] or (start and raw[start - 1] == literal[0])
    return None if repeated else (start, end)


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    """Cut a text at line breaks that no phrase can run across, into pieces of about CHUNK characters."""
    start = 0
    while start < len(text):
        end = start + CHUNK
        while end < len(text):
            end = text.find("\n", end) + 1
            if not end:
                break
            if not (text[end - 2 : end - 1].isalnum() and text[end : end + 1].isalnum()):
                break
        if end <= start or end > len(text):
            end = len(text)
        yield start, end
        start = end


def _codes(text: str) -> Codes:
    import numpy as np

    encoded = text.encode("utf-16-le", "surrogatepass")
    if len(encoded) == 2 * len(text):
        return np.frombuffer(encoded, np.uint16)
    wide = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return np.where(wide < _BASIC, wide, _ASTRAL).astype(np.uint16)


def _without_fillers(reduced: Codes) -> NDArray[np.bool_]:
    """Return which characters stay when the fillers of two characters are left out."""
    import numpy as np

    keep = np.ones(len(reduced), bool)
    fillers = [reduce_to for word in LONGER_FILLERS if len(reduce_to := _characters(word)) == 2]
    firsts = np.isin(reduced[:-1], np.array(sorted({each[0] for each in fillers}), np.uint16))
    at = np.flatnonzero(firsts)
    pairs = reduced[at].astype(np.uint32) << 16 | reduced[at + 1]
    wanted = np.array([first << 16 | second for first, second in fillers], np.uint32)
    at = at[np.isin(pairs, wanted)]
    keep[at] = keep[at + 1] = False
    return keep


def _characters(word: str) -> tuple[int, ...]:
    """Return the codes of the characters of a filler that are not left out one by one."""
    return tuple(code for code in (int(_tables().reduced[ord(character)]) for character in word) if code)


def _is_alone(raw: str, at: int, step: int) -> bool:
    """Tell whether nothing but particles stands between a place and the end of its clause, one way."""
    table = character_table()
    for _ in range(MOST_PARTICLES):
        if not 0 <= at < len(raw):
            return True
        character = table[ord(raw[at])] if raw[at] <= _LAST else SEVERAL
        if character in CLAUSE_ENDS or character == SEVERAL:
            return True
        if character.isalnum() and character not in FILLER_CHARACTERS:
            return False
        at += step
    return True


def _names(codes: Codes, kinds: NDArray[np.uint8]) -> Places:
    """Return places of surnames behind which a name may end as a call does."""
    import numpy as np

    at = np.flatnonzero(kinds & _SURNAME)
    after = np.array(sorted(_AFTER_A_NAME), np.uint16)
    called = np.zeros(len(at), bool)
    for length in _NAME_LENGTHS:
        inside = at + length < len(codes)
        called[inside] |= np.isin(codes[at[inside] + length], after)
    at = at[called]
    # A call stands at the beginning of a clause, or behind a greeting and perhaps a comma.
    before = np.where(at > 0, kinds[at - 1] & _WORD, 0)
    greeted = np.isin(codes[at - 1], np.array([ord(each) for each in "好的喂哎嗨个"], np.uint16)) & (at > 0)
    called_places: Places = at[(before == 0) | greeted]
    return called_places


class _Lines:
    """The lines of a text, and which of them belong together."""

    def __init__(self, text: str, kinds: NDArray[np.uint8], breaks: Places) -> None:
        import numpy as np

        self._text = text
        self.breaks = breaks
        self._starts = np.concatenate([[0], breaks + 1])
        self._words = np.flatnonzero(kinds & _WORD)
        # The number of word characters before each line, and before the end.
        self._counts = np.searchsorted(self._words, np.concatenate([self._starts, [len(text)]])).tolist()

    def span(self, line: int) -> tuple[int, int]:
        """Return the span of a line, given by its number, with its line break."""
        end = int(self.breaks[line]) + 1 if line < len(self.breaks) else len(self._text)
        return int(self._starts[line]), end

    def with_hits(
        self, spans: list[tuple[int, int]], hits: dict[int, list[Hit]]
    ) -> Iterator[tuple[int, int, list[Hit] | None]]:
        """Yield the spans that must be read, and between them the lines whose hits are known."""
        unread = iter([*spans, (len(self._text) + 1, 0)])
        start, end = next(unread)
        for line in sorted(hits):
            begin, stop = self.span(line)
            while end and end <= begin:
                yield start, end, None
                start, end = next(unread)
            if begin < start:
                yield begin, stop, hits[line]
        while end:
            yield start, end, None
            start, end = next(unread)

    def around(self, firsts: Places, lasts: Places) -> list[tuple[int, int]]:
        """Return the lines from each first to its last place, with those into which a phrase may run on."""
        import numpy as np

        if not len(firsts):
            return []
        first_lines, last_lines = np.searchsorted(self.breaks, firsts), np.searchsorted(self.breaks, lasts)
        wanted = np.unique(np.stack([first_lines, last_lines], 1), axis=0)
        spans: list[list[int]] = []
        for first, last in wanted.tolist():
            start, end = first, last
            if spans and end <= spans[-1][1]:
                continue
            while start > 0 and self._runs_on(start - 1):
                start -= 1
            while end < len(self.breaks) and self._runs_on(end):
                end += 1
            if spans and start <= spans[-1][1]:
                spans[-1][1] = end
            else:
                spans.append([start, end])
        ends = [*(self.breaks + 1).tolist(), len(self._text)]
        return [(int(self._starts[start]), ends[end]) for start, end in spans]

    def _runs_on(self, line: int) -> bool:
        """Tell whether a phrase may run on from a line into the next one.

        It may where there is wording right before and right behind the line break, or a line holds a single
        character.
        """
        before, at, after = self._counts[line : line + 3]
        if at - before == 1 or after - at == 1:
            return True
        if at == before or after == at:
            return False
        return not self._is_marked(int(self._words[at - 1]) + 1, int(self._words[at]))

    def _is_marked(self, start: int, end: int) -> bool:
        """Tell whether anything that can be seen stands between two words."""
        table = character_table()
        return any(table[ord(character)] not in _UNSEEN for character in self._text[start:end] if character <= _LAST)
