"""The files of a library that were read before and found good: kept in the cache by their content.

After an edit only the files that were saved are parsed and checked again. What is kept is what they hold and where
every value stands, each as one text: that of a file that was not saved is written back as it was read, and the places
are put together only when somebody asks for one.
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, cast

from csbot.library.problems import shown_path
from csbot.library.schema import check_shape
from csbot.library.yaml_document import Document, Key
from csbot.library.yaml_reader import parse_yaml, read_bytes
from csbot.text.cache import recall_with_bytes, remember, source_digest


class _Row(NamedTuple):
    """What is kept of a file: its values as JSON, and line and column of each, one after the other."""

    written: bytes
    marks: bytes


class Parsed:
    """Reads the files of one folder, those that have not changed from the cache. ``save`` keeps what was read."""

    def __init__(self, root: Path) -> None:
        place = hashlib.sha256(str(root.resolve()).encode("utf-8", "surrogatepass")).hexdigest()[:12]
        self._name = f"parsed-{place}"
        self._before: dict[str, _Row] = dict(_rows(recall_with_bytes(self._name, source_digest())))
        self._after: dict[str, _Row] = {}

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
            data = json.loads(row.written)
            marks = row.marks
            return Document(shown, data, written=row.written, pending=lambda: _placed(data, marks))
        document = parse_yaml(content, shown)
        if not document.problems:
            document.problems += check_shape(document, kind, layer=layer)
        if not document.problems:
            numbers = array("I", chain.from_iterable(document.places.values()))  # in the order of ``_keys``
            document.written = as_json(document.data)
            self._after[key] = _Row(document.written, numbers.tobytes())
        return document

    def leave(self, kind: str) -> None:
        """Keep what is known of the files of a kind that are not read this time."""
        self._after.update((key, row) for key, row in self._before.items() if key.startswith(f"{kind} "))

    def save(self) -> None:
        """Keep what was good, for the next time."""
        if self._after.keys() != self._before.keys():
            sizes = {key: list(map(len, row)) for key, row in self._after.items()}
            block = b"".join(part for row in self._after.values() for part in row)
            remember(self._name, source_digest(), sizes, block)


def as_json(data: Any) -> bytes:
    """Return the values of a file as JSON."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _rows(kept: tuple[object, bytes] | None) -> Iterator[tuple[str, _Row]]:
    """Yield the rows of what ``save`` kept, by their keys."""
    if kept is None:
        return
    sizes, block = kept
    at = 0
    for key, (written, marks) in cast(dict[str, tuple[int, int]], sizes).items():
        middle, end = at + written, at + written + marks
        yield key, _Row(block[at:middle], block[middle:end])
        at = end


def _keys(value: Any, key: Key) -> Iterator[Key]:
    """Yield the keys of everything in a value, itself first, in the order of the file."""
    yield key
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _keys(item, (*key, index))
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _keys(item, (*key, name))


def _placed(value: Any, marks: bytes) -> dict[Key, tuple[int, int]]:
    """Return line and column of every value by its path."""
    numbers = array("I", marks)
    return dict(zip(_keys(value, ()), zip(numbers[::2], numbers[1::2], strict=True), strict=True))
