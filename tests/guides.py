"""Guides that are followed: their files are written, their edits made, their commands run, in order, as a reader would.

A fence ``yaml`` writes the file that its first line names; the sentence 把 `file` 里的「old」改成「new」 changes one.
A fence ``console`` holds commands behind ``$ `` and what each writes, standard error included; they run in one shell.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.support import ROOT, TIMEOUT, environment

STEP = re.compile(
    r"^```yaml\n# (?P<file>\S+\.yaml)\n(?P<body>.*?)^```$"
    r"|^```console\n(?P<console>.*?)^```$"
    r"|把 `(?P<edited>[^`]+)` 里的「(?P<old>[^」]+)」改成「(?P<new>[^」]+)」",
    re.MULTILINE | re.DOTALL,
)
SHELL = f"""\
csbot() {{ '{sys.executable}' -m csbot "$@"; }}
git() {{ command git -c user.name=t -c user.email=t@example.com -c commit.gpgsign=false "$@"; }}
exec 2>&1
"""
WHERE = "\n:where:"


def commands_in(body: str) -> Iterator[tuple[str, str]]:
    """Yield the commands of a console fence, each with the output that is shown below it."""
    for block in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        command, _, output = block.partition("\n")
        yield command, output.rstrip("\n") + "\n" if output.strip() else ""


def comparable(text: str) -> str:
    """Return output without what differs from one run or release to the next: commits, seconds, numbers of files."""
    text = re.sub(r"\b[0-9a-f]{7}\b", "…", text)
    text = re.sub(r"（\d+ 个文件）", "（… 个文件）", text)  # more with every new kind of file
    return re.sub(r"\d+(\.\d+)? 秒", "… 秒", text)


class Reader:
    """Somebody who follows a guide, in a folder of their own."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.folder, self.here = folder, folder
        self.environment = environment(**variables)

    def follow(self, name: str) -> Iterator[tuple[str, str, str]]:
        """Do what a document says; yield every command with the output that is shown and the real one."""
        for step in STEP.finditer((ROOT / name).read_text(encoding="utf-8")):
            if step["file"]:
                path = self.here / step["file"]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(step["body"], encoding="utf-8")
            elif step["edited"]:
                path = self.here / step["edited"]
                text = path.read_bytes().decode("utf-8")
                assert text.count(step["old"]) == 1, f"{step['old']} stands {text.count(step['old'])} times"
                path.write_bytes(text.replace(step["old"], step["new"]).encode("utf-8"))
            else:
                for command, output in commands_in(step["console"]):
                    yield command, output, self.run(command)

    def run(self, command: str) -> str:
        """Run one line of shell where the last one left off, and return what it wrote."""
        done = subprocess.run(
            ["bash", "-c", f"{SHELL}{command}\nprintf '{WHERE}%s' \"$PWD\""],
            cwd=self.here,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            timeout=5 * TIMEOUT,  # the first command of a new library compiles it
            check=True,
        )
        output, _, where = done.stdout.rpartition(WHERE)
        self.here = Path(where)
        assert "Traceback" not in output, output
        return output
