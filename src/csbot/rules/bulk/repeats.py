"""A long text stretch by stretch: agents greet, thank and take leave in the same words all day.

The hits in a stretch (a line, with the lines before it that hold hardly a character or end with a comma) depend on
nothing else, so it is read once, wherever it stands. What runs on from one stretch into the next is looked for by
itself, as the ordinary scan does. Few stretches need their neighbours: those that begin or end with a quotation mark,
of which a neighbour may tell whose words they are, those with other line breaks in them, and very long ones.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from csbot.rules.bulk.lines import LONGEST
from csbot.rules.disguises.numbered import WIDEST_ITEM, may_be_listed
from csbot.rules.disguises.strokes import may_hold_strokes
from csbot.rules.judging.quotes import QUOTATION_MARKS
from csbot.rules.wording.fold import OVERLAP, goes_on
from csbot.rules.wording.model import Hit
from csbot.text.normalise import folded

CHUNK = 1 << 20  # characters of a text that are gone through together
MOST_REMEMBERED = 20_000  # stretches, twice: memory does not grow with the text


class Readers(NamedTuple):
    """What gives the hits of a piece of text, in order of their place: all parts of the ordinary scan."""

    apart: Callable[[str, list[int]], Iterable[Hit]]  # stretches that nothing runs on into, given where they end
    alone: Callable[[str, list[int]], Iterable[Hit]]  # the same where each but for its line break is a whole text
    together: Callable[[str], Iterable[Hit]]  # a text as it is
    over_breaks: Callable[[str, list[int]], Iterable[Hit]]  # over line breaks of a text; the dropped ones, too
    by_marks: Callable[[str], Iterable[Hit]]  # what only marks tell: lists, strokes; the dropped ones, too


class _Stretch:
    """What is known of a stretch. The places of its hits count from its beginning; None before it is read.

    ``alone`` are those that it has where it is a whole text: an expression of a trainer may ask for the end of it.
    """

    __slots__ = ("alone", "begins", "ends", "hardly", "hits", "is_apart", "is_marked", "is_one")

    def __init__(self, text: str) -> None:
        """Take the text of the stretch without the line break at its end."""
        wording = folded(text.removesuffix("\r"))
        lines, stripped = wording.rsplit("\n", 1), wording.strip()
        self.hardly = len(text) <= LONGEST and (sum(map(str.isalnum, lines[-1])) <= 1 or goes_on(wording, len(wording)))
        self.begins = wording.lstrip(" ")[:1].isalnum()  # a phrase may run on into it
        self.ends = wording.rstrip(" ")[-1:].isalnum()
        quoted = not QUOTATION_MARKS.isdisjoint((stripped[:1], stripped[-1:]))
        has_breaks = wording.count("\n") != text.count("\n")
        self.is_marked = may_be_listed(text) or may_hold_strokes(text)
        self.is_apart = not quoted and not has_breaks and len(text) <= LONGEST
        self.is_one = self.is_apart and not self.is_marked and "\n" not in text  # where nothing stands beside it
        self.hits: list[Hit] | None = None
        self.alone: list[Hit] | None = None


class Repeats:
    """Reads long texts. It keeps what it found, for the next text as well."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self._known: dict[str, _Stretch] = {}
        self._marked: dict[str, list[Hit]] = {}  # by lines with marks
        self._before: dict[str, _Stretch] = {}  # those that were known when there were too many

    def read(self, text: str) -> tuple[list[Hit], list[Hit]]:
        """Return the hits in the stretches of a text, in order of their place, and those between them.

        Of the latter the dropped ones as well: another look at the same place may have seen less.
        """
        inside: list[Hit] = []
        between: list[Hit] = []
        marked: list[tuple[int, int]] = []
        begin, size, runs_on = 0, CHUNK, False
        while begin < len(text):
            end = text.find("\n", begin + size) + 1 or len(text)
            lines = text[begin:end].split("\n")
            if end < len(text):
                lines.pop()  # nothing, behind the last line break
            found = _Found(self._of, lines, begin, runs_on, is_last=end == len(text))
            inside += self._hits_in(found, text)
            between += self._readers.over_breaks(text, found.breaks)
            for start, stop in found.marked:
                _add_span(marked, start, stop, WIDEST_ITEM)
            size = CHUNK if found.end > begin else 2 * size  # nothing but lines that hold hardly a character
            runs_on, begin = found.runs_on, found.end
        for start, stop in marked:
            between += _moved(self._by_marks(text[start:stop]), start)
        return inside, between

    def each(self, texts: Iterable[str]) -> Iterator[tuple[str, list[Hit] | None]]:
        """Yield texts that have nothing to do with each other, each with the hits in it.

        None in place of the hits where a text is not a single stretch, or marks may tell something in it.
        """
        waiting: list[tuple[str, _Stretch | None]] = []
        size = 0
        for text in texts:
            waiting.append((text, self._of(text) if len(text) <= LONGEST else None))
            size += len(text)
            if size >= CHUNK:
                yield from self._each(waiting)
                waiting, size = [], 0
        yield from self._each(waiting)

    def _each(self, texts: Sequence[tuple[str, _Stretch | None]]) -> Iterator[tuple[str, list[Hit] | None]]:
        ones = {text: stretch for text, stretch in texts if stretch is not None and stretch.is_one}
        unread = [text for text, stretch in ones.items() if stretch.alone is None]
        for text, hits in zip(unread, _hits_of_each(self._readers.alone, unread), strict=True):
            ones[text].alone = hits
        for text, _ in texts:
            yield text, list(ones[text].alone or ()) if text in ones else None

    def _by_marks(self, text: str) -> list[Hit]:
        """Return the hits that only marks tell in lines that hold some."""
        if len(text) > LONGEST:
            return list(self._readers.by_marks(text))
        if (hits := self._marked.get(text)) is None:
            hits = list(self._readers.by_marks(text))
            if len(self._marked) >= MOST_REMEMBERED:
                self._marked = {}
            self._marked[text] = hits
        return hits

    def _of(self, text: str) -> _Stretch:
        """Return what is known of a stretch, given without the line break at its end."""
        if (stretch := self._known.get(text)) is None:
            stretch = self._before.get(text) or _Stretch(text)
            if len(self._known) >= MOST_REMEMBERED:
                self._before, self._known = self._known, {}
            self._known[text] = stretch
        return stretch

    def _hits_in(self, found: _Found, text: str) -> Iterator[Hit]:
        """Yield the hits in the stretches of a piece of a text, in order of their place."""
        self._read_apart(found.unread)
        together = [hit for first, last in found.together for hit in self._read_together(text, first, last)]
        listed = [hit for at, stretch in found.places for hit in _moved(stretch.hits or (), at)]
        if not together:
            yield from listed
        else:
            yield from sorted([*listed, *together], key=lambda hit: (hit.start, -hit.end, hit.rule.id))

    def _read_apart(self, unread: dict[str, _Stretch]) -> None:
        """Read stretches that nothing runs on into."""
        for stretch, hits in zip(unread.values(), _hits_of_each(self._readers.apart, list(unread)), strict=True):
            stretch.hits = hits

    def _read_together(self, text: str, first: int, last: int) -> Iterator[Hit]:
        """Yield the hits in stretches that need their neighbours."""
        begin = text.rfind("\n", 0, max(0, first - 1 - OVERLAP)) + 1
        end = text.find("\n", min(len(text), last + OVERLAP)) + 1 or len(text)
        for hit in _moved(self._readers.together(text[begin:end]), begin):
            if first <= hit.start and hit.end <= last:
                yield hit


