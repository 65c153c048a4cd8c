"""Short texts as one string, so that a search is one run through it, and not a loop over them."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence


class Joined:
    """Texts of one line each in one string; they are numbered from 0 in the order given."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self._text = "\n" + "\n".join(lines)
        self._starts: list[int] = []
        # The number of the line at each place: to look that up among the starts takes longer than to find the place.
        self._numbers = array("I", [0])
        for number, line in enumerate(lines):
            self._starts.append(len(self._numbers))
            self._numbers.extend([number] * (len(line) + 1))

    def match(self, expression: str, flags: int = 0) -> list[tuple[int, int]]:
        """Return each line that holds a match of an expression that crosses no lines, and where the first begins."""
        starts, numbers = self._starts, self._numbers
        found = [each.start() for each in re.compile(f"(?:{expression}).*", flags).finditer(self._text)]
        return [(numbers[start], start - starts[numbers[start]]) for start in found]

    def find(self, word: str) -> list[tuple[int, int]]:
        """Return each line that holds a word: its number and where the word begins in it."""
        return self.match(re.escape(word))

    def find_beginnings(self, word: str, after: str) -> list[tuple[int, int]]:
        """Return each line that begins with a word or holds it behind one of the characters ``after``."""
        word = re.escape(word)
        return self.match(f"{word}(?<=[\n{re.escape(after)}]{word})")  # a literal beginning is found fastest


class Lines(Joined):
    """Short texts of situations, each text once, with the numbers of the situations that have it."""

    def __init__(self, lines: Iterable[tuple[int, str]]) -> None:
        """``lines`` are pairs of the number of a situation and one of its texts; empty texts are left out."""
        owners: dict[str, list[int]] = {}
        for owner, text in lines:
            if text:
                owners.setdefault(text.replace("\n", " "), []).append(owner)
        super().__init__(list(owners))
        self.owners = list(owners.values())
