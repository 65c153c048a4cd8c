"""The ledger of promises: what was promised to whom, and by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from csbot.replying.mask import mask
from csbot.store.database import Store, seconds_of

FILE_NAME = "promises.sqlite"
KEPT = timedelta(days=30)  # how long a promise that was kept stays in the file
SOON = timedelta(hours=1)  # what the toolbar calls soon
LONGEST = 2000  # characters of a text that are kept
VERSION = 1

# Times are whole seconds since 1970 in UTC: two consoles in two time zones mean the same moment.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS promise (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    customer TEXT NOT NULL,
    text TEXT NOT NULL,
    wording TEXT NOT NULL,
    made INTEGER NOT NULL,
    due INTEGER NOT NULL,
    done INTEGER
);
CREATE INDEX IF NOT EXISTS promise_due ON promise (due) WHERE done IS NULL
"""
_COLUMNS = "id, customer, text, wording, made, due, done"


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise. Times are local and naive, like those of the console."""

    id: int
    customer: str  # as the agent named the customer; empty where the agent did not
    text: str  # the reply, personal numbers masked
    wording: str  # the words that promise: 「24小时内」
    made: datetime
    due: datetime
    done: datetime | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many promises are open, and of these how many are overdue or due soon."""

    open: int = 0
    overdue: int = 0
    soon: int = 0


class Ledger(Store):
    """The promises of one agent in one file; several consoles and programs may use it at once.

    Every method raises StoreError where the file cannot be read or written. ``clock`` gives the local time.
    """

    called = "待办账本"
    schema = _SCHEMA
    version = VERSION

    def add(self, customer: str, text: str, wording: str, due: datetime, made: datetime | None = None) -> int:
        """Write a promise down and return its number. Personal numbers are masked here, whoever calls."""
        now = self._clock()
        with self._database.writing() as connection:
            connection.execute("DELETE FROM promise WHERE done < ?", (seconds_of(now - KEPT),))
            cursor = connection.execute(
                "INSERT INTO promise (customer, text, wording, made, due) VALUES (?, ?, ?, ?, ?)",
                (_kept(customer), _kept(text), wording, seconds_of(made or now), seconds_of(due)),
            )
            assert cursor.lastrowid is not None
            return cursor.lastrowid

    def reword(self, number: int, customer: str, text: str, wording: str, due: datetime) -> bool:
        """Put another wording of the same reply in the place of an open promise; tell whether it was open."""
        return self._change(
            "UPDATE promise SET customer = ?, text = ?, wording = ?, due = ? WHERE id = ? AND done IS NULL",
            (_kept(customer), _kept(text), wording, seconds_of(due), number),
        )

    def name(self, number: int, customer: str) -> bool:
        """Write the customer of a promise down; tell whether there is such a promise."""
        return self._change("UPDATE promise SET customer = ? WHERE id = ?", (_kept(customer), number))

    def complete(self, number: int) -> bool:
        """Mark a promise as kept; tell whether it was open."""
        now = seconds_of(self._clock())
        return self._change("UPDATE promise SET done = ? WHERE id = ? AND done IS NULL", (now, number))

    def reopen(self, number: int) -> bool:
        """Take back that a promise was kept; tell whether it was."""
        return self._change("UPDATE promise SET done = NULL WHERE id = ? AND done IS NOT NULL", (number,))

    def postpone(self, number: int, due: datetime) -> bool:
        """Give an open promise another time; tell whether it was open."""
        return self._change("UPDATE promise SET due = ? WHERE id = ? AND done IS NULL", (seconds_of(due), number))

    def get(self, number: int) -> Promise | None:
        """Return a promise, kept or not; None where there is none of that number."""
        found = self._select("WHERE id = ?", (number,))
        return found[0] if found else None

    def open_promises(self, before: datetime | None = None) -> list[Promise]:
        """Return the open promises, those due first in front; with ``before`` only those due by then."""
        if before is None:
            return self._select("WHERE done IS NULL ORDER BY due, id", ())
        return self._select("WHERE done IS NULL AND due <= ? ORDER BY due, id", (seconds_of(before),))

    def counts(self) -> Counts:
        """Return how many promises are open, overdue and due soon."""
        if not self._database.exists:
            return Counts()
        now = self._clock()
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT count(*), count(*) FILTER (WHERE due <= ?), count(*) FILTER (WHERE due > ? AND due <= ?)"
                " FROM promise WHERE done IS NULL",
                (seconds_of(now), seconds_of(now), seconds_of(now + SOON)),
            ).fetchone()
        return Counts(*row)

    def _change(self, statement: str, values: tuple[object, ...]) -> bool:
        if not self._database.exists:
            return False
        with self._database.writing() as connection:
            return connection.execute(statement, values).rowcount > 0

    def _select(self, condition: str, values: tuple[object, ...]) -> list[Promise]:
        if not self._database.exists:
            return []
        with self._database.reading() as connection:
            # The condition is one of those above, never text from outside.
            rows = connection.execute(f"SELECT {_COLUMNS} FROM promise {condition}", values).fetchall()  # noqa: S608
        return [
            Promise(
                number, customer, text, wording, _moment(made), _moment(due), None if done is None else _moment(done)
            )
            for number, customer, text, wording, made, due, done in rows
        ]


def _kept(text: str) -> str:
    """Return a text as it may be kept: masked, not endless, and nothing that SQLite refuses."""
    return mask(text[:LONGEST]).encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds)
