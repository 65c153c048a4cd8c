"""Run every check over a library."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from csbot.library.load import read_documents
from csbot.library.locate import kind_of
from csbot.library.models import Library
from csbot.library.problems import Problem
from csbot.library.yaml_reader import Document, Key
from csbot.lint.intents import check_intents
from csbot.lint.replies import check_replies
from csbot.lint.rules import check_rules


class Places:
    """Finds the place of an entry again, so that a finding points at the line to mend."""

    def __init__(self, documents: dict[str, Document]) -> None:
        self._documents = documents
        self._by_id: dict[tuple[str, str], tuple[Document, Key]] = {}
        fields = {"intents": ("intents", "id"), "scripts": ("scripts", "intent")}
        fields |= {"forbidden": ("rules", "id"), "elements": ("elements", "id")}
        for name, document in documents.items():
            kind = kind_of(name)
            if kind in fields:
                field, identifier = fields[kind]
                for index, entry in enumerate(document.data[field]):
                    self._by_id[kind, entry[identifier]] = (document, (field, index))

    def problem(
        self, kind: str, identifier: str, where: Key, code: str, message: str, severity: str = "error"
    ) -> Problem:
        """Return a problem at ``where`` inside the entry of that kind and id."""
        document, key = self._by_id[kind, identifier]
        return document.problem((*key, *where), code, message, severity)


def lint(root: Path) -> tuple[list[Problem], Library | None]:
    """Check a library; return every problem, and the library where it could be loaded."""
    documents, problems = read_documents(root)
    if any(problem.severity == "error" for problem in problems):
        return sorted(set(problems)), None
    library = Library(root, "", "", {name: document.data for name, document in documents.items()})
    problems.extend(_checks(library, Places(documents)))
    return sorted(set(problems)), library


def _checks(library: Library, places: Places) -> Iterator[Problem]:
    yield from check_rules(library, places)
    yield from check_replies(library, places)
    yield from check_intents(library, places)
