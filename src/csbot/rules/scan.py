"""Compile phrase rules once and find every hit of them in a text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

import re2

from csbot.rules.fold import CLOSING_PARTICLES, Folded, fold, may_bridge, stretches
from csbot.rules.model import Hit, Kind, PhraseRule, Severity
from csbot.rules.names import bare_names
from csbot.rules.phrase import WILDCARD, Compiled, PhraseError, compile_phrase
from csbot.text.cache import cached
from csbot.text.normalise import Normalised, normalise
from csbot.text.segment import clauses, is_word_character, sentences

FORMAT = 1  # of compiled phrases in the cache; changes with what compile_phrase makes
LONG = 4  # characters from which a hit may run across a comma
_OPENING_PARTICLES = "(?:啊|哦|嗯|呃|哎|唉|那|额|哼|嘿|喂){0,2}"
_CLOSING = "[" + "".join(sorted(CLOSING_PARTICLES)) + "]*"


def _options() -> Any:
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    return options


class Matcher:
    """One compiled phrase: finds its places in folded text, or in normalised text where it is not tolerant."""

    def __init__(self, compiled: Compiled, *, whole: bool = False) -> None:
        self.compiled = compiled
        self._whole = whole

    @cached_property
    def _expression(self) -> Any:
        source = self.compiled.pattern
        if self._whole:
            source = f"^{_OPENING_PARTICLES}(?:{source}){_CLOSING}$"
        try:
            return re2.compile(source, _options())
        except re2.error as error:
            raise PhraseError(f"正则表达式不能使用：{_text(error)}") from error

    def check(self) -> None:
        """Raise PhraseError where the expression cannot be compiled."""
        _ = self._expression

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield every place, leftmost first; a caller that rejects one place still gets later ones."""
        position = 0
        while (found := self._expression.search(text, position)) is not None:
            start, end = found.span()
            if end > start:
                yield start, end
            position = start + 1

    def matches(self, text: str) -> bool:
        """Tell whether the phrase is all that ``text`` holds."""
        return self._expression.fullmatch(text) is not None


def _text(error: Exception) -> str:
    first = error.args[0] if error.args else error
    return first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)


@dataclass
class CompiledRule:
    """A rule with its phrases and exceptions as matchers."""

    rule: PhraseRule
    phrases: list[Matcher]

    @cached_property
    def exceptions(self) -> list[tuple[str, Matcher]]:
        """The exceptions, compiled when a phrase hits for the first time. Raises PhraseError."""
        rule = self.rule
        tolerant = rule.tolerant and rule.kind is not Kind.PATTERN
        return [
            (source, Matcher(compile_phrase(source, tolerant=tolerant, fillers=False, keep_you=rule.keep_you)))
            for source in rule.exceptions
        ]

    @classmethod
    def restore(cls, rule: PhraseRule, stored: list[list[Any]]) -> CompiledRule:
        """Return the rule with phrases that were compiled before."""
        whole = rule.kind in (Kind.CLAUSE, Kind.SENTENCE)
        return cls(rule, [Matcher(Compiled.from_list(each), whole=whole) for each in stored])

    @classmethod
    def compile(cls, rule: PhraseRule) -> CompiledRule:
        """Compile a rule. Raises PhraseError where one of its phrases or exceptions is not valid."""
        whole = rule.kind in (Kind.CLAUSE, Kind.SENTENCE)
        phrases: list[Matcher] = []
        if rule.kind is Kind.PATTERN:
            for source in rule.phrases:
                phrases.append(Matcher(Compiled(source, frozenset(), 0, True)))
                phrases[-1].check()
        elif rule.kind is not Kind.NAME:
            for phrase in rule.phrases:
                compiled = compile_phrase(phrase, tolerant=rule.tolerant, keep_you=rule.keep_you)
                phrases.append(Matcher(compiled, whole=whole))
        compiled_rule = cls(rule, phrases)
        _ = compiled_rule.exceptions
        return compiled_rule


