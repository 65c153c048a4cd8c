"""What was changed just now, by itself: told at once, before all is checked that it may have an effect upon."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from csbot.library.models import Library
from csbot.library.problems import Problem
from csbot.library.yaml_document import Document
from csbot.lint.places import Places
from csbot.lint.rules import check_rule
from csbot.rules.scan import RuleSet
from csbot.rules.wording.model import NO_DISGUISES

MOST_CHANGED = 8  # rules that are compiled by themselves sooner than all of them


def changed_situations(before: Library, now: Library) -> frozenset[str]:
    """Return the situations that are new, or of which anything in ``intents.yaml`` is not as it was before."""
    return frozenset(each.id for each in now.intents.values() if before.intents.get(each.id) != each)


def new_examples(before: Library, now: Library) -> list[tuple[str, str]]:
    """Return the examples that situations did not have before, each with the id of its situation."""
    known = {each.id: frozenset(each.examples) for each in before.intents.values()}
    return [
        (text, each.id)
        for each in now.intents.values()
        for text in each.examples
        if text not in known.get(each.id, frozenset())
    ]


def rules_changed(before: Library, now: Library) -> bool:
    """Tell whether forbidden rules or elements are other ones than before."""
    return (before.forbidden, before.elements) != (now.forbidden, now.elements)


def check_changed_rules(before: Library, now: Library, documents: Mapping[str, Document]) -> Iterator[Problem]:
    """Yield what is wrong with changed rules by their own examples, compiled without the others in no time.

    Nothing where many have changed: then all of them are compiled as soon.
    """
    places = Places(dict(documents))
    kinds = (("forbidden", before.forbidden, now.forbidden), ("elements", before.elements, now.elements))
    for kind, old, rules in kinds:
        known = {rule.id: rule for rule in old}
        changed = [rule for rule in rules if known.get(rule.id) != rule]
        if not 0 < len(changed) <= MOST_CHANGED:
            continue
        for rule in changed:
            alone = RuleSet([rule], disguises=now.disguises if kind == "forbidden" else NO_DISGUISES)
            yield from check_rule(alone, kind, rule, places)


def of_situations(situations: Collection[str]) -> frozenset[tuple[str, str]]:
    """Return what ``Checks`` is to look at for these situations: who wins their examples."""
    return frozenset(("overlaps", each) for each in situations)
