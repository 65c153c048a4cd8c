"""How much memory a console holds: its library loaded, and after thousands of different messages and drafts."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from benchmarks.messages import HELD_OUT
from benchmarks.tables import print_note, print_table

MESSAGES = 2000  # what customers write, no message twice, a draft of an agent judged beside each

# Loads what a console loads, and reads messages and drafts as it does; prints resident and peak sizes in kilobytes.
_READ = """
import json, re, sys
from datetime import datetime
from pathlib import Path
import csbot.console.app, prompt_toolkit
from csbot.console.state.loading import Loader
from csbot.replying.context import Context

def show(name):
    status = Path("/proc/self/status").read_text()
    print(json.dumps([name, *(int(re.search(field + r":\\s+(\\d+)", status)[1]) for field in ("VmRSS", "VmHWM"))]))

loader = Loader(sys.argv[1])
responder = loader.wait()
loader._thread.join()  # what is made beside the prompt
show("library loaded")
messages, drafts = (json.loads(line) for line in sys.stdin)
for number, (message, draft) in enumerate(zip(messages, drafts), 1):
    responder.respond(message, Context(datetime(2026, 3, 10, 15)))
    responder.guard.findings(draft)
    if number * 4 % len(messages) == 0:
        show(f"after {number} messages and drafts")
"""


def run(library: Path, _data: Path | None, _repeat: int) -> None:
    """Measure and print the memory of a process that does what a console does."""
    if not Path("/proc/self/status").exists():
        print_note("skipped, memory: only Linux tells")
        return
    given = "\n".join(json.dumps(each) for each in (_messages(), _drafts()))
    rows = []
    for round_ in range(2):  # the first one fills the cache
        done = subprocess.run(
            [sys.executable, "-c", _READ, str(library)], input=given, capture_output=True, check=True, text=True
        )
        if round_:
            rows = [json.loads(line) for line in done.stdout.splitlines()]
    cells = [[name, *(f"{size * 1024 / 1e6:.0f}" for size in sizes)] for name, *sizes in rows]
    print_table("Memory of what a console does", ["size", "resident MB", "peak MB"], cells)
    print_note(f"{os.cpu_count()} cores; the drafts are those of the tests: most of them have findings")


def _messages() -> list[str]:
    """Return different messages: those of the tests, and each of them again behind another beginning."""
    paths = sorted(HELD_OUT.glob("heldout*.jsonl"))
    texts = list(dict.fromkeys(_texts(paths)))
    many = [f"{beginning}{text}" for beginning in ("", "你好，", "在吗？", "麻烦问一下，") for text in texts]
    return many[:MESSAGES]


def _drafts() -> list[str]:
    """Return different drafts: those of the tests, and such ones put together from the halves of two."""
    texts = list(dict.fromkeys(_texts(sorted(HELD_OUT.glob("drafts*.jsonl")))))
    halves = [re.sub(r"\n", " ", one) + other for one, other in zip(texts, texts[7:], strict=False)]
    return [*texts, *halves][:MESSAGES]


def _texts(paths: list[Path]) -> list[str]:
    return [json.loads(line)["text"] for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
