"""Run every check over a library."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple, dataclass
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Protocol

from csbot.library.layers import layers_of
from csbot.library.load import data_of, digest_of, read_documents
from csbot.library.models import Library, Script
from csbot.library.problems import Problem
from csbot.library.yaml_reader import Document
from csbot.lint.circumstances import check_circumstances
from csbot.lint.intents import check_intents, check_overlaps
from csbot.lint.kept import Findings, digest
from csbot.lint.places import Places
from csbot.lint.replies import check_script
from csbot.lint.review import check_review
from csbot.lint.rewriting import check_rewriting, check_touched
from csbot.lint.rules import check_declared, check_rule, check_shadows
from csbot.replying.guard import Guard
from csbot.replying.responder import element_rules
from csbot.rules.model import PhraseRule
from csbot.rules.rewrite import Rewriter
from csbot.rules.scan import RuleSet
from csbot.text.cache import cached, source_digest


def lint(root: Path, today: date | None = None, *, overlaps: bool = False) -> tuple[list[Problem], Library | None]:
    """Check a library; return every problem, and the library where it could be loaded.

    Of a library in layers, what the layers below have by themselves is left out: it is theirs to mend.
    ``today`` is the day by which scripts are up to date or not, the real one where it is not given. With
    ``overlaps`` the examples are reported too that only their own words keep in their situation.
    """
    before = digest_of(root)
    documents, problems = read_documents(root)
    if any(problem.severity == "error" for problem in problems):
        return sorted(set(problems)), None
    # What is kept of a library needs its digest; a file that was saved in the middle of it leaves none.
    library = Library(root, "", before if before and before == digest_of(root) else "", data_of(documents))
    checks = Checks(library, documents, today or date.today())
    for check in (*checks.quick, *checks.slow):
        problems.extend(check(overlaps=overlaps))
    return without_lower(library, problems, today, overlaps=overlaps), library


def without_lower(
    library: Library, problems: Iterable[Problem], today: date | None = None, *, overlaps: bool = False
) -> list[Problem]:
    """Return problems in order, without those that the layers below the uppermost one have by themselves."""
    found = set(problems)
    if library.layers:
        found -= _of_lower(library.root, today, overlaps=overlaps)
    return sorted(found)


def _of_lower(root: Path, today: date | None, *, overlaps: bool) -> set[Problem]:
    """Return the problems that the layers below the uppermost one have without it; looked for once."""
    lower = layers_of(root)[-2].root
    content = digest_of(lower)
    place = hashlib.sha256(str(lower.resolve()).encode("utf-8", "surrogatepass")).hexdigest()[:12]
    # Paths are shown from the current folder.
    key = f"{source_digest()}\n{content}\n{today or date.today()}\n{overlaps}\n{Path.cwd()}"

    def look() -> list[list[Any]]:
        return [list(astuple(each)) for each in lint(lower, today, overlaps=overlaps)[0]]

    return {Problem(*each) for each in (cached(f"lint-{place}", key, look) if content else look())}


class Check(Protocol):
    """A check of a library."""

    def __call__(self, *, overlaps: bool) -> Iterator[Problem]:
        """Yield what is wrong; with ``overlaps`` also what only an example by itself keeps in its situation."""


@dataclass(frozen=True)
class Checks:
    """The checks of a library that could be loaded. What cannot have changed since the last time is not run again."""

    library: Library
    documents: dict[str, Document]
    today: date
    look: Callable[[], None] = lambda: None  # called between two checks; it may raise to stop them

    @property
    def quick(self) -> tuple[Check, ...]:
        """The checks of what stands in scripts and situations: those that an edit is most likely to break."""
        return (self.replies, self.intents, self.review)

    @property
    def slow(self) -> tuple[Check, ...]:
        """The checks that run all examples of rules and compare all examples of situations."""
        return (self.rules, self.rewriting, self.overlaps)

    def replies(self, *, overlaps: bool = False) -> Iterator[Problem]:  # noqa: ARG002
        """Check every reply under every occasion."""
        key = digest(
            self.library.forbidden_digest, self.library.element_digest, self._file("slots"), self._file("occasions")
        )
        yield from self._findings.of_each(
            "replies",
            key,
            ((repr(each), partial(self._check_replies, each)) for each in self.library.scripts.values()),
        )

    def rules(self, *, overlaps: bool = False) -> Iterator[Problem]:  # noqa: ARG002
        """Check the rules by their own examples."""
        library = self.library
        for name, rule_set in (("forbidden", library.forbidden), ("elements", library.elements)):
            own = ((repr(each), partial(self._check_rule, name, each)) for each in rule_set)
            yield from self._findings.of_each(f"rules-{name}", "", own)
        yield from self._findings.of(
            "shadows", library.forbidden_digest, lambda places: check_shadows(library, self._forbidden, places)
        )
        yield from self._findings.of(
            "circumstances",
            library.forbidden_digest,
            lambda places: check_circumstances(library, self._forbidden, places),
        )
        yield from check_declared(library, self._places)

    def rewriting(self, *, overlaps: bool = False) -> Iterator[Problem]:  # noqa: ARG002
        """Check the examples of rewriting, and what it would do to replies."""
        library, key = self.library, digest(self.library.forbidden_digest, self._file("rewriting"))
        yield from self._findings.of("rewriting", key, lambda places: check_rewriting(library, self._forbidden, places))
        yield from self._findings.of_each(
            "touched",
            key,
            ((repr(each), partial(self._check_touched, each)) for each in self.library.scripts.values()),
        )

    def intents(self, *, overlaps: bool = False) -> Iterator[Problem]:  # noqa: ARG002
        """Count and compare examples."""
        return check_intents(self.library, self._places)

    def overlaps(self, *, overlaps: bool) -> Iterator[Problem]:
        """See which situation wins every example."""
        key = digest(self.library.recognition, sorted(self.library.profiles))
        yield from self._findings.of(
            f"overlaps-{overlaps:d}", key, lambda places: check_overlaps(self.library, places, overlaps=overlaps)
        )

    def review(self, *, overlaps: bool = False) -> Iterator[Problem]:  # noqa: ARG002
        """See which scripts are no longer up to date."""
        return check_review(self.library, self._places, self.today)

    def _check_replies(self, script: Script, places: Places) -> Iterator[Problem]:
        return check_script(self.library, script, self._forbidden, self._elements, places)

    def _check_rule(self, kind: str, rule: PhraseRule, places: Places) -> Iterator[Problem]:
        return check_rule(self._forbidden if kind == "forbidden" else self._elements, kind, rule, places)

    def _check_touched(self, script: Script, places: Places) -> Iterator[Problem]:
        return check_touched(self.library, script, self._rewriter, places)

    @cached_property
    def _places(self) -> Places:
        return Places(self.documents)

    @cached_property
    def _findings(self) -> Findings:
        return Findings(self.library.place if self.library.digest else "", self._places, self.look)

    @cached_property
    def _forbidden(self) -> RuleSet:
        return Guard(self.library).rules

    @cached_property
    def _elements(self) -> RuleSet:
        return element_rules(self.library)

    @cached_property
    def _rewriter(self) -> Rewriter:
        return Rewriter(self._forbidden, self.library.polish)

    def _file(self, name: str) -> Any:
        return self.library.data.get(f"phrasebook/{name}.yaml")
