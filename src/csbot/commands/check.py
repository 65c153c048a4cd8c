"""``csbot check``: what agents are about to send, held against the forbidden rules."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from csbot.commands.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_USAGE, InvalidInputError, UnreadableError
from csbot.commands.help import command as chinese_command
from csbot.commands.options import json_option, library_option, open_library
from csbot.commands.output import json_lines, to_json, write_line
from csbot.commands.reporting import Destination, for_log, refuse_both, report_option, run_of, write_reports
from csbot.library.problems import Problem, reason_of
from csbot.replying.guard import Guard, GuardError
from csbot.report.finding import Finding, findings_of
from csbot.report.json import as_dict, verdict
from csbot.rules.verdict import Verdict, hit_as_dict, verdict_of
from csbot.text.normalise import visible


@chinese_command("check", short_help="检查坐席要发的话里有没有服务忌语")
@click.argument("paths", nargs=-1, metavar="[文件|-]…")
@click.option("--text", "draft", metavar="文字", help="直接检查这段文字。")
@click.option("--jsonl", is_flag=True, help='逐行读 {"text": …}，逐行写判定和命中。')
@json_option
@report_option
@click.option("--customer-type", metavar="类型", default="", help="客户类型；求异型客户的过度承诺算错误。")
@library_option
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    draft: str | None,
    jsonl: bool,
    as_json: bool,
    reports: tuple[Destination, ...],
    customer_type: str,
    library: str | None,
) -> None:
    """检查文件（- 表示标准输入）里坐席要发的话，报告每一处服务忌语。没有发现返回 0，有发现返回 1。"""  # noqa: D415
    if draft is not None and paths:
        raise click.UsageError("--text 和文件只能选一种")
    if jsonl and reports:
        raise click.UsageError("--jsonl 有自己的输出格式，不能和 --report 同用")
    refuse_both(reports, as_json)
    if not paths and draft is None:
        if sys.stdin.isatty():
            raise click.UsageError("请写出要检查的文件，或用 - 从标准输入读，或用 --text 直接写文字")
        paths = ("-",)
    context = {"customer_type": customer_type} if customer_type else {}
    guard = Guard(open_library(ctx, library))
    try:
        _ = guard.rules
    except GuardError as error:
        raise InvalidInputError(f"csbot: {error}") from None
    if jsonl:
        ctx.exit(_check_lines(guard, paths, context))
    findings: list[Finding] = []
    files: list[str] = []
    unreadable: list[Problem] = []
    for path in paths or ("",):
        shown = "<stdin>" if path == "-" else path or "<text>"
        files.append(shown)
        try:
            text = draft if draft is not None else _read(path)
        except UnreadableError as error:
            unreadable.append(error.problem)
            continue
        findings.extend(findings_of(shown, text, guard.findings(text), context))
    if as_json:
        write_line(to_json({"verdict": verdict(findings), "findings": list(map(as_dict, findings))}, 2))
    for problem in unreadable:
        click.echo(for_log(visible(str(problem)), os.environ), err=True)
    run = run_of("check", findings, rules=guard.library.forbidden, files=files, unread=unreadable)
    write_reports(reports, findings, run, os.environ, text=not as_json, annotate=not as_json)
    ctx.exit(EXIT_USAGE if unreadable else EXIT_FINDINGS if findings else EXIT_CLEAN)


def _read(path: str) -> str:
    """Return the text of a file. Raises UnreadableError: what cannot be read is never a clean pass."""
    try:
        content = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise UnreadableError(Problem(path, 1, 1, "file.unreadable", f"文件读不了：{reason_of(error)}")) from None
    if path == "-":
        return content.decode("utf-8-sig", "surrogateescape")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = Problem(path, line, 1, "file.encoding", "文件不是 UTF-8 编码，请另存为 UTF-8")
        raise UnreadableError(problem) from None


def _check_lines(guard: Guard, paths: tuple[str, ...], context: dict[str, str]) -> int:
    found = False
    for path in paths:
        for entry in json_lines(path, "text"):
            hits = guard.findings(entry["text"])
            verdict = verdict_of(hits, context)
            found = found or verdict is not Verdict.OK
            hit_dicts = [hit_as_dict(hit, context) for hit in hits]
            write_line(to_json({"text": entry["text"], "verdict": verdict.value, "hits": hit_dicts}))
    return EXIT_FINDINGS if found else EXIT_CLEAN
