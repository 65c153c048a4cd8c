"""Several customers at once: a further one, switching, the list, the end of a conversation and its undoing."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING

from csbot.console.serving.answering import change_and_show, show_again
from csbot.console.serving.progress import missing, mood_in, named, note_met, stages
from csbot.console.serving.promising import customer_named
from csbot.console.state.conversation import MOST, Conversation
from csbot.replying.given import shown

if TYPE_CHECKING:
    from csbot.console.state.desk import Desk

STEPPING = {"后": 1, "下": 1, "下一位": 1, "next": 1, "前": -1, "上": -1, "上一位": -1, "previous": -1}
YES = ("是", "y", "yes", "结束", "1")


def waited(since: datetime, now: datetime) -> str:
    """Return briefly how long somebody has waited: 「刚刚」「5分钟」「2小时」."""
    minutes = max(0, int((now - since).total_seconds() // 60))
    if minutes >= 60:
        return f"{minutes // 60}小时"
    return f"{minutes}分钟" if minutes else "刚刚"


def new_customer(desk: Desk, argument: str) -> None:
    """Begin a conversation with a further customer, who may be named at once; the others stay as they are."""
    current = desk.conversation
    if current.untouched and not argument:
        desk.view.note("这里还没有客户，直接输入或粘贴客户的话就可以。")
        return
    if not current.untouched:
        number = desk.free_number
        if number is None:
            desk.view.warn(f"已经有 {MOST} 位客户了，先 /结束 一位再接。")
            return
        desk.open(current.for_next(number))
        desk.view.note(f"已接待第 {number} 位，原来的对话都在：/切换 {current.number} 或 Alt-{current.number} 回去。")
    if argument:
        customer(desk, argument)


def customer(desk: Desk, argument: str) -> None:
    """Set the customer's surname and form of address: 「王 先生」 or 「王先生」; show them without an argument."""
    from csbot.replying.slots import SlotError, validate

    slots = desk.responder.library.slots
    context = desk.conversation.context
    if not argument:
        desk.view.note(f"客户：{desk.conversation.name or '还不知道称呼'}。写法：/客户 王 先生")
        for heading, text in standing(desk, desk.conversation):
            desk.view.paragraph(text, style="faint", lead=f"{heading}：")
        return
    words = unicodedata.normalize("NFKC", argument).split()
    titles = slots["称谓"].choices if "称谓" in slots else ()
    if len(words) == 1:
        title = next((each for each in titles if words[0].endswith(each) and words[0] != each), "")
        words = [words[0].removesuffix(title), *([title] if title else [])]
    if len(words) > 2:
        desk.view.warn("写法：/客户 姓氏 称谓，如 /客户 王 先生")
        return
    try:
        values = {name: validate(slots[name], word) for name, word in zip(("姓氏", "称谓"), words, strict=False)}
    except (SlotError, KeyError) as error:
        desk.view.warn(str(error))
        return
    context.slots.update(values)
    desk.view.note(f"客户：{''.join(values.values())}")
    customer_named(desk)
    change_and_show(desk)


def switch(desk: Desk, argument: str) -> None:
    """Turn to the customer with a number or a name, to the one before or after, or to who has waited longest."""
    wanted = unicodedata.normalize("NFKC", argument.strip()).lower()
    if len(desk.conversations) == 1 and (not wanted or wanted in STEPPING):
        desk.view.note("现在只有一位客户；/新客户（Alt-N）再接一位。")
        return
    if not wanted:
        others = [each for each in desk.owed if each is not desk.conversation]
        if not others:
            desk.view.note("没有别的客户在等回复。/切换 数字 切到某一位，/客户列表 看全部。")
            return
        found: Conversation | None = others[0]
    elif wanted in STEPPING:
        place = desk.conversations.index(desk.conversation) + STEPPING[wanted]
        found = desk.conversations[place % len(desk.conversations)]
    elif wanted.isdecimal():
        found = desk.numbered(int(wanted))
    else:
        found = next((each for each in desk.conversations if each.name and wanted in each.name.lower()), None)
    if found is None:
        known = "、".join(f"{each.number} {each.name}".strip() for each in desk.conversations)
        desk.view.warn(f"没有客户「{argument.strip()}」。现在有：{known}。")
        return
    desk.conversation = found
    show(desk)


def show(desk: Desk) -> None:
    """Show the customer who is being served and what was on the screen."""
    conversation, now = desk.conversation, desk.clock()
    unknown = "（未知）" if conversation.turn else "新客户"
    parts = [f"{conversation.number} {conversation.name or unknown}"]
    parts += circumstances(conversation)
    if conversation.waiting_since:
        parts.append(f"等回复 {waited(conversation.waiting_since, now)}")
    desk.view.rule("  ".join(parts))
    _show_standing(desk, conversation)
    if conversation.turn is None and not conversation.ready:
        desk.view.note("还没有消息，直接输入或粘贴客户的话。")
        return
    if conversation.turn is not None and conversation.turn.message:
        desk.view.said(conversation.turn.message)
    show_again(desk)


