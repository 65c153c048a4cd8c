"""What a phrase rule is, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Where a rule's wording counts."""

    PHRASE = "phrase"  # anywhere
    CLAUSE = "clause"  # as a whole clause: 「喂」, but not 「喂养」
    SENTENCE = "sentence"  # as a whole sentence: 「什么？」, but not 「有什么可以帮您？」
    PATTERN = "pattern"  # a regular expression (RE2) over the normalised text
    NAME = "name"  # a personal name without a form of address


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class PhraseRule:
    """One rule as data: which wording, where it does not apply, why, and what to say instead.

    ``positives`` are sentences in which the rule must fire and ``negatives`` sentences in which it must not
    (``bad``/``good`` of a forbidden rule, ``present``/``absent`` of an element rule). ``tolerant`` rules
    find the disguises of their wording too (see ``csbot.rules.phrase``); element rules are not tolerant,
    since a required element must really be there.
    """

    id: str
    name: str  # the canonical expression of a forbidden rule, the name of an element
    category: str
    category_name: str
    source: str
    kind: Kind = Kind.PHRASE
    phrases: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    positives: tuple[str, ...] = ()
    negatives: tuple[str, ...] = ()
    severity: Severity = Severity.ERROR
    instead: str = ""
    reason: str = ""
    keep_you: bool = False  # 你 and 您 are different here
    tolerant: bool = True
    escalate: tuple[tuple[str, str], ...] = ()  # context → an error: (("customer_type", "求异型"),)

    def severity_in(self, context: dict[str, str]) -> Severity:
        """Return the severity of a hit for this customer, e.g. a promise made to a 求异型 customer."""
        if any(context.get(key) == value for key, value in self.escalate):
            return Severity.ERROR
        return self.severity


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where a rule fired. ``start`` and ``end`` are code-point offsets into the text as given."""

    rule: PhraseRule
    start: int
    end: int
    found: str  # the text as given, from start to end
    ways: tuple[str, ...] = ()  # how the wording was disguised, in Chinese; empty where it was not
    exception: str | None = None  # the exception that covers the hit and so drops it
