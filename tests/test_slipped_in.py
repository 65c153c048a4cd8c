"""Longer words slipped in, bare initials; what two words make up by chance, what is denied and what is supposed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import SHIPPED_WORDS

from csbot.replying.guard import Guard
from csbot.rules.scan import RuleSet
from csbot.rules.wording.model import Kind, PhraseRule


def rule_set(*phrases: str, exceptions: tuple[str, ...] = ()) -> RuleSet:
    return RuleSet(
        [PhraseRule("test.rule", phrases[0], "t", "试", "—", Kind.PHRASE, phrases, exceptions)], disguises=SHIPPED_WORDS
    )


WORDS = ("完全", "说实话", "一直", "目前", "现在", "直接", "个人", "说白了", "恐怕")


@pytest.mark.parametrize("word", WORDS)
def test_a_longer_word_hides_no_expression(word: str) -> None:
    (hit,) = rule_set("我不知道").scan(f"这个我{word}不知道。")
    assert (hit.found, hit.ways) == (f"我{word}不知道", ("夹入虚词",))


@settings(max_examples=60)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3), st.sampled_from(("", "真的", "也", "是")))
def test_several_words_hide_none_either(words: list[str], small: str) -> None:
    text = f"收到。我{small}{''.join(words)}不知道。"
    (hit,) = rule_set("我不知道").scan(text)
    assert text[hit.start : hit.end] == hit.found == text[3:-1]


@pytest.mark.parametrize(
    "text",
    [
        "我先生不知道取件码。",  # who that is, is said
        "我收到了。完全不知道您换了号码，抱歉。",  # another sentence
        "我看见了，现在不知道方便吗",  # another clause
        "我不现在知道。",  # never behind a negation
        "他对我说“目前不知道”",  # another's words
    ],
)
def test_words_apart_are_not_joined(text: str) -> None:
    assert rule_set("我不知道").scan(text) == []


def test_a_form_of_address_between_commas_is_left_out() -> None:
    (hit,) = rule_set("这不是我的错").scan("这不是，先生，我的错")
    assert hit.found == "这不是，先生，我的错"


def test_what_is_spared_without_the_word_stays_spared() -> None:
    rules = rule_set("您拨打", exceptions=("请您拨打",))
    assert rules.scan("请您现在就拨打热线。") == []
    assert rules.scan("您现在就拨打热线。")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("师傅几点到wbzd呀。", "wbzd"),
        ("补货时间bzd啊，您刷新看。", "bzd啊"),
        ("快递停运wymbf，等着。", "wymbf"),
        ("bx，过期了。", "bx"),
        ("漏发？bkn，称过的。", "bkn"),
        ("要投诉随便，ygjgq。", "ygjgq"),
        ("排号wmbf，等着。", "wmbf"),  # 我没办法 for 我也没办法
        ("wsm？", "wsm"),  # all that is said, and asked
        ("要退？wsm？", "wsm"),
        ("弄完了，mslb？", "mslb"),
    ],
)
def test_bare_initials_at_the_end_of_a_clause(text: str, found: str, guard: Guard) -> None:
    hits = [hit for hit in guard.findings(text) if "拼音首字母" in hit.ways]
    assert found in [hit.found for hit in hits]
    assert all(text[hit.start : hit.end] == hit.found for hit in hits)


@pytest.mark.parametrize(
    "text",
    [
        "您的优惠码是bzd2024，请在结算页输入。",
        "型号BX-200的滤芯有货。",
        "文件后缀改成mbf就能打开了。",
        "请在地址栏输入www.bkn.com下载说明书。",
        "请您回复字母bx。",
        "订单编号是WBZD0917。",
        "这款TMD减震器适配您的车型。",
        "店铺昵称叫sjb。",
        "BX、CX两款都有。",
        "密码提示是bqc。",
        "mbf",
        "wsm",
        "wsm。",
        "您好。\n我是zmy。",
        "zmy，您的同事在线。",
        "wifi？",
        "ems！",
    ],
)
def test_codes_and_names_are_no_initials(text: str, guard: Guard) -> None:
    assert [hit.found for hit in guard.findings(text) if "拼音首字母" in hit.ways] == []


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("请您确保证件在有效期内。", False),
        ("唯一定金通道在下方。", False),
        ("施工期间北门不行车。", False),
        ("我们保证到货。", True),
        ("明天一定到。", True),
        ("这个不行。", True),
    ],
)
def test_where_two_words_meet_nothing_is_said(text: str, meant: bool, guard: Guard) -> None:
    assert bool(guard.findings(text)) is meant


def test_a_repetition_makes_nothing_long_enough_for_a_comma() -> None:
    assert rule_set("不可能").scan("缺一不可，可能要补一张") == []


@pytest.mark.parametrize("text", ["我哪儿知道", "我哪知道", "我哪里知道"])
@pytest.mark.parametrize("phrase", ["[我哪|我哪儿|我哪里]", "[我哪里|我哪儿|我哪]"])
def test_the_longest_alternative_counts_in_whatever_order_they_are_listed(text: str, phrase: str) -> None:
    (hit,) = rule_set(phrase).scan(text)
    assert hit.found == text[:-2]


@pytest.mark.parametrize(
    "text",
    [
        "您用了“他妈的”这样的字眼，可见您受了委屈，请您慢慢说。",
        "您说对方开口就是“喂，说话呀”，这样接待您确实失礼了，抱歉。",
    ],
)
def test_the_words_of_others_are_spared_where_an_expression_goes_beyond_the_marks(text: str, guard: Guard) -> None:
    assert guard.findings(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "我没有说您的操作不行，只是想核对一下步骤。",
        "这并不意味着我不知道怎么处理，请给我十分钟。",
        "这个价格我们未必能保证到月底。",
        "不敢跟您说绝对没有色差。",
        "目前很难百分百保证，但我会一直跟进。",
        "并不是这笔款不可能退，需要补一张收据。",
        "若是指纹不行，请您改用密码登录。",
    ],
)
def test_what_is_denied_declined_or_supposed_is_innocent(text: str, guard: Guard) -> None:
    assert guard.findings(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "不会掉色的我保证。",
        "要是有病，就去看。",
        "没带证件就不行。",
        "不是说您有病吗？",
        "要是超时了，就不行。",
    ],
)
def test_a_denial_elsewhere_excuses_nothing(text: str, guard: Guard) -> None:
    assert guard.findings(text)
