"""Evidence for a typing error, from the words of the dictionary.

A homophone needs more than its sound, or 步行 would be 不行 and 不造成 would be 不知道: what was typed must make less
sense than what it sounds like.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from csbot.rules.wording.fold import APART, Folded, attached
from csbot.rules.wording.reduce import FILLER_CHARACTERS
from csbot.text.pinyin import look_alike, reading
from csbot.text.segment import CLAUSE_ENDS, is_han
from csbot.text.tokenise import RARE, common_words, is_any_word

# A typing error makes a run of words this much less probable (natural logarithm) than what was meant. Measured on
# dictionary frequencies: 布知道 4.3, 不只道 5.1, 决对 5.9, 没办发 8.2; but 步行 1.7, 报证件 2.5, 不造成 below 0.
LEAST_GAIN = 3.0
GAIN_AFTER_A_WORD = 5.0  # where the first character differs and stands right behind another word
GAIN_OVER_A_WORD = 6.0  # where what was typed is a word of the dictionary
GAIN_OVER_A_RARE_WORD = 9.0  # where one may go through an end. Measured: 啃定/能 10.3, 疑定/给 10.9; but 废画/布 3.0
GAIN_OF_ANOTHER = 2.5  # more for every other character of three or fewer that differs: 「补课能改」, 「补清除」
GAIN_WITHOUT_A_HOLD = 9.0  # where no character is as it should be
EASE = 0.9  # less for each character that is as it should be, beyond as many as those that are not
# And for each beyond three so much less: frequencies of single characters say little against 「用_起就_用」.
EASE_OF_A_LONG_HOLD = 1.2
EASE_OF_A_CLAUSE = 4.0  # where nothing else is said: 「要告就高去」 -2.7
HOLD = 3  # characters as they should be beside which no more evidence is asked for of what everybody confuses
_PERSONS = "我你您他她们"
_CONFUSED = ("在再", "的得地", "作做", "那哪", "他她它", "已以", "到道", "像象")
# What looks like an expression of which all else is to the letter: 锁木可能 4.1, 找不知道 2.8; but 还行 4.1.
LEAST_GAIN_ALIKE = 2.5
SHORTEST_ALIKE, GAIN_OF_TWO_ALIKE = 2, 5.0
LONGEST_BY_CHANCE = 3  # characters of a phrase that words may go through
LONG_HOLD = 5  # characters to the letter beside which another one may be part of a word
# Behind these something is said of what stands before them.
_BEFORE_A_PREDICATE = frozenset("是就也都真可还才又再很太最更挺这那个您你我他她它们咱的了肯绝")
ROUNDING = 1e-6
CONTEXT = 8  # characters on both sides that count as evidence


def is_error(folded: Folded, corrected: Folded, start: int, stop: int, differing: Sequence[int]) -> bool:
    """Tell whether the text makes less sense as written than corrected.

    ``start`` and ``stop`` are where the phrase stands in both texts, ``differing`` the places that were corrected.
    """
    if _is_disguised(folded, start, stop):
        return True
    first, last = start, stop
    while first > max(0, start - CONTEXT) and folded.indexes[first] == folded.stops[first - 1]:
        first -= 1
    while last < min(len(folded.text), stop + CONTEXT) and folded.indexes[last] == folded.stops[last - 1]:
        last += 1
    words = common_words()
    written, meant = folded.text[first:last], corrected.text[first:last]
    places = [at - first for at in differing]
    if _is_common_error(written, meant, stop - start, places):
        return True
    ease, least = _least_gain(start - first, stop - start, places, last - first)
    least -= _ease_of_a_clause(written, meant, start - first, stop - start, places)
    if (
        _most_gain(written, meant, places) < least
        or (gain := words.likelihood(meant) - words.likelihood(written)) < least
    ):
        return False
    if stop - start == 2 and _is_a_word(folded, start, stop):
        return False
    if stop - start - len(differing) < LONG_HOLD and _is_a_word_in_its_place(folded.text, differing):
        return False
    alike = all(look_alike(folded.text[at], corrected.text[at]) for at in differing)
    position = first
    inside: set[int] = set()  # words
    for word in words.cut(written):
        end = position + len(word)
        inside.update(range(position + 1, end))
        if len(word) > 1 and not alike and any(position <= at < end for at in differing):
            over = GAIN_OVER_A_WORD + GAIN_OF_ANOTHER * (len(differing) - 1 if stop - start <= LONGEST_BY_CHANCE else 0)
            least = max(least, over - ease)
        position = end
    if gain < least:
        return False
    enough = words.likelihood(meant) - GAIN_OVER_A_RARE_WORD
    begins = any(
        at not in inside and not (at > first and _is_in_a_word(written, at - first, 2, 1, enough))
        for at in _ends(folded.text, start, first, -1)
    )
    return begins and any(
        at not in inside and not (at < last and _is_in_a_word(written, at - first, 1, 2, enough))
        for at in _ends(folded.text, stop, last, 1)
    )


def _is_a_word(folded: Folded, start: int, stop: int) -> bool:
    """Tell whether what was typed is a word, however rare, and more is said behind it: 「布行的王老板」, 「垦丁路」.

    At the end of a clause it may be meant by its sound: 「没带证件就是布行」. But 「在南门布行」 is said of a place.
    """
    text = folded.normalised.text
    behind, before = text[folded.stops[stop - 1] :][:1], text[: folded.indexes[start]][-1:]
    if not is_any_word(folded.text[start:stop]):
        return False
    return (behind.isalnum() and behind not in "啊呀吧啦哦") or (is_han(before) and before not in _BEFORE_A_PREDICATE)


def _is_a_word_in_its_place(text: str, differing: Sequence[int]) -> bool:
    """Tell whether what was typed in the place of several characters is one word: 「您的油饼」, 「棱镜一点划痕」."""
    first, last = differing[0], differing[-1] + 1
    return last - first == len(differing) > 1 and is_any_word(text[first:last])


def is_likelier(folded: Folded, corrected: Folded, start: int, stop: int) -> bool:
    """Tell whether a text makes much less sense as written than corrected where several characters became one.

    ``start`` and ``stop`` are where a phrase stands in the corrected text.
    """
    first, last = max(0, start - CONTEXT), min(len(corrected.text), stop + CONTEXT)
    before = bisect_left(folded.indexes, corrected.indexes[first])
    behind = bisect_left(folded.indexes, corrected.stops[last - 1])
    words = common_words()
    gain = words.likelihood(corrected.text[first:last]) - words.likelihood(folded.text[before:behind])
    return gain >= GAIN_OVER_A_WORD


def is_look_alike(folded: Folded, corrected: Folded, start: int, stop: int, differing: Sequence[int]) -> bool:
    """Tell whether the text makes less sense than what it looks like, where all else of a phrase is to the letter.

    Takes what ``is_error`` does. So little is chance then that less evidence is asked for, but none of the other
    characters may be part of a word.
    """
    if _is_disguised(folded, start, stop):
        return True
    size, held = stop - start, stop - start - len(differing)
    if held < LONG_HOLD and any(_is_in_a_common_word(folded.text, at) for at in differing):
        return False
    if size <= LONGEST_BY_CHANCE and _goes_through_words(folded.text, start, stop):
        return False
    first, last = max(0, start - CONTEXT), min(len(folded.text), stop + CONTEXT)
    words = common_words()
    gain = words.likelihood(corrected.text[first:last]) - words.likelihood(folded.text[first:last])
    if size == SHORTEST_ALIKE:
        return gain >= GAIN_OF_TWO_ALIKE
    return gain >= (LEAST_GAIN_ALIKE if any(attached(folded, start, stop)) else 0)


def _goes_through_words(text: str, start: int, stop: int) -> bool:
    """Tell whether a word of two goes through either end of a phrase: 「木行道树」."""
    return any(
        0 < at < len(text) and text[at] not in FILLER_CHARACTERS and is_any_word(text[at - 1 : at + 1])
        for at in (start, stop)
    )


def _is_in_a_common_word(text: str, at: int) -> bool:
    """Tell whether a character and a neighbour are a word of the dictionary: 「时间」, 「不往」."""
    return any(is_any_word(text[first : first + 2]) for first in (at - 1, at) if 0 <= first < len(text) - 1)


def may_be_error(written: str, meant: str, start: int, size: int, differing: Sequence[int]) -> bool:
    """Tell, at a tenth of the cost, whether ``is_error`` can say yes of a piece of text without gaps.

    The phrase has ``size`` characters from ``start`` on, with up to CONTEXT characters on both sides of it.
    """
    if _is_common_error(written, meant, size, differing):
        return True
    least = _least_gain(start, size, differing, len(written))[1]
    least -= _ease_of_a_clause(written, meant, start, size, differing)
    return _most_gain(written, meant, differing) >= least


def may_be_any_error(written: str, meant: str, at: int, most: int) -> bool:
    """Tell whether ``is_error`` can say yes of one changed character in a piece of text without gaps.

    Whatever phrase holds it: one of two characters to ``most``.
    """
    held = most - 1
    if held >= HOLD and _is_confused(written[at], meant[at]):
        return True
    ease = EASE * max(0, held - 1) + EASE_OF_A_LONG_HOLD * max(0, held - HOLD)
    if reading(written[at]) == reading(meant[at]):
        ease += EASE_OF_A_CLAUSE
    return _most_gain(written, meant, [at]) >= LEAST_GAIN - ease


def _is_common_error(written: str, meant: str, size: int, differing: Sequence[int]) -> bool:
    """Tell whether enough of a phrase stands there for an error that everybody makes."""
    return size - len(differing) >= HOLD and all(_is_confused(written[at], meant[at]) for at in differing)


def _least_gain(start: int, size: int, differing: Sequence[int], around: int) -> tuple[float, float]:
    """Return how much less evidence is asked for since so much of a phrase stands there, and how much is at least.

    The phrase stands in a piece of ``around`` characters. One at its end may belong to what stands beside it.
    """
    held = size - len(differing)
    least = LEAST_GAIN
    if not held:
        least = GAIN_WITHOUT_A_HOLD
    elif start and start in differing:
        least = GAIN_AFTER_A_WORD  # 「技术部可能」: the character may end the word before
    # The more of a phrase stands there, the less it can be chance.
    ease = EASE * max(0, held - len(differing))
    end = start + size
    if not (start and start in differing) and not (end < around and end - 1 in differing):
        ease += EASE_OF_A_LONG_HOLD * max(0, held - HOLD)
    return ease, least - ease


def _ease_of_a_clause(written: str, meant: str, start: int, size: int, differing: Sequence[int]) -> float:
    """Return how much less evidence is asked for where nothing else is said, and one character only sounds right.

    「要告就高去」: enough of it is to the letter besides who speaks to whom.
    """
    held = size - 1 - sum(map(written[start : start + size].count, _PERSONS))
    if len(differing) != 1 or held < HOLD or reading(written[differing[0]]) != reading(meant[differing[0]]):
        return 0.0
    beside = written[:start] + written[start + size :]
    return EASE_OF_A_CLAUSE if FILLER_CHARACTERS.issuperset(beside) else 0.0


def _most_gain(written: str, meant: str, differing: Sequence[int]) -> float:
    words = common_words()
    return sum(words.most_gain(written, meant, at) for at in differing) + ROUNDING


def _is_confused(one: str, other: str) -> bool:
    """Tell whether two characters are confused so often that either may stand for the other: 「过两天在来」."""
    return any(one in group and other in group for group in _CONFUSED)


def _is_in_a_word(text: str, at: int, before: int, after: int, enough: float) -> bool:
    """Tell whether a word of at most so many characters before and after it runs over a place: 「不只道歉」.

    One that only the whole dictionary has counts where a text that holds it is likelier than ``enough``: 「定能」 does
    not explain 「啃定能到」.
    """
    words = common_words()
    for first in range(1, before + 1):
        for last in range(1, after + 1):
            word = text[max(0, at - first) : at + last]
            if is_any_word(word) and (
                words.known(word)
                or words.likelihood(text[: max(0, at - first)]) + RARE + words.likelihood(text[at + last :]) > enough
            ):
                return True
    return False


def _is_disguised(folded: Folded, start: int, stop: int) -> bool:
    """Tell whether there are marks between all characters: 「他·马·的」. Nobody puts them into an honest word.

    But words are set apart by punctuation (「没办，发票」), wrapped lines and, where they are short, by spaces.
    """
    bridges = folded.bridges(start, stop)
    marks = set("".join(bridges))
    return all(bridges) and not marks & CLAUSE_ENDS and (len(bridges) > 1 or not marks <= APART)


def _ends(text: str, at: int, limit: int, step: int) -> Iterator[int]:
    """Yield where a phrase may end one way: at ``at``, within repetitions, and behind small words beyond it.

    They can belong to the phrase (「查不了」) as well as to what stands next to it (「收到。到底…」).
    """
    yield at
    before = step < 0
    character, following = (text[at], at + 1) if before else (text[at - 1], at)
    while text[following : following + 1] == character:
        following += 1
        yield following - before
    beyond = at
    while beyond != limit and text[beyond - before] in FILLER_CHARACTERS:
        beyond += step
    if beyond != at:
        yield beyond
