"""The stores on disk: what they keep, what survives, and what they say when they cannot."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import Clock

from csbot.searching.entries import Habit
from csbot.store.database import StoreError, data_directory
from csbot.store.habits import Habits
from csbot.store.ledger import KEPT, Counts, Ledger

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 20, 15, 0)
POSIX = pytest.mark.skipif(os.name != "posix", reason="modes and signals are those of POSIX")


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Ledger:
    return Ledger(tmp_path / "data" / "promises.sqlite", clock)


def add(ledger: Ledger, hours: float = 24, customer: str = "王先生") -> int:
    return ledger.add(customer, "24小时内给您答复。", "24小时内给您答复", NOW + timedelta(hours=hours))


def test_a_promise_is_listed_until_it_is_kept(ledger: Ledger) -> None:
    late, early = add(ledger, 24), add(ledger, 2, "李女士")
    assert [(each.id, each.customer) for each in ledger.open_promises()] == [(early, "李女士"), (late, "王先生")]
    assert [each.id for each in ledger.open_promises(NOW + timedelta(hours=2))] == [early]
    assert ledger.complete(early)
    assert not ledger.complete(early)
    assert [each.id for each in ledger.open_promises()] == [late]
    assert ledger.reopen(early)
    assert not ledger.reopen(early)
    assert not ledger.complete(99)
    kept = ledger.get(late)
    assert kept is not None
    assert (kept.made, kept.due, kept.done) == (NOW, NOW + timedelta(hours=24), None)
    assert ledger.get(99) is None


def test_postponing_rewording_and_naming(ledger: Ledger) -> None:
    number = add(ledger, customer="")
    assert ledger.postpone(number, NOW + timedelta(days=3))
    assert ledger.name(number, "王先生")
    assert ledger.reword(number, "王先生", "2小时内回电。", "2小时内回电", NOW + timedelta(hours=2))
    kept = ledger.get(number)
    assert kept is not None
    assert (kept.customer, kept.wording, kept.due) == ("王先生", "2小时内回电", NOW + timedelta(hours=2))
    ledger.complete(number)
    assert not ledger.postpone(number, NOW)
    assert not ledger.reword(number, "", "", "", NOW)


def test_what_is_counted(ledger: Ledger, clock: Clock) -> None:
    assert ledger.counts() == Counts()
    assert not ledger.path.exists()  # counting makes no file
    add(ledger, 0.5)
    add(ledger, 5)
    assert ledger.counts() == Counts(open=2, overdue=0, soon=1)
    clock.now += timedelta(hours=4.5)
    assert ledger.counts() == Counts(open=2, overdue=1, soon=1)


def test_personal_numbers_are_masked(ledger: Ledger) -> None:
    number = ledger.add("王 13812345678", "24小时内打13812345678联系您", "24小时内", NOW)
    kept = ledger.get(number)
    assert kept is not None
    assert (kept.customer, kept.text) == ("王 138****5678", "24小时内打138****5678联系您")
    ledger.close()
    assert not [path for path in ledger.path.parent.iterdir() if b"13812345678" in path.read_bytes()]


def test_what_was_kept_goes_after_a_while(ledger: Ledger, clock: Clock) -> None:
    number = add(ledger, customer="欧阳先生")
    ledger.complete(number)
    clock.now += KEPT + timedelta(days=1)
    other = add(ledger)
    assert ledger.get(number) is None
    assert other > number  # no number is given twice
    ledger.close()
    assert "欧阳".encode() not in ledger.path.read_bytes()


@POSIX
def test_the_files_are_their_owners_alone(ledger: Ledger) -> None:
    before = os.umask(0)
    try:
        add(ledger)
        modes = {path.name: path.stat().st_mode & 0o777 for path in ledger.path.parent.iterdir()}
    finally:
        os.umask(before)
    assert set(modes) == {"promises.sqlite", "promises.sqlite-wal", "promises.sqlite-shm"}
    assert set(modes.values()) == {0o600}
    assert ledger.path.parent.stat().st_mode & 0o777 == 0o700


WRITER = """
import sys
from datetime import datetime
from pathlib import Path
from csbot.store.ledger import Ledger
ledger = Ledger(Path(sys.argv[1]), datetime.now, patience=30)
for number in range(int(sys.argv[2])):
    print(ledger.add(sys.argv[3], f"{number}", "", datetime.now()), flush=True)
