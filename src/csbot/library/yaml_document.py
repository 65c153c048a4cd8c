"""What a YAML file holds, and where everything in it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from csbot.library.problems import Problem

Key = tuple[str | int, ...]


@dataclass(slots=True)
class Document:
    """What a YAML file holds: ``data`` of str, list and dict, and the place of each value and key by path."""

    path: str
    data: Any = None
    known_places: dict[Key, tuple[int, int]] = field(default_factory=dict)
    key_places: dict[Key, tuple[int, int]] = field(default_factory=dict)
    commented: set[Key] = field(default_factory=set)  # values that are empty because of a comment
    problems: list[Problem] = field(default_factory=list)
    sources: dict[Key, str] = field(default_factory=dict)  # of merged layers: the file that a part comes from
    pending: Callable[[], dict[Key, tuple[int, int]]] | None = None  # gives the places when somebody asks
    written: bytes | None = None  # what the file holds as JSON, where that was made already

    @property
    def places(self) -> dict[Key, tuple[int, int]]:
        """Line and column of every value by its path."""
        if self.pending is not None:
            self.known_places, self.pending = self.pending(), None
        return self.known_places

    def at(self, key: Key) -> Any:
        """Return the value at ``key``."""
        value = self.data
        for each in key:
            value = value[each]
        return value

    def place(self, key: Key) -> tuple[int, int]:
        """Return line and column of the value at ``key``, or of the nearest thing around it."""
        return self.places.get(self._placed(key), (1, 1))

    def path_at(self, key: Key) -> str:
        """Return the file that the value at ``key`` stands in, or the nearest thing around it that has a place."""
        if not self.sources:
            return self.path
        key = self._placed(key)
        while key and key not in self.sources:
            key = key[:-1]
        return self.sources.get(key, self.path)

    def _placed(self, key: Key) -> Key:
        while key and key not in self.places:
            key = key[:-1]
        return key

    def problem(
        self, key: Key, code: str, message: str, severity: str = "error", mend: str = "", wording: str = ""
    ) -> Problem:
        """Return a problem at the value at ``key``, or at ``wording`` in it."""
        line, column = self.place(key)
        return Problem(self.path_at(key), line, column, code, message, severity, mend, wording)


@dataclass(frozen=True, slots=True)
class Span:
    """Where a value stands in a text, in code points: from ``start`` to before ``end``, comments after it aside."""

    start: int
    end: int
    style: str  # of a text "plain", "'", '"', "|" or ">"; of a list or a group of keys "flow" or "block"
    names: dict[str, tuple[int, int]] = field(default_factory=dict)  # of a group: start and end of each key
    size: int = 0  # of a list or a group: how many members it has
