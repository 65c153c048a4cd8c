"""A console that is ended from outside: by a program, by the machine, or since its window was closed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

pytest.importorskip("pexpect")
pytest.importorskip("pyte")

from tests.test_console_terminal import ROOT, Console, Start, cache, start  # noqa: F401

from csbot.console.state.ending import Ended, came, ending_in_order, undisturbed
from csbot.store.ledger import FILE_NAME


def local_modes(console: Console) -> int:
    """Return how the terminal treats what is typed: the other end of it tells."""
    return int(termios.tcgetattr(console.child.child_fd)[3])


def left(console: Console) -> int:
    """Wait until a console has left, and return how the terminal treats what is typed then."""
    while console.pump():
        pass
    return local_modes(console)


USUAL = termios.ECHO | termios.ICANON | termios.ISIG


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_the_terminal_is_left_as_it_was(start: Start, number: signal.Signals) -> None:  # noqa: F811
    console = start()
    console.ready()
    assert not local_modes(console) & termios.ICANON  # the prompt has it
    console.child.kill(number)
    assert left(console) & USUAL == USUAL
    assert console.exit_code() == -number
    assert b"Traceback" not in console.raw


def test_so_it_is_between_two_prompts(start: Start, tmp_path: Path) -> None:  # noqa: F811
    console = start(CSBOT_CACHE_DIR=str(tmp_path / "empty"))  # everything is compiled first: that takes its time
    console.ready()
    console.type("我要退货\r")
    console.wait(lambda: "还在载入" in console.text, "that it waits")
    assert not local_modes(console) & termios.ECHO
    console.child.kill(signal.SIGTERM)
    assert left(console) & USUAL == USUAL
    assert console.exit_code() == -signal.SIGTERM
    assert b"Traceback" not in console.raw


def test_what_could_not_be_written_is_shown(start: Start, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "nowhere").write_text("a file, and no folder")
    console = start(CSBOT_DATA_DIR=str(tmp_path / "nowhere"))
    console.ready()
    console.enter("我要投诉你们的送货员", "说法 1/")
    console.enter("", "记在内存里")
    console.child.kill(signal.SIGTERM)
    assert console.exit_code() == -signal.SIGTERM
    assert "请抄下来" in console.raw.decode()


def test_a_closed_window_leaves_its_promises_in_the_ledger(start: Start, tmp_path: Path) -> None:  # noqa: F811
    place = tmp_path / "kept"
    place.write_text("a file, and no folder")
    console = start(CSBOT_DATA_DIR=str(place))
    console.ready()
    console.enter("我要投诉你们的送货员", "说法 1/")
    console.enter("", "记在内存里")
    place.unlink()  # the disk is there again
    console.child.ptyproc.fileobj.close()  # the window: the terminal hangs up; closed once for all who hold it
    deadline = time.monotonic() + 30
    while console.child.ptyproc.isalive() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not console.child.ptyproc.isalive()
    console.child.closed = True  # pexpect must not close it again
    with sqlite3.connect(place / FILE_NAME) as database:
        assert database.execute("select count(*) from promise").fetchone() == (1,)


def test_a_closed_window_leaves_no_traceback(tmp_path: Path, cache: Path) -> None:  # noqa: F811
    keyboard, window = os.openpty()
    with (tmp_path / "errors").open("wb") as errors:
        environment = {**os.environ, "TERM": "xterm", "CSBOT_CACHE_DIR": str(cache), "CSBOT_CONFIG_DIR": ""}
        process = subprocess.Popen(
            [sys.executable, "-m", "csbot", "--library", str(ROOT)],
            stdin=window,
            stdout=window,
            stderr=errors,
            env=environment,
            start_new_session=True,
        )
        os.close(window)
        said = b""
        while "离开".encode() not in said:
            said += os.read(keyboard, 4096)
        os.close(keyboard)  # it is no terminal of the process's own: no signal tells, reading and writing fail
        process.send_signal(signal.SIGHUP)
        assert process.wait(30) == -signal.SIGHUP
    assert b"Traceback" not in (tmp_path / "errors").read_bytes()


def test_what_has_begun_is_brought_to_its_end() -> None:
    done: list[str] = []

    def take() -> None:
        with undisturbed():
            signal.raise_signal(signal.SIGTERM)
            done.append("written")
        done.append("not reached")

    with ending_in_order(), pytest.raises(Ended):
        take()
    assert done == ["written"]
    assert came() == signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_what_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ending_in_order():
            signal.raise_signal(signal.SIGHUP)
            assert came() is None
    finally:
        signal.signal(signal.SIGHUP, before)
