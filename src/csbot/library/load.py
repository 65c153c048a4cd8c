"""Load a library: all of it, checked, or none of it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from csbot.library.locate import is_conversation, kind_of, library_files, locate
from csbot.library.models import Library
from csbot.library.problems import LibraryError, Problem, shown_path
from csbot.library.references import check_references
from csbot.library.schema import check_shape
from csbot.library.yaml_reader import Document, parse_yaml, read_yaml
from csbot.text.cache import cached

# Changes whenever the checks or the stored form change, so that an older cache is not believed.
FORMAT = "6"


def read_documents(
    root: Path, *, tests: bool = True, replaced: Mapping[str, bytes] | None = None
) -> tuple[dict[str, Document], list[Problem]]:
    """Read and check every file of a library; return the documents and every problem, warnings included.

    Without ``tests`` the conversations are left alone: a broken one takes the console from nobody. ``replaced`` holds
    by their names files that are taken instead of those on the disk, or besides them.
    """
    files, problems = library_files(root)
    instead = replaced or {}
    files |= {name: root / name for name in sorted(instead)}
    if not tests:
        files = _without_conversations(files)
    documents: dict[str, Document] = {}
    for name, path in files.items():
        document = parse_yaml(instead[name], shown_path(path)) if name in instead else read_yaml(path)
        documents[name] = document
        found = list(document.problems)
        if not found:
            found = check_shape(document, kind_of(name))
        problems.extend(found)
    if not any(problem.severity == "error" for problem in problems):
        problems.extend(check_references(documents))
    return documents, problems


def _without_conversations(files: dict[str, Path]) -> dict[str, Path]:
    return {name: path for name, path in files.items() if not is_conversation(name)}


def data_of(documents: dict[str, Document]) -> dict[str, Any]:
    """Return what a ``Library`` is made of: what the files hold, conversations to be tested aside."""
    return {name: document.data for name, document in documents.items() if not is_conversation(name)}


def _checked_data(root: Path) -> dict[str, Any]:
    documents, problems = read_documents(root, tests=False)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise LibraryError(errors)
    return data_of(documents)


def load_fresh(root: Path) -> Library:
    """Load the library in ``root`` without looking for it in the cache: a folder that is soon gone leaves nothing.

    Raises LibraryError with every problem of every file, conversations to be tested aside.
    """
    return Library(root, "", _digest(root) or "", _checked_data(root))


def load_with_tests(root: Path, origin: str = "") -> tuple[Library, dict[str, Document]]:
    """Load the library in ``root`` with the documents that its tests stand in.

    Raises LibraryError with every problem of every file, those of the conversations included.
    """
    documents, problems = read_documents(root)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise LibraryError(errors)
    return Library(root, origin, _digest(root) or "", data_of(documents)), documents


def _digest(root: Path) -> str | None:
    """Return a digest of the content of all files, or None where one cannot be read or is missing."""
    files, problems = library_files(root)
    if problems:
        return None
    files = _without_conversations(files)
    digest = hashlib.sha256(FORMAT.encode())
    for name, path in sorted(files.items()):
        try:
            content = path.read_bytes()
        except OSError:
            return None
        digest.update(f"{name}\n{len(content)}\n".encode("utf-8", "surrogatepass"))
        digest.update(content)
    return digest.hexdigest()


def load_library(named: str | None = None, *, folder: Path | None = None) -> Library:
    """Find and load the library to use.

    ``named`` is what ``--library`` gave; ``folder`` where the search for a surrounding library starts (the
    current folder by default). Raises LibraryError with every problem of every file; a library that was
    found good before is not checked again until one of its files changes.
    """
    root, origin = locate(named, os.environ, folder or Path.cwd())
    digest = _digest(root)
    if digest is None:
        return Library(root, origin, "", _checked_data(root))
    place = hashlib.sha256(str(root.resolve()).encode("utf-8", "surrogatepass")).hexdigest()[:12]
    data = cached(f"library-{place}", digest, lambda: _checked_data(root))
    return Library(root, origin, digest, data)
