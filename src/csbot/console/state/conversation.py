"""What the console remembers between two lines: of each customer who is being served, one conversation."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from csbot.console.state.basket import Basket
from csbot.replying.context import Context

if TYPE_CHECKING:
    from csbot.replying.response import Response, Variant

# Values that stay true while the customer is the same, by the type of their slot. All others are asked for every
# reply: a time limit or a result of one enquiry is not that of the next.
KEPT_TYPES = frozenset({"姓氏", "称谓", "订单号", "电话", "工号"})
# Values that describe the agent, not the customer: they outlive the conversation.
AGENT_SLOTS = frozenset({"客服姓氏", "工号", "公司"})
MOST = 9  # customers at once: a digit each
DRAFTS_KEPT = 50  # of a conversation that promised something


class Kind(StrEnum):
    """What a number or letter on the screen stands for."""

    VARIANT = "variant"
    INTENT = "intent"
    FURTHER = "further"  # what the message is about besides; empty where it is about nothing else
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice on the screen; ``value`` is the id of a variant or of a situation, or what was typed."""

    kind: Kind
    value: str


@dataclass(slots=True)
class Turn:
    """One message and the reply that is being made for it."""

    message: str
    intents: tuple[str, ...]  # picked by the agent; empty where the message decides
    response: Response
    profile: str = ""  # the trade that the message was read for
    asked: bool = True  # whether the message was of these situations; not where the agent went on by himself
    spent: frozenset[str] = frozenset()  # ids of variants that this conversation has had: not offered while others are
    slots: dict[str, str] = field(default_factory=dict)  # values for this reply only
    order: list[str] = field(default_factory=list)  # ids of the variants as they are numbered on the screen
    current: str = ""  # id of the variant that is shown
    remembered: set[str] = field(default_factory=set)  # ids of the variants that were counted as used
    promise: int | None = None  # number in the ledger of what the reply promised when it was taken

    def __post_init__(self) -> None:
        self.renumber()

    def renumber(self) -> None:
        """Follow a new response: known variants keep their numbers, so that the agent's eye finds them again."""
        known = {variant.id for variant in (*self.response.variants, *self.response.refused)}
        kept = [identifier for identifier in self.order if identifier in known]
        allowed = [variant.id for variant in self.response.variants if variant.id not in kept]
        fresh = [identifier for identifier in allowed if identifier not in self.spent]
        self.order = [*kept, *(fresh if fresh or kept else allowed)]
        if self.current not in self.order:
            self.current = self.order[0] if self.order else ""

    def show(self, identifier: str) -> None:
        """Make a variant the shown one; one that was not offered gets a number behind the others."""
        if identifier not in self.order:
            self.order.append(identifier)
        self.current = identifier

    @property
    def situations(self) -> tuple[str, ...]:
        """The situations that are answered: those picked by the agent, else those of the message.

        What the reply to another one speaks for is none of them: what its own script requires need not be said.
        """
        return self.intents or tuple(each for each in self.response.match.intents if each not in self.response.covered)

    def variant(self, identifier: str | None = None) -> Variant | None:
        """Return a variant by its id, the shown one by default; None where there is no such variant."""
        wanted = self.current if identifier is None else identifier
        variants = (*self.response.variants, *self.response.refused)
        return next((variant for variant in variants if variant.id == wanted), None)


@dataclass(slots=True)
class Progress:
    """How far a conversation has come, by what was really taken and not merely shown."""

    met: dict[str, None] = field(default_factory=dict)  # situations that the customer's messages were of, in order
    taken: dict[str, None] = field(default_factory=dict)  # situations that were replied to, the latest last
    said: set[str] = field(default_factory=set)  # ids of the element rules that the replies carried
    replies: int = 0  # that were taken, drafts included
    told: tuple[str, ...] = ()  # elements still missing, as the agent was told last

    def reply_to(self, situations: tuple[str, ...]) -> None:
        """Note that a reply to situations was taken."""
        for each in situations:
            self.taken.pop(each, None)
            self.taken[each] = None


@dataclass(slots=True, eq=False)
class Conversation:
    """Everything about one customer who is being served now.

    It lives in memory, and what grows is bounded. What is written to disk is what was promised, to the ledger, and
    without what tells of anybody what a trainer can learn from, to the inbox.
    """

    context: Context
    number: int = 1  # by which the agent switches to it; it stays the same while the conversation lasts
    turn: Turn | None = None
    ready: str = ""  # the text that may be sent and that an empty Enter copies; empty where there is none
    draft: bool = False  # whether ``ready`` is the agent's own draft, and not a reply to the message
    refused: str = ""  # the draft that was refused last, as it was typed
    listed: bool = False  # whether the screen ends with a list to choose from, and not with what may be sent
    promises: set[int] = field(default_factory=set)  # numbers in the ledger of what was promised to this customer
    drafts: dict[str, int] = field(default_factory=dict)  # drafts that promised something, and their numbers
    choices: dict[str, Choice] = field(default_factory=dict)  # what is on the screen, by its number or letter
    progress: Progress = field(default_factory=Progress)
    basket: Basket = field(default_factory=Basket)
    waiting_since: datetime | None = None  # when the oldest message came that has no reply yet
    unsent: str = ""  # what was being typed when the agent turned to somebody else,
    caret: int = 0  # and the place of the caret in it
    left_answer: tuple[str, str] | None = None  # a question and what was being answered, when the agent turned away
    left_edit: tuple[str, str, str] | None = None  # the same of an edit: its question, the text before, the text so far

    @property
    def name(self) -> str:
        """How the customer is called: 「王女士」; what is known of it, empty where that is nothing."""
        slots = self.context.slots
        return slots.get("姓氏", "") + slots.get("称谓", "")

    @property
    def address(self) -> str:
        """How the customer is addressed, 「王先生」; empty where the name or the form of address is not known."""
        slots = self.context.slots
        return slots["姓氏"] + slots["称谓"] if {"姓氏", "称谓"} <= slots.keys() else ""

    @property
    def untouched(self) -> bool:
        """Whether nothing has happened here: nobody would miss it."""
        return self.turn is None and not (
            self.name or self.unsent or self.ready or self.progress.taken or self.basket.items
        )

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

    def note_draft(self, text: str, number: int) -> None:
        """Remember the number in the ledger of what a draft promised."""
        self.drafts.pop(text, None)
        self.drafts[text] = number
        while len(self.drafts) > DRAFTS_KEPT:
            del self.drafts[next(iter(self.drafts))]

    def for_next(self, number: int) -> Conversation:
        """Return a conversation with another customer: what is known of the agent and of the trade holds there too."""
        old = self.context
        kept = {name: value for name, value in old.slots.items() if name in AGENT_SLOTS}
        return Conversation(Context(old.now, kept, profile=old.profile), number)
