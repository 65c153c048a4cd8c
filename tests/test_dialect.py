"""Expressions in the words of a region, and words that only look like those."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import SHIPPED_WORDS

from csbot.rules.disguises.dialect import dialect_of
from csbot.rules.scan import RuleSet
from csbot.rules.wording.fold import fold
from csbot.rules.wording.model import Kind, PhraseRule
from csbot.text.normalise import normalise

PHRASES = ("不知道", "没办法", "不行", "别催", "你说什么", "你怎么这么啰嗦", "我现在很忙", "你自己想办法", "谁让你买的")
RULES = RuleSet(
    [
        *(
            PhraseRule(f"t.r{number}", phrase, "t", "试", "—", Kind.PHRASE, (phrase,))
            for number, phrase in enumerate(PHRASES)
        ),
        PhraseRule("t.what", "什么？", "t", "试", "—", Kind.SENTENCE, ("什么",)),
    ],
    disguises=SHIPPED_WORDS,
)


@pytest.mark.parametrize(
    ("text", "found", "phrase"),
    [
        ("这个我不晓得噻", "不晓得", "不知道"),
        ("我唔知啊", "唔知", "不知道"),
        ("莫得办法", "莫得办法", "没办法"),
        ("俺没辙", "没辙", "没办法"),
        ("冇办法，您等吧", "冇办法", "没办法"),
        ("不中，超时了", "不中", "不行"),
        ("勿来事个", "勿来事", "不行"),
        ("莫催，排着队呢", "莫催", "别催"),
        ("甭催了", "甭催", "别催"),
        ("侬讲啥个", "侬讲啥个", "你说什么"),
        ("您咋个恁啰嗦", "您咋个恁啰嗦", "你怎么这么啰嗦"),
        ("您咋这老絮叨", "您咋这老絮叨", "你怎么这么啰嗦"),
        ("我眼下很忙", "我眼下很忙", "我现在很忙"),
        ("您自个儿想办法", "您自个儿想办法", "你自己想办法"),
        ("哪个喊您买的", "哪个喊您买的", "谁让你买的"),
        ("啥子？", "啥子", "什么？"),
        ("呒没办法", "呒没办法", "没办法"),
    ],
)
def test_words_of_a_region_are_read_in_the_standard_language(text: str, found: str, phrase: str) -> None:
    (hit,) = RULES.scan(text)
    assert (hit.found, hit.rule.name, text[hit.start : hit.end]) == (found, phrase, found)
    assert "方言" in hit.ways


@pytest.mark.parametrize(
    "text",
    [
        "这次抽奖没抽中不中奖都有礼品",
        "您看中不中意，不中意可以换",
        "打不中靶心也有奖品",
        "讲座改到周五",
        "您开车来得不得行",
        "口味清爽的有柠檬味",
        "没得到短信的话请告诉我",
        "想点外卖的话机器人可以送上楼，您想点哪份",
        "看到办理进度就会通知您",
        "两步伐木，三点知识",
        "这是莫大的鼓励，莫名感动",
        "老师讲解过什么是保修",
    ],
)
def test_what_is_another_word_is_left_alone(text: str) -> None:
    assert RULES.scan(text) == []


def test_what_is_spared_as_written_or_as_meant_is_spared() -> None:
    rule = PhraseRule("t.way", "没办法", "t", "试", "—", phrases=("没办法",), exceptions=("没办法兰", "莫得办法子"))
    rules = RuleSet([rule], disguises=SHIPPED_WORDS)
    assert [hit.found for hit in rules.scan("莫得办法了")] == ["莫得办法"]
    assert rules.scan("莫得办法兰盘") == rules.scan("莫得办法子") == []


@given(
    st.lists(
        st.sampled_from(["啥子", "莫得", "自个儿", "咋", "您", "，", "好", " ", "\n", "不中", "侬"]), max_size=12
    ).map("".join)
)
def test_every_character_keeps_its_place(text: str) -> None:
    normalised = normalise(text)
    folded = fold(normalised, 0, len(normalised.text))
    standard = dialect_of(SHIPPED_WORDS.regional).in_the_standard_language(folded)
    if standard is None:
        return
    assert len(standard.folded.text) == len(standard.folded.indexes) == len(standard.folded.stops)
    assert list(standard.folded.indexes) == sorted(standard.folded.indexes)
    for first, last in standard.spans:
        raw = standard.folded.raw_text(first, last)
        again = dialect_of(SHIPPED_WORDS.regional).in_the_standard_language(fold(normalise(raw), 0, len(raw)))
        assert again is not None
        assert again.folded.text == standard.folded.text[first:last]
