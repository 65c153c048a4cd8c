"""What a library in layers tells of them."""

from __future__ import annotations

from typing import NamedTuple


class LayerName(NamedTuple):
    """A layer of a library: its folder, its level in Chinese, and what it is called."""

    root: str
    level: str
    name: str

    @property
    def title(self) -> str:
        """The layer as it is named to a person: 「公司（示例公司）」."""
        return f"{self.level}（{self.name}）" if self.name else self.level


class LayerChange(NamedTuple):
    """What a layer does: to what of the library, where that is written, and why where it says so."""

    layer: int  # its number, the lowest is 0
    how: str  # new, add, replace or off
    what: str  # in Chinese: 「情景」
    name: str
    path: str
    line: int
    reason: str
