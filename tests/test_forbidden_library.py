"""The expressions that the manuals forbid: each is a rule, and the rules hold on drafts their authors never saw."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from csbot.library.models import Library
from csbot.replying.guard import Guard
from csbot.rules.judging.verdict import Verdict, verdict_of
from csbot.rules.wording.model import Kind, Severity

DRAFTS = Path(__file__).resolve().parent / "data" / "drafts.jsonl"
LEAST_RECALL = 0.98
MOST_FALSE_ALARMS = 0.01

# What the manuals forbid, in their own words and by their categories; 104 in all.
BANNED: dict[str, tuple[str, ...]] = {
    "opening": (
        "喂，说话呀",
        "有什么事快说",
        "不说我挂线啦",
        "没事了吧",
        "还有问题吗？",
        "喂",
    ),
    "questioning": (
        "什么？",
        "为什么？",
        "怎么样？",
        "怎样？",
        "说什么？",
        "你说什么",
        "你到底在说什么",
        "你不是要查什么吗",
        "你到底想查什么",
        "你到底想怎么样",
        "你到底要不要查",
        "你到底要不要听我说",
        "你听不听我说",
        "到底要不要",
    ),
    "arrogant": (
        "不行就是不行",
        "我就这样的态度",
        "我态度哪里不好",
        "你问我，我问谁",
        "你问的问题没法查",
        "有意见找领导去",
        "要告就告去",
        "用不起就别用",
        "我让您买了吗",
        "你有什么了不起",
        "你有没有搞错",
        "你这人怎么这样说话",
        "你怎么这么啰嗦",
        "你烦不烦啊",
        "不烦我烦了",
        "宝贝页面没介绍吗",
        "你怎么不看啊",
        "特价的就这质量",
        "你当时为什么不看",
        "不是我们的问题是淘宝的问题",
        "有问题找淘宝去",
        "稍后你给我打过来",
        "你自己看着办吧",
        "我们的产品质量就是不好",
        "谁让你买了",
        "快递的问题找快递去",
        "你这人怎么这么奇怪",
        "是系统问题",
    ),
    "shirking": (
        "我不清楚",
        "你找××地方问",
        "这不是我办理的",
        "我们公司就是这么规定的",
        "这是公司规定",
        "这是业务规定",
        "我们公司的规定不可以随便修改的",
        "这不关我的事",
        "这不是我的错",
        "没这回事",
        "我查不到，你拨××去查",
        "我没法查",
        "我也没办法",
        "我们也没有办法",
        "现在没办法",
        "没办法处理",
        "你自己先查清楚",
        "这事不归我管",
        "这事没办法，你自己想办法吧",
        "你看看是不是你那面出了什么问题",
        "这些意见早就有人提过了",
        "这个问题我也要查了才能回复你",
        "您打××电话吧",
        "您过两天再来吧",
        "刚才的电话不是我接的",
        "不好意思，我是新手",
    ),
    "ten_donts": (
        "我不知道",
        "不行",
        "那不是我的工作",
        "真讨厌",
        "那不是我的错",
        "你需要和经理通话",
        "你马上就要吗",
        "冷静一点",
        "我现在很忙",
    ),
    "blame": (
        "嘴巴干净一点",
        "这又不是我的错",
        "我都忙死了",
        "我也不想的",
        "你去投诉啊",
        "你可以投诉我",
        "什么怎么样",
    ),
    "vulgar": (
        "有病",
        "神经病",
        "废话",
        "白痴",
        "滚",
        "他妈的",
        "傻",
    ),
    "overpromise": (
        "绝对",
        "肯定",
        "一定",
        "保证",
        "不可能",
    ),
    "address": (
        "称客户为「你」",
        "直呼客户姓名而不带称谓",
    ),
}
ALL_BANNED = [(category, text) for category, texts in BANNED.items() for text in texts]
# Described rather than quoted, or with a blank in them: these have no wording to hold against the rules.
DESCRIBED = {"称客户为「你」", "直呼客户姓名而不带称谓"}


def test_the_list_is_the_manuals() -> None:
    assert len(ALL_BANNED) == 104
    assert len({text for _, text in ALL_BANNED}) == 104


def test_every_expression_is_a_rule_and_no_rule_is_without_one(library: Library) -> None:
    rules = [(rule.category, rule.name) for rule in library.forbidden if rule.category != "good_practice"]
    assert sorted(rules) == sorted(ALL_BANNED)


@pytest.mark.parametrize(("category", "text"), ALL_BANNED)
def test_a_forbidden_expression_behaves(category: str, text: str, library: Library, guard: Guard) -> None:
    rule = next(each for each in library.forbidden if (each.category, each.name) == (category, text))
    assert len(set(rule.positives)) >= 3, "fewer than three bad examples"
    assert len(set(rule.negatives)) >= 2, "fewer than two good examples"
    missed = [example for example in rule.positives if not guard.rules.fires(rule.id, example)]
    wrong = [example for example in rule.negatives if guard.rules.fires(rule.id, example)]
    assert (missed, wrong) == ([], [])
    assert rule.instead, "nothing to say instead"
    assert rule.reason, "no reason"
    assert rule.source, "no clause of the manual"
    assert guard.rules.fires(rule.id, rule.instead) is False, "what to say instead is forbidden itself"
    if text not in DESCRIBED and "×" not in text:
        assert guard.rules.fires(rule.id, text), "the expression itself is not found"


@pytest.mark.parametrize(
    ("written", "rule_text"),
    [
        ("我　不　知　道", "我不知道"),
        ("這不關我的事", "这不关我的事"),
        ("我不知\u200b道", "我不知道"),
        ("您到底想怎么样？", "你到底想怎么样"),
        ("不.行", "不行"),
        ("你问我，我问谁！", "你问我，我问谁"),
    ],
)
def test_disguised_expressions_are_found_by_their_rule(written: str, rule_text: str, guard: Guard) -> None:
    assert rule_text in {hit.rule.name for hit in guard.findings(written)}


@pytest.mark.parametrize(
    "text",
    [
        "您看这样行不行？",
        "装修保证金验收后退还。",
        "请出示社保证明。",
        "有什么可以帮您？",
        "喂养方法在说明书第三页。",
        "订单作废，话费已退。",
        "我们坚决不行贿。",
        "在一定程度上可以缓解。",
        "全国统一定价。",
        "请问您为什么想退货？",
        "我不清楚您的订单号，请您提供。",
    ],
)
def test_what_the_design_measured_as_wrong_hits_is_spared(text: str, guard: Guard) -> None:
    assert [(hit.rule.id, hit.found) for hit in guard.findings(text)] == []


def test_overpromises_are_errors_for_a_customer_who_seeks_difference(library: Library, guard: Guard) -> None:
    promises = [rule for rule in library.forbidden if rule.category == "overpromise"]
    assert {rule.severity for rule in promises} == {Severity.WARNING}
    hits = guard.findings("这款绝对不会掉色")
    assert verdict_of(hits) is Verdict.WARNING
    assert verdict_of(hits, {"customer_type": "求异型"}) is Verdict.VIOLATION


def test_kinds_and_exceptions_fit_together(library: Library) -> None:
    for rule in library.forbidden:
        assert rule.phrases or rule.kind is Kind.NAME, rule.id
        assert not set(rule.phrases) & set(rule.exceptions), f"{rule.id}: a phrase is its own exception"


def test_no_exception_is_open_at_an_end(library: Library) -> None:
    """An exception that begins or ends with … excuses whatever stands there, a whole forbidden sentence too."""
    open_ended = [
        f"{rule.id}: {phrase}"
        for rule in library.forbidden
        for phrase in rule.exceptions
        if phrase.startswith("…") or phrase.endswith("…")
    ]
    assert open_ended == []


@pytest.mark.slow
def test_held_out_drafts(guard: Guard) -> None:
    """Drafts that were written by others than the rules: what is missed and what is hit wrongly is printed."""
    drafts = [json.loads(line) for line in DRAFTS.read_text(encoding="utf-8").splitlines()]
    bad = [draft for draft in drafts if draft["verdict"] != "ok"]
    good = [draft for draft in drafts if draft["verdict"] == "ok"]
    assert len(bad) > 300
    assert len(good) >= 200
    missed = [draft for draft in bad if not guard.findings(draft["text"])]
    alarms = [(draft["text"], hits) for draft in good if (hits := guard.findings(draft["text"]))]
    for draft in missed:
        print(f"missed: 「{draft['text']}」 holds 「{draft['banned']}」")
    for text, hits in alarms:
        print(f"false alarm: 「{text}」", *(f"{hit.rule.id} 「{hit.found}」" for hit in hits))
    recall = 1 - len(missed) / len(bad)
    false_alarms = len(alarms) / len(good)
    print(f"recall {recall:.3f}, false alarms {false_alarms:.3f}")
    assert recall >= LEAST_RECALL
    assert false_alarms <= MOST_FALSE_ALARMS


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "most_missed", "most_stopped", "most_alarms"),
    [
        ("drafts_second.jsonl", 0.02, 0.01, 0.02),  # the rules were mended by them since
        ("drafts_third.jsonl", 0.04, 0.01, 0.02),  # most was mended since
        ("drafts_fourth.jsonl", 0.04, 0.02, 0.03),  # most was mended since
        ("drafts_fifth.jsonl", 0.07, 0.02, 0.03),  # innocents were mended since, of the missed few
        ("drafts_sixth.jsonl", 0.06, 0.03, 0.04),  # one half was mended since
        ("drafts_seventh.jsonl", 0.06, 0.04, 0.05),  # one half was mended since, of the other a few violations
        ("drafts_eighth.jsonl", 0.03, 0.01, 0.03),  # one half was mended since, of the other two alarms
        ("drafts_ninth.jsonl", 0.05, 0.01, 0.03),  # one half was mended since
        ("drafts_tenth.jsonl", 0.03, 0.01, 0.02),  # one half was mended since
        ("drafts_eleventh.jsonl", 0.07, 0.01, 0.02),  # one half was mended since
        ("drafts_twelfth.jsonl", 0.07, 0.02, 0.02),  # one half was mended since
        ("drafts_thirteenth.jsonl", 0.07, 0.02, 0.02),  # one half was mended since
        ("drafts_fourteenth.jsonl", 0.07, 0.02, 0.02),  # one half was mended since
    ],
)
def test_drafts_in_every_disguise(
    guard: Guard, name: str, most_missed: float, most_stopped: float, most_alarms: float
) -> None:
    """Drafts of authors who did not write the rules, in every way to disguise an expression.

    A finding of 称「你」 alone does not count for a draft that breaks another rule.
    """
    lines = DRAFTS.with_name(name).read_text(encoding="utf-8").splitlines()
    drafts = [json.loads(line) for line in lines]
    bad = [draft for draft in drafts if draft["label"] == "violation"]
    good = [draft for draft in drafts if draft["label"] == "innocent"]
    assert len(bad) >= 150
    assert len(good) >= 150
    missed = [
        draft["text"]
        for draft in bad
        if not any(hit.rule.id != "address.ni" or "「你」" in draft["banned"] for hit in guard.findings(draft["text"]))
    ]
    alarms = {draft["text"]: hits for draft in good if (hits := guard.findings(draft["text"]))}
    stopped = [text for text, hits in alarms.items() if any(hit.rule.severity is Severity.ERROR for hit in hits)]
    print(f"missed {len(missed)} of {len(bad)}: {missed}")
    print(f"stopped {len(stopped)}, warned {len(alarms) - len(stopped)} of {len(good)}: {list(alarms)}")
    assert len(missed) <= most_missed * len(bad)
    assert len(stopped) <= most_stopped * len(good)
    assert len(alarms) <= most_alarms * len(good)
