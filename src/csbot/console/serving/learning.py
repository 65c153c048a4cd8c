"""Keep for the trainer what an agent met: messages that were not recognised, ratings, replies that were reworded."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from csbot.replying.given import PERSONAL
from csbot.store.database import StoreError

if TYPE_CHECKING:
    from csbot.console.state.desk import Desk
    from csbot.matching.result import Match
    from csbot.store.inbox import Kind

NOT_KEPT = "评价没有地方存：这里没有数据文件夹，或者话术库的设置关掉了收集（inbox）。"


def note_message(desk: Desk, message: str, match: Match) -> None:
    """Keep a message whose situation was not recognised, or not for certain."""
    from csbot.matching.result import Decision
    from csbot.store.inbox import Kind

    kinds = {Decision.UNMATCHED: Kind.UNMATCHED, Decision.AMBIGUOUS: Kind.AMBIGUOUS}
    if match.decision in kinds:
        with contextlib.suppress(StoreError):  # the agent has somebody to answer
            _keep(desk, kinds[match.decision], message)


def note_edit(desk: Desk, before: str, after: str) -> None:
    """Keep what an agent made of a reply, once it was found good."""
    from csbot.store.inbox import Kind

    turn = desk.conversation.turn
    if turn is not None and before != after:
        with contextlib.suppress(StoreError):
            _keep(desk, Kind.EDITED, turn.message, turn.current, before, after)


def praise(desk: Desk, argument: str) -> None:
    """Rate the reply on the screen as good."""
    from csbot.store.inbox import Kind

    _rate(desk, Kind.GOOD, argument)


def blame(desk: Desk, argument: str) -> None:
    """Rate the reply on the screen as bad; the argument says why."""
    from csbot.store.inbox import Kind

    _rate(desk, Kind.BAD, argument)


def _rate(desk: Desk, kind: Kind, why: str) -> None:
    turn = desk.conversation.turn
    variant = turn.variant() if turn else None
    if turn is None or variant is None:
        desk.view.warn("还没有可以评价的回复。请先输入或粘贴客户的话。")
        return
    try:
        kept = _keep(desk, kind, turn.message, variant.id, variant.filled.text, why)
    except StoreError as error:
        desk.view.warn(f"{error}。评价没有存下。")
        return
    if not kept:
        desk.view.warn(NOT_KEPT)
        return
    hint = "" if why or kind.value == "good" else "；/差 加原因，培训师更好改"
    desk.view.note(f"记下了：{variant.id} {'好' if kind.value == 'good' else '差'}{hint}。")


def _keep(desk: Desk, kind: Kind, text: str, variant: str = "", reply: str = "", wording: str = "") -> bool:
    """Write down what was met; tell whether anything is kept here at all. Raises StoreError."""
    inbox = desk.keeping.inbox
    if inbox is None or not desk.responder.library.keeps_inbox:
        return False
    slots = desk.responder.library.slots
    values = {**desk.conversation.context.slots, **(desk.conversation.turn.slots if desk.conversation.turn else {})}
    personal = ("姓氏", "订单号", "电话", "文字")
    known = [value for name, value in values.items() if name in slots and slots[name].type in personal]
    known += [value for kind, value in desk.conversation.context.given.items() if kind in PERSONAL]
    inbox.add(kind, text, variant=variant, reply=reply, wording=wording, known=known)
    return True
