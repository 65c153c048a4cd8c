"""Values with the places of everything in them, so that parts of several files can become one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from csbot.library.yaml_document import Document, Key


@dataclass(slots=True)
class Part:
    """A value with the places of everything in it, by path from itself, and the file that each comes from."""

    value: Any
    places: dict[Key, tuple[int, int]]
    sources: dict[Key, str]

    def put(self, key: Key, other: Part) -> None:
        """Note that ``other`` now stands at ``key``; the value itself is set by the caller."""
        for table in (self.places, self.sources):
            for old in [each for each in table if each[: len(key)] == key]:
                del table[old]
        self.places.update({(*key, *rest): place for rest, place in other.places.items()})
        self.sources.update({(*key, *rest): path for rest, path in other.sources.items()})

    def source(self, key: Key) -> str:
        """Return the file that what stands at ``key`` comes from."""
        return next(self.sources[key[:end]] for end in range(len(key), -1, -1) if key[:end] in self.sources)

    def part(self, key: Key) -> Part:
        """Return what stands at ``key``, its places counted from there."""
        value = self.value
        for each in key:
            value = value[each]
        source = self.source(key)
        size = len(key)
        inside = {each[size:]: place for each, place in self.places.items() if each[:size] == key}
        sources = {each[size:]: path for each, path in self.sources.items() if each[:size] == key}
        return Part(value, inside, {(): source, **sources})


def split(document: Document, fields: Mapping[str, str]) -> tuple[dict[str, list[Part]], Part]:
    """Return the named entries of a file by their list, and what else is in it."""
    rest = Part({key: value for key, value in document.data.items() if key not in fields}, {}, {(): document.path})
    parts = {
        key: [Part(value, {}, {(): document.path}) for value in document.data[key]]
        for key in fields
        if key in document.data
    }
    for at, place in document.places.items():
        if len(at) >= 2 and at[0] in parts and isinstance(at[1], int):
            parts[str(at[0])][at[1]].places[at[2:]] = place
        else:
            rest.places[at] = place
    return parts, rest


def merge(old: Part, key: Key, new: Part, value: Any, *, add: bool) -> None:
    """Put ``value`` at ``key``: lists are made longer with ``add``, groups of keys key by key, all else replaced."""
    *around, last = key
    holder = old.value
    for each in around:
        holder = holder[each]
    was = holder.get(last)
    if isinstance(was, dict) and isinstance(value, dict):
        for name, inner in value.items():
            merge(old, (*key, name), new.part((name,)), inner, add=add)
    elif add and isinstance(was, list) and isinstance(value, list):
        for index, inner in enumerate(value):
            old.put((*key, len(was)), new.part((index,)))
            was.append(inner)
    else:
        holder[last] = value
        old.put(key, new)


def remove_items(part: Part, key: Key, indexes: Sequence[int]) -> None:
    """Take items out of the list at ``key``; those that stay keep their places."""
    whole = part.part(key)
    kept = [whole.part((index,)) for index in range(len(whole.value)) if index not in indexes]
    place = whole.places.get(())
    whole.value[:] = [each.value for each in kept]
    part.put(key, Part(whole.value, {(): place} if place else {}, {(): whole.sources[()]}))
    for index, each in enumerate(kept):
        part.put((*key, index), each)
