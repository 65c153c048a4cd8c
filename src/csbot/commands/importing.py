"""``csbot import``: a spreadsheet, or the canned replies of another program, into the YAML files of the library."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from csbot.commands.errors import EXIT_CLEAN, EXIT_FINDINGS, InvalidInputError
from csbot.commands.help import command as chinese_command
from csbot.commands.options import json_option, library_option, open_library
from csbot.commands.output import to_json, write_line
from csbot.library.locate import built_in
from csbot.sources.encoding import ENCODINGS
from csbot.text.normalise import visible

if TYPE_CHECKING:
    from csbot.library.models import Library
    from csbot.sheets.changes import Change, Finding, Homeless
    from csbot.sheets.run import Import, Wishes

ENDINGS = (".xlsx", ".xlsm", ".csv", ".tsv", ".json")
SHOWN = 300  # problems and changes that are listed; all of them with --json
LISTED = 10  # files that are named


@chinese_command("import", short_help="把表格里的改动写进话术库")
@click.argument("file", metavar="文件")
@click.option("--dry-run", is_flag=True, help="只看会改什么，不写。")
@click.option(
    "--prefer",
    metavar="哪边",
    type=click.Choice(("sheet", "library")),
    help="表格和话术库都改过同一处时以哪边为准：sheet 用表格的，library 留话术库的；不写就报告冲突，什么也不写。",
)
@click.option("--remove-missing", is_flag=True, help="表格里删掉的行，也从话术库里去掉；不写就只提醒。")
@click.option("--skip-bad", is_flag=True, help="跳过有问题的行，写入其余的；不写就一行有问题整份都不写。")
@click.option(
    "--proposals", metavar="文件", help="认不出属于哪个情景的话术写进这个表格（.xlsx 或 .csv），填好编号再导入。"
)
@click.option(
    "--encoding", metavar="编码", type=click.Choice(ENCODINGS), help="CSV 的编码；不写就自动认 UTF-8 和 GB18030。"
)
@click.option(
    "--column",
    "columns",
    metavar="列名=列",
    multiple=True,
    help="表格里的列名不认识时说明它是什么，如 标准答复=回复；可以写多次。",
)
@json_option
@library_option
@click.pass_context
def command(
    ctx: click.Context,
    file: str,
    dry_run: bool,
    prefer: str | None,
    remove_missing: bool,
    skip_bad: bool,
    proposals: str | None,
    encoding: str | None,
    columns: tuple[str, ...],
    as_json: bool,
    library: str | None,
) -> None:
    """把表格里的改动写进话术库：csbot export 导出的表格，自己的话术表（情景、话术、例句等列），快捷短语的 CSV，Chatwoot 和 Zendesk 的 JSON。全部检查过才写，要么全写，要么不写。"""  # noqa: D415, E501
    if Path(file).suffix.lower() not in ENDINGS:
        raise InvalidInputError(f"csbot: 读得了 {'、'.join(ENDINGS)}，这个文件不是：{visible(file)}")
    loaded = open_library(ctx, library)
    if not dry_run:
        _refuse_built_in(loaded)
    if proposals is not None:
        _check_proposals(proposals)
    done = _planned(loaded, file, encoding, _wishes(prefer, remove_missing, proposals, columns))
    may_write = not done.errors or skip_bad
    written: list[str] = []
    if not dry_run and may_write:
        written = _written(done)
        if proposals is not None and done.outcome.homeless:
            _write_proposals(loaded, done, Path(proposals))
    if as_json:
        write_line(to_json(_as_json(done, written), 2))
    else:
        for line in _lines(done, dry_run, may_write, written, proposals):
            write_line(visible(line))
    ctx.exit(EXIT_FINDINGS if done.errors else EXIT_CLEAN)


def _refuse_built_in(loaded: Library) -> None:
    """Raise where the library is not the user's: an update of csbot would lose what is written there."""
    root = loaded.root.resolve()
    package = Path(__file__).resolve().parent.parent
    if root.is_relative_to(package) or (loaded.origin.startswith("内置") and root == built_in().resolve()):
        message = (
            "csbot: 现在用的是随 csbot 安装的内置话术库，不能往里写（升级就没有了）。请先有自己的话术库："
            "csbot new layer 文件夹（放在内置的上面，只写改动），再加 --library 文件夹；"
            "只给自己用，就 csbot new layer --level 个人"
        )
        raise InvalidInputError(message)


def _check_proposals(proposals: str) -> None:
    if Path(proposals).suffix.lower() not in (".xlsx", ".csv"):
        raise InvalidInputError(f"csbot: --proposals 的文件名请以 .xlsx 或 .csv 结尾：{visible(proposals)}")
    if Path(proposals).exists():
        raise InvalidInputError(f"csbot: {visible(proposals)} 已经存在，里面可能有填好的内容；请换个名字")


def _wishes(prefer: str | None, remove: bool, proposals: str | None, columns: tuple[str, ...]) -> Wishes:
    from csbot.sheets.headings import naming
    from csbot.sheets.merging import Prefer
    from csbot.sheets.run import Wishes

    named = naming(columns)
    if isinstance(named, str):
        raise InvalidInputError(f"csbot: --column {visible(named)}")
    return Wishes(Prefer(prefer or ""), remove, named, keeps_homeless=proposals is not None)


