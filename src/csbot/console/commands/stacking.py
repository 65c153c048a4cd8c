"""Commands of the basket: stack replies, look at the whole, change it, copy it as one."""

from __future__ import annotations

import re
import unicodedata
from functools import partial
from typing import TYPE_CHECKING

from csbot.console.commands.finding import list_found, search
from csbot.console.commands.lookups import judge
from csbot.console.serving.answering import ask_open, fill_and_show, show_findings, show_refusal
from csbot.console.serving.turns import remember_shown, turn_for
from csbot.console.state.basket import MOST, Item
from csbot.console.state.conversation import Kind, Turn
from csbot.text.regex import regex

if TYPE_CHECKING:
    from csbot.console.state.desk import Desk

HOW = "改动：/拼 删 2、/拼 移 3 1、/拼 改 2；整段 F8 或 /拼 编辑；/拼 清空、/拼 撤销"
OWN = "自己的话"
_ACTION = regex(r"(删|移|改|编辑|清空|清|撤销|撤|del|mv|edit|editor|clear|undo)\s*(.*)", re.DOTALL)
_NUMBERED = regex(r"(\d{1,3})(?:\s+(.*))?", re.DOTALL)


def add(desk: Desk, argument: str) -> None:
    """Add the reply on the screen, a choice from it, a situation's reply, or (after >) the agent's own words."""
    conversation = desk.conversation
    if len(conversation.basket.items) >= MOST:
        desk.view.warn(f"已经拼了 {MOST} 段，太长了客户看不完。")
        return
    argument = argument.strip()
    choice = conversation.choice(argument) if argument else None
    if not argument:
        item = _on_screen(desk)
    elif argument[0] in ">＞":
        item = Item(argument[1:].strip(), OWN)
    elif choice is not None and choice.kind is Kind.VARIANT and conversation.turn is not None:
        item = _of_variant(desk, conversation.turn, choice.value)
    elif choice is not None:
        item = _of_situation(desk, choice.value)
    else:
        item = _found(desk, argument)
    if item is None or not item.text:
        return
    if any(each.text == item.text for each in conversation.basket.items):
        desk.view.note("这一段已经在里面了。")
    else:
        conversation.basket.add(item)
    show_basket(desk)


def _on_screen(desk: Desk) -> Item | None:
    """Return what may be copied now; what is still open in it is asked for first."""
    conversation = desk.conversation
    basket, turn = conversation.basket, conversation.turn
    if conversation.ready and conversation.ready == basket.shown:
        desk.view.note("屏幕上的就是拼好的整段。先选一条回复，再加进来。")
        return None
    if not conversation.ready and turn is not None and turn.variant() is not None:
        fill_and_show(desk)
    if not conversation.ready:
        desk.view.warn("还没有可以加的回复。/加 编号 或 /加 词 可以加一个情景的话术。")
        return None
    if conversation.draft or turn is None:
        return Item(conversation.ready, OWN)
    return _item(desk, turn, conversation.ready)


def _of_variant(desk: Desk, turn: Turn, identifier: str) -> Item | None:
    """Return a variant of a turn, filled with the agent's help; None where it cannot be sent."""
    shown = turn.current
    turn.show(identifier)
    variant = turn.variant()
    if variant is not None and variant.filled.open_slots:
        desk.view.reply(variant.filled.text, complete=False)
        ask_open(desk, turn)
        variant = turn.variant()
    item = None
    if variant is not None and variant.findings:
        show_findings(desk, variant)
    elif variant is not None and variant.filled.open_slots:
        desk.view.warn(f"未填完，没有加进去：{'、'.join(variant.filled.open_slots)}")
    elif variant is not None:
        item = _item(desk, turn, variant.filled.text)
    if turn is desk.conversation.turn:
        turn.current = shown
    return item


def _of_situation(desk: Desk, address: str) -> Item | None:
    """Return the reply to a situation, by its id, or one reply of it (``payment.invoice#2``)."""
    intent, number, _ = address.partition("#")
    message = desk.conversation.turn.message if desk.conversation.turn else ""
    turn = turn_for(desk, message, (intent,), asked=False)
    wanted = address if number and turn.variant(address) is not None else turn.current
    if not wanted:
        show_refusal(desk, turn)
        return None
    return _of_variant(desk, turn, wanted)


def _found(desk: Desk, fragment: str) -> Item | None:
    """Return the reply to the one situation that a fragment finds; several are listed, to be added by number."""
    _ = desk.responder  # wait for the library
    found = search(desk, fragment, len(desk.loader.index))
    exact = [each for each in found if each.exact]
    clear = exact if len(exact) == 1 else found
    if len(clear) == 1:
        return _of_situation(desk, clear[0].address)
    if found:
        list_found(desk, found)
        desk.view.note("/加 数字 加进拼接。")
    else:
        desk.view.warn(f"没有找到「{fragment}」。自己的话写 /加 > 文字。")
    return None


def _item(desk: Desk, turn: Turn, text: str) -> Item:
    """Return a text as an item of the basket, as the variant of a turn that is shown; it is used from now on."""
    variant, library = turn.variant(), desk.responder.library
    if variant is None:
        return Item(text, OWN)
    remember_shown(desk, turn)
    situations = variant.intents
    part = library.intents[situations[0]].part if len(situations) == 1 else "body"
    elements = tuple(dict.fromkeys(each for intent in situations for each in library.scripts[intent].elements))
    title = "＋".join(library.intents[each].name for each in situations)
    return Item(text, title, part, elements, situations, by_script=text == variant.filled.text)


