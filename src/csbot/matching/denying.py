"""What a message says it is not about, judged by what its clauses are taken for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from csbot.matching.fuzzy import NEAR
from csbot.matching.negation import (
    Denial,
    asks,
    corrected,
    declined_spans,
    follows,
    holds_keyword,
    negated,
    refused,
    turns,
    undoes,
)
from csbot.matching.reading import ALIKE, Reader
from csbot.matching.result import Candidate, Part
from csbot.matching.segmentation import Telling, split_clauses
from csbot.matching.settling import contrasts, objects, opposes, settled
from csbot.text.normalise import normalise

DENIED = 0.5  # how likely a clause must be taken for what it denies,
CLEARLY = 0.8  # and something of the rest for another situation
RARELY = 0.05  # how likely the rest of a message must be taken for it to have anything to do with it
RAISED, MEANT = 0.3, 0.1  # the same where the wording leaves no doubt that one is denied and the other meant


def without_declined(reader: Reader, text: str) -> tuple[str, str] | None:
    """Return a message without what it declines, and what that is; None where nothing is declined.

    A stretch counts as declined where it names a keyword of the situation that the whole message would be
    taken for, and no example of that situation declines something too (「我不想用支付宝，还能怎么付」).
    """
    spans = declined_spans(text)
    if not spans:
        return None
    whole = reader.read(text)
    top = {candidate.intent for candidate in whole.candidates[:2]}
    for start, end, what in spans:
        meant = [intent for intent in top if holds_keyword(what, reader.keywords(intent))]
        supported = any(
            each.ratio >= ALIKE and each.intent in meant and declined_spans(normalise(each.text).text)
            for each in whole.near
        )
        if meant and not supported:
            return (text[:start] + "。" + text[end:]).strip(" ,。"), what
    return None


class Rest(NamedTuple):
    """A message without a clause that says what it is not about."""

    text: str
    what: str  # what it is not about, as the clause says it
    denied: frozenset[str]  # the situations that the clause speaks of


def without_negated(
    reader: Reader, clauses: Sequence[str], whole: tuple[Candidate, ...], parts: Sequence[Part]
) -> Rest | None:
    """Return a message without a clause that says what it is not about; None where there is none.

    A clause that says outright that something is not wanted or not meant (「我不是要投诉，…」, 「赔就不必了，…」), or
    that all is well with it or that it is done (「物业费交过了，…」), is left out where another one turns to the matter
    itself, or is clear as another situation. Any other negation (「卡没丢，就是想查积分」) counts only where no
    example of the situation speaks so: 「没收到」 and 「没人理」 are how people complain.
    """
    if len(clauses) < 2 or not whole:
        return None
    parted = {part.candidate.intent for part in parts}
    answered = parted | {candidate.intent for candidate in whole[:2]}
    first = parted | {whole[0].intent}
    for at, clause in enumerate(clauses):
        is_condition = at + 1 < len(clauses) and follows(clauses[at + 1])  # 「不退钱，我就投诉」
        left = [each for place, each in enumerate(clauses) if place != at]
        outright = refused(clause) or corrected(clause, "".join(clauses[at + 1 : at + 2]))
        mere = negated(clause)
        denials = [outright, mere if outright is not None or (mere and mere.fine) or not turns(clause) else None]
        denial = next(
            (
                denial
                for denial in denials
                if denial is not None
                and (denial.fine or not is_condition)
                and _is_denied(reader, clause, denial, left, answered if denial.refused or denial.fine else first)
            ),
            None,
        )
        what = denial.what if denial is not None else clause
        if denial is None and not (settled(clause) and _is_done(reader, clause, left, answered, parted)):
            continue
        heard = (clause,) if denial is None else (clause, denial.affirmed)
        speaks_of = {each.intent for said in heard for each in reader.candidates(said)[:1] if each.score >= RAISED}
        if _is_meant_elsewhere(reader, clauses, at, speaks_of):
            continue
        return None if is_said_so(reader, ",".join(clauses)) else Rest(",".join(left), what, frozenset(speaks_of))
    return None


def _is_meant_elsewhere(reader: Reader, clauses: Sequence[str], at: int, denied: set[str]) -> bool:
    """Tell whether another clause than the one that denies asks for just that: 「旧密码我知道，想改成新的」."""
    return any(
        each.intent in denied and each.score >= CLEARLY
        for place, (clause, after) in enumerate(zip(clauses, [*clauses[1:], ""], strict=True))
        if place != at and asks(clause) and not is_set_aside(clause, after)
        for each in reader.candidates(clause)[:1]
    )


def is_set_aside(clause: str, after: str) -> bool:
    """Tell whether a clause (normalised) may deny what it speaks of or call it done; ``after`` is the next one."""
    return settled(clause) or any(
        denies is not None for denies in (refused(clause), negated(clause), corrected(clause, after))
    )


def is_said_so(reader: Reader, text: str) -> bool:
    """Tell whether an example denies what a message (normalised) denies, in nearly the same words: it is meant so."""
    return any(
        near.ratio >= NEAR
        and any(
            settled(clause) or refused(clause) is not None or negated(clause) is not None
            for clause in split_clauses(normalise(near.text).text)
        )
        for near in reader.nearest(text)
    )


def _is_done(reader: Reader, clause: str, left: Sequence[str], answered: set[str], parted: set[str]) -> bool:
    """Tell whether what a settled clause speaks of would be answered without it, and something else is meant.

    Where what follows speaks against it (「地址改了，怎么还送到老地方」), it is but where the matter began, unless both
    would be answered.
    """
    raised = {each.intent for each in reader.candidates(clause)[:1] if each.score >= RAISED} & answered
    if not raised or any(reader.part(each) in ("opening", "closing") for each in raised):
        return False
    if raised & parted and parted - raised:
        return True  # both would be answered
    contrasted = [each for each in left if contrasts(each)]
    if not contrasted and any(map(opposes, left)) and not raised & parted:
        return False
    others = [found[0] for each in ("，".join(left), *contrasted) if (found := reader.candidates(each))]
    enough = DENIED if contrasted else CLEARLY
    clear = any(each.intent not in raised and each.score >= enough for each in others)
    return clear or _is_set_against(reader, left, contrasted, raised)


def _is_set_against(reader: Reader, left: Sequence[str], contrasted: Sequence[str], raised: set[str]) -> bool:
    """Tell whether the rest of a message has nothing to do with the situations ``raised`` by what it is set against.

    Then these are not meant, whatever is: 「货到付款不用讲了，我就关心…」.
    """
    heard = reader.candidates("，".join(left))
    return bool(contrasted and raised) and not any(each.intent in raised and each.score >= RARELY for each in heard)


def _is_denied(reader: Reader, clause: str, denial: Denial, left: Sequence[str], answered: set[str]) -> bool:
    """Tell whether what a clause denies would be answered without it, and something else is meant."""
    left = [each for each in left if not undoes(each)]
    if not left:
        return False
    taken_for, meant = reader.candidates(clause)[:1], reader.candidates(denial.affirmed)[:1]
    turned = [each for each in left if turns(each) or (denial.fine and objects(each))]
    others = [found[0] for each in ("，".join(left), *(turned or left)) if (found := reader.candidates(each))]
    if denial.bare and any(reader.part(each.intent) == "apology" and each.score >= CLEARLY for each in others):
        return False  # 「不退钱，什么破公司」: what the complaint is about
    if denial.refused or (denial.fine and turned):
        so_said = {each.intent for each in taken_for if reader.is_said(each.intent, denial.words)}
        so_said = {each for each in so_said if reader.told(each) is not Telling.COURTESY}
        so_said -= {
            each.intent for each in meant if each.score >= CLEARLY
        }  # 「别再打了」 asks for something that 「再打」 does not
        raised = ({each.intent for each in (*taken_for, *meant) if each.score >= RAISED} & answered) - so_said
        if denial.fine and any(reader.part(each) in ("opening", "closing") for each in raised):
            return False  # praise and thanks are meant
        enough = MEANT if turned and not (denial.fine and all(map(opposes, turned))) else CLEARLY
        if raised and any(each.intent not in raised and each.score >= enough for each in others):
            return True
        return not denial.bare and _is_set_against(reader, left, list(filter(contrasts, left)), raised)
    if not turned or denial.fine or not taken_for or not meant or taken_for[0].score < DENIED:
        return False
    intent = taken_for[0].intent
    if intent not in answered or intent != meant[0].intent or reader.is_said(intent, denial.words):
        return False
    if reader.part(intent) == "apology" and denial.words.startswith("不"):
        return False  # 「半天不吭声」, 「爱搭不理」
    return any(each.intent != intent and each.score >= DENIED for each in others)
