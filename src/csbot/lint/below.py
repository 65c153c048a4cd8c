"""What the library below a layer holds already: what it has by itself is neither looked for again nor reported.

A check of a script, of a rule or of an example finds the same where all that it reads is the same. So a layer is
checked where it differs from what is below it, and rules that it adds are tried on everything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from csbot.library.locate import MARKER
from csbot.library.models import Library
from csbot.library.problems import Problem
from csbot.library.values import Script
from csbot.replying.slots import slot_names
from csbot.rules.scan import RuleSet
from csbot.rules.wording.model import Circumstance, PhraseRule


def grown(old: PhraseRule, new: PhraseRule) -> bool:
    """Tell whether a rule finds all that it found before, by the same exceptions: only phrases and examples came."""
    same = replace(new, phrases=old.phrases, positives=old.positives, negatives=old.negatives) == old
    return same and set(old.phrases) <= set(new.phrases)


@dataclass(frozen=True)
class Below:
    """A library in layers, compared with the one below its uppermost layer."""

    library: Library
    lower: Library

    @cached_property
    def fresh(self) -> tuple[PhraseRule, ...]:
        """The forbidden rules that the layer adds or changes; all of them where it says of what is disguised."""
        if not self._same_disguises:
            return self.library.forbidden
        before = {rule.id: rule for rule in self.lower.forbidden}
        return tuple(rule for rule in self.library.forbidden if before.get(rule.id) != rule)

    @cached_property
    def only_stricter(self) -> bool:
        """Whether all that the lower rules find is still found by the same rule: then old hits cannot come to light."""
        if not self._same_disguises:
            return False
        after = {rule.id: rule for rule in self.library.forbidden}
        return all(rule.id in after and grown(rule, after[rule.id]) for rule in self.lower.forbidden)

    @cached_property
    def fresh_rules(self) -> RuleSet:
        """The fresh rules by themselves, compiled."""
        return RuleSet(self.fresh, disguises=self.library.disguises)

    @cached_property
    def _same_disguises(self) -> bool:
        return self.library.disguises == self.lower.disguises

    @cached_property
    def _same_occasions(self) -> bool:
        mine, theirs = self.library, self.lower
        return (mine.festivals, mine.day_periods) == (theirs.festivals, theirs.day_periods)

    @cached_property
    def _elements(self) -> tuple[dict[str, PhraseRule], dict[str, PhraseRule]]:
        mine, theirs = ({rule.id: rule for rule in each.elements} for each in (self.library, self.lower))
        return mine, theirs

    def same_script(self, script: Script) -> bool:
        """Tell whether a script is the lower one, filled with the same and held to the same elements."""
        if self.lower.scripts.get(script.intent) != script or not self._same_occasions:
            return False
        slots = {name for reply in script.replies for name in slot_names(reply.text)}
        elements = {name for entry in script.elements for name in entry.split("|")}
        mine, theirs = self._elements
        return all(self.library.slots.get(name) == self.lower.slots.get(name) for name in slots) and all(
            mine.get(name) == theirs.get(name) for name in elements
        )

    def same_rule(self, kind: str, rule: PhraseRule) -> bool:
        """Tell whether a rule is the lower one: ``kind`` is 「forbidden」 or 「elements」."""
        return rule not in self.fresh if kind == "forbidden" else self._elements[1].get(rule.id) == rule

    def same_circumstance(self, circumstance: Circumstance) -> bool:
        """Tell whether a circumstance is the lower one, and its rules are the same as well."""
        rules = [rule for rule in self.library.forbidden if circumstance in rule.circumstances]
        return circumstance in self.lower.circumstances and not any(rule in self.fresh for rule in rules)

    @cached_property
    def same_polish(self) -> bool:
        """Whether drafts are reworded by the same conventions."""
        return self.library.polish == self.lower.polish

    @cached_property
    def same_recognition(self) -> bool:
        """Whether messages are recognised by the same examples."""
        mine, theirs = self.library, self.lower
        return (mine.recognition, mine.profiles) == (theirs.recognition, theirs.profiles)

    def concerned(self, texts: Iterable[str]) -> bool:
        """Tell whether a fresh rule finds anything in one of the texts."""
        return bool(self.fresh) and any(self.fresh_rules.scan(text) for text in texts)


def told(problem: Problem, below: Below) -> Problem:
    """Return a problem in a file of a lower layer with what the upper one has to do with it, and what to do there."""
    mine, theirs = below.library.intents, below.lower.intents
    own = [each for each in mine if f"「{each}」" in problem.message and mine[each] != theirs.get(each)]
    if problem.code.startswith("intent."):
        cause = f"由这一层的情景「{own[0]}」引起" if own else "由这一层的例句引起"
        note = f"{cause}，位置在下层的文件里：在这一层的 {MARKER} 里给原来的情景写 change: add 补几条"
    elif problem.code == "reply.element" and "：节日「" in problem.message:
        note = "由这一层的节日或要素引起，这条话术在下层，不用改"
    elif problem.code.startswith("reply."):
        note = "由这一层引起，话术在下层的文件里：在这一层写 change: replace 换掉它，或者改这一层的规则"
    else:
        note = "由这一层引起，位置在下层的文件里：请改这一层"
    return problem._replace(message=f"{problem.message}（{note}）")
