"""The first run and the guided tour: asked once, skipped by one key, and nothing of the tour is left."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pexpect")
pytest.importorskip("pyte")

from tests.test_console_commands import Bench
from tests.test_console_terminal import ROOT, Console, Start, cache, start

from csbot.console.state.agent import Agent, AgentError, agent_path
from csbot.replying.responder import Responder

__all__ = ["cache", "start"]  # fixtures

ALT_N, ALT_1, CTRL_T = "\x1bn", "\x1b1", "\x14"


@pytest.fixture
def bench(responder: Responder, tmp_path: Path) -> Bench:
    made = Bench(responder)
    made.desk.agent = Agent(tmp_path / "config" / "agent.toml")
    return made


def ask_nothing(console: Console) -> None:
    """Take the tour's offer away."""
    console.wait(lambda: "看两分钟教程吗" in console.text, "the offer")


def step(console: Console, keys: str, following: str) -> None:
    """Do what a step wants and wait for the next one."""
    console.screen.reset()
    console.type(keys)
    console.wait(lambda: following in console.text, f"{following!r}")


# --- who the agent is ---


def test_what_is_told_is_kept_read_again_and_fills_replies(bench: Bench) -> None:
    shown = bench.enter("/我 公司=云杉商城 姓=李 工号＝8012 行业=电商")
    assert "公司 云杉商城；客服姓氏 李；工号 8012；行业 电商" in shown
    path = bench.desk.agent.path
    assert path is not None
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    again = Agent(path)
    again.read()
    assert again.values == bench.desk.agent.values
    context = bench.desk.conversation.context
    assert context.profile == "电商"
    assert {"公司": "云杉商城", "客服姓氏": "李", "工号": "8012"}.items() <= context.slots.items()
    bench.enter("/用 complaint.result_satisfied")
    bench.enter("/新客户 王 先生")
    assert bench.desk.conversation.context.slots["客服姓氏"] == "李"
    assert bench.desk.conversation.context.profile == "电商"


def test_a_value_is_changed_and_forgotten(bench: Bench) -> None:
    bench.enter("/我 姓=李 工号=8012")
    bench.enter("/我 工号=")
    assert bench.desk.agent.values == {"客服姓氏": "李"}
    assert "工号" not in bench.desk.conversation.context.slots
    bench.enter("/我 重填", "云杉商城", "工长三", "欧阳", "", "无")
    assert bench.desk.agent.values == {"公司": "云杉商城", "客服姓氏": "欧阳"}
    assert "还什么都不知道" in bench.enter("/我 清除")
    assert bench.desk.conversation.context.slots == {}


@pytest.mark.parametrize(
    ("argument", "told"),
    [
        ("姓=张三丰", "请填一到两个汉字的姓"),
        ("工号=八零一二", "请填数字或字母"),
        ("行业=航天", "行业可选：电商"),
        ("行业=电商、金融", "只填一个"),
        ("公司={x}", "不能有花括号"),
        ("公司=" + "长" * 61, "最多 60 字"),
        ("电话=1", "写法：/我 公司="),
        ("李", "写法：/我 公司="),
        ("公司=好 工号=不行", "请填数字或字母"),
    ],
)
def test_what_does_not_fit_changes_nothing(bench: Bench, argument: str, told: str) -> None:
    bench.enter("/我 姓=李")
    assert told in bench.enter(f"/我 {argument}")
    assert bench.desk.agent.values == {"客服姓氏": "李"}


