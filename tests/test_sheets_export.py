"""``csbot export``: what is in the files, that nothing in them is a formula, and what is refused."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from tests.support import ROOT, csbot, write_library

from csbot.library.load import load_fresh
from csbot.sheets.csv_writing import csv_bytes
from csbot.sheets.holdings import read_holdings
from csbot.sheets.markers import digests, marker_of
from csbot.sheets.notes import is_required, note_of
from csbot.sheets.tables import BASE, EXAMPLES, REPLIES, RULES, SITUATIONS, TABLES
from csbot.sheets.workbook import TooLongError, workbook_bytes

FORMULA = '=HYPERLINK("http://evil.example","付款")'


def exported(folder: Path, *arguments: str) -> Any:
    return csbot("--library", str(folder), "export", *arguments)


def sheets_of(content: bytes | Path) -> dict[str, list[list[Any]]]:
    book = load_workbook(io.BytesIO(content) if isinstance(content, bytes) else content)
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book.worksheets}


@pytest.mark.slow
def test_a_workbook_holds_every_situation_example_reply_and_rule(tmp_path: Path) -> None:
    library = load_fresh(ROOT)
    done = exported(ROOT, str(tmp_path / "a.xlsx"))
    assert done.returncode == 0, done.stderr
    sheets = sheets_of(tmp_path / "a.xlsx")
    assert [row[0] for row in sheets["情景"][1:]] == list(library.intents)
    examples = [(row[0], row[3]) for row in sheets["例句"][1:] if row[2] == "例句"]
    assert examples == [(each.id, text) for each in library.intents.values() for text in each.examples]
    assert sum(row[2] == "范围外" for row in sheets["例句"][1:]) == len(library.out_of_scope)
    replies = {(row[0], row[2]) for row in sheets["回复"][1:]}
    assert replies == {(each.intent, reply.text) for each in library.scripts.values() for reply in each.replies}
    assert {row[0] for row in sheets["禁用语"][1:]} == {rule.id for rule in library.forbidden}
    at = [column.heading for column in REPLIES.columns].index("情绪")
    moods = {row[at] for row in sheets["回复"][1:]}
    assert {"生气", "着急", "担心", None} <= moods


def test_every_row_carries_the_digests_of_its_cells(tmp_path: Path) -> None:
    write_library(tmp_path)
    held = read_holdings(tmp_path)
    for table in TABLES.values():
        rows = list(held.rows(table))
        assert rows
        for cells, marker in rows:
            assert len(cells) == len(table.columns)
            assert marker.cells == digests(cells)
            assert marker_of(str(marker)) == marker


def test_nothing_in_a_workbook_is_a_formula(tmp_path: Path) -> None:
    cells = tuple(FORMULA for _ in RULES.columns)
    content = workbook_bytes({"禁用语": (RULES, [(cells, "1 a - 0/0 - -")])}, ["=1+1 说明"], {})
    for sheet in load_workbook(io.BytesIO(content)).worksheets:
        for row in sheet.iter_rows(min_row=2):
            assert [cell.data_type for cell in row if cell.value] == ["s"] * sum(bool(cell.value) for cell in row)
    assert sheets_of(content)["禁用语"][1][:-1] == [FORMULA] * len(cells)


def test_nothing_in_a_csv_file_is_a_formula() -> None:
    cells = tuple(FORMULA for _ in REPLIES.columns)
    text = csv_bytes({"回复": (REPLIES, [(cells, "1 a - 0/0 - -")])}, "utf-8").decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text)))[1][:-1] == ["'" + FORMULA] * len(cells)


@pytest.mark.parametrize(("encoding", "codec"), [("utf-8", "utf-8-sig"), ("gb18030", "gb18030")])
def test_a_csv_file_has_all_tables(tmp_path: Path, encoding: str, codec: str) -> None:
    write_library(tmp_path)
    done = exported(tmp_path, str(tmp_path / "a.csv"), "--encoding", encoding)
    assert done.returncode == 0, done.stderr
    content = (tmp_path / "a.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf") is (encoding == "utf-8")
    rows = list(csv.DictReader(io.StringIO(content.decode(codec), newline="")))
    assert {row["表"] for row in rows} == set(TABLES)
    replies = [row for row in rows if row["表"] == "回复"]
    assert replies[0]["回复"] == "{问候}，您可以用支付宝付款。"
    assert all(marker_of(row[BASE]) is not None for row in rows)


def test_one_table_has_its_own_columns_only(tmp_path: Path) -> None:
    write_library(tmp_path)
    done = exported(tmp_path, str(tmp_path / "a.csv"), "--table", "回复")
    assert done.stdout == f"已写入 {tmp_path / 'a.csv'}：回复 12 行\n"
    header = (tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    assert header.split(",") == [*(column.heading for column in REPLIES.columns), BASE]


@pytest.mark.slow
def test_the_template_has_headings_a_sample_choices_and_notes(tmp_path: Path) -> None:
    done = exported(ROOT, "--template", str(tmp_path / "t.xlsx"))
    assert done.returncode == 0, done.stderr
    book = load_workbook(tmp_path / "t.xlsx")
    assert book.sheetnames == ["说明", "情景", "例句", "回复"]
    for table in (SITUATIONS, EXAMPLES, REPLIES):
        sheet = book[table.name]
        assert [cell.value for cell in sheet[1]] == [*(column.heading for column in table.columns), BASE]
        assert sheet.max_row == 2
        assert all(cell.comment is not None for cell in sheet[1][:-1] if cell.value != BASE)
        assert sheet.column_dimensions["ABCDEFGHIJKLMNOPQRSTUVWXYZ"[len(table.columns)]].hidden
    offered = {each.formula1 for each in book["回复"].data_validations.dataValidation}
    assert {'"平静,生气,着急,担心"', '"短,长"', "=情景!$A$2:$A$20000"} <= offered
    assert any("春节" in formula for formula in offered)


def test_every_column_says_how_it_is_filled_in() -> None:
    for table in TABLES.values():
        for column in table.columns:
            assert note_of(column) or column.is_shown_only, column.heading
    assert [column.heading for column in RULES.columns if is_required(column)] == [
        "编号",
        "禁用的说法",
        "怎样算命中",
        "改说",
        "原因",
        "出处",
        "必须命中",
        "必须不命中",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a.txt"], "csbot: 请写明文件名，以 .xlsx 或 .csv 结尾：a.txt"),
        (["--template", "a.csv"], "csbot: 模板是带下拉选项的工作簿，文件名请以 .xlsx 结尾，不用 --table"),
        (["there.csv"], "csbot: there.csv 已经存在，里面可能有改好的内容；换个名字，或加 --force 覆盖"),
        (["a.csv", "--encoding", "latin1"], "csbot: --encoding 的值不对，可用：utf-8、gb18030"),
    ],
)
def test_what_cannot_be_written_is_said(tmp_path: Path, arguments: list[str], said: str) -> None:
    write_library(tmp_path)
    (tmp_path / "there.csv").write_text("我的", encoding="utf-8")
    done = csbot("export", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(said)
    assert (tmp_path / "there.csv").read_text(encoding="utf-8") == "我的"


def test_force_writes_over_a_file(tmp_path: Path) -> None:
    write_library(tmp_path)
    (tmp_path / "there.csv").write_text("旧的", encoding="utf-8")
    assert exported(tmp_path, str(tmp_path / "there.csv"), "--force").returncode == 0
    assert "旧的" not in (tmp_path / "there.csv").read_text(encoding="utf-8-sig")


def test_a_text_that_no_cell_holds_is_refused_and_not_cut() -> None:
    cells = tuple("长" * 32_768 if column.heading == "回复" else "" for column in REPLIES.columns)
    with pytest.raises(TooLongError, match="回复表第 2 行「回复」"):
        workbook_bytes({"回复": (REPLIES, [(cells, "")])}, [], {})
