"""A new library or layer becomes a folder: whole and loadable, or nothing is there."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from csbot.authoring.workflow import NONE, workflow_for
from csbot.library.load import load_fresh
from csbot.library.problems import LibraryError, reason_of
from csbot.text.regex import regex

_CONTROL = regex(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")


class FreshError(Exception):
    """The library cannot be made there; the message is Chinese."""


@dataclass(slots=True)
class Made:
    """What was made: the files by their paths inside the folder, and what to say about it, line by line, in Chinese."""

    files: list[str]
    notes: list[str] = field(default_factory=list)


def single_line(name: str) -> str:
    """Return a name that was given as it is written into files. Raises FreshError where it cannot be one."""
    kept = re.sub(r"\s+", " ", name).strip()
    if not kept or _CONTROL.search(kept) or set("{}【】") & set(kept):
        raise FreshError("名称要有字，不能有花括号、【】和控制字符")
    return kept


def place(folder: Path, files: Mapping[str, str], service: str, tried: Mapping[str, str] | None = None) -> Made:
    """Write the files of a library into a folder that is new or holds nothing but hidden files.

    It is written beside the folder first and loaded: there is a whole library afterwards, or nothing. ``service`` is
    the server whose file to check it by is written too, at the root of the repository (csbot.authoring.workflow), or
    NONE. ``tried`` holds other texts for some files while it is loaded. Raises FreshError.
    """
    try:
        if folder.exists() and (not folder.is_dir() or any(not each.name.startswith(".") for each in folder.iterdir())):
            raise FreshError(f"{folder} 里已经有东西了，请换一个新的文件夹")
        parent = folder.resolve().parent
        parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".csbot-", dir=parent) as temporary:
            root = Path(temporary)
            _write(root, {**files, **(tried or {})})
            load_fresh(root)
            _write(root, {name: files[name] for name in tried or ()})
            folder.mkdir(exist_ok=True)
            for each in sorted({Path(file).parts[0] for file in files}):
                _move(root / each, folder / each)
        made = Made(sorted(files))
        if service != NONE:
            _add_workflow(folder, service, made)
    except OSError as error:
        raise FreshError(f"建不了 {folder}：{reason_of(error)}") from None
    except LibraryError as error:
        raise FreshError(f"没有建：{error.problems[0]}") from None
    return made


def _add_workflow(folder: Path, service: str, made: Made) -> None:
    workflow = workflow_for(folder, service)
    if workflow.path.exists():
        lines = "".join(f"\n    {line}" for line in workflow.text.splitlines() if line)
        made.notes.append(f"  自动检查：已有 {workflow.path}，没有动它。把这些加进去：{lines}")
        return
    workflow.path.parent.mkdir(parents=True, exist_ok=True)
    workflow.path.write_text(workflow.text, encoding="utf-8", newline="\n")
    made.files.append(os.path.relpath(workflow.path.resolve(), folder.resolve()).replace(os.sep, "/"))
    made.notes.append(f"  自动检查：{workflow.path}（{workflow.note}）")


def _write(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def _move(source: Path, target: Path) -> None:
    """Move a file or folder to where nothing is; into a hidden folder that is there already, file by file."""
    if target.is_dir() and source.is_dir():
        for each in source.iterdir():
            _move(each, target / each.name)
    elif not target.exists():
        os.replace(source, target)
