"""The plainest terminal: lines in, lines out, no escape codes."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TextIO

from csbot.text.normalise import visible

if TYPE_CHECKING:
    from csbot.console.screen.themes import Theme
    from csbot.console.state.desk import Desk

NAME_COLUMNS = 12  # of the prompt at most


def prompt_of(desk: Desk) -> str:
    """Return the prompt: 「客户> 」, with the number and the name of the customer where there are several or one."""
    from csbot.console.screen.layout import clip

    name = clip(visible(desk.conversation.name), NAME_COLUMNS) or "客户"
    number = f"{desk.conversation.number} " if len(desk.conversations) > 1 else ""
    return f"{number}{name}> "


class PlainTerminal:
    """A terminal without any abilities (``TERM=dumb``): ``input`` and nothing else."""

    colour = False

    def read(self, desk: Desk) -> str:
        """Return the next line; Ctrl-C throws away what was typed and asks again."""
        desk.loader.start()
        while True:
            try:
                return input(prompt_of(desk))
            except KeyboardInterrupt:
                sys.stdout.write("\n")
            except EOFError:
                sys.stdout.write("\n")
                raise

    def ask(self, question: str, default: str = "", choices: Sequence[str] = ()) -> str | None:  # noqa: ARG002
        """Return the answer to a question, None on Ctrl-C and Ctrl-D."""
        try:
            return input(question)
        except (KeyboardInterrupt, EOFError):
            sys.stdout.write("\n")
            return None

    def edit(self, desk: Desk, question: str, default: str = "") -> str | None:  # noqa: ARG002
        """Return the agent's own wording; it is judged once it is entered."""
        return self.ask(question)

    def can_prefill(self) -> bool:
        """Nothing can be edited in place here."""
        return False

    def dress(self, theme: Theme) -> bool:  # noqa: ARG002
        """There are no escape codes here."""
        return False

    def afresh(self) -> PlainTerminal:
        """Nothing is remembered here."""
        return self


def is_plain(environment: Mapping[str, str], output: TextIO) -> bool:
    """Tell whether the terminal can only take lines: then no escape code may be sent to it."""
    return (
        environment.get("TERM", "").lower() in ("", "dumb", "unknown") and sys.platform != "win32"
    ) or not output.isatty()
