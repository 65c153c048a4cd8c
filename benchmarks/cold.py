"""How long a person waits: cold starts, the console's prompt, a reply in a running process; and the memory."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from benchmarks.messages import HELD_OUT, read_labelled
from benchmarks.tables import MEGABYTE, percentile, print_note, print_table, seconds

MESSAGE = "我付了钱怎么显示支付失败"
DRAFT = "这个我也没办法\n"
WARM_MESSAGES = 500
FIRST_RUNS = 3  # without a cache: slow, and steady enough
PROMPT = "客户> "
ANSWERED = "回车＝"
PATIENCE = 60  # seconds after which a console counts as stuck

# Runs csbot and then writes its peak memory: VmHWM belongs to this process alone, while ru_maxrss of a child
# may still hold the size of the parent that started it.
_WITH_MEMORY = """
import atexit, re, sys
def report():
    with open("/proc/self/status") as status:
        sys.stderr.write("peak " + re.search(r"VmHWM:\\s+(\\d+)", status.read())[1])
atexit.register(report)
from csbot.cli import main
main(sys.argv[1:])
"""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of several runs of the same thing."""

    runs: tuple[float, ...]

    def cells(self) -> list[str]:
        """Return median and best as cells."""
        return [seconds(statistics.median(self.runs)), seconds(min(self.runs))] if self.runs else ["–", "–"]


def run(library: Path, _data: Path | None, repeat: int) -> None:
    """Measure and print everything about waiting and memory."""
    rows = [
        ["python -c pass", *_timed(["-c", "pass"], repeat).cells()],
        ["import jieba; jieba.initialize()", *_timed_jieba(repeat).cells()],
        ["csbot check - (one line)", *_timed(_csbot(library, "check", "-"), repeat, DRAFT, (0, 1)).cells()],
        ["csbot reply (one message)", *_timed(_csbot(library, "reply", MESSAGE), repeat).cells()],
    ]
    prompts, answers, peaks = _consoles(library, repeat)
    rows.append(["console: the prompt is visible", *prompts.cells()])
    rows.append(["console: the first reply, typed at once", *answers.cells()])
    print_table(f"Cold start, cache warm, {repeat} runs", ["from a new process", "median s", "best s"], rows)
    first = [
        ["csbot check - (one line)", *_first(_csbot(library, "check", "-"), DRAFT, (0, 1)).cells()],
        ["csbot reply (one message)", *_first(_csbot(library, "reply", MESSAGE)).cells()],
    ]
    print_table(f"First run, no cache yet, {FIRST_RUNS} runs", ["from a new process", "median s", "best s"], first)
    _print_warm(library)
    memory = [
        ["csbot reply (one message)", _megabytes(_peak_of(_csbot(library, "reply", MESSAGE)))],
        ["console, after one reply", _megabytes(statistics.median(peaks) if peaks else None)],
    ]
    print_table("Peak memory", ["process", "MB"], memory)


def _csbot(library: Path, *arguments: str) -> list[str]:
    return ["-m", "csbot", "--library", str(library), *arguments]


def _once(
    arguments: Sequence[str], given: str = "", codes: Sequence[int] = (0,), **environment: str
) -> tuple[float, str]:
    """Run Python once; return the seconds it took and what it wrote to standard error."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments],
        input=given.encode(),
        capture_output=True,
        check=False,
        env={**os.environ, **environment},
    )
    taken = time.perf_counter() - start
    said = done.stderr.decode(errors="replace")
    if done.returncode not in codes:
        raise RuntimeError(f"{' '.join(arguments)} ended with {done.returncode}: {said}")
    return taken, said


def _timed(arguments: Sequence[str], repeat: int, given: str = "", codes: Sequence[int] = (0,)) -> Timing:
    _once(arguments, given, codes)  # fills the cache and compiles the modules
    return Timing(tuple(_once(arguments, given, codes)[0] for _ in range(repeat)))


def _timed_jieba(repeat: int) -> Timing:
    """Time jieba's own start, with its own cache already made."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["-c", "import jieba; jieba.initialize()"]
        _once(arguments, TMPDIR=folder)
        return Timing(tuple(_once(arguments, TMPDIR=folder)[0] for _ in range(repeat)))


