"""Words of a text. The only importer of jieba.

jieba's own start reads 350,000 words, writes to stderr and leaves a file in the shared temporary directory.
Here texts are cut by the words of ``csbot.text.dictionary``; nothing is printed.
"""

from __future__ import annotations

import re
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from functools import cached_property, lru_cache
from hashlib import blake2b
from math import log
from typing import TYPE_CHECKING

from csbot.text.cache import cached_with_bytes
from csbot.text.dictionary import depths, dictionary, dictionary_name, dictionary_path
from csbot.text.regex import regex

if TYPE_CHECKING:
    from jieba import Tokenizer

PIECES_KEPT = 1000  # pieces of text whose words are remembered
MOST_GAINS = 100_000  # pairs of a word and what stands in its place that are remembered
RARE = -14.5  # logarithm of the probability of a word that only the whole dictionary has
_HAN = regex("[\u4e00-\u9fd5]+")  # what jieba takes for a Han character


def _import_tokenizer() -> type[Tokenizer]:
    """Import jieba without pkg_resources, which it would use only to open a file and which costs 0.15 s."""
    absent = object()
    saved = sys.modules.get("pkg_resources", absent)
    sys.modules["pkg_resources"] = None  # type: ignore[assignment]
    try:
        from jieba import Tokenizer
    finally:
        if saved is absent:
            del sys.modules["pkg_resources"]
        else:
            sys.modules["pkg_resources"] = saved  # type: ignore[assignment]
    tokenizer: type[Tokenizer] = Tokenizer
    return tokenizer


