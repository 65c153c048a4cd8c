"""What a customer has told once is remembered in the conversation, and not asked for again."""

from __future__ import annotations

from datetime import datetime

import pytest

from csbot.matching.following import ADDRESS, NAME, ROOM
from csbot.matching.result import Decision, Match
from csbot.replying.compose import without_known
from csbot.replying.context import Context
from csbot.replying.given import (
    AMOUNT,
    CALL_TIME,
    CARD_TAIL,
    DAY,
    HOUSEHOLD,
    KINDS,
    NEW_PHONE,
    PHONE,
    PHONE_TAIL,
    note_given,
    read_given,
    shown,
)
from csbot.replying.responder import Responder

NOON = datetime(2026, 11, 23, 12)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我的电话13800138000", {PHONE: "13800138000"}),
        ("手机号 138-0013-8000，谢谢", {PHONE: "138-0013-8000"}),
        ("１３８００１３８０００", {PHONE: "１３８００１３８０００"}),
        ("座机010-62345678", {PHONE: "010-62345678"}),
        ("老号13800138000，换成13900139000了", {PHONE: "13900139000"}),  # the last holds
        ("我是3栋1202的", {ROOM: "3栋1202"}),
        ("5号楼2单元301室漏水了", {ROOM: "5号楼2单元301室"}),
        ("收货人电话改成13912345678", {PHONE: "13912345678", NEW_PHONE: "13912345678"}),
        ("换个手机号，13912345678", {PHONE: "13912345678", NEW_PHONE: "13912345678"}),
        ("地址和电话都要改，电话改成13912345678", {PHONE: "13912345678"}),
        ("手机充不进话费，13912345678", {PHONE: "13912345678"}),
        ("房号是2-1-1502", {ROOM: "2-1-1502"}),
        ("地址改成朝阳区建国路88号2栋501", {ADDRESS: "朝阳区建国路88号2栋501", ROOM: "2栋501"}),
        ("地址写错了 改成丰台区南三环88号2号楼301", {ADDRESS: "丰台区南三环88号2号楼301", ROOM: "2号楼301"}),
        ("我叫王小明，想问下积分", {NAME: "王小明"}),
        ("昨天扣了我50块", {DAY: "昨天", AMOUNT: "50块"}),
        ("11月20号转的5000元，对方不认", {DAY: "11月20号", AMOUNT: "5000元"}),
        ("户号3307719902，查一下余额", {HOUSEHOLD: "3307719902"}),
        ("电话尾号3391，家里没网", {PHONE_TAIL: "3391"}),
        ("信用卡尾号 8876 怎么扣了年费", {CARD_TAIL: "8876"}),
        ("一直没收到，尾号6612", {CARD_TAIL: "6612"}),
        ("给我回个电话，下午三点以后", {CALL_TIME: "下午三点以后"}),
        ("周六上午打给我，13912345678", {PHONE: "13912345678", CALL_TIME: "周六上午"}),
        ("下午三点以后有人在家", {}),  # no call is wanted
        ("给我回电，明天上午别打，四点以后", {}),  # two times
        ("下午三点要开会，给我回电话", {}),
        ("今天下午三点打了没人接，给我回电话", {}),
        # what is somebody else's, or is no such thing
        ("收款人尾号9911", {}),
        ("车牌尾号1234", {}),
        ("单号尾号8877查一下", {}),
        ("快递员电话13800138000打不通", {}),
        ("13800138000这个号码老给我打", {}),
        ("13800138000一直骚扰我", {}),
        ("楼上5栋1202天天吵", {}),
        ("订单号20261122001", {}),
        ("20261380013800099 是单号", {}),
        ("5000块的那款有货吗", {}),
        ("昨天买的什么时候发货", {}),
        ("今天打开充不上电", {}),  # the day of what went wrong
        ("昨天充了一晚没充满", {}),
        ("今早门禁刷不开", {}),
        ("昨晚页面一直转圈", {}),
        ("前天转人工没人接", {}),
        ("上周三交的房", {}),
        ("今天充话费没到账", {DAY: "今天"}),
        ("昨天刷了2000元", {DAY: "昨天", AMOUNT: "2000元"}),
        ("我叫你们经理来", {}),
        ("送到小区门口就行", {}),
        ("一直没人理我", {}),
        ("", {}),
    ],
)
def test_what_a_message_tells(text: str, expected: dict[str, str]) -> None:
    assert read_given(text) == expected


def test_a_room_may_stand_alone_where_it_was_asked_for() -> None:
    assert read_given("5-2-301") == {}
    assert read_given("5-2-301", {ROOM}) == {ROOM: "5-2-301"}


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("上海市浦东新区世纪大道100号", "上海市浦东新区世纪大道100号"),
        ("换到上海市浦东新区世纪大道100号", "上海市浦东新区世纪大道100号"),
        ("收货地址改成：建国路８８号。", "建国路８８号"),
        ("到北京市要几天", None),
        ("好的", None),
    ],
)
def test_an_address_may_stand_alone_where_it_was_asked_for(text: str, address: str | None) -> None:
    assert read_given(text, {ADDRESS}).get(ADDRESS) == address


