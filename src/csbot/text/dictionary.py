"""The words of jieba's dictionary that occur often enough to matter, with how often each does in its corpus.

They are kept by their first characters: those that begin with one are read when a text first asks for it. A draft asks
for some dozens of five thousand, and a start waits for no others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from hashlib import blake2b
from importlib.util import find_spec
from itertools import accumulate
from pathlib import Path
from typing import Any

from csbot.text.cache import cached_with_bytes
from csbot.text.trade import WORDS

# A word of jieba's dictionary is kept from this corpus count on: 36,000 of 350,000 words. The words of the library are
# added whatever their count.
MINIMUM_COUNT = 100
TRADE_COUNT = 1000  # a word of today's customer service counts at least as often as this
FORMAT = 2
MOST_OPEN = 10_000  # characters whose words are in memory: more than begin any, but a hostile text holds any number


class Counts(Mapping[str, int]):
    """Counts of words, with a zero for every prefix of a word: the form in which jieba searches."""

    def __init__(self, firsts: str, read: Callable[[str], dict[str, int]]) -> None:
        """Take the characters that words begin with, and what gives the words that begin with a character."""
        self._firsts, self._read = firsts, read
        self.opened: dict[str, dict[str, int]] = {}  # the words that were read, by their first characters

    def open(self, first: str) -> dict[str, int]:
        """Read the words that begin with a character; none are remembered, too: a text holds as many marks as words."""
        found = self._read(first)
        if len(self.opened) < MOST_OPEN:
            self.opened[first] = found
        return found

    def behind(self, first: str) -> dict[str, int]:
        """Return the words that begin with a character."""
        found = self.opened.get(first)
        return self.open(first) if found is None else found

    def __getitem__(self, word: str) -> int:
        return self.behind(word[:1])[word]

    def __iter__(self) -> Iterator[str]:
        return (word for first in self._firsts for word in self.behind(first))

    def pairs(self) -> Iterator[tuple[str, int]]:
        """Yield all words with their counts; those that are read for it are not remembered."""
        for first in self._firsts:
            yield from (self.opened.get(first) or self._read(first)).items()

    def __len__(self) -> int:
        return sum(len(self.behind(first)) for first in self._firsts)

    def copy(self) -> Counts:
        """Return the same counts for who adds words of their own. The words themselves are shared."""
        return Counts(self._firsts, lambda first: dict(self.behind(first)))

    def add(self, word: str, count: int) -> None:
        """Set the count of a word."""
        first = word[:1]
        if first not in self._firsts:
            self._firsts += first
        behind = self.opened[first] = self.behind(first)
        _add(behind, word, count)


def _add(counts: dict[str, int], word: str, count: int) -> None:
    counts[word] = count
    for end in range(1, len(word)):
        counts.setdefault(word[:end], 0)


def dictionary_path() -> Path:
    """Return where jieba's own dictionary lies."""
    spec = find_spec("jieba")
    if spec is None or spec.origin is None:  # pragma: no cover - jieba is a dependency
        raise ModuleNotFoundError("jieba")
    return Path(spec.origin).with_name("dict.txt")


@lru_cache(maxsize=1)
def dictionary_name() -> str:
    """Return what names the dictionary that texts are cut by, and changes with it."""
    path = dictionary_path()
    trade = blake2b(" ".join(WORDS).encode(), digest_size=8).hexdigest()
    return f"{FORMAT}:{path}:{path.stat().st_size}:{MINIMUM_COUNT}:{TRADE_COUNT}:{trade}"


def _read() -> tuple[Any, bytes]:
    """Return for the cache the total of all counts, how deep characters stand in words, and the words by their firsts.

    Those are the first characters, where in the block the words of each end, and the block: words with their counts.
    """
    counts: dict[str, int] = {}
    for word, count in re.findall(r"^(\S+) (\d{3,}) ", dictionary_path().read_text(encoding="utf-8"), re.MULTILINE):
        if int(count) >= MINIMUM_COUNT:
            _add(counts, word, int(count))
    for word in WORDS:
        _add(counts, word, max(counts.get(word, 0), TRADE_COUNT))
    behind: dict[str, list[str]] = {}
    depths: dict[str, int] = {}
    for word, count in counts.items():
        behind.setdefault(word[0], []).append(f"{word} {count}")
        depth = len(word) - 1  # of its last character; those before it stand at the end of its prefixes
        depths[word[depth]] = max(depth, depths.get(word[depth], 0))
    by_depth = ["".join(each for each in depths if depths[each] == depth) for depth in range(max(depths.values()) + 1)]
    texts = [" ".join(words).encode() for words in behind.values()]
    return [sum(counts.values()), by_depth, "".join(behind), list(accumulate(map(len, texts)))], b"".join(texts)


@lru_cache(maxsize=1)
def _stored() -> tuple[Any, bytes]:
    return cached_with_bytes("dictionary", dictionary_name(), _read)


@lru_cache(maxsize=1)
def dictionary() -> tuple[Counts, int]:
    """Return the counts of all words, once for all: nobody changes them; and their sum."""
    (total, _, firsts, ends), block = _stored()
    spans = dict(zip(firsts, zip([0, *ends], ends, strict=False), strict=True))

    def read(first: str) -> dict[str, int]:
        begin, end = spans.get(first, (0, 0))
        columns = block[begin:end].decode().split(" ") if end else []
        return dict(zip(columns[::2], map(int, columns[1::2]), strict=True))

    return Counts(firsts, read), total


@lru_cache(maxsize=1)
def depths() -> dict[str, int]:
    """Return the farthest from the beginning of a word that each character stands in any."""
    by_depth = _stored()[0][1]
    return {character: depth for depth, characters in enumerate(by_depth) for character in characters}
