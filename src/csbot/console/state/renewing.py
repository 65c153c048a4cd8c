"""A library that is saved while the console runs: a good one is made ready by itself, a broken one never is.

A thread looks every second whether a file of the library was saved, and loads the whole of it beside the prompt.
What it has made waits until somebody takes it: csbot.console.serving.taking_over.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from csbot.console.state.loading import LibraryUnusableError, Loader, prepared

if TYPE_CHECKING:
    from csbot.library.stamps import Stamp
    from csbot.replying.responder import Responder
    from csbot.searching.index import SearchIndex

INTERVAL = 1.0  # seconds between two looks at the files
SETTLED = 0.15  # seconds without a change, so that a file that is being written is not read half
NAMED = 3  # changed files that are named


@dataclass(frozen=True, slots=True)
class News:
    """What became of a change: a responder to go on with, or why the old one stays."""

    told: str
    good: bool
    fresh: tuple[Responder, SearchIndex] | None = None


class Renewal:
    """Watches the library of a loader that has loaded it. ``on_news`` is called in the watching thread."""

    def __init__(self, loader: Loader, interval: float = INTERVAL) -> None:
        self._loader = loader
        self._interval = interval
        self._news: list[News] = []
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._started = False
        self._broken = False
        self._digest = ""  # of the newest good library, taken over or not yet
        self.on_news: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Begin to watch; calling it again does nothing, as long as the library is not loaded either."""
        if not self._started and self._loader.responder is not None:
            self._started = True
            self._digest = self._loader.responder.library.digest
            threading.Thread(target=self._watch, name="csbot-watch", daemon=True).start()

    def stop(self) -> None:
        """Watch no longer."""
        self._stopped.set()

    def take(self) -> list[News]:
        """Return what has happened since the last call, each once."""
        with self._lock:
            news, self._news = self._news, []
        return news

    def _watch(self) -> None:
        from csbot.library.stamps import changed, stamp_of

        responder = self._loader.responder
        assert responder is not None
        root = responder.library.root
        before: Stamp = {}  # the first look compares the content: it may have changed while it was loaded
        while True:
            stamp = stamp_of(root, before)
            if stamp != before:
                stamp = self._settled(stamp)
                self._renew(changed(before, stamp) if before else [])
                before = stamp
            if self._stopped.wait(self._interval):
                return

    def _settled(self, stamp: Stamp) -> Stamp:
        """Return the stamp when it has stayed the same for a moment."""
        from csbot.library.stamps import stamp_of

        assert self._loader.responder is not None
        root = self._loader.responder.library.root
        while not self._stopped.wait(SETTLED) and (now := stamp_of(root, stamp)) != stamp:
            stamp = now
        return stamp

    def _renew(self, files: list[str]) -> None:
        """Load the library where its content is another than before, and say what came of it."""
        from csbot.library.load import digest_of

        assert self._loader.responder is not None
        same = digest_of(self._loader.responder.library.root) == self._digest
        if same and not self._broken:
            return  # saved as it was, or only a test
        try:
            responder, index = prepared(self._loader.named)
        except LibraryUnusableError as error:
            self._broken = True
            self.tell(News(f"话术库改坏了，先用原来的：{_first(error)}", good=False))
            return
        except Exception as error:  # nothing that is saved may end the watching
            self._broken = True
            self.tell(News(f"新的话术库载入时出错（{type(error).__name__}: {error}），先用原来的。", good=False))
            return
        named = "、".join(files[:NAMED]) + (f" 等 {len(files)} 个文件" if len(files) > NAMED else "")
        told = "话术库改好了，已换上新的" if self._broken else "话术库已更新"
        self._broken, self._digest = False, responder.library.digest
        self.tell(News(told + (f"：{named}" if named else "") + "。", good=True, fresh=(responder, index)))

    def tell(self, news: News) -> None:
        """Keep news until they are taken, and say that there are some."""
        with self._lock:
            self._news.append(news)
        self.on_news()


class Relayed(Renewal):
    """The news of somebody who watches for several desks: they are told, nothing is watched here."""

    def start(self) -> None:
        """Somebody else watches."""


def _first(error: LibraryUnusableError) -> str:
    """Return the first problem on one line, and how many there are."""
    problems = [line for line in error.lines if not line.startswith("csbot:")] or error.lines
    return problems[0] + (f"（共 {len(problems)} 处，csbot lint 看全部）" if len(problems) > 1 else "")
