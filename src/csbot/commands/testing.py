"""``csbot test``: the tests that trainers write."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import click

from csbot.commands.errors import EXIT_CLEAN, EXIT_FINDINGS, InvalidInputError
from csbot.commands.help import command as chinese_command
from csbot.commands.options import json_option, library_error_text, library_option, located
from csbot.commands.output import to_json, write_line
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
from csbot.library.load import load_with_tests
from csbot.library.problems import LibraryError, Problem
from csbot.replying.responder import Responder
from csbot.report.finding import Finding, counted
from csbot.report.json import as_dict as finding_as_dict
from csbot.text.normalise import visible
from csbot.trials.cases import Case, cases_of
from csbot.trials.coverage import Share, as_dict, coverage_of
from csbot.trials.run import Outcome, Result, named, run_cases

SHOWN = 10  # names of what no test has seen that are listed for a person


@dataclass(frozen=True, slots=True)
class Run:
    """What came of all tests that were run."""

    results: list[Result]
    findings: list[Finding]  # those of known failures with a suppression
    passed: tuple[tuple[str, int, str], ...]

    @property
    def known(self) -> list[Result]:
        """The tests that are known to fail and do."""
        return [result for result in self.results if result.failed and result.case.known_failure]

    @property
    def failed(self) -> list[Result]:
        """The tests that fail though they must not, and those that pass though they are said to fail."""
        return [result for result in self.results if result.failed != bool(result.case.known_failure)]


@chinese_command("test", short_help="运行培训师写的测试")
@click.argument("names", nargs=-1, metavar="[名称|文件]…")
@json_option
@report_option
@click.option("--coverage", "with_coverage", is_flag=True, help="另列出测试走到了多少情景、说法、要素和禁用语规则。")
@library_option
@click.pass_context
def command(
    ctx: click.Context,
    names: tuple[str, ...],
    as_json: bool,
    reports: tuple[Destination, ...],
    with_coverage: bool,
    library: str | None,
) -> None:
    """运行话术旁边的 tests 和 scripts_library/conversations 里的对话；写了名称、其中几个字或文件，就只运行那些。"""  # noqa: D415
    refuse_both(reports, as_json)
    root, origin = located(ctx, library)
    try:
        loaded, documents = load_with_tests(root, origin)
        cases = cases_of(loaded, documents)
    except LibraryError as error:
        raise InvalidInputError(library_error_text(error)) from None
    chosen = [case for case in cases if not names or any(_is_meant(case, name) for name in names)]
    if not chosen:
        raise InvalidInputError(
            "csbot: 没有这样的测试" if names else "csbot: 话术库里还没有测试（写法见 docs/library.md）"
        )
    responder = Responder(loaded)
    with waiting():
        done = _done(list(run_cases(responder, chosen)))
    coverage = coverage_of(responder, done.results) if with_coverage else None
    if as_json:
        write_line(to_json(_as_dict(done, coverage), 2))
    elif not on_screen(reports):
        for line in (*_lines(responder, done), *(_coverage_lines(coverage) if coverage else ())):
            write_line(for_log(visible(line), os.environ))
    run = run_of("test", done.findings, files=dict.fromkeys(case.path for case in chosen), passed=done.passed)
    write_reports(reports, done.findings, run, os.environ, text=False, annotate=not as_json)
    ctx.exit(EXIT_FINDINGS if counted(done.findings) else EXIT_CLEAN)


def _is_meant(case: Case, name: str) -> bool:
    return name in case.name or case.path == name or case.path.endswith("/" + name.removeprefix("./"))


def _done(results: list[Result]) -> Run:
    findings: list[Finding] = []
    passed: list[tuple[str, int, str]] = []
    for result in results:
        case = result.case
        for outcome in result.outcomes:
            if outcome.failures:
                message = "；".join(outcome.failures)
                findings.append(_finding(case, outcome.step.line, outcome.step.column, "test.failed", message, outcome))
            elif not (case.known_failure and not result.failed):
                passed.append((case.path, outcome.step.line, _title(case, outcome)))
        if case.known_failure and not result.failed:
            message = f"「{case.name}」记在 known_failures 里，现在通过了，请从那里去掉"
            findings.append(_finding(case, case.line, case.column, "test.passes-again", message, None))
    return Run(results, findings, tuple(passed))


def _title(case: Case, outcome: Outcome | None) -> str:
    if outcome is None or len(case.steps) == 1:
        return case.name
    return f"{case.name}（第 {outcome.number} 步）"


def _finding(case: Case, line: int, column: int, code: str, message: str, outcome: Outcome | None) -> Finding:
    from dataclasses import replace

    (finding,) = findings_of_problems([Problem(case.path, line, column, code, message)])
    aside = case.known_failure if code == "test.failed" else ""
    return replace(finding, field=_title(case, outcome), suppression=aside)


def _lines(responder: Responder, done: Run) -> Iterator[str]:
    for result in done.results:
        case = result.case
        if result.failed and not case.known_failure:
            yield from failure_lines(responder, result)
        elif case.known_failure and not result.failed:
            place = f"{case.path}:{case.line}:{case.column}"
            yield f"{place}: test.passes-again 「{case.name}」已经通过，请从 known_failures 去掉"
    if done.known:
        yield "已知的失败"
        for result in done.known:
            yield f"    「{result.case.name}」：{result.case.known_failure}（{result.case.path}:{result.case.line}）"
    steps = sum(len(result.outcomes) for result in done.results)
    conversations = sum(len(result.case.steps) > 1 for result in done.results)
    bad, known = len(done.failed), len(done.known)
    passed = len(done.results) - bad - known
    yield (
        f"测试 {len(done.results)} 个（{steps} 步，其中对话 {conversations} 个）："
        f"通过 {passed}，失败 {bad}" + (f"，已知失败 {known}" if known else "")
    )


_SPEAKERS = {"customer": "客户说", "use": "坐席选用", "agent": "坐席写"}


def failure_lines(responder: Responder, result: Result) -> Iterator[str]:
    """Yield where and how a test failed: what was said, what must have come, what came."""
    case = result.case
    for outcome in result.outcomes:
        if not outcome.failures:
            continue
        step = outcome.step
        yield f"{case.path}:{step.line}:{step.column}: test.failed 「{_title(case, outcome)}」没有通过"
        said = named(responder, (step.intent,)) if step.speaker == "use" else step.text
        yield f"    {_SPEAKERS[step.speaker]}：{said}"
        if wanted := _wanted(responder, outcome):
            yield f"    应当是：{wanted}"
        if step.speaker != "agent":
            score = f"，把握 {outcome.score:.0%}" if step.speaker == "customer" else ""
            found = f"情景 {named(responder, outcome.situations)}"
            if outcome.nearest:
                found = f"没有认出来，最接近 {named(responder, (outcome.nearest,))}"
            yield f"    得到的：{found}{score}"
            if outcome.reply:
                yield f"    回复：{outcome.reply}"
        yield from (f"    不符合：{failure}" for failure in outcome.failures)
        missed = [each for each in step.expected.situations if each not in outcome.situations]
        if missed and step.speaker == "customer":
            yield f"    怎样改：客户真会这样说，就给 {'、'.join(missed)} 补几条像它的例句；测试写错了，就改测试"


def _wanted(responder: Responder, outcome: Outcome) -> str:
    expected = outcome.step.expected
    parts = [f"情景 {named(responder, expected.situations)}"] if expected.situations else []
    parts += [f"回复里有「{text}」" for text in expected.contains]
    parts += [f"回复里没有「{text}」" for text in expected.not_contains]
    parts += [f"具备要素 {'、'.join(expected.elements)}"] if expected.elements else []
    parts += [f"接下来可以选 {named(responder, expected.next)}"] if expected.next else []
    if outcome.step.speaker == "agent":
        parts.append(f"命中规则 {'、'.join(expected.forbidden)}" if expected.forbidden else "没有服务忌语")
        parts += [f"判定为 {expected.verdict}"] if expected.verdict else []
    return "；".join(parts)


def _coverage_lines(coverage: dict[str, Share]) -> Iterator[str]:
    for share in coverage.values():
        percent = f"{share.seen / share.total:.0%}" if share.total else "–"
        yield f"走到的{share.name} {share.seen} / {share.total}（{percent}）"
        if share.missing:
            more = f" 等 {len(share.missing)} 个" if len(share.missing) > SHOWN else ""
            yield f"    没有走到：{'、'.join(share.missing[:SHOWN])}{more}"


def _as_dict(done: Run, coverage: dict[str, Share] | None) -> dict[str, Any]:
    result = {
        "tests": len(done.results),
        "passed": len(done.results) - len(done.failed) - len(done.known),
        "failed": len(done.failed),
        "known_failures": [
            {"name": each.case.name, "path": each.case.path, "line": each.case.line, "reason": each.case.known_failure}
            for each in done.known
        ],
        "results": [_result_as_dict(each.case, each.outcomes) for each in done.results],
        "findings": [finding_as_dict(finding) for finding in counted(done.findings)],
    }
    return result if coverage is None else {**result, "coverage": as_dict(coverage)}


def _result_as_dict(case: Case, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    return {
        "name": case.name,
        "path": case.path,
        "line": case.line,
        "steps": [
            {
                "line": outcome.step.line,
                "speaker": outcome.step.speaker,
                "text": outcome.step.text,
                "situations": list(outcome.situations),
                "variant": "+".join(f"{intent}#{at + 1}" for intent, at in outcome.variants) or None,
                "reply": outcome.reply or None,
                "forbidden": list(outcome.fired),
                "failures": list(outcome.failures),
            }
            for outcome in outcomes
        ],
    }
