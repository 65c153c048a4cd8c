"""The page of a library holds all of it, as it is written, and nothing that could load or run something else."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cached_property
from html.parser import HTMLParser
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import ROOT, csbot, edited, jsonl, write_library

from csbot.library.load import load_library
from csbot.library.models import Library
from csbot.library.values import Reply
from csbot.lint.run import lint
from csbot.pages.gather import Page, gather
from csbot.pages.highlight import Highlighter
from csbot.pages.render import render
from csbot.text.normalise import visible

TODAY = date(2026, 11, 22)
VOID = {"meta", "link", "input", "br"}
STYLE = (ROOT / "src" / "csbot" / "pages" / "page.css").read_text(encoding="utf-8")


class Element:
    """An element of a page: its attributes, and what stands in it as text."""

    def __init__(self, tag: str, attributes: dict[str, str | None]) -> None:
        self.tag, self.attributes = tag, attributes
        self.pieces: list[str] = []
        self.inside: list[Element] = []

    @cached_property
    def text(self) -> str:
        """What stands in it as text; asked for when the page is read."""
        return "".join(self.pieces)

    def all(self, tag: str, name: str | None = None) -> Iterator[Element]:
        """Yield the elements of that tag (and class) in this one, in order."""
        for each in self.inside:
            if each.tag == tag and (name is None or name in (each.attributes.get("class") or "").split()):
                yield each
            yield from each.all(tag, name)


class Reader(HTMLParser):
    """Reads a page into elements; fails where one is closed that is not open."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = [self.root]
        self.feed(page)
        self.close()
        assert self._open == [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs)
        element = Element(tag, dict(attrs))
        self._open[-1].inside.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.pieces.append(data)


def read(page: str) -> Element:
    return Reader(page).root


@pytest.fixture(scope="module")
def gathered(library: Library) -> Page:
    return gather(library, TODAY, overlaps=False)


@pytest.fixture(scope="module")
def shipped(gathered: Page) -> str:
    return render(gathered)


@pytest.fixture(scope="module")
def root(shipped: str) -> Element:
    return read(shipped)


def small(folder: Path, **overrides: Any) -> Library:
    return load_library(str(write_library(folder, **overrides)))


def page_of(library: Library, **settings: Any) -> str:
    return render(gather(library, TODAY, **{"overlaps": False, **settings}))


@pytest.mark.slow
def test_every_situation_and_reply_is_in_the_page(library: Library, root: Element) -> None:
    articles = {str(each.attributes["id"]).removeprefix("situation-"): each for each in root.all("article")}
    assert set(articles) == set(library.intents)
    for identifier, script in library.scripts.items():
        shown = [each.text for each in articles[identifier].all("p", "reply")]
        assert shown == [visible(reply.text) for reply in script.replies]
    for identifier, intent in library.intents.items():
        shown = [each.text for ul in articles[identifier].all("ul", "examples") for each in ul.all("li")]
        assert shown == [visible(text) for text in (*intent.examples, *intent.negatives)]
        for text in library.scripts[identifier].coaching.get("never", ()):
            assert text in [each.text for each in articles[identifier].all("s")]
    rules = [each for each in root.all("tr", "item") if str(each.attributes.get("id")).startswith("rule-")]
    assert [str(each.attributes["id"]).removeprefix("rule-") for each in rules] == [r.id for r in library.forbidden]
    sections = [section.title for manual in library.manuals for section in manual.sections]
    titles = [each.text for each in root.all("th") if each.attributes.get("scope") == "row"]
    assert titles[-len(sections) :] == sections


@pytest.mark.slow
def test_every_element_of_every_reply_is_marked(gathered: Page) -> None:
    """Lint finds no reply that lacks an element; so does the page."""
    for topic in gathered.topics:
        for situation in topic.situations:
            for reply in situation.replies:
                assert reply.said == tuple(range(1, len(situation.elements) + 1)), reply.id


