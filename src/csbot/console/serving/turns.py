"""The making of an answer, without showing it: what is asked of the responder, and what is remembered of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csbot.console.serving.progress import note_met
from csbot.console.state.conversation import AGENT_SLOTS, KEPT_TYPES, Turn

if TYPE_CHECKING:
    from csbot.console.state.desk import Desk
    from csbot.matching.result import Match
    from csbot.replying.response import Response


def turn_for(
    desk: Desk, message: str, intents: tuple[str, ...] = (), *, match: Match | None = None, asked: bool = True
) -> Turn:
    """Return the answer to a message, by given situations or by what it is matched to.

    ``asked`` is whether the message was of these situations. What this conversation has had is spent.
    """
    response = answer(desk, message, intents, {}, match)
    return Turn(message, intents, response, desk.conversation.context.profile, asked, spent(desk, response))


def answer_again(desk: Desk, turn: Turn | None = None) -> None:
    """Answer a message again, by default that on the screen: something that the answer depends on has changed."""
    turn = turn or desk.conversation.turn
    if turn is None:
        return
    profile = desk.conversation.context.profile
    match = turn.response.match if turn.intents or turn.profile == profile else None  # another trade reads it anew
    turn.response, turn.profile = answer(desk, turn.message, turn.intents, turn.slots, match), profile
    turn.renumber()


def finish_turn(desk: Desk) -> None:
    """Note the reply on the screen as said, so that the next one is worded differently."""
    turn = desk.conversation.turn
    if turn is not None:
        note_met(desk.conversation, turn)
        remember_shown(desk)
    desk.conversation.ready = ""


def remember_shown(desk: Desk, turn: Turn | None = None) -> None:
    """Note that the variant on the screen has been used in this conversation; once, however often it is copied."""
    turn = turn or desk.conversation.turn
    variant = turn.variant() if turn else None
    if turn is not None and variant is not None and variant.id not in turn.remembered:
        turn.remembered.add(variant.id)
        desk.responder.remember(variant, desk.conversation.context)


def spent(desk: Desk, response: Response) -> frozenset[str]:
    """Return the ids of the variants that this conversation has had more often than others."""
    used = desk.conversation.context.used
    times = {
        each.id: sum(used[pair] for pair in zip(each.intents, each.indexes, strict=True)) for each in response.variants
    }
    least = min(times.values(), default=0)
    return frozenset(identifier for identifier, count in times.items() if count > least)


def answer(
    desk: Desk, message: str, intents: tuple[str, ...], slots: dict[str, str], match: Match | None = None
) -> Response:
    """Return the response to a message, by given situations or by what it is matched to.

    What the agent has set or corrected wins over what the message states.
    """
    from csbot.matching.result import Decision

    responder, context = desk.responder, desk.conversation.context
    context.now = desk.clock()
    match = match or responder.match(message, context, of_customer=True)  # an agent's question never comes here
    values = {**context.slots, **slots}
    if intents or match.decision is Decision.MATCHED:
        return responder.answer(match, intents or responder.answering(match, values), message, context, values)
    return responder.respond(message, context, match=match)


def keep_value(desk: Desk, name: str, value: str, turn: Turn | None = None) -> None:
    """Keep a value: for the conversation where it describes a person or an order, else for this reply."""
    turn, context = turn or desk.conversation.turn, desk.conversation.context
    slot = desk.responder.library.slots[name]
    if name in AGENT_SLOTS:
        for conversation in desk.conversations:
            conversation.context.slots[name] = value
    elif slot.type in KEPT_TYPES or turn is None:
        context.slots[name] = value
    else:
        turn.slots[name] = value


def forget_value(desk: Desk, name: str, turn: Turn) -> None:
    """Forget a value wherever it is kept."""
    desk.conversation.context.slots.pop(name, None)
    turn.slots.pop(name, None)
