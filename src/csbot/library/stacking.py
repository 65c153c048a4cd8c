"""What comes of the layers of a library while one is put upon the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from csbot.library.layers import Layer
from csbot.library.names import begun_by
from csbot.library.placed import Part
from csbot.library.problems import Problem
from csbot.library.yaml_document import Document, Key

# By kind of file: the lists of entries that have a name, and the key that it stands under.
NAMED: dict[str, dict[str, str]] = {
    "intents": {"intents": "id"},
    "scripts": {"scripts": "intent"},
    "forbidden": {"rules": "id"},
    "elements": {"elements": "id"},
    "circumstances": {"circumstances": "id"},
    "slots": {"slots": "name"},
    "occasions": {"day_periods": "name", "festivals": "name"},
    "manuals": {"manuals": "id"},
}
WHAT = {
    "intents": "情景",
    "scripts": "话术",
    "rules": "禁用语规则",
    "elements": "要素",
    "circumstances": "不算的情形",
    "slots": "变量",
    "day_periods": "时段",
    "festivals": "节日",
    "manuals": "手册",
}
SETTINGS = "phrasebook/settings.yaml"
SYNONYMS = "phrasebook/synonyms.yaml"


@dataclass(slots=True)
class Entry:
    """A named entry: the file of the merged library that holds it, and what changed it."""

    home: str
    part: Part
    changed: bool = False  # whether its value is a copy already


@dataclass(frozen=True, slots=True)
class Change:
    """What a layer does to a lower one, for a person: where that is written, and why where it says so."""

    layer: int
    how: str  # add, replace, off or new
    what: str
    name: str
    path: str
    line: int
    reason: str = ""

    def as_list(self) -> list[Any]:
        """Return the change as JSON values."""
        return [self.layer, self.how, self.what, self.name, self.path, self.line, self.reason]


@dataclass
class Stack:
    """The entries of all layers so far, what is wrong with them, and what each layer has changed."""

    layers: Sequence[Layer]
    problems: list[Problem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    entries: dict[str, list[Entry]] = field(default_factory=dict)  # by field: 「intents」, 「rules」 …
    rest: dict[str, Part] = field(default_factory=dict)  # of each file: what stands beside its named entries
    paths: dict[str, int] = field(default_factory=dict)  # of each file: its layer

    def report(self, document: Document, key: Key, code: str, message: str) -> None:
        """Note a problem at a place of a file of a layer."""
        self.problems.append(document.problem(key, code, message))

    def note(self, number: int, how: str, what: str, name: str, document: Document, key: Key, reason: str = "") -> None:
        """Note what a layer does, and where it says so."""
        self.changes.append(
            Change(number, how, what, name, str(Path.cwd() / document.path), document.place(key)[0], reason)
        )

    def rules_of(self, name: str) -> list[str]:
        """Return the rules that a name means: one, or all of a category."""
        return [
            entry.part.value["id"]
            for entry in self.entries["rules"]
            if name in (entry.part.value["id"], self.rest[entry.home].value["category"])
        ]


def near(name: str, known: Iterable[str]) -> str:
    """Return in Chinese which of the known names was most likely meant; empty where none is much like it."""
    names = list(known)
    begun = begun_by(name, names)
    close = [begun] if begun else get_close_matches(name, names, n=1, cutoff=0.5 if len(name) <= 3 else 0.6)
    return f"，是不是「{close[0]}」？" if close else ""
