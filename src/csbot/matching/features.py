"""What the matcher sees in a message: characters, words and sounds, each view with its own prefix.

``c:`` one or two neighbouring characters (``^`` and ``$`` mark the ends), ``w:`` words, ``p:`` one or two
neighbouring sounds. Characters carry most of the evidence in short Chinese text, words sharpen it, sounds
survive typing errors.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from csbot.text.normalise import normalise
from csbot.text.pinyin import sounds
from csbot.text.tokenise import Words

MAXIMUM_CHARACTERS = 2000  # of a message that are looked at; more carries no more evidence

VIEWS = {"c": "字", "w": "词", "p": "音"}


def plain(text: str) -> str:
    """Return a message as the matcher reads it: normalised, digits as 0, runs cut to two, no punctuation."""
    folded = normalise(text[:MAXIMUM_CHARACTERS]).text
    folded = re.sub(r"\d[\d.,:/-]*", "0", folded)
    folded = re.sub(r"(.)\1{2,}", r"\1\1", folded)
    return " ".join(re.sub(r"[^\w]+|_", " ", folded).split())


@dataclass(frozen=True, slots=True)
class Extractor:
    """Turns plain text into weighted features, with the words and synonyms of one library."""

    words: Words
    synonyms: Mapping[str, str]  # word → the word that stands for its group

    def features(self, plain_text: str) -> Counter[str]:
        """Return how often each feature occurs in text that went through ``plain``."""
        counts: Counter[str] = Counter()
        for size in (1, 2):
            _count_neighbours(counts, "c:", f"^{plain_text}$", size)
        for word in self.words.cut(plain_text):
            if word != " ":
                counts["w:" + word] += 1
                if word in self.synonyms:
                    counts["w:=" + self.synonyms[word]] += 1
        heard = sounds(plain_text)
        for syllable in heard:
            counts["p:" + syllable] += 1
        for first, second in pairwise(heard):
            counts[f"p:{first}-{second}"] += 1
        return counts


def _count_neighbours(counts: Counter[str], view: str, text: str, size: int) -> None:
    for start in range(len(text) - size + 1):
        gram = text[start : start + size]
        if gram not in ("^", "$", " "):
            counts[view + gram] += 1


def spoken_feature(feature: str) -> str:
    """Return a feature as an explanation shows it: 「词 退款」."""
    view, _, value = feature.partition(":")
    return f"{VIEWS[view]} {value}"
