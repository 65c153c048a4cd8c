"""``--report``: findings in the formats of ``csbot.report.reporters``, on the screen and in files."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from csbot.commands.errors import InvalidInputError
from csbot.commands.problems import exactly, lines_of
from csbot.library.problems import Problem, reason_of
from csbot.report.finding import Finding
from csbot.report.identity import identified
from csbot.report.reporters import FORMATS, REPORTERS
from csbot.report.run import RuleText, Run
from csbot.report.text import pieces
from csbot.rules.wording.model import PhraseRule

Function = TypeVar("Function", bound=Callable[..., Any])


class Destination(NamedTuple):
    """One ``--report``: a format, and the file to write; None is standard output."""

    format: str
    path: Path | None


def report_option(function: Function) -> Function:
    """Add the option ``--report``; the command gets a tuple of destinations as ``reports``."""
    return click.option(
        "--report",
        "reports",
        metavar="格式[=文件]",
        multiple=True,
        callback=_destinations,
        help=f"报告格式：{' '.join(FORMATS)}；加 =文件 写进文件，可以写几次。",
    )(function)


def _destinations(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> tuple[Destination, ...]:
    if not values:
        return ()
    result: list[Destination] = []
    for value in values:
        name, equals, file = value.partition("=")
        if name not in REPORTERS:
            raise click.BadParameter(f"没有报告格式「{name}」，可用：{'、'.join(REPORTERS)}")
        if equals and not file:
            raise click.BadParameter(f"「{value}」的等号后面缺少文件名")
        result.append(Destination(name, Path(file) if file else None))
    paths = [os.path.realpath(each.path) if each.path else None for each in result]
    if paths.count(None) > 1:
        raise click.BadParameter("只有一种格式可以写到屏幕，其余请写成「格式=文件」")
    if len(set(paths)) < len(paths):
        raise click.BadParameter("两份报告不能写进同一个文件")
    return tuple(result)


def on_screen(reports: Sequence[Destination]) -> bool:
    """Tell whether one of the reports goes to standard output, in place of what the command shows by itself."""
    return any(report.path is None for report in reports)


def refuse_both(reports: Sequence[Destination], as_json: bool) -> None:
    """Raise a usage error where both ``--json`` and a report want standard output."""
    if as_json and on_screen(reports):
        raise click.UsageError("--json 和 --report 都要写到屏幕；报告请写成「格式=文件」")


def run_of(
    command: str,
    findings: Iterable[Finding],
    *,
    rules: Iterable[PhraseRule] = (),
    files: Iterable[str] = (),
    unread: Iterable[Problem] = (),
    passed: tuple[tuple[str, int, str], ...] = (),
) -> Run:
    """Return what reports say of a run: the tool, the rules that found something, the files, what was not read."""
    from csbot import __version__

    codes = {finding.code for finding in findings}
    texts = {rule.id: _rule_text(rule) for rule in rules if rule.id in codes}
    texts |= {code: _code_text(code) for code in codes - texts.keys()}
    root = Path.cwd().as_posix()
    missed = tuple(identified(findings_of_problems(unread)))
    return Run(command, __version__, texts, tuple(dict.fromkeys(files)), missed, root, passed)


def _rule_text(rule: PhraseRule) -> RuleText:
    explained = f"原因：{rule.reason}\n改说：{rule.instead}\n出处：{rule.source}"
    title = f"「{rule.name}」是服务忌语"
    return RuleText(rule.id, title, rule.severity.value, explained, rule.category, rule.category_name)


def _code_text(code: str) -> RuleText:
    from csbot.lint.codes import CODES

    meaning = CODES.get(code, code)
    return RuleText(code, meaning.partition("。")[0], help=meaning, category=code.partition(".")[0])


def findings_of_problems(problems: Iterable[Problem]) -> Iterable[Finding]:
    """Yield problems of a library or an input as findings, each with the line that it stands on."""
    lines: dict[str, list[str]] = {}
    for each in problems:
        if each.path not in lines:
            lines[each.path] = lines_of(each.path)
        own = lines[each.path]
        problem, end = exactly(each, own)
        yield Finding(
            path=problem.path,
            line=problem.line,
            column=problem.column,
            end_line=problem.line,
            end_column=end if problem.wording else problem.column,
            code=problem.code,
            severity=problem.severity,
            message=problem.message,
            snippet=own[problem.line - 1] if problem.line <= len(own) else "",
            category=problem.code.partition(".")[0],
        )


def in_workflow(environment: Mapping[str, str]) -> bool:
    """Tell whether this runs in a workflow of GitHub, which reads commands out of what it logs."""
    return environment.get("GITHUB_ACTIONS") == "true"


def for_log(text: str, environment: Mapping[str, str]) -> str:
    """Return text for a person as it may be written here: in a workflow no line of it may be a command."""
    if not in_workflow(environment):
        return text
    from csbot.report.github import disarmed

    return disarmed(text)


def write_reports(
    reports: Sequence[Destination],
    findings: Collection[Finding],
    run: Run,
    environment: Mapping[str, str],
    *,
    text: bool = True,
    annotate: bool = True,
) -> None:
    """Write every report, and the text for a person where ``text`` is wanted and no report takes the screen.

    In a workflow of GitHub the findings become annotations by themselves where no report was named: those go to
    standard error, which the runner reads like standard output, so that a redirected output stays what it was.
    Raises InvalidInputError for the files that could not be written, after all others were.
    """
    if text and not on_screen(reports):
        for piece in pieces(findings, run):
            sys.stdout.write(for_log(piece, environment))
    annotated = annotate and not reports and in_workflow(environment)
    found = identified(findings) if reports or annotated else []
    if annotated:
        sys.stderr.write(REPORTERS["github"](found, run))
    failed: list[str] = []
    for report in reports:
        written = REPORTERS[report.format](found, run)
        if report.path is None:
            sys.stdout.write(written)
            continue
        try:
            _write(report.path, written)
        except OSError as error:
            failed.append(f"csbot: 报告写不了：{report.path}：{reason_of(error)}")
    sys.stdout.flush()
    if failed:
        raise InvalidInputError("\n".join(failed))


def _write(path: Path, text: str) -> None:
    """Write a file so that a reader sees all of it or what was there before; a pipe or device is written as it is."""
    content = text.encode("utf-8", "backslashreplace")
    target = Path(os.path.realpath(path))  # a link stays a link
    with contextlib.suppress(FileNotFoundError):
        if not stat.S_ISREG(target.stat().st_mode):
            target.write_bytes(content)
            return
    import tempfile  # most reports go to the screen

    descriptor, temporary = tempfile.mkstemp(prefix=f".{target.name[:100]}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        os.chmod(temporary, _mode_of(target))  # noqa: PTH101 - beside os.replace
        os.replace(temporary, target)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _mode_of(target: Path) -> int:
    """Return the permissions for a file: its own where it exists, else those that any new file gets here."""
    with contextlib.suppress(OSError):
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