def _hits_of_each(read: Callable[[str, list[int]], Iterable[Hit]], texts: Sequence[str]) -> Iterator[list[Hit]]:
    """Yield the hits of each stretch, all of them read together."""
    if not texts:
        return
    ends = list(accumulate(len(text) + 1 for text in texts))
    hits = deque(read("".join(f"{text}\n" for text in texts), ends))
    for start, end in zip([0, *ends[:-1]], ends, strict=True):
        inside: list[Hit] = []
        while hits and hits[0].start < end:
            inside.append(hits.popleft())
        yield _moved(inside, -start)


class _Found:
    """The stretches of a piece of a text, which ends with one."""

    def __init__(
        self, of: Callable[[str], _Stretch], lines: list[str], begin: int, runs_on: bool, *, is_last: bool
    ) -> None:
        """Take what tells what is known of a stretch; its lines; whether wording stands right before it.

        What stands behind the last stretch is left for the next piece, unless this ``is_last``.
        """
        self.places: list[tuple[int, _Stretch]] = []  # with hits, or not read yet
        self.unread: dict[str, _Stretch] = {}
        self.together: list[tuple[int, int]] = []  # spans of stretches that need their neighbours
        self.marked: list[tuple[int, int]] = []  # spans of stretches with marks that may make a list
        self.breaks: list[int] = []  # that a phrase may run over
        held: list[str] = []  # lines that hold hardly a character
        last = len(lines) - 1 if is_last else -1
        start = at = begin
        for number, line in enumerate(lines):
            text = line
            stretch = of(line)
            at += len(line) + 1
            if number == last:
                at -= 1
            if stretch.hardly and number != last:
                held.append(line)
                continue
            if held:
                text = "\n".join([*held, line])
                stretch = of(text)
                held = []
            if runs_on and stretch.begins:
                self.breaks.append(start - 1)
            if number == last or not stretch.is_apart:
                _add_span(self.together, start, at)
            elif stretch.hits is None:
                self.unread[text] = stretch
                self.places.append((start, stretch))
            elif stretch.hits:
                self.places.append((start, stretch))
            if stretch.is_marked:
                _add_span(self.marked, start, at, WIDEST_ITEM)
            runs_on = stretch.ends
            start = at
        self.runs_on, self.end = runs_on, start


def _add_span(spans: list[tuple[int, int]], start: int, end: int, gap: int = 0) -> None:
    """Add a span, as one with the last where no more than a gap is between them."""
    if spans and start - spans[-1][1] <= gap:
        start, _ = spans.pop()
    if start < end:
        spans.append((start, end))


def _moved(hits: Iterable[Hit], by: int) -> list[Hit]:
    return [Hit(hit.rule, hit.start + by, hit.end + by, hit.found, hit.ways, hit.exception) for hit in hits]
