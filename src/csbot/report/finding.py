"""A finding as a value: what a reporter writes, whatever found it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate

from csbot.rules.wording.model import Hit

IN_BASELINE = "已记入基线"  # the suppression of a finding that a baseline sets aside; a comment gives its own reason


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding and its place in a file.

    Lines and columns count from 1, columns in code points; ``end_column`` is the one behind the last character.
    ``suppression`` is the reason of the inline comment (or the baseline) that sets the finding aside, empty
    where it counts. ``fingerprint`` stays the same when lines are inserted above.
    """

    path: str  # with forward slashes; ``<stdin>`` and ``<text>`` where there is no file
    line: int
    column: int
    end_line: int
    end_column: int
    code: str  # the id of the rule, or a code of ``csbot.lint.codes``
    severity: str  # error | warning
    message: str  # Chinese, one line
    snippet: str = ""  # the line of the file that holds the start
    found: str = ""  # the text from start to end, as given
    category: str = ""
    banned: str = ""  # the canonical expression of the rule
    instead: str = ""  # what to say instead
    reason: str = ""
    source: str = ""  # manual and clause
    ways: tuple[str, ...] = ()  # how the wording was disguised
    field: str = ""  # which value of a structured file: a column, a key
    fingerprint: str = ""
    suppression: str = ""

    @property
    def place(self) -> str:
        """The place as editors and terminals understand it."""
        return f"{self.path}:{self.line}:{self.column}"

    def around(self, context: int) -> tuple[int, str]:
        """Return the hit on its first line with up to ``context`` code points on both sides, and where that begins.

        The place is a column. A line may be a whole file and hold a finding every few characters, so that nobody
        wants all of it for each.
        """
        start = self.column - 1
        one_line = self.end_line == self.line
        long = self.end_column - self.column if one_line else len(self.found.partition("\n")[0])
        first = max(0, start - context)
        return first + 1, self.snippet[first : start + long + context]


def counted(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that count: those that nothing sets aside."""
    return [finding for finding in findings if not finding.suppression]


class Lines:
    """The lines of a text, to turn offsets into places."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._starts = list(accumulate((len(line) + 1 for line in self._lines), initial=0))

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column of an offset, both from 1."""
        line = bisect_right(self._starts, offset) - 1
        return line + 1, offset - self._starts[line] + 1

    def line(self, number: int) -> str:
        """Return a line by its number."""
        return self._lines[number - 1]


def findings_of(path: str, text: str, hits: Iterable[Hit], context: Mapping[str, str]) -> Iterator[Finding]:
    """Yield each hit in ``text`` as a finding; ``context`` may raise its severity (customer_type)."""
    lines = Lines(text)
    for hit in hits:
        rule = hit.rule
        line, column = lines.place(hit.start)
        end_line, last = lines.place(hit.end - 1)
        yield Finding(
            path=path,
            line=line,
            column=column,
            end_line=end_line,
            end_column=last + 1,
            code=rule.id,
            severity=rule.severity_in(dict(context)).value,
            message=f"「{rule.name}」是服务忌语",
            snippet=lines.line(line),
            found=hit.found,
            category=rule.category,
            banned=rule.name,
            instead=rule.instead,
            reason=rule.reason,
            source=rule.source,
            ways=hit.ways,
        )
