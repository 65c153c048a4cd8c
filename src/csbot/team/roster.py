"""Who may log in: one file of public keys per agent, read anew at every login."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from csbot.text.regex import regex

if TYPE_CHECKING:
    from asyncssh import SSHAuthorizedKeys

SUFFIX = ".pub"
# Names become folders: nothing that a path or a terminal would read in another way.
_NAME = regex(r"[a-z0-9][a-z0-9_-]{0,31}")


class RosterError(Exception):
    """The folder of keys cannot be used; the message is complete, in Chinese."""


class Roster:
    """A folder with a file ``NAME.pub`` for every agent, each in the format of OpenSSH's ``authorized_keys``.

    A file that is added lets an agent in from the next login on, one that is removed keeps them out.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """Return the names of all agents that have a file, sorted. Raises RosterError."""
        try:
            found = [each.stem for each in self.folder.iterdir() if each.suffix == SUFFIX and each.is_file()]
        except OSError as error:
            raise RosterError(f"{self.folder}: 读不了坐席公钥的文件夹：{error.strerror}") from error
        return sorted(name for name in found if _NAME.fullmatch(name))

    def check(self) -> list[str]:
        """Return the names of all agents; every file must hold a key. Raises RosterError, which names the file."""
        names = self.names()
        if not names:
            raise RosterError(
                f"{self.folder}: 没有坐席的公钥。每位坐席一个文件，文件名是工号或拼音（小写字母、数字、-、_），"
                f"如 w001{SUFFIX}，内容是坐席电脑上 ssh-keygen 生成的公钥"
            )
        for name in names:
            self._read(name)
        return names

    def keys(self, name: str) -> SSHAuthorizedKeys | None:
        """Return the keys of an agent; None where nobody of that name may log in."""
        if not _NAME.fullmatch(name):
            return None
        try:
            return self._read(name)
        except RosterError:
            return None

    def _read(self, name: str) -> SSHAuthorizedKeys:
        from asyncssh import import_authorized_keys

        path = self.folder / f"{name}{SUFFIX}"
        try:
            return import_authorized_keys(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise RosterError(f"{path}: 读不了：{error.strerror}") from error
        except ValueError as error:  # no UTF-8, or no key
            raise RosterError(
                f"{path}: 里面没有 OpenSSH 格式的公钥，请让坐席发来 ssh-keygen 生成的 .pub 文件"
            ) from error
