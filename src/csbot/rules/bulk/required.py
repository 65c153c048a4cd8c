"""Which phrases lines can hold, by the characters that each phrase must have."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from csbot.rules.bulk.characters import SPREADS, mask_of
from csbot.rules.judging.hits import may_run_over
from csbot.rules.judging.reach import Span
from csbot.rules.wording.compiled import CompiledRule, Matcher
from csbot.rules.wording.phrase import Compiled

if TYPE_CHECKING:
    from csbot.rules.bulk.characters import Flags, Masks, Places

_CHOICES = 4  # lists of alternatives that are asked for each phrase
_EVERY = (1 << 64) - 1
_NO_PHRASE = Matcher(Compiled("", "", 0, bridges_clauses=False))  # in the place of those of other kinds


class Phrases:
    """The phrases of all rules, by the numbers that ``Chains`` knows them by."""

    def __init__(self, rules: Sequence[CompiledRule]) -> None:
        self.matchers: list[Matcher] = []
        self.rules: list[CompiledRule] = []
        self._numbers: list[int] = []  # of each phrase in its rule
        for rule in rules:
            self.matchers += rule.phrases if rule.folded else [_NO_PHRASE] * len(rule.rule.phrases)
            self.rules += [rule] * len(rule.rule.phrases)
            self._numbers += range(len(rule.rule.phrases))

    def may_hold(self, phrase: int, text: str, held: Span | None) -> bool:
        """Tell whether a phrase may stand in a folded text, with a span of it where one is given."""
        if not self.matchers[phrase].compiled.may_match(frozenset(text)):
            return False
        return held is None or self.may_run_over(phrase, text, held)

    def may_run_over(self, phrase: int, text: str, held: Span) -> bool:
        """Tell whether a phrase may stand in a folded text with a part of a span of it."""
        return may_run_over(self.rules[phrase], self._numbers[phrase], text, [held], [held])

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
