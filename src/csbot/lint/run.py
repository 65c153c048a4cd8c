"""Run every check over a library."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import astuple
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from csbot.library.layers import layers_of
from csbot.library.load import data_of, digest_of, read_documents
from csbot.library.models import Library
from csbot.library.problems import Problem
from csbot.lint.intents import check_intents
from csbot.lint.kept import Kept
from csbot.lint.places import Places
from csbot.lint.replies import check_replies
from csbot.lint.review import check_review
from csbot.lint.rewriting import check_rewriting, check_touched
from csbot.lint.rules import check_rules
from csbot.rules.scan import RuleSet
from csbot.text.cache import cached


def lint(root: Path, today: date | None = None, *, overlaps: bool = False) -> tuple[list[Problem], Library | None]:
    """Check a library; return every problem, and the library where it could be loaded.

    Of a library in layers, what the layers below have by themselves is left out: it is theirs to mend.
    ``today`` is the day by which scripts are up to date or not, the real one where it is not given. With
    ``overlaps`` the examples are reported too that only their own words keep in their situation.
    """
    kept = Kept(root)
    documents, problems = read_documents(root)
    if any(problem.severity == "error" for problem in problems):
        return sorted(set(problems)), None
    library = Library(root, "", digest_of(root) or "", data_of(documents))
    problems.extend(_checks(library, Places(documents), kept, overlaps=overlaps))
    problems.extend(check_review(library, Places(documents), today or date.today()))
    if library.layers:
        known = _of_lower(root, today, overlaps=overlaps)
        problems = [each for each in problems if each not in known]
    return sorted(set(problems)), library


def _of_lower(root: Path, today: date | None, *, overlaps: bool) -> set[Problem]:
    """Return the problems that the layers below the uppermost one have without it; looked for once."""
    lower = layers_of(root)[-2].root
    digest = digest_of(lower)
    place = hashlib.sha256(str(lower.resolve()).encode("utf-8", "surrogatepass")).hexdigest()[:12]
    key = f"{digest}\n{today or date.today()}\n{overlaps}\n{Path.cwd()}"  # paths are shown from there

    def look() -> list[list[Any]]:
        return [list(astuple(each)) for each in lint(lower, today, overlaps=overlaps)[0]]

    return {Problem(*each) for each in (cached(f"lint-{place}", key, look) if digest else look())}


def _checks(library: Library, places: Places, kept: Kept, *, overlaps: bool) -> Iterator[Problem]:
    """Yield what the checks find, each of them run only where something that it reads has changed."""
    forbidden = RuleSet(
        library.forbidden, name=f"forbidden-{library.place}", key=library.digest
    )  # as the guard has them
    elements = RuleSet(library.elements, name=f"elements-{library.place}", key=library.digest)
    rules = kept.of_kinds()
    declared = ",".join(sorted({name for script in library.scripts.values() for name in script.elements}))
    yield from kept.problems("rules", [rules, declared], lambda: check_rules(library, forbidden, elements, places))
    yield from kept.problems("rewriting", [rules], lambda: check_rewriting(library, forbidden, places))
    scripts = kept.of_kinds("scripts")
    yield from kept.problems("touched", [rules, scripts], lambda: check_touched(library, forbidden, places))
    for name, group in groupby(library.scripts.values(), lambda script: places.file("scripts", script.intent)):
        some = list(group)
        check = f"replies-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
        ids = ",".join(script.intent for script in some)
        yield from kept.problems(
            check,
            [rules, kept.of_file(name), ids],
            lambda some=some: check_replies(library, some, forbidden, elements, places),  # type: ignore[misc]
        )
    named = ",".join(sorted({step for script in library.scripts.values() for step in script.next}))
    read = [kept.of_kinds("intents", "synonyms", "settings"), named, str(overlaps)]
    yield from kept.problems("intents", read, lambda: check_intents(library, places, overlaps=overlaps))
