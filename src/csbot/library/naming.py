"""Names for people where an id is wanted: which id is meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from csbot.library.locate import kind_of
from csbot.library.names import named_elsewhere
from csbot.library.problems import Problem
from csbot.library.schema import OWN_IDS
from csbot.library.yaml_document import Document

# Kind of file → its list, what an entry is called, the key of its id and that of its name.
_NAMED = {
    "intents": ("intents", "情景", "id", "name"),
    "elements": ("elements", "要素", "id", "name"),
    "forbidden": ("rules", "禁用规则", "id", "banned"),
}


def by_their_ids(problems: Iterable[Problem], read: Sequence[Mapping[str, Document]]) -> list[Problem]:
    """Return problems; where a value has not the form of an id because it is a name, they say the id.

    ``read`` holds the documents of every layer. They may have mistakes: what is no list of entries names nothing.
    """
    found = list(problems)
    if not any(each.code == "schema.format" for each in found):
        return found
    known: dict[str, dict[str, str]] = {}
    documents: dict[str, Document] = {}
    for layer in read:
        for name, document in layer.items():
            documents[document.path] = document
            if (kind := kind_of(name)) in _NAMED:
                field, what, identifier, title = _NAMED[kind]
                known.setdefault(what, {}).update(_titles(document, field, identifier, title))
    return [_told(each, documents.get(each.path), known) if each.code == "schema.format" else each for each in found]


def _titles(document: Document, field: str, identifier: str, title: str) -> dict[str, str]:
    entries = document.data.get(field) if isinstance(document.data, dict) else None
    return {
        str(each[identifier]): str(each[title])
        for each in (entries if isinstance(entries, list) else ())
        if isinstance(each, dict) and identifier in each and title in each
    }


def _told(problem: Problem, document: Document | None, known: Mapping[str, Mapping[str, str]]) -> Problem:
    if document is None:
        return problem
    for key, place in document.places.items():
        if place == (problem.line, problem.column) and key and key[-1] not in OWN_IDS:
            value = document.at(key)
            if isinstance(value, str) and (said := named_elsewhere(value, known)):
                return problem._replace(message=said)
    return problem
