"""The desk of one agent: the library, the terminal, the view and the conversation that is open."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from csbot.console.keeping import Keeping
from csbot.console.loading import Loader
from csbot.console.state import Conversation
from csbot.console.terminal import Terminal
from csbot.replying.context import Context

if TYPE_CHECKING:
    from csbot.console.view import View
    from csbot.replying.responder import Responder


class Desk:
    """Holds what every command needs. ``clock`` tells the time; ``copy`` copies a text and says how, in Chinese.

    ``keeping`` is what is kept on disk; by default nothing.
    """

    def __init__(
        self,
        loader: Loader,
        terminal: Terminal,
        clock: Callable[[], datetime],
        copy: Callable[[str], str],
        view: View | None = None,
        keeping: Keeping | None = None,
    ) -> None:
        self.loader = loader
        self.terminal = terminal
        self.clock = clock
        self.copy = copy
        self.conversation = Conversation(Context(clock()))
        self.pending: list[str] = []  # lines to be taken before the next one is read
        self.leaving = False
        self.keeping = keeping or Keeping()
        self._view = view

    @property
    def view(self) -> View:
        """The view on the terminal; made when first needed, since rich takes its time."""
        if self._view is None:
            from csbot.console.view import View

            self._view = View(sys.stdout, colour=self.terminal.colour)
        return self._view

    @property
    def responder(self) -> Responder:
        """The responder; waits for the library where it is still being loaded. Raises LibraryUnusableError."""
        if not self.loader.done:
            print("话术库还在载入，请稍候……", flush=True)
        return self.loader.wait()

    @property
    def names(self) -> dict[str, str]:
        """The names of all situations by their ids."""
        return {identifier: intent.name for identifier, intent in self.responder.library.intents.items()}
