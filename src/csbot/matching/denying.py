"""What a message says it is not about, judged by what its clauses are taken for."""

from __future__ import annotations

from collections.abc import Sequence

from csbot.matching.negation import declined_spans, holds_keyword, negated
from csbot.matching.reading import ALIKE, Reader
from csbot.matching.result import Candidate, Part
from csbot.text.normalise import normalise

DENIED = 0.5  # how likely a clause must be taken for what it denies,
CLEARLY = 0.8  # and something of the rest for another situation


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


def without_negated(
    reader: Reader, clauses: list[str], whole: tuple[Candidate, ...], parts: Sequence[Part]
) -> tuple[str, str] | None:
    """Return a message without a clause that says what it is not about, and what that is.

    「我不投诉你们，我就打听一下怎么付款」, 「卡没丢，就是想查积分」: a clause counts where the message would be
    answered for the situation that it denies, where that is what is said without the "not", where no example of the
    situation speaks so (「没收到」 and 「没人理」 are how people complain), and where what is left is clear.
    """
    if len(clauses) < 2 or not whole:
        return None
    answered = {part.candidate.intent for part in parts} | {candidate.intent for candidate in whole[:2]}
    for at, clause in enumerate(clauses):
        denial = negated(clause)
        if denial is None:
            continue
        taken_for = reader.candidates(clause)
        if not taken_for or taken_for[0].score < DENIED or taken_for[0].intent not in answered:
            continue
        intent = taken_for[0].intent
        if reader.is_said(intent, denial.words) or (denial.fine and reader.part(intent) != "apology"):
            continue
        meant = reader.candidates(denial.affirmed)
        if not meant or meant[0].intent != intent:
            continue
        left = clauses[:at] + clauses[at + 1 :]
        rest = "，".join(left)
        others = [found[0] for each in (rest, *left) if (found := reader.candidates(each))]
        if any(each.intent != intent and each.score >= CLEARLY for each in others):
            return rest, denial.what
    return None
