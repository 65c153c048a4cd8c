"""Expressions said the wrong way round: 「用不起，就别用」 as 「就别用嘛，用不起！」, 「我不知道」 as 「不知道，我」.

What stands on both sides of a mark is put into the order of an expression and read once more. Of two clauses one
counts only whole, the other from some place on to its end (「年费都用不起」), so that nothing is joined that says
something else. An afterthought behind a small word (「要不要啊到底」) is a clause of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise, permutations
from typing import NamedTuple

from csbot.rules.judging.reach import Span, around_all
from csbot.rules.lookup.short import ShortTexts
from csbot.rules.wording.compiled import CompiledRule
from csbot.rules.wording.fold import CLOSING_PARTICLES, Folded, goes_on
from csbot.rules.wording.phrase import OPENING_PARTICLES, WILDCARD
from csbot.rules.wording.reduce import FILLER_CHARACTERS, one_person, reduce, reduced_text
from csbot.text.normalise import Normalised, normalise
from csbot.text.regex import regex

LONGEST = 8  # characters of a clause that is moved, and of what it is moved before
LONGEST_OF_THREE = 6  # characters of each of three clauses
LONGEST_AFTERTHOUGHT = 4  # characters behind a small word, up to the next mark
REMEMBERED = 256  # characters of which it is kept what stands behind them: those of most texts are these
SHORTEST = 4  # characters of an expression that is looked for
SHORTEST_OF_A_REST = 5  # reduced characters of one of which the clause behind holds only the beginning, after more
_SHORTEST_REST = 2  # reduced characters of that beginning
MARKS = "。!?;,、:~…—."
STOPS = "啊呀吧呢嘛啦哦呗噢哈吗哎诶欸呐咯喽嘞"  # small words behind which an afterthought may follow without a mark
CONDITION = "的话"  # what a clause may end with that is moved: 「别用，用不起的话」
# What the clause that it is moved before may end with, small words aside: 「就别用就好了，用不起」.
TAILS = ("不就好", "不就行", "不就完", "不就得", "就好", "就行", "就完", "就得")
_LONGEST_WITH_A_TAIL = LONGEST + max(map(len, (CONDITION, *TAILS)))
_AROUND = 80  # characters on both sides of what is moved that may spare it
_ORDERS = [order for order in permutations(range(3)) if order != (0, 1, 2)]
_ENDS = rf"(?:[{MARKS}\n]|$)"
_AFTERTHOUGHT = rf"(?<=[{STOPS}])(?=([^{MARKS}\n]{{1,{LONGEST_AFTERTHOUGHT}}}){_ENDS})"
_SHORT = regex(rf"(?<=[{MARKS}\n])(?=([^{MARKS}\n]{{1,{2 * LONGEST}}}){_ENDS})|{_AFTERTHOUGHT}")
_BEFORE = 4 * LONGEST  # characters in front of a short clause that it may belong before
_PARTICLES = OPENING_PARTICLES + "".join(CLOSING_PARTICLES)
_LOOSE = " " + "".join(CLOSING_PARTICLES)
_CLAUSE = regex(rf"[^{MARKS}\n]+?(?:{_AFTERTHOUGHT}|(?={_ENDS}))|\n")
_FORMS = {"我": "我咱俺", "你": "你您"}  # of persons, which count as one
_PERSONS = {form: person for person, forms in _FORMS.items() for form in forms}
_QUOTED = regex(r"[“”‘’「」『』《》\"'()\[\]【】]")


class Piece(NamedTuple):
    """A clause of a normalised text: its span without the marks and particles around it, and its wording.

    With ``rest`` it ends with its particles, as an expression may: 「是这么规定的，我们公司」.
    """

    start: int
    end: int
    text: str
    last: int
    rest: str


class Reordered(NamedTuple):
    """A text with some clauses in another order.

    ``first`` and ``last`` are where they stand in its raw text, ``start`` and ``end`` where they come from.
    """

    normalised: Normalised
    first: int
    last: int
    start: int
    end: int

    def places(self, folded: Folded, rule: CompiledRule, phrases: Iterable[int]) -> dict[int, list[Span]]:
        """Return where in this text, folded, some phrases of a rule can stand so that a match holds all clauses."""
        start, stop = folded.span_of(self.first, self.last)
        reaches = ((number, rule.phrases[number].compiled.reach) for number in phrases)
        return {number: near for number, reach in reaches if (near := around_all(folded.text, start, stop, reach))}

    def is_all(self, start: int, stop: int) -> bool:
        """Tell whether a hit (as given, in this text) holds all clauses; small words at both ends need not be."""
        raw = self.normalised.raw
        rest = raw[self.first : max(start, self.first)] + raw[min(stop, self.last) : self.last]
        outside = stop <= self.first or start >= self.last
        return not outside and all(each in FILLER_CHARACTERS for each in rest if each.isalnum())


class Reordering:
    """Reads texts with their clauses in another order, by which characters stand side by side in phrases."""

    def __init__(self, neighbours: ShortTexts) -> None:
        self._neighbours = neighbours
        self._behind: dict[str, frozenset[str]] = {}
        self.known = neighbours.characters.union("您咱俺们 ", FILLER_CHARACTERS, _PARTICLES)

    def orders(self, text: str, begin: int, end: int) -> Iterator[tuple[str, list[Span]]]:
        """Yield orders of two or three clauses of a stretch of normalised text that may be an expression.

        Each comes as its folded wording, with the spans that it is joined of.
        """
        if next(self.places(text, begin, end), None) is None:
            return
        for pieces in _side_by_side(text, begin, end):
            for one, other in pairwise(pieces):
                if min(len(one.text), len(other.text)) > _LONGEST_WITH_A_TAIL:
                    continue
                if one.text != other.text:  # who says the same thing again and again says it in this order too
                    yield from self._turned_round(text, one, _without(text, other, (CONDITION,)))
            for three in zip(pieces, pieces[1:], pieces[2:], strict=False):
                if three[0].text == three[1].text == three[2].text:
                    continue
                for order in self._orders([piece.text for piece in three]):
                    *moved, last = (three[number] for number in order)
                    wording = "".join(each.text for each in (*moved, last)) + last.rest
                    yield wording, [*((each.start, each.end) for each in moved), (last.start, last.last)]

    def _turned_round(self, text: str, one: Piece, moved: Piece) -> Iterator[tuple[str, list[Span]]]:
        """Yield two clauses in the other order, each as it is or one of them from some place on."""
        for first in {one: None, _without(text, one, TAILS): None}:
            parts = chain(
                ((at, 0) for at in self._in_front(first.text, moved.text)),
                ((0, cut) for cut in self._of_a_longer_one(first.text, moved.text)),
            )
            for at, cut in parts:
                wording = moved.text[cut:] + moved.rest + first.text[at:] + first.rest
                places = _place_of(text, moved, cut), _place_of(text, first, at)
                yield wording, [(places[0], moved.last), (places[1], first.last)]

    def places(self, text: str, begin: int = 0, end: int | None = None) -> Iterator[int]:
        """Yield, at little cost, where a short clause begins behind which something in front of it may go on."""
        for found in _SHORT.finditer(text, begin, len(text) if end is None else end):
            if text[found.start() - 1] == "\n" and not goes_on(text, found.start() - 1):
                continue
            clause = (found[1] or found[2]).rstrip(_LOOSE).removesuffix(CONDITION)
            if not self.known.issuperset(clause[-_SHORTEST_REST:]):
                continue
            last = clause[-1:]
            before = text[max(begin, found.start() - _BEFORE) : found.start()]
            if last in FILLER_CHARACTERS or not self._what_follows(last).isdisjoint(before):
                yield found.start()

    def _what_follows(self, character: str) -> frozenset[str]:
        """Return the characters that stand behind one in any phrase, persons in each of their forms."""
        if (found := self._behind.get(character)) is None:
            if len(self._behind) >= REMEMBERED:
                self._behind.clear()
            firsts = {character, _PERSONS.get(character, character)} - {""}
            behind = "".join(map(self._neighbours.behind, firsts))
            found = self._behind[character] = frozenset("".join(_FORMS.get(each, each) for each in behind))
        return found

    def _in_front(self, one: str, other: str) -> Iterator[int]:
        """Yield where in a clause the one behind it may have to stand."""
        if len(other) > LONGEST or len(one) + len(other) < SHORTEST:
            return
        if other[-1] not in FILLER_CHARACTERS and self._what_follows(other[-1]).isdisjoint(one[-LONGEST:]):
            return
        moved = reduced_text(other)
        if not moved or not self._is_said(moved):
            return
        last = one_person(moved[-1])
        cut = max(0, len(one) - LONGEST)
        reduced = reduce(one[cut:])
        text = one_person(reduced.text)
        for at in range(len(text) - 1, -1, -1):
            if at + 1 < len(text) and not self._is_said(text[at : at + 2], at + 2 == len(text)):
                return
            if last + text[at] in self._neighbours:
                place = cut + (reduced.indexes[at] if at else 0)  # small words that open the clause go along
                if len(one) - place + len(other) >= SHORTEST:
                    yield place

    def _of_a_longer_one(self, one: str, other: str) -> Iterator[int]:
        """Yield where in a clause begins what may have to stand before all of the one before it."""
        if len(one) > LONGEST or not (first := one_person(reduced_text(one))) or not self._is_said(first):
            return
        cut = max(0, len(other) - LONGEST)
        reduced = reduce(other[cut:])
        text = one_person(reduced.text)
        if text[-1:] + first[0] not in self._neighbours:
            return
        for at in range(len(text) - _SHORTEST_REST, -bool(cut), -1):
            if text[at : at + 2] not in self._neighbours:
                return
            if len(text) - at + len(first) >= SHORTEST_OF_A_REST:
                yield cut + reduced.indexes[at]

    def _is_said(self, text: str, closes: bool = False) -> bool:
        """Tell whether all neighbours in a reduced text stand side by side in phrases, too.

        A small word before the first and behind the last one may stand beside anything.
        """
        text = one_person(text)
        if closes or len(text) > 1:
            text = text[: -1 if text[-1] in FILLER_CHARACTERS else None]
        return all(one + other in self._neighbours for one, other in pairwise(text)) or (
            text[0] in FILLER_CHARACTERS and self._is_said(text[1:])
        )

    def _orders(self, texts: list[str]) -> Iterator[tuple[int, ...]]:
        """Yield the orders in which three clauses may be an expression."""
        if any(len(text) > LONGEST_OF_THREE for text in texts):
            return
        reduced = [one_person(reduced_text(text)) for text in texts]
        if not all(text and self._is_said(text) for text in reduced):
            return
        for order in _ORDERS:
            if all(reduced[one][-1] + reduced[other][0] in self._neighbours for one, other in pairwise(order)):
                yield order


def joined(normalised: Normalised, spans: Sequence[Span], begin: int, stop: int) -> Reordered:
    """Return a text with what stands in some spans joined in their order, in the place of all that they lie in.

    What stands around it is that of the stretch from ``begin`` to ``stop``, and of two clauses what the one behind
    begins with that is not joined: 「如果您」 may spare what follows there, too.
    """
    raw = normalised.raw
    first_around, last_around = normalised.raw_span(begin, stop)
    given = [normalised.raw_span(*span) for span in spans]
    start, end = min(first for first, _ in given), max(last for _, last in given)
    before, moved = raw[max(first_around, start - _AROUND) : start], "".join(raw[first:last] for first, last in given)
    if len(given) == 2:
        before += "".join(filter(str.isalnum, raw[given[1][1] : given[0][0]]))
    text = normalise(f"{before}{moved}。{raw[end : min(last_around, end + _AROUND)]}")
    return Reordered(text, len(before), len(before) + len(moved), start, end)


def written_out(rules: Sequence[CompiledRule], phrases: Mapping[int, Iterable[int]]) -> dict[int, list[int]]:
    """Return those of some phrases, by rule, in which nothing is left open by …."""
    found: dict[int, list[int]] = {}
    for number, numbers in phrases.items():
        listed = rules[number].rule.phrases
        if closed := sorted(each for each in numbers if WILDCARD not in listed[each]):
            found[number] = closed
    return found


def _side_by_side(text: str, begin: int, end: int) -> Iterator[list[Piece]]:
    """Yield the clauses that nothing but marks keeps apart, on lines that go on as well; what is quoted is none."""
    pieces: list[Piece] = []
    for found in _CLAUSE.finditer(text, begin, end):
        if found[0] == "\n" and goes_on(text, found.start()):
            continue
        if found[0] == "\n" or _QUOTED.search(found[0]):
            if len(pieces) > 1:
                yield pieces
            pieces = []
        elif (piece := _piece(text, *found.span())) is not None:
            pieces.append(piece)
    if len(pieces) > 1:
        yield pieces


def _piece(text: str, start: int, end: int) -> Piece | None:
    while start < end and (not text[start].isalnum() or text[start] in OPENING_PARTICLES):
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    last = end
    while end > start and (not text[end - 1].isalnum() or text[end - 1] in CLOSING_PARTICLES):
        end -= 1
    wording, rest = ("".join(filter(str.isalnum, each)) for each in (text[start:end], text[end:last]))
    return Piece(start, end, wording, last, rest) if wording else None


def _without(text: str, piece: Piece, tails: Sequence[str]) -> Piece:
    """Return a clause without what it ends with of some words; as it is where that is nothing, or all of it."""
    for tail in tails:
        if (size := len(piece.text) - len(tail)) > 0 and piece.text.endswith(tail):
            end = _place_of(text, piece, size)
            return Piece(piece.start, end, piece.text[:size], end, "")
    return piece


def _place_of(text: str, piece: Piece, at: int) -> int:
    """Return where the word character ``at`` of a clause stands in the text."""
    places = (place for place in range(piece.start, piece.end) if text[place].isalnum())
    return next(place for number, place in enumerate(places) if number == at)
