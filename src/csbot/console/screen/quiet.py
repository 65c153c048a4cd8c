"""A terminal that shows nothing of what is typed while nobody reads it: the next prompt shows it, and once."""

from __future__ import annotations

import contextlib
import os
import struct
import sys
from collections.abc import Iterator
from typing import Any

_INPUT, _LOCAL, _CHARACTERS = 0, 3, 6  # places in what ``termios.tcgetattr`` gives
_ERASE_LINE = b"\r\x1b[K"


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep the terminal of standard input from echoing until the block ends, then leave it as it was.

    By itself the terminal shows what is typed between two prompts (while the library loads, while an answer is made),
    and the prompt, which then reads it, shows it again. What is typed meanwhile is kept as single keys, not as lines:
    Ctrl-D, the arrows and pasted lines come to the prompt as they do when it stands there. Ctrl-C still interrupts.

    What was echoed before this begins is wiped off its line. Standard input that is no terminal is left alone, and so
    is that of Windows, which echoes only what a program asks for.
    """
    terminal = _terminal()
    if sys.platform == "win32" or terminal is None:
        yield
        return
    import termios

    keyboard, before = terminal
    silent = termios.tcgetattr(keyboard)
    silent[_INPUT] &= ~(termios.ICRNL | termios.IXON)
    silent[_LOCAL] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
    silent[_CHARACTERS][termios.VSUSP] = b"\x00"  # Ctrl-Z undoes, also when it comes too early
    silent[_CHARACTERS][termios.VMIN], silent[_CHARACTERS][termios.VTIME] = 1, 0
    termios.tcsetattr(keyboard, termios.TCSANOW, silent)  # at once: what was typed already must not be thrown away
    try:
        if _typed_ahead(keyboard):
            with contextlib.suppress(OSError):
                os.write(sys.stdout.fileno(), _ERASE_LINE)
        yield
    finally:
        with contextlib.suppress(termios.error):  # the terminal is gone
            termios.tcsetattr(keyboard, termios.TCSADRAIN, before)


@contextlib.contextmanager
def as_before() -> Iterator[None]:
    """Let another program have the terminal as programs expect it, in the middle of ``quiet``."""
    terminal = _terminal()
    if sys.platform == "win32" or terminal is None:
        yield
        return
    import termios

    keyboard, silent = terminal
    usual = termios.tcgetattr(keyboard)
    usual[_INPUT] |= termios.ICRNL | termios.IXON
    usual[_LOCAL] |= termios.ECHO | termios.ICANON | termios.IEXTEN
    termios.tcsetattr(keyboard, termios.TCSADRAIN, usual)
    try:
        yield
    finally:
        with contextlib.suppress(termios.error):
            termios.tcsetattr(keyboard, termios.TCSADRAIN, silent)


def _terminal() -> tuple[int, list[Any]] | None:
    """Return the terminal of standard input and how it is set; None where there is none that can be set."""
    if sys.platform == "win32":
        return None
    import termios

    try:
        keyboard = sys.stdin.fileno()
        return keyboard, termios.tcgetattr(keyboard)
    except (OSError, ValueError, termios.error):
        return None


def _typed_ahead(keyboard: int) -> int:
    """Return how many bytes wait to be read."""
    if sys.platform == "win32":
        return 0
    import fcntl
    import termios

    count = fcntl.ioctl(keyboard, termios.FIONREAD, struct.pack("i", 0))
    return int(struct.unpack("i", count)[0])
