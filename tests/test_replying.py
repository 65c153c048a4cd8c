"""Replies: slots, occasions, the choice among variants, joint replies, and the guard at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import TEXTS, write_library

from csbot.library.load import load_library
from csbot.library.models import Library
from csbot.library.values import Festival, Reply, Script, Slot
from csbot.matching.result import Candidate, Decision, Match
from csbot.replying.choose import Conditions, ranked
from csbot.replying.compose import ROUNDING_OFF, join, sentences_of
from csbot.replying.context import Context
from csbot.replying.guard import Guard, GuardError
from csbot.replying.mood import mood_of
from csbot.replying.occasions import festival_named, festival_on, period_at
from csbot.replying.responder import HOLDING, JOINT_OFFERED, Responder
from csbot.replying.response import Response
from csbot.replying.slots import MAXIMUM_LENGTH, SlotError, fill, read_from_message, slot_names, validate, validate_all
from csbot.rules.scan import RuleSet
from csbot.rules.wording.model import Hit, PhraseRule

ORDINARY = datetime(2026, 11, 23, 15, 0)


def slot(kind: str) -> Slot:
    return Slot("试", kind, "请填一个值")


def answer(responder: Responder, intents: Sequence[str], context: Context, **slots: str) -> Response:
    """Answer situations without matching any message to them."""
    return responder.answer(Match("", Decision.UNMATCHED, (), tuple(intents)), intents, "", context, slots)


# ── slots ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "value", "tidy"),
    [
        ("姓氏", "王", "王"),
        ("姓氏", "欧阳", "欧阳"),
        ("姓氏", " 王\u200b ", "王"),
        ("姓氏", "O'Neil", "O'Neil"),
        ("称谓", "女士", "女士"),
        ("订单号", "２０２６１１２２０００１", "202611220001"),
        ("订单号", "AB_12-34", "AB_12-34"),
        ("电话", "+86 138-0013-8000", "+86 138-0013-8000"),
        ("时长", "24小时", "24小时"),
        ("时长", "３个工作日", "3个工作日"),
        ("时长", "半天", "半天"),
        ("数字", "12.5", "12.5"),
        ("工号", "A1024", "A1024"),
        ("文字", "原样　保留！", "原样　保留！"),
        ("文字", "[b]粗[/b]", "[b]粗[/b]"),
        ("文字", "a\x1b[2Jb", "a[2Jb"),
        ("时间", "明天上午10:00", "明天上午10:00"),
    ],
)
def test_values_that_fit(kind: str, value: str, tidy: str) -> None:
    assert validate(slot(kind), value) == tidy


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("文字", ""),
        ("文字", "  \u200b\x00\n "),
        ("文字", "好" * (MAXIMUM_LENGTH + 1)),
        ("文字", "{姓氏}"),
        ("文字", "【姓氏】"),
        ("姓氏", "王小明先生"),
        ("姓氏", "12"),
        ("姓氏", "王。"),
        ("称谓", "Mr 1"),
        ("订单号", "12"),
        ("订单号", "12345; DROP"),
        ("订单号", "A" * 41),
        ("电话", "打我电话"),
        ("时长", "很快"),
        ("时长", "24"),
        ("时长", "24小时内马上"),
        ("数字", "一百"),
        ("数字", "-1"),
        ("工号", "工号1"),
        ("自动", "您好"),
    ],
)
def test_values_that_do_not_fit(kind: str, value: str) -> None:
    with pytest.raises(SlotError, match="「试」"):
        validate(slot(kind), value)


@given(st.sampled_from(["文字", "姓氏", "称谓", "订单号", "电话", "时长", "数字", "工号"]), st.text(max_size=50))
def test_any_value_fits_or_is_refused_and_what_fits_fits_again(kind: str, value: str) -> None:
    try:
        tidy = validate(slot(kind), value)
    except SlotError:
        return
    assert tidy
    assert not set(tidy) & set("{}【】\x1b\u200b\n")
    assert validate(slot(kind), tidy) == tidy


def test_named_values(library: Library) -> None:
    assert validate_all(library.slots, {"姓氏": " 王 ", "时限": "２４小时"}) == {"姓氏": "王", "时限": "24小时"}
    with pytest.raises(SlotError, match="没有叫「姓」的变量"):
        validate_all(library.slots, {"姓": "王"})
    with pytest.raises(SlotError, match="自动"):
        validate_all(library.slots, {"问候": "喂"})


@pytest.mark.parametrize(
    ("template", "values", "text", "open_slots"),
    [
        ("您好，{姓氏}{称谓}。", {"姓氏": "王", "称谓": "女士"}, "您好，王女士。", ()),
        ("您好，{姓氏}{称谓}。", {"称谓": "女士"}, "您好，【姓氏】女士。", ("姓氏",)),
        ("{甲}{乙}{甲}", {}, "【甲】【乙】【甲】", ("甲", "乙")),
        ("{甲}与{乙}", {"甲": "{乙}", "乙": "{甲}"}, "{乙}与{甲}", ()),
        ("{甲}", {"甲": "\\g<0>\\1$&%s"}, "\\g<0>\\1$&%s", ()),
        ("{甲}", {"甲": ""}, "", ()),
        ("没有变量", {"甲": "x"}, "没有变量", ()),
    ],
)
def test_filling_in_one_pass(template: str, values: dict[str, str], text: str, open_slots: tuple[str, ...]) -> None:
    filled = fill(template, values)
    assert (filled.text, filled.open_slots) == (text, open_slots)


def test_slot_names_each_once_in_order() -> None:
    assert slot_names("{乙}{甲}{乙}") == ["乙", "甲"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("我姓王，货还没到", {"姓氏": "王"}),
        ("免贵姓欧阳。", {"姓氏": "欧阳"}),
        ("訂單號：ＡＢ20261122", {"订单号": "AB20261122"}),
        ("单号 sf123456789 到哪了，我姓李", {"订单号": "sf123456789", "姓氏": "李"}),
        ("我姓名写错了怎么办呀怎么办", {}),
        ("我是李女士，昨天下的单", {"姓氏": "李", "称谓": "女士"}),
        ("你好我是欧阳先生", {"姓氏": "欧阳", "称谓": "先生"}),
        ("我叫王小明，订单号 20261122", {"姓氏": "王", "订单号": "20261122"}),
        ("我姓王我的货还没到", {"姓氏": "王"}),
        ("我姓陈订单号是20261122001", {"姓氏": "陈", "订单号": "20261122001"}),
        ("我是张小姐。", {"姓氏": "张"}),
        ("订位，五个人，姓周，电话尾号0917", {"姓氏": "周"}),
        ("投诉一个师傅，姓王", {}),
        ("我是李女士的先生", {}),
        ("我不是李女士", {}),
        ("我是你们的老客户", {}),
        ("我是高兴先生", {}),
        ("我叫了快递，怎么没人来", {}),
        ("我叫高兴的事", {}),
        ("我的订单到哪了", {}),
        ("订单号{姓氏}", {}),
        ("麻烦查一下2611187726，我要退货", {"订单号": "2611187726"}),
        ("我要退货，２６１１１８７７２６", {"订单号": "2611187726"}),
        ("帮我查下2611187726到哪了", {"订单号": "2611187726"}),
        ("2611187726", {}),
        ("我要退货，13812345678", {}),
        ("我要退货，01088886666", {}),
        ("查一下4008001234是不是你们的", {}),
        ("我要退货，20261120", {}),
        ("查一下20261120买的那单", {}),
        ("打我电话，2611187726", {}),
        ("查一下户号3307719902", {}),
        ("查一下73123456789012到哪了", {}),
        ("退款，6222021234567890123", {}),
        ("\ud800" * 3000, {}),
    ],
)
def test_reading_values_from_a_message(text: str, values: dict[str, str], library: Library) -> None:
    assert read_from_message(text, library.slots) == values


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("SF1234567890123", ""),
        ("单号SF1234567890123", ""),
        ("快递单号是78912345678901", ""),
        ("运单号YT1234567890123", ""),
        ("JDVB12345678901，帮我查查", ""),
        ("EA123456789CN", ""),
        ("20261122000178", "20261122000178"),
        ("单号20261122000178", "20261122000178"),
        ("订单号SF1234567890123", "SF1234567890123"),  # who says so knows
        ("SF2026001", "SF2026001"),  # too short for a parcel
    ],
)
def test_the_number_of_a_parcel_is_no_order_number(text: str, order: str, library: Library) -> None:
    assert read_from_message(text, library.slots, {"订单号"}).get("订单号", "") == order


def test_an_open_slot_is_shown_and_reported(responder: Responder, library: Library) -> None:
    for intent, script in library.scripts.items():
        for variant in answer(responder, [intent], Context(ORDINARY)).variants:
            names = slot_names(script.replies[variant.indexes[0]].text)
            shown = [name for name in names if f"【{name}】" in variant.filled.text]
            assert sorted(variant.filled.open_slots) == sorted(shown), variant.id
            assert not set("{}") & set(variant.filled.text), variant.id


def test_what_must_be_asked_stays_open_whatever_its_default(responder: Responder, library: Library) -> None:
    asking = [script for script in library.scripts.values() if script.ask]
    assert asking
    for script in asking:
        response = answer(responder, [script.intent], Context(ORDINARY))
        for variant in response.variants:
            text = script.replies[variant.indexes[0]].text
            assert set(script.ask) & set(slot_names(text)) <= set(variant.filled.open_slots), variant.id


# ── occasions ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-02-17", "春节"),
        ("2026-02-16", "春节"),  # 除夕
        ("2026-02-15", ""),
        ("2025-01-29", "春节"),
        ("2027-02-06", "春节"),
        ("2026-01-01", "元旦"),
        ("2026-01-02", ""),
        ("2025-12-31", ""),
        ("2026-05-01", "五一"),
        ("2026-04-30", ""),
        ("2026-09-25", "中秋"),
        ("2026-09-24", ""),
        ("2026-09-26", ""),
        ("2025-10-06", "中秋"),  # inside 国庆: the first of the list wins
        ("2026-10-01", "国庆"),
        ("2026-10-07", "国庆"),
        ("2026-10-08", ""),
        ("2026-09-30", ""),
        ("1850-10-01", "国庆"),
        ("9998-05-01", "五一"),
    ],
)
def test_festivals_by_the_calendar(day: str, name: str, library: Library) -> None:
    festival = festival_on(date.fromisoformat(day), library.festivals)
    assert (festival.name if festival else "") == name


def test_notified_dates_override_those_of_their_year() -> None:
    festival = Festival("国庆", "国庆节快乐", ("国庆",), solar=(10, 1), days=7, dates=(("2026-09-28", "2026-10-03"),))
    days = ["2026-09-27", "2026-09-28", "2026-10-03", "2026-10-04", "2027-10-07", "2027-09-28"]
    assert [festival_on(date.fromisoformat(day), [festival]) is not None for day in days] == [
        False,
        True,
        True,
        False,
        True,
        False,
    ]


def test_a_day_that_most_years_lack_is_no_trouble() -> None:
    leap = Festival("闰日", "您好", ("闰日",), solar=(2, 29))
    assert festival_on(date(2027, 3, 1), [leap]) is None
    assert festival_on(date(2028, 2, 29), [leap]) is leap


@pytest.mark.parametrize(
    ("clock", "greeting"),
    [("00:00", "早上好"), ("08:30", "早上好"), ("11:59", "早上好"), ("12:00", "您好"), ("23:59", "您好")],
)
def test_the_hour_decides_the_greeting(clock: str, greeting: str, library: Library, responder: Responder) -> None:
    now = datetime.fromisoformat(f"2026-11-23T{clock}")
    period = period_at(now, library.day_periods)
    assert period is not None
    assert period.greeting == greeting
    best = answer(responder, ["greeting.regular"], Context(now)).best
    assert best is not None
    assert best.filled.text == f"{greeting}，请问有什么可以帮您？"


@pytest.mark.parametrize("clock", ["00:00", "11:59", "12:00", "23:59"])
@pytest.mark.parametrize("intent", ["greeting.regular", "greeting.festival"])
@pytest.mark.parametrize(
    ("day", "formula"),
    [
        ("2026-01-01", "新年好！请问有什么可以帮您！"),
        ("2026-02-17", "新年好！请问有什么可以帮您！"),
        ("2026-05-01", "劳动节快乐！请问有什么可以帮您！"),
        ("2026-09-25", "中秋节快乐！请问有什么可以帮您！"),
        ("2026-10-01", "国庆节快乐！请问有什么可以帮您！"),
    ],
)
def test_the_prescribed_opening_of_a_festival(
    day: str, formula: str, intent: str, clock: str, responder: Responder
) -> None:
    best = answer(responder, [intent], Context(datetime.fromisoformat(f"{day}T{clock}"))).best
    assert best is not None
    assert best.filled.text == formula


@pytest.mark.slow  # trains the matcher
def test_a_greeting_is_matched_and_answered_with_the_opening_of_the_day(responder: Responder) -> None:
    for day, formula in (
        ("2026-10-01", "国庆节快乐！请问有什么可以帮您！"),
        ("2026-11-23", "您好，请问有什么可以帮您？"),
    ):
        response = responder.respond("你好", Context(datetime.fromisoformat(f"{day}T15:00")))
        assert response.match.intent == "greeting.regular"
        assert response.best is not None
        assert response.best.filled.text == formula


@pytest.mark.parametrize(
    ("text", "name"),
    [("中秋快乐", "中秋"), ("国庆快乐呀，中秋快乐", "国庆"), ("新年好", "春节"), ("元旦快乐", "元旦"), ("您好", "")],
)
def test_a_festival_that_the_customer_names(text: str, name: str, library: Library) -> None:
    festival = festival_named(text, library.festivals)
    assert (festival.name if festival else "") == name


# ── the choice ───────────────────────────────────────────────────────────────────────────────────────────────


def script(*replies: Reply) -> Script:
    return Script("a.b", "试", "—", ("x",), replies, (), {}, ())


@pytest.mark.parametrize(
    ("when", "conditions", "allowed"),
    [
        ({}, Conditions(), True),
        ({"mood": "生气"}, Conditions(mood="生气"), True),
        ({"mood": "生气"}, Conditions(mood="着急"), False),
        ({"mood": "生气"}, Conditions(), False),
        ({"mood": "平静"}, Conditions(), True),
        ({"mood": "平静"}, Conditions(mood="平静"), True),
        ({"mood": "平静"}, Conditions(mood="生气"), False),
        ({"profile": "物业"}, Conditions(profile="物业"), True),
        ({"profile": "物业"}, Conditions(profile="电商"), False),
        ({"festival": "none"}, Conditions(), True),
        ({"festival": "none"}, Conditions(festival="中秋"), False),
        ({"festival": "any"}, Conditions(festival="中秋"), True),
        ({"festival": "any"}, Conditions(), False),
        ({"festival": "中秋"}, Conditions(festival="中秋"), True),
        ({"festival": "中秋"}, Conditions(festival="国庆"), False),
        ({"time": "早上"}, Conditions(time="早上"), True),
        ({"time": "早上"}, Conditions(time="其余时间"), False),
        ({"options": "any"}, Conditions(options=1), True),
        ({"options": "any"}, Conditions(options=2), True),
        ({"options": "one"}, Conditions(options=1), True),
        ({"options": "one"}, Conditions(options=2), False),
        ({"options": "several"}, Conditions(options=1), False),
        ({"options": "several"}, Conditions(options=3), True),
        ({"options": "none"}, Conditions(), True),
        ({"options": "any"}, Conditions(), False),
        ({"options": "none"}, Conditions(options=1), False),
        ({"mood": "生气", "profile": "物业"}, Conditions(mood="生气"), False),
        ({"mood": "生气", "profile": "物业"}, Conditions(mood="生气", profile="物业"), True),
    ],
)
def test_conditions(when: dict[str, str], conditions: Conditions, allowed: bool) -> None:
    assert conditions.allow(Reply("x", when=tuple(when.items()))) is allowed


@pytest.mark.parametrize(
    ("mentions", "said", "allowed"),
    [
        ((), "", True),
        (("光猫", "宽带"), "宽带又断了", True),
        (("光猫", "宽带"), "没信号", False),
        (("光猫",), "", False),
        (("ETC",), "etc扣了两次", True),
        (("電梯",), "电梯坏了", True),
    ],
)
def test_a_variant_for_what_is_mentioned(mentions: tuple[str, ...], said: str, allowed: bool) -> None:
    assert Conditions(said=said).allow(Reply("x", mentions=mentions)) is allowed
    assert not Conditions(said=said).allow(Reply("x", when=(("mood", "生气"),), mentions=mentions))


def test_what_is_mentioned_goes_before_what_was_used_least() -> None:
    replies = script(Reply("甲"), Reply("乙", mentions=("光猫",)), Reply("丙", when=(("mood", "着急"),)))
    conditions, nothing_open = Conditions(mood="着急", said="光猫红灯"), {0: 0, 1: 0, 2: 0}
    used = {("a.b", 1): 3}
    assert ranked(replies, conditions, {}, (), nothing_open) == [1, 2, 0]
    assert ranked(replies, conditions, used, (), nothing_open) == [1, 2, 0], "the customer before heard it"
    assert ranked(replies, conditions, used, (), nothing_open, again=True) == [2, 0, 1], "this one did"
    assert ranked(replies, Conditions(mood="着急"), {}, (), nothing_open) == [2, 0]


def test_what_fits_most_of_a_message_goes_first() -> None:
    replies = script(Reply("甲", mentions=("汤",)), Reply("乙", mentions=("没送到", "等了")), Reply("丙"))
    conditions = Conditions(said="等了一个小时还没送到,汤都凉了")
    assert ranked(replies, conditions, {}, (), {0: 0, 1: 0, 2: 0}) == [1, 0, 2]


def test_beside_others_the_shortest_of_what_fits_alike_goes_first() -> None:
    replies = script(Reply("甲甲甲"), Reply("乙"), Reply("丙丙丙丙", mentions=("光猫",)))
    conditions, nothing_open = Conditions(said="光猫红灯"), {0: 0, 1: 0, 2: 0}
    assert ranked(replies, conditions, {}, (), nothing_open) == [2, 0, 1]
    assert ranked(replies, conditions, {}, (), nothing_open, briefly=True) == [2, 1, 0]


def test_a_reply_fits_what_the_message_mentions(tmp_path: Path) -> None:
    kept = '      - text: "感谢您的来询，专票另需开户行和账号，{时限}内开好。"\n        when: {mentions: [专票]}\n'
    before = '      - text: "谢谢您，电子发票可以在订单里下载。"\n'
    scripts = TEXTS["scripts"].replace(before, kept + before)
    responder = Responder(load_library(str(write_library(tmp_path, scripts=scripts))))

    def first(text: str, context: Context) -> str:
        match = responder.match(text, context)
        response = responder.answer(match, ["payment.invoice"], text, context, {})
        assert response.best is not None
        responder.remember(response.best, context)
        return response.best.filled.text

    conversation = Context(ORDINARY)
    assert "开户行" in first("能开专票吗", conversation)
    assert "开户行" not in first("能开专票吗", conversation), "not twice to one customer"
    assert "开户行" not in first("能开发票吗", Context(ORDINARY))
    others = Context(ORDINARY, same_customer=False)
    assert ["开户行" in first("能开专票吗", others) for _ in range(2)] == [True, True], "each is another customer"


def doubtful(*scores: tuple[str, float]) -> Match:
    return Match("", Decision.AMBIGUOUS, tuple(Candidate(*each) for each in scores), ())


@pytest.mark.parametrize(
    ("scores", "asked"),
    [
        ([("payment.invoice", 0.7), ("payment.methods", 0.05)], "开发票"),
        ([("payment.invoice", 0.4)], ""),
        ([("payment.invoice", 0.6), ("payment.methods", 0.2)], "开发票，还是付款方式"),
        ([("courtesy.goodbye", 0.6), ("payment.methods", 0.2)], ""),
        ([("courtesy.goodbye", 0.3), ("payment.methods", 0.2), ("payment.invoice", 0.2)], "付款方式，还是开发票"),
    ],
)
def test_who_is_not_clear_is_asked_what_is_most_likely_meant(
    scores: list[tuple[str, float]], asked: str, responder: Responder
) -> None:
    response = responder.respond("", Context(ORDINARY), match=doubtful(*scores))
    assert response.best is not None
    assert response.best.intents == (HOLDING,)
    wording = responder.library.scripts[HOLDING].replies[response.best.indexes[0]]
    assert dict(wording.when)["options"] == ("none" if not asked else "several" if "还是" in asked else "one")
    if asked:
        assert wording.text.replace("{选项}", asked) == response.best.filled.text


@pytest.mark.parametrize(
    ("answered", "intent"),
    [
        ("是的", "payment.invoice"),
        ("嗯嗯，对", "payment.invoice"),
        ("沒錯，麻煩您了", "payment.invoice"),
        ("不是", None),
        ("是不是", None),
        ("算了", None),
    ],
)
def test_a_yes_means_what_was_asked_about(answered: str, intent: str | None, responder: Responder) -> None:
    context = Context(ORDINARY)
    asking = responder.respond("", context, match=doubtful(("payment.invoice", 0.7)))
    assert asking.best is not None
    responder.remember(asking.best, context)
    match = responder.match(answered, context)
    assert match.intent == intent
    if intent is None:
        return
    assert match.as_dict()["decision"] == "matched"
    answer_to_it = responder.respond(answered, context)
    assert answer_to_it.best is not None
    responder.remember(answer_to_it.best, context)
    assert responder.match(answered, context).intent != intent, "nothing is asked about any more"
    other = Context(ORDINARY, offered="payment.invoice", same_customer=False)
    assert responder.match(answered, other).intent != intent


def test_the_order_of_variants() -> None:
    plain, angry, named, again = Reply("甲"), Reply("乙", when=(("mood", "生气"),)), Reply("{姓氏}丙"), Reply("丁")
    replies = script(plain, angry, named, again)

    def order(mood: str = "", used: dict[tuple[str, int], int] | None = None, missing: int = 0) -> list[int]:
        open_slots = {0: 0, 1: 0, 2: missing, 3: 0}
        return ranked(replies, Conditions(mood=mood), used or {}, ["姓氏"], open_slots)

    assert order() == [2, 0, 3], "what uses the customer's name first; no reply to an angry customer"
    assert order(mood="生气") == [1, 2, 0, 3], "made for this mood"
    assert order(missing=1) == [0, 3, 2], "an open slot last"
    assert order(used={("a.b", 2): 1, ("a.b", 0): 2}) == [3, 2, 0], "used least first"
    assert order(used={("other", 2): 9}) == [2, 0, 3], "another situation's variants do not count"


def test_a_conversation_does_not_repeat_itself(responder: Responder, library: Library) -> None:
    for intent in library.scripts:
        context = Context(ORDINARY)
        said: list[str] = []
        first = answer(responder, [intent], context)
        complete = [variant for variant in first.variants if not variant.filled.open_slots]
        for _ in complete:
            best = answer(responder, [intent], context).best
            assert best is not None
            said.append(best.filled.text)
            responder.remember(best, context)
        assert len(set(said)) == len(said) == len(complete), intent
        assert not complete or context.last_intent == intent


@pytest.mark.slow  # trains the matcher
def test_answering_changes_no_context(responder: Responder) -> None:
    context = Context(ORDINARY)
    answer(responder, ["greeting.regular"], context)
    responder.respond("我姓王，怎么付款", context)
    assert context == Context(ORDINARY)


def test_variants_for_a_mood_and_a_line_of_business_come_first(responder: Responder, library: Library) -> None:
    tried = 0
    for intent, each in library.scripts.items():
        for index, reply in enumerate(each.replies):
            when = dict(reply.when)
            if reply.mentions or set(when) - {"mood", "profile", "festival"} or when.get("festival", "none") != "none":
                continue
            if reply.mentions:  # kept for messages that say one of its words
                continue
            context = Context(ORDINARY, mood=when.get("mood", ""), profile=when.get("profile", ""))
            shown = {variant.indexes[0] for variant in answer(responder, [intent], context).variants}
            assert index in shown, f"{intent}#{index + 1}"
            if set(when) & {"mood", "profile"}:
                tried += 1
                others = {variant.indexes[0] for variant in answer(responder, [intent], Context(ORDINARY)).variants}
                assert index not in others, f"{intent}#{index + 1} is offered without its mood or business"
    assert tried > 20


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("你们什么破公司", "生气"),
        ("怎么还不到！！！", "生气"),
        ("怎么还不到！", ""),
        ("麻烦快點，很急", "着急"),
        ("会不会被盗刷啊，我担心", "担心"),
        ("气死了，很急", "生气"),
        ("转不出去，今天截止", "着急"),
        ("能不能今天来人", "着急"),
        ("不急着要，慢慢来", ""),
        ("查出来一个结节，吓死我了", "担心"),
        ("这个会不会是癌", "担心"),
        ("怎么付款", ""),
        ("", ""),
    ],
)
def test_mood(text: str, mood: str) -> None:
    assert mood_of(text) == mood


def test_calm_set_by_hand_wins_over_what_the_message_shows(responder: Responder) -> None:
    angry, calm = (
        responder.respond("怎么付款啊，什么破公司！！！", Context(ORDINARY, mood=mood), 1).best for mood in ("", "平静")
    )
    assert angry is not None
    assert calm is not None
    moods = [
        dict(responder.library.scripts[best.intents[0]].replies[best.indexes[0]].when).get("mood")
        for best in (angry, calm)
    ]
    assert moods == ["生气", None]


def test_a_mood_set_by_hand_wins(responder: Responder) -> None:
    response = responder.answer(
        Match("", Decision.MATCHED, (), ("greeting.regular",)),
        ("greeting.regular",),
        "什么破公司",
        Context(ORDINARY, mood="着急"),
        {},
    )
    best = response.best
    assert best is not None
    chosen = responder.library.scripts["greeting.regular"].replies[best.indexes[0]]
    assert dict(chosen.when).get("mood") == "着急"


# ── joint replies ────────────────────────────────────────────────────────────────────────────────────────────


def element(identifier: str, *phrases: str) -> PhraseRule:
    return PhraseRule(identifier, identifier, "test", "试", "—", phrases=phrases, tolerant=False)


ELEMENTS = RuleSet(
    [
        element("greeting", "您好"),
        element("apology", "抱歉", "对不起"),
        element("ask_more", "还有其他"),
        element("farewell", "再见"),
        element("deadline", "<时限>"),
    ]
)


def test_a_joint_reply_apologises_first_and_closes_last() -> None:
    joined = join(
        [
            ("closing", "感谢您的来电，再见。", ["farewell"]),
            ("body", "发票请在订单页申请。", []),
            ("apology", "很抱歉让您久等了。", ["apology"]),
            ("greeting", "您好！", ["greeting"]),
        ],
        ELEMENTS,
    )
    assert joined == "您好！很抱歉让您久等了。发票请在订单页申请。感谢您的来电，再见。"


def test_a_joint_reply_says_nothing_twice() -> None:
    joined = join(
        [
            (
                "body",
                "您好，付款可以用微信。很抱歉给您添麻烦。请问还有其他需要吗？",
                ["greeting", "apology", "ask_more"],
            ),
            ("body", "您好，发票请在订单页申请。真是对不起。请问还有其他问题吗？", ["greeting", "apology", "ask_more"]),
        ],
        ELEMENTS,
    )
    assert joined == "您好，付款可以用微信。很抱歉给您添麻烦。另外，发票请在订单页申请。请问还有其他问题吗？"


def test_a_sentence_that_does_more_than_repeat_is_kept() -> None:
    joined = join(
        [("apology", "很抱歉。", ["apology"]), ("body", "对不起，24小时内给您答复。", ["apology", "deadline"])],
        ELEMENTS,
    )
    assert joined == "很抱歉。对不起，24小时内给您答复。"


@given(st.text(st.sampled_from("您好啊。！？!?”」，a\n "), max_size=60))
def test_sentences_put_together_are_the_reply(text: str) -> None:
    assert "".join(sentences_of(text)).strip() == text.strip() or not text.strip()
    assert all(sentence.strip() for sentence in sentences_of(text))


def test_of_a_joint_reply_a_few_wordings_are_made(responder: Responder, library: Library) -> None:
    """Each is joined and judged anew, and the customer waits."""
    alone = ((each, answer(responder, [each], Context(ORDINARY)).variants) for each in library.scripts)
    parts = list(islice((intent for intent, variants in alone if len(variants) > JOINT_OFFERED), 2))
    match = Match("", Decision.UNMATCHED, (), ())
    for limit, expected in ((None, JOINT_OFFERED), (1, 1)):
        response = responder.answer(match, parts, "", Context(ORDINARY), {}, limit=limit)
        assert [len(each.intents) for each in response.variants] == [2] * expected


def test_a_joint_reply_of_the_library_keeps_the_elements_of_both(responder: Responder, library: Library) -> None:
    first, second = "complaint.slow_response", "payment.invoice"
    if not {first, second} <= set(library.scripts):
        first, second = (intent.id for intent in library.intents.values() if intent.part in ("apology", "body"))
    best = answer(responder, [second, first], Context(ORDINARY), 姓氏="王", 称谓="女士").best
    assert best is not None
    for intent in (first, second):
        for entry in set(library.scripts[intent].elements) - set(ROUNDING_OFF):
            assert any(responder.elements.fires(name, best.filled.text) for name in entry.split("|")), (intent, entry)
    assert best.intents == (second, first)
    assert best.id.count("#") == 2


# ── the guard ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_guard_reads_the_finished_text(responder: Responder, library: Library) -> None:
    """Neither half of a name is forbidden; together they are."""
    guard = responder.guard
    assert guard.passes("您好，不先生。")
    assert guard.passes("您好，王行。")
    intent = next(
        each.intent
        for each in library.scripts.values()
        if any("{姓氏}{称谓}" in reply.text for reply in each.replies) and "greeting" in each.intent
    )
    response = answer(responder, [intent], Context(ORDINARY), 姓氏="不", 称谓="行")
    assert response.refused
    assert all(
        "{姓氏}{称谓}" not in library.scripts[intent].replies[each.indexes[0]].text for each in response.variants
    )


def test_a_reply_that_was_judged_before_is_not_read_again(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    responder, read = Responder(library), list[str]()
    scan = responder.guard.rules.scan

    def noting(text: str) -> list[Hit]:
        read.append(text)
        return scan(text)

    monkeypatch.setattr(responder.guard.rules, "scan", noting)
    context = Context(datetime(2026, 11, 23, 10))
    first, again = (responder.answer(Match("", Decision.UNMATCHED, (), ()), [HOLDING], "", context, {}) for _ in "12")
    assert first.variants == again.variants
    assert sorted(read) == sorted(variant.filled.text for variant in (*first.variants, *first.refused))
    for bad in ("这个我也不知道", "这个我也不知道"):
        assert responder.guard.findings_of_reply(bad) == tuple(scan(bad)) != ()


def test_where_every_variant_is_refused_there_is_no_reply_and_the_rule_is_named(
    responder: Responder, library: Library
) -> None:
    intent = next(
        each.intent for each in library.scripts.values() if all("{姓氏}" in reply.text for reply in each.replies)
    )
    response = answer(responder, [intent], Context(ORDINARY), 姓氏="绝对", 称谓="女士")
    assert response.best is None
    assert response.variants == ()
    assert "绝对" in response.why
    assert response.refused[0].findings[0].rule.id in response.why
    shown = response.as_dict()
    assert (shown["reply"], shown["variant"], shown["open_slots"]) == (None, None, [])
    assert shown["why"] == response.why


def test_without_rules_nothing_passes(library: Library) -> None:
    data = {name: file for name, file in library.data.items() if not name.startswith("phrasebook/forbidden/")}
    lawless = replace(library, data=data)
    assert lawless.forbidden == ()
    with pytest.raises(GuardError, match="不能放行"):
        Guard(lawless).findings("您好")
    with pytest.raises(GuardError):
        Guard(lawless).passes("")
    with pytest.raises(GuardError):
        answer(Responder(lawless), ["greeting.regular"], Context(ORDINARY))


def test_replies_are_held_to_warnings_too(guard: Guard) -> None:
    assert not guard.passes("这款绝对不会掉色")
    assert guard.passes("您好，请问有什么可以帮您？")


@pytest.mark.slow  # trains the matcher
def test_what_is_not_understood_is_answered_with_the_holding_script(responder: Responder) -> None:
    response = responder.respond("￥%……&*", Context(ORDINARY))
    assert response.match.intent is None
    assert response.best is not None
    assert response.best.intents == (HOLDING,)


def test_a_script_without_a_reply_for_now_says_so(library: Library) -> None:
    only_festivals = library.scripts["greeting.regular"]._replace(
        replies=(Reply("{节日问候}！", when=(("festival", "any"),)),)
    )
    changed = replace(library)
    changed.__dict__["scripts"] = {**library.scripts, "greeting.regular": only_festivals}
    responder = Responder(changed)
    response = answer(responder, ["greeting.regular"], Context(ORDINARY))
    assert response.best is None
    assert "greeting.regular" in response.why


# ── channels ────────────────────────────────────────────────────


@pytest.mark.slow
def test_a_letter_is_written_by_mail_only(library: Library, responder: Responder) -> None:
    letters = 0
    for intent, script in library.scripts.items():
        if not any(("channel", "邮件") in reply.when for reply in script.replies):
            continue
        letters += 1
        by_mail = answer(responder, [intent], Context(ORDINARY, channel="邮件"))
        assert by_mail.variants[0].indexes, intent
        offered = {index for variant in by_mail.variants for index in variant.indexes}
        assert any(("channel", "邮件") in script.replies[index].when for index in offered), intent
        for channel in ("", "在线", "电话"):
            elsewhere = answer(responder, [intent], Context(ORDINARY, channel=channel))
            assert all("来信收到" not in variant.filled.text for variant in elsewhere.variants), (intent, channel)
    assert letters > 50


@pytest.mark.parametrize(("channel", "first"), [("", 0), ("在线", 1), ("电话", 1), ("邮件", 0)])
def test_the_length_suits_the_channel(channel: str, first: int) -> None:
    replies = (Reply("一封完整的信", "长", ()), Reply("一句话", "短", ()))
    script = Script("a.b", "试", "—", ("x",), replies, (), {}, ())
    assert ranked(script, Conditions(channel=channel), {}, (), {0: 0, 1: 0})[0] == first
