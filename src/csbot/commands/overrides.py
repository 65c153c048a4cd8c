"""``csbot overrides``: what was sent at the console against the rules, for people and for other programs."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from csbot.commands.errors import EXIT_CLEAN, EXIT_FINDINGS, InvalidInputError
from csbot.commands.help import command as chinese_command
from csbot.commands.options import json_option, length, moment, now_option
from csbot.commands.output import to_json, write_line
from csbot.store.database import StoreError, data_directory
from csbot.store.overrides import FILE_NAME, Override, Overrides
from csbot.text.normalise import visible

PATIENCE = 5.0  # seconds that a console that is writing is waited for


@chinese_command("overrides", short_help="列出控制台里明知违规仍然发送的话")
@click.option("--since", metavar="时长", callback=length, help="只列多久以内的，如 8h、7d。")
@json_option
@now_option
@click.pass_context
def command(ctx: click.Context, since: timedelta | None, as_json: bool, now: datetime | None) -> None:
    """列出坐席在控制台里用 /仍要发送 发出的话、违反的规则和理由。有一条，退出码就是 1；没有是 0；记录读不了是 2。"""  # noqa: D415
    at = moment(ctx, now)
    start = None if since is None else at - since
    folder = data_directory()
    found: list[Override] = []
    if folder is not None:
        overrides = Overrides(folder / FILE_NAME, lambda: at, patience=PATIENCE)
        try:
            found = overrides.since(start)
        except StoreError as error:
            raise InvalidInputError(f"csbot: {error}") from None
        finally:
            overrides.close()
    _write(found, start, as_json)
    ctx.exit(EXIT_FINDINGS if found else EXIT_CLEAN)


def _write(found: list[Override], start: datetime | None, as_json: bool) -> None:
    if as_json:
        fields = [
            {"id": each.id, "made": _stamp(each.made), "text": each.text, "rules": each.rules, "reason": each.reason}
            for each in found
        ]
        write_line(to_json({"since": None if start is None else _stamp(start), "overrides": fields}))
        return
    for each in found:
        rules = " ".join(each.rules)
        write_line(visible(f"#{each.id}  {each.made:%Y-%m-%d %H:%M}  {rules}  理由：{each.reason}"))
        write_line(visible("    " + " ".join(each.text.split("\n"))))
    if not found:
        write_line("没有明知违规仍然发送的话。")


def _stamp(moment: datetime) -> str:
    """Return a moment by RFC 3339, with the offset of the local time."""
    return moment.astimezone().isoformat(timespec="seconds")
