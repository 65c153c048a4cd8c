"""Typing a draft in a real pseudo-terminal: marks, reasons, the key that rewrites, and undoing."""

from __future__ import annotations

import re
import signal
import time
from pathlib import Path

import pytest

pytest.importorskip("pexpect")
pytest.importorskip("pyte")

from tests.test_console_terminal import COLUMNS, LINES, Console, Start, cache, start

__all__ = ["cache", "start"]  # fixtures of the other module

FORBIDDEN = "> 您好，这个我不清楚。"
REWRITTEN = "> 您好，这个我帮您核实清楚后回复您。"


def ready(console: Console) -> Console:
    """Wait until the rules are there."""
    console.ready()
    console.enter("/库", "版本")
    return console


def underlined(console: Console) -> str:
    rows = (console.screen.buffer[y] for y in range(LINES))
    return "".join(cell.data for row in rows for _, cell in sorted(row.items()) if cell.underscore)


def line(console: Console) -> str:
    """Return what stands behind the prompt, over as many rows as it takes."""
    return console.text.rpartition("客户>")[2].strip()


def test_a_forbidden_span_is_marked_and_explained_while_it_is_typed(start: Start) -> None:
    console = ready(start())
    for key in FORBIDDEN:
        console.type(key)
        console.pump()
    console.wait(lambda: underlined(console) == "我不清楚", "the mark")
    console.wait(lambda: "Ctrl-T" in console.text, "what can be done")
    assert "违规 「我不清楚」" in console.text
    assert "shirking.not_clear" in console.text
    assert "原因：" in console.text
    assert "改说：" in console.text
    console.type("\x7f" * 3)  # 「我不」 alone is no finding
    console.wait(lambda: underlined(console) == "" and "违规" not in console.text, "the clean line")
    console.wait(lambda: "没有发现服务忌语" in console.text, "the verdict")
    console.type("\x03")
    console.ready()
    assert console.leave() == 0
    assert console.on_disk("不清楚") == []


@pytest.mark.parametrize("undo", ["\x1a", "\x1f"], ids=["Ctrl-Z", "Ctrl-_"])
def test_one_key_takes_the_rewriting_and_another_undoes_it(start: Start, undo: str) -> None:
    console = ready(start())
    console.type(FORBIDDEN)
    console.wait(lambda: underlined(console) == "我不清楚", "the mark")
    console.type("\x14")
    console.wait(lambda: console.at(typed=REWRITTEN), "the rewriting")
    console.type(undo)
    console.wait(lambda: console.at(typed=FORBIDDEN) and underlined(console) == "我不清楚", "the draft again")
    console.type("\x14")
    console.wait(lambda: console.at(typed=REWRITTEN), "the rewriting")
    console.enter("", "可以发送")
    console.enter("", "由终端转交")
    assert console.copied() == [REWRITTEN.removeprefix("> ")]
    assert console.leave() == 0


def test_undoing_takes_back_a_clause(start: Start) -> None:
    console = ready(start())
    console.type("> 您好，请您稍等，我马上")
    console.wait(lambda: console.at(typed="> 您好，请您稍等，我马上"), "the draft")
    console.type("\x1a")
    console.wait(lambda: console.at(typed="> 您好，请您稍等，"), "one clause less")
    console.type("\x1a")
    console.wait(lambda: console.at(typed="> 您好，"), "two clauses less")
    console.type("\x03")
    console.ready()
    assert console.leave() == 0


def test_where_there_is_no_rewriting_the_line_stays(start: Start) -> None:
    console = ready(start())
    console.type("> 这人真是有病")
    console.wait(lambda: "违规" in console.text, "the finding")
    console.type("\x14")
    console.wait(lambda: "没有可以照搬的改法" in console.text, "the notice")
    assert line(console).startswith("> 这人真是有病")
    console.type("\x03")
    console.ready()
    assert console.leave() == 0


