"""One process that serves many agents over SSH: who is let in, what each of them gets, what they share."""

from __future__ import annotations

import asyncio
import io
import re
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from tests.support import ROOT, csbot, environment, write_library

pytest.importorskip("asyncssh")

import asyncssh

pytestmark = [
    pytest.mark.slow,  # a server and its consoles, each a program
    pytest.mark.skipif(sys.platform == "win32", reason="csbot serve runs on Unix"),
]

PATIENCE = 60.0  # seconds
ESCAPES = re.compile(r"\x1b\][^\x07]*\x07|\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r")


class Served:
    """A running ``csbot serve`` with two agents, w001 and w002, by default with a small library."""

    def __init__(self, folder: Path, *options: str, library: Path | None = None) -> None:
        self.library = library or write_library(folder / "library")
        self.keys = {name: asyncssh.generate_private_key("ssh-ed25519") for name in ("w001", "w002")}
        self.agents = folder / "agents"
        self.agents.mkdir()
        for name, key in self.keys.items():
            (self.agents / f"{name}.pub").write_bytes(key.export_public_key())
        self.data = folder / "data"
        variables = {**environment(), "CSBOT_DATA_DIR": str(self.data), "CSBOT_PERSONAL": ""}
        command = [sys.executable, "-m", "csbot", "--library", str(self.library), "serve", "--port", "0"]
        self.process = subprocess.Popen(
            [*command, "--agents", str(self.agents), *options], stderr=subprocess.PIPE, text=True, env=variables
        )
        assert self.process.stderr is not None
        self.first = self.process.stderr.readline()
        found = re.search(r"端口 (\d+)", self.first)
        assert found, self.first + (self.process.stderr.read() if self.process.poll() is not None else "")
        self.port = int(found[1])

    def stop(self) -> int:
        """Ask it to stop, as a service manager does, and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        assert self.process.stderr is not None
        if not self.process.stderr.closed:
            self.log = self.process.stderr.read()
            self.process.stderr.close()
        return code


class Agent:
    """An agent's terminal: what it shows, and what can be typed."""

    def __init__(self, process: asyncssh.SSHClientProcess[str]) -> None:
        self.process = process
        self.text = ""

    async def sees(self, expected: str) -> None:
        """Wait until the terminal has shown a text."""
        async with asyncio.timeout(PATIENCE):
            while expected not in re.sub(r"\s", "", ESCAPES.sub("", self.text)):
                piece = await self.process.stdout.read(65536)
                assert piece, f"{expected!r} did not come, the line was closed: {self.text[-2000:]!r}"
                self.text += piece

    async def enter(self, line: str, expected: str) -> None:
        """Type a line and wait for what comes of it."""
        self.text = ""
        self.process.stdin.write(line + "\r")
        await self.sees(expected)

    async def ended(self) -> int | None:
        """Wait until the server has closed the line and return the exit code."""
        async with asyncio.timeout(PATIENCE):
            while piece := await self.process.stdout.read(65536):
                self.text += piece
            await self.process.wait_closed()
        status = self.process.exit_status
        return status if status is None else int(status)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    office = Served(tmp_path, "--most", "2")
    yield office
    assert office.stop() == 0


def talk(served: Served, name: str, conversation: Callable[[Agent], Awaitable[None]], **options: object) -> None:
    """Log in as an agent and have a conversation with the console."""
    asyncio.run(talking(served, name, conversation, **options))


async def talking(
    served: Served, name: str, conversation: Callable[[Agent], Awaitable[None]], **options: object
) -> None:
    key = options.pop("key", None) or served.keys[name]
    async with (
        asyncssh.connect(
            "127.0.0.1", served.port, username=name, client_keys=[key], known_hosts=None, config=None, agent_path=None
        ) as connection,
        connection.create_process(term_type="xterm", term_size=(80, 24), encoding="utf-8", **options) as process,
    ):
        await conversation(Agent(process))


def test_an_agent_is_answered_and_leaves(served: Served) -> None:
    async def conversation(agent: Agent) -> None:
        await agent.sees("客户>")
        await agent.enter("怎么付款", "说法1/")
        await agent.enter("", "由终端转交")
        assert "\x1b]52;c;" in agent.text
        await agent.enter(">不知道", "违规")
        agent.process.stdin.write("\x04")
        assert await agent.ended() == 0

    talk(served, "w001", conversation)


def test_who_has_no_key_on_the_roster_is_kept_out(served: Served) -> None:
    async def nothing(_agent: Agent) -> None:
        pytest.fail("logged in")

    stranger = asyncssh.generate_private_key("ssh-ed25519")
    for name, key in [
        ("w001", stranger),
        ("w003", stranger),
        ("../w001", served.keys["w001"]),
        ("w002", served.keys["w001"]),
    ]:
        with pytest.raises(asyncssh.PermissionDenied):
            talk(served, name, nothing, key=key)


