"""The SSH server: agents log in with their keys, each gets a desk of the office."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import asyncssh

from csbot.console.app import greet, serve
from csbot.console.prompt.clipboard import Way, copy
from csbot.console.prompt.editor import Editor
from csbot.console.screen.themes import has_plain_marks_only, theme_of
from csbot.console.screen.view import View
from csbot.team.office import Office
from csbot.team.roster import Roster
from csbot.team.session import AgentSession, Screen

KEEPALIVE = 30.0  # seconds of silence after which a line is asked whether it is still there
LOGIN = 30.0  # seconds that a login may take
GOODBYE = 5.0  # seconds that consoles may take to write down what they have to when the server stops


class ServerError(Exception):
    """The server cannot start; the message is complete, in Chinese."""


class Server:
    """Serves an office to the agents of a roster, at most ``most`` at once.

    ``state`` is the folder of the agents' lists of commands; ``log`` takes a line about who comes and goes.
    """

    def __init__(
        self, office: Office, roster: Roster, state: Path | None, most: int, log: Callable[[str], None]
    ) -> None:
        self._office = office
        self._roster = roster
        self._state = state
        self._most = most
        self._log = log
        self._connections: set[asyncssh.SSHServerConnection] = set()
        self._seated: set[Screen] = set()
        self._seating = threading.Lock()

    async def run(self, host: str, port: int, host_key: Path, started: Callable[[int], None]) -> None:
        """Serve until the process is told to end. ``started`` is called with the port. Raises ServerError."""
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        try:
            listener = await asyncssh.create_server(
                lambda: _Doorkeeper(self),
                host,
                port,
                server_host_keys=[str(host_key)],
                line_editor=False,
                errors="replace",
                keepalive_interval=KEEPALIVE,
                login_timeout=LOGIN,
                agent_forwarding=False,
                x11_forwarding=False,
                password_auth=False,
                kbdint_auth=False,
                config=None,
            )
        except OSError as error:
            raise ServerError(f"不能在 {host or '所有地址'} 的 {port} 端口上监听：{error.strerror}") from error
        started(listener.get_port())
        await stop.wait()
        listener.close()
        for connection in list(self._connections):
            connection.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE):
                while self._office.present:
                    await asyncio.sleep(0.05)

    def keys(self, agent: str) -> asyncssh.SSHAuthorizedKeys | None:
        """Return the keys of an agent, None where nobody of that name may log in."""
        return self._roster.keys(agent)

    def came(self, connection: asyncssh.SSHServerConnection) -> None:
        """Keep a connection, so that it can be ended."""
        self._connections.add(connection)

    def went(self, connection: asyncssh.SSHServerConnection) -> None:
        """Forget a connection."""
        self._connections.discard(connection)

    def work(self, agent: str, screen: Screen) -> None:
        """Be the console of one agent until they leave. In the agent's own thread."""
        if not self._seat(screen):
            screen.stream.write(f"现在已有 {self._most} 位坐席在线，满员了，请稍后再来。\n")
            return
        try:
            self._serve(agent, screen)
        finally:
            with self._seating:
                self._seated.discard(screen)

    def _seat(self, screen: Screen) -> bool:
        """Say whether there is room for one more.

        Who has no line any more takes no seat: a console at work on a long paste ends seconds after its line broke, and
        its agent is back sooner.
        """
        with self._seating:
            self._seated = {other for other in self._seated if not other.is_gone()}
            has_room = len(self._seated) < self._most
            if has_room:
                self._seated.add(screen)
        return has_room

    def _serve(self, agent: str, screen: Screen) -> None:
        history = self._state / "agents" / agent / "commands" if self._state is not None else None
        terminal = Editor(screen.environment, history)
        view = View(
            screen.stream,
            colour=terminal.colour,
            theme=theme_of(screen.environment),
            plain_marks=has_plain_marks_only(screen.environment),
            environment=screen.environment,
            columns=screen.columns,
        )

        def copied(text: str) -> str:
            way = copy(text, screen.environment, lambda sequence: _raw(screen, sequence))
            if way is Way.PRINTED:
                view.reply(text, complete=True)
            return way.value

        desk = self._office.take_desk(agent, terminal, view, copied)
        self._log(f"{agent} 已登录，在线 {self._office.present} 人")
        try:
            greet(desk, screen.environment, screen.stream)
            serve(desk)
        finally:
            self._office.leave(desk)
            desk.keeping.close()
            self._log(f"{agent} 已离开，在线 {self._office.present} 人")


def _raw(screen: Screen, sequence: str) -> None:
    screen.stream.write(sequence)


class _Doorkeeper(asyncssh.SSHServer):
    """Lets in who has a key on the roster, to a console and to nothing else."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._connection: asyncssh.SSHServerConnection | None = None
        self._agent = ""

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Keep the connection."""
        self._connection = conn
        self._server.came(conn)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """Forget it."""
        if self._connection is not None:
            self._server.went(self._connection)

    def begin_auth(self, username: str) -> bool:
        """Ask everybody for a key; who is not on the roster has none that fits."""
        assert self._connection is not None
        self._agent = username
        keys = self._server.keys(username)
        if keys is not None:
            self._connection.set_authorized_keys(keys)
        return True

    def session_requested(self) -> AgentSession:
        """Give the agent a console."""
        return AgentSession(lambda screen: self._server.work(self._agent, screen))


def host_key_at(path: Path) -> Path:
    """Return the file of the server's own key; it is made (Ed25519, mode 0600) where there is none.

    Raises ServerError.
    """
    if path.exists():
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = asyncssh.generate_private_key("ssh-ed25519", comment="csbot").export_private_key()
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(made)
    except OSError as error:
        raise ServerError(f"{path}: 存不了服务器密钥：{error.strerror}") from error
    return path


def serve_team(
    library: str | None,
    now: datetime | None,
    host: str,
    port: int,
    agents: Path,
    key: Path,
    data: Path | None,
    most: int,
) -> None:
    """Serve until the process is told to end. Raises ServerError, RosterError and LibraryUnusableError.

    ``data`` is the folder of what is kept, every agent's in one of their own; ``key`` the file of the server's key.
    """
    roster = Roster(agents)
    names = roster.check()
    office = Office(library, data, lambda: now or datetime.now())
    origin = office.open()

    def log(line: str) -> None:
        print(f"{datetime.now():%H:%M:%S} {line}", file=sys.stderr, flush=True)

    def started(taken: int) -> None:
        log(f"话术库：{origin}；坐席 {len(names)} 人；端口 {taken}。Ctrl-C 停止。")

    try:
        server = Server(office, roster, data, most, log)
        asyncio.run(server.run(host, port, host_key_at(key), started))
    except (ValueError, asyncssh.KeyImportError) as error:
        raise ServerError(f"{key}: 不是可用的服务器密钥：{error}") from error
    finally:
        office.close()
