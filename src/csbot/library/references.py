"""References inside a library, both ways: nothing names what is not there, nothing is there twice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from csbot.library.cover_references import check_covers
from csbot.library.entries import element_rule, forbidden_rule, polish_rule
from csbot.library.locate import kind_of
from csbot.library.names import missing, nearest
from csbot.library.phrases import KnownPhrases
from csbot.library.problems import Problem
from csbot.library.trial_references import check_tests
from csbot.library.word_references import check_words
from csbot.library.yaml_document import Document, Key
from csbot.rules.disguises.shapes import shape_problems
from csbot.rules.edits import problems_of
from csbot.rules.wording.compiled import compiled_exception, compiled_phrase
from csbot.rules.wording.model import Kind, PhraseRule
from csbot.rules.wording.phrase import PhraseError, compile_phrase
from csbot.text.regex import regex

HOLDING = "service.not_understood"  # the situation that answers what was not recognised
SLOT_PATTERN = regex(r"\{([^{}]*)\}")


def check_references(documents: dict[str, Document]) -> list[Problem]:
    """Return every dangling, doubled or malformed reference of a library whose files have the right shape."""
    return [
        *_check_intents(documents),
        *_check_rules(documents),
        *_check_circumstances(documents),
        *_check_rewrites(documents),
        *_check_shapes(documents),
        *check_words(documents),
        *_check_blanks(documents),
        *_check_dates(documents),
        *_check_scripts(documents),
        *check_covers(documents, _known(documents, "intents", "intents", "id", "name")),
        *_check_settings(documents),
        *_check_manuals(documents),
        *check_tests(documents),
    ]


def _of_kind(documents: dict[str, Document], kind: str) -> Iterator[Document]:
    return (document for name, document in documents.items() if kind_of(name) == kind)


def _entries(documents: dict[str, Document], kind: str, field: str) -> Iterator[tuple[Document, Key, Any]]:
    for document in _of_kind(documents, kind):
        for index, entry in enumerate(document.data[field]):
            yield document, (field, index), entry


def _known(documents: dict[str, Document], kind: str, field: str, name: str, title: str = "") -> dict[str, str]:
    """Return the ids of entries, in order, with their names for people; looked up in thousands of times."""
    return {entry[name]: entry.get(title, "") for _, _, entry in _entries(documents, kind, field)}


def _missing(document: Document, key: Key, what: str, name: str, known: Mapping[str, str]) -> Problem:
    return document.problem(key, "ref.unknown", missing(what, name, known))


def _doubled(entries: Iterator[tuple[Document, Key, Any]], name: str, what: str) -> Iterator[Problem]:
    seen: dict[str, tuple[Document, Key]] = {}
    for document, key, entry in entries:
        value = entry[name]
        place = (*key, name)
        if value in seen:
            first, where = seen[value]
            there = f"{first.path_at(where)}:{first.place(where)[0]}"
            yield document.problem(place, "ref.duplicate", f"{what}「{value}」重复了（{there} 已有），请改名或合并")
        else:
            seen[value] = document, place


def _check_intents(documents: dict[str, Document]) -> Iterator[Problem]:
    yield from _doubled(_entries(documents, "intents", "intents"), "id", "情景")
    scripted = set(_known(documents, "scripts", "scripts", "intent"))
    known = _known(documents, "intents", "intents", "id", "name")
    scripted |= {nearest(each, known) for each in scripted if each not in known}  # misspelt there, and told there
    for document, key, entry in _entries(documents, "intents", "intents"):
        if entry["id"] not in scripted:
            message = f"情景「{entry['id']}」没有话术，请在 scripts_library 里加上"
            yield document.problem((*key, "id"), "ref.no-script", message)
        for index, keyword in enumerate(entry.get("keywords", ())):
            if len(parts := [part.strip() for part in re.split(r"[，、；;]", keyword) if part.strip()]) > 1:
                message = f"「{keyword}」成了一个关键词：各项用英文逗号隔开，写成 {', '.join(parts)}"
                yield document.problem((*key, "keywords", index), "schema.format", message)
        if entry["trigger"] == "customer" and not entry.get("examples"):
            message = f"客户触发的情景「{entry['id']}」需要 examples（客户会怎么说）"
            yield document.problem((*key, "id"), "ref.no-examples", message)

    if "customer" not in _known(documents, "intents", "intents", "trigger"):
        message = "没有一个由客户触发的情景（trigger: customer），什么消息都识别不出来，请至少写一个"
        yield documents["intents.yaml"].problem(("intents",), "ref.no-examples", message)
    if HOLDING not in _known(documents, "intents", "intents", "id", "name"):
        document = documents["intents.yaml"]
        message = f"缺少情景「{HOLDING}」：没有识别出来的消息由它来回答"
        yield document.problem(("intents",), "ref.no-script", message)


def _check_blanks(documents: dict[str, Document]) -> Iterator[Problem]:
    yield from _doubled(_entries(documents, "slots", "slots"), "name", "变量")
    yield from _doubled(_entries(documents, "occasions", "day_periods"), "name", "时段")
    yield from _doubled(_entries(documents, "occasions", "festivals"), "name", "节日")


def _check_dates(documents: dict[str, Document]) -> Iterator[Problem]:
    """Yield days that no calendar has: they fit the pattern, and would fail when a reply is made."""
    for document, key, festival in _entries(documents, "occasions", "festivals"):
        days: dict[Key, str] = {(*key, "solar"): f"2000-{festival['solar']}"} if "solar" in festival else {}
        for index, entry in enumerate(festival.get("dates", ())):
            days |= {(*key, "dates", index, name): entry[name] for name in ("from", "to")}
        for place, day in days.items():
            try:
                date.fromisoformat(day)
            except ValueError:
                shown = day.removeprefix("2000-") if place[-1] == "solar" else day
                yield document.problem(place, "schema.format", f"没有「{shown}」这一天，请检查月和日")


_EXPRESSION = regex(r"\.[*+?]|\\[dwsbS]|\(\?|\[\^|\{\d")  # what only a regular expression has


def _check_rules(documents: dict[str, Document]) -> Iterator[Problem]:
    yield from _doubled(_entries(documents, "forbidden", "rules"), "id", "规则")
    yield from _doubled(_entries(documents, "elements", "elements"), "id", "要素")
    known = KnownPhrases()
    for kind, field in (("forbidden", "rules"), ("elements", "elements")):
        make = forbidden_rule if kind == "forbidden" else element_rule
        for document, key, entry in _entries(documents, kind, field):
            rule: PhraseRule = make(entry, document.data)
            alone = [("phrases", at, each) for at, each in enumerate(rule.phrases)]
            alone += [("except", at, each) for at, each in enumerate(rule.exceptions)]
            for name, at, phrase in alone:
                known_as = known.key(rule, name, phrase)
                if known.has(known_as):
                    continue
                try:
                    if name == "except":
                        compiled_exception(rule, phrase)
                    elif rule.kind is not Kind.NAME:
                        compiled_phrase(rule, phrase)
                    known.add(known_as)
                except PhraseError as error:
                    place = (*key, name, at) if name in entry else (*key, "banned")  # which is the phrase then
                    hint = "；要写正则表达式，就加一行 kind: pattern" if _EXPRESSION.search(phrase) else ""
                    yield document.problem(place, "rule.phrase", f"{error}{hint}")
    known.save()


def _check_circumstances(documents: dict[str, Document]) -> Iterator[Problem]:
    yield from _doubled(_entries(documents, "circumstances", "circumstances"), "id", "不算的情形")
    known = _known(documents, "forbidden", "rules", "id", "banned")
    known |= {each.data["category"]: each.data["name"] for each in _of_kind(documents, "forbidden")}
    for document, key, entry in _entries(documents, "circumstances", "circumstances"):
        for index, name in enumerate(entry["rules"]):
            if name not in known:
                yield _missing(document, (*key, "rules", index), "禁用规则或类别", name, known)
        if not entry.get("before") and not entry.get("behind") and not entry.get("later"):
            message = f"「{entry['id']}」没有写前后要有什么话：before、behind、later 至少写一项，不然什么都放过"
            yield document.problem((*key, "id"), "rule.circumstance", message)
        for name in ("before", "behind", "between", "unless", "not_after", "later", "without"):
            for index, phrase in enumerate(entry.get(name, ())):
                try:
                    compile_phrase(phrase, tolerant=False)
                except PhraseError as error:
                    yield document.problem((*key, name, index), "rule.phrase", str(error))


def _check_rewrites(documents: dict[str, Document]) -> Iterator[Problem]:
    for document, key, entry in _entries(documents, "forbidden", "rules"):
        for number, name, why in problems_of(forbidden_rule(entry, document.data)):
            yield document.problem((*key, "rewrite", number, name), "rule.rewrite-form", why)
        if ("rewrite" in entry) != ("rewritten" in entry) and entry["kind"] != "name":
            message = f"规则「{entry['id']}」的 rewrite（怎样改写）和 rewritten（改写的例子）要一起写"
            yield document.problem((*key, "id"), "rule.rewrite-examples", message)
    for document in _of_kind(documents, "rewriting"):
        phrases: list[tuple[Key, str]] = [
            ((name, index), phrase)
            for name in ("keeps", "facts")
            for index, phrase in enumerate(document.data.get(name, ()))
        ]
        for field in ("seams", "touches"):
            for number, entry in enumerate(document.data.get(field, ())):
                phrases += [((field, number, "find", index), phrase) for index, phrase in enumerate(entry["find"])]
                for _, name, why in problems_of(polish_rule(field, number, entry)):
                    yield document.problem((field, number, name), "rule.rewrite-form", why)
        for place, phrase in phrases:
            try:
                compile_phrase(phrase, tolerant=True)
            except PhraseError as error:
                yield document.problem(place, "rule.phrase", str(error))


def _check_shapes(documents: dict[str, Document]) -> Iterator[Problem]:
    for document in _of_kind(documents, "shapes"):
        for index, group in enumerate(document.data["shapes"]):
            for at, why in shape_problems(group):
                yield document.problem(("shapes", index, at), "rule.shape", why)


def _check_scripts(documents: dict[str, Document]) -> Iterator[Problem]:
    yield from _doubled(_entries(documents, "scripts", "scripts"), "intent", "话术的情景")
    intents = _known(documents, "intents", "intents", "id", "name")
    elements = _known(documents, "elements", "elements", "id", "name")
    slots = _known(documents, "slots", "slots", "name")
    festivals = {**_known(documents, "occasions", "festivals", "name"), "any": "任何节日", "none": "平日"}
    periods = _known(documents, "occasions", "day_periods", "name")
    for document, key, script in _entries(documents, "scripts", "scripts"):
        if script["intent"] not in intents:
            yield _missing(document, (*key, "intent"), "情景", script["intent"], intents)
        for index, name in enumerate(script["elements"]):
            for each in name.split("|"):
                if each not in elements:
                    yield _missing(document, (*key, "elements", index), "要素", each, elements)
        for index, name in enumerate(script.get("ask", ())):
            if name not in slots:
                yield _missing(document, (*key, "ask", index), "变量", name, slots)
        for index, name in enumerate(script["next"]):
            if name not in intents:
                yield _missing(document, (*key, "next", index), "情景", name, intents)
        for index, reply in enumerate(script["replies"]):
            place: Key = (*key, "replies", index)
            yield from _check_slots(document, (*place, "text"), reply["text"], slots)
            when = reply.get("when", {})
            if when.get("festival", "any") not in festivals:
                yield _missing(document, (*place, "when", "festival"), "节日", when["festival"], festivals)
            if "time" in when and when["time"] not in periods:
                yield _missing(document, (*place, "when", "time"), "时段", when["time"], periods)


def _check_settings(documents: dict[str, Document]) -> Iterator[Problem]:
    known = _known(documents, "forbidden", "rules", "id", "banned")
    known |= {each.data["category"]: each.data["name"] for each in _of_kind(documents, "forbidden")}
    for document in _of_kind(documents, "settings"):
        for index, name in enumerate(document.data.get("switched_off", ())):
            if name not in known:
                yield _missing(document, ("switched_off", index), "禁用规则或类别", name, known)
        off = set(document.data.get("switched_off", ()))
        rules = [(entry["id"], rules.data["category"]) for rules, _, entry in _entries(documents, "forbidden", "rules")]
        if all(off & set(rule) for rule in rules):
            message = "不能关掉全部禁用规则：没有规则就不能放行任何回复，请至少留一类"
            yield document.problem(("switched_off",), "library.no-rules", message)


def _check_manuals(documents: dict[str, Document]) -> Iterator[Problem]:
    known = {
        "situations": ("情景", _known(documents, "intents", "intents", "id", "name")),
        "rules": (
            "规则或要素",
            _known(documents, "forbidden", "rules", "id", "banned")
            | _known(documents, "elements", "elements", "id", "name"),
        ),
        "settings": (
            "变量、时段或节日",
            _known(documents, "slots", "slots", "name")
            | _known(documents, "occasions", "day_periods", "name")
            | _known(documents, "occasions", "festivals", "name"),
        ),
    }
    for document, key, manual in _entries(documents, "manuals", "manuals"):
        for at, section in enumerate(manual["sections"]):
            place: Key = (*key, "sections", at)
            if ("none" in section) == any(name in section for name in known):
                message = f"「{section['title']}」要么写明来自它的情景、规则或设置，要么用 none 写明为什么没有"
                yield document.problem(place, "manual.section", message)
            for field, (what, names) in known.items():
                for index, name in enumerate(section.get(field, ())):
                    if name not in names:
                        yield _missing(document, (*place, field, index), what, name, names)


_FOREIGN = regex(r"\{\{[^{}]*\}\}|\{[$%][^{}]*\}|\$\{[^{}]*\}")  # {{contact.name}}, {$买家昵称}, ${name}
# As an open slot is shown, and as other programs and people write one.
_SHOWN_OPEN = regex(r"【([^【】]+)】|[\[［]([^\[\]［］]+)[\]］]|[<＜《]([^<>＜＞《》]+)[>＞》]|[$%#]([^$%#\s]+)[$%#]")


_ODD = regex(r"[{}｛｝【\[［<＜《$%#\n]")  # without these there is nothing to be found


def _check_slots(document: Document, key: Key, text: str, slots: Mapping[str, str]) -> Iterator[Problem]:
    if not _ODD.search(SLOT_PATTERN.sub(lambda slot: "" if slot[1] in slots else slot[0], text)):
        return
    if found := _FOREIGN.search(text):
        message = f"「{found[0]}」像是别的软件的占位符，这里不认得：请换成话术库的变量，写成 {{名字}}"
        yield document.problem(key, "script.braces", message, wording=found[0])
        return
    for shown in _SHOWN_OPEN.finditer(text):
        if (name := next(filter(None, shown.groups())).strip()) in slots:
            message = f"「{shown[0]}」会原样发给客户：变量请写成 {{{name}}}"
            yield document.problem(key, "script.braces", message, wording=shown[0])
    for name in SLOT_PATTERN.findall(text):
        if name not in slots:
            yield _missing(document, key, "变量", name, slots)._replace(wording=f"{{{name}}}")
    if wide := re.search(r"[｛｝]", text):
        yield document.problem(key, "script.braces", "变量的花括号要用英文的 { }，这里是全角的", wording=wide[0])
    if re.search(r"[{}]", SLOT_PATTERN.sub("", text)):
        yield document.problem(key, "script.braces", "花括号没有成对：变量写成 {名字}，普通文字里不要用花括号")
    if "\n" in text:
        yield document.problem(key, "script.line-break", "一条回复写在一行里，不要用 | 或 > 换行")
