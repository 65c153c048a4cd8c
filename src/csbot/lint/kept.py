"""What the checks found before, kept for as long as nothing that they read has changed.

Each check goes by the files that it reads, by csbot's own source and by the folder that paths are shown from. Where a
file cannot be read, or changes while it is being read, nothing is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import astuple
from pathlib import Path

from csbot.library.load import files_of
from csbot.library.locate import kind_of
from csbot.library.problems import Problem
from csbot.text.cache import cached, source_digest


class Kept:
    """The files of a library as they are now, and what was found in them."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._place = hashlib.sha256(str(root.resolve()).encode("utf-8", "surrogatepass")).hexdigest()[:12]
        self._digests = _digests(root)

    def of_kinds(self, *kinds: str) -> str:
        """Return a digest of all files of some kinds; of all but conversations, scripts and situations without any."""
        wanted = [
            f"{name} {digest}"
            for name, digest in sorted((self._digests or {}).items())
            if (kind_of(_plain(name)) in kinds if kinds else kind_of(_plain(name)) not in _CONTENT)
        ]
        return hashlib.sha256("\n".join(wanted).encode("utf-8", "surrogatepass")).hexdigest()

    def of_file(self, name: str) -> str:
        """Return a digest of one file, by its name inside the library, in all layers."""
        return " ".join(digest for each, digest in sorted((self._digests or {}).items()) if _plain(each) == name)

    def problems(self, check: str, read: Iterable[str], find: Callable[[], Iterable[Problem]]) -> list[Problem]:
        """Return what a check found; ``read`` are digests of all that it depends on."""
        if self._digests is None:
            return list(find())

        def look() -> list[list[object]]:
            found = [list(astuple(problem)) for problem in find()]
            if _digests(self._root) != self._digests:
                raise _ChangedError(found)
            return found

        key = "\n".join([source_digest(), str(Path.cwd()), *read])
        try:
            rows = cached(f"lint-{check}-{self._place}", key, look)
        except _ChangedError as changed:
            rows = changed.found
        return [Problem(*row) for row in rows]  # type: ignore[arg-type]


_CONTENT = ("conversations", "scripts", "intents")


class _ChangedError(Exception):
    """A file changed while the checks ran: what they found is not to be kept."""

    def __init__(self, found: list[list[object]]) -> None:
        super().__init__()
        self.found = found


def _plain(name: str) -> str:
    return name.rpartition("@")[0]


def _digests(root: Path) -> dict[str, str] | None:
    """Return a digest of every file of a library by its name; None where one cannot be read."""
    try:
        return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files_of(root).items()}
    except OSError:
        return None
