"""Pinyin with the digits of tones: 「bu4 zhi1dao4」."""

from __future__ import annotations

import re
from dataclasses import replace

from csbot.rules.disguises.sound import syllables_of
from csbot.rules.wording.fold import Folded, fold
from csbot.rules.wording.reduce import Reduced, reduce

LEAST_WITH_TONES = 2  # syllables with a digit behind each
_WITH_TONE = re.compile("([a-z]{1,6})([1-5])(?![0-9])")


def without_tones(folded: Folded, reduced: Reduced) -> tuple[Folded, Reduced]:
    """Return a folded text and it reduced without the digits of tones, where two syllables have one."""
    text = folded.normalised.text
    places = [found.start(2) for found in _WITH_TONE.finditer(text, folded.begin, folded.end) if syllables_of(found[1])]
    if len(places) < LEAST_WITH_TONES:
        return folded, reduced
    characters = list(text)
    for place in places:
        characters[place] = " "
    spoken = fold(replace(folded.normalised, text="".join(characters)), folded.begin, folded.end)
    return spoken, reduce(spoken.text)
