"""New festivals: when they are, and how customers are greeted then."""

from __future__ import annotations

from csbot.authoring.proposal import Added, Proposal, ProposalError, ordered, put_entry, tried
from csbot.library.amending import Amendment
from csbot.library.models import Library
from csbot.library.problems import Problem
from csbot.rules.scan import RuleSet

KIND = "new festivals"
FILE = "phrasebook/occasions.yaml"
_FESTIVAL = ("name", "greeting", "solar", "lunar", "days_before", "days", "named_by", "dates")


def add_festivals(amendment: Amendment, library: Library, proposal: Proposal) -> Added:
    """Put new festivals into an amendment. Raises ProposalError with everything that is wrong, and EditError."""
    rules, problems, names = RuleSet(library.forbidden), list[Problem](), list[str]()
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
    tried(amendment)
    return Added(tuple(names))
