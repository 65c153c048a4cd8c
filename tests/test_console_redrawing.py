"""Threads that have found something out have the prompt drawn anew."""

from __future__ import annotations

import asyncio
import threading

from prompt_toolkit.application import Application
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from csbot.console.prompt.redrawing import redraw


def test_a_thread_never_draws_itself() -> None:
    drawn_by: list[int] = []

    class Watched(Application[None]):
        def invalidate(self) -> None:
            drawn_by.append(threading.get_ident())
            super().invalidate()

    async def ask_from_a_thread() -> None:
        running = asyncio.ensure_future(app.run_async())
        await asyncio.sleep(0)
        drawn_by.clear()
        await asyncio.to_thread(redraw, app)
        await asyncio.sleep(0)
        app.exit()
        await running

    with create_pipe_input() as keys:
        app = Watched(input=keys, output=DummyOutput())
        asyncio.run(ask_from_a_thread())
    assert set(drawn_by) == {threading.get_ident()}


def test_a_prompt_that_has_ended_is_left_alone() -> None:
    with create_pipe_input() as keys:
        app: Application[None] = Application(input=keys, output=DummyOutput())
        redraw(app)  # has not begun
        app.loop = asyncio.new_event_loop()
        app.loop.close()  # between the thread's look at it and its call
        redraw(app)
