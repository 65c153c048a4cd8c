"""Put changes into the files, in memory: what the library would be is loaded and checked before a file is written."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from csbot.library.amending import Amendment
from csbot.library.editing import Append, Edit, Put, Remove
from csbot.library.models import Library
from csbot.library.problems import Problem
from csbot.library.yaml_document import Key
from csbot.library.yaml_writer import Value, block, scalar
from csbot.sheets.changes import Add, Change, Create, Drop, Set, Supplement
from csbot.sheets.grid import Cell, Progress, silent
from csbot.sheets.holdings import Holdings, Place

Causes = dict[Key, tuple[Change, Cell]]  # by a key of an entry: the change and the cell that it comes from


@dataclass(slots=True)
class Applied:
    """Changes in an amendment, and where each of them stands in the new files."""

    amendment: Amendment
    places: dict[tuple[str, Key], tuple[Change, Cell]] = field(default_factory=dict)

    def tried(self) -> tuple[Library | None, list[tuple[Problem, Change | None, Cell | None]]]:
        """Return the library as it would be, and each error of it with the change and the cell that it comes from."""
        library, _, problems = self.amendment.tried()
        return library, [(each, *self._cause(each)) for each in problems if each.severity == "error"]

    def _cause(self, problem: Problem) -> tuple[Change | None, Cell | None]:
        for name in self.amendment.changed:
            document = self.amendment.document(name)
            if document.path != problem.path:
                continue
            at = [key for key, place in document.places.items() if place == (problem.line, problem.column)]
            at += [key for key, place in document.key_places.items() if place == (problem.line, problem.column)]
            for key in sorted(at, key=len, reverse=True):
                for length in range(len(key), 0, -1):
                    if (name, key[:length]) in self.places:
                        return self.places[(name, key[:length])]
            inside = [
                cause
                for (file, place), cause in self.places.items()
                if file == name and any(place[: len(key)] == key for key in at if len(key) > 1)
            ]
            if inside:
                return inside[0]
        return None, None


def apply(held: Holdings, changes: Sequence[Change], progress: Progress = silent) -> Applied:
    """Return the changes in an amendment of the library. Raises EditError and LibraryError."""
    applied = Applied(Amendment(held.root))
    files: dict[str, _File] = defaultdict(_File)
    created: dict[str, list[tuple[Create, Causes]]] = defaultdict(list)
    supplements: dict[tuple[str, str], list[tuple[Supplement, Change]]] = defaultdict(list)
    for change in changes:
        for step in change.steps:
            if isinstance(step, Create):
                created[step.file].append((step, _causes_of(step, change)))
            elif isinstance(step, Supplement):
                supplements[(step.file, step.owner)].append((step, change))
            else:
                files[step.place.file].take(step, change)
    for (name, _), parts in supplements.items():
        first, value, causes = parts[0][0], *_supplemented(parts)
        if name in held.documents:
            files[name].take(Add(Place(name, (first.entries,)), value), parts[0][1], causes)
        else:
            created[name].append((Create(name, first.head, value, first.entries), causes))
    for done, (name, file) in enumerate(files.items()):
        progress("写进各个文件", done, len(files))
        applied.amendment.edit(name, *file.edits(held.documents[name].data))
        applied.places |= {(name, key): cause for key, cause in file.causes(held.documents[name].data).items()}
    for name, steps in created.items():
        applied.amendment.create(name, _new_file([step for step, _ in steps]))
        for number, (step, causes) in enumerate(steps):
            applied.places |= {(name, (step.entries, number, *key)): cause for key, cause in causes.items()}
    return applied


def _causes_of(step: Create, change: Change) -> Causes:
    """Return which cell says what is at a key of a new entry."""
    causes: Causes = {(): (change, change.cell)} | {key: (change, cell) for key, cell in step.cells.items()}
    replies = step.value.get("replies", ())
    assert isinstance(replies, Sequence)
    for at, reply in enumerate(replies):
        cell = change.cells.get(str(reply["text"]), change.cell) if isinstance(reply, dict) else change.cell
        causes[("replies", at)] = (change, cell)
    return causes


def _supplemented(parts: Sequence[tuple[Supplement, Change]]) -> tuple[dict[str, Value], Causes]:
    """Return the entry that supplements the situation of a lower layer, and what each part of it comes from."""
    lists: dict[str, list[Value]] = {}
    causes: Causes = {(): (parts[0][1], parts[0][1].cell)}
    for step, change in parts:
        key = (step.sort, len(lists.setdefault(step.sort, [])))
        lists[step.sort].append(step.value)
        causes[key] = (change, change.cell)
        causes |= {(*key, *inner): (change, cell) for inner, cell in step.cells.items()}
    return {parts[0][0].name: parts[0][0].owner, "change": "add", **lists}, causes


def _new_file(steps: Sequence[Create]) -> str:
    lines = [f"{name}: {scalar(value)}" for name, value in steps[0].head.items()]
    entries = "\n\n".join(f"  - {block(step.value, 4)}" for step in steps)
    return "\n".join([*lines, f"{steps[0].entries}:", entries]) + "\n"


@dataclass(slots=True)
class _File:
    """What is to change in one file, by the keys that it has now."""

    sets: dict[Key, tuple[Value | None, Change]] = field(default_factory=dict)
    adds: dict[Key, list[tuple[Add, Change]]] = field(default_factory=dict)
    drops: dict[Key, Change] = field(default_factory=dict)
    _parts: dict[int, Causes] = field(default_factory=dict)  # of additions that several changes make together
    _shifts: dict[Key, tuple[list[int], list[int]]] = field(default_factory=dict)  # by list: what goes, what comes

    def take(self, step: Set | Add | Drop, change: Change, causes: Causes | None = None) -> None:
        """Note a step; of two about one place the later counts. ``causes`` tells of the parts of what is added."""
        key = step.place.key
        if isinstance(step, Set):
            self.sets[key] = (step.value, change)
        elif isinstance(step, Add):
            self.adds.setdefault(key, []).append((step, change))
            self._parts[id(step)] = causes or {inner: (change, cell) for inner, cell in step.cells.items()}
        else:
            self.drops[key] = change

    def edits(self, data: Any) -> list[Edit]:
        """Return the changes as the editor of YAML files takes them."""
        puts: dict[Key, Value] = {}
        removed: set[Key] = set(self.drops)
        for key, (value, _) in self.sets.items():
            there = _depth(data, key)
            if value is None:
                if there == len(key):
                    removed.add(key)
            elif there < len(key) - 1:
                _deepen(puts, key[: there + 1], key[there + 1 :], value)
            else:
                puts[key] = value
        for parent in {key[:-1] for key in removed if isinstance(key[-1], str)}:
            members = {(*parent, name) for name in _at(data, parent)}
            if members <= removed and not any(put[: len(parent)] == parent for put in puts):
                removed = {key for key in removed if key not in members} | {parent}
            elif members <= removed:  # everything in it is another: the group is written anew
                inside = {put: value for put, value in puts.items() if put[:-1] == parent}
                removed -= members
                puts = {put: value for put, value in puts.items() if put not in inside}
                puts[parent] = {str(put[-1]): value for put, value in inside.items()}
        edits: list[Edit] = [Put(key, value) for key, value in puts.items()]
        edits += [Remove(key) for key in sorted(removed, key=str)]
        for key, items in self.adds.items():
            edits += [Append(key, add.value, add.after) for add, _ in items]
        return edits

    def causes(self, data: Any) -> dict[Key, tuple[Change, Cell]]:
        """Return by the keys of the new file which change and which cell something comes from."""
        causes: dict[Key, tuple[Change, Cell]] = {}
        for key, (_, change) in self.sets.items():
            causes[self._moved(key, data)] = (change, change.cell)
        for key, items in self.adds.items():
            there = _at(data, key) if _depth(data, key) == len(key) else []
            before: Counter[int] = Counter()  # those added behind the same item so far
            here = self._moved(key, data)
            for add, change in items:
                after = _after(add, there)
                at = self._moved_item(key, after, data) if after >= 0 else -1
                own = (*here, at + 1 + before[after])
                before[after] += 1
                causes[own] = (change, change.cell)
                causes |= {(*own, *inner): cause for inner, cause in self._parts[id(add)].items()}
        return causes

    def _moved(self, key: Key, data: Any) -> Key:
        """Return where something stands once the items before it are gone or have come."""
        moved: list[str | int] = []
        for length, name in enumerate(key):
            moved.append(self._moved_item(key[:length], name, data) if isinstance(name, int) else name)
        return tuple(moved)

    def _moved_item(self, parent: Key, number: int, data: Any) -> int:
        """Return the number of an item of a list once those before it are gone or have come."""
        if parent not in self._shifts:
            gone = sorted(int(drop[-1]) for drop in self.drops if drop[:-1] == parent)
            adds = self.adds.get(parent, ())
            there = _at(data, parent) if adds else ()
            self._shifts[parent] = gone, sorted(_after(add, there) for add, _ in adds)
        gone, come = self._shifts[parent]
        return number + bisect_left(come, number) - bisect_left(gone, number)


def _after(add: Add, there: Sequence[Any]) -> int:
    return len(there) - 1 if add.after is None else add.after


def _depth(data: Any, key: Key) -> int:
    """Return how many parts of a key are there."""
    for depth, name in enumerate(key):
        known = isinstance(data, dict) and name in data
        known = known or (isinstance(data, list) and isinstance(name, int) and name < len(data))
        if not known:
            return depth
        data = data[name]
    return len(key)


def _at(data: Any, key: Key) -> Any:
    for name in key:
        data = data[name]
    return data


def _deepen(puts: dict[Key, Value], at: Key, rest: Key, value: Value) -> None:
    """Put a value into a group that is not there yet, beside what others put into it."""
    group = puts.get(at, {})
    assert isinstance(group, Mapping)
    grown: dict[str, Value] = dict(group)
    puts[at] = grown
    for name in rest[:-1]:
        inner = grown.get(str(name), {})
        assert isinstance(inner, Mapping)
        copied: dict[str, Value] = dict(inner)
        grown[str(name)] = copied
        grown = copied
    grown[str(rest[-1])] = value
