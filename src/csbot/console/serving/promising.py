"""What happens when a reply is taken: its use is counted, and what it promises is written down."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from csbot.console.serving.progress import missing, named, note_taken
from csbot.console.serving.turns import remember_shown
from csbot.console.state.keeping import Waiting

if TYPE_CHECKING:
    from csbot.console.state.conversation import Turn
    from csbot.console.state.desk import Desk


def reply_taken(desk: Desk) -> None:
    """Note that the agent took the reply on the screen: count its use, and write down what it promises.

    Another wording of the same reply takes the place of the first. Nothing here stops the agent.
    """
    conversation, basket = desk.conversation, desk.conversation.basket
    stacked = conversation.draft and basket.is_whole(conversation.ready)
    turn = None if conversation.draft else conversation.turn
    variant = turn.variant() if turn else None
    situations = basket.situations if stacked else variant.intents if variant else ()
    as_written = situations if variant is not None and conversation.ready == variant.filled.text else ()
    if stacked:
        as_written = tuple(each for item in basket.items if item.by_script for each in item.situations)
    note_taken(conversation, conversation.ready, situations, desk.responder, as_written)
    if situations:
        desk.keeping.used(situations)
    if turn is not None:
        remember_shown(desk)
    _promise(desk, turn, stacked=stacked)
    _tell_missing(desk)
    if stacked and basket.items:
        basket.clear()
        desk.view.note("拼接已清空；/拼 撤销 可以取回。")
    elif basket.items:
        desk.view.note(f"拼接里还有 {len(basket.items)} 段（F6 查看）。")


def _tell_missing(desk: Desk) -> None:
    """Say what the manual still requires in this conversation, where that is not what was said last."""
    progress = desk.conversation.progress
    names = tuple(missing(desk.conversation, desk.responder.library))
    if names and names != progress.told:
        desk.view.note(f"还没说到：{named(names)}（手册要求）。")
    progress.told = names


def _promise(desk: Desk, turn: Turn | None, *, stacked: bool) -> None:
    """Write down what the text that was taken promises; ``turn`` is the one that it answers, if any."""
    conversation = desk.conversation
    if desk.keeping.ledger is None:
        return
    from csbot.replying.mask import mask
    from csbot.replying.promises import promised

    text, now = conversation.ready, desk.clock()
    promise = promised(desk.responder, text, now)
    if promise is None:
        return
    customer = customer_of(desk)
    earlier = turn.promise if turn else conversation.basket.promise if stacked else conversation.drafts.get(text)
    if stacked and earlier is None:
        earlier = _stacked_before(desk, mask(promise.wording))
    number = _replaced(desk, earlier, customer, text, promise.wording, promise.due)
    if number is None:
        number = desk.keeping.write(Waiting(mask(customer), mask(text), mask(promise.wording), promise.due, now))
    if number is None:
        desk.view.warn(f"{desk.keeping.trouble}。这个承诺先记在内存里，离开前请腾出磁盘；回复已经可以发送。")
    else:
        if turn is not None:
            turn.promise = number
        elif stacked:
            conversation.basket.promise = number
        else:
            conversation.note_draft(text, number)
        conversation.promises.add(number)
        who = "" if customer else "；客户还没有称呼，/客户 王 先生 会补上"
        desk.view.note(f"已记入待办 {number}：{moment(promise.due, now)}前，{promise.wording}{who}")


def _stacked_before(desk: Desk, wording: str) -> int | None:
    """Return the number of a promise that was made with a reply of the basket, taken alone before; else None."""
    from csbot.replying.mask import mask
    from csbot.store.database import StoreError

    assert desk.keeping.ledger is not None
    texts = {mask(text) for item in desk.conversation.basket.items for text in (item.text, *item.before)}
    try:
        for number in sorted(desk.conversation.promises):
            found = desk.keeping.ledger.get(number)
            if found is not None and found.done is None and found.wording == wording and found.text in texts:
                return number
    except StoreError:
        return None  # writing the promise will say what is wrong
    return None


def _replaced(desk: Desk, earlier: int | None, customer: str, text: str, wording: str, due: datetime) -> int | None:
    """Put a wording in the place of an earlier one; return its number, None where there is none to replace."""
    from csbot.store.database import StoreError

    assert desk.keeping.ledger is not None
    if earlier is None:
        return None
    try:
        replaced = desk.keeping.ledger.reword(earlier, customer, text, wording, due)
    except StoreError:
        return None  # writing it anew will say what is wrong
    desk.keeping.changed()
    return earlier if replaced else None


def customer_of(desk: Desk) -> str:
    """Return how the agent named the customer: name and form of address, and the number of the order."""
    slots = desk.conversation.context.slots
    name = desk.conversation.address or slots.get("姓氏", "")
    return "，".join(part for part in (name, slots.get("订单号", "")) if part)


def customer_named(desk: Desk) -> None:
    """Write the customer's name, told only now, to what was promised in this conversation."""
    from csbot.store.database import StoreError

    if desk.keeping.ledger is None:
        return
    try:
        for number in desk.conversation.promises:
            desk.keeping.ledger.name(number, customer_of(desk))
    except StoreError as error:
        desk.view.warn(f"{error}。待办里的客户没有补上。")


def moment(when: datetime, now: datetime) -> str:
    """Return a moment as briefly as can be: 「今天 17:00」「明天 09:30」「11-27 17:00」."""
    days = (when.date() - now.date()).days
    day = {-1: "昨天", 0: "今天", 1: "明天"}.get(days, f"{when:%m-%d}" if when.year == now.year else f"{when:%Y-%m-%d}")
    return f"{day} {when:%H:%M}"
