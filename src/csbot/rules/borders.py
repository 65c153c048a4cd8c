"""Hits that go through the borders of words: 「请您确保证件有效」 holds 「保证」, and no word of it is.

Only short wording that stands there as it is, without anything between its characters, is looked at. Borders alone
would drop real findings too, so the words that go through the hit must be more probable than the hit beside its
neighbours.
"""

from __future__ import annotations

from collections.abc import Callable

from csbot.text.segment import is_han

LONGEST = 3  # characters of a hit that may be chance; longer wording hardly ever is
CONTEXT = 6  # characters on both sides that tell what is a word
LEAST_GAIN = 0.7  # natural logarithm: words twice as probable. Measured: 确保证件 5.1, 万一定位 2.5, 不行车 0.8


def crossing_words(text: str, start: int, end: int, is_meant: Callable[[str], bool]) -> str | None:
    """Return the words that ``text[start:end]`` (normalised) goes through, where it is no wording by itself.

    None where it is. A word that the rule means (``is_meant``) is none that can spare it: 「真他妈的」.
    """
    if not 2 <= end - start <= LONGEST or not all(map(is_han, text[start:end])):
        return None
    first, last = start, end
    while first > max(0, start - CONTEXT) and is_han(text[first - 1]):
        first -= 1
    while last < min(len(text), end + CONTEXT) and is_han(text[last]):
        last += 1
    if first == start and last == end:
        return None
    from csbot.text.tokenise import common_words  # only a short hit pays for the dictionary

    words = common_words()
    cut, likelihood = words.likeliest(text[first:last])
    crossing, position = [], first
    for word in cut:
        behind = position + len(word)
        if position < start < behind or position < end < behind:
            crossing.append(word)
        position = behind
    if not crossing or any(map(is_meant, crossing)):
        return None
    apart = sum(map(words.likelihood, (text[first:start], text[start:end], text[end:last])))
    return "／".join(crossing) if likelihood - apart >= LEAST_GAIN else None
