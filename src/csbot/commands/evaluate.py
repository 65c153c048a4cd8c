"""``csbot eval``: how well messages with known situations are recognised."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import click

from csbot.commands.confusions import picture
from csbot.commands.errors import EXIT_CLEAN, InvalidInputError
from csbot.commands.help import command as chinese_command
from csbot.commands.options import json_option, library_option
from csbot.commands.output import json_lines, to_json, write_line
from csbot.commands.training import matcher_for, train_option
from csbot.library.problems import reason_of
from csbot.matching.measure import Measured, measure
from csbot.text.normalise import visible


@chinese_command("eval", short_help="用带标注的消息衡量识别效果")
@click.argument("file", metavar="文件")
@json_option
@click.option("--html", "html", metavar="文件", help="把混淆画成一张网页（单个文件），写到这里。")
@train_option
@library_option
@click.pass_context
def command(
    ctx: click.Context, file: str, as_json: bool, html: str | None, train: str | None, library: str | None
) -> None:
    """用带标注的消息（每行 {"text","intent"}，intent 为 null 表示不属于任何情景）衡量识别效果。"""  # noqa: D415
    entries = list(json_lines(file, "text", "intent"))
    if not entries:
        raise InvalidInputError(f"{file}:1:1: input.empty 文件里没有消息")
    start = time.perf_counter()
    matcher, names = matcher_for(ctx, library, train)
    matcher.match("你好")
    load_seconds = time.perf_counter() - start
    result = measure(matcher, [(entry["text"], entry["intent"]) for entry in entries], time.perf_counter)
    summary = {**result.summary(), "load_s": round(load_seconds, 3)}
    if html is not None:
        _write_picture(html, picture(result, summary, names))
    if as_json:
        write_line(to_json(summary))
    else:
        _write_report(summary, result, names, [entry.get("style") for entry in entries])
    ctx.exit(EXIT_CLEAN)


def _write_picture(name: str, page: str) -> None:
    try:
        Path(name).write_text(page, encoding="utf-8")
    except OSError as error:
        raise InvalidInputError(f"{name}:1:1: file.unwritable 文件写不了：{reason_of(error)}") from None


def _write(line: str) -> None:
    write_line(visible(line))


def _write_report(summary: dict[str, Any], result: Measured, names: dict[str, str], styles: list[Any]) -> None:
    def percent(value: float | None) -> str:
        return "–" if value is None else f"{value:.1%}"

    _write(f"消息 {summary['n']} 条")
    _write(
        f"首选正确 {percent(summary['top1'])}，前三含正确 {percent(summary['top3'])}，宏平均 F1 {summary['macro_f1']}"
    )
    matched, ambiguous, unmatched = (percent(summary[name]) for name in ("matched", "ambiguous", "unmatched"))
    _write(f"判定：已识别 {matched}，拿不准 {ambiguous}，未识别 {unmatched}")
    _write(f"无关消息：AUROC {summary['auroc']}，误识别 {percent(result.out_of_scope_matched)}")
    _write(f"耗时：载入 {summary['load_s']} 秒，中位 {summary['p50_ms']} 毫秒，99% 在 {summary['p99_ms']} 毫秒内")
    _write("\n把握与实际（把握在这一档的消息，首选正确的有多少）")
    for low, share, count in result.reliability():
        _write(f"  {low:.1f}–{low + 0.1:.1f}  {share:6.1%}  {count} 条")
    _write("\n情景                                   条数   召回   精确")
    for intent, count, recall, precision in result.per_intent():
        _write(
            f"  {intent:<36} {count:4d} {percent(recall):>7} {percent(precision):>7}  {names.get(intent, '')}".rstrip()
        )
    by_style: dict[str, list[bool]] = defaultdict(list)
    for row, style in zip(result.rows, styles, strict=True):
        if isinstance(style, str) and row.expected is not None:
            by_style[style].append(row.expected == row.first)
    if by_style:
        _write("\n说法类型         条数   首选正确")
        for style, right in sorted(by_style.items()):
            _write(f"  {style:<14} {len(right):4d}   {sum(right) / len(right):.1%}")
    confusions = Counter((row.expected or "（无关）", row.first or "（无）") for row in result.rows if row.wrong)
    if confusions:
        _write("\n混淆最多的")
        for (expected, got), count in confusions.most_common(10):
            _write(f"  {count} 次  {expected} → {got}")
