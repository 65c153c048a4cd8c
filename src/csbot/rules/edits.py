"""One change to a draft that is being reworded: what goes, what comes, and the punctuation around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from csbot.rules.wording.marked import COMMAS, ENDS, Part
from csbot.rules.wording.model import Kind, PhraseRule, Position, Unit, Way
from csbot.rules.wording.phrase import PhraseError, compile_phrase
from csbot.text.regex import regex

KEPT = regex(r"\{(前|后|称呼)\}")  # what a way keeps, and the customer's form of address


@dataclass(frozen=True, slots=True)
class Edit:
    """``parts`` in the place of ``text[start:end]``."""

    start: int
    end: int
    parts: tuple[Part, ...]
    size: int  # of the unit that is taken away
    says: str  # where nothing of the draft is kept: what is said in place of a clause or sentence

    def clashes(self, other: Edit) -> bool:
        """Tell whether two edits cannot be made at once: they overlap, or the other says the same already."""
        overlap = self.start < other.end and other.start < self.end
        return overlap or (self.says != "" and self.says in other.says)


def closes(way: Way) -> bool:
    """Tell whether a way says something of its own at the end of its unit, so that a 「？」 behind it is not its."""
    return way.unit is not Unit.SPAN or way.position in (Position.END, Position.WHOLE)


def without_loose_commas(parts: list[Part]) -> list[Part]:
    """Drop kept parts that are empty, and the commas that set them off."""
    result: list[Part] = []
    for position, part in enumerate(parts):
        if isinstance(part, str):
            before, after = parts[position - 1 : position], parts[position + 1 : position + 2]
            if before and is_empty(before[0]):
                part = part.lstrip("，")
            if after and is_empty(after[0]):
                part = part.rstrip("，")
        if not is_empty(part):
            result.append(part)
    return result


def is_empty(part: Part) -> bool:
    """Tell whether a part has no characters."""
    return not part if isinstance(part, str) else part[0] >= part[1]


def left_out(text: str, start: int, end: int, marks_end: int) -> tuple[int, int]:
    """Return what goes when a unit is left out: it, and the mark that set it off."""
    before = text[:start].rstrip(" \u3000")[-1:]
    marks = text[end:marks_end].strip()
    if not before or before in ENDS or before == "\n":
        return start, marks_end  # the beginning of a sentence: its mark goes along
    if before in COMMAS and (not marks or marks[0] in ENDS):
        return len(text[:start].rstrip(" \u3000")) - 1, end
    return start, marks_end if marks and marks[0] in COMMAS else end


def problems_of(rule: PhraseRule) -> Iterator[tuple[int, str, str]]:
    """Yield what is wrong with the ways of a rule: which way, which key of it, and why, in Chinese.

    Raises nothing: a phrase that is not written in the phrase language is a problem too.
    """
    for number, way in enumerate(rule.rewrites):
        part = (way.part,) if way.part else ()
        for key, phrases in (("only_with", way.only_with), ("not_with", way.not_with), ("part", part)):
            for phrase in phrases:
                try:
                    compile_phrase(phrase, tolerant=True, fillers=False)
                except PhraseError as error:
                    yield number, key, str(error)
        blanks = KEPT.sub("", way.wording)
        if re.search(r"[{}]", blanks):
            yield number, "with", "改写里的花括号只能是 {前}、{后} 或 {称呼}"
        elif way.part and way.unit is not Unit.SPAN:
            yield number, "part", "part 只用在 replace: span 里"
        elif way.unit is Unit.SPAN and re.search(r"\{[前后]\}", way.wording):
            yield number, "with", "replace: span 本来就保留前后的话，不用写 {前} 和 {后}"
        elif "{称呼}" in way.wording and rule.kind is not Kind.NAME:
            yield number, "with", "只有 kind: name 的规则可以用 {称呼}"
