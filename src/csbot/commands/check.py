"""``csbot check``: what agents are about to send, held against the forbidden rules."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

import click

from csbot.commands.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_USAGE, InvalidInputError
from csbot.commands.help import command as chinese_command
from csbot.commands.options import json_option, library_option, open_library
from csbot.commands.output import is_file, json_lines, to_json, write_line
from csbot.commands.reporting import Destination, for_log, refuse_both, report_option, run_of, write_reports
from csbot.library.problems import Problem
from csbot.replying.guard import Guard, GuardError
from csbot.report.json import as_dict, verdict
from csbot.report.text import rewriting_as_text
from csbot.rules.judging.verdict import Verdict, hit_as_dict, verdict_of
from csbot.sources.encoding import ENCODINGS
from csbot.sources.reading import FORMATS, STANDARD_INPUT, Reading
from csbot.text.normalise import visible

if TYPE_CHECKING:
    from csbot.checking.run import Outcome, Rules
    from csbot.rules.rewrite import Rewriting
    from csbot.rules.wording.model import Hit

Function = TypeVar("Function", bound=Callable[..., Any])


def _patterns(_ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    if value:
        from csbot.sources.files import pattern_error

        for pattern in value:
            if (error := pattern_error(pattern)) is not None:
                raise click.BadParameter(error)
    return value


def _file_options(function: Function) -> Function:
    """Add the options that say which files are read, how, and which of their findings count."""
    options = (
        click.option("--format", "file_format", metavar="格式", type=click.Choice(list(FORMATS)), help=_FORMAT_HELP),
        click.option("--column", "columns", metavar="名称", multiple=True, help=_COLUMN_HELP),
        click.option("--encoding", metavar="编码", type=_ENCODING, help=_ENCODING_HELP),
        click.option("--include", metavar="模式", multiple=True, callback=_patterns, help=_INCLUDE_HELP),
        click.option("--exclude", metavar="模式", multiple=True, callback=_patterns, help=_EXCLUDE_HELP),
        click.option("--diff", "revision", metavar="版本", help=_DIFF_HELP),
        click.option("--baseline", metavar="文件", help="基线：记在这个文件里的旧问题不算数。"),
        click.option("--update-baseline", is_flag=True, help=_UPDATE_HELP),
        click.option("--allow-growth", is_flag=True, help="更新基线时，允许把新发现的问题也记进去。"),
    )
    for option in reversed(options):
        function = option(function)
    return function


_ENCODING = click.Choice(ENCODINGS, case_sensitive=False)
_FORMAT_HELP = f"不看扩展名，一律按这种格式读：{'、'.join(FORMATS)}。"
_COLUMN_HELP = "只查表格的这一列，或 YAML、JSON 里的这个键；可以写多次。"
_ENCODING_HELP = f"文件的编码：{'、'.join(ENCODINGS)}；不写时自己判断。"
_INCLUDE_HELP = "文件夹里只查符合的文件，写法同 .gitignore；可以写多次。"
_EXCLUDE_HELP = "文件夹里不查符合的文件或文件夹，写法同 .gitignore；可以写多次。"
_DIFF_HELP = "只报和这个 git 版本相比新增或改动的行，如 HEAD、origin/main...。"
_UPDATE_HELP = "更新基线：去掉已经改好的；文件还没有时建立它。"


@chinese_command("check", short_help="检查坐席要发的话里有没有服务忌语")
@click.argument("paths", nargs=-1, metavar="[文件|文件夹|-]…")
@click.option("--text", "draft", metavar="文字", help="直接检查这段文字。")
@click.option("--jsonl", is_flag=True, help='逐行读 {"text": …}，逐行写判定和命中。')
@json_option
@click.option("--rewrite", is_flag=True, help="另给一段没有忌语的改写，配合 --text 或 --jsonl；没有时说明是哪一处。")
@report_option
@click.option("--customer-type", metavar="类型", default="", help="客户类型；求异型客户的过度承诺算错误。")
@_file_options
@library_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    paths: tuple[str, ...],
    draft: str | None,
    jsonl: bool,
    as_json: bool,
    rewrite: bool,
    reports: tuple[Destination, ...],
    customer_type: str,
    library: str | None,
    **settings: Any,
) -> None:
    """检查文件、文件夹（- 表示标准输入）里坐席要发的话，报告每一处服务忌语。没有发现返回 0，有发现返回 1。"""  # noqa: D415
    _refuse_contradictions(paths, draft, jsonl, settings)
    if rewrite and draft is None and not jsonl:
        raise click.UsageError("--rewrite 要和 --text 或 --jsonl 一起用：一次改写一段话")
    if rewrite and reports:
        raise click.UsageError("--rewrite 不能和 --report 同用")
    if jsonl and reports:
        raise click.UsageError("--jsonl 有自己的输出格式，不能和 --report 同用")
    refuse_both(reports, as_json)
    if not paths and draft is None:
        if sys.stdin.isatty():
            raise click.UsageError("请写出要检查的文件，或用 - 从标准输入读，或用 --text 直接写文字")
        paths = (STANDARD_INPUT,)
    context = {"customer_type": customer_type} if customer_type else {}
    guard = Guard(open_library(ctx, library))
    try:
        known = frozenset(rule.id for rule in guard.rules.rules)
    except GuardError as error:
        raise InvalidInputError(f"csbot: {error}") from None
    if jsonl:
        ctx.exit(_check_lines(guard, paths, context, rewrite=rewrite))
    from csbot.checking.run import Rules

    rules = Rules(guard.findings_of_each, known, context)
    outcome = _checked(paths, draft, rules, settings)
    rewriting = guard.rewriting(draft) if rewrite and draft is not None else None
    _write(outcome, guard, reports, as_json, rewriting)
    ctx.exit(EXIT_USAGE if outcome.problems else EXIT_FINDINGS if outcome.counts else EXIT_CLEAN)


def _refuse_contradictions(paths: tuple[str, ...], draft: str | None, jsonl: bool, settings: dict[str, Any]) -> None:
    """Raise a usage error for options that cannot be meant together: none may be left out of account silently."""
    if draft is not None and paths:
        raise click.UsageError("--text 和文件只能选一种")
    given = [name for name, value in settings.items() if value]
    if (jsonl or draft is not None) and given:
        raise click.UsageError(f"{'--jsonl' if jsonl else '--text'} 不能和检查文件用的选项一起写")
    if not settings["baseline"] and (settings["update_baseline"] or settings["allow_growth"]):
        raise click.UsageError("更新基线要用 --baseline 写明是哪个文件")
    if settings["allow_growth"] and not settings["update_baseline"]:
        raise click.UsageError("--allow-growth 要和 --update-baseline 一起写")
    if settings["update_baseline"] and settings["revision"] is not None:
        raise click.UsageError("--diff 只看一部分，不能同时更新基线")


def _checked(paths: tuple[str, ...], draft: str | None, rules: Rules, settings: dict[str, Any]) -> Outcome:
    from csbot.checking.run import check_files, check_text

    if draft is not None:
        return check_text(draft, rules)
    from csbot.sources.files import Found, Selection, files_of

    encoding = settings["encoding"]
    reading = Reading(settings["file_format"], encoding and encoding.lower(), settings["columns"])
    files = files_of(paths, Selection(settings["include"], settings["exclude"]))
    if settings["baseline"]:  # it quotes what is set aside, and often lies in the folder that is checked
        baseline = os.path.realpath(settings["baseline"])
        files = (
            each
            for each in files
            if not isinstance(each, Found) or each.named or os.path.realpath(each.path) != baseline
        )
    if settings["revision"] is None:
        outcome = check_files(files, rules, reading)
    else:
        from csbot.checking.changes import Changes, ChangesError

        try:
            outcome = check_files(files, rules, reading, Changes(settings["revision"]))
        except ChangesError as error:
            raise InvalidInputError(f"csbot: {error}") from None
    if settings["baseline"]:
        from csbot.checking.baseline import held_against
        from csbot.sources.passage import SourceError

        try:
            held_against(
                outcome, settings["baseline"], update=settings["update_baseline"], may_grow=settings["allow_growth"]
            )
        except SourceError as error:
            raise InvalidInputError(str(error)) from None
    return outcome


def _write(
    outcome: Outcome, guard: Guard, reports: tuple[Destination, ...], as_json: bool, rewriting: Rewriting | None
) -> None:
    if as_json:
        counting = outcome.counting
        report: dict[str, Any] = {"verdict": verdict(counting), "findings": list(map(as_dict, counting))}
        set_aside = [as_dict(each) for each in outcome.findings if each.suppression]
        report |= {"suppressed": set_aside} if set_aside else {}
        write_line(to_json(report | ({"rewrite": rewriting.text} if rewriting else {}), 2))
    for message in (*outcome.notes, *outcome.problems):
        click.echo(for_log(visible(message), os.environ), err=True)
    unread = outcome.unread
    if outcome.problems and not unread:  # no file at all: a report must not look clean
        unread = [Problem(".", 1, 1, "input.empty", "没有检查任何文件")]
    files = [*outcome.checked, *(problem.path for problem in unread)]
    run = run_of("check", outcome.findings, rules=guard.library.forbidden, files=files, unread=unread)
    write_reports(reports, outcome.findings, run, os.environ, text=not as_json, annotate=not as_json)
    if rewriting is not None and outcome.counts and not as_json:
        write_line(for_log(rewriting_as_text(rewriting), os.environ))


def _check_lines(guard: Guard, paths: tuple[str, ...], context: dict[str, str], *, rewrite: bool) -> int:
    from csbot.checking.together import TOGETHER, together

    found = False
    for path in paths:
        # Who writes into a pipe may wait for each answer.
        entries = together(json_lines(path, "text"), _length, TOGETHER if is_file(path) else 1)
        for entry, hits in chain.from_iterable(_judged(guard, group) for group in entries):
            verdict = verdict_of(hits, context)
            found = found or verdict is not Verdict.OK
            hit_dicts = [hit_as_dict(hit, context) for hit in hits]
            result = {"text": entry["text"], "verdict": verdict.value, "hits": hit_dicts}
            write_line(to_json(result | ({"rewrite": guard.rewriting(entry["text"]).text} if rewrite else {})))
    return EXIT_FINDINGS if found else EXIT_CLEAN


def _length(entry: Mapping[str, Any]) -> int:
    return len(entry["text"])


def _judged(guard: Guard, entries: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], list[Hit]]]:
    return zip(entries, guard.findings_of_each([entry["text"] for entry in entries]), strict=True)
