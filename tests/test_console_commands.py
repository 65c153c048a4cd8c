from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from tests.support import SCRIPTS, ambiguous_message, write_library

from csbot.console import app
from csbot.console.commands import registry
from csbot.console.commands.registry import COMMANDS, dispatch, is_bare, parse
from csbot.console.screen.themes import Theme
from csbot.console.screen.view import View
from csbot.console.state.desk import Desk
from csbot.console.state.keeping import Keeping
from csbot.console.state.loading import Loader
from csbot.library.load import load_library
from csbot.replying.responder import Responder
from csbot.store.inbox import Inbox

NOW = datetime(2026, 3, 10, 15, 0)


@dataclass
class ScriptedTerminal:
    """Answers questions from a list; a question beyond its end is not answered. ``lines`` are read one by one."""

    answers: list[str | None] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    defaults: list[str] = field(default_factory=list)
    colour: bool = False
    prefill: bool = True

    def read(self, desk: Desk) -> str:  # noqa: ARG002
        if not self.lines:
            raise EOFError
        return self.lines.pop(0)

    def ask(self, question: str, default: str = "", choices: Sequence[str] = ()) -> str | None:  # noqa: ARG002
        self.asked.append(question)
        self.defaults.append(default)
        return self.answers.pop(0) if self.answers else None

    def edit(self, desk: Desk, question: str, default: str = "") -> str | None:  # noqa: ARG002
        return self.ask(question, default)

    def can_prefill(self) -> bool:
        return self.prefill

    def dress(self, theme: Theme) -> bool:  # noqa: ARG002
        return False

    def afresh(self) -> ScriptedTerminal:
        return self


class ReadyLoader(Loader):
    def __init__(self, responder: Responder) -> None:
        super().__init__(None)
        self._responder = responder
        self._done.set()
        self._started = True


class Bench:
    """A desk whose terminal is scripted and whose screen can be read."""

    def __init__(
        self,
        responder: Responder,
        clock: Callable[[], datetime] = lambda: NOW,
        keeping: Keeping | None = None,
        columns: int = 80,
    ) -> None:
        self.output = StringIO()
        self.terminal = ScriptedTerminal()
        self.copied: list[str] = []
        view = View(self.output, colour=False, width=columns)
        self.desk = Desk(ReadyLoader(responder), self.terminal, clock, self._copy, view, keeping)

    def _copy(self, text: str) -> str:
        self.copied.append(text)
        return "已复制。"

    def enter(self, line: str, *answers: str | None) -> str:
        """Enter a line, answering what is asked, and return what was printed since."""
        self.terminal.answers = list(answers)
        start = len(self.output.getvalue())
        dispatch(self.desk, line)
        return self.output.getvalue()[start:]

    @property
    def ready(self) -> str:
        return self.desk.conversation.ready


@pytest.fixture
def bench(responder: Responder) -> Bench:
    return Bench(responder)


@pytest.fixture(scope="module")
def vague(responder: Responder) -> str:
    return ambiguous_message(responder)


def test_a_message_gives_situation_confidence_and_a_reply(bench: Bench, responder: Responder) -> None:
    shown = bench.enter("我要投诉")
    assert "complaint.want_to_complain" in shown
    assert "把握" in shown
    assert bench.ready
    assert bench.ready in shown
    assert responder.guard.passes(bench.ready)


def test_a_customer_who_only_says_that_it_was_heard(bench: Bench, tmp_path: Path) -> None:
    bench.desk.keeping = Keeping(inbox=Inbox(tmp_path / "inbox.sqlite", lambda: NOW.astimezone()))
    bench.enter("我的快递到哪了")
    shown = bench.enter("好的👌")
    assert "客户只是应了一声" in shown
    assert "没有认出" not in shown
    assert "拿不准" not in shown
    assert bench.ready in shown
    assert "还有什么需要" in bench.ready
    assert bench.desk.keeping.inbox is not None
    assert bench.desk.keeping.inbox.all() == []


def test_a_customer_who_says_that_all_is_done(bench: Bench, tmp_path: Path) -> None:
    bench.desk.keeping = Keeping(inbox=Inbox(tmp_path / "inbox.sqlite", lambda: NOW.astimezone()))
    shown = bench.enter("洗衣机已经修好了，师傅上午来过")
    assert "已经了结：洗衣机已经修好了" in shown
    assert "没有事情要答复" in shown
    assert "请客户说清楚" not in shown
    assert "还有什么需要" in bench.ready
    assert bench.desk.keeping.inbox is not None
    assert bench.desk.keeping.inbox.all() == []
    bench.enter("月球上能收到快递吗，火星呢")
    assert len(bench.desk.keeping.inbox.all()) == 1


