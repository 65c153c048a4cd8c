"""What was promised to customers: listed, shown, completed, postponed and reopened by ``/待办``."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from csbot.console.serving.promising import moment
from csbot.text.regex import regex

if TYPE_CHECKING:
    from csbot.console.state.desk import Desk
    from csbot.store.ledger import Promise

LISTED = 20
HOW = "/待办 完成 编号；/待办 推迟 编号 2小时；/待办 编号 看全文"
# A length of time and no moment, 「2小时」「再三天」「半个工作日后」: by that much something is put off.
_LENGTH = regex(
    r"(?:再|过|推迟|延后)?(?:半|[0-9]+(?:\.[0-9]+)?|[一二两三四五六七八九十]+)个?半?"
    r"(?:分钟|刻钟|小时|钟头|工作日|天|日|周|星期|礼拜|月)(?:[以之]?[后内])?"
)
_ACTIONS = {
    **dict.fromkeys(("完成", "办完", "done"), "done"),
    **dict.fromkeys(("推迟", "延后", "postpone"), "postpone"),
    **dict.fromkeys(("恢复", "reopen"), "reopen"),
}


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
        due = _later("".join(rest[1:]), now, promise.due)
        if due is None:
            view.warn("请写推迟到什么时候，如 /待办 推迟 3 2小时、/待办 推迟 3 明天上午")
        elif ledger.postpone(number, due):
            view.note(f"待办 {number} 推迟到 {moment(due, now)}。请记得告诉客户。")
        else:
            view.warn(f"待办 {number} 已经完成，不用推迟。")
    desk.keeping.changed()


def _later(wording: str, now: datetime, due: datetime) -> datetime | None:
    """Return the moment that an agent names: 「明天上午10点」, or 「2小时」 later than what was ``due``.

    What is overdue already is put off from now on: nobody keeps a time that has gone by.
    """
    from csbot.replying.deadlines import deadlines
    from csbot.text.normalise import normalise

    folded = normalise(wording).text
    found = list(deadlines(folded, max(now, due) if _LENGTH.fullmatch(folded) else now))
    return found[0].due if len(found) == 1 and found[0].due > now else None


def _list(desk: Desk) -> None:
    from csbot.console.screen.layout import clip

    room = 28 if desk.view.width >= 80 else 16  # of a customer with an order number

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
        who = clip(each.customer, room) if each.customer else "（未称呼）"
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
