"""Completion of commands and of what they take."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from csbot.console.commands import BY_NAME, COMMANDS, is_command


class CommandCompleter(Completer):
    """Offers commands after a slash, and after a command what it takes.

    ``intents`` gives the situations by id with their names; it is empty while the library is being loaded.
    """

    def __init__(self, intents: Callable[[], Mapping[str, str]]) -> None:
        self._intents = intents

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:  # noqa: ARG002
        """Yield completions for the line up to the caret; none for anything but a command."""
        line = document.text_before_cursor
        if not is_command(line) or "\n" in line:
            return
        name, space, argument = line.lstrip()[1:].partition(" ")
        if not space:
            yield from self._names(name)
            return
        command = BY_NAME.get(name.lower())
        if command is None:
            return
        for choice in command.choices:
            if choice.startswith(argument):
                yield Completion(choice, -len(argument))
        if command.name == "用":
            for identifier, title in self._intents().items():
                if argument in identifier or argument in title:
                    yield Completion(identifier, -len(argument), display_meta=title)

    def _names(self, typed: str) -> Iterable[Completion]:
        for command in COMMANDS:
            for name in (command.name, *command.aliases):
                if name.startswith(typed.lower()):
                    yield Completion("/" + name, -len(typed) - 1, display="/" + name, display_meta=command.summary)
                    break
