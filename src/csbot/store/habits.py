"""Which situations an agent uses, and which are favourites. Ids of the library only: nothing of any customer."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

from csbot.searching.entries import Habit
from csbot.store.database import Database

FILE_NAME = "habits.sqlite"
VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS habit (
    id TEXT PRIMARY KEY,
    uses INTEGER NOT NULL DEFAULT 0,
    favourite INTEGER NOT NULL DEFAULT 0
)
"""


class Habits:
    """The habits of one agent in one file. Every method raises StoreError where that cannot be used."""

    def __init__(self, path: Path, connect: Callable[..., sqlite3.Connection] = sqlite3.connect) -> None:
        self._database = Database(path, "使用习惯", _SCHEMA, VERSION, connect)

    def all(self) -> dict[str, Habit]:
        """Return the habits by the ids of the situations."""
        if not self._database.exists:
            return {}
        with self._database.reading() as connection:
            rows = connection.execute("SELECT id, uses, favourite FROM habit").fetchall()
        return {identifier: Habit(uses, bool(favourite)) for identifier, uses, favourite in rows}

    def used(self, identifiers: Iterable[str]) -> None:
        """Count one use of each situation."""
        statement = "INSERT INTO habit (id, uses) VALUES (?, 1) ON CONFLICT (id) DO UPDATE SET uses = uses + 1"
        with self._database.writing() as connection:
            connection.executemany(statement, [(each,) for each in identifiers])

    def toggle_favourite(self, identifier: str) -> bool:
        """Make a situation a favourite, or take that back; return which it is now."""
        statement = (
            "INSERT INTO habit (id, favourite) VALUES (?, 1)"
            " ON CONFLICT (id) DO UPDATE SET favourite = 1 - favourite RETURNING favourite"
        )
        with self._database.writing() as connection:
            (favourite,) = connection.execute(statement, (identifier,)).fetchone()
        return bool(favourite)

    def close(self) -> None:
        """Close the file."""
        self._database.close()
