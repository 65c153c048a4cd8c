"""A draft while it is typed: what is judged, when, how it is marked, and sending it against the rules."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.test_console_commands import Bench
from tests.test_console_promises import FullDisk

from csbot.console.prompt.drafting import at_caret, bracketed, draft_start, marked
from csbot.console.prompt.watching import AT_ONCE, FIRST_PACE, Seen, Watch, carried_over
from csbot.console.state.keeping import Keeping
from csbot.replying.guard import Guard
from csbot.replying.responder import Responder
from csbot.rules.wording.model import Hit
from csbot.store.overrides import KEPT, Overrides

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 3, 10, 15, 0)
FORBIDDEN = "您好，这个我不清楚。"


@pytest.mark.parametrize(
    ("line", "draft"),
    [
        ("> 您好", " 您好"),
        ("＞您好", "您好"),
        ("  >您好\n第二行", "您好\n第二行"),
        (">", ""),
        ("/检查 您好", "您好"),
        ("／检查您好", "您好"),
        ("/c 您好", "您好"),
        ("/改 您好 您好", "您好 您好"),
        ("/改", None),
        ("/用 payment.failed", None),
        ("/客户 王 先生", None),
        ("我要投诉 > 投诉", None),
        ("", None),
    ],
)
def test_where_a_draft_begins(line: str, draft: str | None) -> None:
    start = draft_start(line)
    assert (None if start is None else line[start:]) == draft


class CountingGuard:
    """A guard that counts what it judges, as slowly as it is told, and finds 「不行」."""

    def __init__(self, guard: Guard, seconds: float = 0.0) -> None:
        self.guard, self.seconds = guard, seconds
        self.judged: list[str] = []

    def findings(self, text: str) -> list[Hit]:
        self.judged.append(text)
        time.sleep(self.seconds)
        return self.guard.findings(text)

    def rewriting(self, draft: str, address: str = "") -> Any:
        return self.guard.rewriting(draft, address)


def watch_with(counting: CountingGuard) -> tuple[Watch, threading.Event]:
    changed = threading.Event()
    return Watch(lambda: cast(Guard, counting), changed.set), changed


def test_a_short_draft_is_judged_at_once_and_once(guard: Guard) -> None:
    counting = CountingGuard(guard)
    watch, _ = watch_with(counting)
    seen = watch.look(FORBIDDEN)
    assert ([hit.found for hit in seen.hits], seen.settled) == (["我不清楚"], True)
    assert watch.look(FORBIDDEN) is seen
    assert counting.judged == [FORBIDDEN]


def test_a_long_draft_is_judged_beside_the_typing_and_only_as_it_was_left(guard: Guard) -> None:
    counting = CountingGuard(guard)
    watch, changed = watch_with(counting)
    long = "您好。" * int(2 * AT_ONCE / FIRST_PACE / 3)
    for count in range(10):  # ten keystrokes in a row
        start = time.thread_time()
        assert not watch.look(long + FORBIDDEN[:count]).settled
        assert time.thread_time() - start < 0.05
    last = long + FORBIDDEN
    assert not watch.look(last).settled
    assert changed.wait(30)
    assert counting.judged[-1] == last
    assert len(counting.judged) <= 2  # a pause of the machine may have let one more through
    seen = watch.look(last)
    assert seen.settled
    assert [(hit.start, hit.found) for hit in seen.hits] == [(len(long) + 5, "我不清楚")]


def test_until_the_guard_is_warm_no_keystroke_waits_for_it(guard: Guard) -> None:
    counting, warm, changed = CountingGuard(guard), threading.Event(), threading.Event()
    watch = Watch(lambda: cast(Guard, counting), changed.set, warm.is_set)
    assert watch.look(FORBIDDEN) == Seen(FORBIDDEN, settled=False)
    assert changed.wait(30)
    assert [hit.found for hit in watch.look(FORBIDDEN).hits] == ["我不清楚"]
    warm.set()
    assert watch.look(f"{FORBIDDEN}！").settled


@pytest.mark.slow
def test_a_result_that_comes_too_late_is_dropped(guard: Guard) -> None:
    counting = CountingGuard(guard, seconds=0.3)
    watch, changed = watch_with(counting)
    long = "您好。" * int(2 * AT_ONCE / FIRST_PACE / 3)
    watch.look(long + FORBIDDEN)
    while not counting.judged:
        time.sleep(0.01)
    assert watch.look(long).hits == ()  # typed while the first was being judged
    assert changed.wait(30)
    assert watch.look(long) == Seen(long)
    assert counting.judged == [long + FORBIDDEN, long]


def test_a_slow_machine_judges_less_within_a_keystroke(guard: Guard) -> None:
    watch, _ = watch_with(CountingGuard(guard, seconds=AT_ONCE))
    settled = [watch.look("您" * 100 + "好" * number).settled for number in range(40)]
    assert settled[0]
    assert not settled[-1]


def test_without_rules_nothing_is_called_clean() -> None:
    watch = Watch(lambda: None)
    assert not watch.ready
    assert not watch.look("您好").settled


def test_the_rewriting_is_made_beside_the_typing(guard: Guard) -> None:
    watch, _ = watch_with(CountingGuard(guard))
    done, texts = threading.Event(), list[str | None]()

    def take(rewriting: Any) -> None:
        texts.append(rewriting.text)
        done.set()

    watch.rewrite(FORBIDDEN, "", take)
    assert done.wait(30)
    assert texts == ["您好，这个我帮您核实清楚后回复您。"]


WORDS = st.text(alphabet="我不清楚行，。", max_size=12)


@given(WORDS, WORDS, WORDS, WORDS)
def test_what_was_found_is_carried_over_to_the_same_words(
    guard: Guard, before: str, old: str, new: str, behind: str
) -> None:
    seen = Seen(before + old + behind, tuple(guard.findings(before + old + behind)))
    draft = before + new + behind
    for hit in carried_over(seen, draft):
        assert draft[hit.start : hit.end] == hit.found
    untouched = [hit for hit in seen.hits if hit.end <= len(before)]
    assert set(untouched) <= set(carried_over(seen, draft))


@pytest.mark.parametrize(
    ("fragments", "spans", "expected"),
    [
        ([("", "您好我不清楚")], [(2, 6, "x")], [("", "您好"), ("x", "我不清楚")]),
        ([("", "我不清楚")], [(0, 4, "x")], [("x", "我不清楚")]),
        ([("a", "一二"), ("b", "三四五")], [(1, 4, "x")], [("a", "一"), ("a x", "二"), ("b x", "三四"), ("b", "五")]),
        ([("", "一二三四")], [(0, 2, "x"), (1, 3, "y")], [("x", "一二"), ("y", "三"), ("", "四")]),
        ([("", "您好")], [], [("", "您好")]),
        ([("", "您好")], [(-3, -1, "x"), (-1, 1, "y"), (5, 6, "x")], [("y", "您"), ("", "好")]),
    ],
)  # fmt: skip
def test_marking(fragments: Any, spans: Any, expected: Any) -> None:
    assert marked(fragments, spans) == expected


def test_ten_thousand_characters_with_a_thousand_findings_are_marked_in_one_pass() -> None:
    start = time.thread_time()
    styled = marked([("", "我不清楚的，" * 1700)], [(at, at + 4, "x") for at in range(0, 10_200, 6)])
    assert time.thread_time() - start < 0.5
    assert sum(style == "x" for style, *_ in styled) == 1700


def test_the_finding_at_the_caret_is_explained(guard: Guard) -> None:
    hits = tuple(guard.findings("不行。我不清楚。"))
    assert [at_caret(hits, caret) for caret in (0, 2, 3, 8)] == [0, 0, 1, 1]
    assert at_caret(hits[1:], 0) == 0


def test_a_finding_is_shown_in_brackets_without_colour(guard: Guard) -> None:
    (hit,) = guard.findings(FORBIDDEN)
    assert bracketed(FORBIDDEN, hit) == "「您好，这个[我不清楚]。」"
    draft = "非常抱歉让您久等了，" + FORBIDDEN + "请您稍等，我马上问。\x1b[2J"
    (hit,) = guard.findings(draft)
    assert bracketed(draft, hit) == "「……等了，您好，这个[我不清楚]。请您稍等，我马……」"


# Sending against the rules


@pytest.fixture
def bench(responder: Responder, tmp_path: Path) -> Bench:
    bench = Bench(responder)
    bench.desk.keeping = Keeping(overrides=Overrides(tmp_path / "overrides.sqlite", lambda: NOW))
    return bench


def kept(bench: Bench) -> list[tuple[str, tuple[str, ...], str]]:
    assert bench.desk.keeping.overrides is not None
    return [(each.text, each.rules, each.reason) for each in bench.desk.keeping.overrides.since()]


def test_enter_never_copies_a_violation_as_it_was_typed(bench: Bench) -> None:
    bench.enter("> 这人真是有病")
    bench.enter("")
    bench.enter("/复制")
    assert bench.copied == []


def test_a_violation_is_sent_with_a_reason_and_noted(bench: Bench) -> None:
    draft = "您好，这个我不清楚，您的电话13812345678我转给同事。"
    bench.enter("> " + draft)
    assert "写明理由" in bench.enter("/仍要发送")
    assert "写明理由" in bench.enter("/仍要发送 无")
    assert bench.copied == []
    assert kept(bench) == []
    shown = bench.enter("/仍要发送 客户 要求原话，电话13812345678")
    assert "违规发送记录 1" in shown
    assert bench.copied == [draft]
    assert kept(bench) == [
        (draft.replace("13812345678", "138****5678"), ("shirking.not_clear",), "客户 要求原话，电话138****5678")
    ]
    bench.enter("")
    assert "没有被拦下的话" in bench.enter("/仍要发送 再来一次")
    assert bench.copied == [draft]


def test_a_wording_refused_while_editing_can_be_sent_from_there(bench: Bench) -> None:
    bench.enter("我要投诉")
    edited = bench.ready + "这个我不清楚。"
    bench.enter("/改", edited, "/仍要发送 客户要求原话")
    assert bench.desk.pending == ["/仍要发送 客户要求原话"]
    bench.enter(bench.desk.pending.pop())
    assert bench.copied == [edited]


def test_reminders_are_the_agents_own_affair(bench: Bench) -> None:
    shown = bench.enter("> 麻烦把你的订单号发一下")
    assert "提醒" in shown
    bench.enter("/仍要发送")
    assert bench.copied == ["麻烦把你的订单号发一下"]
    assert kept(bench) == []


def test_a_reminder_that_is_a_violation_for_this_customer_needs_a_reason(bench: Bench, responder: Responder) -> None:
    rule = next(each for each in responder.library.forbidden if ("customer_type", "求异型") in each.escalate)
    draft = next(
        each for each in rule.positives if {hit.rule.id for hit in responder.guard.findings(each)} == {rule.id}
    )
    bench.enter("/类型 求异型")
    bench.enter("> " + draft)
    assert "写明理由" in bench.enter("/仍要发送")
    bench.enter("/仍要发送 合同里写明的承诺")
    assert kept(bench) == [(draft, (rule.id,), "合同里写明的承诺")]


def test_what_was_refused_ends_with_the_draft_and_the_customer(bench: Bench) -> None:
    bench.enter("> 这个我不清楚")
    bench.enter("> 好的，我马上帮您核实。")
    assert "没有被拦下的话" in bench.enter("/仍要发送 理由理由")
    bench.enter("> 这个我不清楚")
    bench.enter("/新客户")
    assert "没有被拦下的话" in bench.enter("/仍要发送 理由理由")
    bench.enter("我要投诉")
    bench.enter("/改", "这个我不清楚，【时限】", None)
    assert "没有被拦下的话" in bench.enter("/仍要发送 理由理由")
    assert bench.copied == []


@pytest.mark.parametrize("keeping", [None, FullDisk()], ids=["no folder", "full disk"])
def test_what_cannot_be_noted_is_not_copied(bench: Bench, tmp_path: Path, keeping: FullDisk | None) -> None:
    overrides = None if keeping is None else Overrides(tmp_path / "full.sqlite", lambda: NOW, keeping)
    bench.desk.keeping = Keeping(overrides=overrides)
    bench.enter("> 这个我不清楚")
    assert "没有复制" in bench.enter("/仍要发送 客户要求原话")
    assert bench.copied == []


def test_overrides_go_after_a_while_and_are_their_owners_alone(tmp_path: Path) -> None:
    now = [NOW]
    overrides = Overrides(tmp_path / "data" / "overrides.sqlite", lambda: now[0])
    assert overrides.since() == []
    assert not (tmp_path / "data").exists()
    assert overrides.add("不清楚", ["shirking.not_clear", "shirking.not_clear"], "理由\0\ud800") == 1
    now[0] += timedelta(days=1)
    assert overrides.add("不行", ["ten_donts.no_way"], "理由") == 2
    assert [each.id for each in overrides.since()] == [1, 2]
    assert overrides.since()[0].rules == ("shirking.not_clear",)
    assert [each.id for each in overrides.since(NOW + timedelta(hours=1))] == [2]
    now[0] = NOW + KEPT + timedelta(hours=1)
    overrides.add("不行", ["ten_donts.no_way"], "理由")
    assert [each.id for each in overrides.since()] == [2, 3]
    overrides.close()
    if os.name == "posix":
        assert (tmp_path / "data" / "overrides.sqlite").stat().st_mode & 0o777 == 0o600


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def csbot(tmp_path: Path) -> Run:
    settings = {"PYTHONPATH": str(ROOT / "src"), "CSBOT_DATA_DIR": str(tmp_path), "TZ": "UTC"}

    def run(*arguments: str, **environment: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [sys.executable, "-m", "csbot", "overrides", "--now", "2026-03-10T15:00", *arguments],
            env=os.environ | settings | environment,
            capture_output=True,
            text=True,
            timeout=60,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.mark.slow
def test_the_command_for_other_programs(csbot: Run, tmp_path: Path) -> None:
    assert csbot() == (0, "没有明知违规仍然发送的话。\n", "")
    assert csbot("--json") == (0, '{"since": null, "overrides": []}\n', "")
    assert list(tmp_path.iterdir()) == []
    overrides = Overrides(tmp_path / "overrides.sqlite", lambda: NOW)
    overrides.add("这个我\x1b[31m不清楚\n真的", ["shirking.not_clear", "ten_donts.no_way"], "客户要求原话")
    overrides.close()
    connection = sqlite3.connect(tmp_path / "overrides.sqlite")
    made = int((NOW - datetime(1970, 1, 1)).total_seconds()) - 3600  # 14:00 by the clock of the command (UTC)
    connection.execute("UPDATE override SET made = ?", (made,))
    connection.commit()
    connection.close()
    code, out, _ = csbot()
    assert code == 1
    assert out.startswith("#1  2026-03-10 14:00  shirking.not_clear ten_donts.no_way  理由：客户要求原话\n")
    assert "\x1b" not in out
    code, out, _ = csbot("--since", "2h", "--json")
    told = json.loads(out)
    assert (code, told["since"]) == (1, "2026-03-10T13:00:00+00:00")
    assert [(each["id"], each["made"], each["rules"], each["reason"]) for each in told["overrides"]] == [
        (1, "2026-03-10T14:00:00+00:00", ["shirking.not_clear", "ten_donts.no_way"], "客户要求原话")
    ]
    assert csbot("--since", "30m")[0] == 0
    assert csbot("--since", "soon")[0] == 2
    assert csbot(CSBOT_DATA_DIR="")[0] == 0
    (tmp_path / "overrides.sqlite").write_bytes(b"not a database at all" * 100)
    code, out, error = csbot("--json")
    assert (code, out) == (2, "")
    assert "已损坏" in error
