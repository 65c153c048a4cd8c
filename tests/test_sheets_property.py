"""Whatever texts a library holds, a round trip through a sheet changes nothing; and a merge loses nobody's work."""

from __future__ import annotations

import contextlib
import copy
import csv
import io
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from tests.support import PATHS, TEXTS

from csbot.library.models import Library
from csbot.library.yaml_document import Document
from csbot.library.yaml_reader import parse_yaml
from csbot.lint.codes import CODES
from csbot.sheets.changes import Outcome, Set
from csbot.sheets.csv_writing import csv_bytes
from csbot.sheets.foreign import read_json
from csbot.sheets.grid import read_grids
from csbot.sheets.holdings import Holdings, holdings_of
from csbot.sheets.merging import Prefer
from csbot.sheets.planning import Planner
from csbot.sheets.rows import read_rows
from csbot.sheets.tables import BASE, SITUATIONS, TABLES
from csbot.sheets.workbook import workbook_bytes
from csbot.sources.passage import SourceError

ANY = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
    st.text("=+-@'\"\t\r\n,;、；_x0D7 　｛{}<b>", min_size=1, max_size=12),
    st.sampled_from(["007", "9:30", "2026-12-31", "TRUE", "#N/A", "1e5", "_x0041_", "例句", "customer", "-", "'=1"]),
)
_KEYS = st.sampled_from(
    ["macros", "payload", "data", "content", "short_code", "title", "actions", "field", "value", "active"]
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["comment_value", "comment_value_html", "<p>", "索要发票"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
)
WAYS = [("xlsx", ""), ("csv", "utf-8"), ("csv", "gb18030")]


def documents(data: Mapping[str, Any]) -> dict[str, Document]:
    return {name: Document(name, value) for name, value in data.items()}


def small() -> dict[str, Any]:
    return {PATHS[kind]: parse_yaml(text.encode(), kind).data for kind, text in TEXTS.items()}


def through_a_file(held: Holdings, ending: str, encoding: str) -> bytes:
    tables = {
        name: (table, [(cells, str(marker)) for cells, marker in held.rows(table)]) for name, table in TABLES.items()
    }
    return workbook_bytes(tables, ["说明"], {}) if ending == "xlsx" else csv_bytes(tables, encoding)


def planned(
    content: bytes, ending: str, data: Mapping[str, Any], prefer: Prefer = Prefer.NEITHER, encoding: str | None = None
) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"表.{ending}"
        file.write_bytes(content)
        reading = read_rows(read_grids(str(file), "表", encoding))
    held = holdings_of(Path(), documents(data))
    return Planner(held, Library(Path(), "", "", dict(data)), prefer).plan(reading)


@pytest.mark.slow
@pytest.mark.parametrize(("ending", "encoding"), WAYS)
@settings(max_examples=15, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.data())
def test_a_round_trip_changes_nothing_whatever_the_texts(ending: str, encoding: str, data: st.DataObject) -> None:
    library = small()
    for entry in library["intents.yaml"]["intents"]:
        entry.update({name: data.draw(ANY) for name in ("name", "cue", "source", "label")})
        for name in ("keywords", "examples", "negatives", "pinyin"):
            entry[name] = data.draw(st.lists(ANY, max_size=4))
    for script in library["scripts_library/small.yaml"]["scripts"]:
        script["coaching"] = {name: data.draw(ANY) for name in ("use", "avoid", "tip")}
        script["coaching"]["never"] = data.draw(st.lists(ANY, max_size=3))
        script["elements"] = data.draw(st.lists(ANY, max_size=3))
        for reply in script["replies"]:
            reply["text"] = data.draw(ANY)
            reply["when"] = {name: data.draw(ANY) for name in data.draw(st.sets(st.sampled_from(["mood", "time"])))}
    library["intents.yaml"]["out_of_scope"] = data.draw(st.lists(ANY, max_size=4))
    content = through_a_file(holdings_of(Path(), documents(library)), ending, encoding)
    # Texts as odd as these are not recognised as Chinese: the encoding is named.
    outcome = planned(content, ending, library, encoding=encoding or None)
    assert (outcome.changes, outcome.findings, outcome.missing, outcome.homeless) == ([], [], [], [])


CELLS = st.sets(st.tuples(st.integers(0, 3), st.sampled_from(["name", "cue", "source"])))
HEADINGS = {"name": "名称", "cue": "什么时候用", "source": "出处"}


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(CELLS, CELLS, st.sampled_from(list(Prefer)))
def test_a_merge_takes_what_one_side_changed_and_tells_what_both_did(
    in_sheet: set[tuple[int, str]], in_library: set[tuple[int, str]], prefer: Prefer
) -> None:
    before = small()
    as_sheet, as_library = copy.deepcopy(before), copy.deepcopy(before)
    for number, name in in_library:
        as_library["intents.yaml"]["intents"][number][name] = f"库{number}{name}"
    held = holdings_of(Path(), documents(before))
    for number, name in in_sheet:
        as_sheet["intents.yaml"]["intents"][number][name] = f"表{number}{name}"
    edited = holdings_of(Path(), documents(as_sheet))
    rows = [
        (edited.situations[marker.owner].cells, str(marker)) for _, marker in held.rows(SITUATIONS)
    ]  # new cells beside the bases of the old ones
    outcome = planned(csv_bytes({"情景": (SITUATIONS, rows)}, "utf-8"), "csv", as_library, prefer)
    taken = {
        (step.place.key[1], step.place.key[2]): step.value
        for change in outcome.changes
        for step in change.steps
        if isinstance(step, Set)
    }
    both = in_sheet & in_library
    wanted = in_sheet if prefer is Prefer.SHEET else in_sheet - both
    assert taken == {(number, name): f"表{number}{name}" for number, name in wanted}
    told = {(finding.cell.line, finding.message.partition("」")[0]) for finding in outcome.findings}
    expected = {(number + 2, f"「{HEADINGS[name]}") for number, name in both} if prefer is Prefer.NEITHER else set()
    assert told == expected


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from("甲乙丙丁戊己"), min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from("删增")), max_size=4),
    st.integers(0, 7),
)
def test_a_change_of_a_row_never_lands_on_another_one(
    texts: list[str], edits: list[tuple[int, str]], which: int
) -> None:
    """Each row is unlike the others: wherever it stands now, the change is for it, or it is a conflict."""
    texts = [f"{text}{number}" for number, text in enumerate(texts)]
    which %= len(texts)
    before = small()
    before["intents.yaml"]["out_of_scope"] = texts
    held = holdings_of(Path(), documents(before))
    rows = []
    for (*head, text), marker in held.rows(TABLES["例句"]):
        if marker.sort == "out_of_scope":
            rows.append(((*head, "改过" if text == texts[which] else text), str(marker)))
    now = list(texts)
    for at, how in edits:
        if how == "删" and now:
            now.pop(at % len(now))
        else:
            now.insert(at % (len(now) + 1), f"新{len(now)}{at}")
    after = copy.deepcopy(before)
    after["intents.yaml"]["out_of_scope"] = now
    outcome = planned(csv_bytes({"例句": (TABLES["例句"], rows)}, "utf-8"), "csv", after)
    if outcome.changes:
        ((step,),) = [change.steps for change in outcome.changes]
        assert isinstance(step, Set)
        assert now[int(step.place.key[-1])] == texts[which]
        assert step.value == "改过"
    else:
        assert texts[which] not in now
        assert [finding.code for finding in outcome.findings] == ["sheet.conflict"]


