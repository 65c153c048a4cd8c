"""Completion of commands, of what they take, and of situations by any fragment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from csbot.console.commands.registry import BY_NAME, COMMANDS, is_command
from csbot.searching.entries import Found
from csbot.text.normalise import visible

BY_FRAGMENT = ("用", "找", "收藏")  # commands that take a situation


class CommandCompleter(Completer):
    """Offers commands after a slash, after a command what it takes, and what any other fragment finds.

    ``search`` gives what a fragment finds; nothing while the library is being loaded.
    """

    def __init__(self, search: Callable[[str], Sequence[Found]]) -> None:
        self._search = search

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:  # noqa: ARG002
        """Yield completions for the line up to the caret; none for anything but a command."""
        line = document.text_before_cursor
        if not is_command(line) or "\n" in line:
            return
        typed = line.lstrip()[1:]
        name, space, argument = typed.partition(" ")
        if not space:
            yield from self._names(name)
        command = BY_NAME.get(name.lower())
        if command is None or not space:
            yield from self._found(typed, "/", len(typed) + 1)
            return
        for choice in command.choices:
            if choice.startswith(argument):
                yield Completion(choice, -len(argument))
        if command.name in BY_FRAGMENT:
            yield from self._found(argument, "", len(argument))

    def _found(self, fragment: str, before: str, length: int) -> Iterable[Completion]:
        for each in self._search(fragment):
            description = visible(each.detail) or each.id
            yield Completion(before + each.address, -length, display=visible(each.name), display_meta=description)

    def _names(self, typed: str) -> Iterable[Completion]:
        for command in COMMANDS:
            for name in (command.name, *command.aliases):
                if name.startswith(typed.lower()):
                    yield Completion("/" + name, -len(typed) - 1, display="/" + name, display_meta=command.summary)
                    break
