"""``csbot library``: which library is used, of which layers it is made, and what each of them changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from csbot.commands.errors import EXIT_CLEAN
from csbot.commands.help import command as chinese_command
from csbot.commands.options import json_option, library_option, open_library
from csbot.commands.output import to_json, write_line
from csbot.library.account import LayerChange
from csbot.library.models import Library
from csbot.library.problems import shown_path
from csbot.text.normalise import visible

DONE = {"new": "新增", "add": "补充", "replace": "替换", "off": "停用"}


Entry = tuple[str, str, str]  # what an entry is referred to by, what it is called, and what stands in it
LISTED: dict[str, Callable[[Library], list[Entry]]] = {
    "situations": lambda library: [(each.id, each.name, each.cue) for each in library.intents.values()],
    "elements": lambda library: [
        (each.id, each.name, "".join(f"例：{text}" for text in each.positives[:1])) for each in library.elements
    ],
    "slots": lambda library: [(each.name, each.prompt, each.default) for each in library.slots.values()],
    "festivals": lambda library: [(each.name, each.greeting, "") for each in library.festivals],
    "periods": lambda library: [(each.name, each.greeting, "") for each in library.day_periods],
    "rules": lambda library: [(each.id, each.name, f"改说：{each.instead}") for each in library.forbidden],
}


@chinese_command("library", short_help="用的是哪个话术库，由哪几层组成，各层改了什么")
@click.option(
    "--list", "listed", type=click.Choice(list(LISTED)), help="列出全部的情景、要素、变量、节日、时段或规则。"
)
@json_option
@library_option
@click.pass_context
def command(ctx: click.Context, listed: str | None, as_json: bool, library: str | None) -> None:
    """说明用的是哪个话术库、由哪几层组成；每一层新增、补充、替换、停用了什么，写在哪里，理由是什么。--list 列出编号和名称。"""  # noqa: D415, E501
    loaded = open_library(ctx, library)
    if listed is not None:
        entries = LISTED[listed](loaded)
        if as_json:
            write_line(to_json([dict(zip(("id", "name", "example"), each, strict=True)) for each in entries], 2))
        else:
            for each in entries:
                write_line(visible("  ".join(filter(None, each))))
    elif as_json:
        write_line(to_json(_as_dict(loaded), 2))
    else:
        for line in _lines(loaded):
            write_line(visible(line))
    ctx.exit(EXIT_CLEAN)


def _as_dict(library: Library) -> dict[str, Any]:
    return {
        "root": str(library.root),
        "origin": library.origin,
        "digest": library.digest,
        "situations": len(library.intents),
        "replies": sum(len(each.replies) for each in library.scripts.values()),
        "rules": len(library.forbidden),
        "layers": [
            {
                "root": layer.root,
                "level": layer.level,
                "name": layer.name or None,
                "changes": [
                    {
                        "change": change.how,
                        "what": change.what,
                        "name": change.name,
                        "path": change.path,
                        "line": change.line,
                        "reason": change.reason or None,
                    }
                    for change in library.layer_changes
                    if change.layer == number
                ],
            }
            for number, layer in enumerate(library.layers)
        ],
    }


def _lines(library: Library) -> Iterator[str]:
    replies = sum(len(each.replies) for each in library.scripts.values())
    yield f"话术库  {library.root}（{library.origin}）"
    yield f"内容    情景 {len(library.intents)} 个，回复 {replies} 条，禁用语规则 {len(library.forbidden)} 条"
    yield f"版本    {library.digest[:12]}"
    for number, layer in reversed(list(enumerate(library.layers))):
        yield f"第 {number + 1} 层  {layer.title}  {shown_path(Path(layer.root))}"
        for change in library.layer_changes:
            if change.layer == number:
                yield f"  {described(change)}"


def described(change: LayerChange) -> str:
    """Return in one line what a layer does and where: 「停用 情景 payment.invoice  layer.yaml:5  理由：…」."""
    reason = f"  理由：{change.reason}" if change.reason else ""
    return f"{DONE[change.how]} {change.what} {change.name}  {shown_path(Path(change.path))}:{change.line}{reason}"
