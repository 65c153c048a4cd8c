"""The tables of a spreadsheet: which columns they have, and what of the library each column shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from csbot.library.shapes.parts import MOODS, PROFILES
from csbot.library.shapes.situations import CHANNELS, COMPLAINT_TYPES


class Form(Enum):
    """How a value of the library stands in a cell."""

    TEXT = "text"
    DATE = "date"
    WORDS = "words"  # a list of short words, one a line or with 「、」 between them
    LINES = "lines"  # a list of sentences, one a line


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading and the value that it shows, by the kind of its file and its keys in the entry."""

    heading: str
    kind: str = ""  # of the file that holds the value: intents, scripts, forbidden; "" for what is only shown
    key: tuple[str, ...] = ()
    form: Form = Form.TEXT
    choices: Mapping[str, str] = field(default_factory=dict)  # what a cell says → what the file says
    width: int = 18  # characters
    note: str = ""  # where the shape of the file says nothing of it
    aliases: tuple[str, ...] = ()

    @property
    def is_shown_only(self) -> bool:
        """Tell whether the column is there to be read and not to be changed."""
        return not self.kind


@dataclass(frozen=True, slots=True)
class Table:
    """A table: a sheet of a workbook, or the rows of a CSV file."""

    name: str
    columns: tuple[Column, ...]

    def index(self, heading: str) -> int:
        """Return the number of a column, from 0."""
        return next(index for index, column in enumerate(self.columns) if column.heading == heading)


def _same(words: list[str]) -> dict[str, str]:
    return {word: word for word in words}


ID, NAME, TOPIC, CATEGORY = "编号", "名称", "主题", "类别"
SITUATION, SITUATION_NAME, SORT, EXAMPLE, REPLY = "情景编号", "情景名称", "种类", "例句", "回复"
BASE = "底稿（请勿改动）"
TABLE = "表"  # the column of a CSV file that tells which table a row belongs to

SORTS = {"例句": "examples", "反例": "negatives", "范围外": "out_of_scope"}
_ONLY_SHOWN = "只供阅读，改了不算数。"

SITUATIONS = Table(
    "情景",
    (
        Column(ID, "intents", ("id",), width=26),
        Column(NAME, "intents", ("name",)),
        Column("触发", "intents", ("trigger",), choices={"客户": "customer", "坐席": "agent"}, width=8),
        Column("什么时候用", "intents", ("cue",), width=30),
        Column("出处", "intents", ("source",), width=22),
        Column("供选说法", "intents", ("label",), width=12),
        Column(
            "位置",
            "intents",
            ("part",),
            choices={
                "问好": "greeting",
                "救急": "urgent",
                "开头": "opening",
                "安抚": "apology",
                "正文": "body",
                "收尾": "closing",
            },
            width=8,
        ),
        Column("行业", "intents", ("profiles",), Form.WORDS, _same(PROFILES), 12),
        Column("关键词", "intents", ("keywords",), Form.WORDS, width=24),
        Column("读音", "intents", ("pinyin",), Form.WORDS, width=14),
        Column(
            TOPIC,
            width=18,
            note="话术在哪个文件里：主题的编号和名称，中间空一格，如「payment 付款」。新情景才要填，可以写新的主题。",
        ),
        Column("话术出处", "scripts", ("source",), width=22),
        Column("要素", "scripts", ("elements",), Form.WORDS, width=24),
        Column("每次问", "scripts", ("ask",), Form.WORDS, width=12),
        Column("何时用（辅导）", "scripts", ("coaching", "use"), width=30),
        Column("何时不用（辅导）", "scripts", ("coaching", "avoid"), width=30),
        Column("绝不能说（辅导）", "scripts", ("coaching", "never"), Form.LINES, width=30),
        Column("提示（辅导）", "scripts", ("coaching", "tip"), width=30),
        Column("下一步", "scripts", ("next",), Form.WORDS, width=24),
        Column("一并说到", "scripts", ("covers",), Form.WORDS, width=24),
        Column("负责人", "scripts", ("owner",), width=10),
        Column("复核日期", "scripts", ("reviewed",), Form.DATE, width=12),
        Column("到期日期", "scripts", ("expires",), Form.DATE, width=12),
    ),
)

