"""``csbot eval``: how well messages with known situations are recognised."""

from __future__ import annotations

import time
from pathlib import Path

import click

from csbot.commands.errors import EXIT_CLEAN, InvalidInputError
from csbot.commands.help import command as chinese_command
from csbot.commands.options import json_option, library_option
from csbot.commands.output import json_lines, to_json, write_line
from csbot.commands.training import matcher_for, train_option
from csbot.library.problems import reason_of
from csbot.matching.measure import measure


@chinese_command("eval", short_help="用带标注的消息衡量识别效果")
@click.argument("file", metavar="文件")
@json_option
@click.option("--html", "html", metavar="文件", help="把结果和混淆画成一张网页（单个文件），写到这里。")
@train_option
@library_option
@click.pass_context
def command(
    ctx: click.Context, file: str, as_json: bool, html: str | None, train: str | None, library: str | None
) -> None:
    """用带标注的消息（每行 {"text","intent"}，intent 为 null 表示不属于任何情景，可以加 style 写明说法）衡量识别效果。"""  # noqa: D415, E501
    entries = list(json_lines(file, "text", "intent"))
    if not entries:
        raise InvalidInputError(f"{file}:1:1: input.empty 文件里没有消息")
    start = time.perf_counter()
    matcher, names = matcher_for(ctx, library, train)
    matcher.match("你好")
    load_seconds = time.perf_counter() - start
    styles = [entry["style"] if isinstance(entry.get("style"), str) else "" for entry in entries]
    messages = [(entry["text"], entry["intent"]) for entry in entries]
    result = measure(matcher, messages, time.perf_counter, styles)
    summary = {**result.summary(), "load_s": round(load_seconds, 3)}
    if html is not None:
        from csbot.commands.evaluation_page import page

        _write_page(html, page(result, summary, names))
    if as_json:
        write_line(to_json(summary))
    else:
        from csbot.commands.evaluation_text import report

        for line in report(result, summary, names):
            write_line(line)
    ctx.exit(EXIT_CLEAN)


def _write_page(name: str, page: str) -> None:
    try:
        Path(name).write_text(page, encoding="utf-8")
    except OSError as error:
        raise InvalidInputError(f"{name}:1:1: file.unwritable 文件写不了：{reason_of(error)}") from None
