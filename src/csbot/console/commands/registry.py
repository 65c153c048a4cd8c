"""The one registry of commands: dispatch, help and completion all read it; and what any other line means."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from csbot.console.commands import (
    about_me,
    customers,
    finding,
    lookups,
    overriding,
    replies,
    settings,
    stacking,
    todo,
    tour,
)
from csbot.console.serving import answering, learning
from csbot.console.state import circumstances
from csbot.text.regex import regex

if TYPE_CHECKING:
    from csbot.console.state.desk import Desk

_NAMES_A_CHOICE = regex(r"[0-9０-９A-Za-zＡ-Ｚａ-ｚ]")  # one of the screen, or a key that was missed


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its name, its Latin aliases, how its argument is written, what it does in one line."""

    name: str
    aliases: tuple[str, ...]
    argument: str
    summary: str
    run: Callable[[Desk, str], None]
    choices: tuple[str, ...] = ()  # what the argument may be, where that is a fixed list
    takes_draft: bool = False  # whether the argument is the agent's own wording, which is judged while it is typed

    @property
    def usage(self) -> str:
        """The command as the help shows it."""
        return f"/{self.name} {self.argument}".rstrip()


def show_help(desk: Desk, _argument: str = "") -> None:
    """Explain the keys and list all commands."""
    view = desk.view
    view.line(("直接输入", "bold"))
    view.pairs(KEYS, 18)
    view.line(("命令（全角／、斜杠后不空格都可以）", "bold"))
    view.pairs([(each.usage, f"{each.summary}  /{' /'.join(each.aliases)}") for each in COMMANDS], 18)


def show_keys(desk: Desk) -> None:
    """Explain the keys, which fit a small terminal, and say where the commands are."""
    desk.view.pairs(KEYS, 18)
    desk.view.note("/帮助 列出全部命令。")


def edit_reply(desk: Desk, argument: str) -> None:
    """Let the agent reword the reply."""
    replies.edit_reply(desk, argument, name_of)


def show_tour(desk: Desk, _argument: str = "") -> None:
    """Guide the agent through a sample conversation. Raises LibraryUnusableError."""
    tour.tour(desk, dispatch, name_of)


def leave(desk: Desk, _argument: str) -> None:
    """Leave the console, unless somebody still waits: then only when asked again."""
    desk.leaving = desk.may_leave()


KEYS = [
    ("客户的话", "给出情景和可以发送的回复；粘贴多行算一条消息"),
    ("/词", "找情景和话术：名称、拼音、首字母（/hdfk）、编号；只有一个就直接给出回复"),
    ("回车（空行）", "复制屏幕上的回复；还有变量没填时接着填"),
    ("1 到 9", "换成那一条说法，或选用列出的话术"),
    ("a b c", "改用那个候选情景"),
    ("+　- 原因", "这条回复好；不好，为什么（留给培训师，个人信息遮住）"),
    ("> 文字", "写自己的话，边写边查，同 /检查；有忌语时给出改写，回车复制改写"),
    ("Ctrl-T", "写自己的话时：换成合规的说法；Ctrl-Z 撤销"),
    ("Alt-回车　Ctrl-O", "换行（Windows Terminal 里 Alt-回车是全屏，用 Ctrl-O）"),
    ("F1", "这张表；/帮助 连同全部命令"),
    ("F2 F3 F4", "接下来的第一、二、三步"),
    ("F5　F6　F8", "把屏幕上的回复加进拼接；看拼好的整段；改整段"),
    ("Alt-1 到 Alt-9", "转到那一位客户（或先按 Esc 再按数字）；打了一半的字都留着"),
    ("Ctrl-N　Ctrl-P", "后一位、前一位客户"),
    ("F7　Alt-N", "去等得最久的那一位；再接一位"),
    ("Ctrl-C　Ctrl-D", "清空这一行；离开"),
]

