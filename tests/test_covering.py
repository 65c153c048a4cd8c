"""Which situations of a message are not answered by themselves, since the reply to another one speaks for them."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import TEXTS, csbot, json_output, write_library

from csbot.library.models import Library
from csbot.library.values import Script
from csbot.matching.result import Candidate, Decision, Match, Unsure
from csbot.replying.context import Context
from csbot.replying.covering import asking_of_the_rest, covered_by
from csbot.replying.responder import Responder

NOON = datetime(2026, 11, 23, 12)
BROKEN = "碎了，我要退货"


def script(intent: str, *covers: str) -> Script:
    return Script(intent, "t", "—", (), (), (), {}, (), covers=covers)


SCRIPTS = {each.intent: each for each in (script("甲", "乙"), script("乙", "丙"), script("丙"), script("丁", "丙"))}


@pytest.mark.parametrize(
    ("intents", "covered"),
    [
        ("甲", {}),
        ("甲乙", {"乙": "甲"}),
        ("乙甲", {"乙": "甲"}),
        ("甲丙", {}),  # only what is written down
        ("甲乙丙", {"乙": "甲"}),  # nobody says what 乙 would have said of 丙
        ("甲乙丙丁", {"乙": "甲", "丙": "丁"}),
        ("丙丁乙", {"丙": "丁"}),
        ("丙乙丁", {"丙": "乙"}),
    ],
)
def test_only_what_is_answered_speaks_for_others(intents: str, covered: dict[str, str]) -> None:
    assert covered_by(SCRIPTS, list(intents)) == covered


@given(st.permutations("甲乙丙丁戊"), st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4))))
def test_whatever_covers_what_every_situation_is_spoken_for(intents: list[str], pairs: set[tuple[int, int]]) -> None:
    covers = {name: [intents[to] for at, to in pairs if intents[at] == name and at < to] for name in intents}
    scripts = {name: script(name, *others) for name, others in covers.items()}
    covered = covered_by(scripts, sorted(intents))
    assert set(covered) < set(intents)
    for each, by in covered.items():
        assert each in scripts[by].covers
        assert by not in covered
    for each in set(intents) - set(covered):
        assert not any(each in scripts[by].covers for by in intents if by not in covered)


def test_no_script_of_the_library_covers_what_no_message_is_of(library: Library) -> None:
    for each in library.scripts.values():
        for name in each.covers:
            assert library.intents[name].trigger == "customer", (each.intent, name)


def test_who_got_broken_goods_hears_nothing_of_goods_that_were_not_liked(responder: Responder) -> None:
    response = responder.respond(BROKEN, Context(NOON))
    assert set(response.as_dict()["intents"]) == {"order.quality_problem", "order.return_exchange"}
    assert response.covered == {"order.return_exchange": "order.quality_problem"}
    assert response.variants
    for variant in response.variants:
        assert variant.intents == ("order.quality_problem",)
        assert "7天" not in variant.filled.text
    assert response.next[0] == "order.return_exchange"  # one key away


def test_every_reply_that_speaks_for_a_return_names_it(library: Library) -> None:
    for intent in ("order.quality_problem", "order.missing_item"):
        for reply in library.scripts[intent].replies:
            assert "退" in reply.text, reply.text


def test_what_an_agent_picks_is_answered(responder: Responder) -> None:
    picked = ("order.return_exchange", "order.quality_problem")
    match = Match(BROKEN, Decision.MATCHED, (), ("order.quality_problem", "order.return_exchange"))
    response = responder.answer(match, picked, BROKEN, Context(NOON), {})
    assert response.best is not None
    assert response.best.intents == picked
    assert not response.covered


@pytest.mark.slow
def test_a_small_library_says_what_covers_what(tmp_path: Path) -> None:
    text = TEXTS["scripts"].replace("    next: [payment.invoice]\n", "    next: []\n    covers: [payment.invoice]\n")
    write_library(tmp_path, scripts=text)
    message = "怎么付款，电子发票怎么下载"
    (both,) = json_output(csbot("match", "--json", message, "--library", str(tmp_path)))
    assert set(both["intents"]) == {"payment.methods", "payment.invoice"}
    steps = json.loads(csbot("explain", message, "--library", str(tmp_path), "--json").stdout)
    assert steps["covered"] == [{"intent": "payment.invoice", "by": "payment.methods"}]
    assert "发票" not in steps["reply"]
    shown = csbot("explain", message, "--library", str(tmp_path)).stdout
    assert "  并入  payment.invoice 不单独回复：payment.methods 的话术写明它一并说到（covers）" in shown
    page = tmp_path / "page.html"
    assert csbot("page", str(page), "--library", str(tmp_path)).returncode == 0
    assert '<dt>一并说到</dt><dd><a href="#situation-payment.invoice">' in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("intents", "unsure", "asked"),
    [
        ("甲", "乙", None),
        ("甲", "乙丙", "丙"),
        ("甲", "丙", "丙"),
        ("甲乙", "丙", "丙"),  # 乙 is not answered itself, so it speaks for nobody
        ("甲丁", "丙", None),
        ("甲", "", ""),  # like nothing that is known
        ("甲", None, None),
    ],
)
def test_nobody_is_asked_about_what_the_reply_speaks_for(intents: str, unsure: str | None, asked: str | None) -> None:
    further = None if unsure is None else Unsure("话", tuple(Candidate(each, 0.4) for each in unsure))
    match = Match("话", Decision.MATCHED, (), tuple(intents), (), unsure=further)
    left = asking_of_the_rest(match, SCRIPTS).unsure
    assert (None if left is None else "".join(each.intent for each in left.candidates)) == asked
