"""One agent's terminal at the other end of an SSH connection.

The connection lives in the server's event loop, the console in a thread of its own: it asks and waits, as it does on
a local terminal. What passes between the two is handed over by the loop, since neither asyncssh nor the sockets may
be touched from outside of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TextIO, cast

import asyncssh
from prompt_toolkit.application.current import create_app_session
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output.vt100 import Vt100_Output

if TYPE_CHECKING:
    from prompt_toolkit.application.current import AppSession
    from prompt_toolkit.input import PipeInput

SLOWEST = 30.0  # seconds for which a terminal that takes nothing is waited for
TAKEN = ("NO_COLOR", "CSBOT_THEME", "LANG", "LC_ALL", "TERM_PROGRAM", "TMUX")  # of what an agent's SSH sends along
PENDING = 1 << 20  # bytes typed ahead at most: more is no typing


class Stream:
    """What the console writes to: a text file that ends in an SSH channel."""

    encoding = "utf-8"

    def __init__(self, send: Callable[[str], None]) -> None:
        self._send = send

    def write(self, text: str) -> int:
        """Send a text; a line ends with both marks, as a terminal in raw mode wants it."""
        self._send(text.replace("\r\n", "\n").replace("\n", "\r\n"))
        return len(text)

    def flush(self) -> None:
        """Nothing waits here."""

    def isatty(self) -> bool:
        """A terminal is at the other end."""
        return True


class Screen:
    """What the console needs to know of the terminal at the other end."""

    def __init__(
        self, stream: TextIO, environment: dict[str, str], columns: Callable[[], int], is_gone: Callable[[], bool]
    ) -> None:
        self.stream = stream
        self.environment = environment
        self.columns = columns
        self.is_gone = is_gone  # the line is broken or closed, though the console may still be at work


class AgentSession(asyncssh.SSHServerSession[str]):
    """Runs ``work`` in a thread, with an application session of prompt_toolkit that ends in the channel."""

    def __init__(self, work: Callable[[Screen], None]) -> None:
        self._work = work
        self._loop = asyncio.get_running_loop()
        self._channel: asyncssh.SSHServerChannel[str] | None = None
        self._size = Size(rows=24, columns=80)
        self._typed = bytearray()  # what the console has not taken yet
        self._unsent: list[str] = []  # what the console has written and the loop has not sent yet
        self._sending = threading.Lock()
        self._clear = threading.Event()  # the other end takes what is sent
        self._clear.set()
        self._gone = False
        self._input: PipeInput | None = None
        self._closing = contextlib.ExitStack()
        self._pipe = -1
        self._app_session: AppSession | None = None

    # What asyncssh calls, all of it in its loop.

    def connection_made(self, chan: asyncssh.SSHServerChannel[str]) -> None:
        """Keep the channel."""
        self._channel = chan

    def pty_requested(self, term_type: str, term_size: Any, term_modes: Any) -> bool:  # noqa: ARG002
        """Take the size of the terminal."""
        self._resize(term_size[0], term_size[1])
        return True

    def shell_requested(self) -> bool:
        """A console needs a terminal; a channel without one is refused."""
        return self._channel is not None and self._channel.get_terminal_type() is not None

    def session_started(self) -> None:
        """Begin to serve."""
        assert self._channel is not None
        self._input = self._closing.enter_context(create_pipe_input())
        self._pipe = os.dup(_writing_end(self._input))
        os.set_blocking(self._pipe, False)  # a console that is at work must not stop all others
        self._pump()
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(self._serve,), name="csbot-agent", daemon=True).start()

    def data_received(self, data: str, datatype: Any) -> None:  # noqa: ARG002
        """Hand on what was typed."""
        self._typed += data.encode("utf-8", "replace")
        if len(self._typed) > PENDING and self._channel is not None:
            self._channel.abort()
        elif self._pipe >= 0:
            self._pump()

    def eof_received(self) -> bool:
        """The agent has left."""
        self._hang_up()
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """The agent has left, or their line is broken."""
        self._gone = True
        self._clear.set()
        self._hang_up()

    def pause_writing(self) -> None:
        """The other end does not take what is sent."""
        self._clear.clear()

    def resume_writing(self) -> None:
        """It does again."""
        self._clear.set()

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:  # noqa: ARG002
        """Let the prompt draw itself anew, in its own loop."""
        self._resize(width, height)
        app = self._app_session.app if self._app_session is not None else None
        if app is not None and app.loop is not None:
            with contextlib.suppress(RuntimeError):  # the prompt has ended meanwhile: the next one asks for the size
                app.loop.call_soon_threadsafe(app._on_resize)

    def _resize(self, width: int, height: int) -> None:
        if width > 0 and height > 0:
            self._size = Size(rows=min(height, 1000), columns=min(width, 1000))

    def _pump(self) -> None:
        """Write to the console's input what it takes, and the rest when it takes more."""
        assert self._channel is not None
        try:
            written = os.write(self._pipe, self._typed) if self._typed else 0
        except BlockingIOError:
            written = 0
        except OSError:  # the console has ended
            self._typed.clear()
            written = 0
        del self._typed[:written]
        if self._typed:
            self._loop.add_writer(self._pipe, self._pump)
            self._channel.pause_reading()
        else:
            self._loop.remove_writer(self._pipe)
            self._channel.resume_reading()

    def _hang_up(self) -> None:
        """End the console's input: it leaves as with Ctrl-D, and writes down what it has to."""
        if self._pipe >= 0:
            self._loop.remove_writer(self._pipe)
            os.close(self._pipe)
            self._pipe = -1
        if self._input is not None:
            self._input.close()

    def _ended(self) -> None:
        assert self._channel is not None
        self._hang_up()
        self._closing.close()
        if not self._gone:
            self._channel.exit(0)

    # What the console's thread calls.

    def send(self, text: str) -> None:
        """Send a text to the terminal; it waits while the other end takes nothing, and gives up at some time."""
        if not self._clear.wait(SLOWEST):
            self._gone = True
        if self._gone:
            return
        with self._sending:
            is_first = not self._unsent
            self._unsent.append(text)
        if is_first:
            self._loop.call_soon_threadsafe(self._write)

    def _write(self) -> None:
        """Send all that was written since the last time: an answer is dozens of pieces, each packet is encrypted."""
        assert self._channel is not None
        with self._sending:
            text = "".join(self._unsent)
            self._unsent.clear()
        with contextlib.suppress(BrokenPipeError, OSError):
            self._channel.write(text)

    def _serve(self) -> None:
        assert self._channel is not None
        stream = cast(TextIO, Stream(self.send))
        term = self._channel.get_terminal_type() or "xterm"
        sent = {str(name): str(value) for name, value in self._channel.get_environment().items()}
        given = {name: sent[name] for name in TAKEN if name in sent}
        # SSH_CONNECTION: the clipboard is that of the agent's machine, and only the terminal reaches it.
        environment = {**given, "TERM": term, "SSH_CONNECTION": "csbot"}
        output = Vt100_Output(stream, lambda: self._size, term=term)
        try:
            with create_app_session(input=self._input, output=output) as self._app_session:
                self._work(Screen(stream, environment, lambda: self._size.columns, lambda: self._gone))
        finally:
            with contextlib.suppress(RuntimeError):  # the server has stopped
                self._loop.call_soon_threadsafe(self._ended)


def _writing_end(pipe: PipeInput) -> int:
    """Return the descriptor that feeds a pipe input of prompt_toolkit."""
    descriptor = cast(Any, pipe).pipe.write_fd
    assert isinstance(descriptor, int)
    return descriptor
