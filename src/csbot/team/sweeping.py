"""What lasts is not looked through for garbage again and again: fifty consoles take a sixth of a second each time.

Python does that in the middle of an answer, whenever enough was made, and in that time no key is drawn and nobody is
answered. So what is there some seconds after an agent has come is taken out of it: what is left to look through are the
last few messages. After many have gone everything is looked through once, in a moment in which nobody waits.
"""

from __future__ import annotations

import gc
import threading
import time

from csbot.console.state.loading import settle

CALM = 2.0  # seconds since somebody came or went
OFTEN = 3  # looks through younger objects after which all are looked through that were made since
MANY = 25  # who have gone: ten megabytes
QUIET, IDLE = 0.1, 0.02  # nobody waits where in so many seconds so few of processor time pass
PATIENCE = 120.0  # seconds for which such a moment is waited for


class Sweeper:
    """Settles a server in a thread of its own; ``start`` and ``stop`` it. The times are in seconds."""

    def __init__(self, calm: float = CALM, patience: float = PATIENCE) -> None:
        self._calm, self._patience = calm, patience
        self._news = threading.Condition()
        self._due: float | None = None  # when it may be settled, by the monotonic clock
        self._gone = 0
        self._stopped = False

    def start(self) -> None:
        """Begin."""
        gc.set_threshold(*gc.get_threshold()[:2], OFTEN)
        threading.Thread(target=self._run, name="csbot-sweep", daemon=True).start()

    def stop(self) -> None:
        """End, at the latest after a moment."""
        with self._news:
            self._stopped = True
            self._news.notify()

    def note_arrival(self) -> None:
        """Take note that somebody came."""
        with self._news:
            self._due = time.monotonic() + self._calm
            self._news.notify()

    def note_departure(self, *, much: bool) -> None:
        """Take note that somebody has gone; ``much`` says that this alone is worth it: nobody is left, or a library."""
        with self._news:
            self._gone = max(self._gone + 1, MANY if much else 0)
            if self._gone >= MANY:
                self._due = time.monotonic() + self._calm
                self._news.notify()

    def _run(self) -> None:
        while self._wait_until_calm():
            if self._gone >= MANY:
                self._wait_for_quiet()
                self._gone = 0
                settle()
            else:
                gc.collect(1)  # the youngest alone: some milliseconds
                gc.freeze()
            gc.collect()  # of next to nothing: Python goes by that size, and looks often and briefly from now on

    def _wait_until_calm(self) -> bool:
        """Return when there is something to do; False when there will not be any more."""
        with self._news:
            while not self._stopped:
                left = None if self._due is None else self._due - time.monotonic()
                if left is not None and left <= 0:
                    self._due = None
                    return True
                self._news.wait(left)
        return False

    def _wait_for_quiet(self) -> None:
        deadline = time.monotonic() + self._patience
        while time.monotonic() < deadline and not self._stopped:
            before = time.process_time()
            time.sleep(QUIET)
            if time.process_time() - before <= IDLE:
                return
