"""Many agents at one server over SSH: how long each waits for an answer, and what the server takes."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.messages import HELD_OUT, read_labelled
from benchmarks.tables import percentile, print_note, print_table
from csbot.library.load import load_library
from csbot.replying.context import Context
from csbot.replying.responder import Responder

if TYPE_CHECKING:
    import asyncssh

CROWDS = (1, 50)
MESSAGES = 10  # that every agent answers
PAUSE = 6.0  # seconds on average between two messages of one agent: a busy one takes twice as long and more
MARK = "说法 "
SETTLED = 5.0  # seconds after everybody has logged in at once, which is another thing than a shift
PROMPT = "客户> "
PATIENCE = 60.0
_FIGURES = [f"{what} {which}" for what in ("answer", "echo") for which in ("p50", "p99", "worst")]
_ESCAPES = re.compile(r"\x1b\][^\x07]*\x07|\x1b\[[0-9;?]*[A-Za-z]|\r")


def run(library: Path, _data: Path | None, _repeat: int) -> None:
    """Measure and print how long agents wait while others work too."""
    if importlib.util.find_spec("asyncssh") is None:
        print_note("asyncssh is not installed: the team server is skipped")
        return
    texts = _answered_at_once(library)
    rows = []
    with tempfile.TemporaryDirectory(prefix="csbot-team-") as folder:
        for crowd in CROWDS:
            waits, echoes, cpu, peak = _measure(Path(folder) / str(crowd), library, texts, crowd)
            rows.append(
                [
                    str(crowd),
                    str(len(waits)),
                    *(f"{1000 * value:.0f}" for value in _figures(waits)),
                    *(f"{1000 * value:.0f}" for value in _figures(echoes)),
                    f"{cpu:.0%}",
                    f"{peak:.0f}",
                ]
            )
    print_table(
        f"A server for the team: every agent sends a message each {PAUSE:.0f} s",
        ["agents", "answers", *(f"{what} ms" for what in _FIGURES), "cpu", "peak MB"],
        rows,
    )


def _figures(seconds: list[float]) -> tuple[float, float, float]:
    return statistics.median(seconds), percentile(seconds, 0.99), max(seconds)


def _answered_at_once(library: Path) -> list[str]:
    """Return messages whose reply is full: no agent has to fill in anything before it is shown."""
    responder = Responder(load_library(str(library)))
    found = []
    for text, _ in read_labelled(HELD_OUT / "heldout.jsonl"):
        best = responder.respond(text, Context(datetime.now()), 1).best
        if best is not None and not best.filled.open_slots and len(text) < 40:
            found.append(text)
    return found


def _measure(
    folder: Path, library: Path, texts: list[str], crowd: int
) -> tuple[list[float], list[float], float, float]:
    """Return the seconds of all answers and of all echoes, the share of one core, and the peak memory in MB."""
    import asyncssh

    folder.mkdir()
    key = asyncssh.generate_private_key("ssh-ed25519")
    agents = folder / "agents"
    agents.mkdir()
    names = [f"a{number:03}" for number in range(crowd)]
    for name in names:
        (agents / f"{name}.pub").write_bytes(key.export_public_key())
    environment = {**os.environ, "CSBOT_DATA_DIR": str(folder / "data")}
    command = [sys.executable, "-m", "csbot", "--library", str(library), "serve", "--agents", str(agents)]
    with subprocess.Popen(
        [*command, "--port", "0", "--most", str(crowd)], stderr=subprocess.PIPE, text=True, env=environment
    ) as server:
        assert server.stderr is not None
        try:
            found = re.search(r"端口 (\d+)", server.stderr.readline())
            assert found is not None
            waits, echoes, used = asyncio.run(_crowd(int(found[1]), key, names, texts, server.pid))
            peak = _status(server.pid, "VmHWM") / 1024
        finally:
            server.send_signal(signal.SIGTERM)
            server.stderr.read()
    return waits, echoes, used, peak


async def _crowd(
    port: int, key: asyncssh.SSHKey, names: list[str], texts: list[str], pid: int
) -> tuple[list[float], list[float], float]:
    ready, go = asyncio.Semaphore(0), asyncio.Event()
    waits: list[float] = []
    echoes: list[float] = []
    tasks = [asyncio.create_task(_agent(port, key, name, texts, ready, go, waits, echoes)) for name in names]
    for _ in tasks:
        await ready.acquire()
    await asyncio.sleep(SETTLED)
    began, before = time.monotonic(), _seconds_used(pid)
    go.set()
    await asyncio.gather(*tasks)
    return waits, echoes, (_seconds_used(pid) - before) / (time.monotonic() - began)


async def _agent(
    port: int,
    key: asyncssh.SSHKey,
    name: str,
    texts: list[str],
    ready: asyncio.Semaphore,
    go: asyncio.Event,
    waits: list[float],
    echoes: list[float],
) -> None:
    """Log in, wait for all others, then type one message after another; note what each took."""
    import asyncssh

    chance = random.Random(name)
    async with (
        asyncssh.connect(
            "127.0.0.1", port, username=name, client_keys=[key], known_hosts=None, config=None, agent_path=None
        ) as connection,
        connection.create_process(term_type="xterm-256color", term_size=(100, 40)) as process,
    ):

        async def until(sign: str) -> None:
            seen = ""
            async with asyncio.timeout(PATIENCE):
                while sign not in _ESCAPES.sub("", seen):
                    seen += await process.stdout.read(65536)

        await until(PROMPT)
        ready.release()
        await go.wait()
        for text in chance.sample(texts, MESSAGES):
            await asyncio.sleep(chance.uniform(0, 2 * PAUSE))
            began = time.perf_counter()
            process.stdin.write(text)
            await until(text[-1])
            echoes.append(time.perf_counter() - began)
            began = time.perf_counter()
            process.stdin.write("\r")
            await until(MARK)
            waits.append(time.perf_counter() - began)


def _status(pid: int, field: str) -> int:
    """Return a number out of ``/proc/PID/status``, in kB."""
    found = re.search(rf"{field}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    assert found is not None
    return int(found[1])


def _seconds_used(pid: int) -> float:
    """Return the processor time of a process in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
