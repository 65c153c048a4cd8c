"""``csbot test``: tests that trainers write, what they say when they fail, and how they are checked."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.support import csbot, edited, environment, place_of, places, write_library

from csbot.library.load import load_library, load_with_tests, read_documents
from csbot.library.models import Library
from csbot.replying.responder import Responder
from csbot.trials.cases import ORDINARY, Case, cases_of
from csbot.trials.coverage import coverage_of
from csbot.trials.run import Result, run_cases

ROOT = Path(__file__).resolve().parent.parent
CYCLE = ("接待", "理解", "帮助", "留住")
COMPLAINT = tuple(
    f"complaint.{step}"
    for step in ("want_to_complain", "ask_detail", "anything_to_add", "cannot_answer_now", "accepted_closing")
)
CONVERSATION = """\
name: 先问付款，再要发票
slots: {姓氏: 王, 称谓: 女士}
steps:
  - customer: 怎么付款
    expect: {situation: payment.methods, contains: [王女士], elements: [pay_ways], next: [payment.invoice]}
  - use: payment.invoice
    expect: {elements: [thanks], not_contains: [不知道]}
  - agent: 我帮您查一下
  - agent: 这个我不知道
    expect: {forbidden: [ten_donts.dont_know]}
"""


def with_tests(tests: str, after: str = "    next: [payment.invoice]\n") -> dict[str, str]:
    """Return an override that puts ``tests`` (YAML at its own indentation) into the first script."""
    return edited("scripts", after, after + tests)


def conversation(folder: Path, text: str = CONVERSATION, name: str = "付款") -> Path:
    path = folder / "scripts_library" / "conversations" / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


def results(folder: Path) -> list[Result]:
    library, documents = load_with_tests(folder)
    return list(run_cases(Responder(library), cases_of(library, documents)))


def failures(folder: Path) -> list[str]:
    return [each for result in results(folder) for outcome in result.outcomes for each in outcome.failures]


def test_a_conversation_passes_step_by_step(tmp_path: Path) -> None:
    (result,) = results(conversation(write_library(tmp_path)))
    assert not result.failed
    assert [outcome.situations for outcome in result.outcomes] == [("payment.methods",), ("payment.invoice",), (), ()]
    assert result.outcomes[0].reply == "王女士，您可以用支付宝付款，24小时内到账。"
    assert result.outcomes[3].fired == ("ten_donts.dont_know",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("situation: payment.methods", "situation: payment.invoice", "情景应当是 payment.invoice（索要发票）"),
        ("contains: [王女士]", "contains: [李女士]", "回复里没有「李女士」"),
        ("not_contains: [不知道]", "not_contains: [发票]", "回复里不该有「发票」"),
        ("elements: [thanks]", "elements: [ask_need]", "回复里缺少要素「询问需求」（ask_need）"),
        ("next: [payment.invoice]", "next: [greeting.regular]", "接下来没有提供 greeting.regular（打招呼）"),
        ("我帮您查一下", "这个没办法", "「没办法」是服务忌语（ten_donts.no_way）"),
        ("[ten_donts.dont_know]", "[ten_donts.dont_know], verdict: ok", "判定应当是 ok，得到的是 violation"),
        ("这个我不知道", "我帮您问一下", "规则 ten_donts.dont_know 没有命中"),
        ("这个我不知道", "这个我不知道，没办法", "除了写的，还有：「没办法」是服务忌语（ten_donts.no_way）"),
    ],
)
def test_each_expectation_can_fail(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert CONVERSATION.count(old) == 1
    (failure,) = failures(conversation(write_library(tmp_path), CONVERSATION.replace(old, new)))
    assert failure.startswith(said)


def test_a_test_beside_a_script_expects_its_own_situation(tmp_path: Path) -> None:
    good = "    tests:\n      - customer: 你们支持哪些付款方式\n"
    assert failures(write_library(tmp_path, **with_tests(good))) == []
    bad = "    tests:\n      - customer: 麻烦给我开个票\n"
    (failure,) = failures(write_library(tmp_path, **with_tests(bad)))
    assert failure == "情景应当是 payment.methods（询问付款方式），得到的是 payment.invoice（索要发票）"


def test_what_is_not_recognised_is_the_holding_situation(tmp_path: Path) -> None:
    text = "name: 闲话\nsteps:\n  - customer: 今天天气真好\n    expect: {situation: service.not_understood}\n"
    assert failures(conversation(write_library(tmp_path), text)) == []


def test_without_a_time_of_its_own_a_test_runs_on_an_ordinary_morning(tmp_path: Path) -> None:
    tests = (
        "    tests:\n      - {customer: 怎么付款, expect: {contains: [早上好]}}\n"
        "      - {customer: 怎么付款, now: 2026-02-17T15:00, expect: {contains: [新年好]}}\n"
    )
    folder = write_library(tmp_path, **with_tests(tests))
    assert failures(folder) == []
    assert results(folder)[0].case.now == ORDINARY


def test_a_reply_is_not_repeated_within_a_conversation(tmp_path: Path) -> None:
    text = "name: 问两遍\nsteps:\n  - {customer: 怎么付款}\n  - {customer: 怎么付款}\n"
    (result,) = results(conversation(write_library(tmp_path), text))
    assert len({outcome.reply for outcome in result.outcomes}) == 2


INVALID = [
    ("customer: 怎么付款", "customr: 怎么付款", "schema.unknown-key", "customr"),
    ("customer: 怎么付款", "agent: 您好\n    use: payment.invoice", "test.step", "agent: 您好"),
    ("situation: payment.methods", "situation: payment.method", "ref.unknown", "payment.method"),
    ("[pay_ways]", "[pay_way]", "ref.unknown", "pay_way]"),
    ("next: [payment.invoice]", "next: [payment.invoce]", "ref.unknown", "payment.invoce"),
    ("[ten_donts.dont_know]", "[ten_donts.dont_now]", "ref.unknown", "ten_donts.dont_now"),
    ("{姓氏: 王,", "{姓: 王,", "ref.unknown", "王,"),
    ("{姓氏: 王,", "{姓氏: 王1,", "test.slot", "王1,"),
    ("use: payment.invoice", "use: payment.refund", "ref.unknown", "payment.refund"),
    ("{forbidden:", "{contains: [好], forbidden:", "test.step", "[好]"),
    ("{elements: [thanks]", "{situation: payment.invoice, situations: [payment.invoice]", "test.step", "{situation"),
    ("steps:", "now: 2026-02-30T10:00\nsteps:", "schema.format", "2026-02-30"),
    ("steps:", "now: 明天\nsteps:", "schema.format", "明天"),
    ("steps:", "known_failures: [{name: 别的, reason: 以后改}]\nsteps:", "ref.unknown", "别的"),
    ("name: 先问", "name： 先问", "yaml.syntax", "："),
]


@pytest.mark.slow
@pytest.mark.parametrize(("old", "new", "code", "at"), INVALID)
def test_a_broken_test_file_stops_with_its_place(tmp_path: Path, old: str, new: str, code: str, at: str) -> None:
    text = CONVERSATION.replace(old, new, 1)
    assert text != CONVERSATION
    conversation(write_library(tmp_path), text)
    done = csbot("--library", str(tmp_path), "test")
    assert (done.returncode, done.stdout) == (2, "")
    before = text[: text.index(at, max(0, text.index(new)))]
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    first = done.stderr.splitlines()[0]
    assert first.startswith(f"{tmp_path}/scripts_library/conversations/付款.yaml:{line}:"), first
    assert f": {code} " in first
    if code in ("ref.unknown", "test.slot"):
        assert f":{line}:{column}: " in first


def test_a_broken_conversation_takes_the_replies_from_nobody(tmp_path: Path) -> None:
    conversation(write_library(tmp_path), "name: x\nname: y\n")
    assert load_library(str(tmp_path)).scripts
    _, problems = read_documents(tmp_path)
    assert places(problems, tmp_path) == ["scripts_library/conversations/付款.yaml:2:1: yaml.duplicate-key"]


def test_conversations_need_names_of_their_own(tmp_path: Path) -> None:
    conversation(conversation(write_library(tmp_path)), name="再一次")
    _, problems = read_documents(tmp_path)
    assert [problem.code for problem in problems] == ["ref.duplicate"]


def test_a_situation_of_customers_is_tested_by_what_they_say(tmp_path: Path) -> None:
    tests = "    tests:\n      - name: 空的\n"
    text = with_tests(tests)["scripts"]
    _, problems = read_documents(write_library(tmp_path, scripts=text))
    wanted = place_of("scripts", text, "name: 空的")
    assert places(problems, tmp_path) == [f"{wanted}: test.step"]


def test_tests_do_not_change_what_messages_are_recognised_by(tmp_path: Path) -> None:
    plain = load_library(str(write_library(tmp_path / "a")))
    tested = load_library(str(write_library(tmp_path / "b", **with_tests("    tests: [{customer: 怎么付款}]\n"))))
    assert plain.recognition == tested.recognition
    assert plain.digest != tested.digest
    other = load_library(str(write_library(tmp_path / "c", **edited("intents", "- 有人吗", "- 有人没有"))))
    assert other.recognition != plain.recognition


FAILING = "    tests:\n      - customer: 麻烦给我开个票\n      - customer: 怎么付款\n"


@pytest.mark.slow
def test_the_output_says_what_was_said_expected_and_came(tmp_path: Path) -> None:
    text = with_tests(FAILING)["scripts"]
    write_library(tmp_path, scripts=text)
    done = csbot("--library", ".", "test", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines() == [
        f"{place_of('scripts', text, 'customer: 麻烦')}: test.failed 「麻烦给我开个票」没有通过",
        "    客户说：麻烦给我开个票",
        "    应当是：情景 payment.methods（询问付款方式）",
        "    得到的：情景 payment.invoice（索要发票），把握 " + done.stdout.split("把握 ")[1].splitlines()[0],
        "    回复：感谢您的来询，发票会在24小时内寄出。",
        "    不符合：情景应当是 payment.methods（询问付款方式），得到的是 payment.invoice（索要发票）",
        "    怎样改：客户真会这样说，就给 payment.methods 补几条像它的例句；测试写错了，就改测试",
        "测试 2 个（2 步，其中对话 0 个）：通过 1，失败 1",
    ]


def test_the_exit_codes(tmp_path: Path) -> None:
    clean = conversation(write_library(tmp_path / "clean"))
    assert csbot("--library", str(clean), "test").returncode == 0
    without = write_library(tmp_path / "without")
    done = csbot("--library", str(without), "test")
    assert done.returncode == 2
    assert "还没有测试" in done.stderr
    assert csbot("--library", str(clean), "test", "没有这个").returncode == 2
    assert csbot("--library", str(clean), "test", "先问").returncode == 0
    assert csbot("--library", str(clean), "test", "conversations/付款.yaml").returncode == 0


@pytest.mark.slow
def test_known_failures_are_listed_and_may_not_pass(tmp_path: Path) -> None:
    known = with_tests(FAILING)["scripts"] + "known_failures:\n  - {name: 麻烦给我开个票, reason: 例句还少}\n"
    folder = write_library(tmp_path, scripts=known)
    done = csbot("--library", str(folder), "test")
    assert done.returncode == 0
    assert "「麻烦给我开个票」：例句还少" in done.stdout
    assert "通过 1，失败 0，已知失败 1" in done.stdout
    passing = known.replace("name: 麻烦给我开个票", "name: 怎么付款")
    done = csbot("--library", str(write_library(tmp_path, scripts=passing)), "test")
    assert done.returncode == 1
    assert "test.passes-again 「怎么付款」已经通过" in done.stdout
    assert "失败 2" in done.stdout


@pytest.mark.slow
def test_junit_has_a_case_for_each_step(tmp_path: Path) -> None:
    write_library(tmp_path, **with_tests(FAILING))
    conversation(tmp_path)
    done = csbot("--library", ".", "test", "--report", "junit=out.xml", cwd=tmp_path)
    assert done.returncode == 1
    root = ElementTree.parse(tmp_path / "out.xml").getroot()
    assert (root.get("name"), root.get("tests"), root.get("failures")) == ("csbot test", "6", "1")
    cases = {case.get("name"): case for case in root.iter("testcase")}
    assert list(cases)[:2] == ["麻烦给我开个票", "怎么付款"]
    assert "先问付款，再要发票（第 4 步）" in cases
    assert cases["麻烦给我开个票"].find("failure") is not None
    assert cases["怎么付款"].find("failure") is None


@pytest.mark.slow
@pytest.mark.parametrize("name", ["text", "line", "json", "sarif", "github", "gitlab", "checkstyle"])
def test_the_other_formats_name_the_failure(tmp_path: Path, name: str) -> None:
    write_library(tmp_path, **with_tests(FAILING))
    done = csbot("--library", ".", "test", "--report", name, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert "test.failed" in done.stdout


@pytest.mark.slow
def test_json_and_coverage(tmp_path: Path) -> None:
    conversation(write_library(tmp_path))
    done = csbot("--library", str(tmp_path), "test", "--json", "--coverage")
    report = json.loads(done.stdout)
    assert (report["tests"], report["passed"], report["failed"], report["findings"]) == (1, 1, 0, [])
    assert report["results"][0]["steps"][0]["variant"] == "payment.methods#2"
    assert report["coverage"]["situations"] == {
        "total": 4,
        "seen": 2,
        "missing": ["greeting.regular", "service.not_understood"],
    }
    assert report["coverage"]["variants"]["seen"] == 2
    assert "payment.methods#2" not in report["coverage"]["variants"]["missing"]
    assert report["coverage"]["elements"]["missing"] == ["ask_need"]
    assert report["coverage"]["forbidden"]["missing"] == ["ten_donts.no_way", "ten_donts.certainly"]
    shown = csbot("--library", str(tmp_path), "test", "--coverage").stdout
    assert "走到的情景 2 / 4（50%）" in shown
    assert "没有走到：greeting.regular、service.not_understood" in shown


@pytest.mark.slow
def test_a_text_in_a_test_cannot_drive_the_terminal(tmp_path: Path) -> None:
    tests = '    tests:\n      - customer: "麻烦给我\\e[31m开个票"\n'
    done = csbot("--library", str(write_library(tmp_path, **with_tests(tests))), "test")
    assert done.returncode == 1
    assert "\x1b" not in done.stdout


@pytest.mark.slow
def test_in_a_workflow_failures_are_annotations(tmp_path: Path) -> None:
    write_library(tmp_path, **with_tests(FAILING))
    done = csbot("--library", ".", "test", cwd=tmp_path, env=environment(GITHUB_ACTIONS="true"))
    assert "::error file=scripts_library/small.yaml" in done.stderr


@pytest.fixture(scope="module")
def own(library: Library) -> list[Case]:
    """The tests that come with the library of this repository."""
    return cases_of(*load_with_tests(ROOT))


def test_the_library_comes_with_tests_of_its_own(own: list[Case]) -> None:
    beside = [case for case in own if len(case.steps) == 1]
    wanted = {situation for case in beside for situation in case.steps[0].expected.situations}
    assert len(wanted) >= 40
    conversations = [case for case in own if len(case.steps) > 1]
    for step in CYCLE:
        assert any(case.name.startswith(f"{step}：") for case in conversations), step
    procedures = [tuple(each for step in case.steps for each in step.expected.situations) for case in conversations]
    assert COMPLAINT in procedures


def test_messages_of_tests_are_not_copied_from_the_examples(own: list[Case], library: Library) -> None:
    examples = {text for intent in library.intents.values() for text in intent.examples}
    beside = [case.steps[0].text for case in own if len(case.steps) == 1 and case.steps[0].speaker == "customer"]
    copied = [text for text in beside if text in examples]
    assert copied == []


@pytest.mark.slow
def test_the_tests_of_the_library_pass(own: list[Case], responder: Responder) -> None:
    done = list(run_cases(responder, own))
    failed = {result.case.name for result in done if result.failed}
    assert failed == {result.case.name for result in done if result.case.known_failure}
    assert coverage_of(responder, done)["situations"].seen >= 80
