"""Which lines the working tree adds or changes against a revision, by asking git."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from csbot.library.revisions import GitError, commit_of, run_git
from csbot.text.regex import regex

ChangesError = GitError
_HUNK = regex(rb"@@ -\S+ \+(?P<start>\d+)(?:,(?P<count>\d+))? @@")
_QUOTED = regex(rb"\\(?P<octal>[0-7]{3})|\\(?P<letter>.)", re.DOTALL)
_LETTERS = {b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f", b"r": b"\r"}
_PREFIX = b"b/"
_DIFF = (
    "diff",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--no-relative",
    "--ignore-submodules",
    "--inter-hunk-context=0",
    "--find-renames",
    "--src-prefix=a/",
    "--dst-prefix=b/",
)


@dataclass(frozen=True, slots=True)
class Lines:
    """The changed lines of a file, as ranges of numbers; ``whole`` where all of it is new or no text."""

    whole: bool = False
    ranges: tuple[range, ...] = ()

    def __bool__(self) -> bool:
        return self.whole or bool(self.ranges)

    def touch(self, first: int, last: int) -> bool:
        """Tell whether one of the lines ``first`` to ``last`` was changed."""
        return self.whole or any(each.start <= last and first < each.stop for each in self.ranges)


class Changes:
    """What the working tree changes against ``revision``; 「main...」 is where this branch left main.

    Raises ChangesError for a revision that does not exist, and for a file that lies in no repository.
    """

    def __init__(self, revision: str) -> None:
        self._revision = revision
        self._roots: dict[Path, Path] = {}
        self._changed: dict[Path, tuple[dict[str, Lines], frozenset[str]]] = {}

    def of(self, path: str) -> Lines:
        """Return the changed lines of a file."""
        place = Path(path).absolute()
        try:
            place = place.parent.resolve() / place.name
        except (OSError, RuntimeError):
            raise ChangesError(f"{path} 的路径走不通（链接绕成了圈），不能和版本比较") from None
        root = self._root(place.parent, path)
        if root not in self._changed:
            self._changed[root] = _changed(root, self._revision)
        changed, tracked = self._changed[root]
        name = place.relative_to(root).as_posix()
        if name in changed:
            return changed[name]
        return Lines() if name in tracked else Lines(whole=True)

    def _root(self, folder: Path, path: str) -> Path:
        if folder not in self._roots:
            root = next((each for each in (folder, *folder.parents) if (each / ".git").exists()), None)
            if root is None:
                raise ChangesError(f"{path} 不在 git 仓库里，--diff 没有可以比较的版本")
            self._roots[folder] = root
        return self._roots[folder]


def _changed(root: Path, revision: str) -> tuple[dict[str, Lines], frozenset[str]]:
    """Return the changed lines of every file of a repository that changed, and the names of all that it knows."""
    commit = commit_of(root, revision)
    changed = _ranges(run_git(root, *_DIFF, "--unified=0", commit, "--"))
    # Of what git takes for binary (a workbook, UTF-16) it shows no lines: then all of them count.
    for name in _binary(run_git(root, *_DIFF, "--numstat", "-z", commit, "--")):
        changed[name] = Lines(whole=True)
    tracked = run_git(root, "ls-files", "-z")
    return changed, frozenset(_text(name) for name in tracked.split(b"\0") if name)


def _ranges(patch: bytes) -> dict[str, Lines]:
    """Return the ranges of added lines by file of a patch without context."""
    found: dict[str, list[range]] = {}
    current: list[range] | None = None
    left = 0  # lines of the hunk that are still to come: what looks like a header there is none
    for line in patch.split(b"\n"):
        if left > 0:
            left -= line[:1] in (b"+", b"-")
        elif line.startswith(b"+++ "):
            name = _name(line[4:])
            current = None if name is None else found.setdefault(name, [])
        elif (hunk := _HUNK.match(line)) is not None:
            start, count = int(hunk["start"]), int(hunk["count"] or 1)
            removed = line[4 : line.index(b" +")].partition(b",")[2] or b"1"
            left = count + int(removed)
            if current is not None and count:
                current.append(range(start, start + count))
    return {name: Lines(ranges=tuple(ranges)) for name, ranges in found.items()}


def _name(written: bytes) -> str | None:
    """Return the name of a file in a header, None where the file is gone."""
    written = written.rstrip(b"\t")  # git ends a name with spaces in it so
    if written.startswith(b'"') and written.endswith(b'"'):
        written = _QUOTED.sub(_unquoted, written[1:-1])
    return _text(written.removeprefix(_PREFIX)) if written.startswith(_PREFIX) else None


def _unquoted(found: re.Match[bytes]) -> bytes:
    if found["octal"]:
        return bytes([int(found["octal"], 8)])
    return _LETTERS.get(found["letter"], found["letter"])


def _binary(numbers: bytes) -> Sequence[str]:
    """Return the files without lines of ``--numstat -z``; a renamed one is followed by its two names."""
    names: list[str] = []
    fields = iter(numbers.split(b"\0"))
    for each in fields:
        added, _, rest = each.partition(b"\t")
        name = rest.partition(b"\t")[2]
        if each and not name:
            next(fields, b"")
            name = next(fields, b"")
        if added == b"-":
            names.append(_text(name))
    return names


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")
