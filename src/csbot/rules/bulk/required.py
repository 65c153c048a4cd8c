"""Which phrases lines can hold, by the characters that each phrase must have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from csbot.rules.bulk.chains import Chains
from csbot.rules.bulk.characters import SPREADS, mask_of
from csbot.rules.bulk.patterns import expand
from csbot.rules.judging.hits import may_run_over
from csbot.rules.judging.reach import Span
from csbot.rules.wording.compiled import CompiledRule, Matcher
from csbot.rules.wording.model import Kind
from csbot.rules.wording.phrase import Compiled, choices_of
from csbot.rules.wording.reduce import FILLER_CHARACTERS

if TYPE_CHECKING:
    from csbot.rules.bulk.characters import Flags, Masks, Places

_CHOICES = 4  # lists of alternatives that are asked for each phrase
_EVERY = (1 << 64) - 1
_ANYWHERE = FILLER_CHARACTERS | frozenset("我咱俺你您们")  # in any phrase
_NOTHING: Mapping[int, str] = {}
_NO_PHRASE = Matcher(Compiled("", "", 0, bridges_clauses=False))  # in the place of those of other kinds


class Phrases:
    """The phrases of all rules, by the numbers that ``Chains`` knows them by."""

    def __init__(self, rules: Sequence[CompiledRule], chains: Chains) -> None:
        self._chains = chains
        self._characters: dict[int, frozenset[str]] = {}
        self._choices: dict[int, list[list[tuple[int, ...]]]] = {}
        self.matchers: list[Matcher] = []
        self.rules: list[CompiledRule] = []
        self._numbers: list[int] = []  # of each phrase in its rule
        for rule in rules:
            self.matchers += rule.phrases if rule.folded else [_NO_PHRASE] * len(rule.rule.phrases)
            self.rules += [rule] * len(rule.rule.phrases)
            self._numbers += range(len(rule.rule.phrases))

    def sources(self) -> Iterator[str]:
        """Yield every phrase as it is listed; nothing for those that are not matched over folded text."""
        for rule, number in zip(self.rules, self._numbers, strict=True):
            yield rule.rule.phrases[number] if rule.folded else ""

    def may_hold(self, phrase: int, text: str, held: Span | None) -> bool:
        """Tell whether a phrase may stand in a folded text, with a span of it where one is given."""
        if not self.matchers[phrase].compiled.may_match(frozenset(text)):
            return False
        return held is None or self.may_run_over(phrase, text, held)

    def may_hold_any(self, phrases: Iterable[int], text: str, held: Span) -> bool:
        """Tell whether any of some phrases may stand in a folded text with all of a span of it."""
        present = frozenset(text)
        return any(
            self.matchers[phrase].compiled.may_match(present) and self.may_run_over(phrase, text, held)
            for phrase in phrases
        )

    def may_run_over(self, phrase: int, text: str, held: Span) -> bool:
        """Tell whether a phrase may stand in a folded text with all of a span of it."""
        span = self.stretch(phrase, text, held)
        if span is None:
            return may_run_over(self.rules[phrase], self._numbers[phrase], text, [held], [held])
        return self.may_be_in(phrase, text[span[0] : span[1]])

    def may_be_in(self, phrase: int, text: str) -> bool:
        """Tell whether a phrase may stand in a folded text; one that is a whole clause where it is as it should be."""
        matcher = self.matchers[phrase]
        if not matcher.compiled.may_match(frozenset(text)):
            return False
        return self.rules[phrase].rule.kind is not Kind.PHRASE or matcher.is_in(text)

    def stretch(self, phrase: int, text: str, held: Span, meant: Mapping[int, str] = _NOTHING) -> Span | None:
        """Return what of a folded text a phrase can take in around a span of it, by the characters that it knows.

        Nothing (0, 0) where it knows not all of the span, None where anything may stand in the middle of it. ``meant``
        says what else some characters may stand for.
        """
        if (known := self._known(phrase)) is None:
            return None
        first, last = held
        if not known.issuperset(text[first:last]):
            return 0, 0
        while first and (text[first - 1] in known or not known.isdisjoint(meant.get(first - 1, ""))):
            first -= 1
        while last < len(text) and (text[last] in known or not known.isdisjoint(meant.get(last, ""))):
            last += 1
        return first, last

    def _known(self, phrase: int) -> frozenset[str] | None:
        """Return what a match of a phrase can hold, or None where that is anything."""
        if self._are_open[phrase]:
            return None
        if (known := self._characters.get(phrase)) is None:
            known = self._characters[phrase] = _ANYWHERE.union(self.matchers[phrase].compiled.short)
        return known

    @cached_property
    def _are_open(self) -> list[bool]:
        flags: list[bool] = self._chains.is_open.tolist()
        return flags

    @cached_property
    def _masks(self) -> list[tuple[Masks, list[Masks]]]:
        """For each way of giving characters bits: those that every phrase requires, and choices.

        Of the bits of each choice a text has at least one.
        """
        import numpy as np

        columns = []
        for spread in range(SPREADS):
            required: list[int] = []
            choices: list[list[int]] = []
            for matcher in self.matchers:
                lists = sorted(matcher.compiled.any_of, key=len)[:_CHOICES]
                masks = [mask_of(each, spread) or _EVERY for each in lists]
                required.append(mask_of(matcher.compiled.required, spread))
                choices.append(masks + [_EVERY] * (_CHOICES - len(masks)))
            columns.append(
                (
                    np.array(required, np.uint64),
                    [np.array([each[at] for each in choices], np.uint64) for at in range(_CHOICES)],
                )
            )
        return columns

    def may_stand(self, phrases: Places, present: Sequence[Masks]) -> Flags:
        """Tell of phrases whether all that they require is there, by the bits of what is there, in each spread."""
        import numpy as np

        holds = np.ones(len(phrases), bool)
        for (required, choices), there in zip(self._masks, present, strict=True):
            needed = required[phrases]
            holds &= there & needed == needed
            for choice in choices:
                holds &= there & choice[phrases] != 0
        return holds

    def may_have_choices(self, phrases: Places, present: Sequence[Masks]) -> Flags:
        """Tell of phrases whether all characters of one alternative of each of their lists are there, likewise."""
        import numpy as np

        each, of_each = np.unique(phrases, return_inverse=True)
        tables = [self._choices_of(phrase) for phrase in each.tolist()]
        lists = [alternatives for table in tables for alternatives in table]
        rows, members = expand(np.cumsum([0, *map(len, tables)]), of_each)
        options, of_options = expand(np.cumsum([0, *map(len, lists)]), members)
        holds = np.ones(len(options), bool)
        for spread, there in enumerate(present):
            needed = np.array([masks[spread] for alternatives in lists for masks in alternatives], np.uint64)
            holds &= there[rows[options]] & needed[of_options] == needed[of_options]
        found = np.zeros(len(members), bool)
        found[options[holds]] = True
        flags = np.ones(len(phrases), bool)
        flags[rows[~found]] = False
        return flags

    def _choices_of(self, phrase: int) -> list[list[tuple[int, ...]]]:
        """Return, for each list of alternatives of a phrase, the bits of each of them in each spread."""
        if (found := self._choices.get(phrase)) is None:
            rule = self.rules[phrase].rule
            lists = choices_of(rule.phrases[self._numbers[phrase]], keep_you=rule.keep_you)
            found = self._choices[phrase] = [
                [tuple(mask_of("".join(each), spread) for spread in range(SPREADS)) for each in alternatives]
                for alternatives in lists
                if all(alternatives)
            ]
        return found
