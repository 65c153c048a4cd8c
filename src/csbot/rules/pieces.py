"""The pieces that phrases consist of, reduced: what may stand side by side in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from csbot.rules.anchors import runs_of, write_out
from csbot.rules.model import PhraseRule
from csbot.rules.reduce import one_person, reduce_literal

NEIGHBOURS = 3  # parts of a phrase with too many forms that are written out together


def pieces_of(rules: Iterable[PhraseRule]) -> Iterator[str]:
    """Yield the reduced literals between the wildcards of all phrases, 你 for 您.

    Of a phrase with too many forms they are those of parts that stand side by side.
    """
    for rule in rules:
        for phrase in rule.phrases:
            for run in runs_of(phrase):
                for literal in write_out(run) or _in_parts(run):
                    yield one_person(reduce_literal(literal).text)


def _in_parts(run: list[list[str]]) -> Iterator[str]:
    for first in range(max(1, len(run) - NEIGHBOURS + 1)):
        for size in range(NEIGHBOURS, 0, -1):
            if literals := write_out(run[first : first + size]):
                yield from literals
                break
