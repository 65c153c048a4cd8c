"""What a trainer proposes, read from a file or gathered from questions, and what it comes to in the library."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from csbot.library.amending import Amendment
from csbot.library.editing import Append
from csbot.library.editor import reference
from csbot.library.models import Library
from csbot.library.problems import Problem, shown_path
from csbot.library.schema import check_shape
from csbot.library.yaml_document import Document, Key
from csbot.library.yaml_reader import parse_yaml
from csbot.library.yaml_writer import Value, block
from csbot.lint.places import Places
from csbot.text.pinyin import spelled

Entry = dict[str, Any]
GIVEN = "（选项）"  # where a fault stands that no file holds
OPTIONS = {  # what is called otherwise as an option of ``csbot new``
    "examples": "example",
    "replies": "reply",
    "elements": "element",
    "keywords": "keyword",
    "phrases": "phrase",
    "named_by": "named-by",
}
LONGEST_ID = 40
_ID_OF = {"intents": "id", "scripts": "intent", "rules": "id", "festivals": "name"}  # by the lists of the files


class ProposalError(Exception):
    """What is proposed cannot be taken, as ``problems`` tell. ``invalid``: it does not even have the right form."""

    def __init__(self, problems: Sequence[Problem], *, invalid: bool) -> None:
        self.problems = sorted(set(problems))
        self.invalid = invalid
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class Added:
    """What was put into an amendment: ids of the new entries, and what is not yet as good as it should be."""

    ids: tuple[str, ...]
    warnings: tuple[Problem, ...] = ()


class Proposal:
    """Well-formed entries of one kind, and where each of their values stands in the file that they come from."""

    def __init__(self, document: Document, kind: str) -> None:
        """Take what a document lists. Raises ProposalError with everything that is wrong with its form."""
        for entry in document.data:
            if isinstance(entry, dict) and isinstance(entry.get("replies"), list):  # a reply may be its text alone
                entry["replies"] = [{"text": each} if isinstance(each, str) else each for each in entry["replies"]]
        if problems := check_shape(document, kind):
            raise ProposalError(problems, invalid=True)
        self.document = document
        self.entries: list[Entry] = document.data

    def problem(
        self, number: int, where: Key, code: str, message: str, severity: str = "error", wording: str = ""
    ) -> Problem:
        """Return a problem at a place inside the entry of that number (from 0), or at ``wording`` in it."""
        return self.document.problem((number, *where), code, message, severity, wording=wording)


class ProposalPlaces(Places):
    """Finds what a check of the library says about a new entry in the proposal, since no file holds it yet."""

    def __init__(self, proposal: Proposal, ids: Sequence[str]) -> None:
        self._proposal = proposal
        self._ids = list(ids)

    def problem(
        self,
        kind: str,  # noqa: ARG002 - all of them are of one kind
        identifier: str,
        where: Key,
        code: str,
        message: str,
        severity: str = "error",
        wording: str = "",
    ) -> Problem:
        """Return a problem at ``where`` inside the proposed entry of that id."""
        return self._proposal.problem(self._ids.index(identifier), where, code, message, severity, wording)


def read_proposal(content: bytes, path: str, kind: str) -> Proposal:
    """Return what a YAML text proposes, one entry or a list of them. Raises ProposalError with every fault."""
    document = parse_yaml(content, path)
    if document.problems:
        raise ProposalError(document.problems, invalid=True)
    if not isinstance(document.data, list):
        document.data = [document.data]
        document.known_places = {(0, *key): place for key, place in document.places.items()}
        document.key_places = {(0, *key): place for key, place in document.key_places.items()}
        document.commented = {(0, *key) for key in document.commented}
    return Proposal(document, kind)


def given_proposal(entry: Entry, kind: str) -> Proposal:
    """Return the one entry that was given otherwise. Raises ProposalError with every fault, by its option."""
    keys: list[Key] = [(0, name) for name in entry if name != "coaching"]
    keys += [(0, "coaching", name) for name in entry.get("coaching", ())]
    sources = {key: f"（选项 --{OPTIONS.get(str(key[-1]), key[-1])}）" for key in keys}
    return Proposal(Document(GIVEN, data=[entry], known_places=dict.fromkeys(keys, (1, 1)), sources=sources), kind)


def identifier_of(name: str, prefix: str, taken: Collection[str]) -> str:
    """Return an id for a name in Chinese, by its pinyin: 「催发货」 → 「order.cui_fa_huo」. It is not ``taken``."""
    short = spelled(name)[:LONGEST_ID].rstrip("_") or "new"
    base = f"{prefix}.{short if short[0].isalpha() else f'n_{short}'}"
    number, found = 2, base
    while found in taken:
        found, number = f"{base}_{number}", number + 1
    return found


def ordered(entry: Mapping[str, Any], names: Sequence[str]) -> dict[str, Value]:
    """Return the values of ``names`` in that order; what is empty and what is not among them is left out."""
    return {name: entry[name] for name in names if entry.get(name) not in (None, "")}


def put_entry(
    amendment: Amendment, name: str, field: str, entry: Mapping[str, Value], head: Mapping[str, Value]
) -> None:
    """Add an entry to the list of a file. Where there is no such file, it begins with ``head`` and its schema."""
    if name in amendment.names:
        amendment.edit(name, Append((field,), entry))
        return
    data: dict[str, Value] = {**head, field: [entry]}
    amendment.create(name, f"{reference(name)}\n{block(data, 0)}\n")


def tried(amendment: Amendment, proposal: Proposal | None = None, ids: Sequence[str] = ()) -> Library:
    """Return the library as it would be. Raises ProposalError with what keeps it from being loaded.

    What is wrong inside an entry of ``ids``, those of ``proposal``, is told at its place there: the file that it would
    stand in is not written yet.
    """
    library, _, problems = amendment.tried()
    if library is None:
        errors = [each for each in problems if each.severity == "error"]
        if proposal is not None:
            errors = [_given_place(each, amendment, proposal, ids) for each in errors]
        raise ProposalError(errors, invalid=True)
    return library


def _given_place(problem: Problem, amendment: Amendment, proposal: Proposal, ids: Sequence[str]) -> Problem:
    """Return a problem of a changed file at the place of the proposal that it comes from, where it comes from one."""
    for name in amendment.changed:
        if shown_path(amendment.root / name) != problem.path:
            continue
        document = amendment.document(name)
        keys = [key for key, place in document.places.items() if place == (problem.line, problem.column)]
        for field, index, *rest in sorted((key for key in keys if len(key) > 1), key=len, reverse=True):
            entry = document.at((field, index))
            if isinstance(entry, dict) and (named := _ID_OF.get(str(field))) and entry.get(named) in ids:
                number = ids.index(entry[named])
                return proposal.problem(number, tuple(rest), problem.code, problem.message)
    return problem
