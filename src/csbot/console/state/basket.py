"""The basket of a conversation: replies that are to become one, in an order that the agent may change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from csbot.replying.compose import PART_ORDER, Reply

STATES_KEPT = 20  # for undoing
MOST = 12  # items: a reply of more is none that anybody reads

Join = Callable[[Sequence[Reply]], str]  # csbot.replying.responder.Responder.joined, keeping the order


@dataclass(frozen=True, slots=True)
class Item:
    """One reply in the basket: what is said, what it is called, and of what situations it is."""

    text: str
    title: str
    part: str = "body"  # its natural place, one of PART_ORDER
    elements: tuple[str, ...] = ()  # that its script requires: they are not dropped where replies are joined
    situations: tuple[str, ...] = ()
    by_script: bool = False  # whether the text is that of the library, and not reworded
    before: tuple[str, ...] = ()  # texts that this one was made of, where it was reworded


@dataclass(slots=True)
class Basket:
    """Items from the first to the last that is said. Positions count from 1, as the agent sees them."""

    items: tuple[Item, ...] = ()
    judged: str = ""  # the whole as it was shown last, whatever the guard said of it,
    shown: str = ""  # and what of it may be sent: itself, its rewriting or nothing
    promise: int | None = None  # number in the ledger of what the whole promised when it was taken
    _earlier: list[tuple[Item, ...]] = field(default_factory=list)

    def whole(self, join: Join) -> str:
        """Return all items as one reply: nothing said twice, one greeting, rounded off once.

        They stay in the order of the basket, whatever part they are: the agent may have moved them.
        """
        return join([(item.part, item.text, item.elements) for item in self.items])

    def is_whole(self, text: str) -> bool:
        """Tell whether a text is the whole as it was shown last."""
        return bool(text) and text in (self.shown, self.judged)

    def add(self, item: Item) -> int:
        """Put an item where its part belongs, behind those of the same part; return its position."""
        if not self.items:
            self.promise = None
        rank = PART_ORDER.index(item.part)
        before = [place for place, each in enumerate(self.items, start=1) if PART_ORDER.index(each.part) <= rank]
        place = max(before, default=0)
        self._change((*self.items[:place], item, *self.items[place:]))
        return place + 1

    def has(self, position: int) -> bool:
        """Tell whether there is an item at a position."""
        return 1 <= position <= len(self.items)

    def move(self, position: int, target: int) -> None:
        """Move an item to another position. Both must be there."""
        rest = list(self.items)
        rest.insert(target - 1, rest.pop(position - 1))
        self._change(tuple(rest))

    def remove(self, position: int) -> None:
        """Take an item out. It must be there."""
        self._change((*self.items[: position - 1], *self.items[position:]))

    def reword(self, position: int, text: str) -> None:
        """Give an item another wording. It must be there."""
        old = self.items[position - 1]
        changed = replace(old, text=text, by_script=False, before=(*old.before, old.text))
        self._change((*self.items[: position - 1], changed, *self.items[position:]))

    def reword_whole(self, text: str) -> None:
        """Put one item with an agent's wording of the whole in the place of all."""
        elements = tuple(dict.fromkeys(each for item in self.items for each in item.elements))
        before = tuple(each for item in self.items for each in (*item.before, item.text))
        self._change((Item(text, "整段（改过）", "body", elements, self.situations, before=before),))

    def clear(self) -> None:
        """Take everything out."""
        self._change(())

    def undo(self) -> bool:
        """Take the last change back; False where there is none."""
        if not self._earlier:
            return False
        self.items = self._earlier.pop()
        return True

    @property
    def situations(self) -> tuple[str, ...]:
        """The situations of all items, each once."""
        return tuple(dict.fromkeys(each for item in self.items for each in item.situations))

    def _change(self, items: tuple[Item, ...]) -> None:
        self._earlier.append(self.items)
        del self._earlier[:-STATES_KEPT]
        self.items = items
