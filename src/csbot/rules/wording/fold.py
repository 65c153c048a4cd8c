"""Folded text: the wording of a normalised text without anything between its characters.

Folding joins what dots, spaces or emoji keep apart (「不.行」), but also what punctuation rightly keeps apart
(「作废，话费」 must not read 废话). So every match over folded text is checked against what it bridged.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import eq

from csbot.text.normalise import Normalised
from csbot.text.segment import CLAUSE_ENDS, SENTENCE_ENDS, is_word_character

CLOSING_PARTICLES = frozenset("啊呀呢吧嘛啦了哦哈咯喽哟的噢喔噻嘞咧叻哩哒吖唷啵呗诶")
SOFT_BREAK = 3  # characters from which a hit may run across a line break that no punctuation goes with
GAIN_OF_A_WORD = 3.0  # natural logarithm of how much more probable a text is where a line break is no end of a word
WORD_CONTEXT = 6  # characters on both sides by which it is judged what is a word
MAXIMUM_GAP = 4  # characters, as given, between two characters of a hit (an emoji can be several)
COMMAS = CLAUSE_ENDS - SENTENCE_ENDS
OVERLAP = 64  # characters that two stretches share where a cut could go through a hit
GOES_ON = ","  # what a line ends with that the next one goes on from: 「您问我，⏎我问谁」
# A word in front of a bracket or a quotation mark ends there: 「已作废（话费另退）」 does not hold 「废话」.
APART = frozenset(" ()[]{}<>\"'“”‘’「」『』《》〈〉【】")


@dataclass(frozen=True, slots=True)
class Folded:
    """The word characters of ``normalised.text[begin:end]`` and the index of each in ``normalised.text``.

    ``stops`` are the indexes behind each: one more, but for a syllable in Latin letters that stands corrected
    to the character it spells.
    """

    normalised: Normalised
    text: str
    indexes: Sequence[int]
    stops: Sequence[int]
    begin: int
    end: int

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the raw text that holds the folded characters ``start`` to ``end``."""
        return self.normalised.raw_span(self.indexes[start], self.stops[end - 1])

    def raw_text(self, start: int, end: int) -> str:
        """Return the raw text that holds the folded characters ``start`` to ``end``."""
        first, last = self.raw_span(start, end)
        return self.normalised.raw[first:last]

    def span_of(self, raw_start: int, raw_end: int) -> tuple[int, int]:
        """Return the folded characters that stand in a span of the raw text, which begins and ends with one."""
        starts, ends = self.normalised.starts, self.normalised.ends
        start = bisect_left(self.indexes, raw_start, key=starts.__getitem__)
        return start, bisect_left(self.stops, raw_end, key=lambda stop: ends[stop - 1]) + 1

    def bridges(self, start: int, end: int) -> list[str]:
        """Return what stands between each two neighbours of ``text[start:end]`` in the normalised text."""
        text, indexes, stops = self.normalised.text, self.indexes, self.stops
        return [text[stops[at] : indexes[at + 1]] for at in range(start, end - 1)]

    def widest_gap(self, start: int, end: int) -> int:
        """Return the most characters, as given, between two neighbours: 「……」 is two, though it reads ``......``.

        Spaces side by side count as one, however many they are.
        """
        text, starts, indexes = self.normalised.text, self.normalised.starts, self.indexes
        widest = 0
        for at in range(start, end - 1):
            first, last = self.stops[at], indexes[at + 1]
            widest = max(widest, 1 if text[first:last].isspace() else len(set(starts[first:last])))
        return widest

    def without_repeats(self, start: int, end: int, *, behind: frozenset[str] | None = None) -> tuple[int, int]:
        """Return ``text[start:end]`` without the repetitions of its first and last character that a gap sets apart.

        Those count that stand side by side: of 「不行行，行」 the first two 行. With ``behind`` only a gap with one of
        these characters counts.
        """

        def is_apart(at: int) -> bool:
            gap = self.normalised.text[self.stops[at - 1] : self.indexes[at]]
            return bool(gap) and (behind is None or not behind.isdisjoint(gap))

        last = end - 1
        while last > start and self.text[last - 1] == self.text[end - 1]:
            last -= 1
        end = next((at for at in range(last + 1, end) if is_apart(at)), end)
        first = start + 1
        while first < end and self.text[first] == self.text[start]:
            first += 1
        start = next((at for at in range(first - 1, start, -1) if is_apart(at)), start)
        return start, end


