"""Several situations in one message: cut it into clauses and find stretches that are clear by themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

from csbot.matching.result import Candidate, Part
from csbot.text.segment import is_han

MAXIMUM_CLAUSES = 6
MINIMUM_HAN = 3  # of a stretch that may carry a situation of its own
LIKELY = 3  # situations of the whole message among which those of its stretches must be
_BREAK = re.compile(
    r"([,。!?;:\n]+)|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])|(?=(?:另外|还有就是|顺便|顺带|对了|以及|然后再))"
)
# Words at the start of a clause that say that something else follows, and all that only leads over to it.
_JOINS = re.compile(
    r"(?:另外|还有|顺便|顺带|对了|以及|然后再|而且|再说|再者|其次|同时|此外|再问|再就是|就是建议|还想|也想问)"
)
_LEADS_OVER = re.compile(
    r"^(?:(?:另外|还有就是|还有|顺便|顺带|对了|以及|然后|而且|再说|再者|其次|同时|此外|再就是"
    r"|可是|但是|就是|不过|那|再)[,，]?)*"
    r"(?:(?:(?:麻烦|请)[您你]?)?(?:我)?(?:再)?(?:想)?(?:问|打听|咨询|请教)[您你]?(?:一下|下|一句|个事|问)?)?[,，]?"
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
    return rest if sum(map(is_han, rest)) >= MINIMUM_HAN else stretch


def find_parts(
    clauses: Sequence[Clause],
    whole: Sequence[Candidate],
    candidates: Callable[[str], tuple[Candidate, ...]],
    is_filler: Callable[[str], bool],
) -> list[Part]:
    """Return the best cut of a message into stretches of different situations, or at most one stretch.

    Every cut into two or three stretches of neighbouring clauses is looked at; a cut counts where each stretch
    is clear by itself, the situations differ, all are likely for the whole message too, and it is most like one of
    them. How clear they must be depends on what stands between them. Stretches of mere courtesy are passed over.
    """
    if len(clauses) < 2:
        return []
    known: dict[tuple[int, int], Part | None] = {}

    def part(start: int, end: int) -> Part | None:
        if (start, end) not in known:
            text = "，".join(clause.text for clause in clauses[start:end])
            found = candidates(matter(text)) if sum(map(is_han, text)) >= MINIMUM_HAN else ()
            known[start, end] = Part(text, found[0]) if found else None
        return known[start, end]

    best: list[Part] = []
    best_value = 0.0
    count = len(clauses)
    cuts = [(cut,) for cut in range(1, count)]
    cuts += [(first, second) for first in range(1, count) for second in range(first + 1, count)]  # type: ignore[misc]
    for cut in cuts:
        clear: list[Part] = []
        needed = max(clauses[place].mark.value for place in cut)
        for start, end in pairwise((0, *cut, count)):
            found = part(start, end)
            if found is None:
                continue
            if found.candidate.score < needed:  # one doubtful stretch spoils the cut: the rest need not be read
                break
            if not is_filler(found.candidate.intent):
                clear.append(found)
        else:
            intents = {each.candidate.intent for each in clear}
            if len(clear) < 2 or len(intents) < len(clear):
                continue
            value = min(each.candidate.score for each in clear) - needed
            if value > best_value or not best:
                best, best_value = clear, value
    likely = [candidate.intent for candidate in whole[:LIKELY]]
    if likely and (likely[0] not in {each.candidate.intent for each in best} or not _within(best, likely)):
        return []
    return best


def _within(parts: Sequence[Part], likely: Sequence[str]) -> bool:
    return all(each.candidate.intent in likely for each in parts)
