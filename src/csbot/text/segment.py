"""Sentences and clauses of a normalised text, as half-open spans."""

from __future__ import annotations

from collections.abc import Iterator

from csbot.text.regex import regex

SENTENCE_ENDS = frozenset("。!?;\n")
CLAUSE_ENDS = SENTENCE_ENDS | frozenset(",、:")

Span = tuple[int, int]


def _spans(text: str, ends: frozenset[str]) -> Iterator[Span]:
    start = 0
    for index, character in enumerate(text):
        if character in ends:
            if text[start:index].strip():
                yield start, index
            start = index + 1
    if text[start:].strip():
        yield start, len(text)


def sentences(text: str) -> list[Span]:
    """Return the sentences of a normalised text, without their closing marks; empty ones are left out."""
    return list(_spans(text, SENTENCE_ENDS))


def clauses(text: str) -> list[Span]:
    """Return the clauses of a normalised text, without their closing marks; empty ones are left out."""
    return list(_spans(text, CLAUSE_ENDS))


def is_word_character(character: str) -> bool:
    """Tell whether a character carries wording: a Han character, a letter or a digit."""
    return character.isalnum()


_HAN = regex("[\u4e00-\u9fff\u3400-\u4dbf〇]*")


def is_all_han(text: str) -> bool:
    """Tell whether a text has nothing but Han characters in it."""
    return _HAN.fullmatch(text) is not None


def is_han(character: str) -> bool:
    """Tell whether a character is a Han character (unified ideographs, extension A and the zero 〇)."""
    return "\u4e00" <= character <= "\u9fff" or "\u3400" <= character <= "\u4dbf" or character == "〇"
