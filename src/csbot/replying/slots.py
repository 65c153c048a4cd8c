"""Slots: what may stand in the blanks of a reply, and how they are filled.

Values come from people, customers among them: nothing in a value is ever interpreted, one pass fills all slots,
and the guard reads the result.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Mapping
from dataclasses import dataclass

from csbot.library.references import SLOT_PATTERN
from csbot.library.values import Slot
from csbot.rules.wording.names import DOUBLE, SURNAMES
from csbot.rules.wording.phrase import DURATION_PATTERN
from csbot.text.normalise import normalise
from csbot.text.regex import regex

MAXIMUM_LENGTH = 200
AUTOMATIC = "自动"
OPEN = "【{}】"  # how an open slot is shown

_HAN = "[\u3400-\u9fff〇·]"
_CHECKS: dict[str, tuple[re.Pattern[str], str]] = {
    "姓氏": (regex(f"{_HAN}{{1,2}}|[A-Za-z][A-Za-z .'-]{{0,19}}"), "请填一到两个汉字的姓，如 王、欧阳"),
    "称谓": (regex(f"{_HAN}{{1,4}}"), "请填 先生 或 女士 一类的称谓"),
    "订单号": (regex(r"[A-Za-z0-9][A-Za-z0-9_-]{3,39}"), "请填 4 到 40 位的数字或字母"),
    "电话": (regex(r"\+?[0-9][0-9 -]{5,19}"), "请填电话号码，只含数字、空格和短横线"),
    "时长": (regex(DURATION_PATTERN), "请填数字加单位，如 30分钟、24小时、3个工作日"),
    "数字": (regex(r"[0-9]+(\.[0-9]+)?"), "请填数字"),
    "工号": (regex(r"[A-Za-z0-9]{1,20}"), "请填数字或字母"),
}


class SlotError(ValueError):
    """A value that a slot cannot take; the message is for the agent, in Chinese."""


def validate(slot: Slot, value: str) -> str:
    """Return ``value`` tidied for ``slot``. Raises SlotError where it does not fit the slot's type."""
    tidy = "".join(character for character in value if not unicodedata.category(character).startswith("C")).strip()
    if not tidy:
        raise SlotError(f"「{slot.name}」不能为空：{slot.prompt}")
    if len(tidy) > MAXIMUM_LENGTH:
        raise SlotError(f"「{slot.name}」太长了（{len(tidy)} 字），最多 {MAXIMUM_LENGTH} 字")
    if slot.type == AUTOMATIC:
        raise SlotError(f"「{slot.name}」由系统自动填写，不用手填")
    if re.search("[{}【】]", tidy):
        raise SlotError(f"「{slot.name}」里不能有花括号和方头括号")
    check = _CHECKS.get(slot.type)
    if check is not None:
        folded = unicodedata.normalize("NFKC", tidy)
        if not check[0].fullmatch(folded):
            raise SlotError(f"「{slot.name}」填的是「{tidy}」：{check[1]}")
        return folded
    return tidy


def validate_all(slots: Mapping[str, Slot], values: Mapping[str, str]) -> dict[str, str]:
    """Validate named values. Raises SlotError for the first that has no slot or does not fit it."""
    result: dict[str, str] = {}
    for name, value in values.items():
        if name not in slots:
            raise SlotError(f"没有叫「{name}」的变量，可用：{'、'.join(sorted(slots))}")
        result[name] = validate(slots[name], value)
    return result


@dataclass(frozen=True, slots=True)
class Filled:
    """A reply with its slots filled; open ones are shown as 【名称】."""

    text: str
    open_slots: tuple[str, ...]


def slot_names(text: str) -> list[str]:
    """Return the slots of a reply in order, each once."""
    return list(dict.fromkeys(SLOT_PATTERN.findall(text)))


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """Fill the slots of a reply in one pass: what a value holds is never looked at again."""
    missing: list[str] = []

    def value_of(found: re.Match[str]) -> str:
        name = found[1]
        if name in values:
            return values[name]
        if name not in missing:
            missing.append(name)
        return OPEN.format(name)

    return Filled(SLOT_PATTERN.sub(value_of, text), tuple(missing))


