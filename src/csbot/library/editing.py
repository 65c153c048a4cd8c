"""Change the text of a YAML file at a place, and nothing else: every other byte stays as it was.

A change names the place by its key (``("intents", 3, "examples")``), as in the document that ``parse_yaml`` gives
of the text before any of the changes. What is written looks like its neighbours: in brackets or on lines of its
own, in quotes or not, with an empty line before it or none. A round trip through a YAML library would write
everything else anew too, in one style, and hang a heading between two entries onto the entry above.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from csbot.library.patching import Page, PatchError
from csbot.library.yaml_document import Key, Span
from csbot.library.yaml_reader import parse_yaml
from csbot.library.yaml_writer import Value

_MARK = "\ufeff"  # the mark of byte order with which some editors begin a file


class EditError(ValueError):
    """A change that cannot be made, or only by touching more than its place; the message is Chinese."""


@dataclass(frozen=True, slots=True)
class Append:
    """Add ``value`` to the list at ``key``: at its end, or behind the item with the number ``after`` (from 0).

    Where the group around it has no such key yet, it gets one. Several for one place are added in their order.
    """

    key: Key
    value: Value
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Put:
    """Let ``value`` be the value at ``key``: in place of the one that is there, or as a new key of its group."""

    key: Key
    value: Value


@dataclass(frozen=True, slots=True)
class Remove:
    """Take the item of a list, or the key of a group, away. A list may become empty; a group may not."""

    key: Key


Edit = Append | Put | Remove


def edit(text: str, edits: Sequence[Edit]) -> str:
    """Return ``text`` with all ``edits`` made; every character outside of their places is as it was.

    Raises EditError where ``text`` is no YAML that csbot reads, where a place is not there or two changes are about
    the same one, and where the result would not hold exactly what was there and what the changes say.
    """
    mark, body = (_MARK, text[1:]) if text.startswith(_MARK) else ("", text)
    spans: dict[Key, Span] = {}
    document = parse_yaml(_encoded(body), "", spans)
    if document.problems:
        raise EditError(f"文件有写法错误，先改好再写入：{document.problems[0].message}")
    plan = _Plan.of(edits, document.data)
    expected = plan.result(document.data)
    page = Page(body, spans)
    try:
        for key, value in plan.puts.items():
            page.put(key, value)
        for key, items in plan.appends.items():
            for each in items:
                page.insert(key, len(plan.old[key]) - 1 if each.after is None else each.after, each.value)
        page.remove(plan.removed)
        changed = page.patched()
    except PatchError as error:
        raise EditError(str(error)) from None
    after = parse_yaml(_encoded(changed), "")
    if after.problems or after.data != expected:
        raise EditError("这里的写法特殊，自动写入会影响别的内容，请在编辑器里手工改")
    return mark + changed


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise EditError("文字里有残缺的字符，写不进 UTF-8 文件") from None


@dataclass(slots=True)
class _Plan:
    """The changes by their places, after it is known that the places are there and apart from each other."""

    puts: dict[Key, Value] = field(default_factory=dict)
    appends: dict[Key, list[Append]] = field(default_factory=dict)
    removed: list[Key] = field(default_factory=list)
    old: dict[Key, list[Any]] = field(default_factory=dict)  # the lists that something is added to
    _gone: set[Key] = field(default_factory=set)
    _new: dict[Key, list[Key]] = field(default_factory=dict)  # by the group that they are put into

    @classmethod
    def of(cls, edits: Sequence[Edit], data: Any) -> _Plan:
        """Sort changes; a list that is new, empty or becomes empty is put there as a whole. Raises EditError."""
        plan = cls()
        added: dict[Key, list[Append]] = {}
        removed: dict[Key, None] = {}
        for each in edits:
            if not each.key:
                raise EditError("不能改整个文件")
            parent = _value_at(data, each.key[:-1])
            if isinstance(each, Append):
                added.setdefault(each.key, []).append(each)
            elif each.key in plan.puts or each.key in removed:
                raise EditError(f"「{_shown(each.key)}」要改两次，请分开改")
            elif isinstance(each, Put):
                if not (isinstance(parent, dict) and isinstance(each.key[-1], str)):
                    _value_at(data, each.key)
                plan.puts[each.key] = each.value
            else:
                _value_at(data, each.key)
                removed[each.key] = None
        plan.removed = [*removed]
        for key, items in added.items():
            plan._add(key, items, data)
        plan._empty(data)
        whole = {*plan.puts, *plan.removed}
        for other in (*plan.puts, *plan.removed, *plan.appends):
            for length in range(len(other) + (other in plan.appends)):
                if other[:length] in whole:
                    raise EditError(f"「{_shown(other[:length])}」要改两次，请分开改")
        return plan

    def _add(self, key: Key, items: list[Append], data: Any) -> None:
        parent = _value_at(data, key[:-1])
        new = isinstance(parent, dict) and isinstance(key[-1], str) and key[-1] not in parent
        old = [] if new else _value_at(data, key)
        if not isinstance(old, list) or not all(each.after is None or 0 <= each.after < len(old) for each in items):
            raise EditError(f"「{_shown(key)}」不是列表，或者没有那么多项")
        if key in self.puts:
            raise EditError(f"「{_shown(key)}」要改两次，请分开改")
        if old:
            self.appends[key], self.old[key] = items, old
        else:
            self.puts[key] = [each.value for each in items]

    def _empty(self, data: Any) -> None:
        """Write a list that loses all its items as an empty one, or with what it gets instead."""
        gone = Counter(each[:-1] for each in self.removed)
        emptied = {key for key, count in gone.items() if count >= len(_value_at(data, key))}
        for key in emptied:
            if isinstance(_value_at(data, key), dict) or not key:
                raise EditError(f"「{_shown(key)}」会变成空的")
            self.puts[key] = [each.value for each in self.appends.pop(key, [])]
        self.removed = [each for each in self.removed if each[:-1] not in emptied]

    def result(self, data: Any) -> Any:
        """Return what the file must hold afterwards that now holds ``data``."""
        self._gone = set(self.removed)
        self._new = defaultdict(list)
        for key in self.puts:
            self._new[key[:-1]].append(key)
        return self._result(data, ())

    def _result(self, value: Any, key: Key) -> Any:
        if key in self.puts:
            return _plain(self.puts[key])
        if isinstance(value, dict):
            kept = {
                name: self._result(each, (*key, name)) for name, each in value.items() if (*key, name) not in self._gone
            }
            new = {at[-1]: _plain(self.puts[at]) for at in self._new.get(key, ()) if at[-1] not in value}
            return kept | new
        if isinstance(value, list):
            behind = defaultdict[int, list[Value]](list)
            for added in self.appends.get(key, ()):
                behind[len(value) - 1 if added.after is None else added.after].append(added.value)
            items: list[Any] = []
            for index, each in enumerate(value):
                if (*key, index) not in self._gone:
                    items.append(self._result(each, (*key, index)))
                items += map(_plain, behind.get(index, ()))
            return items
        return value


def _plain(value: Value) -> Any:
    """Return a value as the reader gives it: texts, lists and dicts."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value]


def _value_at(data: Any, key: Key) -> Any:
    for each in key:
        named = isinstance(each, str) and isinstance(data, dict) and each in data
        if not named and not (isinstance(each, int) and isinstance(data, list) and 0 <= each < len(data)):
            raise EditError(f"文件里没有「{_shown(key)}」这个地方")
        data = data[each]
    return data


def _shown(key: Key) -> str:
    return ".".join(str(each + 1) if isinstance(each, int) else each for each in key) or "最外层"
