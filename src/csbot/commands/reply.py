"""``csbot reply``: one message, one reply."""

from __future__ import annotations

from datetime import datetime

import click

from csbot.commands.errors import EXIT_CLEAN, EXIT_FINDINGS, InvalidInputError
from csbot.commands.help import command as chinese_command
from csbot.commands.options import (
    given_text,
    json_option,
    library_option,
    moment,
    now_option,
    open_library,
    text_argument,
)
from csbot.commands.output import to_json, write_line
from csbot.commands.progress import waiting
from csbot.library.schema import CHANNELS, COMPLAINT_TYPES, MOODS, PROFILES
from csbot.replying.context import Context
from csbot.replying.responder import Responder
from csbot.replying.slots import SlotError, validate_all
from csbot.text.normalise import visible


@chinese_command("reply", short_help="给一条客户消息配好回复")
@text_argument
@json_option
@click.option("--slot", "slots", multiple=True, metavar="名称=值", help="填变量，可写多次，如 --slot 姓氏=王。")
@click.option("--mood", type=click.Choice(MOODS), help="客户的情绪；不写就从消息里看。")
@click.option("--profile", type=click.Choice(PROFILES), help="行业。")
@click.option("--complaint-type", type=click.Choice(COMPLAINT_TYPES), help="投诉类型：感性要被倾听，理性要解决。")
@click.option("--channel", type=click.Choice(CHANNELS), help="从哪里回复：在线和电话用短的，邮件用完整的。")
@now_option
@library_option
@click.pass_context
def command(
    ctx: click.Context,
    text: str,
    as_json: bool,
    slots: tuple[str, ...],
    mood: str | None,
    profile: str | None,
    complaint_type: str | None,
    channel: str | None,
    now: datetime | None,
    library: str | None,
) -> None:
    """给一条客户消息（- 表示从标准输入读）配好可以直接发送的回复。"""  # noqa: D415
    responder = Responder(open_library(ctx, library))
    try:
        values = validate_all(responder.library.slots, dict(map(_pair, slots)))
    except SlotError as error:
        raise InvalidInputError(f"csbot: {error}") from None
    context = Context(
        moment(ctx, now),
        values,
        mood=mood or "",
        profile=profile or "",
        complaint_type=complaint_type or "",
        channel=channel or "",
    )
    given = given_text(text)
    with waiting():
        response = responder.respond(given, context, limit=1)
    best = response.best
    if as_json:
        write_line(to_json(response.as_dict()))
    elif best is not None:
        write_line(visible(best.filled.text))
    if best is None:
        click.echo(f"csbot: 没有可以发送的回复：{response.why}", err=True)
        ctx.exit(EXIT_FINDINGS)
    if best.filled.open_slots and not as_json:
        names = "、".join(best.filled.open_slots)
        click.echo(f"csbot: 还不能发送，请先填：{names}（--slot 名称=值）", err=True)
    ctx.exit(EXIT_CLEAN)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"「{text}」应写成 名称=值，如 姓氏=王", param_hint="--slot")
    return name.strip(), value
