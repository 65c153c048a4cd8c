"""``csbot match``: which situation a message belongs to."""

from __future__ import annotations

import click

from csbot.commands.errors import EXIT_CLEAN
from csbot.commands.help import command as chinese_command
from csbot.commands.options import given_text, json_option, library_option
from csbot.commands.output import json_lines, to_json, write_line
from csbot.commands.training import matcher_for, train_option
from csbot.matching.result import Decision
from csbot.text.normalise import visible


@chinese_command("match", short_help="识别客户消息属于哪个情景")
@click.argument("text", metavar="[文字或文件]", required=False)
@click.option("--jsonl", is_flag=True, help='逐行读 {"text": …}（文件名，或 - 表示标准输入），逐行写结果。')
@json_option
@train_option
@library_option
@click.pass_context
def command(
    ctx: click.Context, text: str | None, jsonl: bool, as_json: bool, train: str | None, library: str | None
) -> None:
    """识别一条客户消息属于哪个情景；加 --jsonl 则逐行识别一个文件。"""  # noqa: D415
    if jsonl:
        matcher, _ = matcher_for(ctx, library, train)
        for entry in json_lines(text or "-", "text"):
            write_line(to_json(matcher.match(entry["text"]).as_dict()))
        ctx.exit(EXIT_CLEAN)
    if text is None:
        raise click.UsageError("请写出要识别的消息，或用 - 从标准输入读")
    matcher, names = matcher_for(ctx, library, train)
    result = matcher.match(given_text(text))
    if as_json:
        write_line(to_json(result.as_dict()))
    else:
        decisions = {Decision.MATCHED: "已识别", Decision.AMBIGUOUS: "拿不准，请选择", Decision.UNMATCHED: "未识别"}
        write_line(visible(f"{decisions[result.decision]}：{'；'.join(result.reasons)}"))
        for candidate in result.candidates:
            mark = "*" if candidate.intent in result.intents else " "
            name = names.get(candidate.intent, "")
            write_line(visible(f"{mark} {candidate.score:4.0%}  {candidate.intent}  {name}".rstrip()))
        if result.unsure is not None:
            meant = "、".join(f"{each.intent} {each.score:.0%}" for each in result.unsure.candidates) or "认不出"
            write_line(visible(f"还有一件拿不准：「{result.unsure.text}」（{meant}）"))
    ctx.exit(EXIT_CLEAN)
