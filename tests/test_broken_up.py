"""Expressions that marks break up or that are said the wrong way round, and clauses that only look so."""

from __future__ import annotations

import json
from pathlib import Path
from time import thread_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import SHIPPED_WORDS

from csbot.replying.guard import Guard
from csbot.rules.disguises.reordered import Reordering
from csbot.rules.lookup.short import ShortTexts
from csbot.rules.scan import RuleSet
from csbot.rules.wording.model import Kind, PhraseRule


def rule_set(*phrases: str, exceptions: tuple[str, ...] = ()) -> RuleSet:
    return RuleSet(
        [PhraseRule("test.rule", phrases[0], "t", "试", "—", Kind.PHRASE, phrases, exceptions)], disguises=SHIPPED_WORDS
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("您放心，这批货肯，定到得了。", "肯，定"),  # the mark goes through a word
        ("明早保。证给您送上门。", "保。证"),
        ("这笔款一，定退得回来。", "一，定"),
        ("订单卡住了，我们也。没办法。", "我们也。没办法"),  # the mark stands where no clause ends
        ("装修的事，我就，不知道了。", "我就，不知道"),
        ("没办法！处理。保单过期了。", "没办法！处理"),  # nothing else is said on both sides of it
        ("不退！公司。规定！", "公司。规定"),
        ("我不，知，道。", "我不，知，道"),
    ],
)
def test_marks_break_up_no_expression(text: str, found: str) -> None:
    rules = rule_set("肯定", "保证", "一定", "我也没办法", "我就不知道", "没办法处理", "公司规定", "我不知道")
    assert found in [hit.found for hit in rules.scan(text) if "夹入符号或空格" in hit.ways]


@pytest.mark.parametrize(
    "text",
    [
        "您肯，定金就留着；您不肯，定金退您。",  # the character makes a word with what stands beside it
        "这是他宁肯，定了也不退的一单。",
        "手续统一，定价也统一。",
        "您看行不，行的话我就登记。",  # the mark ends a question
        "您问有没，办法倒是有一个。",
        "我不。知道了就告诉您。",
        "清仓到底，要不要给您留一件？",  # more is said on both sides
        "靠窗偏冷，静一点的在里面。",
        "这种机油要保，证书在盒子里。",
        "钥匙在公司，规定的时间来取就行。",
    ],
)
def test_marks_that_are_meant_keep_words_apart(text: str) -> None:
    rules = rule_set("肯定", "保证", "一定", "不行", "没办法", "我不知道", "到底要不要", "冷静一点", "公司规定")
    assert rules.scan(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("不知道，我。", "不知道，我"),
        ("几点到货不知道呀，我们。您等着。", "不知道呀，我们"),
        ("就别用嘛，用不起！", "就别用嘛，用不起"),
        ("处理？没办法！", "处理？没办法"),
        ("也，没办法，我。", "没办法，我"),
        ("很忙！现在，我。", "很忙！现在，我"),
        ("您听听，是这么规定的，我们公司。", "是这么规定的，我们公司"),
        ("就别用就好了嘛，年费都用不起的话。", "就别用就好了嘛，年费都用不起"),  # what is moved, from some place on
        ("就别用，您要是用不起。", "就别用，您要是用不起"),
        ("就这质量，特价的嘛。", "就这质量，特价的嘛"),  # with the small words that it needs
        ("这事没办法呀我们。", "没办法呀我们"),  # an afterthought
        ("很忙啊我现在！", "很忙啊我现在"),
        ("就别用，\n年费都用不起的话。", "就别用，\n年费都用不起"),  # on the next line, behind a comma
        ("不知道， \r\n我。", "不知道， \r\n我"),
    ],
)
def test_an_expression_said_the_wrong_way_round(text: str, found: str) -> None:
    phrases = "我不知道", "用不起就别用", "没办法处理", "我没办法", "我现在很忙", "我们公司是这么规定的"
    rules = rule_set(*phrases, "特价的就这质量")
    (hit,) = [hit for hit in rules.scan(text) if "颠倒语序" in hit.ways]
    assert (hit.found, text[hit.start : hit.end]) == (found, found)


