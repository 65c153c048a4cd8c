"""What the terminal itself does around the console: keys typed too early, and a window that changes its size."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from prompt_toolkit.application import Application
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.layout import FormattedTextControl, Layout
from prompt_toolkit.layout import Window as Container
from prompt_toolkit.output.vt100 import Vt100_Output

pytest.importorskip("pexpect")
pytest.importorskip("pyte")

from tests.test_console_terminal import COLUMNS, LINES, PATIENCE, ROOT, Start, cache, start

from csbot.console.prompt.window import breaks_rows, follow_window, rows_taken

__all__ = ["cache", "start"]  # fixtures of the other module

WELCOME = "输入或粘贴客户的话，回车得到回复；/帮助 列出命令，Ctrl-D 离开。"


def test_keys_that_come_before_the_prompt_are_shown_once(start: Start) -> None:
    console = start()
    for key in "我要投诉你们":
        console.type(key)
        time.sleep(0.1)
    console.wait(lambda: console.at(typed="我要投诉你们"), "what was typed")
    assert console.text.startswith(WELCOME)
    assert console.text.count("诉") == 1
    console.type("\x03")
    console.ready()
    assert console.leave() == 0


def test_keys_typed_while_the_console_is_at_work_are_shown_once(start: Start, tmp_path: Path) -> None:
    console = start(CSBOT_CACHE_DIR=str(tmp_path / "empty"))  # all is compiled first: that takes some time
    console.ready()
    console.type("我要投诉\r")
    console.wait(lambda: "还在载入" in console.text, "the remark")
    console.type("请稍候x\x1b[D\x1b[3~")  # with keys that are no characters
    time.sleep(0.5)
    console.pump()
    assert "说法" not in console.text, "the library was there too early for this test"
    assert "请稍候x" not in console.text
    console.wait(lambda: "说法 1/" in console.text and console.at(typed="请稍候"), "the answer and what was typed")
    assert console.text.count("客户>") == 2
    console.type("\x03")
    console.ready()
    assert console.leave() == 0


def test_control_c_stops_the_waiting_and_the_terminal_is_left_as_it_was(start: Start, tmp_path: Path) -> None:
    console = start(CSBOT_CACHE_DIR=str(tmp_path / "empty"))
    usual = termios.tcgetattr(console.child.fileno())
    console.ready()
    console.type("我要投诉\r")
    console.wait(lambda: "还在载入" in console.text, "the remark")
    console.type("\x03")
    console.wait(lambda: "已停下" in console.text and console.at(), "the prompt")
    descriptor = os.dup(console.child.fileno())
    try:
        assert console.leave() == 0
        assert termios.tcgetattr(descriptor)[:4] == usual[:4]
    finally:
        os.close(descriptor)


@pytest.mark.parametrize("typed", ["", "> 您好，这个我不清楚。"], ids=["the bar", "a finding"])
def test_nothing_below_the_prompt_reaches_the_edge(start: Start, typed: str) -> None:
    console = start()
    console.ready()
    console.enter("/库", "版本")
    console.type(typed)
    console.wait(lambda: ("Ctrl-T" if typed else "话术库：") in console.screen.display[-1], "the line at the bottom")
    for row in range(console.screen.cursor.y + 1, LINES):
        edge = console.screen.buffer[row][COLUMNS - 1]
        assert (edge.data, edge.reverse, edge.bg) == (" ", False, "default"), console.screen.display[row]
    console.type("\x03")
    console.ready()
    assert console.leave() == 0


class Window:
    """csbot in tmux, which breaks and joins long lines when its window changes, as most terminals do."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self._tmux = ["tmux", "-f", "/dev/null", "-S", str(folder / "socket")]
        self._environment = {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": str(ROOT / "src"),
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "CSBOT_CACHE_DIR": str(cache),
            "CSBOT_CONFIG_DIR": "",
            "CSBOT_DATA_DIR": str(folder / "data"),
        }
        command = f"{sys.executable} -m csbot --library {ROOT}"
        self.do("new-session", "-d", "-x", "80", "-y", "24", command)

    def do(self, *arguments: str) -> str:
        done = subprocess.run([*self._tmux, *arguments], env=self._environment, capture_output=True, check=True)
        return done.stdout.decode()

    @property
    def rows(self) -> list[str]:
        return self.do("capture-pane", "-p").splitlines()

    def resize(self, columns: int, lines: int) -> None:
        self.do("resize-window", "-x", str(columns), "-y", str(lines))
        time.sleep(0.3)

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                pytest.fail(f"{what} did not come:\n" + "\n".join(self.rows))
            time.sleep(0.05)


