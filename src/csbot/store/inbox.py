"""What agents met and a trainer can learn from: messages that were not recognised, replies that were rated or reworded.

Every text is made anonymous here, whoever calls. The file is bounded: what is older than 90 days goes, and of more than
5,000 entries the oldest. The same thing met again is counted, not kept twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from csbot.replying.anonymous import anonymous
from csbot.store.database import Store, seconds_of

FILE_NAME = "inbox.sqlite"
KEPT = timedelta(days=90)
MOST = 5000  # entries
VERSION = 1

# Times are whole seconds since 1970 in UTC, like those of the ledger.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS met (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    variant TEXT NOT NULL,
    reply TEXT NOT NULL,
    wording TEXT NOT NULL,
    times INTEGER NOT NULL DEFAULT 1,
    last INTEGER NOT NULL,
    UNIQUE (kind, text, variant, reply, wording)
)
"""


class Kind(StrEnum):
    """Why something was kept."""

    UNMATCHED = "unmatched"
    AMBIGUOUS = "ambiguous"
    GOOD = "good"
    BAD = "bad"
    EDITED = "edited"


MESSAGES = (Kind.UNMATCHED, Kind.AMBIGUOUS)


@dataclass(frozen=True, slots=True)
class Met:
    """One thing that agents met, all texts anonymous. ``last`` is local and naive."""

    id: int
    kind: Kind
    text: str  # the customer's message
    variant: str  # id of the reply that was rated or reworded; empty for messages
    reply: str  # that reply as it was filled
    wording: str  # what the agent made of it, or why it was rated bad
    times: int
    last: datetime


class Inbox(Store):
    """What was met, in one file; several consoles and programs may use it at once.

    Every method raises StoreError where the file cannot be read or written. ``clock`` gives the local time.
    """

    called = "收件箱"
    schema = _SCHEMA
    version = VERSION

    def add(
        self,
        kind: Kind,
        text: str,
        *,
        variant: str = "",
        reply: str = "",
        wording: str = "",
        known: Iterable[str] = (),
    ) -> None:
        """Write down what was met. ``known`` are values of the customer, which are masked wherever they stand."""
        values = tuple(known)
        kept = [anonymous(each, values) for each in (text, reply, wording)]
        now = seconds_of(self._clock())
        with self._database.writing() as connection:
            connection.execute("DELETE FROM met WHERE last < ?", (now - int(KEPT.total_seconds()),))
            if kind is Kind.BAD and kept[2]:  # the reason comes after the key was pressed: it is one rating
                connection.execute(
                    "DELETE FROM met WHERE kind = ? AND text = ? AND variant = ? AND reply = ? AND wording = ''"
                    " AND times = 1",
                    (kind.value, kept[0], variant, kept[1]),
                )
            connection.execute(
                "INSERT INTO met (kind, text, variant, reply, wording, last) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET times = times + 1, last = excluded.last",
                (kind.value, kept[0], variant, kept[1], kept[2], now),
            )
            connection.execute(
                "DELETE FROM met WHERE id IN (SELECT id FROM met ORDER BY last DESC, id DESC LIMIT -1 OFFSET ?)",
                (MOST,),
            )

    def all(self) -> list[Met]:
        """Return what was met and is not older than 90 days, in the order in which it was first met."""
        if not self._database.exists:
            return []
        oldest = seconds_of(self._clock() - KEPT)
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT id, kind, text, variant, reply, wording, times, last FROM met WHERE last >= ? ORDER BY id",
                (oldest,),
            ).fetchall()
        return [
            Met(number, Kind(kind), text, variant, reply, wording, times, datetime.fromtimestamp(last))
            for number, kind, text, variant, reply, wording, times, last in rows
        ]

    def remove(self, numbers: Iterable[int]) -> int:
        """Take entries out for good; return how many there were."""
        if not self._database.exists:
            return 0
        with self._database.writing() as connection:
            return sum(connection.execute("DELETE FROM met WHERE id = ?", (each,)).rowcount for each in numbers)

    def clear(self) -> int:
        """Take everything out; return how many entries there were."""
        if not self._database.exists:
            return 0
        with self._database.writing() as connection:
            return connection.execute("DELETE FROM met").rowcount
