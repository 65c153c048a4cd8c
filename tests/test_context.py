"""What went before a message: answers to what was asked, questions that go on, and that nothing else changes."""

from __future__ import annotations

import json
from datetime import datetime
from random import Random
from typing import Any

import pytest
from tests.support import csbot, read_rows

from csbot.library.models import Library
from csbot.matching.following import (
    ADDRESS,
    BILLING,
    DETAILS,
    NAME,
    ORDER,
    PHOTO,
    ROOM,
    TELEPHONE,
    Before,
    acknowledges,
    answered,
    asks_when_or_how_much,
    awaits_who_comes,
    goes_on,
    names_another_thing,
    partly_answered,
    raised,
)
from csbot.matching.result import Decision, Match
from csbot.replying.context import Context
from csbot.replying.following import asked_for, before_of, is_matter, matter_of
from csbot.replying.responder import CLOSING, HOLDING, RECEIVED, Responder
from csbot.replying.slots import read_from_message
from csbot.text.normalise import normalise

NOW = datetime(2026, 11, 22, 10, 0)


def folded(text: str) -> str:
    return normalise(text).text


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("3栋1202", ROOM),
        ("我家是12号楼2单元601", ROOM),
        ("5-2-301", ROOM),
        ("3栋1202 电话13800138000", ROOM),
        ("图发你了", PHOTO),
        ("已经发图了", PHOTO),
        ("截图", PHOTO),
        ("[图片]", PHOTO),
        ("5000块，昨天晚上转的", DETAILS),
        ("上周五做的B超", DETAILS),
        ("昨天就说要发货", None),
        ("昨天下午改到几点", None),
        ("1202", None),
        ("发货了吗", None),
        ("图片和实物不一样", None),
    ],
)
def test_a_room_a_picture_or_when_it_was_is_an_answer_too(text: str, given: str | None) -> None:
    everything = Before("property.repair", (), frozenset({ROOM, PHOTO, DETAILS, TELEPHONE}))
    assert answered(folded(text), everything) == given


@pytest.mark.parametrize(
    ("text", "asked", "given"),
    [
        ("5栋601，现在", {ROOM, TELEPHONE}, ROOM),
        ("5栋601 现在在家", {ROOM, TELEPHONE}, ROOM),
        ("张伟，CT，手机13800138000", {TELEPHONE, NAME}, TELEPHONE),
        ("云杉科技有限公司，税号91310000MA1K4BCD0X", {BILLING}, BILLING),
        ("20261122001，张伟", {ORDER}, ORDER),
        ("20261122001，还没到", {ORDER}, None),  # says more than what was asked for
        ("20261122001，给我退了", {ORDER}, None),
        ("5栋601，现在", {ORDER}, None),  # not what was asked for
        ("张伟，现在", {ROOM}, None),
        ("好的", {ROOM}, None),
        ("", {ROOM}, None),
    ],
)
def test_what_was_asked_for_may_come_with_something_beside(text: str, asked: set[str], given: str | None) -> None:
    assert partly_answered(folded(text), Before("property.repair", (), frozenset(asked))) == given
    assert partly_answered(folded(text), Before("property.repair")) is None, "nothing was asked"


@pytest.mark.parametrize(
    ("text", "asked", "given"),
    [
        ("税号91310000MA1K4BCD0X", BILLING, BILLING),
        ("抬头是云杉科技有限公司", BILLING, BILLING),
        ("云杉科技有限公司", BILLING, BILLING),
        ("抬头可以改吗", BILLING, None),
        ("公司", BILLING, None),
        ("你们是哪家公司", BILLING, None),
        ("北京市朝阳区建国路88号2栋501", ADDRESS, ADDRESS),
        ("改成建国路88号", ADDRESS, ADDRESS),
        ("送到楼下", ADDRESS, None),
        ("收件人张伟", NAME, NAME),
        ("收件人可以改吗", NAME, None),
        ("差了80", DETAILS, DETAILS),
        ("多扣80.5", DETAILS, DETAILS),
        ("要等80", DETAILS, None),
    ],
)
def test_a_name_an_address_or_what_an_invoice_needs_is_an_answer(text: str, asked: str, given: str | None) -> None:
    assert answered(folded(text), Before("payment.invoice", (), frozenset({asked}))) == given


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("师傅几点到", True),
        ("多久能来", True),
        ("扣多少", True),
        ("要几天", True),
        ("多少钱一个", False),
        ("快递几天到北京", False),
        ("好的", False),
    ],
)
def test_who_asks_only_when_or_how_much_asks_of_what_was_spoken_about(text: str, bare: bool) -> None:
    assert asks_when_or_how_much(folded(text)) is bare


