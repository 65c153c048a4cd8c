"""What docs/ci.md offers to paste is valid where it is pasted, and its commands do what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator
from tests.schemas import GITHUB_WORKFLOW, GITLAB_JOBS, schema
from tests.support import ROOT, environment, write_library
from tests.test_docs import fences
from tests.test_pre_commit import HOOKS, hooks

from csbot.report.reporters import FORMATS

GUIDE = "docs/ci.md"
SCHEMAS = {
    ".github/workflows/csbot.yml": GITHUB_WORKFLOW,
    ".github/workflows/csbot-code-scanning.yml": GITHUB_WORKFLOW,
    ".gitlab-ci.yml": GITLAB_JOBS,
}
CONFIG = ".pre-commit-config.yaml"


def snippets() -> dict[str, Any]:
    """Return the YAML files of the guide, each under the name in its first line."""
    found: dict[str, Any] = {}
    for body in fences(GUIDE, "yaml"):
        name = re.match(r"# (\S+)\n", body)
        assert name is not None, "a snippet begins with the name of its file"
        assert name[1] not in found
        # YAML 1.1 reads the key ``on`` of a workflow as true.
        found[name[1]] = yaml.safe_load(body.replace("\non:", '\n"on":'))
    return found


def commands(value: Any, key: str = "") -> list[str]:
    """Return every shell line under ``run`` and ``script`` that calls csbot."""
    if isinstance(value, dict):
        return [line for name, each in value.items() for line in commands(each, str(name))]
    if isinstance(value, list):
        return [line for each in value for line in commands(each, key)]
    return [value] if key in ("run", "script") and str(value).startswith("csbot ") else []


def test_every_snippet_is_checked() -> None:
    assert set(snippets()) == {*SCHEMAS, CONFIG}


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_snippet_is_valid_where_it_belongs(name: str) -> None:
    validator = Draft7Validator(schema(SCHEMAS[name]))
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(snippets()[name])] == []


def test_the_schemas_refuse_what_is_wrong() -> None:
    wrong = {
        GITHUB_WORKFLOW: {"on": "push", "jobs": {"a": {"steps": [{"uses": 1}]}}},
        GITLAB_JOBS: {"job": {"script": ["x"], "artifacts": {"reports": {"junit": 1}}}},
    }
    for address, value in wrong.items():
        assert list(Draft7Validator(schema(address)).iter_errors(value)), address


@pytest.mark.slow
def test_pre_commit_accepts_the_hooks_and_their_use(tmp_path: Path) -> None:
    def accepts(kind: str, file: Path) -> bool:
        arguments = [sys.executable, "-m", "pre_commit", f"validate-{kind}", str(file)]
        return subprocess.run(arguments, capture_output=True, timeout=60, check=False).returncode == 0

    config = tmp_path / CONFIG
    config.write_text(yaml.safe_dump(snippets()[CONFIG]), encoding="utf-8")
    assert accepts("config", config)
    config.write_text(config.read_text(encoding="utf-8").replace("rev:", "revision:"), encoding="utf-8")
    assert not accepts("config", config)
    assert accepts("manifest", HOOKS)


@pytest.mark.slow
@pytest.mark.parametrize("draft", ["您好，请稍等。\n", "这个我不知道。\n"])
@pytest.mark.parametrize("name", SCHEMAS)
def test_the_commands_of_a_snippet_run(name: str, draft: str, tmp_path: Path) -> None:
    library = write_library(tmp_path / "库")
    (library / "drafts").mkdir()
    (library / "drafts" / "一 二.txt").write_text(draft, encoding="utf-8")
    (library / "sarif").mkdir()
    shell = f"csbot() {{ '{sys.executable}' -m csbot \"$@\"; }}\n"
    lines = commands(snippets()[name])
    assert {line.split()[1] for line in lines} == {"check", "lint"}
    for line in lines:
        done = subprocess.run(
            ["bash", "-ec", shell + line],
            cwd=library,
            env=environment(GITHUB_ACTIONS="true"),
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        found = line.startswith("csbot check") and "不知道" in draft
        assert done.returncode == int(found), done.stderr
        reports = re.findall(r"--report \w+=(\S+)", line)
        for report in reports:
            assert ("不知道" in (library / report).read_text(encoding="utf-8")) is found
        assert ("::error file=drafts/一 二.txt" in done.stderr) is (found and not reports)


def test_every_report_that_a_snippet_collects_is_written() -> None:
    for job in snippets()[".gitlab-ci.yml"].values():
        written = set(re.findall(r"--report (\w+)=(\S+)", "\n".join(job.get("script", []))))
        collected = job.get("artifacts", {}).get("reports", {})
        assert {("gitlab" if kind == "codequality" else kind, path) for kind, path in collected.items()} == written


def test_the_hooks_of_the_guide_are_those_of_the_repository() -> None:
    (repository,) = snippets()[CONFIG]["repos"]
    assert {hook["id"] for hook in repository["hooks"]} == set(hooks())


def test_the_guide_lists_every_format() -> None:
    guide = (ROOT / GUIDE).read_text(encoding="utf-8").partition("\n## 报告格式\n")[2]
    assert tuple(re.findall(r"^\| `(\w+)` \|", guide, re.MULTILINE)) == FORMATS
