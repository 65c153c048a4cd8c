"""The phrase language that trainers write: what each construction finds, and what is refused."""

from __future__ import annotations

import re

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import ROOT

from csbot.library.load import load_library
from csbot.rules.scan import RuleSet
from csbot.rules.wording.compiled import CompiledRule, Matcher, compile_source
from csbot.rules.wording.fillers import marked
from csbot.rules.wording.fold import CLOSING_PARTICLES
from csbot.rules.wording.model import Kind, PhraseRule
from csbot.rules.wording.phrase import FILLERS, GAP, OPENING_PARTICLES, PhraseError, compile_phrase, longest_run
from csbot.text.normalise import normalise

CLOSING = "".join(sorted(CLOSING_PARTICLES))


def rule(*phrases: str, kind: Kind = Kind.PHRASE, **fields: object) -> PhraseRule:
    """Return a rule with these phrases, and else nothing of interest."""
    values = {"id": "test.rule", "name": phrases[0], "category": "test", "category_name": "试", "source": "—"}
    return PhraseRule(**{**values, "kind": kind, "phrases": phrases, **fields})  # type: ignore[arg-type]


def finds(phrase: str, text: str, *, tolerant: bool = True) -> list[str]:
    """Return what a rule with one phrase finds in a text."""
    return [hit.found for hit in RuleSet([rule(phrase, tolerant=tolerant)]).scan(text)]


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        pytest.param("查不到", "这个查不到的", ["查不到"], id="literal"),
        pytest.param("查不到", "查到不", [], id="literal, other order"),
        pytest.param("找…问", "找问", ["找问"], id="… may stand for nothing"),
        pytest.param("找…问", "找前台的同事问", ["找前台的同事问"], id="… stands for some characters"),
        pytest.param("找…问", "找" + "前" * GAP + "问", ["找" + "前" * GAP + "问"], id="… at its longest"),
        pytest.param("找…问", "找" + "前" * (GAP + 1) + "问", [], id="… one too long"),
        pytest.param("找……问", "找前台问", ["找前台问"], id="…… is the same as …"),
        pytest.param("找…问", "不用找。您问", [], id="… stays in its sentence"),
        pytest.param("[暂未|尚未]开通", "暂未开通，尚未开通", ["暂未开通", "尚未开通"], id="alternatives"),
        pytest.param("[暂未|尚未]开通", "已开通", [], id="none of the alternatives"),
        pytest.param("这事[儿|]归谁", "这事归谁，这事儿归谁", ["这事归谁", "这事儿归谁"], id="an empty alternative"),
        pytest.param("<时限>回电", "24小时回电", ["24小时回电"], id="duration"),
        pytest.param("<时限>回电", "３个工作日回电", ["３个工作日回电"], id="duration in full width"),
        pytest.param("<时限>回电", "两天回电", ["两天回电"], id="duration in Han numerals"),
        pytest.param("<时限>回电", "尽快回电", [], id="no duration"),
        pytest.param(
            "[<时限>|马上]回电", "半小时回电，马上回电", ["半小时回电", "马上回电"], id="duration as alternative"
        ),
        pytest.param("ＶＩＰ客戶", "vip客户", ["vip客户"], id="phrases are normalised like texts"),
        pytest.param("喂，说话", "喂，说话", ["喂，说话"], id="punctuation in a phrase may be crossed"),
        pytest.param("a+b(c).*", "aabbcc", [], id="nothing in a phrase is a regular expression"),
    ],
)
def test_what_a_construction_finds(phrase: str, text: str, found: list[str]) -> None:
    if "*" in phrase:
        with pytest.raises(PhraseError):
            finds(phrase, text)
    else:
        assert finds(phrase, text) == found


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("请稍等", "请稍等一下", True),
        ("请稍等", "请 稍等", False),
        ("请稍等", "請稍等", True),  # normalised all the same
        ("请…等", "请您等", True),
        ("请…等", "请。等", False),
        ("我来查", "我们来查", False),
        ("<时限>内", "2小时内", True),
        ("a.b", "axb", False),
        ("请问，", "请问，您", True),
    ],
)
def test_rules_that_are_not_tolerant_find_the_wording_itself(phrase: str, text: str, found: bool) -> None:
    assert bool(finds(phrase, text, tolerant=False)) is found


@pytest.mark.parametrize(
    "phrase",
    [
        "甲|乙",
        "[甲|乙",
        "不[行",
        "甲]乙",
        "[]",
        "…[|]…",
        "[甲|[乙|丙]]",
        "<时间>内",
        "{姓氏}您好",
        "不知道*",
        "a\\b",
        "你找××地方问",
        "[甲{|乙]",
        "…",
        "……",
        "",
    ],
)
@pytest.mark.parametrize("tolerant", [True, False])
def test_what_is_not_in_the_language_is_refused(phrase: str, tolerant: bool) -> None:
    with pytest.raises(PhraseError) as raised:
        compile_phrase(phrase, tolerant=tolerant)
    assert "短语" in str(raised.value), "the message is for the trainer"


def test_a_pattern_that_re2_refuses_is_a_phrase_error() -> None:
    for source in ("(", "(?=不)行", "(.)\\1", "[z-a]"):
        with pytest.raises(PhraseError, match="正则表达式"):
            CompiledRule.compile(rule(source, kind=Kind.PATTERN))


def test_an_expression_may_hold_what_stands_for_fillers_in_the_cache() -> None:
    """As a set of characters it is valid, and it is not read as fillers."""
    hits = RuleSet([rule("[(?&)]块", kind=Kind.PATTERN)]).scan("真的块，&块")
    assert [hit.found for hit in hits] == ["&块"]


