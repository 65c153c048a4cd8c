"""The files of a library that were read before and found good: kept in the cache by their content.

After an edit only the files that were saved are parsed and checked again. What is kept is what they hold and where
every value stands; the places are put together only when somebody asks for one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from csbot.library.problems import shown_path
from csbot.library.schema import check_shape
from csbot.library.yaml_document import Document, Key
from csbot.library.yaml_reader import parse_yaml, read_bytes
from csbot.text.cache import recall, remember, source_digest


class Parsed:
    """Reads the files of one folder, those that have not changed from the cache. ``save`` keeps what was read."""

    def __init__(self, root: Path) -> None:
        place = hashlib.sha256(str(root.resolve()).encode("utf-8", "surrogatepass")).hexdigest()[:12]
        self._name = f"parsed-{place}"
        self._before: dict[str, Any] = cast(dict[str, Any], recall(self._name, source_digest()) or {})
        self._after: dict[str, Any] = {}

    def read(self, path: Path, kind: str, *, layer: bool, content: bytes | None = None) -> Document:
        """Return what a file holds (or ``content`` in its place), its problems of form and shape with it."""
        shown = shown_path(path)
        if content is None:
            found = read_bytes(path)
            if isinstance(found, Document):
                return found
            content = found
        key = f"{kind} {layer:d} {hashlib.sha256(content).hexdigest()}"
        if (row := self._before.get(key)) is not None:
            self._after[key] = row
            data, marks = row
            return Document(shown, data, pending=lambda: dict(_placed(data, (), iter(marks))))
        document = parse_yaml(content, shown)
        if not document.problems:
            document.problems += check_shape(document, kind, layer=layer)
        if not document.problems:
            marks = [number for each in _keys(document.data, ()) for number in document.places[each]]
            self._after[key] = [document.data, marks]
        return document

    def leave(self, kind: str) -> None:
        """Keep what is known of the files of a kind that are not read this time."""
        self._after.update((key, row) for key, row in self._before.items() if key.startswith(f"{kind} "))

    def save(self) -> None:
        """Keep what was good, for the next time."""
        if self._after.keys() != self._before.keys():
            remember(self._name, source_digest(), self._after)


def _keys(value: Any, key: Key) -> Iterator[Key]:
    """Yield the keys of everything in a value, itself first, in the order of the file."""
    yield key
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _keys(item, (*key, index))
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _keys(item, (*key, name))


def _placed(value: Any, key: Key, marks: Iterator[int]) -> Iterator[tuple[Key, tuple[int, int]]]:
    for each in _keys(value, key):
        yield each, (next(marks), next(marks))
