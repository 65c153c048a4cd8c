"""The hooks that this repository offers, run by pre-commit itself in a repository of someone else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from tests.support import ROOT, edited, place_of, write_library

HOOKS = ROOT / ".pre-commit-hooks.yaml"
# What pip needs to install csbot from a clone.
SHIPPED = ("src", "phrasebook", "scripts_library", "intents.yaml", "pyproject.toml", "README.md", "LICENSE")
CONFIG = """\
repos:
  - repo: {repository}
    rev: {revision}
    hooks:
      - id: csbot-check
        files: ^drafts/
      - id: csbot-lint
"""


def hooks() -> dict[str, dict[str, object]]:
    return {hook["id"]: hook for hook in yaml.safe_load(HOOKS.read_text(encoding="utf-8"))}


def test_the_lint_hook_runs_for_the_files_of_a_library() -> None:
    pattern = re.compile(str(hooks()["csbot-lint"]["files"]))
    assert hooks()["csbot-lint"]["pass_filenames"] is False
    for path in (
        "intents.yaml",
        "company/layer.yaml",
        "客服/intents.yaml",
        "scripts_library/a/b.yaml",
        "lib/phrasebook/forbidden/x.yaml",
    ):
        assert pattern.search(path), path
    for path in ("docs/intents.md", "phrasebook.yaml", "my_intents.yaml", "scripts_library/note.txt"):
        assert not pattern.search(path), path


class Repository:
    """A git repository in a folder, with everything that could come from the user's own settings left out."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "CSBOT", "PYTHON"))}
        self.environment = {
            **kept,
            "HOME": str(home),
            "PRE_COMMIT_HOME": str(home / "pre-commit"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_AUTHOR_NAME": "csbot",
            "GIT_AUTHOR_EMAIL": "csbot@example.invalid",
            "GIT_COMMITTER_NAME": "csbot",
            "GIT_COMMITTER_EMAIL": "csbot@example.invalid",
        }
        self.run("git", "init", "--quiet")

    def run(self, *command: str, minutes: float = 1) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=minutes * 60,
            check=False,
        )

    def commit(self) -> str:
        self.run("git", "add", "--all")
        done = self.run("git", "commit", "--quiet", "--no-verify", "--message", "all")
        assert done.returncode == 0, done.stdout
        return self.run("git", "rev-parse", "HEAD").stdout.strip()


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    """A repository with a library and drafts that uses the hooks, installed from a commit of what is here."""
    home = tmp_path_factory.mktemp("home")
    own = Repository(tmp_path_factory.mktemp("csbot"), home)
    for name in SHIPPED:
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, own.folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, own.folder / name)
    shutil.copy(HOOKS, own.folder)
    revision = own.commit()
    repository = Repository(write_library(tmp_path_factory.mktemp("theirs")), home)
    (repository.folder / "drafts").mkdir()
    (repository.folder / "drafts" / "好 的.txt").write_text("您好，我帮您查一下。\n", encoding="utf-8")
    config = CONFIG.format(repository=own.folder, revision=revision)
    (repository.folder / ".pre-commit-config.yaml").write_text(config, encoding="utf-8")
    repository.commit()
    installed = repository.run(sys.executable, "-m", "pre_commit", "install-hooks", minutes=10)
    if "Could not find a version" in installed.stdout or "No matching distribution" in installed.stdout:
        pytest.skip("no package index can be reached")
    assert installed.returncode == 0, installed.stdout
    yield repository
    shutil.rmtree(home)  # the environment of the hooks takes hundreds of megabytes


@pytest.mark.slow
def test_the_hooks_pass_and_fail_as_they_should(theirs: Repository) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        done = theirs.run(sys.executable, "-m", "pre_commit", "run", "--color=never", *arguments, minutes=3)
        return done.returncode, done.stdout

    code, output = run("--all-files")
    assert (code, output.count("Passed")) == (0, 2), output

    draft = theirs.folder / "drafts" / "不 好.txt"
    draft.write_text("您好。\n这个我不知道。\n", encoding="utf-8")
    theirs.run("git", "add", "--all")
    code, output = run()
    assert code == 1
    assert "drafts/不 好.txt:2:4: ten_donts.dont_know 错误" in output
    assert re.search(r"csbot lint\.+\(no files to check\)Skipped", output), output
    draft.unlink()

    scripts = edited("scripts", "付款可以用支付宝，请您放心。", "我不知道，请用支付宝。")
    write_library(theirs.folder, **scripts)
    theirs.run("git", "add", "--all")
    code, output = run()
    assert code == 1
    place = place_of("scripts", scripts["scripts"], "不知道，请用")
    assert f"{place}: reply.forbidden" in output
    assert re.search(r"csbot check\.+\(no files to check\)Skipped", output), output
