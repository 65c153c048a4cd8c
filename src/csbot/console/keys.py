"""Key bindings, as factories."""

from __future__ import annotations

from collections.abc import Callable

from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.filters import completion_is_selected, has_completions
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent


def shared_keys() -> KeyBindings:
    """Return what holds in every prompt: Enter on a completion only closes the menu, a second Enter sends."""
    keys = KeyBindings()

    @keys.add("enter", filter=has_completions & completion_is_selected)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.complete_state = None

    return keys


def main_keys(show_help: Callable[[], None]) -> KeyBindings:
    """Return the keys of the main prompt: Ctrl-C clears the line, F1 shows the help above it."""
    keys = shared_keys()

    @keys.add("c-c")
    @keys.add("<sigint>")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.reset()

    _add_help(keys, show_help)
    return keys


def question_keys(show_help: Callable[[], None]) -> KeyBindings:
    """Return the keys of a prompt in which something is edited: F1 shows the help above it."""
    keys = shared_keys()
    _add_help(keys, show_help)
    return keys


def _add_help(keys: KeyBindings, show_help: Callable[[], None]) -> None:
    @keys.add("f1")
    def _(event: KeyPressEvent) -> None:  # noqa: ARG001
        run_in_terminal(show_help)