def fold(normalised: Normalised, begin: int, end: int) -> Folded:
    """Fold one stretch of a normalised text."""
    text = normalised.text
    if text[begin:end].isalnum():
        return Folded(normalised, text[begin:end], range(begin, end), range(begin + 1, end + 1), begin, end)
    indexes = [at for at in range(begin, end) if text[at].isalnum()]
    stops = [at + 1 for at in indexes]
    return Folded(normalised, "".join([text[at] for at in indexes]), indexes, stops, begin, end)


def may_bridge(folded: Folded, start: int, end: int, *, across_clauses: bool, across_sentences: bool) -> bool:
    """Tell whether a hit may run across what stands between its characters.

    Inside a clause small gaps are bridged. A comma is bridged by long phrases only, a full stop or a line
    break by none, unless every character of the hit stands alone (「我。不。知。道」), which is evasion.
    Two characters with a space or a bracket between them and words attached on both sides (「作废 话费」) are
    two words.
    """
    if all(map(eq, folded.stops[start : end - 1], folded.indexes[start + 1 : end])):  # nothing stands in between
        return True
    bridges = folded.bridges(start, end)
    if folded.widest_gap(start, end) > MAXIMUM_GAP:
        return False
    attached_before, attached_after = attached(folded, start, end)
    if all(bridges) and not attached_before and not attached_after:
        return True
    marks = set("".join(bridges))
    breaks = [at for at, bridge in enumerate(bridges, start) if "\n" in bridge]
    wrapped = all(_is_wrapped(bridges[at - start], *folded.text[at : at + 2]) for at in breaks)
    if breaks and wrapped and marks <= {"\n", " "} and end - start == 2 and _is_one_word(folded, start, end):
        return True
    if wrapped and end - start >= SOFT_BREAK - 1 + len(breaks):
        marks.discard("\n")  # the line was wrapped in the middle of the phrase
    if marks & SENTENCE_ENDS and not across_sentences:
        return False
    if marks & COMMAS and not (across_clauses or across_sentences):
        return False
    if end - start != 2 or not marks <= APART or not (attached_before and attached_after):
        return True
    return _is_spelled_apart(folded, start)


def is_in_two(folded: Folded, start: int, end: int) -> bool:
    """Tell whether the end of one sentence goes through a hit, on the same line, with two characters on both sides."""
    ends = [
        at
        for at in range(start, end - 1)
        if not SENTENCE_ENDS.isdisjoint(folded.normalised.text[folded.stops[at] : folded.indexes[at + 1]])
    ]
    if len(ends) != 1 or not start + 1 <= ends[0] < end - 2:
        return False
    return "\n" not in folded.normalised.text[folded.stops[ends[0]] : folded.indexes[ends[0] + 1]]


def is_cut_short(folded: Folded, start: int, end: int) -> bool:
    """Tell whether a comma goes through a hit of which no clause is a whole fragment: 「偏冷，静一点的卡座」.

    Who breaks an expression up begins a clause with it or ends one: 「不关，我的事，这」. A single character beyond the
    comma must stand alone there.
    """
    if all(map(eq, folded.stops[start : end - 1], folded.indexes[start + 1 : end])):
        return False
    cuts = [at for at, bridge in enumerate(folded.bridges(start, end), start) if not COMMAS.isdisjoint(bridge)]
    if not cuts:
        return False
    before, after = attached(folded, start, end)
    text, last = folded.normalised.text, folded.stops[end - 1]
    if text[last : last + 1] == "的" and text[last + 1 : last + 2].isalnum():
        after = True
    return (before and (after or cuts[0] == start)) or (after and cuts[-1] == end - 2)