def test_enter_on_an_empty_line_copies_the_reply(bench: Bench) -> None:
    assert "还没有" in bench.enter("")
    bench.enter("我要投诉")
    assert "已复制" in bench.enter("")
    assert bench.copied == [bench.ready]
    bench.enter("/复制")
    assert len(bench.copied) == 2


@pytest.mark.parametrize("line", ["/找 发票", "/发票", "/下一步", "怎么安抚客户"])
def test_enter_after_a_list_shows_what_it_would_copy_first(bench: Bench, line: str) -> None:
    bench.enter("我要投诉")
    ready = bench.ready
    assert ready not in bench.enter(line)
    shown = bench.enter("")
    assert bench.copied == []
    assert ready in shown
    assert "回车＝复制" in shown
    bench.enter("")
    assert bench.copied == [ready]


def test_enter_after_a_list_without_a_message_asks_to_choose(bench: Bench) -> None:
    bench.enter("/发票")
    assert "输入数字选用" in bench.enter("")
    assert bench.copied == []


def test_a_reply_of_a_script_that_has_expired_says_so(tmp_path: Path) -> None:
    scripts = SCRIPTS.replace("    next: [payment.invoice]\n", "    next: []\n    owner: 王芳\n    expires: {day}\n")
    for day, told in (("2000-01-31", True), ("2099-12-31", False)):
        folder = write_library(tmp_path / day, scripts=scripts.replace("{day}", day))
        shown = Bench(Responder(load_library(str(folder)))).enter("怎么付款")
        assert ("这条话术 2000-01-31 已经到期（负责人：王芳），发送以前请核对一下。" in shown) is told


def test_a_number_picks_a_variant_only_where_there_are_choices(bench: Bench) -> None:
    bench.enter("2")
    assert bench.desk.conversation.turn is not None
    assert bench.desk.conversation.turn.message == "2"
    bench.enter("我要投诉")
    turn, first = bench.desk.conversation.turn, bench.ready
    bench.enter("２")
    assert bench.desk.conversation.turn is turn
    assert turn.current == turn.order[1]
    assert bench.ready != first
    bench.enter("1")
    assert bench.ready == first
    if len(turn.order) < 9:
        assert "/消息 9" in bench.enter("9")


def test_candidates_of_an_unclear_message_are_picked_by_letter(bench: Bench, vague: str) -> None:
    shown = bench.enter(vague)
    assert "拿不准，请选" in shown
    wanted = bench.desk.conversation.choices["b"].value
    shown = bench.enter("B")
    assert wanted in shown
    assert "由您选定" in shown
    assert bench.desk.conversation.turn is not None
    assert bench.desk.conversation.turn.intents == (wanted,)
    assert bench.desk.conversation.turn.message == vague


def test_a_letter_without_choices_is_a_message(bench: Bench) -> None:
    bench.enter("b")
    assert bench.desk.conversation.turn is not None
    assert bench.desk.conversation.turn.message == "b"


def test_slots_are_asked_for_in_place_and_wrong_values_refused(bench: Bench) -> None:
    shown = bench.enter("/用 complaint.accepted_closing", "王", "女士", "明天吧", "48小时")
    assert "【时限】" in shown
    assert "请填数字加单位" in shown
    assert "王女士" in bench.ready
    assert "48小时" in bench.ready
    assert "【" not in bench.ready
    assert [question[:2] for question in bench.terminal.asked] == ["姓氏", "称谓", "时限", "时限"]


def test_people_are_remembered_but_time_limits_are_asked_again(bench: Bench) -> None:
    bench.enter("/用 complaint.accepted_closing", "王", "女士", "48小时")
    bench.terminal.asked.clear()
    bench.enter("/用 complaint.accepted_closing", "3个工作日")
    assert [question[:2] for question in bench.terminal.asked] == ["时限"]
    assert "3个工作日" in bench.ready
    assert "48小时" not in bench.ready


def test_a_reply_with_an_open_slot_cannot_be_copied(bench: Bench) -> None:
    shown = bench.enter("/用 complaint.accepted_closing", "王", "", None)
    assert "未填完，不能复制" in shown
    assert bench.ready == ""
    bench.enter("/复制", None)
    assert bench.copied == []
    bench.enter("", "女士", "2小时")
    assert "王女士" in bench.ready
    assert bench.copied == []  # Enter went on filling; the next one copies
    bench.enter("")
    assert bench.copied == [bench.ready]


