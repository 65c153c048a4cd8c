"""What the console remembers between two lines: one conversation with one customer."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from csbot.replying.context import Context

if TYPE_CHECKING:
    from csbot.replying.responder import Response, Variant

# Values that stay true while the customer is the same, by the type of their slot. All others are asked for every
# reply: a time limit or a result of one enquiry is not that of the next.
KEPT_TYPES = frozenset({"姓氏", "称谓", "订单号", "电话", "工号"})
# Values that describe the agent, not the customer: they outlive the conversation.
AGENT_SLOTS = frozenset({"客服姓氏", "工号", "公司"})


class Kind(StrEnum):
    """What a number or letter on the screen stands for."""

    VARIANT = "variant"
    INTENT = "intent"


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice on the screen; ``value`` is the id of a variant or of a situation."""

    kind: Kind
    value: str


@dataclass(slots=True)
class Turn:
    """One message and the reply that is being made for it."""

    message: str
    intents: tuple[str, ...]  # picked by the agent; empty where the message decides
    response: Response
    slots: dict[str, str] = field(default_factory=dict)  # values for this reply only
    order: list[str] = field(default_factory=list)  # ids of the variants as they are numbered on the screen
    current: str = ""  # id of the variant that is shown
    promise: int | None = None  # number in the ledger of what the reply promised when it was taken

    def __post_init__(self) -> None:
        self.renumber()

    def renumber(self) -> None:
        """Follow a new response: known variants keep their numbers, so that the agent's eye finds them again."""
        known = {variant.id for variant in (*self.response.variants, *self.response.refused)}
        kept = [identifier for identifier in self.order if identifier in known]
        allowed = [variant.id for variant in self.response.variants]
        self.order = [*kept, *(identifier for identifier in allowed if identifier not in kept)]
        if self.current not in self.order:
            self.current = self.order[0] if self.order else ""

    def variant(self, identifier: str | None = None) -> Variant | None:
        """Return a variant by its id, the shown one by default; None where there is no such variant."""
        wanted = self.current if identifier is None else identifier
        variants = (*self.response.variants, *self.response.refused)
        return next((variant for variant in variants if variant.id == wanted), None)


@dataclass(slots=True)
class Conversation:
    """Everything about the customer who is being served now.

    It lives in memory. What is written to disk is what was promised, to the ledger.
    """

    context: Context
    turn: Turn | None = None
    ready: str = ""  # the text that may be sent and that an empty Enter copies; empty where there is none
    draft: bool = False  # whether ``ready`` is the agent's own draft, and not a reply to the message
    refused: str = ""  # the draft that was refused last, as it was typed
    promises: set[int] = field(default_factory=set)  # numbers in the ledger of what was promised to this customer
    drafts: dict[str, int] = field(default_factory=dict)  # drafts that promised something, and their numbers
    choices: dict[str, Choice] = field(default_factory=dict)  # what is on the screen, by its number or letter

    def choice(self, line: str) -> Choice | None:
        """Return what a line picks; full-width digits and capital letters count too."""
        return self.choices.get(unicodedata.normalize("NFKC", line.strip()).lower())

    def offer(self, kind: Kind, values: list[str], letters: bool = False) -> list[str]:
        """Put choices on the screen in place of the earlier ones of that sort; return their labels."""
        labels = list("abcdefgh" if letters else "123456789")[: len(values)]
        for label in [label for label in self.choices if label.isdigit() is not letters]:
            del self.choices[label]
        for label, value in zip(labels, values, strict=False):
            self.choices[label] = Choice(kind, value)
        return labels

    def next_customer(self) -> None:
        """Forget the customer; what is known of the agent and of the trade stays."""
        old = self.context
        kept = {name: value for name, value in old.slots.items() if name in AGENT_SLOTS}
        self.context = Context(old.now, kept, profile=old.profile)
        self.turn, self.ready, self.choices = None, "", {}
        self.draft, self.refused, self.promises, self.drafts = False, "", set(), {}
