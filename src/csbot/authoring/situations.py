"""New situations: how they are recognised, and what is answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import combinations
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
from csbot.library.editing import Append
from csbot.library.models import Library
from csbot.library.problems import Problem
from csbot.library.values import Reply
from csbot.lint.intents import MINIMUM_EXAMPLES, taken_by
from csbot.lint.places import Places
from csbot.lint.replies import check_script, fillings
from csbot.matching.features import plain
from csbot.rules.scan import RuleSet

KIND = "new situations"
INTENTS = "intents.yaml"
OWN_TOPIC, OWN_NAME = "company", "本公司"  # where situations go that belong to no topic of the library yet
SHORT = 95  # characters; half of the replies of our library that are called short have fewer than 73
_INTENT = ("id", "name", "trigger", "part", "cue", "source", "label", "profiles", "pinyin", "keywords")
_LISTS = ("examples", "negatives")
_SCRIPT = ("source", "elements", "replies", "coaching", "ask", "next", "covers")
_ABOUT = ("owner", "reviewed", "expires", "tests")


def topic_of(entry: Mapping[str, Any]) -> str:
    """Return the topic of an entry: as it says, else as its id begins, else that of the company."""
    given: str = entry.get("topic") or entry.get("id", "").partition(".")[0]
    return given or OWN_TOPIC


def completed(library: Library, entry: Entry) -> Entry:
    """Return an entry with everything that a situation must have; what was given stays as it is."""
    topic = topic_of(entry)
    source = entry.get("source") or f"良好实践：{entry['name']}"
    coaching = {
        "use": f"{entry['cue'].rstrip('。')}时用。",
        "avoid": "客户说的不是这件事时不用，先问清楚。",
        "never": [],
        **entry.get("coaching", {}),
    }
    replies = [
        {"text": each["text"], "length": each.get("length") or ("短" if len(each["text"]) <= SHORT else "长")}
        | {name: value for name, value in each.items() if name not in ("text", "length")}
        for each in entry["replies"]
    ]
    return {
        **entry,
        "id": entry.get("id") or identifier_of(entry["name"], topic, library.intents),
        "topic": topic,
        "trigger": entry.get("trigger") or ("customer" if entry.get("examples") else "agent"),
        "source": source,
        "elements": entry.get("elements") or shared_elements(library, [each["text"] for each in replies]),
        "replies": replies,
        "coaching": {name: coaching[name] for name in ("use", "avoid", "never", "tip") if name in coaching},
        "next": entry.get("next", []),
    }


def shared_elements(library: Library, replies: Sequence[str]) -> list[str]:
    """Return the elements that every reply has, at most four; else one 「a|b」 of which every reply has either.

    Empty where there are no such two.
    """
    rules = RuleSet(library.elements)
    names = [rule.id for rule in library.elements]
    texts = [list(fillings(library, Reply(text))) for text in replies]
    has = {
        name: {at for at, forms in enumerate(texts) if all(rules.fires(name, form) for form in forms)} for name in names
    }
    everywhere = [name for name in names if len(has[name]) == len(texts)]
    if everywhere:  # 「apology_waiting」 says no more than 「apology」 where that is there too
        return [name for name in everywhere if not any(name.startswith(each + "_") for each in everywhere)][:4]
    some = sorted((name for name in names if has[name]), key=lambda name: -len(has[name]))[:25]
    for count in (2, 3):
        for chosen in combinations(some, count):
            if len(set().union(*(has[name] for name in chosen))) == len(texts):
                return ["|".join(chosen)]
    return []


def add_situations(amendment: Amendment, library: Library, proposal: Proposal) -> Added:
    """Put new situations into an amendment, and hold them to what ``csbot lint`` holds all others to.

    Raises ProposalError with everything that is wrong, and EditError.
    """
    ids: list[str] = []
    lacking: list[Problem] = []
    entries = [completed(library, entry) for entry in proposal.entries]
    for number, whole in enumerate(entries):
        if whole["id"] in library.intents or whole["id"] in ids:
            message = f"编号「{whole['id']}」已经有了，请换一个"
            raise ProposalError([proposal.problem(number, ("id",), "ref.duplicate", message)], invalid=True)
        if not whole["elements"]:
            message = without_elements(library, whole["name"], [each["text"] for each in whole["replies"]])
            lacking.append(proposal.problem(number, ("replies",), "reply.element", message))
        ids.append(whole["id"])
        _put(amendment, whole)
    if lacking:  # what is wrong with the replies of the others is told at once
        found = [each for number, whole in enumerate(entries) for each in _forbidden(library, proposal, number, whole)]
        raise ProposalError([*lacking, *found], invalid=False)
    new = tried(amendment, proposal, ids)
    problems = list(_faults(new, ProposalPlaces(proposal, ids), ids))
    errors = [each for each in problems if each.severity == "error"]
    if errors:
        raise ProposalError(errors, invalid=False)
    return Added(tuple(ids), tuple(problems))


def _put(amendment: Amendment, whole: Entry) -> None:
    """Write a situation behind the others of its topic, and its script at the end of the topic's file."""
    intent = ordered(whole, _INTENT) | {name: whole[name] for name in _LISTS if whole.get(name)}
    known = amendment.document(INTENTS).data.get("intents", []) if INTENTS in amendment.names else []
    siblings = [at for at, each in enumerate(known) if each["id"].startswith(whole["topic"] + ".")]
    if siblings:
        amendment.edit(INTENTS, Append(("intents",), intent, siblings[-1]))
    else:
        put_entry(amendment, INTENTS, "intents", intent, {})
    script = {"intent": whole["id"], **ordered(whole, (*_SCRIPT, *_ABOUT))}
    topic_name = whole.get("topic_name") or (OWN_NAME if whole["topic"] == OWN_TOPIC else whole["topic"])
    head = {"topic": whole["topic"], "name": topic_name}
    put_entry(amendment, file_of(amendment, whole["topic"]), "scripts", script, head)


