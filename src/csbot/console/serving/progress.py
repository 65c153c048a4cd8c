"""How far the service of a customer has come: the stages of the cycle, what is still to be said, what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from csbot.console.state.conversation import Conversation, Turn
from csbot.replying.compose import KNOWN
from csbot.text.normalise import normalise

if TYPE_CHECKING:
    from csbot.library.models import Library
    from csbot.replying.responder import Responder

# The cycle of manual 002 (客户服务循环): a stage is passed when a reply carried one of its elements, which are those
# that the map of the manuals names for it, or when a reply to a situation of that part was taken. The last column is
# the situation that leads into the stage.
_UNDERSTANDING = frozenset({"understanding", "understand_urgency", "apology", "invite_details", "restate"})
_HELPING = frozenset({"handle_now", "please_wait", "say_action", "wait_time", "come_back_with_result"})
STAGES: tuple[tuple[str, frozenset[str], str, str], ...] = (
    ("接待", frozenset({"greeting", "ask_need"}), "greeting", "greeting.regular"),
    ("理解", _UNDERSTANDING, "", "service.empathy"),
    ("帮助", _HELPING, "body", "service.please_wait"),
    ("留住", frozenset({"ask_more", "farewell"}), "closing", "service.closing"),
)
STEPS_MOST = 9
NAMED_MOST = 4


def mood_in(conversation: Conversation) -> str:
    """Return the customer's mood: as it was set, else as the message shows it; empty where it shows none."""
    from csbot.replying.mood import mood_of

    return conversation.context.mood or (mood_of(conversation.turn.message) if conversation.turn else "")


def note_met(conversation: Conversation, turn: Turn) -> None:
    """Note the situations that a message was of: what their scripts require is to be said in this conversation."""
    if turn.asked:
        conversation.progress.met.update(dict.fromkeys(turn.situations))


def note_taken(
    conversation: Conversation,
    text: str,
    situations: tuple[str, ...],
    responder: Responder,
    worded_by_script: tuple[str, ...] = (),
) -> None:
    """Note that a text was taken as the reply, to certain situations or (a draft) to none in particular.

    ``worded_by_script`` are those of them whose reply is in the text as the library has it: what their scripts require
    has been said, though joining several replies may have left out what another one says.
    """
    progress = conversation.progress
    if conversation.turn is not None:
        note_met(conversation, conversation.turn)
    progress.met.update(dict.fromkeys(situations))
    progress.reply_to(situations)
    progress.replies += 1
    # Every element, though a longer one may hold it: 「马上登记，24小时内由专人跟进处理」 says a time as well.
    gathered = responder.elements.gathered(normalise(text))
    progress.said.update(hit.rule.id for each in gathered for hits in each for hit in hits if hit.exception is None)
    for each in worded_by_script:
        progress.said.update(name for entry in responder.library.scripts[each].elements for name in entry.split("|"))
    conversation.waiting_since = None


def stages(conversation: Conversation, library: Library) -> list[tuple[str, bool]]:
    """Return the stages of the service cycle in order, each with whether it has been passed."""
    parts = {library.intents[each].part for each in conversation.progress.taken if each in library.intents}
    said = conversation.progress.said
    return [(name, bool(elements & said) or part in parts) for name, elements, part, _ in STAGES]


def missing(conversation: Conversation, library: Library) -> list[str]:
    """Return the names of the elements that scripts of the situations met require and that no reply carried yet.

    What the script has for the message that is on the screen counts once a reply to it was taken, or it was passed
    over. As long as no reply at all was taken, everything is still to come, and nothing is missing.
    """
    if not conversation.progress.replies:
        return []
    names = {rule.id: rule.name for rule in library.elements}
    said = conversation.progress.said | ({KNOWN} if "订单号" in conversation.context.slots else set())
    found: dict[str, None] = {}
    for situation in conversation.progress.met:
        script = library.scripts.get(situation)
        for entry in script.elements if script is not None else ():
            either = entry.split("|")
            if not said.intersection(either):
                found[names.get(either[0], either[0])] = None  # either will do: the first is the usual one
    return list(found)


def named(names: Sequence[str]) -> str:
    """Return elements still missing on one line, the first of them by name."""
    more = f" 等 {len(names)} 项" if len(names) > NAMED_MOST else ""
    return "、".join(names[:NAMED_MOST]) + more


def following(conversation: Conversation, library: Library) -> list[str]:
    """Return the situations that come next, the likeliest first: what can be done with one key.

    First what the script on the screen leads to, then what earlier scripts of this conversation lead to and what was
    left out, then the next stage of the service cycle. What was done in this conversation is not offered again.
    """
    turn, taken = conversation.turn, conversation.progress.taken
    if turn is None:
        return []
    found = dict.fromkeys(turn.response.next)
    for earlier in (*reversed(taken), *reversed(conversation.progress.met)):
        if earlier in library.scripts:
            found.update(dict.fromkeys(library.scripts[earlier].next))
    shown = set(turn.situations)
    steps = [each for each in found if each not in taken and each not in shown and each in library.intents]
    for lead in _stage_leads(conversation, library):
        if lead not in taken and lead not in shown and lead not in steps:
            steps.append(lead)
    return steps[:STEPS_MOST]


def _stage_leads(conversation: Conversation, library: Library) -> list[str]:
    """Return the situations that lead into stages not passed yet: understanding where the customer is upset."""
    upset = mood_in(conversation) not in ("", "平静")
    passed = dict(stages(conversation, library))
    wanted = {"理解": upset, "帮助": upset, "留住": True, "接待": False}
    return [lead for name, _, _, lead in STAGES if wanted[name] and not passed[name] and lead in library.intents]
