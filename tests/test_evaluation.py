"""What ``csbot eval`` reports: figures with known outcomes, the text, and a page that stands alone."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import write_library
from wcwidth import wcswidth

from csbot.cli import cli
from csbot.commands.evaluation_page import SHOWN, heat_map, page
from csbot.commands.evaluation_text import report
from csbot.matching.measure import Bin, Confusion, Measured, OfIntent, OfStyle, Row
from csbot.matching.result import Decision

MATCHED, AMBIGUOUS, UNMATCHED = Decision.MATCHED, Decision.AMBIGUOUS, Decision.UNMATCHED
NAMES = {"pay": "付款", "bill": "发票"}


def row(
    expected: str | None, first: str | None, score: float, decision: Decision = MATCHED, text: str = "", style: str = ""
) -> Row:
    return Row(expected, first, (first,) if first else (), decision, score, 0.001, None, text, style)


RESULT = Measured(
    (
        row("pay", "pay", 0.95, text="怎么付款", style="plain"),
        row("pay", "bill", 0.55, AMBIGUOUS, "付了款要票", "plain"),
        row("pay", "bill", 0.85, text="付款的票", style="dialect"),
        row("bill", "bill", 0.91, text="能开发票吗", style="plain"),
        row("bill", None, 0.0, UNMATCHED, "票票", "dialect"),
        row(None, "bill", 0.81, text="电影票多少钱", style="near_miss"),
        row(None, "pay", 0.11, UNMATCHED, "今天天气真好", "near_miss"),
    )
)
SUMMARY = {**RESULT.summary(), "load_s": 0.1}


def test_intents_are_told_with_what_they_are_taken_for() -> None:
    assert RESULT.per_intent() == [
        OfIntent("bill", 2, 0.3333, 0.5, 0.4, 0.5, None, 0),
        OfIntent("pay", 3, 1.0, 0.3333, 0.5, 0.6667, "bill", 2),
    ]
    assert RESULT.summary()["macro_f1"] == 0.45


def test_styles_are_told_and_messages_out_of_scope_apart() -> None:
    assert RESULT.per_style() == [
        OfStyle("dialect", 2, 0.0, 0.5, 0, None),
        OfStyle("near_miss", 0, None, None, 2, 0.5),
        OfStyle("plain", 3, 0.6667, 0.6667, 0, None),
    ]


def test_confidence_is_held_against_what_was_right() -> None:
    rounded = [Bin(each.low, each.count, round(each.confidence, 6), each.right) for each in RESULT.reliability()]
    assert rounded == [Bin(0.1, 1, 0.11, 0.0), Bin(0.5, 1, 0.55, 0.0), Bin(0.8, 2, 0.83, 0.0), Bin(0.9, 2, 0.93, 1.0)]
    assert RESULT.calibration_error == pytest.approx((0.11 + 0.55 + 2 * 0.83 + 2 * 0.07) / 6)
    assert Measured((row("pay", None, 0.0, UNMATCHED),)).calibration_error is None


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1, max_size=50))
def test_the_calibration_error_is_a_share(outcomes: list[tuple[bool, float]]) -> None:
    measured = Measured(tuple(row("pay", "pay" if right else "bill", score) for right, score in outcomes))
    error = measured.calibration_error
    assert error is not None
    assert -1e-9 <= error <= 1 + 1e-9
    assert sum(each.count for each in measured.reliability()) == len(outcomes)


def test_confusions_come_commonest_first_with_their_messages() -> None:
    found = RESULT.confusions()
    assert [(each.expected, each.found, len(each.rows)) for each in found] == [
        ("pay", "bill", 2),
        (None, "bill", 1),
        ("bill", None, 1),
    ]
    assert [each.text for each in found[0].rows] == ["付款的票", "付了款要票"], "surest first"


def test_the_report_tells_all_of_it() -> None:
    shown = "\n".join(report(RESULT, SUMMARY, NAMES))
    for part in (
        r"首选正确 40\.0%",
        r"误识别 50\.0%",
        r"期望校准误差 ECE",
        r"0\.9–1\.0 +2 +93\.0% +100\.0%",
        r"dialect +2 +0\.0% +50\.0%",
        r"near_miss +0 +– +– +2 +50\.0%",
        r"pay 付款 +3 +100\.0% +33\.3% +50\.0% +66\.7% +2 次  bill 发票",
        r"2 次  pay 付款 → bill 发票\n +「付款的票」 把握 85%",
        r"1 次  （无关） → bill 发票",
        r"1 次  bill 发票 → （无）",
    ):
        assert re.search(part, shown), (part, shown)


def test_columns_stand_below_each_other() -> None:
    lines = list(report(RESULT, SUMMARY, NAMES))
    start = next(at for at, line in enumerate(lines) if line.startswith("\n按说法"))
    assert len({wcswidth(line) for line in lines[start + 1 : start + 5]}) == 1


class Page(HTMLParser):
    """Collects what a page would fetch and run, and whether every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.handlers: list[str] = []
        self.open: list[str] = []
        self.data: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "action", "xlink:href", "data")]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        if tag != "meta":  # the only element here that HTML leaves open
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.data.append(data)

    @property
    def text(self) -> str:
        return "".join(self.data)


