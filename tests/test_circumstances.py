"""What stands around a hit can make it harmless, and only within its clause; words that go through it make it none."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import csbot, write_library

from csbot.library.load import load_fresh, load_library
from csbot.library.problems import LibraryError
from csbot.lint.run import lint
from csbot.replying.guard import Guard
from csbot.rules import scan
from csbot.rules.judging.borders import crossing_words
from csbot.rules.judging.circumstances import OFTEN, circumstance_of, may_have_circumstance
from csbot.rules.scan import RuleSet
from csbot.rules.wording.model import Circumstance, Kind, PhraseRule
from csbot.text.normalise import normalise

PROMISE = PhraseRule("t.promise", "一定", "t", "试", "—", Kind.PHRASE, ("一定",))
REFUSAL = Circumstance("refusal", "不作承诺", ("t",), before=("[不敢|没法]",), between=("[向|跟]您", "说"))
ATTITUDE = Circumstance("attitude", "表态", ("t",), behind=("改进", "[尽|尽全]力"), reach=6, unless=("到账",))
REPORTED = Circumstance("reported", "转述", ("t",), before=("您说",), reach=4, unless=("我",), not_after=("跟",))
ASKED = Circumstance("asked", "请补充", ("t",), behind=("要",), later=("请您", "麻烦"))
OURS = Circumstance("ours", "没有结果", ("t",), before=("[我|我们]",), without=("到", "退"))

MENTIONED = Circumstance(
    "mentioned", "提到", ("t",), before=("[说|用]",), behind=("[这|那]句",), not_after=("我～",), quoted=True
)


@pytest.mark.parametrize(
    ("circumstance", "text", "why"),
    [
        (REFUSAL, "不敢跟您说一定能到", "不作承诺（不敢）"),
        (REFUSAL, "没法一定", "不作承诺（没法）"),
        (REFUSAL, "没法今天一定到", None),  # another word in between
        (REFUSAL, "没法说，一定到", None),  # beyond a comma
        (REFUSAL, "一定没法到", None),  # behind
        (ATTITUDE, "一定会改进", "表态（改进）"),
        (ATTITUDE, "我们一定尽全力", "表态（尽全力）"),
        (ATTITUDE, "一定“改进”", "表态（改进）"),  # quotation marks are no distance
        (ATTITUDE, "一定到账并改进", None),  # what comes first counts
        (ATTITUDE, "一定改进让款到账", "表态（改进）"),
        (ATTITUDE, "一定在未来的工作里面改进", None),  # too far
        (ATTITUDE, "一定会到，会改进", None),
        (ATTITUDE, "改进一定", None),
        (REPORTED, "您说明天一定到", "转述（您说）"),
        (REPORTED, "我跟您说明天一定到", None),
        (REPORTED, "跟您说过您说一定到", "转述（您说）"),  # the second of two
        (REPORTED, "您说我一定到", None),
        (ASKED, "一定要吗，麻烦选一个", "请补充（要…麻烦）"),
        (ASKED, "一定要吗。麻烦选一个", None),  # another sentence
        (ASKED, "一定吗，麻烦要一个", None),
        (OURS, "我们一定多想一步", "没有结果（我们）"),  # the longer of two alternatives
        (OURS, "我们一定退给您", None),
        (OURS, "我一定，这就退", None),  # nothing is said behind it
        (MENTIONED, "店里用“一定”这句", "提到（用…这句）"),
        (MENTIONED, "店里用“明天一定到账”这句", "提到（用…这句）"),  # what is around the quotation counts
        (MENTIONED, "店里用一定这句", None),
        (MENTIONED, "店里用“明天”一定这句", None),
        (MENTIONED, "我只用“一定”这句", None),
        (MENTIONED, "店里用“一定”", None),
        (MENTIONED, "店里用“一定，这句", None),  # a quotation that does not end
    ],
)
def test_a_circumstance_holds_within_the_clause(circumstance: Circumstance, text: str, why: str | None) -> None:
    rule = replace(PROMISE, circumstances=(circumstance,))
    text = normalise(text).text
    start = text.index("一定")
    assert circumstance_of(rule, text, start, start + 2) == why
    assert why is None or may_have_circumstance(rule, text)
    hits = [hit for hit in RuleSet([rule]).scan(text, dropped=True) if hit.start == start]
    assert [hit.exception for hit in hits] == [why]
    assert not circumstance_of(PROMISE, text, start, start + 2)


def test_the_first_circumstance_is_named_and_others_are_asked_too() -> None:
    rules = RuleSet([replace(PROMISE, circumstances=(REFUSAL, ATTITUDE))])
    (both,) = rules.scan("没法说一定改进", dropped=True)
    (second,) = rules.scan("明天一定改进", dropped=True)
    assert (both.exception, second.exception) == ("不作承诺（没法）", "表态（改进）")
    assert rules.scan("没法说一定改进") == rules.scan("明天一定改进") == []


@pytest.mark.parametrize(
    ("text", "found", "words"),
    [
        ("请您确保证件有效", "保证", "确保／证件"),
        ("万一定位不准", "一定", "万一／定位"),
        ("北门不行车", "不行", "行车"),
        ("我保证明天到", "保证", None),
        ("这个不行", "不行", None),
        ("不行", "不行", None),
        ("确·保证·件", "保证", None),  # the words end at the marks
        ("请您确保证件有效", "确保证件", None),  # longer than what may be chance
    ],
)
def test_words_that_go_through_a_hit(text: str, found: str, words: str | None) -> None:
    start = text.index(found)
    assert crossing_words(text, start, start + len(found), lambda _: False) == words
    if words is not None:
        assert crossing_words(text, start, start + len(found), lambda word: word in words) is None


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("感谢您的信任，我们一定加倍珍惜", []),
        ("这笔款我们一定加急退到您卡里", ["overpromise.definitely"]),
        ("我们以最高标准要求自己，以保证您的用电安全", []),
        ("我可以保证没有任何毛病", ["overpromise.guarantee"]),
        ("这个价格我们未必能保证到月底", []),
        ("这个价格我们能保证到月底", ["overpromise.guarantee"]),
        ("我没有说您的操作不行", []),
        ("您的操作不行", ["ten_donts.no_way"]),
        ("若是指纹不行，请您输密码", []),
        ("您的指纹不行，请您输密码", ["ten_donts.no_way"]),
        ("店家跟您说肯定能退，是吗？", []),
        ("我跟您说肯定能退", ["overpromise.surely"]),
        ("您认为我们的回答全是废话，我重新说明", []),
        ("您说的全是废话", ["vulgar.nonsense"]),
        ("导购承诺的“肯定不掉色”，麻烦您截图", []),
        ("导购说得对，肯定不掉色", ["overpromise.surely"]),
        ("把“肯定到”写成“预计到”更妥当", []),
        ("“不可能到不了”，您这句话我理解", []),
        ("您用了“他妈的”这样的字眼", []),
        ("您说对方开口就是“喂，说话呀”，确实失礼", []),
        ("您可以投诉我们的员工，渠道在官网首页", []),
        ("您可以投诉我，渠道在官网首页", ["blame.complain_about_me"]),
        ("请您确保证件在有效期内", []),
        ("麻烦您把低保证拍照上传", []),
        ("担保物缺一不可，可能要补一份材料", []),
        ("这个不可，能换吗", []),
        ("万一定错了尺码，七天之内可以换", []),
        ("花了一万一定要给您修好", ["overpromise.definitely"]),
        ("我们绝对没有怪您的意思", []),
        ("我们绝对没有次品", ["overpromise.absolutely"]),
        ("单位开的在保证明也可以", []),
        ("我保证明早送到", ["overpromise.guarantee"]),
        ("「肯定」和「否定」两个选项都在下方", []),
        ("最低保证三天到账", ["overpromise.guarantee"]),
    ],
)
def test_near_neighbours_are_told_apart(text: str, rules: list[str], guard: Guard) -> None:
    assert [hit.rule.id for hit in guard.findings(text)] == rules


def test_explain_says_what_a_hit_was_spared_for() -> None:
    text = "没法向您保证具体时间，请您确保证件有效"
    shown = csbot("explain", text, "--now", "2026-11-22T10:00").stdout
    assert "放行  「保证」不算：字在别的词里（确保／证件）（overpromise.guarantee）" in shown
    shown = csbot("explain", "我们一定倍加珍惜", "--now", "2026-11-22T10:00").stdout
    assert "放行  「一定」不算：表态，不是承诺结果（倍加珍惜）（overpromise.definitely）" in shown


def test_what_is_asked_often_is_judged_as_at_first() -> None:
    rule = replace(PROMISE, circumstances=(REFUSAL._replace(id="t.often"),))
    said = {circumstance_of(rule, "不敢跟您说一定能到", 5, 7) for _ in range(3 * OFTEN)}
    assert said == {"不作承诺（不敢）"}


def test_a_long_text_is_judged_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = RuleSet([replace(PROMISE, circumstances=(REFUSAL, ATTITUDE, REPORTED))])
    lines = ["没法说一定到", "一定到", "我们一定尽力", "万一定位不准", "您说一定到", "还有，一定到账", "好的"]
    text = "\n".join(lines * 50)
    wanted, start = [], 0
    for line in text.split("\n"):
        wanted += [start + hit.start for hit in rules.scan(line)]
        start += len(line) + 1
    monkeypatch.setattr(scan, "LONG_TEXT", len(text))
    assert [hit.start for hit in rules.scan(text)] == wanted
    assert wanted


@given(st.text(st.sampled_from("我您说没法敢一定改进到账，。“”\n a"), max_size=60), st.data())
def test_any_place_of_any_text_may_be_asked_for(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    rule = replace(PROMISE, circumstances=(REFUSAL, ATTITUDE, REPORTED, ASKED, OURS))
    why = circumstance_of(rule, text, start, end)
    assert why is None or why.endswith("）")
    assert circumstance_of(rule, text, start, end) == why


# ── the file of a library ────────────────────────────────────────────────────────────────────────────────────

FILE = """\
circumstances:
  - id: condition
    name: 假设
    rules: [ten_donts.dont_know]
    before: ["[如果|要是]"]
    reach: "4"
    spared: [要是您不知道单号，报手机号也可以。]
    found: ["要是您问，我不知道。"]
