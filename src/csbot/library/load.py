"""Load a library: all of it, checked, or none of it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csbot.library.layers import Layer, stack_of
from csbot.library.locate import is_conversation, is_layer, kind_of, library_files, locate
from csbot.library.models import Library
from csbot.library.problems import LibraryError, Problem
from csbot.text.cache import cached_with_bytes

if TYPE_CHECKING:
    from csbot.library.yaml_document import Document

# Changes whenever the checks or the stored form change, so that an older cache is not believed.
FORMAT = "8"


def read_documents(
    root: Path, *, tests: bool = True, home: Path | None = None, replaced: Mapping[str, bytes] | None = None
) -> tuple[dict[str, Document], list[Problem]]:
    """Read and check every file of a library; return the documents and every problem, warnings included.

    Without ``tests`` the conversations are left alone: a broken one takes the console from nobody. Of a library
    in layers the documents are the merged ones; each value still knows its file. The tests of a lower layer are
    about the library as it is without the upper one: they are left out. ``replaced`` holds by their names files
    of the uppermost layer that are taken instead of those on the disk, or besides them.
    """
    from csbot.library.merging import merged  # what reads and checks takes 20 ms: a library in the cache needs none
    from csbot.library.naming import by_their_ids
    from csbot.library.references import check_references

    layers, problems = stack_of(root, home=home)
    if problems:
        return {}, problems
    read = []
    for layer in layers:
        uppermost = layer is layers[-1]
        documents, found = _read_layer(layer.root, tests and uppermost, replaced if uppermost else None)
        read.append(documents)
        problems.extend(found)
    if any(problem.severity == "error" for problem in problems):
        return read[-1], by_their_ids(problems, read)
    documents, found = merged(layers, read)
    problems.extend(found or check_references(documents))
    return documents, problems


def _read_layer(
    root: Path, tests: bool, replaced: Mapping[str, bytes] | None
) -> tuple[dict[str, Document], list[Problem]]:
    from csbot.library.parsed import Parsed

    files, problems = library_files(root)
    instead = replaced or {}
    files |= {name: root / name for name in sorted(instead)}
    documents: dict[str, Document] = {}
    parsed, layer = Parsed(root), is_layer(root)
    for name, path in files.items():
        if is_conversation(name) and not tests:
            parsed.leave(kind_of(name))
            continue
        document = parsed.read(path, kind_of(name), layer=layer, content=instead.get(name))
        documents[name] = document
        problems.extend(document.problems)
    if not instead:
        parsed.save()
    return documents, problems


def files_of(root: Path) -> dict[str, Path]:
    """Return the files of a library, those of the layers below it included, by a name of each."""
    layers, _ = stack_of(root)
    return {
        f"{name}@{number}": path
        for number, layer in enumerate(reversed(layers or [Layer(root, "", "")]))
        for name, path in library_files(layer.root)[0].items()
    }


def data_of(documents: dict[str, Document]) -> dict[str, Any]:
    """Return what a ``Library`` is made of: what the files hold, conversations to be tested aside."""
    return {name: document.data for name, document in documents.items() if not is_conversation(name)}


def _checked(root: Path, home: Path | None = None) -> dict[str, Document]:
    documents, problems = read_documents(root, tests=False, home=home)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise LibraryError(errors)
    return documents


def load_fresh(root: Path, home: Path | None = None) -> Library:
    """Load the library in ``root`` without looking for it in the cache: a folder that is soon gone leaves nothing.

    ``home`` is where it lies otherwise: the layers below it are looked for from there.

    Raises LibraryError with every problem of every file, conversations to be tested aside.
    """
    return Library(root, "", digest_of(root, home) or "", data_of(_checked(root, home)))


def load_with_tests(root: Path, origin: str = "") -> tuple[Library, dict[str, Document]]:
    """Load the library in ``root`` with the documents that its tests stand in.

    Raises LibraryError with every problem of every file, those of the conversations included.
    """
    documents, problems = read_documents(root)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise LibraryError(errors)
    return Library(root, origin, digest_of(root) or "", data_of(documents)), documents


class Stored(Mapping[str, Any]):
    """What the files of a library hold, each read out of the cache when it is first asked for: a draft needs few."""

    def __init__(self, block: bytes, spans: Mapping[str, tuple[int, int]]) -> None:
        """Take JSON texts one behind the other, and where that of each file begins and ends."""
        self._unread = {name: block[begin:end] for name, (begin, end) in spans.items()}
        self._read: dict[str, Any] = dict.fromkeys(spans)

    def __getitem__(self, name: str) -> Any:
        written = self._unread.get(name)
        if written is not None:
            self._read[name] = json.loads(written)
            self._unread.pop(name, None)  # afterwards: two threads may ask at once
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)


def _written(documents: Mapping[str, Document]) -> tuple[dict[str, tuple[int, int]], bytes]:
    """Return what ``Stored`` takes of what files hold, conversations aside: where each stands, and all of them."""
    from csbot.library.parsed import as_json

    held = {name: document for name, document in documents.items() if not is_conversation(name)}
    texts = [each.written or as_json(each.data) for each in held.values()]
    ends = list(accumulate(map(len, texts)))
    return dict(zip(held, zip([0, *ends], ends, strict=False), strict=True)), b"".join(texts)


def digest_of(root: Path, home: Path | None = None) -> str | None:
    """Return a digest of the content of all files, or None where one cannot be read or is missing."""
    layers, problems = stack_of(root, home=home)
    digest = hashlib.sha256(FORMAT.encode())
    for number, layer in enumerate(layers):
        files, missing = library_files(layer.root)
        problems = problems + missing
        for name, path in sorted(files.items()):
            if is_conversation(name):
                continue
            try:
                content = path.read_bytes()
            except OSError:
                return None
            digest.update(f"{number} {name}\n{len(content)}\n".encode("utf-8", "surrogatepass"))
            digest.update(content)
    return None if problems else digest.hexdigest()


def load_library(named: str | None = None, *, folder: Path | None = None) -> Library:
    """Find and load the library to use.

    ``named`` is what ``--library`` gave; ``folder`` where the search for a surrounding library starts (the
    current folder by default). Raises LibraryError with every problem of every file; a library that was
    found good before is not checked again until one of its files changes.
    """
    root, origin = locate(named, os.environ, folder or Path.cwd())
    digest = digest_of(root)
    if digest is None:
        return Library(root, origin, "", data_of(_checked(root)))
    place = hashlib.sha256(str(root.resolve()).encode("utf-8", "surrogatepass")).hexdigest()[:12]
    spans, block = cached_with_bytes(f"library-{place}", digest, lambda: _written(_checked(root)))
    return Library(root, origin, digest, Stored(block, spans))
