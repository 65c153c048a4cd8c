"""Anchors: short literals of which a text must hold one before a phrase is worth looking for.

The longest piece of a phrase that no wildcard interrupts, with its alternatives written out, in reduced form.
They are looked up by sound, so that one lookup finds the phrase and its homophones (布知道 for 不知道).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from math import prod

from csbot.rules.phrase import DURATION, WILDCARD, parts_of
from csbot.rules.reduce import Reduced, one_person, reduce_literal

MOST_LITERALS = 300  # that one phrase may be written out as


@dataclass(frozen=True, slots=True)
class Anchor:
    """A literal of a phrase. ``literal`` is the whole phrase, written out, or empty where it is a piece of it."""

    rule: int
    phrase: int
    text: str  # reduced, with 你 for 您
    sounds: str
    literal: str = ""


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


def best_literals(phrase: str) -> list[str]:
    """Return the literals of that piece of a phrase which is longest when reduced; any match holds one of them.

    Empty where every piece reduces to nothing.
    """
    best: tuple[tuple[int, int], list[str]] = ((0, 0), [])
    for run in _runs(phrase):
        for first in range(len(run)):
            for last in range(len(run), first, -1):
                if literals := _write_out(run[first:last]):
                    length = min(len(reduce_literal(literal).text) for literal in literals)
                    best = max(best, ((length, -len(literals)), literals) if length else best, key=lambda each: each[0])
                    break  # a shorter piece with the same start is no better
    return best[1]


def anchors_of(rule: int, phrase: int, source: str, *, anywhere: bool) -> list[Anchor]:
    """Return the anchors of one phrase of one rule, both given by their number.

    Phrases that count ``anywhere`` are found by their sound too, and for that are written out in full where
    they can be.
    """
    literals = whole_literals(source) if anywhere else []
    anchors: dict[str, Anchor] = {}
    for literal in literals:
        reduced = reduce_literal(literal)
        anchors.setdefault(reduced.text, Anchor(rule, phrase, one_person(reduced.text), reduced.sounds, literal))
    if anchors and "" not in anchors:
        return list(anchors.values())
    anchors = {}
    for literal in best_literals(source):
        reduced = reduce_literal(literal)
        anchors.setdefault(reduced.text, Anchor(rule, phrase, one_person(reduced.text), reduced.sounds))
    # An anchor that holds another one is of no use.
    return [anchor for text, anchor in anchors.items() if not any(other in text for other in anchors if other != text)]


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
