"""The file by which a server checks a library on every commit; it only counts at the root of its repository."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from csbot.text.regex import regex

SERVICES = ("github", "gitlab")
NONE = "none"
PLAIN = regex(r"[\w./ -]+")  # a command that needs no quotation marks in YAML

_GITHUB = """\
# 每次提交都检查话术库：写法、禁用语、要素、测试。把 csbot 换成你们存放它的地址。
name: {name}
on: [push, pull_request]
permissions:
  contents: read
jobs:
  csbot:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.11"
      - uses: actions/cache@v4  # 编译好的话术库留到下一次，十几秒变成几秒
        with:
          path: ~/.cache/csbot
          key: csbot-${{{{ github.run_id }}}}
          restore-keys: csbot-
      - run: pip install csbot
      - run: {lint}
      - run: {test}
"""
_GITLAB = """\
# 每次提交都检查话术库：写法、禁用语、要素、测试。把 csbot 换成你们存放它的地址。
csbot:
  image: python:3.11
  variables:
    CSBOT_CACHE_DIR: $CI_PROJECT_DIR/.csbot-cache  # 编译好的话术库留到下一次，十几秒变成几秒
  cache:
    key: csbot
    paths: [.csbot-cache/]
  script:
    - pip install csbot
    - {lint}
    - {test}
"""


@dataclass(frozen=True, slots=True)
class Workflow:
    """The file of a server: where it belongs, what it holds, and what a person must know of it, in Chinese."""

    path: Path
    text: str
    note: str


def repository_of(folder: Path) -> Path | None:
    """Return the root of the git repository that a folder lies in (or will), None where it lies in none."""
    resolved = folder.resolve()
    return next((each for each in (resolved, *resolved.parents) if (each / ".git").exists()), None)


def workflow_for(folder: Path, service: str) -> Workflow:
    """Return the file with which ``service`` (one of SERVICES) checks the library that is made in ``folder``.

    It lies at the root of the repository that the folder belongs to; where there is no repository yet, in the
    folder itself, as the root of the one to come.
    """
    root = repository_of(folder)
    inside = folder.resolve().relative_to(root).as_posix() if root is not None else "."
    at = folder if inside == "." else root
    assert at is not None
    commands = {name: _step(f"csbot --library {shell_word(inside)} {name}") for name in ("lint", "test")}
    if service == "gitlab":
        path, text = at / ".gitlab-ci.yml", _GITLAB.format(**commands)
    else:
        ending = "" if inside == "." else "-" + re.sub(r"[^\w-]+", "-", inside).strip("-")
        name = "话术库" if inside == "." else "话术库 " + re.sub(r"[^\w/-]+", "-", inside)
        path, text = at / ".github" / "workflows" / f"csbot{ending}.yml", _GITHUB.format(name=name, **commands)
    called = {"github": "GitHub", "gitlab": "GitLab"}[service]
    if root is None:
        note = f"推到 {called} 以后生效：它只认仓库根下的这个文件，所以请就在这个文件夹里 git init"
    elif inside == ".":
        note = f"推到 {called} 以后生效"
    else:
        note = f"写在仓库的根，别处的 {called} 不认；推上去以后生效"
    return Workflow(path, text, note)


def shell_word(text: str) -> str:
    """Return a name as one word of a shell; letters of any script need no quotation marks."""
    return text if re.fullmatch(r"[\w./:@+-]+", text) else shlex.quote(text)


def _step(command: str) -> str:
    """Return a command as a value in YAML, whatever the name of the folder in it."""
    return command if PLAIN.fullmatch(command) else "'" + command.replace("'", "''") + "'"
