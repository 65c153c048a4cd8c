"""What the guides for trainers, agents and engineers show is what comes to somebody who follows them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from tests.guides import Reader, comparable
from tests.support import ROOT
from tests.test_console_commands import Bench

from csbot.replying.responder import Responder
from csbot.store.inbox import FILE_NAME, Inbox, Kind

ASKED = ("能不能加急发货", "可不可以加急发货呀", "你们有实体店吗")


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    """Somebody whose agents have met messages that were not recognised."""
    inbox = Inbox(tmp_path / "data" / FILE_NAME, datetime.now)
    for text in ASKED:
        inbox.add(Kind.UNMATCHED, text)
    inbox.close()
    (tmp_path / "work").mkdir()
    return Reader(tmp_path / "work", CSBOT_DATA_DIR=str(tmp_path / "data"))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["docs/trainers.md", "docs/embedding.md"])
def test_the_output_in_a_guide_is_real(reader: Reader, name: str) -> None:
    followed = list(reader.follow(name))
    assert followed
    for command, shown, real in followed:
        assert comparable(real) == comparable(shown), command


SCREEN = re.compile(r"^```text\n(客户> .*?)^```$", re.MULTILINE | re.DOTALL)


def entered(screen: str) -> Iterator[tuple[str, str]]:
    """Yield every line that is typed in a picture of the console, with what is shown below it."""
    for block in re.split(r"^客户> ?", screen, flags=re.MULTILINE)[1:]:
        line, _, output = block.partition("\n")
        yield line, output


def screens(bench: Bench, text: str) -> Iterator[tuple[str, str, str]]:
    """Type what the pictures of a guide show, in one console; yield line, what is shown and what came."""
    for screen in SCREEN.findall(text):
        for line, shown in entered(screen):
            yield line, shown, bench.enter(line)


@pytest.mark.parametrize(("name", "least"), [("docs/agents.md", 10), ("README.md", 2)])
def test_the_screens_in_a_guide_are_real(responder: Responder, name: str, least: int) -> None:
    typed = list(screens(Bench(responder), (ROOT / name).read_text(encoding="utf-8")))
    assert len(typed) >= least
    for line, shown, real in typed:
        assert real.strip("\n").splitlines() == shown.strip("\n").splitlines(), line
