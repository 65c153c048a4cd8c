"""Put values into the text of a YAML file, in the manner of what stands around them. The hands of ``editing``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from csbot.library.yaml_document import Key, Span
from csbot.library.yaml_writer import Style, Value, block, flow, pair, scalar
from csbot.text.regex import regex

LOOKED_AT = 40  # neighbours on each level whose look is taken over
_NOTHING = regex(r"[ \t]*(#.*)?")  # what may follow a value on its line
_COMMENT = regex(r"(?P<pad> *)#")


class PatchError(ValueError):
    """Something stands where nothing is expected; the message is Chinese."""


class Page:
    """A text with the places of its values, and what is to be put where. Places mean the text as it was given."""

    def __init__(self, text: str, spans: dict[Key, Span]) -> None:
        self._text = text
        self._spans = spans
        self._patches: list[tuple[int, int, str]] = []

    def patched(self) -> str:
        """Return the text with everything put in its place. Raises PatchError where two things meet."""
        break_ = "\r\n" if "\r\n" in self._text else "\n"
        parts, at = [], 0
        for start, end, new in sorted(self._patches, key=lambda patch: patch[:2]):
            if start < at:
                raise PatchError("两处改动挨得太近，请分开改")
            parts += [self._text[at:start], new.replace("\n", break_)]
            at = end
        return "".join([*parts, self._text[at:]])

    def insert(self, key: Key, after: int, value: Value) -> None:
        """Insert an item into the list at ``key``, which is not empty, behind the item number ``after``."""
        style = self._style((*key, after + 1))
        item = self._spans[(*key, after)]
        if self._spans[key].style == "flow":
            self._patch(item.end, item.end, f", {flow(value, style)}")
            return
        column = self._column(self._spans[key].start)
        end = self._below(item.end, column + 1)
        gap = "\n\n" if self._is_apart(key, after) else "\n"
        self._patch(end, end, f"{gap}{' ' * column}- {block(value, column + 2, style)}")

    def put(self, key: Key, value: Value) -> None:
        """Put a value in the place of another one, or as a new key behind those of its group."""
        parent, name, inside = self._spans[key[:-1]], key[-1], key[-1:]
        style, span = self._style(key[:-1]), self._spans.get(key)
        if span is None:
            self._add_key(key, value, style)
        elif self._is_flow(key[:-1]):
            self._patch(span.start, span.end, flow(value, style, inside))
        elif isinstance(name, int):
            self._patch(span.start, span.end, block(value, self._column(span.start), style, inside))
        else:
            start, colon = parent.names[name]
            colon = self._text.index(":", colon) + 1
            if "#" in self._text[colon : span.start]:
                raise PatchError("键和值之间有注释，请在编辑器里手工改")
            new = pair(name, value, self._column(start), style, inside)[len(scalar(name)) + 1 :]
            self._patch(colon, span.end, new)

    def _add_key(self, key: Key, value: Value, style: Style) -> None:
        group, name, inside = self._spans[key[:-1]], str(key[-1]), key[-1:]
        last = max((self._spans[(*key[:-1], each)].end for each in group.names), default=group.start + 1)
        if self._is_flow(key[:-1]):
            comma = ", " if group.names else ""
            self._patch(last, last, f"{comma}{scalar(name)}: {flow(value, style, inside)}")
            return
        column = self._column(group.start)
        end = self._below(last, column)
        self._patch(end, end, f"\n{' ' * column}{pair(name, value, column, style, inside)}")

    def remove(self, keys: Sequence[Key]) -> None:
        """Take items of lists and keys of groups away; of each list and group something stays."""
        members: dict[Key, list[str | int]] = {}
        for key in keys:
            members.setdefault(key[:-1], []).append(key[-1])
        for parent, removed in members.items():
            span = self._spans[parent]
            names: list[str | int] = [*span.names] if span.names else [*range(span.size)]
            places = {name: at for at, name in enumerate(names)}
            gone = [places[name] for name in removed]
            for at in sorted(gone):
                if span.style == "block":
                    self._remove_lines(*self._extent(parent, names[at]))
            if span.style == "flow":
                self._remove_between(parent, names, set(gone))

    def _remove_between(self, parent: Key, names: Sequence[str | int], gone: set[int]) -> None:
        """Take members between brackets away, each with the comma after it, the last ones with the one before."""
        tail = len(names)
        while tail - 1 in gone:
            tail -= 1
        for at in sorted(gone):
            if at < tail:
                self._patch(self._extent(parent, names[at])[0], self._extent(parent, names[at + 1])[0], "")
        if tail < len(names):
            self._patch(self._extent(parent, names[tail - 1])[1], self._extent(parent, names[-1])[1], "")

    def _remove_lines(self, start: int, end: int) -> None:
        """Take the lines of a member away, and one of the gaps around it where there are two.

        So with the gap before the last one, behind which what comes next stands at once.
        """
        first, last = self._text.rfind("\n", 0, start) + 1, self._line_end(end)
        if self._text[first:start].strip(" ") or not _NOTHING.fullmatch(self._text[end:last]):
            raise PatchError("同一行里还有别的内容，请在编辑器里手工改")
        last += self._break_at(last)
        behind = re.match(r"( *)([^ \t\r\n])?", self._text[last:])
        is_last = behind is not None and behind[2] is not None and len(behind[1]) < start - first
        if is_last or re.match(r"[ \t]*(\r?\n|\Z)", self._text[last:]):
            gap = re.search(r"(?:(?<=\n)[ \t]*\r?\n)+\Z", self._text[:first])
            first = gap.start() if gap else first
        self._patch(first, last, "")

    def _extent(self, parent: Key, name: str | int) -> tuple[int, int]:
        """Return where a member begins, with its dash or its key, and where it ends."""
        span = self._spans[(*parent, name)]
        if isinstance(name, str):
            return self._spans[parent].names[name][0], span.end
        if self._spans[parent].style == "flow":
            return span.start, span.end
        return self._dash(self._column(self._spans[parent].start), span.start), span.end

    def _dash(self, column: int, start: int) -> int:
        """Return where the dash of an item stands that begins at ``start``: on its line, or above it."""
        at = start
        while at >= 0:
            line = self._text.rfind("\n", 0, at) + 1
            if self._text[line + column : line + column + 1] == "-" and line + column < start:
                return line + column
            at = line - 1
        raise PatchError("找不到列表的减号，请在编辑器里手工改")

    def _is_apart(self, key: Key, after: int) -> bool:
        """Tell whether the items around the place have empty lines between them."""
        if self._spans[key].size < 2:
            return False
        first = max(after - 1, 0)
        column = self._column(self._spans[key].start)
        between = self._text[self._spans[(*key, first)].end : self._dash(column, self._spans[(*key, first + 1)].start)]
        return re.search(r"\n[ \t]*\r?\n", between) is not None

    def _is_flow(self, key: Key) -> bool:
        return any(self._spans[key[:length]].style == "flow" for length in range(len(key) + 1))

    def _below(self, end: int, column: int) -> int:
        """Return the end of the line on which a value ends, or of the comments below it from ``column`` on."""
        line_end = self._line_end(end)
        if not _NOTHING.fullmatch(self._text[end:line_end]):
            raise PatchError("值的后面还有别的内容，请在编辑器里手工改")
        while (found := _COMMENT.match(self._text, line_end + self._break_at(line_end))) is not None:
            if len(found["pad"]) < column or not self._break_at(line_end):
                break
            line_end = self._line_end(found.end())
        return line_end

    def _line_end(self, at: int) -> int:
        """Return where the line ends, before its line break."""
        found = self._text.find("\n", at)
        if found < 0:
            return len(self._text)
        return found - 1 if found > at and self._text[found - 1] == "\r" else found

    def _break_at(self, at: int) -> int:
        """Return the length of the line break at a place; 0 at the end of the text."""
        if self._text.startswith("\r\n", at):
            return 2
        return 1 if self._text.startswith("\n", at) else 0

    def _column(self, at: int) -> int:
        return at - (self._text.rfind("\n", 0, at) + 1)

    def _patch(self, start: int, end: int, new: str) -> None:
        self._patches.append((start, end, new))

    def _styles(self, entry: Key, inside: Key) -> list[str]:
        """Return the styles of what stands at ``inside`` in an entry; of every item where that is one of a list."""
        places: list[Key] = [entry]
        for name in inside:
            known = [place for place in places if place in self._spans]
            if isinstance(name, str):
                places = [(*place, name) for place in known]
            else:
                places = [(*place, at) for place in known for at in range(self._spans[place].size)]
        return [self._spans[place].style for place in places if place in self._spans]

    def _style(self, root: Key) -> Style:
        """Return how a value that is written at ``root`` should look: as now, or as in the entries beside it."""

        def style(inside: Key) -> str:
            key = (*root, *inside)
            if key in self._spans and (self._spans[key].size or self._spans[key].style != "flow"):
                return self._spans[key].style
            for at in range(len(key) - 1, -1, -1):
                number = key[at]
                if not isinstance(number, int):
                    continue
                numbers = range(number - 1, max(number - 1 - LOOKED_AT, -1), -1)
                near = [each for index in numbers for each in self._styles((*key[:at], index), key[at + 1 :])]
                if near:
                    return Counter(near).most_common(1)[0][0]
            return ""

        return style
