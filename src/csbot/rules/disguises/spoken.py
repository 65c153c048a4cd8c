"""Whole sentences in pinyin: without the digits of tones, with their small words (「wo zhen de bu zhi dao」)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from csbot.rules.disguises.latin import runs_of_letters, syllables_of
from csbot.rules.wording.fold import Folded, fold
from csbot.rules.wording.reduce import Reduced, reduce
from csbot.text.regex import regex

LEAST_WITH_TONES = 2  # syllables with a digit behind each
LEAST_OF_A_SENTENCE = 4  # syllables from which one of them may be a small word
_WITH_TONE = regex("([a-z]{1,6})([1-5])(?![0-9])")
_SMALL_WORDS = {
    "shi": "是", "de": "的", "zhen": "真", "jiu": "就", "ye": "也", "dou": "都", "hai": "还", "you": "又", "le": "了",
    "a": "啊", "ya": "呀", "ne": "呢", "ba": "吧", "la": "啦", "ma": "吗",
}  # fmt: skip


def spoken(folded: Folded, reduced: Reduced) -> Iterator[tuple[Folded, Reduced]]:
    """Yield a folded text with letters in it, and it reduced, as the letters are to be read."""
    text = _without_tones(folded)
    yield (folded, reduced) if text is folded else (text, reduce(text.text))
    for small_words in ({"you"}, set()):  # 有 or 又
        if (other := _with_small_words(text, small_words)) is not None:
            yield other, reduce(other.text)


def _without_tones(folded: Folded) -> Folded:
    """Return a folded text without the digits of tones, where two syllables have one."""
    text = folded.normalised.text
    places = [found.start(2) for found in _WITH_TONE.finditer(text, folded.begin, folded.end) if syllables_of(found[1])]
    if len(places) < LEAST_WITH_TONES:
        return folded
    characters = list(text)
    for place in places:
        characters[place] = " "
    return fold(replace(folded.normalised, text="".join(characters)), folded.begin, folded.end)


def _with_small_words(folded: Folded, but: set[str]) -> Folded | None:
    """Return a folded text with small words in the place of their syllables; None where no sentence is spelled."""
    runs = [(start, syllables_of(folded.text[start:stop])) for start, stop in runs_of_letters(folded)]
    syllables = [syllable for _, run in runs for syllable in run]
    if len(syllables) < LEAST_OF_A_SENTENCE or not (_SMALL_WORDS.keys() - but).intersection(syllables):
        return None
    text, indexes, stops = "", list[int](), list[int]()
    at = 0
    for start, run in runs:
        for syllable in run:
            if syllable in _SMALL_WORDS and syllable not in but:
                text += folded.text[at:start] + _SMALL_WORDS[syllable]
                indexes += [*folded.indexes[at:start], folded.indexes[start]]
                stops += [*folded.stops[at:start], folded.stops[start + len(syllable) - 1]]
                at = start + len(syllable)
            start += len(syllable)
    return replace(
        folded,
        text=text + folded.text[at:],
        indexes=[*indexes, *folded.indexes[at:]],
        stops=[*stops, *folded.stops[at:]],
    )
