"""What can be found: the situations of a library with their replies, in the order of the file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from csbot.library.models import Library


@dataclass(frozen=True, slots=True)
class Entry:
    """A situation as it is searched. Its number is its place in the list, from 1."""

    id: str
    name: str
    label: str = ""
    cue: str = ""
    keywords: tuple[str, ...] = ()
    pinyin: tuple[
        str, ...
    ] = ()  # syllables with spaces between; one for each Han character replaces the automatic ones
    replies: tuple[str, ...] = ()
    use: str = ""  # when trainers say it is to be used


@dataclass(frozen=True, slots=True)
class Found:
    """One result: a situation, or one reply of it."""

    id: str
    name: str
    number: int  # of the situation
    reply: int | None  # index of the reply that holds the words; None where the situation itself was found
    detail: str  # why, in a few words: the keyword, the cue or the stretch of the reply
    exact: bool  # the whole of the name, the label, the sound, the id or the number was typed

    @property
    def address(self) -> str:
        """What leads to exactly this result when it is searched again: ``payment.invoice`` or ``payment.invoice#2``."""
        return self.id if self.reply is None else f"{self.id}#{self.reply + 1}"


@dataclass(frozen=True, slots=True)
class Habit:
    """How an agent uses a situation."""

    uses: int = 0
    favourite: bool = False


def entries_of(library: Library) -> Iterable[Entry]:
    """Yield the situations of a library."""
    for intent in library.intents.values():
        script = library.scripts.get(intent.id)
        replies = tuple(reply.text for reply in script.replies) if script is not None else ()
        use = script.coaching["use"] if script is not None else ""
        yield Entry(intent.id, intent.name, intent.label, intent.cue, intent.keywords, intent.pinyin, replies, use)
