"""Cells and markers: what a spreadsheet program may do to a text, and what must come back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csbot.sheets.cells import (
    canonical,
    digest,
    for_csv,
    for_workbook,
    from_csv,
    from_workbook,
    said,
    shown,
)
from csbot.sheets.markers import Marker, digests, marker_of
from csbot.sheets.tables import SITUATIONS, TABLES

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
COLUMNS = {column.heading: column for column in SITUATIONS.columns}


@pytest.mark.parametrize(
    "text", ["=1+1", "+86 10", "-20%", "@张三", "＝A1", "＋1", "－1", "＠x", "\t=1", "\r=1", "'=1"]
)
def test_what_a_spreadsheet_would_compute_is_written_as_text(text: str) -> None:
    written = for_csv(text)
    assert written.startswith("'")
    assert from_csv(written) == text


@pytest.mark.parametrize("text", ["'引用'", "您好=好", "'", "", "“-”"])
def test_other_text_is_written_as_it_is(text: str) -> None:
    assert for_csv(text) == text == from_csv(text)


@given(TEXTS | st.text("'=+-@\t\r＝x", max_size=8))
def test_nothing_is_lost_in_a_csv_cell(text: str) -> None:
    assert from_csv(for_csv(text)) == text


@given(TEXTS | st.text("_x0D07Aa\r\x07\ufffe", max_size=12))
def test_nothing_is_lost_in_a_workbook_cell(text: str) -> None:
    written = for_workbook(text)
    assert from_workbook(written) == text
    assert not set(written) & {chr(code) for code in (*range(9), *range(11, 32), 0xFFFE, 0xFFFF)}


@pytest.mark.parametrize(
    ("heading", "text", "value"),
    [
        ("触发", "客户", "customer"),
        ("触发", "customer", "customer"),
        ("触发", "谁都行", "谁都行"),
        ("关键词", "发票、开票，专票", ["发票", "开票", "专票"]),
        ("关键词", "发票\n开票、专票", ["发票", "开票、专票"]),
        ("关键词", " 发票 ;发票; ", ["发票"]),
        ("要素", "deadline|thanks", ["deadline|thanks"]),
        ("绝不能说（辅导）", "不能开，找财务去\r\n自己看", ["不能开，找财务去", "自己看"]),
        ("什么时候用", "  客户要发票\r\n ", "客户要发票"),
        ("行业", "", []),
    ],
)
def test_what_a_cell_means(heading: str, text: str, value: str | list[str]) -> None:
    assert said(text, COLUMNS[heading]) == value


@given(st.lists(TEXTS.map(canonical).filter(lambda text: text and "\n" not in text and "\r" not in text), unique=True))
def test_a_list_of_words_means_what_it_showed(words: list[str]) -> None:
    assert said(shown(words, COLUMNS["关键词"]), COLUMNS["关键词"]) == words


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("您好", "您好\r\n", True), ("甲\r\n乙", "甲\n乙", True), ("您好", "您 好", False), ("", " \n", True)],
)
def test_a_digest_forgives_what_programs_change_by_themselves(one: str, other: str, same: bool) -> None:
    assert (digest(one) == digest(other)) is same


@given(
    st.from_regex(r"[a-z][a-z0-9_.]*|", fullmatch=True),
    st.sampled_from(["examples", "replies", ""]),
    st.integers(0, 99999),
    st.lists(TEXTS, min_size=1, max_size=5),
)
def test_a_marker_is_read_back(owner: str, sort: str, index: int, cells: list[str]) -> None:
    marker = Marker(owner, sort, index, index + 1, digest("甲"), digests(cells))
    assert marker_of(str(marker)) == marker


@pytest.mark.parametrize("text", ["", "abc", "9 a - 0/0 - -", "1 a - 0/0 -", "1 a - x/0 - ab", "=1"])
def test_a_marker_that_was_meddled_with_counts_for_nothing(text: str) -> None:
    assert marker_of(text) is None


def test_no_heading_stands_twice_in_a_table() -> None:
    for table in TABLES.values():
        headings = [column.heading for column in table.columns]
        assert len(set(headings)) == len(headings)
