"""Compiled rules with the tables that scans ask, each read when a text first needs it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from csbot.rules.disguises.alike import Alike
from csbot.rules.disguises.dialect import Dialect, dialect_of
from csbot.rules.disguises.initials import Initials
from csbot.rules.disguises.inserted import Inserted
from csbot.rules.disguises.reordered import Reordering
from csbot.rules.disguises.shapes import Shapes
from csbot.rules.disguises.sound import Spelled
from csbot.rules.lookup.anchor_table import AnchorTable
from csbot.rules.lookup.holding import Holding
from csbot.rules.tables import Tables
from csbot.rules.wording.compiled import CompiledRule
from csbot.rules.wording.model import NO_DISGUISES, Disguises, Kind, PhraseRule


class KnownRules:
    """A set of rules, compiled, with what is known of all their phrases."""

    def __init__(
        self, rules: Iterable[PhraseRule], *, disguises: Disguises = NO_DISGUISES, name: str = "", key: str = ""
    ) -> None:
        """Compile ``rules``. Raises PhraseError for the first one that is not valid.

        ``disguises`` are what the library says of how expressions are disguised.
        With ``name`` and ``key`` (which changes whenever any of these does) the compiled phrases are kept in the cache.
        """
        self.rules = tuple(rules)
        self._tables = Tables(self.rules, disguises, name, key)
        self._compiled = tuple(map(CompiledRule, self.rules, self._tables.compiled()))
        self._ready()

    def _ready(self) -> None:
        self._by_id = {compiled.rule.id: compiled for compiled in self._compiled}
        self._plain = tuple(compiled for compiled in self._compiled if not compiled.folded)
        self._names = tuple(compiled for compiled in self._plain if compiled.rule.kind is Kind.NAME)

    def __contains__(self, rule_id: str) -> bool:
        return rule_id in self._by_id

    def rule(self, rule_id: str) -> PhraseRule:
        """Return the rule of that id; KeyError where there is none."""
        return self._by_id[rule_id].rule

    @cached_property
    def anchors(self) -> AnchorTable:
        """The anchors of all phrases that are matched over folded text."""
        return self._tables.anchors()

    @cached_property
    def _holding(self) -> Holding:
        return Holding(self._compiled)

    @cached_property
    def _unanchored(self) -> tuple[tuple[CompiledRule, list[int]], ...]:
        """The phrases that reduce to nothing, which must be tried on every text."""
        anchored = self.anchors.phrases
        rest = (
            (compiled, [at for at in range(len(compiled.rule.phrases)) if (number, at) not in anchored])
            for number, compiled in enumerate(self._compiled)
            if compiled.folded
        )
        return tuple((compiled, numbers) for compiled, numbers in rest if numbers)

    @cached_property
    def _are_unanchored_phrases(self) -> bool:
        """Whether the phrases without an anchor, where there are any, count anywhere."""
        return all(compiled.rule.kind is Kind.PHRASE for compiled, _ in self._unanchored)

    @cached_property
    def _spelled(self) -> Spelled:
        return self._tables.spelled(self.anchors)

    @cached_property
    def _shapes(self) -> Shapes:
        return self._tables.shapes()

    @cached_property
    def _alike(self) -> Alike:
        return self._tables.alike()

    @cached_property
    def _inserted(self) -> Inserted:
        return self._tables.inserted()

    @cached_property
    def _dialect(self) -> Dialect:
        return dialect_of(self._tables.disguises.regional)

    @cached_property
    def _reordering(self) -> Reordering:
        return Reordering(self._inserted.neighbours)

    @cached_property
    def _initials(self) -> Initials:
        return self._tables.initials()
