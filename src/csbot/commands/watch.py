"""``csbot watch``: check and test the library again whenever one of its files is saved."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from csbot.commands.errors import EXIT_CLEAN
from csbot.commands.help import command as chinese_command
from csbot.commands.options import library_option, located, moment
from csbot.commands.output import write_line
from csbot.commands.problems import problem_lines
from csbot.commands.testing import failure_lines
from csbot.library.load import data_of, digest_of, read_documents
from csbot.library.models import Library
from csbot.library.problems import LibraryError, Problem
from csbot.library.stamps import Stamp, changed, stamp_of
from csbot.library.yaml_document import Document
from csbot.lint.alone import (
    MOST_CHANGED,
    changed_situations,
    check_changed_rules,
    new_examples,
    of_situations,
    rules_changed,
)
from csbot.lint.run import Checks
from csbot.lint.strays import check_strays
from csbot.matching.result import Decision
from csbot.replying.guard import Guard
from csbot.replying.responder import Responder
from csbot.rules.lookup.compact import roomy
from csbot.rules.remembering import Remembered
from csbot.text.normalise import visible
from csbot.trials.cases import Case, cases_of
from csbot.trials.run import Result, run_cases

INTERVAL = 0.2  # seconds between two looks at the files: a look costs some milliseconds
SETTLED = 0.1  # seconds without a change, so that a file that is being written is not read half
SHOWN = 5  # problems and failures that are shown in full each time, the first broken thing first
NAMED = 4  # saved files that are named


@chinese_command("watch", short_help="一保存就重新检查和测试话术库")
@click.option("--overlaps", is_flag=True, help="另报情景之间的重叠：拿走它自己就会认错的例句。")
@library_option
@click.pass_context
def command(ctx: click.Context, overlaps: bool, library: str | None) -> None:
    """守着话术库：一保存就重新载入、检查和测试，先说刚改坏的；例句之间的比较放在最后。Ctrl-C 停止。"""  # noqa: D415
    root, origin = located(ctx, library)
    write_line(visible(f"守着 {root}（{origin}），保存后自动检查和测试；Ctrl-C 停止。"))
    try:
        Watch(root, lambda: moment(ctx, None), overlaps=overlaps).run()
    except KeyboardInterrupt:
        write_line("已停止。")
    ctx.exit(EXIT_CLEAN)


class Saved(Exception):  # noqa: N818 - no error: a file was saved, so that what is going on is out of date
    """A file was saved in the middle of a round."""


class Watch:
    """Rounds of checks over one library. ``clock`` tells the day by which scripts are up to date."""

    def __init__(self, root: Path, clock: Callable[[], datetime], *, overlaps: bool = False) -> None:
        self._root = root
        self._clock = clock
        self._overlaps = overlaps
        self._stamp: Stamp = {}
        self._looked = 0.0
        self._known: dict[tuple[str, str, str], None] = {}  # what the last whole round found
        self._told: dict[tuple[str, str, str], None] = {}  # what this round has told already
        self._failing: set[tuple[str, str]] = set()  # tests that failed in it
        self._library: Library | None = None  # as it was loaded last
        self._responder: Responder | None = None
        self._rules: Remembered | None = None  # the forbidden rules, with what they found

    def run(self) -> None:
        """Check the library, then again after every change, until KeyboardInterrupt."""
        self._stamp = stamp_of(self._root)
        saved: list[str] = []
        while True:
            try:
                self._round(saved)
                saved = []
                while (stamp := stamp_of(self._root, self._stamp)) == self._stamp:
                    time.sleep(INTERVAL)
            except Saved:
                write_line("（又保存了，重新检查）")
                stamp = stamp_of(self._root, self._stamp)
            while (later := stamp_of(self._root, stamp)) != stamp:
                stamp = later
                time.sleep(SETTLED)
            saved = list(dict.fromkeys([*saved, *changed(self._stamp, stamp)]))
            self._stamp = stamp

    def _look(self) -> None:
        """Raise Saved where a file was saved since the round began; looks at most every INTERVAL."""
        now = time.monotonic()
        if now - self._looked >= INTERVAL:
            self._looked = now
            if stamp_of(self._root, self._stamp) != self._stamp:
                raise Saved

    def _round(self, saved: Sequence[str]) -> None:
        more = f" 等 {len(saved)} 个文件" if len(saved) > NAMED else ""
        what = f"保存了 {'、'.join(saved[:NAMED])}{more}" if saved else "开始"
        write_line(visible(f"── {self._clock():%H:%M:%S} {what}"))
        timer, self._told = _Timer(), {}
        content = digest_of(self._root)
        documents, problems = read_documents(self._root)
        timer.lap("载入")
        if any(problem.severity == "error" for problem in problems):
            self._show(problems, saved)
            write_line(f"不能用，先改好上面的：{_counted(problems)}（{timer}）")
            return
        library = Library(self._root, "", content or "", data_of(documents))
        answering = self._responder if saved else None
        rules, responder = self._take_over(library)
        today = self._clock().date()
        checks = Checks(library, documents, today, self._look, remembered=rules, matcher=lambda: responder.matcher)
        before, self._library = self._library if saved else None, library
        with roomy():
            if before is not None and answering is not None:
                self._new_examples(answering, before, library, timer)
            if before is not None:
                self._changed_rules(before, library, documents, saved, timer)
            whole, failing = self._checked(checks, responder, before, problems, saved, timer)
        gone = len(self._known.keys() - {_identity(each) for each in whole})
        self._known = dict.fromkeys(map(_identity, whole))
        if failing is not None:
            now = {(each.case.path, each.case.name) for each in failing}
            gone += len(self._failing - now)
            self._failing = now
        mended = f"，改好了 {gone} 处" if gone else ""
        write_line(f"合计 {_counted(whole)}{mended}（{timer}）")

    def _take_over(self, library: Library) -> tuple[Remembered, Responder]:
        """Return the rules of a library and what answers by it, with all that is as good as before."""
        guard = Guard(library)
        known = self._rules
        self._rules = (known.renewed if known else Remembered)(
            library.forbidden, lambda: guard.rules, disguises=library.disguises
        )
        responder, before = Responder(library, Guard(library, self._rules)), self._responder
        if before is not None and "matcher" in vars(before):
            old = before.library
            if (old.recognition, old.profiles) == (library.recognition, library.profiles):
                responder.matcher = before.matcher  # messages are recognised as before
        self._responder = responder
        return self._rules, responder

    def _new_examples(self, answering: Responder, before: Library, now: Library, timer: _Timer) -> None:
        """Tell what new examples are taken for by what was learnt before them: to learn from them takes seconds.

        Only what a message of customers can be taken for; what the examples change is told once it is learnt.
        """
        if "matcher" not in vars(answering):
            return
        known = answering.matcher
        new = [(text, intent) for text, intent in new_examples(before, now) if intent in known.situations]
        for text, intent in new[:SHOWN]:
            found = known.match(text)
            if found.decision is Decision.UNMATCHED:
                said = "还认不出来，学了才知道"
            elif intent in found.intents:
                said = "本来就认得"
            else:
                first = found.candidates[0]
                said = f"最像「{known.name(first.intent)}」（{first.intent}），把握 {first.score:.0%}"
            write_line(visible(f"暂定：新例句「{text}」{said}"))
        if new:
            timer.lap("新例句")
            more = f"，另有 {len(new) - SHOWN} 条没有列出" if len(new) > SHOWN else ""
            write_line(f"以上按保存前学到的说{more}（{timer}）；接着重新学习……")

    def _changed_rules(
        self, before: Library, now: Library, documents: dict[str, Document], saved: Sequence[str], timer: _Timer
    ) -> None:
        """Try changed rules on their own examples at once: to compile all of them takes seconds."""
        if rules_changed(before, now):
            found = list(check_changed_rules(before, now, documents))
            timer.lap("刚改的规则")
            self._show(found, saved)
            write_line(f"刚改的规则自己的例子：{_counted(found)}（{timer}）；接着查全部回复和测试……")

    def _checked(
        self,
        checks: Checks,
        responder: Responder,
        before: Library | None,
        problems: list[Problem],
        saved: Sequence[str],
        timer: _Timer,
    ) -> tuple[list[Problem], list[Result] | None]:
        """Run every check and test, what was saved first; return all problems and the tests that failed.

        None for the tests where they could not be run. Raises Saved where a file was saved meanwhile.
        """
        library, documents = checks.library, checks.documents
        first, later = checks.quick, checks.slow
        if any("/phrasebook/" in f"/{path}" for path in saved):  # then the rules are what matters first
            first, later = (checks.rules, checks.rewriting, *first), (checks.overlaps,)
        for check in first:
            problems.extend(check(overlaps=self._overlaps))
        timer.lap("检查")
        quick = checks.without_lower(problems, overlaps=self._overlaps)
        self._show(quick, saved)
        write_line(f"{_counted(quick)}（{timer}）")
        results: list[Result] | None = None
        try:
            cases = cases_of(library, documents)
        except LibraryError as error:
            problems.extend(error.problems)
            self._show(error.problems, saved)
            write_line(f"测试没有运行：{_counted(error.problems)}（{timer}）")
        else:
            self._changed_situations(checks, before, saved, timer)
            results = self._test(responder, cases, saved, timer)
            write_line(f"{_tested(results)}（{timer}）")
        for check in later:
            problems.extend(check(overlaps=self._overlaps))
        whole = checks.without_lower([*problems, *check_strays(self._root)], overlaps=self._overlaps)
        timer.lap("规则和例句")
        self._show(whole, saved)
        if results is None:
            return whole, None
        return whole, [each for each in results if each.failed and not each.case.known_failure]

    def _changed_situations(self, checks: Checks, before: Library | None, saved: Sequence[str], timer: _Timer) -> None:
        """Look who wins the examples of changed situations, before those of all others are looked at."""
        changed = changed_situations(before, checks.library) if before is not None else frozenset()
        if not 0 < len(changed) <= MOST_CHANGED or before is None or before.recognition == checks.library.recognition:
            return
        only = replace(checks, only=of_situations(changed))
        found = list(only.overlaps(overlaps=self._overlaps))
        timer.lap("编译例句")
        self._show(found, saved)
        write_line(f"刚改的情景：{_counted(found)}（{timer}）；接着运行测试，再查全部例句……")

    def _test(self, responder: Responder, cases: list[Case], saved: Sequence[str], timer: _Timer) -> list[Result]:
        """Run the tests, those of the saved files first, and show those that fail anew."""
        results: list[Result] = []
        shown = 0
        for result in run_cases(responder, sorted(cases, key=lambda case: case.path not in saved)):
            self._look()
            results.append(result)
            if result.failed and not result.case.known_failure and shown < SHOWN:
                shown += 1
                for line in failure_lines(responder, result):
                    write_line(visible(line))
        timer.lap("测试")
        return results

    def _show(self, problems: Iterable[Problem], saved: Sequence[str]) -> None:
        """Show what was neither there in the last round nor told in this one, the worst and what was saved first."""
        fresh = [each for each in problems if _identity(each) not in self._known and _identity(each) not in self._told]
        fresh.sort(key=lambda each: (each.severity != "error", each.path not in saved, each))
        most = max(SHOWN - len(self._told), 1)
        for line in problem_lines(fresh[:most]):
            write_line(line)
        if len(fresh) > most:
            write_line(f"    另有 {len(fresh) - most} 处，csbot lint 看全部")
        self._told |= dict.fromkeys(map(_identity, fresh))


class _Timer:
    """How long the parts of a round took."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._laps: list[tuple[str, float]] = []

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self._laps.append((name, now - self._began))
        self._began = now

    def __str__(self) -> str:
        shown = "，".join(f"{name} {seconds:.2f} 秒" for name, seconds in self._laps)
        self._laps.clear()
        return shown


def _identity(problem: Problem) -> tuple[str, str, str]:
    """Return what makes a problem the same one after lines were added above it."""
    return problem.path, problem.code, problem.message


def _counted(problems: Sequence[Problem]) -> str:
    errors = sum(problem.severity == "error" for problem in problems)
    return f"{errors} 处错误，{len(problems) - errors} 处警告"


def _tested(results: Sequence[Result]) -> str:
    failed = sum(each.failed and not each.case.known_failure for each in results)
    known = sum(each.failed and bool(each.case.known_failure) for each in results)
    said = f"测试 {len(results)} 个，通过 {len(results) - failed - known}，失败 {failed}"
    return said + (f"，已知失败 {known}" if known else "")
