"""Several situations in one message: cut it into clauses and find stretches that are clear by themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from csbot.matching.result import Candidate, Part
from csbot.text.segment import is_han

MAXIMUM_CLAUSES = 6
MINIMUM_HAN = 3  # of a stretch that may carry a situation of its own
LIKELY = 3  # situations of the whole message among which those of its stretches must be
CLEAR = 0.95  # how probable each stretch of a cut must be: a wrong second answer annoys more than a missing one
_BREAK = re.compile(
    r"[,。!?;:\n]+|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])|(?=(?:另外|还有就是|顺便|对了|以及|然后再))"
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


def split_clauses(text: str) -> list[str]:
    """Cut normalised text into clauses; a message of many clauses is cut into as many equal groups."""
    clauses = [clause.strip() for clause in _BREAK.split(text) if clause and clause.strip()]
    if len(clauses) <= MAXIMUM_CLAUSES:
        return clauses
    size = -(-len(clauses) // MAXIMUM_CLAUSES)
    return ["，".join(clauses[at : at + size]) for at in range(0, len(clauses), size)]


def find_parts(
    clauses: Sequence[str],
    whole: Sequence[Candidate],
    candidates: Callable[[str], tuple[Candidate, ...]],
    is_filler: Callable[[str], bool],
) -> list[Part]:
    """Return the best cut of a message into stretches of different situations, or at most one stretch.

    Every cut into two or three stretches of neighbouring clauses is looked at; a cut counts where each stretch
    is clear by itself, the situations differ, all are likely for the whole message too, and it is most like one of
    them. Stretches of mere courtesy are passed over.
    """
    if len(clauses) < 2:
        return []
    known: dict[tuple[int, int], Part | None] = {}

    def part(start: int, end: int) -> Part | None:
        if (start, end) not in known:
            text = "，".join(clauses[start:end])
            found = candidates(text) if sum(map(is_han, text)) >= MINIMUM_HAN else ()
            known[start, end] = Part(text, found[0]) if found else None
        return known[start, end]

    best: list[Part] = []
    best_value = 0.0
    count = len(clauses)
    cuts = [(cut,) for cut in range(1, count)]
    cuts += [(first, second) for first in range(1, count) for second in range(first + 1, count)]  # type: ignore[misc]
    for cut in cuts:
        clear: list[Part] = []
        for start, end in pairwise((0, *cut, count)):
            found = part(start, end)
            if found is None:
                continue
            if found.candidate.score < CLEAR:  # one doubtful stretch spoils the cut: the rest need not be read
                break
            if not is_filler(found.candidate.intent):
                clear.append(found)
        else:
            intents = {each.candidate.intent for each in clear}
            if len(clear) < 2 or len(intents) < len(clear):
                continue
            value = min(each.candidate.score for each in clear)
            if value > best_value:
                best, best_value = clear, value
    likely = [candidate.intent for candidate in whole[:LIKELY]]
    if likely and (likely[0] not in {each.candidate.intent for each in best} or not _within(best, likely)):
        return []
    return best


def _within(parts: Sequence[Part], likely: Sequence[str]) -> bool:
    return all(each.candidate.intent in likely for each in parts)
