"""What is wrong with a library, as values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong, and where. ``line`` and ``column`` count from 1, columns in code points."""

    path: str
    line: int
    column: int
    code: str  # ASCII and stable, e.g. ``yaml.duplicate-key``
    message: str  # Chinese: what is wrong and what to do
    severity: str = "error"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.code} {self.message}"


class LibraryError(Exception):
    """A library that cannot be used; holds every problem that was found, in order of place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


def shown_path(path: Path) -> str:
    """Return ``path`` as a reader would write it: relative to the current folder where it lies below it."""
    try:
        return str(path.resolve().relative_to(Path.cwd().resolve()))
    except (ValueError, OSError):
        return str(path)
