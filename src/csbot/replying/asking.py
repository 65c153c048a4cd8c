"""What a reply asks the customer for, and the same reply without it, where another one has asked already."""

from __future__ import annotations

import re
from functools import cache

from csbot.text.regex import regex

# What a customer is asked for and gives once, whatever they came for.
ASKED = ("订单(?:号码|编号|号)", "手机号码?", "房号", "联系方式")
BY_SLOT = {"订单号": ASKED[0]}  # what need not be asked for where the value of a slot is known
_REST = "[^，、和；：。]"
_CLAUSE = regex(r"[^，；：。！？!?]+[，；：。！？!?]*[”」』）]?")
_MARKS = "，；：。！？!?"
_FURTHER = regex("再|并|(?=把|将)")  # what else is asked for: 「再拍一张照片」
_MISSING = regex("(?:一时|万一|如果|要是)?(?:找不到|没有|不记得|忘了)")  # 「一时找不到，报手机号也可以」
_AND = "以及"
_COUNTED = regex(r"[两三四五六]\s*[样项]")  # 「请提供时间、金额和单号，只要这三项」
_OFFERED_INSTEAD = regex("(?:也|就)(?:可以|行|成)")
_ASKS = regex("提供|留下|写明|告诉我|报(?:一?下)?|发来|发给我|把")
_HOW = "也|先|都|一并|一起|完整"
_GIVE = "发给我们?|告诉我们?|发来|发过来|报给我们?|给我们?|留下"


def _asking(thing: str) -> re.Pattern[str]:
    """Return what matches a clause that asks for a thing (or for another one in its place), and for nothing else."""
    item = f"(?:您的)?(?:{thing})(?:或{_REST}+)?"
    return re.compile(
        f"(?P<please>请您?|麻烦您?|烦请您?|您)?(?:方便|先|直接|回信|再|并|也|现在)*"
        f"(?:(?:提供|告诉我们?|报(?:一?下)?|发来|发一下|发送|发|留下|留一?个){item}|把{item}(?:{_HOW})*(?:{_GIVE})|{item}(?:{_HOW})*(?:{_GIVE}))"
        f"(?:好)?吗?"
    )


@cache
def _patterns(thing: str) -> tuple[re.Pattern[str], ...]:
    """Return what matches a clause that asks for a thing alone; in a list the first, one behind 和 or 、, the last."""
    return (
        _asking(thing),
        re.compile(f"(提供|告诉我们?|报(?:一?下)?|发来|写明|留下|留|把)(?:{thing})(?:或{_REST}+)?[、和](?=.)"),
        re.compile(f"(和)(?:{thing})、"),
        re.compile(f"、(?:{thing})(?=[、和]|$)"),
        re.compile(f"(?:、({_REST}+))?和(?:{thing})(?={_GIVE}|$)"),
    )


def things_asked(sentence: str) -> set[str]:
    """Return which of ``ASKED`` a sentence asks for."""
    return {thing for thing in ASKED if without_asking(sentence, thing) != sentence}


def without_asking(sentence: str, thing: str) -> str:
    """Return a sentence of a reply without what asks for a thing, which is asked for elsewhere or was given.

    ``thing`` is one of ``ASKED``, or another expression without groups that are numbered.

    「请把订单号和新地址发给我，我来改。」 becomes 「请把新地址发给我，我来改。」, 「请提供订单号，我来查。」 becomes
    「我来查。」; a sentence that asks for nothing else becomes empty. One that cannot be taken apart safely stays as
    it is.
    """
    clauses = _CLAUSE.findall(sentence)
    naming = [place for place, clause in enumerate(clauses) if re.search(thing, clause)]
    if "".join(clauses) != sentence or len(naming) != 1 or "（" in clauses[naming[0]] or _COUNTED.search(sentence):
        return sentence
    place = naming[0]
    body = clauses[place].rstrip(_MARKS)
    mark = clauses[place][len(body) :]
    found = _patterns(thing)[0].fullmatch(body)
    if found is None:
        return "".join([*clauses[:place], _shorter(body, thing) + mark, *clauses[place + 1 :]])
    before, behind = clauses[:place], clauses[place + 1 :]
    if behind and _MISSING.match(behind[0]):
        instead = [number for number, clause in enumerate(behind) if _OFFERED_INSTEAD.search(clause)]
        if not instead:
            return sentence
        mark, behind = "。" if instead[0] == len(behind) - 1 else mark, behind[instead[0] + 1 :]
    elif behind and behind[0].startswith(_AND):  # 「请告诉我手机号码，以及缴费的日期」
        behind[0] = re.split(thing, body)[0] + behind[0].removeprefix(_AND)
    elif behind and (further := _FURTHER.match(behind[0])):
        please = "" if before and before[-1].endswith("，") and found["please"] is None else found["please"] or "请"
        behind[0] = please + behind[0][further.end() :]
    elif behind and behind[0].startswith("也请"):
        behind[0] = behind[0][1:]
    if before and mark == "；":
        before[-1] = before[-1].rstrip(_MARKS) + mark
    if before and not behind:
        before[-1] = before[-1].rstrip(_MARKS) + (mark if mark[:1] in tuple("。！") else "。")
    return "".join([*before, *behind])


def _shorter(clause: str, thing: str) -> str:
    """Return a clause that asks for several things without one of them."""
    if not _ASKS.search(clause):  # 「登记车牌和房号」 is no question
        return clause
    _, first, behind_and, middle, last = _patterns(thing)
    for pattern, left in ((first, r"\1"), (behind_and, r"\1"), (middle, "")):
        if pattern.search(clause):
            return pattern.sub(left, clause, count=1)
    return last.sub(lambda found: f"和{found[1]}" if found[1] else "", clause, count=1)
