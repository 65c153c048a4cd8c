"""Readers of files: which text they give, and that every place in it leads back to what was written."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from csbot.sources.passage import Cell, Excerpt, Ignore, Item, SourceError, Span, failure_of
from csbot.sources.reading import FORMATS, Reading, read
from csbot.sources.text import markdown_items, text_items

PLANTED = "不准这样说"
SETTINGS = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def items(path: Path, content: str | bytes, **reading: Any) -> list[Item]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return list(read(str(path), Reading(**reading)))


def texts(found: Sequence[Item]) -> list[tuple[str, str]]:
    """Return the field and the text of every passage."""
    return [(item.field, item.text) for item in found if not isinstance(item, Ignore)]


def ignores(found: Sequence[Item]) -> list[Ignore]:
    return [item for item in found if isinstance(item, Ignore)]


def written_at(content: str, span: Span) -> str:
    """Return what stands in the file from the start of a span to its end; only line feeds end lines."""
    lines = content.split("\n")
    assert span.snippet == lines[span.line - 1]
    inside = lines[span.line - 1 : span.end_line]
    inside[-1] = inside[-1][: span.end_column - 1]
    inside[0] = inside[0][span.column - 1 :]
    return "\n".join(inside)


def planted_spans(found: Sequence[Item]) -> list[Span]:
    """Return the place of every PLANTED in the passages."""
    spans = []
    for item in found:
        if isinstance(item, Ignore):
            continue
        at = item.text.find(PLANTED)
        while at >= 0:
            if item.core is None or item.core[0] <= at < item.core[1]:
                spans.append(item.span(at, at + len(PLANTED)))
            at = item.text.find(PLANTED, at + 1)
    return spans


# name of the file, its content, how it is read, what its passages are (field, text)
CONTENTS: list[tuple[str, str, dict[str, Any], list[tuple[str, str]]]] = [
    ("a.txt", "您好\n再见", {}, [("", "您好\n再见")]),
    ("a.txt", "", {}, []),
    ("a.unknown", "您好", {}, [("", "您好")]),
    ("a.txt", "您好\r\n再见\r\n", {}, [("", "您好\r\n再见\r\n")]),
    ("a.md", "# 您好\n\n再见\n", {}, [("", "# 您好\n\n再见\n")]),
    ("a.md", "---\ntitle: x\n---\n您好\n", {}, [("", "您好\n")]),
    ("a.md", "+++\ntitle = 1\n+++\n您好\n", {}, [("", "您好\n")]),
    ("a.md", "---\n您好\n", {}, [("", "---\n您好\n")]),
    ("a.md", "您好\n---\n再见\n---\n", {}, [("", "您好\n---\n再见\n---\n")]),
    ("a.md", "您好\n```\n代码\n```\n再见\n", {}, [("", "您好\n"), ("", "再见\n")]),
    ("a.md", "您好\n~~~~ x\n```\n~~~\n~~~~\n再见\n", {}, [("", "您好\n"), ("", "再见\n")]),
    ("a.md", "- 您好\n  ```yaml\n  代码\n  ```\n> ```\n> 代码\n> ```\n", {}, [("", "- 您好\n")]),
    ("a.md", "1. ```\n   代码\n   ```\n", {}, []),
    ("a.md", "``` a `b` 不是代码块\n", {}, [("", "``` a `b` 不是代码块\n")]),
    ("a.md", "您<!-- 注释 -->好\n", {}, [("", "您" + " " * 11 + "好\n")]),
    ("a.md", "您<!-- 注\n释\n--> 好\n", {}, [("", "您      \n \n    好\n")]),
    ("a.md", "写法是 `<!--`，您好\n", {}, [("", "写法是 `<!--`，您好\n")]),
    ("a.md", "<!-- ``` -->\n您好\n", {}, [("", " " * 12 + "\n您好\n")]),
    ("a.yaml", "a: 您好\nb: [再见, 慢走]\n", {}, [("a", "您好"), ("b[0]", "再见"), ("b[1]", "慢走")]),
    ("a.yml", "- {text: 您好, id: x}\n", {"columns": ("text",)}, [("[0].text", "您好")]),
    ("a.yaml", "您好\n", {}, [("", "您好")]),
    ("a.yaml", "a: &x 您好\nb: *x\nc: 再见\n", {}, [("a", "您好"), ("c", "再见")]),
    ("a.yaml", "? [甲, 乙]\n: 您好\nd: 再见\n", {}, [("[0]", "甲"), ("[1]", "乙"), ("?", "您好"), ("d", "再见")]),
    ("a.yaml", "a: 您好\n---\nb: 再见\n", {}, [("a", "您好"), ("b", "再见")]),
    ("a.yaml", "a: ''\nb: ~\nc: |\n  您\n  好\n", {}, [("b", "~"), ("c", "您\n好\n")]),
    ("a.yaml", "a: >-\n  您\n  好\n\n  呀\n", {}, [("a", "您 好\n呀")]),
    ("a.yaml", "x: {b: {text: 您好}, c: {text: 再见}}\n", {"columns": ("b.text",)}, [("x.b.text", "您好")]),
    (
        "a.json",
        '{"a": "您好", "b": [1, {"c": "\\u60a8\\n"}], "": ["再见"]}',
        {},
        [("a", "您好"), ("b[1].c", "您\n"), ("[0]", "再见")],
    ),
    ("a.json", '"您好"', {}, [("", "您好")]),
    ("a.json", "[]", {}, []),
    ("a.json", '{"text": "您好", "id": "x"}', {"columns": ("text",)}, [("text", "您好")]),
    ("a.json", '{"n": ' + "1" * 5000 + ', "t": "\\ud83d\\ude00您"}', {}, [("t", "😀您")]),
    (
        "a.jsonl",
        '{"text": "您好", "id": "x"}\n\n{"text": null}\r\n{"text": "再见"}',
        {},
        [("text", "您好"), ("text", "再见")],
    ),
    ("a.ndjson", '{"m": [{"reply": "您好"}]}\n', {"columns": ("m.reply",)}, [("m[0].reply", "您好")]),
    ("a.csv", "问题,客服回复\n怎么付款,您好\n", {}, [("客服回复", "您好")]),
    ("a.csv", "问题;话术\r\n怎么付款;您好\r\n", {}, [("话术", "您好")]),
    ("a.csv", "您好,再见\n慢走\n", {}, [("第1列", "您好"), ("第2列", "再见"), ("第1列", "慢走")]),
    ("a.csv", "id,甲,乙\n1,您好,再见\n", {"columns": ("甲", "乙")}, [("甲", "您好"), ("乙", "再见")]),
    ("a.csv", 'text\n"您\n""好"", 呀"\n', {}, [("text", '您\n"好", 呀')]),
    ("a.csv", "text\n您好,我不知道\n", {}, [("text", "您好"), ("第2列", "我不知道")]),
    ("a.csv", 'text\n"您"好\n好"您"\n', {}, [("text", "您好"), ("text", '好"您"')]),
    (
        "a.csv",
        "客户内容,回复时间\n您好,9:30\n",
        {},
        [("第1列", "客户内容"), ("第2列", "回复时间"), ("第1列", "您好"), ("第2列", "9:30")],
    ),
    ("a.tsv", "text\tid\n您好, 再见\t1\n", {}, [("text", "您好, 再见")]),
    ("a.csv", "text\n", {}, []),
    ("a.txt", '{"text": "您好"}', {"format": "json"}, [("text", "您好")]),
]


@pytest.mark.parametrize(("name", "content", "reading", "expected"), CONTENTS)
def test_what_a_file_says(
    name: str, content: str, reading: dict[str, Any], expected: list[tuple[str, str]], tmp_path: Path
) -> None:
    assert texts(items(tmp_path / name, content, **reading)) == expected


# name, content, how it is read, line:column: code of the error
FAULTS: list[tuple[str, str | bytes, dict[str, Any], str]] = [
    ("a.md", "您好\n```\n再见\n", {}, "2:1: markdown.unclosed"),
    ("a.md", "您好\n再<!-- 见\n", {}, "2:1: markdown.unclosed"),
    ("a.yaml", "a: [您好\n", {}, "1:4: yaml.syntax"),
    ("a.yaml", "a: 您\x07好\n", {}, "1:5: yaml.syntax"),
    ("a.yaml", "[" * 1000, {}, "1:201: yaml.depth"),
    ("a.yaml", "a: 您好\n", {"columns": ("text",)}, "1:1: input.field"),
    ("a.json", '{"a": "您好",\n}', {}, "2:1: json.syntax"),
    ("a.json", "", {}, "1:1: json.syntax"),
    ("a.json", "[" * 100_000, {}, "1:1: json.syntax"),
    ("a.json", '{"a": "您好"}', {"columns": ("b",)}, "1:1: input.field"),
    ("a.jsonl", '{"text": "您好"}\n{"text": \n', {}, "2:10: input.json"),
    ("a.jsonl", '["您好"]\n', {}, "1:1: input.json"),
    ("a.jsonl", '{"text": "您好"}\n{"reply": "您好"}\n', {}, "2:1: input.field"),
    ("a.jsonl", '{"text": 1}\n', {}, "1:1: input.field"),
    ("a.csv", "a,b\n您,好\n", {"columns": ("c",)}, "1:1: table.column"),
    ("a.csv", 'text\n您好\n"再见\n您好\n', {}, "3:1: table.quote"),
    ("a.csv", 'text\n"' + "您" * 1_000_001 + "\n" * 10, {}, "2:1: table.quote"),
    ("a.csv", b"text\n\xc4\xe3\0\n", {}, "1:1: file.binary"),
    ("a.txt", b"PK\x03\x04\0\0", {}, "1:1: file.binary"),
    ("a.txt", b"ok\nCr\xe8me br\xfbl\xe9e\n", {}, "2:1: file.encoding"),
    ("a.txt", b"\xef\xbb\xbfok\n\xff", {}, "2:1: file.encoding"),
    ("a.txt", "您好".encode("gb18030"), {"encoding": "utf-8"}, "1:1: file.encoding"),
    ("a.txt", "한국어 안녕하세요\n".encode("cp949") + b"\x80\x20", {}, "1:1: file.encoding"),
    ("a.txt", "這裡沒有您要的東西，請稍後再來".encode("big5"), {}, "1:1: file.encoding"),
    ("a.xlsx", b"not a zip", {}, "1:1: table.workbook"),
    ("a.xlsx", b"", {}, "1:1: table.workbook"),
    ("a.xls", b"\xd0\xcf\x11\xe0\0\0", {}, "1:1: file.binary"),
]


@pytest.mark.parametrize(("name", "content", "reading", "expected"), FAULTS)
def test_what_cannot_be_read_is_said(
    name: str, content: str | bytes, reading: dict[str, Any], expected: str, tmp_path: Path
) -> None:
    with pytest.raises(SourceError) as caught:
        items(tmp_path / name, content, **reading)
    problem = caught.value.problem
    assert f"{problem.line}:{problem.column}: {problem.code}" == expected
    assert problem.path.endswith(name)
    assert any("\u4e00" <= each <= "\u9fff" for each in problem.message)


@pytest.mark.parametrize(
    ("encoding", "forced"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-16", None),
        ("utf-32", None),
        ("gb18030", None),
        ("gbk", None),
        ("utf-8", "utf-8"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16"),
        ("utf-8-sig", "utf-8"),
    ],
)
@pytest.mark.parametrize("content", ["您好，请稍等。\n这个我不知道\n", "text\n您好\n", "不行，這是規定"])
def test_encodings(encoding: str, forced: str | None, content: str, tmp_path: Path) -> None:
    (passage,) = items(tmp_path / "a.txt", content.encode(encoding), encoding=forced)
    assert isinstance(passage, Excerpt)
    assert passage.text == content


def test_big5_is_read_when_it_is_named(tmp_path: Path) -> None:
    assert texts(items(tmp_path / "a.txt", "請稍後".encode("big5"), encoding="big5")) == [("", "請稍後")]


def test_a_character_on_the_edge_of_a_chunk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("csbot.sources.encoding.CHUNK", 5)
    for encoding in ("utf-8", "gb18030"):
        found = items(tmp_path / "a.txt", "您好请稍等\n再见".encode(encoding))
        assert "".join(text for _, text in texts(found)) == "您好请稍等\n再见"


WORDS = st.text(st.sampled_from("您好请稍等，。a1 \t#-:'\"\\,;|{}[]<>`!&*%@?～😀é\u2028\x85\u3000"), max_size=12)
PIECES = st.lists(st.tuples(WORDS, st.booleans()), min_size=1, max_size=6)


def joined(pieces: list[tuple[str, bool]]) -> str:
    return "".join(word + (PLANTED if planted else "") for word, planted in pieces)


def as_text(values: list[str]) -> str:
    return "\n".join(values)


def as_csv(values: list[str]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["id", "text"])
    writer.writerows([number, value] for number, value in enumerate(values))
    return stream.getvalue()


def as_jsonl(values: list[str], ascii_only: bool = False) -> str:
    return "".join(json.dumps({"id": "x", "text": value}, ensure_ascii=ascii_only) + "\n" for value in values)


def as_yaml(values: list[str], **style: Any) -> str:
    return str(yaml.safe_dump([{"text": value} for value in values], allow_unicode=True, **style))


WRITERS: dict[str, tuple[str, Callable[[list[str]], str]]] = {
    "text": ("a.txt", as_text),
    "csv": ("a.csv", as_csv),
    "jsonl": ("a.jsonl", as_jsonl),
    "jsonl, escaped": ("a.jsonl", lambda values: as_jsonl(values, ascii_only=True)),
    "json": ("a.json", lambda values: json.dumps({"text": values}, ensure_ascii=False, indent=1)),
    "json, escaped": ("a.json", lambda values: json.dumps([values])),
    "yaml": ("a.yaml", as_yaml),
    "yaml, narrow": ("a.yaml", lambda values: as_yaml(values, width=8)),
    "yaml, quoted": ("a.yaml", lambda values: as_yaml(values, default_style='"', width=8)),
    "yaml, escaped": ("a.yaml", lambda values: str(yaml.safe_dump(values, default_style='"'))),
    "yaml, single quotes": ("a.yaml", lambda values: as_yaml(values, default_style="'", width=8)),
    "yaml, literal": ("a.yaml", lambda values: as_yaml(values, default_style="|")),
    "yaml, folded": ("a.yaml", lambda values: as_yaml(values, default_style=">", width=8)),
    "yaml, flow": ("a.yaml", lambda values: as_yaml(values, default_flow_style=True)),
}


def unescaped(written: str, name: str) -> str:
    """Return what a stretch of a file says: escapes and line folding resolved."""
    if "json" in name or "quoted" in name or "escaped" in name:
        written = "".join(written.split("\\\n")) if "yaml" in name else written
        return str(json.loads(f'"{written}"')) if "\\" in written else written
    return written


@pytest.mark.parametrize("name", WRITERS)
@settings(SETTINGS, max_examples=40)
@given(values=st.lists(PIECES, min_size=1, max_size=4))
@example(values=[[("a\n ", True), ("\n\n", True)], [("# x: ", True)]])
@example(values=[[("'\"", True), ("\\u4e0d\\n", True), ("😀", True)]])
def test_a_place_leads_back_to_what_was_written(
    name: str, values: list[list[tuple[str, bool]]], tmp_path: Path
) -> None:
    file, write = WRITERS[name]
    said = [joined(value) for value in values]
    content = write(said)
    if name == "text":
        assume("csbot" not in content)
    found = items(tmp_path / file, content)
    spans = planted_spans(found)
    assert len(spans) == sum(each.count(PLANTED) for each in said)
    if name != "text":
        if "yaml" in name:  # what was dumped need not be what is read: YAML folds breaks of its own (U+0085)
            loaded = yaml.load(content, Loader=yaml.CBaseLoader)
            said = [each if isinstance(each, str) else each["text"] for each in loaded]
        assert [text for _, text in texts(found)] == [each for each in said if each.strip() or "json" in name]
    for span in spans:
        written = written_at(content, span)
        if "\n" in written:  # folded: white space stands inside
            written = "".join(written.replace("\\\n", "\n").split())
        assert unescaped(written, name) == PLANTED


@settings(SETTINGS)
@given(
    rows=st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=5), min_size=2, max_size=3))
)
def test_values_of_a_table_are_those_that_the_standard_library_reads(rows: list[list[str]], tmp_path: Path) -> None:
    stream = io.StringIO()
    csv.writer(stream).writerows([["一", "二"], *rows])
    found = items(tmp_path / "a.csv", stream.getvalue(), columns=("一", "二"))
    assert [text for _, text in texts(found)] == [value for row in rows for value in row if value.strip()]


LINES = st.lists(
    st.sampled_from(["", "您好", "请稍等一下", PLANTED, f"您{PLANTED}好{PLANTED}", "a", "　"]), max_size=40
)


@settings(deadline=None)
@given(
    lines=LINES,
    size=st.integers(1, 40),
    margin=st.integers(1, 12),
    reader=st.sampled_from([text_items, markdown_items]),
)
def test_windows_hold_every_line_once(lines: list[str], size: int, margin: int, reader: Any) -> None:
    content = "\n".join(lines)

    def whole(text: str) -> Iterator[str]:
        return io.StringIO(text, newline="\n")

    cut = list(reader(whole(content), failure_of("x"), size=size, margin=margin))
    (*once,) = reader(whole(content), failure_of("x"))
    assert planted_spans(cut) == planted_spans(once)
    cores = [item.text[item.core[0] : item.core[1]] for item in cut if isinstance(item, Excerpt) and item.core]
    assert "".join(cores) == content
    for item in cut:
        assert isinstance(item, Excerpt)
        assert item.core is not None
        before, behind = item.text[: item.core[0]], item.text[item.core[1] :]
        first, last = item is cut[0], item is cut[-1]
        assert first or len(before) >= min(margin, len("".join(cores[: cut.index(item)])))
        assert last or len(behind) >= margin


def workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_workbook(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        {
            "售后 话术": [["编号", "话术", "csbot"], [1, "您好"], [], [2, f"再见\n{PLANTED}", "忽略 a.b 理由"]],
            "其他": [["您好", 3.5], [None, None, None, "再见"]],
        },
    )
    found = list(read(str(path), Reading()))
    cells = [item for item in found if isinstance(item, Cell)]
    assert [(cell.row, cell.column, cell.field, cell.text) for cell in cells] == [
        (2, 2, "售后 话术!B2", "您好"),
        (4, 2, "售后 话术!B4", f"再见\n{PLANTED}"),
        (1, 1, "其他!A1", "您好"),
        (2, 4, "其他!D2", "再见"),
    ]
    assert cells[1].span(3, 8) == Span(4, 2, 4, 3, PLANTED)
    (ignore,) = ignores(found)
    assert (ignore.rules, ignore.reason, ignore.span.start) == (("a.b",), "理由", (4, 3))
    assert ignore.covers((4, 2), 0)
    assert not ignore.covers((2, 2), 0)


def test_a_column_that_only_one_sheet_has(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"一": [["话术"], ["您好"]], "二": [["备注"], ["再见"]]})
    assert texts(list(read(str(path), Reading(columns=("备注",))))) == [("二!A2", "再见")]
    with pytest.raises(SourceError, match=r"table\.column"):
        list(read(str(path), Reading(columns=("回复",))))


# name of the file, content, style of the comment: (rules, reason, line:column of the comment, lines it speaks of)
COMMENTS: list[tuple[str, str, list[tuple[tuple[str, ...], str, str, range]]]] = [
    ("a.txt", "您好 # csbot: 忽略 a.b 引用客户原话\n再见\n", [(("a.b",), "引用客户原话", "1:4", range(1, 2))]),
    ("a.txt", "# csbot：忽略 a.b：理由\r\n\r\n您好\r\n", [(("a.b",), "理由", "1:1", range(3, 4))]),
    ("a.txt", "// csbot-ignore a.b, a_1.c-d: why not\n您好", [(("a.b", "a_1.c-d"), "why not", "1:1", range(2, 3))]),
    ("a.txt", "<!-- csbot: ignore a.b、c.d，理由 --> 您好", [(("a.b", "c.d"), "理由", "1:1", range(1, 2))]),
    (
        "a.txt",
        "# csbot: 忽略 a.b 一\n# csbot: 忽略 c.d 二\n您好",
        [(("a.b",), "一", "1:1", range(3, 4)), (("c.d",), "二", "2:1", range(3, 4))],
    ),
    ("a.txt", "您好 # csbot: 忽略 a.b\n", [(("a.b",), "", "1:4", range(1, 2))]),
    ("a.txt", "您好 # csbot: 忽略 a.b ——\n", [(("a.b",), "", "1:4", range(1, 2))]),
    ("a.txt", "您好 # csbot: 忽略\n", [(("",), "", "1:4", range(1, 2))]),
    ("a.txt", "您好 # csbot: 忽略 规定 理由\n", [(("规定",), "理由", "1:4", range(1, 2))]),
    ("a.txt", "您好\n# csbot: 忽略 a.b 理由\n\n", [(("a.b",), "理由", "2:1", range(0))]),
    ("a.txt", "您好 csbot: 忽略 a.b 理由\n", []),
    ("a.md", "您好 # csbot: 忽略 a.b 理由\n", []),
    ("a.md", "您好 `<!-- csbot: 忽略 a.b 理由 -->`\n", []),
    ("a.md", "```\n<!-- csbot: 忽略 a.b 理由 -->\n```\n", []),
    ("a.md", "<!-- csbot: 忽略 a.b 理由 -->\n\n```\nx\n```\n您好\n", [(("a.b",), "理由", "1:1", range(6, 7))]),
    ("a.md", "您好 <!-- csbot: 忽略 a.b 理由 --> 再见\n", [(("a.b",), "理由", "1:4", range(1, 2))]),
    ("a.yaml", "a: 您好 # csbot: 忽略 a.b 理由\n", [(("a.b",), "理由", "1:7", range(1, 2))]),
    ("a.yaml", "# csbot: 忽略 a.b 理由\n# 别的\n\na: 您好\n", [(("a.b",), "理由", "1:1", range(4, 5))]),
    ("a.yaml", "a: |  # csbot: 忽略 a.b 理由\n  您好\n", [(("a.b",), "理由", "1:7", range(1, 2))]),
    ("a.yaml", 'a: "您好 # csbot: 忽略 a.b 理由"\nb: |\n  # csbot: 忽略 a.b 理由\n', []),
    ("a.json", '{"x": "您好",\n "csbot": "忽略 a.b 理由"}', [(("a.b",), "理由", "2:11", range(1, 3))]),
    ("a.json", '{"csbot": "1.0", "x": "您好"}', []),
    (
        "a.jsonl",
        '{"text": "您好"}\n{"text": "再见", "csbot": "忽略 a.b 理由"}\n',
        [(("a.b",), "理由", "2:25", range(2, 3))],
    ),
    ("a.csv", 'text,csbot\n您好,\n"再\n见",csbot: 忽略 a.b 理由\n', [(("a.b",), "理由", "3:1", range(3, 5))]),
]


@pytest.mark.parametrize(("name", "content", "expected"), COMMENTS)
def test_comments_that_set_findings_aside(name: str, content: str, expected: list[Any], tmp_path: Path) -> None:
    found = items(tmp_path / name, content)
    comments = ignores(found)
    assert [(each.rules, each.reason, f"{each.span.line}:{each.span.column}") for each in comments] == [
        row[:3] for row in expected
    ]
    for comment, (*_, lines) in zip(comments, expected, strict=True):
        assert [line for line in range(1, 10) if comment.covers((line, 5), 0)] == list(lines)
        said = "".join(text for _, text in texts(found))
        assert "理由" not in said, "what a comment says is not what an agent says"


def test_a_comment_in_an_object_speaks_of_that_object_alone(tmp_path: Path) -> None:
    content = '[{"text": "甲", "csbot": "忽略 a.b 理由"}, {"text": "乙"}]'
    found = items(tmp_path / "a.json", content)
    (comment,) = ignores(found)
    covered = [item.text for item in found if isinstance(item, Excerpt) and comment.covers(item.span(0, 1).start, 0)]
    assert covered == ["甲"]


def test_a_comment_above_a_key_speaks_of_the_whole_value(tmp_path: Path) -> None:
    content = "# csbot: 忽略 a.b 理由\ntext: |\n  您好\n  再见\nother: 慢走\n"
    found = items(tmp_path / "a.yaml", content)
    (comment,) = ignores(found)
    covered = {
        item.field: comment.covers(item.span(len(item.text) - 2, len(item.text) - 1).start, item.anchor)
        for item in found
        if isinstance(item, Excerpt)
    }
    assert covered == {"text": True, "other": False}


def test_every_format_has_an_extension_of_its_own() -> None:
    extensions = [extension for each in FORMATS.values() for extension in each]
    assert len(set(extensions)) == len(extensions)
    assert all(FORMATS.values())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "line", "lines"),
    [
        ("a.txt", "您好，请稍等\n", 6_000),
        ("a.csv", "您好,请稍等\n", 1_000),
        ("a.jsonl", '{"text": "您好"}\n', 1_000),
    ],
)
def test_memory_does_not_grow_with_the_file(
    name: str, line: str, lines: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("csbot.sources.encoding.CHUNK", 10_000)
    peaks = []
    for number in (1, lines, lines * 8):  # the first only imports what is needed
        path = tmp_path / name
        path.write_text(line * number, encoding="utf-8")
        tracemalloc.start()
        assert sum(1 for _ in read(str(path), Reading())) > 0
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] < peaks[1] * 2 + 100_000


SEEDS: dict[str, bytes] = {
    "text": "您好 # csbot: 忽略 a.b 理由\n".encode(),
    "markdown": "---\na: b\n---\n您好\n```\nx\n```\n<!-- csbot: 忽略 a.b 理由 -->\n`x` 再见\n".encode(),
    "yaml": "a: &x \"您\\u4e0d\\n好\"\nb: |\n  您好\nc: ['x''y', *x]\nd: >-\n  甲\n  乙\n# csbot: 忽略 a.b".encode(),
    "json": '{"a": ["您\\u597d", 1, null, {"csbot": "忽略 a.b 理由"}], "b": "\\ud83d\\ude00"}'.encode(),
    "jsonl": '{"text": "您\\u597d", "csbot": "忽略 a.b x"}\n{"text": "好"}\n'.encode(),
    "csv": 'id,话术,csbot\n1,"您""好\n呀",忽略 a.b x\n2,再见,\n'.encode(),
    "tsv": "id\t话术\n1\t您好\n".encode("gb18030"),
    "xlsx": b"PK\x03\x04",
}
DISTURBANCES = [
    *map(bytes, zip(b"\"'\\\n\r{}[],:|>#\t\0*&!%")),
    b"- ",
    b"? ",
    b"---\n",
    b"```",
    b"<!--",
    b"-->",
    b"\xff\xfe",
]
DISTURBANCES += [b"\xef\xbb\xbf", "\u2028\x85".encode(), b"\\ud800", b"", b"csbot"]


@pytest.mark.parametrize("name", SEEDS)
@settings(SETTINGS, max_examples=60)
@given(
    edits=st.lists(
        st.tuples(
            st.integers(0, 200), st.integers(0, 5), st.one_of(st.sampled_from(DISTURBANCES), st.binary(max_size=3))
        ),
        max_size=6,
    ),
    encoding=st.sampled_from([None, None, "utf-8", "gb18030", "utf-16"]),
)
def test_a_disturbed_file_is_read_or_refused(
    name: str, edits: list[tuple[int, int, bytes]], encoding: str | None, tmp_path: Path
) -> None:
    content = bytearray(SEEDS[name])
    for at, removed, put in edits:
        content[at : at + removed] = put
    path = tmp_path / "a"
    path.write_bytes(content)
    with suppress(SourceError):
        for item in read(str(path), Reading(name, encoding)):
            if isinstance(item, Ignore):
                assert item.written
            elif item.text:
                span = item.span(0, len(item.text))
                assert (1, 1) <= span.start < (span.end_line, span.end_column)
