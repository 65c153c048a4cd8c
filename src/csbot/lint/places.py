"""Where an entry of a library stands in its file."""

from __future__ import annotations

import json

from csbot.library.locate import kind_of
from csbot.library.problems import Problem
from csbot.library.yaml_document import Document, Key


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

    def at(self, name: str, where: Key, code: str, message: str) -> Problem:
        """Return a problem at ``where`` in the file of that path inside the library."""
        return self._documents[name].problem(where, code, message, "error")

    def problem(
        self,
        kind: str,
        identifier: str,
        where: Key,
        code: str,
        message: str,
        severity: str = "error",
        wording: str = "",
    ) -> Problem:
        """Return a problem at ``where`` inside the entry of that kind and id, or at ``wording`` in it."""
        document, key = self._by_id[kind, identifier]
        return document.problem((*key, *where), code, message, severity, wording=wording)

    def found(self, address: str, code: str, message: str, severity: str, wording: str) -> Problem:
        """Return a problem at an address that ``Addresses`` gave."""
        kind, identifier, where = json.loads(address)
        if not kind:
            return self._documents[identifier].problem(tuple(where), code, message, severity, wording=wording)
        return self.problem(kind, identifier, tuple(where), code, message, severity, wording)


class Addresses(Places):
    """Takes the part of ``Places`` where problems are to be kept: their path is an address, and they have no line."""

    def __init__(self) -> None:
        super().__init__({})

    def at(self, name: str, where: Key, code: str, message: str) -> Problem:
        """Return a problem whose path is the address in the file of that path."""
        return Problem(json.dumps(["", name, where]), 0, 0, code, message)

    def problem(
        self,
        kind: str,
        identifier: str,
        where: Key,
        code: str,
        message: str,
        severity: str = "error",
        wording: str = "",
    ) -> Problem:
        """Return a problem whose path is the address in the entry."""
        return Problem(json.dumps([kind, identifier, where]), 0, 0, code, message, severity, wording=wording)
