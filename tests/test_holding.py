"""Which phrases may stand over a place that is read otherwise: asked only where it spares a look, never a hit."""

from __future__ import annotations

import json
from collections.abc import Iterable
from unittest.mock import patch

import pytest
from tests.support import DATA

from csbot.library.models import Library
from csbot.replying.guard import Guard
from csbot.rules.lookup import holding
from csbot.rules.lookup.holding import Holding, Phrase
from csbot.rules.wording.compiled import CompiledRule
from csbot.rules.wording.model import PhraseRule

PHRASES = ("不知道", "您去[投诉|告]", "买…便宜货", "<时限>内到账", "没办法")
RULE = PhraseRule("test.rule", "试", "test", "试", "—", phrases=PHRASES)


@pytest.fixture(scope="module")
def made() -> Holding:
    return Holding([CompiledRule.compile(RULE)])


def listed(phrases: Iterable[Phrase]) -> set[str]:
    return {PHRASES[at] for _, at in phrases}


@pytest.mark.parametrize(
    ("character", "phrases"), [("不", {"不知道"}), ("您", {"您去[投诉|告]"}), ("你", {"您去[投诉|告]"}), ("海", set())]
)
def test_the_phrases_that_hold_a_character(character: str, phrases: set[str], made: Holding) -> None:
    assert listed(made.listed(made.one(character).phrases)) == phrases
    assert listed(made.listed(made.any_of(character + "法").phrases)) == phrases | {"没办法"}


OPEN = {"买…便宜货", "<时限>内到账"}  # hold what no list says


@pytest.mark.parametrize(
    ("text", "seam", "phrases"),
    [
        ("我不知道", 2, {"不知道"}),
        ("我不知道", 1, set()),
        ("您去告", 2, {"您去[投诉|告]"}),
        ("没啊办法", 2, {"没办法"}),  # beside a small word the other character tells
    ],
)
def test_the_phrases_that_can_stand_over_a_seam(text: str, seam: int, phrases: set[str], made: Holding) -> None:
    found = made.over(text, [seam])
    assert found is not None
    assert listed(made.listed(found.phrases)) == phrases | OPEN


def test_between_small_words_any_phrase_can_stand(made: Holding) -> None:
    assert made.over("不啊呀知道", [2]) is None


@pytest.mark.parametrize(
    ("text", "phrases"), [("您快去告他", {"您去[投诉|告]"}), ("您快去吧", set()), ("便宜货您买的", {"买…便宜货"})]
)
def test_the_phrases_all_characters_of_which_stand_there(text: str, phrases: set[str], made: Holding) -> None:
    every = made.any_of("不您买没")
    assert listed(made.possible(every, text)) == phrases


def test_however_many_characters_are_asked_for_few_are_remembered(made: Holding) -> None:
    for number in range(3 * holding.MOST_KEPT):
        made.one(chr(0x4E00 + number))
    assert len(made._by_character) <= holding.MOST_KEPT


@pytest.mark.slow
def test_what_is_found_does_not_hang_on_it(library: Library) -> None:
    """The first drafts of a process are read without, since it takes some milliseconds to make."""
    texts = [
        json.loads(line)["text"]
        for name in ("drafts_tenth", "drafts_eleventh")
        for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()[:150]
    ]
    with patch.object(holding, "FEW", 0):
        guard = Guard(library)
        asked = [guard.rules.scan(text, dropped=True) for text in texts]
    guard = Guard(library)
    with patch.object(holding, "FEW", 10**9):
        assert [guard.rules.scan(text, dropped=True) for text in texts] == asked