def test_enter_on_a_violation_copies_nothing_and_the_second_step_is_noted(start: Start) -> None:
    console = ready(start())
    console.enter("> 这人真是有病，电话13812345678", "不能发送")
    console.enter("", "还没有可以复制的回复")
    assert console.copied() == []
    console.enter("/仍要发送", "写明理由")
    console.enter("/仍要发送 客户要求原话", "违规发送记录 1")
    assert console.copied() == ["这人真是有病，电话13812345678"]
    assert console.leave() == 0
    assert {path.name.partition("-")[0] for path in console.on_disk("有病")} == {"overrides.sqlite"}
    assert console.on_disk("13812345678") == []


def test_a_reply_is_judged_while_it_is_edited(start: Start) -> None:
    console = ready(start())
    console.enter("我要投诉", "说法 1/")
    console.screen.reset()
    console.type("/改\r")
    console.wait(lambda: "改成：" in console.text and "没有发现服务忌语" in console.text, "the reply to edit")
    console.type("\x1bOP")
    console.wait(lambda: "/帮助 列出全部命令" in console.text, "the help")
    console.type("\x1b\r这个我不清楚。")
    console.wait(lambda: underlined(console) == "我不清楚" and "Ctrl-T" in console.text, "the mark")
    assert any(str(row).startswith("这个我不清楚。") for row in console.screen.display)  # on a line of its own
    console.type("\x14")
    console.wait(lambda: underlined(console) == "" and "核实清楚后回复您" in console.text, "the rewriting")
    console.screen.reset()
    console.type("\r")
    console.wait(lambda: "没有发现服务忌语。回车＝复制" in console.text and console.at(), "the edited reply")
    assert console.leave() == 0


def test_without_colour_the_finding_stands_in_brackets(start: Start) -> None:
    console = ready(start(NO_COLOR="1"))
    console.type(FORBIDDEN)
    console.wait(lambda: "这个[我不清楚]。" in console.text, "the brackets")
    console.type("\x03")
    console.ready()
    assert console.leave() == 0


def test_ten_thousand_characters_are_pasted_without_freezing(start: Start) -> None:
    console = ready(start())
    paste = "我们已经为您登记，请您稍等。" * 714 + FORBIDDEN[2:]
    began = time.monotonic()
    console.type("> \x1b[200~" + paste + "\x1b[201~")
    console.wait(lambda: "这个我不清楚。" in console.text, "the paste")
    console.type("好的")
    console.wait(lambda: "这个我不清楚。好的" in console.text, "what was typed after it")
    console.wait(lambda: "我不清楚" in underlined(console), "the mark")
    assert time.monotonic() - began < 20
    console.type("\x03")
    console.ready()
    assert console.leave() == 0


def test_the_window_may_change_its_size(start: Start) -> None:
    console = ready(start())
    console.type(FORBIDDEN)
    console.wait(lambda: "Ctrl-T" in console.text, "the finding")
    for lines, columns in ((24, 60), (12, 40), (LINES, COLUMNS)):
        console.screen.resize(lines, columns)
        console.screen.reset()
        console.child.setwinsize(lines, columns)
        console.wait(lambda: "Ctrl-T" in console.text and "我不清楚" in line(console), f"{columns} columns")
        assert all("Traceback" not in str(row) for row in console.screen.display)
    console.type("\x03")
    console.ready()
    assert console.leave() == 0


def test_control_r_finds_what_the_agent_did_and_nothing_of_a_customer(start: Start) -> None:
    console = ready(start())
    console.enter("/客户 欧阳 先生", "客户：欧阳先生")
    console.enter("> 欧阳先生，请稍候。", "可以发送")
    console.enter("> 好的，请稍候。", "可以发送")
    console.enter("我要投诉，请稍候", "说法 1/")
    console.type("\x12请稍候")
    console.wait(lambda: "(往前找)" in console.text and "好的，请稍候。" in console.text, "the draft")
    console.type("\x12\x12\x12")  # there is no other one that may be recalled
    console.pump()
    console.type("\r")  # ends the search
    console.wait(lambda: console.at(typed="> 好的，请稍候。"), "the draft in the line")
    console.enter("", "可以发送")
    console.type("\x1b[A\x1b[A\x1b[A\x1b[A")
    console.wait(lambda: not console.at(), "a line of the history")
    seen = set()
    for _ in range(6):
        console.pump()
        seen.add(str(console.screen.display[console.screen.cursor.y]).strip())
        console.type("\x1b[B")
    assert not [each for each in seen if "欧阳先生，" in each or "投诉" in each]
    console.type("\x03")
    console.ready()
    assert console.leave() == 0


