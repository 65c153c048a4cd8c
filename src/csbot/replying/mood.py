"""The mood that shows in a message, as far as it changes the wording of the reply."""

from __future__ import annotations

import re

from csbot.matching.signs import is_angry_sign
from csbot.rules.wording.phrase import longest_run
from csbot.text.normalise import normalise
from csbot.text.regex import regex

CALM = "平静"  # said by hand, whatever the message shows; a message that shows no mood counts as calm too

_ANGRY = regex(
    "什么破|什么垃圾|垃圾|骗子|坑人|气死|火大|恶心|忍无可忍|受够|太过分|过分|欺人|无语|他妈|tmd|妈的|狗屁|滚|废物|有病|搞什么|耍我|坑爹|丢人|差劲|凭什么|操蛋|鬼东西|气人|投诉你|曝光"
)
_URGENT = regex(
    "急死|急用|着急|很急|好急|加急|快点|赶紧|马上要|来不及|等不及|十万火急|急急|火烧眉毛|抓紧|今天就要|尽快"
    "|(?:^|[^不])急着|赶不上|今[天晚]截止|能不能今天|今天能不能来"
)
_WORRIED = regex(
    "担心|不放心|害怕|会不会被|安全吗|靠谱吗|怕被|好怕|吓[死坏]|[是会]不[是会]是?癌|要紧吗|严重吗|怎么办啊|慌|不踏实|心里没底|骗走|被盗"
)


def mood_of(text: str) -> str:
    """Return 生气, 着急, 担心, or an empty string where the message shows none of them."""
    folded = normalise(text[:2000]).text
    if (
        _ANGRY.search(folded)
        or is_angry_sign(folded)
        or longest_run(re.sub("[^!?]", " ", folded).replace(" ", "")) >= 3
    ):
        return "生气"
    if _URGENT.search(folded):
        return "着急"
    return "担心" if _WORRIED.search(folded) else ""
