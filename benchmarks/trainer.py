"""How long a trainer waits with a library of 5,000 scripts: the first lint, every later one, and a reload.

The library is made for the measurement: the built-in one, and upon it scripts about made-up products, a file for each
product. One in five situations is recognised by what customers write, the others are called up by the agent.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

from benchmarks.tables import print_note, print_table, seconds
from csbot.library.load import load_library, read_documents
from csbot.lint.run import lint
from csbot.replying.responder import Responder

SCRIPTS = 5000
RECOGNISED = 5  # one in so many situations has examples
WARM_RUNS = 5

_THINGS = ["净水器", "扫地机", "空气炸锅", "洗碗机", "热水器", "抽油烟机", "电饭煲", "加湿器", "投影仪", "打印机"]
_SERIES = ["晨星", "远山", "青禾", "白鹭", "松涛", "海棠", "云帆", "秋水", "明月", "长风"]
_PARTS = ["滤芯", "安装", "保修", "配件", "清洗", "联网", "运费", "延保", "序列号", "电源"]
_MATTERS = [part + action for part in _PARTS for action in ("查询", "预约", "更换", "说明", "登记")]
_ASKS = ("{what}怎么弄", "想问一下{what}", "{what}找谁", "我要{what}", "麻烦帮我看下{what}", "{what}要多久")


def _subjects(count: int) -> Iterator[tuple[int, int, str]]:
    """Yield the number of the file, the number of the script, and what the script is about."""
    files = list(product(_SERIES, _THINGS))
    for number in range(count):
        file, matter = divmod(number, len(_MATTERS))
        series, thing = files[file % len(files)]
        yield file, number, f"{series}{thing}{_MATTERS[matter]}"


def write_library(folder: Path, built_in: Path, scripts: int = SCRIPTS) -> Path:
    """Write the library to measure with into ``folder``; return that folder."""
    for name in ("intents.yaml", "scripts_library", "phrasebook"):
        copy = shutil.copytree if (built_in / name).is_dir() else shutil.copyfile
        copy(built_in / name, folder / name)
    shutil.rmtree(folder / "scripts_library" / "conversations", ignore_errors=True)
    count = scripts - len(load_library(str(built_in)).scripts)
    intents: list[str] = []
    files: dict[int, list[str]] = {}
    for file, number, what in _subjects(count):
        identifier = f"made.p{number}"
        recognised = number % RECOGNISED == 0
        intents.append(
            f"  - id: {identifier}\n    name: {what}\n    trigger: {'customer' if recognised else 'agent'}\n"
            f"    cue: 客户问{what}\n    source: 良好实践：测量用\n    keywords: [{what}]\n"
        )
        if recognised:
            intents[-1] += "    examples:\n" + "".join(f"      - {ask.format(what=what)}\n" for ask in _ASKS)
        files.setdefault(file, []).append(
            f"  - intent: {identifier}\n    source: 良好实践：测量用\n    elements: [thanks]\n    replies:\n"
            f'      - text: "感谢您的来询，{what}由专人负责，我们在{{时限}}内联系您。"\n        length: 短\n'
            f'      - text: "{{问候}}，感谢您的来询。{what}的步骤我这就发给您，请您留意。"\n'
            f'      - text: "谢谢您的耐心。{what}需要核对型号，请您提供机身标签的照片，我来登记。"\n'
            f"        when: {{mood: 着急}}\n"
            f"    coaching: {{use: 客户问{what}时用。, avoid: 别的产品不用。, never: [自己看说明书]}}\n    next: []\n"
        )
    path = folder / "intents.yaml"
    before, heading, after = path.read_text(encoding="utf-8").partition("\nout_of_scope:")
    path.write_text(f"{before}\n{''.join(intents)}{heading}{after}", encoding="utf-8")
    for file, entries in files.items():
        path = folder / "scripts_library" / f"made_{file}.yaml"
        path.write_text(f"topic: made\nname: 测量用\nscripts:\n{''.join(entries)}", encoding="utf-8")
    return folder


def run(library: Path, _data: Path | None, _repeat: int) -> None:
    """Measure and print how long a trainer waits."""
    with tempfile.TemporaryDirectory(prefix="csbot-trainer-") as name:
        root = write_library(Path(name), library)
        size = sum(path.stat().st_size for path in root.rglob("*.yaml")) / 1e6
        loaded = load_library(str(root))
        examples = sum(len(each.examples) for each in loaded.intents.values())
        rows = [
            ["read every file, nothing kept", *_cells([_timed(lambda: _first(root))])],
            ["read again after one script was edited", *_warm(root, lambda: read_documents(root))],
            ["lint, nothing kept", *_cells([_timed(lambda: lint(root))])],
            ["lint after one script was edited", *_warm(root, lambda: lint(root))],
            ["csbot lint in a new process, likewise", *_warm(root, lambda: _csbot(root, "lint"))],
            ["reload of the console, likewise", *_warm(root, lambda: _reload(root))],
        ]
        print_table(
            f"A library of {len(loaded.scripts)} scripts, {examples} examples, {size:.1f} MB of YAML",
            ["what the trainer waits for", "median s", "best s", "CPU s"],
            rows,
        )
        print_note(f"median and best of {WARM_RUNS} edits of one reply each; CPU: what the processors worked for it")


def _timed(action: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds that an action took, and those that the processors worked for it."""
    start, worked = time.perf_counter(), _worked()
    action()
    return time.perf_counter() - start, _worked() - worked


def _worked() -> float:
    """Return the processor time of this process and of those that it has waited for."""
    return sum(os.times()[:4])


def _cells(runs: list[tuple[float, float]]) -> list[str]:
    """Return median and best of the seconds, and the median of the processor time, as cells."""
    waited, worked = sorted(each[0] for each in runs), sorted(each[1] for each in runs)
    best = seconds(waited[0]) if len(runs) > 1 else "–"
    return [seconds(waited[len(runs) // 2]), best, seconds(worked[len(runs) // 2])]


def _first(root: Path) -> None:
    """Read the library in a process of its own and without a cache."""
    code = "import sys; from pathlib import Path; from csbot.library.load import *; read_documents(Path(sys.argv[1]))"
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "CSBOT_CACHE_DIR": cache}
        subprocess.run([sys.executable, "-c", code, str(root)], check=True, env=environment)


def _warm(root: Path, action: Callable[[], object]) -> list[str]:
    """Return the median and the best of some runs, before each of which one reply is edited."""
    action()
    path = root / "scripts_library" / "made_7.yaml"
    taken = []
    for number in range(WARM_RUNS):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub("我(?:第.次)?这就", f"我第{number}次这就", text, count=1), encoding="utf-8")
        taken.append(_timed(action))
    return _cells(taken)


def _reload(root: Path) -> None:
    """Do what the running console does with a library that was saved."""
    responder = Responder(load_library(str(root)))
    responder.matcher.match("你好，请问在吗")
    _ = responder.guard.rules, responder.elements


def _csbot(root: Path, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "csbot", "--library", str(root), *arguments], capture_output=True, check=True)
