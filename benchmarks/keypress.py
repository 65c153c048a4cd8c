"""How long a key takes to reach the screen, through a real pseudo-terminal, while the guard judges the draft."""

from __future__ import annotations

import os
import random
import re
import select
import statistics
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType

from benchmarks.messages import HELD_OUT, read_labelled
from benchmarks.tables import MEGABYTE, percentile, print_note, print_table

KEYS = 300
SLOW_KEYS = 100  # behind a paste of 10,000 characters
DRAFT = 500  # characters
PASTE = 10_000
MESSAGES = 2000
QUIET = 0.05  # seconds without output after which an answer counts as shown
PATIENCE = 120  # seconds after which a console counts as stuck
SEED = 20261122
DRAWN = b"\x1b[?25h"  # the editor shows the caret again when a screen is complete
ASKS = b"\x1b[6n"  # where the caret is: a terminal answers that
MARK = b"\x1b[0;1;4"  # bold and underlined: a finding; the colour follows
PROMPT = "客户> ".encode()
FORBIDDEN = "您好，这个我不清楚。"
CLEAN = "我们已经为您登记了这个问题，工程师会在今天下午与您联系，请您保持电话畅通，感谢您的理解和支持。"
TYPED = "请稍候我马上帮核实情况后再给回复"


class Pty:
    """A console in a pseudo-terminal of 100 columns and 40 lines that answers like a terminal does."""

    def __init__(self, library: Path, folder: str) -> None:
        import pexpect

        self.seen = b""
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "csbot", "--library", str(library)],
            env={
                **os.environ,
                "TERM": "xterm-256color",
                "CSBOT_DATA_DIR": folder,
                "CSBOT_CONFIG_DIR": "",
                "XDG_STATE_HOME": folder,
            },
            dimensions=(40, 100),
        )

    def __enter__(self) -> Pty:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.child.close(force=True)

    def send(self, text: str) -> None:
        """Press keys; the terminal takes a few thousand bytes at a time."""
        data = text.encode()
        while data:
            readable, writable, _ = select.select([self.child.child_fd], [self.child.child_fd], [], PATIENCE)
            if readable:
                self._read()
            if writable:
                data = data[os.write(self.child.child_fd, data[:1024]) :]

    def until(self, *expected: bytes) -> None:
        """Read until texts have come, one behind the other, since the last call."""
        deadline = time.monotonic() + PATIENCE
        while not self._has(expected):
            if time.monotonic() > deadline:
                raise RuntimeError(f"{expected!r} did not come: {self.seen[-300:]!r}")
            if select.select([self.child.child_fd], [], [], 1.0)[0]:
                self._read()

    def settle(self, seconds: float = 0.3) -> None:
        """Read until nothing has come for a while."""
        while select.select([self.child.child_fd], [], [], seconds)[0]:
            self._read()
        self.seen = b""

    def _has(self, expected: tuple[bytes, ...]) -> bool:
        at = 0
        for each in expected:
            found = self.seen.find(each, at)
            if found < 0:
                return False
            at = found + len(each)
        self.seen = self.seen[at:]
        return True

    def _read(self) -> None:
        data = os.read(self.child.child_fd, 65536)
        self.seen += data
        for _ in range(data.count(ASKS)):
            os.write(self.child.child_fd, b"\x1b[1;1R")

    def timed_key(self, key: str) -> float:
        """Press a key and return the milliseconds until it stands on a complete screen."""
        self.seen = b""
        start = time.perf_counter()
        self.send(key)
        self.until(key.encode(), DRAWN)
        return (time.perf_counter() - start) * 1000

    def megabytes(self, field: str) -> float | None:
        """Return a size of the process from ``/proc``; None where there is none."""
        try:
            status = Path(f"/proc/{self.child.pid}/status").read_text(encoding="utf-8")
        except OSError:
            return None
        found = re.search(rf"{field}:\s+(\d+)", status)
        return int(found[1]) * 1024 / MEGABYTE if found else None


def run(library: Path, _data: Path | None, repeat: int) -> None:
    """Measure and print how long a key, a paste and a start take, and what two thousand messages cost."""
    try:
        import pexpect  # noqa: F401
    except ImportError:
        print_note("pexpect is not installed: keypress is skipped")
        return
    with tempfile.TemporaryDirectory() as folder:
        rows = [_starts(library, folder, repeat), *_keys(library, folder), *_pasting(library, folder)]
        print_table("From key to screen", ["what", "median ms", "p99 ms", "worst ms", "times"], rows)
        print_table(f"Memory after {MESSAGES} messages", ["size", "MB"], _memory(library, folder))


