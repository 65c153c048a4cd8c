"""Small tables give what dictionaries would give, and expressions that were given back are made again."""

from __future__ import annotations

import json
from array import array
from contextvars import ContextVar
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from csbot.rules.lookup import compact
from csbot.rules.lookup.compact import Lookup, Packer, Texts, Unpacker, roomy
from csbot.rules.wording import compiled
from csbot.rules.wording.compiled import Matcher
from csbot.rules.wording.phrase import compile_phrase

short_texts = st.lists(st.text("不知道a\ue000", max_size=4), max_size=12)


@given(texts=short_texts, fragment=st.text("不知道a", min_size=1, max_size=2))
@example(texts=["不\n知", ""], fragment="知")
def test_texts_come_back_as_they_were(texts: list[str], fragment: str) -> None:
    kept = Texts.of(texts)
    assert list(kept) == texts
    assert [kept[at] for at in range(len(kept))] == texts
    places = [
        (number, at) for number, text in enumerate(texts) for at in range(len(text)) if text.startswith(fragment, at)
    ]
    assert list(kept.holding(fragment)) == places


@given(keys=short_texts, text=st.text("不知道a", max_size=8))
def test_rows_are_found_by_their_keys(keys: list[str], text: str) -> None:
    made = Lookup.of(keys)
    stored = Unpacker(Packer().lookup(made).packed()).lookup()
    for lookup in (made, stored):
        for key in {*keys, "不", "知知知知知"} - {""}:
            assert list(lookup.find(key)) == [row for row, other in enumerate(keys) if other == key]
        found = [
            ([row for row, other in enumerate(keys) if other == text[start:end]], start, end)
            for start in range(len(text))
            for end in range(start + 1, len(text) + 1)
            if text[start:end] in keys
        ]
        assert sorted((list(rows), start, end) for rows, start, end in lookup.places(text)) == sorted(found)
        assert lookup.without_key() == [row for row, key in enumerate(keys) if not key]
        assert [lookup.row(at) for at in range(len(keys))] == sorted(range(len(keys)), key=keys.__getitem__)


@given(keys=short_texts, text=st.text("不知道a", max_size=8))
@example(keys=["", ""], text="不知道")
@example(keys=[], text="")
def test_an_automaton_finds_what_is_found_without_it(keys: list[str], text: str) -> None:
    lookup = Lookup.of(keys)
    expected = [(list(rows), start, end) for rows, start, end in lookup.places(text)]
    assert lookup._automaton is None, "a few texts need none"
    with roomy(), patch.object(compact, "LEAST_ASKED", 1):
        assert list(lookup.places("无" * (len(keys) + 1))) == []
        assert lookup._automaton is not None
        assert [(list(rows), start, end) for rows, start, end in lookup.places(text)] == expected


def test_an_automaton_takes_the_place_of_the_dictionaries() -> None:
    lookup = Lookup.of(["知道", "知不知", "清楚"])
    assert [list(rows) for rows, _, _ in lookup.places("我知道，也清楚")] == [[0], [2]]
    assert lookup._groups
    for _ in range(20):
        assert list(lookup.places("无" * 1000)) == []
    assert lookup._automaton is None, "only who looks through thousands of texts gets one"
    with roomy():
        while lookup._automaton is None:
            assert list(lookup.places("无" * 1000)) == []
    assert not lookup._groups
    assert lookup.find("知不知") == (1,), "single keys are still looked up in them"


def test_a_table_gives_back_what_was_asked_for_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compact, "_most_open", ContextVar("most_open", default=6))
    keys = [f"{first}道{last}" for first in "知不清报" for last in "甲乙丙"]
    lookup = Lookup.of(keys)
    for _ in range(2):
        for row, key in enumerate(keys):
            assert lookup.find(key) == (row,)
            assert list(lookup.places(f"我{key}了")) == [((row,), 1, 4)]
            assert len(lookup._groups) <= 2


@given(texts=short_texts, number=st.integers(0, 2**32 - 1))
def test_columns_come_back_from_the_cache_in_their_order(texts: list[str], number: int) -> None:
    sizes, block = Packer().numbers(array("I", [number])).texts(Texts.of(texts)).text("\ud800末").packed()
    unpacker = Unpacker((json.loads(json.dumps(sizes)), block))
    assert unpacker.numbers().tolist() == [number]
    assert list(unpacker.texts()) == texts
    assert unpacker.text() == "\ud800末"


def test_expressions_that_nobody_asks_for_are_given_back_and_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = compiled._Kept(300_000)
    monkeypatch.setattr(compiled, "_kept", kept)
    phrases = [f"不{one}{other}道" for one in "甲乙丙丁戊己庚辛" for other in "子丑寅卯辰巳午未"]
    matchers = [Matcher(compile_phrase(phrase, tolerant=True)) for phrase in phrases]
    for _ in range(2):
        for phrase, matcher in zip(phrases, matchers, strict=True):
            assert list(matcher.spans(f"真的{phrase}了")) == [(2, 6)]
            assert matchers[0].is_in(phrases[0])
    held = [matcher for matcher in matchers if matcher._made is not None]
    assert matchers[0] in held, "it is asked for all the time"
    assert len(held) < len(matchers)
