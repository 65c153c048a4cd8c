"""How the console looks: on a light or a dark screen, without colour, and where only plain marks can be shown."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

# What marks become where the locale is not UTF-8; each keeps its width, so that lines still fit.
PLAIN_MARKS = str.maketrans({"★": "*", "●": "*", "…": "..", "─": "-"})


# What Python itself puts into LC_CTYPE where the locale is C or not installed (PEP 538): it tells of no terminal.
_COERCED = ("C.UTF-8", "C.utf8", "UTF-8")


class ThemeName(StrEnum):
    """The themes that ``CSBOT_THEME`` takes."""

    DARK = "dark"
    LIGHT = "light"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Theme:
    """The styles of one theme: ``prompt`` by the names of prompt_toolkit, ``view`` by what the view calls them."""

    name: ThemeName
    prompt: Mapping[str, str]
    view: Mapping[str, str]

    @property
    def colour(self) -> bool:
        """Whether there is any colour in it."""
        return self.name is not ThemeName.NONE


def _theme(name: ThemeName, lead: str, question: str, warning: str) -> Theme:
    """Return a theme by the ANSI names of the colours that a light and a dark screen do not share.

    Red and green can be read on both, and so can black on yellow.
    """
    prompt = {
        "prompt": f"bold ansi{lead}",
        "question": f"bold ansi{question}",
        # The line at the bottom is no wider than its text: a full one is broken in two by a window that becomes
        # narrower, and at the lower edge that pushes a line of the conversation out of sight, each time.
        "bottom-toolbar": "noreverse",
        "bottom-toolbar.text": "reverse",
        "bottom-toolbar.due": "noreverse bold ansiblack bg:ansiyellow",
        "bottom-toolbar.active": "bold",
        "bottom-toolbar.owed": "bold",
        "draft.violation": "underline bold ansired",
        "draft.warning": f"underline ansi{warning}",
        "finding.violation": "noreverse bold ansired",
        "finding.warning": f"noreverse bold ansi{warning}",
        "finding.reason": "noreverse",
        "finding.instead": "noreverse ansigreen",
        "finding.note": "noreverse",
    }
    view = {
        "title": f"bold {lead}",
        "faint": "dim",
        "good": "green",
        "bad": "bold red",
        "bad.span": "bold red underline",
        "warn": f"bold {warning}",
        "open": "bold black on yellow",
    }
    return Theme(name, prompt, view)


THEMES = {
    ThemeName.DARK: _theme(ThemeName.DARK, "cyan", "yellow", "yellow"),
    ThemeName.LIGHT: _theme(ThemeName.LIGHT, "blue", "magenta", "magenta"),
    # The editor leaves the colours of these out and keeps underlining; the view prints no escape code at all.
    ThemeName.NONE: _theme(ThemeName.NONE, "default", "default", "default"),
}


def theme_of(environment: Mapping[str, str]) -> Theme:
    """Return the theme: none where ``NO_COLOR`` is set, else that of ``CSBOT_THEME``, else what the terminal tells.

    Some terminals tell the colour of their background in ``COLORFGBG`` (``0;15``); dark where nothing is known.
    """
    if environment.get("NO_COLOR"):
        return THEMES[ThemeName.NONE]
    named = environment.get("CSBOT_THEME", "").strip().lower()
    if named in list(ThemeName):
        return THEMES[ThemeName(named)]
    background = environment.get("COLORFGBG", "").rpartition(";")[2]
    return THEMES[ThemeName.LIGHT if background in ("7", "15") else ThemeName.DARK]


def unknown_theme(environment: Mapping[str, str]) -> str:
    """Return what to tell the agent where ``CSBOT_THEME`` names no theme; empty where all is well."""
    named = environment.get("CSBOT_THEME", "").strip()
    if not named or named.lower() in list(ThemeName):
        return ""
    return f"没有主题「{named}」，CSBOT_THEME 可选 {'、'.join(ThemeName)}。"


def has_plain_marks_only(environment: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Tell whether marks beyond ASCII are better not shown: the locale names another charset than UTF-8.

    csbot writes UTF-8 whatever the locale says; a terminal that is set up for something else shows Chinese, where it
    does, in a font that often lacks ★ and ●. On Windows the locale says nothing about the terminal.
    """
    values = [environment.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG")]
    if values[1] in _COERCED and values[2]:
        values[1] = ""
    locale = next(filter(None, values), "")
    return platform != "win32" and bool(locale) and "utf8" not in locale.lower().replace("-", "")
