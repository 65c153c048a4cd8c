"""The documents say what is true: commands that exist, imports as they are, snippets that load, links that lead."""

from __future__ import annotations

import ast
import re
import shlex
from collections import defaultdict
from datetime import datetime
from functools import cache
from pathlib import Path

import click
import pytest
from tests.syntax import nodes_of

from csbot.cli import cli
from csbot.commands.coverage import coverage
from csbot.library.load import load_library
from csbot.lint.codes import CODES
from csbot.lint.run import lint
from csbot.replying.context import Context
from csbot.replying.guard import Guard
from csbot.replying.mask import mask
from csbot.replying.responder import HOLDING, Responder
from csbot.rules.scan import RuleSet
from csbot.rules.wording.model import Kind, PhraseRule

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "csbot"
READMES = ("README.md", "README.zh-CN.md")
DOCUMENTS = sorted(path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")))
FENCE = re.compile(r"^```(?P<language>\S*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def fences(name: str, language: str) -> list[str]:
    return [found["body"] for found in FENCE.finditer(read(name)) if found["language"] == language]


def commands(name: str) -> list[str]:
    """Return the command lines of a document, without the prompt."""
    return [line[2:] for body in fences(name, "console") for line in body.splitlines() if line.startswith("$ ")]


def pipeline(command: str) -> list[list[str]]:
    """Return the words of each program of a command line."""
    words = shlex.shlex(command, posix=True, punctuation_chars="|<>&;")
    words.whitespace_split = True
    programs: list[list[str]] = [[]]
    for word in words:
        if word == "|":
            programs.append([])
        else:
            programs[-1].append(word)
    return programs


def csbot_lines(name: str) -> list[list[str]]:
    """Return the arguments of every csbot command in a document, those inside sentences and tables included."""
    text = re.sub(FENCE, "", read(name))
    inline = [found[1] for found in re.finditer(r"`(csbot [^`\n]+)`", text)]
    lines = [program for command in (*commands(name), *inline) for program in pipeline(command)]
    return [line[1:] for line in lines if line[:1] == ["csbot"]]


def test_both_readmes_show_the_same_commands() -> None:
    english, chinese = (commands(name) for name in READMES)
    assert english
    assert english == chinese


def test_both_readmes_show_the_same_output() -> None:
    english, chinese = (fences(name, "console") + fences(name, "text") for name in READMES)
    assert english == chinese


def test_both_readmes_show_the_same_figures() -> None:
    english, chinese = (re.findall(r"(?<![\w.])\d*\.\d{2,}|\d{4}-\d\d-\d\d", read(name)) for name in READMES)
    assert english == chinese


@pytest.mark.parametrize(
    ("name", "exact", "rounded"),
    [
        ("README.md", r"comes with (\d+) situations and (\d+) forbidden rules", r"more than (\d+) (?:rep|exa|mes)"),
        ("README.zh-CN.md", r"自带 (\d+) 个情景和 (\d+) 条禁用语规则", r"(\d+) 多条"),
    ],
)
def test_the_size_of_the_library_is_that_of_the_files(name: str, exact: str, rounded: str) -> None:
    library = load_library(str(ROOT))
    found = re.search(exact, read(name))
    assert found is not None
    assert [int(number) for number in found.groups()] == [len(library.intents), len(library.forbidden)]
    replies = sum(len(script.replies) for script in library.scripts.values())
    examples = sum(len(intent.examples) for intent in library.intents.values())
    sizes = (replies, examples, len(library.out_of_scope))
    for said, size in zip(re.findall(rounded, read(name)), sizes, strict=True):
        assert int(said) < size < int(said) * 1.2


@pytest.mark.parametrize("name", DOCUMENTS)
def test_commands_and_options_exist(name: str) -> None:
    for arguments in csbot_lines(name):
        known = options_of(cli)
        command: click.Command = cli
        for word in arguments:
            if command is cli and word in cli.list_commands(click.Context(cli)):
                found = cli.get_command(click.Context(cli), word)
                assert found is not None
                command, known = found, options_of(found)
            elif isinstance(command, click.Group) and word in command.commands:
                command = command.commands[word]
                known |= options_of(command)
            elif word.startswith("-") and word != "-":
                assert word in known, f"{name}: csbot {' '.join(arguments)}: {word}"
        if command is cli:
            words = [word for word in arguments if not word.startswith("-") and "/" not in word and word != "."]
            assert not words or arguments[0].startswith("-"), f"{name}: no command {words[0]}"


def options_of(command: click.Command) -> set[str]:
    names = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    return names | set(command.get_help_option_names(click.Context(cli, **cli.context_settings)))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_make_targets_exist(name: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    inline = re.findall(r"`(make [^`\n]+)`", read(name))
    shown = [words for command in (*commands(name), *inline) for words in pipeline(command) if words[0] == "make"]
    for words in shown:
        assert words[1] in targets


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_to_files(name: str) -> None:
    text = re.sub(FENCE, "", read(name))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:", target):
            path = (ROOT / name).parent / target.partition("#")[0]
            assert path.exists(), f"{name}: {target}"


@cache
def modules() -> dict[str, list[ast.AST]]:
    """Return every module of the package by its dotted name inside it, with all that it consists of, itself first."""
    found: dict[str, list[ast.AST]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        name = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        found[name.removesuffix(".__init__")] = nodes_of(path.read_text(encoding="utf-8"))
    return found


def imported(nodes: list[ast.AST]) -> set[str]:
    """Return the dotted names that a module imports anywhere in it."""
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            assert node.level == 0, "imports are absolute"
            names |= {f"csbot.{alias.name}" for alias in node.names} if module == "csbot" else {module}
    return names - {"csbot.__version__"}


def declared(language: str) -> dict[str, list[str]]:
    """Return the one fenced list of docs/architecture.md in that language."""
    (body,) = fences("docs/architecture.md", language)
    pairs = [line.split(" → ") for line in body.splitlines()]
    assert len({left for left, _ in pairs}) == len(pairs)
    return {left: [] if right == "nothing" else right.split(", ") for left, right in pairs}


def test_the_list_of_imports_is_that_of_the_source() -> None:
    real: dict[str, set[str]] = defaultdict(set)
    for name, nodes in modules().items():
        part = name.split(".")[0]
        if part == "__init__":
            continue
        real[part] |= {other.split(".")[1] for other in imported(nodes) if other.startswith("csbot.")} - {part}
    assert {part: set(others) for part, others in declared("imports").items()} == dict(real)


@pytest.mark.parametrize("listed", ["imports", "rooms"])
def test_no_part_imports_a_higher_one(listed: str) -> None:
    lower: set[str] = set()
    for part, others in declared(listed).items():
        assert set(others) <= lower, f"{part} imports what stands below it in the list"
        lower.add(part.rpartition(".")[2])


def test_the_list_of_rooms_is_that_of_the_source() -> None:
    real: dict[str, set[str]] = defaultdict(set)
    for name, nodes in modules().items():
        room = ".".join(name.split(".")[:2])
        if name.startswith("console."):
            inside = {other for other in imported(nodes) if other.startswith("csbot.console.")}
            real[room] |= {other.split(".")[2] for other in inside} - {name.split(".")[1]}
    assert {room: set(others) for room, others in declared("rooms").items()} == dict(real)


def test_packages_from_outside_have_one_home() -> None:
    homes: dict[str, set[str]] = defaultdict(set)
    for name, nodes in modules().items():
        for other in imported(nodes):
            homes[other.split(".")[0]].add(name)
    for package, home in declared("packages").items():
        assert homes[package] == set(home)
    assert {name.split(".")[0] for name in homes["prompt_toolkit"]} == {"console", "team"}
    assert {name if name == "commands.progress" else name.split(".")[0] for name in homes["rich"]} == {
        "commands.progress",
        "console",
    }
    assert {name.split(".")[0] for name in homes["numpy"]} == {"matching", "rules"}


def test_modules_named_in_the_documents_exist() -> None:
    names = set(modules())
    parts = "|".join(declared("imports"))
    named = re.findall(rf"`(?:csbot\.)?((?:{parts})(?:\.[a-z_]+)+)`", read("docs/architecture.md"))
    assert named
    assert set(named) <= names


FAMILIES = "|".join(sorted({code.partition(".")[0] for code in CODES}))
CODE = re.compile(rf"(?<![\w./])(?:{FAMILIES})\.[a-z]+(?:-[a-z]+)*(?![\w/])")
FILE_NAMES = ("yaml", "py")


def codes_in_source() -> set[str]:
    """Return everything in the strings of the source that has the shape of a code, docstrings aside."""
    found: set[str] = set()
    for name, nodes in modules().items():
        if name == "lint.codes":
            continue
        holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        docstrings = {
            id(node.body[0].value)
            for node in nodes
            if isinstance(node, holders) and node.body and isinstance(node.body[0], ast.Expr)
        }
        for node in nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                found |= {code for code in CODE.findall(node.value) if code.partition(".")[2] not in FILE_NAMES}
    return found


def test_codes_are_those_of_the_source() -> None:
    assert codes_in_source() == set(CODES)


def test_codes_named_in_the_documents_exist() -> None:
    library = load_library(str(ROOT))
    known = set(CODES) | {rule.id for rule in (*library.forbidden, *library.elements)} | set(library.intents)
    for name in ("docs/library.md", "docs/ci.md", *READMES):
        inline = re.findall(r"`([a-z_]+\.[a-z_-]+)`", re.sub(FENCE, "", read(name)))
        shown = re.findall(r"(?<![\w./])[a-z_]+\.[a-z_]+(?=[ #\"「，+])", "".join(fences(name, "console")))
        named = {
            each
            for each in (*inline, *shown)
            if each.partition(".")[2] not in (*FILE_NAMES, "md", "json", "jsonl", "sarif", "xml")
        }
        assert named <= known, f"{name}: {sorted(named - known)}"


@pytest.fixture
def documented_library(tmp_path: Path) -> Path:
    """Write the snippets of docs/library.md to the files that they name."""
    for body in fences("docs/library.md", "yaml"):
        place = re.match(r"# (\S+\.yaml)\n", body)
        assert place is not None, "a snippet begins with the name of its file"
        path = tmp_path / place[1]
        assert not path.exists(), f"{place[1]} stands twice"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")
    return tmp_path


def test_the_snippets_are_a_library(documented_library: Path) -> None:
    problems, library = lint(documented_library)
    assert [str(problem) for problem in problems if problem.severity == "error"] == []
    # A guide has no room for the thirty examples that a situation needs to be told apart.
    assert [str(problem) for problem in problems if not problem.code.startswith("intent.")] == []
    assert library is not None
    assert HOLDING in library.scripts


def test_a_rule_that_is_switched_off_was_right(documented_library: Path) -> None:
    settings = documented_library / "phrasebook" / "settings.yaml"
    before = {rule.id for rule in load_library(str(documented_library)).forbidden}
    settings.write_text("profiles: []\nswitched_off: []\n", encoding="utf-8")
    problems, library = lint(documented_library)
    assert [str(problem) for problem in problems if not problem.code.startswith("intent.")] == []
    assert library is not None
    assert {rule.id for rule in library.forbidden} - before == {"good_practice.vague_deadline"}


def test_the_snippets_map_every_situation(documented_library: Path) -> None:
    assert coverage(load_library(str(documented_library)))["situations_without_section"] == []


def test_the_snippets_choose_by_the_type_of_complaint(documented_library: Path) -> None:
    responder = Responder(load_library(str(documented_library)))
    context = Context(datetime(2026, 11, 23, 10), complaint_type="理性")
    assert "步骤和结果" in str(responder.respond("能开发票吗", context).as_dict()["reply"])


def test_what_the_library_guide_claims_of_numbers() -> None:
    rows = re.findall(r"^\| ([0-9X ]+) \| (\S*\d\S*) \|$", read("docs/library.md"), re.MULTILINE)
    assert len(rows) == 3
    assert [mask(number) for number, _ in rows] == [masked for _, masked in rows]


def test_what_the_library_guide_claims_of_variants() -> None:
    text = read("docs/library.md")
    names = (
        "夹入符号或空格|从中间换行|夹入不可见字符|繁体字|全角或大小写|重复字|形近字|拆字|人称互换|夹入虚词"
        "|谐音字|拼音首字母|拼音"
    )
    rows = re.findall(rf"^\| (\S+) \| (.+?) \| ((?:{names})(?:、(?:{names}))*) \|$", text, re.MULTILINE)
    assert {name for _, _, ways in rows for name in ways.split("、")} == set(names.split("|"))
    disguises = load_library(str(ROOT)).disguises
    for phrase, written, ways in rows:
        draft = written.replace("⏎", "\n").replace("〔零宽空格〕", "\u200b")
        rules = RuleSet(
            [PhraseRule("test.rule", phrase, "test", "试", "—", Kind.PHRASE, (phrase,))], disguises=disguises
        )
        assert [(hit.found, "、".join(hit.ways)) for hit in rules.scan(draft)] == [(draft, ways)]


def test_what_the_library_guide_claims_of_phrases(documented_library: Path) -> None:
    guard = Guard(load_library(str(documented_library)))
    assert [hit.rule.id for hit in guard.findings("我真的是不知道")] == ["ten_donts.dont_know"]
    assert guard.findings("不知道您方便的时间是几点") == []
