"""A prompt of several rows in a window that becomes narrower: where its first row stands then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from prompt_toolkit.application import Application
from prompt_toolkit.data_structures import Point
from prompt_toolkit.layout import Layout
from prompt_toolkit.layout.screen import Screen
from prompt_toolkit.renderer import Renderer

# What tells that a terminal breaks its rows anew when its window becomes narrower. Of others nothing is known, and one
# that cuts them off must not be taken for one that breaks them: lines above the prompt would be wiped.
_TOLD_BY = ("TMUX", "VTE_VERSION", "WT_SESSION", "KITTY_WINDOW_ID", "KONSOLE_VERSION", "ALACRITTY_WINDOW_ID")
_PROGRAMS = ("Apple_Terminal", "iTerm.app", "vscode", "WezTerm", "ghostty")
_TERMS = ("tmux", "alacritty", "foot", "xterm-kitty", "xterm-ghostty")

_WIPE_BELOW = "\x1b7\x1b[B\r\x1b[J\x1b8"  # all rows below that of the cursor, which stays where it is


def breaks_rows(environment: Mapping[str, str]) -> bool:
    """Tell whether the terminal is known to break rows anew that a narrower window has no room for."""
    return (
        any(environment.get(name) for name in _TOLD_BY)
        or environment.get("TERM_PROGRAM") in _PROGRAMS
        or environment.get("TERM", "").startswith(_TERMS)
    )


def rows_taken(widths: Iterable[int], columns: int) -> int:
    """Return how many more rows cells take beyond the one that they begin in; ``widths`` are those of the cells."""
    more = place = 0
    for width in widths:
        if place + width > columns:  # a wide character is not broken in two
            more, place = more + 1, 0
        place += width
    return more


class WindowRenderer(Renderer):
    """Draws a prompt, and finds its first row again in a terminal that breaks rows anew.

    By itself prompt_toolkit goes up as many rows as it has drawn. Where they have become more, it leaves the first
    ones standing above what it draws afresh, and once more with every further column that the window loses.
    """

    def render(self, app: Application[Any], layout: Layout, is_done: bool = False) -> None:
        """Draw the prompt; in a window of another size than that of the last drawing, wipe what stands there first.

        A drawing may come before the signal that tells of the new size. prompt_toolkit would wipe all at once then.
        """
        if self._last_screen is not None and self._last_size != self.output.get_size():
            self.erase(leave_alternate_screen=False)
        super().render(app, layout, is_done)

    def erase(self, leave_alternate_screen: bool = True) -> None:
        """Wipe the prompt, from its first row on."""
        screen, size = self._last_screen, self._last_size
        columns = self.output.get_size().columns
        if screen is not None and size is not None and columns < size.columns:
            self._cursor_pos = _place(screen, self._cursor_pos, columns)
        self._wipe()
        super().erase(leave_alternate_screen)

    def _wipe(self) -> None:
        """Wipe the first row last: tmux keeps in the scrollback what is wiped at once from the first row on."""
        output = self.output
        output.cursor_backward(self._cursor_pos.x)
        output.cursor_up(self._cursor_pos.y)
        output.write_raw(_WIPE_BELOW)
        output.erase_end_of_line()
        self._cursor_pos = Point(x=0, y=0)


def follow_window(app: Application[Any], environment: Mapping[str, str]) -> None:
    """Let a prompt find its first row again, where its terminal breaks rows anew."""
    old = app.renderer
    old.cpr_not_supported_callback = None  # a terminal that does not tell where its cursor is works too
    if breaks_rows(environment):
        app.renderer = WindowRenderer(old.style, app.output, old.full_screen, old.mouse_support)


def _place(screen: Screen, cursor: Point, columns: int) -> Point:
    """Return where the cursor stands, counted from the first row of the prompt, after the rows were broken anew."""
    more = 0
    for row in range(cursor.y):
        cells = screen.data_buffer[row]
        last = max((at for at, cell in cells.items() if cell.char.strip()), default=-1)
        more += rows_taken((cells[at].width for at in range(last + 1)), columns)
    before = screen.data_buffer[cursor.y]
    more += rows_taken([*(before[at].width for at in range(cursor.x)), 1], columns)
    return Point(x=cursor.x, y=cursor.y + more)
