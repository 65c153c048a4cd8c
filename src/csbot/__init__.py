"""csbot: from a customer's message to an approved, compliant reply.

``csbot.load()`` gives a ``csbot.api.Bot``; docs/embedding.md says what it can do. Nothing is imported before it is
used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from csbot.api import Answer, Bot, Check, Conversation, Finding, LibraryError, Problem, Recognition, SlotError

__version__ = "0.1.0"
__all__ = [
    "Answer",
    "Bot",
    "Check",
    "Conversation",
    "Finding",
    "LibraryError",
    "Problem",
    "Recognition",
    "SlotError",
    "load",
]


def load(folder: str | Path | None = None) -> Bot:
    """Load the library in ``folder``, else the one that the command ``csbot`` would take.

    Raises LibraryError with every problem of every file.
    """
    from csbot.api import Bot

    return Bot(folder)


def __getattr__(name: str) -> Any:
    """Import a name of the interface when it is first asked for: ``import csbot`` alone costs nothing."""
    if name in __all__:
        from csbot import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
