"""What changed for agents between two libraries: told in words, not in lines of YAML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, TypeVar

from csbot.library.models import Library
from csbot.library.values import Intent, Reply, Script, Slot
from csbot.rules.wording.model import PhraseRule

ALIKE = 0.5  # similarity from which two replies are one that was reworded
_SEVERITIES = {"error": "错误", "warning": "警告"}
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different now."""

    subject: str  # situation | reply | rule | element | slot | setting
    kind: str  # added | removed | changed
    id: str
    what: str  # Chinese, one line
    before: str = ""  # wording before and after, where wording changed
    after: str = ""

    def as_dict(self) -> dict[str, str | None]:
        """Return the change as JSON values."""
        return {
            "subject": self.subject,
            "kind": self.kind,
            "id": self.id,
            "what": self.what,
            "before": self.before or None,
            "after": self.after or None,
        }


def changes_between(before: Library, after: Library) -> list[Change]:
    """Return every change that an agent or a customer can notice, situations first."""
    return [
        *_situations(before, after),
        *_rules(before, after),
        *_elements(before, after),
        *_slots(before, after),
        *_settings(before, after),
    ]


def _paired(
    before: Mapping[str, Value], after: Mapping[str, Value]
) -> Iterator[tuple[str, Value | None, Value | None]]:
    """Yield what differs by name, in the order of the new library, what is gone last."""
    for name in [*after, *(each for each in before if each not in after)]:
        if before.get(name) != after.get(name):
            yield name, before.get(name), after.get(name)


def _situations(before: Library, after: Library) -> Iterator[Change]:
    for name in [*after.intents, *(each for each in before.intents if each not in after.intents)]:
        old, new = before.intents.get(name), after.intents.get(name)
        if old is None and new is not None:
            count = len(after.scripts[name].replies)
            yield Change("situation", "added", name, f"新情景「{new.name}」：{new.cue}（{count} 条回复）")
            for number, reply in enumerate(after.scripts[name].replies, start=1):
                yield Change("reply", "added", f"{name}#{number}", f"新回复{_conditions(reply)}", after=reply.text)
        elif new is None and old is not None:
            yield Change("situation", "removed", name, f"去掉了情景「{old.name}」")
        elif old is not None and new is not None:
            yield from _recognition(old, new)
            yield from _script(before.scripts[name], after.scripts[name])


def _recognition(old: Intent, new: Intent) -> Iterator[Change]:
    for field, label in (
        ("name", "名称"),
        ("cue", "什么时候用"),
        ("label", "请客户选择时的说法"),
        ("part", "合并时的位置"),
    ):
        if getattr(old, field) != getattr(new, field):
            yield _reworded("situation", new.id, f"{label}改了", getattr(old, field), getattr(new, field))
    if old.trigger != new.trigger:
        who = "客户的话触发" if new.trigger == "customer" else "坐席选用"
        yield Change("situation", "changed", new.id, f"改为由{who}")
    if old.profiles != new.profiles:
        yield _reworded(
            "situation", new.id, "所属行业改了", _listed(old.profiles, "都有"), _listed(new.profiles, "都有")
        )
    for field, label in (("examples", "例句"), ("negatives", "反例"), ("keywords", "关键词")):
        if said := _added_and_removed(getattr(old, field), getattr(new, field)):
            yield Change("situation", "changed", new.id, f"识别用的{label}：{said}")


def _script(old: Script, new: Script) -> Iterator[Change]:
    yield from _replies(old, new)
    for field, label in (
        ("elements", "必须有的要素"),
        ("ask", "每次都要亲自填的变量"),
        ("next", "接下来的情景"),
        ("covers", "一并说到的情景"),
    ):
        if said := _added_and_removed(getattr(old, field), getattr(new, field)):
            yield Change("situation", "changed", new.intent, f"{label}：{said}")
    for field, label in (("use", "什么时候用"), ("avoid", "什么时候不用"), ("tip", "提示")):
        before, after = old.coaching.get(field, ""), new.coaching.get(field, "")
        if before != after:
            yield _reworded("situation", new.intent, f"给坐席的说明“{label}”改了", before, after)
    if said := _added_and_removed(old.coaching["never"], new.coaching["never"]):
        yield Change("situation", "changed", new.intent, f"“绝不能说”：{said}")
    for field, label in (("owner", "负责人"), ("reviewed", "复核日期"), ("expires", "有效期至")):
        if getattr(old, field) != getattr(new, field):
            yield _reworded("situation", new.intent, f"{label}改了", getattr(old, field), getattr(new, field))


