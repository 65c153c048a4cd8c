"""Expressions in the words of a region: 「我不晓得噻」, 「没得办法」, 「您搞啥子」.

A rule lists what is said in the standard language and how the north says it. What else a word of a region stands for
is the same in every rule, and data of the library, so the text is read once more with the words of the standard
language in their place. A hit must hold one of them, and what spares it may stand there as it is meant or as it is
written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from csbot.rules.lookup.beginnings import by_beginning
from csbot.rules.wording.fold import Folded
from csbot.rules.wording.model import Regional
from csbot.text.normalise import normalise

# A digit that is read by its sound (「我8清楚」) is a number where another digit, or what counts it, stands before it.
_BEFORE_A_NUMBER = tuple("0123456789abcdefghijklmnopqrstuvwxyz第按选拨打输约共满近达为至到")


@dataclass(frozen=True, slots=True)
class Standard:
    """A folded text in the words of the standard language, and the spans in it that were put in."""

    folded: Folded
    spans: tuple[tuple[int, int], ...]

    def holds_one(self, start: int, stop: int) -> bool:
        """Tell whether a word that was put in stands in a span."""
        return any(start <= first and last <= stop for first, last in self.spans)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a region with what it stands before, if that is said: what all of it means, and whose word it is."""

    written: str
    meant: str
    group: int
    number: int  # among the words of its group


class Dialect:
    """Reads texts in the standard language, by what the words of regions stand for."""

    def __init__(self, regional: Sequence[Regional]) -> None:
        """Take the words in groups. Of a word that stands in several the first one counts."""
        self._regional = regional

    @cached_property
    def words(self) -> Mapping[str, Word]:
        """All words, as they are written."""
        words: dict[str, Word] = {}
        for word in spelled_out(self._regional):
            words.setdefault(word.written, word)
        return words

    @cached_property
    def _by_beginning(self) -> Mapping[str, Sequence[str]]:
        return by_beginning(self.words, 2)

    @cached_property
    def _firsts(self) -> frozenset[str]:
        return frozenset(word[0] for word in self.words)

    def _words_at(self, text: str, at: int) -> Iterator[str]:
        """Yield the words that may begin at a place of a folded text, the longest first."""
        pair = text[at : at + 2]
        yield from self._by_beginning.get(pair, ())
        if len(pair) > 1:
            yield from self._by_beginning.get(pair[0], ())

    def places(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield the spans of the words of regions in a folded text, each with what it means."""
        end = 0
        for at, character in enumerate(text):
            if at < end or character not in self._firsts:
                continue
            for written in self._words_at(text, at):
                if text.startswith(written, at) and self._is_by_itself(written, text, at):
                    end = at + len(written)
                    yield at, end, self.words[written].meant
                    break

    def ends_at(self, text: str, at: int) -> Iterator[int]:
        """Yield where each word of a region ends that may begin at a place of a folded text."""
        for written in self._words_at(text, at):
            if text.startswith(written, at) and self._is_by_itself(written, text, at):
                yield at + len(written)

    def reading(self, text: str) -> str:
        """Return a folded text in the words of the standard language."""
        parts, at = list[str](), 0
        for start, stop, meant in self.places(text):
            parts += text[at:start], meant
            at = stop
        return "".join([*parts, text[at:]])

    def _is_by_itself(self, written: str, text: str, at: int) -> bool:
        """Tell whether what stands before and behind a word leaves it what it is."""
        group = self._regional[self.words[written].group]
        if text.endswith(group.not_before, 0, at) or (written[0].isdigit() and text.endswith(_BEFORE_A_NUMBER, 0, at)):
            return False
        return not text.startswith(group.not_behind, at + len(written))

    def in_the_standard_language(self, folded: Folded) -> Standard | None:
        """Return a folded text in the words of the standard language, or None where it holds none of any region."""
        places = list(self.places(folded.text))
        if not places:
            return None
        parts, indexes, stops = list[str](), list[int](), list[int]()
        spans: list[tuple[int, int]] = []
        at = 0
        for start, stop, meant in places:
            parts += folded.text[at:start], meant
            indexes += folded.indexes[at:start]
            stops += folded.stops[at:start]
            spans.append((len(indexes), len(indexes) + len(meant)))
            # Characters more than were written stand in front, and take no room; fewer end where those do.
            more = max(0, len(meant) - (stop - start))
            indexes += [folded.indexes[start]] * more
            stops += [folded.indexes[start]] * more
            kept = len(meant) - more
            indexes += folded.indexes[start : start + kept]
            stops += [*folded.stops[start : start + kept - 1], folded.stops[stop - 1]]
            at = stop
        parts.append(folded.text[at:])
        indexes += folded.indexes[at:]
        stops += folded.stops[at:]
        return Standard(replace(folded, text="".join(parts), indexes=indexes, stops=stops), tuple(spans))


@lru_cache(maxsize=4)
def dialect_of(regional: tuple[Regional, ...]) -> Dialect:
    """Return what reads texts by these words, once for all rules."""
    return Dialect(regional)


def spelled_out(regional: Sequence[Regional]) -> Iterator[Word]:
    """Yield every word in its groups, with each of what it must stand before.

    What stands there is read in the standard language, too, where it is always a word of a region: 「哪个晓得」.
    """
    always = {word: each.means for each in regional if not any(each[2:]) for word in each.words}
    for group, each in enumerate(regional):
        for number, word in enumerate(each.words):
            for behind in each.behind or ("",):
                yield Word(word + behind, each.means + always.get(behind, behind), group, number)


def regional_problems(regional: Sequence[Regional]) -> Iterator[tuple[int, str, int | None, str]]:
    """Yield what cannot count among words: the number of its group, its list, its number there, and why, in Chinese.

    The number there is None where the list is a single text.
    """
    for group, each in enumerate(regional):
        for name in Regional._fields:
            value = getattr(each, name)
            for number, text in enumerate((value,) if name == "means" else value):
                if why := not_written_as_read(text):
                    yield group, name, None if name == "means" else number, why
    for word in spelled_out(regional):
        if word.written == word.meant:
            yield word.group, "words", word.number, f"「{word.written}」就是普通话，不用写"


def not_written_as_read(text: str) -> str:
    """Return in Chinese why a word can never stand in a text as it is read; empty where it can."""
    written = normalise(text).text
    if len(parts := [part for part in re.split("[，、；]", text) if part]) > 1:
        return f"「{text}」成了一个词：各项用英文逗号隔开，写成 {', '.join(parts)}"
    if not written.isalnum():
        return f"「{text}」里只能有字、字母和数字，标点和空格去掉"
    return f"「{text}」请写成「{written}」（繁体字、全角和大写本来就认得）" if written != text else ""
