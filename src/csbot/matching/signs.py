"""What signs say (「😡😡😡」, 「[发怒]」, 「？」), and thanks that are none (「谢谢你让我白跑一趟」)."""

from __future__ import annotations

import re

from csbot.text.regex import regex
from csbot.text.segment import is_han

_ANGRY = frozenset("😡🤬😠👿💢🖕😤")
_ANGRY_NAMES = ("[发怒]", "[怒]", "[怒骂]", "[咒骂]", "[抓狂]", "[愤怒]", "[生气]")
# What a chat leaves in the text instead of a picture, a recording or a face: 「[图片]」, 「[捂脸]」.
_STAND_IN = regex(
    r"[\[【](?:图片|照片|语音|语音消息|视频|小视频|表情|动画表情|动态表情|文件|位置|链接|商品链接|订单链接|聊天记录|名片|小程序)[\]】]"
    r"|\[[\u4e00-\u9fff]{1,3}\]"
)
ANGER = "气死我了"  # how who sends such a sign would put it
WAITING = "人呢，怎么不回我"  # and who sends nothing but a question mark in the middle of a conversation
_THANKS = r"(?:真是|可真|太|真的|真)?(?:谢谢|感谢|多谢|谢)(?:[你您]们?|贵公司|贵司)?(?:了|啊|哈|哦|呀|啦)*[,!。]*"
_THANKLESS = regex(
    rf"{_THANKS}(?:{_THANKS})?[^,。!?;]{{0,4}}(?:[让害叫]|搞得|弄得)(?:得|了)?(?:我|俺|咱|老子|全家|孩子)[^,。!?;]{{0,8}}"
    r"(?:白[跑等来请忙]|空[跑等欢]|跑空|误[了机点]|赔[了上]|丢[了人脸]|挨|迟到|泡汤|等了|亏了|出丑|没[吃赶睡]|淋|冻|饿)"
)


def is_angry_sign(text: str) -> bool:
    """Tell whether text holds a sign of anger: 「😡」, 「[发怒]」."""
    return not _ANGRY.isdisjoint(text) or any(name in text for name in _ANGRY_NAMES)


def stand_ins(text: str) -> list[str]:
    """Return what stands in normalised text for pictures, recordings and faces: 「[图片]」, 「[捂脸]」."""
    return _STAND_IN.findall(text) if "[" in text or "【" in text else []


def is_stand_in(text: str) -> bool:
    """Tell whether normalised text says nothing but that a picture, a recording or a face was sent."""
    return bool(stand_ins(text)) and not any(is_han(each) or each.isalnum() for each in _STAND_IN.sub("", text))


def without_stand_ins(text: str) -> str:
    """Return normalised text without what stands for pictures and faces; a text that says nothing else stays."""
    rest = _STAND_IN.sub(" ", text).strip() if stand_ins(text) else text
    return rest if any(map(is_han, rest)) else text


def said_by_signs(text: str) -> str:
    """Return in words what a normalised message says that holds no word, only signs; "" where it says nothing."""
    if any(is_han(each) or each.isalnum() for each in _STAND_IN.sub("", text)):
        return ""
    return ANGER if is_angry_sign(text) else ""


def said_by_waiting(text: str) -> str:
    """Return in words what somebody says who only sends question marks while an answer is due; "" for other text."""
    marks = "".join(text.split())
    return WAITING if marks and not marks.strip("?？") else ""


def without_irony(text: str) -> str:
    """Return normalised text without thanks for what nobody is thankful for: 「谢谢你让我白跑一趟」."""
    if _THANKLESS.search(text) is None:
        return text
    return re.sub(_THANKS, "", text) or text