def test_a_command_typed_into_a_question_is_carried_out(bench: Bench) -> None:
    bench.enter("/用 complaint.accepted_closing", "／帮助")
    assert bench.desk.pending == ["／帮助"]


def test_the_guard_judges_what_a_slot_brings_in(bench: Bench) -> None:
    shown = bench.enter("/用 service.transfer", "售后部", "这事我不清楚", "需要核对保修记录")
    assert "shirking.not_clear" in shown
    assert "换一种填法" in shown
    assert "需要核对保修记录" in bench.ready
    assert "我不清楚" not in bench.ready


def test_slots_can_be_set_and_corrected(bench: Bench) -> None:
    bench.enter("/用 complaint.accepted_closing", "王", "女士", "48小时")
    bench.enter("/填 时限=2小时 姓氏＝李")
    assert "李女士" in bench.ready
    assert "2小时" in bench.ready
    assert "没有叫" in bench.enter("/填 天气=晴")


def test_what_a_message_states_is_kept_until_the_next_customer(bench: Bench) -> None:
    assert "姓氏 赵" in bench.enter("我姓赵，我要投诉")
    bench.desk.conversation.context.slots["工号"] = "1024"
    bench.enter("/新客户")
    assert bench.desk.conversation.context.slots == {"工号": "1024"}
    assert bench.desk.conversation.turn is None
    assert bench.ready == ""


@pytest.mark.parametrize("line", ["/客户 李 先生", "/客户李先生", "／customer 李　先生", "/客户 李先生"])
def test_the_customer_is_named(bench: Bench, line: str) -> None:
    bench.enter(line)
    assert bench.desk.conversation.context.slots == {"姓氏": "李", "称谓": "先生"}


def test_mood_trade_and_type(bench: Bench) -> None:
    bench.enter("/情绪 生气")
    bench.enter("/行业 门店")
    bench.enter("/类型 求异型")
    context = bench.desk.conversation.context
    assert (context.mood, context.profile, context.customer_type) == ("生气", "门店", "求异型")
    bench.enter("/情绪 自动")
    bench.enter("/行业 无")
    assert (context.mood, context.profile) == ("", "")
    assert "情绪里没有「高兴」，没有改。现在是：从消息里看。可选：平静" in bench.enter("/情绪 高兴").replace("\n", "")


@pytest.mark.parametrize(
    "line", ["/检查 这个我不清楚", "/检查这个我不清楚", "> 这个我不清楚", "＞这个我不清楚", "/check 这个我不清楚"]
)
def test_a_draft_is_checked(bench: Bench, line: str) -> None:
    shown = bench.enter(line)
    assert "shirking.not_clear" in shown
    assert "^^^^^^^^" in shown
    assert "原因：" in shown
    assert "改说：" in shown
    assert "不能发送" in shown
    assert "可以改成：\n\n这个我帮您核实清楚后回复您\n" in shown
    assert bench.ready == "这个我帮您核实清楚后回复您"
    bench.enter("")
    assert bench.copied == ["这个我帮您核实清楚后回复您"]


def test_a_draft_that_cannot_be_reworded_leaves_nothing_to_copy(bench: Bench) -> None:
    shown = bench.enter("> 这人真是有病")
    assert "可以改成" not in shown
    assert "「有病」没有可以照搬的改法" in shown
    assert bench.ready == ""


def test_a_rewriting_can_be_edited_on(bench: Bench) -> None:
    bench.enter("> 麻烦把你的订单号发一下")
    bench.enter("/改", "麻烦把您的订单号发给我")
    assert bench.terminal.defaults == ["麻烦把您的订单号发一下"]
    assert bench.ready == "麻烦把您的订单号发给我"


def test_a_name_is_reworded_where_the_customer_is_known(bench: Bench) -> None:
    bench.enter("> 王小明，您的订单已经发货。")
    assert bench.ready == ""
    bench.enter("/客户 王 先生")
    bench.enter("> 王小明，您的订单已经发货。")
    assert bench.ready == "王先生，您的订单已经发货。"


def test_a_draft_can_be_asked_for_and_a_clean_one_copied(bench: Bench) -> None:
    shown = bench.enter("/检查", "好的，我马上帮您核实。")
    assert "可以发送" in shown
    bench.enter("")
    assert bench.copied == ["好的，我马上帮您核实。"]


