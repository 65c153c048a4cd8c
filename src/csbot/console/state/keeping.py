"""What the console keeps on disk: promises and habits. Trouble with the disk is told once and stops nobody."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from csbot.searching.entries import Habit
from csbot.store.database import StoreError
from csbot.store.ledger import Counts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from csbot.store.habits import Habits
    from csbot.store.inbox import Inbox
    from csbot.store.ledger import Ledger
    from csbot.store.overrides import Overrides

FRESH = 5.0  # seconds for which counts are shown without asking the file again: another console may have written
HABITS_FRESH = 60.0
MOST_WAITING = 500  # promises that are kept in memory while the disk is full


@dataclass(frozen=True, slots=True)
class Waiting:
    """A promise that could not be written yet."""

    customer: str
    text: str
    wording: str
    due: datetime
    made: datetime


class Keeping:
    """The stores of one console; None where nothing is to be kept. ``trouble`` is what is wrong now, in Chinese."""

    def __init__(
        self,
        ledger: Ledger | None = None,
        habits: Habits | None = None,
        overrides: Overrides | None = None,
        inbox: Inbox | None = None,
    ) -> None:
        self.ledger = ledger
        self.inbox = inbox
        self.overrides = overrides
        self._habits = habits
        self.waiting: list[Waiting] = []
        self.trouble = ""
        self._counts, self._counted = Counts(), -FRESH
        self._known: Mapping[str, Habit] = {}
        self._known_at = -HABITS_FRESH

    def counts(self) -> Counts:
        """Return what is open and due, those not written yet included; never raises, and rarely asks the disk."""
        if self.ledger is not None and time.monotonic() - self._counted >= FRESH:
            self._counted = time.monotonic()
            try:
                self._counts = self.ledger.counts()
                self.trouble = self.trouble if self.waiting else ""
            except StoreError as error:
                self.trouble = str(error)
        return replace(self._counts, open=self._counts.open + len(self.waiting))

    def write(self, promise: Waiting) -> int | None:
        """Write a promise and those that still wait; None where that cannot be done now: then it waits in memory."""
        if self.ledger is None:
            return None
        self.waiting.append(promise)
        del self.waiting[:-MOST_WAITING]
        number: int | None = None
        try:
            while self.waiting:
                first = self.waiting[0]
                number = self.ledger.add(first.customer, first.text, first.wording, first.due, first.made)
                self.waiting.pop(0)
        except StoreError as error:
            self.trouble = str(error)
            number = None
        else:
            self.trouble = ""
        self.changed()
        return number

    def catch_up(self) -> None:
        """Write what still waits. Raises StoreError."""
        while self.ledger is not None and self.waiting:
            first = self.waiting[0]
            self.ledger.add(first.customer, first.text, first.wording, first.due, first.made)
            self.waiting.pop(0)
            self.changed()

    def changed(self) -> None:
        """Ask the file the next time that counts are wanted."""
        self._counted = -FRESH

    def habits(self) -> Mapping[str, Habit]:
        """Return how the agent uses the situations; what was known before where the file cannot be read."""
        if self._habits is not None and time.monotonic() - self._known_at >= HABITS_FRESH:
            self._known_at = time.monotonic()
            with contextlib.suppress(StoreError):  # the order of results is no reason to stop anybody
                self._known = self._habits.all()
        return self._known

    def used(self, intents: Iterable[str]) -> None:
        """Count a use of situations; trouble is of no consequence here."""
        if self._habits is not None:
            with contextlib.suppress(StoreError):
                self._habits.used(intents)
                self._known_at = -HABITS_FRESH

    def toggle_favourite(self, intent: str) -> bool | None:
        """Make a situation a favourite or take that back; None where nothing is kept. Raises StoreError."""
        if self._habits is None:
            return None
        self._known_at = -HABITS_FRESH
        return self._habits.toggle_favourite(intent)

    def close(self) -> None:
        """Let go of the files; what is wanted after that opens them again."""
        for store in (self.ledger, self._habits, self.overrides, self.inbox):
            if store is not None:
                store.close()


def keeping_at(clock: Callable[[], datetime], folder: Path | None, shared: Path | None = None) -> Keeping:
    """Return the stores in a folder; nothing is kept where there is none.

    ``shared`` is the folder of what several agents keep together: what trainers read. By default it is the same.
    """
    from csbot.store import habits, inbox, ledger, overrides

    if folder is None:
        return Keeping()
    return Keeping(
        ledger.Ledger(folder / ledger.FILE_NAME, clock),
        habits.Habits(folder / habits.FILE_NAME),
        overrides.Overrides(folder / overrides.FILE_NAME, clock),
        inbox.Inbox((shared or folder) / inbox.FILE_NAME, clock),
    )


def due_words(counts: Counts) -> str:
    """Return what the toolbar says: 「待办 3（1 件已到时限）」; empty where nothing is open."""
    parts = []
    if counts.overdue:
        parts.append(f"{counts.overdue} 件到时限")
    if counts.soon:
        parts.append(f"{counts.soon} 件一小时内")
    return f"待办 {counts.open}" + (f"（{'，'.join(parts)}）" if parts else "") if counts.open else ""
