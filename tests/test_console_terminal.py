"""The console in a real pseudo-terminal, as an agent sees it."""

from __future__ import annotations

import base64
import os
import re
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pexpect = pytest.importorskip("pexpect")
pyte = pytest.importorskip("pyte")

from tests.support import ambiguous_message  # noqa: E402

from csbot.library.load import load_library  # noqa: E402
from csbot.replying.responder import Responder  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 120  # seconds: machines may be slow and the first start compiles the matcher
COLUMNS, LINES = 80, 60
PROMPT = "客户>"


class Screen(pyte.Screen):  # type: ignore[misc, name-defined]
    """A screen with halves of wide characters on it: what was drawn for a wider window is cut off in a narrower one."""

    @property
    def display(self) -> list[str]:
        return ["".join(self.buffer[y][x].data for x in range(self.columns)) for y in range(self.lines)]


class Console:
    """csbot in a pseudo-terminal, with the screen that an agent would see."""

    def __init__(self, home: Path, cache: Path, *arguments: str, **environment: str) -> None:
        self.home = home
        self.raw = b""
        self.screen = Screen(COLUMNS, LINES)
        self.stream = pyte.ByteStream(self.screen)
        whole = {
            "PATH": os.environ.get("PATH", ""),
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "PYTHONPATH": str(ROOT / "src"),
            "HOME": str(home),
            "CSBOT_CACHE_DIR": str(cache),
            "CSBOT_CONFIG_DIR": "",  # nobody is asked who is there
            **{f"XDG_{name}_HOME": str(home / name.lower()) for name in ("STATE", "CACHE", "CONFIG", "DATA")},
            **environment,
        }
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "csbot", *arguments],
            env=whole,
            cwd=str(home),
            dimensions=(LINES, COLUMNS),
            timeout=PATIENCE,
        )
        # The terminal answers when it is asked where its cursor is.
        self.screen.write_process_input = self.child.send

    def pump(self) -> bool:
        """Take what the console has written; False when it has left."""
        try:
            data = self.child.read_nonblocking(65536, timeout=0.05)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += data
        self.stream.feed(data)
        return True

    @property
    def text(self) -> str:
        """The lines of the screen as one, since long ones are broken at its edge."""
        return "".join(line.rstrip() for line in self.screen.display)

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            alive = self.pump()
            if condition():
                return
            if not alive or time.monotonic() > deadline:
                pytest.fail(f"{what} did not come:\n" + "\n".join(self.screen.display) + repr(self.raw[-500:]))

    def at(self, prompt: str = PROMPT, typed: str = "") -> bool:
        """Tell whether the caret stands behind a prompt (or a question beginning so) and what was typed."""
        line = str(self.screen.display[self.screen.cursor.y]).rstrip()
        if prompt == PROMPT:  # with the number and the name of the customer where they are known
            found = re.fullmatch(r"(?:[1-9] )?[^>\s]+>(.*)", line)
            return found is not None and found[1].strip() == typed
        return line.startswith(prompt) and line.endswith("：" + typed)

    def ready(self) -> None:
        """Wait for an empty main prompt."""
        self.wait(self.at, "the prompt")

    def type(self, keys: str) -> None:
        self.child.send(keys)

    def enter(self, line: str, expected: str, prompt: str = PROMPT) -> None:
        """Enter a line and wait for what it must show and for the next prompt."""
        self.screen.reset()
        self.type(line + "\r")
        self.wait(lambda: expected in self.text and self.at(prompt), f"{expected!r} before {prompt!r}")

    def leave(self) -> int:
        """Press Ctrl-D and return the exit code."""
        self.type("\x04")
        return self.exit_code()

    def exit_code(self) -> int:
        deadline = time.monotonic() + PATIENCE
        while self.pump() and time.monotonic() < deadline:
            pass
        self.child.close()
        if self.child.exitstatus is None:
            return -int(self.child.signalstatus or 0)
        return int(self.child.exitstatus)

    def copied(self) -> list[str]:
        """Return every text that was sent to the terminal's clipboard."""
        return [base64.b64decode(each).decode() for each in re.findall(rb"\x1b\]52;c;([^\x07]*)\x07", self.raw)]

    def on_disk(self, text: str) -> list[Path]:
        """Return the files under the home directory that hold a text."""
        files = [path for path in self.home.rglob("*") if path.is_file()]
        return [path for path in files if text.encode() in path.read_bytes()]