@pytest.mark.parametrize(
    ("kind", "reply", "expected"),
    [
        (PHONE, "请您留下联系电话，由管理人员在{时限}内与您联系。", "由管理人员在{时限}内与您联系。"),
        (PHONE, "请您告诉我姓名、登记的手机号，我来查。", "请您告诉我姓名，我来查。"),
        (PHONE, "请提供地址、联系电话和故障现象。", "请提供地址和故障现象。"),
        (ROOM, "请告诉我房号、电话和现象，我来登记。", "请告诉我电话和现象，我来登记。"),
        (ADDRESS, "请留下收货地址、电话和家里有人的时间，我来登记。", "请留下电话和家里有人的时间，我来登记。"),
        (
            ADDRESS,
            "请把订单号和新地址、收件人、电话发给我：没发货的可以改。",
            "请把订单号和收件人、电话发给我：没发货的可以改。",
        ),
        (ADDRESS, "请提供订单号，并把新地址完整发来，我先看看。", "请提供订单号，我先看看。"),
        (ADDRESS, "请把订单号发给我，新地址也一并发来。", "请把订单号发给我。"),
        (NEW_PHONE, "请把订单号和新地址发给我。", "请把订单号发给我。"),
        (NAME, "把登记的姓名和手机号告诉我，我来核对。", "把手机号告诉我，我来核对。"),
        (AMOUNT, "请您提供扣款的时间、金额和单号，我来核对。", "请您提供扣款的时间和单号，我来核对。"),
        (DAY, "请您提供扣款的时间、金额和单号，我来核对。", "请您提供金额和单号，我来核对。"),
    ],
)
def test_what_was_given_is_not_asked_for(kind: str, reply: str, expected: str) -> None:
    assert without_known(reply, {kind}) == expected


@pytest.mark.parametrize(
    ("kind", "reply"),
    [
        (PHONE, "请拨打客服电话。"),
        (PHONE, "师傅出发前会先打电话给您。"),
        (ADDRESS, "{时限}内告诉您审核结果和寄回地址。"),
        (AMOUNT, "请您提供扣款的时间、金额和单号，只要这三项。"),  # they are counted
        (AMOUNT, "金额以合同和账单为准。"),
        (DAY, "请选个方便上门的时间。"),
    ],
)
def test_what_is_no_question_for_it_stays(kind: str, reply: str) -> None:
    assert without_known(reply, {kind}) == reply


def test_no_reply_of_the_library_is_broken_by_what_is_known(responder: Responder) -> None:
    """Whatever is known, what is left of a reply is whole sentences, and no list begins or ends with its mark."""
    for script in responder.library.scripts.values():
        for reply in script.replies:
            for known in ({kind} for kind in KINDS):
                said = without_known(reply.text, known)
                assert said
                assert said[-1] in "。！？!?”」』）}"
                for wrong in ("、，", "、。", "和，", "把发给", "把告诉", "，，", "请，", "请您，", "和。", "、和"):
                    assert said.count(wrong) <= reply.text.count(wrong), said


def conversation(responder: Responder, *messages: str) -> list[str]:
    """Return the replies to messages of one customer, as a console gives them."""
    context, replies = Context(NOON), []
    for message in messages:
        responder.take(message, context)
        best = responder.respond(message, context, limit=1).best
        assert best is not None
        responder.remember(best, context)
        replies.append(best.filled.text)
    return replies


@pytest.mark.slow
def test_a_room_is_asked_for_once(responder: Responder) -> None:
    first, second, third = conversation(responder, "家里水管漏水了要报修", "3栋1202", "物业费我想核对一下")
    assert "房号" in first
    assert "房号" not in second
    assert "房号" not in third


def test_a_telephone_number_given_with_the_matter_is_not_asked_for(responder: Responder) -> None:
    (with_number,) = conversation(responder, "我要找你们经理，我电话13800138000")
    (without,) = conversation(responder, "我要找你们经理")
    asks = [each for each in ("联系电话", "联系方式") if each in without]
    assert asks
    assert not [each for each in asks if each in with_number]
    assert "13800138000" not in with_number


def test_what_was_paid_for_one_matter_says_nothing_of_the_next(responder: Responder) -> None:
    context = Context(NOON)
    responder.take("昨天扣了我50块，电话13800138000", context)
    for intent in ("complaint.overcharge", "property.fee"):
        match = Match("", Decision.MATCHED, (), (intent,))
        best = responder.answer(match, (intent,), "", context, {}, limit=1).best
        assert best is not None
        responder.remember(best, context)
    assert context.given == {PHONE: "13800138000"}


def test_it_is_shown_masked_and_can_be_corrected() -> None:
    context = Context(NOON, given={PHONE: "13800138000", ROOM: "3栋1202"})
    assert shown(context.given) == ["电话 138****8000", "房号 3栋1202"]
    note_given(context, {PHONE: "", ADDRESS: "建国路88号"})
    assert shown(context.given) == ["房号 3栋1202", "地址 建国路88号"]


def test_what_the_agent_takes_back_is_asked_for_again(responder: Responder) -> None:
    message, context = "我要找你们经理，我电话13800138000", Context(NOON)
    responder.take(message, context)
    known = responder.respond(message, context, limit=1).best
    note_given(context, {PHONE: ""})
    unknown = responder.respond(message, context, limit=1).best
    assert known is not None
    assert unknown is not None
    assert known.filled.text != unknown.filled.text
    assert "联系电话" in unknown.filled.text or "联系方式" in unknown.filled.text


@pytest.mark.parametrize(
    "message",
    [
        "帮我改下地址，改成海淀区中关村大街1号",
        "收货人电话改一下，改成13912345678",
        "换个手机号，13912345678，我要改收货电话",
    ],
)
def test_what_is_told_with_the_request_is_not_asked_for(responder: Responder, message: str) -> None:
    response = responder.respond(message, Context(NOON))
    assert response.best is not None
    assert response.best.intents == ("order.change_address",)
    assert "新地址" not in response.best.filled.text
    assert "订单号" in response.best.filled.text