EXAMPLES = Table(
    "例句",
    (
        Column(SITUATION, "intents", ("id",), width=26, aliases=("情景", "场景", "标题", "意图", "intent")),
        Column(SITUATION_NAME, note=_ONLY_SHOWN),
        Column(
            SORT,
            choices=SORTS,
            width=8,
            note="例句：客户会这样说；反例：像这个情景、其实不是的话；范围外：不属于任何情景的话（情景编号留空）。",
        ),
        Column(
            EXAMPLE,
            "intents",
            ("examples",),
            width=70,
            aliases=("客户问法", "客户说法", "客户问题", "问法", "问题", "相似问", "相似问法", "用户说法", "examples"),
        ),
    ),
)

REPLIES = Table(
    "回复",
    (
        Column(SITUATION, "scripts", ("intent",), width=26, aliases=EXAMPLES.columns[0].aliases),
        Column(SITUATION_NAME, note=_ONLY_SHOWN),
        Column(
            REPLY,
            "scripts",
            ("replies", "text"),
            width=80,
            aliases=("话术", "答案", "内容", "回复内容", "话术内容", "标准回复", "应答", "reply", "content", "answer"),
        ),
        Column("长短", "scripts", ("replies", "length"), choices=_same(["短", "长"]), width=8),
        Column("说到", "scripts", ("replies", "when", "mentions"), Form.WORDS, width=16),
        Column("情绪", "scripts", ("replies", "when", "mood"), choices=_same(MOODS), width=8),
        Column("行业", "scripts", ("replies", "when", "profile"), choices=_same(PROFILES), width=8),
        Column("投诉类型", "scripts", ("replies", "when", "complaint_type"), choices=_same(COMPLAINT_TYPES), width=10),
        Column("渠道", "scripts", ("replies", "when", "channel"), choices=_same(CHANNELS), width=8),
        Column("节日", "scripts", ("replies", "when", "festival"), choices={"任何": "any", "平日": "none"}, width=8),
        Column("时段", "scripts", ("replies", "when", "time"), width=10),
        Column("选项", "scripts", ("replies", "when", "options"), choices={"有": "any", "没有": "none"}, width=8),
    ),
)

# The conditions of a reply, in the order of their columns.
WHEN = tuple(column.key[-1] for column in REPLIES.columns if column.key[:2] == ("replies", "when"))

RULES = Table(
    "禁用语",
    (
        Column(ID, "forbidden", ("id",), width=28),
        Column(CATEGORY, width=16, note="在哪个文件里：类别的编号和名称。新规则才要填，写已有的类别。"),
        Column("禁用的说法", "forbidden", ("banned",), width=24),
        Column(
            "怎样算命中",
            "forbidden",
            ("kind",),
            choices={
                "出现就算": "phrase",
                "整个分句": "clause",
                "整句": "sentence",
                "正则": "pattern",
                "姓名": "name",
            },
            width=12,
        ),
        Column("短语", "forbidden", ("phrases",), Form.LINES, width=36),
        Column("例外", "forbidden", ("except",), Form.LINES, width=30),
        Column("轻重", "forbidden", ("severity",), choices={"不能发": "error", "提醒": "warning"}, width=8),
        Column("改说", "forbidden", ("instead",), width=30),
        Column("原因", "forbidden", ("reason",), width=30),
        Column("出处", "forbidden", ("source",), width=22),
        Column("必须命中", "forbidden", ("bad",), Form.LINES, width=36),
        Column("必须不命中", "forbidden", ("good",), Form.LINES, width=36),
    ),
)

TABLES = {table.name: table for table in (SITUATIONS, EXAMPLES, REPLIES, RULES)}
