"""``csbot check`` over files: which are read, what sets findings aside, the baseline, and the lines of a change."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import csbot, environment, jsonl, write_library

from csbot.checking.baseline import Entry, held_against, read_baseline, write_baseline
from csbot.checking.changes import Changes, ChangesError, Lines
from csbot.checking.fingerprint import Fingerprints, context_of
from csbot.checking.run import Outcome, Rules, check_files
from csbot.checking.together import TOGETHER, together
from csbot.library.load import load_library
from csbot.library.problems import Problem
from csbot.replying.guard import Guard
from csbot.report.finding import IN_BASELINE
from csbot.report.text import as_text
from csbot.rules.scan import RuleSet
from csbot.sources.files import Found, Selection, files_of
from csbot.sources.passage import Excerpt, SourceError, failure_of
from csbot.sources.reading import Reading
from csbot.sources.text import text_items

RULE = "ten_donts.dont_know"
Run = Callable[..., Outcome]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_library(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def rules(small: Path) -> RuleSet:
    return Guard(load_library(str(small))).rules


@pytest.fixture
def run(rules: RuleSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Check paths of a temporary folder, which is the current one."""
    monkeypatch.chdir(tmp_path)
    judge = Rules(rules.scan_each, {rule.id for rule in rules.rules})

    def check(
        *paths: str, changes: Changes | None = None, selection: Selection | None = None, **reading: Any
    ) -> Outcome:
        files = files_of(paths or (".",), selection or Selection())
        return check_files(files, judge, Reading(**reading), changes)

    return check


def write(folder: Path, **files: str | bytes) -> None:
    """Write files; ``__`` in a name is a slash, a single ``_`` before the extension a dot."""
    for name, content in files.items():
        stem, _, extension = name.replace("__", "/").rpartition("_")
        path = folder / f"{stem}.{extension}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def places(outcome: Outcome) -> list[str]:
    return [f"{each.place}: {each.code}" for each in outcome.counting]


def aside(outcome: Outcome) -> list[tuple[str, str]]:
    return [(each.place, each.suppression) for each in outcome.findings if each.suppression]


# name, content, places of the findings, (place, reason) of those set aside
CHECKED: list[tuple[str, str, list[str], list[tuple[str, str]]]] = [
    ("a.txt", "您好\n我不知道", ["a.txt:2:2: ten_donts.dont_know"], []),
    ("a.md", "```\n不知道\n```\n<!-- 不知道 -->\n不知道\n", ["a.md:5:1: ten_donts.dont_know"], []),
    (
        "a.yaml",
        '- "\\u6211不知\\u9053"\n- 没办法\n',
        ["a.yaml:1:10: ten_donts.dont_know", "a.yaml:2:3: ten_donts.no_way"],
        [],
    ),
    ("a.json", '{"a": ["没\\u529e法"]}', ["a.json:1:9: ten_donts.no_way"], []),
    ("a.jsonl", '{"id": "不知道", "text": "没办法"}\n', ["a.jsonl:1:24: ten_donts.no_way"], []),
    ("a.csv", '问题,话术\n不知道,"这个""没办法"""\n', ["a.csv:2:10: ten_donts.no_way"], []),
    ("a.txt", f"不知道 # csbot: 忽略 {RULE} 原话\n不知道", [f"a.txt:2:1: {RULE}"], [("a.txt:1:1", "原话")]),
    ("a.txt", f"# csbot: 忽略 {RULE} 原话\n不知道不知道", [], [("a.txt:2:1", "原话"), ("a.txt:2:4", "原话")]),
    (
        "a.txt",
        f"不知道，没办法 # csbot: 忽略 {RULE}、ten_donts.no_way 原话",
        [],
        [("a.txt:1:1", "原话"), ("a.txt:1:5", "原话")],
    ),
    ("a.txt", f"不知道 # csbot: 忽略 {RULE}", [f"a.txt:1:1: {RULE}", "a.txt:1:5: ignore.no-reason"], []),
    ("a.txt", f"您好 # csbot: 忽略 {RULE} 客户说的“不知道”", ["a.txt:1:4: ignore.unused"], []),
    ("a.txt", f"不知道 # csbot: 忽略 {RULE}, a.b 原话", ["a.txt:1:5: ignore.unknown-rule"], [("a.txt:1:1", "原话")]),
    ("a.txt", "不知道 # csbot: 忽略 原话", [f"a.txt:1:1: {RULE}", "a.txt:1:5: ignore.unknown-rule"], []),
    ("a.txt", "不知道 # csbot: 忽略", [f"a.txt:1:1: {RULE}", "a.txt:1:5: ignore.unknown-rule"], []),
    ("a.md", f"<!-- csbot: 忽略 {RULE} 反例 -->\n\n不知道\n", [], [("a.md:3:1", "反例")]),
    ("a.yaml", f"# csbot: 忽略 {RULE} 反例\na: |\n  您好\n  不知道\n", [], [("a.yaml:4:3", "反例")]),
    ("a.csv", f"text,csbot\n不知道,忽略 {RULE} 反例\n不知道,\n", [f"a.csv:3:1: {RULE}"], [("a.csv:2:1", "反例")]),
    ("a.jsonl", f'{{"text": "不知道", "csbot": "忽略 {RULE} 反例"}}\n', [], [("a.jsonl:1:11", "反例")]),
]


