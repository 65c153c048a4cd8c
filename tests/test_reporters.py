"""Every format says what its readers expect, whatever the findings hold."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator, Draft202012Validator
from tests.report_goldens import FINDINGS, FOLDER, RUN, finding, golden
from tests.schemas import SARIF, schema
from wcwidth import wcswidth

from csbot.report.finding import IN_BASELINE, Finding, counted
from csbot.report.github import disarmed
from csbot.report.identity import identified
from csbot.report.json import as_dict
from csbot.report.message import details, sentence
from csbot.report.reporters import FORMATS, REPORTERS
from csbot.report.run import RuleText, Run
from csbot.report.sarif import FINGERPRINT
from csbot.report.text import width

SHOWN = [*counted(FINDINGS), *RUN.unread]
HOSTILE = st.text(st.characters(exclude_categories=()), max_size=20)


@st.composite
def anything(draw: st.DrawFn) -> Finding:
    """A finding in which every text is hostile and the span lies where it says."""
    snippet = draw(st.text(st.characters(exclude_categories=(), exclude_characters="\n"), min_size=1, max_size=20))
    start = draw(st.integers(0, len(snippet) - 1))
    end = draw(st.integers(start + 1, len(snippet)))
    texts: dict[str, Any] = {
        name: draw(HOSTILE) for name in ("path", "message", "instead", "reason", "source", "field", "suppression")
    }
    severity = draw(st.sampled_from(["error", "warning"]))
    found = finding("x", 1, snippet, snippet[start:end], severity=severity, ways=(draw(HOSTILE),))
    return replace(found, column=start + 1, end_column=end + 1, **texts)


def reported(name: str, *findings: Finding, run: Run = RUN) -> str:
    return REPORTERS[name](identified(findings), run)


@pytest.mark.parametrize("name", FORMATS)
def test_a_report_is_what_was_agreed(name: str) -> None:
    """``python -m tests.report_goldens`` writes the files anew."""
    assert REPORTERS[name](FINDINGS, RUN).encode("utf-8", "backslashreplace") == golden(name).read_bytes()


def test_every_format_has_its_file() -> None:
    assert {golden(name) for name in FORMATS} == set(FOLDER.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
@given(found=st.lists(anything(), max_size=3))
def test_any_text_can_be_reported(name: str, found: list[Finding]) -> None:
    text = reported(name, *found, run=Run("check", "1"))
    assert text.endswith("\n") or text == ""
    text.encode("utf-8", "backslashreplace")
    if name == "json":
        assert json.loads(text)["findings"] == [as_dict(each) for each in counted(identified(found))]
    elif name == "jsonl":
        assert [json.loads(line) for line in text.splitlines()] == [as_dict(each) for each in identified(found)]
    elif name == "sarif":
        check_sarif(json.loads(text))
    elif name == "gitlab":
        check_gitlab(json.loads(text))
    elif name in ("junit", "checkstyle"):
        ElementTree.fromstring(text.encode())
    elif name != "text":
        assert len(text.splitlines()) == len(counted(found))


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
def test_a_file_of_one_line_with_a_finding_everywhere(name: str) -> None:
    """The line as a whole for each finding would be gigabytes, and its length squared in time."""
    line = "不知道" * 30_000
    found = identified(
        replace(FINDINGS[0], fingerprint="", line=1, end_line=1, column=at + 1, end_column=at + 4, snippet=line)
        for at in range(0, len(line), 12)
    )
    started = time.process_time()
    assert len(REPORTERS[name](found, Run("check", "1"))) < 2_000 * len(found)
    assert time.process_time() - started < 10


# --- text and lines -----------------------------------------------------------------------------------------------


def test_a_line_holds_place_code_severity_and_message() -> None:
    lines = reported("line", *FINDINGS).splitlines()
    assert len(lines) == len(SHOWN)
    for line, each in zip(lines, SHOWN, strict=True):
        found = re.fullmatch(r"(.+?):(\d+):(\d+): ([a-z_.-]+) (error|warning) (.+)", line)
        assert found is not None
        assert [int(found[2]), int(found[3]), found[4], found[5]] == [
            each.line,
            each.column,
            each.code,
            each.severity,
        ]


def test_text_counts_what_counts() -> None:
    plain, aside = FINDINGS[0], replace(FINDINGS[0], suppression="原话")
    whole, partly = Run("check", "1"), replace(RUN, rules={})
    last = [
        reported("text", *found, run=run).splitlines()[-1:]
        for found, run in [
            ((plain, plain), whole),
            ((plain, aside), whole),
            ((aside,), whole),
            ((), whole),
            ((), Run("lint", "1")),
            ((plain,), partly),
            ((aside,), partly),
            ((), partly),
        ]
    ]
    assert last == [
        ["共 2 处"],
        ["共 1 处（另有 1 处已忽略）"],
        ["没有发现服务忌语（另有 1 处已忽略）"],
        ["没有发现服务忌语"],
        ["没有发现问题"],
        ["共 1 处"],
        [],
        [],
    ]


# --- JSON ---------------------------------------------------------------------------------------------------------


def test_json_holds_every_finding_once() -> None:
    document = json.loads(reported("json", *FINDINGS))
    assert document["findings"] == [as_dict(each) for each in counted(FINDINGS)]
    assert document["suppressed"] == [as_dict(each) for each in FINDINGS if each.suppression]
    assert document["unread"] == [as_dict(each) for each in RUN.unread]
    assert document["complete"] is False
    assert document["tool"] == {"name": "csbot", "version": "1.2.3", "command": "check"}


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        ([], "ok"),
        (["warning"], "warning"),
        (["warning", "error"], "violation"),
        (["suppressed"], "ok"),
        (["suppressed", "warning"], "warning"),
    ],
)
def test_the_verdict_is_that_of_the_worst_that_counts(found: list[str], verdict: str) -> None:
    kinds = {
        "error": FINDINGS[0],
        "warning": replace(FINDINGS[0], severity="warning"),
        "suppressed": replace(FINDINGS[0], suppression="原话"),
    }
    document = json.loads(reported("json", *(kinds[each] for each in found), run=Run("check", "1")))
    assert document["verdict"] == verdict
    assert document["complete"] is True


# --- SARIF --------------------------------------------------------------------------------------------------------


def check_sarif(log: dict[str, Any]) -> None:
    validator = Draft7Validator(schema(SARIF))
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(log)] == []
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    identities = [result["partialFingerprints"][FINGERPRINT] for result in run["results"]]
    assert len(set(identities)) == len(identities)


def test_the_schema_is_that_of_sarif_and_refuses_what_is_wrong() -> None:
    assert schema(SARIF)["$id"].endswith("/sarif-schema-2.1.0.json")
    assert "oasis-tcs" in schema(SARIF)["$id"]
    log = json.loads(reported("sarif", *FINDINGS))
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startColumn"] = 0
    log["runs"][0]["columnKind"] = "codePoints"
    assert len(list(Draft7Validator(schema(SARIF)).iter_errors(log))) == 2


def test_sarif_holds_every_finding_where_it_stands() -> None:
    log = json.loads(reported("sarif", *FINDINGS))
    check_sarif(log)
    (run,) = log["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert len(run["results"]) == len(FINDINGS)
    for result, each in zip(run["results"], FINDINGS, strict=True):
        ((location,), level) = (result["locations"], result["level"])
        place = location["physicalLocation"]
        region = place["region"]
        assert (level, result["ruleId"]) == (each.severity, each.code)
        assert (region["startLine"], region["startColumn"]) == (each.line, each.column)
        if each.found:
            assert (region["endLine"], region["endColumn"]) == (each.end_line, each.end_column)
            assert region["snippet"]["text"] == each.found
        else:
            assert "endLine" not in region
        if "contextRegion" in place and each.found:
            context = place["contextRegion"]
            column = context.get("startColumn", 1)
            start, end = (region[name] - column for name in ("startColumn", "endColumn"))
            assert context["snippet"]["text"][start:end] == each.found
            assert len(context["snippet"]["text"]) == context.get("endColumn", len(each.snippet) + 1) - column
        justified = [(reason["kind"], reason["justification"]) for reason in result["suppressions"]]
        kind = "external" if each.suppression == IN_BASELINE else "inSource"
        assert justified == ([(kind, each.suppression)] if each.suppression else [])


def test_sarif_names_files_as_addresses() -> None:
    (run,) = json.loads(reported("sarif", *FINDINGS))["runs"]
    files = [result["locations"][0]["physicalLocation"]["artifactLocation"] for result in run["results"]]
    for file, each in zip(files, FINDINGS, strict=True):
        assert file["uri"].isascii()
        assert not set(file["uri"]) & set(' <>"\t\n&')
        shown = RUN.path(each.path)
        if shown.startswith("/") or re.match("[A-Z]:", shown):
            assert unquote(file["uri"]) == "file://" + shown.replace("C:/", "/C:/")
            assert "uriBaseId" not in file
        else:
            assert unquote(file["uri"]) == shown
            assert file["uriBaseId"] in run["originalUriBaseIds"]
            assert not re.match("[^/]*:", file["uri"]), "a colon in the first part would make a scheme of it"
    assert files[FINDINGS.index(next(each for each in FINDINGS if each.path == "./相对.md"))]["uri"].startswith("%E7")
    assert "%2F" not in "".join(file["uri"] for file in files)


def test_sarif_explains_its_rules_and_admits_what_it_could_not_read() -> None:
    (run,) = json.loads(reported("sarif", *FINDINGS))["runs"]
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert set(rules) == {each.code for each in FINDINGS}
    known = rules["ten_donts.dont_know"]
    assert known["help"]["text"] == RUN.rules["ten_donts.dont_know"].help
    assert known["properties"] == {"category": "ten_donts", "tags": ["十不准"]}
    assert rules["promise.certain"]["defaultConfiguration"] == {"level": "warning"}
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["descriptor"]["id"] == "file.unreadable"
    (clean,) = json.loads(reported("sarif", run=Run("lint", "1")))["runs"]
    assert clean["invocations"][0]["executionSuccessful"] is True
    assert clean["results"] == []
    assert clean["automationDetails"]["id"] != run["automationDetails"]["id"]


# --- JUnit and checkstyle -----------------------------------------------------------------------------------------


def test_junit_counts_add_up() -> None:
    root = ElementTree.fromstring(reported("junit", *FINDINGS))
    counts = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}
    for element in (root, *root):
        assert {name: element.get(name) for name in counts} == {
            name: str(len(list(element.iter(tag)))) for name, tag in counts.items()
        }
    assert [root.get(name) for name in ("failures", "errors", "skipped")] == [str(len(counted(FINDINGS))), "1", "2"]
    suites = [suite.get("name") for suite in root]
    assert suites == [RUN.path(path) for path in RUN.files]
    (clean,) = root.iterfind("testsuite[@name='干净.txt']")
    assert (clean.get("tests"), clean.get("failures")) == ("1", "0")


def test_junit_says_everything_in_the_failure() -> None:
    root = ElementTree.fromstring(reported("junit", FINDINGS[0], run=Run("check", "1")))
    (failure,) = root.iter("failure")
    assert failure.get("message") == sentence(FINDINGS[0])
    assert failure.get("type") == "error"
    assert failure.text == details(FINDINGS[0])
    assert "002 十不准 第1条" in failure.text


def test_checkstyle_names_files_exactly() -> None:
    root = ElementTree.fromstring(reported("checkstyle", *FINDINGS))
    assert [file.get("name") for file in root] == [RUN.path(path) for path in RUN.files]
    errors = [(file.get("name"), error) for file in root for error in file]
    assert len(errors) == len(SHOWN)
    rows = {(path, error.get("line"), error.get("column"), error.get("message")) for path, error in errors}
    assert rows == {(RUN.path(each.path), str(each.line), str(each.column), sentence(each)) for each in SHOWN}
    assert {error.get("severity") for _, error in errors} == {"error", "warning"}


@pytest.mark.parametrize("code", [*range(0x20), 0x7F, 0x9B, 0xD800, 0xFFFE, 0xFFFF])
@pytest.mark.parametrize("name", ["junit", "checkstyle"])
def test_xml_takes_every_control_character(name: str, code: int) -> None:
    hostile = f"甲{chr(code)}乙"
    ElementTree.fromstring(reported(name, finding(hostile, 1, "x不", "不", message=hostile, suppression="")))
    ElementTree.fromstring(reported(name, finding(hostile, 1, "x不", "不", suppression=hostile)))


# --- GitHub -------------------------------------------------------------------------------------------------------

PROPERTY = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))
DATA = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))


def unescaped(text: str, escapes: tuple[tuple[str, str], ...]) -> str:
    for escape, character in escapes:
        text = text.replace(escape, character)
    return text


def command_of(line: str) -> tuple[str, dict[str, str], str] | None:
    """Return what the runner of GitHub would take from a line of the log: the command, its properties, its text."""
    line = line.lstrip()
    if not line.startswith("::") or "::" not in line[2:]:
        old = re.search(r"##\[([^\]]*)\](.*)", line)
        return (old[1], {}, old[2]) if old else None
    head, _, data = line[2:].partition("::")
    name, _, listed = head.partition(" ")
    pairs = [each.partition("=") for each in listed.split(",") if each]
    return name, {key: unescaped(value, PROPERTY) for key, _, value in pairs}, unescaped(data, DATA)


def test_github_gets_an_annotation_for_each_finding() -> None:
    commands = [command_of(line) for line in reported("github", *FINDINGS).splitlines()]
    assert len(commands) == len(SHOWN)
    for command, each in zip(commands, SHOWN, strict=True):
        assert command is not None
        name, properties, data = command
        assert (name, properties["title"], data) == (each.severity, each.code, details(each))
        if each.path == "<stdin>":
            assert set(properties) == {"title"}
            continue
        assert (properties["file"], properties["line"]) == (RUN.path(each.path), str(each.line))
        assert properties["endLine"] == str(each.end_line)
        assert ("col" in properties) is ("endColumn" in properties) is (each.line == each.end_line)


@given(anything())
def test_no_finding_forges_an_annotation(found: Finding) -> None:
    found = replace(found, suppression="", path=f"x{found.path}")
    lines = re.split(r"\r\n|\r|\n", reported("github", found, run=Run("check", "1")).removesuffix("\n"))
    (command,) = map(command_of, lines)
    assert command is not None
    assert command[0] == found.severity
    assert command[2] == details(found)
    assert set(command[1]) == {"file", "line", "endLine", "col", "endColumn", "title"}


@given(st.text(st.sampled_from(" \t:#[]%\nax不"), max_size=40))
def test_no_line_of_a_disarmed_text_is_a_command(text: str) -> None:
    assert [command_of(line) for line in disarmed(text).splitlines()] == [None] * len(text.splitlines())
    if ":" not in text and "#" not in text:
        assert disarmed(text) == text


# --- GitLab -------------------------------------------------------------------------------------------------------

# https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format, as a schema.
GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 8},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "additionalProperties": False,
                "properties": {
                    "path": {"type": "string", "not": {"pattern": r"^\./"}},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "additionalProperties": False,
                        "properties": {
                            "begin": {"type": "integer", "minimum": 1},
                            "end": {"type": "integer", "minimum": 1},
                        },
                    },
                },
            },
        },
    },
}


def check_gitlab(issues: list[dict[str, Any]]) -> None:
    assert [error.message for error in Draft202012Validator(GITLAB).iter_errors(issues)] == []
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)


def test_gitlab_gets_every_finding_with_a_fingerprint_of_its_own() -> None:
    issues = json.loads(reported("gitlab", *FINDINGS))
    check_gitlab(issues)
    assert [(issue["check_name"], issue["location"]["path"], issue["location"]["lines"]) for issue in issues] == [
        (each.code, RUN.path(each.path), {"begin": each.line, "end": each.end_line}) for each in SHOWN
    ]
    assert {issue["severity"] for issue in issues} == {"major", "minor"}


# --- reviewdog ----------------------------------------------------------------------------------------------------

POSITION = {
    "type": "object",
    "required": ["line"],
    "additionalProperties": False,
    "properties": {"line": {"type": "integer", "minimum": 1}, "column": {"type": "integer", "minimum": 1}},
}
# The message Diagnostic of reviewdog.proto, as a schema of what is used here.
DIAGNOSTIC = {
    "type": "object",
    "required": ["message", "location"],
    "additionalProperties": False,
    "properties": {
        "message": {"type": "string"},
        "location": {
            "type": "object",
            "required": ["path", "range"],
            "additionalProperties": False,
            "properties": {
                "path": {"type": "string"},
                "range": {
                    "type": "object",
                    "required": ["start"],
                    "additionalProperties": False,
                    "properties": {"start": POSITION, "end": POSITION},
                },
            },
        },
        "severity": {"enum": ["UNKNOWN_SEVERITY", "ERROR", "WARNING", "INFO"]},
        "source": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"name": {"type": "string"}, "url": {"type": "string"}},
        },
        "code": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"value": {"type": "string"}, "url": {"type": "string"}},
        },
        "original_output": {"type": "string"},
    },
}


def test_reviewdog_gets_a_diagnostic_for_each_finding() -> None:
    rows = [json.loads(line) for line in reported("rdjsonl", *FINDINGS).splitlines()]
    assert [error.message for row in rows for error in Draft202012Validator(DIAGNOSTIC).iter_errors(row)] == []
    assert [(row["code"]["value"], row["location"]["path"]) for row in rows] == [
        (each.code, RUN.path(each.path)) for each in SHOWN
    ]


@pytest.mark.parametrize(
    ("lines", "found", "start", "end"),
    [
        (["我不知道"], "不知道", (1, 4), (1, 13)),
        (["a𐐀b"], "𐐀", (1, 2), (1, 6)),  # the example of reviewdog.proto
        (["a𐐀b"], "b", (1, 6), (1, 7)),
        (["\t不行\r"], "不行", (1, 2), (1, 8)),
        (["好不\r", "行了"], "不\r\n行", (1, 4), (2, 4)),
        (["不", "知", "é道"], "不\n知\né道", (1, 1), (3, 6)),
    ],
)
def test_columns_of_reviewdog_count_bytes(
    lines: list[str], found: str, start: tuple[int, int], end: tuple[int, int]
) -> None:
    each = finding("x.txt", 1, lines[0], found)
    span = json.loads(reported("rdjsonl", each, run=Run("check", "1")))["location"]["range"]
    assert span == {
        "start": {"line": start[0], "column": start[1]},
        "end": {"line": end[0], "column": end[1]},
    }


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), min_size=1), st.data())
def test_bytes_between_the_columns_are_what_was_found(snippet: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(snippet) - 1))
    end = data.draw(st.integers(start + 1, len(snippet)))
    each = replace(finding("x", 1, snippet, snippet), column=start + 1, end_column=end + 1, found=snippet[start:end])
    span = json.loads(reported("rdjsonl", each, run=Run("check", "1")))["location"]["range"]
    assert snippet.encode()[span["start"]["column"] - 1 : span["end"]["column"] - 1].decode() == each.found


def test_reviewdog_gets_no_columns_where_their_line_is_not_known() -> None:
    """Columns that cannot be turned into bytes would point elsewhere."""
    each = replace(FINDINGS[0], snippet="")
    assert json.loads(reported("rdjsonl", each, run=Run("check", "1")))["location"]["range"] == {
        "start": {"line": each.line},
        "end": {"line": each.end_line},
    }


# --- identity, paths ----------------------------------------------------------------------------------------------


def test_a_fingerprint_stays_when_lines_move_and_changes_with_the_words() -> None:
    first = identified([FINDINGS[0]])[0].fingerprint

    def fingerprint(**changes: Any) -> str:
        return identified([replace(FINDINGS[0], fingerprint="", **changes)])[0].fingerprint

    assert fingerprint(line=99, end_line=99) == first
    assert fingerprint(snippet=f"  {FINDINGS[0].snippet}\r", column=7, end_column=10) == first
    others = [
        fingerprint(code="x.y"),
        fingerprint(path="别处"),
        fingerprint(snippet="另一句不知道"),
        fingerprint(field="列"),
    ]
    assert len({first, *others}) == 5


@given(st.lists(st.sampled_from(["", "a", "b"]), max_size=6))
def test_fingerprints_differ_and_given_ones_are_kept(given_ones: list[str]) -> None:
    found = identified([replace(FINDINGS[0], fingerprint=each) for each in given_ones])
    assert len({each.fingerprint for each in found}) == len(given_ones)
    for each in set(given_ones) - {""}:
        assert found[given_ones.index(each)].fingerprint == each
    assert identified(found) == found


@pytest.mark.parametrize(
    ("root", "path", "shown"),
    [
        ("/r", "/r/a/b.txt", "a/b.txt"),
        ("/r/", "/r/b.txt", "b.txt"),
        ("/r", "/rest/b.txt", "/rest/b.txt"),
        ("/r", "./b.txt", "b.txt"),
        ("/", "/b.txt", "b.txt"),
        ("", "/r/b.txt", "/r/b.txt"),
        ("/r", ".hidden", ".hidden"),
    ],
)
def test_forges_get_paths_from_the_root_on(root: str, path: str, shown: str) -> None:
    assert Run("check", "1", root=root).path(path) == shown


def test_an_unknown_rule_is_named_by_its_code() -> None:
    assert Run("check", "1").rule("a.b") == RuleText("a.b", "a.b", category="a")


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("“”…—⌚❤\ufe0f\u200d👍🏽\u3164ㄅ가é\u0301")))
def test_the_width_of_a_text_is_that_of_a_terminal(text: str) -> None:
    assert width(text) == max(0, wcswidth(text))