Start = Callable[..., Console]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory, session_cache_directory: Path, responder: Responder) -> Path:
    """A cache that no other module writes to, with what the session derived from the library of this repository."""
    folder = tmp_path_factory.mktemp("console-cache")
    _ = responder.matcher
    for path in session_cache_directory.glob(f"*-{responder.library.place}.cache"):
        shutil.copy(path, folder)
    return folder


@pytest.fixture
def start(tmp_path: Path, cache: Path) -> Iterator[Start]:
    consoles: list[Console] = []

    def begin(*arguments: str, **environment: str) -> Console:
        consoles.append(Console(tmp_path, cache, *arguments, **environment))
        return consoles[-1]

    yield begin
    for console in consoles:
        console.child.close(force=True)


@pytest.fixture(scope="module")
def vague(cache: Path) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CSBOT_CACHE_DIR", str(cache))
        return ambiguous_message(Responder(load_library(str(ROOT))))


def test_a_message_its_variants_and_copying(start: Start) -> None:
    console = start()
    console.ready()
    console.enter("我要投诉", "complaint.want_to_complain")
    assert "把握" in console.text
    assert "说法 1/" in console.text
    console.enter("2", "说法 2/")
    console.enter("", "由终端转交")
    (text,) = console.copied()
    assert text
    assert "【" not in text
    console.enter("1", "说法 1/")
    console.enter("/复制", "由终端转交")
    assert len(console.copied()) == 2
    assert console.copied()[1] != text
    console.enter("/提示", "何时用")
    console.enter("/帮助", "/退出")
    assert console.leave() == 0
    assert console.on_disk("我要投诉") == []
    history = next(console.home.rglob("commands"))
    assert history.read_text(encoding="utf-8").split() == ["/复制", "/提示", "/帮助"]
    assert history.stat().st_mode & 0o777 == 0o600


def test_nothing_of_a_customer_is_left_on_disk(start: Start, cache: Path) -> None:
    console = start()
    console.ready()
    console.enter("/客户 欧阳 先生", "客户：欧阳先生")
    console.enter("/检查 欧阳先生，QX20261122 已经发出", "发送")
    console.enter("> 欧阳先生，请您稍候。", "可以发送")
    console.screen.reset()
    console.type("订单 QX20261122 到哪里了，我住在梧桐巷\r")
    console.wait(lambda: "说法" in console.text or console.at("", ""), "an answer or a question")
    console.type("\x03")
    console.wait(console.at, "the prompt")
    assert console.leave() == 0
    for secret in ("欧阳", "QX20261122", "梧桐巷"):
        assert console.on_disk(secret) == []
    derived = [path for path in cache.rglob("*") if path.is_file()]
    assert derived
    assert not [path for path in derived if b"QX20261122" in path.read_bytes()]


def test_slots_are_asked_for_in_place(start: Start) -> None:
    console = start()
    console.ready()
    console.enter("/用 complaint.accepted_closing", "【时限】", "姓氏")
    console.enter("王", "称谓", "称谓")
    console.enter("女士", "时限", "时限")
    console.enter("过两天", "请填数字加单位", "时限")
    console.enter("48小时", "说法 1/")
    assert "王女士" in console.text
    assert "48小时" in console.text
    console.enter("", "由终端转交")
    assert "王女士" in console.copied()[0]
    console.wait(lambda: "王女士" in console.screen.display[-1], "the customer in the toolbar")
    assert console.leave() == 0
    # What was promised, and to whom, is on disk: in the ledger and nowhere else.
    assert {path.name.partition("-")[0] for path in console.on_disk("王女士")} == {"promises.sqlite"}


def test_an_open_slot_is_never_copied(start: Start) -> None:
    console = start()
    console.ready()
    console.enter("/用 complaint.accepted_closing", "【时限】", "姓氏")
    console.screen.reset()
    console.type("\x03")
    console.wait(lambda: "不能复制" in console.text and console.at(), "the refusal")
    console.enter("/复制", "【时限】", "姓氏")
    console.screen.reset()
    console.type("\x03")
    console.wait(lambda: "不能复制" in console.text and console.at(), "the refusal")
    assert console.copied() == []
    assert console.leave() == 0