def _replies(old: Script, new: Script) -> Iterator[Change]:
    """Yield how the replies of a script differ: a reply that is much like one that is gone is that one, reworded."""
    gone = [reply for reply in old.replies if reply not in new.replies]
    come = [(number, reply) for number, reply in enumerate(new.replies, start=1) if reply not in old.replies]
    likeness = sorted(
        (
            (SequenceMatcher(None, was.text, reply.text, autojunk=False).ratio(), -at, -number)
            for at, was in enumerate(gone)
            for number, reply in come
        ),
        reverse=True,
    )
    from_: dict[int, int] = {}
    for ratio, minus_at, minus_number in likeness:
        if ratio >= ALIKE and -minus_number not in from_ and -minus_at not in from_.values():
            from_[-minus_number] = -minus_at
    for number, reply in come:
        place = f"{new.intent}#{number}"
        if number not in from_:
            yield Change("reply", "added", place, f"新回复{_conditions(reply)}", after=reply.text)
            continue
        was = gone[from_[number]]
        if was.text != reply.text:
            yield Change("reply", "changed", place, f"回复改了{_conditions(reply)}", was.text, reply.text)
        if was.conditions != reply.conditions or was.length != reply.length:
            what = (
                "使用条件改了：" + (_conditions(was) or "（不带条件）") + " → " + (_conditions(reply) or "（不带条件）")
            )
            yield Change("reply", "changed", place, what)
    if not gone and not come and old.replies != new.replies:
        yield Change("situation", "changed", new.intent, "回复的先后次序改了")
    for at, was in enumerate(gone):
        if at not in from_.values():
            place = f"{old.intent}#{old.replies.index(was) + 1}"
            yield Change("reply", "removed", place, f"去掉了回复{_conditions(was)}", was.text)


def _conditions(reply: Reply) -> str:
    parts = [reply.length] if reply.length else []
    parts += [f"{name} {value}" for name, value in reply.spoken_conditions]
    return f"（{'，'.join(parts)}）" if parts else ""


def _rules(before: Library, after: Library) -> Iterator[Change]:
    old_rules, new_rules = ({rule.id: rule for rule in each.forbidden} for each in (before, after))
    for name, old, new in _paired(old_rules, new_rules):
        if old is None and new is not None:
            severity = _SEVERITIES[new.severity.value]
            yield Change("rule", "added", name, f"新的禁用语「{new.name}」（{severity}），改说：{new.instead}")
        elif new is None and old is not None:
            yield Change("rule", "removed", name, f"不再检查禁用语「{old.name}」")
        elif old is not None and new is not None:
            if old.severity != new.severity:
                change = f"{_SEVERITIES[old.severity.value]} → {_SEVERITIES[new.severity.value]}"
                yield Change("rule", "changed", name, f"「{new.name}」的轻重改了：{change}")
            if old.escalate != new.escalate:
                yield Change("rule", "changed", name, f"「{new.name}」对哪类客户算错误改了：{_pairs(new.escalate)}")
            yield from _rule_wording(old, new, "rule")


def _rule_wording(old: PhraseRule, new: PhraseRule, subject: str) -> Iterator[Change]:
    for field, label in (("name", "名称"), ("instead", "改说"), ("reason", "原因"), ("source", "出处")):
        if getattr(old, field) != getattr(new, field):
            before, after = getattr(old, field), getattr(new, field)
            yield _reworded(subject, new.id, f"「{new.name}」的{label}改了", before, after)
    if old.kind != new.kind or old.keep_you != new.keep_you:
        yield Change(subject, "changed", new.id, f"「{new.name}」怎样才算命中改了")
    for field, label in (("phrases", "查的说法"), ("exceptions", "例外")):
        if said := _added_and_removed(getattr(old, field), getattr(new, field)):
            yield Change(subject, "changed", new.id, f"「{new.name}」{label}：{said}")
    if old.rewrites != new.rewrites:
        yield Change(subject, "changed", new.id, f"「{new.name}」的改写办法改了")