COMMANDS: tuple[Command, ...] = (
    Command(
        "检查",
        ("check", "c"),
        "文字",
        "检查自己要发的话有没有服务忌语，能改写的给出改写",
        lookups.check_draft,
        takes_draft=True,
    ),
    Command("复制", ("copy", "y"), "", "复制屏幕上的回复", replies.copy_reply),
    Command("变体", ("variants", "v"), "", "列出全部说法", replies.show_variants),
    Command("改", ("edit", "e"), "[文字]", "在回复上修改，边改边查", edit_reply, takes_draft=True),
    Command(
        "仍要发送", ("override",), "理由", "复制刚才被拦下的原话；违规的要写理由，会留记录", overriding.send_anyway
    ),
    Command("好", ("good", "+"), "", "这条回复好（只输入 + 也行）", learning.praise),
    Command("差", ("bad", "-"), "[原因]", "这条回复不好，请培训师改（只输入 - 也行）", learning.blame),
    Command("填", ("slot", "s"), "[名称=值]", "填变量，或看已经填了什么", replies.fill_slots),
    Command("加", ("add", "a"), "[编号|词]", "把屏幕上的回复（或写出的情景）加进拼接（F5）", stacking.add),
    Command(
        "拼",
        ("basket", "b"),
        "[做法]",
        "看拼好的整段：删、移、改、编辑、清空、撤销（F6）",
        stacking.basket,
        ("删", "移", "改", "编辑", "清空", "撤销"),
    ),
    Command("下一步", ("next", "n"), "[数字]", "接下来通常说什么", replies.next_step),
    Command("提示", ("tip", "t"), "", "这个情景的注意事项", replies.show_coaching),
    Command("解释", ("explain", "why"), "", "为什么这样判断", replies.explain),
    Command("找", ("find", "f"), "[词]", "按名称、拼音、编号、关键词找情景和话术", finding.find),
    Command("用", ("use", "u"), "编号", "直接用某个情景的话术", finding.use),
    Command("收藏", ("star",), "[编号]", "收藏情景，搜索时排在前面；再来一次取消", finding.favourite),
    Command("待办", ("todo", "d"), "[完成 编号]", "答应过客户的时限：列出、完成、推迟", todo.todo),
    Command("消息", ("msg", "m"), "[文字]", "把文字当作客户的话，不管它以什么开头", replies.message),
    Command("客户", ("customer",), "姓氏 称谓", "客户怎样称呼，如 /客户 王 先生", customers.customer),
    Command("情绪", ("mood",), "情绪", "客户的情绪", settings.mood, (*circumstances.MOODS, "自动")),
    Command("行业", ("profile",), "行业", "所在行业", settings.profile, (*circumstances.PROFILES, "无")),
    Command(
        "投诉类型",
        ("complaint",),
        "类型",
        "感性（要被倾听）或理性（要解决）",
        settings.complaint_type,
        ("感性", "理性", "无"),
    ),
    Command(
        "渠道", ("channel",), "渠道", "从哪里回复：在线、电话或邮件", settings.channel, (*circumstances.CHANNELS, "无")
    ),
    Command("类型", ("type",), "类型", "客户类型，如 求异型", settings.customer_type, ("求异型", "无")),
    Command("新客户", ("new",), "[称呼]", "再接一位客户，原来的对话都留着（Alt-N）", customers.new_customer),
    Command("切换", ("switch", "sw"), "[数字|姓氏]", "转到某位客户；不写就去等得最久的那一位（F7）", customers.switch),
    Command(
        "客户列表", ("customers", "ls"), "", "全部客户：等了多久、说到哪一步、还没说到什么", customers.list_customers
    ),
    Command("已回", ("answered",), "", "记下这位客户已经回复（不是从这里复制的）", customers.answered),
    Command("结束", ("end",), "[数字]", "送走这位客户；还欠回复时先问一声", customers.end),
    Command("找回", ("undo",), "", "结束错了，把刚结束的对话找回来", customers.bring_back),
    Command("我", ("me",), "[项=值]", "您的公司、姓氏、工号、行业：看、改、清除", about_me.about_me, ("重填", "清除")),
    Command("主题", ("theme",), "主题", "颜色：深色底、浅色底或不用颜色", settings.theme, tuple(settings.LOOKS)),
    Command("教程", ("tour",), "", "两分钟教程：用一位假客户走一遍，什么也不留下", show_tour),
    Command("库", ("library",), "", "正在使用哪个话术库", lookups.show_library),
    Command("帮助", ("help", "h", "?"), "", "这张表", show_help),
    Command("退出", ("quit", "q", "exit"), "", "离开", leave),
)

