"""What trainers are shown: examples that hurt, groups of messages; a cache that two may fill at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.support import INTENTS, write_library

from csbot.cli import cli
from csbot.library.load import load_library
from csbot.matching.corpus import NONE, Corpus, Example
from csbot.matching.crossing import Judged, is_stolen, judge
from csbot.matching.matcher import Matcher
from csbot.matching.suggesting import groups, isolated, mislabelled, twins

SOURCES = Path(__file__).resolve().parent.parent / "src"
PAY = [
    "怎么付款",
    "能用微信付款吗",
    "可以刷卡付款吗",
    "我想问怎么付款",
    "付款方式有哪些",
    "付款用什么",
    "可以付款了吗",
    "付款在哪里付",
]
BILL = [
    "能开发票吗",
    "发票什么时候寄",
    "电子发票怎么下载",
    "发票抬头怎么改",
    "我要发票",
    "发票能补开吗",
    "发票开了没",
    "要一张发票",
]


def corpus(*extra: Example) -> Corpus:
    labelled = [Example(text, "pay") for text in PAY] + [Example(text, "bill") for text in BILL]
    return Corpus((*labelled, *extra))


def test_an_example_in_the_wrong_place_is_found() -> None:
    judged = judge(corpus(Example("发票什么时候能补寄", "pay"), Example("今天天气真好", NONE)))
    found = [each for each in judged if each.text == "发票什么时候能补寄"]
    assert [(each.intent, each.winner) for each in found] == [("pay", "bill")]
    assert found[0].lead == pytest.approx(found[0].best - found[0].own)
    assert found[0].lead == max(each.lead for each in judged if each.intent)


def test_keywords_are_learnt_from_but_not_judged() -> None:
    judged = judge(corpus(Example("开票", "bill", whole=False)))
    assert "开票" not in {each.text for each in judged}
    assert len(judged) == len(PAY) + len(BILL)


def test_one_intent_has_nothing_to_be_judged_by() -> None:
    assert judge(Corpus(tuple(Example(text, "pay") for text in PAY))) == []


@pytest.mark.parametrize(
    ("judged", "stolen"),
    [
        (Judged("x", "a", "b", -3.0, 2.0), True),
        (Judged("x", "a", "b", 0.0, 2.0), False),
        (Judged("x", "a", "b", -9.0, 0.5), False),
        (Judged("x", "a", "a", 2.0, 2.0), False),
        (Judged("x", "a", NONE, -3.0, 2.0), False),
        (Judged("x", NONE, "b", -3.0, 2.0), False),
    ],
)
def test_when_the_others_are_sure(judged: Judged, stolen: bool) -> None:
    assert is_stolen(judged) is stolen
    assert bool(mislabelled([judged])) is stolen


def test_twins_of_two_situations_come_first() -> None:
    judged = [
        Judged("怎么付款啊", "pay", "pay", 1, 1),
        Judged("怎麼付款啊", "pay", "pay", 1, 1),
        Judged("我要开发票", "bill", "bill", 1, 1),
        Judged("我要开发票。", "pay", "pay", 1, 1),
        Judged("今天天气", NONE, NONE, 1, 1),
    ]
    assert [(each.intent, each.other_intent) for each in twins(judged)] == [("bill", "pay"), ("pay", "pay")]


def test_an_example_of_no_situation_may_contradict_one() -> None:
    judged = [
        Judged("今天天气好", NONE, NONE, 1, 1),
        Judged("今天天气好。", NONE, NONE, 1, 1),
        Judged("88", "pay", "pay", 1, 1),
        Judged("77", NONE, NONE, 1, 1),
        Judged("能付款了吗", "pay", "pay", 1, 1),
        Judged("能付款了吗？", NONE, NONE, 1, 1),
    ]
    assert [(each.intent, each.other_intent) for each in twins(judged)] == [("pay", NONE)]


def test_isolated_examples_are_least_like_their_own() -> None:
    judged = [Judged("甲", "a", "b", -5, -1), Judged("乙", "a", "a", 1, 1), Judged("丙", "a", NONE, -8, 0)]
    assert [each.text for each in isolated(judged)] == ["丙", "甲"]


def test_messages_that_belong_together() -> None:
    matcher = Matcher.for_examples("", list(corpus(Example("今天天气真好", NONE)).examples))
    strangers = ["门禁卡刷不开", "门禁卡怎么刷不开了", "我家门禁卡刷不开", "猫粮哪个牌子好", "怎么付款"]
    found = groups(matcher, strangers)
    assert [sorted(group.texts) for group in found] == [sorted(strangers[:3])]
    assert groups(matcher, ["怎么付款"]) == []


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, list(arguments), catch_exceptions=False, standalone_mode=False)
    code = done.return_value if isinstance(done.return_value, int) else done.exit_code
    return code, done.output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_library(tmp_path / "library")


def test_suggest_prints_all_kinds(folder: Path) -> None:
    code, shown = run("suggest", "--library", str(folder))
    assert code == 0
    assert [kind for kind in ("疑似放错情景", "几乎重复", "孤立") if kind not in shown] == []
    code, shown = run("suggest", "--library", str(folder), "--json", "--limit", "2")
    result = json.loads(shown)
    assert set(result) == {"mislabelled", "twins", "isolated"}
    assert all(len(each) <= 2 for each in result.values())


def test_suggest_says_where_each_example_stands(tmp_path: Path) -> None:
    intents = INTENTS.replace("      - 怎么付款\n", "      - 怎么付款\n      - 怎么付款？\n")
    folder = write_library(tmp_path / "library", intents=intents)
    code, shown = run("suggest", "--library", str(folder), "--json")
    assert code == 0
    (found,) = [each for each in json.loads(shown)["twins"] if "？" in each["text"] + each["other"]]
    for place, text in ((found["place"], found["text"]), (found["other_place"], found["other"])):
        path, line, column = place.rsplit(":", 2)
        written = Path(path).read_text(encoding="utf-8").splitlines()[int(line) - 1]
        assert written[int(column) - 1 :].strip('"') == text
    assert found["place"] in run("suggest", "--library", str(folder))[1]


def test_suggest_groups_a_file(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "messages.jsonl"
    texts = ["鹦鹉掉毛了", "鹦鹉老是掉毛了", "鹦鹉掉毛了呀"]
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
    code, shown = run("suggest", str(path), "--library", str(folder), "--json")
    assert code == 0
    assert [sorted(group["texts"]) for group in json.loads(shown)["groups"]] == [sorted(texts)]


def test_explain_says_what_would_have_to_change(folder: Path) -> None:
    code, shown = run("explain", "你好，请问怎么付款", "--library", str(folder), "--json")
    steps = json.loads(shown)
    assert code == 0
    assert steps["left_out"] == ["你好"]
    assert set(steps["views"]) <= {"字", "词", "音"}
    assert steps["views"]["字"] > 0
    assert steps["rival"]["decided_by"]
    assert steps["near"][0]["text"] == "怎么付款"


@pytest.mark.slow
def test_lint_and_the_matcher_share_one_index(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each finds what the other has compiled, since both name it by the same digest."""
    monkeypatch.setenv("CSBOT_CACHE_DIR", str(tmp_path / "cache"))
    run("lint", "--library", str(folder))
    (path,) = (tmp_path / "cache").glob("index-*")
    before = path.read_bytes()
    Matcher.for_library(load_library(str(folder)))
    run("lint", "--library", str(folder))
    assert list((tmp_path / "cache").glob("index-*")) == [path]
    assert path.read_bytes() == before


