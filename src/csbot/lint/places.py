"""Where an entry of a library stands in its file."""

from __future__ import annotations

from csbot.library.locate import kind_of
from csbot.library.problems import Problem
from csbot.library.yaml_reader import Document, Key


class Places:
    """Finds the place of an entry again, so that a finding points at the line to mend."""

    def __init__(self, documents: dict[str, Document]) -> None:
        self._documents = documents
        self._by_id: dict[tuple[str, str], tuple[Document, Key]] = {}
        self._files: dict[tuple[str, str], str] = {}
        fields = {"intents": ("intents", "id"), "scripts": ("scripts", "intent")}
        fields |= {"forbidden": ("rules", "id"), "elements": ("elements", "id")}
        for name, document in documents.items():
            kind = kind_of(name)
            if kind in fields:
                field, identifier = fields[kind]
                for index, entry in enumerate(document.data[field]):
                    self._by_id[kind, entry[identifier]] = (document, (field, index))
                    self._files[kind, entry[identifier]] = name

    def file(self, kind: str, identifier: str) -> str:
        """Return the path, inside the library, of the file that the entry of that kind and id stands in."""
        return self._files[kind, identifier]

    def at(self, name: str, where: Key, code: str, message: str) -> Problem:
        """Return a problem at ``where`` in the file of that path inside the library."""
        return self._documents[name].problem(where, code, message, "error")

    def problem(
        self, kind: str, identifier: str, where: Key, code: str, message: str, severity: str = "error"
    ) -> Problem:
        """Return a problem at ``where`` inside the entry of that kind and id."""
        document, key = self._by_id[kind, identifier]
        return document.problem((*key, *where), code, message, severity)
