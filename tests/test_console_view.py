from __future__ import annotations

from io import StringIO

import pytest
from rich.cells import cell_len

from csbot.console.screen.layout import clip, marked_rows, pad, wrap
from csbot.console.screen.view import View
from csbot.rules.judging.verdict import Verdict
from csbot.rules.wording.model import Hit, PhraseRule, Severity


@pytest.fixture
def output() -> StringIO:
    return StringIO()


@pytest.fixture
def view(output: StringIO) -> View:
    return View(output, colour=False, width=80)


def hit(draft: str, found: str, severity: Severity = Severity.ERROR) -> Hit:
    rule = PhraseRule(
        "shirking.not_clear",
        found,
        "shirking",
        "推诿客户",
        "004 服务忌语 (4)",
        severity=severity,
        instead="我帮您核实一下。",
        reason="把客户推开了。",
        escalate=(("customer_type", "求异型"),),
    )
    start = draft.index(found)
    return Hit(rule, start, start + len(found), found)


@pytest.mark.parametrize("width", [20, 33, 78])
def test_wrapped_lines_fit_and_lose_nothing(width: int) -> None:
    text = "很抱歉，让您久等了。order-20261122 已经发出，请您查收：https://example.com/track/20261122？好的！" * 3
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert not any(line[0] in "，。：？！" for line in lines)


def test_clip_and_pad_count_columns() -> None:
    assert clip("很抱歉", 6) == "很抱歉"
    assert clip("很抱歉，让您久等了", 10) == "很抱歉，…"
    assert clip("一\n二", 10) == "一 二"
    assert cell_len(pad("时限", 10)) == 10


def test_marks_stand_under_what_was_found(view: View, output: StringIO) -> None:
    draft = "您好，这个我不清楚，请稍等。"
    view.findings(draft, [hit(draft, "我不清楚")], {})
    lines = output.getvalue().splitlines()
    row = next(number for number, line in enumerate(lines) if draft in line)
    marks = lines[row + 1]
    assert cell_len(lines[row][: lines[row].index("我不清楚")]) == len(marks) - len(marks.lstrip())
    assert marks.strip() == "^" * 8
    shown = output.getvalue()
    for part in ("shirking.not_clear", "推诿客户", "原因：把客户推开了。", "改说：我帮您核实一下。", "出处：004"):
        assert part in shown


def test_marks_are_broken_with_the_lines_of_the_draft() -> None:
    draft = "一" * 38 + "我不清楚" + "\n" + "二"
    rows = marked_rows(draft, [(38, 42)], 78)
    assert [row.marked for row in rows] == [True, True, False]
    assert rows[0].marks().count("^") == 2
    assert rows[1].marks() == "^" * 6


def test_marks_stay_true_beside_what_a_terminal_would_obey() -> None:
    rows = marked_rows("\x1b[31m我不清楚", [(5, 9)], 78)
    assert rows[0].pieces == [("␛[31m", False), ("我不清楚", True)]


def test_a_long_draft_shows_the_rows_that_matter(view: View, output: StringIO) -> None:
    draft = "好" * 100_000 + "我不清楚"
    view.findings(draft, [hit(draft, "我不清楚")], {})
    assert len(output.getvalue()) < 2000
    assert "略去" in output.getvalue()


@pytest.mark.parametrize(
    ("severity", "context", "verdict", "said"),
    [
        (Severity.ERROR, {}, Verdict.VIOLATION, "不能发送"),
        (Severity.WARNING, {}, Verdict.WARNING, "建议改好再发"),
        (Severity.WARNING, {"customer_type": "求异型"}, Verdict.VIOLATION, "不能发送"),
    ],
)
def test_verdicts(
    view: View, output: StringIO, severity: Severity, context: dict[str, str], verdict: Verdict, said: str
) -> None:
    assert view.verdict([hit("我不清楚", "我不清楚", severity)], context) is verdict
    assert said in output.getvalue()


def test_a_clean_draft_may_be_sent(view: View, output: StringIO) -> None:
    assert view.verdict([], {}) is Verdict.OK
    assert "可以发送" in output.getvalue()


@pytest.mark.parametrize("text", ["[b]x[/b]", "[/b]", ":smile:", "\x1b]0;title\x07", "\x1b[2J", "好\ud800", "\u202e反"])
def test_text_is_neither_markup_nor_a_command(view: View, output: StringIO, text: str) -> None:
    view.line(text)
    view.reply(text, complete=True)
    view.paragraph(text, 2, lead="说：")
    view.choices([("1", text, text)])
    view.pairs([(text, text)], 10)
    shown = output.getvalue()
    assert not set(shown) & {"\x1b", "\x07", "\ud800", "\u202e"}
    if text.isprintable():
        assert shown.count(text) >= 5


def test_without_colour_there_is_no_escape_code_whatever_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    plain, coloured = StringIO(), StringIO()
    for file, colour in ((plain, False), (coloured, True)):
        View(file, colour=colour, width=80).line(("提示", "bold red"))
    assert "\x1b" not in plain.getvalue()
    assert "\x1b[" in coloured.getvalue()


def test_a_reply_is_printed_unbroken(view: View, output: StringIO) -> None:
    text = "很抱歉，让您久等了。" * 20
    view.reply(text, complete=True)
    assert text in output.getvalue()


@pytest.mark.parametrize("columns", [50, 120])
def test_a_terminal_without_escape_codes_is_as_wide_as_it_is(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "dumb")  # for which rich asks nobody, and takes 80
    monkeypatch.setenv("COLUMNS", str(columns))
    output = Terminal()
    View(output, colour=False).choices([("1", "长" * 200, "")])
    assert columns - 4 <= cell_len(output.getvalue().rstrip("\n")) <= columns
