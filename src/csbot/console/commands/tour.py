"""The guided tour: a sample customer, on a desk of its own that keeps nothing; every step is really done."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from csbot.console.commands.about_me import introduce
from csbot.console.state.agent import Agent
from csbot.console.state.keeping import Keeping

if TYPE_CHECKING:
    from csbot.console.state.desk import Desk

COPIED = "（教程里不动您的剪贴板；平时这里会说怎么复制的。）"
SAMPLE = {"姓氏": "王", "称谓": "女士"}
SKIP = ("/跳过", "／跳过", "/skip")


@dataclass(frozen=True, slots=True)
class Line:
    """What the agent entered, and the name of the command that it is, empty where it is none."""

    text: str
    command: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what the agent is to do, and how csbot tells from the line and the desk that it is done.

    ``plainly`` is what to do where the terminal has no keys; the same by default.
    """

    task: str
    done: Callable[[Desk, Line], bool]
    praise: str
    plainly: str = ""


def _answered(desk: Desk, _line: Line) -> bool:
    return desk.conversation.turn is not None and bool(desk.conversation.turn.message)


def _varied(desk: Desk, line: Line) -> bool:
    turn = desk.conversation.turn
    return turn is not None and (len(turn.order) < 2 or turn.current != turn.order[0]) and bool(line.text.strip())


def _copied(desk: Desk, _line: Line) -> bool:
    return desk.conversation.progress.replies > 0


def _drafted(desk: Desk, line: Line) -> bool:
    return line.text.lstrip()[:1] in (">", "＞") and bool(desk.conversation.ready)


def _second(desk: Desk, _line: Line) -> bool:
    return len(desk.conversations) > 1


def _back(desk: Desk, _line: Line) -> bool:
    return len(desk.conversations) > 1 and desk.conversation.number == 1


def _listed(_desk: Desk, line: Line) -> bool:
    return line.command == "待办"


STEPS = (
    Step("客户发来一句话。输入 我要投诉 ，按回车。", _answered, "这就是可以直接发送的回复，依据的情景写在上面。"),
    Step("想换一种说法：输入 2 ，按回车。", _varied, "数字换说法，字母换情景。"),
    Step("空行按回车，复制屏幕上的回复。", _copied, "回复里答应了时限，已经自动记进待办。"),
    Step(
        "自己写一句。输入 > 这个我不清楚 ，先不按回车：忌语画了线，下面写着原因；按 Ctrl-T 换成合规的说法，再回车。",
        _drafted,
        "违规的话按回车复制不了；再按一次空行回车，复制的是改好的。",
        "自己写一句，输入 > 这个我不清楚 ，按回车：忌语会标出来，并给出改写。",
    ),
    Step(
        "又来了一位客户：按 Alt-N（或输入 /新客户）。",
        _second,
        "每位客户的对话都留着。",
        "又来了一位客户：输入 /新客户。",
    ),
    Step("回到第一位：按 Alt-1（或输入 /切换 1）。", _back, "F7 去等得最久的那一位。", "回到第一位：输入 /切换 1。"),
    Step("看看答应过什么：输入 /待办 。", _listed, "办完了用 /待办 完成 1。"),
)


def tour(desk: Desk, take: Callable[[Desk, str], None], named: Callable[[str], str]) -> None:
    """Guide the agent through the steps. Raises LibraryUnusableError.

    ``take`` does what a line says; ``named`` gives the name of the command that a line is, empty where it is none.

    It works on another desk: nothing of it gets into the conversations, the stores, the history or the clipboard.
    Promises go to a file that is removed with the tour.
    """
    from csbot.console.state.desk import Desk as AnyDesk
    from csbot.store import ledger

    with tempfile.TemporaryDirectory(prefix="csbot-tour-") as folder:
        keeping = Keeping(ledger.Ledger(Path(folder) / ledger.FILE_NAME, desk.clock))
        agent = Agent(values=dict(desk.agent.values))  # changes of it are not kept either
        practice = AnyDesk(
            desk.loader,
            desk.terminal.afresh(),
            desk.clock,
            lambda _: COPIED,
            desk.view,
            keeping,
            agent=agent,
            at_home=desk.at_home,
        )
        introduce(practice)
        practice.conversation.context.slots.update(SAMPLE)
        try:
            finished = _walk(practice, take, named)
        finally:
            practice.renewal.stop()
            keeping.close()
    view = desk.view
    view.line(("教程走完了。" if finished else "教程到这里。", "title"))
    view.note("教程里的客户和待办都没有留下。/教程 再来一遍，F1 是全部按键，/帮助 连同命令。")


def _walk(desk: Desk, take: Callable[[Desk, str], None], named: Callable[[str], str]) -> bool:
    """Take the steps one by one; False where the agent left before the last."""
    desk.view.line()
    desk.view.line(("两分钟教程", "title"), "：客户是假的，什么也不记下，也不会发给谁。")
    desk.view.note("Ctrl-D 随时结束；/跳过 跳过一步；别的按键和命令也都可以试。")
    for number, step in enumerate(STEPS, start=1):
        task = step.task if desk.terminal.can_prefill() else step.plainly or step.task
        _show(desk, number, task)
        if not _step(desk, step, partial(_show, desk, number, task), take, named):
            return False
    return True


def _show(desk: Desk, number: int, task: str) -> None:
    desk.view.line()
    desk.view.paragraph(task, style="open", lead=f"[{number}/{len(STEPS)}] ")


def _step(
    desk: Desk,
    step: Step,
    remind: Callable[[], None],
    take: Callable[[Desk, str], None],
    named: Callable[[str], str],
) -> bool:
    """Take lines until a step is done or passed over; False where the agent leaves the tour."""
    while True:
        try:
            text = desk.pending.pop(0) if desk.pending else desk.terminal.read(desk)
        except EOFError:
            return False
        except KeyboardInterrupt:
            continue
        line = Line(text, named(text))
        if line.command == "退出":
            return False
        if text.strip().lower() in SKIP:
            return True
        if line.command == "教程":
            remind()
            continue
        try:
            take(desk, text)
        except KeyboardInterrupt:
            desk.view.note("已停下。")
        if step.done(desk, line):
            desk.view.line(("√ ", "good"), (step.praise, "good"))
            return True
        if not desk.pending:
            remind()
