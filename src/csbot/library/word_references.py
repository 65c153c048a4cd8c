"""Words of regions, slipped in, or of agents' questions, as they are listed: each can count, none is doubled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from csbot.library.entries import insertions_of, regional_of
from csbot.library.problems import Problem
from csbot.library.yaml_document import Document, Key
from csbot.rules.disguises.dialect import not_written_as_read, regional_problems, spelled_out
from csbot.rules.disguises.inserted import inserted_problems

_LISTS = ("words", "asides", "addresses")
_EXAMPLES = ("found", "spared")


def check_words(documents: Mapping[str, Document]) -> Iterator[Problem]:
    """Yield what is wrong with the words of regions, those that are slipped in, and those of agents' questions."""
    if (document := documents.get("phrasebook/regional.yaml")) is not None:
        regional = regional_of(document.data)
        for group, name, number, why in regional_problems(regional):
            place: Key = ("regional", group, name) if number is None else ("regional", group, name, number)
            yield document.problem(place, "rule.word", why)
        words = ((each.written, ("regional", each.group, "words", each.number)) for each in spelled_out(regional))
        yield from _doubled(document, words)
    if (document := documents.get("phrasebook/inserted.yaml")) is not None:
        for name, inside, why in inserted_problems(insertions_of(document.data)):
            yield document.problem((name, *inside), "rule.word", why)
        listed = ((word, (name, at)) for name in _LISTS for at, word in enumerate(document.data.get(name, ())))
        yield from _doubled(document, listed)
    if (document := documents.get("phrasebook/agent_questions.yaml")) is not None:
        for name in document.data.keys() - set(_EXAMPLES):
            asked_by = [(word, (name, at)) for at, word in enumerate(document.data[name])]
            for word, key in asked_by:
                if why := not_written_as_read(word):
                    yield document.problem(key, "rule.word", why)
            yield from _doubled(document, asked_by)


def _doubled(document: Document, words: Iterable[tuple[str, Key]]) -> Iterator[Problem]:
    """Yield words that stand twice in a file, and as a warning those that a lower layer has already: those count."""
    seen: dict[str, Key] = {}
    for word, key in words:
        first = seen.setdefault(word, key)
        if first is key:
            continue
        there = f"{document.path_at(first)}:{document.place(first)[0]}"
        if document.path_at(first) == document.path_at(key):
            yield document.problem(key, "ref.duplicate", f"「{word}」重复了（{there} 已有），请去掉一个")
        else:
            message = f"下层已有「{word}」（{there}），以那里的为准，这里不起作用，请去掉"
            yield document.problem(key, "rule.word-known", message, "warning")
