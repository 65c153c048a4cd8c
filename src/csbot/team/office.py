"""One library for many desks: loaded once, and renewed for all of them when it is saved."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from csbot.console.state.agent import FILE_NAME, Agent
from csbot.console.state.desk import Desk, Terminal
from csbot.console.state.keeping import keeping_at
from csbot.console.state.loading import Loader, settle
from csbot.console.state.renewing import Relayed, Renewal
from csbot.team.sweeping import Sweeper

if TYPE_CHECKING:
    from csbot.console.screen.view import View
    from csbot.replying.responder import Responder

BETWEEN = 0.01  # seconds that agents have between two replies that are judged while they work


class Office:
    """The library of a team and the desks that work with it. ``named`` is the folder of ``--library``, or None.

    Every agent has a folder of their own in ``data`` (ledger, habits and so on); what trainers read of all lies in
    ``data`` itself. None keeps nothing.
    """

    def __init__(self, named: str | None, data: Path | None, clock: Callable[[], datetime]) -> None:
        self._data = data
        self._clock = clock
        self._loader = Loader(named, sparing=False)
        self._renewal = Renewal(self._loader)
        self._sweeper = Sweeper()
        self._desks: list[Desk] = []
        self._lock = threading.Lock()

    def open(self) -> str:
        """Load the library, begin to watch it, and say where it comes from. Raises LibraryUnusableError."""
        responder = self._loader.wait_until_warm()
        _warm_up(responder, self._clock())
        settle()
        self._sweeper.start()
        self._renewal.on_news = self._spread
        self._renewal.start()
        return responder.library.origin

    def close(self) -> None:
        """Watch the library no longer."""
        self._renewal.stop()
        self._sweeper.stop()

    @property
    def present(self) -> int:
        """How many desks are taken."""
        return len(self._desks)

    def take_desk(self, agent: str, terminal: Terminal, view: View, copy: Callable[[str], str]) -> Desk:
        """Return a desk for an agent; ``leave`` gives it back."""
        own = self._data / "agents" / agent if self._data is not None else None
        keeping = keeping_at(self._clock, own, self._data)
        known = Agent(own / FILE_NAME if own is not None else None)
        with self._lock:  # a library that is taken over meanwhile reaches this desk, too
            loader = self._loader.shared()
            desk = Desk(loader, terminal, self._clock, copy, view, keeping, Relayed(loader), known, at_home=False)
            self._desks.append(desk)
        self._sweeper.note_arrival()
        return desk

    def leave(self, desk: Desk) -> None:
        """Give a desk back."""
        with self._lock:
            self._desks.remove(desk)
        self._sweeper.note_departure(much=not self._desks)

    def _spread(self) -> None:
        """Take over what the watching found, and hand it to every desk. In the watching thread."""
        taken = self._renewal.take()
        for news in taken:
            if news.fresh is not None:  # agents go on with the old one meanwhile
                _warm_up(news.fresh[0], self._clock(), lambda: time.sleep(BETWEEN))
        with self._lock:
            for news in taken:
                if news.fresh is not None:
                    self._loader.replace(*news.fresh)
                for desk in self._desks:
                    desk.renewal.tell(news)
        if any(news.fresh is not None for news in taken):
            self._sweeper.note_departure(much=True)


def _warm_up(responder: Responder, now: datetime, rest: Callable[[], None] = lambda: None) -> None:
    """Judge every reply, and answer a message of every situation, so that no agent waits for what is made first then.

    ``rest`` is called between two.
    """
    from csbot.replying.context import Context

    def go_on() -> bool:
        rest()
        return True

    responder.judge_ahead(Context(now), {}, go_on)
    for intent in responder.library.intents.values():
        for example in intent.examples[:1]:
            responder.respond(example, Context(now))
        rest()
