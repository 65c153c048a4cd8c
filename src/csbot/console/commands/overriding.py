"""Sending a draft against the rules: a step of its own, with a reason, and written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csbot.console.commands.replies import copy_reply
from csbot.rules.judging.verdict import Verdict, verdict_of

if TYPE_CHECKING:
    from csbot.console.state.desk import Desk

SHORTEST_REASON = 2  # characters


def send_anyway(desk: Desk, reason: str) -> None:
    """Copy the draft that was refused last, as it was typed.

    One that breaks a rule needs a reason, and is copied only once that is written down: what leaves no trace is not
    sent. One with reminders alone is the agent's own affair.
    """
    conversation = desk.conversation
    draft = conversation.refused
    if not draft:
        desk.view.warn("没有被拦下的话。先用 > 写好，或用 /改 改好，再决定是否仍要发送。")
        return
    hits = desk.responder.guard.findings(draft)
    verdict = verdict_of(hits, {"customer_type": conversation.context.customer_type})
    number: int | None = None
    if verdict is Verdict.VIOLATION:
        reason = " ".join(reason.split())
        if len(reason) < SHORTEST_REASON:
            desk.view.warn("这段话违规，仍要发送请写明理由，如 /仍要发送 客户要求引用原话")
            return
        number = _noted(desk, draft, [hit.rule.id for hit in hits], reason)
        if number is None:
            return
    conversation.ready, conversation.draft = draft, True
    copy_reply(desk, "")
    if number is not None:
        desk.view.warn(f"这段话违规，已按您的决定复制，连同理由记入违规发送记录 {number}。")
    # Once more means deciding once more: an empty Enter must not copy it again.
    conversation.ready, conversation.draft, conversation.refused = "", False, ""


def _noted(desk: Desk, draft: str, rules: list[str], reason: str) -> int | None:
    """Write an override down and return its number; None, said to the agent, where that cannot be done."""
    from csbot.store.database import StoreError

    if desk.keeping.overrides is None:
        desk.view.warn("没有数据文件夹，记不下理由，所以没有复制（CSBOT_DATA_DIR 可以指定一个）。")
        return None
    try:
        return desk.keeping.overrides.add(draft, rules, reason)
    except StoreError as error:
        desk.view.warn(f"{error}。理由记不下来，所以没有复制。")
        return None
