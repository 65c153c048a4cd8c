"""The line at the bottom: who is being served, under what circumstances, from which library."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from prompt_toolkit.formatted_text import StyleAndTextTuples

from csbot.console.keeping import due_words
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
        counts = desk.keeping.counts()
        due = desk.keeping.trouble.partition("：")[0] if desk.keeping.trouble else due_words(counts)
        if due:
            parts.insert(0, due)
        if responder is None:
            parts.append("话术库载入中……")
        else:
            parts += [part for part in (festival(desk.clock().date(), responder),) if part]
            parts.append(f"话术库：{responder.library.origin}")
        parts += ["F1 帮助"] if due else ["F1 帮助", "Ctrl-D 离开"]  # 80 columns have no room for all
        pieces: StyleAndTextTuples = [("", " ")]
        for number, part in enumerate(parts):
            urgent = number == 0 and bool(due) and (counts.overdue > 0 or bool(desk.keeping.trouble))
            pieces += [("", " | " if number else ""), ("class:bottom-toolbar.due" if urgent else "", part)]
        return pieces

    return text
