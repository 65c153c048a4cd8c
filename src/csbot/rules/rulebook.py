"""Which forbidden rules changed since a check was made, and whether what it looked at has anything to do with them.

A text in which the changed rules find what they found before has the hits that it had: what was found then need not be
looked for again. So a trainer who changes one rule of a hundred does not wait for the others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from csbot.rules.scan import RuleSet
from csbot.rules.wording.model import Disguises, Hit, PhraseRule
from csbot.text.normalise import Normalised, normalise

MOST_CHANGED = 8  # rules for which trying them is worth while

# By the id of each rule, in order: digests of how it finds and of what is said of its hits, phrases and exceptions.
Rows = Mapping[str, Sequence[Any]]


class Noted(RuleSet):
    """Rules that note what texts they are asked about, for checks that make such texts as they go."""

    def __init__(self, rules: RuleSet) -> None:
        super().__init__(())
        self.rules = rules.rules
        self._asked = rules
        self._texts: dict[str, None] = {}

    def texts(self) -> list[str]:
        """Return what was asked about since this was called last."""
        texts, self._texts = list(self._texts), {}
        return texts

    def scan(self, text: str | Normalised, *, dropped: bool = False) -> list[Hit]:
        """Return the hits that the rules have in ``text``."""
        self._texts[text if isinstance(text, str) else text.raw] = None
        return self._asked.scan(text, dropped=dropped)


class Difference:
    """Rules that changed, as they were and as they are (``now``)."""

    def __init__(
        self,
        before: Iterable[PhraseRule],
        now: Iterable[PhraseRule],
        said_otherwise: frozenset[str],
        disguises: Disguises,
    ) -> None:
        old, new = {rule.id: rule for rule in before}, tuple(now)
        looked_for = (
            replace(rule, phrases=_looked_for(old.get(rule.id), rule, rule.id in said_otherwise)) for rule in new
        )
        self._before, self.now = RuleSet(old.values(), disguises=disguises), RuleSet(new, disguises=disguises)
        self._either = RuleSet((replace(rule, exceptions=()) for rule in looked_for), disguises=disguises)
        self._said_otherwise = said_otherwise
        self._known: dict[str, bool] = {}

    def concerns(self, text: str) -> bool:
        """Tell whether changed rules find other hits in a text than before, or other things are said of them."""
        if text not in self._known:
            self._known[text] = self._concerns(normalise(text))
        return self._known[text]

    def _concerns(self, text: Normalised) -> bool:
        if not self._either.scan(text, dropped=True):
            return False  # most texts: nothing stands in them that has to do with what changed
        before, now = (
            [(hit.rule.id, hit.start, hit.end, hit.ways, hit.exception) for hit in rules.scan(text, dropped=True)]
            for rules in (self._before, self.now)
        )
        return before != now or any(rule in self._said_otherwise for rule, *_ in now)


@dataclass(frozen=True)
class Rulebook:
    """The forbidden rules of a library, to be compared with those of an earlier check."""

    rules: tuple[PhraseRule, ...]
    disguises: Disguises

    @cached_property
    def rows(self) -> Rows:
        """What is kept of the rules beside a check, as JSON."""
        return {rule.id: _row(rule) for rule in self.rules}

    @cached_property
    def digest(self) -> str:
        """A digest of all rules and of their order."""
        return _digest(list(self.rows.items()))

    def since(self, before: Rows, made_by: str) -> Difference | None:
        """Return what changed since the rules were those of ``before``; None where it is too much to be tried.

        ``made_by`` is the digest of those. All checks of a round share what was found out about a text.
        """
        if made_by not in self._differences:
            self._differences[made_by] = self._since(before)
        return self._differences[made_by]

    @cached_property
    def _differences(self) -> dict[str, Difference | None]:
        return {}

    def _since(self, before: Rows) -> Difference | None:
        if list(before) != [name for name in self.rows if name in before]:
            return None  # a rule is gone, or they stand in another order
        old: list[PhraseRule] = []
        changed: list[PhraseRule] = []
        said_otherwise: set[str] = set()
        for rule in self.rules:
            row, earlier = self.rows[rule.id], before.get(rule.id)
            if earlier == row:
                continue
            changed.append(rule)
            if earlier is None:
                continue
            finds, said, phrases, exceptions = earlier
            if finds != row[0]:
                return None
            if said != row[1]:
                said_otherwise.add(rule.id)
            old.append(replace(rule, phrases=tuple(phrases), exceptions=tuple(exceptions)))
        if len(changed) > MOST_CHANGED:
            return None
        return Difference(old, changed, frozenset(said_otherwise), self.disguises)


def _looked_for(old: PhraseRule | None, new: PhraseRule, is_said_otherwise: bool) -> tuple[str, ...]:
    """Return the phrases without which a text has the hits of a rule that it had.

    Where only phrases came or went, those; else all that the rule ever looked for.
    """
    if old is None:
        return new.phrases
    both = dict.fromkeys((*old.phrases, *new.phrases))
    kept = [each for each in old.phrases if each in new.phrases]
    in_order = kept == [each for each in new.phrases if each in old.phrases]
    if is_said_otherwise or old.exceptions != new.exceptions or not in_order:
        return tuple(both)
    return tuple(each for each in both if each not in kept)


def _row(rule: PhraseRule) -> list[Any]:
    finds = (rule.name, rule.kind, rule.keep_you, rule.tolerant, rule.circumstances)
    # Its examples say nothing of other texts, and who runs them knows when they change.
    rest = replace(rule, phrases=(), exceptions=(), positives=(), negatives=(), rewritten=())
    return [_digest(finds), _digest(rest), list(rule.phrases), list(rule.exceptions)]


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode("utf-8", "surrogatepass")).hexdigest()
