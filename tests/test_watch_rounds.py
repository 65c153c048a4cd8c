"""Rounds of ``csbot watch`` in one process: after any row of edits they tell what a fresh lint and all tests tell."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.support import PATHS, TEXTS, write_library

from csbot.commands import watch
from csbot.commands.watch import Watch
from csbot.library.load import load_with_tests
from csbot.library.problems import Problem
from csbot.library.stamps import stamp_of
from csbot.lint.run import lint
from csbot.replying.responder import Responder
from csbot.rules.remembering import Remembered
from csbot.rules.scan import RuleSet
from csbot.rules.wording.model import Disguises, Kind, PhraseRule, Severity
from csbot.trials.cases import cases_of
from csbot.trials.run import Result, run_cases

NOW = datetime(2026, 11, 22, 12)
Edit = tuple[str, str, str]
# What a trainer does to one place of a file, and takes back later: kind of file, what stands there, what comes there.
EDITS: dict[str, Edit] = {
    "an example": ("intents", "      - 怎么付款\n", "      - 怎么付款\n      - 发票怎么付款\n"),
    "an example of two": ("intents", "      - 能开发票吗\n", "      - 能开发票吗\n      - 能用微信付款吗\n"),
    "a counter-example": ("intents", "    negatives:\n", "    negatives:\n      - 支付宝可以付不\n"),
    "another wording": ("scripts", "谢谢您，电子发票可以在订单里下载。", "谢谢您，电子发票在订单里，我没办法发。"),
    "a test": (
        "scripts",
        "    coaching: {use: 要发票时用。",
        "    tests: [{customer: 能开发票吗, expect: {contains: [订单]}}]\n    coaching: {use: 要发票时用。",
    ),
    "a test that asks for much": (
        "scripts",
        "    coaching:\n      use: 客户问付款时用。",
        "    tests: [{customer: 怎么付款, expect: {elements: [pay_ways], not_contains: [支付宝]}}]\n"
        "    coaching:\n      use: 客户问付款时用。",
    ),
    "phrases that replies hold": (
        "forbidden",
        "    bad: [我不知道",
        "    phrases: [不知道, 在订单里]\n    bad: [我不知道",
    ),
    "an exception": ("forbidden", "except: [并不是没办法]", "except: [并不是没办法, 我没办法发]"),
    "an example that another rule has": ("forbidden", "bad: [肯定没问题, ", "bad: [肯定没问题, 我不知道, "),
    "how bad it is": ("forbidden", "    severity: warning\n", ""),
    "what is said instead": ("forbidden", "instead: 我帮您查一下，", "instead: 我这就帮您查一下，"),
    "where it counts": (
        "forbidden",
        "banned: 肯定没问题\n    kind: phrase\n",
        "banned: 肯定没问题\n    kind: clause\n",
    ),
    "an element": ("elements", '["用支付宝"]', '["用支付宝付"]'),
    "a greeting": ("occasions", "greeting: 早上好", "greeting: 早上好呀"),
}


class Heard(Watch):
    """``csbot watch`` that keeps what its last round found."""

    problems: list[Problem]
    results: list[Result]

    def _checked(self, *arguments: Any, **named: Any) -> tuple[list[Problem], list[Result] | None]:
        self.problems, failing = super()._checked(*arguments, **named)
        return self.problems, failing

    def _test(self, *arguments: Any, **named: Any) -> list[Result]:
        self.results = super()._test(*arguments, **named)
        return self.results

    def round(self, saved: Sequence[str]) -> tuple[list[Problem], dict[str, str]]:
        """Run a round after these files were saved; return what it found, and what came of each test."""
        self._stamp = stamp_of(self._root)
        self._round(saved)
        return self.problems, by_name(self.results)


def by_name(results: Iterable[Result]) -> dict[str, str]:
    """Return all that came of each test."""
    return {each.case.name: repr(each.outcomes) for each in results}


def afresh(root: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Problem], dict[str, str]]:
    """Return what a lint and all tests say that know nothing of what was before."""
    with monkeypatch.context() as without:
        without.setenv("CSBOT_CACHE_DIR", "")
        problems, _ = lint(root, NOW.date())
        library, documents = load_with_tests(root)
        return problems, by_name(run_cases(Responder(library), cases_of(library, documents)))


def written(folder: Path, edits: Iterable[str]) -> Path:
    """Write the small library with these edits."""
    texts = dict(TEXTS)
    for name in edits:
        kind, old, new = EDITS[name]
        assert old in texts[kind], name
        texts[kind] = texts[kind].replace(old, new, 1)
    return write_library(folder, **texts)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_any_row_of_edits_a_round_tells_what_a_fresh_check_tells(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CSBOT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(watch, "write_line", lambda _: None)
    chance = random.Random(seed)
    root = written(tmp_path / "library", ())
    heard = Heard(root, lambda: NOW)
    assert heard.round([]) == afresh(root, monkeypatch)
    active: set[str] = set()
    seen: set[str] = set()
    order = [*chance.sample(sorted(EDITS), len(EDITS)), *chance.choices(sorted(EDITS), k=len(EDITS) // 2)]
    for name in order:
        active ^= {name}
        written(root, sorted(active))
        found = heard.round([PATHS[EDITS[name][0]]])
        assert found == afresh(root, monkeypatch), (name, active)
        seen |= {problem.code for problem in found[0]}
    assert seen >= {"reply.forbidden", "intent.duplicate-example"}


# ── what rules found before ──────────────────────────────────────────────────────────────────────────────────


def rule(name: str, *phrases: str, **more: Any) -> PhraseRule:
    """Return a rule with these phrases."""
    return PhraseRule(f"test.{name}", phrases[0], "test", "试", "—", Kind.PHRASE, phrases, **more)


KNOW, WAY = rule("know", "不知道"), rule("way", "没办法")
TEXTS_ASKED = ("我不知道，也没办法", "没办法", "您好", "不清楚", "不知道您的单号", "布知道", "mei办法")
ROWS = (
    (rule("know", "不知道", "不清楚"), WAY),
    (rule("know", "不知道", "不清楚", exceptions=("不知道您",)), WAY),
    (rule("know", "不知道", exceptions=("不知道您",)), rule("way", "没办法", severity=Severity.WARNING)),
    (rule("know", "不知道", exceptions=("不知道您",)), rule("way", "没办法"), rule("new", "您好")),
    (WAY, KNOW),
)


def ids(rules: RuleSet) -> list[list[tuple[str, int, int, str]]]:
    """Return what a set of rules finds in the texts."""
    return [[(hit.rule.id, hit.start, hit.end, hit.rule.severity) for hit in rules.scan(text)] for text in TEXTS_ASKED]


def test_rules_find_what_they_would_find_afresh_whatever_was_asked_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("csbot.rules.scan.LONG_TEXT", 0)  # as if the texts were many
    remembered = Remembered((KNOW, WAY), lambda: RuleSet((KNOW, WAY)))
    assert ids(remembered) == ids(RuleSet((KNOW, WAY)))
    for rules in ROWS:
        remembered = remembered.renewed(rules, partial(RuleSet, rules))
        together = remembered.scan_each(TEXTS_ASKED)
        assert ids(remembered) == ids(RuleSet(rules))
        assert together == list(map(remembered.scan, TEXTS_ASKED))
        assert remembered.fires("test.way", "没办法")
        assert "test.way" in remembered
        assert remembered.rule("test.way") == next(each for each in rules if each.id == "test.way")


def test_all_rules_are_compiled_once_while_a_few_of_them_change() -> None:
    compiled: list[str] = []

    def made(*rules: PhraseRule) -> RuleSet:
        compiled.append(" ".join(each.phrases[-1] for each in rules))
        return RuleSet(rules)

    first = Remembered((KNOW, WAY), partial(made, KNOW, WAY))
    assert [hit.rule.id for hit in first.scan("我不知道")] == ["test.know"]
    changed = (rule("know", "不知道", "不清楚"), WAY)
    now = first.renewed(changed, partial(made, *changed))
    for text, found in (("我不知道", "test.know"), ("没办法", "test.way"), ("不清楚", "test.know")):
        assert [hit.rule.id for hit in now.scan(text)] == [found]
    assert now.renewed(changed, partial(made, *changed)) is now, "nothing has changed"
    assert compiled == ["不知道 没办法"]
    shaped = now.renewed(changed, partial(made, *changed), disguises=Disguises(shapes=(("办", "辨"),)))
    assert shaped.scan("没办法")
    assert compiled == ["不知道 没办法", "不清楚 没办法"], "look-alikes may count anywhere"
    fewer = shaped.renewed((WAY,), partial(made, WAY), disguises=Disguises(shapes=(("办", "辨"),)))
    assert not fewer.scan("我不清楚")
    assert compiled[2:] == ["没办法"], "what is gone may have stood in the way of others"
