"""What signs say (「😡😡😡」, 「？」), and thanks that are none (「谢谢你让我白跑一趟」)."""

from __future__ import annotations

import re

from csbot.text.regex import regex
from csbot.text.segment import is_han

_ANGRY = frozenset("😡🤬😠👿💢🖕😤")
ANGER = "气死我了"  # how who sends such a sign would put it
WAITING = "人呢，怎么不回我"  # and who sends nothing but a question mark in the middle of a conversation
_THANKS = r"(?:真是|可真|太|真的|真)?(?:谢谢|感谢|多谢|谢)(?:[你您]们?|贵公司|贵司)?(?:了|啊|哈|哦|呀|啦)*[,!。]*"
_THANKLESS = regex(
    rf"{_THANKS}(?:{_THANKS})?[^,。!?;]{{0,4}}(?:[让害叫]|搞得|弄得)(?:得|了)?(?:我|俺|咱|老子|全家|孩子)[^,。!?;]{{0,8}}"
    r"(?:白[跑等来请忙]|空[跑等欢]|跑空|误[了机点]|赔[了上]|丢[了人脸]|挨|迟到|泡汤|等了|亏了|出丑|没[吃赶睡]|淋|冻|饿)"
)


def is_angry_sign(text: str) -> bool:
    """Tell whether text holds a sign of anger: 「😡」."""
    return not _ANGRY.isdisjoint(text)


def said_by_signs(text: str) -> str:
    """Return in words what a normalised message says that holds no word, only signs; "" where it says nothing."""
    if any(is_han(each) or each.isalnum() for each in text):
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
