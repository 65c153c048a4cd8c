"""Run every check over a library."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Protocol

from csbot.library.layers import layers_of
from csbot.library.load import data_of, digest_of, read_documents
from csbot.library.locate import DISGUISES, library_files
from csbot.library.models import Library
from csbot.library.problems import Problem, shown_path
from csbot.library.values import Intent, Script
from csbot.library.yaml_document import Document
from csbot.lint.agent_questions import check_agent_questions, check_customers_words
from csbot.lint.below import Below, told
from csbot.lint.circumstances import check_circumstance
from csbot.lint.intents import check_duplicates, check_intents, check_overlaps, stolen_examples
from csbot.lint.kept import Findings, Item, Origin, digest
from csbot.lint.places import Places
from csbot.lint.replies import check_mentions, check_script, fillings
from csbot.lint.review import check_review
from csbot.lint.rewriting import check_polish, check_rewritten, check_touched
from csbot.lint.rules import check_declared, check_rule, check_shadow
from csbot.lint.strays import check_strays
from csbot.matching.agent_questions import Questions
from csbot.matching.matcher import Matcher
from csbot.replying.guard import Guard
from csbot.replying.slots import slot_names
from csbot.rules.lookup.compact import roomy
from csbot.rules.remembering import Remembered
from csbot.rules.rewrite import Rewriter
from csbot.rules.rulebook import Noted, Rulebook
from csbot.rules.scan import RuleSet
from csbot.rules.shared import Apart
from csbot.rules.wording.model import NO_DISGUISES, Circumstance, PhraseRule


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
    with roomy():
        for check in (*checks.quick, *checks.slow):
            problems.extend(check(overlaps=overlaps))
    return [*checks.without_lower(problems, overlaps=overlaps), *check_strays(root)], library


class Check(Protocol):
    """A check of a library."""

    def __call__(self, *, overlaps: bool) -> Iterator[Problem]:
        """Yield what is wrong; with ``overlaps`` also what only an example by itself keeps in its situation."""


@dataclass(frozen=True)
class Checks:
    """The checks of a library that could be loaded. What cannot have changed since the last time is not run again.

    Nor is what a layer has from the library below it as it is there. With ``only`` (name of a check, id of an entry)
    nothing else is looked at, and everything belongs to this library.
    """

    library: Library
    documents: dict[str, Document]
    today: date
    look: Callable[[], None] = lambda: None  # called between two checks; it may raise to stop them
    only: frozenset[Origin] | None = None
    remembered: Remembered | None = None  # the forbidden rules, where the process asked them before
    matcher: Callable[[], Matcher] | None = None  # gives what recognises messages, where somebody has that as well

    @property
    def quick(self) -> tuple[Check, ...]:
        """The checks of what stands in scripts and situations: those that an edit is most likely to break."""
        return (self.replies, self.intents, self.review)

    @property
    def slow(self) -> tuple[Check, ...]:
        """The checks that run all examples of rules and compare all examples of situations."""
        return (self.rules, self.rewriting, self.overlaps)

    def without_lower(self, problems: Iterable[Problem], *, overlaps: bool = False) -> list[Problem]:
        """Return problems in order, without those that the layers below the uppermost one have by themselves.

        Those that the layer brings about in a lower file come last: its trainer can mend only their cause.
        """
        found = set(problems)
        if self._lower is None:
            return sorted(found)
        own = {shown_path(path) for path in library_files(self.library.root)[0].values()}
        # What only a script asked for that the layer switched off, lies idle and hurts nobody.
        found = {each for each in found if each.path in own or each.code != "element.unused"}
        suspects = {each for each in found if each.path not in own}
        if suspects:
            documents, lower, theirs = self._lower
            only = frozenset(self._findings.origins[each] for each in suspects if each in self._findings.origins)
            checks = Checks(lower, documents, self.today, self.look, only)
            for check in (*checks.quick, *checks.slow):
                theirs = theirs | set(check(overlaps=overlaps))
            suspects -= theirs
            found -= theirs
        rest = [each if each not in suspects or self._below is None else told(each, self._below) for each in found]
        return sorted(rest, key=lambda each: (each.path not in own, each))

    def replies(self, *, overlaps: bool = False) -> Iterator[Problem]:  # noqa: ARG002
        """Check every reply under every occasion."""
        library, below = self.library, self._below
        key = digest(self._beside_rules, self._file("occasions"))
        scripts = library.scripts.values()
        same = [each for each in scripts if below is not None and below.only_stricter and below.same_script(each)]
        known = {each.intent for each in same}
        items = [self._reply_item(each, None) for each in scripts if each.intent not in known]
        yield from self._findings.of_each("replies", key, items, book=self._book)
        if below is not None and below.fresh:  # nothing but the fresh rules can find anything new in them
            key = digest([repr(rule) for rule in below.fresh], self._file("occasions"))
            items = [self._reply_item(each, below) for each in same]
            yield from self._findings.of_each("replies", key, items, "-fresh")

    def rules(self, *, overlaps: bool = False) -> Iterator[Problem]:  # noqa: ARG002
        """Check the rules by their own examples."""
        library, below = self.library, self._below
        kinds = (("forbidden", library.forbidden, self._disguises), ("elements", library.elements, ""))
        for kind, rules, beside in kinds:
            own = [rule for rule in rules if below is None or not below.same_rule(kind, rule)]
            items = [Item(rule.id, repr(rule), partial(self._check_rule, kind, rule)) for rule in own]
            yield from self._findings.of_each(f"rules-{kind}", beside, items)
        touched = [
            rule
            for rule in library.forbidden
            if below is None or not below.same_rule("forbidden", rule) or below.concerned(rule.positives)
        ]
        items = [
            Item(
                rule.id,
                f"{rule.id} {rule.positives!r}",
                partial(self._check_shadow, rule),
                partial(tuple, rule.positives),
            )
            for rule in touched
        ]
        yield from self._findings.of_each("shadows", self._beside_rules, items, book=self._book)
        items = [
            self._circumstance_item(number, each)
            for number, each in enumerate(library.circumstances)
            if below is None or not below.same_circumstance(each)
        ]
        yield from self._findings.of_each("circumstances", self._beside_rules, items, book=self._book)
        yield from check_declared(library, self._places)

    def rewriting(self, *, overlaps: bool = False) -> Iterator[Problem]:  # noqa: ARG002
        """Check the examples of rewriting, and what it would do to replies."""
        library, below = self.library, self._below
        key = digest(self._beside_rules, self._file("rewriting"))
        if below is None or not (below.same_polish and below.only_stricter):
            below = None
        asked = self._noted.texts
        items = [
            Item(rule.id, f"{rule.id} {rule.rewritten!r}", partial(self._check_rewritten, rule), asked=asked)
            for rule in library.forbidden
            if below is None or not below.same_rule("forbidden", rule) or below.concerned(sum(rule.rewritten, ()))
        ]
        polish = library.polish
        if below is None or below.concerned(sum(polish.rewritten, ())):
            items.append(Item("", "", lambda places: check_polish(self._rewriter, polish, places), asked=asked))
        yield from self._findings.of_each("rewriting", key, items, book=self._book)
        scripts = [each for each in library.scripts.values() if below is None or not below.same_script(each)]
        written = self._written_scripts
        items = [Item(each.intent, written[each.intent], partial(self._check_touched, each)) for each in scripts]
        yield from self._findings.of_each("touched", digest(self._file("rewriting")), items)

    def intents(self, *, overlaps: bool = False) -> Iterator[Problem]:  # noqa: ARG002
        """Count and compare examples."""
        yield from check_intents(self.library, self._places)
        yield from check_mentions(self.library, self._places)
        duplicates = [Item("", "", partial(check_duplicates, self.library))]
        yield from self._findings.of_each("duplicates", self.library.recognition, duplicates)
        questions = Questions.of_library(self.library)
        asked = [Item("", "", partial(check_agent_questions, questions, self.library))]
        for each in self.library.intents.values():
            said = f"{each.id} {each.examples} {each.negatives}"
            asked.append(Item(each.id, said, partial(check_customers_words, questions, each)))
        yield from self._findings.of_each("agent-questions", questions.key, asked)

    def overlaps(self, *, overlaps: bool) -> Iterator[Problem]:
        """See which situation wins every example."""
        library = self.library
        if self._below is not None and self._below.same_recognition:
            return
        key = digest(library.recognition, sorted(library.profiles))
        items = [
            Item(each.id, each.id, partial(self._check_overlaps, each, overlaps=overlaps))
            for each in library.intents.values()
        ]
        yield from self._findings.of_each("overlaps", key, items, f"-{overlaps:d}")

    def review(self, *, overlaps: bool = False) -> Iterator[Problem]:  # noqa: ARG002
        """See which scripts are no longer up to date."""
        return check_review(self.library, self._places, self.today)

    def _reply_item(self, script: Script, below: Below | None) -> Item:
        """Return the check of a script's replies: by all rules, or by those that are fresh above what is below."""
        names = {name for reply in script.replies for name in slot_names(reply.text)}
        slots = [self.library.slots[name] for name in sorted(names & self.library.slots.keys())]

        def check(places: Places) -> Iterator[Problem]:
            if below is None:
                return check_script(self.library, script, self._forbidden, self._elements, places)
            bare = script._replace(elements=())  # its elements are those that it has below
            return check_script(self.library, bare, below.fresh_rules, RuleSet(()), places)

        def texts() -> Iterator[str]:
            for reply in script.replies:
                yield from fillings(self.library, reply)

        written = self._written_elements
        elements = sorted({name for entry in script.elements for name in entry.split("|")} & written.keys())
        rules = "\n".join(written[name] for name in elements)
        return Item(script.intent, f"{self._written_scripts[script.intent]}\n{slots!r}\n{rules}", check, texts)

    def _circumstance_item(self, number: int, circumstance: Circumstance) -> Item:
        rules = [rule.id for rule in self.library.forbidden if circumstance in rule.circumstances]
        check = partial(self._check_circumstance, number)
        texts = partial(tuple, (*circumstance.spared, *circumstance.found))
        return Item(circumstance.id, f"{number} {circumstance!r} {rules}", check, texts)

    def _check_rule(self, kind: str, rule: PhraseRule, places: Places) -> Iterator[Problem]:
        """Check a rule by itself; where all rules are compiled anyway, what was compiled of it is taken from there."""
        name = "_forbidden" if kind == "forbidden" else "_elements"
        disguises = self.library.disguises if kind == "forbidden" else NO_DISGUISES
        alone = getattr(self, name).alone(rule.id) if name in vars(self) else RuleSet([rule], disguises=disguises)
        yield from check_rule(alone, kind, rule, places)

    def _check_shadow(self, rule: PhraseRule, places: Places) -> Iterator[Problem]:
        return check_shadow(self._forbidden, rule, places)

    def _check_circumstance(self, number: int, places: Places) -> Iterator[Problem]:
        return check_circumstance(self._forbidden, number, self.library.circumstances[number], places)

    def _check_rewritten(self, rule: PhraseRule, places: Places) -> Iterator[Problem]:
        return check_rewritten(self._rewriter, rule, places)

    def _check_touched(self, script: Script, places: Places) -> Iterator[Problem]:
        return check_touched(self.library, script, self._rewriter, places)

    def _check_overlaps(self, intent: Intent, places: Places, *, overlaps: bool) -> Iterator[Problem]:
        stolen = self._stolen if overlaps else {}
        return check_overlaps(intent, self._matcher, stolen, places)

    @cached_property
    def _places(self) -> Places:
        return Places(self.documents)

    @cached_property
    def _findings(self) -> Findings:
        place = self.library.place if self.library.digest else ""
        return Findings(place, self._places, self.look, self.only)

    @cached_property
    def _lower(self) -> tuple[dict[str, Document], Library, set[Problem]] | None:
        """The library below the uppermost layer, with what is wrong with its form; None below a complete library."""
        if not self.library.layers or self.only is not None:
            return None
        root = layers_of(self.library.root)[-2].root
        content = digest_of(root) if self.library.digest else ""
        documents, problems = read_documents(root)
        return documents, Library(root, "", content or "", data_of(documents)), set(problems)

    @cached_property
    def _below(self) -> Below | None:
        return Below(self.library, self._lower[1]) if self._lower is not None else None

    @cached_property
    def _matcher(self) -> Matcher:
        return self.matcher() if self.matcher else Matcher.for_library(self.library)

    @cached_property
    def _stolen(self) -> dict[tuple[str, str], str]:
        return stolen_examples(self.library)

    @cached_property
    def _forbidden(self) -> RuleSet:
        return self.remembered or Guard(self.library).rules

    @cached_property
    def _book(self) -> Rulebook:
        return self.remembered.book if self.remembered else Rulebook(self.library.forbidden, self.library.disguises)

    @cached_property
    def _beside_rules(self) -> str:
        """A digest of what forbidden rules find their hits by besides."""
        return digest(self._disguises, self._file("circumstances"))

    @cached_property
    def _disguises(self) -> str:
        """A digest of what the library says of how expressions are disguised."""
        return digest(*map(self._file, DISGUISES))

    @cached_property
    def _written_scripts(self) -> dict[str, str]:
        """All that a script says, by its situation: several checks are kept under it."""
        return {each.intent: repr(each) for each in self.library.scripts.values()}

    @cached_property
    def _written_elements(self) -> dict[str, str]:
        """All that an element rule says, by its id."""
        return {rule.id: repr(rule) for rule in self.library.elements}

    @cached_property
    def _elements(self) -> RuleSet:
        return Apart(self.library.elements)

    @cached_property
    def _rewriter(self) -> Rewriter:
        return Rewriter(self._noted, self.library.polish, self.library.disguises)

    @cached_property
    def _noted(self) -> Noted:
        return Noted(self._forbidden)

    def _file(self, name: str) -> Any:
        return self.library.data.get(f"phrasebook/{name}.yaml")
