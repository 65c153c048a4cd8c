"""JSON Schema for editors, and the first line by which a YAML file names its schema."""

from __future__ import annotations

import json
import posixpath
from typing import Any

from csbot.library.locate import CONVERSATIONS, FOLDERS, KINDS, kind_of
from csbot.library.schema import DIALECT, LAYERED
from csbot.library.shapes.files import SHAPES
from csbot.library.shapes.parts import Shape

SCHEMA_FOLDER = "phrasebook/schemas"  # inside a library, so that its files find them wherever it is copied to
NAMES = tuple(SHAPES)


def editor_schema(kind: str) -> Shape:
    """Return the JSON Schema 2020-12 of a kind of file, as an editor needs it.

    csbot reads every scalar as text. An editor reads ``8`` as a number and ``true`` as a truth value, so
    these are allowed here wherever csbot takes the text that stands there.
    """
    comment = "由 csbot schema 生成，请不要手改。"
    shape: Shape = _for_editors(SHAPES[kind])
    if kind in LAYERED:  # the file of a layer may be a part; the loader tells where a complete one lacks something
        shape = {key: value for key, value in shape.items() if key != "required"}
    return {"$schema": DIALECT, "$comment": comment, **shape, "title": f"{shape['title']}（{_files(kind)}）"}


def _files(kind: str) -> str:
    folders = {f"{folder}/*.yaml": each for folder, each in FOLDERS.items()}
    folders[f"{CONVERSATIONS}*.yaml"] = "conversations"
    return next(name for name, each in {**KINDS, **folders}.items() if each == kind)


def _for_editors(value: Any) -> Any:
    if isinstance(value, list):
        return [_for_editors(each) for each in value]
    if not isinstance(value, dict):
        return value
    result = {name: _for_editors(each) for name, each in value.items()}
    if value.get("enum") == ["true", "false"]:
        return {
            **result,
            "enum": ["true", "false", True, False],
            "enumDescriptions": value["enumDescriptions"] * 2,
        }
    if value.get("type") != "string":
        return result
    if "pattern" in value:
        only_digits = not any(mark in value["pattern"] for mark in "-:_")
        return {**result, "type": ["string", "integer"]} if only_digits else result
    scalars = ["string", "number", "boolean"]
    return {**result, "type": scalars if "minLength" in value else [*scalars, "null"]}


def schema_text(kind: str) -> str:
    """Return the schema of a kind as the text of its file."""
    return json.dumps(editor_schema(kind), ensure_ascii=False, indent=2) + "\n"


def reference(name: str) -> str:
    """Return the first line of a YAML file, given by its path inside a library, that names its schema."""
    schema = f"{SCHEMA_FOLDER}/{kind_of(name)}.json"
    return f"# yaml-language-server: $schema={posixpath.relpath(schema, posixpath.dirname(name) or '.')}"


def references() -> dict[str, tuple[str, str]]:
    """Return for every kind the files that follow it and their first line."""
    return {kind: (_files(kind), reference(_files(kind))) for kind in NAMES}
