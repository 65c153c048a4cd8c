"""Ask a trainer for a new entry, one thing after the other, until each answer is one that can be taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Protocol

from csbot.authoring.proposal import Entry, identifier_of
from csbot.authoring.rules import OWN_CATEGORY
from csbot.authoring.situations import OWN_NAME, OWN_TOPIC, shared_elements, without_elements
from csbot.library.models import Library
from csbot.library.references import SLOT_PATTERN
from csbot.library.values import Reply
from csbot.lint.replies import MINIMUM_VARIANTS, fillings
from csbot.lint.rules import MINIMUM_NEGATIVES, MINIMUM_POSITIVES
from csbot.replying.guard import Guard
from csbot.rules.scan import RuleSet
from csbot.text.regex import regex

_ID = regex(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
Fault = tuple[str, str]  # why an answer cannot be taken, and what may be answered instead ("" for nothing)
Check = Callable[[str], Fault | None]


class StoppedError(Exception):
    """The trainer does not want to go on (Ctrl-C, Ctrl-D)."""


class Asker(Protocol):
    """Where a trainer sits: a terminal."""

    def ask(self, question: str, default: str = "", choices: Sequence[str] = ()) -> str | None:
        """Return the answer; ``default`` can be changed in place. None where the trainer wants to stop."""

    def tell(self, text: str) -> None:
        """Show some lines."""


def ask_text(
    asker: Asker,
    question: str,
    default: str = "",
    choices: Sequence[str] = (),
    check: Check | None = None,
    *,
    unsaid: str = "",
) -> str:
    """Return an answer in one line that is not empty and in which ``check`` finds no fault. Raises StoppedError.

    ``default`` stands there to be changed; ``unsaid`` is what an empty answer means.
    """
    while True:
        answer = asker.ask(question, default, choices)
        if answer is None:
            raise StoppedError
        answer = " ".join(answer.split()) or unsaid
        fault = check(answer) if check and answer else None
        if answer and fault is None:
            return answer
        asker.tell(fault[0] if fault else "这一项不能空着。")
        default = (fault[1] if fault else "") or answer or default


def ask_lines(
    asker: Asker, question: str, least: int, given: Sequence[str] = (), check: Check | None = None
) -> list[str]:
    """Return at least ``least`` different lines after those ``given``; an empty line ends. Raises StoppedError."""
    lines, default = list(given), ""
    while True:
        answer = asker.ask(f"{question} {len(lines) + 1}：", default)
        if answer is None:
            raise StoppedError
        default = ""
        parts = [" ".join(part.split()) for part in answer.splitlines() if part.strip()]
        if not parts:
            if len(lines) >= least:
                return lines
            asker.tell(f"至少要 {least} 条，现在有 {len(lines)} 条。")
        for part in parts:
            fault = (f"「{part}」已经写过了。", "") if part in lines else check(part) if check else None
            if fault is None:
                lines.append(part)
                continue
            asker.tell(fault[0])
            default = fault[1]


def ask_situation(asker: Asker, library: Library, given: Entry) -> Entry:
    """Return a new situation; what ``given`` holds already is not asked. Raises StoppedError."""
    entry, guard = dict(given), Guard(library)
    if "name" not in entry:
        entry["name"] = ask_text(asker, "名称（给坐席看的，例 催发货）：")
    if "cue" not in entry:
        entry["cue"] = ask_text(asker, "什么时候用（例 客户催我们快点发货）：")
    if entry.get("trigger") != "agent":
        if "examples" not in entry:
            asker.tell("客户会怎么说？一行一句，可以一次粘贴多行；空行结束。由坐席主动选用的，直接回车。")
        taken = {text: intent.name for intent in library.intents.values() for text in intent.examples}
        entry["examples"] = entry.get("examples") or ask_lines(
            asker, "例句", 0, check=lambda text: (f"这句话在「{taken[text]}」里已有。", "") if text in taken else None
        )
    if "topic" not in entry and "id" not in entry:
        entry |= _ask_topic(asker, library)
    if "id" not in entry:
        default = identifier_of(entry["name"], entry["topic"], library.intents)
        entry["id"] = ask_text(
            asker, "编号（定了以后不改，回车就用这个）：", default, check=lambda text: _id_fault(text, library)
        )
    if "replies" not in entry:
        asker.tell(f"怎样回复？一行一条，至少 {MINIMUM_VARIANTS} 条；变量写成 {{时限}}；空行结束。")
        entry["replies"] = [{"text": text} for text in _ask_replies(asker, library, guard, entry)]
    if "elements" not in entry:
        entry["elements"] = _ask_elements(asker, library, [each["text"] for each in entry["replies"]])
    if "keywords" not in entry and entry["examples" if "examples" in entry else "name"]:
        answer = asker.ask("关键词（可以不写；几个用逗号隔开）：", "")
        entry["keywords"] = words_of(answer)
    if "label" not in entry and entry.get("examples"):
        question = "拿不准时会问客户“您是想咨询……吗”，省略号那里填什么："
        entry["label"] = ask_text(asker, question, entry["name"])
    if "source" not in entry:
        entry["source"] = ask_text(asker, "出处（手册的编号和节名）：", f"良好实践：{entry['name']}")
    return {name: value for name, value in entry.items() if value not in ([], "")}


def _ask_replies(asker: Asker, library: Library, guard: Guard, entry: Entry) -> list[str]:
    """Return replies that have an element in common, where ``entry`` does not say which one they must have."""

    def check(text: str) -> Fault | None:
        return reply_fault(library, guard, text)

    replies = ask_lines(asker, "回复", MINIMUM_VARIANTS, check=check)
    while "elements" not in entry and not shared_elements(library, replies):
        asker.tell(f"{without_elements(library, entry['name'], replies)}。\n逐条改一改，不用改的直接回车。")
        replies = [
            ask_text(asker, f"回复 {number}：", text, check=check) for number, text in enumerate(replies, start=1)
        ]
    return replies


def _ask_topic(asker: Asker, library: Library) -> Entry:
    files = [file for name, file in library.data.items() if name.startswith("scripts_library/")]
    topics = {file["topic"]: file.get("name", "") for file in files if "topic" in file}
    names = "、".join(f"{topic}（{name}）" for topic, name in topics.items())
    asker.tell(f"话术写进哪个主题？已有：{names}。不属于这些的，用 {OWN_TOPIC}（{OWN_NAME}），或写一个新的英文名。")
    wrong = "主题用小写英文，如 order。", ""
    topic = ask_text(
        asker,
        f"主题（回车就用 {OWN_TOPIC}）：",
        choices=list(topics),
        check=lambda text: None if _ID.fullmatch(text) else wrong,
        unsaid=OWN_TOPIC,
    )
    if topic in topics or topic == OWN_TOPIC:
        return {"topic": topic}
    return {"topic": topic, "topic_name": ask_text(asker, "这个主题的中文名称（例 订单）：")}


def _id_fault(text: str, library: Library) -> Fault | None:
    if not _ID.fullmatch(text):
        return "编号用小写英文字母、数字和下划线，用点分层，如 order.urge。", ""
    return (f"「{text}」已经有了，请换一个。", "") if text in library.intents else None


def _ask_elements(asker: Asker, library: Library, replies: Sequence[str]) -> list[str]:
    """Return the elements that every reply must have: those that these have, or what the trainer makes of them."""
    names = {rule.id: rule.name for rule in library.elements}
    found = shared_elements(library, replies)
    if found:
        shown = "；".join("或".join(names[each] for each in entry.split("|")) for entry in found)
        asker.tell(f"以后改回复也不能漏掉的要素，从您写的回复里看出来的是：{shown}。")
    rules = RuleSet(library.elements)

    def lacking(entry: str) -> list[str]:
        forms = [(str(number), fillings(library, Reply(text))) for number, text in enumerate(replies, start=1)]
        return [
            number
            for number, texts in forms
            if not all(any(rules.fires(each, text) for each in entry.split("|")) for text in texts)
        ]

    def fault(text: str) -> Fault | None:
        for entry in _by_id(words_of(text), names):
            for each in entry.split("|"):
                if each not in names:
                    near = get_close_matches(each, [*names.values(), *names], n=1, cutoff=0.5)
                    hint = f"，是不是「{near[0]}」" if near else ""
                    return f"没有要素「{each}」{hint}；全部的要素用 csbot library --list elements 看。", ""
            if numbers := lacking(entry):
                said = "或".join(names[each] for each in entry.split("|"))
                return f"第 {'、'.join(numbers)} 条回复里没有「{said}」，只能写每条都有的。", ", ".join(found)
        return None

    answer = ask_text(asker, "要素（几个用逗号隔开）：", ", ".join(found), list(names), fault)
    return _by_id(words_of(answer), names)


def _by_id(entries: Sequence[str], names: Mapping[str, str]) -> list[str]:
    """Return elements by their ids where they are given by the names that people know them by; 「a|b」 too."""
    ids = {name: identifier for identifier, name in names.items()}
    return ["|".join(each if each in names else ids.get(each, each) for each in entry.split("|")) for entry in entries]


def reply_fault(library: Library, guard: Guard, text: str) -> Fault | None:
    """Return why a reply cannot be taken, in Chinese, with a wording without what is forbidden where there is one."""
    unknown = [name for name in SLOT_PATTERN.findall(text) if name not in library.slots]
    if unknown:
        return f"没有变量「{unknown[0]}」；现有：{'、'.join(library.slots)}。", text
    if re.search(r"[｛｝]", text) or re.search(r"[{}]", SLOT_PATTERN.sub("", text)):
        return "变量写成 {名称}，用英文的花括号，成对。", text
    for form in fillings(library, Reply(text)):
        if hits := guard.findings(form):
            lines = [
                f"不能这样说：「{hit.found}」（{hit.rule.id}）{hit.rule.reason}\n  改说：{hit.rule.instead}"
                for hit in hits
            ]
            better = guard.rewriting(text).text
            kept = better if better and SLOT_PATTERN.findall(better) == SLOT_PATTERN.findall(text) else ""
            return "\n".join(lines), kept or text
    return None


def ask_rule(asker: Asker, library: Library, given: Entry) -> Entry:
    """Return a new forbidden rule. Raises StoppedError."""
    entry, guard = dict(given), Guard(library)
    if "banned" not in entry:
        entry["banned"] = ask_text(asker, "不能说的话（例 稍安勿躁）：")
    if "instead" not in entry:
        entry["instead"] = ask_text(asker, "改说什么：", check=lambda text: reply_fault(library, guard, text))
    if "reason" not in entry:
        entry["reason"] = ask_text(asker, "为什么不能说（一句话）：")
    if "bad" not in entry:
        asker.tell(f"坐席会怎样说出来？至少 {MINIMUM_POSITIVES} 句，都要查得出；空行结束。")
        entry["bad"] = ask_lines(asker, "必须命中", MINIMUM_POSITIVES)
    if "good" not in entry:
        asker.tell(f"哪些话看着像、其实没有问题？至少 {MINIMUM_NEGATIVES} 句；空行结束。")
        entry["good"] = ask_lines(asker, "不能误伤", MINIMUM_NEGATIVES)
    if "category" not in entry and "id" not in entry:
        categories = list(dict.fromkeys(rule.category for rule in library.forbidden))
        entry["category"] = ask_text(asker, "类别（已有的，或新的小写英文名）：", OWN_CATEGORY, categories)
    return entry


def ask_festival(asker: Asker, library: Library, given: Entry) -> Entry:
    """Return a new festival. Raises StoppedError."""
    entry, guard = dict(given), Guard(library)
    if "name" not in entry:
        entry["name"] = ask_text(asker, "节日名（例 端午）：")
    if "greeting" not in entry:
        default = f"{entry['name']}快乐"
        entry["greeting"] = ask_text(asker, "怎样问候：", default, check=lambda text: reply_fault(library, guard, text))
    if not {"solar", "lunar", "dates"} & entry.keys():
        wrong = "写法如 公历 05-01 或 农历 05-05。", ""
        answer = ask_text(
            asker, "哪一天（公历 05-01 或 农历 05-05）：", "公历 ", check=lambda text: None if _day(text) else wrong
        )
        found = _day(answer)
        assert found is not None
        entry["lunar" if found[1] == "农历" else "solar"] = found[2]
    if "named_by" not in entry:
        entry["named_by"] = words_of(
            ask_text(asker, "客户会怎么提到它（几个用逗号隔开）：", f"{entry['name']}快乐, {entry['name']}")
        )
    return entry


def _day(text: str) -> re.Match[str] | None:
    return re.fullmatch(r"(公历|农历) ?((?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))", text)


def words_of(answer: str | None) -> list[str]:
    """Return the words of an answer that are set apart by commas of any width, each once. Raises StoppedError."""
    if answer is None:
        raise StoppedError
    return list(dict.fromkeys(word.strip() for word in re.split("[,，、;；\n]", answer) if word.strip()))
