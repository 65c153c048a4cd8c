"""Whether a phrase can stand where a long text holds one of its anchors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from csbot.rules.anchors import Anchor, groups_of
from csbot.rules.bulk_characters import BASIC, translation
from csbot.rules.compiled import CompiledRule
from csbot.rules.model import Kind
from csbot.rules.reduce import FILLER_CHARACTERS
from csbot.text.normalise import SEVERAL, VANISHES, character_table
from csbot.text.segment import CLAUSE_ENDS

if TYPE_CHECKING:
    from csbot.rules.bulk_characters import ReducedText
    from csbot.rules.bulk_lines import Lines

NEAR = 16  # characters around an anchor in which the characters must stand that reducing took from it
MOST_PARTICLES = 12  # characters between a clause and its end that are looked at
_PERSONS = "你您我咱们，"  # stand in for each other, or are no wording


class Judge:
    """Knows what else stands around the anchors of each phrase."""

    def __init__(self, rules: Sequence[CompiledRule]) -> None:
        self.rules = rules
        self._groups: dict[tuple[int, int], tuple[list[re.Pattern[str]], int]] = {}

    def view(self, text: str, reduced: ReducedText, lines: Lines) -> View:
        """Return a text as it is judged."""
        return View(self, text, reduced, lines)

    def groups(self, anchor: Anchor) -> tuple[list[re.Pattern[str]], int]:
        """Return what stands around an anchor where its phrase matches, and within how many characters."""
        key = anchor.rule, anchor.phrase
        if key not in self._groups:
            self._groups[key] = groups_of(self.rules[anchor.rule].rule.phrases[anchor.phrase])
        return self._groups[key]


class View:
    """One text with its reduced form."""

    def __init__(self, judge: Judge, text: str, reduced: ReducedText, lines: Lines) -> None:
        self._judge = judge
        self._text = text
        self._reduced = reduced
        self._lines = lines
        self.written = reduced.written.tobytes().decode("utf-16-le")
        self.alike = reduced.alike.tobytes().decode("utf-16-le")
        self._wording: tuple[int, str, frozenset[str]] = (-1, "", frozenset())

    def may_hold(self, anchor: Anchor, span: tuple[int, int], places: tuple[int, int], lines: tuple[int, int]) -> bool:
        """Tell whether a phrase can stand around its anchor.

        ``span`` is where the anchor stands in the reduced text, ``places`` those of its first and of its last
        character in the text, ``lines`` the numbers of their lines.
        """
        start, end = span
        if not anchor.is_written(self.written[start:end], self.alike[start:end]):
            return False
        if anchor.opens and not _is_alone(self._text, places[0] - 1, -1):
            return False
        if anchor.closes and not _is_alone(self._text, places[1] + 1, 1):
            return False
        if anchor.literal and len(anchor.text) < len(anchor.literal):
            if not self._is_spelled_out(anchor, *places):
                return False
        else:
            groups, length = self._judge.groups(anchor)
            around = self.alike[max(0, start - length) : end + length]
            if not all(group.search(around) for group in groups):
                return False
        return lines[0] != lines[1] or not self._lines.stands_alone(lines[0]) or self._is_on(lines[0], anchor)

    def _is_on(self, line: int, anchor: Anchor) -> bool:
        """Tell whether the expression of a phrase matches on a line that nothing runs on into."""
        matcher = self._judge.rules[anchor.rule].phrases[anchor.phrase]
        if self._wording[0] != line:
            wording = "".join(filter(str.isalnum, self._lines.text(line)))
            self._wording = line, wording, frozenset(wording)
        if not matcher.compiled.may_match(self._wording[2]):
            return False
        return self._judge.rules[anchor.rule].rule.kind is not Kind.PHRASE or matcher.is_in(self._wording[1])

    def _is_spelled_out(self, anchor: Anchor, first: int, last: int) -> bool:
        """Tell whether the characters that reducing took from a phrase stand around it too: 「快」 of 「快了快了」."""
        around = self._text[max(0, first - NEAR) : last + NEAR].translate(translation())
        return all(character in around for character in anchor.literal if character not in _PERSONS)


def as_listed(anchor: Anchor, raw: str, start: int) -> tuple[int, int] | None:
    """Return the span of a phrase that stands in a text just as it is listed, or None."""
    literal = anchor.literal
    if not raw.startswith(literal, start):
        return None
    end = start + len(literal)
    if not anchor.keep_you and literal[-1] in _PERSONS and raw[end : end + 1] == "们":
        end += 1
    # A repeated character belongs to the hit: that is for the ordinary scan to see.
    repeated = raw[end : end + 1] == raw[end - 1] or (start and raw[start - 1] == literal[0])
    return None if repeated else (start, end)


def _is_alone(raw: str, at: int, step: int) -> bool:
    """Tell whether nothing but particles stands between a place and the end of its clause, one way."""
    table = character_table()
    for _ in range(MOST_PARTICLES):
        if not 0 <= at < len(raw):
            return True
        character = table[ord(raw[at])] if ord(raw[at]) < BASIC else SEVERAL
        if character in CLAUSE_ENDS or character == SEVERAL:
            return True
        if character != VANISHES and character.isalnum() and character not in FILLER_CHARACTERS:
            return False
        at += step
    return True
