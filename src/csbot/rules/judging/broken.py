"""Expressions that marks break up: 「肯，定到」, 「我们也。没办法」, 「没办法！处理」.

A comma or a full stop keeps words apart, so a hit that runs over one is none (「作废，话费已退」). It is one all the
same where the mark cannot be meant: where it goes through a word, where it stands behind a word that ends no clause,
or where nothing is said on both sides of it but the expression.
"""

from __future__ import annotations

from itertools import pairwise
from operator import eq

from csbot.rules.wording.fold import COMMAS, MAXIMUM_GAP, WORD_CONTEXT, Folded, attached, is_cut_short
from csbot.text.segment import CLAUSE_ENDS, SENTENCE_ENDS

SHORTEST_WHOLE = 3  # characters of an expression that is all that is said on both sides of a mark
GAIN_OF_A_BROKEN_WORD = 3.0  # natural logarithm of how much more probable a text is without the mark
LONGEST_WORD = 4
# Behind these a clause goes on: adverbs, prepositions, pronouns that point, small words.
_NO_END = frozenset("也都很就太更最挺把被给跟和与从向往让又还再才只真没这那哪某每几的地得")
_OFTEN_LAST = frozenset("不没")  # 「行不，行的话…」, 「不。知道了」, 「有没」


def is_set_apart(folded: Folded, start: int, end: int) -> bool:
    """Tell whether one mark, which is no space, stands between all of three or more characters: 「我-没-法」."""
    if end - start < SHORTEST_WHOLE or folded.indexes[start + 1] == folded.stops[start]:
        return False
    marks = set(folded.bridges(start, end))
    return len(marks) == 1 and marks.isdisjoint(CLAUSE_ENDS | {"", " "})


def is_broken_up(folded: Folded, start: int, end: int, *, sentences: bool) -> bool:
    """Tell whether every mark that ends a clause inside a hit can only be there to break the expression up.

    ``sentences`` says whether one that ends a sentence may be.
    """
    text, normalised = folded.text, folded.normalised.text
    if all(map(eq, folded.stops[start : end - 1], folded.indexes[start + 1 : end])):
        return False
    bridges = folded.bridges(start, end)
    cuts = [at for at, bridge in enumerate(bridges, start) if not CLAUSE_ENDS.isdisjoint(bridge)]
    marks = set("".join(bridges))
    if (
        not cuts
        or "\n" in marks
        or not (sentences or marks.isdisjoint(SENTENCE_ENDS))
        or folded.widest_gap(start, end) > MAXIMUM_GAP
    ):
        return False
    before, after = attached(folded, start, end)
    if not before and not after:
        long_enough = _size(text[start:end]) >= SHORTEST_WHOLE
        return all(
            (long_enough and text[at] not in _OFTEN_LAST) or _is_in_a_word(folded, start, end, at) for at in cuts
        )
    if _belongs_elsewhere(folded, start, end, cuts):
        return False
    if end - start > 2 and is_cut_short(folded, start, end):
        return False
    for at in cuts:
        mark = normalised[folded.stops[at] : folded.indexes[at + 1]].strip()[:1]
        ends_no_clause = text[at] in _NO_END and not (mark in COMMAS and text[at] in "的得" and before)
        if not ends_no_clause and not _is_in_a_word(folded, start, end, at):
            return False
    return True


def _size(text: str) -> int:
    return sum(character != before for before, character in pairwise("\0" + text))


def _belongs_elsewhere(folded: Folded, start: int, end: int, cuts: list[int]) -> bool:
    """Tell whether a single character at an end of a hit makes a word with what stands beside it: 「肯，定金」."""
    from csbot.text.tokenise import is_any_word

    text = folded.text
    if cuts[0] == start and start and folded.indexes[start] == folded.stops[start - 1]:
        if is_any_word(text[start - 1 : start + 1]):
            return True
        if text[start] in _OFTEN_LAST and text[start - 1] == text[start + 1]:
            return True
    if cuts[-1] != end - 2 or end == len(text) or folded.indexes[end] > folded.stops[end - 1]:
        return False
    return any(is_any_word(text[end - 1 : end + more]) for more in (1, 2) if end + more <= len(text))


def _is_in_a_word(folded: Folded, start: int, end: int, at: int) -> bool:
    """Tell whether a mark behind the character ``at`` goes through a word of a hit, and not between two."""
    from csbot.text.tokenise import common_words  # only a hit that runs over a mark pays for the dictionary

    words, text = common_words(), folded.text
    if not any(
        words.known(text[first:last])
        for first in range(max(start, at - LONGEST_WORD + 2), at + 1)
        for last in range(at + 2, min(end, first + LONGEST_WORD) + 1)
    ):
        return False
    before, behind = text[max(0, at + 1 - WORD_CONTEXT) : at + 1], text[at + 1 : at + 1 + WORD_CONTEXT]
    gain = words.likelihood(before + behind) - words.likelihood(before) - words.likelihood(behind)
    return gain >= GAIN_OF_A_BROKEN_WORD
