"""What the files of a library hold, as rows of the tables, each with the place that it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from csbot.library.locate import is_conversation, is_layer, kind_of, library_files
from csbot.library.parsed import Parsed
from csbot.library.yaml_document import Document, Key
from csbot.sheets.cells import shown
from csbot.sheets.markers import Marker, digests, whole_of
from csbot.sheets.tables import EXAMPLES, REPLIES, RULES, SITUATIONS, SORTS, Column, Table

Cells = tuple[str, ...]
ENTRIES = {"intents": "intents", "scripts": "scripts", "forbidden": "rules"}  # kind of file → key of its entries


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: the path of its file inside the library, and its key there."""

    file: str
    key: Key


@dataclass(slots=True)
class Entry:
    """A situation or a rule: one row, whose cells may come from several files."""

    id: str
    cells: Cells
    places: dict[str, Place]  # kind of file → where its entry is


@dataclass(slots=True)
class Listing:
    """A list of rows: the examples, the counter-examples or the replies of a situation, or what is out of scope."""

    table: Table
    owner: str
    sort: str
    place: Place  # of the list, whether it is there or not
    rows: list[Cells] = field(default_factory=list)

    def markers(self) -> Iterator[Marker]:
        """Yield the marker of each row."""
        whole = whole_of(self.table, self.rows)
        for index, row in enumerate(self.rows):
            yield Marker(self.owner, self.sort, index, len(self.rows), whole, digests(row))


@dataclass(slots=True)
class Holdings:
    """All of it. ``documents`` are the files of the folder itself, by their path inside it."""

    root: Path
    documents: Mapping[str, Document]
    situations: dict[str, Entry] = field(default_factory=dict)
    rules: dict[str, Entry] = field(default_factory=dict)
    listings: dict[tuple[str, str], Listing] = field(default_factory=dict)  # by owner and sort
    topics: dict[str, tuple[str, str]] = field(default_factory=dict)  # topic → file and name
    categories: dict[str, tuple[str, str]] = field(default_factory=dict)  # category → file and name

    def rows(self, table: Table) -> Iterator[tuple[Cells, Marker]]:
        """Yield the rows of a table with their markers, in the order of the files."""
        if table in (SITUATIONS, RULES):
            for entry in (self.situations if table is SITUATIONS else self.rules).values():
                yield entry.cells, Marker(entry.id, "", 0, 0, "", digests(entry.cells))
            return
        for listing in self.listings.values():
            if listing.table is table:
                yield from zip(listing.rows, listing.markers(), strict=True)

    def value_at(self, place: Place) -> list[str]:
        """Return the list that stands at a place, an empty one where none does."""
        value = self.documents[place.file].data
        for name in place.key:
            value = value.get(name, []) if isinstance(value, dict) else value[name]
        return [str(each) for each in value]

    def name_of(self, situation: str) -> str:
        """Return the name of a situation, nothing where it has none here."""
        entry = self.situations.get(situation)
        return entry.cells[1] if entry is not None else ""


def read_holdings(root: Path) -> Holdings:
    """Read the files of a library that is known to be sound. What cannot be read is left out."""
    files, _ = library_files(root)
    parsed, layer = Parsed(root), is_layer(root)
    documents = {}
    for name, path in files.items():
        if is_conversation(name):
            parsed.leave(kind_of(name))
        else:
            documents[name] = parsed.read(path, kind_of(name), layer=layer)
    parsed.save()
    return holdings_of(root, {name: each for name, each in documents.items() if not each.problems})


def holdings_of(root: Path, documents: Mapping[str, Document]) -> Holdings:
    """Return what the documents of a library hold."""
    held = Holdings(root, documents)
    entries: dict[str, dict[str, tuple[Place, Any]]] = {"intents": {}, "scripts": {}, "forbidden": {}}
    for file, document in documents.items():
        kind = kind_of(file)
        if kind not in ENTRIES:
            continue
        if kind != "intents" and "topic" in document.data:
            held.topics[document.data["topic"]] = (file, document.data.get("name", ""))
        if kind == "forbidden" and "category" in document.data:
            held.categories[document.data["category"]] = (file, document.data.get("name", ""))
        name = ENTRIES[kind]
        for index, entry in enumerate(document.data.get(name, ())):
            identifier = entry["intent" if kind == "scripts" else "id"]
            entries[kind].setdefault(identifier, (Place(file, (name, index)), entry))
    topics = {file: f"{topic} {name}" for topic, (file, name) in held.topics.items()}
    categories = {file: f"{category} {name}" for category, (file, name) in held.categories.items()}
    for identifier in dict.fromkeys([*entries["intents"], *entries["scripts"]]):
        both = {kind: entries[kind][identifier] for kind in ("intents", "scripts") if identifier in entries[kind]}
        file = both["scripts"][0].file if "scripts" in both else ""
        held.situations[identifier] = _entry(identifier, SITUATIONS, both, topics.get(file, ""))
    for identifier, found in entries["forbidden"].items():
        held.rules[identifier] = _entry(identifier, RULES, {"forbidden": found}, categories.get(found[0].file, ""))
    _list_all(held, entries)
    return held


def _entry(identifier: str, table: Table, found: Mapping[str, tuple[Place, Any]], home: str) -> Entry:
    """Return the row of an entry; ``home`` is said of the column that is only shown: the topic, the category."""
    cells = []
    for column in table.columns:
        if column.is_shown_only:
            cells.append(home)
        elif column.key == ("id",):
            cells.append(identifier)
        else:
            cells.append(_cell(found[column.kind][1] if column.kind in found else {}, column, column.key))
    return Entry(identifier, tuple(cells), {kind: place for kind, (place, _) in found.items()})


def _cell(entry: Any, column: Column, key: tuple[str, ...]) -> str:
    for name in key:
        entry = entry.get(name) if isinstance(entry, dict) else None
    return shown(entry, column)


def _list_all(held: Holdings, entries: Mapping[str, Mapping[str, tuple[Place, Any]]]) -> None:
    spoken = {sort: word for word, sort in SORTS.items()}
    for identifier, (place, entry) in entries["intents"].items():
        for sort in ("examples", "negatives"):
            listing = Listing(EXAMPLES, identifier, sort, Place(place.file, (*place.key, sort)))
            listing.rows = [(identifier, held.name_of(identifier), spoken[sort], each) for each in entry.get(sort, ())]
            held.listings[(identifier, sort)] = listing
    for identifier, (place, entry) in entries["scripts"].items():
        listing = Listing(REPLIES, identifier, "replies", Place(place.file, (*place.key, "replies")))
        listing.rows = [reply_cells(identifier, held.name_of(identifier), each) for each in entry.get("replies", ())]
        held.listings[(identifier, "replies")] = listing
    if "intents.yaml" in held.documents:
        listing = Listing(EXAMPLES, "", "out_of_scope", Place("intents.yaml", ("out_of_scope",)))
        said = held.documents["intents.yaml"].data.get("out_of_scope", ())
        listing.rows = [("", "", spoken["out_of_scope"], each) for each in said]
        held.listings[("", "out_of_scope")] = listing


def reply_cells(identifier: str, name: str, reply: Mapping[str, Any]) -> Cells:
    """Return a reply of the library as a row."""
    head = {"情景编号": identifier, "情景名称": name}
    return tuple(
        head.get(column.heading) or _cell(reply, column, column.key[1:]) if column.kind else head[column.heading]
        for column in REPLIES.columns
    )
