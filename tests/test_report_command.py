"""``--report`` of check and lint: what goes to the screen, what into files, and with which exit code."""

from __future__ import annotations

import json
import os
import stat
import threading
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.support import csbot, edited, environment, json_output, write_library
from tests.test_reporters import check_gitlab, check_sarif

from csbot.commands.reporting import findings_of_problems
from csbot.library.problems import Problem
from csbot.lint.run import lint
from csbot.report.reporters import FORMATS

pytestmark = pytest.mark.slow  # csbot is started as a program, again and again

IN_WORKFLOW = {"GITHUB_ACTIONS": "true"}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_library(tmp_path_factory.mktemp("small"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "话 术").mkdir()
    (tmp_path / "话 术" / "退款.txt").write_text("您好。\n😀这个我不知道。\n", encoding="utf-8")
    (tmp_path / "clean.txt").write_text("您好，请稍等。\n", encoding="utf-8")
    return tmp_path


DIRTY = "话 术/退款.txt"


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_on_the_screen(name: str, folder: Path, small: Path) -> None:
    env = environment(CSBOT_LIBRARY=str(small))
    dirty = csbot("check", "--report", name, DIRTY, "clean.txt", cwd=folder, env=env)
    assert (dirty.returncode, dirty.stderr) == (1, "")
    assert "ten_donts.dont_know" in dirty.stdout
    clean = csbot("check", "--report", name, "clean.txt", cwd=folder, env=env)
    assert (clean.returncode, clean.stderr) == (0, "")
    assert "ten_donts" not in clean.stdout


def test_text_is_what_check_shows_by_itself(folder: Path, small: Path) -> None:
    env = environment(CSBOT_LIBRARY=str(small))
    for path in (DIRTY, "clean.txt", "nowhere.txt"):
        plain = csbot("check", path, cwd=folder, env=env)
        named = csbot("check", "--report", "text", path, cwd=folder, env=env)
        assert (named.stdout, named.stderr, named.returncode) == (plain.stdout, plain.stderr, plain.returncode)


def test_files_are_written_beside_the_text(folder: Path, small: Path) -> None:
    env = environment(CSBOT_LIBRARY=str(small))
    reports = [f"--report={name}=out.{name}" for name in FORMATS]
    done = csbot("check", *reports, str(folder / DIRTY), "nowhere.txt", "clean.txt", cwd=folder, env=env)
    assert done.returncode == 2, "nowhere.txt could not be read"
    assert "共 1 处" in done.stdout
    assert "nowhere.txt:1:1: file.unreadable" in done.stderr
    log = json.loads((folder / "out.sarif").read_text(encoding="utf-8"))
    check_sarif(log)
    (run,) = log["runs"]
    (result,) = run["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "%E8%AF%9D%20%E6%9C%AF/%E9%80%80%E6%AC%BE.txt"
    assert (place["region"]["startLine"], place["region"]["startColumn"]) == (2, 5)
    assert run["invocations"][0]["executionSuccessful"] is False
    assert run["tool"]["driver"]["rules"][0]["properties"]["tags"] == ["十不准"]
    issues = json.loads((folder / "out.gitlab").read_text(encoding="utf-8"))
    check_gitlab(issues)
    assert [issue["location"]["path"] for issue in issues] == [DIRTY, "nowhere.txt"]
    suites = ElementTree.parse(folder / "out.junit").getroot()
    assert sorted(str(suite.get("name")) for suite in suites) == ["clean.txt", "nowhere.txt", DIRTY]
    (diagnostic, _) = [json.loads(line) for line in (folder / "out.rdjsonl").read_text(encoding="utf-8").splitlines()]
    assert diagnostic["location"]["range"]["start"] == {"line": 2, "column": 14}
    assert not list(folder.glob(".out.*")), "no half-written file is left"


def test_json_goes_with_files_of_other_formats(folder: Path, small: Path) -> None:
    env = environment(CSBOT_LIBRARY=str(small))
    done = csbot("check", "--json", "--report", "line=out.txt", DIRTY, cwd=folder, env=env)
    assert list(json.loads(done.stdout)) == ["verdict", "findings"]
    assert (folder / "out.txt").read_text(encoding="utf-8").startswith(f"{DIRTY}:2:5: ten_donts.dont_know error ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--report", "xml"], "没有报告格式「xml」"),
        (["--report", "sarif,junit"], "没有报告格式「sarif,junit」"),
        (["--report", "sarif="], "缺少文件名"),
        (["--report", "sarif", "--report", "line"], "只有一种格式"),
        (["--report", "sarif=a.out", "--report", "line=./a.out"], "同一个文件"),
        (["--report", "json", "--json"], "--json 和 --report"),
        (["--report", "json", "--jsonl"], "--jsonl"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(arguments: list[str], said: str, folder: Path, small: Path) -> None:
    done = csbot("check", *arguments, "clean.txt", cwd=folder, env=environment(CSBOT_LIBRARY=str(small)))
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert not (folder / "a.out").exists()


def test_a_report_that_cannot_be_written_is_an_error_and_hides_no_other(folder: Path, small: Path) -> None:
    env = environment(CSBOT_LIBRARY=str(small))
    reports = ["--report", "sarif=nowhere/out.sarif", "--report", "line=out.txt", "--report", "junit=话 术"]
    done = csbot("check", *reports, "clean.txt", cwd=folder, env=env)
    assert done.returncode == 2
    assert "没有发现服务忌语" in done.stdout
    assert done.stderr.splitlines() == [
        "csbot: 报告写不了：nowhere/out.sarif：没有这个文件或文件夹",
        "csbot: 报告写不了：话 术：这是文件夹，不是文件",
    ]
    assert (folder / "out.txt").exists()


def test_a_file_is_replaced_whole_and_keeps_what_it_is(folder: Path, small: Path) -> None:
    env = environment(CSBOT_LIBRARY=str(small))
    real, link = folder / "real.txt", folder / "link.txt"
    real.write_text("旧的" * 10_000, encoding="utf-8")
    real.chmod(0o640)
    link.symlink_to("real.txt")
    assert csbot("check", "--report", "line=link.txt", DIRTY, cwd=folder, env=env).returncode == 1
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8").count("\n") == 1
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    mask = os.umask(0o027)
    try:
        csbot("check", "--report", "line=new.txt", DIRTY, cwd=folder, env=env)
    finally:
        os.umask(mask)
    assert stat.S_IMODE((folder / "new.txt").stat().st_mode) == 0o640


def test_a_pipe_is_written_and_stays_a_pipe(folder: Path, small: Path) -> None:
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    done = csbot("check", "--report", "line=pipe", DIRTY, cwd=folder, env=environment(CSBOT_LIBRARY=str(small)))
    reader.join(timeout=10)
    assert done.returncode == 1
    assert read[0].startswith(DIRTY)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_in_a_workflow_findings_become_annotations_by_themselves(folder: Path, small: Path) -> None:
    (folder / "sly.txt").write_text("  ::stop-commands::我不知道\n##[add-mask]不知道\n", encoding="utf-8")
    env = environment(CSBOT_LIBRARY=str(small), **IN_WORKFLOW)
    done = csbot("check", "sly.txt", "nowhere.txt", cwd=folder, env=env)
    assert done.returncode == 2
    assert "共 2 处" in done.stdout
    assert "##[" not in done.stdout
    assert not [line for line in done.stdout.splitlines() if line.lstrip().startswith("::")]
    annotations = [line for line in done.stderr.splitlines() if line.startswith("::")]
    assert [line.split(",title=")[0] for line in annotations] == [
        "::error file=sly.txt,line=1,endLine=1,col=21,endColumn=23",
        "::error file=sly.txt,line=2,endLine=2,col=13,endColumn=15",
        "::error file=nowhere.txt,line=1,endLine=1,col=1,endColumn=1",
    ]
    for arguments in (["--json"], ["--jsonl"], ["--report", "text"], ["--report", "line=out.txt"]):
        assert "::error" not in csbot("check", *arguments, cwd=folder, env=env, stdin="{}").stderr, arguments
    assert "::error" not in csbot("check", "sly.txt", cwd=folder, env=environment(CSBOT_LIBRARY=str(small))).stderr


# --- lint ---------------------------------------------------------------------------------------------------------


def test_lint_reports_what_it_lists(tmp_path: Path) -> None:
    library = write_library(tmp_path, **edited("scripts", "付款可以用支付宝，请您放心。", "我不知道，请用支付宝。"))
    problems, loaded = lint(library)
    assert loaded is not None
    (at,) = [index for index, problem in enumerate(problems) if problem.code == "reply.forbidden"]
    done = csbot("--library", ".", "lint", "--report", "jsonl", "--report", "sarif=out.sarif", cwd=library)
    assert done.returncode == 1
    rows = json_output(done)
    assert [(row["rule"], row["line"], row["column"], row["message"]) for row in rows] == [
        (problem.code, problem.line, problem.column + 2 * (problem.code == "reply.forbidden"), problem.message)
        for problem in problems  # the command marks the wording, behind a quotation mark and 我
    ]
    assert rows[at]["path"] == "scripts_library/small.yaml"
    log = json.loads((library / "out.sarif").read_text(encoding="utf-8"))
    check_sarif(log)
    (run,) = log["runs"]
    assert run["automationDetails"]["id"] == "csbot/lint/"
    assert "这条回复永远发不出去" in next(
        rule["help"]["text"] for rule in run["tool"]["driver"]["rules"] if rule["id"] == "reply.forbidden"
    )
    place = run["results"][at]["locations"][0]["physicalLocation"]
    assert "我不知道，请用支付宝。" in place["contextRegion"]["snippet"]["text"]


def test_lint_shows_its_list_beside_files_and_annotations(tmp_path: Path) -> None:
    library = write_library(tmp_path)
    plain = csbot("--library", ".", "lint", cwd=library)
    beside = csbot("--library", ".", "lint", "--report", "junit=out.xml", cwd=library)
    assert (beside.stdout, beside.returncode) == (plain.stdout, plain.returncode)
    suites = ElementTree.parse(library / "out.xml").getroot()
    assert "phrasebook/slots.yaml" in [suite.get("name") for suite in suites]
    in_workflow = csbot("--library", ".", "lint", cwd=library, env=environment(**IN_WORKFLOW))
    assert in_workflow.stdout == plain.stdout
    assert in_workflow.stderr.count("::warning file=intents.yaml,line=") == plain.stdout.count("intent.few-examples")


def test_a_library_that_cannot_be_loaded_is_reported_too(tmp_path: Path) -> None:
    library = write_library(tmp_path, slots="slots: [\n", synonyms=b"\xff")
    done = csbot("--library", ".", "lint", "--report", "line", cwd=library)
    assert done.returncode == 2
    assert [line.split(": ")[1].split(" ")[0] for line in done.stdout.splitlines()] == ["yaml.syntax", "file.encoding"]


def test_a_problem_becomes_a_finding_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("甲: 1\n乙: 2\n", encoding="utf-8")
    problems = [
        Problem(str(file), 2, 4, "schema.type", "种类不对", "warning"),
        Problem(str(file), 9, 1, "yaml.empty", "文件里没有内容"),
        Problem(str(tmp_path / "nowhere"), 1, 1, "file.unreadable", "读不了"),
    ]
    found = list(findings_of_problems(problems))
    assert [(each.line, each.column, each.code, each.severity, each.message) for each in found] == [
        (each.line, each.column, each.code, each.severity, each.message) for each in problems
    ]
    assert [each.snippet for each in found] == ["乙: 2", "", ""]
