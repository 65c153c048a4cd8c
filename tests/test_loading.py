"""What a console loads beside its prompt: in which order, and what of it stays in memory."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import weakref
from datetime import datetime
from pathlib import Path

import pytest
from tests.support import environment, write_library

from csbot.console.state import loading
from csbot.console.state.loading import LibraryUnusableError, Loader, prepared
from csbot.replying.context import Context
from csbot.replying.responder import Responder
from csbot.searching.index import SearchIndex

PATIENCE = 60.0  # seconds


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_library(tmp_path / "library")


def test_a_message_is_answered_before_all_is_made_that_drafts_and_searches_need(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on, made = threading.Event(), loading._index_of

    def held_up(responder: Responder) -> SearchIndex:
        assert may_go_on.wait(PATIENCE)
        return made(responder)

    monkeypatch.setattr(loading, "_index_of", held_up)
    loader = Loader(str(folder))
    responder = loader.wait()
    assert responder.respond("我要退款", Context(datetime(2026, 3, 10, 15))).best is not None
    assert (loader.done, loader.warm, loader.guard) == (True, False, responder.guard)
    may_go_on.set()
    assert loader.wait_until_warm() is responder
    assert loader.warm
    assert loader.index is loader.index


def test_what_cannot_be_loaded_keeps_nobody_waiting(folder: Path) -> None:
    (folder / "intents.yaml").write_text("intents: [", encoding="utf-8")
    loader = Loader(str(folder))
    with pytest.raises(LibraryUnusableError):
        loader.wait_until_warm()
    assert loader.done


def test_a_library_that_was_replaced_is_given_up(folder: Path) -> None:
    loader = Loader(str(folder))
    before = weakref.ref(loader.wait_until_warm().matcher), weakref.ref(loader.wait().library)
    with (folder / "intents.yaml").open("a", encoding="utf-8") as stream:
        stream.write("# saved again\n")
    loader.replace(*prepared(str(folder)))
    assert [each() for each in before] == [None, None]
    assert loader.guard is loader.wait().guard


LOADED = """
import gc, json, sys
from datetime import datetime
from csbot.console.state.loading import Loader
from csbot.replying.context import Context

responder = Loader(sys.argv[1], sparing=sys.argv[2] == "sparing").wait_until_warm()
replies = [responder.respond(f"怎么付款，这是第{'一' * number}句", Context(datetime(2026, 3, 10, 15))).as_dict()
           for number in range(60)]
print(json.dumps([replies, "numpy" in sys.modules, gc.isenabled(), gc.get_freeze_count() > 10_000]))
"""


@pytest.mark.slow
def test_a_console_stays_small_and_answers_like_a_server(folder: Path) -> None:
    found = {}
    for kind in ("sparing", "generous"):
        command = [sys.executable, "-c", LOADED, str(folder), kind]
        subprocess.run(command, env=environment(), capture_output=True, check=True)  # the cache is filled
        done = subprocess.run(command, env=environment(), capture_output=True, check=True, text=True)
        found[kind] = json.loads(done.stdout)
    assert found["sparing"][0] == found["generous"][0]
    assert found["sparing"][1:] == [False, True, True]
    assert found["generous"][1:] == [True, True, True]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process takes")
def test_what_is_freed_goes_back_to_the_system() -> None:
    """Large blocks that were freed make glibc keep the next ones: 20 of 40 MB would stay."""
    script = (
        "import re, sys; from pathlib import Path; from csbot.console.state import loading\n"
        "def taken(): return int(re.search(r'VmRSS:\\s+(\\d+)', Path('/proc/self/status').read_text())[1])\n"
        "if sys.argv[1] == 'sparing': loading._give_back_freed()\n"
        "bytes(30_000_000).count(b'1')\n"
        "before = taken()\n"
        "blocks = [bytearray(b'1' * 1_000_000) for _ in range(40)]\n"
        "del blocks[:-1]\n"
        "print(taken() - before)\n"
    )
    kept = {
        name: int(subprocess.run([sys.executable, "-c", script, name], capture_output=True, check=True).stdout)
        for name in ("sparing", "not")
    }
    assert kept["sparing"] < 5_000
    assert kept["sparing"] <= kept["not"]
