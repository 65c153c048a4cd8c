"""What git knows: revisions, and the library as it was in one of them, without a checkout."""

from __future__ import annotations

import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

TIMEOUT = 120  # seconds
SHOWN = 5  # branches that are named to who asks for one that is not there
PARTS = ("intents.yaml", "layer.yaml", "scripts_library", "phrasebook")  # of a library


class GitError(Exception):
    """Git cannot tell what was asked; the message is Chinese."""


def run_git(root: Path, *arguments: str) -> bytes:
    """Return what git writes when it is called in ``root``. Raises GitError where it fails or is not there."""
    try:
        done = subprocess.run(  # noqa: S603 - a list, no shell; a revision cannot be an option
            ["git", "-c", "core.quotePath=false", "-C", str(root), *arguments],  # noqa: S607
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=TIMEOUT,
            check=False,
        )
    except FileNotFoundError as error:
        raise GitError("没有找到 git，和版本比较要用它") from error
    except subprocess.TimeoutExpired as error:
        raise GitError(f"git 在 {TIMEOUT} 秒里没有答复") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        message = f"git {arguments[0]} 失败" + (f"：{said[-1]}" if said else "")
        raise GitError(message)
    return done.stdout


def commit_of(root: Path, revision: str) -> str:
    """Return the id of the commit that a revision names; 「main...」 is where this branch left main.

    Raises GitError for one that does not exist.
    """
    base, dots, other = revision.partition("...")
    if not base or revision.startswith("-") or "\0" in revision:
        raise GitError(f"「{revision}」不是 git 版本；写法如 HEAD、origin/main 或 origin/main...")
    try:
        commits = [
            run_git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{each}^{{commit}}").decode().strip()
            for each in ([base, other or "HEAD"] if dots else [base])
        ]
        return run_git(root, "merge-base", *commits).decode().strip() if dots else commits[0]
    except GitError as error:
        if error.__cause__ is not None:
            raise
        names = run_git(root, "for-each-ref", "--format=%(refname:short)", "refs/heads").decode().split()
        known = f"，现有的分支：{'、'.join(names[:SHOWN])}" if names else ""
        message = (
            f"git 里没有「{revision}」这个版本{known}；"
            "持续集成里常因为只取了最近一次提交，请取回完整历史（fetch-depth: 0）"
        )
        raise GitError(message) from None


def extract_library(root: Path, revision: str, target: Path) -> str:
    """Write the library in ``root`` as it was in ``revision`` below ``target``; return the id of the commit.

    Raises GitError where the library lies in no repository, or the revision is unknown or does not hold it.
    """
    folder = root.resolve()
    if not any((each / ".git").exists() for each in (folder, *folder.parents)):
        raise GitError(f"话术库 {root} 不在 git 仓库里，没有可以比较的版本")
    commit = commit_of(folder, revision)
    names = run_git(folder, "ls-tree", "--name-only", "-z", commit, "--", *PARTS).decode("utf-8", "replace")
    present = [name for name in names.split("\0") if name]
    if not {"intents.yaml", "layer.yaml"} & set(present):
        raise GitError(f"版本「{revision}」里没有这个话术库（没有 {PARTS[0]}）")
    content = run_git(folder, "archive", "--format=tar", commit, "--", *present)
    try:
        with tarfile.open(fileobj=BytesIO(content)) as archive:
            archive.extractall(target, filter="data")
    except (tarfile.TarError, OSError) as error:  # a link that leads out of the library, a full disk
        raise GitError(f"取不出版本「{revision}」里的话术库（有指向别处的链接，或者磁盘写不了）") from error
    return commit
