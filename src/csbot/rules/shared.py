"""Compiled rules that a process needs again: after a change that does not concern them they are as good as before."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

from csbot.rules.scan import RuleSet
from csbot.rules.wording.model import PhraseRule

KEPT = 4  # forbidden and element rules, of the library of now and of the one before

_sets: dict[tuple[str, str], RuleSet] = {}
_lock = threading.Lock()


def shared_rules(rules: Iterable[PhraseRule], *, shapes: Sequence[Sequence[str]] = (), name: str, key: str) -> RuleSet:
    """Return the compiled ``rules``, those that were made last for the same ``name`` and ``key`` where there are.

    Scanning keeps no state. ``key`` changes whenever the rules do; where it is empty they are compiled afresh.
    """
    if not key:
        return RuleSet(rules, shapes=shapes)
    with _lock:
        found = _sets.pop((name, key), None) or RuleSet(rules, shapes=shapes, name=name, key=key)
        _sets[name, key] = found
        while len(_sets) > KEPT:
            del _sets[next(iter(_sets))]
    return found