@pytest.mark.slow
def test_the_shipped_page_is_small_and_loads_nothing(shipped: str, root: Element) -> None:
    assert len(shipped.encode("utf-8")) < 3_000_000
    assert not re.search(r"https?:", shipped)
    ids = [each.attributes["id"] for each in _everything(root) if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    targets = {str(each.attributes["href"]) for each in root.all("a")}
    assert targets <= {f"#{each}" for each in ids}
    assert not any("src" in each.attributes for tag in ("script", "img", "iframe", "link") for each in root.all(tag))


@pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_the_policy_allows_this_style_and_this_script_alone(
    whole: bool, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    root: Element = request.getfixturevalue("root") if whole else read(page_of(small(tmp_path)))
    (policy,) = (each.attributes["content"] for each in root.all("meta") if "http-equiv" in each.attributes)
    rules = dict(part.split(" ", 1) for part in str(policy).split("; "))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        (inline,) = root.all(tag)
        digest = base64.b64encode(hashlib.sha256(inline.text.encode("utf-8")).digest()).decode("ascii")
        assert rules[directive] == f"'sha256-{digest}'"
    attributes = {name for each in _everything(root) for name in each.attributes}
    assert not {name for name in attributes if name == "style" or name.startswith("on")}


HOSTILE = "</p></script><script>alert(1)</script><img src=x onerror=alert(2)>&amp;\"'`{{ 7 * 7 }}"


@pytest.mark.parametrize(
    ("kind", "old"),
    [
        ("intents", "name: "),
        ("scripts", "感谢您的来询，发票"),
        ("forbidden", "推脱。"),
        ("elements", "name: 致谢"),
    ],
)
def test_what_the_library_says_stays_text(tmp_path: Path, kind: str, old: str) -> None:
    """Whatever a library holds, the elements of the page are those of the template."""
    clean = small(tmp_path / "clean")
    before = [each.tag for each in _everything(read(page_of(clean)))]
    data = json.loads(json.dumps(dict(clean.data), default=str))
    path = {"intents": "intents.yaml", "scripts": "scripts_library/small.yaml"}.get(
        kind, f"phrasebook/{kind}/{'ten_donts' if kind == 'forbidden' else 'shared'}.yaml"
    )
    key = {"intents": "intents", "scripts": "scripts", "forbidden": "rules", "elements": "elements"}[kind]
    field = {"intents": "name", "scripts": "source", "forbidden": "reason", "elements": "name"}[kind]
    for entry in data[path][key]:
        entry[field] = HOSTILE
        if kind == "scripts":
            entry["coaching"] = {"use": HOSTILE, "avoid": HOSTILE, "never": [HOSTILE]}
    hostile = page_of(replace(clean, digest="", data=data))
    shown = read(hostile)
    assert HOSTILE in shown.text
    tags = [each.tag for each in _everything(shown)]
    assert not {"img", "iframe", "object"} & set(tags)
    assert tags.count("script") == 1
    assert kind == "scripts" or tags == before
    html5lib.HTMLParser(strict=True).parse(hostile)


def _everything(element: Element) -> Iterator[Element]:
    for each in element.inside:
        yield each
        yield from _everything(each)


def test_control_characters_become_visible(tmp_path: Path) -> None:
    library = small(tmp_path)
    data = json.loads(json.dumps(dict(library.data), default=str))
    data["intents.yaml"]["intents"][0]["cue"] = "看\u202e这\x1b[31m里"
    page = page_of(replace(library, digest="", data=data))
    assert "看\\u202e这␛[31m里" in read(page).text
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f]", page)


def test_the_page_is_valid_by_the_standard(tmp_path: Path) -> None:
    html5lib.HTMLParser(strict=True).parse(page_of(small(tmp_path), drafts=["这个我不知道"]))


@pytest.mark.slow
def test_the_shipped_page_is_valid_by_the_standard(shipped: str) -> None:
    html5lib.HTMLParser(strict=True).parse(shipped)


@pytest.mark.slow
def test_headings_do_not_skip_a_level_and_everything_has_a_label(shipped: str, root: Element) -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", shipped)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = {str(each.attributes["id"]) for each in _everything(root) if "id" in each.attributes}
    for each in _everything(root):
        assert (each.attributes.get("aria-labelledby") or "main") in ids
    assert {label.attributes["for"] for label in root.all("label")} == {
        each.attributes["id"] for each in root.all("input")
    }
    (html,) = root.all("html")
    assert html.attributes["lang"] == "zh-CN"


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_colour_can_be_read() -> None:
    """WCAG 2.2, 1.4.3: a contrast of at least 4.5 to 1."""
    blocks = re.findall(r"\{([^{}]*--paper:[^{}]*)\}", STYLE)
    themes = [dict(re.findall(r"--(\w+): (#\w{6})", block)) for block in blocks]
    assert len(themes) == 4  # light, dark by choice, dark by the system, print
    assert themes[1] == themes[2]
    for theme in themes:
        for ink, paper in product(("ink", "faint", "link", "slot", "bad"), ("paper", "panel", "mark")):
            first, second = sorted((_luminance(theme[ink]), _luminance(theme[paper])), reverse=True)
            assert (first + 0.05) / (second + 0.05) >= 4.5, (ink, paper, theme)


@given(st.text("{}时限姓氏感谢您付款支付宝用，", max_size=40))
def test_the_pieces_of_a_reply_are_the_reply(library: Library, text: str) -> None:
    script = library.scripts["payment.methods"]
    pieces = Highlighter(library).pieces(script, Reply(text))
    assert "".join(piece.text for piece in pieces) == text


def test_an_element_that_needs_a_slot_is_found_and_the_slot_is_told(library: Library) -> None:
    script = library.scripts["payment.methods"]._replace(elements=("deadline", "thanks|apology"))
    pieces = Highlighter(library).pieces(script, Reply("{时限}内给您答复，谢谢您。"))
    assert [(piece.text, piece.elements, piece.slot) for piece in pieces if piece.elements] == [
        ("{时限}", (1,), "时限"),
        ("内", (1,), ""),
        ("谢谢", (2,), ""),
    ]


def test_a_reply_that_lacks_an_element_says_so(tmp_path: Path) -> None:
    library = small(tmp_path, **edited("scripts", "谢谢您，电子发票", "好的，电子发票"))
    notes = [each.text for each in read(page_of(library)).all("p", "note")]
    assert "没有说到：致谢" in notes


def test_rules_tell_how_often_they_fire(tmp_path: Path) -> None:
    library = small(tmp_path)
    page = page_of(library, drafts=["这个我不知道", "不知道，没办法", "请您稍等"])
    rows = {
        str(each.attributes["id"]): [cell.text for cell in each.all("td")][3:]
        for each in read(page).all("tr", "item")
        if "id" in each.attributes
    }
    assert rows["rule-ten_donts.dont_know"] == ["3 / 3", "0 / 2", "2"]
    assert rows["rule-ten_donts.no_way"] == ["3 / 3", "0 / 2", "1"]
    assert rows["rule-ten_donts.certainly"] == ["3 / 3", "0 / 2", "0"]


def test_dates_that_have_passed_are_told(tmp_path: Path) -> None:
    dates = 'owner: 李娜\n    expires: 2026-11-21\n    source: "004 发票"'
    library = small(tmp_path, **edited("scripts", 'source: "004 发票"', dates))
    for today, overdue in ((date(2026, 11, 21), False), (date(2026, 11, 22), True)):
        page = read(render(gather(library, today, overlaps=False)))
        shown = [each.text for each in page.all("dd") if "李娜" in each.text]
        assert shown == ["负责人 李娜，有效到 2026-11-21" + ("，已经过期，请复核" if overdue else "")]


@pytest.mark.slow
def test_overlaps_are_those_of_lint(library: Library) -> None:
    problems, _ = lint(ROOT, TODAY, overlaps=True)
    told = {
        tuple(re.findall("「(.*?)」", each.message)[:: len(re.findall("「(.*?)」", each.message)) - 1])
        for each in problems
        if each.code == "intent.overlap"
    }
    overlaps = gather(library, TODAY).overlaps
    assert overlaps is not None
    shown = {(text, overlap.winner) for overlap in overlaps for text in overlap.examples}
    assert told
    assert told <= shown


@pytest.mark.slow
def test_the_command_writes_the_page_whole_or_says_why_not(tmp_path: Path) -> None:
    folder = write_library(tmp_path / "库")
    (tmp_path / "drafts.jsonl").write_text(jsonl({"text": "这个我不知道"}), encoding="utf-8")
    arguments = ("--library", str(folder), "--now", "2026-11-22T10:00", "page")
    done = csbot(*arguments, "看.html", "--drafts", "drafts.jsonl", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("已写入 看.html：情景 4 个")
    first = (tmp_path / "看.html").read_text(encoding="utf-8")
    assert "2026-11-22 生成" in first
    assert len(list(read(first).all("article"))) == 4
    assert csbot(*arguments, "看.html", "--no-overlaps", cwd=tmp_path).returncode == 0
    assert "这一次没有比较" in (tmp_path / "看.html").read_text(encoding="utf-8")
    for wrong, said in (
        (("intents.yaml",), "不是网页的名字"),
        (("drafts.jsonl/看.html",), "没有写入"),
        (("看.html", "--drafts", "没有.jsonl"), "file.unreadable"),
    ):
        done = csbot(*arguments, *wrong, cwd=tmp_path)
        assert done.returncode == 2
        assert said in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"库", "drafts.jsonl", "看.html"}


def test_a_library_in_layers_tells_where_everything_is_from(tmp_path: Path) -> None:
    lower = write_library(tmp_path / "下层")
    upper = tmp_path / "上层"
    (upper / "phrasebook" / "forbidden").mkdir(parents=True)
    (upper / "layer.yaml").write_text("extends: ../下层\nlevel: 公司\nname: 示例公司\n", encoding="utf-8")
    (upper / "phrasebook" / "forbidden" / "company.yaml").write_text(
        'category: company\nname: 本公司\nsource: "良好实践"\nseverity: error\nrules:\n'
        "  - id: company.dear\n    banned: 亲爱的\n    kind: phrase\n    instead: 您好\n    reason: 太随便。\n"
        '    source: "良好实践"\n    bad: [亲爱的, 亲爱的您好, 我亲爱的]\n    good: [您好, 请您稍等]\n',
        encoding="utf-8",
    )
    page = read(page_of(load_library(str(upper))))
    (row,) = (each for each in page.all("tr") if each.attributes.get("id") == "rule-company.dear")
    assert [cell.text for cell in row.all("td")][-1] == "公司（示例公司）"
    assert "由 2 层组成" in page.text
    assert lower.exists()
