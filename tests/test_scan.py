"""Scanning: disguises are found, neighbours are spared, and every hit says exactly where it is."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from csbot.rules.judging.verdict import Verdict, hit_as_dict, verdict_of
from csbot.rules.scan import RuleSet
from csbot.rules.wording.fold import OVERLAP, stretches
from csbot.rules.wording.model import Hit, Kind, PhraseRule, Severity
from csbot.text.normalise import normalise


def rule(
    *phrases: str,
    identifier: str = "test.rule",
    kind: Kind = Kind.PHRASE,
    exceptions: Sequence[str] = (),
    severity: Severity = Severity.ERROR,
    keep_you: bool = False,
    escalate: tuple[tuple[str, str], ...] = (),
) -> PhraseRule:
    """Return a rule with these phrases, and else nothing of interest."""
    return PhraseRule(
        id=identifier,
        name=phrases[0] if phrases else "姓名",
        category="test",
        category_name="试",
        source="—",
        kind=kind,
        phrases=phrases,
        exceptions=tuple(exceptions),
        severity=severity,
        keep_you=keep_you,
        escalate=escalate,
    )


def found(text: str, *rules: PhraseRule) -> list[tuple[str, int, int]]:
    """Return what was found, from where, to where."""
    return [(hit.found, hit.start, hit.end) for hit in RuleSet(rules).scan(text)]


UNKNOWN = rule("我不知道")
NO = rule("不行", exceptions=["行不行", "不行贿"])
NONSENSE = rule("废话")


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        pytest.param("我不知道", "我不知道", id="as listed"),
        pytest.param("这个我不知道啊", "我不知道", id="inside a sentence"),
        pytest.param("我 不 知 道", "我 不 知 道", id="spaces"),
        pytest.param("我.不.知.道", "我.不.知.道", id="dots"),
        pytest.param("我*不-知_道", "我*不-知_道", id="any separators"),
        pytest.param("我……不知道", "我……不知道", id="an ellipsis, six dots when normalised"),
        pytest.param("我😀不👩\u200d💻知道", "我😀不👩\u200d💻知道", id="emoji"),
        pytest.param("我\u200b不\u200d知\ufeff道", "我\u200b不\u200d知\ufeff道", id="zero width"),
        pytest.param("我不\u0336知\u0301道", "我不\u0336知\u0301道", id="combining marks"),
        pytest.param("我\x1b不\x00知道", "我\x1b不\x00知道", id="control characters"),
        pytest.param("我\ud800不知道", "我\ud800不知道", id="a lone surrogate"),
        pytest.param("俺不知道", "俺不知道", id="俺 for 我"),
        pytest.param("咱们不知道", "咱们不知道", id="咱们 for 我"),
        pytest.param("我们不知道", "我们不知道", id="我们 for 我"),
        pytest.param("我不不知知道", "我不不知知道", id="repeats"),
        pytest.param("我真的不知道", "我真的不知道", id="a filler"),
        pytest.param("我其实也是不知道", "我其实也是不知道", id="three fillers"),
        pytest.param("我,不知道", "我,不知道", id="a comma inside a long phrase"),
        pytest.param("我。不。知。道", "我。不。知。道", id="characters that stand alone"),
        pytest.param("我\n不\n知\n道", "我\n不\n知\n道", id="a character a line"),
        pytest.param("好的，\n我\n不\n知\n道\n请稍等", "我\n不\n知\n道", id="a character a line between lines"),
        pytest.param("您别问 我不知道", "我不知道", id="after other wording"),
    ],
)
def test_disguises_are_found_where_they_are(text: str, hit: str) -> None:
    start = text.index(hit)
    assert found(text, UNKNOWN) == [(hit, start, start + len(hit))]


@pytest.mark.parametrize(
    "text",
    [
        "我知道",
        "您不知道",
        "我不。知道了",
        "通知我不。道歉",
        "我不(此处略去很多内容)知道",
        "我不是知道吗",  # no filler after a negation: it would turn the sense round
        "不知我道",
        "",
        "。！？",
    ],
)
def test_what_only_looks_alike_is_spared(text: str) -> None:
    assert found(text, UNKNOWN) == []


@pytest.mark.parametrize(
    ("phrase", "text", "keep_you", "hit"),
    [
        ("你烦不烦", "您烦不烦", False, True),
        ("您烦不烦", "你们烦不烦", False, True),
        ("你", "您好", True, False),
        ("你", "妳好", True, True),
        ("ＱＱ群", "qq群", False, True),
        ("qq群", "ＱＱ羣", False, True),
        ("沒有辦法", "没有办法", False, True),
        ("怎么办", "怎麽辦", False, True),
    ],
)
def test_you_and_spellings(phrase: str, text: str, keep_you: bool, hit: bool) -> None:
    assert bool(found(text, rule(phrase, keep_you=keep_you))) is hit


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        pytest.param("订单作废，话费已退", [], id="comma"),
        pytest.param("订单作废 话费已退", [], id="space between words"),
        pytest.param("订单作废。话费已退", [], id="full stop"),
        pytest.param("订单作废\n话费已退", [], id="line break"),
        pytest.param("订单作废（话费已退）", [], id="bracket"),
        pytest.param("订单作废“话费”已退", [], id="quotation mark"),
        pytest.param("废 话", ["废 话"], id="nothing attached"),
        pytest.param("别说废 话", ["废 话"], id="attached on one side"),
        pytest.param("说废.话呢", ["废.话"], id="a dot separates no words"),
        pytest.param("废。话。", ["废。话"], id="characters that stand alone"),
        pytest.param("废    话", ["废    话"], id="the widest gap"),
        pytest.param("废     话", ["废     话"], id="spaces count once"),
        pytest.param("废-----话", [], id="too wide a gap"),
    ],
)
def test_a_hit_joins_no_words_that_are_apart(text: str, hits: list[str]) -> None:
    assert [each for each, _, _ in found(text, NONSENSE)] == hits


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("用不起？就别用！", ["用不起？就别用"]),
        ("用不起就。别用。", ["用不起就。别用"]),
        ("他不用。不起就别用", []),  # no part of one character
        ("用不起就别。用法在说明书里。", []),
        ("用不。起就。别用", []),  # in two sentences, not in three
        ("用不起\n就别用", ["用不起\n就别用"]),  # a line that was wrapped
        ("用不起。\n就别用", []),
        ("涌不起？就别用！", ["涌不起？就别用"]),
        ("先去找？他们呢", []),  # too short where more is said
        ("你去问。问别人", []),  # not written out
    ],
)
def test_a_long_expression_is_found_in_two_sentences(text: str, hits: list[str]) -> None:
    rules = RuleSet([rule("用不起就别用", identifier="t.use"), rule("去找他们", "去问…别人", identifier="t.ask")])
    assert [hit.found for hit in rules.scan(text)] == hits


def test_a_short_hit_crosses_a_comma_only_where_its_phrase_has_one() -> None:
    assert found("喂，说明一下", rule("喂说")) == []
    assert found("喂，说明一下", rule("喂，说")) == [("喂，说", 0, 3)]


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("不行", 1),
        ("您看行不行", 0),
        ("行不行？不行！", 1),
        ("我们从不行贿", 0),
        ("行。不行", 1),  # the exception does not reach across a full stop
        ("行 不 行", 0),  # exceptions know the same disguises
        ("您看行不行，真的不行，行不行", 1),
    ],
)
def test_an_exception_drops_what_it_covers_whole(text: str, hits: int) -> None:
    assert len(found(text, NO)) == hits


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("不行，行李不能退", ["不行"]),
        ("不行。行程已定", ["不行"]),
        ("不行行。行了", ["不行行"]),
        ("我不知道。道理是这样", ["我不知道"]),
        ("我不知道道\n道歉也没用", ["我不知道道"]),
    ],
)
def test_the_next_clause_may_begin_like_the_hit_ends(text: str, hits: list[str]) -> None:
    assert [each for each, _, _ in found(text, NO, UNKNOWN)] == hits


def test_an_exception_that_covers_half_a_hit_drops_nothing() -> None:
    assert found("保证金不会少", rule("保证金不会", exceptions=["保证金"])) == [("保证金不会", 0, 5)]


def test_dropped_hits_can_be_asked_for() -> None:
    rules = RuleSet([NO])
    assert rules.scan("行不行") == []
    assert [(hit.found, hit.exception) for hit in rules.scan("行不行", dropped=True)] == [("不行", "行不行")]
    assert not rules.fires("test.rule", "行不行")
    assert rules.fires("test.rule", "不行")


@pytest.mark.parametrize(
    ("kind", "text", "hits"),
    [
        (Kind.CLAUSE, "喂", ["喂"]),
        (Kind.CLAUSE, "喂，您好", ["喂"]),
        (Kind.CLAUSE, "您好，喂！", ["喂"]),
        (Kind.CLAUSE, "喂喂喂？", ["喂喂喂"]),
        (Kind.CLAUSE, "哎，喂呀，在吗", ["喂呀"]),
        (Kind.CLAUSE, "喂养方法", []),
        (Kind.CLAUSE, "怎样喂，请看说明", []),
        (Kind.SENTENCE, "喂", ["喂"]),
        (Kind.SENTENCE, "您好。喂？", ["喂"]),
        (Kind.SENTENCE, "喂，您好", []),
        (Kind.SENTENCE, "第一行\n喂\n第三行", ["喂"]),
        (Kind.PHRASE, "喂养", ["喂"]),
    ],
)
def test_kinds(kind: Kind, text: str, hits: list[str]) -> None:
    assert [each for each, _, _ in found(text, rule("喂", kind=kind))] == hits


def test_a_pattern_reads_the_normalised_text() -> None:
    pattern = rule("[0-9]{3}块", kind=Kind.PATTERN, exceptions=["原价100块"])
    assert found("😀只要１００塊", pattern) == [("１００塊", 3, 7)]
    assert found("原价100块", pattern) == []
    assert found("1 0 0块", pattern) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("王小明，您的订单到了", ["王小明"]),
        ("您好，李雷，请稍等", ["李雷"]),
        ("😀\n欧阳娜娜，您好", ["欧阳娜娜"]),
        ("王小明先生，您的订单到了", []),
        ("王女士，您好", []),
        ("马上，我帮您查", []),
        ("您的收货人王小明已签收", []),
        ("高兴，您满意就好", []),
    ],
)
def test_names(text: str, names: list[str]) -> None:
    assert [each for each, _, _ in found(text, rule(kind=Kind.NAME))] == names


@pytest.mark.parametrize(
    "before", ["😀", "👨\u200d👩\u200d👧", "𠮷野家", "…", "㍿", "\ufeff", "e\u0301", "\ud83d", "\r\n", "乾隆年間"]
)
@pytest.mark.parametrize("text", ["我不知道", "我 不\u200b知…道"])
def test_offsets_count_code_points_of_the_text_as_given(before: str, text: str) -> None:
    assert found(f"{before}，{text}！", UNKNOWN) == [(text, len(before) + 1, len(before) + 1 + len(text))]


def test_overlapping_hits() -> None:
    longer = rule("不行就是不行", identifier="test.longer")
    short = rule("不行", identifier="test.short")
    mild = rule("就是不行了", identifier="test.mild", severity=Severity.WARNING)
    same = rule("不行就是不行", identifier="test.same")
    rules = {each.id: each for each in (longer, short, mild, same)}

    def ids(text: str, *names: str) -> list[str]:
        return [hit.rule.id for hit in RuleSet([rules[f"test.{name}"] for name in names]).scan(text)]

    text = "不行就是不行了"
    assert ids(text, "longer", "short") == ["test.longer"], "a hit inside a longer one is left out"
    assert ids(text, "longer", "same") == ["test.longer", "test.same"], "two rules at one place both stay"
    assert ids(text, "longer", "mild") == ["test.longer", "test.mild"], "neither covers the other"
    assert ids("就是不行了", "short", "mild") == ["test.mild", "test.short"], "a milder one hides no error"
    assert ids("不行，不行就是不行", "short", "longer") == ["test.short", "test.longer"]


def test_one_rule_reports_a_place_once_and_the_longest_wording() -> None:
    assert found("我不知道", rule("不知道", "我不知道", "知道")) == [("我不知道", 0, 4)]


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("我不知道", ()),
        ("我 不 知道", ("夹入符号或空格",)),
        ("我不知\u200b道", ("夹入不可见字符",)),
        ("我真的不知道", ("夹入虚词",)),
    ],
)
def test_how_the_wording_was_disguised(text: str, ways: tuple[str, ...]) -> None:
    assert [hit.ways for hit in RuleSet([UNKNOWN]).scan(text)] == [ways]


def test_severity_may_rise_with_the_customer() -> None:
    promise = rule("绝对", severity=Severity.WARNING, escalate=(("customer_type", "求异型"),))
    hits = RuleSet([promise]).scan("绝对没问题")
    assert verdict_of([]) is Verdict.OK
    assert verdict_of(hits) is Verdict.WARNING
    assert verdict_of(hits, {"customer_type": "求同型"}) is Verdict.WARNING
    assert verdict_of(hits, {"customer_type": "求异型"}) is Verdict.VIOLATION
    assert verdict_of([*hits, *RuleSet([NO]).scan("不行")]) is Verdict.VIOLATION
    shown = hit_as_dict(hits[0], {"customer_type": "求异型"})
    assert (shown["severity"], shown["start"], shown["end"], shown["found"]) == ("error", 0, 2, "绝对")


def test_a_rule_set_knows_its_rules() -> None:
    rules = RuleSet([NO])
    assert "test.rule" in rules
    assert "test.other" not in rules
    assert rules.rule("test.rule") is NO
    with pytest.raises(KeyError):
        rules.fires("test.other", "不行")
    assert RuleSet([]).scan("不行") == []


# ── properties ───────────────────────────────────────────────────────────────────────────────────────────────

INSERTED = st.text(st.sampled_from(" .·*~-_😀\u200b\u200d\ufeff\ufe0f\u0301\x07\u3000"), max_size=3)
PHRASES = ("我不知道", "这不关我的事", "不行就是不行", "你到底想怎么样", "没办法处理", "用不起就别用", "qq群里说")
AROUND = st.sampled_from(["", "您好，", "😀", "您看\n", "亲 ", "𠮷：", "…"])


def _full_width(text: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)


@given(st.sampled_from(PHRASES), st.lists(INSERTED, min_size=7, max_size=7), st.booleans(), AROUND, AROUND)
@example("我不知道", ["\u200b…"[:1]] * 7, True, "😀", "")
def test_a_phrase_is_found_whatever_stands_between_its_characters(
    phrase: str, inserted: list[str], wide: bool, before: str, after: str
) -> None:
    disguised = "".join(each + gap for each, gap in zip(phrase, inserted, strict=False))
    text = before + (_full_width(disguised) if wide else disguised) + after
    hits = RuleSet([rule(phrase)]).scan(text)
    assert len(hits) == 1, text
    assert text[hits[0].start : hits[0].end] == hits[0].found
    assert "".join(filter(str.isalnum, normalise(hits[0].found).text)) == phrase


ALL_KINDS = RuleSet(
    [
        UNKNOWN,
        NO,
        rule("喂", identifier="t.clause", kind=Kind.CLAUSE),
        rule("什么", identifier="t.sentence", kind=Kind.SENTENCE),
        rule("[0-9]+块", identifier="t.pattern", kind=Kind.PATTERN),
        rule(identifier="t.name", kind=Kind.NAME),
        rule("[你|您]找…问", "<时限>内", identifier="t.wild", exceptions=["您找我问"]),
    ]
)
PIECES = st.sampled_from(
    ["我", "不", "知道", "行", "喂", "什么", "王小明", "，", "。", "\n", "…", "😀", "你找", "问", "3天", "内"]
)
NOISE = st.lists(
    st.one_of(PIECES, st.text(max_size=3), st.characters(categories=["Cs", "Cf", "Cc", "Mn"])), max_size=25
)


def _check_hits(text: str, hits: list[Hit]) -> None:
    assert all(0 <= hit.start < hit.end <= len(text) and text[hit.start : hit.end] == hit.found for hit in hits)
    places = [(hit.rule.id, hit.start, hit.end) for hit in hits]
    assert len(set(places)) == len(places)
    assert [hit.start for hit in hits] == sorted(hit.start for hit in hits)


@given(NOISE)
def test_no_text_raises_and_offsets_always_slice_to_what_was_found(pieces: list[str]) -> None:
    text = "".join(pieces)
    hits = ALL_KINDS.scan(text)
    _check_hits(text, hits)
    fired = {each.id for each in ALL_KINDS.rules if ALL_KINDS.fires(each.id, text)}
    assert {hit.rule.id for hit in hits} <= fired


@given(st.text(st.sampled_from("不行我你。，\n 好"), max_size=400), st.integers(OVERLAP + 1, 150))
def test_stretches_cover_the_text_in_order(text: str, limit: int) -> None:
    pieces = stretches(text, limit)
    assert "".join(text[start:end] for start, end in pieces if end > start) or not text
    assert all(start < end <= len(text) for start, end in pieces)
    if text:
        assert pieces[0][0] == 0
        assert pieces[-1][1] == len(text)
    for (_, end), (start, next_end) in pairwise(pieces):
        assert end - OVERLAP <= start <= end < next_end, "a gap between two stretches, or no progress"


@pytest.mark.slow
@given(st.integers(0, 12_000))
@example(3998)
@example(3996)
def test_no_hit_hides_where_a_long_text_is_cut(before: int) -> None:
    assume(before < 12_000)
    assert found("好" * before + "我不知道", UNKNOWN) == [("我不知道", before, before + 4)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("好" * 100_000, id="one run"),
        pytest.param("我不" * 50_000, id="beginnings only"),
        pytest.param("我不知道，" * 20_000, id="hits without a full stop"),
        pytest.param("不行。" * 33_333, id="hits in sentences", marks=pytest.mark.slow),
        pytest.param("您找" * 50_000, id="wildcards that never close"),
        pytest.param("王小明，您好。" * 14_000, id="names"),
        pytest.param("\n" * 100_000, id="empty lines"),
        pytest.param("不\n" * 50_000, id="a character a line"),
        pytest.param("\u200b" * 100_000, id="nothing visible"),
        pytest.param("3天" * 33_333 + "内", id="durations"),
    ],
)
def test_scanning_100_000_characters_comes_to_an_end(text: str) -> None:
    started = time.process_time()
    _check_hits(text, ALL_KINDS.scan(text))
    assert time.process_time() - started < 20, "not linear"