BY_NAME = {name: command for command in COMMANDS for name in (command.name, *command.aliases)}


def is_command(line: str) -> bool:
    """Tell whether a line is meant as a command."""
    return line.lstrip().startswith(("/", "／"))


def parse(line: str) -> tuple[Command | None, str, str]:
    """Return the command of a line (None where there is none of that name), the name as typed, and its argument.

    No space is needed after a Chinese name (「/检查这个我不清楚」): those who type Chinese do not think of it.
    """
    body = line.strip()[1:]
    name = body.split(maxsplit=1)[0] if body.split() else ""
    rest = body.partition(name)[2] if name else ""
    folded = unicodedata.normalize("NFKC", name).lower()
    if folded in BY_NAME:
        return BY_NAME[folded], name, rest.strip()
    joined = max((each.name for each in COMMANDS if name.startswith(each.name)), key=len, default=None)
    if joined is not None:
        return BY_NAME[joined], joined, body[len(joined) :].strip()
    return None, name, rest.strip()


def name_of(line: str) -> str:
    """Return the name of the command that a line is, empty where it is none."""
    command = parse(line)[0] if is_command(line) else None
    return command.name if command is not None else ""


def _stands_alone(fragment: str) -> bool:
    """Tell whether what was typed up to a space is the name of a command and nothing else."""
    return unicodedata.normalize("NFKC", fragment.split(maxsplit=1)[0]).lower() in BY_NAME


def leaves(line: str) -> bool:
    """Tell whether a line is the command that leaves the console."""
    return name_of(line) == "退出"


def is_bare(line: str) -> bool:
    """Tell whether a line is a command without an argument: all of it is csbot's own words."""
    if not is_command(line):
        return False
    command, name, argument = parse(line)
    return command is not None and not argument and line.strip()[1:] == name


def run_command(desk: Desk, line: str) -> None:
    """Carry out the command of a line; else answer with what the line finds, or say what may have been meant.

    A command wins where its name stands alone or before a space. One that other characters follow (「/检查这个」)
    gives way to a situation whose name or keyword holds the whole of it (「/客户投诉」).
    """
    command, name, argument = parse(line)
    fragment = line.strip()[1:]
    if command is not None and not _stands_alone(fragment) and finding.is_named(desk, fragment):
        command = None
    if command is not None:
        command.run(desk, argument)
        return
    if not name:
        show_help(desk)
        return
    if finding.take_fragment(desk, fragment):
        return
    near = get_close_matches(name, BY_NAME, n=1, cutoff=0.6 if name.isascii() else 0.5)
    hint = f"，是不是 /{near[0]}？" if near else "，/帮助 列出全部命令。"
    desk.view.warn(f"没有命令、情景或话术 /{name[:20]}{hint}如果这是客户的话，请用 /消息 加原话。")


def dispatch(desk: Desk, line: str) -> None:
    """Do what a line says: nothing typed, a draft, a command, a choice, an agent's question, else a message."""
    text = line.strip()
    if not leaves(text):
        desk.taking()
    if not text:
        replies.confirm(desk)
        return
    desk.conversation.listed = False
    if text[0] in ">＞":
        lookups.check_draft(desk, text[1:])
    elif is_command(text):
        run_command(desk, text)
    elif desk.conversation.turn is not None and text in ("+", "＋"):
        learning.praise(desk, "")
    elif desk.conversation.turn is not None and text[0] in "-－" and text[1:2].strip() == "":
        learning.blame(desk, text[1:].strip())
    elif (choice := desk.conversation.choice(text)) is not None:
        replies.pick(desk, choice.kind, choice.value, candidate=not text.isdigit())
    elif len(text) == 1 and _NAMES_A_CHOICE.match(text) is not None and desk.conversation.choices:
        desk.view.warn(f"屏幕上没有「{text}」这一项。如果这是客户的话，请输入 /消息 {text}")
    elif not finding.take_question(desk, text):
        answering.take_message(desk, text)
