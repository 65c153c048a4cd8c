"""The tests of a library as values: what is said, what must come, and where that is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from csbot.library.locate import kind_of
from csbot.library.models import Library
from csbot.library.problems import LibraryError, Problem
from csbot.library.trial_references import name_of_test
from csbot.library.yaml_document import Document, Key
from csbot.replying.context import Context
from csbot.replying.slots import SlotError, validate

ORDINARY = datetime(2026, 11, 23, 10)  # a Monday morning without a festival: tests mean the same on every day


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come of a step. Empty fields are not looked at, except ``forbidden``: nothing but that may fire."""

    situations: tuple[str, ...] = ()  # all of them, in any order
    contains: tuple[str, ...] = ()
    not_contains: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()  # ids of element rules; 「a|b」 where either will do
    next: tuple[str, ...] = ()  # situations that must be offered, others may be
    forbidden: tuple[str, ...] = ()  # rules that must fire on what the agent wrote
    verdict: str = ""  # violation | warning | ok: what those come to with this customer


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens: the customer says something, or the agent uses a situation or writes something."""

    speaker: str  # customer | use | agent
    text: str  # what is said; of ``use`` the message that it answers, empty where there is none
    intent: str  # of ``use``: the situation
    mood: str
    slots: Mapping[str, str]
    expected: Expected
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Case:
    """One test: a conversation of several steps, or a test beside a script, which has one."""

    name: str
    path: str
    line: int
    column: int
    steps: tuple[Step, ...]
    now: datetime = ORDINARY
    profile: str = ""
    complaint_type: str = ""
    customer_type: str = ""
    known_failure: str = ""  # the reason why it is known to fail, empty where it must not

    def context(self) -> Context:
        """Return a fresh conversation under the circumstances of the test."""
        return Context(
            self.now, profile=self.profile, customer_type=self.customer_type, complaint_type=self.complaint_type
        )


def cases_of(library: Library, documents: Mapping[str, Document]) -> list[Case]:
    """Return the tests beside the scripts, then the conversations, each in the order of the files.

    Raises LibraryError for values that their slots cannot take.
    """
    problems: list[Problem] = []
    cases: list[Case] = []
    for kind, make in (("scripts", _beside_scripts), ("conversations", _conversation)):
        for path, document in documents.items():
            if kind_of(path) == kind:
                cases += make(document, library, problems)
    if problems:
        raise LibraryError(problems)
    return cases


def _beside_scripts(document: Document, library: Library, problems: list[Problem]) -> Iterator[Case]:
    reasons = _reasons(document)
    for index, script in enumerate(document.data["scripts"]):
        intent = script["intent"]
        by_agent = library.intents[intent].trigger == "agent"
        for number, entry in enumerate(script.get("tests", ())):
            place: Key = ("scripts", index, "tests", number)
            name = name_of_test(intent, entry)
            speaker = "use" if by_agent else "customer"
            step = _step(document, place, {**entry, speaker: entry.get("customer", "")}, library, problems, intent)
            yield _case(document, place, entry, name, (step,), reasons)


def _conversation(document: Document, library: Library, problems: list[Problem]) -> Iterator[Case]:
    entry = document.data
    steps: list[Step] = []
    for index, each in enumerate(entry["steps"]):
        mood = {"mood": each.get("mood") or entry.get("mood", "")}
        steps.append(_step(document, ("steps", index), {**each, **mood}, library, problems, each.get("use", "")))
    known = _values(document, (), entry, library, problems)  # from the first step on, until a step says otherwise
    steps[0] = replace(steps[0], slots={**known, **steps[0].slots})
    yield _case(document, (), entry, entry["name"], tuple(steps), _reasons(document))


def _reasons(document: Document) -> dict[str, str]:
    return {entry["name"]: entry["reason"] for entry in document.data.get("known_failures", ())}


def _case(
    document: Document,
    place: Key,
    entry: Mapping[str, Any],
    name: str,
    steps: tuple[Step, ...],
    reasons: dict[str, str],
) -> Case:
    line, column = document.place(place or ("name",))
    return Case(
        name,
        document.path_at(place or ("name",)),
        line,
        column,
        steps,
        datetime.fromisoformat(entry["now"]) if "now" in entry else ORDINARY,
        entry.get("profile", ""),
        entry.get("complaint_type", ""),
        entry.get("customer_type", ""),
        reasons.get(name, ""),
    )


def _step(
    document: Document,
    place: Key,
    entry: Mapping[str, Any],
    library: Library,
    problems: list[Problem],
    intent: str,
) -> Step:
    speaker = next(each for each in ("use", "customer", "agent") if each in entry)
    expected = entry.get("expect", {})
    situations = expected.get("situations") or [expected.get("situation", intent)]
    line, column = document.place(place)
    return Step(
        speaker,
        entry.get("customer", "") if speaker == "use" else entry[speaker],
        intent if speaker == "use" else "",
        entry.get("mood", ""),
        _values(document, place, entry, library, problems),
        Expected(
            tuple(filter(None, situations)),
            tuple(expected.get("contains", ())),
            tuple(expected.get("not_contains", ())),
            tuple(expected.get("elements", ())),
            tuple(expected.get("next", ())),
            tuple(expected.get("forbidden", ())),
            expected.get("verdict", ""),
        ),
        line,
        column,
    )


def _values(
    document: Document, place: Key, entry: Mapping[str, Any], library: Library, problems: list[Problem]
) -> dict[str, str]:
    """Return the values of slots that a step or a conversation gives, tidied; note those that do not fit."""
    values: dict[str, str] = {}
    for name, value in entry.get("slots", {}).items():
        try:
            values[name] = validate(library.slots[name], value)
        except SlotError as error:
            problems.append(document.problem((*place, "slots", name), "test.slot", str(error)))
    return values