"""


def in_library(folder: Path, text: str) -> Path:
    root = write_library(folder)
    (root / "phrasebook" / "circumstances.yaml").write_text(text, encoding="utf-8")
    return root


def test_a_library_brings_its_circumstances(tmp_path: Path) -> None:
    problems, library = lint(in_library(tmp_path, FILE))
    assert {each.code for each in problems} <= {"intent.few-examples"}
    assert library is not None
    guard = Guard(load_library(str(tmp_path)))
    assert guard.findings("要是您不知道单号，报手机号也可以。") == []
    assert [hit.rule.id for hit in guard.findings("您不知道单号，报手机号也可以。")] == ["ten_donts.dont_know"]


@pytest.mark.parametrize(
    ("old", "new", "seen", "code"),
    [
        ("rules: [ten_donts.dont_know]", "rules: [ten_donts.dont_kno]", "ten_donts.dont_kno", "ref.unknown"),
        ('    before: ["[如果|要是]"]\n', "", "condition", "rule.circumstance"),
        ('"[如果|要是]"', '"[如果"', '"[如果"', "rule.phrase"),
        ('reach: "4"', "reach: 很远", "很远", "schema.format"),
        ('reach: "4"', 'reach: "0"', "要是您不知道", "rule.circumstance-hit"),
        ("[要是您不知道单号", "[您好，报单号", "您好，报单号", "rule.circumstance-hit"),
        ("要是您问，我", "要是我", '"要是我', "rule.circumstance-missed"),
        ("id: condition\n", "id: condition\n    befor: [我]\n", "befor", "schema.unknown-key"),
    ],
)
def test_lint_finds_a_wrong_circumstance(old: str, new: str, seen: str, code: str, tmp_path: Path) -> None:
    assert FILE.count(old) == 1
    text = FILE.replace(old, new)
    problems, _ = lint(in_library(tmp_path, text))
    found = [each for each in problems if each.code != "intent.few-examples"]
    assert [each.code for each in found] == [code]
    at = text.index(seen)
    assert (found[0].line, found[0].column) == (text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1)


def test_two_circumstances_have_two_ids(tmp_path: Path) -> None:
    text = FILE + FILE.split("\n", 1)[1]
    problems, _ = lint(in_library(tmp_path, text))
    assert [(each.line, each.code) for each in problems] == [
        (text[: text.rindex("id:")].count("\n") + 1, "ref.duplicate")
    ]


CHANGED = "  - {id: condition, change: add, before: [万一], change_reason: 法务同意}\n"
NEW = FILE.split("\n", 1)[1].replace("id: condition", "id: own_condition").replace("[如果|要是]", "[万一]")
UNKNOWN = "万一您不知道单号，报手机号也可以。"


def a_layer(folder: Path, level: str, entries: str) -> Path:
    in_library(folder / "base", FILE)
    (folder / "own" / "phrasebook").mkdir(parents=True)
    (folder / "own" / "layer.yaml").write_text(f"level: {level}\nname: 自己\nextends: ../base\n", encoding="utf-8")
    own = folder / "own" / "phrasebook" / "circumstances.yaml"
    own.write_text("circumstances:\n" + entries, encoding="utf-8")
    return folder / "own"


@pytest.mark.parametrize("entries", [CHANGED, NEW], ids=["changed", "new"])
def test_a_company_may_add_to_what_spares(entries: str, tmp_path: Path) -> None:
    guard = Guard(load_fresh(a_layer(tmp_path, "公司", entries)))
    assert guard.findings(UNKNOWN) == []
    assert guard.findings(UNKNOWN[2:])


@pytest.mark.parametrize("level", ["团队", "个人"])
@pytest.mark.parametrize("entries", [CHANGED, NEW], ids=["changed", "new"])
def test_nobody_else_may_add_to_what_spares(entries: str, level: str, tmp_path: Path) -> None:
    with pytest.raises(LibraryError) as caught:
        load_fresh(a_layer(tmp_path, level, entries))
    assert [each.code for each in caught.value.problems] == ["layer.guard"]


def test_a_company_says_why_it_changes_what_spares(tmp_path: Path) -> None:
    with pytest.raises(LibraryError) as caught:
        load_fresh(a_layer(tmp_path, "公司", CHANGED.replace(", change_reason: 法务同意", "")))
    assert "change_reason" in str(caught.value.problems[0])


@pytest.mark.slow
def test_the_drafts_of_the_innocent_set_are_told_apart(guard: Guard) -> None:
    """Innocent drafts and their near neighbours, written before the rules were looked at; a third was held back."""
    lines = (Path(__file__).parent / "data" / "innocent_fourth.jsonl").read_text(encoding="utf-8").splitlines()
    drafts = [json.loads(line) for line in lines]
    for held in (False, True):
        chosen = [draft for draft in drafts if draft.get("held", False) is held]
        good = [draft["text"] for draft in chosen if draft["label"] == "innocent"]
        bad = [draft["text"] for draft in chosen if draft["label"] == "violation"]
        assert len(good) >= 80
        assert len(bad) >= 40
        alarms = {text: hits for text in good if (hits := guard.findings(text))}
        stopped = [text for text, hits in alarms.items() if any(hit.rule.severity.value == "error" for hit in hits)]
        missed = [text for text in bad if not guard.findings(text)]
        print(f"stopped {stopped}, warned {len(alarms) - len(stopped)}, missed {len(missed)}: {list(alarms)}")
        assert len(stopped) <= (0.04 if held else 0) * len(good)
        assert len(alarms) <= (0.10 if held else 0.01) * len(good)
        assert len(missed) <= 0.06 * len(bad)
