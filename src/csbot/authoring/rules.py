"""New forbidden rules, each tried on its own examples and on every reply of the library."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from csbot.authoring.proposal import (
    Added,
    Entry,
    Proposal,
    ProposalError,
    ProposalPlaces,
    identifier_of,
    ordered,
    put_entry,
    tried,
)
from csbot.library.amending import Amendment
from csbot.library.models import Library
from csbot.library.problems import Problem
from csbot.lint.replies import fillings
from csbot.lint.rules import MINIMUM_NEGATIVES, MINIMUM_POSITIVES, why_missed
from csbot.rules.scan import RuleSet

KIND = "new rules"
OWN_CATEGORY, OWN_NAME = "company", "本公司"
_SAID = ("id", "banned", "kind", "severity", "keep_you", "phrases", "except", "instead", "rewrite", "rewritten")
_SPECIAL = {*"{}[]<>…～|"}  # what a phrase means something else by
_RULE = (*_SAID, "reason", "source", "bad", "good")


def completed(library: Library, entry: Entry) -> Entry:
    """Return an entry with everything that a rule must have; what was given stays as it is."""
    category = entry.get("category") or entry.get("id", "").partition(".")[0] or OWN_CATEGORY
    taken = {rule.id for rule in library.forbidden}
    return {
        **entry,
        "category": category,
        "id": entry.get("id") or identifier_of(entry["banned"], category, taken),
        "kind": entry.get("kind") or "phrase",
        "reason": entry.get("reason") or "本公司约定不这样说。",
        "source": entry.get("source") or "良好实践：本公司的约定",
    }


def add_rules(amendment: Amendment, library: Library, proposal: Proposal) -> Added:
    """Put new forbidden rules into an amendment. Raises ProposalError with everything that is wrong, and EditError."""
    ids: list[str] = []
    for number, entry in enumerate(proposal.entries):
        whole = completed(library, entry)
        if whole["id"] in (*ids, *(rule.id for rule in library.forbidden)) or amendment.find("rule", whole["id"]):
            message = f"编号「{whole['id']}」已经有了，请换一个"
            raise ProposalError([proposal.problem(number, ("id",), "ref.duplicate", message)], invalid=True)
        ids.append(whole["id"])
        name = whole.get("category_name") or (OWN_NAME if whole["category"] == OWN_CATEGORY else whole["category"])
        head = {"category": whole["category"], "name": name, "source": whole["source"]}
        head["severity"] = whole.get("severity", "error")
        put_entry(amendment, _file_of(amendment, whole["category"]), "rules", ordered(whole, _RULE), head)
    new = tried(amendment, proposal, ids)
    places = ProposalPlaces(proposal, ids)
    problems = list(_faults(new, places, ids))
    if problems:
        raise ProposalError(problems, invalid=False)
    return Added(tuple(ids), tuple(_needless(library, new, places, ids)))


def _file_of(amendment: Amendment, category: str) -> str:
    for name in amendment.names:
        if name.startswith("phrasebook/forbidden/") and amendment.document(name).data.get("category") == category:
            return name
    return f"phrasebook/forbidden/{category.replace('.', '_')}.yaml"


def _faults(library: Library, places: ProposalPlaces, ids: Sequence[str]) -> Iterator[Problem]:
    rules = RuleSet([rule for rule in library.forbidden if rule.id in ids], disguises=library.disguises)
    for rule in rules.rules:
        examples: Mapping[str, Any] = {"bad": (rule.positives, True), "good": (rule.negatives, False)}
        for name, (texts, wanted) in examples.items():
            for index, text in enumerate(texts):
                if rules.fires(rule.id, text) is not wanted:
                    code, said = ("rule.bad-missed", "没有命中") if wanted else ("rule.good-hit", "误伤了")
                    why = why_missed(rules, rule, text) if wanted else ""
                    message = f"规则{said}自己的例子「{text}」{why}"
                    yield places.problem("forbidden", rule.id, (name, index), code, message)
        if len(set(rule.positives)) < MINIMUM_POSITIVES or len(set(rule.negatives)) < MINIMUM_NEGATIVES:
            message = f"例子太少：至少 {MINIMUM_POSITIVES} 个 bad、{MINIMUM_NEGATIVES} 个 good"
            few = "bad" if len(set(rule.positives)) < MINIMUM_POSITIVES else "good"
            yield places.problem("forbidden", rule.id, (few,), "rule.few-examples", message)
    for script in library.scripts.values():
        for number, reply in enumerate(script.replies, start=1):
            hits = {hit.rule.id: hit for text in fillings(library, reply) for hit in rules.scan(text)}
            for identifier, hit in hits.items():
                ways = f"（{'、'.join(hit.ways)}）" if hit.ways else ""
                message = (
                    f"话术「{library.intents[script.intent].name}」（{script.intent}）第 {number} 条回复里有"
                    f"「{hit.found}」{ways}，加了这条规则就发不出去：先改那条回复；"
                    f"那里是可以说的，就用 --from 写这条规则，加上 except: [{_around(reply.text, hit.found)}]"
                )
                yield places.problem("forbidden", identifier, ("banned",), "reply.forbidden", message)


def _needless(library: Library, new: Library, places: ProposalPlaces, ids: Sequence[str]) -> Iterator[Problem]:
    """Yield new rules of whose examples every one is found by a rule that was there before."""
    before = RuleSet(library.forbidden)
    for rule in (rule for rule in new.forbidden if rule.id in ids):
        found = [{hit.rule.id for hit in before.scan(text)} for text in rule.positives]
        if all(found):
            others = "、".join(sorted(set().union(*found)))
            message = f"「{rule.name}」的例子，原来的规则（{others}）都查得出来，以后会各报一次；不需要就去掉新的这条"
            yield places.problem("forbidden", rule.id, ("banned",), "rule.needless", message, "warning")


def _around(text: str, found: str) -> str:
    """Return the words of a reply around what was found in it, within its clause: what an exception may name."""
    return next(
        (
            clause.strip()
            for clause in re.split(r"[，。！？；、,!?;]", text)
            if found in clause and not _SPECIAL & {*clause}
        ),
        found,
    )
