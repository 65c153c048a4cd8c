"""Phrases and rules ready to be matched."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import re2

from csbot.rules.wording.fillers import marked, over_marked
from csbot.rules.wording.fold import CLOSING_PARTICLES
from csbot.rules.wording.model import Kind, PhraseRule
from csbot.rules.wording.phrase import OPENING_PARTICLES, Compiled, PhraseError, compile_phrase

_OPENING = f"[{OPENING_PARTICLES}]{{0,2}}"
_CLOSING = "[" + "".join(sorted(CLOSING_PARTICLES)) + "]*"

# RE2 sets the memory of its automata by what it may take, 8 MB an expression, and a thousand expressions fill what they
# are given. A phrase needs little: drafts take no longer with 64 KB than with megabytes, and a long expression has room
# for its program. Expressions of a trainer's own, which read long texts from end to end, take what RE2 allows.
_LEAST_MEMORY, _MEMORY_PER_CHARACTER, _MOST_MEMORY = 64 * 1024, 32, 8 * 1024 * 1024


# Bytes that expressions may take which were asked for lately, and each of them about. All those of a library that
# drafts of every kind ask for take less than the most; who must stay small compiles seldom ones again (1 ms each).
MOST_KEPT, MOST_KEPT_BESIDE_A_PERSON, MOST_KEPT_FOR_LONG_TEXTS = (size * 1024 * 1024 for size in (160, 3, 640))
_ONE_KEPT, _KEPT_PER_CHARACTER = 26 * 1024, 30


def _options(memory: int) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.max_mem = memory
    return options


def compile_source(source: str, *, sparing: bool) -> Any:
    """Return RE2's expression, where it is ``sparing`` with little memory if that will do. Raises re2.error."""
    enough = max(_LEAST_MEMORY, _MEMORY_PER_CHARACTER * len(source))
    if sparing and enough < _MOST_MEMORY:
        with contextlib.suppress(re2.error):
            return re2.compile(source, _options(enough))
    return re2.compile(source, _options(_MOST_MEMORY))


