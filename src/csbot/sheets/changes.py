"""What an import would do, and what it would not, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from csbot.library.yaml_document import Key
from csbot.library.yaml_writer import Value
from csbot.sheets.grid import Cell
from csbot.sheets.holdings import Place


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a trainer must look at: where in the sheet, and what in Chinese."""

    cell: Cell
    code: str
    message: str
    severity: str = "error"


@dataclass(frozen=True, slots=True)
class Set:
    """Let a value be at a place, None to take what is there away. Groups around it that are missing are made."""

    place: Place
    value: Value | None


@dataclass(frozen=True, slots=True)
class Add:
    """Add an item to the list at a place; ``after`` is the number of the item before it, None for the end."""

    place: Place
    value: Value
    after: int | None = None
    cells: Mapping[Key, Cell] = field(default_factory=dict)  # which cell says what is at a key of the item


@dataclass(frozen=True, slots=True)
class Drop:
    """Take an item of a list away."""

    place: Place


@dataclass(frozen=True, slots=True)
class Create:
    """Add an entry to a file that is not there yet: a new topic of scripts, or the first situations of a layer."""

    file: str
    head: Mapping[str, str]
    value: Mapping[str, Value]
    entries: str = "scripts"  # the key of the list in the file
    cells: Mapping[Key, Cell] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Supplement:
    """Add an item to a list of a situation that a lower layer has: those of one entry are written as one."""

    file: str  # of this layer, whether it is there yet or not
    head: Mapping[str, str]  # with which a new file begins
    entries: str  # the key of the list in the file: intents, scripts
    name: str  # the key of the id in an entry
    owner: str
    sort: str  # the list of the entry: examples, negatives, keywords, replies
    value: Value
    cells: Mapping[Key, Cell] = field(default_factory=dict)


Step = Set | Add | Drop | Create | Supplement


@dataclass(slots=True)
class Change:
    """One thing that changes in the library. ``what`` says in Chinese what it is: 「回复第 3 条」."""

    cell: Cell
    owner: str
    what: str
    before: str
    after: str
    steps: list[Step]
    reply: str = ""  # the text of the reply that comes of it, to be judged
    number: int = -1  # of the reply in its script, -1 for a new one
    cells: dict[str, Cell] = field(default_factory=dict)
    elsewhere: Sequence[Cell] = ()  # of what is gone because it was moved: the row that it stands in now


@dataclass(frozen=True, slots=True)
class Homeless:
    """A text that belongs to no situation: a reply, or an example of what customers say."""

    cell: Cell
    title: str  # what its row says of where it belongs
    text: str
    is_reply: bool
    where: Cell | None = None  # the cell that should name the situation, where there is one


@dataclass(slots=True)
class Outcome:
    """All of it."""

    changes: list[Change] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    repeated: int = 0  # rows that say what the library says already
    missing: list[Change] = field(default_factory=list)  # rows that are gone from the sheet: to be removed if wanted
    homeless: list[Homeless] = field(default_factory=list)

    def stays(self, change: Change) -> bool:
        """Tell whether something is not to be taken away after all: it was moved, and refused where it came to."""
        refused = [each.cell for each in self.findings if each.severity == "error"]
        refused += [each.cell for each in self.homeless]
        return bool(change.elsewhere) and any(cell in change.elsewhere for cell in refused)

    def error(self, cell: Cell, code: str, message: str, severity: str = "error") -> None:
        """Note a finding."""
        self.findings.append(Finding(cell, code, message, severity))