class RuleSet:
    """A set of compiled rules. Scanning keeps no state: one set may serve many threads."""

    def __init__(self, rules: Iterable[PhraseRule], *, name: str = "", key: str = "") -> None:
        """Compile ``rules``. Raises PhraseError for the first one that is not valid.

        With ``name`` and ``key`` (which changes whenever the rules do) the compiled phrases are kept in the cache.
        """
        self.rules = tuple(rules)
        if key:
            stored = cached(f"rules-{name}", f"{FORMAT}:{key}", self._compile_for_cache)
            self._compiled = tuple(map(CompiledRule.restore, self.rules, stored))
        else:
            self._compiled = tuple(CompiledRule.compile(rule) for rule in self.rules)
        self._by_id = {compiled.rule.id: compiled for compiled in self._compiled}

    def _compile_for_cache(self) -> list[list[list[Any]]]:
        return [[matcher.compiled.as_list() for matcher in CompiledRule.compile(rule).phrases] for rule in self.rules]

    def __contains__(self, rule_id: str) -> bool:
        return rule_id in self._by_id

    def rule(self, rule_id: str) -> PhraseRule:
        """Return the rule of that id; KeyError where there is none."""
        return self._by_id[rule_id].rule

    def scan(self, text: str | Normalised, *, dropped: bool = False) -> list[Hit]:
        """Return the hits of all rules in ``text``, in order of their place.

        Hits that an exception covers are left out, or with ``dropped`` returned too, naming it. A hit inside
        a longer one that is at least as severe is left out: 「不行」 inside 「不行就是不行」.
        """
        normalised = text if isinstance(text, Normalised) else normalise(text)
        hits: list[Hit] = []
        for begin, end in stretches(normalised.text):
            folded = fold(normalised, begin, end)
            present = frozenset(normalised.text[begin:end])
            for compiled in self._compiled:
                hits.extend(_hits(compiled, folded, begin, end, present))
        hits = _each_once(hits)
        kept = _outermost([hit for hit in hits if hit.exception is None])
        if dropped:
            kept += [hit for hit in hits if hit.exception is not None]
        return sorted(kept, key=lambda hit: (hit.start, -hit.end, hit.rule.id))

    def fires(self, rule_id: str, text: str | Normalised) -> bool:
        """Tell whether one rule has a hit in ``text``."""
        normalised = text if isinstance(text, Normalised) else normalise(text)
        compiled = self._by_id[rule_id]
        for begin, end in stretches(normalised.text):
            folded = fold(normalised, begin, end)
            present = frozenset(normalised.text[begin:end])
            if any(hit.exception is None for hit in _hits(compiled, folded, begin, end, present)):
                return True
        return False


def _each_once(hits: Iterable[Hit]) -> list[Hit]:
    """Return every hit once: two stretches overlap where a long text had to be cut in the middle of a sentence.

    Of two findings of one place the one that an exception covers counts: it saw more of the context.
    """
    found: dict[tuple[str, int, int], Hit] = {}
    for hit in hits:
        key = (hit.rule.id, hit.start, hit.end)
        if key not in found or hit.exception is not None:
            found[key] = hit
    return list(found.values())


def _outermost(hits: Iterable[Hit]) -> list[Hit]:
    """Return the hits that lie in no longer one that is at least as severe."""
    kept: list[Hit] = []
    reach = reach_of_errors = -1  # where the hits seen so far end, longest first at each place
    ordered = sorted(hits, key=lambda hit: (hit.start, -hit.end))
    for (_, end), same_place in groupby(ordered, key=lambda hit: (hit.start, hit.end)):
        group = list(same_place)
        for hit in group:
            if end > (reach_of_errors if hit.rule.severity is Severity.ERROR else reach):
                kept.append(hit)
        reach = max(reach, end)
        if any(hit.rule.severity is Severity.ERROR for hit in group):
            reach_of_errors = max(reach_of_errors, end)
    return kept


def _hits(compiled: CompiledRule, folded: Folded, begin: int, end: int, present: frozenset[str]) -> Iterator[Hit]:
    rule = compiled.rule
    if rule.kind is Kind.NAME:
        places = ((start, stop) for start, stop in bare_names(folded.normalised.text, begin, end))
        yield from _plain_hits(compiled, folded.normalised, places)
    elif rule.kind is Kind.PATTERN or not rule.tolerant:
        normalised = folded.normalised
        piece = normalised.text[begin:end]
        places = (
            (begin + start, begin + stop)
            for matcher in compiled.phrases
            if matcher.compiled.may_match(present)
            for start, stop in matcher.spans(piece)
        )
        yield from _plain_hits(compiled, normalised, places)
    else:
        yield from _folded_hits(compiled, folded, begin, end, present)


