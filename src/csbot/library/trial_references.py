"""References of the tests that trainers write, and of the fields by which scripts are reviewed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from csbot.library.locate import kind_of
from csbot.library.names import missing
from csbot.library.problems import Problem
from csbot.library.yaml_document import Document, Key

FIRST_YEAR, LAST_YEAR = 1900, 2099  # of the lunar calendar
SPEAKERS = ("customer", "use", "agent")
OF_DRAFTS = ("forbidden", "verdict")
OF_REPLIES = ("situation", "situations", "contains", "not_contains", "elements", "next")


def check_tests(documents: Mapping[str, Document]) -> Iterator[Problem]:
    """Yield what tests and review fields name that is not there, say twice or cannot mean."""
    known = _Known(documents)
    names: dict[str, str] = {}
    for path, document in documents.items():
        match kind_of(path):
            case "scripts":
                yield from _check_scripts(document, known)
            case "conversations":
                yield from _check_conversation(document, known)
                name = document.data["name"]
                if name in names:
                    message = f"对话的名称「{name}」重复了（{names[name]} 已有），请改名"
                    yield document.problem(("name",), "ref.duplicate", message)
                names.setdefault(name, document.path)


class _Known:
    """The names that a test may use, by what they name."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._names = {
            "情景": _titled(documents, "intents", "intents", "name"),
            "要素": _titled(documents, "elements", "elements", "name"),
            "变量": dict.fromkeys(_values(documents, "slots", "slots", "name"), ""),
            "禁用规则": _titled(documents, "forbidden", "rules", "banned"),
        }
        ids = _values(documents, "intents", "intents", "id")
        triggers = zip(ids, _values(documents, "intents", "intents", "trigger"), strict=True)
        self.of_agents = {intent for intent, trigger in triggers if trigger == "agent"}

    def missing(self, what: str, name: str) -> str:
        """Return what is wrong with a name, empty where there is such a thing."""
        names = self._names[what]
        return "" if name in names else missing(what, name, names)


def _titled(documents: Mapping[str, Document], kind: str, field: str, title: str) -> dict[str, str]:
    ids, titles = (_values(documents, kind, field, name) for name in ("id", title))
    return dict(zip(ids, titles, strict=True))


def _values(documents: Mapping[str, Document], kind: str, field: str, name: str) -> Iterator[str]:
    for path, document in documents.items():
        if kind_of(path) == kind:
            yield from (entry[name] for entry in document.data[field])


def _check_scripts(document: Document, known: _Known) -> Iterator[Problem]:
    names: list[str] = []
    for index, script in enumerate(document.data["scripts"]):
        place: Key = ("scripts", index)
        for field in ("reviewed", "expires"):
            if field in script and not _is_day(script[field]):
                message = f"没有「{script[field]}」这一天，请检查月和日"
                yield document.problem((*place, field), "schema.format", message)
        for number, test in enumerate(script.get("tests", ())):
            where: Key = (*place, "tests", number)
            names.append(name_of_test(script["intent"], test))
            if "customer" not in test and script["intent"] not in known.of_agents:
                message = "由客户触发的情景，测试要用 customer 写明客户说了什么"
                yield document.problem(where, "test.step", message)
            yield from _check_circumstances(document, where, test, known)
            yield from _check_expected(document, where, test, known, of_agent=False)
    yield from _check_known_failures(document, names)


def name_of_test(intent: str, test: Mapping[str, Any]) -> str:
    """Return what a test beside a script is called: by its name, else by what the customer says in it."""
    return str(test.get("name") or test.get("customer") or intent)


def _check_conversation(document: Document, known: _Known) -> Iterator[Problem]:
    yield from _check_circumstances(document, (), document.data, known)
    for index, step in enumerate(document.data["steps"]):
        place: Key = ("steps", index)
        speakers = [each for each in SPEAKERS if each in step]
        if len(speakers) != 1:
            message = "每一步只能是一件事：customer（客户说）、use（坐席选用情景）、agent（坐席自己写）写一个"
            yield document.problem(place, "test.step", message)
        if "use" in step and (wrong := known.missing("情景", step["use"])):
            yield document.problem((*place, "use"), "ref.unknown", wrong)
        yield from _check_circumstances(document, place, step, known)
        yield from _check_expected(document, place, step, known, of_agent="agent" in step)
    yield from _check_known_failures(document, [document.data["name"]])


def _check_circumstances(document: Document, place: Key, entry: Mapping[str, Any], known: _Known) -> Iterator[Problem]:
    for name in entry.get("slots", ()):
        if wrong := known.missing("变量", name):
            yield document.problem((*place, "slots", name), "ref.unknown", wrong)
    if "now" in entry and not _is_moment(entry["now"]):
        message = f"没有「{entry['now']}」这个时间，或不在 {FIRST_YEAR}–{LAST_YEAR} 年里，请检查"
        yield document.problem((*place, "now"), "schema.format", message)


def _check_expected(
    document: Document, place: Key, entry: Mapping[str, Any], known: _Known, *, of_agent: bool
) -> Iterator[Problem]:
    expected = entry.get("expect", {})
    where: Key = (*place, "expect")
    if "situation" in expected and "situations" in expected:
        message = "situation（一个情景）和 situations（一条消息里的几件事）只写一个"
        yield document.problem(where, "test.step", message)
    wrong_fields = [each for each in (OF_REPLIES if of_agent else OF_DRAFTS) if each in expected]
    if wrong_fields:
        fields = " 和 ".join(OF_DRAFTS)
        message = f"{fields} 只用于坐席自己写的话（agent）；回复里从来不能有禁用语，不用写"
        if of_agent:
            message = f"坐席自己写的话（agent）不配回复，只能期望 {fields}"
        yield document.problem((*where, wrong_fields[0]), "test.step", message)
    if "situation" in expected and (wrong := known.missing("情景", expected["situation"])):
        yield document.problem((*where, "situation"), "ref.unknown", wrong)
    for field, what in (("situations", "情景"), ("next", "情景"), ("elements", "要素"), ("forbidden", "禁用规则")):
        for index, name in enumerate(expected.get(field, ())):
            for each in name.split("|") if field == "elements" else (name,):
                if wrong := known.missing(what, each):
                    yield document.problem((*where, field, index), "ref.unknown", wrong)


def _check_known_failures(document: Document, names: Iterable[str]) -> Iterator[Problem]:
    here = list(names)
    for index, entry in enumerate(document.data.get("known_failures", ())):
        if entry["name"] not in here:
            close = get_close_matches(entry["name"], here, n=1)
            hint = f"，是不是「{close[0]}」？" if close else ""
            message = f"这个文件里没有叫「{entry['name']}」的测试{hint}"
            yield document.problem(("known_failures", index, "name"), "ref.unknown", message)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_moment(text: str) -> bool:
    try:
        return FIRST_YEAR <= datetime.fromisoformat(text).year <= LAST_YEAR
    except ValueError:
        return False