@pytest.mark.parametrize(
    ("text", "told", "awaits"),
    [
        ("师傅几点到", "师傅两小时内联系您。", True),
        ("维修人员什么时候来", "今天安排上门。", True),
        ("师傅几点到", "包裹在运输途中。", False),
        ("维修人员几点到", "会由管理人员回复您。", False),  # somebody else
        ("师傅态度很差", "师傅两小时内联系您。", False),
        ("多久能来", "师傅两小时内联系您。", False),  # names nobody
    ],
)
def test_who_asks_when_somebody_comes_means_whom_the_reply_announced(text: str, told: str, awaits: bool) -> None:
    assert awaits_who_comes(folded(text), Before("property.repair", (), frozenset(), told)) is awaits


def test_what_is_paid_for_is_a_matter_of_its_own_where_nothing_was_said_of_it() -> None:
    before = Before("payment.refund_progress", (), frozenset(), "退款原路退回。")
    assert names_another_thing("那运费呢", before)
    assert not names_another_thing("那退款呢", before)
    assert not names_another_thing("那运费呢", Before("order.return_exchange", (), frozenset(), "运费由我们承担。"))


@pytest.mark.parametrize(
    ("first", "then", "contains"),
    [
        ("厨房水管爆了", "3栋1202 电话13800138000", "记下"),
        ("杯子收到就是碎的", "图发你了", "记下"),
        ("我的快递停在武汉三天不动了", "？", "抱歉"),
        ("厨房水管爆了", "多久能来", "师傅"),
        ("厨房水管爆了", "5栋601，现在", "记下"),
        ("厨房水管爆了", "师傅几点到", "师傅"),
        ("楼道灯坏了", "维修人员几点到", "师傅"),  # by itself that of a household appliance
        ("能开发票吗", "税号91310000MA1K4BCD0X", "记下"),
        ("修改收货地址", "北京市朝阳区建国路88号2栋501", "记下"),
        ("我的快递到哪了", "20261122001，张伟", "20261122001"),
    ],
)
def test_who_gives_what_was_asked_or_waits_is_not_asked_again(
    first: str, then: str, contains: str, responder: Responder
) -> None:
    context = Context(NOW)
    said = ""
    for text in (first, then):
        best = responder.respond(text, context).best
        assert best is not None, text
        responder.remember(best, context)
        said = best.filled.text
    assert contains in said
    assert context.matter == responder.match(first, Context(NOW)).intent
    assert RECEIVED in responder.library.scripts


# ── answers ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("20261122001", ORDER),
        ("２０２６１１２２００１", ORDER),
        ("单号是SF1029384756", ORDER),
        ("订单编号：TB998877665。", ORDER),
        ("订单20261122001", ORDER),
        ("就是昨天那单", ORDER),
        ("上周三拍的那个", ORDER),
        ("前天买的那件", ORDER),
        ("单号我找不到了", ORDER),
        ("不记得订单号了", ORDER),
        ("13800001111", TELEPHONE),
        ("手机尾号3321", TELEPHONE),
        ("0571-88886666", TELEPHONE),
        ("好的", None),
        ("12", None),
        ("昨天就说要发货", None),
        ("我昨天买的那件怎么还没到啊，都说今天到的", None),
        ("怎么付款", None),
        ("找不到客服", None),
        ("", None),
    ],
)
def test_what_a_message_gives_of_what_was_asked(text: str, given: str | None) -> None:
    everything = Before("order.where_is_it", (), frozenset({ORDER, TELEPHONE}))
    assert answered(folded(text), everything) == given
    assert answered(folded(text), Before("order.where_is_it")) is None, "nothing was asked"


