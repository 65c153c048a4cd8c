"""What the agent sees. Everything printed here is text, never markup, and nothing in it can command the terminal."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text
from rich.theme import Theme as Styles

from csbot.console.screen.layout import Row, clip, marked_rows, pad, wrap
from csbot.console.screen.themes import PLAIN_MARKS, THEMES, Theme, ThemeName
from csbot.matching.result import Decision, Match
from csbot.rules.judging.verdict import Verdict, verdict_of
from csbot.rules.rewrite import Rewriting
from csbot.rules.wording.model import Hit, Severity
from csbot.text.normalise import visible
from csbot.text.regex import regex

OPEN_SLOT = regex("【[^【】]*】")
ROWS_SHOWN = 12  # of a draft with findings; of a longer one only the rows that matter

TITLE, FAINT, GOOD, BAD, WARN, OPEN = "title", "faint", "good", "bad", "warn", "open"  # see csbot.console.screen.themes


def _columns_here() -> int:
    """Return how wide the terminal is: rich takes one without escape codes for 80 columns wide, whatever it is."""
    return shutil.get_terminal_size().columns


class View:
    """Prints to one terminal. ``colour`` False means: no escape codes at all.

    ``environment`` and ``columns`` are those of a terminal that is not the one of this process.
    """

    def __init__(
        self,
        file: TextIO,
        *,
        colour: bool,
        width: int | None = None,
        theme: Theme = THEMES[ThemeName.DARK],
        plain_marks: bool = False,
        environment: Mapping[str, str] | None = None,
        columns: Callable[[], int] | None = None,
    ) -> None:
        self._plain_marks = plain_marks
        if columns is None and width is None and file.isatty():
            columns = _columns_here
        self._columns = columns
        self._place = (file, width, environment)
        self.dress(theme, colour=colour)

    def dress(self, theme: Theme, *, colour: bool) -> None:
        """Look like a theme from now on."""
        file, width, environment = self._place
        self.colour = colour
        self.console = Console(
            file=file,
            width=self._columns() if self._columns is not None else width,
            color_system="auto" if colour else None,
            no_color=not colour,
            _environ=environment,
            highlight=False,
            markup=False,
            emoji=False,
            soft_wrap=True,
            theme=Styles(dict(theme.view)),
        )

    @property
    def width(self) -> int:
        """The columns of the terminal, within reason."""
        columns = self.console.width
        if self._columns is not None:
            self.console.width = columns = self._columns()
        return max(20, min(columns, 120))

    def line(self, *parts: str | tuple[str, str]) -> None:
        """Print one line; a part is a text or a text with its style (a name of the theme). The terminal breaks it."""
        shown = [(visible(part), "") if isinstance(part, str) else (visible(part[0]), part[1]) for part in parts]
        if self._plain_marks:
            shown = [(text.translate(PLAIN_MARKS), style) for text, style in shown]
        self.console.print(Text.assemble(*shown))

    def paragraph(self, text: str, indent: int = 0, style: str = "", lead: str = "") -> None:
        """Print a text broken at the width of the terminal; ``lead`` stands before its first line."""
        hanging = indent + cell_len(lead)
        for number, line in enumerate(wrap(visible(text), self.width - hanging)):
            self.line(" " * indent + lead if number == 0 else " " * hanging, (line, style))

    def note(self, text: str) -> None:
        """Print a remark in the background colour."""
        self.paragraph(text, style=FAINT)

    def warn(self, text: str) -> None:
        """Print something that the agent must not overlook."""
        self.paragraph(text, style=WARN)

    def rule(self, title: str) -> None:
        """Print a line across the terminal with a title: what follows is about another customer."""
        shown = clip(visible(title), self.width - 6)
        # Half as long as the terminal is wide: there are fonts in which this character takes two columns.
        self.line((f"── {shown} " + "─" * max(2, (self.width - cell_len(shown)) // 2 - 4), TITLE))

    def said(self, message: str) -> None:
        """Print what the customer wrote, on one line."""
        self.clipped(f"「{message}」", lead="客户说：")

    def clipped(self, text: str, indent: int = 0, lead: str = "") -> None:
        """Print a text in the background colour on one line, cut off at the edge of the terminal."""
        room = max(8, self.width - indent - cell_len(lead))
        self.line(" " * indent, (lead + clip(visible(text), room), FAINT))

    def decision(
        self, match: Match, picked: Sequence[str], names: Mapping[str, str], covered: Mapping[str, str]
    ) -> None:
        """Print which situation the message was taken for, how sure that is, and which reply speaks for another."""
        if picked:
            self.line(
                ("情景：", TITLE),
                "＋".join(names[each] for each in picked),
                (f"  {' '.join(picked)}（由您选定）", FAINT),
            )
        elif match.decision is Decision.MATCHED and len(match.intents) > 1:
            self.line(("这条消息里有几件事，一并回复：", TITLE))
            for part in match.parts:
                candidate = part.candidate
                by = covered.get(candidate.intent)
                besides = f"，由“{names[by]}”的回复一并说到" if by else ""
                found = (f"  {candidate.intent}  把握 {candidate.score:.0%}{besides}", FAINT)
                self.line("  ", names[candidate.intent], found)
                self.line((f"    「{clip(visible(part.text), self.width - 10)}」", FAINT))
        elif match.decision is Decision.MATCHED:
            best = match.candidates[0]
            self.line(("情景：", TITLE), names[best.intent], (f"  {best.intent}  把握 {best.score:.0%}", FAINT))
        elif match.decision is Decision.AMBIGUOUS:
            self.line(("拿不准，请选：", TITLE))
        else:
            self.line(("没有认出情景：", TITLE), "；".join(match.reasons))

    def mood(self, mood: str, *, picked: bool = False) -> None:
        """Print the mood that the wording of the reply goes by, and whether the agent set it."""
        remark = "（由您选定，/情绪 自动 改回）" if picked else "（可用 /情绪 更正）"
        self.line(("情绪：", TITLE), mood, (remark, FAINT))

    def reply(self, text: str, *, complete: bool, new: Sequence[tuple[int, int]] = ()) -> None:
        """Print a reply alone on its lines and unbroken, so that selecting it with the mouse gives the very text.

        ``new`` are the stretches of it that the agent did not write.
        """
        body = Text(visible(text), style="bold" if complete else "")
        for start, end in new:
            before = len(visible(text[:start]))
            body.stylize(GOOD, before, before + len(visible(text[start:end])))
        for slot in OPEN_SLOT.finditer(body.plain):
            body.stylize(OPEN, *slot.span())
        self.console.print()
        self.console.print(body)
        self.console.print()

    def choices(self, rows: Sequence[tuple[str, str, str]]) -> None:
        """Print choices one a line: label, text, and a remark in the background colour."""
        for label, text, remark in rows:
            room = self.width - 5 - len(label) - cell_len(remark)
            self.line(
                "  ", (label, TITLE), "  ", clip(visible(text), max(room, 16)), (f"  {remark}" if remark else "", FAINT)
            )

    def pairs(self, rows: Sequence[tuple[str, str]], column: int) -> None:
        """Print two columns, the first ``column`` wide; the second is wrapped beside it."""
        for left, right in rows:
            lines = wrap(visible(right), self.width - column - 2)
            self.line("  ", (pad(visible(left), column), TITLE), lines[0])
            for rest in lines[1:]:
                self.line(" " * (column + 2) + rest)

    def findings(self, draft: str, hits: Sequence[Hit], context: Mapping[str, str]) -> None:
        """Print a draft with each finding underlined, then each finding with its reason and what to say instead."""
        rows = marked_rows(draft, [(hit.start, hit.end) for hit in hits], self.width - 2)
        hidden = 0
        for row in rows:
            if len(rows) > ROWS_SHOWN and not row.marked:
                hidden += 1
                continue
            self._row(row)
        if hidden:
            self.note(f"  （没有问题的 {hidden} 行略去）")
        for number, hit in enumerate(hits, start=1):
            severe = hit.rule.severity_in(dict(context)) is Severity.ERROR
            label = "违规" if severe else "提醒"
            self.console.print()
            self.line(
                (f"{number} {label} ", BAD if severe else WARN),
                f"「{clip(visible(hit.found), 30)}」",
                (f"  {hit.rule.id}  {hit.rule.category_name}", FAINT),
            )
            if hit.ways:
                self.paragraph("、".join(hit.ways), 2, lead="变形：")
            self.paragraph(hit.rule.reason, 2, lead="原因：")
            self.paragraph(hit.rule.instead, 2, style=GOOD, lead="改说：")
            self.paragraph(hit.rule.source, 2, style=FAINT, lead="出处：")

    def rewriting(self, rewriting: Rewriting) -> None:
        """Print what a draft may be reworded to, its new wording in colour, or what stands in the way of that."""
        if rewriting.text is None:
            names = "".join(f"「{clip(visible(rule.name), 30)}」" for rule in rewriting.stuck)
            self.note(f"{names}没有可以照搬的改法，请参考上面的“改说”重新写。")
            return
        self.line(("可以改成：", TITLE))
        self.reply(rewriting.text, complete=True, new=rewriting.new_spans())
        self.note("回车＝复制改写；/改 可以接着改。")

    def _row(self, row: Row) -> None:
        self.line("  ", *((text, "bad.span" if mark else "") for text, mark in row.pieces))
        if row.marked and not self.colour:
            self.line("  " + row.marks())

    def verdict(self, hits: Sequence[Hit], context: Mapping[str, str]) -> Verdict:
        """Print what the findings come to, and return it."""
        verdict = verdict_of(hits, context)
        match verdict:
            case Verdict.OK:
                self.line(("没有发现服务忌语，可以发送。", GOOD))
            case Verdict.WARNING:
                self.line((f"有 {len(hits)} 处提醒，建议改好再发。", WARN))
            case Verdict.VIOLATION:
                errors = sum(hit.rule.severity_in(dict(context)) is Severity.ERROR for hit in hits)
                reminders = f"、{len(hits) - errors} 处提醒" if errors < len(hits) else ""
                self.line((f"有 {errors} 处违规{reminders}，不能发送。", BAD))
        return verdict