HEADING = st.sampled_from(
    [
        "表",
        "编号",
        "名称",
        "情景",
        "回复",
        "例句",
        "种类",
        "关键词",
        "情绪",
        "主题",
        "类别",
        "禁用的说法",
        BASE,
        "别的",
        "",
    ]
)
MARKER = st.sampled_from(["1 payment.methods - 0/0 - a.b", "1 payment.methods replies 9/1 - a.b.c", "1 示例 - 0/0 - -"])
KNOWN = st.sampled_from(["payment.methods", "询问付款方式", "情景", "回复", "禁用语", "例句", "反例", "service.none"])


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(
    st.lists(HEADING, min_size=1, max_size=6),
    st.lists(st.lists(ANY | MARKER | KNOWN | st.just(""), max_size=7), max_size=6),
)
@example(["表", "关键词", "底稿（请勿改动）"], [["情景", "0"]])  # no column for what names a situation
def test_no_table_is_too_odd(headings: list[str], lines: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([headings, *lines])
    outcome = Outcome()
    with contextlib.suppress(SourceError):
        outcome = planned(text.getvalue().encode("utf-8-sig"), "csv", small())
    for change in outcome.changes:
        assert change.steps
        assert change.cell.line > 1
    for finding in outcome.findings:
        assert finding.code in CODES, finding.code


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["csv", "xlsx", "json"]), st.binary(max_size=60) | JSON.map(lambda each: json.dumps(each).encode())
)
def test_no_file_is_too_odd(ending: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(SourceError):
        file = Path(folder) / f"表.{ending}"
        file.write_bytes(content)
        if ending == "json":
            read_json(str(file), "表", None)
        else:
            read_rows(read_grids(str(file), "表", None))
