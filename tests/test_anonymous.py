"""Nothing that tells who a customer is stays in what is kept for a trainer; the wording does."""

from __future__ import annotations

import random
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csbot.replying.anonymous import LONGEST, MARK, anonymous, without_marks
from csbot.rules.wording.names import DOUBLE, SURNAMES

DIGITS = "0123456789"
WIDE = str.maketrans(DIGITS, "０１２３４５６７８９")
SPOKEN = str.maketrans(DIGITS, "零一二三四五六七八九")
CIRCLED = str.maketrans("123456789", "①②③④⑤⑥⑦⑧⑨")
SEPARATORS = ["", " ", "-", "—", ".", "·", "\u200b", "　", "/", "，", "🙂", "\u2060 ", "*", "）（"]
BEFORE = ["我的电话是", "打这个", "手机号：", "单号", "", "麻烦查一下", "我说了好多遍了", "hi ", "加我微信"]
AFTER = ["，快点", " 怎么还没到", "", "。谢谢", "查下", "这个号", "，我在等"]


def digits_of(text: str) -> str:
    """Return the digits of a text, whatever they look like."""
    spoken = {character: value for value, character in enumerate("零一二三四五六七八九")}
    shown = [
        str(unicodedata.digit(each)) if unicodedata.digit(each, None) is not None else str(spoken.get(each, ""))
        for each in text
    ]
    return "".join(shown)


@st.composite
def disguised(draw: st.DrawFn, lowest: int, highest: int) -> str:
    """A number as somebody may write it: in another width, spoken, with marks between its digits."""
    length = draw(st.integers(lowest, highest))
    number = "".join(draw(st.lists(st.sampled_from(DIGITS), min_size=length, max_size=length)))
    number = number.translate(draw(st.sampled_from([{}, {}, WIDE, SPOKEN, CIRCLED])))
    separator = draw(st.sampled_from(SEPARATORS))
    if separator == "，" and set(number) & set("零一二三四五六七八九"):
        separator = ""
    step = draw(st.integers(1, 4))
    return separator.join(number[at : at + step] for at in range(0, len(number), step))


@given(number=disguised(7, 20), before=st.sampled_from(BEFORE), after=st.sampled_from(AFTER))
def test_no_number_is_left_in_any_disguise(number: str, before: str, after: str) -> None:
    kept = anonymous(f"{before}{number}{after}")
    assert len(digits_of(kept)) <= len(digits_of(before + after)), kept
    assert "【号码】" in kept or "#" in kept


@given(
    st.text(
        st.sampled_from("王小明我叫姓是 138001380001380①２三-北京市路8号3栋@.com我的订单【】号码a1B2_\u200b\n，。"),
        max_size=400,
    )
)
def test_whatever_is_written_no_long_number_is_left(text: str) -> None:
    kept = anonymous(text)
    assert len(kept) <= LONGEST
    folded = unicodedata.normalize("NFKC", kept)
    assert not re.search(r"[0-9](?:[^0-9A-Za-z\u3400-\u9fff]{0,3}[0-9]){4,}", MARK.sub("中", folded)), kept


@pytest.mark.slow
@given(st.text(max_size=700))
def test_any_text_can_be_kept(text: str) -> None:
    kept = anonymous(text)
    assert len(kept) <= LONGEST
    kept.encode()
    assert "\n" not in kept
    assert "\0" not in kept
    without_marks(kept)


SURNAME = st.one_of(st.sampled_from(SURNAMES), st.sampled_from(DOUBLE))
GIVEN = st.text(st.sampled_from("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉"), min_size=1, max_size=2)


@given(
    surname=SURNAME,
    given_name=GIVEN,
    after=st.sampled_from(["，要退货", "要退货", "。", "", "，帮我查下", " 13800138000"]),
)
@pytest.mark.parametrize("before", ["我叫", "收货人：", "姓名：", "我的名字叫", "联系人是", "收件人 "])
def test_a_name_after_a_word_that_announces_it_is_masked(
    before: str, surname: str, given_name: str, after: str
) -> None:
    kept = anonymous(f"{before}{surname}{given_name}{after}")
    assert surname + given_name not in kept
    assert len(given_name) == 1 or given_name not in kept
    assert "【某人】" in kept


@given(surname=SURNAME, title=st.sampled_from(["先生", "女士", "小姐", "老师", "经理", "师傅"]))
@pytest.mark.parametrize("frame", ["我是{}", "{}的件到了吗", "帮{}查一下", "刚才是{}接的，"])
def test_a_surname_before_a_form_of_address_is_masked(frame: str, surname: str, title: str) -> None:
    kept = anonymous(frame.format(surname + title))
    assert surname + title not in kept
    assert "【某人】" in kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("地址改成浙江省杭州市西湖区文三路8号3幢501室", "地址改成【地址】"),
        ("订单到哪里了，我住在梧桐巷", "订单到哪里了，我住在【地址】"),
        ("我住在海淀区中关村大街27号，能送吗", "我住在【地址】"),
        ("送到朝阳区建国路88号SOHO现代城C座2301", "送到【地址】"),
        ("浙江省杭州市的能送吗", "【地址】的能送吗"),
        ("3栋2单元501的电梯坏了", "【地址】的电梯坏了"),
        ("京A12345停在门口", "【车牌】停在门口"),
        ("发到zhang.san@example.com.cn吧", "发到【邮箱】吧"),
        ("看 https://example.com/order?id=1 这个", "看 【网址】 这个"),
        ("身份证11010519491231002X", "身份证【号码】"),
        ("卡号6222 0200 1111 2222 333", "卡号【号码】"),
        ("订单SF1234567890到哪了", "订单【号码】到哪了"),
        ("尾号1234的卡", "尾号【号码】的卡"),
        ("验证码 4821 收到了", "验证码 【号码】 收到了"),
        ("微信号abc_def加一下", "微信号【号码】加一下"),
        ("王小明 13800138000 帮查", "【某人】 【号码】 帮查"),
        ("我姓欧阳，麻烦查下", "我姓【某人】，麻烦查下"),
        ("【号码】是什么", "[号码]是什么"),
    ],
)
def test_what_tells_who_it_is_becomes_a_mark(text: str, kept: str) -> None:
    assert anonymous(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "我买了3件一共199元，24小时了还没到",
        "2026年11月22日下的单",
        "iphone15pro多少钱",
        "寄到我们小区驿站行不行",
        "地址写错了怎么改",
        "送到楼下就行",
        "客服姓什么",
        "叫你们经理来",
        "黄总是说不行",
        "你们超市区别在哪",
        "能开发票吗",
        "我叫你们退货，听见没有",
    ],
)
def test_wording_that_tells_of_nobody_stays(text: str) -> None:
    assert anonymous(text) == text


def test_values_of_the_customer_are_masked_wherever_they_stand() -> None:
    assert anonymous("阿依古丽的件，阿依古丽等着", ["阿依古丽", ""]) == "【资料】的件，【资料】等着"


def test_an_example_has_no_marks() -> None:
    assert without_marks("我叫【某人】，订单【号码】 怎么还没到") == "订单 怎么还没到"
    assert without_marks("【号码】") == ""


def test_ordinary_messages_of_the_library_mostly_stay_as_they_are() -> None:
    from tests.support import ROOT

    from csbot.library.load import load_library

    texts = [text for intent in load_library(str(ROOT)).intents.values() for text in intent.examples]
    texts = random.Random(1).sample([text for text in texts if len(text) < LONGEST], 1500)
    changed = [text for text in texts if without_marks(anonymous(text)) != without_marks(text)]
    assert len(changed) < len(texts) * 0.06, changed[:40]
