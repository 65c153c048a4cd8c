"""What all tests share: the library of this repository, loaded once, and a cache that goes with the session."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from csbot.library.load import load_library
from csbot.library.models import Library
from csbot.replying.guard import Guard
from csbot.replying.responder import Responder
from csbot.text import looks

ROOT = Path(__file__).resolve().parent.parent

# A shell that starts the tests in the background has interrupts ignored, and so would every program that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
# So has nohup the end of the terminal, which a console must hear of.
if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

# The same examples on every run; a slow machine fails no test.
settings.register_profile(
    "csbot",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("csbot")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what talks to a console in a terminal of its own: each such test takes seconds."""
    for item in items:
        if {"start", "window"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session", autouse=True)
def session_cache_directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep derived data of the whole session in one folder of its own: no test touches the user's cache.

    All processes that run tests at once share it, as those of agents do: what one has compiled no other compiles.
    """
    folder = tmp_path_factory.getbasetemp()
    folder = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "session-cache"
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CSBOT_CACHE_DIR", str(folder))
        patch.setenv("HOME_OF_TESTS", str(tmp_path_factory.mktemp("home")))
        patch.delenv("CSBOT_LIBRARY", raising=False)
        patch.delenv("CSBOT_EMBEDDINGS", raising=False)
        patch.setenv("CSBOT_PERSONAL", "")
        patch.setenv("CSBOT_CONFIG_DIR", "")  # nobody is asked who is there
        # Hundreds of tests have a cache of their own, and all characters look the same to each: a second every time.
        patch.setattr(looks, "_read_looks", cache(looks._read_looks))
        yield folder


@pytest.fixture(scope="session")
def library(session_cache_directory: Path) -> Library:
    """The library of this repository."""
    return load_library(str(ROOT))


@pytest.fixture(scope="session")
def responder(library: Library) -> Responder:
    """A responder over the library of this repository; it keeps no state between messages."""
    return Responder(library)


@pytest.fixture(scope="session")
def guard(responder: Responder) -> Guard:
    """The guard of that responder."""
    return responder.guard
