"""Texts of a few characters kept as numbers are the set that they would be as strings."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from csbot.rules.bulk.keys import columns_of
from csbot.rules.lookup.compact import Packer, Unpacker
from csbot.rules.lookup.short import LONGEST, ShortTexts

CHARACTERS = st.sampled_from("不知道我a1𠮷\uffff") | st.characters(min_codepoint=1)
TEXTS = st.text(CHARACTERS, min_size=1, max_size=LONGEST)


@given(st.sets(TEXTS, max_size=40), st.lists(st.text(CHARACTERS, max_size=LONGEST + 2)))
def test_they_are_a_set(texts: set[str], others: list[str]) -> None:
    kept = ShortTexts.of(texts)
    assert set(kept) == texts
    assert len(kept) == len(texts)
    assert all(text in kept for text in texts)
    assert [text in kept for text in others] == [text in texts for text in others]
    assert kept.isdisjoint(others) == texts.isdisjoint(others)
    assert kept.characters == set("".join(texts))
    assert list(ShortTexts.of([*texts, *texts]).codes) == list(kept.codes)


@given(st.sets(TEXTS, max_size=40), CHARACTERS)
def test_they_tell_what_stands_behind_a_character(texts: set[str], first: str) -> None:
    pairs = [text for text in texts if len(text) == 2]
    assert sorted(ShortTexts.of(pairs).behind(first)) == sorted(pair[1] for pair in pairs if pair[0] == first)


@given(st.sets(TEXTS, max_size=40))
def test_they_are_columns_of_characters(texts: set[str]) -> None:
    kept = ShortTexts.of(texts)
    rows = zip(*(column.tolist() for column in columns_of(kept)), strict=True)
    assert ["".join(chr(code) for code in row if code) for row in rows] == list(kept)


@given(st.sets(TEXTS, max_size=40))
def test_they_come_out_of_the_cache_as_they_went_in(texts: set[str]) -> None:
    assert set(Unpacker(Packer().short_texts(ShortTexts.of(texts)).packed()).short_texts()) == texts


@given(
    st.lists(st.text(CHARACTERS, min_size=3, max_size=3), max_size=20),
    st.lists(st.text(CHARACTERS, min_size=2, max_size=2)),
)
def test_they_tell_what_stands_side_by_side(threes: list[str], twos: list[str]) -> None:
    found = ShortTexts.of(threes).neighbours(ShortTexts.of(twos))
    assert list(found) == sorted({*twos, *(text[at : at + 2] for text in threes for at in (0, 1))})
    assert found.characters == set("".join((*threes, *twos)))