def basket(desk: Desk, argument: str) -> None:
    """Show the basket, or change it: take out, move, reword, empty, undo."""
    current = desk.conversation.basket
    found = _ACTION.fullmatch(unicodedata.normalize("NFKC", argument.strip())[:3] + argument.strip()[3:])
    if not argument.strip():
        show_basket(desk)
        return
    if found is None:
        desk.view.warn(f"写法：{HOW}")
        return
    action, rest = found[1], found[2].strip()
    if action in ("撤销", "撤", "undo"):
        if current.undo():
            show_basket(desk)
        else:
            desk.view.note("没有可以撤销的改动。")
        return
    if not current.items:
        desk.view.note("拼接是空的。F5（/加）把屏幕上的回复加进来。")
        return
    if action in ("清空", "清", "clear"):
        current.clear()
        _forget_shown(desk)
        desk.view.note("已清空；/拼 撤销 可以取回。")
        return
    if action in ("改", "edit", "编辑", "editor"):
        reword(desk, rest, outside=action in ("编辑", "editor"))
        return
    numbers = [int(each) for each in re.findall(r"\d{1,3}", rest)]
    needed = 2 if action in ("移", "mv") else 1
    if needed == 2 and len(current.items) == 1:
        desk.view.note("只有一段，不用移。")
        return
    if len(numbers) != needed or not all(current.has(number) for number in numbers):
        count = len(current.items)
        example = "/拼 移 3 1" if needed == 2 else "/拼 删 2"
        desk.view.warn(f"请写 1 到 {count} 的编号，如 {example}" if count > 1 else "只有一段，编号是 1，如 /拼 删 1")
        return
    if needed == 2:
        current.move(*numbers)
    else:
        current.remove(numbers[0])
    show_basket(desk)


def reword(desk: Desk, rest: str, *, outside: bool = False) -> None:
    """Reword an item (「2」, 「2 文字」) or the whole (nothing, 「文字」), in place or in the agent's own editor.

    What is given up, or left empty, stays as it is.
    """
    from csbot.console.commands.external import EditorError, edit_outside

    current = desk.conversation.basket
    numbered = _NUMBERED.fullmatch(rest)
    position = int(numbered[1]) if numbered is not None else 0
    given = (numbered[2] or "") if numbered is not None else rest
    if position and not current.has(position):
        desk.view.warn(f"没有第 {position} 段，只有 1 到 {len(current.items)}。")
        return
    before = current.items[position - 1].text if position else _whole(desk)
    if given:
        edited: str | None = given
    elif outside and not desk.at_home:
        desk.view.warn("您是远程登录的，这里不能打开编辑器；/改 可以直接在原文上改。")
        return
    elif outside:
        try:
            edited = edit_outside(before)
        except EditorError as error:
            desk.view.warn(str(error))
            return
    else:
        if not desk.terminal.can_prefill():
            desk.view.note("这个终端不能在原文上改，请把改好的整句重新输入。")
        edited = desk.terminal.edit(desk, f"第 {position} 段改成：" if position else "整段改成：", before)
    edited = (edited or "").strip()
    if not edited or edited == before:
        desk.view.note("没有改动。")
    elif position:
        current.reword(position, edited)
    else:
        current.reword_whole(edited)
    show_basket(desk)


def _whole(desk: Desk) -> str:
    return desk.conversation.basket.whole(partial(desk.responder.joined, keep_order=True))


def show_basket(desk: Desk) -> None:
    """Show the items with their numbers, then the whole and what the guard says of it; Enter copies it then."""
    from csbot.console.screen.view import OPEN_SLOT

    conversation, view = desk.conversation, desk.view
    current = conversation.basket
    if not current.items:
        _forget_shown(desk)
        view.note("拼接是空的。F5（/加）把屏幕上的回复加进来，/加 编号 或 /加 词 加一个情景的话术。")
        return
    view.line((f"拼接（{len(current.items)} 段）", "title"))
    for number, item in enumerate(current.items, start=1):
        view.choices([(str(number), f"{item.title}：{item.text}", "")])
    whole = _whole(desk)
    conversation.ready, conversation.draft, conversation.refused = "", True, ""
    current.shown, current.judged = "", whole
    if slots := OPEN_SLOT.findall(whole):
        view.reply(whole, complete=False)
        view.warn(f"还有没填的变量：{'、'.join(slots)}，不能复制。")
        return
    if desk.responder.guard.passes(whole):
        view.reply(whole, complete=True)
        view.line(("没有发现服务忌语。回车＝复制整段", "good"))
        conversation.ready = whole
    else:
        conversation.ready = judge(desk, whole)
    current.shown = conversation.ready
    view.note(HOW)


def _forget_shown(desk: Desk) -> None:
    """Leave nothing of the basket to be copied by Enter."""
    conversation = desk.conversation
    if conversation.ready == conversation.basket.shown:
        conversation.ready = ""
    conversation.basket.shown = conversation.basket.judged = ""