class Words:
    """Cuts normalised text into words, knowing the words of one library."""

    def __init__(self, own_words: Iterable[str] = ()) -> None:
        counts, self._total = dictionary()
        own = list(own_words)
        self._counts = counts.copy() if own else counts
        self._log_total = log(self._total)
        self._gains: dict[tuple[str, str], float] = {}
        self._pieces: dict[str, list[str]] = {}
        for word in own:
            self._add_own(word)

    def _add_own(self, word: str) -> None:
        """Make a library's word win over its pieces: a count at which its probability is above theirs."""
        counts, total = self._counts, self._total
        joined = 1.0
        for piece in self._pieces_of(word):
            joined *= (counts.get(piece) or 1) / total
        counts.add(word, max(counts.get(word) or 0, int(joined * total) + 1, 3))

    def cut(self, text: str) -> list[str]:
        """Return the words of a normalised text in order, punctuation and spaces included."""
        first, *others = text.split(" ")
        words = list(self._cut_piece(first))
        for piece in others:
            words.append(" ")
            words += self._cut_piece(piece)
        return words

    def _cut_piece(self, piece: str) -> list[str]:
        """Cut text without a space; the clauses of a message come again in its stretches."""
        found = self._pieces.get(piece)
        if found is None:
            found = self._pieces_of(piece)
            if len(self._pieces) >= PIECES_KEPT:
                self._pieces.clear()
            self._pieces[piece] = found
        return found

    def _pieces_of(self, text: str) -> list[str]:
        """Return the words of text without a space."""
        return self.likeliest(text)[0] if _HAN.fullmatch(text) else list(self._tokenizer.lcut(text, HMM=False))

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        """What jieba offers itself, imported when there is something other than Han characters to cut."""
        tokenizer = _import_tokenizer()()
        tokenizer.FREQ, tokenizer.total, tokenizer.initialized = self._counts, self._total, True
        return tokenizer

    def likelihood(self, text: str) -> float:
        """Return the logarithm of the probability of ``text`` as a run of words, each by its frequency."""
        return self.likeliest(text)[1]

    def likeliest(self, text: str) -> tuple[list[str], float]:
        """Return the likeliest run of words for ``text``, and the logarithm of its probability.

        The same as jieba's in half its time: the guard asks for thousands of short pieces of a long text.
        Runs of letters and digits, which jieba leaves whole, are cut.
        """
        opened = self._counts.opened
        size = len(text)
        likelihoods = [0.0] * (size + 1)  # of the text from each place on
        ends = [0] * size  # of the word that begins there
        for start in range(size - 1, -1, -1):
            best, best_end = likelihoods[start + 1] - self._log_total, start + 1  # a character that is no word
            words_behind = opened.get(text[start])
            count_of = (self._counts.open(text[start]) if words_behind is None else words_behind).get
            end = start + 1
            is_word = False
            while (count := count_of(text[start:end])) is not None:
                if count:
                    likelihood = log(count) - self._log_total + likelihoods[end]
                    if likelihood >= best or not is_word:
                        best, best_end, is_word = likelihood, end, True
                if end == size:
                    break
                end += 1
            likelihoods[start], ends[start] = best, best_end
        words: list[str] = []
        start = 0
        while start < size:
            words.append(text[start : ends[start]])
            start = ends[start]
        return words, likelihoods[0]

    def most_gain(self, written: str, meant: str, at: int) -> float:
        """Return the most by which one changed character can make a text likelier: the bound is never too small.

        Of the likeliest words of ``meant`` only the one that holds the character is not in ``written``, and it takes
        the place of what is written there. Where several characters differ their bounds add up.
        """
        opened = self._counts.opened
        best = 0.0
        for start in range(at, max(-1, at - depths().get(meant[at], 0) - 1), -1):
            words_behind = opened.get(meant[start])
            count_of = (self._counts.open(meant[start]) if words_behind is None else words_behind).get
            end = start + 1
            while (count := count_of(meant[start:end])) is not None:
                if count and end > at:
                    best = max(best, self._gain(meant[start:end], written[start:end]))
                if end == len(meant):
                    break
                end += 1
        return best

    def _gain(self, word: str, text: str) -> float:
        """Return how much likelier a word of the dictionary is than another text in its place."""
        key = word, text
        if (gain := self._gains.get(key)) is None:
            if len(self._gains) > MOST_GAINS:
                self._gains.clear()
            gain = self._gains[key] = self.likelihood(word) - self.likelihood(text)
        return gain

    def of_two(self) -> list[str]:
        """Return the words of two characters."""
        return [word for word, count in self._counts.pairs() if count and len(word) == 2]

    def known(self, word: str) -> bool:
        """Tell whether ``word`` stands in the dictionary."""
        return bool(self._counts.get(word))


def _mark_of(word: str) -> int:
    """Return 32 bits that tell a word from others, the same in every process.

    Of twelve thousand texts that are no word one has the mark of some word: what asks weighs other evidence, too.
    """
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "little")


def _read_marks() -> tuple[None, bytes]:
    words = re.findall(r"^\S+", dictionary_path().read_text(encoding="utf-8"), re.MULTILINE)
    marks = array("I", sorted(map(_mark_of, words)))
    if sys.byteorder == "big":  # pragma: no cover - the cache may be shared by machines
        marks.byteswap()
    return None, marks.tobytes()


@lru_cache(maxsize=1)
def _marks() -> array[int]:
    """Return the marks of all words of the dictionary, in order: a quarter of the memory of the words themselves."""
    marks = array("I")
    marks.frombytes(cached_with_bytes("words", f"2:{dictionary_name()}", _read_marks)[1])
    if sys.byteorder == "big":  # pragma: no cover
        marks.byteswap()
    return marks


@lru_cache(maxsize=4096)
def is_any_word(word: str) -> bool:
    """Tell whether ``word`` stands in the whole dictionary, however rare it is."""
    marks, mark = _marks(), _mark_of(word)
    at = bisect_left(marks, mark)
    return at < len(marks) and marks[at] == mark


@lru_cache(maxsize=1)
def common_words() -> Words:
    """Return the words of the dictionary alone, for readers that belong to no library."""
    return Words()
