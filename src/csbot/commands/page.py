"""``csbot page``: the library as one page that anybody can read and search in a browser."""

from __future__ import annotations

from pathlib import Path

import click

from csbot.commands.errors import EXIT_CLEAN, InvalidInputError
from csbot.commands.exporting import write_sheet
from csbot.commands.help import command as chinese_command
from csbot.commands.options import library_option, moment, open_library
from csbot.commands.output import json_lines, write_line
from csbot.text.normalise import visible

ENDINGS = (".html", ".htm")


@chinese_command("page", short_help="把话术库做成一张网页，给人看")
@click.argument("file", metavar="网页.html")
@click.option("--drafts", metavar="文件", help='每行 {"text": …} 的坐席的话：另写明每条规则在其中命中了几段。')
@click.option("--no-overlaps", is_flag=True, help="不比较情景之间的重叠：大的话术库第一次要比较几十秒。")
@library_option
@click.pass_context
def command(ctx: click.Context, file: str, drafts: str | None, no_overlaps: bool, library: str | None) -> None:
    """把话术库做成一张网页（单个文件，不联网）：情景和回复、要素、规则、重叠、手册对照，可以查找和打印。"""  # noqa: D415
    from csbot.pages.gather import gather
    from csbot.pages.render import render
    from csbot.replying.guard import GuardError

    path = Path(file)
    if path.suffix.lower() not in ENDINGS:
        raise click.UsageError(f"{visible(file)} 不是网页的名字：请以 .html 结尾")
    texts = None if drafts is None else [entry["text"] for entry in json_lines(drafts, "text")]
    loaded = open_library(ctx, library)
    try:
        page = gather(loaded, moment(ctx, None).date(), overlaps=not no_overlaps, drafts=texts)
    except GuardError as error:
        raise InvalidInputError(f"csbot: {error}") from None
    content = render(page).encode("utf-8", "backslashreplace")
    write_sheet(path, content)
    write_line(visible(f"已写入 {file}：情景 {len(loaded.intents)} 个，{len(content) / 1e6:.1f} MB"))
    ctx.exit(EXIT_CLEAN)
