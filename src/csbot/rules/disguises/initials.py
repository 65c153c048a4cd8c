"""Expressions of which nothing is left but the initials of their syllables: 「wbzd啊」, 「bkn，再找找」.

Three letters by chance are the initials of something. So only those of the expressions as the manuals list them count
(and of longer phrases), in lower case, and only where a clause ends behind them and speaks of no code, file or name.
Where nothing else is said, and for what counts only as a whole clause or sentence, they must be asked: 「wsm？」.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from csbot.rules.disguises.latin import LATIN
from csbot.rules.disguises.sound import initials_of
from csbot.rules.lookup.anchors import whole_literals
from csbot.rules.lookup.compact import Lookup, Packed, Packer, Texts, Unpacker
from csbot.rules.wording.fold import CLOSING_PARTICLES, Folded
from csbot.rules.wording.model import Kind, PhraseRule
from csbot.text.regex import regex
from csbot.text.segment import CLAUSE_ENDS, is_all_han, is_han

SHORTEST = 3  # letters that may stand for a listed expression
SHORTEST_OF_AN_ANSWER = 2  # letters of a refusal that is a clause of its own: 「bx，过期了」
SHORTEST_OF_A_PHRASE = 6  # letters that may stand for a longer phrase
LONGEST = 12

_NEGATIONS = frozenset("不没别")
_OPENS, _CLOSES = frozenset("我你您咱俺这那也都就又真可是"), frozenset("吧啊呀吗呢啦的了嘛")
_OPENING = regex("^(?:[我你您咱俺]们?|这|那)?(?:也|都|就|又|真|可|是)?")
_ALSO = regex("^([我你您咱俺]们?|这|那)(?:也|都|就|又|真|可)")
_CLOSING = regex("[" + "".join(sorted(_CLOSES)) + "]+$")
# What is a code, a name or a part of a file, the clause says.
_OF_A_NAME = regex(
    "型号|品牌|牌子|编码|代码|码|单号|编号|账号|帐号|密码|后缀|字母|输入|回复|发送|搜索|缩写|简称|文件|格式|链接|网址|微信|口令|群"
    "|备注|标签|标识|版本|产品|货号|批次|系列|款|昵称|用户名|域名|地址|店铺|平台|软件|按键|按钮|选项"
)
_BEHIND = regex(
    "[" + "".join(sorted(CLOSING_PARTICLES)) + "]*"
    r"(?:的事情?|[好行]吗|[好行可]不[好行]|可以吗|行吧|得了)?(?=[。!?;\n,、:~.…^\s)]|$)"
)
_ASKED = regex("[" + "".join(sorted(CLOSING_PARTICLES)) + "]*[!?]")
_CURSES = frozenset(("tmd", "cnm", "nmd"))  # may stand before anything: 「T.M.D.刚下班」; but 「TMD门诊」
_DOTS = frozenset(".·・•-_*~ ")
_APART = regex(r"[a-z0-9@./\\_#+=&%-]")


def said_by_initials(rule: PhraseRule) -> list[str]:
    """Return the wording of a rule that initials may stand for."""
    if rule.kind in {Kind.CLAUSE, Kind.SENTENCE}:
        texts = {"".join(filter(str.isalnum, rule.name))}
        return [text for text in texts if SHORTEST <= len(text) <= LONGEST and is_all_han(text)]
    if rule.kind is not Kind.PHRASE:
        return []
    texts = {rule.name}
    for phrase in rule.phrases:
        texts.update(each for each in whole_literals(phrase) if len(each) >= SHORTEST_OF_A_PHRASE)
    for text in list(texts):
        texts.update(wordings_of(text if text.isalnum() else "".join(filter(str.isalnum, text))))
    return [text for text in sorted(texts) if _least(text) <= len(text) <= LONGEST and is_all_han(text)]


def wordings_of(text: str) -> tuple[str, str, str, str]:
    """Return an expression as it is, without who or what it begins with, without 也, and without what closes it."""
    opened = text[:1] in _OPENS  # most are not, and to look for what to leave out takes longer than to ask
    return (
        text,
        _OPENING.sub("", text) if opened else text,
        _ALSO.sub(r"\1", text) if opened else text,
        _CLOSING.sub("", text) if text[-1:] in _CLOSES else text,
    )


def _least(text: str) -> int:
    return SHORTEST_OF_AN_ANSWER if text[:1] in _NEGATIONS else SHORTEST


def initials_from(texts: Iterable[str]) -> Packed:
    """Return for the cache what ``Initials`` is made of, given what ``said_by_initials`` gives for all rules."""
    once = list(dict.fromkeys(texts))
    return Packer().texts(Texts.of(once)).lookup(Lookup.of(initials_of(once))).packed()


class Initials:
    """Knows what initials may stand for."""

    def __init__(self, packed: Packed) -> None:
        """Take what ``initials_from`` gives."""
        unpacker = Unpacker(packed)
        self._texts, self._by_initials = unpacker.texts(), unpacker.lookup()

    def may_mean(self, letters: str) -> bool:
        """Tell whether letters are the initials of an expression."""
        return bool(self._by_initials.find(letters))

    def readings(self, folded: Folded) -> Iterator[tuple[Folded, int, int]]:
        """Yield the text with what initials stand for in their place, and the span of that."""
        for found in LATIN.finditer(folded.text):
            start, stop = found.span()
            if (rows := self._by_initials.find(found[0])) and _is_said(folded, start, stop):
                for row in rows:
                    meant = self._texts[row]
                    yield _read(folded, start, stop, meant), start, start + len(meant)


def _is_said(folded: Folded, start: int, stop: int) -> bool:
    """Tell whether letters stand where something is said, and not where something is named."""
    text = folded.normalised.text
    first, last = folded.indexes[start], folded.stops[stop - 1]
    raw = folded.raw_text(start, stop)
    if last - first != stop - start:
        if not _is_dotted(text[first:last]):
            return False
        last += text.startswith(text[first + 1], last)  # 「T.M.D.」
    if _APART.match(text, last) or (first and _APART.match(text, first - 1)):
        return False
    is_curse = folded.text[start:stop] in _CURSES and (raw.islower() or last - first > stop - start)
    if not _BEHIND.match(text, last) and not is_curse:
        return False
    begin = max((text.rfind(mark, folded.begin, first) for mark in CLAUSE_ENDS), default=-1) + 1
    before = text[max(begin, folded.begin) : first].strip()
    if (not raw.islower() or stop - start < SHORTEST) and before:
        return False
    if stop - start < SHORTEST and not raw.islower():
        return False
    return (
        not _OF_A_NAME.search(before)
        and not re.search("[a-z]", before)
        and (_has_han(folded, start, stop) or (start == 0 and stop == len(folded.text) and is_asked(folded, stop)))
    )


def is_asked(folded: Folded, stop: int) -> bool:
    """Tell whether a question or exclamation mark closes letters that end there."""
    return _ASKED.match(folded.normalised.text, folded.stops[stop - 1]) is not None


def _is_dotted(text: str) -> bool:
    """Tell whether one and the same mark stands between all letters: 「T.M.D.」."""
    return len(set(text[1::2])) == 1 and text[1] in _DOTS and text[::2].isalpha()


def _has_han(folded: Folded, start: int, stop: int) -> bool:
    """Tell whether anything is written in Chinese at all."""
    return any(map(is_han, folded.text[:start])) or any(map(is_han, folded.text[stop:]))


def _read(folded: Folded, start: int, stop: int, meant: str) -> Folded:
    """Return the text with a character in the place of each letter."""
    return replace(folded, text=folded.text[:start] + meant + folded.text[stop:])
