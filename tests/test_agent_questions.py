"""Lines in which an agent asks for a script: told from what customers say, never matched, answered with a list."""

from __future__ import annotations

import json
import time
from datetime import datetime
from pathlib import Path

import pytest
from tests.support import ROOT, csbot, write_library
from tests.test_console_commands import Bench

from csbot.library.load import load_library
from csbot.library.models import Library
from csbot.lint.run import lint
from csbot.matching.agent_questions import LONGEST, Questions
from csbot.matching.matcher import Matcher
from csbot.matching.result import Decision
from csbot.replying.context import Context
from csbot.replying.responder import HOLDING, Responder

ROWS = [json.loads(line) for line in (ROOT / "tests/data/agent_questions.jsonl").read_text("utf-8").splitlines()]
OTHERS = [
    path
    for path in sorted((ROOT / "tests/data").glob("*.jsonl"))
    if path.name.startswith(("context", "heldout", "multi", "negation", "out_of_scope"))
]
NOW = datetime(2026, 3, 10, 15, 0)
OWN = """\
customers: [客户]
scripts: [话术]
ways: [怎么]
answering: [回]
helpless: [怎么办]
others: [客户端]
said_by_customers: [你们]
found: [客户骂人怎么办]
spared: [客户端打不开怎么办]
"""


@pytest.fixture(scope="module")
def questions(library: Library) -> Questions:
    return Questions.of_library(library)


def written(folder: Path, text: str = OWN) -> Path:
    """Write the small library with words of its own for such lines."""
    root = folder if (folder / "layer.yaml").exists() else write_library(folder)
    (root / "phrasebook").mkdir(exist_ok=True)
    (root / "phrasebook" / "agent_questions.yaml").write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize(("half", "least"), [("worked", 26), ("unseen", 27)])
def test_agents_are_told_from_customers(questions: Questions, half: str, least: int) -> None:
    rows = [row for row in ROWS if row["half"] == half]
    right = [row["text"] for row in rows if bool(questions.asked(row["text"])) is row["agent"]]
    assert len(right) >= least, [row["text"] for row in rows if row["text"] not in right]
    assert not [row["text"] for row in rows if not row["agent"] and questions.asked(row["text"])]


def test_no_other_message_is_taken_for_an_agents(questions: Questions) -> None:
    said = [row.get("text") for path in OTHERS for row in map(json.loads, path.read_text("utf-8").splitlines())]
    texts = [text for text in said if isinstance(text, str)]
    assert len(texts) > 2000
    assert [text for text in texts if questions.asked(text)] == []


@pytest.mark.parametrize(
    ("line", "sought"),
    [
        ("客户骂人该怎么回", "骂人"),
        ("怎么跟客户说要停机维护", "要停机维护"),
        ("有没有道歉的话术", "道歉"),
        ("话术：催缴费的话术有吗？", "话术:催缴费"),
        ("怎麼安撫客戶", "安抚"),
        ("结束语怎么写", "结束语"),
        ("催交物业费怎么说", "催交物业费"),
        ("让客户久等了怎么道歉", "久等了道歉"),
        ("听不清客户说什么怎么问", "听不清什么问"),
        ("客户犹豫二选一怎么促成", "犹豫二选一促成"),
        ("投诉客户详情怎么问", "投诉详情问"),
        ("给客户回电晚了，怎么道歉", "回电晚了,道歉"),
        ("别的客户都有赠品，怎么说", ""),  # customers speak of others, and of themselves
        ("发给别的顾客了怎么处理", ""),
        ("作为消费者怎么处理", ""),
        ("业主的押金怎么问", ""),
        ("退款怎么催", ""),
        ("这个怎么问", ""),
        ("话术", ""),  # of nothing
        ("客户怎么办", ""),
        ("客户骂人该怎么回\n急", ""),
        ("客户" + "很" * LONGEST + "生气怎么回", ""),
        ("", ""),
    ],
)
def test_what_is_asked_for(questions: Questions, line: str, sought: str) -> None:
    assert questions.asked(line) == sought


@pytest.mark.slow
def test_situations_are_listed_that_answer(responder: Responder) -> None:
    bench = Bench(responder)
    asked = [row for row in ROWS if row["agent"]]
    placed = []
    for row in asked:
        bench.enter(row["text"])
        listed = [each.value for label, each in sorted(bench.desk.conversation.choices.items()) if label != "0"]
        placed += [min((listed.index(each) for each in row["situations"] if each in listed), default=99)]
        bench.desk.conversation.choices.clear()
    assert sum(at < 3 for at in placed) >= 22, list(zip(placed, [row["text"] for row in asked], strict=True))


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("投诉处理完了怎么告诉客户结果", "complaint.outcome"),  # and not what a customer says who asks for it
        ("货发不了了怎么跟客户解释", "order.delay_notice"),
        ("客户提货的通知话术", "order.pickup_ready"),
        ("和客户吵起来换人接的话术", "service.hand_over"),
        ("订单确认的话术", "order.confirm"),
        ("客户骂人该怎么回", "complaint.angry_abusive"),  # customers begin that one
        ("让客户久等了怎么道歉", "service.thanks_for_waiting"),
        ("听不清客户说什么怎么问", "service.not_understood"),
        ("客户犹豫二选一怎么促成", "objection.close_two_choices"),
        ("投诉客户详情怎么问", "complaint.ask_detail"),
        ("怎么提醒客户付尾款", "order.final_payment_reminder"),
    ],
)
def test_what_only_agents_begin_wins_where_others_are_hardly_more_like_it(
    responder: Responder, line: str, first: str
) -> None:
    bench = Bench(responder)
    bench.enter(line)
    assert bench.desk.conversation.choices["1"].value == first