def test_a_phrase_needs_little_memory_or_gets_more() -> None:
    """What does not compile with little is compiled with more; what RE2 refuses even then is refused."""
    for source, least, most in (("查(?:不|没)到", 0, 64 * 1024), ("[一-龥]{900}", 64 * 1024 + 1, 8 * 1024 * 1024)):
        assert least <= compile_source(source, sparing=True).options.max_mem <= most
        assert compile_source(source, sparing=False).options.max_mem == 8 * 1024 * 1024
    with pytest.raises(re2.error, match="too large"):
        compile_source("[一-龥]{990}丙" * 90, sparing=True)
    with pytest.raises(PhraseError, match="太长或太复杂"):
        CompiledRule.compile(rule("[一-龥]{990}丙" * 90, kind=Kind.PATTERN))


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_little_memory_finds_the_same(data: st.DataObject) -> None:
    """Every expression of the library gives the same places in texts made of the wording of its phrases."""
    phrases = [
        phrase for each in load_library(str(ROOT)).forbidden for phrase in each.phrases if each.kind is Kind.PHRASE
    ]
    phrase = data.draw(st.sampled_from(phrases))
    pieces = [*re.findall(r"[一-龥]+", phrase), "真的", "的", "就", "，", "我们", "a"]
    text = "".join(data.draw(st.lists(st.sampled_from(pieces), max_size=30)))
    source = compile_phrase(phrase, tolerant=True).pattern
    sparing, lavish = (
        [found.span() for found in compile_source(source, sparing=each).finditer(text)] for each in (True, False)
    )
    assert sparing == lavish


FILLED = (
    "真",
    "的",
    "是",
    "心",
    "实",
    "在",
    "其",
    "确",
    "就",
    "也",
    "可",
    "那",
    "个",
    "这",
    "边",
    "里",
    "吧",
    "儿",
    "天",
)
filled_texts = st.lists(st.sampled_from((*FILLED, "真的是", "实在是", "的确", "a", "1", "小时")), max_size=12).map(
    "".join
)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(data=st.data(), filler=st.sampled_from(FILLERS.split("|")), whole=st.booleans())
def test_fillers_are_found_in_marked_text_where_they_are_when_written_out(
    data: st.DataObject, filler: str, whole: bool
) -> None:
    """An expression that lists every filler at every place gives the same places."""
    phrase = data.draw(
        st.sampled_from(
            ["不知道吧", "真的行不行", "这个事归谁", "[可|其]是在这里", "<时限>内就是的", "的…确是我个", "你们是"]
        )
    )
    letters = re.sub(r"[^一-龥]", "", phrase)
    pieces = st.one_of(st.sampled_from([*letters]), filled_texts, st.just(filler), st.just("3天"))
    text = "".join(data.draw(st.lists(pieces, max_size=14)))
    if data.draw(st.booleans()):
        between = data.draw(st.lists(filled_texts, min_size=len(letters), max_size=len(letters)))
        text += "".join(character + rest for character, rest in zip(letters, between, strict=True))
    compiled = compile_phrase(phrase, tolerant=True)
    written_out = f"^[{OPENING_PARTICLES}]{{0,2}}(?:{compiled.pattern})[{CLOSING}]*$" if whole else compiled.pattern
    expression, matcher = re2.compile(written_out), Matcher(compiled, whole=whole)
    expected = [
        found.span() for at in range(len(text)) if (found := expression.search(text, at)) and found.start() == at
    ]
    assert list(matcher.spans(text)) == [(start, end) for start, end in expected if end > start]
    assert matcher.is_in(text) == (expression.search(text) is not None)
    assert matcher.matches(text) == (expression.fullmatch(text) is not None)
    assert len(marked(text)) == len(text)


def test_no_folded_text_holds_what_marks_fillers() -> None:
    signs = {sign for text in ("".join(FILLERS.split("|")), *FILLERS.split("|")) for sign in marked(text)}
    assert not any(sign.isalnum() and sign == normalise(sign).text for sign in signs)
    assert signs.isdisjoint("".join(FILLERS))


def test_an_error_in_an_exception_is_reported_too() -> None:
    with pytest.raises(PhraseError):
        RuleSet([rule("不行", exceptions=("行[不行",))])


@pytest.mark.parametrize(
    "phrase", ["我不知道", "你找…问", "[甲|乙|]丙", "<时限>内", "a.b+c?(d)", "^$", "我行我素", "——"]
)
@pytest.mark.parametrize("tolerant", [True, False])
@pytest.mark.parametrize("keep_you", [True, False])
def test_every_valid_phrase_is_a_valid_expression(phrase: str, tolerant: bool, keep_you: bool) -> None:
    compiled = compile_phrase(phrase, tolerant=tolerant, keep_you=keep_you)
    re2.compile(compiled.pattern)


@pytest.mark.parametrize(
    ("phrase", "required", "absent"),
    [
        ("我不知道", "不知道", "我"),  # 我 may be 咱 or 俺
        ("您找…问", "找问", "您…"),
        ("[甲|乙]丙", "丙", "甲乙"),
    ],
)
def test_the_cheap_first_test_asks_only_for_what_every_match_holds(phrase: str, required: str, absent: str) -> None:
    compiled = compile_phrase(phrase, tolerant=True)
    assert set(required) <= set(compiled.required)
    assert not set(absent) & set(compiled.required)


@pytest.mark.parametrize(("text", "length"), [("", 0), ("abc", 1), ("急急急急啊", 4), ("aabbb", 3)])
def test_longest_run(text: str, length: int) -> None:
    assert longest_run(text) == length