"""


def writer(path: Path, count: int, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path), str(count), name]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def test_two_writers_lose_nothing(ledger: Ledger) -> None:
    writers = [writer(ledger.path, 40, name) for name in ("one", "two")]
    given = [number for each in writers for number in (each.communicate(timeout=60)[0]).split()]
    assert [each.returncode for each in writers] == [0, 0]
    assert len(set(given)) == len(given) == 80
    kept = [(each.customer, int(each.text)) for each in ledger.open_promises()]
    assert sorted(kept) == sorted((name, number) for name in ("one", "two") for number in range(40))


@POSIX
def test_a_killed_process_leaves_whole_promises(ledger: Ledger) -> None:
    killed = writer(ledger.path, 100_000, "one")
    assert killed.stdout is not None
    reported = [killed.stdout.readline() for _ in range(20)]
    killed.send_signal(signal.SIGKILL)
    reported += killed.communicate(timeout=60)[0].split()
    texts = [int(each.text) for each in ledger.open_promises()]
    assert len(texts) >= len(reported) >= 20
    assert sorted(texts) == list(range(len(texts)))
    assert add(ledger)


class FailingConnection(sqlite3.Connection):
    """A connection whose disk is full: SQLite says so when a change is to be written."""

    full = False

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        if self.full and statement.startswith(("INSERT", "UPDATE", "COMMIT")):
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorname = "SQLITE_FULL"
            raise error
        return super().execute(statement, *values)


def test_a_full_disk_is_said_and_passes(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "promises.sqlite"
    ledger = Ledger(path, clock, connect=lambda *args, **kw: sqlite3.connect(*args, **kw, factory=FailingConnection))
    first = add(ledger)
    monkeypatch.setattr(FailingConnection, "full", True)
    tries: tuple[Callable[[], object], ...] = (lambda: add(ledger), lambda: ledger.complete(first))
    for work in tries:
        with pytest.raises(StoreError, match="待办账本写不进去，磁盘已满：") as raised:
            work()
        assert str(path) in str(raised.value)
    assert [each.id for each in ledger.open_promises()] == [first]  # what was kept can still be read
    monkeypatch.setattr(FailingConnection, "full", False)
    assert add(ledger) > first


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"not a database, not at all, whatever one tries" * 20, "已损坏"), (None, "打不开|没有写入的权限")],
)
def test_a_file_that_is_none_of_ours(tmp_path: Path, clock: Clock, content: bytes | None, said: str) -> None:
    path = tmp_path / "promises.sqlite"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    ledger = Ledger(path, clock)
    for work in (lambda: add(ledger), ledger.open_promises, ledger.counts):
        with pytest.raises(StoreError, match=said):
            work()
    if content is not None:
        assert path.read_bytes() == content  # nothing is overwritten


def test_a_file_of_a_later_version_is_left_alone(ledger: Ledger, clock: Clock) -> None:
    add(ledger)
    ledger.close()
    connection = sqlite3.connect(ledger.path)
    connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(StoreError, match="更新版本"):
        Ledger(ledger.path, clock).open_promises()


def test_a_writer_that_does_not_end_is_not_waited_for(ledger: Ledger) -> None:
    add(ledger)
    other = sqlite3.connect(ledger.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="占用"):
        add(ledger)
    assert len(ledger.open_promises()) == 1  # reading goes on
    other.execute("ROLLBACK")
    other.close()
    assert add(ledger)


@given(st.text(max_size=50), st.text(max_size=50))
def test_any_text_can_be_kept(tmp_path: Path, customer: str, text: str) -> None:
    ledger = Ledger(tmp_path / "any.sqlite", lambda: NOW)
    kept = ledger.get(ledger.add(customer, text, "", NOW))
    assert kept is not None
    ledger.close()


def test_habits(tmp_path: Path) -> None:
    path = tmp_path / "habits.sqlite"
    habits = Habits(path)
    assert habits.all() == {}
    assert not path.exists()
    habits.used(["payment.invoice", "service.closing"])
    habits.used(["payment.invoice"])
    assert habits.toggle_favourite("order.cancel") is True
    assert habits.toggle_favourite("payment.invoice") is True
    assert Habits(path).all() == {
        "payment.invoice": Habit(2, True),
        "service.closing": Habit(1, False),
        "order.cancel": Habit(0, True),
    }
    assert habits.toggle_favourite("order.cancel") is False
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600


def test_where_data_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CSBOT_DATA_DIR", str(tmp_path))
    assert data_directory() == tmp_path
    monkeypatch.setenv("CSBOT_DATA_DIR", "")
    assert data_directory() is None
    monkeypatch.delenv("CSBOT_DATA_DIR")
    named = data_directory()
    assert named is not None
    assert named.name == "csbot"
