"""What a message mentions without meaning it: things declined, and words talked about as words.

Scores cannot see this (我要退款 and 我不要退款 differ by one character of four), so it is handled outside them:
the part of a message that only declines something is taken out, and the rest is matched again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

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


def is_metalanguage(normalised_text: str) -> bool:
    """Tell whether a message is about words: 「投诉这个词英语怎么说」 is no complaint."""
    return _METALANGUAGE.search(normalised_text) is not None


def declined_spans(normalised_text: str) -> list[tuple[int, int, str]]:
    """Return the stretches that decline something: start, end, and what is declined."""
    return [
        (found.start(), found.end(), found["declined"]) for found in _DECLINES.finditer(normalised_text)
    ]


def holds_keyword(text: str, keywords: Sequence[str]) -> bool:
    """Tell whether one of an intent's keywords stands in ``text`` (both normalised)."""
    return any(keyword in text for keyword in keywords)
