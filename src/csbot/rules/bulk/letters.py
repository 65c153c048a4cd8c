"""Letters in long texts that may spell a part of a phrase, by the Han characters beside them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from csbot.rules.bulk.characters import LETTER
from csbot.rules.disguises.initials import LONGEST as MOST_OF_INITIALS
from csbot.rules.disguises.initials import Initials
from csbot.rules.disguises.latin import syllables_of
from csbot.rules.disguises.sound import MOST_RUNS, Spelled
from csbot.rules.wording.reduce import FILLER_CHARACTERS
from csbot.text.normalise import SEVERAL, VANISHES, character_table, normalise
from csbot.text.pinyin import sound_table
from csbot.text.segment import is_han

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from csbot.rules.bulk.characters import Flags, Places

NEIGHBOURS = 40  # characters that are looked at beside a run of letters; marks and small words may stand between


def runs_of_letters(kinds: NDArray[np.uint8]) -> tuple[Places, Places, Flags]:
    """Return where each run of letters begins, where its last one stands, and whether it is the first of 「T.M.D.」."""
    import numpy as np

    letters = np.flatnonzero(kinds & LETTER)
    ends = np.flatnonzero(np.diff(letters, append=-1) != 1)
    starts, lasts = letters[np.concatenate([[0], ends[:-1] + 1])[: len(ends)]], letters[ends]
    dotted = np.zeros(len(starts), bool)
    single, two_on, four_on = starts == lasts, np.diff(starts)[:-1] == 2, starts[2:] - starts[:-2] == 4
    dotted[:-2] = single[:-2] & single[1:-1] & single[2:] & two_on & four_on
    return starts, lasts, dotted


class Letters:
    """Tells which runs of letters in a text are worth a closer look."""

    def __init__(self, spelled: Spelled, initials: Initials) -> None:
        self._spelled = spelled
        self._initials = initials
        self._known_sounds: dict[str, tuple[set[str], set[str]]] = {}

    def may_mean_between(self, text: str, start: int, end: int) -> bool:
        """Tell whether the letters ``text[start:end]`` (not normalised) can be a part of a phrase around them."""
        raw = text[start:end]
        if end - start <= MOST_OF_INITIALS and self._initials.may_mean(normalise(raw).text):
            return True
        if not self._spelled.may_mean(raw):
            return False
        run = normalise(raw).text
        if syllables_of(run):
            return True
        before, after = self._beside(run)
        return any(sound in before for sound in _nearest_sounds(text, start - 1, -1)) or any(
            sound in after for sound in _nearest_sounds(text, end, 1)
        )

    def _beside(self, letters: str) -> tuple[set[str], set[str]]:
        """Return the sounds that stand before and behind the characters with these initials in any phrase."""
        if letters not in self._known_sounds:
            if len(self._known_sounds) > MOST_RUNS:
                self._known_sounds.clear()
            before, after = set[str](), set[str]()
            for text, at in self._spelled.with_initials(letters):
                end = at + len(letters)
                if at:
                    before.add(text[at - 1].translate(sound_table()))
                if end < len(text):
                    after.add(text[end].translate(sound_table()))
            self._known_sounds[letters] = before, after
        return self._known_sounds[letters]


def _nearest_sounds(text: str, at: int, step: int) -> Iterator[str]:
    """Yield the sounds of the Han characters that may count as next to a place, one way.

    Marks and small words in between may be left out.
    """
    table = character_table()
    for index in range(at, at + step * NEIGHBOURS, step):
        if not 0 <= index < len(text):
            return
        character = table[ord(text[index])] if text[index] <= "\uffff" else VANISHES
        if character == SEVERAL:
            character = text[index]
        if is_han(character):
            yield character.translate(sound_table())
        if character != VANISHES and character.isalnum() and character not in FILLER_CHARACTERS:
            return