HTML = frozenset({"html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "div", "section", "a"})
HARMLESS = HTML | {"table", "tr", "th", "td", "svg", "text", "line", "rect", "circle", "polyline"}


@pytest.mark.slow
def test_the_page_stands_alone() -> None:
    text = page(RESULT, SUMMARY, NAMES)
    found = Page(text)
    assert found.open == []
    assert set(found.tags) <= HARMLESS
    assert {link for link in found.links if not link.startswith("#pair-")} == set()
    assert {link.removeprefix("#") for link in found.links} <= set(found.ids)
    assert "url(" not in text
    assert "@import" not in text
    assert {"confusions", "reliability", "styles"} <= set(found.ids)
    assert "default-src 'none'" in text


def test_the_page_shows_the_messages_behind_each_cell() -> None:
    text = page(RESULT, SUMMARY, NAMES)
    section = text.split('<section id="pair-1">')[1].split("</section>")[0]
    assert "付款的票" in section
    assert "付了款要票" in section
    assert "电影票" not in section
    assert "怎么付款" not in text, "what was right is on no list"


HOSTILE = "<script>alert(1)</script>\"'><img src=http://x/ onerror=a>{{ 7*7 }}{% raw %}&amp;\x1b[31m\u202e\ud800\x00"


def test_nothing_that_comes_in_is_obeyed() -> None:
    hostile = Measured(
        (
            row(HOSTILE, HOSTILE + "2", 0.9, text=HOSTILE, style=HOSTILE),
            row(None, HOSTILE, 0.9, text=HOSTILE, style=HOSTILE),
        )
    )
    text = page(hostile, {**hostile.summary(), "load_s": 0.1}, {HOSTILE: HOSTILE})
    found = Page(text)
    assert found.open == []
    assert set(found.tags) <= HARMLESS
    assert found.handlers == []
    assert all(link.startswith("#pair-") for link in found.links)
    assert "{{ 7*7 }}" in found.text, "as it was written, not as a template"
    assert not set(text) & {"\x1b", "\u202e", "\x00"}
    text.encode("utf-8")
    shown = "\n".join(report(hostile, {**hostile.summary(), "load_s": 0.1}, {HOSTILE: HOSTILE}))
    assert not set(shown) & {"\x1b", "\u202e", "\x00"}


@pytest.mark.slow
@settings(max_examples=25)
@given(st.text(), st.text(), st.text(min_size=1))
def test_any_text_gives_a_whole_page(message: str, style: str, label: str) -> None:
    measured = Measured((row(label, "other", 0.5, text=message, style=style), row(None, label, 0.2, text=message)))
    found = Page(page(measured, {**measured.summary(), "load_s": 0.0}, {}))
    assert found.open == []
    assert set(found.tags) <= HARMLESS


def test_only_what_was_confused_is_on_the_map() -> None:
    found = heat_map(RESULT.confusions(), NAMES)
    assert [label.full for label in found.rows] == ["pay 付款", "（无关）", "bill 发票"]
    assert [label.full for label in found.columns] == ["bill 发票", "（无）"]
    assert {(cell.x, cell.y): (cell.count, cell.strength) for cell in found.cells} == {
        (0, 0): (2, 1.0),
        (0, 24): (1, 0.5),
        (24, 48): (1, 0.5),
    }


def test_a_map_of_many_situations_says_what_it_leaves_out() -> None:
    many = [Confusion(f"a{number}", f"b{number}", (row("a", "b", 0.5),)) for number in range(SHOWN + 5)]
    found = heat_map(many, {})
    assert (len(found.cells), found.left_out) == (SHOWN, 5)


@pytest.mark.parametrize(
    "measured",
    [
        Measured((row("pay", "pay", 0.9, text="怎么付款"),)),
        Measured((row(None, None, 0.0, UNMATCHED, "啊"),)),
        Measured((row(None, "pay", 0.9),)),
    ],
    ids=["nothing wrong", "nothing found", "nothing in scope"],
)
def test_what_is_missing_breaks_nothing(measured: Measured) -> None:
    summary = {**measured.summary(), "load_s": 0.1}
    assert Page(page(measured, summary, {})).open == []
    assert "None" not in "\n".join(report(measured, summary, {}))


@pytest.fixture
def messages(tmp_path: Path) -> Path:
    rows = [
        {"text": "怎么付款", "intent": "greeting.regular", "style": "plain"},
        {"text": "<b>怎么付款", "intent": None, "style": 7},
    ]
    path = tmp_path / "messages.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in rows), encoding="utf-8")
    return path


def test_the_command_writes_the_page_and_the_text(messages: Path, tmp_path: Path) -> None:
    library, target = str(write_library(tmp_path / "library")), tmp_path / "page.html"
    done = CliRunner().invoke(cli, ["eval", str(messages), "--library", library, "--html", str(target)])
    assert done.exit_code == 0, done.output
    assert "按说法" in done.output
    text = target.read_text(encoding="utf-8")
    assert "&lt;b&gt;怎么付款" in text
    assert "<b>" not in text


def test_a_page_that_cannot_be_written_is_an_error(messages: Path, tmp_path: Path) -> None:
    library = str(write_library(tmp_path / "library"))
    target = str(tmp_path / "missing" / "page.html")
    done = CliRunner().invoke(cli, ["eval", str(messages), "--library", library, "--html", target])
    assert done.exit_code == 2
    assert "file.unwritable" in done.output
