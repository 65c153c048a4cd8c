"""Small tables give what dictionaries would give, and expressions that were given back are made again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csbot.rules import compiled
from csbot.rules.compact import Lookup, Rows, Texts
from csbot.rules.compiled import Matcher
from csbot.rules.phrase import compile_phrase

short_texts = st.lists(st.text("不知道a\ue000", max_size=4), max_size=12)


@given(texts=short_texts, fragment=st.text("不知道a", min_size=1, max_size=2))
def test_texts_come_back_as_they_were(texts: list[str], fragment: str) -> None:
    kept = Texts(*Texts.stored(texts))
    assert list(kept) == texts
    assert [kept[at] for at in range(len(kept))] == texts
    places = [
        (number, at) for number, text in enumerate(texts) for at in range(len(text)) if text.startswith(fragment, at)
    ]
    assert list(kept.holding(fragment)) == places


@given(keys=short_texts, text=st.text("不知道a", max_size=8))
def test_rows_are_found_by_their_keys(keys: list[str], text: str) -> None:
    rows, lookup = Rows(Texts(*Texts.stored(keys))), Lookup(keys)
    for key in {*keys, "不", "知知知知知"}:
        assert rows.find(key) == [row for row, other in enumerate(keys) if other == key]
    for key in {key for key in keys if key}:
        assert list(lookup.rows(key)) == [row for row, other in enumerate(keys) if other == key]
    found = [
        (text[start:end], start, end)
        for start in range(len(text))
        for end in range(start + 1, len(text) + 1)
        if text[start:end] in keys
    ]
    assert sorted(lookup.places(text)) == sorted(found)


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
