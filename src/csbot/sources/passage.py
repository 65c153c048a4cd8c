"""What a reader gives: passages of agent-side text and the comments that set findings aside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from csbot.library.problems import Problem
from csbot.report.finding import Lines

Place = tuple[int, int]  # line and column, both from 1, the column in code points
END_OF_LINE = 1 << 62  # a column behind every other


class SourceError(Exception):
    """A file that cannot be read, or not to its end. ``problem`` says where and why, in Chinese."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


Fail = Callable[[Place, str, str], SourceError]  # place, code, message → the error for the file that is being read


def failure_of(path: str) -> Fail:
    """Return the function that makes an error for ``path``."""

    def fail(place: Place, code: str, message: str) -> SourceError:
        return SourceError(Problem(path, *place, code, message))

    return fail


class Raw:
    """A piece of a file as given, to turn offsets into places. ``first_line`` is the number of its first line."""

    def __init__(self, text: str, first_line: int = 1) -> None:
        self.text = text
        self.first_line = first_line

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self.text)

    def place(self, offset: int) -> Place:
        """Return line and column in the file of an offset into the piece."""
        line, column = self._lines.place(offset)
        return line + self.first_line - 1, column

    def line(self, number: int) -> str:
        """Return a line of the file by its number."""
        return self._lines.line(number - self.first_line + 1)


class Span(NamedTuple):
    """Where a stretch of a passage stands in the file; ``end_column`` is the one behind the last character."""

    line: int
    column: int
    end_line: int
    end_column: int
    snippet: str  # the line of the file that holds the start

    @property
    def start(self) -> Place:
        """The place of the first character."""
        return self.line, self.column


class Excerpt(NamedTuple):
    """A passage of a text file. ``raw.text[starts[i]:ends[i]]`` is what made ``text[i]``.

    Of a window on a long text only the hits that begin in ``core`` count: what stands around it is context.
    ``anchor`` is the line where a comment for the whole passage stands (that of the key of a value in YAML), 0
    where there is none.
    """

    text: str
    raw: Raw
    starts: Sequence[int]
    ends: Sequence[int]
    field: str = ""
    anchor: int = 0
    core: tuple[int, int] | None = None

    def span(self, start: int, end: int) -> Span:
        """Return the place of ``text[start:end]``, which must not be empty."""
        line, column = self.raw.place(self.starts[start])
        # The end is behind the last character, on its line: a break at the end belongs to the line it ends.
        last = max(self.ends[end - 1] - 1, self.starts[start])
        end_line, end_column = self.raw.place(last)
        return Span(line, column, end_line, end_column + 1, self.raw.line(line))


class Cell(NamedTuple):
    """A passage that is a cell of a workbook: its row is the line, its number in the row the column."""

    text: str
    row: int
    column: int
    field: str
    anchor: int = 0
    core: tuple[int, int] | None = None

    def span(self, start: int, end: int) -> Span:  # noqa: ARG002 - the same of every passage
        """Return the place of the cell; the snippet is the line of the cell that holds the start."""
        first = self.text.rfind("\n", 0, start) + 1
        last = self.text.find("\n", start)
        snippet = self.text[first:] if last < 0 else self.text[first:last]
        return Span(self.row, self.column, self.row, self.column + 1, snippet)


class Ignore(NamedTuple):
    """A comment that sets findings aside: from ``first`` to ``last``, those of ``rules``, for ``reason``."""

    rules: tuple[str, ...]
    reason: str
    span: Span
    written: str  # the comment as given
    first: Place
    last: Place

    def covers(self, place: Place, anchor: int) -> bool:
        """Tell whether the comment speaks of a finding at ``place`` in a passage with that anchor."""
        return self.first <= place <= self.last or (anchor > 0 and self.first <= (anchor, 1) <= self.last)


Passage = Excerpt | Cell
Item = Passage | Ignore
Items = Iterator[Item]


def excerpt(text: str, raw: Raw, start: int, *, field: str = "", anchor: int = 0) -> Excerpt:
    """Return the passage that stands in ``raw`` from ``start`` as it is, character by character."""
    offsets = range(start, start + len(text))
    return Excerpt(text, raw, offsets, range(start + 1, start + len(text) + 1), field, anchor)


def escaped_excerpt(parts: Sequence[tuple[str, int, int]], raw: Raw, *, field: str = "", anchor: int = 0) -> Excerpt:
    """Return the passage of ``parts``: each character, and the start and end in ``raw`` of what made it."""
    text = "".join(part[0] for part in parts)
    return Excerpt(text, raw, [part[1] for part in parts], [part[2] for part in parts], field, anchor)
