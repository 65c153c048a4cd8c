"""What only looks or sounds like an expression is left alone, and what is one is found all the same."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import csbot

from csbot.replying.guard import Guard
from csbot.rules.judging.quotes import QUOTED, is_quoted
from csbot.rules.scan import RuleSet
from csbot.rules.wording.model import Kind, PhraseRule
from csbot.text.normalise import normalise

TEMPTING = RuleSet(
    [
        PhraseRule(f"t.r{number}", phrase, "test", "试", "—", Kind.PHRASE, (phrase,))
        for number, phrase in enumerate(
            [
                *("不行", "不知道", "不可能", "保证", "废话", "没办法", "有病", "滚蛋", "他妈的", "也没办法", "烦死了"),
                *("必须等", "傻逼", "白痴", "别催了", "怨你", "不道歉", "绝对", "要告就告去", "您过两天再来"),
            ]
        )
    ]
)


@pytest.mark.parametrize(
    "text", ["这次少发货了，非常抱歉", "别发货了，我来拦截", "您别退款了，我给您补发", "少收件的话请告诉我"]
)
def test_words_of_the_trade_are_no_typing_errors(text: str) -> None:
    rules = RuleSet([PhraseRule("t.calm", "别发火", "test", "试", "—", phrases=("[别|少]发火", "别推宽", "少手贱"))])
    assert [hit.found for hit in rules.scan(text)] == []
    assert [hit.found for hit in rules.scan("您别发伙了")] == ["别发伙"]


def test_an_exception_covers_what_only_sounds_like_the_rule() -> None:
    rule = PhraseRule("t.way", "不行", "test", "试", "—", phrases=("不行",))
    spared = replace(rule, exceptions=("布行的老板",))
    text = "这不是布行的老板就布行"
    assert [hit.start for hit in RuleSet([rule]).scan(text)] == [9]
    assert [hit.start for hit in RuleSet([spared]).scan(text)] == [9]
    text = "就没办发了"
    no_way = replace(rule, phrases=("没办法",))
    assert [hit.found for hit in RuleSet([no_way]).scan(text)] == ["没办发"]
    spared = replace(no_way, exceptions=("没办发了",))
    assert RuleSet([spared]).scan(text) == []
    assert [hit.exception for hit in RuleSet([spared]).scan(text, dropped=True)] == ["没办发了"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("您从地铁口步行五分钟就到门店", id="步行"),
        pytest.param("步行", id="步行 alone"),
        pytest.param("我每天跑步 行走一万步", id="two words with a space"),
        pytest.param("这次升级不造成任何影响", id="不造成"),
        pytest.param("技术部可能需要一天", id="技术部可能"),
        pytest.param("我们不只道歉，还会赔偿", id="不只道歉"),
        pytest.param("我们不只道歉", id="不只道歉 at the end"),
        pytest.param("请您报证件号码", id="报证件"),
        pytest.param("缴费话术已经更新", id="缴费话术"),
        pytest.param("缴费，话费明天到账", id="费，话"),
        pytest.param("订单作废（话费另退）", id="a bracket"),
        pytest.param("这个没办，发票另开", id="没办，发"),
        pytest.param("这个没办\n发票另开", id="没办 and a new line"),
        pytest.param("手续没办 发票没开", id="没办 and a space"),
        pytest.param("他马上的安排是下午三点", id="他马上的"),
        pytest.param("您的园区有冰箱", id="有冰"),
        pytest.param("元你的账户里有优惠", id="a person says too little by itself"),
        pytest.param("滚动页面就能看到", id="滚动"),
    ],
)
def test_a_sound_is_not_enough(text: str) -> None:
    assert [(hit.rule.name, hit.found, hit.ways) for hit in TEMPTING.scan(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("请打开 https://www.bzd.com/bx?bzd=1#bx", id="an address"),
        pytest.param("www.bubaozheng.com", id="an address in pinyin"),
        pytest.param("邮箱是 bzd@qq.com", id="e-mail"),
        pytest.param("请发到buxing@163.com", id="e-mail in pinyin"),
        pytest.param("型号是bzd-200", id="a model number"),
        pytest.param("型号BZD-200和BX300", id="model numbers in capitals"),
        pytest.param("订单号 MBF20261122", id="an order number"),
        pytest.param("no problem, buy one get one", id="English"),
        pytest.param("请用WiFi连接，再点OK", id="English words in Chinese"),
        pytest.param("B超结果在A座三楼", id="single capital letters"),
        pytest.param("请到X光室，坐B口出站的G线", id="more single capital letters"),
        pytest.param("VIP客户和SVIP客户都有礼品", id="abbreviations"),
        pytest.param("尺码有S、M、L和XL", id="sizes"),
        pytest.param("电话里请按1，再按#", id="keys"),
        pytest.param("参数 b=z, d=1", id="parameters"),
        pytest.param("version 2.0 beta", id="a version"),
        pytest.param("thank you并祝您愉快", id="a word of English beside a sound"),
        pytest.param("Bao正在开会", id="a name beside a sound"),
    ],
)
def test_letters_are_not_enough(text: str) -> None:
    assert [(hit.rule.name, hit.found, hit.ways) for hit in TEMPTING.scan(text)] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("这个不行", "不行"),
        ("这个bu行", "bu行"),
        ("这个不 行", "不 行"),
        ("我bu知道啊", "bu知道"),
        ("我buzhidao", "buzhidao"),
        ("他·马·的", "他·马·的"),
        ("他马的", "他马的"),
        ("这个没辦发", "没辦发"),
        ("都说了没·办·法", "没·办·法"),
        ("这真没办\n法", "没办\n法"),
        ("你傻b吧", "傻b"),
        ("别c了", "别c了"),
        ("我也没半法", "也没半法"),
        ("这个不棵能", "不棵能"),
        ("这个jue dui好", "jue dui"),
        ("现在要告究告去", "要告究告去"),
        ("您过两天在来吧", "您过两天在来"),
        ("我bao正三天到", "bao正"),
    ],
)
def test_disguises_by_sound_are_found(text: str, found: str) -> None:
    assert found in [hit.found for hit in TEMPTING.scan(text)]


def test_a_rule_that_tells_nin_from_ni_is_not_deceived_by_their_sound() -> None:
    rules = RuleSet([PhraseRule("t.you", "你不懂规矩", "t", "试", "—", Kind.PHRASE, ("你不懂规矩",), keep_you=True)])
    assert [hit.found for hit in rules.scan("你不懂规矩")] == ["你不懂规矩"]
    assert [hit.found for hit in rules.scan("你不懂龟矩")] == ["你不懂龟矩"]
    assert [hit.found for hit in rules.scan("你不dong规矩")] == ["你不dong规矩"]
    for text in ("您不懂规矩", "您不懂龟矩", "您不dong规矩"):
        assert rules.scan(text) == [], text


# ── quotations ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("您说的“骗子”，我们很重视", True),
        ("您提到的「骗子」我已经记录", True),
        ("您刚才说我们“骗子”，我很理解", True),
        ("抢修队上回答您“骗子”，确实欠妥", True),
        ("值班员当面告诉您“骗子”，我来处理", True),
        ("我部说了“骗子”", False),
        ("我告诉您“骗子”", False),
        ("客户说：“骗子，滚”", True),
        ("他骂‘骗子’", True),
        ("她在评论里写『骗子』", True),
        ('您留言写的是"骗子"', True),
        ("您反映同事说“骗子”", True),
        ("您反映我们回复“骗子”，已经核实", True),
        ("我们同事说“骗子”，让您不愉快，抱歉", True),
        ("对您说的“骗子”一事，已经登记", True),
        ("“骗子”这句话让您不愉快", True),
        ("“骗子”这样的字眼很伤人", True),
        ("您问的歌是《骗子》", True),
        ("我说“骗子”就是骗子", False),
        ("我跟您说“骗子”", False),
        ("我就跟您讲：“骗子”", False),
        ("我对您说“骗子”", False),
        ("我们已经回复客户“骗子”", False),
        ("已经跟您说了“骗子”", False),
        ("您好，我说“骗子”", False),
        ("您听我说：“骗子”", False),
        ("您听好了：“骗子”", False),
        ("您问我“怎么办”，我答“骗子”", False),
        ("您问我怎么办，我答“骗子”", False),
        ("您问我就说“骗子”", False),
        ("告诉您“骗子”", False),
        ("您就是“骗子”", False),
        ("“您说呢”你这骗子", False),
        ("您说得对。“骗子”", False),
        ("您说的话我记下了\n“骗子”", False),
        ("您说“骗子", False),
        ("骗子", False),
        ('您说"对"，骗子，我说"好"', False),
    ],
)
def test_words_of_others_in_quotation_marks(text: str, quoted: bool) -> None:
    normalised = normalise(text).text
    start = normalised.rindex("骗子") if not quoted else normalised.index("骗子")
    assert is_quoted(normalised, start, start + 2) is quoted


@given(st.text(st.sampled_from("您我说骗子“”「」《》\"'，。\n问"), max_size=40), st.data())
def test_any_text_may_be_asked_for_quotations(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, max(0, len(text) - 1)))
    end = data.draw(st.integers(start, len(text)))
    if is_quoted(text, start, end):
        assert set(text) & set("“”「」《》\"'"), "nothing is quoted without quotation marks"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("我说“不行”就是不行", ["不行就是不行"]),
        ("您说的“不行”，我们很重视", []),
        ("如果还不行的话，请联系我们", []),
        ("没法向您保证当天到账", []),
        ("我们一定改进", []),
        ("这笔款一定能到账", ["一定"]),
        ("您看这样行不行", []),
        ("请出示社保证明", []),
        ("订单作废，话费已退", []),
        ("他是其他妈妈的朋友", []),
        ("图片我看了。什么？", ["什么？"]),
        ("有什么可以帮您？", []),
        ("您从地铁口步行五分钟", []),
        ("技术部可能需要一天", []),
    ],
)
def test_the_rules_of_the_library_know_the_difference(text: str, names: list[str], guard: Guard) -> None:
    assert [hit.rule.name for hit in guard.findings(text)] == names


def test_an_exception_may_stop_at_a_comma() -> None:
    given = PhraseRule("t.r", "不行", "t", "试", "—", Kind.PHRASE, ("不行",))
    for wildcard, reaches in (("…", True), ("～", False)):
        rules = RuleSet([replace(given, exceptions=(f"如果{wildcard}不行",))])
        assert rules.scan("如果扫码不行") == []
        assert (rules.scan("如果您急，那也不行") == []) is reaches
        assert rules.scan("您急，那也不行")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("这款保\n证不掉色", ["保\n证"]),
        ("请出示社保\n证明", []),
        ("学区房绝\n对能上", ["绝\n对"]),
        ("那是他的绝\n招", []),
        ("今天不\n行了", ["不\n行"]),
        ("这样不\n行李会丢", []),
    ],
)
def test_a_word_of_two_characters_on_two_lines(text: str, found: list[str], guard: Guard) -> None:
    assert [hit.found for hit in guard.findings(text)] == found


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("对账差异我们一定逐笔核对后再回复您", []),
        ("您放心，明天一定送到", ["一定"]),
        ("没人能保证涨跌", []),
        ("我保证明天到", ["保证"]),
        ("您转述的那句“有意见找领导去”确实不妥", []),
        ("如果您觉得这个时间不行，我给您改到周六", []),
        ("如果您急，那也不行", ["不行"]),
        ("贵司在Feihua Road 18号的仓库", []),
        ("fei话，没电当然开不了机", ["废话"]),
        ("我不.zhi.dao", ["我不知道"]),
        ("请打开www.buzhidao.com", []),
        ("还有wenti吗", ["还有问题吗？"]),
        ("好的王建国，我帮您查账单", ["直呼客户姓名而不带称谓"]),
        ("好的王先生，我帮您查账单", []),
        ("李秀英啊，拿着化验单去二楼", ["直呼客户姓名而不带称谓"]),
        ("周大海哎！您的退款到了", ["直呼客户姓名而不带称谓"]),
        ("王建国先生啊，您的件在驿站", []),
        ("高兴啊，您的问题解决了", []),
        ("这次您投诉没结果，我再帮您申请", []),
        ("您投诉也没结果的，算了吧", ["投诉也没用"]),
        ("投诉没结果，您别费劲了", ["投诉也没用"]),
        ("您冷静点儿", ["冷静一点"]),
        ("您ljyd好吗", ["冷静一点"]),
        ("我现在hm，等会再说", ["我现在很忙"]),
        ("这不是废话，很多用户都想了解", []),
        ("这不是废话吗", ["废话"]),
        ("请您滚动到页面底部", []),
        ("单号给的不全，我茶不到，您波95338去茶", ["我查不到，你拨××去查"]),
    ],
)
def test_more_that_the_rules_of_the_library_tell_apart(text: str, names: list[str], guard: Guard) -> None:
    assert [hit.rule.name for hit in guard.findings(text)] == names


def test_explain_names_what_was_spared_and_why() -> None:
    text = "我说“不行”，您说的“不行”我记下了，您看行不行，我不zd"
    done = csbot("explain", text, "--json", "--now", "2026-11-22T10:00")
    assert done.returncode == 0
    draft = json.loads(done.stdout)["as_draft"]
    assert all(text[hit["start"] : hit["end"]] == hit["found"] for hit in draft)
    assert [(hit["found"], hit["exception"], hit["ways"]) for hit in draft] == [
        ("不行", None, []),
        ("不行", QUOTED, []),
        ("不行", "行不行", []),
        ("我不zd", None, ["拼音首字母"]),
    ]
    shown = csbot("explain", text, "--now", "2026-11-22T10:00").stdout
    for line in (
        "拦下  「不行」是「不行」（ten_donts.no_way）",
        "放行  「不行」是引述客户的话（ten_donts.no_way）",
        "放行  「不行」被例外「行不行」覆盖（ten_donts.no_way）",
        "拦下  「我不zd」是「我不知道」（ten_donts.dont_know，拼音首字母）",
    ):
        assert line in shown