def test_an_unclear_message_is_told_apart_by_letter(start: Start, vague: str) -> None:
    console = start()
    console.ready()
    console.enter(vague, "拿不准，请选")
    console.enter("b", "由您选定")
    assert console.leave() == 0


def test_a_draft_is_checked(start: Start) -> None:
    console = start()
    console.ready()
    console.enter("/检查 您好，这个我不清楚。", "不能发送")
    assert "shirking.not_clear" in console.text
    assert "原因：" in console.text
    assert "改说：" in console.text
    underlined = "".join(
        cell.data for y in range(LINES) for _, cell in sorted(console.screen.buffer[y].items()) if cell.underscore
    )
    assert underlined == "我不清楚"
    console.enter("> 好的，我马上帮您核实。", "可以发送")
    assert console.leave() == 0
    assert console.on_disk("不清楚") == []


def test_a_paste_of_several_lines_is_one_message(start: Start) -> None:
    console = start()
    console.ready()
    console.type("\x1b[200~我要投诉\r\n你们客服态度太差\n上次说好的事没人管\x1b[201~")
    console.wait(lambda: "没人管" in console.text, "the paste")
    assert "情景" not in console.text
    console.enter("", "说法 1/")
    console.enter("/解释", "判断：")
    assert console.raw.count("说法 1/".encode()) == 1
    assert console.leave() == 0
    assert console.on_disk("没人管") == []


def test_control_c_clears_the_line_and_control_d_leaves(start: Start) -> None:
    console = start()
    console.ready()
    console.type("我要投")
    console.wait(lambda: console.at(typed="我要投"), "the typing")
    console.type("\x03")
    console.ready()
    assert "情景" not in console.text
    assert console.leave() == 0


def test_enter_does_not_send_what_completion_has_put_in(start: Start) -> None:
    console = start()
    console.ready()
    console.type("/检")
    console.wait(lambda: "检查自己要发的话" in console.text, "the menu")
    console.type("\t")
    console.wait(lambda: console.at(typed="/检查"), "the completion")
    console.type("\r")
    console.wait(lambda: console.at(typed="/检查") and "检查自己要发的话" not in console.text, "the closed menu")
    console.enter("", "要检查的话", "要检查的话")
    console.screen.reset()
    console.type("\x03")
    console.wait(lambda: "没有要检查的内容" in console.text and console.at(), "the prompt")
    assert console.leave() == 0


def test_up_recalls_commands_but_no_message(start: Start) -> None:
    console = start()
    console.ready()
    console.enter("/库", "话术库")
    console.enter("我要投诉", "说法 1/")
    console.type("\x1b[A")
    console.wait(lambda: console.at(typed="/库"), "the command")
    console.type("\x03")
    console.ready()
    assert console.leave() == 0


def test_f1_shows_the_help(start: Start) -> None:
    console = start()
    console.ready()
    console.type("\x1bOP")
    console.wait(lambda: "/帮助 列出全部命令" in console.text and console.at(), "the help")
    assert console.leave() == 0


def test_without_colour(start: Start) -> None:
    console = start(NO_COLOR="1")
    console.ready()
    console.enter("/检查 您好，这个我不清楚。", "不能发送")
    assert "^^^^^^^^" in console.text
    console.enter("我要投诉", "说法 1/")
    codes = {int(code) for found in re.findall(rb"\x1b\[([\d;]*)m", console.raw) for code in found.split(b";") if code}
    assert not {code for code in codes if 30 <= code <= 49 or 90 <= code <= 107}
    assert console.leave() == 0


def test_on_a_dumb_terminal(start: Start) -> None:
    console = start(TERM="dumb")
    console.ready()
    console.enter("我要投诉", "说法 1/")
    console.enter("2", "说法 2/")
    console.enter("/复制", "没有可用的剪贴板")
    console.enter("/用 complaint.accepted_closing", "【时限】", "姓氏")
    console.enter("王", "称谓", "称谓")
    console.enter("女士", "时限", "时限")
    console.enter("48小时", "说法 1/")
    console.enter("> 这个我不清楚", "不能发送")
    assert "^^^^^^^^" in console.text
    console.type("我要投")
    console.type("\x03")
    console.wait(lambda: console.at(), "the prompt")
    assert b"\x1b" not in console.raw
    assert console.leave() == 0


