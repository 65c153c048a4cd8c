"""Lines that fit a terminal: widths are counted in columns, where a Chinese character takes two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len

from csbot.text.normalise import visible
from csbot.text.regex import regex

_UNIT = regex(r"\n|[!-~]+|[^!-~\n]")
_NEVER_FIRST = frozenset("，。！？；：、）」』】》”’…,.!?;:)")


def wrap(text: str, width: int) -> list[str]:
    """Break ``text`` into lines of at most ``width`` columns; closing punctuation never begins a line."""
    lines, current, used = [], "", 0
    for unit in _UNIT.findall(text):
        if unit == "\n":
            lines.append(current)
            current, used = "", 0
            continue
        for piece in [unit] if cell_len(unit) <= width else list(unit):
            size = cell_len(piece)
            if used + size > width and current:
                carried = current[-1] if piece in _NEVER_FIRST and len(current) > 1 else ""
                lines.append(current[: len(current) - len(carried)])
                current, used = carried, cell_len(carried)
                if not current and piece == " ":
                    continue
            current += piece
            used += size
    return [*lines, current]


def clip(text: str, width: int) -> str:
    """Return ``text`` on one line of at most ``width`` columns, with a mark where something was cut off."""
    text = " ".join(text.split("\n"))
    if len(text) <= width and cell_len(text) <= width:
        return text
    kept, used = "", 0
    for character in text:
        used += cell_len(character)
        if used > width - 2:
            break
        kept += character
    return kept + "…"


def pad(text: str, width: int) -> str:
    """Return ``text`` with spaces up to ``width`` columns."""
    return text + " " * max(0, width - cell_len(text))


@dataclass(slots=True)
class Row:
    """A line of a draft as it is shown: pieces, each with whether it lies in a finding."""

    pieces: list[tuple[str, bool]] = field(default_factory=list)
    width: int = 0

    @property
    def marked(self) -> bool:
        """Whether any piece of the line lies in a finding."""
        return any(mark for _, mark in self.pieces)

    def marks(self) -> str:
        """Return the line of ``^`` that goes under this one."""
        return "".join(("^" if mark else " ") * cell_len(text) for text, mark in self.pieces).rstrip()


def marked_rows(draft: str, spans: Sequence[tuple[int, int]], width: int) -> list[Row]:
    """Break a draft into rows of at most ``width`` columns; ``spans`` are code-point offsets of the findings.

    Characters that a terminal would obey are made visible here, one by one, so that offsets stay true.
    """
    marked = bytearray(len(draft))
    for start, end in spans:
        marked[start:end] = b"\x01" * len(marked[start:end])
    rows = [Row()]
    for character, mark in zip(draft, map(bool, marked), strict=True):
        if character == "\n":
            rows.append(Row())
            continue
        shown = visible(character)
        size = cell_len(shown)
        if rows[-1].width + size > width:
            rows.append(Row())
        row = rows[-1]
        if row.pieces and row.pieces[-1][1] is mark:
            row.pieces[-1] = (row.pieces[-1][0] + shown, mark)
        else:
            row.pieces.append((shown, mark))
        row.width += size
    return rows