def test_an_edited_reply_is_checked(bench: Bench) -> None:
    bench.enter("我要投诉")
    original = bench.ready
    shown = bench.enter("/改", original + "这个我不清楚。", None)
    assert "shirking.not_clear" in shown
    assert bench.ready == original
    bench.enter("/改", original + "【时限】", None)
    assert bench.ready == original
    bench.enter("/改", original + "请您稍候。")
    assert bench.ready == original + "请您稍候。"
    assert bench.terminal.defaults[0] == original


def test_an_edited_reply_is_retyped_where_it_cannot_be_edited_in_place(bench: Bench) -> None:
    bench.terminal.prefill = False
    bench.enter("我要投诉")
    shown = bench.enter("/改", "这个我不清楚。", "请您稍候，我马上核实。")
    assert "不能在原文上改" in shown
    assert bench.ready == "请您稍候，我马上核实。"


def test_the_mood_that_the_wording_goes_by_is_shown(bench: Bench) -> None:
    assert "情绪：生气" in bench.enter("气死我了，我要投诉")
    assert "情绪：" not in bench.enter("我要投诉")
    assert "情绪：着急（由您选定" in (shown := bench.enter("/情绪 着急"))
    assert shown.count("情绪：") == 1
    assert bench.enter("/情绪 自动").count("情绪：") == 1  # nothing in the message says so: then it is told
    bench.enter("气死我了，我要投诉")
    assert "情绪：生气（可用" in (shown := bench.enter("/情绪 自动"))
    assert shown.count("情绪：") == 1


def test_situations_are_found_and_used(bench: Bench) -> None:
    shown = bench.enter("/找 结束")
    assert "service.closing" in shown
    assert "坐席主动用" in shown
    number = next(
        label for label, choice in bench.desk.conversation.choices.items() if choice.value == "service.closing"
    )
    bench.enter(number)
    assert bench.desk.conversation.turn is not None
    assert bench.desk.conversation.turn.intents == ("service.closing",)
    assert "没有找到" in bench.enter("/找 量子力学")
    assert "service.closing" in bench.enter("/用 标准结束语")
    assert "是不是" in bench.enter("/用 service.clozing")


def test_next_steps(bench: Bench) -> None:
    assert "还没有客户的消息" in bench.enter("/下一步")
    bench.enter("我要投诉")
    assert bench.desk.conversation.turn is not None
    steps = bench.desk.conversation.turn.response.next
    shown = bench.enter("/下一步")
    assert all(step in shown for step in steps)
    bench.enter("/next 1")
    assert bench.desk.conversation.turn.intents == (steps[0],)


def test_the_same_message_again_is_answered_differently(bench: Bench) -> None:
    bench.enter("我要投诉")
    first = bench.ready
    bench.enter("我要投诉")
    assert bench.ready != first


def test_variants_coaching_explanation_and_library(bench: Bench) -> None:
    bench.enter("我要投诉")
    assert bench.desk.conversation.turn is not None
    shown = bench.enter("/变体")
    assert all(identifier in shown for identifier in bench.desk.conversation.turn.order)
    assert "何时用" in bench.enter("/提示")
    explained = bench.enter("/解释")
    assert "判断：" in explained
    assert "依据：" in explained
    assert str(bench.desk.responder.library.root) in bench.enter("/库").replace("\n", "").replace(" " * 14, "")


def test_a_message_may_begin_with_anything(bench: Bench) -> None:
    assert "是客户的话，请用 /消息" in bench.enter("/微笑 你好")
    bench.enter("/消息 /微笑 你好")
    assert bench.desk.conversation.turn is not None
    assert bench.desk.conversation.turn.message == "/微笑 你好"
    bench.enter("/消息", "第一行", "第二行", "")
    assert bench.desk.conversation.turn.message == "第一行\n第二行"


def test_help_lists_every_command_with_every_alias(bench: Bench) -> None:
    shown = bench.enter("/帮助")
    assert all(f"/{name}" in shown for command in COMMANDS for name in (command.name, *command.aliases))
    assert all(len(line.encode("gbk")) <= 80 for line in shown.splitlines())


