"""Anchors: short literals of which a text must hold one before a phrase is worth looking for.

The rarest piece of a phrase that no wildcard interrupts, with its alternatives written out, in reduced form.
They are looked up by sound, so that one lookup finds the phrase and its homophones (布知道 for 不知道).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import exp, log, prod
from typing import NamedTuple

from csbot.rules.model import Kind, PhraseRule
from csbot.rules.phrase import DURATION, WILDCARD, parts_of
from csbot.rules.reduce import FILLER_CHARACTERS, one_person, reduce, reduce_literal
from csbot.text.pinyin import sound_table
from csbot.text.segment import is_han
from csbot.text.tokenise import common_words

MOST_LITERALS = 300  # that one phrase may be written out as
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


def runs_of(phrase: str) -> Iterator[list[list[str]]]:
    """Yield the runs of literals and alternatives between the wildcards of a phrase."""
    run: list[list[str]] = []
    for part in parts_of(phrase):
        alternatives = part if isinstance(part, list) else [part]
        if part == WILDCARD or any(DURATION in each for each in alternatives):
            yield run
            run = []
        else:
            run.append(alternatives)
    yield run


def write_out(run: list[list[str]]) -> list[str]:
    """Return every literal that a run of alternatives stands for; empty where there are too many."""
    return ["".join(each) for each in product(*run)] if prod(map(len, run)) <= MOST_LITERALS else []


def whole_literals(phrase: str) -> list[str]:
    """Return everything that a phrase stands for; empty where it has wildcards, or too many alternatives."""
    runs = list(runs_of(phrase))
    return write_out(runs[0]) if len(runs) == 1 else []


Piece = tuple[list[str], bool, bool]


def longest_piece(phrase: str) -> Piece:
    """Return the literals of that piece of a phrase which is longest when reduced; any match holds one of them.

    Also whether that piece opens and whether it closes the phrase. Empty where every piece reduces to nothing.
    """
    runs = list(runs_of(phrase))
    best: tuple[tuple[int, int], Piece] = ((0, 0), ([], False, False))
    for at, run in enumerate(runs):
        for first in range(len(run)):
            for last in range(len(run), first, -1):
                if literals := write_out(run[first:last]):
                    length = min(len(reduce_literal(literal).text) for literal in literals)
                    if length and (length, -len(literals)) > best[0]:
                        opens, closes = at == first == 0, at == len(runs) - 1 and last == len(run)
                        best = ((length, -len(literals)), (literals, opens, closes))
                    break  # a shorter piece with the same start is no better
    return best[1]


def rarest_piece(phrase: str) -> Piece:
    """Return the literals of that piece of a phrase which is rarest in ordinary text, as ``longest_piece`` does."""
    runs = list(runs_of(phrase))
    pieces: list[tuple[float, int, int, int]] = []
    for at, run in enumerate(runs):
        chances = [sum(map(_chance, alternatives)) for alternatives in run]
        for first in range(len(run)):
            for last in range(first + 1, len(run) + 1):
                if (count := prod(map(len, run[first:last]))) <= MOST_LITERALS:
                    chance = max(prod(chances[first:last]), RARE_ENOUGH)
                    pieces.append((log(chance) + count / LITERALS_FOR_A_CHANCE, at, first, last))
    for _, at, first, last in sorted(pieces):
        literals = write_out(runs[at][first:last])
        if all(reduce_literal(literal).text for literal in literals):
            return literals, at == first == 0, at == len(runs) - 1 and last == len(runs[at])
    return [], False, False


def _chance(literal: str) -> float:
    """Return how likely a place of an agent's text is to begin with a literal, reduced, by the words it consists of."""
    words = common_words()
    return prod(
        OFTEN if word.isascii() or word in PERSONS else exp(words.likelihood(word))
        for word in words.likeliest(one_person(reduce_literal(literal).text))[0]
    )


def anchors_of(number: int, rule: PhraseRule) -> Iterator[Anchor]:
    """Yield the anchors of each phrase of a rule, given with its number.

    Phrases that count anywhere are found by their sound too, and for that are written out in full where they
    can be.
    """
    clause = rule.kind is not Kind.PHRASE
    for at, phrase in enumerate(rule.phrases):
        # Of several that reduce to the same text the longest one counts: 「我改不了」 and 「我也改不了」.
        literals = sorted(whole_literals(phrase), key=len)
        whole = {(reduced := reduce_literal(each)).text: (reduced, each) for each in literals}
        if whole and "" not in whole:
            for reduced, literal in whole.values():
                text = reduced.text if rule.keep_you else one_person(reduced.text)
                anchor = Anchor(
                    number, at, text, reduced.sounds, "" if clause else literal, clause, clause, rule.keep_you
                )
                yield anchor._replace(sounding=len(text) >= LEAST_OF_A_WHOLE)
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
    literals, opens, closes = piece
    clause = rule.kind is not Kind.PHRASE
    found = {(reduced := reduce_literal(each)).text: reduced for each in literals}
    for text, reduced in found.items():
        # An anchor that holds another one is of no use; the one that it holds stands for both then.
        if not any(other in text for other in found if other != text):
            holding = [other for other in found if text in other]
            opens_all = opens and all(other.startswith(text) for other in holding)
            closes_all = closes and all(other.endswith(text) for other in holding)
            meant = text if rule.keep_you else one_person(text)
            sounding = len(meant) >= LEAST_OF_A_PIECE
            yield Anchor(
                number,
                at,
                meant,
                reduced.sounds,
                "",
                clause and opens_all,
                clause and closes_all,
                rule.keep_you,
                sounding,
            )


def _with_small_words(anchor: Anchor) -> Iterator[Anchor]:
    """Yield an anchor with each one of the small words left in that were left out of it.

    A homophone of it is no small word: 「要告究告去」. No text as written holds such an anchor.
    """
    written = one_person("".join(filter(str.isalnum, anchor.literal)))
    if len(written) < SHORTEST_WITH_SMALL_WORDS or not all(map(is_han, written)):
        return
    for text in dict.fromkeys([_kept_repeats(written), *_each_small_word(written)]):
        if text != anchor.text and len(text) > len(anchor.text):
            yield anchor._replace(text=text, sounds=text.translate(sound_table()), sounding=True)


def _kept_repeats(text: str) -> str:
    """Return a text without its small words, but with the repetitions that this makes: 要告告去."""
    return "".join(character for character in text if character not in FILLER_CHARACTERS)


def _each_small_word(text: str) -> Iterator[str]:
    for at, kept in enumerate(text):
        if kept in FILLER_CHARACTERS and kept != "们":
            yield reduce(text[:at]).text + kept + reduce(text[at + 1 :]).text
