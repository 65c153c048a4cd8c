"""No reply comes in that the guard would not let out, or that lacks what its situation requires."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from csbot.library.models import Library
from csbot.library.values import Reply
from csbot.lint.replies import fillings
from csbot.replying.guard import Guard
from csbot.replying.responder import element_rules
from csbot.rules.lookup.compact import roomy
from csbot.rules.scan import RuleSet
from csbot.sheets.changes import Add, Change, Create, Finding, Outcome, Set
from csbot.sheets.grid import Cell, Progress
from csbot.text.normalise import normalise


@dataclass
class Judge:
    """Holds new replies to the forbidden rules and to the elements of their situations."""

    library: Library
    guard: Guard = field(init=False)
    elements: RuleSet = field(init=False)

    def __post_init__(self) -> None:
        self.guard = Guard(self.library)
        self.elements = element_rules(self.library)

    def faults(self, text: str, required: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield the code of each fault of a reply, and in Chinese what is wrong and what to say instead."""
        hits: dict[str, str] = {}
        missing: dict[str, None] = {}
        for filled in map(normalise, fillings(self.library, Reply(text))):
            for hit in self.guard.rules.scan(filled):
                said = f"含有「{hit.found}」（规则 {hit.rule.id}），建议改说：{hit.rule.instead}"
                hits.setdefault(hit.rule.id, said)
            for entry in required:
                if not any(self.elements.fires(name, filled) for name in entry.split("|") if self._is_known(name)):
                    missing[entry] = None
        better = self.guard.rewriting(text).text if hits else ""
        for message in hits.values():
            yield "reply.forbidden", f"回复{message}" + (f" 整句可以改成：{better}" if better else "")
        names = {rule.id: rule.name for rule in self.library.elements}
        lacking = [
            f"「{'或'.join(names[each] for each in entry.split('|') if each in names)}」（{entry}）"
            for entry in missing
            if any(each in names for each in entry.split("|"))
        ]
        if lacking:
            yield "reply.element", f"这个情景的每条回复都要说到{'、'.join(lacking)}，这一条没有"

    def _is_known(self, name: str) -> bool:
        return name in self.elements

    def judge(self, outcome: Outcome, progress: Progress) -> list[Change]:
        """Return the changes that may come in; for the others findings are noted."""
        with roomy():
            return self._judged(outcome, progress)

    def _judged(self, outcome: Outcome, progress: Progress) -> list[Change]:
        required = _required(outcome.changes)
        total = sum(len(_replies(change)) for change in outcome.changes)
        accepted: list[Change] = []
        done = 0
        for change in outcome.changes:
            bad = False
            for text, cell in _replies(change):
                script = self.library.scripts.get(change.owner)
                needed = required.get(change.owner, script.elements if script is not None else ())
                for code, message in self.faults(text, needed):
                    outcome.findings.append(Finding(cell, code, message))
                    bad = True
                done += 1
                progress("检查回复", done, total)
            bad = self._loses_elements(change, outcome) or bad
            if not bad:
                accepted.append(change)
        return accepted

    def _loses_elements(self, change: Change, outcome: Outcome) -> bool:
        """Tell whether a change asks for elements that replies of the situation, as they are, do not have."""
        script = self.library.scripts.get(change.owner)
        needed = _required([change]).get(change.owner)
        if script is None or needed is None:
            return False
        rewritten = {each.number: each.reply for each in outcome.changes if each.owner == change.owner and each.reply}
        bad = False
        for number, reply in enumerate(script.replies):
            for code, message in self.faults(rewritten.get(number, reply.text), needed):
                if code == "reply.element":
                    outcome.findings.append(Finding(change.cell, code, f"第 {number + 1} 条{message}"))
                    bad = True
        return bad


def _replies(change: Change) -> list[tuple[str, Cell]]:
    if change.reply:
        return [(change.reply, change.cell)]
    return list(change.cells.items())


def _required(changes: Sequence[Change]) -> dict[str, list[str]]:
    """Return the elements that situations are to require after the changes, of those where that changes."""
    required: dict[str, list[str]] = {}
    for change in changes:
        for step in change.steps:
            if isinstance(step, Set) and step.place.key[-1] == "elements" and isinstance(step.value, list):
                required[change.owner] = [str(each) for each in step.value]
            value = step.value if isinstance(step, Add | Create) else None
            if isinstance(value, dict) and "replies" in value:
                required[change.owner] = [str(each) for each in value.get("elements", ())]
    return required
