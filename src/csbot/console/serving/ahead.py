"""Judging ahead: while the agent reads and types, every reply is judged as it would be filled for this agent now.

What was found clean is kept for later consoles, so that this is long only after the rules have changed.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from csbot.console.state.desk import Desk
    from csbot.replying.responder import Responder

PAUSE = 0.01  # seconds between two replies, each of which takes a fifth of that: no key waits for it


def judge_ahead(desk: Desk) -> None:
    """Begin with the library of a desk, if that has not been begun with; a thread does it beside the prompt."""
    responder = desk.loader.responder
    if responder is not None and responder is not desk.judged_ahead and desk.at_home:
        desk.judged_ahead = responder
        threading.Thread(target=_judge, args=(desk, responder), name="csbot-ahead", daemon=True).start()


def _judge(desk: Desk, responder: Responder) -> None:
    from csbot.console.state.conversation import AGENT_SLOTS
    from csbot.replying.context import Context

    def rest() -> bool:
        time.sleep(PAUSE)
        return not desk.leaving and desk.loader.responder is responder

    while not desk.loader.warm:  # what the first draft needs goes first
        if not rest():
            return
    own = {name: value for name, value in desk.conversation.context.slots.items() if name in AGENT_SLOTS}
    responder.judge_ahead(Context(desk.clock()), own, rest)
