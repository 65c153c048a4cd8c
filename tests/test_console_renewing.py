"""The console goes on while its library is saved: a good one takes over, a broken one does not."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from tests.support import PATHS, csbot, write_library
from tests.test_console_commands import Bench
from tests.test_console_terminal import Console, Start, cache, start

from csbot.console.serving.taking_over import renew
from csbot.console.state.loading import Loader
from csbot.console.state.renewing import Renewal
from csbot.library.load import load_library
from csbot.library.stamps import changed, stamp_of
from csbot.replying.responder import Responder

__all__ = ["cache", "start"]  # fixtures

PATIENCE = 60.0  # seconds

ROOT = Path(__file__).resolve().parent.parent


def edit(root: Path, kind: str, old: str, new: str) -> None:
    """Save a file of the small library with another text in it, as an editor does: a new file in its place."""
    path = root / PATHS[kind]
    text = path.read_text(encoding="utf-8")
    assert old in text
    fresh = path.with_name(".fresh")
    fresh.write_text(text.replace(old, new, 1), encoding="utf-8")
    fresh.replace(path)


BROKEN = ("        when: {festival: any}", "       when: {festival: any}")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_library(tmp_path / "lib")


@pytest.fixture
def bench(root: Path) -> Bench:
    """A desk with the small library; nothing watches it but the test."""
    bench = Bench(Responder(load_library(str(root))))
    bench.desk.loader.named = str(root)
    bench.desk.renewal = Renewal(bench.desk.loader, interval=0.02)
    return bench


def told(bench: Bench) -> str:
    """Wait until the watching thread has something to say, take it over and return what was told."""
    deadline = time.monotonic() + PATIENCE
    before = bench.output.getvalue()
    while bench.output.getvalue() == before and time.monotonic() < deadline:
        renew(bench.desk)
        time.sleep(0.02)
    return bench.output.getvalue()[len(before) :].replace("\n", "")


def watching(bench: Bench) -> None:
    """Begin to watch and wait until the first look is over."""
    bench.desk.renewal.start()
    time.sleep(0.5)


@pytest.mark.slow
def test_a_saved_reply_takes_over_and_the_conversation_stays(bench: Bench, root: Path) -> None:
    bench.enter("能开发票吗")
    bench.desk.conversation.context.slots["姓氏"] = "王"
    watching(bench)
    edit(root, "scripts", "感谢您的来询，发票会", "谢谢您，新的发票会")
    assert "话术库已更新" in told(bench)
    turn = bench.desk.conversation.turn
    assert turn is not None
    assert turn.message == "能开发票吗"
    assert "谢谢您，新的发票会在24小时内寄出。" in {variant.filled.text for variant in turn.response.variants}
    assert bench.desk.conversation.context.slots["姓氏"] == "王"
    bench.desk.renewal.stop()


@pytest.mark.slow
def test_a_broken_library_is_told_with_its_place_and_never_used(bench: Bench, root: Path) -> None:
    watching(bench)
    old = bench.desk.responder
    edit(root, "scripts", *BROKEN)
    said = told(bench)
    assert "话术库改坏了，先用原来的：" in said
    assert "small.yaml:32:8: yaml.syntax" in said
    assert bench.desk.responder is old
    bench.enter("能开发票吗")
    assert bench.desk.conversation.ready
    edit(root, "scripts", *reversed(BROKEN))
    assert "话术库改好了，已换上新的" in told(bench)
    bench.desk.renewal.stop()


@pytest.mark.slow
def test_what_stands_ready_is_judged_by_the_new_rules(bench: Bench, root: Path) -> None:
    bench.enter("能开发票吗")
    ready = bench.desk.conversation.ready
    assert "发票" in ready
    watching(bench)
    edit(root, "forbidden", "banned: 不知道", "banned: 不知道\n    phrases: [不知道, 发票]")
    assert "按新的规则不能发送" in told(bench)
    assert bench.desk.conversation.ready == ""
    turn = bench.desk.conversation.turn
    assert turn is not None
    assert turn.response.variants == ()
    bench.desk.renewal.stop()


@pytest.mark.slow
def test_a_situation_that_is_gone_is_taken_off_the_screen(bench: Bench, root: Path) -> None:
    bench.enter("能开发票吗")
    watching(bench)
    layer = root.parent / "own"
    layer.mkdir()
    (layer / "layer.yaml").write_text(
        "level: 公司\nname: 甲\nextends: ../lib\noff: [{situation: payment.invoice, reason: 不开}]\n", encoding="utf-8"
    )
    bench.desk.loader.named = str(layer)
    edit(root, "slots", "24小时", "36小时")
    assert "已经不在话术库里" in told(bench)
    conversation = bench.desk.conversation
    assert (conversation.turn, conversation.ready, conversation.choices) == (None, "", {})
    bench.desk.renewal.stop()


@pytest.mark.slow
def test_a_file_that_is_saved_as_it_was_is_no_news(bench: Bench, root: Path) -> None:
    watching(bench)
    path = root / PATHS["scripts"]
    path.write_bytes(path.read_bytes())
    test = root / "scripts_library" / "conversations" / "a.yaml"
    test.parent.mkdir()
    test.write_text("name: 坏的\nsteps: [\n", encoding="utf-8")
    time.sleep(1.0)
    assert bench.desk.renewal.take() == []
    bench.desk.renewal.stop()


def test_nothing_is_watched_before_the_library_is_there() -> None:
    renewal = Renewal(Loader(None))
    renewal.start()
    assert renewal.take() == []


def test_a_stamp_tells_which_files_were_saved(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root.parent)
    before = stamp_of(root)
    edit(root, "slots", "24小时", "36小时")
    (root / "scripts_library" / "more.yaml").write_text("topic: a\n", encoding="utf-8")
    (root / PATHS["synonyms"]).unlink()
    assert changed(before, stamp_of(root)) == [
        "lib/phrasebook/slots.yaml",
        "lib/phrasebook/synonyms.yaml",
        "lib/scripts_library/more.yaml",
    ]
    assert changed(before, before) == []


@pytest.mark.slow
def test_in_a_terminal_the_line_being_typed_stays(start: Start, tmp_path: Path) -> None:
    root = write_library(tmp_path / "lib")
    assert csbot("--library", str(root), "reply", "能开发票吗").returncode == 0
    console: Console = start("--library", str(root))
    console.ready()
    console.enter("能开发票吗", "说法 1/")
    edit(root, "scripts", "感谢您的来询，发票会", "谢谢您，新的发票会")
    console.wait(lambda: "话术库已更新" in console.text and console.at(), "the new library")
    console.type("能开")
    console.wait(lambda: console.at(typed="能开"), "what is typed")
    edit(root, "scripts", *BROKEN)
    console.wait(lambda: "话术库改坏了" in console.text and console.at(typed="能开"), "what is broken")
    assert "lib/scripts_library/small.yaml:32:8: yaml.syntax" in console.text
    edit(root, "scripts", *reversed(BROKEN))
    console.wait(lambda: "话术库改好了" in console.text and console.at(typed="能开"), "that it is good again")
    console.type("发票吗\r")
    console.wait(lambda: console.text.count("情景：索要发票") == 2 and console.at(), "the second answer")
    assert console.leave() == 0
