"""What a phrase rule is, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


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


class Unit(StrEnum):
    """How much of a draft a way of rewriting takes away."""

    SPAN = "span"  # the finding itself
    CLAUSE = "clause"  # what stands between two commas
    SENTENCE = "sentence"  # without the greeting and the form of address that it begins with


class Position(StrEnum):
    """Where a finding must stand in its clause for a way of rewriting; small particles do not count."""

    ANYWHERE = "anywhere"
    START = "start"  # nothing before it
    END = "end"  # nothing behind it
    WHOLE = "whole"  # neither
    FIRST = "first"  # in the first clause of a sentence that goes on


class Way(NamedTuple):
    """One way of rewriting a finding: what is taken away, when, and what is said in its place.

    ``wording`` may keep what stands before and behind the finding in the same unit, as ``{前}`` and ``{后}``, and
    name the customer's form of address, ``{称呼}``. An empty one leaves the unit out.
    """

    unit: Unit
    wording: str
    position: Position = Position.ANYWHERE
    only_with: tuple[str, ...] = ()  # phrases: one of them stands in the unit (of a span: in its clause)
    not_with: tuple[str, ...] = ()  # phrases: none of them does
    drops_facts: bool = False  # taken although facts get lost: what is said there must not be said at all
    part: str = ""  # of a span: the phrase inside the finding that is taken away; all of it where empty


class Circumstance(NamedTuple):
    """What stands around a hit and makes it harmless, for several rules: 「没法向您保证」, 「一定改进」.

    ``before`` and ``behind`` are phrases of which one stands on that side of the hit in the same clause, both where
    both are given; ``later`` one that stands behind the hit in the same sentence. Between the hit and them stand any of
    ``between`` and at most ``reach`` other characters, but none of ``unless``. ``before`` does not follow on
    ``not_after``; something stands behind the hit in its clause, but none of ``without``, where that is given.
    ``spared`` are drafts that have no finding thanks to it, ``found`` such that have one all the same.
    """

    id: str
    name: str  # in Chinese, as ``csbot explain`` shows it
    rules: tuple[str, ...]  # ids and categories
    before: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()
    between: tuple[str, ...] = ()
    reach: int = 0
    unless: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    spared: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    quoted: bool = False  # it holds for what stands in quotation marks only, and is looked for around these


@dataclass(frozen=True, slots=True)
class PhraseRule:
    """One rule as data: which wording, where it does not apply, why, and what to say instead.

    ``positives`` are sentences in which the rule must fire and ``negatives`` sentences in which it must not
    (``bad``/``good`` of a forbidden rule, ``present``/``absent`` of an element rule). ``tolerant`` rules
    find the disguises of their wording too (see ``csbot.rules.wording.phrase``); element rules are not tolerant,
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
    rewrites: tuple[Way, ...] = ()  # the first one that fits is taken
    rewritten: tuple[tuple[str, str], ...] = ()  # drafts and what they become, the rule's own examples
    circumstances: tuple[Circumstance, ...] = ()  # of the library: what spares its hits

    def severity_in(self, context: dict[str, str]) -> Severity:
        """Return the severity of a hit for this customer, e.g. a promise made to a 求异型 customer."""
        if any(context.get(key) == value for key, value in self.escalate):
            return Severity.ERROR
        return self.severity


class Regional(NamedTuple):
    """Words of a region, or of those who write on the net, and what they all stand for in the standard language.

    Where ``behind`` is given they count only before one of these. Right behind one of ``not_before`` and right before
    one of ``not_behind`` they are other words: 「讲」 of 「讲座」.
    """

    means: str
    words: tuple[str, ...]
    behind: tuple[str, ...] = ()
    not_before: tuple[str, ...] = ()
    not_behind: tuple[str, ...] = ()


class Insertions(NamedTuple):
    """What is slipped into an expression without changing what it says.

    ``asides`` and ``addresses`` may be set off by commas, ``weakening`` words stand behind certain characters only.
    """

    words: tuple[str, ...] = ()
    asides: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    weakening: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()  # (不, 没), and the words behind them


class Disguises(NamedTuple):
    """What a library says of how expressions are disguised. All else that disguises are is grammar of the rules."""

    shapes: tuple[tuple[str, ...], ...] = ()  # characters, each with the shapes that it is written in
    regional: tuple[Regional, ...] = ()
    inserted: Insertions = Insertions()


NO_DISGUISES = Disguises()


class Polish(NamedTuple):
    """What a rewriting needs to know besides the rules: all of it is data of the library.

    ``keeps``: clauses that a rewritten sentence still begins with (您好). ``facts``: what must not get lost when a
    unit is taken away (已经为您登记). ``seams``: rules about what goes wrong where new wording meets the old
    (争取＋能). ``touches``: rules about wording that is not forbidden, but that no rewriting
    leaves as it is (别再问了).
    """

    keeps: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    seams: tuple[PhraseRule, ...] = ()
    touches: tuple[PhraseRule, ...] = ()
    rewritten: tuple[tuple[str, str], ...] = ()  # drafts and what they become, its own examples


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where a rule fired. ``start`` and ``end`` are code-point offsets into the text as given."""

    rule: PhraseRule
    start: int
    end: int
    found: str  # the text as given, from start to end
    ways: tuple[str, ...] = ()  # how the wording was disguised, in Chinese; empty where it was not
    exception: str | None = None  # the exception that covers the hit, or what else drops it, in Chinese
