"""After a change of a forbidden rule only what that rule has to do with is looked at again, and nothing is missed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.support import PATHS, TEXTS, write_library

from csbot.library.problems import Problem
from csbot.lint import run
from csbot.lint.run import lint
from csbot.rules.rulebook import MOST_CHANGED, Noted, Rulebook
from csbot.rules.scan import RuleSet
from csbot.rules.wording.model import NO_DISGUISES, Circumstance, Kind, PhraseRule, Severity

# The rules of the small library, with a way of rewriting, and what is done to them one after the other.
FORBIDDEN = TEXTS["forbidden"].replace(
    "    bad: [我没办法, 没办法处理, 真没办法]\n",
    "    rewrite: [{replace: span, with: 正在想办法}]\n"
    "    rewritten: [{draft: 我没办法。, becomes: 我正在想办法。}]\n"
    "    bad: [我没办法, 没办法处理, 真没办法]\n",
)
ADDED = """\
  - id: ten_donts.added
    banned: 详细一点
    kind: phrase
    instead: 请您说明。
    reason: 推脱。
    source: "002 十不准第4条"
    bad: [再说详细一点, 详细一点吧, 请详细一点]
    good: [我帮您查一下, 请您稍等]
"""
CHANGES: dict[str, Callable[[str], str]] = {
    "a phrase that a reply holds": lambda text: text.replace(
        "banned: 不知道\n    kind: phrase\n",
        'banned: 不知道\n    kind: phrase\n    phrases: ["不知道", "在订单里下载"]\n',
    ),
    "an exception that spares it": lambda text: text.replace(
        '    phrases: ["不知道", "在订单里下载"]\n',
        '    phrases: ["不知道", "在订单里下载"]\n    except: ["可以在订单里下载"]\n',
    ),
    "an exception that spares its own example": lambda text: text.replace("可以在订单里下载", "[也|清楚也]不知道"),
    "a phrase that a rewording holds": lambda text: text.replace('"在订单里下载"]', '"在订单里下载", "正在想"]'),
    "another rule": lambda text: text + ADDED,
    "what is to be said instead": lambda text: text.replace("instead: 请您说明。", "instead: 请您讲一讲。"),
    "how bad it is": lambda text: text.replace("    severity: warning\n", ""),
    "another way of rewording": lambda text: text.replace("with: 正在想办法", "with: 会想办法"),
    "where it counts": lambda text: text.replace(
        "banned: 详细一点\n    kind: phrase", "banned: 详细一点\n    kind: clause"
    ),
    "its name": lambda text: text.replace("ten_donts.dont_know", "ten_donts.zero"),
    "one rule less": lambda text: text[: text.index("  - id: ten_donts.added")],
    "all as it was": lambda _: FORBIDDEN,
}


def found(folder: Path) -> list[Problem]:
    """Return all problems of a library that can be loaded."""
    problems, library = lint(folder)
    assert library is not None, problems
    return problems


@pytest.mark.slow
def test_after_each_change_as_much_is_found_as_without_a_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_library(tmp_path / "library", forbidden=FORBIDDEN)
    monkeypatch.setenv("CSBOT_CACHE_DIR", str(tmp_path / "cache"))
    text, before, seen = FORBIDDEN, found(folder), set[str]()
    for name, change in CHANGES.items():
        changed = change(text)
        assert changed != text, name
        text = changed
        (folder / PATHS["forbidden"]).write_text(text, encoding="utf-8")
        with monkeypatch.context() as without:
            without.setenv("CSBOT_CACHE_DIR", "")
            wanted = found(folder)
        assert found(folder) == wanted, name
        assert found(folder) == wanted, name
        seen |= {problem.code for problem in set(wanted) - set(before)}
        before = wanted
    assert seen >= {"reply.forbidden", "rule.bad-missed", "rule.rewrite-forbidden"}


def test_only_what_a_changed_rule_finds_is_looked_at_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_library(tmp_path, forbidden=FORBIDDEN)
    found(folder)
    looked: list[str] = []

    def noted(name: str, what: Callable[..., str]) -> None:
        check: Callable[..., Iterator[Problem]] = getattr(run, name)

        def again(*arguments: Any) -> Iterator[Problem]:
            looked.append(f"{name} {what(*arguments)}")
            return check(*arguments)

        monkeypatch.setattr(run, name, again)

    noted("check_script", lambda _, script, *__: script.intent)
    for each in ("check_shadow", "check_rewritten"):
        noted(each, lambda _, rule, *__: rule.id)
    noted("check_rule", lambda _, kind, rule, *__: f"{kind} {rule.id}")
    text = CHANGES["a phrase that a reply holds"](FORBIDDEN)
    assert any(each.code == "reply.forbidden" for each in found(write_library(tmp_path, forbidden=text)))
    # Its own examples, and the script with that reply; no rewording has anything to do with it, and in its examples
    # stands what stood there before.
    assert looked == ["check_script payment.invoice", "check_rule forbidden ten_donts.dont_know"]
    looked.clear()
    text = text.replace("在订单里下载", "在想")
    found(write_library(tmp_path, forbidden=text))
    assert "check_rewritten ten_donts.no_way" in looked, "what it becomes holds it"
    assert "check_script payment.invoice" in looked, "what was found there is gone"
    assert len(looked) == 3


# ── what changed ─────────────────────────────────────────────────────────────────────────────────────────────


def rule(name: str, *phrases: str, **more: Any) -> PhraseRule:
    """Return a rule with these phrases."""
    return PhraseRule(f"test.{name}", phrases[0], "test", "试", "—", Kind.PHRASE, phrases, **more)


KNOW, WAY = rule("know", "不知道"), rule("way", "没办法")
SPARED = Circumstance("some", "某种", ("test.know",), before=("并非",))


@pytest.mark.parametrize(
    ("now", "text", "concerned"),
    [
        ([KNOW, WAY], "不知道", False),
        ([rule("know", "不知道", "不清楚"), WAY], "我不知道", False),
        ([rule("know", "不知道", "不清楚"), WAY], "我不清楚，不知道", True),
        ([rule("know", "不知道", "不清楚"), WAY], "我不庆楚，没办法", True),
        ([rule("know", "不知道", "不清楚"), WAY], "wo不qing楚", True),
        ([replace(KNOW, exceptions=("不知道您",)), WAY], "不知道您的单号", True),
        ([replace(KNOW, exceptions=("不知道您",)), WAY], "不知道", False),
        ([rule("know", "不知道", "不清楚"), WAY], "不清楚也不知道", True),
        ([rule("other", "不知道"), KNOW, WAY], "不知道", True),
        ([replace(KNOW, instead="我帮您查"), WAY], "不知道", True),
        ([replace(KNOW, instead="我帮您查"), WAY], "没办法", False),
        ([replace(KNOW, severity=Severity.WARNING), WAY], "不知道", True),
        ([replace(KNOW, positives=("我不知道",), negatives=("好",)), WAY], "不知道", False),
        ([KNOW, rule("new", "好"), WAY], "好", True),
        ([KNOW, rule("new", "好"), WAY], "不知道", False),
    ],
)
def test_what_texts_a_change_concerns(now: list[PhraseRule], text: str, concerned: bool) -> None:
    before, after = Rulebook((KNOW, WAY), NO_DISGUISES), Rulebook(tuple(now), NO_DISGUISES)
    difference = after.since(before.rows, before.digest)
    assert difference is not None
    assert difference.concerns(text) is concerned


@pytest.mark.parametrize(
    "now",
    [
        [KNOW],
        [WAY, KNOW],
        [replace(KNOW, kind=Kind.CLAUSE), WAY],
        [replace(KNOW, keep_you=True), WAY],
        [replace(KNOW, circumstances=(SPARED,)), WAY],
        [KNOW, WAY, *(rule(f"new{at}", "好") for at in range(MOST_CHANGED + 1))],
    ],
)
def test_what_is_too_much_to_be_tried(now: list[PhraseRule]) -> None:
    before = Rulebook((KNOW, WAY), NO_DISGUISES)
    assert Rulebook(tuple(now), NO_DISGUISES).since(before.rows, before.digest) is None


def test_rules_note_what_they_are_asked_about() -> None:
    rules = RuleSet([KNOW])
    noted = Noted(rules)
    for text in ("我不知道", "好", "我不知道"):
        assert noted.scan(text) == rules.scan(text)
    assert noted.texts() == ["我不知道", "好"]
    assert noted.texts() == []
    assert noted.rules == rules.rules
