"""Every command once in a real pseudo-terminal, and the keys that no other module presses."""

from __future__ import annotations

import pytest

pytest.importorskip("pexpect")
pytest.importorskip("pyte")

from tests.test_console_desk_terminal import press
from tests.test_console_terminal import Console, Start, cache, start

from csbot.console.commands.registry import COMMANDS
from csbot.console.prompt.keys import LINES as LINES_OF_KEYS

__all__ = ["cache", "start"]  # fixtures

# Lines in the order in which they are entered, each with what the console must show then.
LINES = (
    ("/库", "禁用语规则"),
    ("/我 姓=李", "客服姓氏 李"),
    ("/主题 浅色", "CSBOT_THEME=light"),
    ("/主题 粉色", "可选：深色、浅色、无色"),
    ("/主题 深色", "CSBOT_THEME=dark"),
    ("/行业 电商", "行业：电商"),
    ("/客户 王 女士", "客户：王女士"),
    ("/消息 我要投诉你们的送货员", "说法 1/"),
    ("/好", "记下了"),
    ("/差 太长", "记下了"),
    ("/变体", "输入数字选用一条"),
    ("/提示", "何时用"),
    ("/解释", "判断："),
    ("/情绪 生气", "情绪：生气"),
    ("/投诉类型 理性", "投诉类型：理性"),
    ("/渠道 在线", "渠道：在线"),
    ("/类型 求异型", "客户类型：求异型"),
    ("/填 时限=48小时", "时限 48小时"),
    ("/改 您好，马上为您处理。", "没有发现服务忌语"),
    ("/加", "拼接（1 段）"),
    ("/拼 清空", "已清空"),
    ("/复制", "由终端转交"),
    ("/检查 好的，马上办", "可以发送"),
    ("/仍要发送 客户要求", "没有"),
    ("/找 发票", "输入数字选用"),
    ("/用 payment.invoice", "由您选定"),
    ("/下一步", "输入数字选用"),
    ("/收藏 payment.invoice", "已收藏"),
    ("/待办", "24小时内给您答复"),
    ("/新客户 李 先生", "已接待第 2 位"),
    ("我的快递到哪了", "说法 1/"),
    ("/切换 1", "王女士"),
    ("/客户列表", "（正在接待）"),
    ("/切换 2", "李先生"),
    ("/已回", "已经回复"),
    ("/结束", "已结束 2 李先生"),
    ("/找回", "2 李先生"),
    ("/教程", "[1/7]"),
    ("/退出", "教程到这里"),
    ("/帮助", "/退出"),
)


def test_every_command_works_in_a_terminal(start: Start) -> None:
    entered = {line.removeprefix("/").split()[0] for line, _ in LINES}
    assert {each.name for each in COMMANDS} <= entered
    console = start("--now", "2026-11-22T10:00")
    console.ready()
    for line, expected in LINES:
        console.enter(line, expected)
    assert b"Traceback" not in console.raw
    assert "没能处理".encode() not in console.raw
    console.type("/退出\r")
    console.wait(lambda: not console.pump() or "等着回复" in console.text, "the end")
    if console.child.isalive():
        console.type("/退出\r")
    assert console.exit_code() == 0


def test_the_search_among_own_lines_speaks_chinese(start: Start) -> None:
    console = start()
    console.ready()
    console.enter("/库", "禁用语规则")
    console.enter("/行业 电信", "行业：电信")
    console.screen.reset()
    console.type("\x12")
    console.wait(lambda: "(往前找)" in console.text, "the search")
    console.type("库")
    console.wait(lambda: "(往前找)`库': /库" in console.text, "what is found")
    console.type("\r")
    console.wait(lambda: console.at(typed="/库"), "the line")
    console.type("\x03")
    console.ready()
    assert console.leave() == 0


@pytest.mark.parametrize("key", ["\x0f", "\x1b\r"], ids=["Ctrl-O", "Alt-Enter"])
def test_a_line_is_broken_by_key(start: Start, key: str) -> None:
    console = start()
    console.ready()
    console.enter("/库", "禁用语规则")
    console.type("> 您好，" + key + "马上为您处理。")
    console.wait(lambda: "马上为您处理。" in console.text, "the second line")
    console.enter("", "可以发送")
    console.enter("", "由终端转交")
    assert console.copied() == ["您好，\n马上为您处理。"]
    assert console.leave() == 0


def test_a_half_typed_answer_is_kept_for_its_customer(start: Start) -> None:
    console = start()
    console.ready()
    console.enter("我要投诉", "说法 1/")
    press(console, "\x1bn", "已接待第 2 位")
    asked(console, "/用 complaint.accepted_closing\r")
    console.type("欧阳")
    console.wait(lambda: console.at("姓氏", "欧阳"), "the half-typed answer")
    press(console, "\x1b1", "1 （未知）")
    press(console, "\x1b2", "2 ")
    console.screen.reset()
    console.type("\r")
    console.wait(lambda: console.at("姓氏", "欧阳"), "the answer as it was left")
    console.type("\r")
    console.wait(lambda: console.at("称谓"), "the next question")
    console.type("\x03")
    console.wait(console.at, "the prompt")
    console.type("\x04")
    console.wait(lambda: "等着回复" in console.text and console.at(), "who waits")
    assert console.leave() == 0


def asked(console: Console, line: str) -> None:
    """Enter a line that asks for the surname."""
    console.screen.reset()
    console.type(line)
    console.wait(lambda: console.at("姓氏"), "the question")


# Every key that does what a line does, in the order in which they are pressed: its bytes, and what it must show then.
Pressed = dict[tuple[str, ...], tuple[str, str]]
BEFORE_ANY_MESSAGE: Pressed = {
    ("f2",): ("\x1bOQ", "还没有客户的消息"),
    ("f3",): ("\x1bOR", "还没有客户的消息"),
    ("f4",): ("\x1bOS", "还没有客户的消息"),
    ("f5",): ("\x1b[15~", "还没有可以加的回复"),
    ("f6",): ("\x1b[17~", "拼接是空的"),
    ("f7",): ("\x1b[18~", "现在只有一位客户"),
    ("f8",): ("\x1b[19~", "拼接是空的"),
}
AFTER_ONE: Pressed = {
    ("escape", "n"): ("\x1bn", "已接待第 2 位"),
    ("c-n",): ("\x0e", "1 （未知）"),
    ("c-p",): ("\x10", "2 新客户"),
    ("escape", "1"): ("\x1b1", "1 （未知）"),
    ("escape", "2"): ("\x1b2", "2 新客户"),
    **{("escape", digit): (f"\x1b{digit}", f"没有客户「{digit}」") for digit in "3456789"},
}


def test_every_key_that_stands_for_a_line_does_what_it_says(start: Start) -> None:
    assert {*BEFORE_ANY_MESSAGE, *AFTER_ONE} == set(LINES_OF_KEYS)
    console = start()
    console.ready()
    for keys, expected in BEFORE_ANY_MESSAGE.values():
        press(console, keys, expected)
    console.enter("我要投诉你们的送货员", "说法 1/")
    for keys, expected in AFTER_ONE.values():
        press(console, keys, expected)
    assert b"Traceback" not in console.raw