def test_messages_of_every_kind(start: Start) -> None:
    console = start()
    console.ready()
    console.enter("😀👍🏽🇨🇳", "说法 1/")
    console.enter("[b]我要投诉[/b]", "说法 1/")
    console.screen.reset()
    console.type("\x1b[200~\x1b[31m" + "我要退款" * 5000 + "\x1b[201~")
    console.child.send(b"\xff\xed\xa0\x80")
    console.type("\r")
    console.wait(lambda: "说法 1/" in console.text and console.at(), "an answer")
    assert b"Traceback" not in console.raw
    assert console.leave() == 0


def test_a_broken_library_is_reported_whole(start: Start, tmp_path: Path) -> None:
    library = tmp_path / "library"
    (library / "scripts_library").mkdir(parents=True)
    (library / "intents.yaml").write_text("intents: [\n", encoding="utf-8")
    console = start("--library", str(library))
    assert console.exit_code() == 2
    shown = console.raw.decode()
    assert "yaml.syntax" in shown
    assert "library.missing-file" in shown
    assert re.search(r"csbot: 话术库有 \d+ 处问题，没有载入", shown)
    assert "Traceback" not in shown


def test_a_fixed_moment_decides_the_greeting(start: Start) -> None:
    console = start("--now", "2026-02-17T09:30")
    console.ready()
    console.enter("在吗", "说法 1/")
    assert "新年好" in console.text or "春节" in console.text
    assert console.leave() == 0


def test_a_script_is_found_by_initials_while_typing(start: Start) -> None:
    console = start()
    console.ready()
    console.enter("/库", "话术库")  # the library is there
    console.screen.reset()
    console.type("/hdfk")
    console.wait(lambda: "payment.cash_on_delivery" in console.text, "the result below the line")
    console.type("\t")
    console.wait(lambda: console.at(typed="/payment.cash_on_delivery"), "the completion")
    console.type("\r")
    console.wait(lambda: "询问货到付款" not in console.text, "the closed menu")
    console.enter("", "说法 1/")
    assert "由您选定" in console.text
    console.enter("/hdfk", "说法 1/")
    assert console.leave() == 0
    assert console.on_disk("hdfk") == []


def test_two_consoles_share_one_ledger(start: Start) -> None:
    one, two = start(), start()
    for number, console in enumerate((one, two), start=1):
        console.ready()
        console.enter("我要投诉你们的送货员", "说法 1/")
        console.enter("", f"已记入待办 {number}")
    one.enter("/待办", "#2")
    assert "#1" in one.text
    two.enter("/待办 完成 1", "已完成")
    one.enter("/待办", "#2")
    assert "#1 " not in one.text
    one.wait(lambda: "待办 1 |" in one.screen.display[-1], "the count in the toolbar")
    assert one.leave() == two.leave() == 0
    for path in one.home.rglob("*.sqlite*"):
        assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("moment", [0.0, 0.05, 0.2, 0.6])
def test_who_leaves_while_the_library_is_loaded_leaves_in_order(start: Start, tmp_path: Path, moment: float) -> None:
    console = start(CSBOT_CACHE_DIR=str(tmp_path / "empty"))  # so that everything is compiled first
    console.ready()
    time.sleep(moment)
    assert console.leave() == 0


def test_a_killed_console_loses_no_promise(start: Start) -> None:
    killed = start()
    killed.ready()
    killed.enter("我要投诉你们的送货员", "说法 1/")
    killed.enter("", "已记入待办 1")
    killed.child.kill(signal.SIGKILL)
    killed.exit_code()
    console = start("--now", "2099-01-01T09:30")
    console.wait(lambda: "待办 1（1 件到时限）" in console.text, "what is due")
    console.ready()
    console.enter("/待办", "#1")
    console.enter("/待办 推迟 1 明天上午", "推迟到 明天 12:00")
    assert console.leave() == 0


def test_a_ledger_that_cannot_be_written_stops_nobody(start: Start, tmp_path: Path) -> None:
    (tmp_path / "nowhere").write_text("a file, and no folder")
    console = start(CSBOT_DATA_DIR=str(tmp_path / "nowhere"))
    console.ready()
    console.enter("我要投诉你们的送货员", "说法 1/")
    console.enter("", "记在内存里")
    assert len(console.copied()) == 1
    console.enter("/待办", "打不开")
    assert b"Traceback" not in console.raw
    assert console.leave() == 0
    assert "请抄下来" in console.raw.decode()
