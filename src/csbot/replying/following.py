"""What went before a message, as far as it helps to recognise the next one."""

from __future__ import annotations

from collections.abc import Sequence

from csbot.library.models import Library
from csbot.matching.following import (
    ADDRESS,
    BILLING,
    DETAILS,
    NAME,
    ORDER,
    PHOTO,
    ROOM,
    TELEPHONE,
    Before,
)
from csbot.text.regex import regex

# Where a reply asks the customer for something: 「请您提供订单号」, 「方便把手机号发给我吗」.
_ASKS = regex(r"(?:请|提供|告诉|发给|发来|报一?下?|留一?个?|写明|方便)")
_NAMED = {
    ORDER: regex(r"订单号|运单号|单号|订单编号"),
    TELEPHONE: regex(r"手机号|电话号码|联系电话|登记电话"),
    ROOM: regex(r"房号|户号|地址"),
    PHOTO: regex(r"照片|截图|拍[一两张照下]"),
    ADDRESS: regex(r"地址|具体地点"),
    NAME: regex(r"姓名|收[货件]人|联系人"),
    BILLING: regex(r"税号|抬头|开票名称|公司名称"),
    DETAILS: regex(r"日期|时间|金额|哪一?天|几号|经过|什么时候|哪一项"),
}
_SENTENCE = regex(r"[^。！？；]+")
_COURTESIES = frozenset({"greeting", "opening", "closing"})  # places in a reply of what is no matter of its own


def asked_for(reply: str) -> frozenset[str]:
    """Return what a reply asks the customer for, of the kinds that ``Before.asked`` knows."""
    found = set()
    for sentence in _SENTENCE.findall(reply):
        if _ASKS.search(sentence) and "{订单号}" not in sentence:
            found |= {kind for kind, named in _NAMED.items() if named.search(sentence)}
    return frozenset(found)


def is_matter(library: Library, intent: str) -> bool:
    """Tell whether a situation is a matter of the customer's that later messages may go on about."""
    known = library.intents.get(intent)
    return known is not None and known.trigger == "customer" and known.part not in _COURTESIES


def matter_of(library: Library, intents: Sequence[str], before: str = "") -> str:
    """Return which of the situations of one reply later messages go on about: the last; empty where none is a matter.

    What a reply is about in substance goes before what it regrets: the order number that comes after
    「我的货到哪了，急死了」 belongs to the parcel, not to the impatience. Who only urges (「快点啊」) still waits for
    the matter ``before``.
    """
    matters = [intent for intent in intents if is_matter(library, intent)]
    substance = [intent for intent in matters if library.intents[intent].part in ("body", "urgent")]
    if before and not substance and all(_only_waits(library, intent) for intent in matters):
        return before
    return (substance or matters or [""])[-1]


def _only_waits(library: Library, intent: str) -> bool:
    """Tell whether nothing comes after what a situation regrets but to go on serving: 「快点」, 「半天没人理」."""
    script = library.scripts.get(intent)
    following = script.next if script is not None else ()
    return library.intents[intent].part == "apology" and all(each.startswith("service.") for each in following)


def before_of(library: Library, intent: str) -> Before | None:
    """Return what it means for the next message that a situation was answered; None where it means nothing."""
    if not is_matter(library, intent) or intent not in library.scripts:
        return None
    script = library.scripts[intent]
    asked = frozenset[str]().union(*(asked_for(reply.text) for reply in script.replies))
    return Before(intent, script.next, asked, "\n".join(reply.text for reply in script.replies))
