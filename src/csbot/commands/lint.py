"""``csbot lint``: the library itself."""

from __future__ import annotations

import os

import click

from csbot.commands.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_USAGE
from csbot.commands.help import command as chinese_command
from csbot.commands.options import json_option, library_option, located, moment
from csbot.commands.output import to_json, write_line
from csbot.commands.problems import problem_lines
from csbot.commands.progress import waiting
from csbot.commands.reporting import (
    Destination,
    findings_of_problems,
    for_log,
    on_screen,
    refuse_both,
    report_option,
    run_of,
    write_reports,
)
from csbot.library.load import files_of
from csbot.library.problems import shown_path
from csbot.lint.run import lint


@chinese_command("lint", short_help="检查话术库本身")
@json_option
@report_option
@click.option("--strict", is_flag=True, help="警告也算问题。")
@click.option("--overlaps", is_flag=True, help="另报情景之间的重叠：拿走它自己就会认错的例句。")
@library_option
@click.pass_context
def command(
    ctx: click.Context,
    as_json: bool,
    reports: tuple[Destination, ...],
    strict: bool,
    overlaps: bool,
    library: str | None,
) -> None:
    """检查话术库：写法、引用、每条回复的禁用语和要素、规则自己的例子、情景之间的重叠。"""  # noqa: D415
    refuse_both(reports, as_json)
    root, origin = located(ctx, library)
    with waiting():
        problems, loaded = lint(root, moment(ctx, None).date(), overlaps=overlaps)
    errors = [problem for problem in problems if problem.severity == "error"]
    findings = list(findings_of_problems(problems))
    if as_json:
        entries = [
            {
                "path": problem.path,
                "line": problem.line,
                "column": finding.column,
                "code": problem.code,
                "severity": problem.severity,
                "message": problem.message,
            }
            for problem, finding in zip(problems, findings, strict=True)
        ]
        write_line(to_json({"library": str(root), "problems": entries}, 2))
    elif not on_screen(reports):
        for line in problem_lines(problems):
            write_line(for_log(line, os.environ))
        write_line(f"{root}（{origin}）：{len(errors)} 处错误，{len(problems) - len(errors)} 处警告")
    files = map(shown_path, files_of(root).values())
    run = run_of("lint", findings, files=files)
    write_reports(reports, findings, run, os.environ, text=False, annotate=not as_json)
    if loaded is None:
        ctx.exit(EXIT_USAGE)
    ctx.exit(EXIT_FINDINGS if errors or (strict and problems) else EXIT_CLEAN)
