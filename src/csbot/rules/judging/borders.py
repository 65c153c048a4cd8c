"""Hits that go through the borders of words: 「请您确保证件有效」 holds 「保证」, and no word of it is.

Only wording that stands there as it is, without anything between its characters, is looked at. Borders alone
would drop real findings too, so the words that go through the hit must be more probable than the hit beside its
neighbours. Short wording may be chance altogether; longer wording is meant but for its last character, which may
be part of the word behind it: 「我是新／手表专区的」, 「您过两天再来／吧台领取」.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import TYPE_CHECKING

from csbot.rules.wording.fold import CLOSING_PARTICLES
from csbot.rules.wording.reduce import FILLER_CHARACTERS
from csbot.text.segment import is_han
from csbot.text.tokenise import RARE

if TYPE_CHECKING:
    from csbot.text.tokenise import Words

LONGEST = 3  # characters of a hit that may be chance; longer wording hardly ever is
CONTEXT = 6  # characters on both sides that tell what is a word
LEAST_GAIN = 0.7  # natural logarithm: words twice as probable. Measured: 确保证件 5.1, 万一定位 2.5, 不行车 0.8
LEAST_GAIN_AT_AN_END = 3.0  # Measured: 不是我的错觉 5.9, 我是新手表 4.7; but 不知道路 2.4, 不知道理由 below 0
LEAST_GAIN_OF_A_PARTICLE = 0.7  # Measured: 再来吧台 1.3
# Two words that meet in the hit say more than one. Measured: 初一定座 -1.6, 任一定点 -1.9; but 一万一定位 -3.3
LEAST_GAIN_OF_TWO = -2.5
MOST_BEYOND = 2  # characters of a word that lie beyond the end of a hit
_CHILDREN = frozenset("童子女科媳孙歌茶保戏化马")  # words of 儿
# What follows an expression, whatever word it may make with its last character.
_FREE = frozenset("的了吗呢啊呀吧嘛哦就也都还我你您他她这那是不没在有给跟和让请来去上下") | FILLER_CHARACTERS


def crossing_words(text: str, start: int, end: int, is_meant: Callable[[str], bool]) -> str | None:
    """Return the words that ``text[start:end]`` (normalised) goes through, where it is no wording by itself.

    None where it is. A word that the rule means (``is_meant``) is none that can spare it: 「真他妈的」.
    """
    if text[end : end + 1] == "儿" and text[end + 1 : end + 2] not in _CHILDREN:
        end += 1  # 「冷静点儿」 is said as 「冷静点」 is
    if end - start < 2 or not all(map(is_han, text[start:end])):
        return None
    first, last = start, end
    while first > max(0, start - CONTEXT) and is_han(text[first - 1]):
        first -= 1
    while last < min(len(text), end + CONTEXT) and is_han(text[last]):
        last += 1
    if last == end and (first == start or end - start > LONGEST):
        return None
    from csbot.text.tokenise import common_words  # only a hit with wording beside it pays for the dictionary

    if end - start > LONGEST:
        crossing = _word_at_the_end(text[start:last], end - start, common_words())
        return None if crossing is None or is_meant(crossing) else crossing
    words = common_words()
    cut, likelihood = words.likeliest(text[first:last])
    crossed, position = [], first
    for word in cut:
        behind = position + len(word)
        if position < start < behind or position < end < behind:
            crossed.append(word)
        position = behind
    if crossed and not any(map(is_meant, crossed)):
        apart = sum(map(words.likelihood, (text[first:start], text[start:end], text[end:last])))
        if likelihood - apart >= LEAST_GAIN:
            return "／".join(crossed)
    tiles = _tiles(text[first:last], start - first, end - first, words)
    return None if tiles is None or any(map(is_meant, tiles)) else "／".join(tiles)


def _tiles(text: str, start: int, end: int, words: Words) -> tuple[str, str] | None:
    """Return two words, however rare, that go through both ends of a hit and meet in it: 「初一／定座」."""
    from csbot.text.tokenise import is_any_word

    apart = sum(map(words.likelihood, (text[:start], text[start:end], text[end:])))
    for before, behind in product(range(1, MOST_BEYOND + 1), repeat=2):
        if before > start or end + behind > len(text):
            continue
        for middle in range(start + 1, end):
            one, other = text[start - before : middle], text[middle : end + behind]
            if is_any_word(one) and is_any_word(other):
                beside = words.likelihood(text[: start - before]) + words.likelihood(text[end + behind :])
                if beside + _likelihood(one, words) + _likelihood(other, words) - apart >= LEAST_GAIN_OF_TWO:
                    return one, other
    return None


def _word_at_the_end(text: str, end: int, words: Words) -> str | None:
    """Return a word that goes through the end of a longer hit and is more probable than what it is cut into."""
    from csbot.text.tokenise import is_any_word

    if end == len(text) or text[end] in _FREE:
        return None
    near = max(0, end - CONTEXT)
    apart = words.likelihood(text[near:end]) + words.likelihood(text[end:])
    least = LEAST_GAIN_OF_A_PARTICLE if text[end - 1] in CLOSING_PARTICLES else LEAST_GAIN_AT_AN_END
    word = text[end - 1 : end + 1]
    if not is_any_word(word):
        return None
    together = words.likelihood(text[near : end - 1]) + _likelihood(word, words) + words.likelihood(text[end + 1 :])
    return word if together - apart >= least else None


def _likelihood(word: str, words: Words) -> float:
    """Return the logarithm of the probability of a word of the whole dictionary."""
    return words.likelihood(word) if words.known(word) else max(words.likelihood(word), RARE)
