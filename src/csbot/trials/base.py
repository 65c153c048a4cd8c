"""The library as it was in a revision, to compare the working tree with."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from csbot.library.load import load_fresh
from csbot.library.models import Library
from csbot.library.problems import LibraryError
from csbot.library.revisions import extract_library
from csbot.replying.responder import Responder


@dataclass(frozen=True, slots=True)
class Base:
    """A library of the past, and the id of the commit that it is from."""

    library: Library
    commit: str


def base_of(library: Library, revision: str) -> Base:
    """Return the library in the folder of ``library`` as it was in ``revision``.

    Raises GitError where git cannot give it, LibraryError where it had problems; those name their files as
    ``revision:path``. What is derived from it is cached under a name of its own, next to that of ``library``.
    """
    with tempfile.TemporaryDirectory(prefix="csbot-") as name:
        folder = Path(name).resolve()
        commit = extract_library(library.root, revision, folder)
        try:
            loaded = load_fresh(folder, library.root)
        except LibraryError as error:
            inside = f"{folder.as_posix()}/"
            raise LibraryError(
                each._replace(path=f"{revision}:{each.path.removeprefix(inside)}") for each in error.problems
            ) from None
    own = library.root.resolve()
    return Base(replace(loaded, root=own / "@base", origin=f"git 版本 {revision}"), commit)


def responders(library: Library, base: Library) -> tuple[Responder, Responder]:
    """Return responders before and after; where messages are recognised alike they share what recognises them."""
    before, after = Responder(base), Responder(library)
    if base.recognition == library.recognition and base.profiles == library.profiles:
        before.matcher = after.matcher
    return before, after