class _Kept:
    """The expressions that were asked for in this round and in the one before; the others are compiled when needed.

    A round is over when its expressions take ``most`` bytes. Any number of threads may ask.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.round = 1
        self._lock = threading.Lock()
        self._taken = 0
        self._now: list[Matcher] = []
        self._before: list[Matcher] = []

    def note(self, matcher: Matcher) -> None:
        """Take note that a matcher asks for its expression, for the first time in this round."""
        with self._lock:
            if matcher.asked_in == self.round:
                return
            matcher.asked_in = self.round
            self._now.append(matcher)
            self._taken += _ONE_KEPT + _KEPT_PER_CHARACTER * len(matcher.compiled.short)
            if self._taken < self.most:
                return
            for each in self._before:
                if each.asked_in != self.round:
                    each.forget()
            self._before, self._now, self._taken = self._now, [], 0
            self.round += 1


_kept = _Kept(MOST_KEPT)


def keep_expressions(most: int) -> None:
    """Keep as many compiled expressions in this process as take so many bytes, from now on."""
    _kept.most = most


class Matcher:
    """One compiled phrase: finds its places in folded text, or in normalised text where it is not tolerant."""

    __slots__ = ("_is_marked", "_made", "_sparing", "_whole", "asked_in", "compiled")

    def __init__(self, compiled: Compiled, *, whole: bool = False, sparing: bool = True) -> None:
        self.compiled = compiled
        self._sparing = sparing
        self._whole = whole
        self._is_marked = compiled.has_fillers  # then it is matched over marked text, whose places are the same

        self._made: Any = None
        self.asked_in = 0  # the last round of ``_Kept``

    @property
    def _expression(self) -> Any:
        if self.asked_in != _kept.round and self._sparing:
            _kept.note(self)
        made = self._made
        if made is None:
            made = self._made = self._make()
        return made

    def forget(self) -> None:
        """Give the expression back; it is compiled again when it is asked for."""
        self._made = None

    def _make(self) -> Any:
        source = self.compiled.short
        if self._whole:
            source = f"^{_OPENING}(?:{source}){_CLOSING}$"
        if self._is_marked:
            source = over_marked(source)
        try:
            return compile_source(source, sparing=self._sparing)
        except re2.error as error:
            raise PhraseError(f"正则表达式「{self.compiled.pattern}」不能使用：{_reason(error)}") from error

    def may_hold_one(self, characters: Sequence[str]) -> bool:
        """Tell whether any of some characters may be a part of the phrase; of none of them anything may."""
        return not characters or any(character in self.compiled.short for character in characters)

    def check(self) -> None:
        """Raise PhraseError where the expression cannot be compiled."""
        _ = self._expression

    def spans(self, text: str, first: int = 0, last: int | None = None) -> Iterator[tuple[int, int]]:
        """Yield every place in ``text[first:last]``, leftmost first; a caller that rejects one gets later ones."""
        text = (marked(text) if self._is_marked else text)[first:last]
        position = 0
        while (found := self._expression.search(text, position)) is not None:
            start, end = found.span()
            if end > start:
                yield start + first, end + first
            position = start + 1

    def starts(self, text: str) -> Iterator[int]:
        """Yield the starts of places that do not overlap, reading a long text once."""
        text = marked(text) if self._is_marked else text
        return (found.start() for found in self._expression.finditer(text))

    def is_in(self, text: str) -> bool:
        """Tell whether the phrase stands anywhere in ``text``."""
        return self._expression.search(marked(text) if self._is_marked else text) is not None

    def is_between(self, text: str, first: int, last: int) -> bool:
        """Tell whether the phrase stands in ``text[first:last]``, where that holds all characters it requires."""
        if not self.compiled.may_match(frozenset(text[first:last])):
            return False
        return self._expression.search((marked(text) if self._is_marked else text)[first:last]) is not None

    def matches(self, text: str) -> bool:
        """Tell whether the phrase is all that ``text`` holds."""
        return self._expression.fullmatch(marked(text) if self._is_marked else text) is not None


# What trainers run into, by the beginning of what RE2 says.
_REASONS = {
    "invalid perl operator": "不支持前后断言（(?=、(?!、(?<= 等）",
    "invalid escape sequence": "不支持反向引用（\\1）和这种转义",
    "invalid repetition size": "重复的次数太多，最多 1000 次，嵌套的要乘起来",
    "missing )": "括号没有成对",
    "unexpected )": "括号没有成对",
    "missing ]": "方括号没有成对",
    "invalid character class range": "方括号里的范围写反了",
    "no argument for repetition operator": "*、+、? 或 {} 前面没有可以重复的内容",
    "pattern too large": "太长或太复杂",
}


def _reason(error: Exception) -> str:
    """Return why RE2 refuses an expression, in Chinese where it is known, and in its own words."""
    first = error.args[0] if error.args else error
    said = first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)
    known = next((reason for start, reason in _REASONS.items() if said.startswith(start)), "")
    return f"{known}（{said}）" if known else said


class Stored(NamedTuple):
    """What is compiled of a rule, as the cache keeps it: lists of what ``Compiled.as_list`` gives, as JSON.

    As text it takes a fifth of the memory, and most rules are never asked.
    """

    reach: int  # how far the phrase with the most characters reaches
    phrases: bytes
    exceptions: bytes

    @classmethod
    def of(cls, phrases: Sequence[Compiled], exceptions: Sequence[Compiled]) -> Stored:
        """Return compiled phrases and exceptions as they are kept."""
        reach = max((each.reach for each in phrases), default=0)
        return cls(reach, _as_json(phrases), _as_json(exceptions))


def _as_json(listed: Sequence[Compiled]) -> bytes:
    text = json.dumps([each.as_list() for each in listed], ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def _from_json(kept: bytes) -> list[Compiled]:
    return list(map(Compiled.from_list, json.loads(kept.decode("utf-8", "surrogatepass"))))


class CompiledRule:
    """A rule with its phrases and exceptions as matchers."""

    def __init__(self, rule: PhraseRule, stored: Stored) -> None:
        """Take a rule and what was compiled of it."""
        self.rule = rule
        self.stored = stored

    @cached_property
    def phrases(self) -> list[Matcher]:
        """The phrases; of the rules of a library a draft asks for a few."""
        return [_matcher(self.rule, each) for each in _from_json(self.stored.phrases)]

    @property
    def reach(self) -> int:
        """How far the phrase with the most characters reaches."""
        return self.stored.reach

    @cached_property
    def exceptions(self) -> list[tuple[str, Matcher]]:
        """The exceptions, as listed and as matchers; asked for when a phrase hits."""
        return list(zip(self.rule.exceptions, map(Matcher, _from_json(self.stored.exceptions)), strict=True))

    @property
    def folded(self) -> bool:
        """Whether the phrases are matched over folded text."""
        return self.rule.tolerant and self.rule.kind not in (Kind.PATTERN, Kind.NAME)

    @classmethod
    def compile(cls, rule: PhraseRule) -> CompiledRule:
        """Compile a rule. Raises PhraseError where one of its phrases or exceptions is not valid."""
        return cls(rule, Stored.of(*compiled_of(rule)))


def compiled_of(rule: PhraseRule) -> tuple[list[Compiled], list[Compiled]]:
    """Return the compiled phrases and exceptions of a rule. Raises PhraseError where one of them is not valid."""
    phrases = [compiled_phrase(rule, phrase) for phrase in rule.phrases] if rule.kind is not Kind.NAME else []
    return phrases, [compiled_exception(rule, phrase) for phrase in rule.exceptions]


def compiled_phrase(rule: PhraseRule, phrase: str) -> Compiled:
    """Return a phrase of a rule, or one that might be, compiled. Raises PhraseError where it is not valid."""
    if rule.kind is not Kind.PATTERN:
        return compile_phrase(phrase, tolerant=rule.tolerant, keep_you=rule.keep_you)
    compiled = Compiled(phrase, "", 0, True)
    _matcher(rule, compiled).check()
    return compiled


def compiled_exception(rule: PhraseRule, phrase: str) -> Compiled:
    """Return an exception of a rule, or one that might be, compiled. Raises PhraseError where it is not valid."""
    tolerant = rule.tolerant and rule.kind is not Kind.PATTERN
    return compile_phrase(phrase, tolerant=tolerant, fillers=False, keep_you=rule.keep_you)


def _matcher(rule: PhraseRule, compiled: Compiled) -> Matcher:
    whole, sparing = rule.kind in (Kind.CLAUSE, Kind.SENTENCE), rule.kind is not Kind.PATTERN
    return Matcher(compiled, whole=whole, sparing=sparing)