@pytest.fixture
def window(tmp_path: Path, cache: Path) -> Iterator[Window]:
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    made = Window(tmp_path, cache)
    try:
        yield made
    finally:
        made.do("kill-server")


def test_a_narrower_window_pushes_nothing_out_of_sight(window: Window) -> None:
    window.wait(lambda: any("话术库：" in row for row in window.rows), "the library")
    window.do("send-keys", "/库", "Enter")

    def shown() -> list[str]:
        return [row for row in window.rows if row]

    window.wait(lambda: "客户> /库" in shown() and shown()[-2:-1] == ["客户>"], "the answer")
    before = shown()[:-1]
    for columns in (79, 78, 77, 76, 75, 80):
        window.resize(columns, 24)
    window.wait(lambda: "话术库：" in window.rows[-1], "the line at the bottom")
    assert shown()[:-1] == before


@pytest.mark.parametrize(
    "typed", ["> " + "请您稍等，我马上为您核实。" * 8, "我的快递到哪了，" * 12], ids=["a draft", "a message"]
)
def test_a_line_over_several_rows_stands_there_once(window: Window, typed: str) -> None:
    def stands_there_once() -> bool:
        rows = window.rows  # of one moment: a prompt that is drawn anew is wiped first
        text = "".join(rows)
        return typed in text and rows[-1].strip() != "" and text.count("客户>") == 1

    window.wait(lambda: any("话术库：" in row for row in window.rows), "the library")
    window.do("send-keys", "-l", typed)
    window.wait(stands_there_once, "the line")
    for columns in (79, 70, 61, 55, 44, 80, 50, 100, 60):
        window.resize(columns, 24)
        window.wait(stands_there_once, f"{columns} columns")
    scrolled = window.do("capture-pane", "-p", "-J", "-S", "-")  # what rows that were broken anew pushed up
    assert scrolled.count(WELCOME) == 1


@pytest.mark.parametrize(
    ("widths", "columns", "more"),
    [
        ([], 10, 0),
        ([1] * 10, 10, 0),
        ([1] * 11, 10, 1),
        ([2] * 5, 10, 0),
        ([2] * 5, 9, 1),
        ([2] * 5, 5, 2),
        ([1, 2, 2, 2], 3, 2),
    ],
)
def test_rows_that_cells_take(widths: list[int], columns: int, more: int) -> None:
    assert rows_taken(widths, columns) == more


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, False),
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "tmux-256color"}, True),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7600"}, True),
        ({"TMUX": "/tmp/socket"}, True),
        ({"TERM_PROGRAM": "Apple_Terminal"}, True),
        ({"TERM_PROGRAM": "unknown"}, False),
    ],
)
def test_terminals_that_break_rows_anew(environment: dict[str, str], expected: bool) -> None:
    assert breaks_rows(environment) is expected


def test_a_drawing_before_the_signal_of_a_new_size_wipes_the_first_row_last() -> None:
    size, written = [Size(rows=4, columns=20)], StringIO()
    output = Vt100_Output(written, lambda: size[0], term="tmux-256color")
    layout = Layout(Container(FormattedTextControl("请您稍候。" * 20), wrap_lines=True))
    with create_pipe_input() as keys:
        app: Application[None] = Application(layout, input=keys, output=output)
        follow_window(app, {"TMUX": "/tmp/socket"})
        app.renderer.render(app, layout)
        size[0] = Size(rows=4, columns=30)
        drawn = len(written.getvalue())
        app.renderer.render(app, layout)
    before, wipe, after = written.getvalue()[drawn:].partition("\x1b7\x1b[B\r\x1b[J\x1b8")
    assert wipe
    assert "\x1b[J" not in before
    assert after.index("\x1b[K") < after.index("\x1b[J")


def test_a_line_that_fills_the_window_leaves_nothing_in_the_scrollback(window: Window) -> None:
    """tmux keeps there what is wiped at once from the first row of the screen on."""

    def scrolled() -> str:
        return window.do("capture-pane", "-p", "-J", "-S", "-")

    window.wait(lambda: any("话术库：" in row for row in window.rows), "the library")
    window.do("send-keys", "-l", "> " + "请您稍候。" * 300 + "这是最后。")
    window.wait(lambda: "这是最后" in scrolled(), "the line")
    for columns, lines in ((90, 24), (100, 24), (100, 30), (120, 30), (120, 28)):
        window.resize(columns, lines)
        window.wait(lambda: "这是最后" in "".join(window.rows), f"{columns} columns")
    window.wait(lambda: scrolled().count("这是最后") == 1, "the line, and that once")