@pytest.mark.parametrize(
    ("reply", "asked"),
    [
        ("请您提供订单号，我马上查。", {ORDER}),
        ("方便把单号发给我吗？", {ORDER}),
        ("报下单时留的手机号也可以。", {TELEPHONE}),
        ("请发来姓名和新地址。", {NAME, ADDRESS, ROOM}),
        ("请提供公司名称、税号。", {BILLING}),
        ("请留一个联系电话，或者告诉我订单号。", {ORDER, TELEPHONE}),
        ("订单 {订单号} 我已经记下。", set()),
        ("您的订单已经发出。", set()),
        ("", set()),
    ],
)
def test_what_a_reply_asks_for(reply: str, asked: set[str]) -> None:
    assert asked_for(reply) == asked


@pytest.mark.parametrize(
    ("text", "asked", "order"),
    [
        ("20261122001", (ORDER,), "20261122001"),
        ("AB2026112", (ORDER,), "AB2026112"),
        ("20261122001，张伟，13800001111", (ORDER,), "20261122001"),
        ("20261122001，张伟", (), None),
        ("13800001111，张伟", (ORDER,), None),
        ("310101199001011234，张伟", (ORDER,), None),  # the number of an identity card
        ("20261122001", (), None),
        ("13800001111", (ORDER,), None),
        ("好的", (ORDER,), None),
    ],
)
def test_a_number_alone_is_an_order_number_after_it_was_asked_for(
    text: str, asked: tuple[str, ...], order: str | None, library: Library
) -> None:
    assert read_from_message(text, library.slots, asked).get("订单号") == order


# ── going on ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", ["那运费呢", "那要多久", "要是已经发出来了呢", "然后呢", "白色的呢", "另一款也是吗"])
def test_a_message_that_goes_on(text: str) -> None:
    assert goes_on(folded(text))


@pytest.mark.parametrize("text", ["怎么付款", "那天我在你们店里买的东西到现在都没有送到家里来", "", "哈哈哈哈"])
def test_a_message_that_does_not(text: str) -> None:
    assert not goes_on(folded(text))


def test_what_is_raised() -> None:
    before = Before("order.cancel", ("payment.methods",))
    situations = ["order.cancel", "order.stock", "payment.methods", "member.points"]
    strong, weak = (raised(text, before, situations) for text in ("那退款呢", "退款多久"))
    assert [each.intent for each in strong] == ["order.cancel", "payment.methods", "order.stock"]
    assert strong[0].adds > strong[1].adds > strong[2].adds > 0
    assert [each.adds for each in weak] == [each.adds / 2 for each in strong]
    assert raised("我昨天在你们店里买的那个电饭煲现在怎么不热", before, situations) == []


# ── on the library ───────────────────────────────────────────────────────────────────────────────────────────


def after(row: dict[str, Any], responder: Responder) -> Match:
    return responder.matcher.match(row["text"], before_of(responder.library, row["after"]))


def test_messages_that_go_on_are_understood(responder: Responder) -> None:
    rows = [row for row in read_rows("context.jsonl") if row["intent"] == row["after"]]
    assert len(rows) >= 60
    alone = sum(responder.matcher.match(row["text"]).intent == row["intent"] for row in rows)
    found = [after(row, responder) for row in rows]
    right = sum(match.intent == row["intent"] for match, row in zip(found, rows, strict=True))
    wrong = [row["text"] for match, row in zip(found, rows, strict=True) if match.intent not in (None, row["intent"])]
    assert right / len(rows) >= 0.55
    assert right > alone + 0.35 * len(rows)
    assert len(wrong) / len(rows) <= 0.15, wrong


