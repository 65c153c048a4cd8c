"""One normaliser: what it folds, and that every folded character knows where it came from."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from csbot.text.normalise import normalise, visible

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=30)
# Every code point, lone surrogates among them, and often the characters that have a say here.
SPECIAL = "…㍿①ﬁ\u200b\u200d\ufe0f\u0301\u202e\ud800\udfff\x00\x1b\x85\u2028\r\n\t\u3000麽甚髮乾後著"
ANY_TEXT = st.text(st.one_of(st.characters(), st.sampled_from(SPECIAL), st.characters(categories=["Cs"])), max_size=40)


@pytest.mark.parametrize(
    ("raw", "text", "starts", "ends"),
    [
        pytest.param("", "", (), (), id="nothing"),
        pytest.param("ＡＢ１！", "ab1!", (0, 1, 2, 3), (1, 2, 3, 4), id="full width and upper case"),
        pytest.param("，。？：；", ",。?:;", (0, 1, 2, 3, 4), (1, 2, 3, 4, 5), id="punctuation"),
        pytest.param("ｶﾞ", "カ", (0,), (1,), id="half-width kana, its sound mark dropped"),
        pytest.param("麻煩您", "麻烦您", (0, 1, 2), (1, 2, 3), id="traditional"),
        pytest.param("頭髮", "头发", (0, 1), (1, 2), id="traditional by phrase: hair"),
        pytest.param("發貨", "发货", (0, 1), (1, 2), id="traditional by phrase: to send"),
        pytest.param("乾隆", "乾隆", (0, 1), (1, 2), id="a phrase that keeps its traditional character"),
        pytest.param("皇后後面", "皇后后面", (0, 1, 2, 3), (1, 2, 3, 4), id="simplified and traditional mixed"),
        pytest.param("甚麽", "什么", (0, 1), (1, 2), id="a spelling that OpenCC leaves"),
        pytest.param("妳好", "你好", (0, 1), (1, 2), id="妳"),
        pytest.param("我\u200b不\u200d知\ufeff道", "我不知道", (0, 2, 4, 6), (1, 3, 5, 7), id="zero width"),
        pytest.param("不\u00ad行", "不行", (0, 2), (1, 3), id="soft hyphen"),
        pytest.param("\u202e不行\u202c", "不行", (1, 2), (2, 3), id="direction marks"),
        pytest.param("e\u0301不\u0336行", "e不行", (0, 2, 4), (1, 3, 5), id="combining marks"),
        pytest.param("❤\ufe0f好", "❤好", (0, 2), (1, 3), id="variation selector"),
        pytest.param("等…好", "等...好", (0, 1, 1, 1, 2), (1, 2, 2, 2, 3), id="NFKC: one becomes three"),
        pytest.param("①㎏", "1kg", (0, 1, 1), (1, 2, 2), id="NFKC: circled digit and unit"),
        pytest.param("㍿x", "株式会社x", (0, 0, 0, 0, 1), (1, 1, 1, 1, 2), id="NFKC: one becomes four"),
        pytest.param("ﬁ", "fi", (0, 0), (1, 1), id="NFKC: ligature"),
        pytest.param("😀不行", "😀不行", (0, 1, 2), (1, 2, 3), id="astral characters count as one"),
        pytest.param("👩\u200d💻好", "👩💻好", (0, 2, 3), (1, 3, 4), id="emoji joined by a zero-width joiner"),
        pytest.param("𠮷", "𠮷", (0,), (1,), id="a Han character outside the BMP"),
        pytest.param("\ud83d不\ude00", "不", (1,), (2,), id="lone surrogates"),
        pytest.param("a\x00b\x1bc\x7f", "abc", (0, 2, 4), (1, 3, 5), id="control characters"),
        pytest.param("a\tb\u3000c\xa0d", "a b c d", (0, 1, 2, 3, 4, 5, 6), (1, 2, 3, 4, 5, 6, 7), id="white space"),
        pytest.param("a\r\nb\u2028c\x85d", "a \nb\nc\nd", tuple(range(8)), tuple(range(1, 9)), id="line breaks"),
        pytest.param("\ue000好\U000e0041", "好", (1,), (2,), id="private use and tags"),
        pytest.param("急急急！！", "急急急!!", (0, 1, 2, 3, 4), (1, 2, 3, 4, 5), id="repeats stay"),
    ],
)
def test_folding_with_exact_offsets(raw: str, text: str, starts: tuple[int, ...], ends: tuple[int, ...]) -> None:
    normalised = normalise(raw)
    assert (normalised.text, tuple(normalised.starts), tuple(normalised.ends)) == (text, starts, ends)
    assert normalised.raw == raw


@pytest.mark.parametrize(
    ("raw", "wanted", "slice_of_raw"),
    [
        ("😀我\u200b不知道", "我不知道", "我\u200b不知道"),
        ("等…我", ".", "…"),
        ("她說：「不行」", "说", "說"),
        ("ＱＱ", "qq", "ＱＱ"),
    ],
)
def test_a_span_leads_back_to_the_text_as_given(raw: str, wanted: str, slice_of_raw: str) -> None:
    normalised = normalise(raw)
    start = normalised.text.index(wanted)
    first, last = normalised.raw_span(start, start + len(wanted))
    assert raw[first:last] == slice_of_raw


@given(ANY_TEXT)
def test_offsets_are_monotone_and_in_range(raw: str) -> None:
    normalised = normalise(raw)
    assert len(normalised.text) == len(normalised.starts) == len(normalised.ends)
    assert list(normalised.starts) == sorted(normalised.starts)
    assert list(normalised.ends) == sorted(normalised.ends)
    assert all(0 <= start < end <= len(raw) for start, end in zip(normalised.starts, normalised.ends, strict=True))


@given(ANY_TEXT, st.data())
def test_raw_spans_cover_what_made_the_text(raw: str, data: st.DataObject) -> None:
    normalised = normalise(raw)
    if not normalised.text:
        return
    start = data.draw(st.integers(0, len(normalised.text) - 1))
    end = data.draw(st.integers(start + 1, len(normalised.text)))
    first, last = normalised.raw_span(start, end)
    assert all(first <= at < last for at in normalised.starts[start:end]), (
        "a character of the span was made outside its raw slice"
    )
    # Character by character, so that conversion by phrase makes no difference: the slice folds to what it made.
    assert len(normalise(raw[first:last]).text) >= end - start


@given(HAN)
@example("薴")
@example("甚麽著名的髮廊")
def test_normalising_han_text_twice_changes_nothing_more(raw: str) -> None:
    once = normalise(raw).text
    assert normalise(once).text == once
    assert len(once) == len(raw), "a Han character was lost or doubled"


@settings(max_examples=500)
@given(ANY_TEXT)
@example("a\r\nb\r\r\nc")
@example("ǅﬀİ㍿Ⅳ")
def test_normalising_any_text_twice_changes_nothing_more(raw: str) -> None:
    once = normalise(raw)
    again = normalise(once.text)
    assert again.text == once.text
    assert (list(again.starts), list(again.ends)) == (list(range(len(once.text))), list(range(1, len(once.text) + 1)))


@given(st.lists(st.sampled_from(["好", "\r\n", "\n", "\r", "\u2028", "\x85", " ", "…"]), max_size=20))
def test_every_kind_of_line_break_counts_once(pieces: list[str]) -> None:
    raw = "".join(pieces)
    normalised = normalise(raw)
    assert normalised.text.count("\n") == len(re.findall("\r\n|[\n\r\u2028\x85]", raw))
    assert "\r" not in normalised.text
    assert all(
        raw[start] in "\n\r\u2028\x85"
        for start, each in zip(normalised.starts, normalised.text, strict=True)
        if each == "\n"
    )


def test_every_character_is_stable() -> None:
    unstable = [
        f"U+{code:04X}"
        for code in (*range(0x3000, 0xA000), *range(0xF900, 0x10000), *range(0x1F000, 0x1FB00))
        if normalise(once := normalise(chr(code)).text).text != once
    ]
    assert unstable == []


@given(ANY_TEXT)
def test_nothing_invisible_is_left(raw: str) -> None:
    categories = {unicodedata.category(character) for character in normalise(raw).text if character != "\n"}
    assert not categories & {"Cc", "Cf", "Cs", "Co", "Mn", "Me", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("您好，请稍等。", "您好，请稍等。"),
        ("第一行\n第二行", "第一行\n第二行"),
        ("a\tb", "a b"),
        ("\x1b[31m红", "␛[31m红"),
        ("\x00\x07\r", "␀␇␍"),
        ("\x7f\x9b", "\\u007f\\u009b"),
        ("\u202e反", "\\u202e反"),
        ("\u200b", "\\u200b"),
        ("\ud800", "\\ud800"),
        ("\u2028", "\\u2028"),
        ("\U000e0041", "\\U000e0041"),
        ("\u3000\xa0", "  "),
        ("😀", "😀"),
    ],
)
def test_visible(raw: str, shown: str) -> None:
    assert visible(raw) == shown


@given(ANY_TEXT)
def test_visible_never_emits_what_a_terminal_obeys(raw: str) -> None:
    shown = visible(raw)
    assert not [
        character
        for character in shown
        if character != "\n" and unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    ]
    shown.encode("utf-8")  # can be printed whatever was in it
