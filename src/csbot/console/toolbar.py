"""The line at the bottom: who is being served, under what circumstances, from which library."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from prompt_toolkit.formatted_text import StyleAndTextTuples

from csbot.text.normalise import visible

if TYPE_CHECKING:
    from csbot.console.desk import Desk
    from csbot.replying.responder import Responder


def toolbar(desk: Desk) -> Callable[[], StyleAndTextTuples]:
    """Return what prompt_toolkit calls for the text of the bottom toolbar."""

    @lru_cache(maxsize=2)
    def festival(day: date, responder: Responder) -> str:
        from csbot.replying.occasions import festival_on

        found = festival_on(day, responder.library.festivals)
        return found.name if found else ""

    def text() -> StyleAndTextTuples:
        responder = desk.loader.responder
        context = desk.conversation.context
        name = context.slots.get("姓氏", "") + context.slots.get("称谓", "")
        parts = [f"客户：{visible(name) or '（未知）'}"]
        parts += [
            part
            for part in (
                context.profile,
                context.channel,
                context.mood,
                context.complaint_type,
                context.customer_type,
            )
            if part
        ]
        if responder is None:
            parts.append("话术库载入中……")
        else:
            parts += [part for part in (festival(desk.clock().date(), responder),) if part]
            parts.append(f"话术库：{responder.library.origin}")
        parts += ["F1 帮助", "Ctrl-D 离开"]
        return [("", " " + " | ".join(parts))]

    return text
