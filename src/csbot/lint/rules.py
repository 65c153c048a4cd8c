"""Do the rules find what they must find, and spare what they must spare?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from csbot.library.models import Library
from csbot.library.problems import Problem
from csbot.lint.places import Places
from csbot.rules.model import PhraseRule
from csbot.rules.scan import RuleSet

MINIMUM_POSITIVES = 3
MINIMUM_NEGATIVES = 2


def check_rules(library: Library, places: Places) -> Iterator[Problem]:
    """Yield rules whose own examples they miss or wrongly hit, that have too few, or that nothing uses."""
    yield from _check_examples(library.forbidden, "forbidden", ("bad", "good"), places)
    yield from _check_examples(library.elements, "elements", ("present", "absent"), places)
    declared = {name for script in library.scripts.values() for entry in script.elements for name in entry.split("|")}
    for rule in library.elements:
        if rule.id not in declared:
            message = f"没有话术声明要素「{rule.id}」，请在话术里用上或删掉"
            yield places.problem("elements", rule.id, ("id",), "element.unused", message, "warning")


def _check_examples(
    rules: Sequence[PhraseRule], kind: str, fields: tuple[str, str], places: Places
) -> Iterator[Problem]:
    rule_set = RuleSet(rules)
    positive, negative = fields
    for rule in rules:
        for index, text in enumerate(rule.positives):
            if not rule_set.fires(rule.id, text):
                message = f"规则「{rule.id}」没有命中自己的例子「{text}」"
                yield places.problem(kind, rule.id, (positive, index), "rule.bad-missed", message)
        for index, text in enumerate(rule.negatives):
            if rule_set.fires(rule.id, text):
                message = f"规则「{rule.id}」误伤了自己的例子「{text}」"
                yield places.problem(kind, rule.id, (negative, index), "rule.good-hit", message)
        if len(set(rule.positives)) < MINIMUM_POSITIVES or len(set(rule.negatives)) < MINIMUM_NEGATIVES:
            wanted = f"至少 {MINIMUM_POSITIVES} 个 {positive}、{MINIMUM_NEGATIVES} 个 {negative}"
            message = f"规则「{rule.id}」的例子太少：{wanted}"
            yield places.problem(kind, rule.id, ("id",), "rule.few-examples", message)
