"""How far a long piece of work is, for whoever wants to show it."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

Report = Callable[[float, str], None]  # is told the share of the work that is done, 0..1, and which work it is
COMPILING = "编译例句"


def _silent(_share: float, _what: str) -> None:
    """Show nothing."""


reporter: ContextVar[Report] = ContextVar("reporter", default=_silent)


def report(share: float, what: str = COMPILING) -> None:
    """Tell whoever listens that ``share`` (0..1) of a piece of work is done, and what that is, in Chinese."""
    reporter.get()(min(1.0, max(0.0, share)), what)