def _plain_hits(compiled: CompiledRule, normalised: Normalised, places: Iterable[tuple[int, int]]) -> Iterator[Hit]:
    seen_end = -1
    for start, stop in sorted(set(places)):
        if start < seen_end:
            continue
        exception = next(
            (
                source
                for source, matcher in compiled.exceptions
                if any(a <= start and stop <= b for a, b in matcher.spans(normalised.text))
            ),
            None,
        )
        seen_end = stop if exception is None else seen_end
        raw_start, raw_end = normalised.raw_span(start, stop)
        yield Hit(compiled.rule, raw_start, raw_end, normalised.raw[raw_start:raw_end], (), exception)


def _folded_hits(
    compiled: CompiledRule, folded: Folded, begin: int, end: int, present: frozenset[str]
) -> Iterator[Hit]:
    rule = compiled.rule
    places: set[tuple[int, int]] = set()
    for matcher in compiled.phrases:
        phrase = matcher.compiled
        if not phrase.may_match(present):
            continue
        if rule.kind is Kind.PHRASE:
            places.update(_bridged_places(matcher, folded, phrase.bridges_clauses, LONG, phrase.bridges_sentences))
        else:
            places.update(_whole_places(matcher, folded, begin, end, rule.kind))
    if not places:
        return
    covered = [
        (source, start, stop)
        for source, matcher in compiled.exceptions
        if matcher.compiled.may_match(present)
        for start, stop in _bridged_places(matcher, folded, matcher.compiled.bridges_clauses or WILDCARD in source)
    ]
    seen_end = -1
    for start, stop in sorted(places, key=lambda place: (place[0], -place[1])):
        if start < seen_end:
            continue
        exception = next((source for source, a, b in covered if a <= start and stop <= b), None)
        seen_end = stop if exception is None else seen_end
        raw_start, raw_end = folded.raw_span(start, stop)
        found = folded.normalised.raw[raw_start:raw_end]
        yield Hit(rule, raw_start, raw_end, found, _ways(rule, folded, start, stop, found), exception)


def _bridged_places(
    matcher: Matcher, folded: Folded, across_clauses: bool, long: int | None = None, across_sentences: bool = False
) -> Iterator[tuple[int, int]]:
    """Yield the places of a phrase that bridge nothing which keeps words apart.

    A match takes in every repetition of its last character, those behind a comma too: 「不行，行李…」. They are
    given back where nothing else stands in the way. From ``long`` characters on a match may run across a comma.
    """

    def holds(start: int, stop: int) -> bool:
        across = across_clauses or (long is not None and stop - start >= long)
        return may_bridge(folded, start, stop, across_clauses=across, across_sentences=across_sentences)

    for start, stop in matcher.spans(folded.text):
        if holds(start, stop):
            yield start, stop
            continue
        shorter = folded.without_repeats_behind_a_gap(start, stop)
        if shorter < stop and matcher.matches(folded.text[start:shorter]) and holds(start, shorter):
            yield start, shorter


def _whole_places(matcher: Matcher, folded: Folded, begin: int, end: int, kind: Kind) -> Iterator[tuple[int, int]]:
    """Yield the clauses or sentences that are nothing but the phrase, opening and closing particles aside."""
    text = folded.normalised.text
    position = {index: at for at, index in enumerate(folded.indexes)}
    segments = clauses(text[begin:end]) if kind is Kind.CLAUSE else sentences(text[begin:end])
    for start, stop in segments:
        inside = [at for at in range(begin + start, begin + stop) if is_word_character(text[at])]
        if not inside:
            continue
        first, last = position[inside[0]], position[inside[-1]] + 1
        if any(True for _ in matcher.spans(folded.text[first:last])):
            yield first, last


def _ways(rule: PhraseRule, folded: Folded, start: int, stop: int, found: str) -> tuple[str, ...]:
    """Name what stood between the wording as listed and the wording as found."""
    if found in rule.phrases or found == rule.name:
        return ()
    ways: list[str] = []
    normalised_found = folded.normalised.text[folded.indexes[start] : folded.indexes[stop - 1] + 1]
    if any(folded.bridges(start, stop)):
        ways.append("夹入符号或空格")
    if normalised_found != found and len(found) == len(normalised_found):
        ways.append("全角、大小写或繁体写法")
    elif normalised_found != found:
        ways.append("夹入不可见字符")
    if folded.text[start:stop] not in {"".join(filter(str.isalnum, phrase)) for phrase in rule.phrases}:
        ways.append("措辞变体")
    return tuple(ways)
