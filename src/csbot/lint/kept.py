"""What was found before and cannot have changed: kept in the cache, so that only what an edit touches is checked.

A finding is kept with its address in the library, not with its line: the line is looked up again each time. The key
of what is kept holds everything that the check reads, and csbot's own code, so that nothing old is ever believed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

from csbot.library.problems import Problem
from csbot.lint.places import Addresses, Places
from csbot.text.cache import recall, remember, source_digest

Check = Callable[[Places], Iterable[Problem]]


def digest(*parts: Any) -> str:
    """Return a digest of JSON values."""
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"), default=repr)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Findings:
    """The findings of one library, by the name of the check and what it was run on.

    ``place`` names the library; where it is empty nothing is kept.
    """

    def __init__(self, place: str, places: Places, look: Callable[[], None]) -> None:
        self._place = place
        self._places = places
        self._look = look  # called between two checks; it may raise to stop them

    def of(self, name: str, key: str, check: Check) -> Iterator[Problem]:
        """Yield what a check finds, as it was found before where ``key`` is the same."""
        yield from self.of_each(name, "", [(key, check)])

    def of_each(self, name: str, key: str, checks: Iterable[tuple[str, Check]]) -> Iterator[Problem]:
        """Yield what many small checks find, each with a key of its own beside the one that all of them share."""
        whole, file = f"{source_digest()}\n{key}", f"lint-{name}-{self._place}"
        before: dict[str, Any] = (cast(dict[str, Any], recall(file, whole) or {})) if self._place else {}
        after: dict[str, Any] = {}
        done = False
        try:
            for own, check in checks:
                rows = before.get(own)
                if rows is None:
                    self._look()
                    rows = [[each.path, each.code, each.message, each.severity] for each in check(Addresses())]
                after[own] = rows
                for address, code, message, severity in rows:
                    yield self._places.found(address, code, message, severity)
            done = True
        finally:
            found = after if done else {**before, **after}  # what was stopped in the middle goes on from there
            if self._place and found.keys() != before.keys():
                remember(file, whole, found)
