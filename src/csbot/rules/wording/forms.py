"""The forms that a run of alternatives stands for, reduced: put together of the reduced alternatives.

A phrase with five lists of alternatives stands for hundreds of literals, a library for half a million. Reduced text is
put together of reduced pieces, since fillers are left out wherever they stand: only where a longer filler may run from
one piece into the next (真 and 的) the whole is reduced anew. And who asks for no more than the shortest form, or for
what stands side by side in any of them, needs only to know how each form ends so far: most forms end alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import product
from math import prod

from csbot.rules.wording.phrase import DURATION, WILDCARD, parts_of
from csbot.rules.wording.reduce import LONGER_FILLERS, one_person, reduced_literal, reduced_text
from csbot.text.normalise import folded, is_plain

Run = Sequence[Sequence[str]]  # literals and alternatives, one behind the other

MOST_LITERALS = 300  # that one phrase may be written out as
NEIGHBOURS = 3  # parts of a phrase with too many forms that are written out together
WINDOW = 3  # characters that are seen side by side
NEXT_TO = "3"  # before two characters of a run with too many forms: what else stands beside them is not listed
BEGINNING, INSIDE, END = "012"  # which character of a window counts: one is the first or the last of a whole form only

_SPLITS = frozenset((filler[:at], filler[at:]) for filler in LONGER_FILLERS for at in range(1, len(filler)))
_SEAMS = frozenset(first[-1] + rest[0] for first, rest in _SPLITS)
_TAIL = max(map(len, LONGER_FILLERS)) - 1  # characters of a filler that may stand at the end of a piece


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


def number_of_forms(run: Run) -> int:
    """Return the number of literals that a run stands for."""
    return prod(map(len, run))


def write_out(run: Run) -> list[str]:
    """Return every literal that a run of alternatives stands for; empty where there are too many."""
    return ["".join(each) for each in product(*run)] if number_of_forms(run) <= MOST_LITERALS else []


@lru_cache(maxsize=65536)
def _reduced(alternative: str) -> tuple[str, str] | None:
    """Return the word characters of a piece and these reduced; None where its neighbours decide what it becomes."""
    text = folded(alternative)
    if not is_plain(text):
        return None
    words = "".join(filter(str.isalnum, text))
    return words, reduced_text(words)


def _pieces(run: Run) -> list[list[tuple[str, str]]] | None:
    """Return every alternative of a run as ``_reduced`` does; None where one of them needs its neighbours."""
    pieces: list[list[tuple[str, str]]] = []
    for alternatives in run:
        found = [_reduced(each) for each in alternatives]
        if None in found:
            return None
        pieces.append([each for each in dict.fromkeys(found) if each])
    return pieces


def _runs_into(before: str, behind: str) -> bool:
    """Tell whether a longer filler may begin at the end of one piece and end in the next one."""
    return before[-1:] + behind[:1] in _SEAMS and any(
        before.endswith(first) and behind.startswith(rest) for first, rest in _SPLITS
    )


@lru_cache(maxsize=8192)
def _tail(words: str) -> str:
    """Return the end of a form where a longer filler may begin in it; else nothing, since then all ends are alike."""
    tail = words[-_TAIL:]
    return tail if any(tail.endswith(first) for first, _ in _SPLITS) else ""


def reduced_forms(run: Run) -> list[tuple[str, str]]:
    """Return every literal that a run of alternatives stands for, each with what it is reduced; none if too many."""
    if number_of_forms(run) > MOST_LITERALS:
        return []
    forms = [("", "", "")]  # as written, its word characters, reduced
    for alternatives in run:
        following: list[tuple[str, str, str]] = []
        pieces = [(each, piece) for each in alternatives if (piece := _reduced(each)) is not None]
        if len(pieces) < len(alternatives):
            return [(literal, reduced_literal(literal)) for literal in write_out(run)]
        for written, words, reduced in forms:
            tail, last = _tail(words[-_TAIL:]), reduced[-1:]
            if tail and any(_runs_into(tail, more) for _, (more, _) in pieces):
                following += [(written + each, words + more, reduced_text(words + more)) for each, (more, _) in pieces]
            else:
                following += [
                    (written + each, words + more, reduced + (behind[1:] if behind[:1] == last else behind))
                    for each, (more, behind) in pieces
                ]
        forms = following
    return [(written, reduced) for written, _, reduced in forms]


def fewest_characters(run: Run) -> list[int]:
    """Return of each part of a run the fewest word characters that it may have; reduced it has no more."""
    return [min(map(_word_characters, alternatives)) for alternatives in run]


def _word_characters(alternative: str) -> int:
    piece = _reduced(alternative)
    return len("".join(filter(str.isalnum, folded(alternative))) if piece is None else piece[0])


def shortest_form(run: Run) -> int:
    """Return the length of the shortest form of a run when reduced."""
    pieces = _pieces(run)
    firsts = {behind[:1] for alternatives in pieces or () for _, behind in alternatives}
    # The length by how a form ends: the last word characters, and the last one that is left where it may be repeated.
    lengths = {("", ""): 0}
    for alternatives in pieces or ():
        following: dict[tuple[str, str], int] = {}
        for (tail, last), length in lengths.items():
            for more, behind in alternatives:
                if tail and _runs_into(tail, more):
                    return _shortest_written_out(run)
                end = _tail((tail + more)[-_TAIL:]), (behind[-1] if behind[-1] in firsts else "") if behind else last
                size = length + len(behind) - (behind[:1] == last != "")
                if size < following.get(end, size + 1):
                    following[end] = size
        lengths = following
    return min(lengths.values()) if pieces is not None else _shortest_written_out(run)


def _shortest_written_out(run: Run) -> int:
    return min(len(reduced_literal("".join(each))) for each in product(*run))


def windows_of(phrases: Iterable[str]) -> set[str]:
    """Return what stands side by side in the forms of phrases, reduced, 你 for 您: every three characters.

    Before each window stands which of its characters is meant, ``BEGINNING``, ``INSIDE`` or ``END``. Of a form
    with fewer characters the window is all of it. Of a run with too many forms the parts that stand side by side
    are taken for runs of their own, and any two characters are a window, too (``NEXT_TO``).
    """
    windows: set[str] = set()
    for phrase in phrases:
        for run in runs_of(phrase):
            if number_of_forms(run) <= MOST_LITERALS:
                windows |= _windows(run)
            else:
                found: set[str] = set().union(*map(_windows, _in_parts(run)))
                windows |= found
                for at in (1, 2):
                    windows |= {NEXT_TO + pair for each in found if len(pair := each[at : at + 2]) == 2}
    return set(one_person("\n".join(windows)).split("\n")) if windows else windows


def _in_parts(run: list[list[str]]) -> Iterator[list[list[str]]]:
    for first in range(max(1, len(run) - NEIGHBOURS + 1)):
        for size in range(NEIGHBOURS, 0, -1):
            if number_of_forms(part := run[first : first + size]) <= MOST_LITERALS:
                yield part
                break


def _windows(run: Run) -> set[str]:
    pieces = _pieces(run)
    if pieces is None:
        return _windows_written_out(run)
    windows: set[str] = set()
    ends = {("", "")}  # of the forms so far: the last word characters, and as many as a window has of what is left
    for alternatives in pieces:
        following: set[tuple[str, str]] = set()
        for tail, left in ends:
            for more, behind in alternatives:
                if tail and _runs_into(tail, more):
                    return _windows_written_out(run)
                text = left + (behind[1:] if left and behind[:1] == left[-1] else behind)
                if len(text) >= WINDOW:
                    if len(left) < WINDOW:
                        windows.add(BEGINNING + text[:WINDOW])
                    for at in range(len(left) == WINDOW, len(text) - WINDOW + 1):  # the first one is known then
                        windows.add(INSIDE + text[at : at + WINDOW])
                following.add((_tail((tail + more)[-_TAIL:]), text[-WINDOW:]))
        ends = following
    for left in {left for _, left in ends}:
        windows |= _last_windows(left)
    return windows


def _last_windows(text: str) -> set[str]:
    """Return the windows of the end of a form, given its last characters or all of it."""
    if len(text) == WINDOW:
        return {END + text}
    return {place + text for place in (BEGINNING, INSIDE)[: len(text)]}


def _windows_written_out(run: Run) -> set[str]:
    windows: set[str] = set()
    for each in product(*run):
        text = reduced_literal("".join(each))
        windows |= _last_windows(text[-WINDOW:])
        if len(text) >= WINDOW:
            windows.add(BEGINNING + text[:WINDOW])
            windows.update(INSIDE + text[at : at + WINDOW] for at in range(len(text) - WINDOW + 1))
    return windows
