"""What a message is taken for after what was just answered: a small prior, where the message alone is not clear.

Two ways of speaking rest on what went before. A customer answers what the last reply asked for (「20261122001」,
「就是昨天那单」): that belongs to the situation that was answered, whatever the words are like. Or asks on in few words
(「那运费呢」): then the situation that was answered, what usually comes after it and what is of the same topic are
raised, in that order. A question that is clear by itself is never read otherwise for what went before, but for one
that only asks when somebody comes whom the last reply announced (「师傅几点到」): a repairer of what, it does not say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from csbot.text.regex import regex
from csbot.text.segment import is_han

ANSWER_SCORE = 0.9  # how probable it is that what answers a question belongs to the situation that asked it
# What is added to the score of a situation, in log odds: for the one that was answered, those that usually come after
# it, and those of its topic. By half as much where a message does not speak as one that goes on.
STAYS, COMES_NEXT, SAME_TOPIC = 6.0, 3.0, 1.0
ASIDE = 0.5
# How likely the matter that was answered must be for a message that is not clear by itself, and how much likelier than
# any other; the first for one that speaks as going on, the second for one that is merely short.
ENOUGH, ENOUGH_ASIDE, AHEAD = 0.35, 0.6, 2.0
GOING_ON = 10  # Han characters at most of a message that goes on,
SHORT = 8  # and of one that may, however it begins
LONGEST_ANSWER = 14  # Han characters of an answer; who writes more says something else as well,
LONGEST_LIST = 30  # but an address, a company and several things that were asked for are longer
BESIDE = 8  # characters at most of what is told beside something that was asked for: 「张伟」, 「现在」

ORDER, TELEPHONE, ROOM, PHOTO, DETAILS = "订单号", "电话", "房号", "照片", "详情"
ADDRESS, NAME, BILLING = "地址", "姓名", "开票资料"
_LEAD = r"^(?:订单号?|运单号|快递单号|单号|编号|手机号?|电话|号码|我的|是|就是|给你|喏|在这|这个|:|,|\s)*"
_PATTERNS = {
    ORDER: regex(_LEAD + r"[a-z]{0,6}[-_]?\d[a-z0-9-]{5,28}(?:,?(?:谢谢|麻烦了?|帮我查下?|这个))?[.。!]?$"),
    TELEPHONE: regex(
        _LEAD + r"(?:尾号(?:是)?\d{3,4}|(?:\+?86[ -]?)?1[3-9](?:[ -]?\d){9}|0\d{2,3}[ -]?\d{7,8})[.。!]?$"
    ),
}
_ROOM = regex(  # 「3栋1202」, 「5-2-301」
    r"^(?:我家|我是|我在|住|房号|户号|地址|是|:|\s)*"
    r"(?:(?:\d{1,2}|[一二三四五六七八九十]{1,3}|[a-z])(?:号楼?|[栋幢座弄楼]|单元|-)\s*){1,3}\d{2,4}(?:室|户|号)?$"
)
_PHOTO = regex(
    r"^(?:已经?|刚才?|都|图片?|照片|截图|视频|给?[你您]|看|在上面|这|就|是|喏)*"
    r"(?:(?:发|传|拍)(?:图片?|照片|截图|视频|过去|给[你您]|[你您]|好|上去|来)*了?|看(?:图片?|照片|截图)|图片?|照片|截图)(?:[你您]看|看看|吧|哈|啊)*$"
)
# When something was, or how much it came to, in the words of who tells it: 「5000块，昨天晚上转的」.
_WHEN_OR_HOW_MUCH = regex(
    r"[今昨前][天晚早]|上个?(?:周|月|礼拜|星期)|(?:周|礼拜|星期)[一二三四五六日天]|[\d一二三四五六七八九十]+(?:月|号|日|点|块|元|万|千|百)|早上|上午|下午|晚上|中午"
    r"|(?:[差少多扣收退付花找转充交缴]|扣款|金额)[了我是]*\d+(?:\.\d+)?$"
)
_MORE_THAN_TELLS = regex(
    r"[?吗呢么吧没不]|怎么|咋|什么|啥|哪|几(?!乎)|多少|能|可以|想|要|请|帮|给我|麻烦|还(?!有)|[才都就]|说|催|退|换|改|取消|投诉|约"
)
_HAN = "[\u3400-\u9fff]"
# Who or what an invoice is for: 「税号91310000MA1K4BCD0X」, 「抬头是云杉科技有限公司」.
_BILLING = regex(
    r"^(?:(?:发票)?抬头|(?:公司|单位|开票)(?:名称?|全称)|税号|统一社会信用代码|纳税人识别号|开给?|是|为|写|:|\s)*"
    rf"(?:(?=[0-9a-z]*[0-9]{{5}})[0-9a-z]{{15,20}}|{_HAN}[^,。!?;]{{1,24}}(?:公司|集团|[工药]厂|商行|经营部|工作室|事务所|合作社))$"
    rf"|^(?:(?:发票)?抬头|(?:公司|单位|开票)(?:名称?|全称))[是为:写\s]+[^,。!?;]{{2,24}}$"
)
# A whole address, with or without what it is for: 「北京市朝阳区建国路88号2栋501」, 「改成建国路88号」.
_ADDRESS = regex(
    r"^(?:新|收货|地址|住址|改|送|寄|发|换|成|到|为|是|在|:|\s)*"
    rf"(?:{_HAN}{{2,}}[省市区县镇乡村路街巷弄道园苑庭厦][^。!?;]{{0,30}}?[0-9]{{1,5}}[号弄栋幢座室楼层户单元0-9a-z-]*)$"
)
_NAME = regex(rf"^(?:我叫|我的名字[是叫]|名字[是叫]|姓名|收[货件]人|联系人|就诊人|预约人)[是为:\s]*{_HAN}{{2,4}}$")
_NO_VALUE = regex(r"[?吗呢么]|怎么|咋|什么|啥|哪|多少|可以|能不|你们")  # of what may be any word
_VALUES = {
    TELEPHONE: _PATTERNS[TELEPHONE],
    ORDER: _PATTERNS[ORDER],
    ROOM: _ROOM,
    PHOTO: _PHOTO,
    BILLING: _BILLING,
    ADDRESS: _ADDRESS,
    NAME: _NAME,
}
# An order named by when or how it was made: 「就是昨天那单」, 「上周三拍的那个」.
_ORDER_MEANT = regex(
    r"^(?:就是|是|嗯,?)?(?:我)?(?:[今昨前]天|刚刚?才?|上个?(?:周|礼拜|星期|月)|这个?(?:周|月)|周|星期|礼拜|\d+[号日月]"
    r"|早上|下午|晚上|最近|第)"
    r"[^,。!?;]{0,8}(?:单|笔|个|件|双|台|份|包裹|订单|那箱|那款|那套)$"
    r"|^(?:就是|是)[^,。!?;]{0,6}[那这](?:单|笔|个|件|双|台|份|个?包裹|个?订单)$"
)
_NOT_AT_HAND = regex(
    r"(?:订单号|单号|编号).{0,4}(?:找不到|不记得|忘|不知道|没记|查不到|没有|哪里看|在哪看|怎么看).{0,4}"
    r"|(?:找不到|不记得|忘了|不知道|没记|没有).{0,2}(?:订单号|单号|编号).{0,4}"
)
# How a message goes on: 「那运费呢」, 「要是已经发出来了呢」, 「然后呢」.
_GOES_ON = regex(r"^(?:那|然后|接着|要是|如果|万一|另外?一?[个件款]|这样的?话)|呢[?。]*$")
_WORKER = r"(?:维修|安装|上门)?(?:师傅|工程师|工人|人员)"
_WHO = regex(_WORKER)
_COMES = "上门"
# Nothing but when or how much, which is of what was just spoken about: 「多久能来」, 「扣多少」.
_BARE_QUESTION = regex(
    rf"^(?:那|那么|大概|大约|一般|最快|还?要|得|{_WORKER})*"
    r"(?:多久|多长时间|几天|几时|几点|什么时候|啥时候|何时|多少(?!钱))[\u4e00-\u9fff]{0,4}[?]*$"
    r"|^[\u4e00-\u9fff]{1,2}(?:多少|多久|几天)[?]*$"
)
_THING = regex(r"^那(?:么)?([\u4e00-\u9fff]{1,3}费)呢$")  # what is paid for is a matter of its own
# A customer who has heard what was said and asks for nothing: 「好的」, 「嗯嗯」, 「行，那我等你消息」, 「ok👌」.
_HEARD = (
    r"(?:好+(?:的呢?|滴|嘞|吧|呀|啊|哒)?|嗯+(?:哪|呐|呢|啊)?|哦+|噢+|喔+|ok(?:ay)?|行(?:吧|的)?|可以的?|收到了?|知道了|晓得了"
    r"|明白了?|了解了?|清楚了|懂了|没问题)"
)
_WAITS = r"(?:那?我?(?:就|先)?等(?:着|你们?|您|一下|一会儿?)?(?:的?(?:消息|回复|电话|通知))?)"
_ACKNOWLEDGES = regex(rf"^(?:{_HEARD}[,.!~。\s]*){{1,3}}(?:{_WAITS})?(?:吧|了|啦|哈|哦|啊)?[,.!~。\s]*$")
_AFFIRMS = regex(
    r"(?:[嗯恩哦噢啊]{1,3}[,.~。\s]*)?(?:(?:是|对)(?:的|呀|啊|滴|这个|这件事|这样|头)?|对对对?|没错|正是|就是(?:这个|它|这件事|这事)|可不是|[嗯恩]{1,3}|yes)"
    r"[,.!~。\s]*(?:(?:谢谢|麻烦)[您你]?了?)?[,.!~。\s]*"
)
# Who wants nothing any more goes on about nothing, though it begins with 「那」.
_DECLINES = regex(
    r"^(?:那|那就)?(?:先|都)?(?:算了|不用了?|不必了?|不要了?|没有了?|没了|没事了?)(?:吧|啊|哈)?[,.!~。\s]*$"
)


@dataclass(frozen=True, slots=True)
class Before:
    """What went before a message: the situation that was answered, and what that means for the next message."""

    intent: str
    next: tuple[str, ...] = ()  # the situations that usually come after it
    asked: frozenset[str] = frozenset()  # what its replies ask for: ORDER, TELEPHONE, ADDRESS and so on
    told: str = ""  # what its replies say


@dataclass(frozen=True, slots=True)
class Raised:
    """A situation that is raised for what went before: by how much, in log odds, and why, in Chinese."""

    intent: str
    adds: float
    why: str


def answered(text: str, before: Before) -> str | None:
    """Return what of that which was asked for a message (normalised) gives; None where it gives nothing."""
    plain = text.strip(" ,.!?~。[]【】")  # 「[图片]」 is a photograph
    if not before.asked or sum(map(is_han, plain)) > LONGEST_ANSWER:
        return None
    if given := _value(plain, before.asked):
        return given
    if ORDER in before.asked and (_ORDER_MEANT.match(plain) or _NOT_AT_HAND.fullmatch(plain)):
        return ORDER
    pieces = [piece for piece in re.split(r"[,;\s]+", plain) if piece]
    if len(pieces) > 1 and all(_value(piece, before.asked) for piece in pieces):
        return _value(pieces[0], before.asked)
    tells = DETAILS in before.asked and _WHEN_OR_HOW_MUCH.search(plain) is not None
    return DETAILS if tells and _MORE_THAN_TELLS.search(plain) is None else None


def partly_answered(text: str, before: Before) -> str | None:
    """Return what of that which was asked for a message (normalised) gives beside what was not: 「5栋601，现在」.

    What stands beside it is short and asks for nothing: 「张伟，CT，手机13800138000」. A message that is clear
    by itself may look like that too, hence this is only for those that are not.
    """
    plain = text.strip(" ,.!?~。[]【】")  # 「[图片]」 is a photograph
    if not before.asked or sum(map(is_han, plain)) > LONGEST_LIST:
        return None
    pieces = [piece for piece in re.split(r"[,;。、\s]+", plain) if piece]
    values = [_value(piece, before.asked) for piece in pieces]
    others = [piece for piece, value in zip(pieces, values, strict=True) if value is None]
    if any(len(other) > BESIDE or _MORE_THAN_TELLS.search(other) is not None for other in others):
        return None
    return next((value for value in values if value), None)


def _value(text: str, asked: frozenset[str]) -> str | None:
    """Return what of that which was ``asked`` for a text is, and nothing else."""
    for kind, pattern in _VALUES.items():
        if kind in asked and pattern.match(text) is not None:
            return None if kind in (BILLING, NAME, ADDRESS) and _NO_VALUE.search(text) is not None else kind
    return None


def is_address(text: str) -> bool:
    """Tell whether a message (normalised) is a whole address and nothing else: 「朝阳区建国路88号2栋501」."""
    return sum(map(is_han, text)) <= LONGEST_LIST and _ADDRESS.match(text.strip(" ,.!?~。")) is not None


def lacks(text: str) -> bool:
    """Tell whether a message (normalised) says that what was asked for is not at hand: 「单号找不到了」."""
    return _NOT_AT_HAND.fullmatch(text.strip(" ,.!?~。")) is not None


def names_another_thing(text: str, before: Before) -> bool:
    """Tell whether a message that goes on asks for a thing of which the replies said nothing: 「那运费呢」."""
    found = _THING.match(text.strip(" ,.!?~。"))
    return found is not None and bool(before.told) and found[1] not in before.told


def acknowledges(text: str) -> bool:
    """Tell whether a message (normalised) only says that it was heard: 「好的，知道了」, with or without signs."""
    words = "".join(each for each in text.strip() if not _is_sign(each))
    if not words:
        return bool(set(text) & set("👌👍🆗"))
    return len(words) <= LONGEST_ANSWER and _ACKNOWLEDGES.match(words) is not None


def affirms(text: str) -> bool:
    """Tell whether a message (normalised) only says yes: 「是的」, 「嗯，对」, 「没错，麻烦你了」."""
    return _AFFIRMS.fullmatch(text.strip()) is not None


def _is_sign(character: str) -> bool:
    return unicodedata.category(character) in ("So", "Sk", "Cf", "Mn")  # an emoji with its colour and its joiners


def asks_when_or_how_much(text: str) -> bool:
    """Tell whether a message (normalised) asks when or how much, and does not say of what: 「多久能来」."""
    return _BARE_QUESTION.match(text.strip(" ,.!~。")) is not None


def awaits_who_comes(text: str, before: Before) -> bool:
    """Tell whether a message (normalised) only asks when somebody comes of whom the replies spoke: 「师傅几点到」."""
    who = _WHO.search(text)
    return who is not None and (_COMES in before.told or who[0] in before.told) and asks_when_or_how_much(text)


def goes_on(text: str) -> bool:
    """Tell whether a message (normalised) speaks as one that goes on: 「那…」, 「…呢」, in few words."""
    return _GOES_ON.search(text.strip()) is not None and sum(map(is_han, text)) <= GOING_ON


def raised(text: str, before: Before, situations: Iterable[str]) -> list[Raised]:
    """Return which of the ``situations`` are raised for a message (normalised), most first."""
    if acknowledges(text) or _DECLINES.match(text.strip()):
        return []
    if goes_on(text):
        share = 1.0
    elif sum(map(is_han, text)) <= SHORT:
        share = ASIDE
    else:
        return []
    topic = before.intent.partition(".")[0]
    found = []
    for intent in situations:
        if intent == before.intent:
            found.append(Raised(intent, STAYS * share, "刚答过"))
        elif intent in before.next:
            found.append(Raised(intent, COMES_NEXT * share, "常接着问"))
        elif intent.partition(".")[0] == topic:
            found.append(Raised(intent, SAME_TOPIC * share, "同一类"))
    return sorted(found, key=lambda each: (-each.adds, each.intent))
