"""What csbot asks the agent about themselves: on the first run, and by ``/我``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from csbot.console.state.agent import FIELDS, TRADE, AgentError
from csbot.console.state.circumstances import PROFILES
from csbot.console.state.conversation import AGENT_SLOTS

if TYPE_CHECKING:
    from csbot.console.state.desk import Desk

SHORT = {"姓": "客服姓氏", "姓氏": "客服姓氏", "我姓": "客服姓氏", "公司名": "公司"}
HOW = "/我 公司=星河商城 姓=李 工号=1024 行业=电商；/我 工号= 去掉一项；/我 重填；/我 清除"


def introduce(desk: Desk) -> None:
    """Let every conversation on the desk know who the agent is; what was forgotten is forgotten there too."""
    for conversation in desk.conversations:
        context = conversation.context
        for name in AGENT_SLOTS:
            if name in desk.agent.values:
                context.slots[name] = desk.agent.values[name]
            else:
                context.slots.pop(name, None)
        context.profile = desk.agent.values.get(TRADE, "")


def ask_all(desk: Desk) -> bool:
    """Ask for every value in turn, with what is known to edit; False where the agent stopped (Ctrl-C, Ctrl-D)."""
    agent = desk.agent
    for name, (_, prompt, example) in FIELDS.items():
        details = "可选 " + "、".join(PROFILES) if name == TRADE else f"例 {example}"
        while True:
            answer = desk.terminal.ask(
                f"{name}（{prompt}，{details}）：",
                agent.values.get(name, "") if desk.terminal.can_prefill() else "",
                PROFILES if name == TRADE else (),
            )
            if answer is None:
                return False
            try:
                agent.take(name, answer.strip())
                break
            except AgentError as error:
                desk.view.warn(f"{error}。")
    return True


def welcome(desk: Desk) -> bool:
    """Ask on the very first run, in a terminal, who the agent is; tell whether the agent wants the guided tour.

    Who presses Ctrl-C or Ctrl-D, or cannot be remembered, is not asked again.
    """
    if not desk.agent.is_new or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    desk.loader.start()  # it takes its time while the agent answers
    desk.view.line(("第一次使用 csbot", "title"))
    desk.view.note(
        "先问四项，用来填回复里的公司、姓氏和工号，只存在这台机器上；直接回车跳过一项，Ctrl-C 全跳过。以后用 /我 修改。"
    )
    finished = ask_all(desk)
    _keep(desk)
    if not finished:
        desk.view.note("好的，不再问了；/我 随时可以填，/教程 是两分钟的教程。")
        return False
    answer = desk.terminal.ask("看两分钟教程吗？（回车＝看，Ctrl-C＝不看；以后输入 /教程 也行）：")
    return answer is not None and answer.strip().lower() not in ("n", "no", "否", "不", "不看", "0")


def _keep(desk: Desk) -> None:
    introduce(desk)
    try:
        desk.agent.write()
    except AgentError as error:
        desk.view.warn(f"{error}。")


def about_me(desk: Desk, argument: str) -> None:
    """Show, change, ask anew or forget who the agent is."""
    from csbot.console.serving.answering import change_and_show  # not needed before the prompt stands

    agent, words = desk.agent, argument.replace("＝", "=").split()
    before = dict(agent.values)
    if not words:
        _show(desk)
        return
    if words == ["清除"]:
        agent.values.clear()
    elif words == ["重填"]:
        ask_all(desk)
    else:
        try:
            for word in words:
                name, equals, value = word.partition("=")
                name = SHORT.get(name, name)
                if not equals or name not in FIELDS:
                    raise AgentError(f"写法：{HOW}")
                agent.take(name, value)
        except AgentError as error:
            agent.values.clear()
            agent.values.update(before)
            desk.view.warn(str(error))
            return
    _keep(desk)
    _show(desk)
    if agent.values != before:
        change_and_show(desk)


def _show(desk: Desk) -> None:
    known = "；".join(f"{name} {value}" for name, value in desk.agent.values.items())
    desk.view.paragraph(known or "还什么都不知道", lead="您：")
    if desk.agent.path is None:
        desk.view.note("没有设置文件夹，离开后不保存（CSBOT_CONFIG_DIR 可以指定一个）。")
    desk.view.note(HOW)
