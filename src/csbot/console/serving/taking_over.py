"""A library that was renewed takes over at a desk, between two lines of the agent.

So no line is ever answered half by one library and half by another. The conversations stay; what stands ready to be
copied is judged by the new rules first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from csbot.console.state.conversation import Conversation, Turn
    from csbot.console.state.desk import Desk
    from csbot.library.models import Library


def renew(desk: Desk) -> None:
    """Take over the newest good library between two lines, and tell what has happened. For the main thread."""
    for news in desk.renewal.take():
        (desk.view.note if news.good else desk.view.warn)(news.told)
        if news.fresh is not None:
            desk.loader.replace(*news.fresh)
            for conversation in (*desk.conversations, *([desk.ended] if desk.ended else [])):
                _carry_over(desk, conversation)


def _carry_over(desk: Desk, conversation: Conversation) -> None:
    """Make what a conversation holds fit the library of now: nothing that it forbids stays ready."""
    from csbot.console.serving.turns import answer_again

    whose = "" if conversation is desk.conversation else f"（第 {conversation.number} 位客户）"
    turn = conversation.turn
    if turn is not None and not _known(turn, desk.responder.library):
        conversation.turn = None
        conversation.choices.clear()
        if not conversation.draft:
            conversation.ready = ""
        desk.view.warn(f"屏幕上的情景已经不在话术库里{whose}，请重新输入客户的话。")
    current, desk.conversation = desk.conversation, conversation
    try:
        answer_again(desk)  # what can be chosen by number was judged by the old rules
    finally:
        desk.conversation = current
    if conversation.ready and desk.responder.guard.findings(conversation.ready):
        conversation.ready = conversation.basket.shown = conversation.basket.judged = ""
        desk.view.warn(f"准备好的那一条按新的规则不能发送{whose}，请重新选。")


def _known(turn: Turn, library: Library) -> bool:
    """Tell whether every situation that a turn speaks of is still there."""
    match = turn.response.match
    named = {*turn.intents, *match.intents, *(each.intent for each in match.candidates)}
    named |= {part.candidate.intent for part in match.parts} | {near.intent for near in match.near}
    return named <= library.intents.keys()
