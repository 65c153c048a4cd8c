"""The interface for Python programs: what it gives, that threads may share it, that importing it costs nothing."""

from __future__ import annotations

import doctest
import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tests.support import ROOT, csbot, environment, write_library

import csbot as package
from csbot import api

NOW = datetime(2026, 11, 23, 10)
MESSAGES = ("怎么付款", "能开发票吗", "你好", "今天天气怎么样", "可以用支付宝吗，能开发票吗")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_library(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="module")
def bot(folder: Path) -> package.Bot:
    return package.load(folder)


def test_the_package_offers_what_the_interface_names() -> None:
    assert set(package.__all__) == {*api.__all__, "load"}
    for name in api.__all__:
        assert getattr(package, name) is getattr(api, name)
    with pytest.raises(AttributeError, match="nothing_of_that_name"):
        package.nothing_of_that_name  # noqa: B018


def test_importing_the_package_imports_nothing_else() -> None:
    code = "import sys, csbot; print([name for name in sys.modules if name.startswith('csbot.')])"
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, check=True)
    assert done.stdout.decode().strip() == "[]"


@pytest.mark.parametrize("text", MESSAGES)
def test_an_answer_is_that_of_the_command(bot: package.Bot, folder: Path, text: str) -> None:
    done = csbot("--library", str(folder), "reply", text, "--json", "--now", NOW.isoformat())
    answer = bot.reply(text, now=NOW)
    assert json.loads(done.stdout) == answer.as_dict()
    assert (answer.text, answer.variant) == (answer.as_dict()["reply"], answer.as_dict()["variant"])
    assert answer.recognition.as_dict() == bot.match(text).as_dict()
    assert answer.sendable == (not answer.open_slots)


@pytest.mark.parametrize("draft", ["这个我不知道，没 办法", "肯定没问题", "请您稍等"])
def test_a_check_is_that_of_the_command(bot: package.Bot, folder: Path, draft: str) -> None:
    line = json.dumps({"text": draft}, ensure_ascii=False)
    done = csbot("--library", str(folder), "check", "--jsonl", "-", stdin=line)
    checked = bot.check(draft)
    assert json.loads(done.stdout) == checked.as_dict()
    assert [draft[each.start : each.end] for each in checked.findings] == [each.found for each in checked.findings]
    assert checked.verdict == ("ok" if draft == "请您稍等" else checked.as_dict()["verdict"])


def test_a_conversation_remembers_and_two_do_not_mix(bot: package.Bot) -> None:
    one, other = bot.conversation(), bot.conversation()
    variants = [one.reply("能开发票吗", now=NOW).variant for _ in range(3)]
    assert len(set(variants)) == 3
    assert other.reply("能开发票吗", now=NOW).variant == variants[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [("mood", "高兴"), ("profile", "電商"), ("complaint_type", "理智"), ("channel", "微信")],
)
def test_a_circumstance_that_is_none_is_refused(bot: package.Bot, name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"{name} 不能是「{value}」，可用："):
        bot.conversation(**{name: value})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=name):
        bot.reply("怎么付款", **{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [None, b"\xe4\xbd\xa0", 5, ["怎么付款"]], ids=["None", "bytes", "int", "list"])
def test_what_is_no_text_is_refused_by_its_name(bot: package.Bot, value: Any) -> None:
    given = type(value).__name__
    for name, refusing in (
        ("text", lambda: bot.match(value)),
        ("text", lambda: bot.reply(value, now=NOW)),
        ("text", lambda: bot.conversation().reply(value)),
        ("draft", lambda: bot.check(value)),
        ("draft", lambda: bot.rewrite(value)),
        ("address", lambda: bot.rewrite("您好", address=value)),
        ("slots['姓氏']", lambda: bot.conversation(slots={"姓氏": value})),
    ):
        with pytest.raises(TypeError, match=re.escape(f"{name} 要用 str，给的是 {given}")):
            refusing()
    with pytest.raises(TypeError, match="now 要用 datetime，给的是 str"):
        bot.reply("怎么付款", now=NOW.isoformat())  # type: ignore[arg-type]


def test_a_trade_that_is_none_is_refused(bot: package.Bot) -> None:
    with pytest.raises(ValueError, match="profile"):
        bot.match("怎么付款", profile="电子商务")
    assert bot.match("怎么付款", profile="电商").decision == "matched"


def test_the_last_order_number_that_a_customer_names_holds() -> None:
    customer = package.load(ROOT).conversation(slots={"订单号": "A10001"})
    for message, number in (
        ("我的快递到哪了", "A10001"),
        ("订单号20261119003到哪了", "20261119003"),
        ("那订单号20261120888呢", "20261120888"),
        ("那大概几天能到", "20261120888"),
    ):
        assert number in (customer.reply(message, now=NOW).text or ""), message


def test_threads_share_a_bot_that_nobody_prepared(folder: Path) -> None:
    fresh = package.load(folder)
    expected = [package.load(folder).reply(text, now=NOW).as_dict() for text in MESSAGES]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda text: fresh.reply(text, now=NOW).as_dict(), MESSAGES * 8))
    assert answers == expected * 8


def test_what_is_wrong_is_an_error_with_every_problem(tmp_path: Path) -> None:
    broken = write_library(tmp_path, intents="intents:\n  - id: A\n", slots="slots: 1\n")
    with pytest.raises(package.LibraryError) as caught:
        package.load(broken)
    assert len({problem.path for problem in caught.value.problems}) == 2
    with pytest.raises(package.SlotError):
        package.load(write_library(tmp_path / "good")).conversation(slots={"没有": "王"})


@pytest.mark.slow
def test_the_examples_of_the_guide_are_real(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("CSBOT_LIBRARY", str(ROOT))
    text = (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8").replace("```", "")
    test = doctest.DocTestParser().get_doctest(text, {}, "embedding.md", None, 0)
    assert len(test.examples) > 20
    said: list[str] = []
    result = doctest.DocTestRunner(optionflags=doctest.IGNORE_EXCEPTION_DETAIL).run(test, out=said.append)
    assert result.failed == 0, "".join(said)
