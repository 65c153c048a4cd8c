"""``--train``: a matcher on labelled lines in place of the library's examples, to measure it on public data."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from csbot.commands.errors import InvalidInputError
from csbot.commands.options import open_library
from csbot.commands.output import json_lines
from csbot.matching.index import NONE, Example
from csbot.matching.matcher import Matcher

train_option = click.option(
    "--train", metavar="文件", help='用这个文件的 {"text","intent"} 行作例句，代替话术库的例句。'
)


def matcher_for(ctx: click.Context, library: str | None, train: str | None) -> tuple[Matcher, dict[str, str]]:
    """Return the matcher to use and the names of its situations (none for ``--train``)."""
    if train is None:
        loaded = open_library(ctx, library)
        return Matcher.for_library(loaded), {identifier: each.name for identifier, each in loaded.intents.items()}
    examples = [Example(entry["text"], entry["intent"] or NONE) for entry in json_lines(train, "text", "intent")]
    if len({example.intent for example in examples}) < 2:
        raise InvalidInputError(f"{train}:1:1: input.labels 至少要有两个不同的 intent 才能识别")
    name = hashlib.sha256(str(Path(train).resolve()).encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return Matcher.for_examples(f"train-{name}", examples), {}
