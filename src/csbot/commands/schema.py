"""``csbot schema``: the shape of the YAML files as JSON Schema, for editors."""

from __future__ import annotations

from pathlib import Path

import click

from csbot.commands.errors import EXIT_CLEAN, InvalidInputError
from csbot.commands.help import command as chinese_command
from csbot.commands.options import json_option
from csbot.commands.output import to_json, write_line
from csbot.library.editor import NAMES, editor_schema, references, schema_text
from csbot.library.problems import reason_of
from csbot.text.normalise import visible


@chinese_command("schema", short_help="给编辑器用的 YAML 写法说明（JSON Schema）")
@click.argument("name", metavar="[名称]", type=click.Choice(NAMES), required=False)
@click.option("--write", "folder", metavar="文件夹", help="把每一种都写成文件：文件夹/名称.json。")
@json_option
@click.pass_context
def command(ctx: click.Context, name: str | None, folder: str | None, as_json: bool) -> None:
    """写出一种 YAML 文件的 JSON Schema（2020-12）；不带名称时列出各种文件，以及它们的第一行应当怎样写。"""  # noqa: D415
    names = (name,) if name else NAMES
    if folder is not None:
        _write(Path(folder), names)
    elif name is not None:
        write_line(schema_text(name).rstrip("\n"))
    elif as_json:
        write_line(to_json({each: editor_schema(each) for each in NAMES}, 2))
    else:
        for each, (files, line) in references().items():
            write_line(f"{each}  {files}\n  {line}")
    ctx.exit(EXIT_CLEAN)


def _write(folder: Path, names: tuple[str, ...]) -> None:
    """Write the schemas into a folder; a file that is as it should be is left alone."""
    for name in names:
        path, text = folder / f"{name}.json", schema_text(name).encode()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if path.is_file() and path.read_bytes() == text:
                continue
            path.write_bytes(text)
        except OSError as error:
            message = f"csbot: 写不了 {path}：{reason_of(error)}"
            raise InvalidInputError(message) from None
        write_line(visible(f"已写入 {path}"))
