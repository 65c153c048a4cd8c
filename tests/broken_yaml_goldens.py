"""The mistakes that people make, and what ``csbot lint`` says of each: ``python -m tests.broken_yaml_goldens``.

Every ``KIND.MISTAKE.yaml`` of ``tests/broken_yaml`` takes the place of one file of the small library of
``tests.support``; ``KIND.MISTAKE.txt`` beside it is the whole output. The command writes those anew.
"""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from pathlib import Path

from tests.support import PATHS, write_library

from csbot.cli import main as csbot_main

FOLDER = Path(__file__).resolve().parent / "broken_yaml"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
# Where the mistake is the name of the file: it stands beside the others, and this is what it is called.
MISNAMED = {"scripts.yml": "scripts_library/store.yml", "scripts.notepad": "scripts_library/store.yaml.txt"}


def place_of(name: str) -> str:
    """Return the path inside the library at which a broken file stands."""
    return MISNAMED.get(name) or PATHS[name.partition(".")[0]]


def write_broken(name: str, folder: Path) -> Path:
    """Write the small library with one broken file into a folder; return the path of that file."""
    path = write_library(folder) / place_of(name)
    path.write_bytes((FOLDER / f"{name}.yaml").read_bytes())
    return path


def said_of(name: str, folder: Path) -> str:
    """Return what ``csbot lint`` writes about a library with one broken file, which must be refused."""
    write_broken(name, folder)
    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()) as output:
        code: str | int | None = None
        try:
            csbot_main(["--library", ".", "lint"])
        except SystemExit as left:
            code = left.code
    assert code == 2, f"{name} is not refused"
    return output.getvalue()


def main() -> None:
    """Write what is said of every broken file now."""
    os.environ.pop("GITHUB_ACTIONS", None)
    for name in NAMES:
        with tempfile.TemporaryDirectory() as folder:
            (FOLDER / f"{name}.txt").write_text(said_of(name, Path(folder)), encoding="utf-8")


if __name__ == "__main__":
    main()
