"""Several customers in a real pseudo-terminal: every key, the half-typed line, Ctrl-C, another size."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from tests.test_console_terminal import PROMPT, Console, Start, cache, start

__all__ = ["cache", "start"]  # fixtures

COMPLAINT, WHERE, PAYING = "我要投诉你们的送货员", "我的快递到哪了", "请问有哪些付款方式"
ALT_N, CTRL_N, CTRL_P = "\x1bn", "\x0e", "\x10"
F2, F3, F4, F5, F6, F7, F8 = "\x1bOQ", "\x1bOR", "\x1bOS", "\x1b[15~", "\x1b[17~", "\x1b[18~", "\x1b[19~"
LEFT = "\x1b[D"


def alt(digit: int) -> str:
    return f"\x1b{digit}"


def press(console: Console, keys: str, expected: str) -> None:
    """Press a key and wait for what it must show and for the next prompt."""
    console.screen.reset()
    console.type(keys)
    console.wait(lambda: expected in console.text and "> " in _line(console), f"{expected!r}")


def _line(console: Console) -> str:
    return str(console.screen.display[console.screen.cursor.y])


def at(console: Console, prompt: str, typed: str = "") -> None:
    """Wait until the caret's line is a prompt with what was typed."""
    console.wait(lambda: _line(console).rstrip() == (prompt + typed).rstrip(), f"{prompt}{typed}")


def bar(console: Console) -> str:
    return str(console.screen.display[-1])


@pytest.fixture
def three(start: Start) -> Console:
    """A console with three customers; 王女士 complains, 李先生 asks, nobody is at the third place yet."""
    console = start()
    console.ready()
    console.enter("/客户 王 女士", "客户：王女士")
    console.enter(COMPLAINT, "说法 1/")
    press(console, ALT_N, "已接待第 2 位")
    console.enter("我是李先生，" + WHERE, "说法 1/")
    press(console, ALT_N, "已接待第 3 位")
    return console


def test_customers_are_switched_by_key_and_the_half_typed_line_is_kept(three: Console) -> None:
    console = three
    at(console, "3 客户> ")
    console.type("请问怎么付" + LEFT + LEFT)
    at(console, "3 客户> ", "请问怎么付")
    press(console, alt(1), "1 王女士")
    at(console, "1 王女士> ")
    assert "说法 1/" in console.text
    assert COMPLAINT in console.text
    assert "请问怎么付" not in console.text
    press(console, CTRL_N, "2 李先生")
    at(console, "2 李先生> ")
    press(console, CTRL_N, "3 新客户")
    at(console, "3 客户> ", "请问怎么付")
    console.type("好")  # where the caret was
    at(console, "3 客户> ", "请问怎好么付")
    press(console, CTRL_P, "2 李先生")
    press(console, CTRL_N, "3 新客户")
    console.type("\r")
    console.wait(lambda: "说法 1/" in console.text and console.at(), "the answer")
    assert b"Traceback" not in console.raw


def test_the_toolbar_shows_who_waits(three: Console) -> None:
    console = three
    console.wait(lambda: "1 王女士● 2 李先生● [3]" in bar(console), "the customers")
    press(console, F7, "1 王女士")
    at(console, "1 王女士> ")
    console.enter("", "已记入待办")
    console.wait(lambda: "[1 王女士] 2 李先生● 3" in bar(console), "that 王女士 has her reply")
    press(console, F7, "2 李先生")
    press(console, alt(8), "没有客户「8」")
    at(console, "2 李先生> ")


def test_the_next_step_takes_one_key(three: Console) -> None:
    console = three
    press(console, alt(1), "F2 请客户说明详情")
    console.type("打了一半")
    at(console, "1 王女士> ", "打了一半")
    press(console, F2, "complaint.ask_detail")
    assert "由您选定" in console.text
    at(console, "1 王女士> ", "打了一半")
    press(console, F2, "complaint.anything_to_add")
    press(console, F4, "由您选定")
    console.type("\x03")
    at(console, "1 王女士> ")
    press(console, alt(3), "3 新客户")
    press(console, F3, "还没有客户的消息")


def test_ending_asks_once_and_control_c_keeps_the_customer(three: Console) -> None:
    console = three
    press(console, alt(2), "2 李先生")
    console.screen.reset()
    console.type("/结束\r")
    console.wait(lambda: console.at("2 李先生 还在等回复"), "the question")
    console.type("\x03")
    console.wait(lambda: "没有结束" in console.text and console.at(), "the prompt")
    at(console, "2 李先生> ")
    console.screen.reset()
    console.type("/结束\r")
    console.wait(lambda: console.at("2 李先生 还在等回复"), "the question")
    console.type("是\r")
    console.wait(lambda: "已结束 2 李先生" in console.text and console.at(), "the end")
    at(console, "1 王女士> ")
    console.enter("/找回", "2 李先生")
    at(console, "2 李先生> ")


def test_control_d_leaves_only_when_it_is_meant(three: Console) -> None:
    console = three
    console.screen.reset()
    console.type("\x04")
    console.wait(lambda: "等着回复：1 王女士、2 李先生" in console.text and console.at(), "the warning")
    assert console.leave() == 0
    for secret in ("王女士", "李先生"):
        assert console.on_disk(secret) == []


def test_another_size_of_the_terminal(three: Console) -> None:
    console = three
    console.type("半句话")
    for lines, columns in ((24, 40), (24, 80), (40, 120)):
        console.screen.resize(lines, columns)
        console.screen.reset()
        console.child.setwinsize(lines, columns)
        console.wait(lambda: "半句话" in _line(console) and "[3]" in bar(console), f"{columns} columns")
        assert len(bar(console).rstrip()) <= columns
    press(console, alt(1), "说法 1/")
    at(console, "1 王女士> ")
    press(console, alt(3), "3 新客户")
    at(console, "3 客户> ", "半句话")


