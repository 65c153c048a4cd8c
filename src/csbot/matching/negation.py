"""What a message mentions without meaning it: things declined, and words talked about as words.

Scores cannot see this (我要退款 and 我不要退款 differ by one character of four), so it is handled outside them:
the part of a message that only declines something is taken out, and the rest is matched again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# 「我不是要投诉」「没说要退」「不用开发票了」, but not 「是不是」「要不要」「能不能」.
_DECLINES = re.compile(
    r"(?<![是要能会可行好想用])"
    r"(?:(?:并|又|也|倒|绝|可)?不是(?:说|来|要|想|在|为了|故意)*(?:要|想|来)?|(?:并|也|又|可)?没(?:有)?(?:说|想|打算|准备)(?:过)?(?:要|想)?"
    r"|(?:暂时|先|现在|就|我)?(?:不|别)(?:想|要|用|需要|打算|准备|必|再)(?:要|再|去|给我|帮我|你们)?|不(?:是)?找|谁说|无需|无意|懒得|用不着)"
    r"(?P<declined>[^,。!?;\n]{1,14})"
)
_METALANGUAGE = re.compile(
    r"(?:用?(?:英语|英文|日语|韩语|法语|粤语|方言|拼音)(?:怎么|咋|是|里|的)|(?:这个|那个|这|那|两个|几个|的)(?:词|字|成语|单词|词语)"
    r"|[“\"「『《'][^”\"」』》']{1,12}[”\"」』》'](?:里的|的[“\"「『]|[两这]|和[“\"「『《]|怎么(?!办|处理|回事|解决)|用(?:英|日|拼))"
    r"|怎么(?:读|念|拼|翻译|造句)|(?:近义词|反义词|同义词|造句|偏旁|部首|几画|几笔)|翻译成|的英(?:文|语))"
)


# A plain "not" before something, but not 「不能退」, which complains, nor 「不过」, 「不如」 and 「不但」, which join.
_NEGATES = re.compile(
    r"(?:不(?:但|光|仅|只|单|止)(?:是)?没有?)|"
    r"(?:不(?!能|会|是|给|让|肯|了|到|上|出|着|行|对|好|错|清|住|动|起|见|懂|明|同|是|过|然|如|管|但|仅|光|单|止|像|愧|消|下|完|进|来|回|小心|方便)"
    r"|(?<!分|告|识|鉴|特|性|区|级|个)[别甭](?!人|的|处|家|墅|名|扭)|(?:不是|并非)|没有?(?:打算|想|要|说)?|未曾?)"
    r"(?P<after>[^,。!?;\n]{1,16})"
    r"|(?P<before>[\u4e00-\u9fff]{2,8}?)我?(?:不要|不用|不需要|不办|不嫌|就算|就免|就不必|别开)了?(?:贵|慢)?(?=[,。!?;\n]|$)"
)
# A clause that says that all is well: 「态度挺好的」, 「问题彻底解决了」.
_FINE = re.compile(
    r"(?:[挺很蛮都也真倒还]|非常|特别)(?:好|不错|满意|正常|顺利|快)(?:的|了|啊|呀)?$|(?:解决|成功|搞定|修好|弄好|交过|收到|知道)了?$"
)


@dataclass(frozen=True, slots=True)
class Denial:
    """What a clause says is not so."""

    what: str  # 投诉你们 in 「我不投诉你们」
    words: str  # the negation and what stands beside it: 不投诉; nobody who has the trouble speaks so
    affirmed: str  # the clause as it would be without the negation: 我投诉你们
    fine: bool = False  # nothing is negated, but all is said to be well


def negated(clause: str) -> Denial | None:
    """Return what a clause (normalised) denies; None where it denies nothing. 「安不安全」 asks."""
    for found in _NEGATES.finditer(clause):
        start = found.start()
        if found["before"] is not None:
            end = found.end("before")
            return Denial(found["before"], clause[end - 1 : end + 2], found["before"])
        if found["after"] is None:
            continue
        if (start and clause[start - 1] == clause[start + 1 : start + 2]) or found["after"] == "有":
            continue
        word, after = clause[start : found.start("after")], found["after"]
        return Denial(after, word[:1] + after[:2], clause[:start] + clause[found.start("after") :])
    well = _FINE.search(clause)
    return Denial(clause, well.group(), clause, fine=True) if well else None


def is_metalanguage(normalised_text: str) -> bool:
    """Tell whether a message is about words: 「投诉这个词英语怎么说」 is no complaint."""
    return _METALANGUAGE.search(normalised_text) is not None


def declined_spans(normalised_text: str) -> list[tuple[int, int, str]]:
    """Return the stretches that decline something: start, end, and what is declined."""
    return [(found.start(), found.end(), found["declined"]) for found in _DECLINES.finditer(normalised_text)]


def holds_keyword(text: str, keywords: Sequence[str]) -> bool:
    """Tell whether one of an intent's keywords stands in ``text`` (both normalised)."""
    return any(keyword in text for keyword in keywords)
