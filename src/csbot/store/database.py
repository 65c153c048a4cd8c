"""A small SQLite file that several consoles share, and that says in Chinese what is wrong with it.

The file is its owner's alone (mode 0600, its folder 0700). Its log is written ahead (WAL), so that readers and a
writer do not wait for each other and a killed process leaves whole rows or none. What was reported as kept is kept
after a loss of power too (``synchronous=FULL``).
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import ClassVar

PATIENCE = 0.25  # seconds that another writer is waited for: the agent must not notice


class StoreError(Exception):
    """The file cannot be read or written now; the message is complete, in Chinese."""


def data_directory() -> Path | None:
    """Return the folder of the user's data; None where the user has no home directory.

    ``CSBOT_DATA_DIR`` names another one; an empty one means that nothing is kept.
    """
    named = os.environ.get("CSBOT_DATA_DIR")
    if named is not None:
        return Path(named) if named else None
    from platformdirs import user_data_path

    try:
        return user_data_path("csbot", appauthor=False)
    except RuntimeError:
        return None


class Database:
    """One file. It is opened when first needed, and again after every error, so that trouble may pass.

    ``name`` says in messages what it is; ``schema`` makes its tables; ``version`` is that of the schema.
    ``connect`` opens SQLite, ``sqlite3.connect`` by default; another writer is waited for ``patience`` seconds.
    """

    def __init__(
        self,
        path: Path,
        name: str,
        schema: str,
        version: int,
        connect: Callable[..., sqlite3.Connection] = sqlite3.connect,
        patience: float = PATIENCE,
    ) -> None:
        self.path = path
        self._name = name
        self._schema = schema
        self._version = version
        self._connect = connect
        self._patience = patience
        self._connection: sqlite3.Connection | None = None

    @property
    def exists(self) -> bool:
        """Whether there is such a file: one that nobody wrote to need not be made to be read."""
        return self._connection is not None or self.path.exists()

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give the connection for reading. Raises StoreError."""
        with self._trouble():
            yield self._opened()

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give the connection for one change: all of it is kept, or nothing. Raises StoreError."""
        with self._trouble():
            connection = self._opened()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):  # what a full disk has rolled back already
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the file; it is opened again when needed."""
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite gives its log the same mode
            connection = self._connect(self.path, timeout=self._patience, isolation_level=None)
            try:
                self._prepare(connection)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Set the file up, or see that it is one of ours."""
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > self._version:
            raise StoreError(f"{self._name}由更新版本的 csbot 写成，这个版本读不了：{self.path}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA secure_delete=ON")  # what was deleted is not left in the file
        if version < self._version:
            connection.execute("BEGIN IMMEDIATE")  # another console may be making the tables at this moment
            for statement in self._schema.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version={self._version}")
            connection.execute("COMMIT")

    @contextlib.contextmanager
    def _trouble(self) -> Iterator[None]:
        """Turn trouble with the file into a StoreError, and begin afresh the next time."""
        try:
            yield
        except sqlite3.Error as error:
            self.close()
            raise StoreError(f"{self._name}{_reason(error)}：{self.path}") from None
        except OSError as error:
            self.close()
            raise StoreError(f"{self._name}打不开（{error.strerror or error}）：{self.path}") from None


class Store:
    """What is kept in one file, with a clock. Every method of its kinds raises StoreError where the file fails.

    Each kind says what the file is called in messages, how its tables are made, and which version of them it knows.
    """

    called: ClassVar[str]
    schema: ClassVar[str]
    version: ClassVar[int] = 1

    def __init__(
        self,
        path: Path,
        clock: Callable[[], datetime],
        connect: Callable[..., sqlite3.Connection] = sqlite3.connect,
        patience: float = PATIENCE,
    ) -> None:
        self._database = Database(path, self.called, self.schema, self.version, connect, patience)
        self._clock = clock  # the local time

    @property
    def path(self) -> Path:
        """The file."""
        return self._database.path

    def close(self) -> None:
        """Close the file; it is opened again when needed."""
        self._database.close()


def seconds_of(moment: datetime) -> int:
    """Return a local moment as it is kept: whole seconds since 1970 in UTC."""
    return int(moment.timestamp())


def _reason(error: sqlite3.Error) -> str:
    """Return what is wrong, in Chinese, by the name of SQLite's result code."""
    code = getattr(error, "sqlite_errorname", "") or ""
    if code.startswith("SQLITE_FULL"):
        return "写不进去，磁盘已满"
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return "正被另一个程序占用"
    if code.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return "已损坏，把它改名移开后会新建一份"
    if code.startswith(("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_CANTOPEN", "SQLITE_AUTH")):
        return "没有写入的权限"
    if code.startswith("SQLITE_IOERR"):
        return "读写失败，磁盘可能已满或已断开"
    return f"读写失败（{error}）"