def _is_spelled_apart(folded: Folded, at: int) -> bool:
    """Tell whether the letters of two syllables stand on both sides of a gap: 「jue dui」."""
    text = folded.normalised.text
    before, after = text[folded.stops[at] - 1], text[folded.indexes[at + 1]]
    return before.isascii() and before.isalpha() and after.isascii() and after.isalpha()


def _is_one_word(folded: Folded, start: int, end: int) -> bool:
    """Tell whether a hit that a line break goes through is one word of the text: 「保⏎证」, but not 「社保⏎证明」."""
    from csbot.text.tokenise import common_words  # only a word that stands on two lines pays for the dictionary

    words, text = common_words(), folded.text
    before, after = text[max(0, start - WORD_CONTEXT) : start + 1], text[start + 1 : end + WORD_CONTEXT]
    if words.likelihood(before + after) - words.likelihood(before) - words.likelihood(after) < GAIN_OF_A_WORD:
        return False
    position = start + 1 - len(before)
    for word in words.cut(before + after):
        if position >= start:
            return (position, position + len(word)) == (start, end)
        position += len(word)
    return False


def is_wrap(bridge: str) -> bool:
    """Tell whether nothing but the end of a line, and spaces, stands between two characters."""
    return bridge.strip(" ") == "\n"


def _is_wrapped(bridge: str, before: str, behind: str) -> bool:
    """Tell whether a phrase may go on over the end of a line; behind a comma also with the same character."""
    return is_wrap(bridge.removeprefix(GOES_ON)) and (before != behind or bridge.startswith(GOES_ON))


def attached(folded: Folded, start: int, end: int) -> tuple[bool, bool]:
    """Tell whether wording stands right before and right after a hit (a closing particle does not count)."""
    text, indexes = folded.normalised.text, folded.indexes
    before = indexes[start] - 1
    after = folded.stops[end - 1]
    return (
        before >= 0 and is_word_character(text[before]),
        after < len(text) and is_word_character(text[after]) and text[after] not in CLOSING_PARTICLES,
    )


def stretches(text: str, limit: int = 2000) -> list[tuple[int, int]]:
    """Cut a normalised text where no hit can run across, so that long texts are scanned piece by piece.

    A piece ends with a line, unless the line holds hardly a character (then characters may stand alone, a
    line each) or ends with a comma, or, past ``limit`` characters, with a sentence, or in the worst case in the
    middle of one. Then the next piece begins OVERLAP characters earlier: no hit hides in the cut.
    """
    if len(text) <= limit and "\n" not in text:
        return [(0, len(text))] if text else []
    pieces: list[tuple[int, int]] = []
    start = 0
    words = 0
    for index, character in enumerate(text):
        if character == "\n":
            if (words > 1 and not goes_on(text, index)) or index - start >= limit:
                pieces.append((start, index + 1))
                start = index + 1
            words = 0
        else:
            words += character.isalnum()
            over = index - start - limit
            if over >= 0 and character in SENTENCE_ENDS:
                pieces.append((start, index + 1))
                start, words = index + 1, 0
            elif over >= limit:
                pieces.append((start, index + 1))
                start = index + 1 - OVERLAP
    if start < len(text):
        pieces.append((start, len(text)))
    return pieces


def goes_on(text: str, end: int) -> bool:
    """Tell whether a comma closes the line that ends at a place of a normalised text: the next one goes on from it."""
    while end and text[end - 1] == " ":
        end -= 1
    return text.endswith(GOES_ON, 0, end)


def line_breaks(text: str, pieces: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Yield the line breaks between two stretches where a phrase may have been wrapped, with some text around them.

    Those are the ones with wording right before and right behind them: begin, place of the break, and end.
    """
    for (_, end), _ in pairwise(pieces):
        before = text[max(0, end - OVERLAP) : end - 1].rstrip(" ")
        after = text[end : end + OVERLAP].lstrip(" ")
        if text[end - 1] == "\n" and before[-1:].isalnum() and after[:1].isalnum():
            yield max(0, end - OVERLAP), end - 1, min(len(text), end + OVERLAP)