def add_examples(amendment: Amendment, library: Library, identifier: str, texts: Sequence[str]) -> list[str]:
    """Put new examples of a situation into an amendment, and return those that it did not have yet.

    A situation of a lower layer is supplemented. Raises ProposalError where there is no such situation, or where
    another one has one of the examples; and EditError.
    """
    intent = library.intents.get(identifier)
    if intent is None or intent.trigger != "customer":
        near = get_close_matches(identifier, library.intents, n=1, cutoff=0.5)
        hint = f"，是不是「{near[0]}」？" if near and intent is None else ""
        why = f"「{identifier}」由坐席选用，不由客户的话触发" if intent else f"没有「{identifier}」这个情景{hint}"
        raise ProposalError([Problem(INTENTS, 1, 1, "ref.unknown", why)], invalid=True)
    owners = {plain(text): each for each in library.intents.values() for text in each.examples}
    fresh = {plain(text): text for text in texts if plain(text) and owners.get(plain(text)) is not intent}
    taken = [(text, owners[key].id) for key, text in fresh.items() if key in owners]
    if taken:
        message = "；".join(taken_by(library, text, other) for text, other in taken)
        raise ProposalError([Problem(INTENTS, 1, 1, "intent.duplicate-example", message)], invalid=False)
    place = amendment.find("intent", identifier)
    if place is not None:
        amendment.edit(place[0], *(Append((*place[1], "examples"), text) for text in fresh.values()))
    elif fresh:
        entry: dict[str, Any] = {"id": identifier, "change": "add", "examples": list(fresh.values())}
        put_entry(amendment, INTENTS, "intents", entry, {})
    tried(amendment)
    return list(fresh.values())


def file_of(amendment: Amendment, topic: str) -> str:
    """Return the file of a topic; a new one where there is none."""
    for name in amendment.names:
        if name.startswith("scripts_library/") and amendment.document(name).data.get("topic") == topic:
            return name
    return f"scripts_library/{topic.replace('.', '_')}.yaml"


def without_elements(library: Library, name: str, replies: Sequence[str]) -> str:
    """Return what to do where the replies have no element in common: first of all what most of them say already."""
    rules = RuleSet(library.elements)
    had = [
        [
            rule
            for rule in library.elements
            if all(rules.fires(rule.id, form) for form in fillings(library, Reply(text)))
        ]
        for text in replies
    ]
    bare = [str(number) for number, each in enumerate(had, start=1) if not each]
    times = Counter(rule.id for each in had for rule in each)
    used = Counter(
        part for script in library.scripts.values() for each in script.elements for part in each.split("|")
    )  # what many situations ask for suits a new one sooner than what one does
    nearest = sorted(library.elements, key=lambda rule: (-times[rule.id], -used[rule.id]))[:6]
    known = "、".join(f"{rule.name}（{rule.id}）" for rule in nearest)
    which = f"第 {'、'.join(bare)} 条一样也没有" if bare else "几条各说各的"
    return f"情景「{name}」的回复里没有共同的要素（{which}）：请让每条都说到同一样，例如 {known}"


def _forbidden(library: Library, proposal: Proposal, number: int, whole: Entry) -> Iterator[Problem]:
    """Yield what may not be said in the replies of a situation that cannot be written for another reason."""
    rules = RuleSet(library.forbidden, disguises=library.disguises)
    for index, each in enumerate(whole["replies"]):
        hits = [hit for form in fillings(library, Reply(each["text"])) for hit in rules.scan(form)]
        for hit in {hit.rule.id: hit for hit in hits}.values():
            message = f"第 {index + 1} 条回复含有「{hit.found}」（规则 {hit.rule.id}），建议改说：{hit.rule.instead}"
            yield proposal.problem(number, ("replies", index, "text"), "reply.forbidden", message)


def _faults(library: Library, places: Places, ids: Sequence[str]) -> Iterator[Problem]:
    forbidden, elements = RuleSet(library.forbidden, disguises=library.disguises), RuleSet(library.elements)
    others = {
        plain(text): intent.id
        for intent in library.intents.values()
        if intent.id not in ids
        for text in intent.examples
    }
    for identifier in ids:
        intent = library.intents[identifier]
        yield from check_script(library, library.scripts[identifier], forbidden, elements, places)
        for index, text in enumerate(intent.examples):
            if (other := others.get(plain(text))) is not None:
                message = taken_by(library, text, other)
                yield places.problem("intents", identifier, ("examples", index), "intent.duplicate-example", message)
            others[plain(text)] = identifier
        if intent.trigger == "customer" and len(intent.examples) < MINIMUM_EXAMPLES:
            message = f"「{intent.name}」现在有 {len(intent.examples)} 条例句，凑到 {MINIMUM_EXAMPLES} 条识别才稳"
            yield places.problem("intents", identifier, ("id",), "intent.few-examples", message, "warning")
