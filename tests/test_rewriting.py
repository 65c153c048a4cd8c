"""Drafts that the rules refuse are reworded where the rules can, and what comes out may be sent."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import FORBIDDEN, read_rows, write_library

from csbot.library.load import load_library
from csbot.library.models import Library
from csbot.library.problems import LibraryError
from csbot.lint.run import lint
from csbot.replying.guard import Guard
from csbot.rules.rewrite import LONGEST, Rewriter, Rewriting
from csbot.rules.scan import RuleSet
from csbot.rules.wording.marked import Marked, apply
from csbot.rules.wording.model import PhraseRule, Polish, Position, Unit, Way
from csbot.text.normalise import is_traditional, traditional

ROWS = read_rows("rewritings.jsonl")
LEAST_OFFERED = 0.85  # of the drafts in tests/data/drafts.jsonl that are refused


def rule(identifier: str, phrases: list[str], *ways: Way, kind: str = "phrase") -> PhraseRule:
    from csbot.rules.wording.model import Kind

    return PhraseRule(identifier, phrases[0], "test", "试", "x", Kind(kind), tuple(phrases), rewrites=ways)


def rewriter(*rules: PhraseRule, polish: Polish | None = None) -> Rewriter:
    return Rewriter(RuleSet(rules), polish)


def check(guard: Guard, draft: str, address: str = "") -> Rewriting:
    """Return a rewriting after checking what holds for every one."""
    rewriting = guard.rewriting(draft, address)
    if rewriting.text is None:
        assert rewriting.stuck
        assert rewriting.changes == ()
    else:
        assert guard.findings(rewriting.text) == []
        assert apply(draft, rewriting.changes) == rewriting.text
        assert guard.rewriting(rewriting.text).text == rewriting.text
        places = [(change.start, change.end) for change in rewriting.changes]
        assert places == sorted(places)
        assert all(start <= end for start, end in places)
        assert all(first[1] <= second[0] for first, second in pairwise(places))
    return rewriting


def test_the_table_is_large_enough() -> None:
    assert len(ROWS) >= 120
    assert len({row["draft"] for row in ROWS}) == len(ROWS)
    assert sum(row["becomes"] is None for row in ROWS) >= 20


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["draft"])
def test_a_draft_becomes_what_a_trainer_would_send(row: dict[str, str | None], guard: Guard) -> None:
    draft = row["draft"]
    assert draft is not None
    assert check(guard, draft).text == row["becomes"]


@pytest.mark.slow
def test_most_refused_drafts_are_reworded(guard: Guard) -> None:
    refused = [row["text"] for row in read_rows("drafts.jsonl") if guard.findings(row["text"])]
    offered = [draft for draft in refused if check(guard, draft).text is not None]
    print(f"{len(offered)} of {len(refused)} refused drafts are reworded")
    assert len(offered) >= LEAST_OFFERED * len(refused)


def test_no_punctuation_is_left_over(guard: Guard) -> None:
    for row in ROWS:
        text = row["becomes"]
        if text is not None:
            assert not any(pair in text for pair in ("。。", "，，", "，。", "。，", "？。", "！。", "？，"))
            assert text[0] not in "，。！？、"
            assert text[-1] not in "，、"


def test_a_clean_draft_stays_as_it_is(guard: Guard, library: Library) -> None:
    for script in library.scripts.values():
        text = script.replies[0].text
        if not guard.findings(text):
            assert check(guard, text) == Rewriting(text, text)


@pytest.mark.parametrize("draft", ["这人真是有病", "滚", "您这个年纪不懂", "后果自负"])
def test_an_insult_has_no_rewriting_and_the_rule_is_named(draft: str, guard: Guard) -> None:
    rewriting = check(guard, draft)
    assert rewriting.text is None
    assert all(not rule.rewrites for rule in rewriting.stuck)


def test_one_insult_spoils_the_whole_draft(guard: Guard) -> None:
    assert guard.rewriting("这个我不清楚。").text is not None
    rewriting = guard.rewriting("这个我不清楚。您有病吧。")
    assert rewriting.text is None
    assert [rule.id for rule in rewriting.stuck] == ["vulgar.sick"]


@pytest.mark.parametrize(
    ("draft", "address", "becomes"),
    [
        ("王小明，您的订单已经发货。", "王先生", "王先生，您的订单已经发货。"),
        ("您好，李娟，您的包裹到驿站了。", "李女士", "您好，李女士，您的包裹到驿站了。"),
        ("王小明，您的订单已经发货。", "李先生", None),
        ("王小明，您的订单已经发货。", "", None),
    ],
)
def test_a_name_becomes_a_form_of_address_only_where_that_is_known(
    draft: str, address: str, becomes: str | None, guard: Guard
) -> None:
    assert check(guard, draft, address).text == becomes


@pytest.mark.parametrize(
    ("draft", "kept"),
    [
        ("你可以投诉我，我的工号是8033", "8033"),
        ("快递的问题您找快递吧，单号是YT20261122。", "YT20261122"),
        ("不行，超过7天退不了。", "超过7天退不了"),
        ("活动规则写着不退，你当时为什么不看", "不退"),
        ("改地址不行的，已经出库了", "已经出库了"),
        ("你的电话是138 0013 8000吧？", "138 0013 8000"),
        ("已经为您登记，你怎么这么罗嗦", "已经为您登记"),
    ],
)
def test_facts_are_kept(draft: str, kept: str, guard: Guard) -> None:
    text = check(guard, draft).text
    assert text is not None
    assert kept in text


@pytest.mark.parametrize("draft", [row["draft"] for row in ROWS if row["becomes"] is not None])
def test_no_number_is_invented(draft: str, guard: Guard) -> None:
    def numbers(text: str) -> set[str]:
        return {character for character in text if character.isdigit() or character in "一二两三四五六七八九十百千"}

    text = check(guard, draft).text
    assert text is not None
    assert numbers(text) - numbers(draft) <= {"一"}  # 一下, 一起, 再说一遍


def test_a_refusal_never_becomes_a_promise(guard: Guard) -> None:
    refusals = ("不行，", "现在没办法给您改地址", "没办法处理，单子已经关了", "超过七天了就不能退，不行就是不行")
    for draft in refusals:
        text = check(guard, draft).text
        assert text is not None
        assert not any(promise in text for promise in ("可以为您办理", "会为您办理", "马上为您办理", "为您退"))


def test_traditional_drafts_stay_traditional(guard: Guard) -> None:
    text = check(guard, "具體什麼時候到貨我不知道").text
    assert text == "具體什麼時候到貨，我幫您查清楚後回覆您"
    assert is_traditional("這個我幫您查")
    assert not is_traditional("这个我帮您查一下")
    assert traditional("为您") == "為您"


def test_very_long_drafts_are_left_alone(guard: Guard) -> None:
    rewriting = guard.rewriting("我不知道。" * (LONGEST // 5 + 1))
    assert rewriting.text is None
    assert [rule.id for rule in rewriting.stuck] == ["ten_donts.dont_know"]


def test_new_spans_are_the_new_wording(guard: Guard) -> None:
    rewriting = guard.rewriting("你好，这个我不清楚，订单是12号的")
    assert rewriting.text == "您好，这个我帮您核实清楚后回复您，订单是12号的"
    assert [rewriting.text[slice(*span)] for span in rewriting.new_spans()] == ["您", "我帮您核实清楚后回复您"]


WAYS: dict[str, tuple[Way, str, str | None]] = {
    "a span": (Way(Unit.SPAN, "好"), "甲坏乙，丙", "甲好乙，丙"),
    "a span left out": (Way(Unit.SPAN, ""), "甲坏乙，丙", "甲乙，丙"),
    "a clause": (Way(Unit.CLAUSE, "好"), "甲坏乙，丙丁。", "好，丙丁。"),
    "a clause left out in front": (Way(Unit.CLAUSE, ""), "甲坏乙，丙丁。", "丙丁。"),
    "a clause left out behind": (Way(Unit.CLAUSE, ""), "丙丁，甲坏乙！", "丙丁！"),
    "a clause left out between": (Way(Unit.CLAUSE, ""), "丙，甲坏乙，丁。", "丙，丁。"),
    "a sentence": (Way(Unit.SENTENCE, "好。"), "丙。丁，甲坏乙，戊！己。", "丙。好。己。"),
    "a sentence left out": (Way(Unit.SENTENCE, ""), "丙。丁，甲坏乙，戊！己。", "丙。己。"),
    "nothing left": (Way(Unit.SENTENCE, ""), "甲坏乙", None),
    "before and behind": (Way(Unit.CLAUSE, "{前}与{后}好"), "甲坏乙，丙", "甲与乙好，丙"),
    "an empty part and its comma": (Way(Unit.CLAUSE, "{前}，好"), "坏乙，丙", "好，丙"),
    "a fragment before a comma": (Way(Unit.CLAUSE, "{前}，好"), "货坏，丙", "好，丙"),
    "a long part before a comma": (Way(Unit.CLAUSE, "{前}，好"), "货物还在坏，丙", "货物还在，好，丙"),
    "words that lead up": (Way(Unit.CLAUSE, "{前}，好"), "师傅没上门这又坏，丙", "师傅没上门，好，丙"),
    "a question becomes a statement": (Way(Unit.CLAUSE, "好"), "丙，甲坏吗？", "丙，好。"),
    "a statement becomes a question": (Way(Unit.CLAUSE, "好吗？"), "甲坏，丙。", "好吗？丙。"),
    "particles go along": (Way(Unit.SPAN, "好", Position.END), "甲坏了啊，丙", "甲好，丙"),
    "not at the end": (Way(Unit.SPAN, "好", Position.END), "甲坏乙，丙", None),
    "at the start": (Way(Unit.SPAN, "好", Position.START), "哎坏乙，丙", "好乙，丙"),
    "not at the start": (Way(Unit.SPAN, "好", Position.START), "甲坏乙", None),
    "the whole clause": (Way(Unit.SPAN, "好", Position.WHOLE), "丙，坏", "丙，好"),
    "the first of several": (Way(Unit.CLAUSE, "好", Position.FIRST), "坏，丙", "好，丙"),
    "not the first": (Way(Unit.CLAUSE, "好", Position.FIRST), "丙，坏", None),
    "first but alone": (Way(Unit.CLAUSE, "好", Position.FIRST), "坏。", None),
    "only with": (Way(Unit.SPAN, "好", only_with=("丙",)), "甲坏，丙", None),
    "not with": (Way(Unit.SPAN, "好", not_with=("甲",)), "甲坏，丙", None),
    "a number would get lost": (Way(Unit.SENTENCE, "好。"), "甲坏，单号12。", None),
    "a number may get lost": (Way(Unit.SENTENCE, "好。", drops_facts=True), "甲坏，单号12。", "好。"),
    "no way out": (Way(Unit.SPAN, "坏"), "甲坏", None),
    "a comma in a number": (Way(Unit.CLAUSE, "{前}好"), "共1,000元坏，丙", "共1,000元好，丙"),
    "said already": (Way(Unit.CLAUSE, "我来查"), "坏，我来查。", "我来查。"),
}


@pytest.mark.parametrize(("way", "draft", "becomes"), WAYS.values(), ids=WAYS)
def test_a_way_of_rewriting(way: Way, draft: str, becomes: str | None) -> None:
    assert rewriter(rule("bad", ["坏"], way)).rewrite(draft).text == becomes


def test_the_first_way_that_fits_is_taken() -> None:
    ways = (Way(Unit.SPAN, "坏"), Way(Unit.SPAN, "一", Position.END), Way(Unit.SPAN, "二"))
    made = rewriter(rule("bad", ["坏"], *ways))
    assert [made.rewrite(draft).text for draft in ("甲坏", "坏甲")] == ["甲一", "二甲"]


def test_the_largest_unit_wins_and_a_sentence_is_replaced_once() -> None:
    made = rewriter(
        rule("small", ["小"], Way(Unit.SPAN, "大")),
        rule("middle", ["中"], Way(Unit.CLAUSE, "换个说法")),
        rule("large", ["巨"], Way(Unit.SENTENCE, "换过。")),
        rule("other", ["硕"], Way(Unit.SENTENCE, "另换。")),
    )
    assert made.rewrite("甲小，乙中，丙。").text == "甲大，换个说法，丙。"
    assert made.rewrite("甲小，乙巨，丙硕。丁小。").text == "换过。丁大。"


def test_a_part_of_the_finding() -> None:
    made = rewriter(rule("bad", ["一定[到|送]"], Way(Unit.SPAN, "争取", part="一定")))
    assert made.rewrite("明天一定到").text == "明天争取到"
    assert made.rewrite("明天一·定送").text == "明天争取送"


def test_greetings_are_kept_and_touches_applied() -> None:
    touch = rule("touch", ["别吵"], Way(Unit.CLAUSE, "", Position.WHOLE), kind="clause")
    seam = rule("seam", ["好好"], Way(Unit.SPAN, "好"))
    polish = Polish(keeps=("您好",), facts=("保修",), seams=(seam,), touches=(touch,))
    made = rewriter(rule("bad", ["坏"], Way(Unit.SENTENCE, "换过。"), Way(Unit.SPAN, "好")), polish=polish)
    assert made.rewrite("您好，甲坏，别吵。").text == "您好，换过。"
    assert made.rewrite("保修，甲坏。").text == "保修，甲好。"
    assert made.rewrite("保修，坏好。").text == "保修，好。"
    assert made.rewrite("别吵。").text == "别吵。"
    assert [hit.found for hit in made.touched("您好，别吵。别吵架。")] == ["别吵"]


def test_marked_text_gives_back_its_changes() -> None:
    marked = Marked("甲乙，丙丁。")
    marked.replace(0, 2, [(1, 2), "新"])
    assert marked.text == "乙新，丙丁。"
    assert apply("甲乙，丙丁。", marked.changes()) == marked.text
    marked.replace(0, 2, [])
    assert marked.text == "丙丁。"


VIOLATIONS = [row["draft"] for row in ROWS if row["becomes"] is not None]


@pytest.fixture(scope="module")
def clean(library: Library, guard: Guard) -> list[str]:
    """Approved sentences that end with a full stop and hold no slot."""
    replies = [reply.text for script in library.scripts.values() for reply in script.replies[:2]]
    return [text for text in replies if "{" not in text and text.endswith("。") and not guard.findings(text)]


@pytest.mark.slow
@settings(max_examples=150)
@given(data=st.data())
def test_any_composition_is_clean_and_leaves_clean_sentences_alone(
    data: st.DataObject, guard: Guard, clean: list[str]
) -> None:
    parts = data.draw(st.lists(st.tuples(st.booleans(), st.integers(0, 10_000)), min_size=1, max_size=4))
    pieces: list[str] = []
    kept: list[str] = []
    for good, number in parts:
        text = clean[number % len(clean)] if good else VIOLATIONS[number % len(VIOLATIONS)]
        if good:
            kept.append(text)
        pieces.append(text if text[-1] in "。！？!?" else text + "。")
    draft = data.draw(st.sampled_from(["", "\n"])).join(pieces)
    text = check(guard, draft).text
    if text is not None:
        position = 0
        for sentence in kept:
            assert sentence in text[position:], (draft, text)
            position = text.index(sentence, position) + len(sentence)


@settings(max_examples=150)
@given(st.text(alphabet="我你您不知道行没办法一定保证到，。？！ \n喂废话a1.", max_size=40))
def test_any_text_is_reworded_to_something_clean_or_not_at_all(guard: Guard, draft: str) -> None:
    check(guard, draft)


# What is written wrongly in a library, where it is seen, and the code.
WITH_WAY = FORBIDDEN.replace(
    "    instead: 我帮您查一下，马上回复您。\n",
    '    instead: 我帮您查一下，马上回复您。\n    rewrite:\n      - replace: span\n        with: "帮您查一下"\n'
    "    rewritten:\n      - draft: 这个我不知道\n        becomes: 这个我帮您查一下\n",
)
WRONG: dict[str, tuple[str, str, str, str]] = {
    "another result": ("becomes: 这个我帮您查一下", "becomes: 这个我来查", "这个我来查", "rule.rewrite-missed"),
    "a finding in the result": ("becomes: 这个我帮您查一下", "becomes: 没办法", "没办法\n", "rule.rewrite-forbidden"),
    "no rewriting": ("draft: 这个我不知道", "draft: 不知道没办法", "不知道没办法", "rule.rewrite-none"),
    "still a finding": ('with: "帮您查一下"', 'with: "不知道"', "这个我不知道\n", "rule.rewrite-none"),
    "an unknown blank": ('with: "帮您查一下"', 'with: "{那}查"', '"{那}查"', "rule.rewrite-form"),
    "a span keeps no parts": ('with: "帮您查一下"', 'with: "{前}查"', '"{前}查"', "rule.rewrite-form"),
    "a form of address": ('with: "帮您查一下"', 'with: "{称呼}"', '"{称呼}"', "rule.rewrite-form"),
    "a part of a clause": (
        "replace: span\n",
        "replace: clause\n        part: 不\n",
        "不\n        with",
        "rule.rewrite-form",
    ),
    "a phrase": ("replace: span\n", 'replace: span\n        part: "[坏"\n', '"[坏"', "rule.rewrite-form"),
    "no examples": (
        "    rewritten:\n      - draft: 这个我不知道\n        becomes: 这个我帮您查一下\n",
        "",
        "ten_donts.dont_know",
        "rule.rewrite-examples",
    ),
    "another unit": ("replace: span", "replace: word", "word", "schema.value"),
}


@pytest.mark.parametrize(("old", "new", "seen", "code"), WRONG.values(), ids=WRONG)
def test_lint_finds_a_wrong_rewriting(old: str, new: str, seen: str, code: str, tmp_path: Path) -> None:
    assert WITH_WAY.count(old) == 1
    text = WITH_WAY.replace(old, new)
    problems, _ = lint(write_library(tmp_path, forbidden=text))
    found = [each for each in problems if each.code not in ("intent.few-examples",)]
    assert [each.code for each in found] == [code]
    at = text.index(seen)
    line = text.count("\n", 0, at) + 1
    assert (found[0].line, found[0].column) == (line, at - (text.rfind("\n", 0, at) + 1) + 1)


def test_a_right_rewriting_is_no_finding(tmp_path: Path) -> None:
    problems, _ = lint(write_library(tmp_path, forbidden=WITH_WAY))
    assert {each.code for each in problems} == {"intent.few-examples"}
    library = load_library(str(write_library(tmp_path, forbidden=WITH_WAY)))
    assert Guard(library).rewriting("我不知道").text == "我帮您查一下"


POLISH = """\
keeps: [您好]
touches:
  - find: [请放心]
    replace: clause
    where: whole
    with: ""
