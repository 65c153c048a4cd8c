"""What the matcher sees in a message: four views of it, each of which weighs as much as VIEWS says.

Single characters carry most of the evidence in short Chinese text, pairs of neighbours (``^`` and ``$`` mark the
ends) know their order, words sharpen them and bring the synonyms, sounds survive typing errors. Every view is
brought to the same length before the views are joined: a long word does not outweigh a character for having more
neighbours.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from csbot.text.normalise import all_folded, folded
from csbot.text.pinyin import sounds
from csbot.text.regex import regex

MAXIMUM_CHARACTERS = 2000  # of a message that are looked at; more carries no more evidence

# Name of the view → how it is spoken of, and its weight. Chosen on several sets at once, few and many examples:
# no other mix was better by more than chance.
VIEWS: Mapping[str, tuple[str, float]] = {
    "c": ("字", 1.0),
    "d": ("字", 0.7),
    "w": ("词", 0.5),
    "p": ("音", 0.5),
}
MEANING = "m"  # the view of ``csbot.matching.meaning``, where it is wanted: one feature, the message as a whole
_SPOKEN = {name: spoken for name, (spoken, _) in VIEWS.items()} | {MEANING: "义"}
_NAMES = tuple(VIEWS)
WEIGHTS = tuple(weight for _, weight in VIEWS.values())
WHOLE = math.sqrt(sum(weight * weight for weight in WEIGHTS))  # length of a vector in which every view is filled
# What every word that names goods is read as: 「手表坏了」 and 「书架坏了」 ask for the same.
GOODS = "东西"
# What is unknown of a view makes it count less beside the others: so much of its square counts as known.
UNKNOWN = 0.3

Views = tuple[list[str], ...]  # the features of a text by view, in the order of VIEWS, repeated as they occur

_NUMBER = regex(r"\d[\d.,:/-]*")
_RUN = regex(r"(.)\1{2,}")
_SEPARATORS = regex(r"[\W_]+")
_SEPARATORS_OF_LINES = regex(r"(?:[^\w\n]|_)+")  # the same, line by line


def plain(text: str) -> str:
    """Return a message as the matcher reads it: normalised, digits as 0, runs cut to two, no punctuation."""
    return plain_of(folded(text[:MAXIMUM_CHARACTERS]))


def plain_of(normalised_text: str) -> str:
    """Do what ``plain`` does for text that is normalised."""
    return _SEPARATORS.sub(" ", _RUN.sub(r"\1\1", _NUMBER.sub("0", normalised_text[:MAXIMUM_CHARACTERS]))).strip()


def length_of(plain_text: str) -> int:
    """Return how many characters of text that went through ``plain`` say something."""
    return len(plain_text) - plain_text.count(" ")


def all_plain(texts: Sequence[str]) -> list[str]:
    """Do what ``plain`` does for many texts: in a third of the time, where none of them holds a line break."""
    lines = [text[:MAXIMUM_CHARACTERS] for text in all_folded([text[:MAXIMUM_CHARACTERS] for text in texts])]
    joined = "\n".join(lines)
    if joined.count("\n") >= len(lines):
        return list(map(plain_of, lines))
    read = _SEPARATORS_OF_LINES.sub(" ", _RUN.sub(r"\1\1", _NUMBER.sub("0", joined))).split("\n")
    return [line.strip() for line in read] if lines else []


class Cutter(Protocol):
    """Whatever cuts a text into words."""

    def cut(self, text: str) -> list[str]:
        """Return the words of a normalised text in order, punctuation and spaces included."""


@dataclass(frozen=True, slots=True)
class Extractor:
    """Turns plain text into features, with the words and synonyms of one library."""

    words: Cutter
    synonyms: Mapping[str, str]  # word → the word that stands for its group
    goods: frozenset[str] = frozenset()  # words that name goods

    def read(self, plain_text: str) -> str:
        """Return text that went through ``plain`` with ``GOODS`` in place of every word that names some.

        What is sold can be anything, and says little of what a customer wants; its characters speak of other matters:
        「密码箱」, 「手表」, 「遥控车」.
        """
        if not self.goods:
            return plain_text
        words = self.words.cut(plain_text)
        if self.goods.isdisjoint(words):
            return plain_text
        return "".join([GOODS if word in self.goods else word for word in words])

    def views(self, plain_text: str) -> Views:
        """Return the features of text that went through ``plain``, view by view."""
        return self.views_of(self.read(plain_text))

    def views_of(self, read_text: str) -> Views:
        """Do what ``views`` does for text that went through ``read``."""
        characters = [character for character in read_text if character != " "]
        marked = f"^{read_text}$"
        pairs = [first + second for first, second in pairwise(marked)]
        heard = sounds(read_text)
        sound_pairs = [f"{first}-{second}" for first, second in pairwise(heard)]
        return characters, pairs, self.words_of(read_text), heard + sound_pairs

    def words_of(self, read_text: str) -> list[str]:
        """Return the words of text that went through ``read``, and what stands for those that have synonyms."""
        words = [word for word in self.words.cut(read_text) if word != " "]
        synonyms = self.synonyms
        return words + [f"={synonyms[word]}" for word in words if word in synonyms]


def extractor_of(cutter: Cutter, synonyms: Sequence[Sequence[str]], goods: Sequence[str] = ()) -> Extractor:
    """Return the extractor for what cuts texts, for the synonyms of a library and its words that name goods.

    Those went through ``plain``: not again at every start.
    """
    return Extractor(cutter, {word: group[0] for group in synonyms for word in group}, frozenset(goods))


def feature_name(view: int, value: str) -> str:
    """Return one name for a feature of any view: ``w:退款``."""
    return f"{_NAMES[view]}:{value}"


def spoken_feature(feature: str) -> str:
    """Return a feature as an explanation shows it: 「词 退款」."""
    view, _, value = feature.partition(":")
    return f"{_SPOKEN[view]} {value}"
