"""The console: read a line, do what it says, until the agent leaves."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import TextIO

from csbot.console.commands.about_me import introduce, welcome
from csbot.console.prompt.clipboard import Way, copy
from csbot.console.prompt.terminal import PlainTerminal, is_plain
from csbot.console.screen.quiet import quiet
from csbot.console.screen.themes import unknown_theme
from csbot.console.serving.ahead import judge_ahead
from csbot.console.serving.taking_over import renew
from csbot.console.state.agent import Agent, AgentError, agent_path
from csbot.console.state.desk import Desk, Terminal
from csbot.console.state.ending import Ended, die, ending_in_order
from csbot.console.state.keeping import due_words, keeping_at
from csbot.console.state.loading import LibraryUnusableError, Loader
from csbot.store.database import StoreError, data_directory
from csbot.text.normalise import visible

EXIT_CLEAN = 0
EXIT_UNUSABLE = 2
WELCOME = "输入或粘贴客户的话，回车得到回复；/帮助 列出命令，Ctrl-D 离开。"


def run(library: str | None, now: datetime | None) -> int:
    """Run the console on the standard streams and return the exit code.

    ``library`` is the folder of ``--library``; ``now`` fixes the clock. A library that cannot be used is reported
    on standard error, with all its problems, and gives 2.
    """
    with ending_in_order():
        try:
            # The plainest of terminals shows itself what is typed, and nobody else does.
            with contextlib.nullcontext() if is_plain(os.environ, sys.stdout) else quiet():
                return _run(library, now)
        except Ended:
            pass
        die()
    return EXIT_CLEAN


def _run(library: str | None, now: datetime | None) -> int:
    loader = Loader(library)
    terminal = _terminal()

    def clock() -> datetime:
        return now or datetime.now()

    desk = Desk(
        loader,
        terminal,
        clock,
        lambda text: _copy(desk, text),
        keeping=keeping_at(clock, data_directory()),
        agent=Agent(agent_path()),
    )
    try:
        begin(desk)
        greet(desk, os.environ)
        serve(desk)
    except Ended:
        desk.leaving = True
        with contextlib.suppress(StoreError):
            desk.keeping.catch_up()
        _tell_waiting(desk)
        raise
    except LibraryUnusableError as error:
        sys.stdout.flush()
        print("\n".join(error.lines), file=sys.stderr)
        return EXIT_UNUSABLE
    return EXIT_CLEAN


def begin(desk: Desk) -> None:
    """Ask a new agent who that is, and show the tour to who wants it. Raises LibraryUnusableError."""
    if welcome(desk):
        from csbot.console.commands.registry import show_tour

        show_tour(desk)


def greet(desk: Desk, environment: Mapping[str, str], stream: TextIO | None = None) -> None:
    """Say what can be done here, and what is due; to standard output unless there is another stream.

    ``environment`` is that of the agent's terminal. What is kept of the agent is read here.
    """
    try:
        desk.agent.read()
    except AgentError as error:
        desk.view.warn(f"{error}。")
    introduce(desk)
    print(WELCOME, file=stream, flush=True)  # the view would take rich, which is not needed yet
    if told := unknown_theme(environment):
        print(visible(told), file=stream, flush=True)
    counts = desk.keeping.counts()
    if counts.overdue or counts.soon:
        print(f"{due_words(counts)}，/待办 查看。", file=stream, flush=True)


def _terminal() -> Terminal:
    """Return the editor, or the plainest terminal where escape codes must not be sent."""
    if is_plain(os.environ, sys.stdout):
        return PlainTerminal()
    from csbot.console.prompt.editor import Editor  # prompt_toolkit: 0.15 s that a plain terminal need not pay
    from csbot.console.prompt.history import history_path

    return Editor(os.environ, history_path())


def serve(desk: Desk) -> None:
    """Take lines until the agent leaves. Raises LibraryUnusableError."""
    while not desk.leaving:
        desk.renewal.start()
        renew(desk)
        judge_ahead(desk)
        try:
            line = desk.pending.pop(0) if desk.pending else desk.terminal.read(desk)
        except EOFError:
            if desk.may_leave():
                break
            continue
        except KeyboardInterrupt:  # while the prompt was being put up
            continue
        try:
            from csbot.console.commands.registry import dispatch  # it takes its time: not before the first prompt

            renew(desk)
            dispatch(desk, line)
        except KeyboardInterrupt:
            desk.view.note("已停下。")
        except LibraryUnusableError:
            raise
        except Exception as error:  # an agent in the middle of a shift must not lose the console to one message
            desk.view.warn(f"这一条没能处理（{type(error).__name__}: {error}），其他的不受影响，请继续。")
    desk.leaving = True
    desk.renewal.stop()
    _tell_waiting(desk)
    desk.view.note("再见。")


def _tell_waiting(desk: Desk) -> None:
    """Show the promises that could not be written: they end with this process."""
    if desk.keeping.waiting:
        desk.view.warn(f"{desk.keeping.trouble}。没有存下的承诺，请抄下来：")
        for each in desk.keeping.waiting:
            desk.view.paragraph(f"{each.due:%m-%d %H:%M}  {each.customer or '（未称呼）'}  {each.wording}", 2)


def _copy(desk: Desk, text: str) -> str:
    """Copy a text, print it where it cannot be copied, and return what the agent is told."""

    def write(sequence: str) -> None:
        sys.stdout.write(sequence)
        sys.stdout.flush()

    way = copy(text, os.environ, write)
    if way is Way.PRINTED:
        desk.view.reply(text, complete=True)
    return way.value