_ANY_SURNAME = f"(?:{'|'.join(DOUBLE)}|[{SURNAMES}])"
_ENDS = "(?=[,。!?;:\n ]|$)"
_SURNAME = regex(
    "(?:我姓|免贵姓|敝姓)"
    f"(?:({_ANY_SURNAME})(?=[我你您这那上]|订单|单号|电话|手机)|({_HAN}{{1,2}}?)(?=[,。!?;的是 ]|$))"
    # 「五个人，姓周，电话尾号7702」
    f"|(?:^|(?<=[,。;、 ]))姓({_ANY_SURNAME})(?=[,、 ]*(?:电话|手机|尾号|1[3-9][0-9]))"
)
# 「我是李女士」, 「我叫王小明，」, but not 「我是李女士的先生」: that is somebody else's name.
_INTRODUCED = regex(
    f"(?:我是|这[里边]是|本人是|叫我)({_ANY_SURNAME})(先生|女士|小姐|老师|经理|医生|师傅|总|太太|阿姨){_ENDS}"
    f"|(?:我叫|我的名字[是叫])({_ANY_SURNAME}){_HAN}{{1,2}}{_ENDS}"
)
_ORDER = regex(r"(?:订单|(?<![运递])单号|(?<![运递])单子|编号)(?:号|编号)?[是为::#]{0,2}\s*([a-z0-9][a-z0-9-]{5,29})")
# The number of a parcel, as carriers in China form it: 顺丰 SF, 圆通 YT, 京东 JD, 极兔 JT, 德邦 DPK; 中通, 申通, 韵达
# digits alone; 邮政 by UPU S10. It says where the parcel is, and is not what an order is looked up by.
_PARCEL = regex(
    r"sf\d{12,13}|yt\d{13,15}|jd[a-z]{0,2}\d{11,16}|jt\d{13}|dpk\d{12,13}|zto\d{12,14}|7[3-9]\d{10,13}|4[36]\d{13}|[a-z]{2}\d{9}cn"
)

# A message that is nothing but an order number, after it was asked for. A telephone number is none.
_ORDER_ALONE = regex(r"^\s*(?!1[3-9]\d{9}(?!\d))(?:就是|是|给你)?[,: ]*([a-z]{0,6}[-_]?\d[a-z0-9-]{5,28})[\s.,!。]*$")
# The same, first in a list of what was asked for: 「20261122001，张伟」. 18 characters are an identity card's.
_ORDER_IN_A_LIST = regex(
    r"^\s*(?!1[3-9]\d{9}(?!\d)|\d{17}[\dx](?![0-9a-z-]))(?:就是|是|给你)?[,: ]*"
    r"([a-z]{0,6}[-_]?\d[a-z0-9-]{5,28})[,;、 ]"
    r"[^,;。!?、 ]{1,12}(?:[,;、 ][^,;。!?、 ]{1,12})*$"
)

# Digits that a customer has looked up (「查一下2611187726」) or that are a clause of their own behind another, where no
# other number is spoken of: no telephone (mobile, with an area code, 400), no day, nothing as long as a bank card's.
_NUMBER = r"(?!1[3-9]\d{9}(?!\d)|0|[48]00|(?:19|20)\d\d[01]\d[0-3]\d(?!\d))(\d{8,15})(?![\d.元块a-z])"
_LOOKED_UP = regex(rf"查(?:一下|一查|下|查)?[: ]*{_NUMBER}")
_IN_A_CLAUSE = regex(rf"[,;。!?、]\s*(?=\d{{10}}){_NUMBER}\s*(?=[,;。!?、]|$)")
_OTHER_NUMBER = regex(
    "电话|手机|号码|账号|户号|卡号|身份证|微信|qq|尾号|尾数|工号|报案|保单|运单|快递单|券码|兑换码|验证码"
)


def read_from_message(text: str, slots: Mapping[str, Slot], asked: Container[str] = ()) -> dict[str, str]:
    """Return slot values that a customer's message states: 「我姓王」, 「我是李女士」, 「订单号 20261122001」.

    An order number may also be what is looked up, or a clause of its own, where the message speaks of no other number.
    ``asked`` names what the last reply asked for: then an order number may stand alone.
    """
    normalised = normalise(text[:2000])
    found: dict[str, str] = {}
    if (surname := _SURNAME.search(normalised.text)) is not None:
        found["姓氏"] = surname[1] or surname[2] or surname[3]
    if (introduced := _INTRODUCED.search(normalised.text)) is not None:
        found.setdefault("姓氏", introduced[1] or introduced[3])
        title = introduced[2]
        if found["姓氏"] == introduced[1] and "称谓" in slots and title in slots["称谓"].choices:
            found["称谓"] = title
    order = _order_in(normalised.text, alone="订单号" in asked)
    if order is not None:  # in the customer's own capitals: AB1024, not ab1024
        start, end = normalised.raw_span(*order.span(1))
        found["订单号"] = text[start:end]
    return {name: value for name, given in found.items() if (value := _valid(slots, name, given))}


def _order_in(text: str, *, alone: bool) -> re.Match[str] | None:
    """Return where an order number stands in a normalised text; that of a parcel is none, unless it is said to be."""
    order = _ORDER.search(text)
    if order is None and alone:
        order = _ORDER_ALONE.search(text) or _ORDER_IN_A_LIST.search(text)
    if order is None and _OTHER_NUMBER.search(text) is None:
        order = _LOOKED_UP.search(text) or _IN_A_CLAUSE.search(text)
    if order is not None and _PARCEL.fullmatch(order[1]) is not None and not order[0].startswith("订单"):
        return None  # 「单号SF1234567890123」: who says 订单 knows which it is
    return order


def fits(slots: Mapping[str, Slot], name: str, value: str) -> bool:
    """Tell whether there is a slot of a name that takes a value."""
    return bool(_valid(slots, name, value))


def _valid(slots: Mapping[str, Slot], name: str, value: str) -> str:
    """Return a value as its slot takes it; empty where there is no such slot or it does not fit."""
    try:
        return validate(slots[name], value) if name in slots else ""
    except SlotError:
        return ""
