"""``csbot export``: the library as a spreadsheet that a trainer edits, and an empty one to begin with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from csbot.commands.errors import EXIT_CLEAN, InvalidInputError
from csbot.commands.help import command as chinese_command
from csbot.commands.options import library_option, open_library
from csbot.commands.output import write_line
from csbot.library.problems import reason_of
from csbot.text.normalise import visible

if TYPE_CHECKING:
    from csbot.library.models import Library
    from csbot.sheets.tables import Table
    from csbot.sheets.workbook import Rows

NAMES = ("情景", "例句", "回复", "禁用语")
ENDINGS = (".xlsx", ".csv")

_README = (
    "这是从 csbot 的话术库导出的表格，每个工作表是一张表：情景、例句、回复、禁用语。",
    "改好以后保存，先运行 csbot import 文件 --dry-run 看会改什么，再去掉 --dry-run 写回话术库。",
    "加内容：在表里加一行，写上情景编号。颜色深的标题是新情景必须填的。标题上有批注，说明怎样填。",
    "去掉内容：删掉整行，导入时加 --remove-missing；不加就只提醒，不去掉。",
    "最右边藏着一列“底稿”：导入时靠它分清是表格改了还是话术库后来改了。请不要改动它。",
    "“情景名称”“主题”“类别”只供阅读（新的一行除外）。行的次序、筛选和颜色都不影响导入。",
)
_TEMPLATE = (
    "这是 csbot 话术库的模板：情景（怎样认出来、怎样辅导）、例句（客户会怎么说）、回复（怎样回答）。",
    "每张表的第一行是示例。照着它在下面加行；示例不改就不会导入，也可以删掉。",
    "新情景要有情景编号（主题.名称，小写英文）、至少 3 条回复；由客户触发的还要有例句，至少 30 条。",
    "填好以后运行 csbot import 文件 --dry-run 看会改什么，再去掉 --dry-run 写进话术库。",
)


@chinese_command("export", short_help="把话术库导出成 Excel 或 CSV 表格")
@click.argument("file", metavar="文件.xlsx|文件.csv")
@click.option("--template", is_flag=True, help="不导出内容，写一个空的模板（.xlsx）：标题、示例行、下拉选项和批注。")
@click.option(
    "--table", "tables", metavar="表", multiple=True, type=click.Choice(NAMES), help="只导出这张表，可以写几次。"
)
@click.option(
    "--encoding",
    metavar="编码",
    type=click.Choice(("utf-8", "gb18030")),
    default="utf-8",
    help="CSV 的编码：utf-8（带 BOM，默认）或 gb18030。",
)
@click.option("--force", is_flag=True, help="文件已经存在时覆盖它。")
@library_option
@click.pass_context
def command(
    ctx: click.Context,
    file: str,
    template: bool,
    tables: tuple[str, ...],
    encoding: str,
    force: bool,
    library: str | None,
) -> None:
    """把情景、例句、回复和禁用语导出成表格，在 Excel 或 WPS 里改好后用 csbot import 写回来。CSV 里各张表合在一起，第一列说明是哪张表。"""  # noqa: D415, E501
    path = Path(file)
    ending = path.suffix.lower()
    if ending not in ENDINGS or "\0" in file:
        raise InvalidInputError(f"csbot: 请写明文件名，以 .xlsx 或 .csv 结尾：{visible(file)}")
    if template and (ending != ".xlsx" or tables):
        raise InvalidInputError("csbot: 模板是带下拉选项的工作簿，文件名请以 .xlsx 结尾，不用 --table")
    if path.exists() and not force:
        raise InvalidInputError(f"csbot: {visible(file)} 已经存在，里面可能有改好的内容；换个名字，或加 --force 覆盖")
    loaded = open_library(ctx, library)
    content, counts = _made(loaded, tables or NAMES, encoding if ending == ".csv" else "", template)
    write_sheet(path, content)
    write_line(visible(f"已写入 {file}：{counts}"))
    ctx.exit(EXIT_CLEAN)


def write_sheet(path: Path, content: bytes) -> None:
    """Write a spreadsheet, whole or not at all. Raises InvalidInputError."""
    from csbot.library.amending import write_all
    from csbot.library.editing import EditError

    try:
        write_all({path: content}, {path: path.read_bytes() if path.exists() else None})
    except OSError as error:
        raise InvalidInputError(f"csbot: 写不了 {visible(str(path))}：{reason_of(error)}") from None
    except EditError as error:
        raise InvalidInputError(f"csbot: {visible(str(path))} {error}") from None


def _made(loaded: Library, names: Sequence[str], encoding: str, template: bool) -> tuple[bytes, str]:
    """Return the content of the file, a CSV file where an encoding is given, and in Chinese what is in it."""
    from csbot.sheets.holdings import read_holdings
    from csbot.sheets.tables import TABLES
    from csbot.sheets.template import template_tables
    from csbot.sheets.workbook import TooLongError, workbook_bytes

    words = {
        "节日": [festival.name for festival in loaded.festivals],
        "时段": [period.name for period in loaded.day_periods],
    }
    if template:
        return workbook_bytes(template_tables(), _TEMPLATE, words), "模板，每张表有一行示例"
    held = read_holdings(loaded.root)
    tables: dict[str, tuple[Table, Rows]] = {}
    counts = []
    for name in NAMES:
        if name in names:
            rows = [(cells, str(marker)) for cells, marker in held.rows(TABLES[name])]
            tables[name] = (TABLES[name], rows)
            counts.append(f"{name} {len(rows)} 行")
    if encoding:
        from csbot.sheets.csv_writing import csv_bytes

        return csv_bytes(tables, encoding), "，".join(counts)
    try:
        return workbook_bytes(tables, _README, words), "，".join(counts)
    except TooLongError as error:
        message = f"csbot: {error.where}超过 32767 个字，Excel 的一格放不下；请导出成 .csv，或在 YAML 里分成几条"
        raise InvalidInputError(message) from None
