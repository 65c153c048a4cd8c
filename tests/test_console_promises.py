"""Search and promises at the console's desk, and ``csbot promises`` beside it."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from tests.test_console_commands import ReadyLoader, ScriptedTerminal

from csbot.console import app
from csbot.console.commands.registry import dispatch
from csbot.console.prompt.toolbar import toolbar
from csbot.console.screen.view import View
from csbot.console.state.desk import Desk
from csbot.console.state.keeping import Keeping, due_words
from csbot.replying.responder import Responder
from csbot.store.habits import Habits
from csbot.store.ledger import Counts, Ledger

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 3, 10, 15, 0)  # a Tuesday
COMPLAINT = "我要投诉你们的送货员"


class Bench:
    """A desk with stores in a folder of its own, a scripted terminal and a clock that can be moved."""

    def __init__(self, responder: Responder, folder: Path, connect: Callable[..., Any] = sqlite3.connect) -> None:
        self.output = StringIO()
        self.now = NOW
        self.ledger = Ledger(folder / "promises.sqlite", self.clock, connect)
        self.copied: list[str] = []
        self.desk = Desk(
            ReadyLoader(responder),
            ScriptedTerminal(),
            self.clock,
            self._copy,
            View(self.output, colour=False, width=80),
            Keeping(self.ledger, Habits(folder / "habits.sqlite", connect)),
        )

    def clock(self) -> datetime:
        return self.now

    def _copy(self, text: str) -> str:
        self.copied.append(text)
        return "已复制。"

    def enter(self, *lines: str) -> str:
        """Enter lines and return what the last one printed."""
        start = 0
        for line in lines:
            start = len(self.output.getvalue())
            dispatch(self.desk, line)
        return self.output.getvalue()[start:]

    @property
    def toolbar(self) -> str:
        self.desk.keeping.changed()
        return "".join(piece[1] for piece in toolbar(self.desk)())


@pytest.fixture
def bench(responder: Responder, tmp_path: Path) -> Bench:
    return Bench(responder, tmp_path)


def intent_of(bench: Bench) -> tuple[str, ...]:
    assert bench.desk.conversation.turn is not None
    return bench.desk.conversation.turn.intents


@pytest.mark.parametrize(
    ("line", "intent"),
    [
        ("/hdfk", "payment.cash_on_delivery"),
        ("/HDFK", "payment.cash_on_delivery"),
        ("／货到付款", "payment.cash_on_delivery"),
        ("/payment.invoice", "payment.invoice"),
        ("/用 hdfk", "payment.cash_on_delivery"),
    ],
)
def test_a_fragment_that_finds_one_situation_answers_with_it(bench: Bench, line: str, intent: str) -> None:
    shown = bench.enter(line)
    assert intent_of(bench) == (intent,)
    assert bench.desk.conversation.ready in shown


def test_a_fragment_that_finds_several_lists_them(bench: Bench) -> None:
    shown = bench.enter("/发票")
    assert bench.desk.conversation.turn is None
    assert "payment.invoice_reissue" in shown
    bench.enter("1")
    assert intent_of(bench)[0].startswith("payment.invoice")


def test_one_reply_of_a_situation_is_shown(bench: Bench) -> None:
    bench.enter("/payment.invoice#3")
    assert bench.desk.conversation.turn is not None
    assert bench.desk.conversation.turn.current == "payment.invoice#3"


def test_commands_win_over_what_they_would_find(bench: Bench) -> None:
    assert "要检查" in bench.enter("/c") or "没有要检查" in bench.enter("/c")
    assert "没有待办" in bench.enter("/d")
    assert "不能发送" in bench.enter("/检查这个我不清楚")
    assert bench.desk.conversation.turn is None
    assert "没有命令" in bench.enter("/量子力学")
    assert "没有命令" in bench.enter("/(?:[")


@pytest.mark.slow
def test_a_name_that_begins_like_a_command_is_found(bench: Bench) -> None:
    shown = bench.enter("/客户自行提货")  # /客户 is a command
    assert intent_of(bench) == ("order.self_pickup",)
    assert "order.self_pickup" in shown
    assert "客户：王先生" in bench.enter("/客户王先生")


def test_favourites_stand_first(bench: Bench) -> None:
    assert "先选一个情景" in bench.enter("/收藏")
    first = bench.enter("/找 发票").splitlines()[0]
    other = "payment.invoice" if "payment.invoice_reissue" in first else "payment.invoice_reissue"
    assert "已收藏" in bench.enter(f"/收藏 {other}")
    assert "★" in bench.enter("/找 发票").splitlines()[0]
    assert bench.enter("/找 发票").splitlines()[0].endswith(other)
    assert "不再收藏" in bench.enter(f"/收藏 {other}")
    bench.enter("我要投诉", "")
    assert bench.desk.keeping.habits()["complaint.want_to_complain"].uses == 1


def test_a_reply_that_is_copied_and_promises_is_written_down(bench: Bench) -> None:
    bench.enter("/客户 王 先生", COMPLAINT)
    assert bench.ledger.open_promises() == []  # shown, and not taken
    shown = bench.enter("")
    assert "已记入待办 1：明天 15:00前" in shown
    (promise,) = bench.ledger.open_promises()
    assert (promise.customer, promise.due, promise.text) == ("王先生", NOW + timedelta(hours=24), bench.copied[0])
    bench.enter("/复制")
    bench.enter("2", "")
    assert [(each.id, each.text) for each in bench.ledger.open_promises()] == [(1, bench.copied[-1])]
    assert "待办 1" in bench.toolbar


def test_a_reply_that_is_stacked_after_it_was_taken_promises_once(bench: Bench) -> None:
    bench.enter("/客户 王 先生", COMPLAINT, "")
    assert "已记入待办 1" in bench.enter("/加", "/加 > 您放心，由我跟进到底。", "/拼", "")
    (promise,) = bench.ledger.open_promises()
    assert (promise.id, promise.text) == (1, bench.copied[-1])
    assert promise.text.endswith("您放心，由我跟进到底。")
    bench.enter("/待办 完成 1", COMPLAINT, "/加", "")
    assert [each.id for each in bench.ledger.open_promises()] == [2]  # what is done stays done


@pytest.mark.parametrize("rewording", ["/拼 改 1", "/拼 改"])
def test_a_stacked_reply_that_is_reworded_after_it_was_taken_promises_once(rewording: str, bench: Bench) -> None:
    bench.enter(COMPLAINT, "", "/加")
    taken = bench.copied[-1]
    assert isinstance(bench.desk.terminal, ScriptedTerminal)
    bench.desk.terminal.answers = [f"{taken}祝您生活愉快。"]
    bench.enter(rewording, "")
    (promise,) = bench.ledger.open_promises()
    assert (promise.id, promise.text) == (1, f"{taken}祝您生活愉快。")


def test_a_time_inside_a_longer_element_is_a_promise(bench: Bench) -> None:
    bench.enter("> 我马上登记，24小时内由专人跟进处理。", "")
    (promise,) = bench.ledger.open_promises()
    assert promise.due == NOW + timedelta(hours=24)
    assert "deadline" in bench.desk.conversation.progress.said


def test_a_letter_that_is_no_choice_is_no_message(bench: Bench) -> None:
    bench.enter("/客户 王 先生", COMPLAINT)
    for missed in ("z", "Ｚ", "9"):
        assert f"没有「{missed}」这一项" in bench.enter(missed)
    turn = bench.desk.conversation.turn
    assert turn is not None
    assert turn.message == COMPLAINT
    bench.enter("/消息 z")
    assert bench.desk.conversation.turn is not turn


def test_a_reply_that_promises_nothing_is_not_written_down(bench: Bench) -> None:
    assert "待办" not in bench.enter("> 好的，我马上帮您核实。", "")
    assert bench.copied == ["好的，我马上帮您核实。"]
    assert bench.ledger.open_promises() == []


def test_a_draft_that_promises_counts_once(bench: Bench) -> None:
    bench.enter("> 您好，2小时内给您回复。", "", "")
    (promise,) = bench.ledger.open_promises()
    assert promise.due == NOW + timedelta(hours=2)
    bench.enter("/新客户", "> 您好，2小时内给您回复。", "")
    assert len(bench.ledger.open_promises()) == 2  # another customer


def test_a_name_that_is_told_later_is_added(bench: Bench) -> None:
    assert "没有称呼" in bench.enter(COMPLAINT, "")
    bench.enter("/客户 李 女士")
    assert [each.customer for each in bench.ledger.open_promises()] == ["李女士"]
    bench.enter("/新客户", "/客户 王 先生")
    assert [each.customer for each in bench.ledger.open_promises()] == ["李女士"]


def test_personal_numbers_do_not_reach_the_disk(bench: Bench, tmp_path: Path) -> None:
    bench.enter("> 您的电话13812345678我已记下，24小时内给您回复。", "")
    assert len(bench.ledger.open_promises()) == 1
    assert not [path for path in tmp_path.iterdir() if b"13812345678" in path.read_bytes()]


def test_the_list_of_promises(bench: Bench) -> None:
    assert "没有待办" in bench.enter("/待办")
    bench.enter("/客户 王 先生", COMPLAINT, "", "> 您好，2小时内给您回复。", "")
    first, second, *_ = bench.enter("/待办").splitlines()
    assert "#2" in first
    assert "还有 2小时" in first
    assert "#1" in second
    assert "王先生" in second
    assert "您好，2小时内给您回复。" in bench.enter("/待办 2")
    assert "推迟到 明天 12:00" in bench.enter("/待办 推迟 2 明天上午")
    assert "推迟到 明天 14:00" in bench.enter("/待办推迟 #2 2小时")
    assert "推迟到 明天 09:30" in bench.enter("/待办 推迟 2 明天上午9点半")
    assert "已完成" in bench.enter("/待办 完成 2")
    assert "早已完成" in bench.enter("/待办 完成 2")
    assert "不用推迟" in bench.enter("/待办 推迟 2 2小时")
    assert "已恢复" in bench.enter("/待办 恢复 2")
    assert "已完成" in bench.enter("/d done 1")
    assert [each.id for each in bench.ledger.open_promises()] == [2]


@pytest.mark.parametrize("argument", ["完成", "完成 王先生", "推迟", "你好", "1 2 3", "完成 1 2", "99999999999"])
def test_promises_are_named_by_their_numbers(bench: Bench, argument: str) -> None:
    assert "写法：" in bench.enter(f"/待办 {argument}")
    assert "没有待办 9" in bench.enter("/待办 完成 9")


def test_a_time_that_is_none_is_asked_for_again(bench: Bench) -> None:
    bench.enter(COMPLAINT, "")
    for wording in ("", "过几天", "很久"):
        assert "推迟到什么时候" in bench.enter(f"/待办 推迟 1 {wording}")


def test_the_toolbar_counts_what_is_due(bench: Bench) -> None:
    assert "待办" not in bench.toolbar
    bench.enter("> 您好，2小时内给您回复。", "")
    assert "待办 1 |" in bench.toolbar
    bench.now += timedelta(hours=1, minutes=30)
    assert "待办 1（1 件一小时内）" in bench.toolbar
    bench.now += timedelta(hours=1)
    assert "待办 1（1 件到时限）" in bench.toolbar
    bench.enter("/待办 完成 1")
    assert "待办" not in bench.toolbar
    assert due_words(Counts(3, 1, 1)) == "待办 3（1 件到时限，1 件一小时内）"


class FullDisk:
    """Opens databases; while ``full`` is set, none can be opened."""

    full = True

    def __call__(self, *arguments: Any, **settings: Any) -> sqlite3.Connection:
        if self.full:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorname = "SQLITE_FULL"
            raise error
        connection: sqlite3.Connection = sqlite3.connect(*arguments, **settings)
        return connection


def test_a_full_disk_stops_nobody_and_loses_nothing(responder: Responder, tmp_path: Path) -> None:
    disk = FullDisk()
    bench = Bench(responder, tmp_path, disk)
    shown = bench.enter("/客户 王 先生", COMPLAINT, "")
    assert "已复制" in shown
    assert "磁盘已满" in shown
    assert "记在内存里" in shown
    assert "磁盘已满" in bench.toolbar
    shown = bench.enter("/待办")
    assert "磁盘已满" in shown
    assert "王先生" in shown
    bench.now += timedelta(hours=1)
    disk.full = False
    assert "明天 15:00" in bench.enter("/待办")
    (promise,) = bench.ledger.open_promises()
    assert (promise.made, promise.due) == (NOW, NOW + timedelta(hours=24))
    assert "磁盘" not in bench.toolbar


def test_what_could_not_be_written_is_shown_on_leaving(responder: Responder, tmp_path: Path) -> None:
    bench = Bench(responder, tmp_path, FullDisk())
    bench.enter("/客户 王 先生", COMPLAINT, "")
    app.serve(bench.desk)
    shown = bench.output.getvalue()
    assert "请抄下来" in shown
    assert "03-11 15:00  王先生  24小时内" in shown


def test_without_a_folder_nothing_is_kept(bench: Bench) -> None:
    bench.desk.keeping = Keeping()
    assert "已复制" in bench.enter(COMPLAINT, "")
    assert "没有数据文件夹" in bench.enter("/待办")
    assert "没有数据文件夹" in bench.enter("/收藏 payment.invoice")


def csbot(folder: Path, *arguments: str) -> tuple[int, str, str]:
    finished = subprocess.run(
        [sys.executable, "-m", "csbot", "promises", "--now", "2026-03-10T15:00", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "CSBOT_DATA_DIR": str(folder), "TZ": "UTC"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return finished.returncode, finished.stdout, finished.stderr


@pytest.mark.slow
def test_the_command_for_other_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert csbot(tmp_path) == (0, "没有待办。\n", "")
    assert list(tmp_path.iterdir()) == []
    ledger = Ledger(tmp_path / "promises.sqlite", lambda: NOW)
    number = ledger.add("王先生", "1小时内给您答复。\x1b[31m", "1小时内给您答复", datetime.now())
    ledger.close()
    connection = sqlite3.connect(ledger.path)
    due = int((NOW - datetime(1970, 1, 1)).total_seconds()) + 3600  # 16:00 by the clock of the command below (UTC)
    connection.execute("UPDATE promise SET due = ?", (due,))
    connection.commit()
    connection.close()
    code, out, _ = csbot(tmp_path)
    assert (code, out) == (1, f"#{number}  2026-03-10 16:00  未到时限  王先生  1小时内给您答复\n")
    assert csbot(tmp_path, "--due", "30m")[0] == 0
    assert csbot(tmp_path, "--due", "1h")[0] == 1
    code, out, _ = csbot(tmp_path, "--due", "2h", "--json")
    told = json.loads(out)
    assert (code, told["due_before"]) == (1, "2026-03-10T17:00:00+00:00")
    assert [(each["id"], each["due"], each["overdue"]) for each in told["promises"]] == [
        (number, "2026-03-10T16:00:00+00:00", False)
    ]
    assert "\x1b" not in out
    assert csbot(tmp_path, "--done", str(number)) == (0, f"待办 {number} 已完成。\n", "")
    assert csbot(tmp_path, "--done", str(number))[0] == 0
    assert csbot(tmp_path)[0] == 0
    code, out, error = csbot(tmp_path, "--done", "77")
    assert (code, out, error) == (2, "", "csbot: 没有待办 77\n")
    assert csbot(tmp_path, "--due", "soon")[0] == 2
    (tmp_path / "promises.sqlite").write_bytes(b"not a database at all" * 100)
    code, out, error = csbot(tmp_path, "--json")
    assert (code, out) == (2, "")
    assert "已损坏" in error
