"""New festivals: when they are, and how customers are greeted then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from csbot.authoring.proposal import Added, Proposal, ProposalError, ordered, put_entry, tried
from csbot.library.amending import Amendment
from csbot.library.editing import Append
from csbot.library.models import Library
from csbot.library.problems import Problem
from csbot.lint.replies import fillings
from csbot.replying.slots import slot_names
from csbot.rules.scan import RuleSet

KIND = "new festivals"
FILE = "phrasebook/occasions.yaml"
ELEMENTS = "phrasebook/elements/company.yaml"  # where a layer supplements those of the layers below
_FESTIVAL = ("name", "greeting", "solar", "lunar", "days_before", "days", "named_by", "dates")


def add_festivals(amendment: Amendment, library: Library, proposal: Proposal, *, teach: bool = False) -> Added:
    """Put new festivals into an amendment. Raises ProposalError with everything that is wrong, and EditError.

    With ``teach`` the elements that a greeting would take from replies learn it as one of their phrases.
    """
    rules, problems, names = RuleSet(library.forbidden, disguises=library.disguises), list[Problem](), list[str]()
    for number, entry in enumerate(proposal.entries):
        if entry["name"] in names or any(each.name == entry["name"] for each in library.festivals):
            message = f"已经有节日「{entry['name']}」了；某一年另有安排，请在它下面写 dates"
            raise ProposalError([proposal.problem(number, ("name",), "ref.duplicate", message)], invalid=True)
        if not any(entry.get(name) for name in ("solar", "lunar", "dates")):
            message = "没有写是哪一天：公历写 solar，农历写 lunar，都是 月-日"
            raise ProposalError([proposal.problem(number, ("name",), "schema.missing-key", message)], invalid=True)
        for hit in rules.scan(entry["greeting"]):
            message = f"问候里有「{hit.found}」（规则 {hit.rule.id}），建议改说：{hit.rule.instead}"
            problems.append(proposal.problem(number, ("greeting",), "reply.forbidden", message))
        names.append(entry["name"])
        put_entry(amendment, FILE, "festivals", ordered(entry, _FESTIVAL), {})
    if problems:
        raise ProposalError(problems, invalid=False)
    new = tried(amendment, proposal, names)
    if teach:
        for number, entry in enumerate(proposal.entries):
            for element in _taken(new, library, entry):
                _teach(amendment, new, element.split("|")[0], entry)
                new = tried(amendment, proposal, [*names[:number], entry["name"]])
    _hold_elements(new, library, proposal)
    return Added(tuple(names))


def _teach(amendment: Amendment, library: Library, element: str, entry: Mapping[str, Any]) -> None:
    """Let an element know a greeting; in a layer that of the layers below is supplemented, with the reason."""
    place = amendment.find("element", element)
    if place is not None:
        amendment.edit(place[0], Append((*place[1], "phrases"), entry["greeting"]))
        return
    supplement = {"id": element, "change": "add", "change_reason": f"节日「{entry['name']}」的问候"}
    rule = next(rule for rule in library.elements if rule.id == element)
    head = {"category": rule.category, "name": rule.category_name}
    put_entry(amendment, ELEMENTS, "elements", {**supplement, "phrases": [entry["greeting"]]}, head)


def _taken(new: Library, old: Library, entry: Mapping[str, Any]) -> dict[str, int]:
    """Return the elements that the greeting of a festival takes from replies that had them, and from how many.

    The greeting takes the place of the usual one, so that what it lacks is missing in replies all over the library.
    """
    elements, taken = RuleSet(new.elements), dict[str, int]()
    for script in new.scripts.values():
        for reply in script.replies:
            if not {"问候", "节日问候"} & set(slot_names(reply.text)):
                continue
            before, after = set(fillings(old, reply)), set(fillings(new, reply))
            told = [text for text in after - before if entry["greeting"] in text]
            for element in script.elements:
                names = element.split("|")
                if told and not all(any(elements.fires(name, text) for name in names) for text in told):
                    taken[element] = taken.get(element, 0) + 1
    return taken


def _hold_elements(new: Library, old: Library, proposal: Proposal) -> None:
    """Raise ProposalError where a greeting takes an element from replies that had it."""
    elements = RuleSet(new.elements)
    for number, entry in enumerate(proposal.entries):
        taken = _taken(new, old, entry)
        if taken:
            listed = "、".join(
                f"「{'或'.join(elements.rule(name).name for name in element.split('|'))}」（{element}，{count} 条回复）"
                for element, count in taken.items()
            )
            message = (
                f"「{entry['greeting']}」不是这些要素认得的说法：{listed}。换成认得的，例如「节日快乐」；"
                "加 --teach 让这些要素认得它，"
                "或者自己给它们的 phrases 补上"
            )
            raise ProposalError([proposal.problem(number, ("greeting",), "reply.element", message)], invalid=False)
