"""A console that is ended from outside: what has begun is brought to its end, and the terminal is left as it was."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from types import FrameType

# Ended by a program or by the machine that shuts down (TERM), or since its window was closed (HUP; not on Windows).
SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


class Ended(SystemExit):
    """The console is to end now. An event loop lets a SystemExit through, whatever it is doing."""


class _State:
    """What has come, in this process: there is one console that has a terminal of its own."""

    came: int | None = None  # the signal
    terminals: tuple[int, ...] = ()  # the standard streams that lead to a terminal
    held = 0  # how many pieces of work must not be broken off now


def came() -> int | None:
    """Return the signal that ends the console; None where none came."""
    return _State.came


@contextlib.contextmanager
def ending_in_order() -> Iterator[None]:
    """Raise Ended where a signal that ends the console comes; one that was ignored before (``nohup``) stays ignored."""
    _State.came, _State.held = None, 0
    _State.terminals = tuple(stream for stream in (0, 1, 2) if os.isatty(stream))
    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, _end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Let a short piece of work come to its end before the console ends."""
    _State.held += 1
    try:
        yield
    finally:
        _State.held -= 1
    if _State.came is not None and not _State.held:
        raise Ended


def die() -> None:
    """End this process by the signal that came, so that who sent it sees that it did; nothing without one."""
    if _State.came is not None:
        signal.signal(_State.came, signal.SIG_DFL)
        signal.raise_signal(_State.came)


def _end(number: int, _frame: FrameType | None) -> None:
    again = _State.came is not None
    _State.came = number
    _to_nowhere([stream for stream in _State.terminals if not os.isatty(stream)])  # their window is closed
    if not _State.held and not again:  # what is being put in order now is not broken off
        raise Ended


def _to_nowhere(streams: list[int]) -> None:
    """Lead streams to where everything may be written: what is put in order must not fail for want of a window."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in streams:
        os.dup2(nowhere, stream)
    os.close(nowhere)
