"""What a joint reply does not ask for twice, and how it goes on from one matter to the next."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import product

import pytest

from csbot.library.models import Library
from csbot.replying.asking import ASKED, things_asked, without_asking
from csbot.replying.compose import LINKS, elements_of, join, sentences_of
from csbot.replying.context import Context
from csbot.replying.responder import Responder

ORDER, PHONE, ROOM, CONTACT = ASKED
NOON = datetime(2026, 11, 23, 12)


@pytest.mark.parametrize(
    ("thing", "sentence", "expected"),
    [
        (ORDER, "请提供订单号，我来查。", "我来查。"),
        (ORDER, "方便把订单号发给我吗？", ""),
        (ORDER, "能不能取消，看到了哪一步，请您提供订单号，我先查。", "能不能取消，看到了哪一步，我先查。"),
        (ORDER, "请您把订单号发给我：发货前提出的，可以取消。", "发货前提出的，可以取消。"),
        (ORDER, "马上为您看，请直接发订单号。", "马上为您看。"),
        (
            ORDER,
            "已经申请过的，订单号发给我，我来查；新申请的，明天答复。",
            "已经申请过的，我来查；新申请的，明天答复。",
        ),
        (ORDER, "请直接发订单号或登记的手机号，大约2分钟后答复您。", "大约2分钟后答复您。"),
        (ORDER, "请您告诉我订单号，一时找不到，报手机号也可以。", ""),
        (ORDER, "请您告诉我订单号，一时找不到，报手机号也可以，我来查。", "我来查。"),
        (ORDER, "请把订单号和新地址、收件人发给我：可以直接改。", "请把新地址、收件人发给我：可以直接改。"),
        (ORDER, "请提供订单号、型号和照片，马上登记。", "请提供型号和照片，马上登记。"),
        (ORDER, "请提供时间、订单号和照片。", "请提供时间和照片。"),
        (ORDER, "请把时间、金额和订单号发给我，我来查。", "请把时间和金额发给我，我来查。"),
        (ORDER, "请您告诉我姓名和订单编号，我来查。", "请您告诉我姓名，我来查。"),
        (ORDER, "请提供订单号，并把新地址发来，我来改。", "请把新地址发来，我来改。"),
        (ORDER, "请您告诉我订单号，把收到的东西拍张照片。", "请您把收到的东西拍张照片。"),
        (ORDER, "请把订单号发给我，再拍一张照片。", "请拍一张照片。"),
        (PHONE, "请您告诉我手机号码，以及缴费的日期，我来查。", "请您告诉我缴费的日期，我来查。"),
        (PHONE, "可以开通，请报一下手机号码；要开通的，再说一下目的地。", "可以开通；要开通的，再说一下目的地。"),
        (ROOM, "请告诉我车牌号和房号；想租车位的，我来查。", "请告诉我车牌号；想租车位的，我来查。"),
        (CONTACT, "我会记录，请您留下联系方式，24小时内答复您。", "我会记录，24小时内答复您。"),
    ],
)
def test_what_asks_for_a_thing_is_left_out(thing: str, sentence: str, expected: str) -> None:
    assert without_asking(sentence, thing) == expected
    assert thing in things_asked(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "订单 20261122001 我已经记下，马上为您查。",
        "附言请写上订单号。",
        "提货时带上订单号和证件。",
        "登记车牌和房号，就为您办理。",
        "请告诉我两件事：一是订单号，二是页面的提示。",
        "请把金额和订单号发给我（没有订单号的，小票也行），我来查。",
        "请把小票发给我，没有订单号的，报订单号下单时的手机号。",
        "我们不会外传您的联系方式。",
        "",
    ],
)
def test_what_asks_for_nothing_or_cannot_be_taken_apart_stays(sentence: str) -> None:
    assert things_asked(sentence) == set()


def test_no_sentence_of_this_library_is_broken(library: Library) -> None:
    seen = 0
    for script in library.scripts.values():
        for reply in script.replies:
            for sentence in sentences_of(reply.text):
                for thing in things_asked(sentence):
                    left = without_asking(sentence, thing)
                    seen += 1
                    assert re.search(thing, left) is None, left
                    assert (
                        re.search("[，；：][，；：。]|^[，；：。]|(?<!申)请您?[，；：。我]|[、和][，。发]", left)
                        is None
                    ), left
                    assert not left or left[-1] in "。！？", left
    assert seen > 100


def test_a_joint_reply_asks_for_an_order_number_once(responder: Responder, library: Library) -> None:
    """Every first wording that asks for it beside every other one: the second question is gone."""
    asking = [
        (library.intents[script.intent].part, script.replies[0].text, script.elements)
        for script in library.scripts.values()
        if any(ORDER in things_asked(each) for each in sentences_of(script.replies[0].text))
        and not script.replies[0].text.count("订单号") > 1
    ]
    assert len(asking) > 5
    for one, other in product(asking, asking):
        if one is not other:
            text = join([one, other], responder.elements)
            assert sum(ORDER in things_asked(each) for each in sentences_of(text)) == 1, text


MESSAGES = (
    "我要退货，还有上次的退款怎么还没到账",
    "快递到哪了？能不能改个地址",
    "想取消订单，另外积分怎么换东西",
    "我的包裹显示签收了但我没收到，再帮我开张发票",
    "订单号20261119003到哪了，顺便改一下收货电话",
    "发错货了，赶紧给我换，顺便把发票开了",
    "退款被拒了，我要投诉你们",
    "物业费怎么交，我家水管漏水了",
    "话费莫名其妙多扣了二十，另外帮我取消那个套餐",
    "价格比别家贵，能不能打折，支持花呗吗",
)


@pytest.mark.parametrize("message", MESSAGES)
def test_a_reply_to_several_matters_reads_as_one(responder: Responder, message: str) -> None:
    response = responder.respond(message, Context(NOON))
    assert len(response.match.intents) > 1
    for variant in response.variants:
        if variant.filled.open_slots:  # joined again when it is filled
            continue
        sentences = sentences_of(variant.filled.text)
        for thing in ASKED:
            assert sum(thing in things_asked(each) for each in sentences) <= 1, variant.filled.text
        bare = [each for each in sentences if not re.match("如|要是|若", each)]
        apologies = [each for each in bare if elements_of(each, responder.elements, ("apology",))]
        assert not apologies[1:] or all("如果" in each or "要是" in each for each in apologies[1:]), variant.filled.text
        assert any(f"{link}，" in variant.filled.text for link in LINKS), variant.filled.text
        assert variant.filled.text.count("我已经记下") <= 1


def test_what_a_known_number_is_for_is_said_once(responder: Responder) -> None:
    text = join(
        [("body", "订单 A1001 我已经记下，马上为您查。", ["x"]), ("body", "订单 A1001 我已经记下，这就改。", ["x"])],
        responder.elements,
    )
    assert text == "订单 A1001 我已经记下，马上为您查。另外，这就改。"


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        ([("body", "可以开票。", ["x"]), ("body", "可以退货。", ["x"])], "可以开票。另外，可以退货。"),
        (
            [("body", "甲。", ["x"]), ("body", "乙。", ["x"]), ("body", "好的，丙。", ["x"])],
            "甲。另外，乙。还有，丙。",
        ),
        ([("body", "甲。", ["x"]), ("body", "另外提醒您，乙。", ["x"])], "甲。另外提醒您，乙。"),
        ([("body", "甲。", ["x"]), ("closing", "感谢您的来电。", ["x"])], "甲。感谢您的来电。"),
        ([("greeting", "您好。", ["x"]), ("body", "甲。", ["x"])], "您好。甲。"),
        ([("apology", "抱歉让您久等了。", ["x"]), ("body", "甲。", ["x"])], "抱歉让您久等了。甲。"),
        (
            [("apology", "很抱歉，24小时内给您答复。", ["x"]), ("body", "甲。", ["x"])],
            "很抱歉，24小时内给您答复。另外，甲。",
        ),
        ([("body", "甲。", ["x"]), ("body", "抱歉，乙。", ["x"])], "抱歉，乙。另外，甲。"),
        ([("body", "甲。", ["x"]), ("body", "请提供订单号。", [])], "甲。请提供订单号。"),
        (
            [("body", "请提供订单号。", ["x"]), ("body", "请提供订单号，好吗？", [])],
            "请提供订单号。请提供订单号，好吗？",
        ),
        (
            [("body", "让您费心了，很抱歉。", ["x"]), ("body", "您生气是应该的，非常抱歉。", ["x"])],
            "让您费心了，很抱歉。另外，您生气是应该的。",
        ),
    ],
    ids=[
        "two matters",
        "three",
        "linked already",
        "a closing",
        "a greeting",
        "an apology alone",
        "a matter among the apologies",
        "the apology first",
        "own words are not linked",
        "nor changed",
        "a second apology beside something else",
    ],
)
def test_a_further_matter_is_linked(
    responder: Responder, replies: list[tuple[str, str, list[str]]], expected: str
) -> None:
    assert join(replies, responder.elements) == expected


@pytest.mark.parametrize(
    ("label", "text", "expected"),
    [
        ("开发票", "可以开。", "甲。另外，关于开发票，可以开。"),
        ("开发票", "好的，请问要哪一种？", "甲。另外，关于开发票，请问要哪一种？"),
        ("开发票", "可以开具发票。", "甲。另外，可以开具发票。"),
        ("", "可以开。", "甲。另外，可以开。"),
    ],
)
def test_what_a_further_matter_is_about_is_named(responder: Responder, label: str, text: str, expected: str) -> None:
    replies = [("body", "甲。", ["x"]), ("body", text, ["x"])]
    assert join(replies, responder.elements, labels=["", label]) == expected


def test_the_order_of_an_agent_is_kept(responder: Responder) -> None:
    replies = [("body", "甲。", ["x"]), ("apology", "抱歉，24小时内答复。", ["x"]), ("body", "乙。", ["x"])]
    text = responder.joined(replies, keep_order=True)
    assert text.index("甲") < text.index("24小时") < text.index("乙")
