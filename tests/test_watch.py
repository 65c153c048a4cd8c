"""``csbot watch`` as a program: what it says of each save, in which order, how soon, and how it ends."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from tests.support import PATHS, environment, write_library

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="is ended by a signal")

PATIENCE = 120.0  # seconds: machines may be slow, and the first round compiles the examples


class Watching:
    """csbot watch over a library, with what it has written so far."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "csbot", "--library", "lib", "watch"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=root.parent,
            env=environment(),
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            for line in output:
                self.lines.append(line.decode().rstrip("\n"))

    def round(self, ending: str = "合计 ") -> list[str]:
        """Wait for the end of a round; return its lines, and forget them. What comes behind is of the next one."""
        deadline = time.monotonic() + PATIENCE
        while not any(line.startswith(ending) for line in self.lines):
            assert self.process.poll() is None, self.lines
            assert time.monotonic() < deadline, self.lines
            time.sleep(0.02)
        behind = 1 + next(at for at, line in enumerate(self.lines) if line.startswith(ending))
        lines = self.lines[:behind]
        del self.lines[:behind]
        return lines

    def save(self, kind: str, old: str, new: str) -> None:
        path = self.root / PATHS[kind]
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def stop(self) -> tuple[int, list[str]]:
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        return code, self.lines


TEST = "    tests: [{customer: 能开发票吗, expect: {contains: [感谢您的来询]}}]\n"


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Watching]:
    root = write_library(tmp_path / "lib")
    path = root / PATHS["scripts"]
    text = path.read_text(encoding="utf-8").replace("  - intent: greeting", f"{TEST}  - intent: greeting")
    path.write_text(text, encoding="utf-8")
    watching = Watching(root)
    watching.round()
    yield watching
    watching.process.kill()
    watching.process.wait()
    watching.reader.join(PATIENCE)


def without_times(lines: list[str]) -> list[str]:
    return [re.sub(r"（[^（）]*\d\.\d\d 秒）|\d\d:\d\d:\d\d", "", line) for line in lines]


@pytest.mark.slow
def test_a_save_is_checked_and_tested_and_ctrl_c_ends_it(watching: Watching) -> None:
    watching.save("scripts", "感谢您的来询，发票会在", "肯定没问题，发票会在")
    lines = watching.round()
    said = without_times(lines)
    assert said[0] == "──  保存了 lib/scripts_library/small.yaml"
    # The first broken thing comes first: what can no longer be sent, before the test that fails for it.
    assert said[1].startswith("lib/scripts_library/small.yaml:20:15: reply.element 第 1 条回复缺少要素「致谢」")
    forbidden = next(at for at, line in enumerate(said) if "reply.forbidden 第 1 条回复含有「肯定没问题」" in line)
    failed = next(at for at, line in enumerate(said) if "test.failed 「能开发票吗」没有通过" in line)
    assert 0 < forbidden < said.index("2 处错误，3 处警告") < failed
    assert said[-2:] == ["测试 1 个，通过 0，失败 1", "合计 2 处错误，3 处警告"]
    assert all(re.search(r"秒）$", line) for line in lines[-2:])
    watching.save("scripts", "肯定没问题，发票会在", "感谢您的来询，发票会在")
    said = without_times(watching.round())
    assert said[-2:] == ["测试 1 个，通过 1，失败 0", "合计 0 处错误，3 处警告，改好了 3 处"]
    assert len(said) == 4  # nothing that was there before is told again
    assert watching.stop() == (0, ["已停止。"])


@pytest.mark.slow
def test_a_broken_file_is_told_at_its_place_and_nothing_else_is_run(watching: Watching) -> None:
    watching.save("forbidden", "banned: 不知道", "banned:不知道")
    said = without_times(watching.round("不能用"))
    assert "lib/phrasebook/forbidden/ten_donts.yaml:7:11: yaml.syntax" in said[1]
    assert said[-1] == "不能用，先改好上面的：1 处错误，0 处警告"
    watching.save("forbidden", "banned:不知道", "banned: 不知道")
    assert without_times(watching.round())[-1] == "合计 0 处错误，3 处警告"


