"""A prompt that is drawn anew because of what a thread has found out."""

from __future__ import annotations

import contextlib
from typing import Any

from prompt_toolkit.application import Application


def redraw(app: Application[Any]) -> None:
    """Have a prompt drawn anew, from whatever thread; nothing happens where it has ended or ends meanwhile.

    ``Application.invalidate`` says that threads may call it, yet asks twice which loop is running: where the line is
    entered between the two it raises RuntimeError, in a thread whose traceback then stands on the agent's screen.
    Within the loop nothing comes between.
    """
    loop = app.loop
    if loop is not None:
        with contextlib.suppress(RuntimeError):  # the loop has been closed: there is nothing left to draw
            loop.call_soon_threadsafe(app.invalidate)
