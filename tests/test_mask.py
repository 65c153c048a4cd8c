"""Personal numbers in what is filled into a reply."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csbot.matching.result import Decision, Match
from csbot.replying.context import Context
from csbot.replying.mask import is_bank_card, is_identity_card, mask
from csbot.replying.responder import Responder

# Numbers made for tests: the checks hold, nobody owns them.
IDENTITY = "11010519491231002X"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话13812345678可以联系", "电话138****5678可以联系"),
        ("138 1234 5678", "138****5678"),
        (f"证件{IDENTITY}", "证件110105********002X"),
        (f"证件{IDENTITY.lower()}。", "证件110105********002X。"),
        ("4111 1111 1111 1111", "尾号1111"),
        ("400-000-0000", "400-000-0000"),  # a hotline
        ("订单2026112200017", "订单2026112200017"),
        ("110105194912310021", "110105194912310021"),  # the check digit is wrong
        ("12381234567", "12381234567"),  # no mobile number begins with 12
        ("24小时内", "24小时内"),
    ],
)
def test_mask(text: str, masked: str) -> None:
    assert mask(text) == masked


def test_checks() -> None:
    assert is_identity_card(IDENTITY)
    assert not is_identity_card("11010519490231002X")  # 31 February
    assert is_bank_card("4111111111111111")
    assert not is_bank_card("4111111111111112")


@given(st.text())
def test_masking_twice_changes_nothing_more(text: str) -> None:
    assert mask(mask(text)) == mask(text)


def test_a_reply_repeats_no_personal_number_but_keeps_the_order_number(responder: Responder) -> None:
    chosen = Match("", Decision.MATCHED, (), ("service.thanks_for_waiting",))
    context = Context(datetime(2026, 11, 23, 14, 0))
    slots = {"查询结果": "登记的电话是13812345678", "订单号": "4111111111111111"}
    response = responder.answer(chosen, chosen.intents, "", context, slots)
    assert response.variants
    for variant in response.variants:
        assert "13812345678" not in variant.filled.text
    assert any("138****5678" in variant.filled.text for variant in response.variants)
