"""Words of a text, cut by the word counts that jieba brings. The only reader of jieba's dictionary.

Of jieba only the dictionary is used: its own start reads 350,000 words, writes to stderr and leaves a file in the
shared temporary directory, and its cutting takes a fifth of a millisecond a message. Here the installed dictionary
is read once, cut down to the words that occur often enough to matter, and kept in the user's cache directory; the
cut itself (the likeliest path through the words, each by its frequency) is the dozen lines below.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from csbot.text.cache import cached

# A word of jieba's dictionary is kept from this corpus count on: 36,000 of 350,000 words, and a start of
# 0.1 s instead of 1.3 s. The words of the library are added whatever their count.
MINIMUM_COUNT = 100
# Han characters in a row, a run of Latin letters and digits, or any other character by itself.
_STRETCHES = re.compile(r"[\u3400-\u9fff〇]+|[a-zA-Z0-9]+(?:\.\d+)?|.", re.DOTALL)


def _dictionary_path() -> Path:
    spec = find_spec("jieba")
    if spec is None or spec.origin is None:  # pragma: no cover - jieba is a dependency
        raise ModuleNotFoundError("jieba")
    return Path(spec.origin).with_name("dict.txt")


def _read_dictionary() -> dict[str, int]:
    """Return word counts, with a zero for every prefix of a word (a search stops at what begins no word)."""
    text = _dictionary_path().read_text(encoding="utf-8")
    counts: dict[str, int] = {}
    for word, count in re.findall(r"^(\S+) (\d{3,}) ", text, re.MULTILINE):
        if int(count) >= MINIMUM_COUNT:
            _add(counts, word, int(count))
    return counts


def _add(counts: dict[str, int], word: str, count: int) -> None:
    counts[word] = count
    for end in range(1, len(word)):
        counts.setdefault(word[:end], 0)


class Words:
    """Cuts normalised text into words, knowing the words of one library."""

    def __init__(self, own_words: Iterable[str] = ()) -> None:
        path = _dictionary_path()
        key = f"{path}:{path.stat().st_size}:{MINIMUM_COUNT}"
        self._counts: dict[str, int] = cached("dictionary", key, _read_dictionary)
        self._total = math.log(sum(self._counts.values()) or 1)
        for word in own_words:
            self._add_own(word)

    def _add_own(self, word: str) -> None:
        """Make a library's word win over its pieces: a count at which its probability is above theirs."""
        joined = sum(math.log(self._counts.get(piece) or 1) - self._total for piece in self.cut(word))
        _add(self._counts, word, max(self._counts.get(word) or 0, int(math.exp(joined + self._total)) + 1, 3))

    def cut(self, text: str) -> list[str]:
        """Return the words of a normalised text in order, punctuation and spaces included."""
        result: list[str] = []
        for stretch in _STRETCHES.findall(text):
            if len(stretch) == 1 or stretch.isascii():
                result.append(stretch)
            else:
                result.extend(self._cut_han(stretch))
        return result

    def _cut_han(self, text: str) -> list[str]:
        """Return the likeliest words: the cut under which the product of their frequencies is greatest."""
        look, total, length = self._counts.get, self._total, len(text)
        likelihood = [0.0] * (length + 1)
        ends = [0] * length
        for start in range(length - 1, -1, -1):
            best, best_end = -math.inf, start + 1
            end = start + 1
            count = look(text[start:end])
            while True:
                if count or end == start + 1:
                    value = math.log(count or 1) - total + likelihood[end]
                    if value >= best:
                        best, best_end = value, end
                end += 1
                if count is None or end > length or (count := look(text[start:end])) is None:
                    break
            likelihood[start], ends[start] = best, best_end
        words = []
        start = 0
        while start < length:
            words.append(text[start : ends[start]])
            start = ends[start]
        return words

    def known(self, word: str) -> bool:
        """Tell whether ``word`` stands in the dictionary."""
        return bool(self._counts.get(word))


@lru_cache(maxsize=1)
def common_words() -> Words:
    """Return the words of the dictionary alone, for readers that belong to no library."""
    return Words()
