"""Messages in which nothing is left to be answered: all is declined, or done with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from csbot.matching.denying import CLEARLY, DENIED, MEANT, RAISED, is_said_so
from csbot.matching.negation import NEEDLESS, corrected, forbids, holds_keyword, leaves_it, refused, takes_back, turns
from csbot.matching.reading import ALIKE, Reader
from csbot.matching.segmentation import Telling, essence, split_clauses
from csbot.matching.settling import asks_for_nothing, explains, only_tells, settled, thought_better
from csbot.text.normalise import normalise

TOLD_CLAUSES = 4  # up to which a message may be all about what is done with; longer ones tell what is to be done
FORBIDDING = 0.15  # share of the examples of a situation from which it is one that people ask for with 「别…」
SPEAK_SO = 2  # examples of a situation from which people mean it when they decline: 「这个号不用了」


@dataclass(frozen=True, slots=True)
class Closed:
    """A clause of a message that declines something or says that it is done with."""

    what: str
    done: bool  # it is done, not declined
    raised: frozenset[str]  # the situations that it speaks of
    certain: bool = False  # it was wanted, and is not wanted any more: 「号不销了」
    courtesy: str = ""  # the thanks or farewell beside what is done with: that much may be answered


def nothing_left(reader: Reader, text: str) -> Closed | None:
    """Return what a message (normalised) declines or says to be done with, where it says nothing else; else None.

    「我不投诉」, 「发票不用开了」, 「洗衣机已经修好了，师傅上午来过」. What is declined must be clear by itself, or
    named by a keyword of its situation; and where examples of the situation speak so, it is not declined:
    「这个号我不用了」. Other clauses may only tell how it came, and be like no other situation; and what the
    message as a whole would be taken for must be what is declined or done with: 「货收到了，碎了俩」 is about
    the damage.
    """
    clauses = split_clauses(text)
    if 1 < len(clauses) <= TOLD_CLAUSES and takes_back(clauses[-1]):
        return Closed(clauses[-1], False, frozenset())
    if 0 < len(clauses) <= TOLD_CLAUSES and thought_better(clauses) and not is_said_so(reader, text):
        return Closed(clauses[0], False, frozenset())
    said = [clause for clause in clauses if not leaves_it(clause)]
    any_done = any(map(settled, said))
    found: list[Closed] = []
    told = [clause for clause in clauses if clause not in said]
    outright = any(
        (denial := refused(clause)) is not None and (denial.taken_back or denial.spoken.startswith(NEEDLESS))
        for clause in said
    )
    for at, clause in enumerate(said):
        closed = _closed(reader, text, clause, "".join(said[at + 1 : at + 2]), any_done)
        if closed is not None and (closed.raised or any_done):
            found.append(closed)  # beside what is done with there is no doubt: 「已经到了，不用再查」
        elif outright and not turns(clause) and asks_for_nothing(clause):
            told.append(clause)  # 「我不去看房了，孩子发烧」: where that is refused outright, a complaint is its reason
        elif closed is None and (_is_told(clause) or (only_tells(clause) and _is_courtesy(reader, clause))):
            told.append(clause)
        else:
            return None
    if not found or len(said) > TOLD_CLAUSES:
        return None
    if is_said_so(reader, text):
        return None
    if not any_done and len(found) == len(said):
        return found[0]
    courtesies = [clause for clause in told if any_done and _is_courtesy(reader, clause)]
    if _says_more(reader, text, [clause for clause in told if clause not in courtesies], found):
        return None
    return replace(found[0], courtesy="，".join(courtesies))


def _is_courtesy(reader: Reader, clause: str) -> bool:
    """Tell whether a clause clearly thanks, praises, or says farewell."""
    best = reader.candidates(clause)[:1]
    return any(each.score >= CLEARLY and reader.told(each.intent) is Telling.COURTESY for each in best)


def _closed(reader: Reader, text: str, clause: str, following: str, any_done: bool) -> Closed | None:
    """Return what a clause of a message ``text`` declines or says to be done with; else None.

    The ``following`` clause may say what is so instead.
    Nothing is raised where it is not clear what is declined, or where examples of the situation speak so.
    """
    denial = refused(clause) or corrected(clause, following)
    if denial is not None and (any_done or not denial.bare):
        likely = _likely(reader, text)
        affirmed = reader.candidates(denial.affirmed)[:1]
        named = frozenset([each.intent for each in (*reader.candidates(clause)[:1], *affirmed)])
        clear = any(each.score >= (RAISED if each.intent in likely else CLEARLY) for each in affirmed) or any(
            holds_keyword(denial.affirmed, reader.keywords(intent)) for intent in named
        )
        is_said = any(
            reader.is_said(intent, words) for intent in named for words in (denial.words, denial.spoken) if words
        )
        if forbids(denial):
            is_said = is_said or any(_share_that_forbids(reader.examples(intent)) >= FORBIDDING for intent in named)
        return Closed(denial.what, False, named if clear and not is_said else frozenset(), denial.taken_back)
    if settled(clause):
        candidates = reader.candidates(clause)
        raised = frozenset([each.intent for each in candidates if each.score >= MEANT])
        unnamed = not any(each.score >= DENIED for each in candidates)  # 「弄成功了」: what, the other clauses say
        return Closed(clause, True, raised | _likely(reader, text) if unnamed else raised)
    return None


def _likely(reader: Reader, text: str) -> frozenset[str]:
    """Return the situation that a message as a whole is clearly taken for, alone; nothing where there is none."""
    return frozenset([each.intent for each in reader.candidates(text)[:1] if each.score >= CLEARLY])


def _is_told(clause: str) -> bool:
    """Tell whether a clause only tells something that has no bearing on what is to be answered."""
    return refused(clause) is None and (explains(clause) or (only_tells(clause) and not turns(clause)))


def _says_more(reader: Reader, text: str, told: list[str], found: list[Closed]) -> bool:
    """Tell whether a message is about something else than what its clauses ``found`` raise.

    Nothing is raised by a clause in whose way people ask for it: 「别让机器跟我聊了，来个活人」, 「旺季已经结束了」.
    """
    raised = {
        intent
        for each in found
        for intent in each.raised
        if each.certain or sum(_speaks_so(example, each.done) for example in reader.examples(intent)) < SPEAK_SO
    }
    whole = reader.read(text)
    for best in whole.candidates[:1]:
        if best.score >= RAISED and (best.intent not in raised or reader.told(best.intent) is Telling.COURTESY):
            return True
    heard = [each for clause in told if not explains(clause) for each in reader.candidates(clause)[:1]]
    if any(each.score >= CLEARLY and each.intent not in raised for each in heard):
        return True
    return any(each.ratio >= ALIKE and each.intent in raised and _speaks_so(each.text, True) for each in whole.near)


@lru_cache(maxsize=256)  # of situations
def _share_that_forbids(examples: tuple[str, ...]) -> float:
    """Return in how many of the examples of a situation something is forbidden: 「别再打来了」 is how people ask."""
    said = [map(refused, split_clauses(essence(normalise(example).text))) for example in examples]
    return sum(any(denial is not None and forbids(denial) for denial in each) for each in said) / max(1, len(said))


@lru_cache(maxsize=8192)  # of the library's examples, of which each such message asks for a hundred
def _speaks_so(example: str, done: bool) -> bool:
    """Tell whether an example of a situation could be a message in which all is ``done`` or declined."""
    clauses = split_clauses(essence(normalise(example).text))
    closed = [_is_closed(clause, done) for clause in clauses]
    return any(closed) and all(
        is_closed or leaves_it(clause) or (not done and _is_told(clause))
        for clause, is_closed in zip(clauses, closed, strict=True)
    )


def _is_closed(clause: str, done: bool) -> bool:
    denial = None if done else refused(clause)
    return settled(clause) if done else denial is not None and not denial.bare
