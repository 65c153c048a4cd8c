"""Short expressions that only come about where two words meet: 「确保证件」 does not hold 「保证」."""

from __future__ import annotations

from csbot.text.segment import is_han

ACROSS_WORDS = "两个词相接"
SIZE = 2  # characters of an expression that words beside it can make up; longer ones are hardly ever chance
CONTEXT = 8  # characters on both sides by which it is judged what is a word
# How much more probable (natural logarithm) a text must be with words that run over a border of the expression.
# Measured on drafts: 确保｜证件 5.1, 唯一｜定金 1.0, 不｜行车 0.8; of expressions that were meant none is above 0.3.
LEAST_GAIN = 0.5


def lies_across_words(text: str, start: int, stop: int) -> bool:
    """Tell whether ``text[start:stop]`` (normalised, nothing but wording in it) is made up by words that meet there."""
    if stop - start != SIZE or not all(map(is_han, text[start:stop])):
        return False
    from csbot.text.tokenise import common_words  # only a hit pays for the dictionary

    first, last = start, stop
    while first > max(0, start - CONTEXT) and is_han(text[first - 1]):
        first -= 1
    while last < min(len(text), stop + CONTEXT) and is_han(text[last]):
        last += 1
    words = common_words()
    cut, likelihood = words.likeliest(text[first:last])
    at = first
    runs_over = False
    for word in cut:
        end = at + len(word)
        if at <= start and stop <= end and end - at > SIZE:
            return False  # a longer word that holds it says the same, or an exception knows better
        runs_over = runs_over or at < start < end or at < stop < end
        at = end
    apart = sum(map(words.likelihood, (text[first:start], text[start:stop], text[stop:last])))
    return runs_over and likelihood - apart > LEAST_GAIN
