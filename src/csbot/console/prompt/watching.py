"""The guard over a draft while it is typed: at once where that is fast, else beside the typing.

A draft is judged in the same keystroke where that takes a few milliseconds, by how long the last ones took on this
machine. A longer one goes to a thread that waits for a pause, and only what was typed last is judged there; until it
is done, what was found before is carried over to the new text. Nothing here ever makes a keystroke wait.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from csbot.replying.guard import Guard
    from csbot.rules.rewrite import Rewriting
    from csbot.rules.wording.model import Hit

AT_ONCE = 0.005  # seconds that a judgement may take within a keystroke
PAUSE = 0.08  # seconds without a keystroke before a longer draft is judged, at least
PATIENCE = 3.0  # times as long as the judgement will take is waited too: it slows typing down while it runs
FIRST_PACE = 8e-6  # seconds a character, until there is something to go by
STEADY = 0.8  # share of the pace so far in the next: one slow moment of the machine changes little
LARGEST_STEP = 2.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a draft: its findings; ``settled`` is False while they are those of an earlier wording."""

    draft: str
    hits: tuple[Hit, ...] = ()
    settled: bool = True


class Watch:
    """Judges one draft after the other. All methods are for the thread of the prompt.

    ``guard`` gives the guard, None while the rules are being loaded; ``changed`` is called from another thread when
    there is something new to show. ``warm`` tells whether the guard has made all that it makes for the first draft of
    a kind: until then no draft is judged within a keystroke.
    """

    def __init__(
        self,
        guard: Callable[[], Guard | None],
        changed: Callable[[], None] = lambda: None,
        warm: Callable[[], bool] = lambda: True,
    ) -> None:
        self._guard = guard
        self._changed = changed
        self._warm = warm
        self._seen = Seen("")
        self._pace = FIRST_PACE
        self._worker = _Worker(changed)

    @property
    def ready(self) -> bool:
        """Whether there are rules to judge by."""
        return self._guard() is not None

    def look(self, draft: str) -> Seen:
        """Return what is known of a draft now, and see to it that more is known soon."""
        if draft == self._seen.draft and self._seen.settled:
            return self._seen
        guard = self._guard()
        if guard is None:
            return Seen(draft, settled=False)
        done = self._worker.hits
        if done is not None and done.draft == draft:
            self._seen = done
        elif len(draft) * self._pace <= AT_ONCE and self._warm():
            start = time.perf_counter()
            self._seen = Seen(draft, tuple(guard.findings(draft)))
            self._note_pace(len(draft), time.perf_counter() - start)
        else:
            self._seen = Seen(draft, carried_over(self._seen, draft), settled=False)
            self._worker.judge(guard, draft, max(PAUSE, PATIENCE * self._pace * len(draft)))
        return self._seen

    def rewrite(self, draft: str, address: str, done: Callable[[Rewriting], None]) -> None:
        """Make the compliant rewriting of a draft beside the typing; ``done`` is called with it in that thread."""
        guard = self._guard()
        if guard is not None:
            self._worker.rewrite(guard, draft, address, done)

    def _note_pace(self, length: int, taken: float) -> None:
        if length >= 100:  # of a few characters the clock says nothing
            new = min(taken / length, self._pace * LARGEST_STEP)
            self._pace = STEADY * self._pace + (1 - STEADY) * new


class _Worker:
    """One thread that does what was asked of it last; what was asked before and not begun is dropped."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._lock = threading.Condition()
        self._thread: threading.Thread | None = None
        self._wanted: tuple[Guard, str] | None = None
        self._due = 0.0  # when it may be judged, by the monotonic clock
        self._rewriting: Callable[[], None] | None = None
        self.hits: Seen | None = None

    def judge(self, guard: Guard, draft: str, pause: float) -> None:
        with self._lock:
            if self._wanted is None or self._wanted[1] != draft:
                self._wanted, self._due = (guard, draft), time.monotonic() + pause
                self._wake()

    def rewrite(self, guard: Guard, draft: str, address: str, done: Callable[[Rewriting], None]) -> None:
        with self._lock:
            self._rewriting = lambda: done(guard.rewriting(draft, address))
            self._wake()

    def _wake(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="csbot-watch", daemon=True)
            self._thread.start()
        self._lock.notify()

    def _run(self) -> None:
        while True:
            with self._lock:
                while self._rewriting is None and (wait := self._pause()) != 0:
                    self._lock.wait(wait)
                rewriting, self._rewriting = self._rewriting, None
                wanted = None if rewriting else self._wanted
            if rewriting is not None:
                rewriting()
            elif wanted is not None:
                guard, draft = wanted
                seen = Seen(draft, tuple(guard.findings(draft)))
                with self._lock:
                    stale = self._wanted is not wanted
                    if not stale:
                        self.hits, self._wanted = seen, None
                if not stale:
                    self._changed()

    def _pause(self) -> float | None:
        """Return the seconds until the wanted draft may be judged, None where none is wanted."""
        return None if self._wanted is None else max(0.0, self._due - time.monotonic())


def carried_over(seen: Seen, draft: str) -> tuple[Hit, ...]:
    """Return the findings that stand in stretches of an earlier draft that a later one still has, moved there."""
    old = seen.draft
    shortest = min(len(old), len(draft))
    before = _common(old, draft, shortest)
    behind = _common(old[::-1], draft[::-1], shortest - before)
    moved = len(draft) - len(old)
    return tuple(
        hit if hit.end <= before else replace(hit, start=hit.start + moved, end=hit.end + moved)
        for hit in seen.hits
        if hit.end <= before or hit.start >= len(old) - behind
    )


def _common(one: str, other: str, most: int) -> int:
    """Return how many characters two texts begin with in common, ``most`` at most; by halving, which is fast."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low
