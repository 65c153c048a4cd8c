"""A change of a YAML file touches its place and nothing else, and is read back as it was meant."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import ROOT

from csbot.library.editing import Append, Edit, EditError, Put, Remove, edit
from csbot.library.locate import library_files
from csbot.library.yaml_document import Key
from csbot.library.yaml_reader import parse_yaml
from csbot.library.yaml_writer import Value, scalar

FILES = {name: path.read_bytes().decode() for name, path in library_files(ROOT)[0].items()}
WHOLE = FILES["intents.yaml"]  # of 9,000 lines, a quarter of a second for each change: tried by itself
FILES["intents.yaml"] = "\n  - id:".join(WHOLE.split("\n  - id:")[:6]) + "\n"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
LINES = st.one_of(
    TEXTS,
    st.text("能开发票吗，。？！ ab：:#-[]{},&*'\"\\|>%@`~=<?0123456789\n\t\r\u2028\x85\ufeff😀𠮷", max_size=20),
    st.sampled_from(["yes", "null", "~", "0x1f", "2026-01-01", "9:30", "- a", "a: b", "a #b", "", " ", "“好”", "? x"]),
)


def data_of(text: str) -> Any:
    document = parse_yaml(text.encode(), "x.yaml")
    assert not document.problems, document.problems
    return document.data


def test_thousands_of_changes_take_no_longer_than_that_many() -> None:
    def text(count: int) -> str:
        return "scripts:\n" + "".join(
            f"  - intent: a{at}\n    replies: [甲, 乙]\n    next: []\n" for at in range(count)
        )

    def edits(count: int) -> list[Edit]:
        changes: list[Edit] = []
        for at in range(count):
            changes += [Put(("scripts", at, "intent"), f"b{at}"), Append(("scripts", at, "replies"), "丙")]
            changes.append(Remove(("scripts", at, "replies", 0)))
        return changes

    compared = 0

    class Counted(str):
        __slots__ = ()

        def __eq__(self, other: object) -> bool:
            nonlocal compared
            compared += 1
            return str.__eq__(self, other)

        __hash__ = str.__hash__

    def counted(count: int) -> int:
        nonlocal compared
        compared = 0
        counted_edits: list[Edit] = []
        for each in edits(count):
            key = tuple(Counted(part) if isinstance(part, str) else part for part in each.key)
            counted_edits.append(replace(each, key=key))
        changed = data_of(edit(text(count), counted_edits))
        assert changed["scripts"][count - 1] == {"intent": f"b{count - 1}", "replies": ["乙", "丙"], "next": []}
        return compared

    assert counted(400) < 6 * counted(100)


def lists_of(value: Any, key: Key = ()) -> list[Key]:
    """Return the keys of all lists inside a value that hold something."""
    if isinstance(value, dict):
        return [each for name, inner in value.items() for each in lists_of(inner, (*key, name))]
    if isinstance(value, list):
        inside = [each for at, inner in enumerate(value) for each in lists_of(inner, (*key, at))]
        return [*([key] if value else []), *inside]
    return []


def value_at(data: Any, key: Key) -> Any:
    for each in key:
        data = data[each]
    return data


LISTS = {name: found for name, text in FILES.items() if (found := lists_of(data_of(text)))}


def assert_only_inserted(before: str, after: str) -> None:
    """Every character of the text as it was is there, in one piece before and one behind what is new."""
    head = next((at for at, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), len(before))
    assert after.endswith(before[head:])
    assert len(after) > len(before)


@pytest.mark.slow
@settings(max_examples=50)
@given(data=st.data(), name=st.sampled_from(sorted(LISTS)), text=LINES)
def test_an_item_is_added_to_any_list_of_the_library_and_nothing_else_changes(
    data: st.DataObject, name: str, text: str
) -> None:
    key = data.draw(st.sampled_from(LISTS[name]))
    before = FILES[name]
    after = edit(before, [Append(key, text)])
    assert_only_inserted(before, after)
    expected = data_of(before)
    value_at(expected, key).append(text)
    assert data_of(after) == expected


@settings(max_examples=25)
@given(data=st.data(), name=st.sampled_from(sorted(LISTS)))
def test_an_entry_like_another_looks_like_it(data: st.DataObject, name: str) -> None:
    # A copy of the last entry is written as that one was, but for comments and line breaks inside of it.
    key = data.draw(st.sampled_from(LISTS[name]))
    items = value_at(data_of(FILES[name]), key)
    after = edit(FILES[name], [Append(key, items[-1])])
    assert_only_inserted(FILES[name], after)
    assert value_at(data_of(after), key) == [*items, items[-1]]


@pytest.mark.slow
@settings(max_examples=25)
@given(data=st.data(), name=st.sampled_from(sorted(LISTS)), text=LINES)
def test_several_changes_of_a_file_are_those_made_one_by_one(data: st.DataObject, name: str, text: str) -> None:
    keys = data.draw(st.lists(st.sampled_from(LISTS[name]), min_size=1, max_size=4))
    together = edit(FILES[name], [Append(key, f"{text}{number}") for number, key in enumerate(keys)])
    one_by_one = FILES[name]
    for number, key in enumerate(keys):
        one_by_one = edit(one_by_one, [Append(key, f"{text}{number}")])
    assert data_of(together) == data_of(one_by_one)


@pytest.mark.slow
@settings(max_examples=35)
@given(data=st.data(), name=st.sampled_from(sorted(LISTS)))
def test_what_is_removed_is_gone_and_the_other_lines_stay(data: st.DataObject, name: str) -> None:
    key = data.draw(st.sampled_from(LISTS[name]))
    expected = data_of(FILES[name])
    items = value_at(expected, key)
    gone = data.draw(st.sets(st.sampled_from(range(len(items))), min_size=1))
    after = edit(FILES[name], [Remove((*key, at)) for at in sorted(gone)])
    items[:] = [item for at, item in enumerate(items) if at not in gone]
    assert data_of(after) == expected
    removed = [line for line in FILES[name].splitlines() if line not in set(after.splitlines())]
    assert not [line for line in removed if line.lstrip().startswith("#")]


@pytest.mark.slow
@settings(max_examples=35)
@given(data=st.data(), name=st.sampled_from(sorted(LISTS)), text=LINES)
def test_a_removed_item_that_was_just_added_leaves_the_file_as_it_was(
    data: st.DataObject, name: str, text: str
) -> None:
    key = data.draw(st.sampled_from(LISTS[name]))
    count = len(value_at(data_of(FILES[name]), key))
    after = edit(FILES[name], [Append(key, text)])
    assert edit(after, [Remove((*key, count))]) == FILES[name]


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("a:\n  - 甲\n\n  - 乙\nb: 丙\n", "a:\n  - 甲\nb: 丙\n"),
        ("a:\n  - 甲\n\n  - 乙\n\nb: 丙\n", "a:\n  - 甲\n\nb: 丙\n"),
        ("a:\n  - 甲\n  - 乙\n\nb: 丙\n", "a:\n  - 甲\n\nb: 丙\n"),
        ("a:\n- 甲\n\n- 乙\n", "a:\n- 甲\n"),
    ],
)
def test_the_last_item_goes_with_the_gap_that_was_its_own(text: str, after: str) -> None:
    assert edit(text, [Remove(("a", 1))]) == after


@given(text=st.one_of(TEXTS, LINES), style=st.sampled_from(["", '"', "'", "plain"]))
def test_a_text_is_read_as_it_was_written_in_every_style(text: str, style: str) -> None:
    written = scalar(text, style)
    assert "\n" not in written
    assert data_of(f"a: {written}\n") == {"a": text}
    assert data_of(f"a: [x, {written}, y]\nb:\n- {written}\n") == {"a": ["x", text, "y"], "b": [text]}


@pytest.mark.parametrize(
    "text", ["yes", "No", "null", "~", "12", "1.5", "9:30", "2026-01-01", "0x1f", ".5", "", "“好”"]
)
def test_what_other_readers_take_for_no_text_is_quoted(text: str) -> None:
    assert scalar(text) == f'"{text}"'


@pytest.mark.parametrize("text", ["能开发票吗", "payment.invoice", "004 索要发票"[4:], "好的，请稍等。", "a b"])
def test_what_is_plain_stays_plain(text: str) -> None:
    assert scalar(text) == text


LIST = ("a",)
CASES: list[tuple[str, str, list[Edit], str]] = [
    ("lines", "a:\n  - x\n  - y\n", [Append(LIST, "z")], "a:\n  - x\n  - y\n  - z\n"),
    ("no line break at the end", "a:\n  - x", [Append(LIST, "z")], "a:\n  - x\n  - z"),
    ("no indentation", "a:\n- x\nb: y\n", [Append(LIST, "z")], "a:\n- x\n- z\nb: y\n"),
    ("lines of Windows", "a:\r\n  - x\r\nb: y\r\n", [Append(LIST, "z")], "a:\r\n  - x\r\n  - z\r\nb: y\r\n"),
    ("a mark of order", "\ufeffa:\n  - x\n", [Append(LIST, "z")], "\ufeffa:\n  - x\n  - z\n"),
    ("a comment on the line", "a:\n  - x  # 注\nb: y\n", [Append(LIST, "z")], "a:\n  - x  # 注\n  - z\nb: y\n"),
    ("a comment of the item", "a:\n  - x\n    # 注\nb: y\n", [Append(LIST, "z")], "a:\n  - x\n    # 注\n  - z\nb: y\n"),
    ("a heading", "a:\n  - x\n\n  # 头\n  - y\n", [Append(LIST, "z", 0)], "a:\n  - x\n\n  - z\n\n  # 头\n  - y\n"),
    ("apart", "a:\n  - x\n\n  - y\nb: c\n", [Append(LIST, "z")], "a:\n  - x\n\n  - y\n\n  - z\nb: c\n"),
    ("a wide dash", "a:\n  -   x\n", [Append(LIST, "z")], "a:\n  -   x\n  - z\n"),
    ("a dash alone", "a:\n  -\n    x\n", [Append(LIST, "z")], "a:\n  -\n    x\n  - z\n"),
    ("quotes", 'a:\n  - "x"\n  - "y"\n', [Append(LIST, "z")], 'a:\n  - "x"\n  - "y"\n  - "z"\n'),
    ("single quotes", "a:\n  - 'x'\n", [Append(LIST, "it's")], "a:\n  - 'x'\n  - 'it''s'\n"),
    ("a block text", "a:\n  - |\n    x\n\nb: y\n", [Append(LIST, "z")], "a:\n  - |\n    x\n  - z\n\nb: y\n"),
    ("brackets", "a: [x,y ]  # 注\n", [Append(LIST, "z")], "a: [x,y, z ]  # 注\n"),
    ("brackets on lines", "a: [\n  x,\n  y,\n]\n", [Append(LIST, "z")], "a: [\n  x,\n  y, z,\n]\n"),
    ("an empty list", "k: v\na: []\n", [Append(LIST, "z")], "k: v\na:\n  - z\n"),
    ("a new list", "k: v\n", [Append(LIST, "w"), Append(LIST, "z")], "k: v\na:\n  - w\n  - z\n"),
    ("a new list of a short kind", "k: v\n", [Append(("keywords",), "w")], "k: v\nkeywords: [w]\n"),
    ("a new key in braces", "a: {x: y}\n", [Put(("a", "z"), "1")], 'a: {x: y, z: "1"}\n'),
    ("a new key before a comment", "a:\n  x: y\n# 注\n", [Put(("a", "z"), "v")], "a:\n  x: y\n  z: v\n# 注\n"),
    ("another text", 'a: "x"  # 注\nb: y\n', [Put(LIST, "z")], 'a: "z"  # 注\nb: y\n'),
    ("a list instead of lines", "a:\n  - x\nb: y\n", [Put(LIST, "z")], "a: z\nb: y\n"),
    ("lines instead of a text", "a: x\nb: y\n", [Put(LIST, ["z"])], "a:\n  - z\nb: y\n"),
    ("an item of a list", "a:\n  - x\n  - y\n", [Put(("a", 0), "z")], "a:\n  - z\n  - y\n"),
    ("an item gone", "a:\n  - x\n  - y\n", [Remove(("a", 0))], "a:\n  - y\n"),
    ("the last item gone", "a:\n  - x\n  - y", [Remove(("a", 1))], "a:\n  - x\n"),
    ("all items gone", "a:\n  - x\n  - y\nb: c\n", [Remove(("a", 0)), Remove(("a", 1))], "a: []\nb: c\n"),
    ("in brackets gone", "a: [x, y, z]\n", [Remove(("a", 2)), Remove(("a", 1))], "a: [x]\n"),
    ("in the middle gone", "a: [x, y, z]\n", [Remove(("a", 1))], "a: [x, z]\n"),
    ("a key gone", "a: x\nb: y\nc: z\n", [Remove(("b",))], "a: x\nc: z\n"),
    ("a key in braces gone", "a: {x: y, z: v}\n", [Remove(("a", "x"))], "a: {z: v}\n"),
    ("a gap goes with its item", "a:\n  - x\n\n  - y\n\n  - z\n", [Remove(("a", 1))], "a:\n  - x\n\n  - z\n"),
    ("one out and one in", "a:\n  - x\n  - y\n", [Remove(("a", 0)), Append(LIST, "z")], "a:\n  - y\n  - z\n"),
    ("all out and one in", "a:\n  - x\n", [Remove(("a", 0)), Append(LIST, "z")], "a:\n  - z\n"),
]


@pytest.mark.parametrize(("before", "edits", "after"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_change_looks_like_what_stands_around_it(before: str, edits: list[Edit], after: str) -> None:
    assert edit(before, edits) == after


def test_a_new_entry_is_written_as_its_neighbours_are() -> None:
    before = 'rules:\n  - id: a.b\n    bad: ["不行", "不可以"]\n    when: {mood: 着急}\n    good:\n      - x\n'
    entry: dict[str, Value] = {"id": "a.c", "bad": ["没门", "2"], "when": {"mood": "生气"}, "good": ["w", "z"]}
    new = '  - id: a.c\n    bad: ["没门", "2"]\n    when: {mood: 生气}\n    good:\n      - w\n      - z\n'
    assert edit(before, [Append(("rules",), entry)]) == before + new


def test_a_list_in_brackets_that_would_be_too_wide_gets_lines() -> None:
    words = [f"{'很长的词' * 5}{number}号" for number in range(4)]
    after = edit("k: v\n", [Put(("keywords",), words)])
    assert after == "k: v\nkeywords:\n" + "".join(f"  - {word}\n" for word in words)


@pytest.mark.parametrize(
    ("text", "edits", "message"),
    [
        ("a: x\n", [Append(("b", "c"), "z")], "没有「b」"),
        ("a: x\n", [Append(LIST, "z")], "不是列表"),
        ("a: [x]\n", [Append(LIST, "z", 1)], "没有那么多项"),
        ("a: [x]\n", [Put(("a", 1), "z")], "没有「a.2」"),
        ("a: [x]\n", [Remove(("a", 3))], "没有「a.4」"),
        ("a: [x]\n", [Remove(LIST)], "变成空的"),
        ("a: [x]\n", [Put(LIST, "z"), Append(LIST, "y")], "改两次"),
        ("a: [x]\n", [Put(LIST, "z"), Remove(LIST)], "改两次"),
        ("a: [{b: x}, y]\n", [Remove(("a", 0)), Put(("a", 0, "b"), "y")], "改两次"),
        ("a: [x]\n", [Put((), "z")], "整个文件"),
        ("a: [x\n", [Append(LIST, "z")], "写法错误"),
        ("a: [x]\n", [Append(LIST, "\ud800")], "残缺"),
        ("- - x\n  - y\n- z\n", [Remove((0, 0))], "手工改"),
        ("a: # 注\n  x\n", [Put(LIST, "z")], "手工改"),
        ("a:\n  - |+\n    x\n\n\nb: y\n", [Append(LIST, "z")], "手工改"),
    ],
)
def test_what_cannot_be_changed_is_refused_in_chinese(text: str, edits: list[Edit], message: str) -> None:
    with pytest.raises(EditError, match=message):
        edit(text, edits)


@pytest.mark.slow
@settings(max_examples=3)
@given(data=st.data(), text=LINES)
def test_an_example_is_added_to_the_whole_file_of_situations(data: st.DataObject, text: str) -> None:
    key = data.draw(st.sampled_from([key for key in lists_of(data_of(WHOLE)) if key[-1] == "examples"]))
    after = edit(WHOLE, [Append(key, text)])
    assert_only_inserted(WHOLE, after)
    assert value_at(data_of(after), key)[-1] == text


@pytest.mark.slow
def test_nothing_to_change_changes_nothing() -> None:
    for name in FILES:
        assert edit(FILES[name], []) == FILES[name]
