"""Whether a phrase can stand where a long text holds one of its anchors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from csbot.rules.bulk.characters import BASIC
from csbot.rules.lookup.anchors import Anchor
from csbot.rules.wording.compiled import CompiledRule, Matcher
from csbot.rules.wording.model import Kind
from csbot.rules.wording.phrase import choices_of
from csbot.rules.wording.reduce import FILLER_CHARACTERS
from csbot.text.normalise import SEVERAL, VANISHES, character_table, folded
from csbot.text.segment import CLAUSE_ENDS, clauses, sentences

if TYPE_CHECKING:
    from csbot.rules.bulk.characters import ReducedText
    from csbot.rules.bulk.lines import Lines

MOST_PARTICLES = 12  # characters between a clause and its end that are looked at
_PERSONS = "你您我咱们，"  # stand in for each other, or are no wording


Choices = dict[tuple[int, int], list[list[frozenset[str]]]]  # by rule and phrase; filled as they are needed


class View:
    """One text with its reduced form."""

    def __init__(
        self, rules: Sequence[CompiledRule], choices: Choices, text: str, reduced: ReducedText, lines: Lines
    ) -> None:
        self._choices = choices
        self._rules = rules
        self._text = text
        self._lines = lines
        self.written = reduced.written.tobytes().decode("utf-16-le")
        self.alike = reduced.alike.tobytes().decode("utf-16-le")
        self._seen = (-1, -1)
        self._around: str | None = None
        self._folded: str | None = None
        self._present: frozenset[str] = frozenset()
        self._segments: dict[Kind, list[str]] = {}

    def may_hold(self, anchor: Anchor, span: tuple[int, int], places: tuple[int, int], lines: tuple[int, int]) -> bool:
        """Tell whether a phrase, of which all characters stand there, can stand around its anchor.

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
        return self._may_stand(anchor, lines)

    def may_hold_anywhere(self, anchor: Anchor, lines: tuple[int, int]) -> bool:
        """Tell whether the phrase of an anchor can stand on lines, given by the numbers of the first and the last."""
        return self.has_characters(anchor, lines) and self._may_stand(anchor, lines)

    def has_characters(self, anchor: Anchor, lines: tuple[int, int]) -> bool:
        """Tell whether lines, with those around them, hold all characters that the phrase of an anchor requires."""
        if lines != self._seen:
            self._seen, self._folded = lines, None
            self._segments.clear()
            self._around = self._lines.around(*lines)
            self._present = frozenset(self._around or "")
        if self._around is None:
            return True
        return self._rules[anchor.rule].phrases[anchor.phrase].compiled.may_match(self._present) and self._has_choices(
            anchor
        )

    def _may_stand(self, anchor: Anchor, lines: tuple[int, int]) -> bool:
        """Tell whether a phrase, of which all characters stand on lines that were looked at last, can stand there."""
        if self._around is None:
            return True
        rule = self._rules[anchor.rule]
        matcher = rule.phrases[anchor.phrase]
        if rule.rule.kind is not Kind.PHRASE:
            return self._may_be_whole(matcher, rule.rule.kind, lines)
        if self._folded is None:
            self._folded = "".join(filter(str.isalnum, self._around))
        return matcher.is_in(self._folded)

    def _may_be_whole(self, matcher: Matcher, kind: Kind, lines: tuple[int, int]) -> bool:
        """Tell whether a phrase can be a whole clause or sentence of lines."""
        first, last = lines
        if first != last or not self._lines.is_whole(first):
            return True
        if kind not in self._segments:
            text = self._around or ""
            parts = clauses(text) if kind is Kind.CLAUSE else sentences(text)
            self._segments[kind] = ["".join(filter(str.isalnum, text[start:end])) for start, end in parts]
        return any(map(matcher.is_in, self._segments[kind]))

    def _has_choices(self, anchor: Anchor) -> bool:
        """Tell whether all characters of one alternative of each list in a phrase stand there."""
        key = anchor.rule, anchor.phrase
        if key not in self._choices:
            rule = self._rules[anchor.rule].rule
            choices = choices_of(rule.phrases[anchor.phrase], keep_you=anchor.keep_you)
            self._choices[key] = [each for each in choices if all(each)]
        present = self._present
        for alternatives in self._choices[key]:
            for characters in alternatives:
                if characters <= present:
                    break
            else:
                return False
        return True


def is_found_whole(anchor: Anchor, rules: Sequence[CompiledRule]) -> bool:
    """Tell whether a phrase finds all of an anchor that is listed: [，|吧|] at its end also finds less."""
    if rules[anchor.rule].rule.phrases[anchor.phrase] == anchor.literal:
        return True
    text = "".join(filter(str.isalnum, folded(anchor.literal)))
    return next(rules[anchor.rule].phrases[anchor.phrase].spans(text), None) == (0, len(text))


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
    while (
        0 <= at < len(raw) and raw[at] == raw[at - step]
    ):  # 「为什么么么」: a repeated character belongs to the phrase
        at += step
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
