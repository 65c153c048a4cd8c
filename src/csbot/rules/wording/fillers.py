"""Fillers marked once in a text, so that no expression has to list them all wherever one may stand.

Written out, fillers are hundreds of steps of a program, three times over between any two characters of a phrase. So
each character of a filler is replaced in the text by a sign that no wording holds, which says, besides what the
character is, how long the fillers are that begin there. Over such a *marked* text a few signs stand for all fillers,
and several for a character of the phrase itself that may belong to one. Every character keeps its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain, groupby

from csbot.rules.wording.phrase import FILLERS, MOST_FILLERS, SHORT
from csbot.text.regex import regex

MOST_REMEMBERED = 64  # texts

_WORDS = FILLERS.split("|")


def _lengths_behind(first: str) -> dict[str, tuple[int, ...]]:
    """Return what may stand behind a character, longest first, and how long the fillers are that begin there then."""
    rests = sorted({word[1:] for word in _WORDS if word[0] == first}, key=lambda rest: (-len(rest), rest))
    return {rest: tuple(1 + len(each) for each in rests if rest.startswith(each)) for rest in [*rests, ""]}


_LENGTHS = {first: _lengths_behind(first) for first in dict.fromkeys("".join(_WORDS))}
# What no folded text holds (where capital letters are small) and takes one byte; if that is too little, private use.
_SIGNS = chain(
    (sign for sign in map(chr, range(128)) if not sign.isdecimal() and not sign.islower()),
    map(chr, range(0xE000, 0xF900)),
)
# Side by side those that tell the same, so that ranges stand for them.
_PAIRS = sorted({(lengths, first) for first, found in _LENGTHS.items() for lengths in found.values()})
_SIGN = dict(zip(_PAIRS, _SIGNS, strict=False))


def _set(signs: Iterable[str]) -> str:
    """Return the set of some signs, by ranges: RE2 keeps the source of every expression."""
    ranges = ""
    for _, run in groupby(enumerate(sorted(map(ord, signs))), lambda each: each[1] - each[0]):
        codes = [code for _, code in run]
        ranges += f"\\x{{{codes[0]:x}}}" + (f"-\\x{{{codes[-1]:x}}}" if len(codes) > 1 else "")
    return f"[{ranges}]"


_BEHIND = {
    first: [(rest, _SIGN[lengths, first]) for rest, lengths in found.items()] for first, found in _LENGTHS.items()
}
_STANDS_FOR = {first: "".join(sorted({sign for _, sign in behind})) for first, behind in _BEHIND.items()}
_ALWAYS = {ord(first): behind[0][1] for first, behind in _BEHIND.items() if len(behind) == 1}
_DEPENDS = regex("[" + "".join(first for first in _BEHIND if ord(first) not in _ALWAYS) + "]")


def _filler() -> str:
    """Return the expression of a filler in marked text; of several that begin at one place the longest goes first."""
    any_sign = _set(_SIGN.values())
    choices = []
    for length in sorted({len(word) for word in _WORDS}, reverse=True):
        begins = _set(sign for (lengths, _), sign in _SIGN.items() if length in lengths)
        choices.append(begins + any_sign * (length - 1))
    return "(?:" + "|".join(choices) + ")"


_FILLERS = f"{_filler()}{{0,{MOST_FILLERS}}}?"


@lru_cache(maxsize=MOST_REMEMBERED)
def marked(folded: str) -> str:
    """Return a text of word characters with its fillers marked, character for character."""
    position = 0
    pieces: list[str] = []
    for found in _DEPENDS.finditer(folded):
        end = found.end()
        for rest, sign in _BEHIND[found[0]]:
            if folded.startswith(rest, end):
                pieces += (folded[position : end - 1], sign)
                position = end
                break
    return ("".join(pieces) + folded[position:]).translate(_ALWAYS)


_IN_SOURCE = regex("(" + re.escape(SHORT) + ")|[" + "".join(_BEHIND) + "]|([\\[\\]])")


def over_marked(source: str) -> str:
    """Return an expression over marked text in the place of one over folded text, with ``SHORT`` for its fillers.

    The brackets of the expression are those of sets; none is escaped, since phrases hold none.
    """
    in_set = False

    def instead(found: re.Match[str]) -> str:
        nonlocal in_set
        if found[1]:
            return _FILLERS
        if found[2]:
            in_set = found[2] == "["
            return found[2]
        signs = _set(_STANDS_FOR[found[0]])
        return signs[1:-1] if in_set else signs

    return _IN_SOURCE.sub(instead, source)
