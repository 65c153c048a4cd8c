"""What was found before and cannot have changed: kept in the cache, so that only what an edit touches is checked.

A finding is kept with its address in the library, not with its line: the line is looked up again each time. The key
of what is kept holds everything that the check reads, and csbot's own code, so that nothing old is ever believed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, cast

from csbot.library.problems import Problem
from csbot.lint.places import Addresses, Places
from csbot.matching.progress import report
from csbot.rules.rulebook import Rows, Rulebook
from csbot.text.cache import recall, remember, source_digest

Check = Callable[[Places], Iterable[Problem]]
# What is said while it is waited for.
WORK = {
    "replies": "检查回复",
    "rules-forbidden": "试禁用语规则的例子",
    "rules-elements": "试要素的例子",
    "shadows": "比较禁用语规则",
    "rewriting": "试改写的例子",
    "touched": "试改写回复",
    "duplicates": "找重复的例句",
    "overlaps": "比较例句",
}


def digest(*parts: Any) -> str:
    """Return a digest of JSON values."""
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"), default=repr)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Item(NamedTuple):
    """One of many small checks: the id of what it looks at, all that it reads besides what all share, and itself."""

    identifier: str
    key: str
    check: Check
    texts: Callable[[], Iterable[str]] | None = None  # all that the check asks forbidden rules about, where it is known
    asked: Callable[[], list[str]] | None = None  # gives that after the check, where it is known only then


Origin = tuple[str, str]  # the name of a check, and the id of what it looked at


class Findings:
    """The findings of one library, by the name of the check and what it was run on.

    ``place`` names the library; where it is empty nothing is kept. ``look`` is called between two checks; it may raise
    to stop them. With ``only`` nothing else is looked at. ``origins`` tells afterwards what each problem came from.
    """

    def __init__(
        self, place: str, places: Places, look: Callable[[], None], only: Collection[Origin] | None = None
    ) -> None:
        self._place = place
        self._places = places
        self._look = look
        self._only = only
        self.origins: dict[Problem, Origin] = {}

    def of_each(
        self, name: str, key: str, items: Iterable[Item], part: str = "", book: Rulebook | None = None
    ) -> Iterator[Problem]:
        """Yield what many small checks find, each as it was found before where its key and ``key`` are the same.

        ``part`` sets apart what a part of a check finds, under whose name it counts. ``book`` holds the forbidden
        rules where they are read besides: then the texts of an item may not be concerned by what changed in them.
        """
        whole, file = f"{source_digest()}\n{key}", f"lint-{name}{part}-{self._place}"
        stored: dict[str, Any] = (cast(dict[str, Any], recall(file, whole) or {})) if self._place else {}
        before: dict[str, Any] = stored.get("found", {})
        books: dict[str, Rows] = stored.get("books", {})
        held = _Held(book, books)
        after: dict[str, Any] = {}
        done = False
        wanted = [each for each in items if self._only is None or (name, each.identifier) in self._only]
        try:
            for at, item in enumerate(wanted):
                known_as = _short(item.key)
                made_by, rows, asked = before.get(known_as, ("", None, None))
                if rows is None or not held.still(made_by, item.texts() if item.texts else asked):
                    self._look()
                    report(at / len(wanted), WORK.get(name, "检查话术库"))
                    rows = list(map(_row, item.check(Addresses())))
                    asked = item.asked() if item.asked else None
                after[known_as] = [book.digest if book is not None else "", rows, asked]
                for row in rows:
                    problem = self._places.found(*row)
                    self.origins[problem] = (name, item.identifier)
                    yield problem
            done = self._only is None
        finally:
            report(1.0, WORK.get(name, "检查话术库"))
            found = after if done else {**before, **after}  # what was stopped in the middle goes on from there
            if self._place and found != before:
                known = books if book is None else {**books, book.digest: book.rows}
                used = {made_by for made_by, *_ in found.values()}
                kept = {digest: rows for digest, rows in known.items() if digest in used}
                remember(file, whole, {"found": found, "books": kept})


def _row(problem: Problem) -> list[str]:
    """Return what ``Places.found`` takes of a problem at an address."""
    return [problem.path, problem.code, problem.message, problem.severity, problem.wording]


def _short(key: str) -> str:
    """Return a digest of what an item is kept under: thousands of scripts need not be written out each time."""
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class _Held:
    """Tells whether what was found by other rules still holds."""

    def __init__(self, book: Rulebook | None, books: Mapping[str, Rows]) -> None:
        self._book, self._books = book, books

    def still(self, made_by: str, texts: Iterable[str] | None) -> bool:
        """Tell whether what was found by the rules with that digest would be found now, given the texts they read."""
        if self._book is None or made_by == self._book.digest:
            return True
        if texts is None or made_by not in self._books:
            return False
        difference = self._book.since(self._books[made_by], made_by)
        return difference is not None and not any(map(difference.concerns, texts))