def test_fresh_messages_in_a_conversation_are_what_they_are(responder: Responder) -> None:
    rows = [row for row in read_rows("context.jsonl") if row["intent"] != row["after"]]
    assert len(rows) >= 20
    for row in rows:
        alone, found = responder.matcher.match(row["text"]), after(row, responder)
        assert found.intent == row["intent"] or found == alone, row


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("那要带什么", "order.self_pickup"),  # as those ask who fetch their goods
        ("那怎么付", "payment.methods"),  # too little to tell
        ("要带什么证件", "service.business_requirements"),  # does not go on
        ("那物业费怎么交", "property.fee"),  # of something else
    ],
)
def test_what_others_with_the_matter_ask_too_goes_on_about_it(
    text: str, intent: str, responder: Responder, library: Library
) -> None:
    before = before_of(library, "order.self_pickup")
    assert responder.matcher.match(text, before).intent == intent


@pytest.mark.slow
def test_what_is_clear_alone_never_changes(responder: Responder, library: Library) -> None:
    chance = Random(1)
    matters = [intent for intent in library.intents if before_of(library, intent) is not None]
    changed, answered_now = [], 0
    for row in read_rows("heldout.jsonl")[::3] + read_rows("out_of_scope.jsonl")[::2]:
        before = before_of(library, chance.choice(matters))
        alone, found = responder.matcher.match(row["text"]), responder.matcher.match(row["text"], before)
        if alone.decision is Decision.MATCHED and found != alone:
            changed.append(row["text"])
        answered_now += row["intent"] is None and found.intent is not None and alone.intent is None
    assert changed == []
    assert answered_now <= 3


def test_a_conversation_goes_on(responder: Responder) -> None:
    context = Context(NOW)
    first = responder.respond("我的快递到哪了", context)
    assert first.best is not None
    responder.remember(first.best, context)
    assert context.matter == "order.where_is_it"
    second = responder.respond("20261122001", context)
    assert second.match.intents == ("order.where_is_it",)
    assert second.best is not None
    assert "20261122001" in second.best.filled.text
    assert "接着办「查询物流」" in second.match.reasons[0]
    responder.remember(second.best, context)
    thanks = responder.respond("谢谢你", context)
    assert thanks.match.intents == ("courtesy.customer_thanks",)
    assert thanks.best is not None
    responder.remember(thanks.best, context)
    assert context.matter == "order.where_is_it", "courtesies are no matter of their own"


def test_what_is_regretted_is_not_what_the_next_message_goes_on_about(responder: Responder) -> None:
    context = Context(NOW)
    first = responder.respond("我的包裹到哪了？都等3天了。我急死了！", context)
    assert set(first.match.intents) == {"order.where_is_it", "service.empathy"}
    assert first.best is not None
    responder.remember(first.best, context)
    assert context.matter == "order.where_is_it"


@pytest.mark.parametrize(
    ("intents", "matter"),
    [
        (("order.where_is_it", "service.empathy"), "order.where_is_it"),
        (("complaint.want_to_complain", "order.return_exchange"), "order.return_exchange"),
        (("order.return_exchange", "payment.invoice"), "payment.invoice"),
        (("greeting.regular", "complaint.progress"), "complaint.progress"),
        (("complaint.injury", "complaint.compensation"), "complaint.injury"),
        (("courtesy.customer_thanks",), ""),
        ((), ""),
    ],
)
def test_which_situation_of_a_reply_is_gone_on_about(intents: tuple[str, ...], matter: str, library: Library) -> None:
    assert matter_of(library, intents) == matter


