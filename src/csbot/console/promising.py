"""Promises at the console: written down when a reply is taken, listed, completed and postponed by ``/待办``."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from csbot.console.keeping import Waiting
from csbot.console.lookups import address_of
from csbot.console.progress import missing, named, note_taken
from csbot.console.turns import remember_shown

if TYPE_CHECKING:
    from csbot.console.desk import Desk
    from csbot.console.state import Turn
    from csbot.store.ledger import Promise

LISTED = 20
HOW = "/待办 完成 编号；/待办 推迟 编号 2小时；/待办 编号 看全文"
_ACTIONS = {
    **dict.fromkeys(("完成", "办完", "done"), "done"),
    **dict.fromkeys(("推迟", "延后", "postpone"), "postpone"),
    **dict.fromkeys(("恢复", "reopen"), "reopen"),
}


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
        desk.view.note(f"这位客户还缺：{named(names)}。")
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
    name = address_of(desk) or slots.get("姓氏", "")
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


def todo(desk: Desk, argument: str) -> None:
    """List the promises, show one, complete, postpone or reopen it."""
    from csbot.store.database import StoreError

    if desk.keeping.ledger is None:
        desk.view.warn("没有数据文件夹，待办不会保存（CSBOT_DATA_DIR 可以指定一个）。")
        return
    try:
        desk.keeping.catch_up()
    except StoreError as error:
        desk.view.warn(f"{error}。还有 {len(desk.keeping.waiting)} 个承诺只记在内存里：")
        for each in desk.keeping.waiting:
            desk.view.paragraph(f"{each.customer or '（未称呼）'}  {each.wording}", 2)
    try:
        _act(desk, argument.split())
    except StoreError as error:
        desk.view.warn(f"{error}。")


def _act(desk: Desk, words: list[str]) -> None:
    ledger, view = desk.keeping.ledger, desk.view
    assert ledger is not None
    if not words:
        _list(desk)
        return
    action = _ACTIONS.get(words[0], "")
    rest = words[1:] if action else words
    name = rest[0].removeprefix("#") if rest else ""
    if not name.isdecimal() or len(name) > 9 or (len(rest) > 1 and action != "postpone"):
        view.warn(f"写法：{HOW}")
        return
    number, now = int(name), desk.clock()
    promise = ledger.get(number)
    if promise is None:
        view.warn(f"没有待办 {number}。/待办 列出全部。")
    elif not action:
        _show(desk, promise)
    elif action == "done":
        told = f"待办 {number} 已完成。恢复用 /待办 恢复 {number}"
        view.note(told if ledger.complete(number) else f"待办 {number} 早已完成。")
    elif action == "reopen":
        view.note(f"待办 {number} 已恢复。" if ledger.reopen(number) else f"待办 {number} 没有完成过。")
    else:
        due = _later("".join(rest[1:]), now)
        if due is None:
            view.warn("请写推迟到什么时候，如 /待办 推迟 3 2小时、/待办 推迟 3 明天上午")
        elif ledger.postpone(number, due):
            view.note(f"待办 {number} 推迟到 {moment(due, now)}。请记得告诉客户。")
        else:
            view.warn(f"待办 {number} 已经完成，不用推迟。")
    desk.keeping.changed()


def _later(wording: str, now: datetime) -> datetime | None:
    """Return the moment that an agent names: 「2小时」「明天上午10点」."""
    from csbot.replying.deadlines import deadlines
    from csbot.text.normalise import normalise

    found = list(deadlines(normalise(wording).text, now))
    return found[0].due if len(found) == 1 and found[0].due > now else None


def _list(desk: Desk) -> None:
    from csbot.console.layout import clip

    ledger, now, view = desk.keeping.ledger, desk.clock(), desk.view
    assert ledger is not None
    promises = ledger.open_promises()
    if not promises and desk.keeping.waiting:
        return  # they have just been listed
    if not promises:
        view.note("没有待办。复制的回复里答应了时限（如“24小时内给您答复”），会自动记到这里。")
        return
    rows = []
    for each in promises[:LISTED]:
        who = clip(each.customer, 16) if each.customer else "（未称呼）"
        rows.append((f"#{each.id}", f"{who}  {each.wording}", f"{moment(each.due, now)} {distance(each.due, now)}"))
    width = max(len(label) for label, _, _ in rows)
    view.choices([(label.rjust(width), text, remark) for label, text, remark in rows])
    hidden = len(promises) - len(rows)
    view.note((f"还有 {hidden} 件，先办上面的。" if hidden else "") + HOW)


def _show(desk: Desk, promise: Promise) -> None:
    now = desk.clock()
    state = f"{moment(promise.done, now)} 已完成" if promise.done else distance(promise.due, now)
    desk.view.pairs(
        [
            ("客户", promise.customer or "（未称呼）"),
            ("答应于", moment(promise.made, now)),
            ("时限", f"{moment(promise.due, now)}（{promise.wording}），{state}"),
            ("回复", promise.text),
        ],
        8,
    )


def moment(when: datetime, now: datetime) -> str:
    """Return a moment as briefly as can be: 「今天 17:00」「明天 09:30」「11-27 17:00」."""
    days = (when.date() - now.date()).days
    day = {-1: "昨天", 0: "今天", 1: "明天"}.get(days, f"{when:%m-%d}" if when.year == now.year else f"{when:%Y-%m-%d}")
    return f"{day} {when:%H:%M}"


def distance(when: datetime, now: datetime) -> str:
    """Return how far away a moment is: 「还有 2小时」「已过 3天」."""
    apart = abs(when - now)
    if apart >= timedelta(days=2):
        length = f"{apart.days}天"
    elif apart >= timedelta(hours=1):
        length = f"{int(apart.total_seconds() // 3600)}小时"
    else:
        length = f"{int(apart.total_seconds() // 60)}分钟"
    return f"还有 {length}" if when > now else f"已过 {length}"