def test_control_c_leads_out_of_the_search(start: Start) -> None:
    console = ready(start())
    console.enter("> 好的，请稍候。", "可以发送")
    console.screen.reset()
    console.type("\x12请稍候")
    console.wait(lambda: "(往前找)" in console.text and "好的，请稍候。" in console.text, "the draft")
    console.type("\x03")
    console.wait(lambda: console.at() and "(往前找)" not in console.text, "the empty line")
    assert console.leave() == 0


@pytest.mark.parametrize(("theme", "colour"), [("light", "35"), ("dark", "33"), ("none", None)])
def test_a_theme_colours_what_must_not_be_overlooked(start: Start, theme: str, colour: str | None) -> None:
    console = ready(start(CSBOT_THEME=theme))
    console.enter("/切换 9", "没有客户「9」")  # a warning
    codes = {code.decode() for found in re.findall(rb"\x1b\[([\d;]*)m", console.raw) for code in found.split(b";")}
    colours = {code for code in codes if code.isdigit() and (30 <= int(code) <= 38 or 90 <= int(code) <= 97)}
    if colour is None:
        assert not colours
    else:
        assert colour in colours
    assert console.leave() == 0


@pytest.mark.parametrize("question", ["姓氏", "改成", "要检查的话", "客户的话"])
def test_control_c_leaves_every_question(start: Start, question: str) -> None:
    console = ready(start())
    commands = {"姓氏": "/用 complaint.accepted_closing", "改成": "/改", "要检查的话": "/检查", "客户的话": "/消息"}
    if question == "改成":
        console.enter("我要投诉", "说法 1/")
    console.screen.reset()
    console.type(commands[question] + "\r")
    if commands[question] in ("/改", "/检查", "/消息"):
        console.wait(lambda: question in console.text, "the question")
    else:
        console.wait(lambda: console.at(question), "the question")
    console.type("半句话\x03")
    console.wait(console.at, "the prompt")
    assert console.copied() == []
    assert b"Traceback" not in console.raw
    assert console.leave() == 0


def test_a_full_disk_holds_a_violation_back(start: Start, tmp_path: Path) -> None:
    (tmp_path / "nowhere").write_text("a file, and no folder")
    console = ready(start(CSBOT_DATA_DIR=str(tmp_path / "nowhere")))
    console.enter("> 这人真是有病", "不能发送")
    console.enter("/仍要发送 客户要求原话", "没有复制")
    assert console.copied() == []
    assert console.leave() == 0


def test_two_consoles_note_into_one_file_and_a_killed_one_loses_nothing(start: Start) -> None:
    one, two = ready(start()), ready(start())
    for number, console in enumerate((one, two), start=1):
        console.enter("> 这人真是有病", "不能发送")
        console.enter("/仍要发送 客户要求原话", f"违规发送记录 {number}")
    one.child.kill(signal.SIGKILL)
    one.exit_code()
    two.enter("> 这人真是有病", "不能发送")
    two.enter("/仍要发送 客户又要求原话", "违规发送记录 3")
    assert two.leave() == 0


def test_marks_are_plain_where_the_locale_is_not_utf_8(start: Start) -> None:
    console = ready(start(LANG="zh_CN.GBK"))
    console.enter("我要投诉", "说法 1/")
    assert "●" not in console.text
    assert "…" not in console.text.partition("换一种说法")[2]
    assert ".." in console.text.partition("换一种说法")[2]
    assert console.leave() == 0
