"""Phrases that were compiled before and are valid: a library has thousands, and an edit changes a few."""

from __future__ import annotations

from csbot.rules.wording.model import PhraseRule
from csbot.text.cache import recall, remember, source_digest

_NAME = "phrases"


class KnownPhrases:
    """The phrases and exceptions that are known to be valid. ``save`` keeps those that were asked for."""

    def __init__(self) -> None:
        found = recall(_NAME, source_digest())
        self._before = set(found) if isinstance(found, list) else set()
        self._now: set[str] = set()

    @staticmethod
    def key(rule: PhraseRule, name: str, phrase: str) -> str:
        """Return all that decides whether a phrase is valid; ``name`` is 「phrases」 or 「except」."""
        return f"{rule.kind} {rule.keep_you:d} {rule.tolerant:d} {name} {phrase}"

    def has(self, key: str) -> bool:
        """Tell whether a phrase is known to be valid, and keep it for the next time if so."""
        if key in self._before:
            self._now.add(key)
        return key in self._now

    def add(self, key: str) -> None:
        """Note that a phrase is valid."""
        self._now.add(key)

    def save(self) -> None:
        """Keep what was asked for, where something new is among it."""
        if self._now - self._before:
            remember(_NAME, source_digest(), sorted(self._now))
