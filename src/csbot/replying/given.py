"""What a customer has told besides: telephone, room, address, name, household, card, when to call, a payment.

It is told once and not asked for again. Nothing here is written to disk, and it is shown with its numbers masked.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping

from csbot.matching.following import ADDRESS, NAME, ROOM, is_address
from csbot.replying.context import Context
from csbot.replying.mask import mask
from csbot.rules.wording.names import DOUBLE, SURNAMES
from csbot.text.normalise import normalise
from csbot.text.regex import regex

PHONE, DAY, AMOUNT = "电话", "日期", "金额"
NEW_PHONE = "新电话"  # who wants nothing changed but that, is asked for no new address
PHONE_TAIL, CARD_TAIL, HOUSEHOLD = "手机尾号", "卡尾号", "户号"
CALL_TIME = "联系时间"  # when the customer wants to be called: 「下午三点以后」
KINDS = (PHONE, NEW_PHONE, PHONE_TAIL, CARD_TAIL, HOUSEHOLD, ROOM, ADDRESS, NAME, CALL_TIME, DAY, AMOUNT)
OF_ONE_MATTER = (NEW_PHONE, CALL_TIME, DAY, AMOUNT)  # the next matter has others
PERSONAL = frozenset(KINDS) - {CALL_TIME, DAY, AMOUNT}

_HAN = "[\u3400-\u9fff]"
_COUNT = "(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})"
_UNIT = "(?:[省市区县镇乡村路街巷弄]|大道|胡同|小区|花园|新村|大厦|公寓|广场|家园|[苑园庭])"
_DOOR = "(?:号楼|单元|[号栋幢座楼层室户])"
# The telephone, room or address of somebody else: 「快递员电话138…」, 「楼上5栋1202」.
_OTHERS = regex(
    "(?:快递员|快递小哥|师傅|司机|骑手|卖家|商家|商户|对方|骗子|客服|老板|销售|中介|邻居|隔壁|楼上|楼下|对面|他|她|它|人家|别人|朋友"
    f"|同事){_HAN}{{0,3}}[:,是 ]*$"
)
# What calls the customer is no number of the customer's: 「13800138000这个号码老给我打」.
_CALLS = regex(
    "[ ,]*(?:这个|的)?(?:号码?|电话)?(?:又|老|一直|总是?|天天|刚才?|每天)*"
    "(?:给我打|打给我|打来|打电话|来电|骚扰|是谁|是哪)"
)
_TAIL = "(?:的?(?:尾号|末四位|后四位|最后四位)|后面?四位)[是为: ]{0,2}([0-9]{4})(?![0-9])"
_WHERE = f"(?:{_COUNT}|[a-z])(?:号楼|[栋幢座弄])"
_PATTERNS: dict[str, re.Pattern[str]] = {
    PHONE: regex(r"(?<![0-9a-z])(?:\+?86[- ]?)?(1[3-9][0-9](?:[- ]?[0-9]{4}){2}|0[0-9]{2,3}-[0-9]{7,8})(?![0-9a-z])"),
    PHONE_TAIL: regex(f"(?:手机号?码?|电话号?码?|号码){_TAIL}"),
    # 「尾号6612」 alone is a card's; 「电话尾号」, 「手机尾号」, 「车牌尾号」, 「订单尾号」 are not.
    CARD_TAIL: regex(f"(?:(?:(?:储蓄|信用|银行)卡|卡号?|账号)|(?:^|(?<=[,。!?; ]))){_TAIL}"),
    HOUSEHOLD: regex("(?:用电|缴费)?户号[是为: ]{0,2}([0-9]{6,16})(?![0-9])"),
    ROOM: regex(
        f"({_WHERE}(?:{_COUNT}(?:单元|-))?[0-9]{{2,4}}(?:室|户|号)?)"
        r"|房号[是为:]?((?:[0-9a-z]{1,3}-){0,2}[0-9]{2,4})(?![0-9])|(?<![0-9])([0-9]{3,4}室)"
    ),
    ADDRESS: regex(
        "(?:地址|住址|送到|送货到|寄到|寄往|发到|派到|住在|家住|我住)"
        "(?:[是为在:, ]|[写填留选弄]?错了?|改成|改为|换成|改到)*"
        f"((?=[^。!?;\n]{{0,60}}{_UNIT}[^。!?;\n]{{0,60}}(?:[0-9]|{_COUNT}{_DOOR}))[^。!?;,\n]{{6,50}})"
    ),
    NAME: regex(
        f"(?:我叫|我的名字[是叫]|姓名[是为:]?|收[货件]人[是为:]|户名[是为:]?)((?:{'|'.join(DOUBLE)}|[{SURNAMES}]){_HAN}{{1,2}})(?=[^\u3400-\u9fff]|$)"
    ),
}
_ROOM_ALONE = regex(r"\s*(?:我家|房号|户号|是|:|\s)*((?:[0-9]{1,2}-){1,3}[0-9]{3,4}|[0-9]{3,4})[\s.。!]*")
_PHONE_CHANGED = regex(r"(?:电话|手机|号码)[^。!?;\n]{0,12}[改换]|[改换][^。!?;\n]{0,8}(?:电话|手机|号码)")
_OF_ADDRESS = regex("地址|住址|搬家|搬到|[寄送发]到")
_LED_TO = regex(r"^(?:新|收货|地址|住址|[改送寄发换](?:成|到|为)|[是为:：]|\s)+")
_CLAUSE = regex(r"[^。!?;\n]+")
# Not 「今天打开充不上电」, 「昨天门刷不开」, 「前天转人工」: the day of what went wrong is no day of a payment.
_PAID = regex(
    "扣(?!子)|转(?![圈接告达身]|人工|不动)|付|缴|交(?![警流换通货接]|的?房)|刷(?![新机脸牙开]|不[开上出])|充(?![电满好分]|不[上进]|了一)"
    "|汇(?![总报])|支出|消费|收费|收了"
)
_DAY = regex(
    r"今[天早晚]|昨[天晚早]|前[天晚]|大前天|上?(?:周|礼拜|星期)[一二三四五六日天]"
    r"|(?:[0-9]{4}年)?[0-9]{1,2}月[0-9]{1,2}[日号]?|(?<![0-9])[0-9]{1,2}号(?!楼|线|店|窗)"
)
_AMOUNT = regex(r"(?<![0-9.])[0-9]{1,8}(?:\.[0-9]{1,2})?\s?(?:元|块钱?|万元?|千块?)(?!一|每|/|起)")

_WANTS_A_CALL = regex("回个?电|回我个?电|回个话|打个?电话|打给我|给我打|打我|打过来|来个?电话|来电话|联系我|再打")
_DAY_TO_COME = "(?:今天|今晚|明[天早晚]|大?后天|(?:这|下)?(?:周|星期|礼拜)[一二三四五六日天]|周末)"
_HOUR = r"(?:(?<![0-9])[0-9]{1,2}|[一二两三四五六七八九十]{1,3})(?:点半|点[0-9]{1,2}分|点一刻|点|:[0-9]{2})"
# 「下午三点以后」, 「明天上午」; not 「下午打过，没人接」, 「三点要开会」, 「上午别打」.
_CALL_AT = regex(
    f"(?:{_DAY_TO_COME}的?(?:早上|上午|中午|下午|傍晚|晚上)?(?:{_HOUR}(?:[到至-]{_HOUR})?)?"
    f"|(?:早上|上午|中午|下午|傍晚|晚上)?{_HOUR}(?:[到至-]{_HOUR})?)(?:以后|之后|以前|之前|左右|后|前)?"
)
_NO_TIME = regex("[,我都就要得有]*(?:别|不|没|勿|开?会|上?课|忙|有?事|打[了过])")

# How a reply asks for each: what stands in a list of things, with what describes it.
_PHONE_ASKED = "(?:登记的?|联系的?|预约的?|您的)?(?:手机号码?|联系电话|电话号码|电话|手机)(?:的?后四位)?"
_OF_PAYMENT = "(?:扣款|扣费|转账|缴费|付款|交易|消费|充值)的?"
ASKED_FOR: dict[str, tuple[str, ...]] = {
    PHONE: (_PHONE_ASKED, "联系方式"),
    PHONE_TAIL: (_PHONE_ASKED,),
    CARD_TAIL: ("卡号(?:的?后四位|尾号)",),
    HOUSEHOLD: ("(?:房号或)?户号",),
    NEW_PHONE: ("新地址",),
    ROOM: ("房号(?:或户号)?",),
    ADDRESS: ("(?:新|收货|上门|送货|装机|用电的?)?地址", "装机地点"),
    NAME: ("(?:登记的|您的)?姓名", "收[货件]人(?:姓名)?"),
    DAY: (f"{_OF_PAYMENT}(?:日期和时间|日期|时间)|日期(?=[、和]金额)",),
    AMOUNT: (f"(?:{_OF_PAYMENT})?金额",),
}


def read_given(text: str, asked: Container[str] = ()) -> dict[str, str]:
    """Return what a customer's message tells of ``KINDS``, in the customer's own writing; the last of each holds.

    ``asked`` names what the last reply asked for: then a room (「5-2-301」) or an address may stand alone.
    """
    normalised = normalise(text[:2000])
    plain, found = normalised.text, dict[str, str]()
    for kind, pattern in _PATTERNS.items():
        for each in pattern.finditer(plain):
            group = each.lastindex or 0
            before, after = plain[: each.start()].rpartition("\n")[2][-12:], plain[each.end() : each.end() + 12]
            if not _OTHERS.search(before) and not _CALLS.match(after):
                start, end = normalised.raw_span(*each.span(group))
                found[kind] = text[start:end].strip()
    if PHONE in found and _PHONE_CHANGED.search(plain) and not _OF_ADDRESS.search(plain):
        found[NEW_PHONE] = found[PHONE]
    if ROOM in asked and (alone := _ROOM_ALONE.fullmatch(plain)) is not None:
        found[ROOM] = alone[1]
    if ADDRESS in asked and ADDRESS not in found and is_address(plain):
        found[ADDRESS] = _LED_TO.sub("", text.strip(" ，,。.！!"))
    if _WANTS_A_CALL.search(plain):
        times = list(_CALL_AT.finditer(plain))
        if len(times) == 1 and not _NO_TIME.match(plain, times[0].end()):  # of several nobody knows which
            found[CALL_TIME] = times[0][0]
    for clause in _CLAUSE.findall(plain):
        if _PAID.search(clause):
            days, amounts = _DAY.findall(clause), _AMOUNT.findall(clause)
            found |= {DAY: days[-1]} if days else {}
            found |= {AMOUNT: amounts[-1]} if amounts else {}
    return found


def things_given(kinds: Container[str]) -> list[str]:
    """Return how replies ask for what was given, as expressions that ``asking.without_asking`` takes."""
    return [thing for kind, things in ASKED_FOR.items() if kind in kinds for thing in things]


def shown(values: Mapping[str, str], between: str = " ") -> list[str]:
    """Return what is known as it is shown to an agent: 「电话 138****5678」."""
    return [f"{name}{between}{mask(value) if name in KINDS else value}" for name, value in values.items() if value]


def note_given(context: Context, values: Mapping[str, str]) -> None:
    """Remember what an agent says that the customer gave; empty: what the message seems to tell does not count."""
    context.given.update(values)
