"""Choose among the variants of a script: conditions first, then the one used least."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from csbot.library.values import Reply, Script
from csbot.replying.following import asked_for
from csbot.replying.mood import CALM
from csbot.text.normalise import normalise

# How many situations the customer may be asked about, at least and at most.
_OPTIONS = {"none": (0, 0), "one": (1, 1), "several": (2, math.inf), "any": (1, math.inf)}
TRIES = 6  # combinations of variants tried for a joint reply before it is given up


@dataclass(frozen=True, slots=True)
class Conditions:
    """What holds at the moment of a reply, under the names that ``when`` uses; empty where nothing is known."""

    mood: str = ""
    profile: str = ""
    festival: str = ""
    time: str = ""
    complaint_type: str = ""
    channel: str = ""
    options: int = 0  # how many situations the customer may be asked about
    said: str = ""  # the customer's message, normalised

    def allow(self, reply: Reply) -> bool:
        """Tell whether every condition of a variant holds."""
        return self.mentioned(reply) and all(self._holds(name, wanted) for name, wanted in reply.when)

    def mentioned(self, reply: Reply) -> bool:
        """Tell whether the message holds one of the words that a variant is kept for, where there are such words."""
        return not reply.mentions or self.suited(reply) > 0

    def suited(self, reply: Reply) -> int:
        """Return how much of the message a variant is kept for: the characters of its words that it holds."""
        return sum(len(word) for word in map(_normalised, reply.mentions) if word in self.said)

    def _holds(self, name: str, wanted: str) -> bool:
        if name == "festival":
            return bool(self.festival) if wanted == "any" else self.festival == ("" if wanted == "none" else wanted)
        if name == "options":
            least, most = _OPTIONS[wanted]
            return least <= self.options <= most
        if name == "mood":
            return (self.mood or CALM) == wanted
        return str(getattr(self, name)) == wanted


@lru_cache(maxsize=4096)
def _normalised(word: str) -> str:
    return normalise(word).text


def _specificity(reply: Reply) -> int:
    """Return how many conditions of a variant say more than "nothing special"."""
    return sum(wanted not in ("none", CALM) for _, wanted in reply.when)


_LENGTHS = {"在线": "短", "电话": "短", "邮件": "长"}  # what suits a channel best


def ranked(
    script: Script,
    conditions: Conditions,
    used: Mapping[tuple[str, int], int],
    known_slots: Sequence[str],
    open_slots: Mapping[int, int],
    *,
    again: bool = False,
    briefly: bool = False,
) -> list[int]:
    """Return the indexes of the variants that may be said now, best first.

    Variants with the fewest open slots come first, then those that do not ask for what the customer has given, then
    those made for what the message mentions (for most of it first), then those used least in this conversation, then
    those made for this very occasion, then those of a length that suits the channel, then those that use what is known
    of the customer, then the order of the file. ``again`` says that the customer heard of this matter just before: then
    nothing that was said is said once more because it fits best. ``briefly``: of what fits alike the shortest first.
    """
    allowed = [index for index, reply in enumerate(script.replies) if conditions.allow(reply)]
    known = set(known_slots)

    def order(index: int) -> tuple[int, bool, int, int, int, bool, int, int, int]:
        reply = script.replies[index]
        personal = sum(f"{{{name}}}" in reply.text for name in known)
        asks_again = any(f"{{{name}}}" not in reply.text for name in asked_for(reply.text) & known)
        times = used.get((script.intent, index), 0)
        fits = 0 if again and times else conditions.suited(reply)
        unsuited = reply.length != _LENGTHS.get(conditions.channel, reply.length)
        length = len(reply.text) if briefly else 0
        return (open_slots[index], asks_again, -fits, times, -_specificity(reply), unsuited, -personal, length, index)

    return sorted(allowed, key=order)


def combinations(orders: Sequence[list[int]]) -> list[tuple[int, ...]]:
    """Return combinations of variants, each script's best first; for one script simply all its variants."""
    if len(orders) == 1:
        return [(index,) for index in orders[0]]
    count = min(TRIES, max(map(len, orders)))
    return [tuple(order[step % len(order)] for order in orders) for step in range(count)]
