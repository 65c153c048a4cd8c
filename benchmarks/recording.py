"""``python -m benchmarks.recording``: drive the real console through a scripted shift and draw it as an animated SVG.

Everything in the picture was written by the console to a pseudo-terminal of 80×24, at a fixed moment of its clock.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

COLUMNS, LINES = 80, 24
NOW = "2026-11-22T10:00"
PICTURE = Path(__file__).resolve().parent.parent / "docs" / "shift.svg"
PATIENCE = 60  # seconds after which the console counts as stuck
QUIET = 0.4  # seconds without output after which the screen counts as complete

WIDE, HIGH, MARGIN, TITLE = 8.4, 19, 14, 30  # of a cell, around the screen and above it, in pixels
SHORT, LONG = 1.4, 4.0  # seconds that a frame of typing and one of an answer is shown
INK, PAPER = "#d8dee9", "#1e2430"
COLOURS = {
    "black": "#1e2430",
    "red": "#ff7b72",
    "green": "#7ee787",
    "brown": "#e3b341",  # what pyte calls yellow
    "blue": "#79c0ff",
    "magenta": "#d2a8ff",
    "cyan": "#76e3ea",
    "white": "#d8dee9",
}

ALT_N, CTRL_T, ENTER = "\x1bn", "\x14", "\r"
F5 = "\x1b[15~"


@dataclass(frozen=True, slots=True)
class Act:
    """Keys that are pressed, what must stand on the screen after them, and how long that is shown, in seconds."""

    keys: str
    expected: str
    seconds: float = SHORT


SHIFT = (
    Act("", "客户>"),
    Act("/客户 王 女士", "/客户 王 女士"),
    Act(ENTER, "客户：王女士"),
    Act("我要投诉你们的送货员", "王女士> 我要投诉你们的送货员"),
    Act(ENTER, "接下来：F2", LONG),
    Act(ENTER, "已记入待办 1", LONG),
    Act(ALT_N, "已接待第 2 位"),
    Act("我是李先生，我的快递到哪了", "我的快递到哪了"),
    Act(ENTER, "2 李先生>", LONG),
    Act(F5, "拼接（1 段）"),
    Act("/加 service.closing", "> /加 service.closing"),
    Act(ENTER, "拼接（2 段）", LONG),
    Act(ENTER, "拼接已清空", LONG),
    Act(ALT_N, "已接待第 3 位"),
    Act("请问发票什么时候能开", "3 客户> 请问发票什么时候能开"),
    Act(ENTER, "3 客户>", LONG),
    Act("> 您好，这个我不清楚。", "Ctrl-T 换成合规的说法", LONG),
    Act(CTRL_T, "帮您核实清楚后回复您", LONG),
    Act(ENTER, "可以发送"),
    Act(ENTER, "由终端转交"),
    Act("/待办", "/待办"),
    Act(ENTER, "还有", LONG),
)

Style = tuple[str, str, bool, bool]  # foreground, background, bold, underlined
Run = tuple[int, str, int, Style]  # column, text, columns that it takes, style
Row = tuple[Run, ...]
Frame = tuple[Row, ...]


def record(library: Path) -> list[tuple[Frame, float]]:
    """Run the shift; return the screens with the seconds that each is shown. Raises RuntimeError where it sticks."""
    import pexpect
    import pyte
    from rich.cells import cell_len

    class Screen(pyte.Screen):
        """A terminal that breaks a line before a wide character for which one column is left, as most do."""

        def draw(self, data: str) -> None:
            """Draw text at the caret."""
            for character in data:
                if self.cursor.x == self.columns - 1 and cell_len(character) == 2:
                    super().draw(" ")
                super().draw(character)

        def write_process_input(self, data: str) -> None:
            """Answer the console, which asks where the caret is."""
            child.send(data)

    with tempfile.TemporaryDirectory() as home:
        screen = Screen(COLUMNS, LINES)
        stream = pyte.ByteStream(screen)
        child = pexpect.spawn(
            sys.executable,
            ["-m", "csbot", "--library", str(library), "--now", NOW],
            env={
                "PATH": os.environ.get("PATH", ""),
                "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
                "CSBOT_CACHE_DIR": os.environ.get("CSBOT_CACHE_DIR", home),
                "CSBOT_DATA_DIR": home,
                "CSBOT_CONFIG_DIR": "",
                "CSBOT_PERSONAL": "",
                "XDG_STATE_HOME": home,
                "HOME": home,
                "LANG": "C.UTF-8",
                "TERM": "xterm-256color",
            },
            cwd=home,
            dimensions=(LINES, COLUMNS),
        )

        def pump(seconds: float) -> bool:
            try:
                stream.feed(child.read_nonblocking(65536, timeout=seconds))
            except pexpect.TIMEOUT:
                return False
            return True

        def shown() -> str:
            return "\n".join(line.rstrip() for line in screen.display)

        def until(condition: Callable[[], bool], what: str) -> None:
            deadline = time.monotonic() + PATIENCE
            while not condition():
                pump(0.1)
                if time.monotonic() > deadline:
                    raise RuntimeError(f"{what} did not come:\n{shown()}")
            while pump(QUIET):
                pass

        frames = []
        try:
            until(lambda: "F1 帮助" in shown() and "载入中" not in shown(), "the prompt")
            for act in SHIFT:
                before = shown()
                child.send(act.keys)
                until(lambda: act.expected in shown() and (not act.keys or shown() != before), act.expected)  # noqa: B023
                frames.append((_frame(screen), act.seconds))
        except pexpect.EOF:
            raise RuntimeError(f"the console has left:\n{shown()}") from None
        finally:
            child.close(force=True)
    return frames


def _frame(screen: Any) -> Frame:
    return tuple(_row(screen.buffer[y]) for y in range(LINES))


def _row(cells: Any) -> Row:
    """Return a row of the screen as runs of one style and one width of characters; blank ones are left out."""
    from rich.cells import cell_len

    runs: list[Run] = []
    for column in range(COLUMNS):
        cell = cells[column]
        if not cell.data:  # the second half of a wide character
            continue
        colours = (cell.bg, cell.fg) if cell.reverse else (cell.fg, cell.bg)
        defaults = ("background", "ink") if cell.reverse else ("ink", "background")
        chosen = [default if each == "default" else each for each, default in zip(colours, defaults, strict=True)]
        style: Style = (chosen[0], chosen[1], bool(cell.bold), bool(cell.underscore))
        width = max(1, cell_len(cell.data))
        last = runs[-1] if runs else None
        alike = last is not None and last[3] == style and last[2] == width * len(last[1])
        if last is not None and alike and last[0] + last[2] == column:
            runs[-1] = (last[0], last[1] + cell.data, last[2] + width, style)
        else:
            runs.append((column, cell.data, width, style))
    return tuple(run for run in runs if run[1].strip() or run[3][1] != "background" or run[3][3])


def text_of(frame: Frame) -> list[str]:
    """Return the rows of a frame as they read, blank ones left out."""
    rows = ["".join(run[1] for run in row) for row in frame]
    return [re.sub(r"\s+", "", row) for row in rows if row.strip()]


def draw(frames: list[tuple[Frame, float]]) -> str:
    """Return an SVG that shows the frames in turn; without animation, the last one."""
    width, height = COLUMNS * WIDE + 2 * MARGIN, LINES * HIGH + TITLE + MARGIN
    whole = sum(seconds for _, seconds in frames)
    rows: dict[Row, str] = {}
    groups, rules, passed = [], [], 0.0
    for number, (frame, seconds) in enumerate(frames):
        uses = []
        for y, row in enumerate(frame):
            if row:
                name = rows.setdefault(row, f"r{len(rows)}")
                uses.append(f'<use href="#{name}" y="{y * HIGH}"/>')
        begin, end = passed / whole * 100, (passed + seconds) / whole * 100
        passed += seconds
        hidden = f"0%{{visibility:hidden}}{begin:.2f}%{{visibility:visible}}" if number else "0%{visibility:visible}"
        after = f"{end:.2f}%,100%{{visibility:hidden}}" if number < len(frames) - 1 else "100%{visibility:visible}"
        rules.append(f"@keyframes k{number}{{{hidden}{after}}}#f{number}{{animation-name:k{number}}}")
        last = " last" if number == len(frames) - 1 else ""
        groups.append(f'<g id="f{number}" class="frame{last}">{"".join(uses)}</g>')
    drawn = [f'<g id="{name}">{"".join(map(_drawn, row))}</g>' for row, name in rows.items()]
    style = (
        "text{font-family:ui-monospace,Menlo,Consolas,'DejaVu Sans Mono','Noto Sans Mono CJK SC','PingFang SC',"
        f"'Microsoft YaHei',monospace;font-size:14px;white-space:pre}}"
        f".frame{{visibility:hidden;animation:{whole:.1f}s step-end infinite}}.last{{visibility:visible}}"
        "@media (prefers-reduced-motion:reduce){.frame{animation:none}}" + "".join(rules)
    )
    dots = "".join(f'<circle cx="{18 + 18 * n}" cy="15" r="5" fill="#4c566a"/>' for n in range(3))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" '
            f'viewBox="0 0 {width:.0f} {height}" role="img">',
            "<title>csbot：一位坐席的几分钟</title>",
            f"<style>{style}</style>",
            f'<rect width="100%" height="100%" rx="8" fill="{PAPER}"/>{dots}',
            "<defs>",
            *drawn,
            "</defs>",
            f'<g transform="translate({MARGIN} {TITLE})">',
            *groups,
            "</g>",
            "</svg>",
            "",
        ]
    )


def _drawn(run: Run) -> str:
    """Return one run as SVG: it takes its columns whatever font it is shown in."""
    column, text, columns, (ink, paper, bold, underlined) = run
    x, wide, parts = column * WIDE, columns * WIDE, []
    if paper != "background":
        parts.append(f'<rect x="{x:.1f}" width="{wide:.1f}" height="{HIGH}" fill="{_colour(paper)}"/>')
    if text.strip():
        left = len(text) - len(text.lstrip())
        share = wide / len(text)
        kept = text.strip()
        weight = ' font-weight="bold"' if bold else ""
        parts.append(
            f'<text x="{x + left * share:.1f}" y="{HIGH - 5}" textLength="{share * len(kept):.1f}" '
            f'lengthAdjust="spacingAndGlyphs" fill="{_colour(ink)}"{weight}'
            f">{escape(kept, quote=False)}</text>"
        )
    if underlined:
        parts.append(f'<rect x="{x:.1f}" y="{HIGH - 2}" width="{wide:.1f}" height="1.5" fill="{_colour(ink)}"/>')
    return "".join(parts)


def _colour(name: str) -> str:
    if name in ("ink", "background"):
        return INK if name == "ink" else PAPER
    name = name.removeprefix("bright")
    return COLOURS.get(name, f"#{name}" if re.fullmatch("[0-9a-f]{6}", name) else INK)


def main() -> None:
    """Record the shift with the library of this repository and write the picture."""
    frames = record(PICTURE.parent.parent)
    PICTURE.write_text(draw(frames), encoding="utf-8")
    print(f"{PICTURE}: {len(frames)} frames, {PICTURE.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
