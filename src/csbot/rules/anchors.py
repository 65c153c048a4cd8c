"""Anchors: short literals of which a text must hold one before a phrase is worth looking for.

The longest piece of a phrase that no wildcard interrupts, with its alternatives written out, in reduced form.
They are looked up by sound, so that one lookup finds the phrase and its homophones (布知道 for 不知道).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import product
from math import prod
from typing import NamedTuple

from csbot.rules.model import Kind, PhraseRule
from csbot.rules.phrase import DURATION, WILDCARD, parts_of
from csbot.rules.reduce import Reduced, one_person, reduce_literal

MOST_LITERALS = 300  # that one phrase may be written out as


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
    """Return the literals of that piece of a phrase which is longest when reduced; any match holds one of them.

    Also whether that piece opens and whether it closes the phrase. Empty where every piece reduces to nothing.
    """
    runs = list(_runs(phrase))
    best: tuple[tuple[int, int], list[str], bool, bool] = ((0, 0), [], False, False)
    for at, run in enumerate(runs):
        for first in range(len(run)):
            for last in range(len(run), first, -1):
                if literals := _write_out(run[first:last]):
                    length = min(len(reduce_literal(literal).text) for literal in literals)
                    if length and (length, -len(literals)) > best[0]:
                        opens, closes = at == first == 0, at == len(runs) - 1 and last == len(run)
                        best = ((length, -len(literals)), literals, opens, closes)
                    break  # a shorter piece with the same start is no better
    return best[1], best[2], best[3]


def anchors_of(number: int, rule: PhraseRule) -> Iterator[Anchor]:
    """Yield the anchors of each phrase of a rule, given with its number.

    Phrases that count anywhere are found by their sound too, and for that are written out in full where they
    can be.
    """
    clause = rule.kind is not Kind.PHRASE
    for at, phrase in enumerate(rule.phrases):
        whole = {(reduced := reduce_literal(each)).text: (reduced, each) for each in reversed(whole_literals(phrase))}
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


class AnchorTable:
    """Finds the anchors of many phrases in reduced text."""

    def __init__(self, anchors: Iterable[Anchor]) -> None:
        by_sounds: dict[str, list[Anchor]] = defaultdict(list)
        for anchor in anchors:
            by_sounds[anchor.sounds].append(anchor)
        self.by_sounds = dict(by_sounds)
        # The lengths that anchors with the same first two sounds have: most places are done with one look.
        lengths: dict[str, set[int]] = defaultdict(set)
        for sounds in by_sounds:
            lengths[sounds[:2]].add(len(sounds))
        self._lengths = {start: sorted(found) for start, found in lengths.items()}

    def candidates(self, reduced: Reduced) -> Iterator[tuple[Anchor, int, int]]:
        """Yield each anchor that sounds like a piece of the text, with the span of that piece."""
        sounds, lookup, lengths_of = reduced.sounds, self.by_sounds.get, self._lengths.get
        for start in range(len(sounds)):
            for first in (sounds[start], sounds[start : start + 2]):
                for length in lengths_of(first, ()):
                    end = start + length
                    for anchor in lookup(sounds[start:end], ()):
                        if end <= len(sounds):
                            yield anchor, start, end
                if start + 1 == len(sounds):
                    break  # the last sound is its own pair