@pytest.mark.parametrize(
    ("text", "matter"),
    [
        ("快点啊", "order.where_is_it"),
        ("人呢，半天没人理", "order.where_is_it"),
        ("在吗", "order.where_is_it"),
        ("😡😡😡", "complaint.angry_abusive"),  # what it is about is asked next
        ("我要退货", "order.return_exchange"),
        ("扣了我两次钱", "complaint.overcharge"),
    ],
)
def test_who_only_urges_still_waits_for_the_matter_before(text: str, matter: str, responder: Responder) -> None:
    context = Context(NOW)
    responder.remember(responder.respond("我的快递到哪了", context).variants[0], context)
    assert context.matter == "order.where_is_it"
    urged = responder.respond(text, context)
    assert urged.match.intents != ("order.where_is_it",), "it is answered as what it is"
    responder.remember(urged.variants[0], context)
    assert context.matter == matter


HEARD = ["好的", "嗯嗯", "OK👌", "👌", "好的，知道了", "行，那我等着", "收到！", "好的👍🏻", "好吧", "好的好的"]
NOT_ONLY_HEARD = [
    "好不好",
    "行不行",
    "好的？",
    "好的，什么时候到",
    "收到货了",
    "等了好多天了",
    "好的我要退货",
    "😡",
    "",
    "行李",
]


@pytest.mark.parametrize("text", HEARD)
def test_who_only_says_that_it_was_heard_is_not_misunderstood(text: str, responder: Responder) -> None:
    for context in (Context(NOW), Context(NOW, matter="order.where_is_it")):
        response = responder.respond(text, context)
        assert response.match.decision is not Decision.MATCHED
        assert response.best is not None
        assert response.best.intents == (CLOSING,)


@pytest.mark.parametrize("text", NOT_ONLY_HEARD)
def test_what_asks_for_more_is_no_acknowledgement(text: str, responder: Responder) -> None:
    assert not acknowledges(folded(text))
    assert responder.holding(text) == HOLDING


@pytest.mark.parametrize("text", ["那算了", "不用了", "那先不用了吧", "好的", "行，那我等着"])
def test_who_wants_nothing_more_goes_on_about_nothing(text: str) -> None:
    assert raised(folded(text), Before("order.where_is_it"), ["order.where_is_it", "order.cancel"]) == []


def test_what_the_customer_has_given_is_not_asked_for_again(responder: Responder) -> None:
    context = Context(NOW)
    given: dict[str, str] = {}
    for message in ("我的快递到哪了", "订单20261122001", "那大概几天能到", "那到底哪天能到", "还要几天啊"):
        response = responder.respond(message, context)
        assert response.best is not None
        reply = response.best.filled.text
        assert not (given and ORDER in asked_for(reply)), (message, reply)
        responder.remember(response.best, context)
        context.slots |= responder.stated(message, context)
        given = {name: value for name, value in context.slots.items() if name == ORDER}
    assert given == {ORDER: "20261122001"}


def test_another_customer_goes_on_about_nothing(responder: Responder) -> None:
    context = Context(NOW, same_customer=False, matter="order.where_is_it")
    response = responder.respond("20261122001", context)
    assert response.match.decision is Decision.UNMATCHED
    assert responder.stated("20261122001", context) == {}


def test_what_is_a_matter(library: Library) -> None:
    assert is_matter(library, "order.where_is_it")
    for intent in ("greeting.regular", "courtesy.goodbye", "service.please_wait", "no.such"):
        assert not is_matter(library, intent)
        assert before_of(library, intent) is None


def test_a_declined_matter_is_not_taken_up_again(responder: Responder, library: Library) -> None:
    before = before_of(library, "payment.invoice")
    assert responder.matcher.match("发票不用了", before).intents == ()


@pytest.mark.slow
def test_explain_shows_what_went_before() -> None:
    steps = json.loads(csbot("explain", "那运费呢", "--after", "order.return_exchange", "--json").stdout)
    assert steps["intent"] == "order.return_exchange"
    assert steps["raised"][0] == {"intent": "order.return_exchange", "adds": 6.0, "why": "刚答过"}
    assert steps["belonging"]["上文"] > 0
    assert csbot("explain", "那运费呢", "--after", "no.such").returncode == 2
