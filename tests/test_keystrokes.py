"""The comparison of keystrokes counts what it says it counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.keystrokes import AVERAGE, CASES, Case, Cost, typed, with_csbot, with_grep

from csbot.library.models import Library
from csbot.replying.responder import Responder
from csbot.searching.entries import entries_of
from csbot.searching.index import SearchIndex
from csbot.text.pinyin import readings


@pytest.mark.parametrize(("text", "keys"), [("退款", 8), ("2026", 4), ("24小时", 10), ("g 王", 7), ("", 0)])
def test_chinese_takes_its_pinyin_and_a_key_to_select_it(text: str, keys: int) -> None:
    assert typed(text) == keys


def test_seconds_are_the_sum_of_the_operators() -> None:
    cost = Cost(keys=10, thoughts=2, glances=1, system=0.5)
    cost.mouse(3)
    assert cost.seconds(AVERAGE) == pytest.approx(10 * 0.28 + 2 * 1.35 + 0.23 + 0.5 + 2 * 0.4 + 1.1 + 3 * 0.2)


def test_every_message_is_of_known_situations_and_has_words_for_each(library: Library) -> None:
    assert len(CASES) == 30
    for case in CASES:
        assert set(case.wanted) <= library.intents.keys()
        assert len(case.words) == len(case.wanted)


def test_a_wrong_first_answer_and_a_word_that_finds_nothing_cost_more(responder: Responder, tmp_path: Path) -> None:
    index = SearchIndex(entries_of(responder.library), readings)
    right = Case("", "我要开发票", ("payment.invoice",), (("发票",),))
    wrong = Case("", "我要开发票", ("order.repair",), (("维修",),))
    assert with_csbot(wrong, responder, index).keys > with_csbot(right, responder, index).keys == 13
    file = tmp_path / "replies.txt"
    replies = {"payment.invoice": "可以开。", "order.repair": "可以修，【姓氏】。"}
    names = {intent: responder.library.intents[intent].name for intent in replies}
    file.write_text("".join(f"{names[intent]}\t{text}\n" for intent, text in replies.items()), encoding="utf-8")
    first = with_grep(right, file, replies, responder)
    second = with_grep(Case("", "", ("payment.invoice",), (("收据", "发票"),)), file, replies, responder)
    assert first.keys == 2 + 2 + typed("发票") + 1 + 5
    assert second.keys == first.keys + 2 + 2 + typed("收据") + 1
    assert second.notes == ["another word"]
    assert with_grep(wrong, file, replies, responder).clicks == 3 + 2
