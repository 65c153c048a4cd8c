"""The line at the bottom: who is being served and who waits, under what circumstances, from which library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from prompt_toolkit.application import get_app
from prompt_toolkit.formatted_text import StyleAndTextTuples
from rich.cells import cell_len

from csbot.console.commands.customers import waited
from csbot.console.screen.layout import clip
from csbot.console.serving.progress import missing
from csbot.console.state.keeping import due_words
from csbot.text.normalise import visible

if TYPE_CHECKING:
    from csbot.console.state.conversation import Conversation
    from csbot.console.state.desk import Desk
    from csbot.replying.responder import Responder

SEPARATOR = " | "
CLEAN = "没有发现服务忌语"
NAME_COLUMNS = 8  # of a customer's name beside others
DUE, ACTIVE, OWED = "class:bottom-toolbar.due", "class:bottom-toolbar.active", "class:bottom-toolbar.owed"


def toolbar(desk: Desk, is_clean: Callable[[], bool] = lambda: False) -> Callable[[], StyleAndTextTuples]:
    """Return what prompt_toolkit calls for the text of the bottom toolbar.

    ``is_clean`` tells whether a draft is being typed in which nothing is wrong: then that is said.

    It fits the terminal: what matters least is left out first, of the customers the names before the numbers.
    """

    @lru_cache(maxsize=2)
    def festival(day: date, responder: Responder) -> str:
        from csbot.replying.occasions import festival_on

        found = festival_on(day, responder.library.festivals)
        return found.name if found else ""

    def text() -> StyleAndTextTuples:
        responder, conversation = desk.loader.responder, desk.conversation
        context, counts = conversation.context, desk.keeping.counts()
        due = desk.keeping.trouble.partition("：")[0] if desk.keeping.trouble else due_words(counts)
        urgent = DUE if counts.overdue or desk.keeping.trouble else ""
        known = (context.profile, context.channel, context.mood, context.complaint_type, context.customer_type)
        lacking = missing(conversation, responder.library) if responder is not None else []
        # Each part with its rank: what has the highest number goes first where there is no room.
        parts: list[tuple[int, StyleAndTextTuples]] = [
            (0, [(urgent, due)]),
            (3, [("", CLEAN if is_clean() else "")]),
            (1, customers_bar(desk, columns() - 2 - (cell_len(due) + len(SEPARATOR) if due else 0))),
            (2, [("", f"拼 {len(conversation.basket.items)} 段" if conversation.basket.items else "")]),
            *_plain(4, known),
            (3, [("", f"还没说到 {clip('、'.join(lacking), 20)}" if lacking else "")]),
            (2, [("", "" if responder is not None else "话术库载入中……")]),
            (6, [("", festival(desk.clock().date(), responder) if responder is not None else "")]),
            (7, [("", f"话术库：{responder.library.origin}" if responder is not None else "")]),
            (5, [("", "F1 帮助")]),
            (8, [("", "Ctrl-D 离开")]),
        ]
        return fitted([(rank, part) for rank, part in parts if width_of(part)], columns())

    return text


def _plain(rank: int, texts: Sequence[str]) -> list[tuple[int, StyleAndTextTuples]]:
    return [(rank, [("", each)]) for each in texts]


def columns() -> int:
    """Return the columns of the terminal that the prompt stands in."""
    return get_app().output.get_size().columns


def width_of(pieces: StyleAndTextTuples) -> int:
    """Return how many columns pieces take."""
    return sum(cell_len(piece[1]) for piece in pieces)


def fitted(parts: Sequence[tuple[int, StyleAndTextTuples]], width: int) -> StyleAndTextTuples:
    """Return parts on one line; those of the highest rank are left out until the line is no longer than ``width``."""
    kept = list(parts)
    while len(kept) > 1 and sum(width_of(part) + len(SEPARATOR) for _, part in kept) - len(SEPARATOR) + 1 > width:
        last = max(rank for rank, _ in kept)
        kept.pop(max(place for place, (rank, _) in enumerate(kept) if rank == last))
    line: StyleAndTextTuples = [("", " ")]
    for number, (_, part) in enumerate(kept):
        line += [("", SEPARATOR)] if number else []
        line += part
    return line


def customers_bar(desk: Desk, width: int) -> StyleAndTextTuples:
    """Return the customers in at most ``width`` columns: number, name, and how long a reply has been owed.

    Where there is no room, the names go, first of those who wait for nothing, then of all but the one being served,
    at last the times.
    """
    now, active = desk.clock(), desk.conversation
    if len(desk.conversations) == 1:
        waiting = mark(active, now)
        return [("", f"客户：{visible(active.name) or '（未知）'}"), (OWED, f" {waiting}" if len(waiting) > 1 else "")]
    waiting_or_served = [each for each in desk.conversations if each.waiting_since or each is active]
    for named, timed in (
        (desk.conversations, True),
        (waiting_or_served, True),
        ([active], True),
        ([], True),
        ([], False),
    ):
        line: StyleAndTextTuples = []
        for number, each in enumerate(desk.conversations):
            line += [("", " ")] if number else []
            name = clip(visible(each.name), NAME_COLUMNS) if each in named else ""
            shown = f"{each.number} {name}".rstrip()
            line.append((ACTIVE, f"[{shown}]") if each is active else ("", shown))
            line.append((OWED, mark(each, now)[: None if timed else 1]))
        if width_of(line) <= width:
            break
    return line


def mark(conversation: Conversation, now: datetime) -> str:
    """Return the mark of a reply that is owed, 「●5分」, without a time in the first minute; empty where none is."""
    since = conversation.waiting_since
    if since is None:
        return ""
    short = waited(since, now).replace("分钟", "分").replace("小时", "时")
    return f"●{short}" if (now - since).total_seconds() >= 60 else "●"
