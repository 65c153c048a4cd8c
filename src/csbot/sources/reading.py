"""One file as passages: which reader reads it, and how it is opened."""

from __future__ import annotations

import io
from contextlib import closing
from pathlib import PurePath
from typing import NamedTuple

from csbot.sources.opening import opened, text_lines, whole_text
from csbot.sources.passage import Items, failure_of

FORMATS = {
    "text": (".txt", ".text"),
    "markdown": (".md", ".markdown"),
    "yaml": (".yaml", ".yml"),
    "json": (".json",),
    "jsonl": (".jsonl", ".ndjson"),
    "csv": (".csv",),
    "tsv": (".tsv", ".tab"),
    "xlsx": (".xlsx", ".xlsm"),
}
_BY_EXTENSION = {extension: name for name, extensions in FORMATS.items() for extension in extensions}
STANDARD_INPUT = "-"


class Reading(NamedTuple):
    """How files are read: the format where the name does not tell it, the encoding, the columns or keys."""

    format: str | None = None  # a key of FORMATS
    encoding: str | None = None  # one of csbot.sources.encoding.ENCODINGS
    columns: tuple[str, ...] = ()


def format_of(path: str) -> str | None:
    """Return the format that the name of a file tells, None where it tells none."""
    return _BY_EXTENSION.get(PurePath(path).suffix.lower())


def shown(path: str) -> str:
    """Return the name of a file as findings show it."""
    return "<stdin>" if path == STANDARD_INPUT else PurePath(path).as_posix()


def read(path: str, reading: Reading) -> Items:
    """Yield the passages of a file, ``-`` for standard input, and the comments that set findings aside.

    A file of no known format is text. Raises SourceError, at once or where the fault stands: what was given before
    it holds, what stands behind it was not read.
    """
    name = reading.format or format_of(path) or "text"
    fail = failure_of(shown(path))
    with opened(path, fail) as stream:
        if name == "xlsx":
            from csbot.sources.excel import workbook_items

            yield from workbook_items(stream, fail, reading.columns)
            return
        with closing(text_lines(stream, path, reading.encoding, fail)) as lines:
            match name:
                case "text":
                    from csbot.sources.text import text_items

                    yield from text_items(lines, fail)
                case "markdown":
                    from csbot.sources.text import markdown_items

                    yield from markdown_items(lines, fail)
                case "csv" | "tsv":
                    from csbot.sources.tables import table_items

                    yield from table_items(lines, fail, reading.columns, "\t" if name == "tsv" else None)
                case "jsonl":
                    from csbot.sources.json import json_line_items

                    yield from json_line_items(lines, fail, reading.columns)
                case "json":
                    from csbot.sources.json import json_items

                    yield from json_items(whole_text(lines, fail), fail, reading.columns)
                case _:
                    from csbot.sources.yaml import yaml_items

                    yield from yaml_items(whole_text(lines, fail), fail, reading.columns)


def given(text: str) -> Items:
    """Yield the passages of a text that was given as such; only its comments are none of it."""
    from csbot.sources.text import text_items

    return text_items(io.StringIO(text, newline="\n"), failure_of("<text>"))
