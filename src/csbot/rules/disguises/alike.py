"""Expressions with characters in them that look like those that are meant: 「自痴」 for 「白痴」, 「木可能」.

Which characters look alike is not listed but told by their parts (``csbot.text.looks``). Nearly every character of an
ordinary text looks like some other one, so nothing is asked about a character by itself: all the rest of an expression,
as the rules list it, must stand there to the letter. One character of a short expression may be another one, two of a
long one; two neighbours of it then stand as they are listed, by which it is found. What was typed must make less sense
than what it looks like, as with homophones.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from csbot.rules.disguises.initials import wordings_of
from csbot.rules.disguises.shapes import MOST_READINGS, Reading, Shape, read_as
from csbot.rules.judging.evidence import is_look_alike
from csbot.rules.lookup.anchors import whole_literals, with_a_small_word
from csbot.rules.lookup.compact import Lookup, Packed, Packer, Texts, Unpacker
from csbot.rules.wording.fold import Folded
from csbot.rules.wording.model import Kind, PhraseRule
from csbot.rules.wording.reduce import Reduced, one_person, reduced_text
from csbot.text.looks import Looks
from csbot.text.segment import is_all_han

SHORTEST, LONGEST = 2, 12  # characters of an expression that is read so
LONG = 8  # characters from which two of them may be others
SHORTEST_OF_A_PHRASE = 4  # characters of what a rule lists beside its name
MOST_FORMS = 12  # of a phrase with alternatives
_NOBODY = "我你他她它"  # says too little beside one other character


def listed_in(rule: PhraseRule) -> list[str]:
    """Return the wording of a rule, written out and reduced, in which characters may be others that look like them.

    What is short counts as the manuals have it only. One of the small words may stand there, too: 「真讨厌」.
    """
    if rule.kind not in (Kind.PHRASE, Kind.CLAUSE, Kind.SENTENCE):
        return []
    name = "".join(filter(str.isalnum, rule.name))
    found = set(wordings_of(name))
    for phrase in rule.phrases:
        literals = whole_literals(phrase)
        if len(literals) <= MOST_FORMS:
            plain = ("".join(filter(str.isalnum, each)) for each in literals)
            found.update(each for each in plain if len(each) >= SHORTEST_OF_A_PHRASE)
    listed = {text for each in map(one_person, found) for text in (reduced_text(each), *with_a_small_word(each))}
    return sorted(filter(_is_read_so, listed))


def _is_read_so(text: str) -> bool:
    if not SHORTEST <= len(text) <= LONGEST or not is_all_han(text):
        return False
    return len(text) > SHORTEST or not any(each in _NOBODY for each in text)


def alike_from(texts: Iterable[str]) -> Packed:
    """Return for the cache what ``Alike`` is made of, given what ``listed_in`` gives for all rules."""
    looks = Looks()
    listed = sorted(set(texts))
    characters = sorted({character for text in listed for character in text})
    keys: list[str] = []
    owners, offsets = array("I"), array("I")
    for number, text in enumerate(listed):
        for key, offset in _keys_of(text, looks):
            keys.append(key)
            owners.append(number)
            offsets.append(offset)
    packer = Packer().texts(Texts.of(listed)).text("".join(characters)).texts(Texts.of(map(looks.alike, characters)))
    return packer.lookup(Lookup.of(keys)).numbers(owners).numbers(offsets).packed()


def _keys_of(text: str, looks: Looks) -> Iterator[tuple[str, int]]:
    """Yield pieces of a text of which one stands wherever the text is written so, and where in it each begins.

    A piece more than characters may be others is cut from the text. The shortest texts have no piece as listed: then
    what two characters may look like is written out.
    """
    size = len(text)
    if size == SHORTEST:
        yield from ((each + text[1], 0) for each in looks.alike(text[0]))
    if size <= SHORTEST + 1:
        yield from ((text[0] + each, 0) for each in looks.alike(text[1]))
    if size == SHORTEST + 1:
        yield from ((text[:2], 0), (text[1:], 1))
    elif size > SHORTEST:
        pieces = 1 + most_others(size)
        ends = [round(size * piece / pieces) for piece in range(pieces + 1)]
        yield from ((text[first:last], first) for first, last in pairwise(ends))


def most_others(size: int) -> int:
    """Return how many characters of so many may be others."""
    return 2 if size >= LONG else 1


Place = tuple[int, int, list[tuple[int, str]]]  # the span of an expression, and what characters in it mean
NOTHING_ALIKE = alike_from(())  # what ``Alike`` takes where nothing may be written otherwise


class Alike:
    """Finds where a text may hold an expression but for characters that look like those of it."""

    def __init__(self, packed: Packed) -> None:
        """Take what ``alike_from`` gives."""
        unpacker = Unpacker(packed)
        self._texts, characters, looks = list(unpacker.texts()), unpacker.text(), unpacker.texts()
        self._looks = dict(zip(characters, looks, strict=True))
        self._pieces, self._owners, self._offsets = unpacker.lookup(), unpacker.numbers(), unpacker.numbers()

    def readings(self, folded: Folded, reduced: Reduced) -> Iterator[Reading]:
        """Yield the folded text with what may be meant in the place of what is written, expression by expression."""
        seen: set[tuple[Shape, ...]] = set()
        indexes = reduced.indexes
        for start, stop, places in self.places(one_person(reduced.text)):
            shapes = tuple(Shape(indexes[at], indexes[at] + 1, meant) for at, meant in places)
            if shapes in seen or len(seen) >= MOST_READINGS:
                continue
            reading = read_as(folded, shapes, sure=False)
            if is_look_alike(folded, reading.folded, indexes[start], indexes[stop - 1] + 1, reading.places):
                seen.add(shapes)
                yield reading._replace(listed=True)

    def places(self, text: str) -> Iterator[Place]:
        """Yield the span of each expression that may stand in a reduced text, and which characters mean others."""
        for rows, start, _ in self._pieces.places(text):
            yield from self._around(text, rows, start)

    def _around(self, text: str, rows: Iterable[int], start: int) -> Iterator[Place]:
        """Yield the expressions of which a piece, given by its rows, stands at a place of a reduced text."""
        offsets, owners = self._offsets, self._owners
        for row in rows:
            first, meant = start - offsets[row], self._texts[owners[row]]
            if first >= 0 and (places := self._differing(text, first, meant)):
                yield first, first + len(meant), places

    def pieces(self) -> Iterator[tuple[str, int, int]]:
        """Yield each piece that is looked for, the number of its expression, and where in that it begins."""
        for at, piece in enumerate(self._pieces.keys):
            row = self._pieces.row(at)
            yield piece, self._owners[row], self._offsets[row]

    @property
    def expressions(self) -> Sequence[str]:
        """The wording, reduced, in which characters may be others."""
        return self._texts

    @property
    def looks(self) -> Mapping[str, str]:
        """For each character of that wording those that look like it."""
        return self._looks

    def _differing(self, text: str, start: int, meant: str) -> list[tuple[int, str]]:
        """Return where a text differs from an expression by look-alikes; empty where by more, or not at all."""
        written = text[start : start + len(meant)]
        if len(written) < len(meant):
            return []
        left = most_others(len(meant))
        found: list[tuple[int, str]] = []
        for at, (one, other) in enumerate(zip(written, meant, strict=True), start):
            if one != other:
                if not left or one not in self._looks[other]:
                    return []
                left -= 1
                found.append((at, other))
        return found
