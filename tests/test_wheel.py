"""The wheel is what people install: built, installed into an empty environment and run far from the sources."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from tests.support import ROOT, read_rows

pytestmark = pytest.mark.slow
MINUTES = 60


def run(
    *command: str, cwd: Path, minutes: float = 1, stdin: str = "", home: Path | None = None
) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CSBOT", "VIRTUAL_ENV"))
    }
    if home is not None:
        kept |= {"HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache"), "LC_ALL": "C"}
    return subprocess.run(
        command,
        cwd=cwd,
        env=kept,
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=minutes * MINUTES,
        check=False,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    done = run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--quiet",
        "--wheel-dir",
        str(folder),
        str(ROOT),
        cwd=folder,
        minutes=5,
    )
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("csbot-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The csbot command of an environment that holds the wheel, its dependencies and nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    done = run(str(scripts / "python"), "-m", "pip", "install", "--quiet", str(wheel), cwd=folder, minutes=8)
    assert done.returncode == 0, done.stderr
    return scripts / "csbot"


def test_the_wheel_holds_the_data_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    data = {
        path.relative_to(ROOT).as_posix()
        for folder in ("scripts_library", "phrasebook")
        for path in (ROOT / folder).rglob("*.yaml")
    }
    assert {f"csbot/data/{name}" for name in data | {"intents.yaml"}} <= names
    sources = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src" / "csbot").rglob("*.py")}
    assert sources | {"csbot/py.typed"} <= names
    assert {name.split("/")[0] for name in names} == {
        "csbot",
        next(name for name in names if ".dist-info/" in name).split("/")[0],
    }
    assert not [name for name in names if "__pycache__" in name or "/tests/" in name]


def test_the_installed_command_answers_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    version = run(str(installed), "--version", cwd=empty, home=tmp_path)
    assert (version.returncode, version.stdout.split()[0]) == (0, "csbot"), version.stderr
    reply = run(str(installed), "reply", "你们支持货到付款吗", cwd=empty, home=tmp_path)
    assert reply.returncode == 0, reply.stderr
    assert "货到付款" in reply.stdout
    assert reply.stderr == ""
    piped = run(str(installed), cwd=empty, home=tmp_path, stdin="你们支持货到付款吗\n")
    assert json.loads(piped.stdout)["intent"] == "payment.cash_on_delivery"
    steps = json.loads(run(str(installed), "explain", "你好", "--json", cwd=empty, home=tmp_path).stdout)
    assert steps["library"]["origin"] == "内置"
    assert "site-packages" in steps["library"]["root"]
    draft = next(row["text"] for row in read_rows("drafts.jsonl") if row["verdict"] == "violation")
    assert run(str(installed), "check", "--text", draft, cwd=empty, home=tmp_path).returncode == 1
    lint = run(str(installed), "lint", cwd=empty, home=tmp_path, minutes=3)
    assert lint.returncode == 0, lint.stdout[-2000:]
    assert "内置" in lint.stdout
    assert list(empty.iterdir()) == []
