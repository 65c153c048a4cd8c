"""Several situations in one message: cut it into clauses and find stretches that are clear by themselves."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

from csbot.matching.result import Candidate, Part
from csbot.text.segment import is_han

MAXIMUM_CLAUSES = 6
MINIMUM_HAN = 3  # of a stretch that may carry a situation of its own
LIKELY = 3  # situations of the whole message among which those of its stretches must be,
LIKELY_ASKED = 5  # and where each of them asks for something by itself
FEW_CLAUSES = 3  # up to which a message asks for several things; longer ones mostly tell one story
NAMED_HAN = 6  # Han characters from which a stretch that names its situation by a keyword needs not ask for anything
STORY = 0.03  # by how much surer the stretches of longer ones must be
WHOLE_REQUEST = 5  # Han characters that a request which needs no other clause has at least
OTHERS = 0.05  # how likely at most one stretch may be taken for the situation of another
_AND_ALSO = r"另外(?!一)|还有(?!没|货|库存|多|几|吗)"  # not 「另外一件」, 「还有没有」, 「还有货吗」
_THEN = r"那(?![个款件种家位些边里儿张条台]|天|么|时候)"  # not 「那款餐桌」
_BREAK = re.compile(
    r"([,。!?;:\n]+)|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])|(?=(?:另外(?!一)|还有就是|顺便|顺带|(?<![输填写弄说答选算做])对了|以及|然后再))"
)
# Words at the start of a clause that say that something else follows, and all that only leads over to it.
_JOINS = re.compile(
    rf"(?:{_AND_ALSO}|顺便|顺带|对了|以及|然后再|而且|再说|再者|其次|同时|此外|再问|再就是|就是建议|还想|也想问|二是|三是|第二|第三|其二)"
)
_LEADS_OVER = re.compile(
    rf"^(?:(?:[一二三]是|第[一二三]|其[一二]|(?:有|可以|能|行|没有)的话|还有就是|{_AND_ALSO}|顺便|顺带|对了|以及|然后|而且|再说|再者|其次|同时|此外|再就是"
    rf"|可是|但是|就是|不过|{_THEN}|再)[,，]?)*"
    r"(?:(?:(?:麻烦|请)[您你]?)?(?:我)?(?:再)?(?:想)?(?:问(?![完题])|打听|咨询|请教)[您你]?(?:一下|下|一句|个事|问)?)?[,，]?"
)
# What a clause holds that asks for something: it needs no other clause to be about.
_ASKS = re.compile(
    r"[吗呢么嘛不没吧呗]$|怎么|咋|什么|啥|哪|几(?!乎)|多少|多久|多大|能不能|可不可以|可以|有没有|是不是|帮我|给我|麻烦|请|要|想"
    r"|叫.{1,5}来|谁|告诉我|给查|会不会|(?P<verb>[\u4e00-\u9fff])没(?P=verb)"  # not 「你们管不管」
)
_INTRODUCTION = re.compile(
    r"(?:^|(?<=[,。!;\n]))(?:(?:我|免贵|本人|敝)姓[\u4e00-\u9fff]{1,2}"
    r"|(?:我|本人)(?:叫|是)[\u4e00-\u9fff]{1,4}(?:先生|女士|小姐))(?:[,。!;\n]|$)"
)
_OPENING = re.compile(
    r"^(?:(?:你们?好|您们?好|亲爱的|亲|在吗|在不在|在么|有人吗|喂|哈喽|嗨|hello|hi|早上好|上午好|下午好|晚上好|早|客服|小姐姐|老板|多谢|谢谢|谢了|打扰了|麻烦问下|请问)"
    r"(?:啊|呀|哈|呢|哦|吗)?[,。!?;~\s\n]+)+"
)


def essence(text: str) -> str:
    """Return normalised text without the courtesies around it: 「你好，」, 「我姓王，」.

    They say nothing of what is wanted. A message that is nothing else stays as it is; a closing 「谢谢」 stays, since
    it tells 「已经处理好了，谢谢」 from a question.
    """
    rest = _INTRODUCTION.sub("", _OPENING.sub("", text))
    return rest if sum(map(is_han, rest)) >= MINIMUM_HAN else text


class Mark(Enum):
    """What stands before a clause; the value is how probable the stretches on both sides must be to be taken apart.

    A wrong second answer annoys more than a missing one, but who says 「另外」 has two things to say.
    """

    COMMA = 0.95
    SENTENCE = 0.85
    JOINED = 0.55

    @property
    def between_requests(self) -> float:
        """How probable the stretches on both sides must be where each asks for something by itself."""
        return {Mark.COMMA: 0.75, Mark.SENTENCE: 0.5, Mark.JOINED: 0.4}[self]


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


def find_parts(
    clauses: Sequence[Clause],
    whole: Sequence[Candidate],
    candidates: Callable[[str], tuple[Candidate, ...]],
    is_filler: Callable[[str], bool],
    told: Callable[[str], Telling | None],
    read_ahead: Callable[[Sequence[str]], None] = lambda _: None,
    named: Callable[[str, str], bool] = lambda *_: False,
) -> list[Part]:
    """Return the best cut of a message into stretches of different situations, or at most one stretch.

    Every cut into two or three stretches of neighbouring clauses is looked at; a cut counts where each stretch
    is clear by itself, the situations differ, all are likely for the whole message too, and it is most like one of
    them; in short messages three clear ones are better than two. How clear they must be depends on what stands
    between them, and on whether each is a request by itself: 「有没有大码，能便宜点吗」 asks for two things,
    「鞋子刚买，想换一双」 for one. ``told`` names situations that are brought up by telling. A stretch that is
    ``named``, holding a keyword of its situation, needs not ask for anything. Stretches of mere courtesy are passed
    over. ``read_ahead`` is told which stretches ``candidates`` may be asked for next: first those from the beginning,
    which mostly are not clear, then all others.
    """
    if len(clauses) < 2:
        return []
    known: dict[tuple[int, int], _Stretch | None] = {}
    count = len(clauses)
    sizes = [sum(map(is_han, clause.text)) for clause in clauses]
    ahead = [
        [(0, end) for end in range(1, count)],
        [(at, end) for at in range(1, count) for end in range(at + 1, count + 1)],
    ]

    def said(start: int, end: int) -> str:
        return "，".join([clause.text for clause in clauses[start:end]])

    def stretch(start: int, end: int) -> _Stretch | None:
        if (start, end) not in known:
            asked_for = ahead[start > 0]
            if asked_for:
                read_ahead([matter(said(*each)) for each in asked_for if sum(sizes[slice(*each)]) >= MINIMUM_HAN])
                asked_for.clear()
            marks = [clauses[place].mark for place in (start, end) if 0 < place < count]
            known[start, end] = _stretch(said(start, end), sum(sizes[start:end]), marks, candidates, told)
        return known[start, end]

    best: list[Part] = []
    best_value = (0, 0.0)
    cuts = [(cut,) for cut in range(1, count)]
    cuts += [(first, second) for first in range(1, count) for second in range(first + 1, count)]  # type: ignore[misc]
    near = {candidate.intent for candidate in whole[:LIKELY_ASKED]}
    few = count <= FEW_CLAUSES
    for cut in cuts:
        found: list[_Stretch] = []
        for start, end in pairwise((0, *cut, count)):
            each = stretch(start, end)
            if each is None:
                continue
            intent = each.part.candidate.intent
            # One doubtful stretch spoils the cut: the rest need not be read.
            least = each.mark.between_requests if few else each.mark.value + STORY
            if each.clear < least or (near and intent not in near and not is_filler(intent)):
                break
            found.append(each)
        else:
            asked = few and _are_requests(found)
            margin = min((each.clear - each.needed(few, asked, named) for each in found), default=0.0)
            if margin < 0:
                continue
            clear = [each.part for each in found if not is_filler(each.part.candidate.intent)]
            intents = {each.candidate.intent for each in clear}
            if len(clear) < 2 or len(intents) < len(clear):
                continue
            likely = [candidate.intent for candidate in whole[: LIKELY_ASKED if asked else LIKELY]]
            if likely and (likely[0] not in intents or not intents.issubset(likely)):
                continue
            value = (len(clear) if few else 2, margin)
            if value > best_value or not best:
                best, best_value = clear, value
    return best


class _Stretch(NamedTuple):
    """Neighbouring clauses, what they are taken for, and whether they ask for something by themselves."""

    part: Part
    candidates: tuple[Candidate, ...]
    asks: bool
    told: Telling | None
    length: int  # in Han characters
    mark: Mark  # of those that stand at its ends, the one that asks for more

    @property
    def clear(self) -> float:
        """How clear it is, 0..1.

        Where what stands around it says that it is a matter of its own, it is only asked which: a short one that is
        like nothing but one situation is clear, though its words alone might belong to none.
        """
        score = self.candidates[0].score
        if self.mark is not Mark.JOINED:
            return score
        return score / math.sqrt(sum(each.score for each in self.candidates))

    def needed(self, few: bool, asked: bool, named: Callable[[str, str], bool]) -> float:
        """Return how clear it must be: in a message of ``few`` clauses, and where all parts ``asked``."""
        if not few:
            return self.mark.value + STORY
        if not asked and self.clear < self.mark.value and self.length >= NAMED_HAN:
            asked = named(self.part.candidate.intent, self.part.text)
        return self.mark.between_requests if asked else self.mark.value


def _stretch(
    text: str,
    length: int,
    marks: Sequence[Mark],
    candidates: Callable[[str], tuple[Candidate, ...]],
    told: Callable[[str], Telling | None],
) -> _Stretch | None:
    said = matter(text)
    found = candidates(said) if length >= MINIMUM_HAN else ()
    if not found:
        return None
    asks = length >= WHOLE_REQUEST and _ASKS.search(said) is not None
    mark = max(marks, key=lambda each: each.value)
    return _Stretch(Part(text, found[0]), found, asks, told(found[0].intent), length, mark)


def _are_requests(found: Sequence[_Stretch]) -> bool:
    """Tell whether each stretch is a matter by itself, and none may mean what another one does.

    Of two complaints one may be but the reason for the other: 「跟你说不清楚，叫你们主管来」.
    """
    if not all(each.asks or each.told is not None for each in found):
        return False
    if sum(each.told is Telling.COMPLAINT for each in found) > 1:
        return False
    return not any(
        candidate.intent == other.part.candidate.intent and candidate.score > OTHERS
        for each in found
        for other in found
        if other is not each
        for candidate in each.candidates
    )
