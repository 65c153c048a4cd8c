"""Plain text and Markdown, read in windows at line ends, so that memory does not grow with the file."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

from csbot.sources.ignores import Said, comments_of
from csbot.sources.passage import END_OF_LINE, Excerpt, Fail, Ignore, Items, Raw, Span
from csbot.text.regex import regex

WINDOW = 60_000  # characters of a passage whose hits count: enough for the first look at long texts to pay
MARGIN = 1_000  # characters of context that a passage has before and behind them
FRONT_MATTER = 500  # lines in which front matter must end
_FENCE = regex(r"[\s>]*(?:(?:[-*+]|\d+[.)])\s+)?(?P<marks>`{3,}|~{3,})(?P<info>[^\n]*)")
_CODE_OR_COMMENT = regex(r"(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)|<!--")
_UNCLOSED = "从这一行开始的{what}没有结尾，后面的内容都没有检查：请补上 {end}"


class Window:
    """Lines that become passages: long enough to be worth a scan, short enough for memory."""

    def __init__(self, size: int = WINDOW, margin: int = MARGIN) -> None:
        self._size, self._margin = size, margin
        self._raw: list[str] = []
        self._shown: list[str] = []
        self._first = 1  # number of the first line held
        self._length = 0  # characters held
        self._core = 0  # offset from which hits count

    def add(self, number: int, raw: str, shown: str) -> Iterator[Excerpt]:
        """Take in a line; ``shown`` is what of it is agent-side text, the rest blank, of the same length."""
        if not self._raw:
            self._first = number
        self._raw.append(raw)
        self._shown.append(shown)
        self._length += len(raw)
        if self._length - self._core >= self._size + self._margin:
            yield from self._shift()

    def close(self) -> Iterator[Excerpt]:
        """Give what is left; the next line begins a passage of its own."""
        if self._length > self._core:
            yield self._passage(self._length)
        self._raw, self._shown, self._length, self._core = [], [], 0, 0

    def _passage(self, core_end: int) -> Excerpt:
        raw = "".join(self._raw)
        text = "".join(self._shown)
        return Excerpt(
            text,
            Raw(raw, self._first),
            range(len(text)),
            range(1, len(text) + 1),
            core=(self._core, core_end),
        )

    def _shift(self) -> Iterator[Excerpt]:
        """Give a passage and keep its end: the last MARGIN characters as context, those behind as text to come."""
        behind, cut = 0, len(self._raw)
        while behind < self._margin:
            cut -= 1
            behind += len(self._raw[cut])
        core_end = self._length - behind
        if core_end <= self._core:
            return  # one very long line: nothing but it could be given
        yield self._passage(core_end)
        before, first = 0, cut
        while first > 0 and before < self._margin:
            first -= 1
            before += len(self._raw[first])
        self._raw, self._shown = self._raw[first:], self._shown[first:]
        self._first += first
        self._length, self._core = before + behind, before


class _Comments:
    """Comments that set findings aside: each speaks of its line, or alone on it of the next that says something."""

    def __init__(self, style: str) -> None:
        self._style = style
        self._waiting: list[tuple[Said, str, Span]] = []

    def blanked(self, number: int, line: str, visible: str | None = None) -> tuple[str, list[Ignore]]:
        """Return the line without its comments, and the ignores that are complete with it.

        ``visible`` is the line where more than these comments is blank (Markdown).
        """
        shown = line if visible is None else visible
        found = []
        for what, start, end in comments_of(line, self._style):
            if visible is not None and visible[start:end].strip():
                continue  # one that is shown, as an example in `code`, and not meant
            shown = shown[:start] + " " * (end - start) + shown[end:]
            span = Span(number, start + 1, number, end + 1, line.rstrip("\r\n"))
            found.append((what, line[start:end], span))
        if not shown.strip():
            self._waiting += found
            return shown, []
        ready, self._waiting = [*self._waiting, *found], []
        return shown, [_ignore(each, number) for each in ready]

    def unanswered(self) -> Iterator[Ignore]:
        """Yield the comments behind which nothing is said."""
        yield from (_ignore(each, 0) for each in self._waiting)


def _ignore(waiting: tuple[Said, str, Span], number: int) -> Ignore:
    what, written, span = waiting
    return Ignore(what.rules, what.reason, span, written, (number, 1), (number, END_OF_LINE))


def text_items(lines: Iterator[str], _fail: Fail, *, size: int = WINDOW, margin: int = MARGIN) -> Items:
    """Yield the passages of plain text: all of it but the comments that set findings aside."""
    window, comments = Window(size, margin), _Comments("text")
    for number, line in enumerate(lines, start=1):
        shown, ignores = comments.blanked(number, line)
        yield from ignores
        yield from window.add(number, line, shown)
    yield from window.close()
    yield from comments.unanswered()


def markdown_items(lines: Iterator[str], fail: Fail, *, size: int = WINDOW, margin: int = MARGIN) -> Items:
    """Yield the passages of Markdown: front matter, fenced code and HTML comments are not what an agent says.

    A fence or a comment that is never closed raises ``markdown.unclosed``: what stands behind it was not checked.
    """
    window, comments = Window(size, margin), _Comments("markdown")
    fence: re.Match[str] | None = None
    opened = 0  # the line where the fence or the comment began
    in_comment = False
    for number, line in _behind_front_matter(lines):
        found = _FENCE.match(line) if not in_comment else None
        if fence is not None:
            if found is not None and found["marks"].startswith(fence["marks"]) and not found["info"].strip():
                fence = None
            continue
        if found is not None and not (found["marks"][0] == "`" and "`" in found["info"]):
            fence, opened = found, number
            yield from window.close()
            continue
        was_open = in_comment
        visible, in_comment = _without_comments(line, in_comment)
        if in_comment and not was_open:
            opened = number
        shown, ignores = comments.blanked(number, line, visible)
        yield from ignores
        yield from window.add(number, line, shown)
    yield from window.close()
    yield from comments.unanswered()
    if fence is not None:
        raise fail((opened, 1), "markdown.unclosed", _UNCLOSED.format(what="代码块", end=fence["marks"]))
    if in_comment:
        raise fail((opened, 1), "markdown.unclosed", _UNCLOSED.format(what="注释", end="-->"))


def _behind_front_matter(lines: Iterator[str]) -> Iterator[tuple[int, str]]:
    """Yield the numbered lines behind the front matter, all where there is none or it does not end."""
    numbered = enumerate(lines, start=1)
    held: deque[tuple[int, str]] = deque()
    for number, line in numbered:
        held.append((number, line))
        if number == 1 and line.rstrip() not in ("---", "+++"):
            break
        if number > 1 and line.rstrip() in (held[0][1].rstrip(), "..."):
            held.clear()
            break
        if number > FRONT_MATTER:
            break
    yield from held
    yield from numbered


def _without_comments(line: str, inside: bool) -> tuple[str, bool]:
    """Return a line with its HTML comments blank, and whether one goes on behind it."""
    shown: list[str] = []
    position = 0
    while position < len(line):
        if inside:
            end = line.find("-->", position)
            stop = len(line.rstrip("\r\n")) if end < 0 else end + 3
            shown.append(" " * (stop - position))
            inside, position = end < 0, stop
            if inside:
                break
            continue
        found = next((each for each in _CODE_OR_COMMENT.finditer(line, position) if each[0] == "<!--"), None)
        if found is None:
            break
        shown.append(line[position : found.start()] + " " * 4)
        inside, position = True, found.end()
    shown.append(line[position:])
    return "".join(shown), inside
