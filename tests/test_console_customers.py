"""Several customers at one desk: nothing of one gets into another, and nothing is lost by a slip."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from prompt_toolkit.formatted_text import StyleAndTextTuples
from rich.cells import cell_len
from tests.test_console_commands import Bench as Scripted

from csbot.console import app
from csbot.console.commands.about_me import introduce
from csbot.console.prompt import toolbar
from csbot.console.prompt.terminal import prompt_of
from csbot.console.serving.progress import following, missing, stages
from csbot.console.state.agent import Agent
from csbot.console.state.conversation import MOST, Turn
from csbot.replying.responder import Responder

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 3, 10, 15, 0)
COMPLAINT, WHERE, PAYING = "我要投诉你们的送货员", "我的快递到哪了", "请问有哪些付款方式"


class Bench(Scripted):
    """A desk with a scripted terminal, a screen that can be read and a clock that can be moved."""

    def __init__(self, responder: Responder, columns: int = 80) -> None:
        self.now = NOW
        super().__init__(responder, lambda: self.now, columns=columns)
        self.library = responder.library

    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @property
    def turn(self) -> Turn:
        assert self.desk.conversation.turn is not None
        return self.desk.conversation.turn

    @property
    def number(self) -> int:
        return self.desk.conversation.number

    def bar(self, width: int = 80) -> str:
        return "".join(piece[1] for piece in toolbar.customers_bar(self.desk, width))


@pytest.fixture
def bench(responder: Responder) -> Bench:
    return Bench(responder)


def test_what_the_agent_told_of_themselves_is_not_known_of_a_customer(bench: Bench) -> None:
    bench.desk.agent = Agent(None, {"公司": "云杉商城", "工号": "8012"})
    introduce(bench.desk)
    bench.enter("单号是20261119003，" + WHERE, "/新客户")
    shown = bench.enter("/切换 1") + bench.enter("/客户列表")
    assert "已知：订单号 20261119003" in shown
    assert "8012" not in shown


def test_a_further_customer_leaves_the_others_as_they_are(bench: Bench) -> None:
    bench.enter("/客户 王 女士")
    bench.enter("/行业 电商")
    bench.enter("/情绪 生气")
    bench.enter("/渠道 在线")
    bench.enter(COMPLAINT)
    first, ready, choices = (
        bench.desk.conversation,
        bench.desk.conversation.ready,
        dict(bench.desk.conversation.choices),
    )
    bench.enter("/新客户")
    second = bench.desk.conversation
    assert (second.number, second.name, second.turn, second.ready, second.choices) == (2, "", None, "", {})
    assert (second.context.profile, second.context.mood, second.context.channel) == ("电商", "", "")
    bench.enter("我是李先生，" + WHERE)
    assert second.name == "李先生"
    shown = bench.enter("/切换 1")
    assert bench.desk.conversation is first
    assert (first.ready, first.choices, first.name) == (ready, choices, "王女士")
    assert ready in shown
    assert COMPLAINT in shown
    assert all(part in shown for part in ("1 王女士", "电商", "在线", "生气", "说法 1/", "接下来："))
    assert "李先生" not in shown
    bench.enter("2")
    assert bench.turn.current == bench.turn.order[1]


def test_a_customer_can_be_named_when_the_conversation_begins(bench: Bench) -> None:
    bench.enter(COMPLAINT)
    bench.enter("/新客户 欧阳 先生")
    assert (bench.number, bench.desk.conversation.name) == (2, "欧阳先生")


def test_an_untouched_conversation_is_used_before_a_further_one_is_opened(bench: Bench) -> None:
    assert "还没有客户" in bench.enter("/新客户")
    bench.enter("/新客户 王 女士")
    assert [(each.number, each.name) for each in bench.desk.conversations] == [(1, "王女士")]


def test_what_is_known_of_the_agent_holds_for_all_customers(bench: Bench) -> None:
    bench.enter(COMPLAINT)
    bench.enter("/新客户")
    bench.enter("/填 工号=1024")
    assert [each.context.slots for each in bench.desk.conversations] == [{"工号": "1024"}] * 2
    bench.enter("/填 姓氏=王")
    assert "姓氏" not in bench.desk.conversations[0].context.slots


def test_no_more_customers_than_there_are_digits(bench: Bench) -> None:
    for _ in range(MOST):
        bench.enter(COMPLAINT)
        shown = bench.enter("/新客户")
    assert len(bench.desk.conversations) == MOST
    assert "先 /结束 一位" in shown
    bench.enter("/结束 4", "是")
    bench.enter("/新客户")
    assert bench.number == 4
    assert [each.number for each in bench.desk.conversations] == list(range(1, MOST + 1))


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("/切换 1", 1),
        ("/切换１", 1),
        ("／切换 王", 1),
        ("/switch 李女士", 2),
        ("/切换 后", 1),
        ("/切换 前", 2),
        ("/切换", 2),
        ("/切换 7", 3),
        ("/切换 赵", 3),
    ],
)
def test_switching(bench: Bench, line: str, number: int) -> None:
    bench.enter(f"我姓王，{COMPLAINT}")
    bench.enter("")
    bench.enter("/新客户 李 女士")
    bench.enter(WHERE)
    bench.enter("/新客户")
    bench.enter(PAYING)
    shown = bench.enter(line)
    assert bench.number == number
    if number == 3:
        assert "现在有：1 王、2 李女士、3。" in shown


def test_switching_where_nobody_else_is(bench: Bench) -> None:
    bench.enter(COMPLAINT)
    assert "只有一位" in bench.enter("/切换")
    assert "只有一位" in bench.enter("/切换 后")
    bench.enter("/新客户")
    bench.enter("/切换 1")
    bench.enter("")
    assert "没有别的客户在等" in bench.enter("/切换")


def test_who_waited_longest_comes_first(bench: Bench) -> None:
    for message in (COMPLAINT, WHERE, PAYING):
        bench.enter(message)
        bench.wait(3)
        bench.enter("/新客户")
    bench.enter("/切换")
    assert bench.number == 1
    assert "等回复 9分钟" in bench.output.getvalue()
    bench.enter("")
    bench.enter("/切换")
    assert bench.number == 2
    assert [each.number for each in bench.desk.owed] == [2, 3]


def test_a_second_message_does_not_start_the_waiting_anew(bench: Bench) -> None:
    bench.enter(COMPLAINT)
    bench.wait(4)
    bench.enter("你们到底管不管")
    assert bench.desk.conversation.waiting_since == NOW
    bench.enter("> 好的，我马上帮您核实。")
    assert bench.desk.conversation.waiting_since == NOW
    bench.enter("")
    assert bench.desk.conversation.waiting_since is None


def test_a_reply_that_was_not_copied_here_can_be_noted(bench: Bench) -> None:
    assert "没有等着" in bench.enter("/已回")
    bench.enter(COMPLAINT)
    bench.enter("/已回")
    assert bench.desk.conversation.waiting_since is None


def test_ending_asks_once_where_a_reply_is_owed(bench: Bench) -> None:
    bench.enter(COMPLAINT)
    bench.enter("/新客户")
    bench.enter(WHERE)
    for answer in (None, "", "不"):
        assert "没有结束" in bench.enter("/结束", answer)
        assert len(bench.desk.conversations) == 2
    assert len(bench.terminal.asked) == 3
    assert all("等回复" in question for question in bench.terminal.asked)
    bench.enter("/结束", "是")
    assert [each.number for each in bench.desk.conversations] == [1]
    assert bench.number == 1
    bench.enter("")
    bench.terminal.asked.clear()
    bench.enter("/结束")
    assert bench.terminal.asked == []
    assert bench.desk.conversation.untouched
    assert prompt_of(bench.desk) == "客户> "
    assert "还没有客户" in bench.enter("/结束")


def test_ending_asks_where_a_line_is_half_typed(bench: Bench) -> None:
    bench.enter(COMPLAINT)
    bench.enter("")
    bench.desk.conversation.unsent = "王女士，您的"
    bench.enter("/新客户")
    bench.enter("/结束 1", None)
    assert "没发完" in bench.terminal.asked[-1]
    assert len(bench.desk.conversations) == 2
    assert "写法" in bench.enter("/结束 5")


def test_an_ended_conversation_can_be_brought_back(bench: Bench) -> None:
    assert "没有刚结束" in bench.enter("/找回")
    bench.enter("我姓王，" + COMPLAINT)
    bench.enter("")
    ended = bench.desk.conversation
    bench.enter("/结束")
    bench.enter("/找回")
    assert bench.desk.conversations == [ended]
    assert bench.number == 1
    bench.enter("/结束")
    bench.enter(WHERE)
    assert ended.ready in bench.enter("/找回")
    assert [(each.number, each.name) for each in bench.desk.conversations] == [(1, ""), (2, "王")]
    assert "没有刚结束" in bench.enter("/找回")


def test_ending_turns_to_who_waited_longest(bench: Bench) -> None:
    for message in (COMPLAINT, WHERE, PAYING):
        bench.enter(message)
        bench.wait(1)
        bench.enter("/新客户")
    bench.enter("/切换 1")
    bench.enter("")
    bench.enter("/切换 3")
    bench.enter("")
    bench.enter("/结束")
    assert bench.number == 2


def test_leaving_while_somebody_waits_needs_to_be_said_twice(bench: Bench) -> None:
    bench.enter("我姓王，" + COMPLAINT)
    bench.enter("/新客户")
    assert "等着回复：1 王" in bench.enter("/退出")
    assert not bench.desk.leaving
    bench.enter(WHERE)  # going on takes the warning back
    assert "1 王、2" in bench.enter("/退出")
    bench.enter("/退出")
    assert bench.desk.leaving


def test_the_end_of_input_leaves_even_where_somebody_waits(bench: Bench) -> None:
    bench.enter(COMPLAINT)
    bench.enter("/新客户")
    app.serve(bench.desk)
    assert "等着回复" in bench.output.getvalue()
    assert bench.output.getvalue().endswith("再见。\n")


def test_the_list_tells_who_waits_what_is_known_and_what_is_missing(bench: Bench) -> None:
    bench.enter("我姓王，订单号 QX20261122，" + COMPLAINT)
    bench.enter("> 好的，我马上帮您核实。")
    bench.enter("")
    bench.desk.conversation.unsent = "半句话"
    bench.enter("/新客户")
    bench.enter(WHERE)
    bench.wait(12)
    shown = bench.enter("/客户列表")
    assert all(
        part in shown for part in ("1  王", "订单号 QX20261122", "半句话", "● 等回复 12分钟", "（正在接待）", "帮助√")
    )
    assert "还没说到：" in shown
    assert "致歉" in shown
    assert all(cell_len(line) <= 80 for line in shown.splitlines())


def test_required_elements_are_missing_until_a_reply_that_carries_them_is_taken(bench: Bench) -> None:
    conversation = bench.desk.conversation
    bench.enter("我要投诉")
    assert missing(conversation, bench.library) == []  # the reply on the screen says it all
    bench.enter("> 好的，我马上帮您核实。")
    assert "还没说到：" in bench.enter("")
    assert "还没说到：" not in bench.enter("")  # told once
    script = bench.library.scripts["complaint.want_to_complain"]
    names = {rule.id: rule.name for rule in bench.library.elements}
    wanted = [names[entry.split("|")[0]] for entry in script.elements]  # of several that will do, the first
    assert missing(conversation, bench.library) == wanted
    bench.enter("/用 complaint.want_to_complain")
    bench.enter("")
    assert missing(conversation, bench.library) == []


def test_a_step_that_was_only_looked_at_requires_nothing(bench: Bench) -> None:
    bench.enter("我要投诉")
    bench.enter("")
    bench.enter("/用 complaint.ask_detail")
    bench.enter("/用 service.closing")
    assert "complaint.ask_detail" not in bench.desk.conversation.progress.met


def test_stages_of_the_service_cycle(bench: Bench) -> None:
    conversation = bench.desk.conversation

    def passed() -> list[str]:
        return [name for name, done in stages(conversation, bench.library) if done]

    bench.enter("在吗")
    assert passed() == []
    bench.enter("")
    assert passed() == ["接待"]
    bench.enter(PAYING)
    bench.enter("")
    assert passed() == ["接待", "帮助"]
    bench.enter("/用 service.closing")
    bench.enter("")
    assert passed()[-1] == "留住"


def test_what_comes_next_goes_through_the_complaint_and_ends_with_the_cycle(bench: Bench) -> None:
    conversation = bench.desk.conversation
    bench.enter("我要投诉")
    script = bench.library.scripts["complaint.want_to_complain"]
    assert following(conversation, bench.library)[: len(script.next)] == list(script.next)
    bench.enter("")
    shown = bench.enter("/下一步 1")
    assert bench.turn.intents == script.next[:1]
    assert "由您选定" in shown
    bench.enter("")
    steps = following(conversation, bench.library)
    assert steps[0] == script.next[1]  # left over from before
    assert script.next[0] not in steps
    assert steps[-1] == "service.closing"
    for _ in range(12):
        if not following(conversation, bench.library):
            break
        assert "只有" not in bench.enter("/下一步 1", "王", "女士", "2小时", "一", "一", "一")
        bench.desk.conversation.progress.reply_to(bench.turn.situations)
    assert following(conversation, bench.library) == []


def test_a_variant_is_not_offered_again_until_all_were_used(bench: Bench) -> None:
    bench.enter(PAYING)
    count = len(bench.turn.order)
    seen: set[str] = set()
    for _ in range(count):
        assert bench.turn.current not in seen
        assert not seen & set(bench.turn.order)
        seen.add(bench.turn.current)
        bench.enter("")
        bench.enter("")  # copied twice, used once
        bench.enter(PAYING)
    assert len(seen) == count
    assert len(bench.turn.order) == count
    bench.enter("")
    bench.enter(PAYING)
    shown = bench.enter("/变体")
    assert shown.count("（用过）") == 1
    assert len(bench.turn.order) == count


def test_a_variant_used_for_one_customer_is_offered_to_the_next(bench: Bench) -> None:
    bench.enter(PAYING)
    first = bench.turn.current
    bench.enter("")
    bench.enter("/新客户")
    bench.enter(PAYING)
    assert bench.turn.current == first


def test_another_trade_reads_the_message_anew(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    matcher = bench.desk.responder.matcher
    trades: list[str] = []

    def of_trade(profile: str) -> object:
        trades.append(profile)
        return matcher

    monkeypatch.setattr(matcher, "of_trade", of_trade)
    bench.enter(PAYING)
    bench.enter("/情绪 着急")
    assert trades == [""]
    bench.enter("/行业 电信")
    assert trades == ["", "电信"]
    bench.enter("/用 payment.invoice")
    bench.enter("/行业 无")
    assert trades == ["", "电信"]  # what the agent picked stays picked


def test_the_prompt_names_the_customer(bench: Bench) -> None:
    assert prompt_of(bench.desk) == "客户> "
    bench.enter("/客户 王 女士")
    assert prompt_of(bench.desk) == "王女士> "
    bench.enter("/新客户")
    assert prompt_of(bench.desk) == "2 客户> "
    bench.desk.conversation.context.slots["姓氏"] = "\x1b[2J" + "长" * 30
    assert "\x1b" not in prompt_of(bench.desk)
    assert cell_len(prompt_of(bench.desk)) <= 16


def test_the_toolbar_marks_owed_replies_and_always_fits(bench: Bench) -> None:
    assert bench.bar() == "客户：（未知）"
    for number in range(MOST):
        if number:
            bench.enter("/新客户")
        bench.enter("/客户 欧阳 女士")
        bench.enter(COMPLAINT)
        if number in (2, 5):
            bench.enter("")
        bench.wait(7)
        assert cell_len("".join(part[1] for part in toolbar.toolbar(bench.desk)())) <= 80
        if number:
            assert all(str(each.number) in bench.bar(20) for each in bench.desk.conversations)
            assert all(cell_len(bench.bar(width)) <= width for width in (80, 60, 40))
    assert bench.bar(40) == "1● 2● 3 4● 5● 6 7● 8● [9]●"
    assert bench.bar(62) == "1●1时 2●56分 3 4●42分 5●35分 6 7●21分 8●14分 [9 欧阳女士]●7分"
    assert bench.bar(52) == "1●1时 2●56分 3 4●42分 5●35分 6 7●21分 8●14分 [9]●7分"


def test_the_toolbar_leaves_out_what_matters_least() -> None:
    parts: list[tuple[int, StyleAndTextTuples]] = [
        (0, [("", "待办")]),
        (2, [("", "话术库：这里")]),
        (1, [("", "客户")]),
    ]
    assert "".join(piece[1] for piece in toolbar.fitted(parts, 80)) == " 待办 | 话术库：这里 | 客户"
    assert "".join(piece[1] for piece in toolbar.fitted(parts, 20)) == " 待办 | 客户"
    assert "".join(piece[1] for piece in toolbar.fitted(parts, 3)) == " 待办"


def test_customers_cannot_command_the_terminal(bench: Bench) -> None:
    bench.enter("\x1b[2J\x1b]0;x\x07" + COMPLAINT)
    bench.enter("/新客户")
    assert "\x1b" not in bench.enter("/切换 1") + bench.enter("/客户列表")


SHIFT = """
import io, sys
from datetime import datetime
from csbot.console.commands.registry import dispatch
from csbot.console.state.desk import Desk
from csbot.console.state.loading import Loader
from csbot.console.prompt.terminal import PlainTerminal
from csbot.console.screen.view import View

