"""Runs of Latin letters in a text that may be read as syllables or initials."""

from __future__ import annotations

from collections.abc import Iterator

from csbot.rules.wording.fold import Folded
from csbot.text.pinyin import split_latin
from csbot.text.regex import regex

MOST_LETTERS = 24  # of a run that is read as pinyin
LATIN = regex(r"[a-z]+")
_WORD_BEHIND, _WORD_BEFORE = regex(" ([a-z]{2,})"), regex("([a-z]{2,}) $")
_SYLLABLE_BEHIND, _SYLLABLE_BEFORE = regex("[.·_-]([a-z0-9]+)"), regex("([a-z0-9]+)[.·_-]$")
_VOWELS = frozenset("aeiouvü")
_DOTS = frozenset("._-")
_JOINTS = frozenset("@./\\_#-+=&%:")  # between letters: an address, a model number


def syllables_of(run: str) -> tuple[str, ...]:
    """Return the pinyin syllables that letters spell, by the standard where they can; empty where they spell none."""
    if _VOWELS.isdisjoint(run):
        return ()  # 「hm」 is a sound, and what 很忙 begins with
    return split_latin(run, standard=True) or split_latin(run)


def runs_of_letters(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield the runs of letters that nothing interrupts and that are no part of an address or a model number."""
    for found in LATIN.finditer(folded.text):
        start = found.start()
        for stop in range(start + 1, found.end() + 1):
            if stop == found.end() or folded.indexes[stop] > folded.stops[stop - 1]:
                if (
                    stop - start <= MOST_LETTERS
                    and _is_apart(folded, start, stop)
                    and not _is_english(folded, start, stop)
                ):
                    yield start, stop
                start = stop


def _is_apart(folded: Folded, start: int, stop: int) -> bool:
    text = folded.normalised.text
    first, last = folded.indexes[start], folded.stops[stop - 1]
    before, after = text[max(0, first - 2) : first][::-1], text[last : last + 2]
    if any(near[:1] in _DOTS and near[1:].isalpha() for near in (before, after) if near):
        # 「zhi.dao」 is one word, taken apart; 「www.zhidao.com」 is an address.
        beside = _SYLLABLE_BEHIND.match(text, last), _SYLLABLE_BEFORE.search(text, max(0, first - MOST_LETTERS), first)
        return all(found is None or bool(syllables_of(found[1])) for found in beside)
    return not any(
        near[:1].isdigit() or (near[:1] in _JOINTS and near[1:].isascii() and near[1:].isalnum())
        for near in (before, after)
        if near
    )


def _is_english(folded: Folded, start: int, stop: int) -> bool:
    """Tell whether letters are a name in a foreign wording: 「Feihua Road」, a capital and another word beside it."""
    if not folded.raw_text(start, stop).istitle() or stop - start == 1:
        return False
    text = folded.normalised.text
    beside = _WORD_BEHIND.match(text, folded.stops[stop - 1]), _WORD_BEFORE.search(text, 0, folded.indexes[start])
    return any(found is not None and not syllables_of(found[1]) for found in beside)
