"""Commands that work on the reply: copy, vary, edit, fill, explain, and go on from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from csbot.console.commands.finding import use_found
from csbot.console.commands.stacking import reword
from csbot.console.serving.answering import (
    choose_variant,
    fill_and_show,
    show_again,
    take_message,
    use_further,
    use_intent,
)
from csbot.console.serving.learning import note_edit
from csbot.console.serving.progress import following
from csbot.console.serving.promising import reply_taken
from csbot.console.serving.turns import answer_again, keep_value
from csbot.console.state.conversation import Kind
from csbot.console.state.ending import undisturbed
from csbot.replying.given import KINDS, note_given, shown

if TYPE_CHECKING:
    from csbot.console.state.conversation import Turn
    from csbot.console.state.desk import Desk

NO_TURN = "还没有客户的消息。请先输入或粘贴客户的话。"


def _turn(desk: Desk) -> Turn | None:
    if desk.conversation.turn is None:
        desk.view.warn(NO_TURN)
    return desk.conversation.turn


def confirm(desk: Desk) -> None:
    """Do what Enter on an empty line means: copy what may be sent, or go on filling what is open.

    What a list has pushed off the screen is shown again first: nothing is copied unseen.
    """
    conversation = desk.conversation
    if conversation.listed:
        conversation.listed = False
        if conversation.ready or conversation.turn is not None:
            show_again(desk)
        else:
            desk.view.note("输入数字选用。")
    elif not conversation.ready and conversation.turn is not None and conversation.turn.variant() is not None:
        fill_and_show(desk)
    else:
        copy_reply(desk, "")


def copy_reply(desk: Desk, _argument: str) -> None:
    """Copy what may be sent; where something is still open, ask for it first."""
    conversation = desk.conversation
    if not conversation.ready:
        if conversation.turn is None or conversation.turn.variant() is None:
            desk.view.warn("还没有可以复制的回复。请先输入或粘贴客户的话。")
            return
        fill_and_show(desk)
    if conversation.ready:
        with undisturbed():  # what was copied has been promised: that is written down before anything ends
            desk.view.line((desk.copy(conversation.ready), "good"))
            reply_taken(desk)


def show_variants(desk: Desk, _argument: str) -> None:
    """List all variants in full, numbered."""
    turn = _turn(desk)
    if turn is None:
        return
    turn.order += [each.id for each in turn.response.variants if each.id not in turn.order]
    labels = desk.conversation.offer(Kind.VARIANT, turn.order)
    for position, identifier in enumerate(turn.order):
        variant = turn.variant(identifier)
        assert variant is not None
        label = labels[position] if position < len(labels) else " "
        mark = "（正在显示）" if identifier == turn.current else "（用过）" if identifier in turn.spent else ""
        desk.view.line((f"{label}  ", "title"), (f"{identifier}{mark}", "faint"))
        desk.view.paragraph(variant.filled.text, 3)
    desk.view.note("输入数字选用一条。")


def next_step(desk: Desk, argument: str) -> None:
    """List what usually follows, or take the step with a number."""
    turn = _turn(desk)
    if turn is None:
        return
    steps = following(desk.conversation, desk.responder.library)
    if not steps:
        desk.view.note("没有固定的下一步了。用 /找 可以查其他话术。")
        return
    if argument:
        if argument.isdecimal() and 1 <= int(argument) <= len(steps):
            use_intent(desk, steps[int(argument) - 1], instead=False)
        else:
            desk.view.warn(f"下一步只有 1 到 {len(steps)}。")
        return
    labels = desk.conversation.offer(Kind.INTENT, steps)
    desk.conversation.listed = True
    names = desk.names
    desk.view.choices([(label, names[each], each) for label, each in zip(labels, steps, strict=False)])
    desk.view.note("输入数字选用。")


def show_coaching(desk: Desk, _argument: str) -> None:
    """Show what a trainer says about the situation."""
    turn = _turn(desk)
    if turn is None:
        return
    for intent in turn.intents or turn.response.match.intents:
        coaching = desk.responder.library.scripts[intent].coaching
        desk.view.line(("提示：", "title"), desk.names[intent])
        desk.view.paragraph(coaching["use"], 2, lead="何时用：")
        desk.view.paragraph(coaching["avoid"], 2, lead="注意：")
        if coaching["never"]:
            desk.view.paragraph("".join(f"「{each}」" for each in coaching["never"]), 2, lead="别说：")
        if coaching.get("tip"):
            desk.view.paragraph(coaching["tip"], 2, lead="窍门：")
    if not (turn.intents or turn.response.match.intents):
        desk.view.note("情景还没有定，先选一个。")


def fill_slots(desk: Desk, argument: str) -> None:
    """Set slots by ``name=value``, or ask for those that are open."""
    from csbot.replying.slots import SlotError, validate_all

    library = desk.responder.library
    if not argument:
        context, turn = desk.conversation.context, desk.conversation.turn
        known = shown({**context.slots, **(turn.slots if turn else {}), **context.given}, "＝")
        if known:
            desk.view.paragraph("；".join(known), lead="已知：")
        if desk.conversation.turn is not None:
            fill_and_show(desk)
        elif not known:
            desk.view.note("还没有填过变量。写法：/填 时限=48小时")
        return
    pairs = [pair.replace("＝", "=").partition("=") for pair in argument.split()]
    wanted = {name: value for name, _, value in pairs}
    given = {name: value for name, value in wanted.items() if name in KINDS and name not in library.slots}
    try:
        values = validate_all(library.slots, {name: value for name, value in wanted.items() if name not in given})
    except SlotError as error:
        desk.view.warn(f"{error}。写法：/填 时限=48小时")
        return
    for name, value in values.items():
        keep_value(desk, name, value)
    note_given(desk.conversation.context, given)
    done = shown({**values, **given})
    done += [f"{name}不再算已知" for name, value in given.items() if not value]
    desk.view.note("记下了：" + "、".join(done))
    if desk.conversation.turn is not None:
        answer_again(desk)
        fill_and_show(desk)


def edit_reply(desk: Desk, argument: str, named: Callable[[str], str]) -> None:
    """Let the agent reword the reply; what comes out is checked like everything else before it can be copied.

    ``named`` gives the name of the command that a line is, empty where it is none.
    """
    from csbot.console.screen.view import OPEN_SLOT

    if desk.conversation.draft and desk.conversation.basket.is_whole(desk.conversation.ready):
        reword(desk, argument)
        return
    turn = desk.conversation.turn
    variant = turn.variant() if turn else None
    text = desk.conversation.ready or (variant.filled.text if variant else "")
    if not text:
        desk.view.warn(NO_TURN)
        return
    shown = text
    if not argument and not desk.terminal.can_prefill():
        desk.view.note("这个终端不能在原文上改，请把改好的整句重新输入。")
    while True:
        edited = argument or desk.terminal.edit(desk, "改成：", text)
        if edited is None or not edited.strip():
            desk.view.note("没有改动。")
            return
        edited = edited.strip()
        if not argument and named(edited):  # 「/仍要发送 理由」 while the refused wording is being edited
            desk.pending.append(edited)
            return
        hits = desk.responder.guard.findings(edited)
        slots = OPEN_SLOT.findall(edited)
        if not hits and not slots:
            note_edit(desk, shown, edited)
            desk.conversation.ready = edited
            desk.view.reply(edited, complete=True)
            desk.view.line(("没有发现服务忌语。回车＝复制", "good"))
            return
        desk.conversation.refused = "" if slots else edited
        desk.view.findings(edited, hits, {})
        desk.view.warn(
            f"还有没填的变量：{'、'.join(slots)}" if slots else "这样改不能发送，请再改一改（Ctrl-C 放弃）。"
        )
        if argument:
            return
        text = edited


def explain(desk: Desk, _argument: str) -> None:
    """Show what the decision rests on."""
    from csbot.matching.features import spoken_feature

    turn = _turn(desk)
    if turn is None:
        return
    match, names = turn.response.match, desk.names
    if match.reasons:
        desk.view.paragraph("；".join(match.reasons), lead="判断：")
    for part in match.parts:
        candidate = part.candidate
        desk.view.paragraph(f"「{part.text[:60]}」{names[candidate.intent]} {candidate.score:.0%}", 2)
    if match.unsure is not None:
        desk.view.paragraph(f"「{match.unsure.text[:60]}」像是另一件事，拿不准", 2)
    if match.candidates:
        labels = desk.conversation.offer(Kind.INTENT, [each.intent for each in match.candidates], letters=True)
        desk.view.line(("可能的情景（输入字母选用）：", "faint"))
        desk.view.choices(
            [
                (label, names[each.intent], f"{each.intent}  {each.score:.1%}")
                for label, each in zip(labels, match.candidates, strict=False)
            ]
        )
    if match.near:
        desk.view.line(("最像的例句：", "faint"))
        for near in match.near[:3]:
            desk.view.paragraph(f"「{near.text}」{names[near.intent]}，相似度 {near.ratio:.0f}", 2)
    if match.evidence:
        shown = "，".join(f"{spoken_feature(feature)} {value:+.2f}" for feature, value in match.evidence)
        desk.view.paragraph(shown, lead="依据：")
    variant = turn.variant()
    if variant is not None:
        sources = "；".join(desk.responder.library.scripts[intent].source for intent in variant.intents)
        desk.view.paragraph(f"{variant.id}，出处：{sources}", lead="说法：")
        counts = f"{len(turn.response.variants)} 条可用，{len(turn.response.refused)} 条被禁用语规则拦下"
        desk.view.paragraph(counts, lead="检查：")


def message(desk: Desk, argument: str) -> None:
    """Take a text as a customer's message, whatever it begins with; without one, read lines up to an empty one."""
    if not argument:
        lines: list[str] = []
        while line := desk.terminal.ask("客户的话（可多行，空行结束）：" if not lines else "　　："):
            lines.append(line)
        argument = "\n".join(lines)
    if argument.strip():
        take_message(desk, argument)


def pick(desk: Desk, kind: Kind, value: str, *, candidate: bool) -> None:
    """Take a choice from the screen; ``candidate`` where it says what the last message was."""
    if kind is Kind.VARIANT:
        choose_variant(desk, value)
    elif kind is Kind.FURTHER:
        use_further(desk, value)
    elif kind is Kind.MESSAGE:
        take_message(desk, value)
    else:
        use_found(desk, value, instead=candidate)
