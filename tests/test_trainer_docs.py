"""What docs/library.md shows of tests, try and diff is what comes: its library, its edit, its output."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from tests.support import ROOT, csbot

GUIDE = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
# The sections on spreadsheets and on new entries have steps of their own.
OTHERS = re.sub(r"^## (?:用表格编辑|新增).*?(?=^## )", "", GUIDE, flags=re.MULTILINE | re.DOTALL)
SHOWN = [
    body
    for body in re.findall(r"^```console\n(.*?)^```$", OTHERS, re.MULTILINE | re.DOTALL)
    if re.search(r"^[^$\n]", body, re.MULTILINE) and not re.search(r"^\$ csbot .*\b(new|inbox)\b", body)
]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library of the guide in a repository, committed."""
    folder = tmp_path_factory.mktemp("guide")
    for body in re.findall(r"^```yaml\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL):
        path = folder / body.split("\n")[0].removeprefix("# ")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")
    settings = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
    for arguments in (("init", "-q"), ("add", "."), ("commit", "-qm", "first")):
        subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, capture_output=True)
    return folder


def without_commit(text: str) -> str:
    return re.sub(r"（[0-9a-f]{7}）", "（…）", text)


@pytest.mark.slow
def test_the_output_in_the_guide_is_real(repository: Path) -> None:
    assert len(SHOWN) == 4
    passing, *edited = SHOWN
    codes = [_run(passing, repository)]
    script = repository / "scripts_library" / "small.yaml"
    script.write_text(script.read_text(encoding="utf-8").replace("祝您生活愉快", "祝您一切顺利"), encoding="utf-8")
    codes += [_run(body, repository) for body in edited]
    assert codes == [0, 1, 1, 0]


def _run(body: str, folder: Path) -> int:
    command, _, output = body.partition("\n")
    done = csbot(*shlex.split(command.removeprefix("$ csbot ")), cwd=folder)
    assert done.stderr == ""
    assert without_commit(done.stdout) == without_commit(output)
    return done.returncode


@pytest.mark.slow
def test_the_known_failures_of_the_guide_are_valid(repository: Path, tmp_path: Path) -> None:
    (entry,) = re.findall(r"^```text\n(known_failures:.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    subprocess.run(["git", "clone", "-q", str(repository), str(tmp_path / "copy")], check=True, capture_output=True)
    script = tmp_path / "copy" / "scripts_library" / "small.yaml"
    script.write_text(script.read_text(encoding="utf-8") + entry, encoding="utf-8")
    done = csbot("--library", str(tmp_path / "copy"), "test")
    assert done.returncode == 1
    assert "test.passes-again 「着急的客户」" in done.stdout
