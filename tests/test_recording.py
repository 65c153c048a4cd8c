"""The picture of a working session at the top of the README: made by the real console, and still what it says."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

pytest.importorskip("pexpect")
pytest.importorskip("pyte")

from benchmarks.recording import COLUMNS, PICTURE, SHIFT, WIDE, Frame, draw, record, text_of

ROOT = Path(__file__).resolve().parent.parent
SVG = "{http://www.w3.org/2000/svg}"
ALIKE = 0.95  # of the rows of the picture that the console must still write


def frames_of(picture: str) -> list[list[str]]:
    """Return the rows of every frame of a picture, without spaces."""
    tree = ElementTree.fromstring(picture)  # our own file
    rows = {
        group.get("id"): "".join(text.text or "" for text in group.iter(f"{SVG}text"))
        for group in tree.iterfind(f"{SVG}defs/{SVG}g")
    }
    groups = [group for group in tree.iter(f"{SVG}g") if (group.get("class") or "").startswith("frame")]
    return [
        [re.sub(r"\s+", "", rows[(use.get("href") or "").removeprefix("#")]) for use in group.iter(f"{SVG}use")]
        for group in groups
    ]


def test_the_picture_needs_nothing_from_elsewhere_and_fits() -> None:
    picture = PICTURE.read_text(encoding="utf-8")
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|@import|url\(|<script|<image", picture)
    tree = ElementTree.fromstring(picture)
    for text in tree.iter(f"{SVG}text"):
        assert float(text.get("x", "")) + float(text.get("textLength", "")) <= COLUMNS * WIDE + 0.1
    shown = frames_of(picture)
    assert len(shown) == len(SHIFT)
    for act, rows in zip(SHIFT, shown, strict=True):
        assert re.sub(r"\s+", "", act.expected) in "".join(rows)


def test_a_wide_character_takes_two_columns() -> None:
    style = ("ink", "background", False, False)
    frame: Frame = (((0, "客户", 4, style), (4, "> a", 3, style)), ())
    drawn = draw([(frame, 1.0)])
    assert f'x="0.0" y="14" textLength="{4 * WIDE:.1f}"' in drawn
    assert f'x="{4 * WIDE:.1f}" y="14" textLength="{3 * WIDE:.1f}"' in drawn
    assert "&gt; a" in drawn
    assert frames_of(drawn) == [["客户>a"]]


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_both_readmes_show_it(readme: str) -> None:
    assert "](docs/shift.svg)" in (ROOT / readme).read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_the_console_still_says_what_the_picture_shows() -> None:
    shown = [row for rows in frames_of(PICTURE.read_text(encoding="utf-8")) for row in rows]
    said = {row for frame, _ in record(ROOT) for row in text_of(frame)}
    gone = sorted({row for row in shown if row not in said})
    assert len(gone) <= (1 - ALIKE) * len(set(shown)), f"`make recording` draws it again; no longer said: {gone}"
