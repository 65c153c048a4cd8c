"""How far a long compilation is, for whoever wants to show it."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

Report = Callable[[float], None]  # is told the share of the work that is done, 0..1


def _silent(_share: float) -> None:
    """Show nothing."""


reporter: ContextVar[Report] = ContextVar("reporter", default=_silent)


def report(share: float) -> None:
    """Tell whoever listens that ``share`` (0..1) of the work is done."""
    reporter.get()(min(1.0, max(0.0, share)))
