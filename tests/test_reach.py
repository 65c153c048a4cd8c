"""What is read of a text for the sake of a phrase is enough of it: reading all of it finds the same hits."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.support import SHIPPED_WORDS

from csbot.rules import readings
from csbot.rules.judging import hits, reach
from csbot.rules.judging.reach import Span, around, windows
from csbot.rules.scan import RuleSet
from csbot.rules.wording.model import Hit, Kind, PhraseRule
from csbot.rules.wording.phrase import compile_phrase


def rule(name: str, *phrases: str, kind: Kind = Kind.PHRASE, exceptions: tuple[str, ...] = ()) -> PhraseRule:
    return PhraseRule(f"test.{name}", phrases[0], "t", "试", "—", kind, phrases, exceptions)


RULES = RuleSet(
    [
        rule("know", "我不知道", "不知道", exceptions=("不知道您…没有", "[我|]是不知道[吗|呢]", "谁都～不知道")),
        rule("late", "<时限>后再来", "过<时限>再说"),
        rule("ask", "你找…问", "去[找|问]…[别人|他们]", exceptions=("去找…一下别人",)),
        rule("confirm", "确认不了", "个人问题", "心里没数", "的确认"),
        rule("two", "用不起？就别用！", "听不懂"),
        rule("hello", "喂", "说吧", kind=Kind.CLAUSE),
        rule("what", "什么", "怎么样", kind=Kind.SENTENCE),
    ],
    disguises=SHIPPED_WORDS._replace(
        shapes=(("不", "木", "芣"), ("知", "矢口"), ("问", "间"), ("法", "祛", "氵去"), ("认", "人"))
    ),
)
WORDS = (
    "我不知道", "不知道", "布知道", "木知道", "不矢口道", "芣知", "bzd", "不zhidao", "不", "知",
    "道", "我", "我们", "咱们", "你们", "你找", "您找", "问", "间", "去找",
    "别人", "他们", "一下", "365天", "二十一天", "3天", "后再来", "过", "再说", "两天",
    "确认不了", "的确", "认不了", "那个人问题", "这个", "心里没数", "真心里没数", "其实", "实在", "真的是",
    "真的", "的", "了", "真", "用不起", "就别用", "就", "别用", "听不懂", "喂",
    "说吧", "什么", "怎么样", "完全", "说实话", "先生", "目前", "谁都", "没有", "是",
    "吗", "请", "老师", "快递", "收到", "今天下单", "订单", "不不不", "知知", "我我我们我",
)  # fmt: skip
MARKS = ("", "", "", "", "，", "。", "？", "！", " ", "\n", "…", "·", "、", "“", "”")
texts = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(MARKS)).map("".join), max_size=40).map("".join)


def everywhere(text: str, places: Collection[Span], _reach: int) -> list[Span]:
    return [(0, len(text))] if places else []


def hits_of(text: str, *, whole: bool) -> list[Hit]:
    """Scan with windows however short the text is, or without any."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reach, "SHORT", 0)
        if whole:
            patch.setattr(readings, "windows", everywhere)
            patch.setattr(hits, "windows_around", everywhere)
        return RULES.scan(text, dropped=True)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts)
@example("不知道您" + "的" * 200 + "有没有没有")
@example("我我们我完全目前不知道" * 3)
@example("去找" + "老师傅" * 4 + "问完全他们")
@example("请您的确认不了。您的目前确认不了" * 2)
@example("过00000000000000000000000000000000000000000000000000000000000天再说")
def test_windows_hold_all_that_a_phrase_needs(text: str) -> None:
    assert hits_of(text, whole=False) == hits_of(text, whole=True)


@settings(max_examples=100, deadline=None)
@given(texts, st.sampled_from(("今天下单的订单已经发货。", "好的，请稍等。")))
def test_what_stands_far_off_changes_nothing(text: str, other: str) -> None:
    before, behind = f"{other}\n" * 9, f"。\n{other}" * 9
    shifted = [
        (hit.rule.id, hit.start - len(before), hit.end - len(before)) for hit in RULES.scan(before + text + behind)
    ]
    assert shifted == [(hit.rule.id, hit.start, hit.end) for hit in RULES.scan(f"{text}。")]


@pytest.mark.parametrize(
    ("phrase", "reach"),
    [
        ("不知道", 3),
        ("你找…问", 2 + 12 + 1),
        ("[暂未|尚未|]开通", 4),
        ("过<时限>再说", 1 + 8 + 2),
        ("[<时限>|改天]后", 8 + 1),
    ],
)
def test_a_phrase_reaches_as_far_as_its_longest_form(phrase: str, reach: int) -> None:
    compiled = compile_phrase(phrase, tolerant=True)
    assert compiled.reach == reach
    assert type(compiled).from_list(compiled.as_list()) == compiled


@pytest.mark.parametrize(
    ("text", "start", "stop", "found"),
    [
        ("一二甲乙丙丁戊", 4, 5, "甲乙丙丁戊"),
        ("甲真的是乙丙是丁戊", 5, 6, "甲真的是乙丙是丁戊"),  # fillers are no step
        ("甲乙乙乙丙丁", 4, 5, "甲乙乙乙丙丁"),  # nor are repetitions
        ("甲我们咱我丙2026丁", 5, 6, "甲我们咱我丙2026丁"),
        ("我不", 0, 2, "我不"),
    ],
)
def test_around_counts_neither_fillers_nor_repetitions(text: str, start: int, stop: int, found: str) -> None:
    first, last = around(text, start, stop, 2)
    assert text[first:last] == found


def test_windows_that_touch_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "SHORT", 0)
    text = "甲乙丙丁戊己庚辛壬癸"
    assert windows(text, [(8, 9), (1, 2), (3, 4)], 1) == [(0, 5), (7, 10)]
    assert windows(text, [], 1) == []