def test_customers_on_a_dumb_terminal(start: Start) -> None:
    console = start(TERM="dumb")
    console.ready()
    console.enter(COMPLAINT, "接下来（/下一步 数字）")
    console.enter("/新客户 李 先生", "已接待第 2 位")
    console.enter(WHERE, "说法 1/")
    console.enter("/切换", "1 （未知）")
    console.enter("/客户列表", "李先生")
    console.screen.reset()
    console.type("/结束\r")
    console.wait(lambda: console.at("1 （未知） 还在等回复"), "the question")
    console.type("\x03")
    console.wait(lambda: "没有结束" in console.text and console.at(PROMPT), "the prompt")
    assert b"\x1b" not in console.raw


def test_replies_are_stacked_and_copied_by_key(start: Start) -> None:
    console = start()
    console.ready()
    press(console, F6, "拼接是空的")
    console.enter(COMPLAINT, "F2 请客户说明详情")
    console.type("打了一半")
    at(console, "客户> ", "打了一半")
    press(console, F5, "拼接（1 段）")
    at(console, "客户> ", "打了一半")
    press(console, F2, "complaint.ask_detail")
    press(console, F5, "拼接（2 段）")
    console.type("\x03")
    at(console, "客户> ")
    console.enter("/加 greeting.regular", "拼接（3 段）")
    console.enter("/加 结束", "/加 数字")
    console.wait(lambda: "拼 3 段" in bar(console), "the basket in the toolbar")
    console.enter("/拼 移 3 1", "回车＝复制整段")
    console.enter("/拼 删 1", "拼接（2 段）")
    press(console, F6, "拼接（2 段）")
    console.enter("", "已记入待办")
    (whole,) = console.copied()
    assert "抱歉" in whole
    press(console, F6, "拼接是空的")
    console.enter("/拼 撤销", "拼接（2 段）")
    assert console.leave() == 0


def test_the_whole_is_edited_in_place_and_control_c_leaves_it(start: Start) -> None:
    console = start()
    console.ready()
    console.enter("/加 greeting.regular", "拼接（1 段）")
    for columns, begin in ((60, F8), (70, "/拼 改 1\r"), (64, "/拼 改\r")):
        console.screen.reset()
        console.type(begin)
        console.wait(lambda: "改成：" in _line(console), "the question")
        console.screen.resize(24, columns)
        console.screen.reset()
        console.child.setwinsize(24, columns)
        console.wait(lambda: "改成：" in console.text, "the question in another size")
        console.type("嗯嗯\x03")
        console.wait(lambda: "没有改动" in console.text and console.at(), "the prompt")
        assert "嗯嗯" not in console.text.rpartition("没有改动")[2]
    console.screen.reset()
    console.type(F8)
    console.wait(lambda: "整段改成：" in _line(console), "the question")
    console.type("这个我不清楚。\r")
    console.wait(lambda: "不能发送" in console.text and console.at(), "the finding")
    assert console.leave() == 0


def test_the_whole_is_edited_in_the_own_editor(start: Start, tmp_path: Path) -> None:
    editor = tmp_path / "editor.sh"
    editor.write_text('#!/bin/sh\nread line < /dev/tty\necho "您好，$line" > "$1"\n', encoding="utf-8")
    editor.chmod(0o700)
    console = start(EDITOR=str(editor))
    console.ready()
    console.enter("/加 greeting.regular", "拼接（1 段）")
    console.screen.reset()
    console.type("/拼 编辑\r")
    console.wait(lambda: "/拼 编辑" in console.text, "the command")
    console.type("我这就登记。\r")
    console.wait(lambda: "回车＝复制整段" in console.text and console.at(), "the whole")
    console.enter("", "已")
    assert console.copied() == ["您好，我这就登记。"]
    console.enter("/拼 撤销", "拼接（1 段）")
    console.screen.reset()
    console.type("/拼 编辑\r")
    console.wait(lambda: "/拼 编辑" in console.text, "the command")
    time.sleep(0.5)  # the editor has the terminal now
    console.type("\x03")
    console.wait(lambda: console.text.count("客户>") > 0 and console.at(), "the prompt")
    console.enter("/拼", "您好，我这就登记。")
    assert b"Traceback" not in console.raw
    assert console.on_disk("我这就登记") == []
    assert console.leave() == 0


def test_another_customer_in_the_middle_of_a_question_or_an_edit(three: Console) -> None:
    console = three
    press(console, alt(1), "1 王女士")
    console.enter("/拼", "拼接是空的")
    console.enter("/加", "拼接（1 段）")
    console.screen.reset()
    console.type(F8)
    console.wait(lambda: "整段改成：" in console.text, "the edit")
    console.type("马上办")
    console.wait(lambda: "马上办" in console.text, "the typing")
    press(console, alt(2), "2 李先生")
    at(console, "2 李先生> ")
    console.screen.reset()
    console.type("/加 service.thanks_for_waiting\r")
    console.wait(lambda: console.at("查询结果"), "the question")
    press(console, alt(1), "1 王女士")
    at(console, "1 王女士> ")
    console.screen.reset()
    console.type(F8)
    console.wait(lambda: "整段改成：" in console.text and "马上办" in console.text, "the edit as it was left")
    console.type("\r")
    console.wait(lambda: "拼接（1 段）" in console.text and console.at(), "the whole")
    assert "马上办" in console.text
    assert b"Traceback" not in console.raw
