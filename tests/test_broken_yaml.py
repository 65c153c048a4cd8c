"""Files with the mistakes that people make: each is refused with one clear message at its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.broken_yaml_goldens import FOLDER, MISNAMED, NAMES, said_of, write_broken

from csbot.library.load import read_documents
from csbot.lint.codes import CODES

HEAD = re.compile(r"(?P<path>[^:\n]+):(?P<line>\d+):(?P<column>\d+): (?P<code>[a-z]+\.[a-z-]+) (?P<message>.+)")


@pytest.fixture(autouse=True)
def _outside_of_a_workflow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)


def test_there_are_many_mistakes_and_all_have_a_golden() -> None:
    assert len(NAMES) >= 140
    assert sorted(path.stem for path in FOLDER.glob("*.txt")) == NAMES
    assert set(MISNAMED) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_of_a_broken_file(name: str, tmp_path: Path) -> None:
    said = said_of(name, tmp_path)
    assert said == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    head, *shown, total = said.splitlines()
    found = HEAD.fullmatch(head)
    assert found is not None
    assert found["code"] in CODES
    assert all(line.startswith("    ") for line in shown), "one message, and what belongs to it is indented"
    assert total == ".（由 --library 指定）：1 处错误，0 处警告"


@pytest.mark.parametrize("name", NAMES)
def test_the_mended_line_mends_the_file(name: str, tmp_path: Path) -> None:
    path = write_broken(name, tmp_path)
    (problem,) = read_documents(tmp_path)[1]
    if not problem.mend:
        assert "改成：" not in (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
        return
    lines = path.read_bytes().decode("utf-8-sig").splitlines()
    lines[problem.line - 1] = problem.mend
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert read_documents(tmp_path)[1] == []
