"""What a reply promises: an answer within a time, as the element rule ``deadline`` recognises it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from csbot.replying.deadlines import CLOSING, closing_time, deadlines
from csbot.replying.responder import Responder
from csbot.replying.workdays import IsWorkday, is_workday
from csbot.text.normalise import normalise
from csbot.text.regex import regex

RULE = "deadline"
SERVICE_HOURS = "服务时间"  # the slot whose default says when the service ends

_ENDS = "。！？!?;\n"  # of a sentence, in normalised text
_CLAUSE_ENDS = _ENDS + ",:、"
# A time of the customer, not of ours: what may be done after the goods have arrived (「签收后7天内可以申请退换」), or
# something that is counted from a day nobody knows yet (「到货前一天会和您联系」).
_THEIRS_BEFORE = regex(r"(?:签收|收货|收到货|到货|购买|付款|下单|开通|激活|发货)(?:之日)?[之以]?[起后前]")
_THEIRS_AFTER = regex(r"^(?:之内|以内|内)?[^,。!?;]{0,4}(?:可以?(?:申请|取消|退|换|享)|均可|都可以|有效)")


@dataclass(frozen=True, slots=True)
class Promised:
    """What is promised: the words that say so, and the moment at which the time ends."""

    wording: str
    due: datetime


def promised(responder: Responder, text: str, now: datetime, workday: IsWorkday = is_workday) -> Promised | None:
    """Return the promise of a reply, the one that is due first where it makes several; None where it makes none.

    A time counts where the element rule ``deadline`` of the library hits it, so that the words are those of the
    library; a library without that rule promises nothing. See ``replying.deadlines`` for how times are reckoned.
    """
    folded = normalise(text).text
    if RULE not in responder.elements:
        return None
    # Alone: 「马上登记，24小时内由专人跟进处理」 is a longer hit of another rule too, and a time for all that.
    spans = [(hit.start, hit.end) for hit in responder.elements.alone(RULE).scan(folded)]
    if not spans:
        return None
    found = []
    for each in deadlines(folded, now, _closing(responder), workday):
        ruled = any(start < each.end and each.start < end for start, end in spans)
        if ruled and not _is_theirs(folded, each.start, each.end):
            found.append(Promised(_clause(folded, each.start, each.end), each.due))
    return min(found, key=lambda each: each.due, default=None)


def _closing(responder: Responder) -> time:
    slot = responder.library.slots.get(SERVICE_HOURS)
    return closing_time(slot.default) if slot is not None else CLOSING


def _is_theirs(text: str, start: int, end: int) -> bool:
    clause = max(text.rfind(mark, 0, start) for mark in _CLAUSE_ENDS) + 1
    return _THEIRS_BEFORE.search(text[clause:start]) is not None or _THEIRS_AFTER.search(text[end:]) is not None


def _clause(text: str, start: int, end: int) -> str:
    """Return the words of a promise: from the time to the end of its clause."""
    ends = [place for mark in _CLAUSE_ENDS if (place := text.find(mark, end)) >= 0]
    return text[start : min(ends, default=len(text))][:40].strip()
