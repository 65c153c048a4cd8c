"""Load the library and everything heavy beside the prompt, so that the agent can type at once.

What a reply needs goes first: then what only drafts and searches need, while the agent may already be answered.
"""

from __future__ import annotations

import contextlib
import gc
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from csbot.replying.guard import Guard
    from csbot.replying.responder import Responder
    from csbot.searching.index import SearchIndex


# Drafts that let the guard make what it makes when it is first needed: tables, sounds, probabilities.
WARMING_DRAFTS = ("您好，这个我也不清楚。您稍等，我帮您问一下。", "zhe ge wo bu qing chu", "这个事情我门不情楚")

# glibc's M_TRIM_THRESHOLD and M_MMAP_THRESHOLD in bytes, and M_ARENA_MAX: mallopt(3).
MALLOC_OPTIONS = {-1: 1 << 18, -3: 1 << 18, -8: 1}


class LibraryUnusableError(Exception):
    """The library cannot be used; ``lines`` says why, one problem a line, in Chinese."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        super().__init__("\n".join(lines))


class Loader:
    """Makes a Responder in a thread of its own. ``named`` is the folder of ``--library``, or None.

    ``sparing`` says that the process serves one person: it stays small, and takes a millisecond longer for a message.
    """

    def __init__(self, named: str | None, *, sparing: bool = True) -> None:
        self.named = named
        self._sparing = sparing
        self._thread = threading.Thread(target=self._run, name="csbot-load", daemon=True)
        self._started = False
        self._done = threading.Event()
        self._responder: Responder | None = None
        self._guard: Guard | None = None
        self._index: SearchIndex | None = None
        self._index_lock = threading.Lock()
        self._warm = False
        self.error: LibraryUnusableError | None = None
        self.on_done: Callable[[], None] = lambda: None  # called in the loading thread, also when the rules are there

    @property
    def done(self) -> bool:
        """Whether messages can be answered, or never will be."""
        return self._done.is_set()

    @property
    def warm(self) -> bool:
        """Whether all is made that the first draft or search would have to wait for."""
        return self._warm

    @property
    def responder(self) -> Responder | None:
        """The responder, as soon as there is one."""
        return self._responder

    @property
    def guard(self) -> Guard | None:
        """The guard, as soon as its rules are there: long before the situations where those must be compiled."""
        return self._responder.guard if self._responder is not None else self._guard

    @property
    def index(self) -> SearchIndex:
        """What situations are searched in; made when first needed. Raises LibraryUnusableError."""
        responder = self._responder or self.wait()
        with self._index_lock:
            if self._index is None:
                self._index = _index_of(responder)
            return self._index

    def shared(self) -> Loader:
        """Return a loader of the same library that is done, for one desk of several; replacing is its own."""
        other = Loader(self.named)
        other._responder, other._index, other._started, other._warm = self.wait(), self.index, True, True
        other._done.set()
        return other

    def replace(self, responder: Responder, index: SearchIndex) -> None:
        """Go on with another library, loaded by ``prepared``."""
        self._responder, self._guard, self._index = responder, responder.guard, index

    def start(self) -> None:
        """Begin to load; calling it again does nothing."""
        if not self._started:
            self._started = True
            self._thread.start()

    def wait(self) -> Responder:
        """Return the responder when it is ready. Raises LibraryUnusableError."""
        self.start()
        self._done.wait()
        if self._responder is None:
            raise self.error or LibraryUnusableError(["csbot: 话术库没有载入"])
        return self._responder

    def wait_until_warm(self) -> Responder:
        """Return the responder when nobody has to wait for anything any more. Raises LibraryUnusableError."""
        responder = self.wait()
        if self._thread.is_alive():
            self._thread.join()
        return responder

    def _rules_ready(self, guard: Guard) -> None:
        self._guard = guard
        self.on_done()

    def _run(self) -> None:
        gc.disable()  # nothing of a library is garbage: to look through all that is made would only take time
        try:
            if self._sparing:
                _stay_small()
            self._responder = _load(self.named, self._rules_ready)
        except LibraryUnusableError as error:
            self.error = error
        except Exception as error:  # whatever it is, the waiting prompt must hear of it
            self.error = LibraryUnusableError([f"csbot: 载入话术库时出错：{type(error).__name__}: {error}"])
        finally:
            gc.freeze()
            gc.enable()
            self._done.set()
            self.on_done()
        if self._responder is not None:
            _ = self.index
            _warm_up(self._responder)
            gc.freeze()
        self._warm = True


def _stay_small() -> None:
    """Make this process one that serves a person: it shall take little memory."""
    from csbot.matching.index import read_without_numpy
    from csbot.rules.wording.compiled import MOST_KEPT_BESIDE_A_PERSON, keep_expressions

    keep_expressions(MOST_KEPT_BESIDE_A_PERSON)
    read_without_numpy()
    _give_back_freed()


def _give_back_freed() -> None:
    """Have what is freed go back to the system: reading a library leaves holes of megabytes behind.

    glibc raises both thresholds each time something large is freed, up to 32 MB, and keeps a heap for every thread;
    here all that is large was read in a moment, and what comes afterwards is small. Other C libraries have no
    ``mallopt``, or nothing to be told.
    """
    import ctypes  # a hundredth of a second, in the thread that nobody waits for

    with contextlib.suppress(AttributeError, OSError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        for option, value in MALLOC_OPTIONS.items():
            mallopt(option, value)


def _warm_up(responder: Responder) -> None:
    """Make what the guard makes for the first draft of each kind, and for the first rewriting."""
    for draft in WARMING_DRAFTS:
        responder.guard.findings(draft)
    responder.guard.rewriting(WARMING_DRAFTS[0])


def settle() -> None:
    """Collect garbage now, and never look for any again among what is there.

    To look through a library takes a tenth of a second, in which nothing else happens: no key, no other agent.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def prepared(named: str | None) -> tuple[Responder, SearchIndex]:
    """Load a library with what situations are searched in. Raises LibraryUnusableError."""
    responder = _load(named, lambda _: None)
    return responder, _index_of(responder)


def _index_of(responder: Responder) -> SearchIndex:
    from csbot.searching.entries import entries_of
    from csbot.searching.index import SearchIndex
    from csbot.text.pinyin import readings

    return SearchIndex(entries_of(responder.library), readings)


def _load(named: str | None, rules_ready: Callable[[Guard], None]) -> Responder:
    """Load what a draft (then ``rules_ready`` is called) and a message need."""
    from csbot.console.screen import view  # noqa: F401  # rich is wanted for the first answer
    from csbot.library.load import load_library
    from csbot.library.problems import LibraryError
    from csbot.replying.guard import GuardError
    from csbot.replying.responder import Responder

    try:
        responder = Responder(load_library(named))
        responder.guard.findings(WARMING_DRAFTS[0])
        rules_ready(responder.guard)
        responder.matcher.match("你好，请问在吗")
        _ = responder.elements
    except LibraryError as error:
        lines = [str(problem) for problem in error.problems]
        raise LibraryUnusableError([*lines, f"csbot: 话术库有 {len(lines)} 处问题，没有载入"]) from None
    except GuardError as error:
        raise LibraryUnusableError([f"csbot: {error}"]) from None
    return responder
