"""``csbot schema``: schemas that are right, up to date, and found by an editor from every file of the library."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from tests.support import PATHS, ROOT, TEXTS, csbot, edited

from csbot.library.editor import NAMES, SCHEMA_FOLDER, editor_schema, reference, schema_text
from csbot.library.load import read_documents
from csbot.library.locate import kind_of, library_files
from csbot.library.shapes.files import SHAPES
from csbot.library.shapes.fitting import fitting
from csbot.library.shapes.proposals import PROPOSALS
from csbot.library.yaml_reader import parse_yaml

FILES = library_files(ROOT)[0]
HAN = re.compile("[\u4e00-\u9fff]")


def as_an_editor_reads(text: str) -> Any:
    """Return YAML with numbers and truth values, as the core schema of YAML 1.2 has them."""

    class Loader(yaml.SafeLoader):
        pass

    Loader.yaml_implicit_resolvers = {}
    for kind, pattern in (
        ("bool", "true|True|TRUE|false|False|FALSE"),
        ("null", "null|Null|NULL|~|"),
        ("float", r"[-+]?(?:\d+\.\d*|\.\d+)"),
        ("int", r"[-+]?\d+"),
    ):
        Loader.add_implicit_resolver(f"tag:yaml.org,2002:{kind}", re.compile(rf"(?:{pattern})\Z"), None)
    return yaml.load(text, Loader)


def _spoilt(value: Any) -> Iterator[Any]:
    """Yield a value with each one part of it left out, put in the place of its whole, or of another kind."""
    yield from ("", "x", [], {}, ["x"], {"x": "x"}, 7, True, None)
    if isinstance(value, dict):
        yield {**value, "another": "x"}
        for name, each in value.items():
            yield {key: other for key, other in value.items() if key != name}
            yield from ({**value, name: spoilt} for spoilt in _spoilt(each))
    elif isinstance(value, list) and value:
        yield value[1:]
        yield from ([spoilt, *value[1:]] for spoilt in _spoilt(value[0]))


@pytest.mark.parametrize("kind", [*SHAPES, *PROPOSALS])
def test_what_fits_a_shape_is_what_the_validator_lets_pass(kind: str) -> None:
    shape = SHAPES.get(kind) or PROPOSALS[kind]
    fits, validator = fitting(shape), Draft202012Validator(shape)
    held = [parse_yaml(path.read_bytes(), name).data for name, path in FILES.items() if kind_of(name) == kind]
    examples = [_shortened(data) for data in held] or [_example(shape)]
    assert all(map(fits, held))
    for value in (examples[0], *_spoilt(examples[0])):
        assert fits(value) == validator.is_valid(value), value


def _shortened(value: Any) -> Any:
    """Return a value with one member of every list."""
    if isinstance(value, dict):
        return {name: _shortened(each) for name, each in value.items()}
    return [_shortened(each) for each in value[:1]] if isinstance(value, list) else value


def _example(shape: Any) -> Any:
    """Return a value with all that a shape knows of."""
    match shape.get("type"):
        case "object":
            return {name: _example(each) for name, each in shape.get("properties", {}).items()}
        case "array":
            return [_example(shape.get("items", {}))]
        case _:
            return shape["enum"][0] if "enum" in shape else shape.get("examples", ["x"])[0]


def test_a_shape_with_a_keyword_that_is_not_known_is_left_to_the_validator() -> None:
    assert fitting({"type": "string"})("x")
    assert not fitting({"type": "string", "maxLength": 3})("x")
    assert not fitting({"type": "object", "properties": {"a": {"const": "x"}}})({"a": "x"})


@pytest.mark.parametrize("kind", NAMES)
def test_a_schema_is_one(kind: str) -> None:
    for schema in (editor_schema(kind), SHAPES[kind]):
        Draft202012Validator.check_schema(schema)
    assert editor_schema(kind)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def keys_of(shape: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, inner in shape.get("properties", {}).items():
        yield f"{path}.{name}", inner
        yield from keys_of(inner, f"{path}.{name}")
    if "items" in shape:
        yield from keys_of(shape["items"], f"{path}[]")


@pytest.mark.parametrize("kind", NAMES)
def test_every_key_is_explained_in_chinese_by_examples_that_are_right(kind: str) -> None:
    keys = dict(keys_of(editor_schema(kind)))
    assert keys
    for path, shape in keys.items():
        assert HAN.search(shape["title"]), path
        assert HAN.search(shape["description"]), path
        assert shape["description"].endswith(("。", "」开头。")), path
        plain = shape.get("type") != "object" and "items" not in shape.get("items", {})
        assert "examples" in shape or "enum" in shape or not plain or "object" in str(shape), path
        for example in shape.get("examples", ()):
            assert Draft202012Validator(shape).is_valid(example), f"{path}: {example}"
        assert len(shape.get("enumDescriptions", shape.get("enum", ()))) == len(shape.get("enum", ())), path


@pytest.mark.parametrize("kind", NAMES)
def test_the_files_of_the_schemas_are_up_to_date(kind: str) -> None:
    written = (ROOT / SCHEMA_FOLDER / f"{kind}.json").read_text(encoding="utf-8")
    assert written == schema_text(kind), "run: csbot schema --write phrasebook/schemas"


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_the_library_names_its_schema_and_fits_it(name: str) -> None:
    text = FILES[name].read_text(encoding="utf-8")
    first = text.split("\n", 1)[0]
    assert first == reference(name)
    found = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert found is not None
    path = (FILES[name].parent / found[1]).resolve()
    assert path == (ROOT / SCHEMA_FOLDER / f"{kind_of(name)}.json").resolve()
    schema = json.loads(path.read_text(encoding="utf-8"))
    for data in (parse_yaml(text.encode(), name).data, as_an_editor_reads(text)):
        assert [error.message for error in Draft202012Validator(schema).iter_errors(data)] == []


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("occasions", 'days: "8"', "days: 8"),
        ("intents", "keywords: [发票]", "keywords: [发票, 12315]"),
        ("forbidden", "except: [并不是没办法]", "except: [并不是没办法]\n    keep_you: true"),
        ("occasions", 'to: "24:00"', "to: 24:00"),
        ("slots", "default: 24小时", "default: 24"),
    ],
)
def test_an_editor_accepts_what_csbot_accepts(kind: str, old: str, new: str, tmp_path: Path) -> None:
    text = edited(kind, old, new)[kind]
    for each in TEXTS:
        (tmp_path / PATHS[each]).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / PATHS[each]).write_text(text if each == kind else TEXTS[each], encoding="utf-8")
    assert read_documents(tmp_path)[1] == []
    assert Draft202012Validator(editor_schema(kind)).is_valid(as_an_editor_reads(text))


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("intents", "keywords: [发票]", "keyword: [发票]"),
        ("intents", "    cue: 客户要开发票\n", ""),
        ("intents", "    cue: 客户要开发票\n", "    cue:\n"),
        ("intents", "keywords: [发票]", "keywords: 发票"),
        ("forbidden", "severity: warning", "severity: warn"),
        ("occasions", 'days: "8"', "days: 八"),
    ],
)
def test_an_editor_refuses_what_csbot_refuses(kind: str, old: str, new: str) -> None:
    text = edited(kind, old, new)[kind]
    assert not Draft202012Validator(editor_schema(kind)).is_valid(as_an_editor_reads(text))


def test_one_schema_is_printed() -> None:
    done = csbot("schema", "slots")
    assert (done.returncode, json.loads(done.stdout)) == (0, editor_schema("slots"))


def test_all_schemas_are_listed_and_printed_as_json() -> None:
    listed = csbot("schema")
    assert listed.returncode == 0
    assert [line.split()[0] for line in listed.stdout.splitlines()[::2]] == list(NAMES)
    assert {line.strip() for line in listed.stdout.splitlines()[1::2]} == {
        reference(name) for name in (*FILES, "layer.yaml")
    }
    assert json.loads(csbot("schema", "--json").stdout) == {kind: editor_schema(kind) for kind in NAMES}


def test_schemas_are_written_once(tmp_path: Path) -> None:
    done = csbot("schema", "--write", "a/b", cwd=tmp_path)
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == len(NAMES)
    for kind in NAMES:
        assert (tmp_path / "a" / "b" / f"{kind}.json").read_text(encoding="utf-8") == schema_text(kind)
    assert csbot("schema", "--write", "a/b", cwd=tmp_path).stdout == ""


def test_what_cannot_be_written_or_is_not_there_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for arguments in (["schema", "--write", "file"], ["schema", "nothing"]):
        done = csbot(*arguments, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert HAN.search(done.stderr)