def _planned(loaded: Library, file: str, encoding: str | None, wishes: Wishes) -> Import:
    from csbot.commands.progress import progress
    from csbot.library.editing import EditError
    from csbot.library.problems import LibraryError
    from csbot.sheets.run import plan_import
    from csbot.sources.passage import SourceError
    from csbot.sources.reading import shown

    try:
        with progress() as report:
            return plan_import(loaded, file, shown(file), encoding, wishes, report)
    except SourceError as error:
        raise InvalidInputError(visible(str(error))) from None
    except LibraryError as error:
        raise InvalidInputError("\n".join(visible(str(each)) for each in error.problems)) from None
    except EditError as error:
        raise InvalidInputError(f"csbot: {visible(str(error))}") from None


def _written(done: Import) -> list[str]:
    from csbot.library.editing import EditError

    if done.applied is None:
        return []
    try:
        return done.applied.amendment.write()
    except EditError as error:
        raise InvalidInputError(f"csbot: {visible(str(error))}") from None


def _write_proposals(loaded: Library, done: Import, path: Path) -> None:
    from csbot.commands.exporting import write_sheet
    from csbot.matching.matcher import Matcher
    from csbot.sheets.proposals import proposals_bytes

    matcher = Matcher.for_library(loaded)

    def guess(each: Homeless) -> str:
        if near := done.near(each.title):
            return near
        candidates = matcher.match(each.title if each.is_reply else each.text).candidates
        return candidates[0].intent if candidates else ""

    write_sheet(path, proposals_bytes(loaded, done.outcome.homeless, guess, path.suffix.lower()))


def _lines(done: Import, dry_run: bool, may_write: bool, written: list[str], proposals: str | None) -> Iterator[str]:
    for finding in done.findings[:SHOWN]:
        yield _finding_line(finding, done.path)
    if len(done.findings) > SHOWN:
        yield f"…… 还有 {len(done.findings) - SHOWN} 处问题，加 --json 全部列出"
    owner = None
    for change in done.changes[:SHOWN]:
        if change.owner != owner:
            owner = change.owner
            yield f"{owner}（{done.name_of(owner)}）" if done.name_of(owner) else owner or "范围外"
        yield f"  {_change_line(change)}"
    if len(done.changes) > SHOWN:
        yield f"  …… 还有 {len(done.changes) - SHOWN} 处，加 --json 全部列出"
    if done.outcome.missing and not done.removes:
        yield f"表格里少了 {len(done.outcome.missing)} 行，话术库里留着；要一起去掉，加 --remove-missing"
    if done.outcome.homeless and proposals is not None:
        where = f"写进 {proposals}" if not dry_run and may_write else f"会写进 {proposals}"
        yield f"{len(done.outcome.homeless)} 条认不出属于哪个情景，{where}：填上情景编号再导入"
    if done.outcome.repeated:
        yield f"{done.outcome.repeated} 行话术库里已有，不重复写"
    yield _summary(done, dry_run, may_write, written)


def _summary(done: Import, dry_run: bool, may_write: bool, written: list[str]) -> str:
    count, errors = len(done.changes), len(done.errors)
    if not may_write:
        rest = f"；加 --skip-bad 可以跳过它们，写入其余 {count} 处" if count else ""
        if any(each.code == "sheet.conflict" for each in done.errors):
            rest += "；冲突的地方用表格的加 --prefer sheet，留话术库的加 --prefer library"
        return f"有 {errors} 处问题，什么也没有写{rest}"
    skipped = f"，跳过 {errors} 处问题" if errors else ""
    if not count:
        return f"没有要改的{skipped}"
    if dry_run:
        return f"会改 {count} 处：{_files(done.files)}{skipped}（试运行，没有写）"
    return f"已写入 {count} 处：{_files(written)}{skipped}"


def _files(names: Sequence[str]) -> str:
    """Return the names of files, of many the first ones and how many there are."""
    return "、".join(names) if len(names) <= LISTED else f"{'、'.join(names[:LISTED])} 等 {len(names)} 个文件"


def _finding_line(finding: Finding, path: str) -> str:
    cell = finding.cell
    name = f"{cell.name}：" if cell.name else ""
    warning = "（警告）" if finding.severity != "error" else ""
    return f"{path}:{cell.line}:{cell.column}: {finding.code} {name}{finding.message}{warning}"


def _change_line(change: Change) -> str:
    if change.before and change.after:
        return f"{change.what}：{_short(change.before)} → {_short(change.after)}"
    if change.after:
        return f"{change.what}：{_short(change.after)}"
    return (
        f"去掉{change.what}：{_short(change.before)}"
        if not change.what.startswith("「")
        else (f"{change.what}：{_short(change.before)} → （空）")
    )


def _short(text: str, longest: int = 60) -> str:
    text = text.replace("\n", "、")
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _as_json(done: Import, written: list[str]) -> dict[str, Any]:
    return {
        "changes": [
            {
                "owner": change.owner,
                "what": change.what,
                "before": change.before,
                "after": change.after,
                "sheet": change.cell.sheet,
                "line": change.cell.line,
                "column": change.cell.column,
            }
            for change in done.changes
        ],
        "findings": [
            {
                "path": done.path,
                "sheet": finding.cell.sheet,
                "line": finding.cell.line,
                "column": finding.cell.column,
                "code": finding.code,
                "severity": finding.severity,
                "message": finding.message,
            }
            for finding in done.findings
        ],
        "repeated": done.outcome.repeated,
        "missing": len(done.outcome.missing),
        "without_situation": len(done.outcome.homeless),
        "written": written,
    }
