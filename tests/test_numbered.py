"""Expressions written as a list of short items, and two disguises at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csbot.replying.guard import Guard
from csbot.rules import scan
from csbot.rules.bulk import sieve
from csbot.rules.disguises.numbered import numbered_in
from csbot.rules.wording.model import Hit

PARTS = "1. 2. 3、 4、 (5) (6) ① ② ③ 不 行 知道 办法 - * ， 。 a) b) 一、 二、 好的 10 :"
MARKS = ("{}. ", "{}、", "({})", "（{}）", "{})", "{}．", "【{}】")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1. 不\n2. 行\n3. 退押金要月底", "不\n2. 行"),
        ("①不②行", "不②行"),
        ("- 没办法\n- 处理\n您换个口岸吧", "没办法\n- 处理"),
        ("* 没办\n* 法处\n* 理了", "没办\n* 法处\n* 理"),
        ("退票费这块，1、我 2、不 3、知 4、道。", "我 2、不 3、知 4、道"),
        ("一、我不\n二、知道\n三、车站问去", "我不\n二、知道"),
        ("(1)你自己\n(2)看着办\n(3)吧", "你自己\n(2)看着办\n(3)吧"),
        ("1️⃣我2️⃣不3️⃣清4️⃣楚", "我2️⃣不3️⃣清4️⃣楚"),
        ("１．不\r\n２．可\r\n３．能", "不\r\n２．可\r\n３．能"),
        ("a. 神经\nb. 病", "神经\nb. 病"),
        ("1我2不3知4道", "我2不3知4道"),
        ("1. 我\n2. 布\n3. 知\n4. 道", "我\n2. 布\n3. 知\n4. 道"),  # a homophone besides
    ],
)
def test_a_list_hides_no_expression(text: str, found: str, guard: Guard) -> None:
    assert found in [hit.found for hit in guard.findings(text)]


@pytest.mark.parametrize(
    "text",
    [
        "1. 您可以投诉\n2. 我们会跟进",
        "- 您的订单已作废\n- 话费当天退回",
        "1、保修\n2、不\n3、包退\n4、行李另计",
        "本店三室：1室2厅1卫，10:30可看房，3.5折起。",
        "请您按1查询，按2行政服务，按3人工。",
        "①身份证②社保③证明材料，三样带齐就行。",
        "一、查询。\n二、不动产登记。\n三、行政复议。",
        "（1）确认订单；（2）一经确认定金不退；（3）发货。",
    ],
)
def test_items_of_a_list_are_not_joined_where_more_is_said(text: str, guard: Guard) -> None:
    assert [(hit.rule.id, hit.found) for hit in guard.findings(text)] == []


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("between", ["\n", " ", "，\n"])
def test_every_mark_and_every_break(mark: str, between: str, guard: Guard) -> None:
    items = between.join(mark.format(number) + text for number, text in enumerate(["不", "知", "道"], 1))
    assert any(hit.rule.id == "ten_donts.dont_know" for hit in guard.findings(f"这个，我{items}。")), items


@given(st.lists(st.sampled_from([*PARTS.split(), "\n", " "])))
def test_a_list_is_read_in_place(parts: list[str]) -> None:
    text = "".join(parts)
    for listed in numbered_in(text):
        assert 0 <= listed.start < listed.end <= len(text)
        assert len(listed.text) == listed.end - listed.start
        assert len(listed.items) > 1
        given = text[listed.start : listed.end]
        assert all(one in (" ", other) for one, other in zip(listed.text, given, strict=True))
        for (_, end), (begin, _) in zip(listed.items, listed.items[1:], strict=False):
            assert end <= begin
        assert not listed.holds(*listed.items[0])


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("窝不晓得呀，您问车站。", "ten_donts.dont_know"),  # a homophone and a word of a region
        ("我完全不zhidao，您问车站。", "ten_donts.dont_know"),  # a word slipped in and pinyin
        ("我没得板法，等通知。", "shirking.me_no_way"),
        ("有神马事快硕，三号窗口还排着队。", "opening.hurry_speak"),
    ],
)
def test_two_disguises_at_once(text: str, rule: str, guard: Guard) -> None:
    hits = guard.findings(text)
    assert rule in [hit.rule.id for hit in hits], hits


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("这款血压计—定准，医院都在用。", "—定"),
        ("您冷静—点，好吗。", "冷静—点"),
        ("支付方式—定金50%，尾款货到付清。", None),
        ("付款方式——定金先付。", None),
        ("订单—定制款七天发货。", None),
        ("上午9—点半可取。", None),
    ],
)
def test_a_single_dash_may_be_a_stroke(text: str, found: str | None, guard: Guard) -> None:
    assert [hit.found for hit in guard.findings(text)] == ([found] if found else [])


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("我8清楚，您问车站。", "shirking.not_clear"),
        ("这事8归我管。", "shirking.not_my_charge"),
        ("我们公司94这么规定的。", "shirking.company_rules_so"),
        ("有意见寻领导去。", "arrogant.go_to_boss"),
        ("你反正怎么都唔看啊。", "arrogant.why_not_look"),
        ("我态度到底是哪里让您觉得不好？", "arrogant.attitude_retort"),
        ("这个问题我自己也要先去查了才能再回复您。", "shirking.i_have_to_check_too"),
        ("我跟您说句实话真不知道。", "ten_donts.dont_know"),
    ],
)
def test_digits_words_of_regions_and_words_between(text: str, rule: str, guard: Guard) -> None:
    assert rule in [hit.rule.id for hit in guard.findings(text)]


@pytest.mark.parametrize(
    "text",
    [
        "第8行可以看到合计金额。",
        "请按8，知道更多服务。",
        "他的工号是19，这样的单子归他。",
        "楼层8是我们的办公室。",
        "木办法器是木制法器。",
        "请勿好奇触摸设备，请勿看手机。",
        "寻物启事贴在大厅。",
    ],
)
def test_digits_and_words_that_mean_themselves(text: str, guard: Guard) -> None:
    assert [(hit.rule.id, hit.found) for hit in guard.findings(text)] == []


@pytest.mark.slow
def test_a_long_text_gives_the_same(guard: Guard) -> None:
    drafts = (
        "1. 不\n2. 行\n3. 退押金要月底",
        "窝不晓得呀，您问车站。\n我完全不zhidao，您问车站。",
        "- 没办法\n- 处理\n您换个口岸吧",
        "好的。\n①不②行\n好的，请您稍等。",
        "1、保修\n2、不包退\n3、行李另计",
        "这款血压计—定准。\n窝8清楚，您问车站。\n我再也没办法的话，给您转接。",
    )
    text = "\n".join(drafts * 3)

    def scanned(long_text: int) -> list[Hit]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(scan, "LONG_TEXT", long_text)
            patch.setattr(sieve, "CHUNK", 40)
            return guard.rules.scan(text)

    assert scanned(0) == scanned(len(text) + 1)