rewritten:
  - draft: 这个我不知道，请放心
    becomes: 这个我帮您查一下
"""


def test_lint_reads_the_common_part_too(tmp_path: Path) -> None:
    folder = write_library(tmp_path, forbidden=WITH_WAY)
    path = folder / "phrasebook" / "rewriting.yaml"
    path.write_text(POLISH, encoding="utf-8")
    assert {each.code for each in lint(folder)[0]} == {"intent.few-examples"}
    path.write_text(POLISH.replace("[请放心]", "[请您放心]"), encoding="utf-8")
    codes = {(each.code, each.line, each.column) for each in lint(folder)[0] if "rewrite" in each.code}
    assert codes == {("rule.rewrite-reply", 3, 11), ("rule.rewrite-missed", 9, 14)}
    path.write_text(POLISH.replace("[您好]", '["[您好"]'), encoding="utf-8")
    with pytest.raises(LibraryError) as error:
        load_library(str(folder))
    assert [(each.code, each.line) for each in error.value.problems] == [("rule.phrase", 1)]


@pytest.mark.slow
def test_the_examples_of_the_shipped_rules_come_out(library: Library, guard: Guard) -> None:
    examples = [example for rule in library.forbidden for example in rule.rewritten] + [*library.polish.rewritten]
    assert len(examples) > 200
    for draft, becomes in examples:
        assert check(guard, draft).text == becomes
