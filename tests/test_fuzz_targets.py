"""The targets of ``make fuzz`` hold for what the search begins with and for everything it ever found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fuzz.__main__ import NAMES
from tests.fuzz.targets import TARGETS

REGRESSIONS = Path(__file__).resolve().parent / "fuzz" / "regressions"


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the targets' own cache folder away again afterwards."""
    import os

    monkeypatch.setenv("CSBOT_CACHE_DIR", os.environ["CSBOT_CACHE_DIR"])


def inputs(name: str) -> Iterator[bytes]:
    yield b""
    yield from TARGETS[name].seeds()
    yield from (path.read_bytes() for path in sorted((REGRESSIONS / name).glob("*")))


def test_every_target_can_be_run() -> None:
    assert tuple(TARGETS) == NAMES
    assert {path.name for path in REGRESSIONS.glob("*")} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_target_holds_where_the_search_begins(name: str) -> None:
    for data in inputs(name):
        TARGETS[name].check(data)
