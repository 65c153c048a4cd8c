"""Key bindings, as factories."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.filters import Always, completion_is_selected, has_completions, is_searching
from prompt_toolkit.key_binding import KeyBindings, KeyBindingsBase, KeyPressEvent, merge_key_bindings

if TYPE_CHECKING:
    from csbot.console.state.desk import Desk

# What a key does, as the line that an agent could type instead. Alt and a digit switch to that customer.
TURNING: dict[tuple[str, ...], str] = {  # to another customer
    ("escape", "n"): "/新客户",
    ("c-n",): "/切换 后",
    ("c-p",): "/切换 前",
    ("f7",): "/切换",
    **{("escape", digit): f"/切换 {digit}" for digit in "123456789"},
}
LINES: dict[tuple[str, ...], str] = {
    **TURNING,
    ("f2",): "/下一步 1",
    ("f3",): "/下一步 2",
    ("f4",): "/下一步 3",
    ("f5",): "/加",
    ("f6",): "/拼",
    ("f8",): "/拼 改",
}


def shared_keys() -> KeyBindings:
    """Return what holds in every prompt: Enter on a completion only closes the menu, a second Enter sends."""
    keys = KeyBindings()

    @keys.add("enter", filter=has_completions & completion_is_selected)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.complete_state = None

    return keys


def desk_keys(desk: Desk) -> KeyBindings:
    """Return the keys that do at once what a command does; what is being typed is kept, and stands there again."""
    keys = KeyBindings()

    def bind(sequence: tuple[str, ...], line: str) -> None:
        # Where a menu is open, Ctrl-N and Ctrl-P move in it.
        @keys.add(*sequence, filter=~has_completions if sequence[0].startswith("c-") else Always())
        def _(event: KeyPressEvent) -> None:
            buffer = event.current_buffer
            desk.conversation.unsent, desk.conversation.caret = buffer.text, buffer.cursor_position
            event.app.erase_when_done = True
            event.app.exit(result=line)

    for sequence, line in LINES.items():
        bind(sequence, line)
    return keys


def turning_keys(turn: Callable[[str, str], bool]) -> KeyBindings:
    """Return the keys that turn to another customer in the middle of a question, which stays without an answer.

    ``turn`` gets the line that does it and what was typed so far, and tells whether there is anybody to turn to.
    """
    keys = KeyBindings()

    def bind(sequence: tuple[str, ...], line: str) -> None:
        @keys.add(*sequence, filter=~has_completions if sequence[0].startswith("c-") else Always())
        def _(event: KeyPressEvent) -> None:
            if turn(line, event.current_buffer.text):
                event.app.exit(exception=KeyboardInterrupt)

    for sequence, line in TURNING.items():
        bind(sequence, line)
    return keys


def main_keys(show_help: Callable[[], None], *others: KeyBindingsBase) -> KeyBindingsBase:
    """Return the keys of the main prompt: Ctrl-C clears the line, F1 shows the help above it; and ``others``."""
    keys = shared_keys()

    @keys.add("c-c", filter=~is_searching)  # who searches is led out of the search by the editor itself
    @keys.add("<sigint>")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.reset()

    _add_help(keys, show_help)
    return merge_key_bindings([keys, *others])


def question_keys(show_help: Callable[[], None]) -> KeyBindings:
    """Return the keys of a prompt in which something is edited: F1 shows the help above it."""
    keys = shared_keys()
    _add_help(keys, show_help)
    return keys


def _add_help(keys: KeyBindings, show_help: Callable[[], None]) -> None:
    @keys.add("f1")
    def _(event: KeyPressEvent) -> None:  # noqa: ARG001
        run_in_terminal(show_help)
