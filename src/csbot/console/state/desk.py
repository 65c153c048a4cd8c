"""The desk of one agent: the library, the terminal, the view and the customers who are being served.

What the desk needs of a terminal, and what a terminal is given of the desk, are two sides of one contract: they stand
together here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from csbot.console.screen.themes import Theme, has_plain_marks_only, theme_of
from csbot.console.state.agent import Agent
from csbot.console.state.conversation import MOST, Conversation
from csbot.console.state.keeping import Keeping
from csbot.console.state.loading import Loader
from csbot.console.state.renewing import Renewal
from csbot.replying.context import Context

if TYPE_CHECKING:
    from csbot.console.screen.view import View
    from csbot.replying.responder import Responder


class Terminal(Protocol):
    """Reads what the agent types. What is shown goes through the view."""

    colour: bool  # whether colours and other escape codes may be printed

    def read(self, desk: Desk) -> str:
        """Return the next line (or pasted lines). Raises EOFError when the agent leaves."""

    def ask(self, question: str, default: str = "", choices: Sequence[str] = ()) -> str | None:
        """Return the answer to a question; None where the agent does not want to answer (Ctrl-C, Ctrl-D)."""

    def edit(self, desk: Desk, question: str, default: str = "") -> str | None:
        """Return the agent's own wording, judged by the guard while it is typed where the terminal can show that."""

    def can_prefill(self) -> bool:
        """Tell whether ``default`` can be edited in place."""

    def dress(self, theme: Theme) -> bool:
        """Look like a theme from now on; False where the terminal has no looks."""

    def afresh(self) -> Terminal:
        """Return what reads from the same terminal, remembers nothing of what was entered here, and keeps nothing."""


class Desk:
    """Holds what every command needs. ``clock`` tells the time; ``copy`` copies a text and says how, in Chinese.

    ``keeping`` is what is kept on disk, ``agent`` who works here; by default nothing is kept, and nothing known.
    ``renewal`` tells of a library that was saved; by default
    it watches for this desk alone. ``at_home``: whether the agent sits at this machine; no program is started here
    for one who does not.
    """

    def __init__(
        self,
        loader: Loader,
        terminal: Terminal,
        clock: Callable[[], datetime],
        copy: Callable[[str], str],
        view: View | None = None,
        keeping: Keeping | None = None,
        renewal: Renewal | None = None,
        agent: Agent | None = None,
        *,
        at_home: bool = True,
    ) -> None:
        self.loader = loader
        self.renewal = renewal or Renewal(loader)
        self.at_home = at_home
        self.terminal = terminal
        self.clock = clock
        self.copy = copy
        self.conversation = Conversation(Context(clock()))  # with the customer who is being served at this moment
        self.conversations = [self.conversation]  # all of them, by their numbers; never empty
        self.ended: Conversation | None = None  # the last one that was ended: a slip can be undone
        self.pending: list[str] = []  # lines to be taken before the next one is read
        self.leaving = False
        self.judged_ahead: Responder | None = None  # whose replies are judged ahead (serving.ahead)
        self._warned = False  # whether the agent knows who still waits: leaving again is meant
        self.keeping = keeping or Keeping()
        self.agent = agent or Agent()
        self._view = view

    @property
    def view(self) -> View:
        """The view on the terminal; made when first needed, since rich takes its time."""
        if self._view is None:
            from csbot.console.screen.view import View

            self._view = View(
                sys.stdout,
                colour=self.terminal.colour,
                theme=theme_of(os.environ),
                plain_marks=has_plain_marks_only(os.environ),
            )
        return self._view

    @property
    def responder(self) -> Responder:
        """The responder; waits for the library where it is still being loaded. Raises LibraryUnusableError."""
        if not self.loader.done:
            print("话术库还在载入，请稍候。先打的字会留着。", flush=True)
        return self.loader.wait()

    def open(self, conversation: Conversation) -> None:
        """Lay a conversation on the desk and turn to it."""
        self.conversations = sorted([*self.conversations, conversation], key=lambda each: each.number)
        self.conversation = conversation

    def close(self, conversation: Conversation) -> None:
        """Take a conversation off the desk and turn to who has waited longest, else to the next customer."""
        others = [each for each in self.conversations if each is not conversation]
        self.ended = conversation
        self.conversations = others or [conversation.for_next(1)]
        if self.conversation is conversation:
            following = [each for each in others if each.number > conversation.number]
            self.conversation = self.longest_waiting or (following or self.conversations)[0]

    def numbered(self, number: int) -> Conversation | None:
        """Return the conversation with a number; None where there is none."""
        return next((each for each in self.conversations if each.number == number), None)

    @property
    def free_number(self) -> int | None:
        """The lowest number that no customer has; None where the desk is full."""
        taken = {each.number for each in self.conversations}
        return next((number for number in range(1, MOST + 1) if number not in taken), None)

    @property
    def owed(self) -> list[Conversation]:
        """The conversations in which a reply is owed, who has waited longest first."""
        waiting = [(each.waiting_since, each.number, each) for each in self.conversations if each.waiting_since]
        return [each for _, _, each in sorted(waiting, key=lambda entry: entry[:2])]

    @property
    def longest_waiting(self) -> Conversation | None:
        """Who has waited longest for a reply; None where none is owed."""
        return next(iter(self.owed), None)

    def may_leave(self) -> bool:
        """Tell whether the agent may leave; where several are served and somebody waits, only when asked again."""
        if len(self.conversations) == 1 or not self.owed or self._warned:
            return True
        self._warned = True
        waiting = "、".join(f"{each.number} {each.name}".strip() for each in self.owed)
        self.view.warn(f"还有客户等着回复：{waiting}。再按一次 Ctrl-D（或 /退出）才离开。")
        return False

    def taking(self) -> None:
        """Note that the agent goes on working: a warning given before leaving counts no longer."""
        self._warned = False

    @property
    def names(self) -> dict[str, str]:
        """The names of all situations by their ids."""
        return {identifier: intent.name for identifier, intent in self.responder.library.intents.items()}
