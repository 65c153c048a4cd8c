"""Which files of a folder are read: known formats, less what is hidden or ignored (gitignore patterns)."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from csbot.library.problems import Problem, reason_of
from csbot.sources.passage import SourceError
from csbot.sources.reading import STANDARD_INPUT, format_of, shown

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

IGNORE_FILES = (".gitignore", ".csbotignore")


class Selection(NamedTuple):
    """Patterns as in .gitignore: with ``include`` only what matches one of them, whatever its extension."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


class Found(NamedTuple):
    """A file to read; ``named`` where it was given itself and not found in a folder."""

    path: str
    named: bool


def pattern_error(pattern: str) -> str | None:
    """Return in Chinese what is wrong with a pattern, None where nothing is."""
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([pattern])
    except ValueError:
        return f"「{pattern}」不是 .gitignore 那样的写法"
    return None


def files_of(paths: Sequence[str], selection: Selection) -> Iterator[Found | SourceError]:
    """Yield the files that ``paths`` name, each once: files as they are, folders with what lies in them, sorted.

    In between stand the errors for what cannot be looked into, and for a folder without a file to read.
    """
    seen: set[str] = set()
    for path in paths:
        if path == STANDARD_INPUT:
            named: Iterator[Found | SourceError] = iter([Found(path, True)])
        elif os.path.isdir(path):  # noqa: PTH112 - a name that pathlib would change, such as an empty one
            named = _files_below(path, selection)
        else:
            named = iter([Found(_shown(path), True)])
        for found in named:
            if isinstance(found, Found):
                place = found.path if found.path == STANDARD_INPUT else os.path.realpath(found.path)
                if place in seen:
                    continue
                seen.add(place)
            yield found


def _shown(path: str) -> str:
    """Return a path from the current folder on where it lies below it, so that findings of one file are alike."""
    if path and os.path.isabs(path):  # noqa: PTH117 - as above
        relative = os.path.relpath(path)
        return path if relative.startswith("..") else relative
    return os.path.normpath(path) if path and "\0" not in path else path


def _files_below(folder: str, selection: Selection) -> Iterator[Found | SourceError]:
    count = 0
    try:
        for each in _walk(_shown(folder), selection):
            count += isinstance(each, Found)
            yield each
    except SourceError as error:
        yield error
        return
    if not count:
        message = "文件夹里没有可以检查的文件：请看扩展名、--include、--exclude 和 .gitignore、.csbotignore"
        yield SourceError(Problem(shown(_shown(folder)), 1, 1, "file.nothing", message))


def _walk(top: str, selection: Selection) -> Iterator[Found | SourceError]:
    rules = _Patterns(top, selection)
    unreadable: list[OSError] = []
    # Links to folders are not followed: they may lead round in a circle.
    for folder, folders, names in os.walk(top, onerror=unreadable.append):
        rules.enter(folder)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and not rules.ignores(Path(folder, name), is_folder=True)
        )
        for name in sorted(names):
            path = Path(folder, name)
            if name.startswith(".") or not rules.selects(path):
                continue
            if not _is_pipe(path):
                yield Found(str(path), False)
        while unreadable:
            yield _unreadable(unreadable.pop())
    while unreadable:
        yield _unreadable(unreadable.pop())


def _unreadable(error: OSError) -> SourceError:
    message = f"文件夹读不了：{reason_of(error)}"
    return SourceError(Problem(shown(str(error.filename)), 1, 1, "file.unreadable", message))


def _is_pipe(path: Path) -> bool:
    """Tell whether to open a file would wait for somebody: sockets, named pipes, devices."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False  # a link that leads nowhere: an error when it is read
    return not stat.S_ISREG(mode)


class _Patterns:
    """The patterns that hold below a folder: those of the command line, and of the ignore files on the way."""

    def __init__(self, top: str, selection: Selection) -> None:
        from pathspec import GitIgnoreSpec

        self._top = Path(top).absolute()
        self._here = Path.cwd()
        self._include = GitIgnoreSpec.from_lines(selection.include) if selection.include else None
        self._exclude = GitIgnoreSpec.from_lines(selection.exclude) if selection.exclude else None
        self._specs: dict[Path, list[GitIgnoreSpec]] = {}
        for folder in _folders_above(self._top):
            self._read(folder)

    def enter(self, folder: str) -> None:
        """Read the ignore files of a folder that is walked into."""
        self._read(Path(folder).absolute())

    def _read(self, folder: Path) -> None:
        specs = [spec for name in IGNORE_FILES if (spec := _ignore_file(folder / name)) is not None]
        if specs:
            self._specs[folder] = specs

    def ignores(self, path: Path, *, is_folder: bool = False) -> bool:
        """Tell whether a file or folder is left out."""
        place = path.absolute()
        if self._matches(self._exclude, place, is_folder):
            return True
        # The nearest file that says something decides, and of two in one folder .csbotignore.
        for folder in (place.parent, *place.parent.parents):
            for spec in reversed(self._specs.get(folder, [])):
                verdict = spec.check_file(_relative(place, folder, is_folder)).include
                if verdict is not None:
                    return verdict
        return False

    def selects(self, path: Path) -> bool:
        """Tell whether a file is read."""
        wanted = format_of(str(path)) is not None
        if self._include is not None:
            wanted = self._matches(self._include, path.absolute(), False)
        return wanted and not self.ignores(path)

    def _matches(self, spec: GitIgnoreSpec | None, place: Path, is_folder: bool) -> bool:
        """Tell whether a pattern of the command line fits, seen from the folder given or from the current one."""
        if spec is None:
            return False
        bases = {self._top, self._here} if place.is_relative_to(self._here) else {self._top}
        return any(spec.match_file(_relative(place, base, is_folder)) for base in bases)


def _relative(place: Path, base: Path, is_folder: bool) -> str:
    return place.relative_to(base).as_posix() + ("/" if is_folder else "")


def _folders_above(top: Path) -> list[Path]:
    """Return the folders above ``top`` whose ignore files hold here too.

    They reach up to the root of its repository; without one, to the current folder where ``top`` lies below it.
    """
    above: list[Path] = []
    for folder in (top, *top.parents):
        if folder != top:
            above.append(folder)
        if (folder / ".git").exists():
            return above
    here = Path.cwd()
    return [folder for folder in above if folder.is_relative_to(here)]


def _ignore_file(path: Path) -> GitIgnoreSpec | None:
    from pathspec import GitIgnoreSpec

    try:
        if not path.is_file():
            return None
        lines = path.read_text(encoding="utf-8-sig", errors="surrogateescape").splitlines()
    except OSError as error:
        raise SourceError(
            Problem(shown(_shown(str(path))), 1, 1, "file.unreadable", f"文件读不了：{reason_of(error)}")
        ) from None
    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:
        number = next((at for at, line in enumerate(lines, start=1) if pattern_error(line) is not None), 1)
        raise SourceError(
            Problem(shown(_shown(str(path))), number, 1, "file.pattern", "这一行不是 .gitignore 的写法")
        ) from None