def test_names_and_aliases_are_unique() -> None:
    names = [name for command in COMMANDS for name in (command.name, *command.aliases)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("line", "name", "argument"),
    [
        ("/检查 你好", "检查", "你好"),
        ("／检查你好", "检查", "你好"),
        ("/下一步2", "下一步", "2"),
        ("/CHECK 你好", "检查", "你好"),
        ("/ｃｈｅｃｋ 你好", "检查", "你好"),
        ("/用payment.failed", "用", "payment.failed"),
        ("/检查 一\n二", "检查", "一\n二"),
        ("/天气", None, ""),
        ("/", None, ""),
    ],
)
def test_parsing(line: str, name: str | None, argument: str) -> None:
    command, _, rest = parse(line)
    assert (command.name if command else None, rest) == (name, argument)


def test_only_commands_without_argument_are_bare() -> None:
    assert is_bare("/帮助")
    assert is_bare("/help")
    assert not is_bare("/检查 你好")
    assert not is_bare("/检查你好")
    assert not is_bare("/天气")
    assert not is_bare("帮助")


@pytest.mark.parametrize(
    "message",
    [
        "退款" * 50_000,
        "😀👍🏽🇨🇳",
        "\x1b[2J\x1b]0;x\x07我要投诉",
        "我要\ud800投诉\udfff",
        "[b]我要投诉[/b]",
        "\u200b\u200b",
        "…",
        "我要投诉\n" * 300,
        "{姓氏}【时限】",
    ],
    ids=["long", "emoji", "escapes", "surrogates", "markup", "invisible", "dots", "lines", "slots"],
)
def test_messages_of_every_kind(bench: Bench, message: str) -> None:
    shown = bench.enter(message)
    assert bench.ready
    assert "\x1b" not in shown
    assert "Error" not in shown
    bench.enter("/解释")
    bench.enter("/检查 " + message)


def test_leaving(bench: Bench) -> None:
    bench.enter("/退出")
    assert bench.desk.leaving
    app.serve(bench.desk)
    assert bench.output.getvalue().endswith("再见。\n")


def test_trouble_with_one_message_does_not_end_the_console(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(desk: Desk, line: str) -> None:
        desk.leaving = True
        raise ValueError("something")

    bench.desk.pending.append("我要投诉")
    monkeypatch.setattr(registry, "dispatch", fail)
    app.serve(bench.desk)
    assert "没能处理" in bench.output.getvalue()


def test_history_keeps_commands_in_memory_and_only_bare_ones_on_disk(tmp_path: Path) -> None:
    from csbot.console.prompt.history import CommandHistory

    path = tmp_path / "state" / "commands"
    history = CommandHistory(path, is_bare)
    for line in ("我要投诉", "/帮助", "/检查 我姓王", "> 草稿", "/用 service.closing", "/变体"):
        history.append_string(line)
    assert history.get_strings() == ["/帮助", "/检查 我姓王", "> 草稿", "/用 service.closing", "/变体"]
    assert path.read_text(encoding="utf-8") == "/帮助\n/变体\n"
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
    assert list(CommandHistory(path, is_bare).load_history_strings()) == ["/变体", "/帮助"]
    CommandHistory(Path("/proc/nowhere/commands"), is_bare).append_string("/帮助")


def test_completion_offers_commands_and_their_arguments() -> None:
    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document

    from csbot.console.prompt.completion import CommandCompleter
    from csbot.searching.entries import Entry
    from csbot.searching.index import SearchIndex
    from csbot.text.pinyin import readings

    entries = [Entry("service.closing", "标准结束语"), Entry("payment.cash_on_delivery", "货到付款", "", "见货再付")]
    completer = CommandCompleter(SearchIndex(entries, readings).search)

    def offered(line: str) -> list[str]:
        return [each.text for each in completer.get_completions(Document(line), CompleteEvent())]

    assert len(offered("/")) == len(COMMANDS)
    assert offered("/che") == ["/check"]
    assert offered("／检") == ["/检查"]
    assert offered("我要投诉") == []
    assert "生气" in offered("/情绪 ")
    assert offered("/用 结束") == ["service.closing"]
    assert offered("/hdfk") == ["/payment.cash_on_delivery"]
    assert offered("/付款 货到") == ["/payment.cash_on_delivery"]
    assert offered("/收藏 jsy") == ["service.closing"]
    assert offered("/h")[0] == "/help"
    assert "/payment.cash_on_delivery" in offered("/h")


def test_who_gives_what_was_asked_is_told_that_it_was_noted(bench: Bench) -> None:
    bench.enter("厨房水管爆了")
    bench.enter("")
    assert "记下" in bench.enter("3栋1202 电话13800138000")
