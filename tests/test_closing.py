"""Messages that say that a matter is done with: what counts as that, and what is answered."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csbot.matching.closing import nothing_left
from csbot.matching.result import Decision
from csbot.matching.segmentation import split_clauses
from csbot.matching.settling import (
    contrasts,
    explains,
    only_tells,
    opposes,
    settled,
    tells_of_others,
    thought_better,
)
from csbot.replying.context import Context
from csbot.replying.responder import CLOSING, HOLDING, Responder
from csbot.text.normalise import normalise

NOW = datetime(2026, 11, 22, 10, 0)


def folded(text: str) -> str:
    return normalise(text).text


@pytest.mark.parametrize(
    "clause",
    [
        "退款昨天已经到了",
        "师傅上午来过了",
        "洗衣机已经修好了",
        "登录上了登录上了",
        "物业费上个月交过了",
        "登记的那件事有结果了",
        "东西到了",
        "赠品我领过了",
        "快递收到了",
        "发票昨天已经发到我邮箱了",
        "会员卡在洗衣机里找到了",
        "多扣的那笔钱给我冲回来了",  # what it is named for is over
        "漏的那包螺丝找着了",
        "又能付款了",
        "柜门能开了",
        "信号恢复了",
        "问题解决了啊",
        "漫游已经关掉了",
        "投诉我撤了",
        "短信也来了",
        "会员卡没丢",
        "楼上不吵了",
        "已经不欠费了",
        "周二回来了",
        "空调又制冷了",
        "重启一下路由器就好了",
        "这个月没再扣",
        "那个号我过户给我弟了",
        "钥匙保安给我送上来了",
        "装修申请批了",
        "漫游开着呢",
        "花呗我早还清了",
        "洗衣液我找着了在二楼",
        "老人没摔着",
        "没人烫着",
        "禁食的事护士交代过了",
    ],
)
def test_a_clause_that_says_that_its_matter_is_done_with(clause: str) -> None:
    assert settled(folded(clause))


@pytest.mark.parametrize(
    "clause",
    [
        "退款到了但少了20块",
        "修好了的话我自己过去拿回来了",
        "到是到了，可是不对",
        "修好了又坏了",
        "说是已经发货了",
        "显示已经签收了",
        "已经催过三次了",
        "已经等了两个小时了",
        "都反映好多次了",
        "交过了怎么还催",
        "收到了吗",
        "应该到了吧",
        "还没修好",
        "快修好了",
        "未修好了",
        "昨天刚修好就坏了",
        "卡丢了",
        "密码忘了",
        "库房堆满了",
        "旺季已经过了",
        "中秋都过完了",
        "包裹被人拿走了",
        "顺便把车位也退了",
        "再给我改回去",
        "把订单退了",
        "别派人过来了",
        "送到隔壁楼去了",
        "货被退回来了",
        "声音大一点就好了",
        "没人管",
        "没人摔门",
        "我都跟护士说过了",
        "客服说过三天就到",
        "砸到人了",
        "怎么付款",
        "",
    ],
)
def test_a_clause_whose_matter_stands(clause: str) -> None:
    assert not settled(folded(clause))


@pytest.mark.parametrize("clause", ["在门卫大爷那儿放着呢", "还是原来那个就对", "留给我妈用", "挺好使的", "不麻烦你了"])
def test_a_clause_that_only_tells(clause: str) -> None:
    assert only_tells(clause)


@pytest.mark.parametrize(
    "clause", ["帮我办注销", "名头给开错了吗", "打开一看碎了俩", "订单还挂着待支付", "可我没拿到", "给我换一件", "钱呢"]
)
def test_a_clause_that_asks_or_complains(clause: str) -> None:
    assert not only_tells(clause)


@pytest.mark.parametrize(
    "text",
    [
        "本来要投诉那个店员的，回家想想气也消了，算啦",
        "上回说想退的鞋，今天觉得还行，留着吧",
        "刚说要改套餐来着，改主意了，什么都别动",
        "想来想去还是不换了",
        "算了不销号了，照旧吧",
    ],
)
def test_who_thought_better_of_it_wants_nothing(text: str) -> None:
    assert thought_better(split_clauses(normalise(text).text))


@pytest.mark.parametrize(
    "text",
    [
        "昨天说要给我退款的，到现在没退，算了",  # what others said was to be done
        "本来想退的，算了，给我换一件吧",
        "本来想退的，怎么退不了，算了",
        "想了想还是退了吧",
        "想想就来气，不买了",
        "不退了",
        "算了",
        "本来想去店里的",
    ],
)
def test_who_wants_something_else_has_not_just_thought_better(text: str) -> None:
    assert not thought_better(split_clauses(normalise(text).text))


@pytest.mark.parametrize(
    "text",
    [
        "刷到个视频，有人在你们店丢了条狗，真逗",
        "新闻里讲有个大爷被盗刷了十万，我的好好的",
        "网上看到有人说快递送丢了，就随口一说",
    ],
)
def test_what_was_heard_of_others_asks_for_nothing(text: str) -> None:
    assert tells_of_others(split_clauses(normalise(text).text))


@pytest.mark.parametrize(
    "text",
    [
        "刷到个视频说有人被盗刷，我的卡也少了钱",
        "新闻里说有人卡被冻了，我想问怎么预防",
        "网上说你们要涨价",
        "有人偷了我的包裹",
        "看到有人排队，今天几点关门",
    ],
)
def test_what_was_heard_may_lead_to_something(text: str) -> None:
    assert not tells_of_others(split_clauses(normalise(text).text))


def test_how_a_clause_stands_to_what_went_before() -> None:
    for clause in ("我问的是怎么办", "这回是问车位", "这次想问发票", "我不会的是付款", "就说多少钱", "我要的是差价"):
        assert contrasts(clause), clause
    for clause in ("车位怎么申请", "已经用上了", ""):
        assert not contrasts(clause), clause
    for clause in ("但少了一件", "怎么又来催", "还没到", "结果没用"):
        assert opposes(clause), clause
    for clause in ("可以开发票吗", "这次想问发票", ""):
        assert not opposes(clause), clause
    for clause in ("刚才是我大小写打错", "我自己在网页上弄的", "可能是在电梯里"):
        assert explains(clause), clause
    for clause in ("我要投诉", "网页打不开", ""):
        assert not explains(clause), clause


PIECES = ["已经", "修好", "收到", "没", "不", "了", "又", "坏", "但", "昨天", "找到", "过", "吗", "我", "，"]


@given(st.one_of(st.text(max_size=30), st.lists(st.sampled_from(PIECES), max_size=10).map("".join)))
def test_a_question_is_never_settled(text: str) -> None:
    assert not settled(text + "吗")
    assert not settled("怎么" + text) or "没" in text or "不" in text  # 「怎么…没丢」 is not asked by anybody


# ── on whole messages ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("退款昨天已经到了，不用再查", "退款昨天已经到了"),
        ("洗衣机已经修好了，师傅上午来过", "洗衣机已经修好了"),
        ("密码改好了，我自己在网页上弄的", "密码改好了"),
        ("会员卡没丢，在另一个包里呢", "会员卡没丢"),
        ("停车卡办下来了，已经在用", "停车卡办下来了"),
        ("地址不用改了，还是原来那个就对", "地址"),
        ("这双鞋我不退了，留着穿", "退了"),
        ("我不投诉", "投诉"),
        ("不取消啦，孩子他爸同意买了", "取消"),
        ("发票不用补开了，公司说收据也能报", "发票"),  # where it is refused outright, a complaint is but its reason
        ("包裹不是丢了，是我妈替我收了", "丢了"),
        ("漫游已经关掉了，短信也来了", "漫游已经关掉了"),
        ("我妈老念叨要退货，你别理她", "你别理她"),
        ("说明书后面有写，我照着弄成功了", "弄成功了"),
        ("刚才要退那双鞋，就当我没提", "当我没提"),
        ("没人受伤，是孩子自己蹲那儿玩的", "没人受伤"),
        ("补偿就不提了，你们也不容易", "补偿"),
        ("发票就别开了，也没啥要办的", "发票"),
    ],
)
def test_where_nothing_is_left_the_customer_is_asked_for_anything_else(
    text: str, named: str, responder: Responder
) -> None:
    response = responder.respond(text, Context(NOW))
    match = response.match
    assert (match.decision, match.intents, match.closes) == (Decision.UNMATCHED, (), True)
    assert named in match.reasons[0], "the agent is told what was taken as done or declined"
    assert response.best is not None
    assert response.best.intents == (CLOSING,)
    assert responder.holding(text, match) == CLOSING


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("物业费上个月交过了，这回是问车位怎么申请", "property.parking"),
        ("动态密码我懂，我问的是服务密码有啥用", "password.what_is_service"),
        ("包存好了，麻烦问下卫生纸在哪一排", "store.find_item"),
        ("收房收完了，这趟来办装修的", "property.decoration"),
        ("少倒是一样没少，一件不缺，就是有两个杯子裂了", "order.quality_problem"),  # twice denied
        ("我不转网，也不投诉，帮我把套餐换便宜点的", "telecom.package_change"),
    ],
)
def test_what_is_done_with_gives_way_to_what_is_meant(text: str, intent: str, responder: Responder) -> None:
    match = responder.matcher.match(text)
    assert match.intents == (intent,)
    assert match.reasons[0].startswith("客户说的不是：")


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("退款到是到了，怎么少了三十多", "payment.refund_progress"),
        ("我都催过四回了，货还没动静", "order.where_is_it"),
        ("上个月刚修好，这两天又不制冷了", "order.repair"),
        ("显示已经签收了，可我没拿到", "order.not_received"),
        ("物业费年初就交过了，怎么又来催", "property.fee"),
        ("货收到了，打开一看碎了俩", "order.quality_problem"),
        ("别让机器跟我聊了，来个活人", "service.human_agent"),
        ("现在进这批货时机已经过了", "objection.timing"),
        ("家里老人刚办完后事，他那部电话不用留了", "telecom.owner_deceased"),
        ("已经解决了，太感谢你了", "courtesy.customer_thanks"),
        ("不要机器人", "service.human_agent"),
        ("别再给我打推销电话了", "service.stop_calls"),
        ("钱包哪丢的我也不知道，你们店里帮我找找", "store.lost_property"),
        ("说了三遍要退款，你们都当我没说", "payment.refund_progress"),
        ("不想要了怎么取消订单", "order.cancel"),
        ("我不想要这个订单了", "order.cancel"),
        ("这个我不想要了哪里退", "order.return_exchange"),
    ],
)
def test_what_stands_is_answered(text: str, intent: str, responder: Responder) -> None:
    match = responder.matcher.match(text)
    assert match.candidates[0].intent == intent
    assert match.decision is not Decision.UNMATCHED
    assert not match.closes
    assert nothing_left(responder.matcher, folded(text)) is None


@pytest.mark.parametrize(
    ("text", "set_aside"),
    [
        ("地方我找到了，就在收银台旁边，谢谢指路", False),
        ("地方我找到了，谢谢指路", True),
        ("钱已经退到卡里了，没事了", True),
    ],
)
def test_thanks_beside_what_is_done_with_are_answered(text: str, set_aside: bool, responder: Responder) -> None:
    match = responder.matcher.match(text)
    assert match.decision is Decision.MATCHED
    assert {responder.library.intents[intent].part for intent in match.intents} <= {"opening", "closing"}
    assert ("已经了结" in match.reasons[0] or "客户说的不是" in match.reasons[0]) is set_aside


def test_what_is_set_against_something_unknown_is_not_answered(responder: Responder) -> None:
    match = responder.matcher.match("货到付款不用讲了，我就关心这纱是不是纯棉的")
    assert "payment.cash_on_delivery" not in [*match.intents, *(each.intent for each in match.candidates[:1])]
    assert match.reasons[0] == "客户说的不是：货到付款"


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("旧密码我知道，想换新的在哪改", {"password.change"}),  # known, and asked about
        ("这周六营业不，营业的话我自己开车去仓库把货拉了", {"service.hours_contact", "order.self_pickup"}),
        ("天天打电话推销，别再打了，还有谁把我号码卖出去的", {"service.stop_calls", "service.privacy"}),
        ("我卡突然被止付了，可是今天房贷要扣，晚一天算逾期吗", {"bank.card_frozen", "bank.repayment"}),
    ],
)
def test_what_only_looks_done_with_is_answered(text: str, intents: set[str], responder: Responder) -> None:
    assert set(responder.matcher.match(text).intents) == intents


def test_one_clause_may_speak_for_all(responder: Responder) -> None:
    """Where one clause is sure and no other is clear as something else, the message need not be asked about."""
    match = responder.matcher.match("不是嫌话费高，是想换个流量多一点的套餐")
    assert match.intents == ("telecom.package_change",)


@pytest.mark.slow
def test_no_example_is_closed(responder: Responder) -> None:
    """However much an example sounds like a denial: its situation is what is meant."""
    closed = [
        (intent.id, example)
        for intent in responder.library.intents.values()
        for example in intent.examples
        if any(word in example for word in ("不用", "不要", "别", "了")) and responder.matcher.match(example).closes
    ]
    assert closed == []


def test_who_is_not_understood_is_asked_to_say_it_otherwise(responder: Responder) -> None:
    for text in ("“投诉”这两个字怎么读", "量子力学和宋词的关系"):
        match = responder.matcher.match(text)
        assert match.decision is Decision.UNMATCHED
        assert responder.holding(text, match) == HOLDING
