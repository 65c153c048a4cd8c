"""Anchors: short literals of which a text must hold one before a phrase is worth looking for.

The rarest piece of a phrase that no wildcard interrupts, with its alternatives written out, in reduced form.
They are looked up by sound, so that one lookup finds the phrase and its homophones (布知道 for 不知道).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import exp, log, prod
from typing import NamedTuple

from csbot.rules.wording.forms import (
    MOST_LITERALS,
    Run,
    fewest_characters,
    number_of_forms,
    reduced_forms,
    runs_of,
    shortest_form,
    write_out,
)
from csbot.rules.wording.model import Kind, PhraseRule
from csbot.rules.wording.reduce import FILLER_CHARACTERS, one_person, reduced_literal, reduced_text
from csbot.text.pinyin import sound_table
from csbot.text.segment import is_all_han
from csbot.text.tokenise import common_words

LEAST_OF_A_WHOLE = 2  # characters from which a homophone of a phrase says enough
LEAST_OF_A_PIECE = 3  # characters from which a homophone of a piece of a phrase says enough
MOST_WITH_SMALL_WORDS = 24  # literals of a phrase for which homophones of small words are sought
SHORTEST_WITH_SMALL_WORDS = 3  # characters of a phrase with a small word of which a homophone is sought
# A piece is taken for its rarity: down to once in so many words, and so many more literals must make it rarer by e.
RARE_ENOUGH = 1e-7
LITERALS_FOR_A_CHANCE = 100
OFTEN, PERSONS = 0.02, "你我"  # what the dictionary's newspapers count less often than an agent writes it, like 7 and 0


class Anchor(NamedTuple):
    """A literal of a phrase. ``literal`` is the whole phrase, written out, or empty where it is a piece of it.

    ``sounding`` says whether a text that only sounds like the anchor may mean it.

    Where a phrase counts as a whole clause or sentence, nothing but particles stands before an anchor that
    ``opens`` the phrase, and behind one that ``closes`` it.
    """

    rule: int
    phrase: int
    text: str  # reduced; with 你 for 您 unless ``keep_you``
    sounds: str
    literal: str = ""
    opens: bool = False
    closes: bool = False
    keep_you: bool = False
    sounding: bool = False

    @property
    def size(self) -> int:
        """The number of characters that the anchor stands for, small words included."""
        return len(self.literal or self.text)

    def is_written(self, text: str, one_person_text: str) -> bool:
        """Tell whether a reduced text, given as it is and with 你 for 您, is this anchor."""
        return (text if self.keep_you else one_person_text) == self.text


def whole_literals(phrase: str) -> list[str]:
    """Return everything that a phrase stands for; empty where it has wildcards, or too many alternatives."""
    runs = list(runs_of(phrase))
    return write_out(runs[0]) if len(runs) == 1 else []


Piece = tuple[Run, bool, bool]


def longest_piece(phrase: str) -> Piece:
    """Return that piece of a phrase which is longest when reduced; any match holds one of its literals.

    Also whether that piece opens and whether it closes the phrase. Empty where every piece reduces to nothing.
    """
    runs = list(runs_of(phrase))
    best: tuple[tuple[int, int], Piece] = ((0, 0), ([], False, False))
    for at, run in enumerate(runs):
        characters = fewest_characters(run)
        for first in range(len(run)):
            for last in range(len(run), first, -1):
                if (count := number_of_forms(piece := run[first:last])) <= MOST_LITERALS:
                    # It is no longer than its characters: only a piece that may be better is looked at.
                    length = shortest_form(piece) if (sum(characters[first:last]), -count) > best[0] else 0
                    if length and (length, -count) > best[0]:
                        opens, closes = at == first == 0, at == len(runs) - 1 and last == len(run)
                        best = ((length, -count), (piece, opens, closes))
                    break  # a shorter piece with the same start is no better
    return best[1]


def rarest_piece(phrase: str) -> Piece:
    """Return that piece of a phrase which is rarest in ordinary text, as ``longest_piece`` does."""
    runs = list(runs_of(phrase))
    pieces: list[tuple[float, int, int, int]] = []
    for at, run in enumerate(runs):
        chances = [sum(map(_chance, alternatives)) for alternatives in run]
        for first in range(len(run)):
            for last in range(first + 1, len(run) + 1):
                if (count := number_of_forms(run[first:last])) <= MOST_LITERALS:
                    chance = max(prod(chances[first:last]), RARE_ENOUGH)
                    pieces.append((log(chance) + count / LITERALS_FOR_A_CHANCE, at, first, last))
    for _, at, first, last in sorted(pieces):
        if shortest_form(piece := runs[at][first:last]):
            return piece, at == first == 0, at == len(runs) - 1 and last == len(runs[at])
    return [], False, False


@lru_cache(maxsize=8192)
def _chance(literal: str) -> float:
    """Return how likely a place of an agent's text is to begin with a literal, reduced, by the words it consists of."""
    words = common_words()
    return prod(
        OFTEN if word.isascii() or word in PERSONS else exp(words.likelihood(word))
        for word in words.likeliest(one_person(reduced_literal(literal)))[0]
    )


