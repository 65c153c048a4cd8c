"""The way of one message through the console: answer it, ask for what is missing, show what may be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from csbot.console.serving.learning import note_message
from csbot.console.serving.progress import following, mood_in
from csbot.console.serving.turns import answer_again, finish_turn, forget_value, keep_value, turn_for
from csbot.console.state.conversation import Kind, Turn
from csbot.replying.given import shown

if TYPE_CHECKING:
    from csbot.console.state.desk import Desk
    from csbot.matching.result import Unsure
    from csbot.replying.response import Variant

ALTERNATIVES_SHOWN = 4
STEP_KEYS = ("F2", "F3", "F4")  # for the first of what comes next; csbot.console.prompt.keys binds them
CHOICE = 2  # situations that are offered for an unclear message at least
NOTHING_ELSE = "没有另一件事，只答上面的"  # the choice where what is asked about is no matter of its own
AS_A_MESSAGE = "是客户说的，照这句话回复"  # the choice where a line was taken for an agent's own question
LIKELY = 0.05  # probability from which another situation is worth a line


def take_message(desk: Desk, message: str) -> None:
    """Answer a customer's message and show the answer."""
    responder, conversation = desk.responder, desk.conversation
    finish_turn(desk)
    told = responder.take(message, conversation.context)
    conversation.waiting_since = conversation.waiting_since or desk.clock()
    conversation.turn = turn_for(desk, message)
    conversation.choices.clear()
    if told:
        desk.view.note("已从消息里记下：" + "、".join(shown(told)))
    if not _asks_nothing(desk, conversation.turn):  # there is nothing in it to learn from
        note_message(desk, message, conversation.turn.response.match)
    present(desk)


def use_intent(desk: Desk, intent: str, *, instead: bool, variant: str = "") -> None:
    """Answer with the script of a situation that the agent picked.

    ``instead``: the last message was of this situation, and what was shown for it is not said. Otherwise this is
    a next step, and what was shown before has been said. ``variant`` is the reply to show, where it may be said.
    """
    from csbot.matching.result import Decision, Match

    conversation = desk.conversation
    message = conversation.turn.message if conversation.turn else ""
    match = Match(message, Decision.UNMATCHED, (), ())
    if conversation.turn and instead:
        match = conversation.turn.response.match
    else:
        finish_turn(desk)
    conversation.turn = turn_for(desk, message, (intent,), match=match, asked=instead)
    if variant in {each.id for each in conversation.turn.response.variants}:
        conversation.turn.show(variant)
    conversation.choices.clear()
    present(desk)


def use_further(desk: Desk, intent: str) -> None:
    """Answer a further matter of the message as well, which the agent recognised; empty: there is none to ask about."""
    conversation = desk.conversation
    turn = conversation.turn
    if turn is None:
        return
    intents = (*turn.situations, intent) if intent else turn.situations
    conversation.turn = turn_for(desk, turn.message, intents, match=turn.response.match)
    conversation.choices.clear()
    present(desk)


def _asks_nothing(desk: Desk, turn: Turn) -> bool:
    """Tell whether the customer only said that it was heard (「好的」), or that all is done (「已经修好了」)."""
    from csbot.replying.responder import CLOSING

    match = turn.response.match
    return match.intent is None and desk.responder.holding(turn.message, match) == CLOSING


def present(desk: Desk) -> None:
    """Show the answer to the current message: the decision, the reply (filled with the agent's help), the choices."""
    from csbot.matching.result import Decision

    turn = desk.conversation.turn
    assert turn is not None
    asks_nothing = not turn.intents and _asks_nothing(desk, turn)
    heard = asks_nothing and not turn.response.match.closes
    if heard:
        desk.view.note("客户只是应了一声，没有提出新的问题：可以不回（/已回），也可以问一句还需要什么：")
    else:
        desk.view.decision(turn.response.match, turn.intents, desk.names, turn.response.covered)
    if mood := mood_in(desk.conversation):
        desk.view.mood(mood, picked=bool(desk.conversation.context.mood))
    if not heard and not turn.intents and turn.response.match.intent is None:
        unknown = turn.response.match.decision is Decision.UNMATCHED
        _show_candidates(desk, "或许是：" if unknown else "")
        if turn.variant() is not None:
            first = "没有事情要答复，可以问一句还需要什么：" if asks_nothing else "也可以先请客户说清楚："
            desk.view.line((first, "faint"))
    fill_and_show(desk)
    _show_alternatives(desk)
    if not turn.intents and turn.response.match.unsure is not None:
        _show_further(desk, turn.response.match.unsure)
    elif turn.intents or turn.response.match.intent is not None:
        _show_candidates(desk, "也可能是：")
    show_next(desk)


