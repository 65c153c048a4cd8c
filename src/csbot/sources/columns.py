"""Which columns of a table, and which keys of structured data, hold what agents say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from csbot.sources.ignores import FIELD, ignore_at, said_in_value
from csbot.sources.passage import Fail, Ignore, Place, Span
from csbot.text.regex import regex

Keys = tuple[str | int, ...]  # the way to a value: keys and the numbers of list items, from 0
_AGENT = regex(r"回复|话术|内容|答复|应答|答案")
_ENGLISH = frozenset({"text", "reply", "replies", "content", "answer", "message", "response", "script"})
# 「客户内容」 is not what an agent says, 「回复时间」 is not said at all.
_NOT_AGENT = regex(r"客户|顾客|用户|买家|客人|时间|日期|时长|编号|人$|数$")


class Columns(NamedTuple):
    """What the first row of a table tells about the others."""

    names: tuple[str, ...]  # the field of each column, as shown
    chosen: frozenset[int]  # from 0
    everything: bool  # no column was chosen: all of them are text, and the first row may be as well
    ignores: int | None  # the column of comments that set findings aside

    def holds_text(self, index: int) -> bool:
        """Tell whether a column is to be checked; one beyond the first row is, it may be a reply cut in two."""
        if index == self.ignores:
            return False
        return self.everything or index in self.chosen or index >= len(self.names)

    def name(self, index: int) -> str:
        """Return the name of a column; one without a name is told by its number, from 1."""
        named = "" if self.everything or index >= len(self.names) else self.names[index]
        return named or f"第{index + 1}列"


def columns_of(header: Sequence[str], wanted: Sequence[str], place: Place, fail: Fail) -> Columns:
    """Choose the columns: those of ``wanted``, else those whose name says that they hold replies, else all.

    Raises ``table.column`` where none of ``wanted`` is there: nothing would be checked.
    """
    names = tuple(name.strip() for name in header)
    folded = [name.casefold() for name in names]
    ignores = folded.index(FIELD) if FIELD in folded else None
    if wanted:
        asked = {name.strip().casefold() for name in wanted}
        chosen = frozenset(index for index, name in enumerate(folded) if name in asked)
        if not chosen:
            there = "、".join(filter(None, names)) or "没有列名"
            raise fail(place, "table.column", f"没有「{'、'.join(wanted)}」这一列；第一行是：{there[:200]}")
        return Columns(names, chosen, False, ignores)
    chosen = frozenset(index for index, name in enumerate(folded) if _says_reply(name))
    return Columns(names, chosen, not chosen, ignores)


def _says_reply(name: str) -> bool:
    return name in _ENGLISH or (_AGENT.search(name) is not None and _NOT_AGENT.search(name) is None)


def row_ignores(values: Sequence[str], columns: Columns, span: Span, last: Place) -> Iterable[Ignore]:
    """Yield the comment of a row, which speaks of the whole of it."""
    if columns.ignores is not None and columns.ignores < len(values):
        written = values[columns.ignores]
        what = said_in_value(written)
        if what is not None:
            yield ignore_at(what, written, span, (span.line, 1), last)


def field_of(keys: Keys) -> str:
    """Return the way to a value as a reader would write it: ``scripts[0].replies[2].text``."""
    shown = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)
    return shown.removeprefix(".")


def is_wanted(keys: Keys, wanted: Sequence[str]) -> bool:
    """Tell whether a value is one of ``wanted``, which name its key, or the last keys of its way with dots."""
    way = "." + ".".join(key for key in keys if isinstance(key, str))
    return any(way.endswith(f".{name}") for name in wanted)
