"""What a message is made of: courtesies before the matter, clauses, and words that only lead over to the next one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

from csbot.matching.signs import without_stand_ins
from csbot.text.regex import regex
from csbot.text.segment import is_han

MAXIMUM_CLAUSES = 6
MINIMUM_HAN = 3  # of a stretch that may carry a situation of its own
LONG_RUN = 12  # Han characters from which a clause without marks may hold several matters
SHORTEST_RUN = 4  # characters of each of them
MOST_SEAMS = 4  # places where one may end and another begin; more cost more and find hardly more
_AND_ALSO = r"另外(?!一)|还有(?!没|货|库存|多|几|吗)"  # not 「另外一件」, 「还有没有」, 「还有货吗」
_THEN = r"那(?![个款件种家位些边里儿张条台]|天|么|时候)"  # not 「那款餐桌」
_BREAK = regex(
    r"([,。!?;:\n]+)|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])|(?=(?:另外(?!一)|还有就是|还有(?=顺[便带])|(?<!还有|另外|对了)顺[便带]|(?<![输填写弄说答选算做])对了|以及|然后再))"
)
# Words at the start of a clause that say that something else follows, and all that only leads over to it.
_JOINS = regex(
    rf"(?:{_AND_ALSO}|顺便|顺带|对了|以及|然后再|而且|再说|再者|其次|同时|此外|再问|再就是|就是建议|还想|也想问|二是|三是|第二|第三|其二)"
)
_LEADS_OVER = regex(
    rf"^(?:(?:[一二三]是|第[一二三]|其[一二]|(?:有|可以|能|行|没有)的话|还有就是|{_AND_ALSO}|顺便|顺带|对了|以及|然后|而且|再说|再者|其次|同时|此外|再就是"
    rf"|可是|但是|就是|不过|{_THEN}|再)[,，]?)*"
    r"(?:最后(?=再?[想问]))?(?:(?:(?:麻烦|请)[您你]?)?(?:我)?(?:再)?(?:想)?(?:问(?![完题])|打听|咨询|请教)[您你]?(?:一下|下|一句|个事|问)?)?[,，]?"
    r"(?:(?:最后|我|就)*[一有两几]个?(?:事|问题)儿?[,，])?"
    r"(?:[您你]?(?:顺便|帮我|快|先)?(?:告诉(?:我|一下|下)|说说|说一下|说下|跟我说)(?:一下|下|一声|说)?)?[,，]?"
)
# A stretch that only gives a number or a name, which is no matter by itself: 「订单号20261120008」, 「尾号是3321」.
_GIVES_DATA = regex(
    r"^(?:我的?|这个?|那个?)*(?:订单号?|运单号?|快递单?号|单号|编号|手机号?码?|电话号?码?|联系方式|会员号|卡号|尾号|账号|户号)+"
    r"(?:是|为|:|,|\s)*[a-z]{0,6}[-_]?\d[\da-z _-]*$"
)
# A stretch that only asks how or whether, of what was named before: 「怎么办理」, 「可以吗」.
_ASKS_OF_IT = regex(
    r"^(?:那|这|该|得|要|我|具体|应该|需要|请问|一般|现在|到底)*(?:怎么|怎样|咋|如何)(?:去|来|才能)?(?:办理?|弄|搞|整|操作|申请|处理|开通?)(?:呢|啊|呀|嘛|吗|的|好)*$"
    r"|^(?:这样|那|这)*(?:可不可以|可以|行不行|能行|行|好|成|方便|要得)(?:吗|嘛|不|么|呢|吧|没有)*$"
)
# Where no mark stands: what a matter often ends and begins with, and what neither ends with nor begins with.
_ENDS_A_MATTER = regex(r"[了吗呢吧呀嘛么没不啊哦]$|多少$|什么$|哪[里儿]?$|怎么[办弄开用]$|为[什啥]么?$|几[点天]$|一下$")
_BEGINS_A_MATTER = regex(
    r"(?:还|再|另外|顺便|然后|那|这|我|你|您|他|她|麻烦|帮|给|请|想|要|能|可以|可不可以|有没有|有|怎么|咋|什么时候|啥时候|几|多少|哪|是不是"
    r"|为什么|现在|今天|昨天|明天|上次|以前|把|就|到底|问|查|退|换|改)"
)
_ENDS_NOTHING = regex(
    r"[的地得把给被让跟和与在从向对往为将用按以个这那每没不很太更最挺还又都也就才再先快我你您他她它要想能会可]$|[你我]们$|一[个张件款条]$"
    r"|(?:可以|能|会|要|想|给|帮|请|加)[\u4e00-\u9fff]?$|在[^了吗呢吧]{1,6}[里上下中内]$"
)
_LONGEST_END = 8  # characters of what is looked for there
_BEGINS_NOTHING = regex(r"[的地得了着过吗呢吧啊呀嘛么哦们个些]|[一两二三四五六七八九十百千半0-9]+[^楼号栋]")
_THANKS = regex(r"多谢|谢谢|谢了")
_INTRODUCTION = regex(
    r"(?:^|(?<=[,。!;\n]))(?:(?:我|免贵|本人|敝)姓[\u4e00-\u9fff]{1,2}"
    r"|(?:我|本人)(?:叫|是)[\u4e00-\u9fff]{1,4}(?:先生|女士|小姐))(?:[,。!;\n]|$)"
)
_OPENING = regex(
    r"^(?:(?:你们?好|您们?好|亲爱的|亲|在吗|在不在|在么|有人吗|喂|哈喽|嗨|hello|hi|早上好|上午好|下午好|晚上好|早|客服|小姐姐|老板|多谢|谢谢|谢了|打扰了|麻烦问下|请问)"
    r"(?:啊|呀|哈|呢|哦|吗)?[,。!?;~\s\n]+)+"
)


def essence(text: str) -> str:
    """Return normalised text without the courtesies around it, 「你好，」, 「我姓王，」, and what stands for pictures.

    They say nothing of what is wanted. A message that is nothing else stays as it is; a closing 「谢谢」 stays, since
    it tells 「已经处理好了，谢谢」 from a question.
    """
    text = without_stand_ins(text)
    rest = _INTRODUCTION.sub("", _OPENING.sub("", text))
    return rest if sum(map(is_han, rest)) >= MINIMUM_HAN else text


def gives_data(stretch: str) -> bool:
    """Tell whether a normalised stretch only gives a number that belongs to something else: 「订单号20261120008」."""
    return _GIVES_DATA.search(stretch) is not None


def asks_of_it(stretch: str) -> bool:
    """Tell whether a normalised stretch only asks how or whether, of something named elsewhere: 「怎么办理」."""
    return _ASKS_OF_IT.search(stretch) is not None


def thanks_before(text: str) -> str:
    """Return the thanks that stand before the matter of normalised text, which ``essence`` leaves out; "" for none."""
    rest = _OPENING.sub("", text)
    found = _THANKS.search(text[: len(text) - len(rest)])
    return found.group() if found is not None and essence(text) != text else ""


class Mark(Enum):
    """What stands before a clause."""

    COMMA = "comma"
    SENTENCE = "sentence"  # the end of one
    JOINED = "joined"  # a word that says that something else follows: 「另外」
    RUN_ON = "run on"  # nothing: the customer dictated, or left the marks out


WITHIN_A_SENTENCE = frozenset({Mark.COMMA, Mark.RUN_ON})


class Telling(Enum):
    """What is brought up by telling, not by asking."""

    COURTESY = "courtesy"  # thanks, greetings, farewells
    COMPLAINT = "complaint"


class Clause(NamedTuple):
    """A clause of a message, and what stands before it."""

    text: str
    mark: Mark


def clauses_of(text: str) -> list[Clause]:
    """Cut normalised text into clauses; a message of many clauses is cut into as many equal groups."""
    found: list[Clause] = []
    between = ""
    for piece in _BREAK.split(text):
        clause = piece.strip() if piece else ""
        if not clause or _BREAK.fullmatch(clause):
            between += piece or ""
            continue
        joined = _JOINS.match(clause) is not None
        sentence = re.search(r"[。!?;\n]", between) is not None
        found.append(Clause(clause, Mark.JOINED if joined else Mark.SENTENCE if sentence else Mark.COMMA))
        between = ""
    if len(found) <= MAXIMUM_CLAUSES:
        return found
    size = -(-len(found) // MAXIMUM_CLAUSES)
    groups = [found[at : at + size] for at in range(0, len(found), size)]
    return [Clause("，".join(each.text for each in group), group[0].mark) for group in groups]


def split_clauses(text: str) -> list[str]:
    """Return the clauses of normalised text without what stands before them."""
    return [clause.text for clause in clauses_of(text)]


def matter(stretch: str) -> str:
    """Return a stretch without the words that only lead over to it: 「顺便问一下」, 「另外我想问」, 「再说」."""
    rest = _LEADS_OVER.sub("", stretch)
    if len(rest) == len(stretch):
        return stretch
    return rest if sum(map(is_han, rest)) >= MINIMUM_HAN else stretch


def taken_apart(text: str, thanks: str, cut: Callable[[str], list[str]]) -> list[Clause]:
    """Return the clauses of normalised text as finely as a matter may end and another begin.

    Behind the ``thanks`` that stood before them, where there were any. ``cut`` gives the words of a text.
    """
    clauses = clauses_of(text)
    return _where_runs_on([Clause(thanks, Mark.COMMA), *clauses] if thanks else clauses, cut)


def _where_runs_on(clauses: Sequence[Clause], cut: Callable[[str], list[str]]) -> list[Clause]:
    """Return clauses with the long ones cut where another matter may begin though no mark stands there.

    「发票还没收到快递到哪了」: who dictates says no commas. ``cut`` gives the words of a text. There are at most
    ``MOST_SEAMS`` such places, fewer in a message of many clauses: those first at which something ends or begins that
    often does.
    """
    most = min(MOST_SEAMS, MAXIMUM_CLAUSES - len(clauses))
    if most <= 0:
        return list(clauses)
    seams: list[tuple[int, int, int]] = []  # how little speaks for it, number of the clause, place in it
    for number, clause in enumerate(clauses):
        if sum(map(is_han, clause.text)) >= LONG_RUN and "，" not in clause.text:
            seams += [(rank, number, at) for rank, at in _seams(clause.text, cut)]
    chosen = {(number, at) for _, number, at in sorted(seams)[:most]}
    found: list[Clause] = []
    for number, clause in enumerate(clauses):
        places = [0, *sorted(at for other, at in chosen if other == number), len(clause.text)]
        found.append(Clause(clause.text[: places[1]], clause.mark))
        found += [Clause(clause.text[first:last], Mark.RUN_ON) for first, last in pairwise(places[1:])]
    return found


def _seams(text: str, cut: Callable[[str], list[str]]) -> Iterator[tuple[int, int]]:
    """Yield the places between words at which one matter may end and another begin; the likelier ones have rank 0."""
    at = 0
    for word, following in pairwise(cut(text)):
        if not text.startswith(word, at):
            return  # the words are not those of this text, letter by letter
        at += len(word)
        if at < SHORTEST_RUN or len(text) - at < SHORTEST_RUN:
            continue
        near = text[max(0, at - _LONGEST_END) : at]
        if _ENDS_NOTHING.search(near) or _BEGINS_NOTHING.match(text, at):
            continue
        yield (0 if _ENDS_A_MATTER.search(near) or _BEGINS_A_MATTER.match(following) else 1), at
