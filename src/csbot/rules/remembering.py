"""The rules of a library that is edited while a process goes on: what they found stays found where nothing changed.

Nor are all of them compiled anew for each edit: the changed ones are asked beside those that were compiled before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

from csbot.rules.judging.outermost import reported
from csbot.rules.rulebook import Difference, Rulebook
from csbot.rules.scan import RuleSet
from csbot.rules.wording.model import NO_DISGUISES, Disguises, Hit, PhraseRule
from csbot.text.normalise import Normalised, normalise


class Remembered(RuleSet):
    """Rules that know what they and the rules before them were asked.

    A text has the hits that it had where the rules that changed find in it what they found before.
    """

    def __init__(
        self,
        rules: Iterable[PhraseRule],
        compiled: Callable[[], RuleSet],
        *,
        disguises: Disguises = NO_DISGUISES,
        before: Remembered | None = None,
    ) -> None:
        """Take the rules, what compiles all of them, and those ``before`` them: what they found, not they, is kept."""
        super().__init__(())
        self.rules = tuple(rules)
        self.book = Rulebook(self.rules, disguises)
        self._compile = compiled
        self._found: dict[str, list[Hit]] = {}
        self._found_before: dict[str, list[Hit]] = {}
        self._difference: Difference | None = None
        self._base: Remembered | None = None  # the last ones before that were compiled
        self._since_base: Difference | None = None
        if before is None or before.book.disguises != disguises:
            return
        self._difference = self.book.since(before.book.rows, before.book.digest)
        self._found_before = before._found
        self._base = before if before.is_compiled else before._base
        if self._base is not None:
            self._since_base = self.book.since(self._base.book.rows, self._base.book.digest)

    def renewed(
        self, rules: Iterable[PhraseRule], compiled: Callable[[], RuleSet], *, disguises: Disguises = NO_DISGUISES
    ) -> Remembered:
        """Return what remembers the rules as they are now: this one, where they are still the same."""
        now = Remembered(rules, compiled, disguises=disguises, before=self)
        return self if (now.book.digest, now.book.disguises) == (self.book.digest, self.book.disguises) else now

    @property
    def is_compiled(self) -> bool:
        """Whether all rules were compiled for a text."""
        return "compiled" in vars(self)

    @cached_property
    def compiled(self) -> RuleSet:
        """All rules, compiled."""
        return self._compile()

    @property
    def _patched(self) -> tuple[RuleSet, RuleSet] | None:
        """The rules that are compiled already, and those that stand in their place now; None where all are compiled."""
        if self.is_compiled or self._base is None or self._since_base is None:
            return None
        return self._base.compiled, self._since_base.now

    def scan(self, text: str | Normalised, *, dropped: bool = False) -> list[Hit]:
        """Return the hits that the rules have in ``text``, from memory where they cannot have changed."""
        if dropped or not isinstance(text, str):
            return self._scan_afresh(text, dropped=dropped)
        if (found := self._found.get(text)) is None:
            found = self._found_before.get(text)
            if found is None or self._difference is None or self._difference.concerns(text):
                found = self._scan_afresh(text)
            self._found[text] = found
        return list(found)

    def _scan_afresh(self, text: str | Normalised, *, dropped: bool = False) -> list[Hit]:
        if (patched := self._patched) is None:
            return self.compiled.scan(text, dropped=dropped)
        before, changed = patched
        return scan_beside(before, changed, text, dropped=dropped)

    def fires(self, rule_id: str, text: str | Normalised) -> bool:
        """Tell whether one rule has a hit in ``text``."""
        return self._set_of(rule_id).fires(rule_id, text)

    def rule(self, rule_id: str) -> PhraseRule:
        """Return the rule of that id; KeyError where there is none."""
        return self._set_of(rule_id).rule(rule_id)

    def alone(self, rule_id: str) -> RuleSet:
        """Return one rule by itself, as if there were no other."""
        return self._set_of(rule_id).alone(rule_id)

    def __contains__(self, rule_id: str) -> bool:
        return any(rule.id == rule_id for rule in self.rules)

    def _set_of(self, rule_id: str) -> RuleSet:
        if (patched := self._patched) is None:
            return self.compiled
        before, changed = patched
        return changed if rule_id in changed else before


def scan_beside(before: RuleSet, changed: RuleSet, text: str | Normalised, *, dropped: bool = False) -> list[Hit]:
    """Return what rules would find in ``text`` if ``changed`` ones stood in the place of those of the same ids.

    Rules that are not among those ``before`` count besides: so a changed rule is asked beside a hundred others that
    nobody has compiled together with it.
    """
    normalised = text if isinstance(text, Normalised) else normalise(text)
    ids = {rule.id for rule in changed.rules}
    pairs = zip(before.gathered(normalised), changed.gathered(normalised), strict=True)
    return reported((old.without(ids).and_of(new) for old, new in pairs), dropped=dropped)
