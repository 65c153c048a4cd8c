"""Expressions that are denied, promises that are declined, and mere conditions, by the clause that they stand in.

「我没有说您的操作不行」 refuses nothing, 「未必能保证」 promises nothing, 「若是指纹不行，请…」 only supposes.
"""

from __future__ import annotations

import re

from csbot.text.segment import CLAUSE_ENDS, SENTENCE_ENDS

DENIED = "否认、不作承诺或假设"
PROMISES = "overpromise"  # the category of what may be declined
_SUPPOSED = frozenset({"shirking", "ten_donts"})  # the categories of what may be supposed
_MOST_SUPPOSED = 4  # characters of what may be supposed
_REACH = 24  # characters of a clause that are looked at

_TO_WHOM = "跟您|和您|对您|向您|给您|跟大家|跟客户"
# Nobody denies that somebody else spoke (「您没说…」), nor what was said already (「不是说了不行」).
_NOT_SAID = re.compile(
    "(?<![您你户他她])(?:(?:并|倒|又|也|可|绝)?不是|并非|并不|没有?人?|从未|不敢|不能|不会|不可以|没理由|不该|不应该?)"
    f"(?:在|要|想|再|敢|轻易|随便|{_TO_WHOM})*"
    "(?:(?:说|讲|认为|觉得|意味着|代表|承诺|答应)(?![了过清明好完吗的得不就])[^我]{0,6}|让|叫)$"
)
_DECLINED = re.compile(
    "(?:未必|不敢|难以|很难|难|无法|不能|没法|没办法|不便|不好|不会|不做|不作|没有?人|谁[也都]不|谈不上)"
    f"(?:能|够|会|是|敢|可以|{_TO_WHOM}|说|讲|承诺|答应|断定|判断|断言|打包票|任何|百分[百之]百?|完全|都|就|轻易|随便|现在|马上|当场|目前|有"
    "|[做作]出?|给出?|得到)*$"
)
_DOUBLY_NEGATED = re.compile("(?:并不是|并非|倒不是|也不是|不是说|不见得|未必)[^我不没]{0,6}$")
_SUPPOSITION = re.compile("^(?:但|那|那么|请问)?(?:如果|要是|若是|若|万一|假如|假使|倘若)[^我就也那都]{1,10}$")
_QUESTION = re.compile("[^。!;\\n]{0,24}?(?:吗|\\?)")


def is_denied(text: str, start: int, stop: int, category: str) -> bool:
    """Tell whether ``text[start:stop]`` (normalised) is denied, declined or only supposed where it stands.

    ``category`` is that of the rule. A question denies nothing: 「不是说不行吗？」
    """
    begin = max(0, start - _REACH)
    at = next((at for at in range(start - 1, begin - 1, -1) if text[at] in CLAUSE_ENDS), begin - 1) + 1
    before = text[at:start].strip()
    if not before:
        return False
    denied = bool(
        _NOT_SAID.search(before)
        or (category == PROMISES and _DECLINED.search(before))
        or (text[start] in "不没" and _DOUBLY_NEGATED.search(before))
    )
    if denied:
        return not _QUESTION.match(text, stop)
    supposed = category in _SUPPOSED and stop - start <= _MOST_SUPPOSED and not set("我你您") & set(text[start:stop])
    behind = text[stop : stop + 1]
    return supposed and behind in CLAUSE_ENDS - SENTENCE_ENDS and behind != "" and bool(_SUPPOSITION.match(before))