@pytest.mark.parametrize(("name", "content", "counting", "set_aside"), CHECKED)
def test_findings_in_a_file(
    name: str, content: str, counting: list[str], set_aside: list[tuple[str, str]], run: Run, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    outcome = run(name)
    assert (places(outcome), aside(outcome), outcome.problems) == (counting, set_aside, [])
    for finding in outcome.findings:
        assert finding.severity == ("warning" if finding.code == "ignore.unused" else "error")
        assert content.split("\n")[finding.line - 1] == finding.snippet
    assert len({finding.fingerprint for finding in outcome.findings}) == len(outcome.findings)
    assert all(finding.fingerprint for finding in outcome.findings)


@pytest.mark.parametrize("most", [1, 20, TOGETHER])
def test_values_are_judged_many_together(most: int, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("csbot.checking.run.TOGETHER", most)
    rows = ["您好", "这个我不知道", "您好", f"没办法 # csbot: 忽略 {RULE} 原话", "这个我不知道", "请稍候"] * 20
    lines = [json.dumps({"text": text}, ensure_ascii=False) for text in rows]
    write(tmp_path, a_jsonl="\n".join([*lines, '{"text": 没办法}', lines[1]]))
    outcome = run("a.jsonl")
    found = [number for number, text in enumerate(rows, start=1) if "不知道" in text or "没办法" in text]
    assert [each.line for each in outcome.findings] == found
    assert [problem.split(": ")[0] for problem in outcome.problems] == [f"a.jsonl:{len(rows) + 1}:10"]


def test_what_comes_before_a_fault_is_judged() -> None:
    def items() -> Iterator[str]:
        yield from ("您好", "", "我不知道", "再见")
        raise SourceError(Problem("a.csv", 5, 1, "file.broken", "坏了"))

    groups = together(items(), len, 4)
    assert [next(groups), next(groups)] == [["您好", "", "我不知道"], ["再见"]]
    with pytest.raises(SourceError, match=r"a\.csv:5:1"):
        next(groups)
    assert list(together([], len, 4)) == []


def test_a_cell_of_a_workbook(run: Run, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "售后"
    for row in (["编号", "话术"], ["1", "您好"], ["2", "这个我不知道"]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "话术.xlsx")
    (finding,) = run("话术.xlsx").findings
    assert (finding.place, finding.field, finding.found) == ("话术.xlsx:3:2", "售后!B3", "不知道")
    assert (finding.end_line, finding.end_column, finding.snippet) == (3, 3, "这个我不知道")
    assert as_text(finding).splitlines()[1:3] == ["    这个我不知道", "    " + " " * 6 + "^" * 6]


def test_the_mark_stands_under_what_was_written(run: Run, tmp_path: Path) -> None:
    write(tmp_path, a_yaml='a: "不\\u77e5道"\nb: >\n  这不\n  知道了\n')
    escaped, folded = run("a.yaml").findings
    assert as_text(escaped).splitlines()[1:3] == ['    a: "不\\u77e5道"', "        ^^^^^^^^^^"]
    assert as_text(folded).splitlines()[1:3] == ["      这不", "        ^^"]
    assert (folded.line, folded.end_line, folded.end_column) == (3, 4, 5)


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(
    lines=st.lists(
        st.sampled_from(
            ["您好请稍等", "我不知道", "这个没办法处理", "不", "知道", "", "明天肯定没问题的，您放心", "并不是没办法"]
        ),
        max_size=30,
    ),
    size=st.integers(1, 60),
)
def test_scanning_in_pieces_finds_what_scanning_whole_does(lines: list[str], size: int, rules: RuleSet) -> None:
    text = "\n".join(lines)
    # Context reaches no further than the lines around a hit that hold at most a character.
    pieces = text_items(iter(text.splitlines(keepends=True)), failure_of("x"), size=size, margin=60)
    found = []
    for piece in pieces:
        assert isinstance(piece, Excerpt)
        assert piece.core is not None
        for hit in rules.scan(piece.text):
            if piece.core[0] <= hit.start < piece.core[1]:
                span = piece.span(hit.start, hit.end)
                found.append((hit.rule.id, span.line, span.column, span.end_line, span.end_column, hit.ways))
    whole = []
    for hit in rules.scan(text):
        ends = [(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)) for at in (hit.start, hit.end - 1)]
        whole.append((hit.rule.id, *ends[0], ends[1][0], ends[1][1] + 1, hit.ways))
    assert found == whole


# --- which files ---------------------------------------------------------------------------------------------------

TREE: dict[str, str] = {
    "a_txt": "x",
    "b_MD": "x",
    "c_py": "x",
    "sub__d_yaml": "a: x",
    "sub__deep__e_csv": "x",
    "sub__deep__f_log": "x",
    ".git__g_txt": "x",
    ".hidden_txt": "x",
    "build__h_txt": "x",
    "old__i_txt": "x",
    "old__keep_txt": "x",
}


# extra files, arguments, files that are found
FOUND: list[tuple[dict[str, str], list[str], Selection, list[str]]] = [
    ({}, ["."], Selection(), "a.txt b.MD build/h.txt old/i.txt old/keep.txt sub/d.yaml sub/deep/e.csv".split()),  # noqa: SIM905
    ({}, ["sub", "a.txt", "./sub/d.yaml"], Selection(), ["sub/d.yaml", "sub/deep/e.csv", "a.txt"]),
    ({}, ["c.py", ".hidden.txt", ".git/g.txt"], Selection(), ["c.py", ".hidden.txt", ".git/g.txt"]),
    ({}, ["."], Selection(include=("*.log", "*.py")), ["c.py", "sub/deep/f.log"]),
    ({}, ["sub"], Selection(include=("sub/deep/*",)), ["sub/deep/e.csv", "sub/deep/f.log"]),
    ({}, ["sub"], Selection(include=("deep/*.csv",)), ["sub/deep/e.csv"]),
    ({}, ["."], Selection(exclude=("old/", "build", "*.csv")), ["a.txt", "b.MD", "sub/d.yaml"]),
    (
        {},
        ["."],
        Selection(exclude=("/sub", "old/*", "!old/keep.txt")),
        ["a.txt", "b.MD", "build/h.txt", "old/keep.txt"],
    ),
    ({}, ["a.txt"], Selection(exclude=("a.txt",)), ["a.txt"]),
    (
        {".gitignore": "/build/\nold/*\n!keep.txt\n"},
        ["."],
        Selection(),
        ["a.txt", "b.MD", "old/keep.txt", "sub/d.yaml", "sub/deep/e.csv"],
    ),
    ({".gitignore": "/build/\n"}, ["build/h.txt"], Selection(), ["build/h.txt"]),
    ({".gitignore": "*.txt\n", ".csbotignore": "sub\n!a.txt\n"}, ["."], Selection(), ["a.txt", "b.MD"]),
    ({".gitignore": "*.csv", "sub/.csbotignore": "!e.csv\nd.yaml"}, ["sub"], Selection(), ["sub/deep/e.csv"]),
    ({".csbotignore": "\ufeff*.csv"}, ["sub/deep", "sub"], Selection(), ["!sub/deep", "sub/d.yaml"]),
]


@pytest.mark.parametrize(("extra", "paths", "selection", "expected"), FOUND)
def test_which_files_are_read(
    extra: dict[str, str],
    paths: list[str],
    selection: Selection,
    expected: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write(tmp_path, **TREE)
    for name, content in extra.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found = [each.path if isinstance(each, Found) else f"!{each.problem.path}" for each in files_of(paths, selection)]
    assert found == expected
    elsewhere = [str(tmp_path / path) for path in paths]
    again = [
        each.path if isinstance(each, Found) else f"!{each.problem.path}" for each in files_of(elsewhere, selection)
    ]
    assert again == expected, "a full path below the current folder is the same file"


def test_ignore_files_of_the_current_folder_count_without_a_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, here__sub__a_txt="x", here__sub__b_txt="x")
    (tmp_path / ".csbotignore").write_text("a.txt\n", encoding="utf-8")
    (tmp_path / "here" / ".csbotignore").write_text("b.txt\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "here")
    assert [each.path for each in files_of(["sub"], Selection()) if isinstance(each, Found)] == ["sub/a.txt"]


def test_ignore_files_above_the_repository_do_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, repository__sub__a_txt="x")
    (tmp_path / ".gitignore").write_text("*.txt\n", encoding="utf-8")
    (tmp_path / "repository" / ".git").mkdir()
    monkeypatch.chdir(tmp_path / "repository" / "sub")
    assert [each.path for each in files_of(["."], Selection()) if isinstance(each, Found)] == ["a.txt"]


def test_what_a_folder_holds_that_cannot_be_read(run: Run, tmp_path: Path) -> None:
    write(tmp_path, a_txt="不知道", b_txt=b"\0\1\2", c_json="{", d_txt=b"\xe9t\xe9 \xe9t\xe9")
    (tmp_path / "e.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    outcome = run(".")
    assert places(outcome) == [f"a.txt:1:1: {RULE}"]
    assert [problem.partition(" ")[0] for problem in outcome.problems] == [
        "c.json:1:2:",
        "d.txt:1:1:",
        "e.txt:1:1:",
        "loop.txt:1:1:",
    ]
    assert outcome.notes == ["b.txt: 不是文字，跳过了"]
    assert "链接绕成了圈" in outcome.problems[-1]


def test_nothing_that_was_checked_is_not_clean(run: Run, tmp_path: Path) -> None:
    write(tmp_path, sub__a_py="x", binary__b_txt=b"\0")
    assert [each.partition(" ")[0] for each in run("sub").problems] == ["sub:1:1:"]
    assert run("binary").problems == ["csbot: 没有检查任何文件"]


def test_a_broken_pattern_is_named(run: Run, tmp_path: Path) -> None:
    write(tmp_path, a_txt="x")
    (tmp_path / ".csbotignore").write_text("*.log\n!\n", encoding="utf-8")
    (problem,) = run(".").problems
    assert problem.startswith(".csbotignore:2:1: file.pattern")


# --- fingerprints and the baseline -----------------------------------------------------------------------------------


def test_a_fingerprint_survives_what_does_not_touch_the_wording(run: Run, tmp_path: Path) -> None:
    write(tmp_path, a_txt="这个我不知道，请问别人。\n这个我不知道，请问别人。\n")
    before = [each.fingerprint for each in run("a.txt").findings]
    assert len(set(before)) == 2
    write(tmp_path, a_txt="您好。\n\n  这个我不知道，请问别人。 \r\n再见。\n这个　我不知道,请问别人。\n")
    assert [each.fingerprint for each in run("a.txt").findings] == before
    write(tmp_path, a_txt="那个我不知道，请问别人。\n这个我不知道，请问别人。\n", b_txt="这个我不知道，请问别人。\n")
    after = [each.fingerprint for each in run("a.txt", "b.txt").findings]
    assert after[1] == before[0], "the second of two is the only one now"
    assert after[0] not in before
    assert after[2] not in before


@pytest.mark.parametrize(
    ("text", "start", "end", "context"),
    [
        ("我不知道", 1, 4, "我|不知道|"),
        ("上一行\nA 我不知道！\n下一行", 7, 10, "a我|不知道|!"),
        ("不\n知道呀\n好", 0, 4, "|不知道|呀"),
        ("一" * 100 + "不知道" + "二" * 100, 100, 103, "一" * 24 + "|不知道|" + "二" * 24),
    ],
)
def test_the_context_of_a_fingerprint(text: str, start: int, end: int, context: str) -> None:
    assert context_of(text, start, end) == context


def test_fingerprints_tell_equal_findings_apart() -> None:
    give, again = Fingerprints(), Fingerprints()
    first, second = give.of("a.b", "x", "c"), give.of("a.b", "x", "c")
    assert first != second
    assert again.of("a.b", "x", "c") == first
    assert len({give.of("a.b", "y", "c"), give.of("a.c", "x", "c"), give.of("a.b", "x", "d\udcff"), first}) == 4


@pytest.mark.slow
def test_a_baseline_in_the_folder_that_is_checked_is_not_checked_itself(tmp_path: Path) -> None:
    write(tmp_path, a_txt="这个我不知道\n")
    held = ("check", ".", "--baseline", "csbot-baseline.json")
    assert csbot(*held, "--update-baseline", cwd=tmp_path).returncode == 0
    done = csbot(*held, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert csbot("check", "csbot-baseline.json", cwd=tmp_path).returncode == 1  # as anything that is named itself


def test_the_life_of_a_baseline(run: Run, tmp_path: Path) -> None:
    def held(**how: bool) -> Outcome:
        outcome = run("a.txt", "b.txt")
        held_against(outcome, "base.json", **how)
        return outcome

    write(
        tmp_path,
        a_txt="不知道\n没办法\n",
        b_txt=f"不知道\n不知道 # csbot: 忽略 {RULE} 原话\n您好 # csbot: 忽略 {RULE}\n",
    )
    with pytest.raises(SourceError, match="--update-baseline"):
        held()
    # First it takes in what is there, but no comment that is wrong, and nothing that a comment sets aside.
    assert places(held(update=True)) == ["b.txt:3:4: ignore.no-reason"]
    first = (tmp_path / "base.json").read_text(encoding="utf-8")
    assert [(entry.path, entry.rule) for entry in read_baseline("base.json")] == [
        ("a.txt", "ten_donts.dont_know"),
        ("a.txt", "ten_donts.no_way"),
        ("b.txt", "ten_donts.dont_know"),
    ]
    write(tmp_path, b_txt="不知道\n")
    outcome = held()
    assert places(outcome) == []
    assert aside(outcome) == [("a.txt:1:1", IN_BASELINE), ("a.txt:2:1", IN_BASELINE), ("b.txt:1:1", IN_BASELINE)]
    # What is new counts, and an update does not take it in.
    write(tmp_path, a_txt="您好\n不知道\n没办法\n这也不知道\n")
    assert places(held()) == [f"a.txt:4:3: {RULE}"]
    assert places(held(update=True)) == [f"a.txt:4:3: {RULE}"]
    assert (tmp_path / "base.json").read_text(encoding="utf-8") == first
    # What is mended has to leave.
    write(tmp_path, a_txt="您好\n不知道\n")
    outcome = held()
    assert places(outcome) == ["base.json:1:1: baseline.stale"]
    *_, last = outcome.findings
    assert last.severity == "warning"
    assert "a.txt" in last.message
    assert "没办法" in last.message
    assert places(held(update=True)) == []
    assert len(read_baseline("base.json")) == 2
    # It grows only where that is allowed.
    write(tmp_path, a_txt="不知道\n没办法\n")
    assert len(held(update=True).counting) == 1
    assert places(held(update=True, may_grow=True)) == []
    assert (tmp_path / "base.json").read_text(encoding="utf-8") == first


def test_a_run_over_some_files_leaves_the_entries_of_the_others(run: Run, tmp_path: Path) -> None:
    write(tmp_path, a_txt="不知道\n", b_txt="没办法\n", c_json='["没办法"]')
    outcome = run("a.txt", "b.txt", "c.json")
    held_against(outcome, "base.json", update=True)
    write(tmp_path, a_txt="您好\n", b_txt="您好\n", c_json="[")
    outcome = run("a.txt", "c.json")
    held_against(outcome, "base.json", update=True)
    assert [entry.path for entry in read_baseline("base.json")] == ["b.txt", "c.json"], "c.json was not read to its end"
    (tmp_path / "b.txt").unlink()
    outcome = run("a.txt")
    held_against(outcome, "base.json")
    assert places(outcome) == ["base.json:1:1: baseline.stale"]


ENTRIES = st.lists(st.builds(Entry, st.text(), st.text(), st.text(), st.text()), max_size=5)


@settings(deadline=None)
@given(entries=ENTRIES)
def test_a_baseline_is_read_as_it_was_written(entries: list[Entry], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    write_baseline(str(path), entries)
    content = path.read_bytes()
    assert read_baseline(str(path)) == sorted(set(entries))
    write_baseline(str(path), reversed(entries))
    assert path.read_bytes() == content
    assert [each.name for each in path.parent.iterdir() if "any.json" in each.name] == ["any.json"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b"null",
        b"[" * 100_000,
        b'{"version": 2, "findings": []}',
        b'{"version": 1}',
        b'{"version": 1, "findings": [1]}',
        b'{"version": 1, "findings": [{"path": "a", "rule": "b", "found": "c"}]}',
    ],
)
def test_a_damaged_baseline_is_an_error(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "base.json").write_bytes(content)
    with pytest.raises(SourceError):
        read_baseline(str(tmp_path / "base.json"))


# --- the lines of a change -------------------------------------------------------------------------------------------


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"},
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    write(
        tmp_path,
        a_txt="不知道\n您好\n没办法\n",
        sub__b_txt="不知道\n",
        moved_txt="您好\n" * 20 + "不知道\n",
        c_json='["不知道"]',
    )
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    return tmp_path


def test_only_the_lines_of_a_change_count(run: Run, repository: Path) -> None:
    assert run(".", changes=Changes("HEAD")).counting == []
    write(repository, a_txt="不知道\n这个不知道\n没办法\n", **{"新 文件_txt": "不知道\n", "ünï\tcode_txt": "没办法"})
    (repository / "moved.txt").rename(repository / "sub" / 'mo"ved\\.txt')
    with (repository / "sub" / 'mo"ved\\.txt').open("a", encoding="utf-8") as file:
        file.write("没办法\n")
    expected = [
        "a.txt:2:3: ten_donts.dont_know",
        "ünï\tcode.txt:1:1: ten_donts.no_way",
        "新 文件.txt:1:1: ten_donts.dont_know",
        'sub/mo"ved\\.txt:22:1: ten_donts.no_way',
    ]
    # A file that git does not know is new as a whole, a renamed one is once git has heard of it.
    untracked = [*expected[:3], 'sub/mo"ved\\.txt:21:1: ten_donts.dont_know', expected[3]]
    assert places(run(".", changes=Changes("HEAD"))) == untracked
    git(repository, "add", ".")
    assert places(run(".", changes=Changes("HEAD"))) == expected
    assert places(run("a.txt", changes=Changes("HEAD"))) == expected[:1]
    git(repository, "commit", "-qm", "second")
    assert places(run(".", changes=Changes("HEAD~1"))) == expected
    assert places(run(".", changes=Changes("HEAD"))) == []
    assert run(".", changes=Changes("HEAD")).problems == []


def test_a_change_seen_from_where_a_branch_began(run: Run, repository: Path) -> None:
    git(repository, "checkout", "-qb", "topic")
    write(repository, a_txt="不知道\n您好\n没办法\n这也不知道\n")
    git(repository, "commit", "-qam", "topic")
    git(repository, "checkout", "-q", "main")
    write(repository, sub__b_txt="您好\n")
    git(repository, "commit", "-qam", "main goes on")
    git(repository, "checkout", "-q", "topic")
    assert places(run(".", changes=Changes("main..."))) == [f"a.txt:4:3: {RULE}"]
    assert places(run(".", changes=Changes("main...HEAD"))) == [f"a.txt:4:3: {RULE}"]
    assert places(run(".", changes=Changes("main"))) == [f"a.txt:4:3: {RULE}", f"sub/b.txt:1:1: {RULE}"]


def test_a_change_whatever_the_configuration_of_git(run: Run, repository: Path) -> None:
    write(repository, a_txt="您好\n您好\n没办法\n再不知道\n")
    for name, value in {
        "diff.noprefix": "true",
        "diff.mnemonicPrefix": "true",
        "diff.external": "false",
        "diff.interHunkContext": "9",
        "diff.context": "9",
        "core.quotePath": "true",
        "color.ui": "always",
        "diff.wsErrorHighlight": "all",
    }.items():
        git(repository, "config", name, value)
    assert places(run(".", changes=Changes("HEAD"))) == [f"a.txt:4:2: {RULE}"]


def test_lines_that_look_like_headers_are_lines(run: Run, repository: Path) -> None:
    write(repository, a_txt="-- a/x\n")
    git(repository, "commit", "-qam", "second")
    write(repository, a_txt="++ b/sub/b.txt\n@@ -1 +1 @@ 不知道\n")
    assert places(run(".", changes=Changes("HEAD"))) == [f"a.txt:2:13: {RULE}"]


def test_a_file_without_lines_counts_as_a_whole(run: Run, repository: Path) -> None:
    write(repository, a_txt="您好\n不知道\n".encode("utf-16"))
    assert places(run("a.txt", changes=Changes("HEAD"))) == [f"a.txt:2:1: {RULE}"]


def test_a_repository_inside_another_is_asked_itself(run: Run, repository: Path) -> None:
    inner = repository / "inner"
    inner.mkdir()
    git(inner, "init", "-q", "-b", "main")
    write(inner, x_txt="不知道\n")
    git(inner, "add", ".")
    git(inner, "commit", "-qm", "inner")
    write(inner, x_txt="不知道\n没办法\n")
    assert places(run(".", changes=Changes("HEAD"))) == ["inner/x.txt:2:1: ten_donts.no_way"]


@pytest.mark.parametrize(
    "revision", ["nowhere", "", "--output=stolen", "-p", "HEAD:a.txt", "...", "HEAD...nowhere", "a\0b"]
)
def test_a_revision_that_does_not_exist(revision: str, run: Run, repository: Path) -> None:
    with pytest.raises(ChangesError):
        run("a.txt", changes=Changes(revision))
    assert not (repository / "stolen").exists()


def test_a_file_outside_of_any_repository(run: Run, tmp_path: Path) -> None:
    write(tmp_path, a_txt="不知道")
    with pytest.raises(ChangesError, match="git 仓库"):
        run("a.txt", changes=Changes("HEAD"))


def test_without_git_there_is_no_diff(run: Run, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ChangesError, match="没有找到 git"):
        run("a.txt", changes=Changes("HEAD"))


def test_lines_touch() -> None:
    lines = Lines(ranges=(range(3, 5), range(9, 10)))
    assert [line for line in range(1, 12) if lines.touch(line, line)] == [3, 4, 9]
    assert lines.touch(1, 3)
    assert lines.touch(1, 20)
    assert not lines.touch(5, 8)
    assert not Lines()
    assert Lines(whole=True).touch(1, 1)


# --- as a program ----------------------------------------------------------------------------------------------------


def bomb(path: Path, part: str, content: bytes) -> None:
    """Write a workbook in which one part is replaced."""
    book = openpyxl.Workbook()
    book.worksheets[0].append(["您好"])
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = content
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, each in parts.items():
            archive.writestr(name, each)


SHEET = "xl/worksheets/sheet1.xml"
NAMESPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def sheet(cell: bytes) -> bytes:
    return b"<worksheet %s><sheetData>%s</sheetData></worksheet>" % (NAMESPACE, cell)


ENTITIES = b"<!DOCTYPE x [<!ENTITY a 'x'>%s]>" % b"".join(b"<!ENTITY a%d '&a;&a;'>" % n for n in range(9))
WORKBOOKS: dict[str, tuple[str, bytes]] = {
    "unpacks to a gigabyte": ("xl/media/image.png", b"\0" * (300 * 1024 * 1024)),
    "a far row": (SHEET, sheet(b'<row r="999999999999"><c r="A999999999999"><v>1</v></c></row>')),
    "a far column": (SHEET, sheet(b'<row r="1"><c r="ZZZZZZZZ1"><v>1</v></c></row>')),
    "entities": (SHEET, ENTITIES + sheet(b'<row r="1"><c r="A1" t="inlineStr"><is><t>&a8;</t></is></c></row>')),
    "no XML": (SHEET, b"<worksheet"),
    "no relations": ("xl/_rels/workbook.xml.rels", b"<x/>"),
}
DAMAGED: dict[str, bytes] = {
    "a.json": b'{"a": ' * 50_000,
    "b.yaml": b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b\n",
    "c.yaml": b"{" * 100_000,
    "d.csv": b'text\n"' + b"x" * 2_000_000,
    "e.csv": b"a\0b\n",
    "f.jsonl": b'{"text": ["' + b"[" * 100_000,
    "g.xlsx": b"PK\x03\x04" + b"\0" * 1000,
    "h.txt": b"\x80\x81\xff" * 1000,
    "i.md": b"<!--" + b"```\n" * 1000,
    "j.json": b'"\xed\xa0\x80"',
    "\x1b[31m.json": b"{",
}


@pytest.mark.slow
def test_hostile_files_are_refused_in_plain_words(small: Path, tmp_path: Path) -> None:
    for name, content in DAMAGED.items():
        (tmp_path / name).write_bytes(content)
    for name, (part, content) in WORKBOOKS.items():
        bomb(tmp_path / f"{name}.xlsx", part, content)
    done = csbot("check", ".", "--library", str(small), cwd=tmp_path)
    assert done.returncode == 2
    said = done.stderr.splitlines()
    assert len(said) == len(DAMAGED) + len(WORKBOOKS), done.stderr
    assert all(any("\u4e00" <= each <= "\u9fff" for each in line) for line in said)
    assert "\x1b" not in done.stderr
    assert "没有发现" not in done.stdout


def test_a_bomb_of_aliases_is_read_as_it_stands(small: Path, tmp_path: Path) -> None:
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 40))
    (tmp_path / "a.yaml").write_text(f"a0: &a0 不知道\n{levels}", encoding="utf-8")
    done = csbot("check", "a.yaml", "--library", str(small), cwd=tmp_path)
    assert done.stdout.count(RULE) == 1


@pytest.mark.slow
def test_a_very_long_line(small: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("您好，" * 200_000 + "不知道", encoding="utf-8")
    done = csbot("check", "a.txt", "--library", str(small), cwd=tmp_path)
    assert done.stdout.startswith(f"a.txt:1:600001: {RULE}")


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "said"),
    [
        (["-", "--format", "csv", "--column", "话术"], "id,话术\n不知道,没办法\n", 1, "<stdin>:2:5: ten_donts.no_way"),
        (["--format", "jsonl"], jsonl({"text": "不知道"}), 1, f"<stdin>:1:11: {RULE}"),
        (["-"], "不知道".encode("gb18030"), 1, f"<stdin>:1:1: {RULE}"),
        (["-"], "不知道".encode("utf-16"), 1, f"<stdin>:1:1: {RULE}"),
        (["-"], "您好" * 400_000 + "\n不知道", 1, f"<stdin>:2:1: {RULE}"),
        (["-"], f"不知道 # csbot: 忽略 {RULE} 原话", 0, "没有发现服务忌语（另有 1 处已忽略）"),
        (["--text", f"没办法，不知道 # csbot: 忽略 {RULE} 原话"], "", 1, "共 1 处（另有 1 处已忽略）"),
        (["--text", f"您好 # csbot: 忽略 {RULE} 原话"], "", 1, "ignore.unused 警告：这里没有发现"),
    ],
)
def test_standard_input_and_text(
    arguments: list[str], stdin: str | bytes, code: int, said: str, small: Path, tmp_path: Path
) -> None:
    done = csbot("check", *arguments, "--library", str(small), stdin=stdin, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (code, "")
    assert said in done.stdout


def test_who_writes_into_a_pipe_is_answered_line_by_line(small: Path, tmp_path: Path) -> None:
    said = ["您好", "我不知道"]
    command = [sys.executable, "-m", "csbot", "--library", str(small), "check", "--jsonl", "-"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(), encoding="utf-8"
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        answers = []
        for text in said:
            process.stdin.write(json.dumps({"text": text}) + "\n")
            process.stdin.flush()
            answers.append(json.loads(process.stdout.readline()))
    assert [each["verdict"] for each in answers] == ["ok", "violation"]
    (tmp_path / "said.jsonl").write_text(jsonl(*({"text": text} for text in said)), encoding="utf-8")
    with (tmp_path / "said.jsonl").open("rb") as redirected:
        done = subprocess.run(command, stdin=redirected, capture_output=True, env=environment(), check=False)
    assert list(map(json.loads, done.stdout.decode().splitlines())) == answers


def test_a_workbook_over_standard_input(small: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["不知道"])
    book.save(tmp_path / "a.xlsx")
    content = (tmp_path / "a.xlsx").read_bytes()
    done = csbot("check", "-", "--format", "xlsx", "--library", str(small), stdin=content)
    assert done.stdout.startswith(f"<stdin>:1:1: {RULE}")


def test_json_holds_what_is_set_aside(small: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"不知道 # csbot: 忽略 {RULE} 原话\n肯定没问题\n", encoding="utf-8")
    done = csbot("check", "--json", "a.txt", "--library", str(small), cwd=tmp_path)
    report = json.loads(done.stdout)
    assert report["verdict"] == "warning"
    assert [each["rule"] for each in report["findings"]] == ["ten_donts.certainly"]
    assert [each["suppression"] for each in report["suppressed"]] == ["原话"]


@pytest.mark.slow
def test_diff_and_baseline_as_a_program(small: Path, repository: Path) -> None:
    env = environment(CSBOT_LIBRARY=str(small))

    def said(*arguments: str) -> tuple[int, str]:
        done = csbot("check", *arguments, cwd=repository, env=env)
        return done.returncode, (done.stdout + done.stderr).splitlines()[-1]

    assert said(".", "--diff", "HEAD") == (0, "没有发现服务忌语")
    assert said(".", "--diff", "nowhere")[0] == 2
    assert said(".", "--baseline", "base.json")[0] == 2
    assert said(".", "--baseline", "base.json", "--update-baseline", "--diff", "HEAD")[0] == 2
    assert said(".", "--exclude", "base.json", "--baseline", "base.json", "--update-baseline") == (
        0,
        "没有发现服务忌语（另有 5 处已忽略）",
    )
    write(repository, a_txt="不知道\n您好\n没办法\n真没办法\n")
    assert said(".", "--exclude", "base.json", "--baseline", "base.json") == (1, "共 1 处（另有 5 处已忽略）")
    assert said("a.txt", "--diff", "HEAD") == (1, "共 1 处")