@pytest.mark.slow
def test_an_agent_who_is_added_or_removed_needs_no_restart(served: Served) -> None:
    async def conversation(agent: Agent) -> None:
        await agent.sees("客户>")

    key = asyncssh.generate_private_key("ssh-ed25519")
    (served.agents / "w009.pub").write_bytes(key.export_public_key())
    talk(served, "w009", conversation, key=key)
    (served.agents / "w009.pub").unlink()
    with pytest.raises(asyncssh.PermissionDenied):
        talk(served, "w009", conversation, key=key)


def test_only_a_console_is_given(served: Served) -> None:
    async def refused() -> None:
        async with asyncssh.connect(
            "127.0.0.1", served.port, username="w001", client_keys=[served.keys["w001"]], known_hosts=None, config=None
        ) as connection:
            with pytest.raises(asyncssh.ChannelOpenError):
                await connection.create_process("ls")
            with pytest.raises(asyncssh.ChannelOpenError):
                await connection.create_process()  # no terminal
            with pytest.raises(asyncssh.ChannelOpenError):
                await connection.open_connection("127.0.0.1", served.port)  # no forwarding

    asyncio.run(refused())


@pytest.mark.slow
def test_nobody_edits_in_a_program_of_the_server(served: Served) -> None:
    async def conversation(agent: Agent) -> None:
        await agent.sees("客户>")
        await agent.enter("怎么付款", "说法1/")
        await agent.enter("/加", "拼接（1段）")
        await agent.enter("/拼 编辑 1", "远程登录")

    talk(served, "w001", conversation)


@pytest.mark.slow
def test_agents_share_the_library_and_nothing_else(tmp_path: Path, responder: object) -> None:
    served = Served(tmp_path, library=ROOT)

    async def first(agent: Agent) -> None:
        await agent.sees("客户>")
        await agent.enter("/客户 王 先生", "王先生")
        await agent.enter("我要投诉你们", "说法1/")
        await agent.enter("", "待办1")

    async def second(agent: Agent) -> None:
        await agent.sees("客户>")
        await agent.enter("/待办", "没有")
        assert "王" not in agent.text

    async def both() -> None:
        await asyncio.gather(talking(served, "w001", first), talking(served, "w002", second))

    asyncio.run(both())
    assert served.stop() == 0
    ledger = served.data / "team" / "agents" / "w001" / "promises.sqlite"
    assert stat.S_IMODE(ledger.stat().st_mode) == 0o600
    assert not (served.data / "team" / "agents" / "w002" / "promises.sqlite").exists()
    variables = {**environment(), "CSBOT_DATA_DIR": str(ledger.parent)}
    assert "24小时" in csbot("promises", env=variables).stdout


@pytest.mark.slow
def test_a_saved_library_reaches_every_desk(served: Served) -> None:
    path = served.library / "intents.yaml"

    async def conversation(agent: Agent) -> None:
        await agent.sees("客户>")
        await agent.enter("怎么付款", "说法1/")
        before = path.read_text(encoding="utf-8")
        if "# saved" not in before:
            path.write_text(before.replace("怎么付款", "该怎么付款", 1) + "# saved\n", encoding="utf-8")
        await agent.sees("话术库已更新")

    async def both() -> None:
        await asyncio.gather(talking(served, "w001", conversation), talking(served, "w002", conversation))

    asyncio.run(both())


def test_more_than_the_server_was_made_for_are_sent_away(served: Served) -> None:
    async def conversation(agent: Agent) -> None:
        await agent.sees("客户>")

    async def third(agent: Agent) -> None:
        await agent.sees("满员")
        assert await agent.ended() == 0

    async def all_of_them() -> None:
        async def stay(agent: Agent) -> None:
            await conversation(agent)
            ready.release()
            await done.wait()

        ready, done = asyncio.Semaphore(0), asyncio.Event()
        tasks = [asyncio.create_task(talking(served, name, stay)) for name in ("w001", "w002")]
        for _ in tasks:
            await ready.acquire()
        await talking(served, "w001", third)
        done.set()
        await asyncio.gather(*tasks)

    asyncio.run(all_of_them())


@pytest.mark.slow
def test_a_broken_line_frees_the_desk_and_a_long_paste_stops_nobody(served: Served) -> None:
    async def pasting(agent: Agent) -> None:
        await agent.sees("客户>")
        agent.process.stdin.write("\x1b[200~" + "这是一段很长的话，" * 20_000 + "\x1b[201~")

    async def other(agent: Agent) -> None:
        await agent.sees("客户>")
        await agent.enter("怎么付款", "说法1/")

    async def both() -> None:
        async def paste_and_break() -> None:
            connection = await asyncssh.connect(
                "127.0.0.1",
                served.port,
                username="w001",
                client_keys=[served.keys["w001"]],
                known_hosts=None,
                config=None,
            )
            process = await connection.create_process(term_type="xterm", term_size=(80, 24))
            await pasting(Agent(process))
            connection.abort()

        await asyncio.gather(paste_and_break(), talking(served, "w002", other))
        for _ in range(2):  # both desks are free again, at most two are given
            await talking(served, "w001", other)

    asyncio.run(both())
    assert served.stop() == 0
    assert served.log.count("已离开") == served.log.count("已登录")


