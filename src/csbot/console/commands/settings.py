"""Commands that set under what circumstances a customer is served."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csbot.console.screen.themes import THEMES, ThemeName
from csbot.console.serving.answering import change_and_show
from csbot.console.serving.progress import mood_in
from csbot.console.state.circumstances import CHANNELS, CLEARING, COMPLAINT_TYPES, MOODS, PROFILES

if TYPE_CHECKING:
    from csbot.console.state.desk import Desk

LOOKS = {"深色": ThemeName.DARK, "浅色": ThemeName.LIGHT, "无色": ThemeName.NONE}


def mood(desk: Desk, argument: str) -> None:
    """Set the customer's mood by hand, or let the message decide again."""
    _set(desk, argument, "mood", "情绪", MOODS, "从消息里看", "自动")


def profile(desk: Desk, argument: str) -> None:
    """Set the trade: situations of other trades do not compete then."""
    _set(desk, argument, "profile", "行业", PROFILES, "不限", "无")


def complaint_type(desk: Desk, argument: str) -> None:
    """Set what a complaining customer is after: to be heard (感性) or to have it solved (理性)."""
    _set(desk, argument, "complaint_type", "投诉类型", COMPLAINT_TYPES, "不限", "无")


def channel(desk: Desk, argument: str) -> None:
    """Set where the reply goes: by mail a letter is written, on line a short answer."""
    _set(desk, argument, "channel", "渠道", CHANNELS, "不限", "无")


def _set(desk: Desk, argument: str, field: str, label: str, values: tuple[str, ...], unset: str, clear: str) -> None:
    """Set one field of the conversation's context and show the reply that it makes; explain without a value."""
    context = desk.conversation.context
    if argument in values or argument in CLEARING:
        setattr(context, field, "" if argument in CLEARING else argument)
        if field != "mood" or desk.conversation.turn is None or not mood_in(desk.conversation):
            desk.view.note(f"{label}：{getattr(context, field) or unset}")
        change_and_show(desk)  # with the mood, where there is one
    else:
        unknown = f"{label}里没有「{argument}」，没有改。" if argument else ""
        desk.view.warn(f"{unknown}现在是：{getattr(context, field) or unset}。可选：{'、'.join([*values, clear])}")


def theme(desk: Desk, argument: str) -> None:
    """Change the colours until the console ends; by default say how."""
    named = argument.strip().lower()
    found = LOOKS.get(named) or next((each for each in ThemeName if each == named), None)
    if found is None:
        desk.view.warn(f"可选：{'、'.join(LOOKS)}。要一直这样，请设环境变量 CSBOT_THEME={'、'.join(ThemeName)}。")
    elif not desk.terminal.dress(THEMES[found]):
        desk.view.note("这个终端只能逐行显示，没有颜色可换。")
    else:
        desk.view.dress(THEMES[found], colour=THEMES[found].colour)
        desk.view.line(("主题：", "title"), next(name for name, each in LOOKS.items() if each is found))
        desk.view.note(f"只管这一次；要一直这样，请设 CSBOT_THEME={found}。")


def customer_type(desk: Desk, argument: str) -> None:
    """Set the type of customer, by which some warnings become errors (promises made to 求异型 customers)."""
    context = desk.conversation.context
    known = sorted({value for rule in desk.responder.library.forbidden for _, value in rule.escalate})
    if argument in known or argument in CLEARING:
        context.customer_type = "" if argument in CLEARING else argument
        desk.view.note(f"客户类型：{context.customer_type or '不限'}")
    else:
        desk.view.warn(f"现在是：{context.customer_type or '不限'}。可选：{'、'.join([*known, '无'])}")