@pytest.mark.slow
def test_a_new_file_and_a_removed_one_are_noticed(watching: Watching) -> None:
    path = watching.root / "scripts_library" / "conversations" / "a.yaml"
    path.parent.mkdir()
    path.write_text("name: 问付款\nsteps:\n  - customer: 怎么付款\n    expect: {situation: payment.methods}\n", "utf-8")
    said = without_times(watching.round())
    assert said[0] == "──  保存了 lib/scripts_library/conversations/a.yaml"
    assert "测试 2 个，通过 2，失败 0" in said
    path.unlink()
    assert "测试 1 个，通过 1，失败 0" in without_times(watching.round())


@pytest.mark.slow
def test_tests_that_could_not_be_run_are_not_mended(watching: Watching) -> None:
    watching.save("scripts", "感谢您的来询", "感谢您的到来")
    assert any("失败 1" in line for line in watching.round())
    watching.save("scripts", "customer: 能开发票吗", "customer: 能开发票吗, slots: {姓氏: 12345}")
    broken = watching.round()
    assert any(line.startswith("测试没有运行") for line in broken)
    assert "1 处错误" in broken[-1]
    assert "改好了" not in broken[-1]
    watching.save("scripts", "customer: 能开发票吗, slots: {姓氏: 12345}", "customer: 能开发票吗")
    assert any("失败 1" in line for line in watching.round())


@pytest.mark.slow
def test_a_changed_rule_is_tried_on_its_own_examples_first(watching: Watching) -> None:
    watching.save("forbidden", "banned: 不知道", "banned: 不晓得")
    said = without_times(watching.round())
    own = said.index("刚改的规则自己的例子：3 处错误，0 处警告；接着查全部回复和测试……")
    assert "rule.bad-missed 规则「ten_donts.dont_know」没有命中自己的例子" in "".join(said[:own])
    assert sum("rule.bad-missed" in line for line in said) == 3  # told once
    assert_same_as_lint(watching, said)


@pytest.mark.slow
def test_a_changed_situation_is_looked_at_before_the_tests(watching: Watching) -> None:
    path = watching.root / PATHS["intents"]
    example = re.search(r"examples: *\n? *(?:- |\[)([^\n,]+)", path.read_text(encoding="utf-8"))
    assert example is not None
    watching.save("intents", example[1], f"{example[1]}呀呀")
    said = without_times(watching.round())
    order = [line[:4] for line in said if line.startswith(("刚改的情景", "测试 ", "合计 "))]
    assert order == ["刚改的情", "测试 1", "合计 0"]
    assert_same_as_lint(watching, said)


@pytest.mark.slow
def test_new_examples_are_told_of_by_what_was_learnt_before_them(watching: Watching) -> None:
    watching.save(
        "intents", "      - 怎么付款\n", "      - 怎么付款\n      - 我想怎么支付\n      - 我要开一张电子发票\n"
    )
    said = without_times(watching.round())
    told = [line for line in said if line.startswith("暂定：")]
    assert told[0] == "暂定：新例句「我想怎么支付」本来就认得"
    assert told[1].startswith("暂定：新例句「我要开一张电子发票」最像「索要发票」（payment.invoice），把握 ")
    first = next(at for at, line in enumerate(said) if "处错误" in line)
    assert said.index(told[1]) < said.index("以上按保存前学到的说；接着重新学习……") < first, (
        "before anything is checked"
    )
    watching.save("intents", "我要开一张电子发票", "今天天气不错呀")
    assert "暂定：新例句「今天天气不错呀」还认不出来，学了才知道" in without_times(watching.round())
    watching.save("slots", "24小时", "36小时")
    assert not any(line.startswith("暂定：") for line in watching.round())


def assert_same_as_lint(watching: Watching, said: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "csbot", "--library", "lib", "lint"],
        cwd=watching.root.parent,
        env=environment(),
        capture_output=True,
        check=False,
    )
    total = done.stdout.decode().splitlines()[-1].partition("：")[2]
    assert re.match("合计 ([^（，]+，[^（，]+)", said[-1])[1] == total  # type: ignore[index]


@pytest.mark.slow
def test_a_save_is_judged_within_a_second(watching: Watching) -> None:
    taken = []
    hours = ["24小时", "36小时", "48小时", "72小时"]
    for old, new in pairwise(hours):
        started = time.monotonic()
        watching.save("slots", old, new)
        watching.round()
        taken.append(time.monotonic() - started)
    assert min(taken) < 1.0, taken
