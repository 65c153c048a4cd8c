"""A draft while it is being reworded: which of its characters are still those that the agent typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Part = str | tuple[int, int]  # new wording, or a span of the text before the change

COMMAS = frozenset("，,、：:")
ENDS = frozenset("。！？!?；;｡")
MARKS = COMMAS | ENDS
_OPENERS = frozenset("“‘「『《（(【[")


@dataclass(frozen=True, slots=True)
class Change:
    """A place of the draft as typed (code-point offsets, ``end`` excluded) and what stands there instead."""

    start: int
    end: int
    replacement: str


class Marked:
    """A text and, for each of its characters, where in the draft as typed it stands."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.text = raw
        self._origins: list[int | None] = list(range(len(raw)))

    def replace(self, start: int, end: int, parts: Sequence[Part]) -> None:
        """Put ``parts`` in the place of ``text[start:end]`` and mend the punctuation at both seams."""
        text, origins = "", list[int | None]()
        for part in parts:
            if isinstance(part, str):
                text += part
                origins += [None] * len(part)
            else:
                text += self.text[slice(*part)]
                origins += self._origins[slice(*part)]
        self._put(start, end, text, origins)
        self._mend(start + len(text))
        if text:
            self._mend(start)

    def _put(self, start: int, end: int, text: str, origins: Sequence[int | None] = ()) -> None:
        self.text = self.text[:start] + text + self.text[end:]
        self._origins[start:end] = origins

    def _mend(self, at: int) -> None:
        """Take out what must not stand side by side at ``at``: 「。，」, 「。。」, a comma at either end of a line."""
        while True:
            left = len(self.text[:at].rstrip(" \u3000"))
            right = len(self.text) - len(self.text[at:].lstrip(" \u3000"))
            before, after = self.text[left - 1 : left], self.text[right : right + 1]
            if after in MARKS and after and (before in MARKS or before in ("", "\n") or before in _OPENERS):
                if before in COMMAS and after in ENDS:
                    self._put(left - 1, right, "")
                    at = left - 1
                elif before in ENDS and after in ENDS and left == right == at and self._as_typed(at):
                    return
                else:
                    self._put(left, right + 1, "")
                    at = left
            elif before and before in COMMAS and after in ("", "\n"):
                self._put(left - 1, right, "")
                at = left - 1
            else:
                if before in MARKS or before in ("", "\n"):
                    self._put(left, right, "") if left < right and after else None
                return

    def _as_typed(self, at: int) -> bool:
        """Tell whether the two characters around ``at`` stood side by side in the draft."""
        first, second = self._origins[at - 1], self._origins[at]
        return first is not None and second is not None and second == first + 1

    def is_new(self, start: int, end: int) -> bool:
        """Tell whether nothing of ``text[start:end]`` was typed by the agent."""
        return all(origin is None for origin in self._origins[start:end])

    def is_seam(self, start: int, end: int) -> bool:
        """Tell whether some of ``text[start:end]`` was typed by the agent and some was not."""
        return not self.is_new(start, end) and None in self._origins[start:end]

    def changes(self) -> tuple[Change, ...]:
        """Return what was changed, in order of place; applied to the draft as typed it gives the text."""
        changes: list[Change] = []
        position, inserted = 0, ""
        for character, origin in zip(self.text, self._origins, strict=True):
            if origin is None or origin < position:  # new, or moved behind what stood after it
                inserted += character
                continue
            if inserted or origin > position:
                changes.append(Change(position, origin, inserted))
            position, inserted = origin + 1, ""
        if inserted or position < len(self.raw):
            changes.append(Change(position, len(self.raw), inserted))
        return tuple(changes)


def apply(raw: str, changes: Sequence[Change]) -> str:
    """Return a draft with changes made to it."""
    result, position = "", 0
    for change in changes:
        result += raw[position : change.start] + change.replacement
        position = change.end
    return result + raw[position:]
