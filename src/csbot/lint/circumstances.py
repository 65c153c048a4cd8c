"""Do the circumstances spare what they must spare, and nothing else?"""

from __future__ import annotations

from collections.abc import Iterator

from csbot.library.problems import Problem
from csbot.lint.places import Places
from csbot.rules.judging.circumstances import is_spared_by
from csbot.rules.scan import RuleSet
from csbot.rules.wording.model import Circumstance

FILE = "phrasebook/circumstances.yaml"


def check_circumstance(rules: RuleSet, number: int, circumstance: Circumstance, places: Places) -> Iterator[Problem]:
    """Yield examples of a circumstance that are hit, or are spared by something else, and such that are missed.

    ``number`` is its index in the file.
    """
    concerned = {rule.id for rule in rules.rules if circumstance in rule.circumstances}
    if not concerned:
        return  # all of its rules are switched off
    for index, text in enumerate(circumstance.spared):
        hits = [hit for hit in rules.scan(text, dropped=True) if hit.rule.id in concerned]
        where = ("circumstances", number, "spared", index)
        if found := [hit for hit in hits if hit.exception is None]:
            hit = f"「{found[0].found}」（{found[0].rule.id}）"
            message = f"情形「{circumstance.id}」没有放过自己的例子「{text}」：{hit}"
            yield places.at(FILE, where, "rule.circumstance-hit", message)
        elif not any(is_spared_by(circumstance, hit) for hit in hits):
            message = f"例子「{text}」不是靠情形「{circumstance.id}」放过的：没有它也不命中"
            yield places.at(FILE, where, "rule.circumstance-hit", message)
    for index, text in enumerate(circumstance.found):
        if not any(hit.rule.id in concerned for hit in rules.scan(text)):
            message = f"情形「{circumstance.id}」的例子「{text}」应当命中，现在没有命中"
            yield places.at(FILE, ("circumstances", number, "found", index), "rule.circumstance-missed", message)
