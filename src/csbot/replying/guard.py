"""The guard: the last thing that happens to a reply. Nothing gets round it, and without rules nothing passes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from csbot.library.models import Library
from csbot.replying.judged import Judged
from csbot.rules.scan import RuleSet
from csbot.rules.shared import shared_rules
from csbot.rules.wording.model import Hit

if TYPE_CHECKING:
    from csbot.rules.rewrite import Rewriter, Rewriting


class GuardError(RuntimeError):
    """The guard has no rules to judge by: then nothing may be said."""


@dataclass(frozen=True)
class Guard:
    """Judges finished text by the forbidden rules of a library."""

    library: Library
    known: RuleSet | None = None  # the rules of the library, where somebody has them already

    @cached_property
    def rules(self) -> RuleSet:
        """The compiled forbidden rules. Raises GuardError where there are none."""
        if not self.library.forbidden:
            raise GuardError("禁用语规则是空的，不能放行任何回复")
        if self.known is not None:
            return self.known
        return shared_rules(self.library.forbidden, disguises=self.library.disguises, name=self._name, key=self._key)

    @property
    def _name(self) -> str:
        return f"forbidden-{self.library.place}"

    @property
    def _key(self) -> str:
        return self.library.digest and self.library.forbidden_digest

    @cached_property
    def _rewriter(self) -> Rewriter:
        from csbot.rules.rewrite import Rewriter

        return Rewriter(self.rules, self.library.polish, self.library.disguises)

    def rewriting(self, draft: str, address: str = "") -> Rewriting:
        """Return a draft reworded so that it has no finding, warnings included, or why there is no such wording.

        ``address`` is how the customer is to be addressed where that is known: 「王先生」.
        """
        return self._rewriter.rewrite(draft, address)

    def findings(self, text: str) -> list[Hit]:
        """Return everything in ``text`` that must not be said, warnings included."""
        return self.rules.scan(text)

    def findings_of_each(self, texts: Sequence[str]) -> list[list[Hit]]:
        """Return what ``findings`` does of each of some texts: of hundreds together that takes half the time."""
        return self.rules.scan_each(texts)

    @cached_property
    def judged(self) -> Judged:
        """What was said of replies before. Raises GuardError where there are no rules."""
        return Judged(self.rules.scan, self._name, "" if self.known is not None else self._key)

    def findings_of_reply(self, text: str) -> tuple[Hit, ...]:
        """Return what ``findings`` does, of a reply that was judged before without judging it again."""
        return self.judged.findings(text)

    def passes(self, text: str) -> bool:
        """Tell whether a reply may be sent. Replies are held to warnings too: csbot itself never takes a risk."""
        return not self.findings(text)
