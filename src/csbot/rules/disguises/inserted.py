"""Words that an agent slips into an expression without changing what it says: 「我完全不知道」.

The small ones among them every phrase lets pass by itself (``csbot.rules.wording.phrase``). Of the longer ones, which
are data of the library, the text is read once more without them, wherever what stands around them stands side by side
in some phrase.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import product
from operator import add

from csbot.rules.disguises.dialect import not_written_as_read
from csbot.rules.lookup.beginnings import by_beginning
from csbot.rules.lookup.compact import Packed, Packer, Unpacker
from csbot.rules.lookup.short import ShortTexts
from csbot.rules.wording.fold import APART, Folded
from csbot.rules.wording.model import Insertions
from csbot.rules.wording.phrase import FILLERS
from csbot.rules.wording.reduce import AMBIGUOUS, FILLER_CHARACTERS, one_person, reduce
from csbot.text.regex import regex
from csbot.text.segment import CLAUSE_ENDS, SENTENCE_ENDS, is_han

_LIKELY = "可能"  # 「不太可能」 is a guess
_SMALL_BEFORE, _SMALL_BEHIND = regex(f"(?:{FILLERS})*$"), regex(f"(?:{FILLERS})*")
_PERSONS = frozenset("我你您他她咱俺的家")  # 「我先生不清楚」, 「您的老师」
_NEGATIONS = frozenset("不没别未无莫勿非")
LAST_OF_BASIC = "\uffff"  # long texts are looked through for characters up to this one
MOST_TOGETHER = 3  # words that are left out as one
MOST_BETWEEN = 2  # small words between two of them
_NEAR = 8  # characters beside a word among which those are that stand side by side without it


class InsertedWords:
    """The words of a library that may have been slipped in."""

    def __init__(self, given: Insertions) -> None:
        """Take the words by what they are."""
        self.names = frozenset(given.addresses)
        self.set_off = self.names.union(given.asides)
        self.words = self.set_off.union(given.words)  # that may be left out wherever they stand
        self.weakened = frozenset(
            before + word for negations, words in given.weakening for before, word in product(negations, words)
        )

    @cached_property
    def _by_beginning(self) -> Mapping[str, Sequence[str]]:
        return by_beginning(self.words, 2)

    @cached_property
    def _weakened_by_beginning(self) -> Mapping[str, Sequence[str]]:
        return by_beginning(self.weakened, 2)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return the span of the longest word at each place of a folded text: 「我说实话」 holds 「说实话」."""
        return list(_longest(self._by_beginning, text))

    def weakening(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the spans of what only weakens the negation before it: 「我不太知道」, 「没啊这回事」."""
        return ((start + 1, end) for start, end in _longest(self._weakened_by_beginning, text))


@lru_cache(maxsize=4)
def inserted_words(given: Insertions) -> InsertedWords:
    """Return these words to be looked for, once for all rules."""
    return InsertedWords(given)


def _longest(words: Mapping[str, Sequence[str]], text: str) -> Iterator[tuple[int, int]]:
    for at, pair in enumerate(map(add, text, text[1:])):
        for word in words.get(pair, ()):
            if text.startswith(word, at):
                yield at, at + len(word)
                break


def inserted_problems(given: Insertions) -> Iterator[tuple[str, tuple[int | str, ...], str]]:
    """Yield what cannot count among words: the name of its list, its place in that, and why, in Chinese."""
    for name in ("words", "asides", "addresses"):
        for number, word in enumerate(getattr(given, name)):
            if why := _not_a_word(word):
                yield name, (number,), why
            elif len(word) == 1:
                yield name, (number,), f"「{word}」只有一个字，会把平常的话连错：请写两个字以上的词"
    for group, (negations, words) in enumerate(given.weakening):
        for number, before in enumerate(negations):
            if len(before) != 1 or not is_han(before):
                yield "weakening", (group, "behind", number), f"「{before}」要是一个汉字，例如 不、没、别"
        for number, word in enumerate(words):
            if why := _not_a_word(word):
                yield "weakening", (group, "words", number), why


def _not_a_word(word: str) -> str:
    return not_written_as_read(word) or (f"「{word}」里有太生僻的字，请换一个写法" if max(word) > LAST_OF_BASIC else "")


@dataclass(frozen=True, slots=True)
class Shortened:
    """A folded text without a word, and the places in it before which a word was left out."""

    folded: Folded
    before: Folded
    seams: tuple[int, ...]

    def without_small_words(self) -> Folded:
        """Return the text without the small words on both sides of what was left out, too."""
        text = self.folded.text
        places: list[tuple[int, int]] = []
        for seam in self.seams:
            start = seam - len(_SMALL_BEFORE.search(text[max(0, seam - _NEAR) : seam])[0])  # type: ignore[index]
            end = seam + len(_SMALL_BEHIND.match(text[seam : seam + _NEAR])[0])  # type: ignore[index]
            if 0 < start < end < len(text) and (not places or places[-1][1] <= start):
                places.append((start, end))
        return _without(self.folded, places).folded

    def joins(self, start: int, stop: int) -> bool:
        """Tell whether a hit in the shortened text runs over a place where a word was left out.

        What is asked politely is no order with a word slipped in: 「请您现在就拨打…」.
        """
        text = self.folded.text
        return not (start and text[start - 1] == "请" and text[start] in "您你") and any(
            start < seam < stop for seam in self.seams
        )


def inserted_from(windows: Iterable[str]) -> Packed:
    """Return for the cache what ``Inserted`` is made of, given what ``windows_of`` gives for all rules.

    Those are which two characters stand side by side in any form of a phrase, then all two characters that may be a
    whole phrase, and all three.
    """
    texts = [window[1:] for window in windows]
    alone, threes = (
        ShortTexts.of_joined({size: "".join([each for each in texts if len(each) == size])}) for size in (2, 3)
    )
    return Packer().short_texts(threes.neighbours(alone)).short_texts(alone).short_texts(threes).packed()


class Inserted:
    """Reads texts without the words that may have been slipped into a phrase."""

    def __init__(self, packed: Packed, words: InsertedWords) -> None:
        """Take what ``inserted_from`` gives, and the words."""
        self.words = words
        unpacker = Unpacker(packed)
        self.neighbours, self._alone, self._threes = (unpacker.short_texts() for _ in range(3))

    def readings(self, folded: Folded) -> Iterator[Shortened]:
        """Yield a folded text without each word, or words side by side, that a phrase may run around."""
        places = [place for place in self.places(folded.text) if self._may_be_left_out(folded, *place)]
        for place in places:
            yield _without(folded, [place])
        apart = sorted(place for place in places if not any(_holds(other, place) for other in places))
        if len(apart) > 1:
            yield _without(folded, apart)

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the spans of words in a folded text beside which two characters stand as they do in a phrase."""
        found = self.words.spans(text)
        for first, (start, end) in enumerate(found):
            before = one_person(reduce(text[max(0, start - _NEAR) : start]).text[-2:])
            # 「不是完全…」 says something else, 「不是，先生，…」 does not.
            turned = before[-1:] in _NEGATIONS and text[start:end] not in self.words.set_off
            if not before or turned or text[start - 1] in _NEGATIONS:
                continue
            for stop in _ends(text, found, first):
                behind = one_person(reduce(text[stop : stop + _NEAR]).text[:2])
                if before[-1] + behind[:1] in self.neighbours and (
                    self._are_in_a_phrase(before, behind)
                    or any(start - _NEAR < b and a < stop + _NEAR and (b <= start or a >= stop) for a, b in found)
                    or AMBIGUOUS.search(text, max(0, start - _NEAR), stop + _NEAR)
                ):
                    yield start, stop
        for start, end in self.words.weakening(text):
            behind = reduce(text[end : end + _NEAR]).text[:1]
            guess = text.startswith(_LIKELY, end)
            if behind and not guess and text[start - 1] + behind in self.neighbours:
                yield start, end

    def _are_in_a_phrase(self, before: str, behind: str) -> bool:
        """Tell whether the characters before and behind a word, two each, hold what a phrase can have there.

        Where fewer are known or anything beside them may be left out, too, the nearest two must be enough.
        """
        if len(before) < 2 or len(behind) < 2 or before[-1] + behind[0] in self._alone:
            return True
        return before + behind[0] in self._threes or before[-1] + behind in self._threes

    def _may_be_left_out(self, folded: Folded, start: int, end: int) -> bool:
        """Tell whether nothing keeps a word from what stands around it but commas that set it off: 「这，先生，…」."""
        text = folded.text
        word = text[start:end]
        if word in self.words.names and text[start - 1] in _PERSONS:
            return False
        between = folded.normalised.text[folded.stops[start - 1] : folded.indexes[start]]
        behind = folded.normalised.text[folded.stops[end - 1] : folded.indexes[end]]
        if not (SENTENCE_ENDS | APART - {" "}).isdisjoint(between + behind):
            return False
        if CLAUSE_ENDS.isdisjoint(between + behind):
            return True
        return word in self.words.set_off and not CLAUSE_ENDS.isdisjoint(behind)


def _ends(text: str, found: list[tuple[int, int]], first: int) -> Iterator[int]:
    """Yield where a word ends, and where one, two … words behind it do that follow each other."""
    reach = found[first][1]
    yield reach
    together = 1
    for begin, end in found[first + 1 :]:
        if begin < reach:
            continue
        between = text[reach:begin]
        if together == MOST_TOGETHER or len(between) > MOST_BETWEEN or not FILLER_CHARACTERS.issuperset(between):
            return
        yield end
        reach, together = end, together + 1


def _holds(outer: tuple[int, int], inner: tuple[int, int]) -> bool:
    return outer != inner and outer[0] < inner[1] and inner[0] < outer[1] and _size(outer) >= _size(inner)


def _size(place: tuple[int, int]) -> int:
    return place[1] - place[0]


def _without(folded: Folded, places: list[tuple[int, int]]) -> Shortened:
    """Return a text without words; what stands before each counts as standing where the word ends."""
    text, indexes, stops = "", list[int](), list[int]()
    seams: list[int] = []
    at = 0
    for start, end in sorted(places):
        text += folded.text[at:start]
        indexes += folded.indexes[at:start]
        stops += folded.stops[at:start]
        stops[-1] = folded.stops[end - 1]
        seams.append(len(text))
        at = end
    text += folded.text[at:]
    shortened = replace(folded, text=text, indexes=[*indexes, *folded.indexes[at:]], stops=[*stops, *folded.stops[at:]])
    return Shortened(shortened, folded, tuple(seams))


def span_in(other: Folded, folded: Folded, start: int, stop: int) -> tuple[int, int]:
    """Return where what ``folded`` holds from ``start`` to ``stop`` stands in another folding of the same text."""
    first = bisect_left(other.indexes, folded.indexes[start])
    return first, bisect_right(other.indexes, folded.indexes[stop - 1])