@pytest.mark.parametrize("value", ['云"杉\\商城', "O'Neil & 'Co'", "#1 = [商城]", "'''"])
def test_every_value_comes_back_as_it_was(tmp_path: Path, value: str) -> None:
    Agent(tmp_path / "agent.toml", {"公司": value}).write()
    again = Agent(tmp_path / "agent.toml")
    again.read()
    assert again.values == {"公司": value}


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe", b"[[[", '"公司" = 7'.encode(), '"公司" = "{姓氏}"'.encode(), '"行业" = "航天"'.encode(), b'x = "y"'],
)
def test_a_damaged_file_is_told_and_not_used(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "agent.toml"
    path.write_bytes(content)
    agent = Agent(path)
    with pytest.raises(AgentError, match=r"agent\.toml"):
        agent.read()
    assert agent.values == {}
    assert not agent.is_new


def test_where_it_is_kept(tmp_path: Path) -> None:
    assert agent_path({"CSBOT_CONFIG_DIR": str(tmp_path)}) == tmp_path / "agent.toml"
    assert agent_path({"CSBOT_CONFIG_DIR": ""}) is None
    assert not Agent(None).is_new


def test_a_folder_that_cannot_be_written_is_told(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("in the way", encoding="utf-8")
    shown = bench.enter("/我 姓=李")
    assert "没能写入" in shown
    assert bench.desk.conversation.context.slots["客服姓氏"] == "李"


# --- the first run ---


def test_the_first_run_asks_and_the_tour_leaves_nothing(start: Start, tmp_path: Path) -> None:
    config = tmp_path / "config"
    console = start("--now", "2026-11-22T10:00", CSBOT_CONFIG_DIR=str(config))
    for question, answer in (("公司（", "云杉商城"), ("客服姓氏（", "李"), ("工号（", "8012"), ("行业（", "电商")):
        console.wait(lambda question=question: console.at(question), question)  # type: ignore[misc]
        console.type(answer + "\r")
    ask_nothing(console)
    step(console, "\r", "[1/7]")
    step(console, "我要投诉，我叫欧阳锋\r", "[2/7]")
    step(console, "/教程\r", "[2/7]")  # no tour within the tour
    step(console, "2\r", "[3/7]")
    step(console, "\r", "[4/7]")
    assert "已记入待办 1" in console.text
    console.type("> 这个我不清楚")
    console.wait(lambda: "Ctrl-T 换成合规的说法" in console.text and "违规" in console.text, "the finding")
    console.type(CTRL_T)
    console.wait(lambda: "> 这个我帮您核实清楚后回复您" in console.text, "the rewriting")
    step(console, "\r", "[5/7]")
    step(console, ALT_N, "[6/7]")
    step(console, ALT_1, "[7/7]")
    step(console, "/待办\r", "教程走完了")
    assert "24小时内给您答复" in console.text
    console.ready()
    assert console.copied() == []
    console.enter("/待办", "没有待办")
    console.enter("/客户列表", "1  （未知）")
    console.type("\x1b[A\x1b[A\x1b[A")
    console.wait(lambda: console.at(typed="/待办"), "the oldest command: none of the tour")
    console.type("\x03")
    console.ready()
    console.enter("/我", "公司 云杉商城；客服姓氏 李；工号 8012；行业 电商")
    console.enter("/教程", "[1/7]")
    console.screen.reset()
    console.type("\x04")
    console.wait(lambda: "教程到这里" in console.text and console.at(), "the end of the tour")
    assert console.leave() == 0
    for secret in ("欧阳锋", "王女士", "24小时"):
        assert console.on_disk(secret) == []


def test_control_d_leaves_the_tour_and_not_the_console(start: Start, tmp_path: Path) -> None:
    console = start()
    console.ready()
    console.screen.reset()
    console.type("/教程\r")
    console.wait(lambda: "[1/7]" in console.text and "王女士>" in console.text, "the tour")
    step(console, "/跳过\r", "[2/7]")
    console.wait(lambda: "王女士>" in console.text, "the prompt of the tour")
    console.type("\x04")
    console.wait(lambda: "教程到这里" in console.text and "客户>" in console.text, "the end of the tour")
    console.ready()
    console.enter("/库", "禁用语规则")
    assert console.leave() == 0
    assert console.on_disk("王") == []


@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
@pytest.mark.parametrize("terminal", ["xterm-256color", "dumb"])
def test_who_does_not_want_to_be_asked_is_not_asked_again(
    start: Start, tmp_path: Path, key: str, terminal: str
) -> None:
    config = str(tmp_path / "config")
    console = start(CSBOT_CONFIG_DIR=config, TERM=terminal)
    console.wait(lambda: console.at("公司（"), "the first question")
    console.type(key)
    console.wait(lambda: "不再问了" in console.text, "that this is understood")
    console.ready()
    assert console.leave() == 0
    again = start(CSBOT_CONFIG_DIR=config, TERM=terminal)
    again.ready()
    assert "公司（" not in again.text
    assert again.leave() == 0


def test_nobody_is_asked_behind_a_pipe(tmp_path: Path, session_cache_directory: Path) -> None:
    config = tmp_path / "config"
    done = subprocess.run(
        [sys.executable, "-m", "csbot", "--library", str(ROOT)],
        input="你好\n".encode(),
        capture_output=True,
        check=False,
        timeout=120,
        env={**os.environ, "CSBOT_CONFIG_DIR": str(config)},
    )
    assert done.returncode == 0
    assert not config.exists()


@pytest.mark.parametrize(
    ("lines", "seen", "finished"),
    [
        (["我要投诉", "2", "", "> 您好，请稍等", "/新客户", "/切换 1", "/todo"], [1, 2, 3, 4, 5, 6, 7], True),
        (["/跳过"] * 7, [1, 2, 3, 4, 5, 6, 7], True),
        (["/教程", "/tour", "/退出", "我要投诉"], [1, 1, 1], False),  # no tour within the tour
        (["我要投诉", "/quit", "2"], [1, 2], False),
        ([*["/跳过"] * 6, "/客户列表", "/待办"], [1, 2, 3, 4, 5, 6, 7, 7], True),
    ],
)
def test_the_tour_goes_by_what_was_done(bench: Bench, lines: list[str], seen: list[int], *, finished: bool) -> None:
    bench.terminal.lines = lines
    shown = bench.enter("/教程", *["24小时"] * 5)
    assert [int(number) for number in re.findall(r"\[(\d)/7\]", shown)] == seen
    assert ("教程走完了" in shown) is finished
    assert bench.desk.conversation.untouched
    assert not bench.desk.leaving