def test_who_lost_the_line_takes_no_seat_though_their_console_is_still_at_work(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from csbot.team.office import Office
    from csbot.team.roster import Roster
    from csbot.team.server import Server
    from csbot.team.session import Screen

    at_work, may_end = threading.Semaphore(0), threading.Event()

    def busy(_server: Server, _agent: str, _screen: Screen) -> None:
        at_work.release()
        may_end.wait(PATIENCE)

    monkeypatch.setattr(Server, "_serve", busy)
    server = Server(Office(None, None, datetime.now), Roster(tmp_path), None, 1, print)
    broken = threading.Event()

    def come(is_gone: Callable[[], bool]) -> tuple[threading.Thread, io.StringIO]:
        shown = io.StringIO()
        thread = threading.Thread(target=server.work, args=("w001", Screen(shown, {}, lambda: 80, is_gone)))
        thread.start()
        return thread, shown

    first, _ = come(broken.is_set)
    assert at_work.acquire(timeout=PATIENCE)
    sent_away, told = come(lambda: False)
    sent_away.join(PATIENCE)
    assert "满员" in told.getvalue()
    broken.set()
    again, told = come(lambda: False)
    assert at_work.acquire(timeout=PATIENCE)
    assert told.getvalue() == ""
    may_end.set()
    for thread in (first, again):
        thread.join(PATIENCE)
        assert not thread.is_alive()


@pytest.mark.slow
def test_the_size_of_the_terminal_is_followed(served: Served) -> None:
    async def conversation(agent: Agent) -> None:
        await agent.sees("客户>")
        agent.process.change_terminal_size(40, 20)
        await agent.enter("怎么付款", "说法1/")
        answer = agent.text
        await agent.enter("", "由终端转交")  # what is copied comes after the whole of the answer
        lines = [line for line in ESCAPES.sub("", answer + agent.text).split("\n") if line.startswith("  2")]
        assert all(len(line.encode("gb18030")) <= 40 for line in lines)
        assert lines

    talk(served, "w001", conversation)


@pytest.mark.slow
def test_agents_are_told_goodbye_when_the_server_stops(tmp_path: Path) -> None:
    served = Served(tmp_path)

    async def conversation(agent: Agent) -> None:
        await agent.sees("客户>")
        served.process.send_signal(signal.SIGTERM)
        await agent.ended()

    talk(served, "w001", conversation)
    assert served.stop() == 0
    assert "Traceback" not in served.log


def test_the_key_of_the_server_stays_the_same_and_is_its_owners_alone(tmp_path: Path) -> None:
    from csbot.team.server import host_key_at

    path = tmp_path / "team" / "host_key"
    made = host_key_at(path).read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert host_key_at(path).read_bytes() == made


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "没有坐席的公钥"),
        ({"w001.pub": "不是公钥"}, "w001.pub: 里面没有 OpenSSH 格式的公钥"),
        ({"w001.pub": "# 空的\n"}, "w001.pub: 里面没有 OpenSSH 格式的公钥"),
        ({"W 1.pub": "x", "readme.txt": "x"}, "没有坐席的公钥"),
    ],
)
def test_a_roster_that_cannot_be_used_is_an_error(tmp_path: Path, files: dict[str, str], said: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = csbot("--library", str(ROOT), "serve", "--agents", str(tmp_path), "--port", "0")
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""


@pytest.mark.slow
def test_a_missing_folder_and_a_taken_port_are_errors(tmp_path: Path, served: Served) -> None:
    done = csbot("serve", "--agents", str(tmp_path / "none"))
    assert (done.returncode, "读不了坐席公钥" in done.stderr) == (2, True)
    variables = {**environment(), "CSBOT_DATA_DIR": str(tmp_path / "other")}
    options = ["serve", "--agents", str(served.agents), "--port", str(served.port)]
    done = csbot("--library", str(served.library), *options, env=variables)
    assert (done.returncode, f"{served.port} 端口" in done.stderr) == (2, True)


def test_answers_are_the_same_whoever_asks_at_the_same_time(responder: object) -> None:
    """One responder serves all threads: nothing of one message may leak into another."""
    from concurrent.futures import ThreadPoolExecutor
    from datetime import datetime

    from csbot.replying.context import Context
    from csbot.replying.responder import Responder

    assert isinstance(responder, Responder)
    texts = [
        "怎么付款",
        "我要投诉你们",
        "怎么还没发货",
        "发票能开专票吗",
        "我要退货，钱什么时候退",
        "你好",
        "积分在哪看",
    ]

    def answer(text: str) -> str:
        best = responder.respond(text, Context(datetime(2026, 11, 22, 10))).best
        return best.filled.text if best else ""

    alone = {text: answer(text) for text in texts}
    asked = texts * 30
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(answer, asked)) == [alone[text] for text in asked]
