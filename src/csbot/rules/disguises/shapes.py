"""Expressions written by their look: look-alikes (办祛 for 办法) and characters taken apart (忄亡 for 忙).

Which character is written in which shapes is data of the library. A text is read otherwise at the places where that
may bring an expression about, and the reading goes through the ordinary check. Shapes that ordinary text never holds
(芣, 忄亡) count at once; of characters that everybody uses (找 for 我) the text must make less sense as it was written.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from csbot.rules.judging.evidence import is_error, is_likelier
from csbot.rules.judging.ways import LOOK_ALIKE, TAKEN_APART
from csbot.rules.lookup.compact import Packer, Unpacker
from csbot.rules.lookup.short import ShortTexts
from csbot.rules.wording.fold import Folded
from csbot.rules.wording.forms import BEGINNING, END, INSIDE
from csbot.rules.wording.reduce import FILLER_CHARACTERS, Reduced, one_person, reduce
from csbot.text.dictionary import depths
from csbot.text.normalise import normalise
from csbot.text.pinyin import sound_table
from csbot.text.segment import is_han
from csbot.text.tokenise import common_words

_MEANT = "\0"  # stands in a window for the character that it is about
LONGEST_FORM = 3  # characters that one may be taken apart into
FEW = 10_000  # surroundings of look-alikes of which all characters are looked at
MOST_READINGS = 12  # of one stretch of text that look-alikes are tried in
# Characters of Japanese that look like Chinese ones or are read as one.
_OF_JAPANESE = (
    "的の",
    "一ー",
    "工エ",
    "力カ",
    "口ロ",
    "二ニ",
    "卜ト",
    "才オ",
    "千チ",
    "夕タ",
    "么ム",
    "八ハ",
    "对対",
    "气気",
    "发発",
)
NO_SHAPES: tuple[Any, bytes] = ([{}, {}, {}, [0] * 6], b"")  # what ``Shapes`` takes where there are none


class Shape(NamedTuple):
    """A place of a folded text that is written in a shape of another character."""

    start: int
    stop: int
    meant: str


class Reading(NamedTuple):
    """A folded text read otherwise: what it was read from, and the places in both that differ.

    A ``sure`` one needs no more evidence; a ``listed`` one has it already.
    """

    folded: Folded
    before: Folded
    shapes: tuple[Shape, ...]
    places: tuple[int, ...]
    sure: bool
    listed: bool = False

    def ways(self, start: int, stop: int) -> tuple[str, ...]:
        """Return in what ways the characters ``start`` to ``stop`` were disguised; empty where they were not."""
        sizes = {
            shape.stop - shape.start for shape, at in zip(self.shapes, self.places, strict=True) if start <= at < stop
        }
        return (LOOK_ALIKE,) * (1 in sizes) + (TAKEN_APART,) * (max(sizes, default=0) > 1)

    def is_meant(self, start: int, stop: int) -> bool:
        """Tell whether the text makes less sense as it was written where a phrase stands in this reading."""
        if self.sure or self.listed:
            return True
        if len(self.folded.text) == len(self.before.text):
            inside = [at for at in self.places if start <= at < stop]
            return stop - start > 1 and is_error(self.before, self.folded, start, stop, inside)
        return is_likelier(self.before, self.folded, start, stop)


def shapes_from(groups: Collection[Sequence[str]], windows: Iterable[str]) -> tuple[Any, bytes]:
    """Return for the cache what ``Shapes`` is made of: which shapes there are, and beside what they may count.

    ``groups`` are those of the library: a character and the shapes it is written in; ``windows`` say what stands side
    by side in all phrases (``forms.windows_of``).
    """
    written = _written(tuple(map(tuple, groups)))
    about = _about(windows, written.by_meaning)
    nearest = {meant: {each for text in texts for each in (text[:2], text[-2:])} for meant, texts in about.items()}
    sounds = sound_table()
    sounding = {meant: {each.translate(sounds) for each in texts} for meant, texts in nearest.items()}
    words_with = {
        word
        for meant, texts in sounding.items()
        for shape in written.by_meaning[meant]
        for each in texts
        for word in written.words.get(each.replace(_MEANT, shape), ())
    }
    packer = Packer().short_texts(_in_shapes(about, written.by_meaning))
    packer.short_texts(_in_shapes(nearest, written.by_meaning))
    sizes, block = packer.short_texts(ShortTexts.of(words_with)).packed()
    return [written.sure, written.common, written.apart, sizes], block


class _Written(NamedTuple):
    """What the groups of a library say by themselves."""

    sure: dict[str, str]
    common: dict[str, str]
    apart: dict[str, list[str]]
    by_meaning: dict[str, list[str]]  # which common characters one is written as
    words: dict[str, list[str]]  # words of two with a common one, by each of their characters beside the other's sound


@lru_cache(maxsize=2)
def _written(groups: tuple[tuple[str, ...], ...]) -> _Written:
    """Sort the shapes of a library: whoever changes a rule need not do that again."""
    sure: dict[str, str] = {}
    common: dict[str, str] = defaultdict(str)
    apart: dict[str, list[str]] = {}
    ordinary = depths()
    for meant, *forms in chain(groups, _OF_JAPANESE if groups else ()):
        for form in forms:
            written = normalise(form).text
            is_rare = not all(map(ordinary.__contains__, written))
            if len(written) > 1:
                apart.setdefault(written, [meant, "sure" if is_rare else ""])
            elif is_rare:
                sure.setdefault(written, meant)
            elif written not in FILLER_CHARACTERS and meant not in FILLER_CHARACTERS:
                common[written] += one_person(meant)
    by_meaning: dict[str, list[str]] = defaultdict(list)
    for character, meanings in common.items():
        for meant in meanings:
            by_meaning[meant].append(character)
    with_one: dict[str, list[str]] = defaultdict(list)
    for word in common_words().of_two():
        if not common.keys().isdisjoint(word):
            for each in _of(word):
                with_one[each].append(word)
    return _Written(sure, dict(common), apart, dict(by_meaning), dict(with_one))


def _about(windows: Iterable[str], written_as: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
    """Return by each character that is written otherwise the windows about it, with ``_MEANT`` in its place."""
    places = {BEGINNING: 1, INSIDE: 2, END: 3}
    found: dict[str, set[str]] = defaultdict(set)
    for window in windows:
        at = places.get(window[0])
        if at is not None and (meant := window[at]) in written_as:
            found[meant].add(window[1:at] + _MEANT + window[at + 1 :])
    return found


def _in_shapes(about: Mapping[str, Iterable[str]], written_as: Mapping[str, Sequence[str]]) -> ShortTexts:
    """Return what stands about characters with each shape in the place of the one that is meant.

    All texts of a size are written in a shape at once: one by one they would take ten times as long.
    """
    by_size: dict[int, list[str]] = defaultdict(list)
    for meant, texts in about.items():
        joined: dict[int, list[str]] = defaultdict(list)
        for text in texts:
            joined[len(text)].append(text)
        for size, listed in joined.items():
            together = "".join(listed)
            by_size[size] += [together.replace(_MEANT, shape) for shape in written_as[meant]]
    return ShortTexts.of_joined({size: "".join(listed) for size, listed in by_size.items()})


def _of(word: str) -> set[str]:
    """Return a word of two with the sound of its first or of its second character."""
    sounds = word.translate(sound_table())
    return {sounds[0] + word[1], word[0] + sounds[1]}


class Shapes:
    """Reads texts otherwise where characters stand for others that they look like."""

    def __init__(self, packed: tuple[Any, bytes]) -> None:
        """Take what ``shapes_from`` gives."""
        self.sure: dict[str, str]
        self.common: dict[str, str]
        self.apart: dict[str, list[str]]
        (self.sure, self.common, self.apart, sizes), block = packed
        self._apart: dict[str, dict[str, list[str]]] = defaultdict(dict)
        for form, meaning in self.apart.items():
            self._apart[form[0]][form] = meaning
        unpacker = Unpacker((sizes, block))
        self.beside, self.nearest, self.words = (unpacker.short_texts() for _ in range(3))
        # ``nearest`` are those with one neighbour: enough where another one may be written by its look, too (祛处埋).
        self._odd_ones = frozenset((*self.sure, *self._apart))
        self._common_ones = frozenset(self.common)
        if len(self.beside) < FEW:  # of a rule by itself most look-alikes stand beside nothing
            self._common_ones &= self.beside.characters

    def readings(self, folded: Folded, reduced: Reduced) -> Iterator[Reading]:
        """Yield the readings of a folded text that may hold a phrase, the surest first."""
        sure, doubtful = self._odd_shapes(folded)
        if sure:
            reading = read_as(folded, sure, sure=True)
            yield reading
            folded = reading.folded
            _, doubtful = self._odd_shapes(folded)  # they stand elsewhere now
            reduced = reduce(folded.text)
        for shape in doubtful[:MOST_READINGS]:
            yield read_as(folded, [shape], sure=False)
        found = self._common_ones_in(reduced)
        for shape in found[:MOST_READINGS]:
            yield read_as(folded, [shape], sure=False)
        if doubtful:
            found += self._beside_taken_apart(folded, doubtful)
        if (together := _together(folded, [*doubtful, *found])) is not None:
            yield together

    def all_at_once(self, folded: Folded, reduced: Reduced) -> Reading | None:
        """Return the last reading of a text without odd shapes, that with all its look-alikes, where it has several."""
        return _together(folded, self._common_ones_in(reduced))

    def _common_ones_in(self, reduced: Reduced) -> list[Shape]:
        indexes = reduced.indexes
        return [Shape(indexes[at], indexes[at] + 1, meant) for at, meant in self._common_shapes(reduced)]

    def _beside_taken_apart(self, folded: Folded, doubtful: Sequence[Shape]) -> Iterator[Shape]:
        """Yield the look-alikes that may count beside characters taken apart: 态 in 不口丁态."""
        read = read_as(folded, doubtful, sure=False)
        reduced = reduce(read.folded.text)
        for at, meant in self._common_shapes(reduced):
            if (place := reduced.indexes[at]) not in read.places:
                start = bisect_left(folded.indexes, read.folded.indexes[place])
                yield Shape(start, start + 1, meant)

    def _odd_shapes(self, folded: Folded) -> tuple[list[Shape], list[Shape]]:
        """Return the shapes that ordinary text does not hold, and the characters taken apart that it may hold."""
        sure: list[Shape] = []
        doubtful: list[Shape] = []
        text, reach = folded.text, 0
        for start in _places_of(self._odd_ones, text):
            if start < reach:
                continue
            character = text[start]
            forms = self._apart.get(character, {})
            form = max((each for each in forms if text.startswith(each, start)), key=len, default="")
            stop = start + len(form)
            if form and folded.indexes[stop - 1] - folded.indexes[start] == len(form) - 1:
                (sure if forms[form][1] else doubtful).append(Shape(start, stop, forms[form][0]))
                reach = stop
            elif character in self.sure:
                sure.append(Shape(start, start + 1, self.sure[character]))
        return sure, doubtful

    def _common_shapes(self, reduced: Reduced) -> Iterator[tuple[int, str]]:
        """Yield the places of look-alikes that everybody uses, beside what may stand there, and what they mean.

        Where one is part of a word of two it means itself: 时间 is no 时问.
        """
        text, alike = reduced.text, one_person(reduced.text)
        for at in _places_of(self._common_ones, text):
            character = text[at]
            before, behind = text[max(0, at - 1) : at + 1], text[at : at + 2]
            if before in self.words or behind in self.words:
                continue
            ahead, next_ones = alike[max(0, at - 2) : at], alike[at + 1 : at + 3]
            near = (ahead[-1:] + character, character + next_ones[:1])
            if not self.beside.isdisjoint(
                (*near, near[0] + next_ones[:1], ahead + character, character + next_ones)
            ) or not (
                self.nearest.isdisjoint(near)
                or self.common.keys().isdisjoint(text[max(0, at - 2) : at] + text[at + 1 : at + 3])
            ):
                for meant in self.common[character]:
                    yield at, meant


def _places_of(characters: frozenset[str], text: str) -> list[int]:
    """Return where any of the characters stands; an expression of a thousand would take longer to compile."""
    return [] if characters.isdisjoint(text) else [at for at, each in enumerate(text) if each in characters]


def _together(folded: Folded, shapes: Sequence[Shape]) -> Reading | None:
    """Return a text with all shapes as they are meant, the first at each place, or None where that are not several."""
    places = list({shape.start: shape for shape in reversed(shapes)}.values())
    if len(places) < 2:
        return None
    return read_as(folded, sorted(places, key=lambda shape: shape.start), sure=False)


def read_as(folded: Folded, shapes: Sequence[Shape], *, sure: bool) -> Reading:
    """Return the text with what is meant in the place of what is written."""
    if all(shape.stop - shape.start == 1 for shape in shapes):
        characters = list(folded.text)
        for shape in shapes:
            characters[shape.start] = shape.meant
        places = tuple(shape.start for shape in shapes)
        return Reading(replace(folded, text="".join(characters)), folded, tuple(shapes), places, sure)
    parts: list[str] = []
    indexes: list[int] = []
    stops: list[int] = []
    changed: list[int] = []
    at = 0
    for shape in shapes:
        parts.append(folded.text[at : shape.start])
        indexes += folded.indexes[at : shape.start]
        stops += folded.stops[at : shape.start]
        changed.append(len(indexes))
        parts.append(shape.meant)
        indexes.append(folded.indexes[shape.start])
        stops.append(folded.stops[shape.stop - 1])
        at = shape.stop
    parts.append(folded.text[at:])
    indexes += folded.indexes[at:]
    stops += folded.stops[at:]
    read = replace(folded, text="".join(parts), indexes=indexes, stops=stops)
    return Reading(read, folded, tuple(shapes), tuple(changed), sure)


def shape_problems(group: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield which items of a group cannot count as a shape of its first one, and why, in Chinese."""
    meant = group[0]
    if len(meant) != 1 or not is_han(meant):
        yield 0, f"每组的第一个要是一个汉字，这里是「{meant}」"
        return
    for at, form in enumerate(group[1:], start=1):
        written = normalise(form).text
        if not 1 <= len(form) <= LONGEST_FORM or not all(map(is_han, form)):
            yield at, f"「{form}」不能用：写一个形近的汉字，或者拆开写的两三个汉字"
        elif written == meant:
            yield at, f"「{form}」就是「{meant}」（繁体字本来就认得），请去掉"
        elif written != form:
            yield at, f"「{form}」请写成「{written}」（繁体字本来就认得）"
        elif form in group[1:at]:
            yield at, f"「{form}」写了两次，请去掉一个"
