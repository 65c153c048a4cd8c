"""What is wrong with a library, as values."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple


class Problem(NamedTuple):
    """One thing that is wrong, and where. ``line`` and ``column`` count from 1, columns in code points."""

    path: str
    line: int
    column: int
    code: str  # ASCII and stable, e.g. ``yaml.duplicate-key``
    message: str  # Chinese: what is wrong and what to do
    severity: str = "error"
    mend: str = ""  # the whole line as it was most likely meant; empty where that is not certain
    wording: str = ""  # what of the value at that place is meant; empty where it is all of it

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.code} {self.message}"


class LibraryError(Exception):
    """A library that cannot be used; holds every problem that was found, in order of place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


_REASONS = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.ENOTDIR: "路径中间有一段不是文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENAMETOOLONG: "名字太长",
    errno.ELOOP: "链接绕成了圈",
    errno.ENOSPC: "磁盘满了",
    errno.EIO: "磁盘出错",
    errno.EBADF: "标准输入或输出没有打开",
}


def reason_of(error: OSError) -> str:
    """Return in Chinese why the operating system refused."""
    return _REASONS.get(error.errno or 0) or f"系统错误 {errno.errorcode.get(error.errno or 0, '未知')}"


def shown_path(path: Path) -> str:
    """Return ``path`` as a reader would write it: relative to the current folder where it lies below it."""
    try:
        return str(path.resolve().relative_to(Path.cwd().resolve()))
    except (ValueError, OSError):
        return str(path)
