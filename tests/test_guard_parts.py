"""The parts of the guard by themselves: reduced text, anchors, gaps, evidence, spelled phrases."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations, pairwise
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csbot.replying.guard import Guard
from csbot.rules.disguises.sound import Spelled, differences, spelled_of, spellings_from
from csbot.rules.judging.evidence import is_error
from csbot.rules.judging.hits import Covers
from csbot.rules.judging.reach import around, windows
from csbot.rules.judging.ways import ways_as_written
from csbot.rules.lookup.anchor_table import AnchorTable, columns_of
from csbot.rules.lookup.anchors import Anchor, anchors_of, longest_piece, whole_literals
from csbot.rules.parts import part_of
from csbot.rules.scan import RuleSet
from csbot.rules.tables import Tables
from csbot.rules.wording.compiled import CompiledRule
from csbot.rules.wording.fold import fold, line_breaks, may_bridge, stretches
from csbot.rules.wording.forms import write_out
from csbot.rules.wording.model import NO_DISGUISES, Kind, PhraseRule
from csbot.rules.wording.phrase import compile_phrase
from csbot.rules.wording.reduce import AMBIGUOUS, bare, one_person, reduce, reduced_literal
from csbot.text.normalise import normalise
from csbot.text.pinyin import sound_table, spoken_table


def rule(*phrases: str, kind: Kind = Kind.PHRASE, keep_you: bool = False, exceptions: Sequence[str] = ()) -> PhraseRule:
    """Return a rule with these phrases, and else nothing of interest."""
    return PhraseRule(
        "t.rule", phrases[0], "test", "试", "—", kind, phrases, exceptions=tuple(exceptions), keep_you=keep_you
    )


# ── reduced text ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("folded", "reduced", "indexes"),
    [
        ("", "", []),
        ("不知道", "不知道", [0, 1, 2]),
        ("我真的不不知道", "我不知道", [0, 3, 5, 6]),
        ("咱们不知道", "我不知道", [0, 2, 3, 4]),
        ("俺的确不行", "我不行", [0, 3, 4]),
        ("反正不行", "不行", [2, 3]),
        ("保正", "保正", [0, 1]),  # 正 is a filler with 反 only
        ("不就不", "不", [0]),
        ("喂喂", "喂", [0]),
        ("的了啊", "", []),
        ("您你", "您你", [0, 1]),
        ("vip真的", "vip", [0, 1, 2]),
    ],
)
def test_reduce(folded: str, reduced: str, indexes: list[int]) -> None:
    found = reduce(folded)
    assert (found.text, found.indexes) == (reduced, indexes)
    assert found.sounds == reduced.translate(sound_table())


def test_a_literal_is_reduced_as_it_is_folded() -> None:
    assert reduced_literal("你 问我，我問誰？") == "你问我问谁"
    assert one_person("您你") == "你你"


@pytest.mark.parametrize(
    ("text", "ambiguous"),
    [
        ("您的确认信息", True),
        ("这嗯个年纪", True),
        ("这个个人", True),
        ("确实", True),
        ("违反正常", True),
        ("真心", True),
        ("反复确认", False),
        ("年纪个人", False),
        ("不知道", False),
    ],
)
def test_where_fillers_and_phrases_may_run_into_each_other(text: str, ambiguous: bool) -> None:
    assert bool(AMBIGUOUS.search(text)) is ambiguous


FOLDED = st.text(st.sampled_from("不知道行我你您咱们真的是确实在反正这那个心其就也了啊ab"), max_size=30)


@given(FOLDED, FOLDED, FOLDED)
def test_bare_text_holds_the_bare_form_of_any_piece_of_it(before: str, piece: str, after: str) -> None:
    assert bare(reduce(piece).text) in bare(reduce(before + piece + after).text)


@given(FOLDED)
def test_reducing_leaves_no_repetition_and_knows_where_it_came_from(text: str) -> None:
    reduced = reduce(text)
    assert len(reduced.text) == len(reduced.sounds) == len(reduced.indexes)
    assert not re.search(r"(.)\1", reduced.text)
    assert reduced.indexes == sorted(set(reduced.indexes))
    assert "".join(text[at] for at in reduced.indexes).replace("咱", "我") == reduced.text


# ── anchors ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("phrase", "literals"),
    [
        ("不行", ["不行"]),
        ("[我|你]不行", ["我不行", "你不行"]),
        ("不[会|]行[了|]", ["不会行了", "不会行", "不行了", "不行"]),
        ("你找…问", []),
        ("<时限>内", []),
        ("[<时限>|马上]回", []),
        ("[一|二|三|四|五|六|七|八|九|十]" * 3, []),
    ],
)
def test_what_a_phrase_is_written_out_as(phrase: str, literals: list[str]) -> None:
    assert whole_literals(phrase) == literals


@pytest.mark.parametrize(
    ("phrase", "literals", "opens", "closes"),
    [
        ("你找…快递问", ["快递问"], False, True),
        ("你去找他…问", ["你去找他"], True, False),
        ("…前台…", ["前台"], False, False),
        ("真的…的", [], False, False),
    ],
)
def test_the_longest_piece_of_a_phrase(phrase: str, literals: list[str], opens: bool, closes: bool) -> None:
    found, first, last = longest_piece(phrase)
    assert (write_out(found) if found else []) == literals
    if literals:
        assert (first, last) == (opens, closes)


def _anchors(*phrases: str, kind: Kind = Kind.PHRASE, keep_you: bool = False) -> list[Anchor]:
    return list(anchors_of(0, rule(*phrases, kind=kind, keep_you=keep_you)))


def test_anchors_of_a_rule() -> None:
    anchor, *others = _anchors("我们真的不知道")
    assert [(each.text, each.literal) for each in others] == [
        ("我真不知道", "我们真的不知道"),
        ("我的不知道", "我们真的不知道"),
    ]
    assert (anchor.text, anchor.literal, anchor.opens, anchor.closes) == ("我不知道", "我们真的不知道", False, False)
    (clause,) = _anchors("不知道", kind=Kind.CLAUSE)
    assert (clause.literal, clause.opens, clause.closes) == ("", True, True)
    assert [each.text for each in _anchors("您不行")] == ["你不行"]
    assert [each.text for each in _anchors("您不行", keep_you=True)] == ["您不行"]


def test_of_forms_that_reduce_to_the_same_text_the_longest_counts() -> None:
    anchor, *others = _anchors("我[也|]改不了")
    assert (anchor.text, anchor.literal) == ("我改不", "我也改不了")
    assert [each.text for each in others] == ["我也改不", "我改不了"]


@pytest.mark.parametrize("text", ["", "好", "不", "不知", "不知道", "好不知道好不行", "不行不行"])
def test_candidates_are_all_places_of_all_anchors(text: str) -> None:
    anchors = _anchors("不知道", "不行", "道", "行行好")
    reduced = reduce(text)
    wanted = {
        (anchor.phrase, start, start + len(anchor.sounds))
        for anchor in anchors
        for start in range(len(reduced.sounds))
        if reduced.sounds.startswith(anchor.sounds, start)
    }
    found = [
        (anchor.phrase, start, end)
        for anchor, start, end in AnchorTable(columns_of(anchors).packed()).candidates(reduced)
    ]
    assert sorted(found) == sorted(wanted)


def test_phrases_of_nothing_but_small_words_are_found_all_the_same() -> None:
    rules = RuleSet([rule("真的是的", "就这个")])
    assert [hit.found for hit in rules.scan("好，真的是的！")] == ["真的是的"]
    assert [hit.found for hit in rules.scan("就这个")] == ["就这个"]
    assert rules.scan("好的") == []


# ── gaps ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "start", "end", "whole", "trimmed"),
    [
        ("不行，行李", 0, 3, (0, 2), (0, 2)),
        ("您好，好评", 1, 4, (2, 4), (2, 4)),
        ("不行 行", 0, 3, (0, 2), (0, 3)),
        ("不行行", 0, 3, (0, 3), (0, 3)),
        ("急，急，急", 0, 3, (0, 1), (0, 1)),
        ("不不，行", 0, 3, (0, 3), (0, 3)),
    ],
)
def test_repetitions_behind_a_gap(
    text: str, start: int, end: int, whole: tuple[int, int], trimmed: tuple[int, int]
) -> None:
    normalised = normalise(text)
    folded = fold(normalised, 0, len(normalised.text))
    assert folded.without_repeats(start, end) == whole
    assert folded.without_repeats(start, end, behind=frozenset(",。")) == trimmed


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("好评返现", "您好，好评返现", ["好评返现"]),
        ("好评返现", "您好好评返现", ["好好评返现"]),
        ("跟我说没用", "跟我说没用，用户都知道", ["跟我说没用"]),
        ("急急急", "急，急，急", ["急，急，急"]),
        ("我不知道", "我，我不知道", ["我不知道"]),
        ("喂[？|。|]说话", "喂？说话", ["喂？说话"]),
        ("喂[？|。|]说话", "喂。说话", ["喂。说话"]),
        ("什么？", "什么？么么哒", ["什么"]),
        ("[不行|不可以。]", "不可以。以后再说", ["不可以"]),
    ],
)
def test_how_far_a_hit_reaches(phrase: str, text: str, found: list[str]) -> None:
    assert [hit.found for hit in RuleSet([rule(phrase)]).scan(text)] == found


@pytest.mark.parametrize(
    ("phrase", "text", "hit"),
    [
        ("我不知道", "我不\n知道", True),
        ("我不知道", "我不\r\n知道", True),
        ("我不知道", "我不  \n   知道", True),
        ("我不知道", "我\n不知\n道", True),  # a whole line of it stands between the others
        ("我不知道", "好我\n不\n知\n道嘛您", False),  # but hardly any line holds two characters
        ("没办法处理", "七天没\n办法\n处理吗", True),
        ("我不知道了吧", "我不\n知道了\n吧", True),
        ("不行", "不\n行", True),  # each stands alone
        ("不行", "这个不\n行李箱", False),
        ("我不知道", "我不，\n知道", True),  # a comma does not end a line either
        ("我不知道", "我不。\n知道", False),
        ("不行", "这个不，\n行", False),
        ("你问我，我问谁", "你\n问我，\n我问\n谁", True),
        ("我不知道", "我不\n\n知道", False),
        ("清清楚楚", "清\n清楚楚", False),  # the next line may well begin like this one ends
    ],
)
def test_wrapped_lines(phrase: str, text: str, hit: bool) -> None:
    assert bool(RuleSet([rule(phrase)]).scan(f"您好，\n{text}\n再见")) is hit


def test_a_wrapped_line_may_be_full_of_separators() -> None:
    phrase = "这个问题我们真没有办法处理"
    text = "....".join(phrase[:9]) + "\n" + "....".join(phrase[9:])
    assert [hit.found for hit in RuleSet([rule(phrase)]).scan(f"您好您好\n{text}\n再见再见")] == [text]


def test_line_breaks_are_those_with_wording_on_both_sides() -> None:
    text = "这是\n一行,\n第二\n\n第三 \n 第四"
    places = [at for _, at, _ in line_breaks(text, stretches(text))]
    assert [text[at - 1 : at + 2] for at in places] == ["是\n一", " \n "]


@pytest.mark.parametrize(
    ("text", "start", "end", "sentences", "allowed"),
    [
        ("不行", 0, 2, False, True),
        ("好不。行好", 1, 3, False, False),
        ("好不。行好", 1, 3, True, True),
        ("不+++++行", 0, 2, False, False),
    ],
)
def test_what_a_hit_may_bridge(text: str, start: int, end: int, sentences: bool, allowed: bool) -> None:
    normalised = normalise(text)
    folded = fold(normalised, 0, len(normalised.text))
    assert may_bridge(folded, start, end, across_clauses=False, across_sentences=sentences) is allowed


# ── phrases ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("phrase", "text", "hit"),
    [
        ("[不是|没有|没]我的错", "没有就我的错", True),
        ("[不是|没有|没]我的错", "没就我的错", False),  # no filler behind a negation
        ("不[会|]行的吧", "不就行的吧", False),
        ("[包治|药到病除]", "药到就病除", True),  # the form has enough characters, though another one has not
        ("[包治|药到病除]", "包就治", False),
        ("我不知道", "我我们不知道", True),
        ("你烦不烦", "你你您烦不烦", True),
        ("我们不管", "我们们们不管", True),
        ("我行我素", "咱行我素", False),
    ],
)
def test_what_a_phrase_lets_pass(phrase: str, text: str, hit: bool) -> None:
    assert bool(RuleSet([rule(phrase)]).scan(text)) is hit


@pytest.mark.parametrize(
    ("phrases", "text", "ways"),
    [
        (("不行",), "不行", ()),
        (("不行", "真不行"), "真不行", ()),
        (("不知道",), "不不知道", ("重复字",)),
        (("我不行",), "我们不行", ("人称互换",)),
        (("我不行",), "我真不行", ("夹入虚词",)),
        (("[我|你]不行",), "您真真不不行", ("重复字", "人称互换", "夹入虚词")),
        (("不行",), "完全不是", ("夹入虚词",)),  # what nothing explains
    ],
)
def test_ways_as_written(phrases: tuple[str, ...], text: str, ways: tuple[str, ...]) -> None:
    assert ways_as_written(rule(*phrases), text) == ways


# ── sounds ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("phrase", "written", "places"),
    [
        ("不知道", "布知道", [0]),
        ("不知道", "不知道", []),
        ("不行", "步刑", [0, 1]),
        ("不行", "步辛", []),  # of two characters each must sound just the same
        ("怨你", "元你", []),
        ("他妈的", "他马", [1]),
        ("没办法处理", "梅半发初里", []),  # nobody would read that
    ],
)
def test_where_a_text_differs_from_what_it_sounds_like(phrase: str, written: str, places: list[int]) -> None:
    anchor, *_ = _anchors(phrase)
    assert differences(written, anchor) == places


def test_which_you_it_is_decides_the_text() -> None:
    (anchor,) = _anchors("您不懂规矩", keep_you=True)
    assert differences("你不懂规矩", anchor) == []
    assert differences("你不懂龟矩", anchor) == [3]


@pytest.mark.parametrize(
    ("before", "typed", "meant", "after", "error"),
    [
        ("", "布知道", "不知道", "", True),
        ("", "步行", "不行", "", False),
        ("技术", "部可能", "不可能", "需要", False),
        ("我们", "不只道", "不知道", "歉", False),
        ("我们", "不只道", "不知道", "", True),
        ("", "报证", "保证", "件号", False),
        ("", "末来", "未来", "", True),  # alike
        ("", "查步了", "查不了", "", True),
        ("您的", "油饼", "有病", "加豆浆", False),  # one word in the place of both
        ("送修的", "棱镜一点", "冷静一点", "划痕", False),
        ("明天", "啃定", "肯定", "能到", True),  # 「定能」 is too rare a word to say what 啃 does there
        ("", "废画", "废话", "布回收", False),  # but 「画布」 says it
        ("", "要告就高去", "要告就告去", "", True),  # nothing else is said
        ("您", "要告就高去", "要告就告去", "处领奖", False),
    ],
)
def test_evidence_for_a_typing_error(before: str, typed: str, meant: str, after: str, error: bool) -> None:
    written = fold(normalise(before + typed + after), 0, len(before + typed + after))
    corrected = fold(normalise(before + meant + after), 0, len(before + meant + after))
    places = [len(before) + at for at, (one, other) in enumerate(zip(typed, meant, strict=True)) if one != other]
    assert is_error(written, corrected, len(before), len(before + typed), places) is error


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("他·马·的", True),
        ("他 马 的", True),
        ("步，行", False),
        ("他·马的", None),
        ("步 行", False),
        ("步·行", True),
        ("步\n行", False),
    ],
)
def test_marks_between_all_characters_are_evidence_by_themselves(text: str, error: bool | None) -> None:
    normalised = normalise(text)
    written = fold(normalised, 0, len(normalised.text))
    meant = {"他马的": "他妈的", "步行": "不行"}[written.text]
    corrected = type(written)(normalised, meant, written.indexes, written.stops, written.begin, written.end)
    places = [at for at, (one, other) in enumerate(zip(written.text, meant, strict=True)) if one != other]
    if error is None:  # then the dictionary has its say
        assert isinstance(is_error(written, corrected, 0, len(meant), places), bool)
    else:
        assert is_error(written, corrected, 0, len(meant), places) is error


SPELLED = Spelled(spellings_from(spelled_of(_anchors("不知道", "没办法", "退款", "就告您", "入职"))))


@pytest.mark.parametrize(
    ("letters", "may"),
    [
        ("buzhidao", True),
        ("zhidao", True),
        ("ZhiDao", True),
        ("bzd", True),
        ("zd", True),
        ("b", True),
        ("B", False),  # B超
        ("nin", True),
        ("ru", True),  # of 入, that looks like 人
        ("hello", False),
        ("wx", False),
        ("zhidaobu", False),
        ("buzhidao" * 4, False),
    ],
)
def test_which_letters_may_spell_a_part_of_a_phrase(letters: str, may: bool) -> None:
    assert SPELLED.may_mean(letters) is may


@pytest.mark.parametrize(
    ("phrase", "text", "found", "way"),
    [
        ("就告您", "就告nin", "就告nin", "拼音"),
        ("我刚入职", "我刚ru职", "我刚ru职", "拼音"),
        ("婆婆妈妈", "婆婆mama", "婆婆mama", "拼音"),
        ("我不知道", "我不不zhi道", "我不不zhi道", "拼音"),
        ("先把投诉[撤|撤销]", "先把投诉cx", "先把投诉cx", "拼音首字母"),
        ("到底想说啥", "收到。到di想说啥", "到di想说啥", "拼音"),
        ("没办法", "m办法", "m办法", "拼音首字母"),
    ],
)
def test_spelled_phrases(phrase: str, text: str, found: str, way: str) -> None:
    (hit,) = RuleSet([rule(phrase)]).scan(text)
    assert hit.found == found
    assert way in hit.ways


def test_what_looks_alike_is_only_spoken_as_it_sounds() -> None:
    assert "入".translate(sound_table()) == "人".translate(sound_table())
    assert "入".translate(spoken_table()) != "人".translate(spoken_table())
    assert "您".translate(spoken_table()) == "你".translate(spoken_table())


def test_compiled_phrases_come_back_from_the_cache_as_they_were() -> None:
    given_rule = rule("[不是|没有]我…的错", "喂[？|]说话", exceptions=["不是我们"])
    compiled = CompiledRule.compile(given_rule)
    kept = part_of(given_rule)
    assert list(Tables([given_rule], NO_DISGUISES, "", "").compiled()) == [kept.stored()] == [compiled.stored]
    listed = [compile_phrase(phrase, tolerant=True) for phrase in given_rule.phrases]
    assert [each.compiled for each in compiled.phrases] == listed
    listed = [compile_phrase(source, tolerant=True, fillers=False) for source in given_rule.exceptions]
    assert [each.compiled for _, each in compiled.exceptions] == listed


COVERED = CompiledRule.compile(
    PhraseRule(
        "t.t", "甲", "t", "试", "—", Kind.PHRASE, ("甲",), ("甲乙", "丙甲乙丁", "丙…丁", "甲甲甲"), tolerant=False
    )
)


@given(st.text(st.sampled_from("甲乙丙丁。\n"), max_size=30))
def test_what_covers_a_place_is_the_first_exception_that_holds_it(text: str) -> None:
    covers = Covers(COVERED, text)
    spans = [(source, list(matcher.spans(text))) for source, matcher in COVERED.exceptions]
    for start, stop in combinations(range(len(text) + 1), 2):
        holding = (source for source, found in spans if any(a <= start and stop <= b for a, b in found))
        assert covers.covering(start, stop) == next(holding, None)


def test_many_names_in_one_text_are_judged_soon(guard: Guard) -> None:
    """The exceptions were looked for in the whole text for each of them: 9 s."""
    names = "".join(f"王小{'明红亮军'[at % 4]}，您的订单{at}已经发货，祝您生活愉快。\n" for at in range(400))
    guard.findings(names[:200])
    begin = thread_time()
    assert len(guard.findings(names)) == 400
    assert thread_time() - begin < 4.0


@given(
    st.text(st.sampled_from("我您的是不知二3找"), min_size=41, max_size=90),
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 3)), max_size=12),
    st.integers(0, 8),
)
def test_windows_are_what_reaches_from_each_place_put_together(
    text: str, places: list[tuple[int, int]], reach: int
) -> None:
    spans = [(start, start + size) for start, size in places]
    reached = {at for start, stop in spans for at in range(*around(text, start, stop, reach))}
    found = windows(text, spans, reach)
    assert {at for first, last in found for at in range(first, last)} == reached
    assert all(one[1] < other[0] for one, other in pairwise(found))


@pytest.mark.parametrize("text", ["这个那个" * 3000, "z z " * 3000, "莫得" * 4000, "的" * 8000])
def test_small_words_and_letters_without_end_are_read_soon(text: str, guard: Guard) -> None:
    """The first took 20 s, the second 16 s: from each of them the whole text was gone through."""
    guard.findings(text[:4])
    begin = thread_time()
    guard.findings(text)
    assert thread_time() - begin < 5.0