def circumstances(conversation: Conversation) -> list[str]:
    """Return under what circumstances a customer is served: trade, channel, mood and types, where they are known."""
    context, mood = conversation.context, mood_in(conversation)
    known = (context.profile, context.channel, mood, context.complaint_type, context.customer_type)
    return [each for each in known if each]


def standing(desk: Desk, conversation: Conversation) -> list[tuple[str, str]]:
    """Return what is known of a conversation, as pairs of heading and text; only what there is to say."""
    rows = []
    elsewhere = {"姓氏", "称谓", *desk.agent.values}  # in the heading, and what is the same for every customer
    slots = {name: value for name, value in conversation.context.slots.items() if name not in elsewhere}
    if known := shown({**slots, **conversation.context.given}):
        rows.append(("已知", "；".join(known)))
    if items := conversation.basket.items:
        rows.append(("拼接", "、".join(item.title for item in items)))
    responder = desk.loader.responder
    if responder is not None and conversation.progress.replies:
        passed = stages(conversation, responder.library)
        rows.append(("环节", " ".join(f"{name}√" if done else name for name, done in passed)))
    if responder is not None and (names := missing(conversation, responder.library)):
        rows.append(("还没说到", named(names)))
    return rows


def _show_standing(desk: Desk, conversation: Conversation) -> None:
    for heading, text in standing(desk, conversation):
        desk.view.paragraph(text, style="faint", lead=f"{heading}：")


def list_customers(desk: Desk, _argument: str = "") -> None:
    """List all customers: who waits, what is known, what is still to be said, what was being typed."""
    now = desk.clock()
    for conversation in desk.conversations:
        marks = circumstances(conversation)
        if conversation.waiting_since:
            marks.append(f"● 等回复 {waited(conversation.waiting_since, now)}")
        if conversation is desk.conversation:
            marks.append("（正在接待）")
        desk.view.line(
            (f"{conversation.number}  ", "title"), conversation.name or "（未知）", ("  " + "  ".join(marks), "faint")
        )
        rows = [("消息", conversation.turn.message)] if conversation.turn and conversation.turn.message else []
        rows += standing(desk, conversation)
        rows += [("没发完", conversation.unsent)] if conversation.unsent else []
        for heading, text in rows:
            desk.view.clipped(text, 3, f"{heading}：")
    desk.view.note("Alt-数字 切换，F7 去等得最久的那一位，/新客户 再接一位，/结束 送走这一位。")


def end(desk: Desk, argument: str) -> None:
    """End the conversation with a customer, the one being served by default; ask where something would be lost."""
    wanted = unicodedata.normalize("NFKC", argument.strip())
    conversation = desk.conversation if not wanted else desk.numbered(int(wanted)) if wanted.isdecimal() else None
    if conversation is None:
        desk.view.warn("写法：/结束，或 /结束 数字；/客户列表 看全部。")
        return
    if conversation.untouched and len(desk.conversations) == 1:
        desk.view.note("这里还没有客户。")
        return
    open_matters = []
    if conversation.waiting_since:
        open_matters.append(f"还在等回复（{waited(conversation.waiting_since, desk.clock())}）")
    if conversation.unsent:
        open_matters.append("有一行没发完")
    if conversation.basket.items:
        open_matters.append(f"拼了 {len(conversation.basket.items)} 段没复制")
    who = f"{conversation.number} {conversation.name or '（未知）'}"
    if open_matters:
        answer = desk.terminal.ask(f"{who} {'，'.join(open_matters)}。仍要结束？（输入 是 结束，回车 不结束）：")
        if (answer or "").strip().lower() not in YES:
            desk.view.note("没有结束，对话还在。")
            if (answer or "").strip().startswith(("/", "／")):  # no answer, but what is to be done instead
                desk.pending.append((answer or "").strip())
            return
    desk.close(conversation)
    desk.view.note(f"已结束 {who}。结束错了用 /找回。")
    if len(desk.conversations) > 1 or not desk.conversation.untouched:
        show(desk)


def bring_back(desk: Desk, _argument: str) -> None:
    """Bring back the conversation that was ended last."""
    conversation, desk.ended = desk.ended, None
    if conversation is None:
        desk.view.note("没有刚结束的对话。")
        return
    if len(desk.conversations) == 1 and desk.conversation.untouched:
        desk.conversations = []
    elif desk.numbered(conversation.number) is not None:
        number = desk.free_number
        if number is None:
            desk.ended = conversation
            desk.view.warn(f"已经有 {MOST} 位客户了，先 /结束 一位再找回。")
            return
        conversation.number = number
    desk.open(conversation)
    show(desk)


def answered(desk: Desk, _argument: str) -> None:
    """Note that the customer has a reply that was not copied from here."""
    conversation = desk.conversation
    if conversation.waiting_since is None:
        desk.view.note("这位客户没有等着的消息。")
        return
    conversation.waiting_since = None
    if conversation.turn is not None:
        note_met(conversation, conversation.turn)
    desk.view.note("记下了：已经回复。")