def _elements(before: Library, after: Library) -> Iterator[Change]:
    old_rules, new_rules = ({rule.id: rule for rule in each.elements} for each in (before, after))
    for name, old, new in _paired(old_rules, new_rules):
        if old is None and new is not None:
            yield Change("element", "added", name, f"新的要素「{new.name}」")
        elif new is None and old is not None:
            yield Change("element", "removed", name, f"去掉了要素「{old.name}」")
        elif old is not None and new is not None:
            yield from _rule_wording(old, new, "element")


def _slots(before: Library, after: Library) -> Iterator[Change]:
    for name, old, new in _paired(before.slots, after.slots):
        if old is None and new is not None:
            default = f"，不填时是「{new.default}」" if new.default else ""
            yield Change("slot", "added", name, f"新变量「{name}」（{new.type}）{default}")
        elif new is None:
            yield Change("slot", "removed", name, f"去掉了变量「{name}」")
        elif old is not None:
            yield from _slot(old, new)


def _slot(old: Slot, new: Slot) -> Iterator[Change]:
    for field, label in (("default", "默认值"), ("type", "类型"), ("prompt", "提问"), ("example", "例子")):
        if getattr(old, field) != getattr(new, field):
            yield _reworded("slot", new.name, f"「{new.name}」的{label}改了", getattr(old, field), getattr(new, field))
    if old.choices != new.choices:
        said = _added_and_removed(old.choices, new.choices) or "次序改了"
        yield Change("slot", "changed", new.name, f"「{new.name}」可选的值：{said}")


def _settings(before: Library, after: Library) -> Iterator[Change]:
    if before.profiles != after.profiles:
        old, new = (_listed(sorted(each.profiles), "全部") for each in (before, after))
        yield _reworded("setting", "profiles", "公司的行业改了", old, new)
    parts: tuple[tuple[str, str, Callable[[Library], Mapping[str, Any]]], ...] = (
        ("day_periods", "时段", lambda library: {each.name: each for each in library.day_periods}),
        ("festivals", "节日", lambda library: {each.name: each for each in library.festivals}),
    )
    for identifier, label, named in parts:
        for name, old_one, new_one in _paired(named(before), named(after)):
            kind = "added" if old_one is None else "removed" if new_one is None else "changed"
            verb = {"added": "新增", "removed": "去掉了", "changed": "改了"}[kind]
            greetings = (each.greeting if each is not None else "" for each in (old_one, new_one))
            yield Change("setting", kind, f"{identifier}.{name}", f"{verb}{label}「{name}」", *greetings)
    if before.synonyms != after.synonyms:
        yield Change("setting", "changed", "synonyms", "识别用的同义词改了")
    if before.goods != after.goods:
        yield Change("setting", "changed", "goods", "识别用的商品叫法改了")
    if before.agent_questions != after.agent_questions:
        yield Change("setting", "changed", "agent_questions", "认坐席自己的问话用的词改了")
    names = zip(("shapes", "regional", "inserted"), ("形近字", "各地的话", "插入的词"), strict=True)
    for (identifier, label), old_part, new_part in zip(names, before.disguises, after.disguises, strict=True):
        if old_part != new_part:
            yield Change("setting", "changed", identifier, f"认变形用的{label}改了")
    if said := _added_and_removed(before.out_of_scope, after.out_of_scope):
        yield Change("setting", "changed", "out_of_scope", f"不属于任何情景的话：{said}")
    if before.review_days != after.review_days:
        yield _reworded(
            "setting", "review_days", "复核的周期改了", f"{before.review_days} 天", f"{after.review_days} 天"
        )


def _reworded(subject: str, identifier: str, what: str, before: str, after: str) -> Change:
    return Change(subject, "changed", identifier, what, before or "（没有）", after or "（没有）")


def _added_and_removed(old: Sequence[str], new: Sequence[str]) -> str:
    """Return in words which texts have come and gone; empty where none has (their order may have changed)."""
    come, gone = Counter(new) - Counter(old), Counter(old) - Counter(new)
    parts = [f"加了 {_quoted(come)}"] if come else []
    parts += [f"去掉 {_quoted(gone)}"] if gone else []
    return "，".join(parts)


SHOWN = 5


def _quoted(texts: Iterable[str]) -> str:
    names = list(texts)
    more = f" 等 {len(names)} 个" if len(names) > SHOWN else ""
    return "、".join(f"「{name}」" for name in names[:SHOWN]) + more


def _listed(texts: Sequence[str], otherwise: str) -> str:
    return "、".join(texts) or otherwise


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    return "、".join(value for _, value in pairs) or "没有"
