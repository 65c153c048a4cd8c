"""What is left out of a message before it is read: courtesies, introductions, and what it says it is not about."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import INTENTS, write_library

from csbot.library.load import load_library
from csbot.matching.matcher import Matcher
from csbot.matching.negation import (
    corrected,
    declined_spans,
    follows,
    holds_keyword,
    is_metalanguage,
    negated,
    refused,
    turns,
    undoes,
)
from csbot.matching.result import Decision
from csbot.matching.segmentation import (
    MAXIMUM_CLAUSES,
    MINIMUM_HAN,
    MOST_SEAMS,
    Mark,
    asks_of_it,
    clauses_of,
    essence,
    matter,
    split_clauses,
    taken_apart,
    thanks_before,
)
from csbot.replying.responder import Responder
from csbot.text.normalise import normalise
from csbot.text.segment import is_han


def folded(text: str) -> str:
    return normalise(text).text


# ── questions about what another clause names ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text", ["怎么办理", "那要怎么弄啊", "具体怎么操作呢", "咋整啊", "可以吗", "这样行不", "行不行"]
)
def test_a_clause_may_only_ask_of_what_another_one_names(text: str) -> None:
    assert asks_of_it(folded(text))


@pytest.mark.parametrize(
    "text", ["怎么开发票", "怎么操作定时", "可以退吗", "怎么付", "能行个方便吗", "怎么办理过户", "好吃吗"]
)
def test_a_clause_that_names_something_asks_by_itself(text: str) -> None:
    assert not asks_of_it(folded(text))


# ── courtesies and introductions ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("你好，怎么付款", "怎么付款"),
        ("您好！请问，亲，怎么退款啊", "怎么退款啊"),
        ("在吗？在吗？发票呢", "发票呢"),
        ("早上好 怎么退款", "怎么退款"),
        ("hi, 怎么付款", "怎么付款"),
        ("Hello~怎么付款", "怎么付款"),
        ("谢谢啊，怎么付款", "怎么付款"),
        ("你好，我姓王，怎么付款", "怎么付款"),
        ("怎么付款，我姓王，我要发票", "怎么付款,我要发票"),
        ("免贵姓欧阳。怎么付款", "怎么付款"),
        ("我是王先生，我要退款", "我要退款"),
        ("本人叫李丽女士。发票没收到", "发票没收到"),
    ],
)
def test_courtesies_and_introductions_are_left_out(text: str, rest: str) -> None:
    assert essence(folded(text)) == rest


@pytest.mark.parametrize(
    "text",
    [
        "你好",
        "你好，在吗？",
        "您好，退款",  # what is left is too little to go by
        "我姓王，",
        "谢谢",
        "已经处理好了，谢谢",
        "我姓王怎么付款",
        "我是老客户，怎么退款",
        "我姓名写错了，怎么改",
        "你好意思吗，我要投诉",
        "早就付款了，怎么还没发货",
        "亲测有效，怎么付款",
        "请问怎么退款",
        "怎么付款，你好",
        "",
    ],
)
def test_what_may_matter_is_kept(text: str) -> None:
    assert essence(folded(text)) == folded(text)


@pytest.mark.parametrize(
    ("text", "thanks"),
    [
        ("谢谢啊，怎么付款", "谢谢"),
        ("你好，多谢，怎么付款", "多谢"),
        ("你好，怎么付款", ""),
        ("怎么付款，谢谢", ""),
        ("谢谢", ""),  # nothing else: the whole message
        ("谢谢你们帮我查", ""),
    ],
)
def test_thanks_before_the_matter(text: str, thanks: str) -> None:
    assert thanks_before(folded(text)) == thanks


COURTESIES = [
    "你好",
    "您好",
    "在吗",
    "亲",
    "请问",
    "hi",
    "我姓王",
    "我是王先生",
    "，",
    "。",
    " ",
    "！",
    "怎么付款",
    "发票",
]


@given(st.one_of(st.text(max_size=30), st.lists(st.sampled_from(COURTESIES), max_size=10).map("".join)))
def test_the_essence_is_of_the_message_and_enough_to_go_by(text: str) -> None:
    whole = folded(text)
    rest = essence(whole)
    left = iter(whole)
    assert all(character in left for character in rest), "only ever left out, never changed"
    assert rest == whole or sum(map(is_han, rest)) >= MINIMUM_HAN
    assert whole.endswith(rest[-1:])


# ── clauses ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("", []),
        ("，。！", []),
        ("怎么付款", ["怎么付款"]),
        ("怎么付款，能开发票吗？", ["怎么付款", "能开发票吗"]),
        ("怎么付款 能开发票吗", ["怎么付款", "能开发票吗"]),
        ("用 wx 付款", ["用 wx 付款"]),
        ("怎么付款另外发票呢", ["怎么付款", "另外发票呢"]),
        ("甲\n乙;丙:丁", ["甲", "乙", "丙", "丁"]),
        ("密码输对了也进不去", ["密码输对了也进不去"]),
        ("怎么付款对了发票呢", ["怎么付款", "对了发票呢"]),
    ],
)
def test_a_message_is_cut_into_clauses(text: str, clauses: list[str]) -> None:
    assert split_clauses(folded(text)) == clauses


@given(st.lists(st.text("付款发票退", min_size=1, max_size=4), max_size=40))
def test_however_many_clauses_none_is_lost(clauses: list[str]) -> None:
    cut = split_clauses(",".join(clauses))
    assert len(cut) <= MAXIMUM_CLAUSES
    assert "".join(cut).replace("，", "") == "".join(clauses)


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("怎么付款，能开发票吗", [Mark.COMMA, Mark.COMMA]),
        ("怎么付款？能开发票吗", [Mark.COMMA, Mark.SENTENCE]),
        ("怎么付款，另外能开发票吗", [Mark.COMMA, Mark.JOINED]),
        ("怎么付款另外发票呢", [Mark.COMMA, Mark.JOINED]),
        ("怎么付款。顺便问下发票", [Mark.COMMA, Mark.JOINED]),
        ("怎么付款，还有顺便问下发票", [Mark.COMMA, Mark.JOINED]),
        ("怎么付款另外顺便问下发票", [Mark.COMMA, Mark.JOINED]),
        ("怎么付款 能开发票吗", [Mark.COMMA, Mark.COMMA]),
        ("尺码小了要换，还有没有大一码的", [Mark.COMMA, Mark.COMMA]),
        ("有一件发错了，另外一件要换", [Mark.COMMA, Mark.COMMA]),
    ],
)
def test_what_stands_between_clauses(text: str, marks: list[Mark]) -> None:
    assert [clause.mark for clause in clauses_of(folded(text))] == marks


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("发票还没收到快递到哪了", []),  # short
        ("发票还没收到啊我买的那个快递到哪里了", ["我买的那个快递到哪里了"]),
        ("怎么付款，发票还没收到吗那我的快递到哪里了", ["那我的快递到哪里了"]),
        ("我要去韩国手机漫游怎么开通你们营业厅礼拜天开不开门", ["你们营业厅礼拜天开不开门"]),
    ],
)
def test_where_another_matter_may_begin_without_a_mark(text: str, places: list[str]) -> None:
    words = [
        "发票",
        "还",
        "没",
        "收到",
        "啊",
        "我",
        "买",
        "的",
        "那个",
        "快递",
        "到",
        "哪里",
        "了",
        "吗",
        "那",
        "怎么",
        "付款",
    ]
    words += ["我要", "去", "韩国", "手机", "漫游", "开通", "你们", "营业厅", "礼拜天", "开不开", "门"]

    def cut(clause: str) -> list[str]:
        found = []
        while clause:
            word = max((each for each in words if clause.startswith(each)), key=len, default=clause[0])
            found.append(word)
            clause = clause[len(word) :]
        return found

    clauses = taken_apart(folded(text), "", cut)
    joined = "".join(each.text if each.mark is Mark.RUN_ON else f"，{each.text}" for each in clauses)
    assert joined[1:] == folded(text).replace(",", "，"), "nothing is lost"
    behind = [joined[joined.index(each.text) :] for each in clauses if each.mark is Mark.RUN_ON]
    assert set(places) <= set(behind)
    assert bool(places) == bool(behind)
    assert not any(each.text[0] in "的了着过吗呢吧" for each in clauses)


@given(st.text("付款发票退我的了吗，。", max_size=60), st.integers(1, 4))
def test_however_a_text_runs_on_nothing_of_it_is_lost(text: str, size: int) -> None:
    def cut(clause: str) -> list[str]:
        return [clause[at : at + size] for at in range(0, len(clause), size)]

    clauses = taken_apart(folded(text), "", cut)
    assert "".join(each.text for each in clauses) == "".join(each.text for each in clauses_of(folded(text)))
    assert sum(each.mark is Mark.RUN_ON for each in clauses) <= MOST_SEAMS
    assert all(each.text for each in clauses)


@pytest.mark.parametrize(
    ("stretch", "rest"),
    [
        ("顺便问一下能开发票吗", "能开发票吗"),
        ("另外我想问下怎么付款", "怎么付款"),
        ("再说电费我也吃不消", "电费我也吃不消"),
        ("怎么付款", "怎么付款"),
        ("另外发票", "另外发票"),
        ("我要退货", "我要退货"),
        ("二是能开发票吗", "能开发票吗"),
        ("有的话能便宜点吗", "能便宜点吗"),
        ("还有能刷卡吗", "能刷卡吗"),
        ("还有没有大一码的", "还有没有大一码的"),
        ("还有货吗现在", "还有货吗现在"),
        ("那款餐桌有现货没", "那款餐桌有现货没"),
        ("那能便宜点吗", "能便宜点吗"),
        ("问完我就撤了", "问完我就撤了"),
        ("顺便告诉我周日开不开门", "周日开不开门"),
        ("最后问一句怎么付款", "怎么付款"),
        ("就一个事,发票帮我开一下", "发票帮我开一下"),
        ("最后一个怎么还没发", "最后一个怎么还没发"),
    ],
)
def test_what_leads_over_is_left_out(stretch: str, rest: str) -> None:
    assert matter(stretch) == rest


# ── what is negated and what is declined ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("clause", "what"),
    [
        ("我不投诉你们", ("投诉你们", "不投诉")),
        ("别催了", ("催了", "别催了")),
        ("我不是要投诉", ("要投诉", "不要投")),
        ("没有打算退", ("退", "没退")),
        ("没解决", ("解决", "没解决")),
        ("没收到货", ("收到货", "没收到")),
        ("投诉我不要", ("投诉", "诉我不")),
        ("发票不用了", ("发票", "票不用")),
        ("运费不要", ("运费", "费不要")),
        ("不能退", None),
        ("不让退", None),
        ("不会用", None),
        ("不好用", None),
        ("不方便付款", None),
        ("不过我要退", None),
        ("不如退了", None),
        ("不但没货", None),
        ("不光没有货", None),
        ("别给我开发票", ("给我开发票", "别给我")),
        ("别人的", None),
        ("别的颜色", None),
        ("分别是多少", None),
        ("特别贵", None),
        ("安不安全", None),
        ("贵不贵", None),
        ("要不要开发票", None),
        ("没", None),
        ("不", None),
        ("怎么付款", None),
        ("", None),
    ],
)
def test_what_a_clause_negates(clause: str, what: tuple[str, str] | None) -> None:
    found = negated(folded(clause))
    assert (found and (found.what, found.words)) == what


@pytest.mark.parametrize(
    ("text", "declined"),
    [
        ("我不是要投诉，就想问", [("不是要投诉", "投诉")]),
        ("不用开发票了", [("不用开发票了", "开发票了")]),
        ("没说要退", [("没说要退", "退")]),
        ("谁说要退款", [("谁说要退款", "要退款")]),
        ("懒得退货", [("懒得退货", "退货")]),
        ("我不想用了要销户", []),
        ("不想要了帮我取消", []),
        ("无需发票", [("无需发票", "发票")]),
        ("用不着退款", [("用不着退款", "退款")]),
        ("暂时不需要发票，谢谢", [("暂时不需要发票", "发票")]),
        ("不要发票，也没想退货", [("不要发票", "发票"), ("也没想退货", "退货")]),
        ("要不要退", []),
        ("能不能退", []),
        ("是不是要退款", []),
        ("可不可以退", []),
        ("怎么退款", []),
        ("", []),
    ],
)
def test_what_is_declined(text: str, declined: list[tuple[str, str]]) -> None:
    whole = folded(text)
    assert [(whole[start:end], what) for start, end, what in declined_spans(whole)] == declined


@pytest.mark.parametrize(
    ("clause", "what", "affirmed"),
    [
        ("我不是要投诉", "投诉", "我投诉"),
        ("没打算取消订单", "取消订单", "取消订单"),
        ("别给我开发票", "开发票", None),
        ("我不销户", "销户", "我销户"),
        ("不办新号", "办新号", "办新号"),
        ("赔就不必了", "赔", "赔"),
        ("投诉就算了", "投诉", "投诉"),
        ("发票我不要", "发票", "发票"),
        ("衣服不退了", "衣服", "退衣服"),
        ("订单不用撤", "订单", "撤订单"),
        ("谁要投诉啊", "投诉啊", "投诉啊"),
        ("投诉我是不想投诉的", "投诉", "投诉"),
        ("修就不用修了", "修", "修"),
        ("不退了不退了", "退", "我要退"),
        ("先不取消了吧", "取消", "我要取消"),
        ("赔偿的事先放一放", "赔偿的事", "赔偿的事"),
        ("优惠就不说了", "优惠", "优惠"),
        ("价格我不在意", "价格", "价格"),
        ("发票先不急", "发票", "发票"),
        ("我不着急", "着急", "我着急"),
        ("你慢慢查", "着急", "我着急"),
        ("今年不打算装修了", "装修了", "今年装修了"),
        ("号我不销了", "销了", "号我销了"),
        ("不想退了", "退", "我要退"),
        ("退什么退", "退", "我要退"),
        ("我不去看样板间了", "去看样板间了", None),
        ("积分先不管它", "积分", "积分"),
        ("发票回头再说", "发票", "发票"),
        ("赔多赔少不是重点", "赔多赔少", None),
        ("赠品倒是次要的", "赠品", None),
        ("票不票的无所谓", "票", "我要票"),
        ("不算投诉", "投诉", "投诉"),
        ("我还没打算装修", "装修", "我装修"),
        ("我哪丢过钥匙", "丢过钥匙", "我丢过钥匙"),
        ("我哪里投诉过", "投诉过", "我投诉过"),
        ("跟停车费没关系", "停车费", "我停车费"),
        ("这事和物流没啥关系", "物流", None),
        ("客服就别转了", "客服", "转客服"),
        ("别退货别退货", "退货", "退货"),
        ("运费高不高先不说", "运费高不高", None),
        ("价钱暂且不谈", "价钱", "价钱"),
    ],
)
def test_what_a_clause_refuses(clause: str, what: str, affirmed: str | None) -> None:
    found = refused(folded(clause))
    assert found is not None
    assert (found.what, found.refused) == (what, True)
    assert affirmed is None or found.affirmed == affirmed


@pytest.mark.parametrize(
    "clause",
    [
        "能不能不退",
        "不退怎么办",
        "为什么不给我开发票",
        "再不退我就投诉",
        "要是不退",
        "不会用",
        "没收到货",
        "没人理",
        "半天不吭声",
        "特别冲",
        "老被别人占",
        "现在是淡季不是时候",
        "趁早关门算了",
        "不想要了帮我取消",
        "我不想用了要销户",
        "快递三天没动了不要了",
        "还修不修了",
        "没想到这回心里这么不是滋味",
        "需要投诉",
        "退不退",
        "好不好",
        "不退了吗",
        "我想销号不用了",
        "你们慢慢来给我看",
        "不要了",
        "上礼拜那单不要了",  # how people cancel
        "东西我不要了",
        "怎么付款",
        "到底管不管",
        "还不退钱",
        "说话不算数",
        "说话不算话的",
        "哪丢的我也不知道",  # where it was lost is asked, not whether
        "我哪知道丢在哪",
        "我哪办过这个业务",  # who is charged for it complains
        "我哪里做错过",
        "跟我没关系",
        "跟谁没关系",
        "",
    ],
)
def test_what_is_no_refusal(clause: str) -> None:
    assert refused(folded(clause)) is None


@pytest.mark.parametrize(
    "clause", ["价钱我没意见", "态度倒不差", "利润倒还可以", "机器自己好了", "问题解决了", "价倒公道", "点数给得够高了"]
)
def test_what_is_said_to_be_well(clause: str) -> None:
    found = negated(folded(clause))
    assert found is not None
    assert found.fine


@pytest.mark.parametrize(
    "clause",
    ["有没有意见", "贵不贵", "态度还可以吗", "没解决", "价格太贵", "价格够高了", "给得太低了", "我的卡被止付了"],
)
def test_what_is_not_said_to_be_well(clause: str) -> None:
    found = negated(folded(clause))
    assert found is None or not found.fine


@pytest.mark.parametrize(
    "clause", ["我问的是怎么付款", "就想问问", "只想知道到哪了", "给我换一件", "可是我要退", "谢谢啊"]
)
def test_a_clause_that_turns_to_the_matter(clause: str) -> None:
    assert turns(clause)


@pytest.mark.parametrize("clause", ["快递停在那里", "好的", "今天下单", ""])
def test_a_clause_that_turns_to_nothing(clause: str) -> None:
    assert not turns(clause)


def test_what_is_not_so_before_what_is() -> None:
    found = corrected("包裹不是丢了", "是我妈收了")
    assert found is not None
    assert (found.what, found.affirmed, found.refused) == ("丢了", "包裹丢了", True)
    assert corrected("包裹不是丢了", "怎么办") is None
    assert corrected("是不是丢了", "是吧") is None
    assert corrected("包裹丢了", "是我丢的") is None
    found = corrected("没转错人", "是压根没转成")
    assert found is not None
    assert found.what == "转错人"
    assert corrected("你没说错", "是我听岔了") is None


def test_what_follows_from_a_condition_and_what_undoes() -> None:
    assert follows("我就投诉")
    assert not follows("我就拿一瓶酱油")
    assert follows("我只好退货")
    assert not follows("我就想问问")
    assert not follows("就是想查积分")
    assert undoes("请帮我取消")
    assert undoes("停掉吧")
    assert not undoes("帮我取消昨天的订单")


WORDS = ["不", "没", "别", "不是", "要", "想", "投诉", "退款", "，", "。", "发票", "人", "是", "有", "我"]


@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(WORDS), max_size=12).map("".join)))
def test_what_is_found_stands_in_the_message(text: str) -> None:
    found = negated(text)
    if found is not None:
        assert found.what
        assert found.what in text
        assert found.words
        left = iter(text)
        assert all(character in left for character in found.affirmed)
        assert found.fine or any(word in text for word in "不没别甭非未就")
    outright = refused(text)
    if outright is not None:
        assert outright.what in text
        assert any(word in text for word in "不没别甭无懒谁用就再次")
    end = 0
    for start, stop, what in declined_spans(text):
        assert end <= start < stop <= len(text)
        assert text[start:stop].endswith(what)
        end = stop


@pytest.mark.parametrize(
    ("text", "about_words"),
    [
        ("投诉这个词英语怎么说", True),
        ("“投诉”怎么读", True),
        ("“退款”和“退货”有区别吗", True),
        ("“退款失败”怎么处理", False),
        ("“退货”的退字怎么写", True),
        ("我在写小说，里面有人喊“叫你们经理来”", True),
        ("退款怎么处理", False),
        ("“投诉”这两个字", True),
        ("停在“已到达派件网点”两天不动", False),
        ("显示“已签收”这是怎么回事", False),
        ("退字一共有几笔", True),
        ("这几笔交易不是我做的", False),
        ("看看扣了几笔", False),
    ],
)
def test_talk_about_words(text: str, about_words: bool) -> None:
    assert is_metalanguage(folded(text)) is about_words


@pytest.mark.parametrize(
    ("clause", "words"),
    [
        ("上午那位客服态度挺好的", "挺好的"),
        ("问题彻底解决了", "解决了"),
        ("质量也好", "也好"),
        ("怎么才好", None),
        ("挺好的为什么下架", None),
        ("", None),
    ],
)
def test_a_clause_that_says_that_all_is_well(clause: str, words: str | None) -> None:
    found = negated(clause)
    assert (found.words if found and found.fine else None) == words


def test_a_keyword_stands_anywhere() -> None:
    assert holds_keyword("我要开发票了", ("付款", "发票"))
    assert not holds_keyword("我要开票", ("付款", "发票"))
    assert not holds_keyword("我要开票", ())


# ── on whole messages ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Matcher:
    intents = INTENTS.replace("      - hi\n", '      - hi\n      - "886"\n')
    return Matcher.for_library(load_library(str(write_library(tmp_path_factory.mktemp("small"), intents=intents))))


@pytest.mark.parametrize("courtesy", ["你好，", "您好！在吗？", "我姓王，", "亲，我是王女士，", "请问，"])
@pytest.mark.parametrize("text", ["怎么付款", "能开发票吗", "支付宝可以付吗"])
def test_courtesies_do_not_change_what_a_message_is_taken_for(courtesy: str, text: str, small: Matcher) -> None:
    with_courtesy, plain = small.match(courtesy + text), small.match(text)
    assert with_courtesy.text == courtesy + text
    assert (with_courtesy.decision, with_courtesy.candidates) == (plain.decision, plain.candidates)
    assert plain.decision is Decision.MATCHED


def test_a_bare_number_counts_where_it_is_an_example(small: Matcher, responder: Responder) -> None:
    assert small.match("886").candidates[0].intent == "greeting.regular"
    for text in ("20480", "887", "8868", "3.14", "１２３４５"):
        for matcher in (small, responder.matcher):
            match = matcher.match(text)
            assert (match.decision, match.candidates) == (Decision.UNMATCHED, ()), text


@pytest.mark.parametrize("text", ["嗯", "嗯嗯", "好", "好的", "对", "是的", "行", "哦", "知道了", "收到", "ok"])
def test_a_mere_acknowledgement_is_no_situation(text: str, responder: Responder) -> None:
    match = responder.matcher.match(text)
    assert (match.decision, match.intents) == (Decision.UNMATCHED, ())


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("我不投诉你们，我就打听一下怎么付款", "payment.methods"),
        ("我不是要投诉，就想问问怎么付款", "payment.methods"),
        ("发票不用了，怎么付款", "payment.methods"),
    ],
)
def test_what_a_message_says_it_is_not_about(text: str, intent: str, responder: Responder) -> None:
    match = responder.matcher.match(text)
    assert match.candidates[0].intent == intent
    assert match.decision is not Decision.UNMATCHED
    assert set(match.intents) <= {intent}
    assert match.reasons[0].startswith("客户说的"), "the agent is told why"


def test_only_declining_is_no_situation(small: Matcher) -> None:
    match = small.match("不用开发票了")
    assert (match.decision, match.intents) == (Decision.UNMATCHED, ())
    assert match.reasons == ("客户说的是不要：开发票了",)


@pytest.mark.parametrize(
    ("text", "refuses"),
    [
        ("我不投诉", True),
        ("发票不用开了", True),
        ("不投诉了，算了", True),
        ("我不取消订单了，就这样吧", True),
        ("这个号我不用了", False),
        ("我要投诉", False),
    ],
)
def test_a_message_that_only_refuses(text: str, refuses: bool, responder: Responder) -> None:
    match = responder.matcher.match(text)
    assert (match.decision is Decision.UNMATCHED) is refuses
    assert match.settled is refuses


def test_nothing_is_kept_between_messages(small: Matcher, tmp_path: Path) -> None:
    texts = ["怎么付款，能开发票吗", "不用开发票了", "你好，怎么付款", "886"]
    before = [small.match(text) for text in texts]
    assert [small.match(text) for text in reversed(texts)] == before[::-1]