def _first(arguments: Sequence[str], given: str = "", codes: Sequence[int] = (0,)) -> Timing:
    runs = []
    for _ in range(FIRST_RUNS):
        with tempfile.TemporaryDirectory() as cache:
            runs.append(_once(arguments, given, codes, CSBOT_CACHE_DIR=cache)[0])
    return Timing(tuple(runs))


def _consoles(library: Path, repeat: int) -> tuple[Timing, Timing, list[int]]:
    """Open the console ``repeat`` times: seconds to the prompt, seconds to the first reply, peak bytes."""
    try:
        import pexpect
    except ImportError:
        print_note("pexpect is not installed: the console is skipped")
        return Timing(()), Timing(()), []
    prompts, answers, peaks = [], [], []
    for number in range(repeat + 1):
        start = time.perf_counter()
        console = pexpect.spawn(
            sys.executable,
            _csbot(library),
            env={**os.environ, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1", "CSBOT_CONFIG_DIR": ""},
            dimensions=(40, 100),
            encoding="utf-8",
            timeout=PATIENCE,
        )
        console.expect_exact(PROMPT)
        prompt = time.perf_counter() - start
        console.send(MESSAGE + "\r")
        console.expect_exact(ANSWERED)
        answer = time.perf_counter() - start
        peak = _peak_bytes(f"/proc/{console.pid}/status")
        console.close(force=True)
        if number:  # the first one primed the cache
            prompts.append(prompt)
            answers.append(answer)
            peaks += [peak] if peak is not None else []
    return Timing(tuple(prompts)), Timing(tuple(answers)), peaks


def _peak_bytes(status: str) -> int | None:
    try:
        found = re.search(r"VmHWM:\s+(\d+)", Path(status).read_text(encoding="utf-8"))
    except OSError:  # only Linux has it
        return None
    return int(found[1]) * 1024 if found else None


def _peak_of(arguments: Sequence[str]) -> int | None:
    """Return the peak memory of one run of csbot in bytes."""
    if not Path("/proc/self/status").exists():
        return None
    _, said = _once(["-c", _WITH_MEMORY, *arguments[2:]])
    found = re.search(r"peak (\d+)", said)
    return int(found[1]) * 1024 if found else None


def _megabytes(size: float | None) -> str:
    return "–" if size is None else f"{size / MEGABYTE:.0f}"


def _print_warm(library: Path) -> None:
    """Time replies in this process."""
    from csbot.library.load import load_library
    from csbot.matching.matcher import Matcher
    from csbot.replying.context import Context
    from csbot.replying.responder import Responder

    loaded = load_library(str(library))
    responder, matcher = Responder(loaded), Matcher.for_library(loaded)  # two, since a matcher remembers stretches
    now = datetime(2026, 11, 22, 10, 0)
    texts = [text for text, _ in read_labelled(HELD_OUT / "heldout.jsonl")][:WARM_MESSAGES]
    responder.respond(MESSAGE, Context(now))
    matcher.match(MESSAGE)
    whole = _milliseconds(lambda text: responder.respond(text, Context(now)), texts)
    matching = _milliseconds(matcher.match, texts)
    rows = [
        [name, f"{statistics.median(times):.2f}", f"{percentile(times, 0.99):.2f}"]
        for name, times in (("the whole way of a message", whole), ("matching alone", matching))
    ]
    print_table(f"In a running process, {len(texts)} messages", ["step", "median ms", "p99 ms"], rows)


def _milliseconds(call: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    times = []
    for text in texts:
        start = time.perf_counter()
        call(text)
        times.append((time.perf_counter() - start) * 1000)
    return times
