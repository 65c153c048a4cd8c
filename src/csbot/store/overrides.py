"""What was sent although a forbidden rule spoke against it: the masked text, the rules, the reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from csbot.replying.mask import mask
from csbot.store.database import Store, seconds_of

FILE_NAME = "overrides.sqlite"
KEPT = timedelta(days=180)  # how long an override stays in the file
LONGEST = 2000  # characters of a text that are kept
VERSION = 1

# Times are whole seconds since 1970 in UTC, like those of the ledger.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS override (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    made INTEGER NOT NULL,
    text TEXT NOT NULL,
    rules TEXT NOT NULL,
    reason TEXT NOT NULL
)
"""


@dataclass(frozen=True, slots=True)
class Override:
    """One draft that an agent sent against the rules. ``made`` is local and naive, like the console's clock."""

    id: int
    made: datetime
    text: str  # personal numbers masked
    rules: tuple[str, ...]  # ids of the rules that it breaks, each once, in order of their places
    reason: str  # in the agent's words, personal numbers masked


class Overrides(Store):
    """The overrides of one agent in one file; several consoles and programs may use it at once.

    Every method raises StoreError where the file cannot be read or written. ``clock`` gives the local time.
    """

    called = "违规发送记录"
    schema = _SCHEMA
    version = VERSION

    def add(self, text: str, rules: Iterable[str], reason: str) -> int:
        """Write an override down and return its number. Personal numbers are masked here, whoever calls."""
        now = self._clock()
        with self._database.writing() as connection:
            connection.execute("DELETE FROM override WHERE made < ?", (seconds_of(now - KEPT),))
            cursor = connection.execute(
                "INSERT INTO override (made, text, rules, reason) VALUES (?, ?, ?, ?)",
                (seconds_of(now), _kept(text), " ".join(dict.fromkeys(rules)), _kept(reason)),
            )
            assert cursor.lastrowid is not None
            return cursor.lastrowid

    def since(self, start: datetime | None = None) -> list[Override]:
        """Return the overrides made at ``start`` or later, all of them by default; the oldest first."""
        if not self._database.exists:
            return []
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT id, made, text, rules, reason FROM override WHERE made >= ? ORDER BY made, id",
                (0 if start is None else seconds_of(start),),
            ).fetchall()
        return [
            Override(number, datetime.fromtimestamp(made), text, tuple(rules.split()), reason)
            for number, made, text, rules, reason in rows
        ]


def _kept(text: str) -> str:
    """Return a text as it may be kept: masked, not endless, and nothing that SQLite refuses."""
    return mask(text[:LONGEST]).encode("utf-8", "replace").decode("utf-8").replace("\0", "")
