"""What a customer wrote, without what tells who it was: for the trainer, who must see the wording and nothing else.

Numbers of five digits and more in any disguise, names where the words around them say that they are names, addresses,
plates, mail and web addresses become marks such as 【号码】. Too much is taken rather than too little: a text of which
many digits are left loses them all. Names without anything around them that tells cannot be known.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from csbot.rules.wording.names import DOUBLE, SURNAMES
from csbot.text.regex import regex

LONGEST = 300  # characters that are kept of a text
MOST_DIGITS = 7  # that may be left: amounts, times, counts
_LOOSE = regex("[0-9](?![0-9]*[年月日点时分元块件个次天小])")  # a digit that counts nothing
MARK = regex("【[^【】]{1,4}】")

_HAN = "[\u3400-\u9fff]"
_NO_WORD = "[^0-9A-Za-z\u3400-\u9fff]"
_COUNT = "[零〇一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖0-9]"
_SURNAME = f"(?:{'|'.join(DOUBLE)}|[{SURNAMES}])"
_TITLE = (
    "(?:先生|女士|小姐|老师|经理|医生|大夫|师傅|主任|太太|阿姨|同学|大哥|大姐|总(?![是共部公结算体会觉之得价额数要]))"
)
_END = r"(?=[^0-9A-Za-z\u3400-\u9fff]|$)"
_UNIT = "(?:自治区|街道|大道|胡同|小区|花园|新村|大厦|公寓|广场|[省市区县州镇乡村路街巷弄苑])"
_DOOR = "(?:号楼|号院|单元|[号栋幢座楼层室门户组队弄])"
_NUMBER = "[0-9A-Za-z零一二三四五六七八九十百甲乙丙丁-]{1,6}"
_SAID = regex("[0-9A-Za-z\u3400-\u9fff]")
INTRODUCED = 4  # characters of a clause that does no more than name what was masked: 「我是【某人】女士」

_MORE = f"(?:{_NO_WORD}{{1,3}}[0-9]+)*"  # of a number that is written in groups

# What is masked, in this order; the group 「it」 where what leads up to it stays.
_PATTERNS: tuple[tuple[str, str], ...] = (
    ("邮箱", r"[0-9A-Za-z_.+-]+ ?@ ?[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"),
    (
        "网址",
        r"(?:https?:|www\.)[!-~]+|[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*\.(?:com|cn|net|org|cc|top)(?![0-9A-Za-z])[!-~]*",
    ),
    (
        "车牌",
        "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z] ?[·.]? ?[A-Z0-9]{5,6}(?![A-Za-z0-9])",
    ),
    (
        "地址",
        "(?:地址|住址|住在|家住|我住|寄到|寄去|寄往|送到|送往|发到|发往|位于)"
        "(?:是|为|在|改成|改为|换成|换到|写成|应该|:|,| )*"
        f"(?P<it>(?=[^。!?\n]*(?:[0-9]|{_UNIT}[^。!?\n]*{_DOOR}|{_UNIT}{_HAN}+{_UNIT}))[^。!?\n]{{3,60}})",
    ),
    ("地址", "(?:我住|住在|家住)在?(?P<it>[^,。!?;\n]{2,30})"),  # where somebody lives is masked however it is written
    ("地址", f"(?:{_HAN}{{1,7}}{_UNIT}[, ]?)+(?:{_NUMBER}{_DOOR}[, ]?)+(?:[0-9A-Za-z-]{{1,6}})?"),
    ("地址", f"(?:{_HAN}{{1,6}}(?:省|自治区|[市区县州镇乡村路街])){{2,}}"),
    ("地址", f"(?:{_NUMBER}{_DOOR}){{2,}}[0-9A-Za-z-]{{0,6}}|[0-9]{{1,4}} ?(?:栋|幢|单元|室)[0-9A-Za-z-]{{0,6}}"),
    (
        "号码",
        "(?:微信|vx|wx|v信|qq|支付宝|旺旺|[账帐]号|用户名|密码|验证码|取件码|卡号|尾号|后四位|单号|订单|运单|工号|房号|身份证|会员号)"
        f"(?:号码|号|id)?{_NO_WORD}{{0,3}}[是为]?{_NO_WORD}{{0,3}}(?P<it>[0-9A-Za-z][0-9A-Za-z_-]{{2,}}{_MORE})",
    ),
    ("号码", f"[0-9](?:{_NO_WORD}{{0,3}}[0-9]){{4,}}(?:{_NO_WORD}?[Xx])?"),
    ("号码", f"{_COUNT}(?:{_NO_WORD}{{0,2}}{_COUNT}){{5,}}"),
    ("号码", f"(?=[0-9A-Za-z_-]*[A-Za-z])(?=(?:[A-Za-z_-]*[0-9]){{3}})[0-9A-Za-z][0-9A-Za-z_-]{{4,}}{_MORE}"),
    ("某人", f"{_SURNAME}{_HAN}{{0,2}}?(?={_TITLE})"),
    (
        "某人",
        "(?:我叫|名字[是叫为]?|姓名[是叫为]?|联系人[是为]?|收[货件]人[是为]?|户名[是为]?|开户人[是为]?)"
        f"{_NO_WORD}{{0,2}}(?P<it>(?![你您他她它客快人什了个车外的过不师写填错改也都是])"
        f"(?:{_SURNAME}{_HAN}{{1,2}}|{_HAN}{{2,5}}{_END}|{_HAN}{{2,3}}|[A-Za-z][A-Za-z .]{{1,30}}))",
    ),
    ("某人", f"(?:我是|这[里边]是|本人是?|我[,，]?)(?P<it>{_SURNAME}{_HAN}{{1,2}}){_END}"),
    ("某人", f"(?:免贵|我|本人|客户|敝)姓(?P<it>(?:{'|'.join(DOUBLE)}|(?![名什氏啥]){_HAN}))"),
    ("某人", f"(?<!{_HAN}){_SURNAME}{_HAN}{{1,2}}(?=收{_END})"),
)
# A name beside what was masked: 「王小明 13800138000」.
_BESIDE = (
    f"(?<!{_HAN}){_SURNAME}{_HAN}{{1,2}}(?={_NO_WORD}{{0,4}}【(?:号码|地址)】)",
    f"(?<=【号码】)(?:{_NO_WORD}{{0,3}})(?P<it>{_SURNAME}{_HAN}{{1,2}}){_END}",
)


@cache
def _compiled() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((label, re.compile(pattern, re.IGNORECASE if "vx" in pattern else 0)) for label, pattern in _PATTERNS)


@cache
def _beside() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in _BESIDE)


def anonymous(text: str, known: Iterable[str] = ()) -> str:
    """Return at most 300 characters of ``text``, each thing that tells of a person replaced by a mark like 【号码】.

    ``known`` are values that are known to be the customer's own, such as the name and the order number.
    """
    text = "".join(each for each in text[: 4 * LONGEST] if unicodedata.category(each) not in ("Cf", "Cs", "Co", "Cn"))
    text = "".join(" " if unicodedata.category(each).startswith(("C", "M", "Z")) else each for each in text).strip()
    # Marks that were typed are no marks; what is cut off is cut before, so that no half of a number is left over.
    text = text.replace("【", "[").replace("】", "]")[: LONGEST * 2]
    for value in sorted({each.strip() for each in known if len(each.strip()) > 1}, key=len, reverse=True):
        text = text.replace(value, "【资料】")
    for label, pattern in _compiled():
        text = _masked(text, label, pattern)
    for pattern in _beside():
        text = _masked(text, "某人", pattern)
    if sum(map(len, _LOOSE.findall("".join(map(_folded, text))))) > MOST_DIGITS:
        text = "".join("#" if each.isdigit() else each for each in text)
    return _cut(text)


def _masked(text: str, label: str, pattern: re.Pattern[str]) -> str:
    folded = "".join(map(_folded, text))
    parts, at = [], 0
    for found in pattern.finditer(folded):
        start, end = found.span("it" if "it" in pattern.groupindex else 0)
        if start < at or start == end or folded[start] in "【】" or MARK.fullmatch(folded[start:end]):
            continue
        parts += [text[at:start], f"【{label}】"]
        at = end
    return "".join([*parts, text[at:]])


@cache
def _folded(character: str) -> str:
    """Return one character that stands for a character of any width or style: 「１」 and 「①」 are 「1」."""
    plain = unicodedata.normalize("NFKC", character)
    if len(plain) != 1:
        digits = [each for each in plain if each.isdigit()]
        plain = digits[0] if digits else character
    return str(unicodedata.digit(plain)) if plain.isdigit() else plain


def _cut(text: str) -> str:
    """Return a text of the length that is kept, without half a mark at its end."""
    return re.sub("【[^】]*$", "", text[:LONGEST])


def without_marks(text: str) -> str:
    """Return a masked text as an example of what customers write: without the marks and clauses that say no more."""
    clauses = re.split("(?<=[,，;；。!！?？])", text)
    telling = [each for each in clauses if not MARK.search(each) or len(_SAID.findall(MARK.sub("", each))) > INTRODUCED]
    return re.sub(r"\s+", " ", MARK.sub("", "".join(telling))).strip(" ,，、:：#")
