"""The words of examples, remembered from one compilation to the next: to cut them is a fifth of the work."""

from __future__ import annotations

from csbot.text.cache import recall, remember
from csbot.text.dictionary import dictionary_name
from csbot.text.tokenise import Words

VERSION = 1
CHANGES = 50  # own words that may have changed before everything is cut again: each is looked for in every text
_BETWEEN = "\n"  # no text that is cut holds a line break


class Cuts:
    """Cuts texts into words, as ``Words`` does, and remembers what it has cut under a name (none where it is empty)."""

    def __init__(self, own_words: list[str], name: str) -> None:
        self._own_words = own_words
        self._name = f"cuts-{name}" if name else ""
        self._words: Words | None = None
        self._before = self._still_valid()
        self._now: dict[str, str] = {}

    def _still_valid(self) -> dict[str, str]:
        """Return what was remembered, without the texts that hold a word of the library that is new or gone.

        How a text is cut depends on no other words than those that stand in it.
        """
        found = recall(self._name, self._key) if self._name else None
        if not isinstance(found, dict):
            return {}
        texts: dict[str, str] = found["texts"]
        changed = set(found["own_words"]).symmetric_difference(self._own_words)
        if not changed:
            return texts
        if len(changed) > CHANGES:
            return {}
        return {text: cut for text, cut in texts.items() if not any(word in text for word in changed)}

    @property
    def _key(self) -> str:
        return f"{VERSION}\n{dictionary_name()}"

    def cut(self, text: str) -> list[str]:
        """Return the words of a normalised text in order, punctuation and spaces included."""
        known = self._before.get(text) if text not in self._now else self._now[text]
        if known is None:
            if self._words is None:
                self._words = Words(self._own_words)
            known = _BETWEEN.join(self._words.cut(text))
        self._now[text] = known
        return known.split(_BETWEEN) if known else []

    def remember(self) -> None:
        """Keep the words of every text that was cut, for the next compilation."""
        if self._name and self._now.keys() != self._before.keys():
            remember(self._name, self._key, {"own_words": self._own_words, "texts": self._now})