@pytest.mark.parametrize("number", ["88", "886"])
def test_a_number_that_is_an_example_matches_itself(number: str, tmp_path: Path) -> None:
    intents = INTENTS.replace("      - hi\n", f'      - hi\n      - "{number}"\n')
    matcher = Matcher.for_library(load_library(str(write_library(tmp_path, intents=intents))))
    assert matcher.match(number).intent == "greeting.regular"
    assert matcher.match(f"{number}1").candidates == ()


@pytest.mark.slow
def test_two_processes_may_compile_at_once(folder: Path, tmp_path: Path) -> None:
    """Both give the same answer, and what they leave in the cache is whole."""
    environment = {**os.environ, "PYTHONPATH": str(SOURCES), "CSBOT_CACHE_DIR": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "csbot", "--library", str(folder), "match", "怎么付款", "--json"]
    started = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) for _ in range(4)]
    outputs = {process.communicate(timeout=120)[0] for process in started}
    assert [process.returncode for process in started] == [0] * 4
    assert len(outputs) == 1
    left = sorted(path.name for path in (tmp_path / "cache").iterdir())
    assert [name for name in left if not name.endswith(".cache")] == [], "no half-written file stays"
    again = subprocess.run(command, env=environment, capture_output=True, check=True, timeout=120)
    assert {again.stdout} == outputs
