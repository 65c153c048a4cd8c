"""Expressions written by their look are found, named and placed; ordinary text with the same characters is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import csbot, write_library
from tests.variants import TRANSFORMATIONS, disguised, han, written_out

from csbot.library.load import load_library
from csbot.library.models import Library
from csbot.replying.guard import Guard
from csbot.rules.scan import RuleSet
from csbot.rules.wording.model import Disguises, Kind, PhraseRule
from csbot.text.dictionary import depths


def rule_set(shapes: tuple[tuple[str, ...], ...], *phrases: str, kind: Kind = Kind.PHRASE) -> RuleSet:
    return RuleSet(
        [PhraseRule("test.rule", phrases[0], "test", "试", "—", kind, phrases)], disguises=Disguises(shapes=shapes)
    )


@pytest.mark.parametrize(
    ("text", "rule", "found", "way"),
    [
        ("安装那天师傅没空，我也没办祛。", "shirking.me_no_way", "我也没办祛", "形近字"),
        ("超了保修，没办法处埋。", "shirking.cannot_handle", "没办法处埋", "形近字"),
        ("我现在很忄亡，等一下。", "ten_donts.busy_now", "我现在很忄亡", "拆字"),
        ("您怕是有疒丙吧。", "vulgar.sick", "您怕是有疒丙", "拆字"),
        ("芣清楚就说芣清楚，我芣知道。", "ten_donts.dont_know", "我芣知道", "形近字"),
        ("几点到我不矢口道。", "ten_donts.dont_know", "我不矢口道", "拆字"),
        ("哪来的废活，地址报一下。", "vulgar.nonsense", "废活", "形近字"),
        ("氵衮！", "vulgar.get_lost", "氵衮", "拆字"),
        ("请伱稍等。", "address.ni", "伱", "形近字"),
        ("这料子肯疋不起球。", "overpromise.surely", "肯疋", "形近字"),
    ],
)
def test_shapes_are_found_and_named(text: str, rule: str, found: str, way: str, guard: Guard) -> None:
    hits = [hit for hit in guard.findings(text) if way in hit.ways]
    assert (rule, found) in [(hit.rule.id, hit.found) for hit in hits]
    assert all(text[hit.start : hit.end] == hit.found for hit in hits)


@pytest.mark.parametrize(
    "text",
    [
        "祛痘膏每天晚上用一次，您先在手腕试一下。",
        "这边帮您处理好，埋单后给您小票。",
        "请问您要找的是错题本吗？已经补货了。",
        "公司年会在同仁堂路，生活用品也有活动。",
        "他女儿马上到前台。",
        "矢口否认的不是我们，您可以看聊天记录。",
        "木行道树苗下周到店，疋头布按米卖。",
        "这里的时间题库已经更新，位于首页第二栏。",
        "已为您登记，末班车是九点。",
    ],
)
def test_ordinary_words_with_the_same_characters_are_innocent(text: str, guard: Guard) -> None:
    assert [(hit.found, hit.ways) for hit in guard.findings(text) if {"形近字", "拆字"} & set(hit.ways)] == []


def test_a_character_that_everybody_uses_needs_more_than_its_place() -> None:
    shapes = (("我", "找"), ("法", "祛"))
    assert rule_set(shapes, "不是我的错").scan("这不是找的错。")
    assert rule_set(shapes, "我的错").scan("您要找的错题本") == []
    assert rule_set(shapes, "没法用").scan("还没祛除") == []


def test_what_is_apart_is_no_character() -> None:
    """The parts stand side by side: what a mark or a sentence keeps apart stays apart, what nobody sees does not."""
    rules = rule_set((("忙", "忄亡"), ("知", "矢口")), "我很忙", "不知道")
    assert [hit.found for hit in rules.scan("我很忄\u200b亡")] == ["我很忄\u200b亡"]
    assert rules.scan("我很忄。亡") == []
    assert rules.scan("不矢。口道") == []


def test_without_shapes_nothing_is_read_otherwise() -> None:
    assert rule_set((), "没办法").scan("没办祛") == []


def test_a_shape_of_a_whole_clause() -> None:
    assert rule_set((("喂", "口畏"),), "喂", kind=Kind.CLAUSE).scan("口畏，在吗")[0].found == "口畏"
    assert rule_set((("什", "亻十"),), "什么", kind=Kind.SENTENCE).scan("亻十么？")[0].ways == ("拆字",)


@pytest.fixture(scope="module")
def forms(library: Library) -> dict[str, list[str]]:
    """The shapes of each character that ordinary text does not hold."""
    holds = depths().__contains__
    return {group[0]: [each for each in group[1:] if not all(map(holds, each))] for group in library.disguises.shapes}


ALONE: dict[str, RuleSet] = {}


@pytest.fixture(scope="module")
def listed(library: Library) -> list[tuple[PhraseRule, str, int]]:
    rules = [each for each in library.forbidden if each.kind not in (Kind.PATTERN, Kind.NAME)]
    return [
        (each, text, min(map(han, written_out(phrase.replace("<时限>", "")))))
        for each in rules
        for phrase in each.phrases
        for text in written_out(phrase, 20)
    ]


@pytest.mark.slow
@settings(max_examples=300)
@given(st.integers(0, 1 << 32), st.sets(st.sampled_from(sorted(TRANSFORMATIONS)), max_size=2))
def test_a_listed_expression_is_found_in_shapes_that_ordinary_text_does_not_hold(
    forms: dict[str, list[str]], library: Library, listed: list[tuple[PhraseRule, str, int]], seed: int, kinds: set[str]
) -> None:
    """With any of its characters so written, beside the other disguises: every one of them counts at once."""
    random = Random(seed)
    each, text, size = random.choice(listed)
    if each.keep_you or size < 3:
        kinds = set()  # what is too short has no fillers, and 「你」 has no other person
    if each.kind is not Kind.PHRASE:
        kinds = kinds - {"line break"}
    variant = disguised(text, kinds - {"persons", "repeats"}, random, keep_you=each.keep_you)
    places = [at for at, character in enumerate(variant) if forms.get(character)]
    if not places:
        return
    characters = list(variant)
    for at in random.sample(places, random.randint(1, min(3, len(places)))):
        characters[at] = random.choice(forms[characters[at]])
    whole = f"收到。{''.join(characters)}。"
    if each.id not in ALONE:
        ALONE[each.id] = RuleSet([replace(each, exceptions=())], disguises=library.disguises)
    rules = ALONE[each.id]
    hits = [hit for hit in rules.scan(whole) if {"形近字", "拆字"} & set(hit.ways)]
    assert all(whole[hit.start : hit.end] == hit.found for hit in hits)
    assert rules.scan(whole), f"{each.id} misses {text!r} written {whole!r}"


@pytest.mark.parametrize(
    ("group", "place", "message"),
    [
        ("[办法, 办祛]", "2:6", "每组的第一个要是一个汉字"),
        ("[法, 法]", "2:9", "就是「法」"),
        ("[办, 辦]", "2:9", "繁体字本来就认得"),
        ("[法, 祛, 祛]", "2:12", "写了两次"),
        ("[法, fa]", "2:9", "写一个形近的汉字"),
        ("[法, 氵土厶一]", "2:9", "拆开写的两三个汉字"),
    ],
)
def test_a_shape_that_cannot_count_is_reported_at_its_place(
    group: str, place: str, message: str, tmp_path: Path
) -> None:
    root = write_library(tmp_path)
    (root / "phrasebook/shapes.yaml").write_text(f"shapes:\n  - {group}\n", encoding="utf-8")
    result = csbot("--library", str(root), "check", "-", stdin="您好")
    assert result.returncode == 2
    assert f"phrasebook/shapes.yaml:{place}: rule.shape" in result.stderr
    assert message in result.stderr


def test_an_upper_layer_adds_shapes(tmp_path: Path) -> None:
    base, upper = write_library(tmp_path / "base"), tmp_path / "upper"
    (base / "phrasebook/shapes.yaml").write_text("shapes:\n  - [法, 祛]\n", encoding="utf-8")
    (upper / "phrasebook").mkdir(parents=True)
    (upper / "layer.yaml").write_text("level: 公司\nname: 上层\nextends: ../base\n", encoding="utf-8")
    (upper / "phrasebook/shapes.yaml").write_text("shapes:\n  - [法, 珐]\n", encoding="utf-8")
    assert load_library(str(base)).disguises.shapes == (("法", "祛"),)
    assert load_library(str(upper)).disguises.shapes == (("法", "祛"), ("法", "珐"))


def test_the_same_rules_read_new_shapes_after_a_change(tmp_path: Path) -> None:
    root = write_library(tmp_path)
    assert Guard(load_library(str(root))).findings("我芣知道") == []
    (root / "phrasebook/shapes.yaml").write_text("shapes:\n  - [不, 芣]\n", encoding="utf-8")
    (hit,) = Guard(load_library(str(root))).findings("我芣知道")
    assert hit.ways == ("形近字",)
