"""The rules of a library that is edited while a process goes on: what they found stays found where nothing changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from csbot.rules.rulebook import Difference, Rulebook
from csbot.rules.scan import RuleSet
from csbot.rules.wording.model import Hit, PhraseRule
from csbot.text.normalise import Normalised


class Remembered(RuleSet):
    """Rules that know what they were asked before, and by the rules before them. Compiled when a text is new.

    A text has the hits that it had where the rules that changed find in it what they found before.
    """

    def __init__(
        self,
        rules: Iterable[PhraseRule],
        compiled: Callable[[], RuleSet],
        *,
        shapes: Sequence[Sequence[str]] = (),
        before: Remembered | None = None,
    ) -> None:
        """Take the rules, what compiles all of them, and those ``before`` them: what they found, not they, is kept."""
        super().__init__(())
        self.rules = tuple(rules)
        self.book = Rulebook(self.rules, shapes)
        self._compile = compiled
        self._found: dict[str, list[Hit]] = {}
        self._found_before: dict[str, list[Hit]] = {}
        self._difference: Difference | None = None
        self._base: Remembered | None = None  # the last ones before that were compiled
        self._difference_to_base: Difference | None = None
        if before is None or before.book.shapes != shapes:
            return
        self._difference = self.book.since(before.book.rows, before.book.digest)
        self._found_before = before._found
        self._base = before if before.is_compiled else before._base
        if self._base is not None:
            self._difference_to_base = self.book.since(self._base.book.rows, self._base.book.digest)

    def renewed(
        self, rules: Iterable[PhraseRule], compiled: Callable[[], RuleSet], *, shapes: Sequence[Sequence[str]] = ()
    ) -> Remembered:
        """Return what remembers the rules as they are now: this one, where they are still the same."""
        now = Remembered(rules, compiled, shapes=shapes, before=self)
        return self if (now.book.digest, now.book.shapes) == (self.book.digest, self.book.shapes) else now

    @property
    def is_compiled(self) -> bool:
        """Whether all rules were compiled for a text."""
        return "compiled" in vars(self)

    @cached_property
    def compiled(self) -> RuleSet:
        """All rules, compiled."""
        return self._compile()

    def scan(self, text: str | Normalised, *, dropped: bool = False) -> list[Hit]:
        """Return the hits that the rules have in ``text``, from memory where they cannot have changed."""
        if dropped or not isinstance(text, str):
            return self.compiled.scan(text, dropped=dropped)
        if (found := self._found.get(text)) is None:
            found = self._found_before.get(text)
            if found is None or self._difference is None or self._difference.concerns(text):
                found = self._scanned(text)
            self._found[text] = found
        return list(found)

    def _scanned(self, text: str) -> list[Hit]:
        """Return the hits in a text that is new, by rules that are compiled already where those find the same."""
        base, difference = self._base, self._difference_to_base
        if self.is_compiled or base is None or difference is None or difference.concerns(text):
            return self.compiled.scan(text)
        return base.compiled.scan(text)

    def fires(self, rule_id: str, text: str | Normalised) -> bool:
        """Tell whether one rule has a hit in ``text``."""
        return self.compiled.fires(rule_id, text)

    def rule(self, rule_id: str) -> PhraseRule:
        """Return the rule of that id; KeyError where there is none."""
        return self.compiled.rule(rule_id)

    def __contains__(self, rule_id: str) -> bool:
        return rule_id in self.compiled
