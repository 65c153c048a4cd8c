"""What of a library the tests have seen: situations, variants of replies, rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from csbot.library.models import Library
from csbot.replying.responder import Responder
from csbot.trials.run import Result


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a kind there are, and which of them no test has seen."""

    name: str  # Chinese
    total: int
    missing: tuple[str, ...]

    @property
    def seen(self) -> int:
        """How many the tests have seen."""
        return self.total - len(self.missing)


def coverage_of(responder: Responder, results: Iterable[Result]) -> dict[str, Share]:
    """Return what the steps have seen, failed ones too: an answer that is wrong is an answer that was tried.

    A required element counts where a reply holds it and a test or the script asks for it; a forbidden rule where it
    fired on what the agent wrote. The examples of the rules themselves are run by ``csbot lint``.
    """
    library = responder.library
    situations: set[str] = set()
    variants: set[tuple[str, int]] = set()
    elements: set[str] = set()
    fired: set[str] = set()
    for outcome in (outcome for result in results for outcome in result.outcomes):
        situations.update(outcome.situations)
        variants.update(outcome.variants)
        fired.update(outcome.fired)
        wanted = {*outcome.step.expected.elements, *_required(library, outcome.situations)}
        names = {name for entry in wanted for name in entry.split("|")}
        elements.update(name for name in names if outcome.reply and responder.elements.fires(name, outcome.reply))
    all_variants = [(script.intent, at) for script in library.scripts.values() for at in range(len(script.replies))]
    return {
        "situations": _share("情景", library.scripts, situations),
        "variants": Share(
            "说法",
            len(all_variants),
            tuple(f"{intent}#{at + 1}" for intent, at in all_variants if (intent, at) not in variants),
        ),
        "elements": _share("要素", [rule.id for rule in library.elements], elements),
        "forbidden": _share("禁用语规则", [rule.id for rule in library.forbidden], fired),
    }


def _required(library: Library, situations: Iterable[str]) -> list[str]:
    return [entry for each in situations for entry in library.scripts[each].elements]


def _share(name: str, known: Iterable[str], seen: set[str]) -> Share:
    names = list(known)
    return Share(name, len(names), tuple(each for each in names if each not in seen))


def as_dict(coverage: dict[str, Share]) -> dict[str, Any]:
    """Return the shares as JSON values."""
    return {
        key: {"total": share.total, "seen": share.seen, "missing": list(share.missing)}
        for key, share in coverage.items()
    }
