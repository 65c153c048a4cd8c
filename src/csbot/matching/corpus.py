"""What an index is made from: examples, counter-examples, words and synonyms."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from sys import intern

from csbot.library.models import Library
from csbot.library.values import Intent
from csbot.matching.features import all_plain
from csbot.matching.scored import NONE as NONE  # most who need it have examples to label
from csbot.text.segment import is_han
from csbot.text.tokenise import Words

LONGEST_WORD = 6  # of a library's words that are kept whole when a text is cut, in characters


@dataclass(frozen=True, slots=True)
class Example:
    """An utterance and the intent it belongs to (NONE for one that belongs to no intent)."""

    text: str
    intent: str
    whole: bool = True  # whether it is a message; a keyword is only a part of one


@dataclass(frozen=True, slots=True)
class Corpus:
    """All that an index is compiled from."""

    examples: tuple[Example, ...]
    counter_examples: tuple[Example, ...] = ()  # messages that look like their intent and are not
    words: tuple[str, ...] = ()  # that are kept whole when a text is cut
    synonyms: tuple[tuple[str, ...], ...] = ()
    goods: tuple[str, ...] = ()  # words that went through ``plain``


@dataclass(frozen=True, slots=True)
class Known:
    """Examples as the search for neighbours needs them: as written, their intents, and as read."""

    texts: list[str]
    intents: list[str]
    plain: list[str]

    @classmethod
    def of(cls, examples: Iterable[Example], read: Sequence[str] | None = None) -> Known:
        """Return examples ready for the search, those of no intent left out; ``read`` is what ``plain`` gave."""
        every = list(examples)
        texts = all_plain([example.text for example in every]) if read is None else read
        kept = [(example, text) for example, text in zip(every, texts, strict=True) if example.intent != NONE]
        return cls(
            [example.text for example, _ in kept],
            [example.intent for example, _ in kept],
            [text.replace(" ", "") for _, text in kept],
        )

    def as_lists(self) -> list[list[str]]:
        """Return the three lists, for the cache."""
        return [self.texts, self.intents, self.plain]

    @classmethod
    def from_lists(cls, lists: list[list[str]]) -> Known:
        """Return what ``as_lists`` gave. Texts that are the same are kept once."""
        texts, intents, plain = lists
        texts = [read if text == read else text for text, read in zip(texts, plain, strict=True)]
        return cls(texts, list(map(intern, intents)), plain)


def own_words(corpus: Corpus) -> list[str]:
    """Return the words of a library that are kept whole: Han characters only, not too long.

    Of those that name goods the ones that would be cut in two otherwise: each takes its time at every start.
    """
    own = _kept_whole(corpus.words)
    goods = _kept_whole(corpus.goods) - own
    words = Words(sorted(own)) if goods else None
    return sorted(own | {word for word in goods if words is not None and words.cut(word) != [word]})


def _kept_whole(words: Sequence[str]) -> set[str]:
    return {word for word in all_plain(words) if 2 <= len(word) <= LONGEST_WORD and all(map(is_han, word))}


def intents_of(library: Library, profile: str = "") -> dict[str, Intent]:
    """Return the situations that customers bring, for the trades of the settings or for one ``profile``."""
    profiles = frozenset({profile}) if profile else library.profiles
    return {
        identifier: each
        for identifier, each in library.intents.items()
        if each.trigger == "customer" and not (profiles and each.profiles and profiles.isdisjoint(each.profiles))
    }


def corpus_of_library(library: Library) -> Corpus:
    """Return what a library is recognised by, in the trades of its settings."""
    return corpus_of(library, intents_of(library))


def digest_of_corpus(library: Library, intents: Mapping[str, Intent]) -> str:
    """Return a digest of all that ``corpus_of`` takes, which is less than what stands beside it in the same files.

    Who rewords what a situation is called, or adds an example to one of another trade, need not wait for anything.
    """
    parts = [[each.id, each.examples, each.keywords, each.negatives] for each in intents.values()]
    content = json.dumps([parts, library.out_of_scope, library.synonyms, library.goods], ensure_ascii=False)
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def corpus_of(library: Library, intents: Mapping[str, Intent]) -> Corpus:
    """Return what a library is recognised by: its examples and its background."""
    examples = [Example(text, each.id) for each in intents.values() for text in each.examples]
    examples += [Example(text, each.id, whole=False) for each in intents.values() for text in each.keywords]
    examples += [Example(text, NONE) for text in library.out_of_scope]
    counter_examples = [Example(text, each.id) for each in intents.values() for text in each.negatives]
    words = {keyword for each in intents.values() for keyword in each.keywords}
    words |= {word for group in library.synonyms for word in group}
    goods = tuple(all_plain(library.goods))
    return Corpus(tuple(examples), tuple(counter_examples), tuple(sorted(words)), library.synonyms, goods)
