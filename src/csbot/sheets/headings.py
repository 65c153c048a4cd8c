"""What the columns of a table are, by their headings: our own, or those that people use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import zip_longest

from csbot.sheets.grid import Cell, Grid
from csbot.sheets.tables import (
    BASE,
    EXAMPLE,
    ID,
    REPLIES,
    REPLY,
    RULES,
    SITUATION,
    SITUATION_NAME,
    SITUATIONS,
    SORT,
    TABLE,
    TABLES,
    Table,
)
from csbot.text.regex import regex

CODE, GROUP, KEYWORDS, FREE = "快捷码", "分组", "关键词", "自由"
LONGEST = 12  # characters of a heading; longer text is what a row says
SHOWN = 6  # headings that are told
LOOKED_AT = 10  # rows among which the headings are looked for: some tables have a title above them
# Of a table that somebody made: what a column is → what people call it. The docs list them all.
ALIASES: dict[str, tuple[str, ...]] = {
    SITUATION: (
        "情景",
        "情景id",
        "场景",
        "场景名称",
        "业务场景",
        "意图",
        "标题",
        "主题",
        "问题分类",
        "intent",
        "话术标题",
        "短语标题",
        "模板名称",
        "模板标题",
        "问题类型",
        "三级分类",
        "三级分组",
        "二级分类",
        "二级分组",
        "子分类",
        "title",
        "macrotitle",
        "savedreplyname",
        "name",
    ),
    SITUATION_NAME: (),
    REPLY: (
        "话术",
        "话术内容",
        "答案",
        "答复",
        "应答",
        "内容",
        "回复内容",
        "标准回复",
        "标准答复",
        "标准答案",
        "标准回答",
        "回答",
        "标准话术",
        "推荐话术",
        "回复话术",
        "参考话术",
        "参考答案",
        "推荐回复",
        "备用话术",
        "备选话术",
        "快捷短语",
        "快捷短语内容",
        "快捷回复",
        "短语内容",
        "快捷语",
        "常用语",
        "常用语内容",
        "快捷回复内容",
        "短语",
        "模板内容",
        "客服答",
        "客服回复",
        "客服回答",
        "客服话术",
        "reply",
        "content",
        "answer",
        "response",
        "substitution",
        "comment",
        "comment/description",
        "body",
        "message",
        "contenthtml",
        "savedreplybody",
    ),
    EXAMPLE: (
        "例子",
        "客户问法",
        "客户说法",
        "客户问题",
        "客户常问",
        "常见问题",
        "用户问法",
        "用户问题",
        "客户问",
        "客户提问",
        "用户提问",
        "问法",
        "问题",
        "标准问题",
        "相似问",
        "相似问法",
        "examples",
        "question",
    ),
    KEYWORDS: ("关键字", "触发词", "keywords"),
    SORT: (),
    CODE: ("快捷编码", "快捷短语编码", "快捷键", "短语编码", "快捷指令", "编码", "short_code", "shortcode", "shortcut"),
    GROUP: (
        *("分类", "类别", "快捷短语分组", "短语分组", "分组名称", "分组名", "一级分类", "一级分组"),
        *("group", "category", "folder"),
    ),
    **{column.heading: () for column in REPLIES.columns[3:]},
}
_FREE = {alias: name for name, aliases in ALIASES.items() for alias in (name.casefold(), *aliases)}
_MARKS = regex(r"[\s*＊]|[（(][^（）()]*[）)]$")
# Columns of which there may be several beside each other: 「话术1」, 「话术2」, 「相似问一」.
_SEVERAL = (SITUATION, REPLY, EXAMPLE, KEYWORDS)
_NUMBER = r"(?:\d{1,2}|[一二三四五六七八九十]{1,2}|[①-⑩]|[a-f甲乙丙丁])"
_NUMBERED = regex(rf"第{_NUMBER}[条种个版](?P<behind>.+)|(?P<before>.+?)(?:版本)?[-_－—.、:：]?{_NUMBER}")
_VAGUE = {
    "内容",
    "content",
    "name",
    "comment",
    "body",
    "message",
}  # say what a column is only where no other column says it


@dataclass(frozen=True, slots=True)
class Headings:
    """What the columns of a grid are. ``columns`` tells the number of each, from 0, by its own name.

    ``more`` tells of a table that somebody made which further columns are the same: the variants of a reply.
    """

    kind: str  # the name of one of our tables, FREE for one that somebody made, "" where a column tells it row by row
    columns: Mapping[str, int]
    first: int  # the number of the first row below them
    cells: Sequence[Cell]
    more: Mapping[str, Sequence[int]] = field(default_factory=dict)


def headings_of(grid: Grid, named: Mapping[str, str]) -> Headings | None:
    """Return what the columns of a grid are, None where nothing is known of them.

    ``named`` tells of headings what their columns are, before anything that is known of them (see ``naming``).
    """
    for number, row in enumerate(grid.rows[:LOOKED_AT]):
        texts = [cell.text.strip() for cell in row]
        own = {text: index for index, text in reversed(list(enumerate(texts))) if text}
        if TABLE in own and BASE in own:
            return Headings("", own, number + 1, row)
        for table in (SITUATIONS, RULES):
            if _is_table(table, own, grid.title):
                return Headings(table.name, own, number + 1, row)
        below = grid.rows[number + 1] if number + 1 < len(grid.rows) else []
        both = _in_two_rows(row, below, named)
        for cells, first in ((both, number + 2), (row, number + 1)):
            free = _free_columns([cell.text.strip() for cell in cells], named)
            if _is_enough(free):
                columns = {name: places[0] for name, places in free.items()}
                more = {name: places[1:] for name, places in free.items() if len(places) > 1}
                return Headings(FREE, columns, first, cells, more)
    return None


def _in_two_rows(upper: Sequence[Cell], lower: Sequence[Cell], named: Mapping[str, str]) -> Sequence[Cell]:
    """Return the headings that two rows give together, none where the lower one is not made of headings.

    「话术」 over two columns, and below it 「话术1」 and 「话术2」.
    """
    said = [cell.text for cell in lower if cell.text.strip()]
    if not said or not all(named.get(_plain(text)) or _named(text) for text in said):
        return []
    alone = _free_columns(said, named)
    if _is_enough(alone) and {SITUATION, SITUATION_NAME, CODE, GROUP} & alone.keys():
        return []  # the headings by themselves, below a title
    padded = [*upper, *lower[len(upper) :]]
    pairs = zip_longest(padded, lower[: len(padded)])
    return [two if two is not None and two.text.strip() else one for one, two in pairs]


def naming(words: Sequence[str]) -> dict[str, str] | str:
    """Return what columns are by what somebody says (``标准答复=回复``), or in Chinese what is wrong with that."""
    named: dict[str, str] = {}
    for word in words:
        heading, sign, name = word.replace("＝", "=").rpartition("=")
        if not sign or not heading.strip():
            return f"「{word}」请写成「表格里的列名=列」，如 标准答复=回复"
        if not (known := _FREE.get(_plain(name))):
            return f"没有「{name}」这样的列，可用：{'、'.join(ALIASES)}"
        named[_plain(heading)] = known
    return named


def has_wide_commas(grid: Grid) -> bool:
    """Tell whether the headings of a CSV file stand between commas in full width."""
    return any(
        len(row) == 1 and len([part for part in row[0].text.split("，") if _named(part)]) > 1
        for row in grid.rows[:LOOKED_AT]
    )


def unknown(grid: Grid) -> str:
    """Return in Chinese that no columns were found in a grid, what its headings seem to be, and what to do."""
    if has_wide_commas(grid):
        return "各格之间是中文逗号「，」，认不出有几列：请改用英文逗号，或者另存为 .xlsx"
    wanted = "没有认出一张表：要有情景（或标题）和回复（或话术、例句）这样的列名"
    rows = [[cell for cell in row if cell.text.strip()] for row in grid.rows[:LOOKED_AT]]
    row = next((row for row in rows if len(row) > 1), None)
    if row is None:
        empty = "；这张表是空的" if not grid.rows else ""
        return f"{wanted}{empty}；csbot export --template 给出模板"
    said = "、".join(f"「{_shown(cell.text)}」" for cell in row[:SHOWN])
    first = _shown(row[-1].text)
    if any(len(cell.text.strip()) > LONGEST for cell in row):
        return (
            f"{wanted}。前 {LOOKED_AT} 行里没有（第 {row[0].line} 行是{said}，像是内容）："
            "请在最上面加一行列名；csbot export --template 给出模板"
        )
    return (
        f"{wanted}。第 {row[0].line} 行是{said}，不认识：请改成「情景」「例句」「回复」"
        f"（列名要在前 {LOOKED_AT} 行里），或者用 --column 说明，"
        f"如 --column {first}=回复"
    )


def _shown(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def lacking(grid: Grid, named: Mapping[str, str]) -> tuple[Cell, str] | None:
    """Return where the headings of a grid are that ``headings_of`` does not know, and what they lack, in Chinese.

    None where nothing tells that the grid was meant to be imported.
    """
    rows = [(len(_free_columns([cell.text.strip() for cell in row], named)), row) for row in grid.rows[:LOOKED_AT]]
    count, row = max(rows, key=lambda each: each[0], default=(0, []))
    if not row or not (count or grid.title in TABLES):
        return None
    columns = _free_columns([cell.text.strip() for cell in row], named)
    lacks = []
    if not {SITUATION, SITUATION_NAME, CODE, GROUP} & columns.keys():
        lacks.append("「情景编号」（或标题、快捷码、分组）")
    if not {REPLY, EXAMPLE, KEYWORDS} & columns.keys():
        wanted = grid.title if grid.title in (REPLY, EXAMPLE) else REPLY
        lacks.append(f"「{wanted}」" if wanted == grid.title else f"「{wanted}」（或话术、例句）")
    if not lacks:
        return None
    others = [cell.text.strip() for cell in row if cell.text.strip() and _named(cell.text) not in columns]
    close = [(text, near[0]) for text in others if (near := get_close_matches(_plain(text), _FREE, n=1, cutoff=0.5))]
    if close:
        hint = f"，「{close[0][0]}」是不是「{close[0][1]}」？"
    else:
        hint = f"；别的列是：{'、'.join(others)}，可以用 --column 说明，如 --column {others[0]}=回复" if others else ""
    return row[0], f"这张表缺少{'和'.join(lacks)}这一列，一行也没有导入{hint}"


def _plain(text: str) -> str:
    return _MARKS.sub("", text.strip()).casefold()


def _named(text: str) -> str:
    """Return what a heading calls its column, also where it has a number: 「话术2」, 「第二条话术」."""
    plain = _plain(text)
    if plain not in _FREE and (numbered := _NUMBERED.fullmatch(plain)) is not None:
        name = _FREE.get(numbered["behind"] or numbered["before"], "")
        return name if name in _SEVERAL[1:] else ""
    return _FREE.get(plain, "")


def _rank(text: str, name: str) -> int:
    """Return how surely a heading means a column: of several that name situations the surest is asked first."""
    plain = _plain(text)
    known = [name.casefold(), *ALIASES.get(name, ())]
    return known.index(plain) if name == SITUATION and plain in known else 0


def _is_table(table: Table, own: Mapping[str, int], title: str) -> bool:
    known = sum(column.heading in own for column in table.columns)
    return ID in own and (known > 3 or (title == table.name and known > 1)) and table.columns[1].heading in own


def _free_columns(texts: Sequence[str], named: Mapping[str, str]) -> dict[str, list[int]]:
    """Return the numbers of the columns by what they are, more than one only where there may be several."""
    found: dict[str, list[int]] = {}
    vague: dict[str, list[int]] = {}
    for index, text in enumerate(texts):
        name = named.get(_plain(text)) or _named(text) or (BASE if text == BASE else "")
        if name:
            is_vague = _plain(text) in _VAGUE and _plain(text) not in named
            (vague if is_vague else found).setdefault(name, []).append(index)
    for name, places in vague.items():
        found.setdefault(name, places)
    for name, places in found.items():
        if name in _SEVERAL and BASE not in found:
            places.sort(key=lambda index: (_plain(texts[index]) not in named, _rank(texts[index], name), index))
        else:
            del places[1:]
    return found


def _is_enough(columns: Iterable[str]) -> bool:
    known = set(columns)
    named = {SITUATION, SITUATION_NAME, CODE, GROUP} & known
    return bool(named and {REPLY, EXAMPLE, KEYWORDS} & known) or {REPLY, EXAMPLE} <= known