def _row(name: str, times: list[float]) -> list[str]:
    figures = (statistics.median(times), percentile(times, 0.99), max(times))
    return [name, *(f"{each:.1f}" for each in figures), str(len(times))]


def _starts(library: Path, folder: str, repeat: int) -> list[str]:
    times = []
    for number in range(repeat + 1):
        start = time.perf_counter()
        with Pty(library, folder) as console:
            console.until(PROMPT, DRAWN)
            taken = (time.perf_counter() - start) * 1000
            console.send("我要投诉\r")
            console.until("说法 1/".encode())
        if number:  # the first one filled the cache
            times.append(taken)
    return _row("from the start to the prompt", times)


def _ready(console: Pty) -> None:
    """Wait until the library is loaded, the rules too."""
    console.until(PROMPT, DRAWN)
    console.send("/库\r")
    console.until("禁用语规则".encode(), PROMPT, DRAWN)
    console.settle()


def _keys(library: Path, folder: str) -> list[list[str]]:
    """Time keys in a line that is no draft, in a draft without a finding, and in one with three."""
    rows = []
    clean = (CLEAN * DRAFT)[:DRAFT]
    found = (FORBIDDEN + (CLEAN * DRAFT)[: DRAFT // 2] + FORBIDDEN + (CLEAN * DRAFT))[: DRAFT - 10] + FORBIDDEN
    for name, line in (
        (f"a key in a message of {DRAFT} characters, not judged", clean),
        (f"a key in a draft of {DRAFT} characters, clean", "> " + clean),
        (f"a key in a draft of {DRAFT} characters, three findings", "> " + found),
    ):
        with Pty(library, folder) as console:
            _ready(console)
            console.send(line)
            console.settle()
            rows.append(_row(name, _typed(console, KEYS)))
    return rows


def _typed(console: Pty, count: int) -> list[float]:
    """Type characters, each taken back again, as fast as a quick typist; return the milliseconds of each."""
    chance = random.Random(SEED)
    times = []
    for number in range(count):
        time.sleep(chance.uniform(0.03, 0.15))
        times.append(console.timed_key(TYPED[number % len(TYPED)]))
        time.sleep(chance.uniform(0.03, 0.15))
        console.seen = b""
        console.send("\x7f")
        console.until(DRAWN)
    return times


def _pasting(library: Path, folder: str) -> list[list[str]]:
    """Time a paste until it is on the screen, until its finding is marked, and keys behind it."""
    shown, judged, keys = [], [], list[float]()
    paste = (CLEAN * PASTE)[: PASTE - len(FORBIDDEN)] + FORBIDDEN
    for _ in range(5):
        with Pty(library, folder) as console:
            _ready(console)
            console.send("> ")
            console.settle()
            start = time.perf_counter()
            console.send(f"\x1b[200~{paste}\x1b[201~")
            console.until(FORBIDDEN[:3].encode(), DRAWN)
            shown.append((time.perf_counter() - start) * 1000)
            console.until("违规".encode(), DRAWN)
            judged.append((time.perf_counter() - start) * 1000)
            if not keys:
                console.settle()
                keys = _typed(console, SLOW_KEYS)
    return [
        _row(f"a paste of {PASTE} characters is on the screen", shown),
        _row("… and its finding is explained", judged),
        _row(f"a key in a draft of {PASTE} characters", keys),
    ]


def _memory(library: Path, folder: str) -> list[list[str]]:
    texts = [text.replace("\n", " ") for text, _ in read_labelled(HELD_OUT / "heldout.jsonl")]
    with Pty(library, folder) as console:
        _ready(console)
        sizes = [["resident, library loaded", _shown(console.megabytes("VmRSS"))]]
        for number in range(MESSAGES):
            console.send(f"/消息 {texts[number % len(texts)]}\r")
            console.settle(QUIET)  # a slot that is asked for is left open: the next command takes its place
        console.settle(1.0)
        sizes.append([f"resident, after {MESSAGES} messages", _shown(console.megabytes("VmRSS"))])
        sizes.append(["peak", _shown(console.megabytes("VmHWM"))])
    return sizes


def _shown(size: float | None) -> str:
    return "–" if size is None else f"{size:.0f}"
