"""Which lines the working tree adds or changes against a revision, by asking git."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TIMEOUT = 120  # seconds
_HUNK = re.compile(rb"@@ -\S+ \+(?P<start>\d+)(?:,(?P<count>\d+))? @@")
_QUOTED = re.compile(rb"\\(?P<octal>[0-7]{3})|\\(?P<letter>.)", re.DOTALL)
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


class ChangesError(Exception):
    """What a change adds cannot be told; the message is Chinese."""


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
    commit = _commit(root, revision)
    changed = _ranges(_git(root, *_DIFF, "--unified=0", commit, "--"))
    # Of what git takes for binary (a workbook, UTF-16) it shows no lines: then all of them count.
    for name in _binary(_git(root, *_DIFF, "--numstat", "-z", commit, "--")):
        changed[name] = Lines(whole=True)
    tracked = _git(root, "ls-files", "-z")
    return changed, frozenset(_text(name) for name in tracked.split(b"\0") if name)


def _commit(root: Path, revision: str) -> str:
    base, dots, other = revision.partition("...")
    if not base or revision.startswith("-") or "\0" in revision:
        raise ChangesError(f"「{revision}」不是 git 版本；写法如 HEAD、origin/main 或 origin/main...")
    try:
        commits = [
            _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{each}^{{commit}}").decode().strip()
            for each in ([base, other or "HEAD"] if dots else [base])
        ]
        return _git(root, "merge-base", *commits).decode().strip() if dots else commits[0]
    except ChangesError as error:
        if error.__cause__ is not None:
            raise
        message = (
            f"git 里没有「{revision}」这个版本；持续集成里常因为只取了最近一次提交，请取回完整历史（fetch-depth: 0）"
        )
        raise ChangesError(message) from None


def _git(root: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - a list, no shell; a revision cannot be an option
            ["git", "-c", "core.quotePath=false", "-C", str(root), *arguments],  # noqa: S607
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=TIMEOUT,
            check=False,
        )
    except FileNotFoundError as error:
        raise ChangesError("没有找到 git，--diff 要用它") from error
    except subprocess.TimeoutExpired as error:
        raise ChangesError(f"git 在 {TIMEOUT} 秒里没有答复") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        message = f"git {arguments[0]} 失败" + (f"：{said[-1]}" if said else "")
        raise ChangesError(message)
    return done.stdout


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
