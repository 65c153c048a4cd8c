"""Compiled rules that a process needs again: after a change that does not concern them they are as good as before."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from functools import lru_cache

from csbot.rules.scan import RuleSet
from csbot.rules.wording.model import NO_DISGUISES, Disguises, PhraseRule
from csbot.text.normalise import Normalised

APART = 256  # rules of which each was compiled by itself
KEPT = 4  # forbidden and element rules, of the library of now and of the one before

_sets: dict[tuple[str, str], RuleSet] = {}
_lock = threading.Lock()


def shared_rules(rules: Iterable[PhraseRule], *, disguises: Disguises = NO_DISGUISES, name: str, key: str) -> RuleSet:
    """Return the compiled ``rules``, those that were made last for the same ``name`` and ``key`` where there are.

    Scanning keeps no state. ``key`` changes whenever the rules do; where it is empty they are compiled afresh.
    """
    if not key:
        return RuleSet(rules, disguises=disguises)
    with _lock:
        found = _sets.pop((name, key), None) or RuleSet(rules, disguises=disguises, name=name, key=key)
        _sets[name, key] = found
        while len(_sets) > KEPT:
            del _sets[next(iter(_sets))]
    return found


class Apart(RuleSet):
    """Rules that are asked one by one: each is compiled by itself, when it is asked first, and once in a process.

    What one of them finds depends on no other.
    """

    def __init__(self, rules: Iterable[PhraseRule]) -> None:
        """Take the rules. PhraseError of one that is not valid is raised when that is asked."""
        super().__init__(())
        self.rules = tuple(rules)
        self._each = {rule.id: rule for rule in self.rules}
        self._asked: dict[str, RuleSet] = {}

    def fires(self, rule_id: str, text: str | Normalised) -> bool:
        """Tell whether one rule has a hit in ``text``."""
        return self.alone(rule_id).fires(rule_id, text)

    def alone(self, rule_id: str) -> RuleSet:
        """Return one rule by itself."""
        if rule_id not in self._asked:
            self._asked[rule_id] = _alone(self._each[rule_id])
        return self._asked[rule_id]

    def rule(self, rule_id: str) -> PhraseRule:
        """Return the rule of that id; KeyError where there is none."""
        return self._each[rule_id]

    def __contains__(self, rule_id: str) -> bool:
        return rule_id in self._each


@lru_cache(maxsize=APART)
def _alone(rule: PhraseRule) -> RuleSet:
    return RuleSet([rule])
