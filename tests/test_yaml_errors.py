"""What trainers get wrong in YAML, and the place and words in which they are told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.support import PATHS, TEXTS, csbot, edited, place_of, places, refused, write_library

from csbot.library.load import load_library, read_documents
from csbot.library.problems import LibraryError
from csbot.library.yaml_document import Document
from csbot.library.yaml_reader import MAXIMUM_BYTES, parse_yaml, read_yaml
from csbot.lint.codes import CODES

HAN = re.compile("[\u4e00-\u9fff]")
LAUGHS = 'a: &a ["ha","ha"]\n' + "".join(
    f"{b}: &{b} [{', '.join(['*' + a] * 9)}]\n" for a, b in zip("ab", "bc", strict=True)
)

# What is written → line:column, code, and a word of the advice.
BROKEN: dict[str, tuple[str | bytes, str, str]] = {
    "tab indent": ("a: 1\n\tb: 2\n", "2:1: yaml.tab", "空格"),
    "tab after spaces": ("a:\n  - x\n \t- y\n", "3:2: yaml.tab", "空格"),
    "tab after a dash": ("a:\n-\tx\n", "2:2: yaml.tab", "空格"),
    "duplicate key": ("a: 1\nb: 2\na: 3\n", "3:1: yaml.duplicate-key", "第 1 行"),
    "duplicate key in braces": ("x: {a: 1, a: 2}\n", "1:11: yaml.duplicate-key", "「a」"),
    "duplicate key in quotes": ('a: 1\n"a": 2\n', "2:1: yaml.duplicate-key", "「a」"),
    "duplicate key after an emoji": ("a: {b: 😀, b: 1}\n", "1:11: yaml.duplicate-key", "「b」"),
    "alias bomb": (LAUGHS, "1:4: yaml.alias", "写全"),
    "anchor": ("a: &x 1\n", "1:4: yaml.alias", "写全"),
    "alias of nothing": ("a: *x\n", "1:4: yaml.alias", "引号"),
    "emphasis with stars": ("- **重要**\n", "1:3: yaml.syntax", "引号"),
    "ampersand": ("a: & b\n", "1:4: yaml.syntax", "引号"),
    "tag": ("a: !big 请看\n", "1:4: yaml.tag", "感叹号"),
    "exclamation": ("a: !重要 请看\n", "1:4: yaml.syntax", "!"),
    "python tag": ("a: !!python/object/apply:os.system [x]\n", "1:4: yaml.tag", "感叹号"),
    "GBK": ("# ok\n名: 中文\n".encode("gbk"), "2:1: file.encoding", "UTF-8"),
    "GBK inside": (b"# ok\nab: " + "中文".encode("gbk"), "2:5: file.encoding", "UTF-8"),
    "UTF-16": ("a: 1\n".encode("utf-16"), "1:1: file.encoding", "UTF-8"),
    "lone surrogate": (b"a: x\xed\xa0\x80y\n", "1:5: file.encoding", "UTF-8"),
    "empty": ("", "1:1: yaml.empty", "内容"),
    "blank": ("\n\n  \n", "1:1: yaml.empty", "内容"),
    "only a comment": ("# 以后再写\n", "1:1: yaml.empty", "内容"),
    "only dashes": ("---\n", "1:1: yaml.empty", "内容"),
    "BOM and nothing": (b"\xef\xbb\xbf", "1:1: yaml.empty", "内容"),
    "full-width colon first": ("id：a\nname: b\n", "1:3: yaml.syntax", "英文冒号"),
    "full-width colon between": ("a: 1\nid：b\nc: 2\n", "2:3: yaml.syntax", "英文冒号"),
    "full-width colon in a list": ("a:\n  - id：b\n    name: c\n", "2:7: yaml.syntax", "英文冒号"),
    "full-width colons only": ("id：a\nname：b\n", "1:3: yaml.syntax", "英文冒号"),
    "colon without space": ("x:\n  - a: 1\n    b:2\n", "3:6: yaml.syntax", "空一格"),
    "unquoted colon": ("text: 注意: 请看\n", "1:9: yaml.syntax", "引号"),
    "unquoted colon after an emoji": ("a: 😀: x\n", "1:5: yaml.syntax", "引号"),
    "unquoted colon, CRLF": ("a: 1\r\nb: x: y\r\n", "2:5: yaml.syntax", "引号"),
    "unclosed double quote": ('a: 1\nb: "abc\nc: 2\n', "2:4: yaml.syntax", "引号"),
    "unclosed single quote": ("a: 1\nb: 'abc\nc: 2\n", "2:4: yaml.syntax", "引号"),
    "unclosed quote before another": ('a: "abc\nb: "x"\n', "1:4: yaml.syntax", "成对"),
    "text after a quote": ('a: "abc" def\n', "1:10: yaml.syntax", "引号"),
    "backslash": ('a: "C:\\问"\n', "1:7: yaml.syntax", "反斜杠"),
    "list item to the left": ("a:\n  - x\n - y\n", "3:2: yaml.syntax", "对齐"),
    "list item to the right": ("a:\n  - x\n   - y\n", "3:4: yaml.syntax", "2 个"),
    "list item without dash": ("a:\n  - x\n  b: y\n", "3:3: yaml.syntax", "- "),
    "list item without space": ("a:\n  -x\n  -y\n", "2:3: yaml.syntax", "- "),
    "list on the line of its key": ("a: - x\n", "1:4: yaml.syntax", "另起一行"),
    "key to the right": ("  a: 1\nb: 2\n", "2:1: yaml.syntax", "对齐"),
    "unclosed bracket": ("a: [x, y\nb: 2\n", "1:4: yaml.syntax", "方括号"),
    "unclosed brace": ("a: {x: 1\nb: 2\n", "1:4: yaml.syntax", "花括号"),
    "slot first, unquoted": ("text: {问候}，您好\n", "1:7: yaml.syntax", "引号"),
    "slot first in a list": ("- {问候}，您好\n", "1:3: yaml.syntax", "引号"),
    "bracket as key": ("[a]: 1\n", "1:1: yaml.key", "引号"),
    "at sign": ("a: @x\n", "1:4: yaml.syntax", "引号"),
    "greater-than sign": ("a: >x\n", "1:4: yaml.syntax", "引号"),
    "two documents": ("a: 1\n---\nb: 2\n", "2:1: yaml.syntax", "一份内容"),
    "text after the end": ("a: 1\n...\nb: 2\n", "3:1: yaml.syntax", "..."),
    "NUL": ("名: 1\nb: 好x\0y\n", "2:6: yaml.syntax", "控制字符"),
    "bell": ("名: 1\nb: 好x\ay\n", "2:6: yaml.syntax", "控制字符"),
    "escape code": ("a: \x1b[31m红\n", "1:4: yaml.syntax", "控制字符"),
    "deep brackets": ("a: " + "[" * 100_000 + "\n", "1:33: yaml.depth", "30 层"),
    "deep braces": ("a: " + "{a: " * 50_000 + "\n", "1:120: yaml.depth", "30 层"),
    "deep dashes": ("- " * 50_000 + "x\n", "1:61: yaml.depth", "30 层"),
    "deep keys": ("".join("  " * level + "a:\n" for level in range(40)), "31:61: yaml.depth", "30 层"),
}


def as_bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


@pytest.mark.parametrize("name", BROKEN)
def test_broken_yaml_is_reported_at_its_place(name: str) -> None:
    text, expected, advice = BROKEN[name]
    problems = parse_yaml(as_bytes(text), "f.yaml").problems
    assert [f"{each.line}:{each.column}: {each.code}" for each in problems] == [expected]
    assert advice in problems[0].message
    assert HAN.search(problems[0].message)
    assert problems[0].code in CODES


def test_places_count_code_points_from_one() -> None:
    problem = parse_yaml("😀😀: {a: 1, a: 2}\n".encode(), "f.yaml").problems[0]
    assert str(problem).startswith("f.yaml:1:12: yaml.duplicate-key ")


def read(text: str | bytes) -> Document:
    return parse_yaml(as_bytes(text), "f.yaml")


@pytest.mark.parametrize(
    "written",
    [
        "007",
        "9:30",
        "是",
        "on",
        "no",
        "Yes",
        "1e3",
        "0x1F",
        "2026-02-17",
        "1_000",
        ".5",
        "=",
        "<<",
        "true",
        "？",
        "！好",
    ],
)
def test_scalars_stay_as_written(written: str) -> None:
    document = read(f"a: {written}\n{written}: [{written}]\n")
    assert not document.problems
    assert document.data == {"a": written, written: [written]}


@pytest.mark.parametrize("written", ["null", "Null", "NULL", "~"])
def test_what_yaml_calls_nothing_is_a_text_that_a_customer_may_say(written: str) -> None:
    document = read(f'a: "{written}"\nb: [{written}]\n')
    assert not document.problems
    assert document.data == {"a": written, "b": [written]}
    (problem,) = read(f"a: {written}\n").problems
    assert (problem.line, problem.column, problem.code) == (1, 4, "schema.empty")


def test_an_empty_value_is_an_empty_text() -> None:
    assert read("a:\nb: ''\n").data == {"a": "", "b": ""}


@pytest.mark.parametrize(
    "text", ["\ufeffa: [x]\n", "a: [x]\r\n", "---\na:\n  - x\n", "a: # 说明\n- x\n", "%YAML 1.1\n---\na: [x]\n"]
)
def test_harmless_forms_are_read(text: str) -> None:
    document = read(text)
    assert not document.problems
    assert document.data == {"a": ["x"]}


def test_merge_keys_merge_nothing() -> None:
    assert read("a:\n  <<: {b: 1}\n").data == {"a": {"<<": {"b": "1"}}}


def test_all_duplicates_of_a_file_are_listed() -> None:
    assert [(each.line, each.column) for each in read("a: 1\na: 2\nb: {c: 1, c: 2}\n").problems] == [(2, 1), (3, 11)]


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as stream:
        stream.truncate(MAXIMUM_BYTES + 1)
    assert [each.code for each in read_yaml(path).problems] == ["file.too-large"]


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    assert [each.code for each in read_yaml(tmp_path / "none.yaml").problems] == ["file.unreadable"]
    assert [each.code for each in read_yaml(tmp_path).problems] == ["file.unreadable"]


# The shape of each file: kind, what is replaced, by what, where the problem is seen, code, a word of the advice.
MISSHAPEN: dict[str, tuple[str, str, str, str, str, str]] = {
    "misspelt key": (
        "intents",
        "keywords: [发票]",
        "keyword: [发票]",
        "keyword: [",
        "schema.unknown-key",
        "是不是「keywords」",
    ),
    "unknown key": ("slots", "姓什么, example: 王", "姓什么, xyz: 王", "xyz", "schema.unknown-key", "可用的键"),
    "full-width colon in braces": (
        "scripts",
        "{festival: any}",
        "{festival：any}",
        "festival：",
        "schema.unknown-key",
        "写成「festival: any」",
    ),
    "merge key": (
        "intents",
        "    cue: 客户要开发票",
        "    cue: 客户要开发票\n    <<: {part: body}",
        "<<",
        "schema.unknown-key",
        "<<",
    ),
    "text for a list": ("intents", "[付款方式]", "付款方式", "付款方式\n    examples", "schema.type", "列表"),
    "list for a text": ("intents", "cue: 客户要开发票", "cue: [客户, 要]", "[客户, 要]", "schema.type", "引号"),
    "slot for a text": (
        "scripts",
        'text: "付款可以用支付宝，请您放心。"',
        "text: {问候}",
        "{问候}\n",
        "schema.type",
        "引号",
    ),
    "map for a text": ("intents", "- 我要开一张发票", "- 我要: 开一张发票", "我要: 开", "schema.type", "引号"),
    "full-width colon in an entry": (
        "scripts",
        '- text: "付款可以',
        '- text："付款可以',
        'text："付款可以',
        "schema.type",
        "英文冒号",
    ),
    "missing value": (
        "intents",
        "    cue: 客户要开发票",
        "    cue:",
        '\n    source: "004 发票"',
        "schema.empty",
        "不能是空的",
    ),
    "empty list": ("scripts", "elements: [thanks]", "elements: []", "[]\n    replies", "schema.empty", "不能是空的"),
    "unknown choice": (
        "forbidden",
        "severity: warning",
        "severity: warn",
        "warn\n",
        "schema.value",
        "是不是「warning」",
    ),
    "wrong mood": ("scripts", "when: {festival: any}", "when: {mood: 高兴}", "高兴", "schema.value", "生气"),
    "capital id": ("intents", "- id: payment.invoice", "- id: Payment.Invoice", "Payment", "schema.format", "小写"),
    "hour of 25": ("occasions", 'to: "24:00"', 'to: "25:00"', '"25:00"', "schema.format", "9:30"),
    "month 13": ("occasions", 'lunar: "01-01"', 'lunar: "13-01"', '"13-01"', "schema.format", "01-01"),
    "days in words": ("occasions", 'days: "8"', "days: 八", "八", "schema.format", "整数"),
    "day that is not": ("occasions", 'lunar: "01-01"', 'solar: "02-30"', '"02-30"', "schema.format", "02-30"),
    "date that is not": (
        "occasions",
        'lunar: "01-01"',
        'dates: [{from: "2026-02-30", to: "2026-03-01"}]',
        '"2026-02-30"',
        "schema.format",
        "2026-02-30",
    ),
}


@pytest.mark.parametrize("name", MISSHAPEN)
def test_a_misshapen_file_is_reported_at_its_place(name: str, tmp_path: Path) -> None:
    kind, old, new, seen_at, code, advice = MISSHAPEN[name]
    override = edited(kind, old, new)
    write_library(tmp_path, **override)
    error = refused(tmp_path)
    wanted = place_of(kind, override[kind], seen_at)
    if name == "missing value":
        wanted = place_of(kind, override[kind], "cue:\n")
        wanted = wanted[: wanted.rindex(":")] + f":{len('    cue:') + 1}"
    assert places(error.problems, tmp_path) == [f"{wanted}: {code}"], error
    assert advice in error.problems[0].message
    assert code in CODES


@pytest.mark.parametrize(
    ("kind", "line", "key", "where"),
    [
        ("intents", "    name: 索要发票\n", "name", "id: payment.invoice"),
        ("scripts", '    source: "004 发票"\n', "source", "intent: payment.invoice"),
        ("scripts", "topic: small\n", "topic", "name: 小话术"),
        ("forbidden", "    instead: 我们一起想办法。\n", "instead", "id: ten_donts.no_way"),
        ("elements", "    absent: [不客气, 再见]\n", "absent", "id: thanks"),
    ],
)
def test_a_missing_key_is_named(kind: str, line: str, key: str, where: str, tmp_path: Path) -> None:
    override = edited(kind, line, "")
    write_library(tmp_path, **override)
    _, problems = read_documents(tmp_path)
    assert places(problems, tmp_path) == [f"{place_of(kind, override[kind], where)}: schema.missing-key"]
    assert f"「{key}」" in problems[0].message


def test_every_missing_key_is_its_own_problem(tmp_path: Path) -> None:
    write_library(tmp_path, slots="slots:\n  - {prompt: x}\n")
    _, problems = read_documents(tmp_path)
    assert sorted(each.message for each in problems) == [
        "这里缺少「name」（变量名），请补上一行「name: …」",
        "这里缺少「type」（种类），请补上一行「type: …」",
    ]


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("text", ["- a\n", "只有一句话\n", "[]\n", "{}\n", "x: {}\n"])
def test_no_file_of_another_shape_is_loaded(kind: str, text: str, tmp_path: Path) -> None:
    write_library(tmp_path, **{kind: text})
    _, problems = read_documents(tmp_path)
    assert problems
    assert {Path(each.path).name for each in problems} == {Path(PATHS[kind]).name}
    assert {each.code.partition(".")[0] for each in problems} == {"schema"}


def broken_everywhere() -> dict[str, str | bytes | None]:
    return {
        "intents": TEXTS["intents"].replace("trigger: agent", "trigger: agnet"),
        "scripts": "topic: x\n\tname: y\n",
        "forbidden": "类别: 忌语\n".encode("gbk"),
        "elements": "category: a\ncategory: b\n",
        "slots": "",
        "occasions": TEXTS["occasions"].replace("festivals:", "festivels:"),
    }


EVERYWHERE = [
    "intents.yaml:45:14: schema.value",
    "phrasebook/elements/shared.yaml:2:1: yaml.duplicate-key",
    "phrasebook/forbidden/ten_donts.yaml:1:1: file.encoding",
    "phrasebook/occasions.yaml:4:1: schema.unknown-key",
    "phrasebook/slots.yaml:1:1: yaml.empty",
    "scripts_library/small.yaml:2:1: yaml.tab",
]


def heads(lines: list[str]) -> list[str]:
    """Return place and code of the problems among lines; the indented ones show the line of the file."""
    return [" ".join(line.split(" ")[:2]) for line in lines if not line.startswith(" ")]


def test_problems_of_all_files_are_listed_at_once(tmp_path: Path) -> None:
    write_library(tmp_path, **broken_everywhere())
    error = refused(tmp_path)
    assert places(error.problems, tmp_path) == EVERYWHERE
    assert len(str(error).splitlines()) == len(EVERYWHERE)


@pytest.mark.parametrize(
    "command", [["reply", "你好"], ["match", "你好"], ["check", "--text", "好"], ["explain", "你好"], []]
)
def test_every_command_stops_with_all_problems(command: list[str], tmp_path: Path) -> None:
    write_library(tmp_path, **broken_everywhere())
    done = csbot("--library", ".", *command, cwd=tmp_path, stdin="你好\n")
    assert done.returncode == 2
    assert done.stdout == ""
    *lines, last = done.stderr.splitlines()
    assert heads(lines) == EVERYWHERE
    assert last == f"csbot: 话术库有 {len(EVERYWHERE)} 处问题，没有载入"


def test_lint_lists_the_same_and_fails(tmp_path: Path) -> None:
    write_library(tmp_path, **broken_everywhere())
    done = csbot("lint", cwd=tmp_path)
    assert done.returncode == 2
    lines = done.stdout.splitlines()
    assert heads(lines[:-1]) == EVERYWHERE
    assert f"{len(EVERYWHERE)} 处错误" in lines[-1]


def test_a_good_library_that_breaks_is_not_used_from_the_cache(tmp_path: Path) -> None:
    write_library(tmp_path)
    assert load_library(str(tmp_path)).intents
    (tmp_path / "intents.yaml").write_text("intents: [\n", encoding="utf-8")
    with pytest.raises(LibraryError):
        load_library(str(tmp_path))
    write_library(tmp_path)
    assert load_library(str(tmp_path)).intents