@pytest.mark.parametrize(
    "text",
    [
        "这个行不通，我们换一个办法。",  # only a part of the clause
        "处理好了，没办法上传的那张我来补。",
        "“不知道”，我不会这样答您。",
        "不知道您方便吗，我们周六上门。",
        "别用热水，用不起泡的那种洗。",
        "先别用，起泡了就用不了。",
        "现在发货，我很忙您可以留言给同事。",
        "我，知道了。",
        "不知道，请告诉我。",  # too little of a clause that goes on before
        "这单我来处理，别人都没办法。",  # neither clause is whole
        "处理好了，没办法送的退款。",
        "电池别用，充电器用不起就换。",
        "先别用，如果用不起。",  # what the rest begins with may spare it
        "不知道的再来吧我们。",
        "不知道。\n我。",
    ],
)
def test_clauses_that_say_more_are_not_turned_round(text: str) -> None:
    rules = rule_set(
        "我不知道",
        "用不起就别用",
        "没办法处理",
        "我现在很忙",
        exceptions=("我不知道您", "[如果|要是]～用不起[就|]别用"),
    )
    assert [hit for hit in rules.scan(text) if "颠倒语序" in hit.ways] == []


def test_what_spares_an_expression_spares_it_the_wrong_way_round() -> None:
    rules = rule_set("我不知道", exceptions=("[如果|要是]～我不知道",))
    assert rules.scan("不知道的，我。")
    assert rules.scan("要是不知道，我。") == []


@pytest.mark.parametrize(("clause", "hits"), [("你有没有搞错！", 60), ("不行就是不行，这是规定。", 120)])
def test_clauses_said_again_and_again_are_judged_soon(clause: str, hits: int, guard: Guard) -> None:
    guard.findings(clause)
    begin = thread_time()
    assert len(guard.findings(clause * 60)) == hits
    assert thread_time() - begin < 3.0  # it took 8 s and 20 s


def test_a_hit_that_stands_there_is_not_found_once_more() -> None:
    (hit,) = rule_set("没办法", "我没办法").scan("没办法，我。")
    assert (hit.found, hit.ways) == ("没办法", ())


@settings(max_examples=100)
@given(st.text(st.sampled_from("我不知道没办法,。!\n 呀也"), max_size=30))
def test_orders_are_spans_of_the_text(text: str) -> None:
    """Whatever is joined stands in the text, and on lines that go on behind a comma."""
    reordering = Reordering(ShortTexts.of(("我不", "不知", "知道", "我没", "没办", "办法")))
    for wording, spans in reordering.orders(text, 0, len(text)):
        joined = "".join(each for start, end in spans for each in text[start:end] if each.isalnum())
        assert joined == wording
        lines = text[min(spans)[0] : max(end for _, end in spans)].split("\n")
        assert all(line.rstrip(" ").endswith(",") for line in lines[:-1])


SPARED = [  # of every trade
    "我是新手表专区的，电池这边也可以换。",
    "您没看错，这不是我的错觉，页面真的变大了。",
    "初一定座的客人多，您看初二行吗？",
    "您周三再来吧台领一下会员礼。",
    "布行的王老板给您留了三米亚麻。",
    "您从垦丁路店提货比较近。",
    "您自己看着办理退订就可以。",
]


@pytest.mark.parametrize("text", SPARED)
def test_the_words_of_a_sentence_run_over_the_end_of_a_hit(text: str, guard: Guard) -> None:
    assert [hit for hit in guard.findings(text) if hit.rule.id != "address.ni"] == []


DRAFTS = [
    json.loads(line)
    for line in (Path(__file__).parent / "data/drafts_neighbours.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("draft", DRAFTS, ids=lambda draft: draft["text"])
def test_near_neighbours_in_every_trade(draft: dict[str, str], guard: Guard) -> None:
    """Drafts that were written beside the mechanisms: what marks, order, slipped-in words and others' words make."""
    found = [hit.found for hit in guard.findings(draft["text"]) if hit.rule.id != "address.ni"]
    assert bool(found) is (draft["label"] == "violation"), found
