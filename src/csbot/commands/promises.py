"""``csbot promises``: what was promised at the console and is due, for people and for other programs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import click

from csbot.commands.errors import EXIT_CLEAN, EXIT_FINDINGS, InvalidInputError
from csbot.commands.help import command as chinese_command
from csbot.commands.options import json_option, length, moment, now_option
from csbot.commands.output import to_json, write_line
from csbot.store.database import StoreError, data_directory
from csbot.store.ledger import FILE_NAME, Ledger, Promise
from csbot.text.normalise import visible

PATIENCE = 5.0  # seconds that a console that is writing is waited for


@chinese_command("promises", short_help="列出控制台里答应过客户、还没有办的事")
@click.option("--due", metavar="时长", callback=length, help="只列多久以内到时限的，如 2h；0m 只列已经到时限的。")
@click.option("--done", type=click.IntRange(min=1), metavar="编号", help="把一件记为完成。")
@json_option
@now_option
@click.pass_context
def command(ctx: click.Context, due: timedelta | None, done: int | None, as_json: bool, now: datetime | None) -> None:
    """列出控制台里答应过客户、还没有办的事。列出了任何一件，退出码是 1；一件也没有是 0；账本读不了是 2。"""  # noqa: D415
    at = moment(ctx, now)
    before = None if due is None else at + due
    folder = data_directory()
    if folder is None and done is None:
        _write([], at, before, as_json)
        ctx.exit(EXIT_CLEAN)
    if folder is None:
        raise InvalidInputError("csbot: 没有数据文件夹，待办没有保存过（CSBOT_DATA_DIR 可以指定一个）")
    ledger = Ledger(folder / FILE_NAME, lambda: at, patience=PATIENCE)
    try:
        if done is not None:
            _complete(ledger, done, as_json)
            ctx.exit(EXIT_CLEAN)
        promises = ledger.open_promises(before)
    except StoreError as error:
        raise InvalidInputError(f"csbot: {error}") from None
    finally:
        ledger.close()
    _write(promises, at, before, as_json)
    ctx.exit(EXIT_FINDINGS if promises else EXIT_CLEAN)


def _complete(ledger: Ledger, number: int, as_json: bool) -> None:
    """Mark a promise as kept; one that was kept before stays so. Raises InvalidInputError where there is none."""
    ledger.complete(number)
    promise = ledger.get(number)
    if promise is None:
        raise InvalidInputError(f"csbot: 没有待办 {number}")
    write_line(to_json({"id": number, "done": True}) if as_json else f"待办 {number} 已完成。")


def _write(promises: list[Promise], now: datetime, before: datetime | None, as_json: bool) -> None:
    if as_json:
        fields = [_fields(each, now) for each in promises]
        until = None if before is None else _stamp(before)
        write_line(to_json({"now": _stamp(now), "due_before": until, "promises": fields}))
        return
    for each in promises:
        late = "已到时限" if each.due <= now else "未到时限"
        who = each.customer or "（未称呼）"
        write_line(visible(f"#{each.id}  {each.due:%Y-%m-%d %H:%M}  {late}  {who}  {each.wording}"))
    if not promises:
        write_line("没有待办。" if before is None else f"{before:%Y-%m-%d %H:%M} 以前没有要办的。")


def _fields(promise: Promise, now: datetime) -> dict[str, Any]:
    return {
        "id": promise.id,
        "customer": promise.customer or None,
        "wording": promise.wording,
        "text": promise.text,
        "made": _stamp(promise.made),
        "due": _stamp(promise.due),
        "overdue": promise.due <= now,
    }


def _stamp(moment: datetime) -> str:
    """Return a moment by RFC 3339, with the offset of the local time."""
    return moment.astimezone().isoformat(timespec="seconds")
