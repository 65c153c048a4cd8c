"""Run every check over a library."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import astuple
from datetime import date
from pathlib import Path
from typing import Any

from csbot.library.layers import layers_of
from csbot.library.load import data_of, digest_of, read_documents
from csbot.library.models import Library
from csbot.library.problems import Problem
from csbot.lint.intents import check_intents
from csbot.lint.places import Places
from csbot.lint.replies import check_replies
from csbot.lint.review import check_review
from csbot.lint.rewriting import check_rewriting
from csbot.lint.rules import check_rules
from csbot.rules.scan import RuleSet
from csbot.text.cache import cached


def lint(root: Path, today: date | None = None, *, overlaps: bool = False) -> tuple[list[Problem], Library | None]:
    """Check a library; return every problem, and the library where it could be loaded.

    Of a library in layers, what the layers below have by themselves is left out: it is theirs to mend.
    ``today`` is the day by which scripts are up to date or not, the real one where it is not given. With
    ``overlaps`` the examples are reported too that only their own words keep in their situation.
    """
    documents, problems = read_documents(root)
    if any(problem.severity == "error" for problem in problems):
        return sorted(set(problems)), None
    library = Library(root, "", "", data_of(documents))
    problems.extend(_checks(library, Places(documents), today or date.today(), overlaps=overlaps))
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


def _checks(library: Library, places: Places, today: date, *, overlaps: bool) -> Iterator[Problem]:
    forbidden = RuleSet(library.forbidden)  # compiled once for all of them
    yield from check_rules(library, forbidden, places)
    yield from check_rewriting(library, forbidden, places)
    yield from check_replies(library, forbidden, places)
    yield from check_intents(library, places, overlaps=overlaps)
    yield from check_review(library, places, today)
