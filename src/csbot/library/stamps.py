"""What the files of a library look like from outside: enough to notice that one of them was saved."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from csbot.library.load import files_of
from csbot.library.problems import shown_path

Stamp = Mapping[str, tuple[int, int, int]]


def stamp_of(root: Path, known: Stamp | None = None) -> Stamp:
    """Return of every file of a library (of all its layers) when it was written, its size and its number on the disk.

    Nothing is read, so that a look costs some milliseconds. The files in ``known`` are looked at too: a broken
    layer.yaml does not tell where the layers below are.
    """
    paths = {str(path) for path in files_of(root).values()} | set(known or ())
    stamp = {}
    for path in sorted(paths):
        try:
            found = Path(path).stat()
        except (OSError, ValueError):
            continue
        stamp[path] = (found.st_mtime_ns, found.st_size, found.st_ino)
    return stamp


def changed(before: Stamp, after: Stamp) -> list[str]:
    """Return the files, as a reader writes them, that were changed, added or removed between two stamps."""
    return [shown_path(Path(path)) for path in sorted({*before, *after}) if before.get(path) != after.get(path)]