class Sink(io.TextIOBase):
    def write(self, text):
        return len(text)

loader = Loader(sys.argv[1])
loader.wait()
view = View(Sink(), colour=False, width=80)
desk = Desk(loader, PlainTerminal(), lambda: datetime(2026, 3, 10, 15), lambda text: "", view)
texts = [intent.examples[0] for intent in loader.wait().library.intents.values() if intent.examples][::3]
for number in range(2000):  # few situations: what the rules of many take is another matter
    dispatch(desk, f"{texts[number % len(texts)]}，这是第{number}句")
    dispatch(desk, "")
    if number % 5 == 0:
        for line in (f"/加 > 第{number}件事我来办。", "/加 service.closing", "", f"> 第{number}件事办好了。", ""):
            dispatch(desk, line)
    if number % 50 == 25:
        dispatch(desk, "/新客户")
    if number % 200 == 199:
        dispatch(desk, "/结束 1")
    if number in (499, 1999):
        print(len(desk.conversations), sys.getallocatedblocks(), file=sys.stderr)
"""


@pytest.mark.slow
def test_a_long_shift_keeps_no_more_than_a_short_one(session_cache_directory: Path) -> None:
    environment = {**os.environ, "CSBOT_CACHE_DIR": str(session_cache_directory), "CSBOT_DATA_DIR": ""}
    done = subprocess.run(
        [sys.executable, "-c", SHIFT, str(ROOT)], env=environment, input="", capture_output=True, text=True, check=True
    )
    (few, before), (many, after) = (map(int, line.split()) for line in done.stderr.splitlines()[-2:])
    assert few > 1
    assert many > 1
    assert abs(after - before) < 40_000  # blocks of memory, of about 1.4 million, for another 1,500 messages