def change_and_show(desk: Desk) -> None:
    """Answer the message on the screen again after the circumstances changed, and show it afresh."""
    if desk.conversation.turn is not None:
        desk.conversation.turn.order.clear()
        desk.conversation.turn.current = ""
        answer_again(desk)
        present(desk)


def choose_variant(desk: Desk, identifier: str) -> None:
    """Show another variant in place of the current one."""
    turn = desk.conversation.turn
    if turn is None or turn.variant(identifier) is None:
        return
    turn.show(identifier)
    fill_and_show(desk)


def fill_and_show(desk: Desk) -> None:
    """Ask for the open slots of the current variant in place, then show it with what can be done with it."""
    turn, conversation = desk.conversation.turn, desk.conversation
    variant = turn.variant() if turn else None
    conversation.ready, conversation.draft = "", False
    if turn is None or variant is None:
        if turn is not None:
            show_refusal(desk, turn)
        return
    shown = ""
    if variant.findings:
        show_findings(desk, variant)
    elif variant.filled.open_slots:
        shown = variant.filled.text
        desk.view.reply(shown, complete=False)
        ask_open(desk, turn)
        variant = turn.variant()
        assert variant is not None
    sendable = not variant.filled.open_slots and not variant.findings
    if variant.filled.text != shown:
        desk.view.reply(variant.filled.text, complete=sendable)
    _tell_expired(desk, variant)
    if sendable:
        conversation.ready = variant.filled.text
        desk.view.line((f"{_place(desk, turn, variant)}  回车＝复制", "good"))
    else:
        _show_not_ready(desk, turn, variant)


def _tell_expired(desk: Desk, variant: Variant) -> None:
    """Say of which of a reply's scripts the last day is over, by the calendar of the desk."""
    from datetime import date

    scripts, today = desk.responder.library.scripts, desk.clock().date()
    for script in (scripts[each] for each in dict.fromkeys(variant.intents)):
        if script.expires and date.fromisoformat(script.expires) < today:
            owner = f"（负责人：{script.owner}）" if script.owner else ""
            desk.view.warn(f"这条话术 {script.expires} 已经到期{owner}，发送以前请核对一下。")


def _place(desk: Desk, turn: Turn, variant: Variant) -> str:
    from csbot.replying.layers import layers_of_variant

    layers = layers_of_variant(desk.responder.library, variant)
    place = f"说法 {turn.order.index(variant.id) + 1}/{len(turn.order)}"
    return place + (f"，来自 {'、'.join(layers)}" if layers else "")


def _show_not_ready(desk: Desk, turn: Turn, variant: Variant) -> None:
    """Say why a variant cannot be copied as it stands, and what to do about it."""
    place, still_open = _place(desk, turn, variant), variant.filled.open_slots
    if still_open:
        desk.view.warn(f"{place}  未填完，不能复制：{'、'.join(still_open)}（回车＝接着填）")
    elif variant.findings:
        desk.view.warn(f"{place}  填好后含有禁用表达，不能复制（用 /填 改变量，或换一条）")
    else:
        desk.view.note(f"{place}  回车＝取用")


def ask_open(desk: Desk, turn: Turn) -> None:
    """Ask for every open slot of a turn's current variant until it is full, or the agent leaves one open."""
    from csbot.console.serving.asking import ask_slot

    asked: set[str] = set()
    while (variant := turn.variant()) is not None and not variant.findings:
        name = next((name for name in variant.filled.open_slots if name not in asked), None)
        if name is None:
            return
        value = ask_slot(desk, name)
        if value is None:
            return
        if not value:
            asked.add(name)
            continue
        keep_value(desk, name, value, turn)
        answer_again(desk, turn)
        variant = turn.variant()
        if variant is not None and variant.findings:
            # The guard refused what the value makes of the reply: say why, and ask for another value.
            show_findings(desk, variant)
            forget_value(desk, name, turn)
            answer_again(desk, turn)


def show_findings(desk: Desk, variant: Variant) -> None:
    """Show what the guard finds in a filled variant."""
    desk.view.findings(variant.filled.text, variant.findings, {})
    desk.view.warn("填好后的回复含有禁用表达，请换一种填法。")


def show_refusal(desk: Desk, turn: Turn) -> None:
    """Say why there is no reply."""
    desk.view.warn(f"没有可以发送的回复：{turn.response.why}")


