"""Run every check over a library."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from csbot.library.load import data_of, read_documents
from csbot.library.models import Library
from csbot.library.problems import Problem
from csbot.lint.intents import check_intents
from csbot.lint.places import Places
from csbot.lint.replies import check_replies
from csbot.lint.review import check_review
from csbot.lint.rewriting import check_rewriting
from csbot.lint.rules import check_rules
from csbot.rules.scan import RuleSet


def lint(root: Path, today: date | None = None, *, overlaps: bool = False) -> tuple[list[Problem], Library | None]:
    """Check a library; return every problem, and the library where it could be loaded.

    ``today`` is the day by which scripts are up to date or not, the real one where it is not given. With
    ``overlaps`` the examples are reported too that only their own words keep in their situation.
    """
    documents, problems = read_documents(root)
    if any(problem.severity == "error" for problem in problems):
        return sorted(set(problems)), None
    library = Library(root, "", "", data_of(documents))
    problems.extend(_checks(library, Places(documents), today or date.today(), overlaps=overlaps))
    return sorted(set(problems)), library


def _checks(library: Library, places: Places, today: date, *, overlaps: bool) -> Iterator[Problem]:
    forbidden = RuleSet(library.forbidden)  # compiled once for all of them
    yield from check_rules(library, forbidden, places)
    yield from check_rewriting(library, forbidden, places)
    yield from check_replies(library, forbidden, places)
    yield from check_intents(library, places, overlaps=overlaps)
    yield from check_review(library, places, today)