@pytest.mark.parametrize("line", [row["text"] for row in ROWS if row["agent"] and row["half"] == "worked"])
def test_such_a_line_is_never_matched(responder: Responder, line: str) -> None:
    context = Context(NOW)
    match = responder.match(line, context)
    assert match.decision in (Decision.AMBIGUOUS, Decision.UNMATCHED)
    assert (match.intent, match.intents, match.text) == (None, (), line)
    assert match.candidates
    response = responder.respond(line, context)
    assert response.best is not None
    assert response.best.intents == (HOLDING,)
    assert set(match.as_dict()) == {"text", "decision", "intent", "score", "candidates", "intents"}


def test_the_same_in_the_middle_of_a_conversation(responder: Responder) -> None:
    assert responder.match("转接电话怎么讲", Context(NOW, matter="order.where_is_it", same_customer=True)).sought
    assert not responder.match("转接电话怎么讲", Context(NOW), of_customer=True).sought


def test_labelled_examples_know_of_no_agents() -> None:
    from csbot.matching.corpus import Example

    examples = [Example(text, intent) for intent, text in (("a", "怎么付款"), ("b", "发票怎么开")) for _ in range(2)]
    assert not Matcher.for_examples("", examples).match("客户骂人该怎么回").sought


def test_a_library_says_by_which_words(tmp_path: Path) -> None:
    questions = Questions.of_library(load_library(str(written(tmp_path))))
    assert questions.asked("客户骂人怎么办") == "骂人"
    assert not questions.asked("买家骂人怎么办")
    assert not Questions.of_library(load_library(str(write_library(tmp_path / "bare")))).asked("客户骂人怎么办")


def test_an_upper_layer_adds_words(tmp_path: Path) -> None:
    written(tmp_path / "base")
    upper = tmp_path / "upper"
    upper.mkdir()
    (upper / "layer.yaml").write_text("level: 团队\nname: 上层\nextends: ../base\n", encoding="utf-8")
    written(upper, "customers: [贵宾]\nfound: [贵宾骂人怎么办]\nspared: [贵宾卡怎么办]\n")
    questions = Questions.of_library(load_library(str(upper)))
    assert questions.asked("贵宾骂人怎么办") == questions.asked("客户骂人怎么办") == "骂人"
    problems = [
        (each.path.rpartition("/")[2], each.line, each.code) for each in lint(upper)[0] if "question" in each.code
    ]
    assert problems == [("agent_questions.yaml", 3, "rule.question-hit")]


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("customers: [客户]", "customers: [买家]", "rule.question-missed", "agent_questions.yaml:8"),
        ("others: [客户端]", "others: [客户群]", "rule.question-hit", "agent_questions.yaml:9"),
        ("scripts: [话术]", "scripts: [话术, 怎么付款]", "rule.question-hit", "intents.yaml"),
        ("found: [客户骂人怎么办]\n", "", "schema.missing-key", "agent_questions.yaml"),
        ("ways:", "wayz:", "schema.unknown-key", "agent_questions.yaml"),
    ],
)
def test_lint_tries_the_examples(old: str, new: str, code: str, place: str, tmp_path: Path) -> None:
    assert OWN.count(old) == 1
    problems = [f"{each.path}:{each.line} {each.code}" for each in lint(written(tmp_path, OWN.replace(old, new)))[0]]
    assert any(place in each and each.endswith(code) for each in problems), problems


def test_no_line_takes_long(library: Library) -> None:
    hostile = library.agent_questions._replace(opening=("有", "有有"), ending=("没", "没没", "有"), others=())
    questions = Questions(hostile, ["话"])
    started = time.process_time()
    for word in ("有", "没", "怎么", "客户", "怎么客户", "跟客户怎么", "话术", "回"):
        questions.asked((word * LONGEST)[:LONGEST])
        questions.asked((word * LONGEST)[: LONGEST - 1] + "x")
    assert time.process_time() - started < 1.0


def test_the_console_lists_and_leaves_the_conversation_alone(responder: Responder) -> None:
    bench = Bench(responder)
    bench.enter("我的快递到哪了")
    turn, ready = bench.desk.conversation.turn, bench.ready
    shown = bench.enter("转接电话怎么讲")
    assert "这句像是您在找话术（转接电话），没有当作客户的话" in shown
    assert "service.transfer" in shown
    assert bench.desk.conversation.turn is turn
    assert bench.ready == ready
    choices = bench.desk.conversation.choices
    number = next(label for label, choice in choices.items() if choice.value == "service.transfer")
    assert "由您选定" in bench.enter(number)


@pytest.mark.parametrize("line", ["0", "/消息 客户一直不说话怎么办"])
def test_the_agent_may_say_that_a_customer_said_it(line: str, responder: Responder) -> None:
    bench = Bench(responder)
    bench.enter("客户一直不说话怎么办")
    assert "找话术" not in bench.enter(line)
    assert bench.desk.conversation.turn is not None
    assert bench.desk.conversation.turn.message == "客户一直不说话怎么办"
    assert bench.desk.conversation.waiting_since is not None


@pytest.mark.slow
def test_the_command_keeps_its_contract() -> None:
    done = csbot("match", "--jsonl", "-", stdin='{"text": "催缴费的话术"}\n')
    found = json.loads(done.stdout)
    assert list(found) == ["text", "decision", "intent", "score", "candidates", "intents"]
    assert (found["decision"], found["intent"], found["intents"]) == ("ambiguous", None, [])
    assert found["candidates"]
