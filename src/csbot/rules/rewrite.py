"""One compliant rewriting of a draft, where the rules can make one.

Every finding has ways of rewriting (``PhraseRule.rewrites``); the first one that fits is taken, and of ways that
overlap the one that takes away most. The result is judged by the same rules: it has no finding at all, or there is
none. What is not touched stays as it was typed, character by character.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from csbot.rules.edits import KEPT, Edit, closes, left_out, without_loose_commas
from csbot.rules.scan import RuleSet
from csbot.rules.units import Place, Places
from csbot.rules.wording.compiled import Matcher
from csbot.rules.wording.fold import fold
from csbot.rules.wording.marked import MARKS, Change, Marked, Part
from csbot.rules.wording.model import NO_DISGUISES, Disguises, Hit, PhraseRule, Polish, Position, Severity, Unit, Way
from csbot.rules.wording.phrase import compile_phrase
from csbot.text.normalise import is_traditional, normalise, traditional
from csbot.text.regex import regex

ROUNDS = 8  # of taking the findings that are left; real drafts need two
MOST_LEFT_OUT = 20  # clauses of a draft
LONGEST = 4000  # characters of a draft; nobody sends more as one message
_DIGITS = regex("[0-9]")
FRAGMENT = 3  # word characters; less before a comma is no clause of its own: 「货，很抱歉」
_POINTING = regex("您?[这那](?:个|单|件|种|块|事|儿|情况|东西)*")  # 「这个事儿，很抱歉」
# What leads up to a finding and says nothing without it: 「师傅没上门这（不关我的事）」, 「我向您（保证）」.
_LEADING_UP = regex("(?:[向跟给为对]您|因为|根本|实在|确实|真的|(?<=...)[这那]个|[这那真可又也都就是但而])+$")
_LEADING_UP_TO_A_COMMA = regex(f"(?:我们?|您|我这边|这边|{_LEADING_UP.pattern})$")


@dataclass(frozen=True, slots=True)
class Rewriting:
    """What a draft becomes. ``text`` is None where there is no compliant rewriting.

    ``changes`` lead from the draft to the text; ``stuck`` are the rules that no way of rewriting fits.
    """

    draft: str
    text: str | None
    changes: tuple[Change, ...] = ()
    stuck: tuple[PhraseRule, ...] = ()

    def new_spans(self) -> list[tuple[int, int]]:
        """Return which stretches of ``text`` are new wording, as code-point offsets into it."""
        spans, moved = list[tuple[int, int]](), 0
        for change in self.changes:
            start = change.start + moved
            spans.append((start, start + len(change.replacement)))
            moved += len(change.replacement) - (change.end - change.start)
        return [span for span in spans if span[0] < span[1]]


class Rewriter:
    """Rewords drafts by a set of rules. It keeps no state between drafts."""

    def __init__(self, rules: RuleSet, polish: Polish | None = None, disguises: Disguises = NO_DISGUISES) -> None:
        """Take the rules, what else a rewriting needs to know, and the words that the library knows of disguises."""
        self.rules = rules
        self._polish = polish or Polish()
        self._words = disguises._replace(shapes=())  # nobody hides what need not be hidden
        self._phrases: dict[str, Matcher] = {}

    @cached_property
    def _seams(self) -> RuleSet:
        return RuleSet(self._polish.seams, disguises=self._words)

    @cached_property
    def _touches(self) -> RuleSet:
        return RuleSet(self._polish.touches, disguises=self._words)

    @cached_property
    def _drops(self) -> RuleSet:
        drops = (rule for rule in self._polish.touches if not any(way.wording for way in rule.rewrites))
        return RuleSet(drops, disguises=self._words)

    @cached_property
    def _keeps(self) -> list[Matcher]:
        return list(map(_matcher, self._polish.keeps))

    @cached_property
    def _facts(self) -> list[Matcher]:
        return list(map(_matcher, self._polish.facts))

    def rewrite(self, draft: str, address: str = "") -> Rewriting:
        """Return the rewriting of a draft; a clean draft is its own.

        ``address`` is how the customer is to be addressed where that is known: 「王先生」.
        """
        hits = self.rules.scan(draft)
        if not hits:
            return Rewriting(draft, draft)
        hopeless = [hit for hit in hits if not hit.rule.rewrites]  # an insult: whoever wrote it begins afresh
        if hopeless or len(draft) > LONGEST:
            return Rewriting(draft, None, stuck=_rules_of(hopeless or hits))
        marked = Marked(draft)
        writer = _Writer(self, marked, address, is_traditional(draft))
        writer.leave_out(self._drops)
        stuck = writer.take(self.rules)
        if not stuck:
            writer.take(self._touches)
            writer.take(self._seams, seams=True)
            stuck = self.rules.scan(marked.text)
        if stuck or not any(map(str.isalnum, marked.text)):
            return Rewriting(draft, None, stuck=_rules_of(stuck or hits))
        return Rewriting(draft, marked.text, marked.changes())

    def touched(self, text: str) -> list[Hit]:
        """Return what the touches would take out of ``text`` or reword in it."""
        hits = self._touches.scan(text)
        writer = _Writer(self, Marked(text), "", False) if hits else None
        return [hit for hit in hits if writer is not None and writer.would_reword(self._touches, hit)]

    def findings(self, text: str) -> list[Hit]:
        """Return what the rules find in ``text``."""
        return self.rules.scan(text)

    def holds(self, phrase: str, text: str) -> bool:
        """Tell whether a phrase stands anywhere in ``text``."""
        return _stands(self._matcher(phrase), text)

    def _matcher(self, phrase: str) -> Matcher:
        if phrase not in self._phrases:
            self._phrases[phrase] = _matcher(phrase)
        return self._phrases[phrase]

    def part_of(self, way: Way, hit: Hit) -> tuple[int, int]:
        """Return the span of a finding that a way takes away: all of it, or the ``part`` that it names."""
        normalised = normalise(hit.found)
        folded = fold(normalised, 0, len(normalised.text))
        for start, end in self._matcher(way.part).spans(folded.text) if way.part else ():
            first, last = folded.raw_span(start, end)
            return hit.start + first, hit.start + last
        return hit.start, hit.end

    def is_kept(self, clause: str) -> bool:
        """Tell whether a clause is one that a rewritten sentence still begins with."""
        words = _words(clause)
        return any(matcher.matches(words) for matcher in self._keeps)

    def has_facts(self, text: str) -> bool:
        """Tell whether ``text`` says something that must not get lost: a number, or a phrase of ``facts``."""
        return bool(_DIGITS.search(normalise(text).text)) or any(_stands(matcher, text) for matcher in self._facts)


class _Writer:
    """The rewording of one draft."""

    def __init__(self, rewriter: Rewriter, marked: Marked, address: str, to_traditional: bool) -> None:
        self._rewriter = rewriter
        self._marked = marked
        self._address = address
        self._traditional = to_traditional

    def would_reword(self, rules: RuleSet, hit: Hit) -> bool:
        """Tell whether a way of rewriting fits a finding of ``rules`` in the text as it is."""
        return self._edit(rules, hit, [], Places(self._marked.text)) is not None

    def leave_out(self, touches: RuleSet) -> None:
        """Leave out the clauses that say nothing worth keeping, so that they neither stay nor keep others from going.

        A clause with the only finding of its sentence stays: what is said instead has to stand somewhere.
        """
        for _ in range(MOST_LEFT_OUT):
            text = self._marked.text
            places, hits = Places(text), self._rewriter.findings(text)
            edits = (self._edit(touches, each, [], places) for each in touches.scan(text))
            edit = next((each for each in edits if each is not None and not _needed(each, hits, places)), None)
            if edit is None:
                return
            self._marked.replace(edit.start, edit.end, edit.parts)

    def take(self, rules: RuleSet, *, seams: bool = False) -> list[Hit]:
        """Reword every finding of ``rules``; return those that are left when no way fits any more.

        With ``seams`` only those count in which new wording meets what the agent typed.
        """
        hits: list[Hit] = []
        for _ in range(ROUNDS):
            text = self._marked.text
            hits = [hit for hit in rules.scan(text) if not seams or self._marked.is_seam(hit.start, hit.end)]
            places = Places(text)
            beside = hits if rules is self._rewriter.rules else []  # what a touch leaves out may not be a fact itself
            edits = [edit for hit in hits if (edit := self._edit(rules, hit, beside, places)) is not None]
            if not edits:
                break
            taken: list[Edit] = []
            for edit in sorted(edits, key=lambda edit: (-edit.size, edit.start)):
                if not any(edit.clashes(other) for other in taken):
                    taken.append(edit)
            for edit in sorted(taken, key=lambda edit: -edit.start):
                self._marked.replace(edit.start, edit.end, edit.parts)
        return hits

    def _edit(self, rules: RuleSet, hit: Hit, hits: list[Hit], places: Places) -> Edit | None:
        """Return what the first way that fits makes of a finding."""
        if self._marked.is_new(hit.start, hit.end):
            return None  # wording of the library itself
        marks = sum(character in MARKS for character in hit.found)
        if marks and marks >= len(_words(hit.found)) - 1:
            return None  # 「不，行」: what is left of a draft that is cut up like this reads like nothing
        for way in hit.rule.rewrites:
            place = places.around(hit, way.unit, self._rewriter.is_kept)
            if self._fits(way, hit, hits, place):
                edit = self._made(way, place, hit)
                if self._helps(rules, hit, edit, place):
                    return edit
        return None

    def _fits(self, way: Way, hit: Hit, hits: list[Hit], place: Place) -> bool:
        unit = self._marked.text[place.start : place.end]
        if way.position is Position.FIRST and not place.leads:
            return False
        if way.position in (Position.START, Position.WHOLE) and not place.first:
            return False
        if way.position in (Position.END, Position.WHOLE) and not place.last:
            return False
        if way.only_with and not any(self._rewriter.holds(phrase, unit) for phrase in way.only_with):
            return False
        if any(self._rewriter.holds(phrase, unit) for phrase in way.not_with):
            return False
        if "{称呼}" in way.wording and not (self._address and normalise(hit.found).text[:1] == self._address[:1]):
            return False
        return way.drops_facts or not any(map(self._rewriter.has_facts, self._lost(way, hit, hits, place)))

    def _lost(self, way: Way, hit: Hit, hits: list[Hit], place: Place) -> Iterator[str]:
        """Yield the wording beside the findings that a way takes away."""
        text = self._marked.text
        if way.unit is Unit.SPAN:
            return
        begin = hit.start if "{前}" in way.wording else place.start
        end = hit.end if "{后}" in way.wording else place.end
        position = begin
        for other in sorted(hits, key=lambda each: each.start):
            if other.end > position and other.start < end:
                yield text[position : max(position, other.start)]
                position = other.end
        yield text[position : max(position, end)]

    def _made(self, way: Way, place: Place, hit: Hit) -> Edit:
        text = self._marked.text
        start, end = place.start, place.end
        end += len(text[end:]) - len(text[end:].lstrip(" \u3000"))
        if way.unit is Unit.SPAN:
            first, last = self._rewriter.part_of(way, hit)
            start = place.start if way.position in (Position.START, Position.WHOLE) else first
            end = place.end if way.position in (Position.END, Position.WHOLE) else last
        kept = {"前": self._led_up(way, place), "后": place.after}
        parts: list[Part] = []
        for index, piece in enumerate(KEPT.split(way.wording)):
            if index % 2 == 0:
                parts.append(traditional(piece) if self._traditional and piece else piece)
            else:
                parts.append(self._address if piece == "称呼" else kept[piece])
        if way.unit is Unit.SPAN and len(_words(text[slice(*place.before)])) < FRAGMENT:
            parts[0] = str(parts[0]).lstrip("，")  # 「这个我帮您……」
        parts = without_loose_commas(parts)
        says = ""
        if way.unit is not Unit.SPAN and all(isinstance(part, str) for part in parts):
            says = "".join(map(str, parts)).strip("，。！？")
        if says and says in text:
            parts, says = [], ""  # it has been said already
        marks_end = end + len(text[end:]) - len(text[end:].lstrip(" \u3000，,、。！？!?；;"))
        marks = text[end:marks_end].strip()
        if not parts:
            start, end = left_out(text, start, end, marks_end)
        elif isinstance(parts[-1], str) and parts[-1][-1:] in MARKS:
            end = marks_end
        elif isinstance(parts[-1], str) and closes(way) and set(marks) & set("？?！!"):
            parts, end = [*parts, "。"], marks_end
        size = hit.end - hit.start if way.unit is Unit.SPAN else place.end - place.start
        return Edit(start, end, tuple(parts), size, says)

    def _led_up(self, way: Way, place: Place) -> tuple[int, int]:
        """Return what stands before a finding, without the words that only lead up to it."""
        start, end = place.before
        ends_clause = "{前}，" in way.wording
        pattern = _LEADING_UP_TO_A_COMMA if ends_clause else _LEADING_UP
        simplified = normalise(self._marked.text[start:end]).text
        if len(simplified) == end - start:  # offsets can be carried over
            while found := pattern.search(simplified):
                simplified = simplified[: found.start()]
            end = start + len(simplified)
        short = len(_words(simplified)) < FRAGMENT or _POINTING.fullmatch(simplified) is not None
        fragment = ends_clause and short
        return (start, start) if fragment else (start, end)

    def _helps(self, rules: RuleSet, hit: Hit, edit: Edit, place: Place) -> bool:
        """Tell whether the sentence has fewer findings of the rule after an edit."""
        text = self._marked.text
        begin, end = min(place.sentence[0], edit.start), max(place.sentence[1], edit.end)
        new = "".join(part if isinstance(part, str) else text[slice(*part)] for part in edit.parts)
        before = _count(rules, hit.rule, text[begin:end])
        after = _count(rules, hit.rule, text[begin : edit.start] + new + text[edit.end : end])
        return after < max(before, 1)


def _needed(edit: Edit, hits: list[Hit], places: Places) -> bool:
    """Tell whether leaving a clause out would leave out all that its sentence is reworded for."""
    inside = [hit for hit in hits if hit.start < edit.end and edit.start < hit.end]
    if not any(way.unit is not Unit.SPAN for hit in inside for way in hit.rule.rewrites):
        return False
    first, last = places.around(inside[0], Unit.SENTENCE, lambda _: False).sentence
    return not any(
        hit.rule.severity is Severity.ERROR and first <= hit.start and hit.end <= last and hit not in inside
        for hit in hits
    )


def _count(rules: RuleSet, rule: PhraseRule, text: str) -> int:
    return sum(hit.rule.id == rule.id for hit in rules.scan(text))


def _rules_of(hits: Iterable[Hit]) -> tuple[PhraseRule, ...]:
    return tuple({hit.rule.id: hit.rule for hit in hits}.values())


def _matcher(phrase: str) -> Matcher:
    return Matcher(compile_phrase(phrase, tolerant=True, fillers=False))


def _words(text: str) -> str:
    return "".join(filter(str.isalnum, normalise(text).text))


def _stands(matcher: Matcher, text: str) -> bool:
    return any(True for _ in matcher.spans(_words(text)))
