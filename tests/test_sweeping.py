"""A server takes what lasts out of what is looked through for garbage, and throws away what was left behind."""

from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Callable, Iterator

import pytest

from csbot.console.state.loading import settle
from csbot.team import sweeping
from csbot.team.sweeping import MANY, Sweeper

PATIENCE = 60.0  # seconds


class Knot:
    """Something that only a look for garbage can throw away."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def sweeper() -> Iterator[Sweeper]:
    made = Sweeper(calm=0.01, patience=0.5)
    made.start()
    yield made
    made.stop()
    gc.unfreeze()


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_is_there_after_an_arrival_is_looked_through_no_more(sweeper: Sweeper) -> None:
    gc.unfreeze()
    sweeper.note_arrival()
    until(lambda: gc.get_freeze_count() > 1000)


@pytest.mark.slow
def test_what_many_have_left_behind_is_thrown_away(sweeper: Sweeper, monkeypatch: pytest.MonkeyPatch) -> None:
    swept: list[int] = []

    def noted() -> None:
        settle()
        swept.append(1)

    monkeypatch.setattr(sweeping, "settle", noted)
    knot = Knot()
    left = weakref.ref(knot)
    gc.freeze()
    del knot
    for _ in range(MANY - 1):
        sweeper.note_departure(much=False)
    time.sleep(0.1)
    assert not swept, "somebody waits for that"
    sweeper.note_departure(much=False)
    until(lambda: bool(swept))
    assert left() is None


@pytest.mark.slow
def test_the_last_one_to_leave_is_enough(sweeper: Sweeper) -> None:
    knot = Knot()
    left = weakref.ref(knot)
    gc.freeze()
    del knot
    sweeper.note_departure(much=True)
    until(lambda: left() is None)
