"""The clause or sentence of a draft that a finding stands in, as offsets into the draft."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from csbot.rules.wording.fold import CLOSING_PARTICLES
from csbot.rules.wording.model import Hit, Unit
from csbot.text.normalise import normalise
from csbot.text.segment import SENTENCE_ENDS, is_word_character

_OPENING_PARTICLES = frozenset("啊哦嗯呃哎唉额哼嘿")
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Place:
    """A unit around a finding, and what stands in it before and behind the finding."""

    start: int
    end: int
    before: Span
    after: Span
    sentence: Span
    first: bool  # nothing stands before the finding in its clause
    last: bool  # nothing stands behind it
    leads: bool  # its clause is the first of its sentence, and not the only one


class Places:
    """Finds the units of one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._normalised = normalise(text)
        self._sentences = self._spans(SENTENCE_ENDS)
        self._clauses = self._spans(SENTENCE_ENDS | {","})

    def _spans(self, ends: frozenset[str]) -> list[Span]:
        """Return the stretches between marks; the comma of a number (1,000) is none."""
        normalised, spans, begin = self._normalised, list[Span](), 0
        for index, character in enumerate(normalised.text):
            if character in ends and not (character == "," and normalised.text[index - 1 : index + 2 : 2].isdigit()):
                spans.append((begin, normalised.starts[index]))
                begin = normalised.ends[index]
        return [*spans, (begin, len(self._text))]

    def around(self, hit: Hit, unit: Unit, is_kept: Callable[[str], bool]) -> Place:
        """Return the unit around a finding. ``is_kept`` says which clauses at the beginning of a sentence stay."""
        sentence = self._covering(self._sentences, hit)
        clause = self._covering(self._clauses, hit)
        start, end = clause
        if unit is Unit.SENTENCE:
            start, end = sentence
            for first, last in self._clauses:
                if first >= start and last < hit.start and is_kept(self._text[first:last]):
                    start = last + 1
                elif first >= start:
                    break
        start, end = self._trimmed(start, end)
        before = self._trimmed(start, hit.start)
        after = self._after(hit.end, end)
        nothing_after = self._after(hit.end, clause[1])
        return Place(
            start,
            end,
            before,
            after,
            sentence,
            not self._wording(clause[0], hit.start, _OPENING_PARTICLES),
            nothing_after[0] >= nothing_after[1],
            not self._wording(sentence[0], clause[0], frozenset())
            and self._wording(clause[1], sentence[1], frozenset()),
        )

    def _covering(self, spans: list[Span], hit: Hit) -> Span:
        start = max(first for first, _ in spans if first <= hit.start)
        end = min(last for _, last in spans if last >= hit.end)
        return start, end

    def _trimmed(self, start: int, end: int) -> Span:
        text = self._text[start:end]
        start += len(text) - len(text.lstrip(" \t\u3000"))
        return start, max(start, start + len(text.strip(" \t\u3000")))

    def _after(self, start: int, end: int) -> Span:
        """Return what stands behind a finding, without the particles and symbols right behind it."""
        while start < end and (
            normalise(self._text[start]).text in CLOSING_PARTICLES or not self._wording(start, start + 1, frozenset())
        ):
            start += 1
        return self._trimmed(start, end)

    def _wording(self, start: int, end: int, particles: frozenset[str]) -> bool:
        text = normalise(self._text[start:end]).text
        return any(is_word_character(character) and character not in particles for character in text)
