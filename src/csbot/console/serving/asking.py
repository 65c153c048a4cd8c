"""Ask the agent for the value of a slot, in place, until it fits or is left open."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from csbot.console.state.desk import Desk
    from csbot.library.values import Slot


def question_for(slot: Slot) -> str:
    """Return the question: 「姓氏（客户姓什么，例 王）：」."""
    details = [slot.prompt]
    if slot.choices:
        details.append("可选 " + "、".join(slot.choices))
    elif slot.example and slot.example not in slot.prompt:
        details.append(f"例 {slot.example}")
    asked = "，".join(details)
    return f"{slot.name}，{asked}：" if "（" in asked else f"{slot.name}（{asked}）："


def ask_slot(desk: Desk, name: str) -> str | None:
    """Return a valid value; an empty text where the agent leaves the slot open; None to stop asking.

    A command typed here is taken instead of a value: it becomes the next line of the console.
    """
    from csbot.replying.slots import SlotError, validate

    slot = desk.responder.library.slots[name]
    while True:
        answer = desk.terminal.ask(question_for(slot), choices=slot.choices)
        if answer is None:
            return None
        answer = answer.strip()
        if answer.startswith(("/", "／")):
            desk.pending.append(answer)
            return None
        if not answer:
            return ""
        try:
            return validate(slot, answer)
        except SlotError as error:
            desk.view.warn(str(error))