def anchors_of(number: int, rule: PhraseRule) -> Iterator[Anchor]:
    """Yield the anchors of each phrase of a rule, given with its number.

    Phrases that count anywhere are found by their sound too, and for that are written out in full where they
    can be.
    """
    clause = rule.kind is not Kind.PHRASE
    for at, phrase in enumerate(rule.phrases):
        runs = list(runs_of(phrase))
        forms = sorted(reduced_forms(runs[0]), key=lambda form: len(form[0])) if len(runs) == 1 else []
        # Of several that reduce to the same text the longest one counts: 「我改不了」 and 「我也改不了」.
        whole = {reduced: literal for literal, reduced in forms}
        if whole and "" not in whole:
            for reduced, literal in whole.items():
                text = reduced if rule.keep_you else one_person(reduced)
                anchor = Anchor(
                    number,
                    at,
                    text,
                    text.translate(sound_table()),
                    "" if clause else literal,
                    clause,
                    clause,
                    rule.keep_you,
                    len(text) >= LEAST_OF_A_WHOLE,
                )
                yield anchor
                if not clause and len(whole) <= MOST_WITH_SMALL_WORDS:
                    yield from _with_small_words(anchor)
            continue
        longest = list(_anchors_of_piece(number, at, rule, longest_piece(phrase)))
        if all(each.sounding for each in longest):
            yield from longest
            continue
        # As it is written a phrase is looked for by what is seldom there: 楼下邻居 and not 电话. What is long enough
        # to be meant by its sound alone stays beside it.
        rarest = list(_anchors_of_piece(number, at, rule, rarest_piece(phrase)))
        yield from rarest
        yield from (each for each in longest if each.sounding and each not in rarest)


def _anchors_of_piece(number: int, at: int, rule: PhraseRule, piece: Piece) -> Iterator[Anchor]:
    run, opens, closes = piece
    clause = rule.kind is not Kind.PHRASE
    found = dict.fromkeys(reduced for _, reduced in reduced_forms(run)) if run else {}
    lengths = sorted(set(map(len, found)))
    for text in found:
        # An anchor that holds another one is of no use; the one that it holds stands for both then.
        if len(text) > lengths[0] and any(
            text[start : start + length] in found
            for length in lengths[: lengths.index(len(text))]
            for start in range(len(text) - length + 1)
        ):
            continue
        holding = [other for other in found if text in other] if clause and (opens or closes) else []
        meant = text if rule.keep_you else one_person(text)
        yield Anchor(
            number,
            at,
            meant,
            meant.translate(sound_table()),
            "",
            clause and opens and all(other.startswith(text) for other in holding),
            clause and closes and all(other.endswith(text) for other in holding),
            rule.keep_you,
            len(meant) >= LEAST_OF_A_PIECE,
        )


def _with_small_words(anchor: Anchor) -> Iterator[Anchor]:
    """Yield an anchor with each one of the small words left in that were left out of it.

    A homophone of it is no small word: 「要告究告去」. No text as written holds such an anchor.
    """
    written = one_person("".join(filter(str.isalnum, anchor.literal)))
    if len(written) < SHORTEST_WITH_SMALL_WORDS or not is_all_han(written):
        return
    for text in dict.fromkeys([_kept_repeats(written), *with_a_small_word(written)]):
        if text != anchor.text and len(text) > len(anchor.text):
            yield anchor._replace(text=text, sounds=text.translate(sound_table()), sounding=True)


def _kept_repeats(text: str) -> str:
    """Return a text without its small words, but with the repetitions that this makes: 要告告去."""
    return "".join(character for character in text if character not in FILLER_CHARACTERS)


def with_a_small_word(text: str) -> Iterator[str]:
    """Yield a text reduced but for one of its small words, for each of these."""
    for at, kept in enumerate(text):
        if kept in FILLER_CHARACTERS and kept != "们":
            yield reduced_text(text[:at]) + kept + reduced_text(text[at + 1 :])
