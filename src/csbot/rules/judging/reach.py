"""How far a phrase can reach from a place in folded text, so that nothing beyond is read for its sake.

A match of a phrase has no more characters than the phrase stands for, but for fillers, repetitions and the digits of
numbers, of which there may be any number. So a reach is counted without those: a run of characters of one kind is one,
a filler is none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from csbot.rules.wording.reduce import FILLER_CHARACTERS

Span = tuple[int, int]

REACH_IN_TWO_WAYS = 10  # characters beside what was read otherwise that may be in another disguise
SHORT = 40  # characters of a text that is read as a whole
_FILLER = ""
# What one unit of a phrase may take in of any length, each other's repetitions included: 我们咱我, 365, 二十一.
_ALIKE = ("我咱俺你您们", "0123456789", "一两二三四五六七八九十半几百")
KINDS = dict.fromkeys(FILLER_CHARACTERS, _FILLER) | {each: group[0] for group in _ALIKE for each in group}
_kind_of = KINDS.get


def around(text: str, start: int, stop: int, reach: int) -> Span:
    """Return how far a match can reach that holds any of the characters ``start`` to ``stop`` of a folded text.

    ``reach`` is that of the phrase (``Compiled.reach``).
    """
    return _before(text, start, reach), _behind(text, stop, reach)


def _before(text: str, start: int, reach: int) -> int:
    first, left, kind = start, reach, _FILLER
    while first:
        character = text[first - 1]
        other = _kind_of(character, character)
        if other != _FILLER and other != kind:
            if not left:
                break
            left -= 1
        kind = other
        first -= 1
    return first


def _behind(text: str, stop: int, reach: int) -> int:
    last, left, kind, size = stop, reach, _FILLER, len(text)
    while last < size:
        character = text[last]
        other = _kind_of(character, character)
        if other != _FILLER and other != kind:
            if not left:
                break
            left -= 1
        kind = other
        last += 1
    return last


def windows(text: str, places: Collection[Span], reach: int) -> list[Span]:
    """Return where matches can stand that hold any of some places, in order and apart from each other."""
    if len(text) <= SHORT:
        return [(0, len(text))] if places else []
    return windows_within(text, places, reach)


def windows_within(text: str, places: Collection[Span], reach: int) -> list[Span]:
    """Return what ``windows`` does, but never more of a short text than a match can take in."""
    found: list[Span] = []
    before = last = -1
    for start, stop in sorted(places):
        # Runs of fillers or of one character can be as long as the text: from within one all reach equally far.
        if not (before <= stop <= last and _is_one_run(text, before, stop)):
            last = _behind(text, stop, reach)
        before = stop
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(last, found[-1][1])
        elif found and (first := _before(text, start, reach)) <= found[-1][1]:
            found[-1] = min(first, found[-1][0]), max(last, found[-1][1])
        else:
            found.append((_before(text, start, reach), last))
    return found


def _is_one_run(text: str, start: int, stop: int) -> bool:
    """Tell whether nothing but fillers, or nothing but what goes on at ``stop``, stands between two places."""
    kinds = {_kind_of(character, character) for character in text[start:stop]}
    return not kinds or kinds == {_FILLER} or kinds == {_kind_of(text[stop], text[stop]) if stop < len(text) else None}


def around_all(text: str, start: int, stop: int, reach: int) -> list[Span]:
    """Return where a match can stand that holds all of the characters ``start`` to ``stop``, fillers aside."""
    first, last = around(text, stop - 1, stop, reach)[0], around(text, start, start + 1, reach)[1]
    return [(first, last)] if first <= start and stop <= last else []


def over(spans: Iterable[Span], places: Sequence[Span]) -> Iterator[Span]:
    """Yield those of some spans that hold a part of any of some places."""
    for first, last in spans:
        if any(start < last and first < stop for start, stop in places):
            yield first, last
