"""Which characters stand side by side in the forms of each phrase, and the characters of a text to hold against them.

Text and phrases are looked at *bare*: without any character of any filler, 我 for 咱, 你 for 您. However fillers and a
phrase run into each other, what stands side by side in a match when bare stands side by side in the phrase.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from csbot.rules.bulk.characters import BASIC, tables
from csbot.rules.lookup.compact import Packed, Packer
from csbot.rules.wording.forms import runs_of
from csbot.rules.wording.model import Kind, PhraseRule
from csbot.rules.wording.phrase import DURATION, WILDCARD, parts_of
from csbot.rules.wording.reduce import FILLER_CHARACTERS
from csbot.text.normalise import folded

if TYPE_CHECKING:
    from csbot.rules.bulk.characters import Codes, Places

_WITHOUT_FILLERS = str.maketrans("咱俺您", "我我你", "".join(FILLER_CHARACTERS))


def links_of(phrase: str) -> set[tuple[str, str]]:
    """Return which two characters can stand side by side in a phrase when bare.

    With nothing in front of it stands a character that a run of the phrase, between wildcards, may begin with, and
    with nothing behind it one that such a run may end with.
    """
    links: set[tuple[str, str]] = set()
    for run in runs_of(phrase):
        lasts = {""}
        for alternatives in run:
            following: set[str] = set()
            for alternative in alternatives:
                ends = lasts
                for character in bare("".join(filter(str.isalnum, folded(alternative)))):
                    links.update((last, character) for last in ends if last != character)
                    ends = {character}
                following |= ends
            lasts = following
        links.update((last, "") for last in lasts if last)
    return links


def may_be_nothing(phrase: str) -> bool:
    """Tell whether of a part of a phrase, between wildcards, no character may be left when bare.

    A time is a wildcard, and a part of the phrase.
    """
    return any(DURATION in each for each in parts_of(phrase)) or any(
        all(any(not bare("".join(filter(str.isalnum, folded(each)))) for each in alternatives) for alternatives in run)
        for run in runs_of(phrase)
        if run
    )


def bare(text: str) -> str:
    """Return the word characters of a folded text that belong to no filler, with 我 for 咱 and 你 for 您."""
    return text.translate(_WITHOUT_FILLERS)


def chains_of(rules: Iterable[PhraseRule]) -> Packed:
    """Return for the cache what ``Chains`` is made of, for all phrases that are matched over folded text."""
    rows: set[tuple[int, int]] = set()
    opened, timed = array("I"), array("I")  # phrases that anything may stand in the middle of; those with a time only
    firsts = array("I", [0])
    for rule in rules:
        if rule.tolerant and rule.kind not in (Kind.PATTERN, Kind.NAME):
            for number, phrase in enumerate(rule.phrases, firsts[-1]):
                rows.update((_code(one) << 16 | _code(other), number) for one, other in links_of(phrase))
                if len(list(runs_of(phrase))) > 1:
                    opened.append(number)
                    if WILDCARD not in parts_of(phrase):
                        timed.append(number)
        firsts.append(firsts[-1] + len(rule.phrases))
    ordered = sorted(rows)
    packer = Packer().numbers(array("I", (pair for pair, _ in ordered))).numbers(array("I", (at for _, at in ordered)))
    return packer.numbers(opened).numbers(timed).numbers(firsts).packed()


def _code(character: str) -> int:
    """Return the code of a character, 0 for none; what is outside the basic plane no line holds that is looked up."""
    return min(ord(character), BASIC - 1) if character else 0


class BareText:
    """The bare characters of a text, and where each of them stands in it."""

    def __init__(self, codes: Codes) -> None:
        import numpy as np

        written = _bare_codes()[codes]
        self.places: Places = np.flatnonzero(written)
        self.codes: Codes = np.zeros(len(self.places) + 2, np.uint16)  # nothing at both ends
        self.codes[1:-1] = written[self.places]

    def before(self, places: Places) -> Places:
        """Return the number of the last character before each place of the text, or 0."""
        import numpy as np

        return np.searchsorted(self.places, places)

    def at_or_behind(self, places: Places) -> Places:
        """Return the number of the first character at each place of the text or behind it."""
        return self.before(places) + 1


@lru_cache(maxsize=1)
def _bare_codes() -> Codes:
    """Return for each character what it is when bare, or 0."""
    import numpy as np

    look = tables()
    codes = np.where(look.reduced != 0, look.one_person[look.reduced], 0).astype(np.uint16)
    left_out = np.zeros(BASIC, bool)
    left_out[[ord(each) for each in FILLER_CHARACTERS]] = True
    codes[left_out[codes]] = 0
    return codes
