"""What the up-arrow recalls: the agent's own commands and drafts. Customers' words are in no history at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from prompt_toolkit.history import History

LINES_KEPT = 200  # of the file that are read


class CommandHistory(History):
    """Keeps commands and drafts in memory, and bare commands (no argument) on disk.

    ``is_bare`` tells of a line whether it is a command and nothing else: only such lines can hold nothing that a
    customer wrote. ``path`` None keeps nothing on disk; trouble with the disk is no trouble for the agent.
    """

    def __init__(self, path: Path | None, is_bare: Callable[[str], bool]) -> None:
        super().__init__()
        self._path = path
        self._is_bare = is_bare

    def append_string(self, string: str) -> None:
        """Remember a line that the agent entered, unless it is a customer's message."""
        if string.lstrip().startswith(("/", "／", ">", "＞")):
            super().append_string(string)

    def load_history_strings(self) -> Iterable[str]:
        """Return the commands of earlier sessions, newest first."""
        if self._path is None:
            return []
        try:
            lines = self._path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return []
        return [line for line in reversed(lines[-LINES_KEPT:]) if self._is_bare(line)]

    def store_string(self, string: str) -> None:
        """Write a line to the file where it is a bare command; the file is its owner's alone."""
        line = string.strip()
        if self._path is None or not self._is_bare(line):
            return
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                stream.write(line + "\n")


def history_path() -> Path | None:
    """Return the file for commands of earlier sessions; None where the user has no home directory."""
    from platformdirs import user_state_path

    try:
        return user_state_path("csbot", appauthor=False) / "commands"
    except RuntimeError:
        return None
