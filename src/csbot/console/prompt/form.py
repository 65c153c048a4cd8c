"""Questions to a trainer, in a terminal: the answers are edited in place, and nothing of them is remembered."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from csbot.console.prompt.terminal import is_plain
from csbot.text.normalise import visible


class Form:
    """Asks one question after the other, with prompt_toolkit where the terminal can be written to freely."""

    def ask(self, question: str, default: str = "", choices: Sequence[str] = ()) -> str | None:
        """Return the answer, several lines where several were pasted; None on Ctrl-C and Ctrl-D."""
        try:
            if is_plain(os.environ, sys.stdout):
                return self._ask_plainly(question, default)
            return self._ask_in_place(question, default, choices)
        except (KeyboardInterrupt, EOFError):
            sys.stdout.write("\n")
            return None

    def tell(self, text: str) -> None:
        """Show some lines."""
        print("\n".join(map(visible, text.split("\n"))), flush=True)

    def _ask_plainly(self, question: str, default: str) -> str:
        """Ask where nothing can be edited in place: an empty answer stands for what was offered."""
        return input(f"{question}[{default}] " if default else question) or default

    def _ask_in_place(self, question: str, default: str, choices: Sequence[str]) -> str:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.completion import WordCompleter
        from prompt_toolkit.history import DummyHistory

        session: PromptSession[str] = PromptSession(history=DummyHistory(), reserve_space_for_menu=5)
        session.app.renderer.cpr_not_supported_callback = None
        return session.prompt(
            question,
            default=default,
            completer=WordCompleter(list(choices), sentence=True) if choices else None,
            complete_while_typing=False,
        )
