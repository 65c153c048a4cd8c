"""What the up-arrow and Ctrl-R recall: the agent's own commands and drafts, without what is a customer's."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from prompt_toolkit.history import History

from csbot.console.commands.registry import is_command, parse

LINES_KEPT = 200  # of the file that are read
# Commands whose argument is what a customer wrote or is called, or what was told of one.
PERSONAL = frozenset({"消息", "客户", "新客户", "切换", "填", "仍要发送"})


class CommandHistory(History):
    """Keeps commands and drafts in memory, and bare commands (no argument) on disk.

    ``is_bare`` tells of a line whether it is a command and nothing else: only such lines can hold nothing that a
    customer wrote. ``kept`` gives what of a line is remembered until the console ends, by default all of it.
    ``path`` None keeps nothing on disk; trouble with the disk is no trouble for the agent.
    """

    def __init__(
        self, path: Path | None, is_bare: Callable[[str], bool], kept: Callable[[str], str] = lambda line: line
    ) -> None:
        super().__init__()
        self._path = path
        self._is_bare = is_bare
        self._kept = kept

    def append_string(self, string: str) -> None:
        """Remember a line that the agent entered, unless it is a customer's message."""
        if string.lstrip().startswith(("/", "／", ">", "＞")) and (line := self._kept(string)):
            super().append_string(line)

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


def without_personal_data(line: str, known: Iterable[str]) -> str:
    """Return what of a line may be recalled later, perhaps before another customer; empty where that is nothing.

    Of a command that takes a customer's words or data its name is left. Any other line goes whole where it holds
    a personal number or something that is ``known`` of the customers: half a draft is of no use.
    """
    from csbot.replying.mask import mask

    command, name, argument = parse(line) if is_command(line) else (None, "", "")
    if argument and command is not None and command.name in PERSONAL:
        return f"/{name}"
    return "" if mask(line) != line or any(value in line for value in known) else line


def history_path() -> Path | None:
    """Return the file for commands of earlier sessions; None where the user has no home directory."""
    from platformdirs import user_state_path

    try:
        return user_state_path("csbot", appauthor=False) / "commands"
    except RuntimeError:
        return None