def _show_alternatives(desk: Desk) -> None:
    """Number the variants and preview those that are not shown."""
    turn, conversation = desk.conversation.turn, desk.conversation
    assert turn is not None
    labels = dict(zip(turn.order, conversation.offer(Kind.VARIANT, turn.order), strict=False))
    others = [identifier for identifier in turn.order if identifier != turn.current and identifier in labels]
    rows = []
    for identifier in others[:ALTERNATIVES_SHOWN]:
        variant = turn.variant(identifier)
        assert variant is not None
        rows.append((labels[identifier], variant.filled.text, ""))
    if rows:
        more = len(turn.order) - 1 - len(rows)
        desk.view.line(("换一种说法（输入数字）：" + (f"另有 {more} 条，/变体 看全部" if more else ""), "faint"))
        desk.view.choices(rows)


def _show_candidates(desk: Desk, heading: str = "") -> None:
    """Letter the other situations that the message may be; of an unclear one at least two."""
    from csbot.matching.result import Decision

    turn, conversation = desk.conversation.turn, desk.conversation
    assert turn is not None
    match = turn.response.match
    taken = turn.intents or match.intents
    named = CHOICE if match.decision is Decision.AMBIGUOUS and not taken else 0
    likely = [
        each
        for rank, each in enumerate(match.candidates)
        if (each.score >= LIKELY or rank < named) and each.intent not in taken
    ]
    labels = conversation.offer(Kind.INTENT, [each.intent for each in likely], letters=True)
    if not likely:
        return
    if heading:
        desk.view.line((heading + "（输入字母）", "faint"))
    names = desk.names
    rows = [
        (label, names[each.intent], f"{each.intent}  {each.score:.0%}")
        for label, each in zip(labels, likely, strict=False)
    ]
    desk.view.choices(rows)


def _show_further(desk: Desk, unsure: Unsure) -> None:
    """Letter what the message may be about besides, and that it is about nothing else."""
    labels = desk.conversation.offer(Kind.FURTHER, [*(each.intent for each in unsure.candidates), ""], letters=True)
    names = desk.names
    rows = [(names[each.intent], f"{each.intent}  {each.score:.0%}") for each in unsure.candidates]
    desk.view.clipped(f"「{unsure.text}」", lead="还有一件拿不准，回复里先问了客户：")
    desk.view.line(("看得明白就选，一并答复（输入字母）：", "faint"))
    desk.view.choices([(label, *row) for label, row in zip(labels, [*rows, (NOTHING_ELSE, "")], strict=True)])


def show_next(desk: Desk) -> None:
    """Name what comes next, with the keys that take it; a terminal without keys has the command."""
    steps, names = following(desk.conversation, desk.responder.library), desk.names
    if not steps:
        return
    if not desk.terminal.can_prefill():
        line = "  ".join(f"{number} {names[each]}" for number, each in enumerate(steps, start=1))
        desk.view.clipped(line, lead="接下来（/下一步 数字）：")
        return
    shown = [f"{key} {names[each]}" for key, each in zip(STEP_KEYS, steps, strict=False)]
    lead, more = "接下来：", "  …"
    while len(shown) > 1 and cell_len(lead + "  ".join(shown) + more) > desk.view.width:
        shown.pop()
    desk.view.clipped("  ".join(shown) + (more if len(steps) > len(shown) else ""), lead=lead)


def show_again(desk: Desk) -> None:
    """Show what was on the screen: the reply as it stands, the choices and what comes next; nothing is asked."""
    conversation, turn, view = desk.conversation, desk.conversation.turn, desk.view
    variant = turn.variant() if turn else None
    text = conversation.ready or (variant.filled.text if variant else "")
    if text:
        view.reply(text, complete=bool(conversation.ready))
    if conversation.ready:
        place = f"{_place(desk, turn, variant)}  " if turn and variant and variant.filled.text == text else ""
        view.line((f"{place}回车＝复制", "good"))
    elif turn is not None and variant is not None:
        _show_not_ready(desk, turn, variant)
    elif turn is not None:
        show_refusal(desk, turn)
    rows = []
    for label, choice in sorted(conversation.choices.items()):
        chosen = turn.variant(choice.value) if turn is not None and choice.kind is Kind.VARIANT else None
        if chosen is not None and turn is not None and chosen.id != turn.current:
            rows.append((label, chosen.filled.text, ""))
        elif choice.kind is Kind.INTENT:
            intent = choice.value.partition("#")[0]
            rows.append((label, desk.names.get(intent, intent), choice.value))
        elif choice.kind is Kind.FURTHER:
            rows.append((label, desk.names.get(choice.value, NOTHING_ELSE), choice.value))
        elif choice.kind is Kind.MESSAGE:
            rows.append((label, AS_A_MESSAGE, ""))
    view.choices(rows)
    if turn is not None:
        show_next(desk)
