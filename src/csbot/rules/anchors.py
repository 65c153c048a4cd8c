"""Anchors: short literals of which a text must hold one before a phrase is worth looking for.

The rarest piece of a phrase that no wildcard interrupts, with its alternatives written out, in reduced form.
They are looked up by sound, so that one lookup finds the phrase and its homophones (布知道 for 不知道).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import product
from math import exp, log, prod
from typing import NamedTuple

from csbot.rules.model import Kind, PhraseRule
from csbot.rules.phrase import DURATION, WILDCARD, parts_of
from csbot.rules.reduce import Reduced, bare, one_person, reduce_literal
from csbot.text.tokenise import common_words

MOST_LITERALS = 300  # that one phrase may be written out as
# A piece is taken for its rarity: down to once in so many words, and so many more literals must make it rarer by e.
RARE_ENOUGH = 1e-7
LITERALS_FOR_A_CHANCE = 100
OFTEN, PERSONS = 0.02, "你我"  # what the dictionary's newspapers count less often than an agent writes it, like 7 and 0


class Anchor(NamedTuple):
    """A literal of a phrase. ``literal`` is the whole phrase, written out, or empty where it is a piece of it.

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

    def is_written(self, text: str, one_person_text: str) -> bool:
        """Tell whether a reduced text, given as it is and with 你 for 您, is this anchor."""
        return (text if self.keep_you else one_person_text) == self.text


def _runs(phrase: str) -> Iterator[list[list[str]]]:
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


def _write_out(run: list[list[str]]) -> list[str]:
    """Return every literal that a run of alternatives stands for; empty where there are too many."""
    return ["".join(each) for each in product(*run)] if prod(map(len, run)) <= MOST_LITERALS else []


def whole_literals(phrase: str) -> list[str]:
    """Return everything that a phrase stands for; empty where it has wildcards, or too many alternatives."""
    runs = list(_runs(phrase))
    return _write_out(runs[0]) if len(runs) == 1 else []


def best_literals(phrase: str) -> tuple[list[str], bool, bool]:
    """Return the literals of that piece of a phrase which is rarest in ordinary text; any match holds one of them.

    Also whether that piece opens and whether it closes the phrase. Empty where every piece reduces to nothing.
    """
    runs = list(_runs(phrase))
    pieces: list[tuple[float, int, int, int]] = []
    for at, run in enumerate(runs):
        chances = [sum(map(_chance, alternatives)) for alternatives in run]
        for first in range(len(run)):
            for last in range(first + 1, len(run) + 1):
                if (count := prod(map(len, run[first:last]))) <= MOST_LITERALS:
                    chance = max(prod(chances[first:last]), RARE_ENOUGH)
                    pieces.append((log(chance) + count / LITERALS_FOR_A_CHANCE, at, first, last))
    for _, at, first, last in sorted(pieces):
        literals = _write_out(runs[at][first:last])
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
        opens = closes = True
        found = whole
        if not whole or "" in whole:
            literals, opens, closes = best_literals(phrase)
            pieces = {(reduced := reduce_literal(each)).text: (reduced, "") for each in literals}
            # An anchor that holds another one is of no use.
            found = {
                text: piece
                for text, piece in pieces.items()
                if not any(other in text for other in pieces if other != text)
            }
        for reduced, literal in found.values():
            text = reduced.text if rule.keep_you else one_person(reduced.text)
            literal = "" if clause else literal
            yield Anchor(number, at, text, reduced.sounds, literal, clause and opens, clause and closes, rule.keep_you)


class _Lookup:
    """Finds the keys of a table in a text."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = frozenset(keys)
        # The lengths that keys with the same first two characters have: most places are done with one look.
        lengths: dict[str, set[int]] = defaultdict(set)
        for key in self._keys:
            lengths[key[:2]].add(len(key))
        self._lengths = {start: sorted(found) for start, found in lengths.items()}

    def places(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Yield every key that stands in the text, with its span."""
        lengths_of = self._lengths.get
        for start in range(len(text)):
            for first in dict.fromkeys((text[start], text[start : start + 2])):
                for length in lengths_of(first, ()):
                    end = start + length
                    if end <= len(text) and text[start:end] in self._keys:
                        yield text[start:end], start, end


class AnchorTable:
    """Finds the anchors of many phrases in reduced text."""

    def __init__(self, anchors: Iterable[Anchor]) -> None:
        by_sounds: dict[str, list[Anchor]] = defaultdict(list)
        for anchor in anchors:
            by_sounds[anchor.sounds].append(anchor)
        self.by_sounds = dict(by_sounds)
        self._lookup = _Lookup(self.by_sounds)

    def candidates(self, reduced: Reduced) -> Iterator[tuple[Anchor, int, int]]:
        """Yield each anchor that sounds like a piece of the text, with the span of that piece."""
        for sounds, start, end in self._lookup.places(reduced.sounds):
            for anchor in self.by_sounds[sounds]:
                yield anchor, start, end

    @cached_property
    def _bare(self) -> dict[str, list[Anchor]]:
        by_key: dict[str, list[Anchor]] = {}
        for anchors in self.by_sounds.values():
            for anchor in anchors:
                by_key.setdefault(bare(anchor.text), []).append(anchor)
        return by_key

    @cached_property
    def _bare_lookup(self) -> _Lookup:
        return _Lookup(key for key in self._bare if key)

    def ambiguous(self, reduced: Reduced) -> Iterator[Anchor]:
        """Yield each anchor that an ambiguous text may hold as listed."""
        yield from self._bare.get("", ())  # of these nothing is left: they may stand anywhere
        for key, _, _ in self._bare_lookup.places(bare(reduced.text)):
            yield from self._bare[key]
