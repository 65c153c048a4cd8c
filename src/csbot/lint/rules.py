"""Do the rules find what they must find, and spare what they must spare?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from csbot.library.models import Library
from csbot.library.problems import Problem
from csbot.lint.places import Places
from csbot.rules.judging.hits import CROSSING
from csbot.rules.lookup.anchors import whole_literals
from csbot.rules.scan import RuleSet
from csbot.rules.wording.model import Kind, PhraseRule
from csbot.rules.wording.phrase import DURATION
from csbot.text.segment import is_han

MINIMUM_POSITIVES = 3
MINIMUM_NEGATIVES = 2
SHOWN = 3  # phrases of a rule that a message names
FIELDS = {"forbidden": ("bad", "good"), "elements": ("present", "absent")}


def check_rule(kind: str, rule: PhraseRule, shapes: Sequence[Sequence[str]], places: Places) -> Iterator[Problem]:
    """Yield that a rule misses or wrongly hits its own examples, has too few, can never fire or hits one character.

    It is compiled by itself, with the ``shapes`` that a library's characters are written in, where they count for such
    rules: nothing that its neighbours list has a say.
    """
    rules = RuleSet([rule], shapes=shapes)
    positive, negative = FIELDS[kind]
    for index, text in enumerate(rule.positives):
        if not rules.fires(rule.id, text):
            message = f"规则「{rule.id}」没有命中自己的例子「{text}」{why_missed(rules, rule, text)}"
            yield places.problem(kind, rule.id, (positive, index), "rule.bad-missed", message)
    for index, text in enumerate(rule.negatives):
        if rules.fires(rule.id, text):
            message = f"规则「{rule.id}」误伤了自己的例子「{text}」"
            yield places.problem(kind, rule.id, (negative, index), "rule.good-hit", message)
    if len(set(rule.positives)) < MINIMUM_POSITIVES or len(set(rule.negatives)) < MINIMUM_NEGATIVES:
        wanted = f"至少 {MINIMUM_POSITIVES} 个 {positive}、{MINIMUM_NEGATIVES} 个 {negative}"
        message = f"规则「{rule.id}」的例子太少：{wanted}"
        yield places.problem(kind, rule.id, ("id",), "rule.few-examples", message)
    if kind == "forbidden":
        yield from _check_phrases(rules, rule, places)


def why_missed(rules: RuleSet, rule: PhraseRule, text: str) -> str:
    """Return in Chinese why a rule does not fire in one of its own examples, and what to do about it."""
    spared = [hit for hit in rules.scan(text, dropped=True) if hit.rule.id == rule.id and hit.exception is not None]
    if not spared:
        words = "".join(f"「{each}」" for each in rule.phrases[:SHOWN]) + "等" * (len(rule.phrases) > SHOWN)
        return f"：里面没有{words}这样的说法，请给 phrases 补一种，或者改例子" if words else ""
    found, why = spared[0].found, str(spared[0].exception)
    if why in rule.exceptions:
        return f"：「{found}」被自己的例外「{why}」盖住，请收窄 except"
    if why.startswith(CROSSING):
        return f"：「{found}」的{why}，两三个字的说法会这样放过；请换一个例子，或者给 phrases 补一种长些的说法"
    return f"：「{found}」不算，因为是{why}，请换一个例子"


def check_declared(library: Library, places: Places) -> Iterator[Problem]:
    """Yield elements that no script asks for."""
    declared = {name for script in library.scripts.values() for entry in script.elements for name in entry.split("|")}
    for rule in library.elements:
        if rule.id not in declared:
            message = f"没有话术声明要素「{rule.id}」，请在话术里用上或删掉"
            yield places.problem("elements", rule.id, ("id",), "element.unused", message, "warning")


def _check_phrases(rules: RuleSet, rule: PhraseRule, places: Places) -> Iterator[Problem]:
    """Yield phrases that an exception covers whatever stands around them, and single characters without context."""
    if rule.kind in (Kind.PATTERN, Kind.NAME):
        return
    for index, phrase in enumerate(rule.phrases):
        where = ("phrases", index)
        forms = whole_literals(phrase.replace(DURATION, "3天"))  # none where … leaves it open
        if forms and not any(rules.fires(rule.id, form) for form in forms):
            message = f"规则「{rule.id}」的短语「{phrase}」永远不会命中：无论出现在哪里，都被 except 盖住"
            yield places.problem("forbidden", rule.id, where, "rule.never-fires", message)
        elif (
            rule.kind is Kind.PHRASE and not rule.exceptions and any(len(form) == 1 and is_han(form) for form in forms)
        ):
            message = f"规则「{rule.id}」的短语「{phrase}」只有一个字，会命中所有带这个字的词"
            yield places.problem("forbidden", rule.id, where, "rule.single-character", message, "warning")


def check_shadow(rules: RuleSet, rule: PhraseRule, places: Places) -> Iterator[Problem]:
    """Yield the rule if none of its own examples is ever reported under its name: another rule's hits hold its hits."""
    found = []
    for text in rule.positives:
        found.append(rules.scan(text))
        if any(hit.rule.id == rule.id for hit in found[-1]):
            return
    fired = [hits for text, hits in zip(rule.positives, found, strict=True) if rules.fires(rule.id, text)]
    if fired:
        others = "、".join(sorted({hit.rule.id for hits in fired for hit in hits}))
        message = f"规则「{rule.id}」总是被别的规则（{others}）整个盖住，报不出来"
        yield places.problem("forbidden", rule.id, ("id",), "rule.shadowed", message, "warning")
