"""Match a message against the situations of a library."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Self

from csbot.library.models import Library
from csbot.library.values import Intent
from csbot.matching.agent_questions import Questions
from csbot.matching.closing import nothing_left
from csbot.matching.corpus import Corpus, Example, corpus_of, digest_of_corpus, intents_of
from csbot.matching.denying import without_declined, without_negated
from csbot.matching.features import plain
from csbot.matching.following import (
    AHEAD,
    ANSWER_SCORE,
    DETAILS,
    ENOUGH,
    ENOUGH_ASIDE,
    Before,
    Raised,
    answered,
    asks_when_or_how_much,
    awaits_who_comes,
    goes_on,
    lacks,
    names_another_thing,
    partly_answered,
    raised,
)
from csbot.matching.fuzzy import NEAR
from csbot.matching.negation import is_metalanguage
from csbot.matching.parting import Cut, Message, cuts, find_parts
from csbot.matching.reading import Reader, Reading
from csbot.matching.result import MAXIMUM_CANDIDATES, Candidate, Decision, Evidence, Match, Part, led_by
from csbot.matching.segmentation import clauses_of, essence, matter, split_clauses, taken_apart, thanks_before
from csbot.matching.settling import tells_of_others
from csbot.matching.signs import is_stand_in, said_by_signs, said_by_waiting, without_irony
from csbot.matching.unsure import unsure
from csbot.matching.weighing import speaks_for_all, weighed
from csbot.text.normalise import normalise
from csbot.text.pinyin import sounds
from csbot.text.segment import is_han

AMBIGUOUS_SHARE = 0.5  # of probability that the best three must hold to be offered
AMBIGUOUS_BEST = 0.15  # probability that the best of them must have
EVIDENCE_SHOWN = 12
ASKED_ON = 4  # Han characters from which what others ask too tells something: 「要带什么」, but not 「怎么付」


class Matcher(Reader):
    """Maps messages to situations. Holds no state of a conversation; one matcher may serve many."""

    def __init__(self, name: str, key: str, corpus: Callable[[], Corpus], intents: Mapping[str, Intent]) -> None:
        """Compile ``corpus``, or take what was compiled from the cache where ``key`` is unchanged."""
        super().__init__(name, key, corpus, intents)
        self._library: Library | None = None
        self._trades: dict[str, Matcher] = {}

    @classmethod
    def for_library(cls, library: Library, profile: str = "") -> Matcher:
        """Return the matcher of a library, for the trades of its settings or for one ``profile``.

        Situations that belong to other trades only are left out before anything is learnt.
        """
        intents = intents_of(library, profile)
        trade = hashlib.sha256(profile.encode()).hexdigest()[:6] if profile else ""
        name = f"{library.place}-{trade}" if trade else library.place
        key = digest_of_corpus(library, intents) if library.digest else ""
        matcher = cls(name, key, lambda: corpus_of(library, intents), intents)
        matcher._library = library
        return matcher

    @classmethod
    def for_examples(cls, name: str, examples: Sequence[Example]) -> Matcher:
        """Return a matcher that knows nothing but labelled examples; without a name nothing of it is kept."""
        content = json.dumps([[example.text, example.intent] for example in examples])
        key = hashlib.sha256(content.encode()).hexdigest() if name else ""
        return cls(name, key, lambda: Corpus(tuple(examples)), {})

    def of_trade(self, profile: str) -> Matcher:
        """Return the matcher for one trade: situations of other trades do not compete.

        It answers by what was learnt for all, where that takes the trade in. To learn each trade by itself recognises
        its messages no better, and answers twice as many that are of another trade or of none.
        """
        library = self._library
        if not profile or library is None or library.profiles == {profile}:
            return self
        if profile not in self._trades:
            intents = intents_of(library, profile)
            known = intents.keys() <= self._intents.keys()
            self._trades[profile] = self.narrowed(intents) if known else Matcher.for_library(library, profile)
        return self._trades[profile]

    def narrowed(self, intents: Mapping[str, Intent]) -> Self:
        """Return the matcher of some of the situations."""
        narrow = super().narrowed(intents)
        narrow._trades = {}
        return narrow

    def match(self, text: str, before: Before | None = None, *, of_customer: bool = False) -> Match:
        """Match one message of any kind and length.

        ``before`` is what went before it in the conversation: it has a say where the message alone is not clear, or
        only answers what was asked. A line in which an agent asks for a script is never matched, unless it is known
        to be ``of_customer``.
        """
        if not of_customer and (sought := self.sought(text)):
            return self._match_sought(text, sought)
        if before is None or before.intent not in self.situations:
            return self._match_alone(text)
        if said := said_by_waiting(text):
            return replace(self._match_alone(said), text=text, reasons=(f"只发了问号，读作「{said}」",))
        found = self._match_alone(text)
        return found if found.settled and not found.closes else self._match_after(found, before)

    def _match_after(self, alone: Match, before: Before) -> Match:
        """Return what a message that is not clear by itself is taken for after what went before."""
        normalised = essence(normalise(alone.text[:20000]).text)
        given = answered(normalised, before)
        if given is None and alone.decision is not Decision.MATCHED:
            given = partly_answered(normalised, before)
        if given is not None and (given != DETAILS or alone.decision is not Decision.MATCHED):
            reason = f"回答了上一句问的{given}，接着办「{self.name(before.intent)}」"
            helped_by = Raised(before.intent, 0.0, f"问过{given}")
            found = self._after(alone, before.intent, reason, helped_by)
            return replace(found, given="" if lacks(normalised) else given)
        if alone.closes:
            return alone
        if goes_on(normalised) and self._is_asked_on(normalised, before.intent, alone):
            reason = f"接着「{self.name(before.intent)}」问，办这件事的客户也这样问"
            return self._after(alone, before.intent, reason, Raised(before.intent, 0.0, "常一起问"))
        unclear = alone.decision is not Decision.MATCHED
        if (unclear and asks_when_or_how_much(normalised)) or self._is_awaited(normalised, before, alone):
            reason = f"只问多久、多少，问的是刚答过的「{self.name(before.intent)}」"
            return self._after(alone, before.intent, reason, Raised(before.intent, 0.0, "刚答过"))
        leaning = raised(normalised, before, self.situations)
        if alone.decision is Decision.AMBIGUOUS and names_another_thing(normalised, before):
            leaning = [each for each in leaning if each.intent != before.intent]
        if not leaning or alone.decision is Decision.MATCHED:
            return alone
        reading = self.read(normalised, leaning={each.intent: each.adds for each in leaning})
        if not reading.candidates or reading.none > 0.5:
            return alone
        decision, reason = self._decide(reading.candidates, reading.none)
        best = reading.candidates[0].intent
        likely = alone.decision is Decision.AMBIGUOUS or goes_on(normalised)
        likely = likely and best == before.intent and _is_enough(normalised, reading.candidates)
        if decision is Decision.AMBIGUOUS and likely:
            decision, reason = Decision.MATCHED, "单看拿不准，接着刚答过的问，别的都远不如它"
        helped = tuple(each for each in leaning if each.intent == best)
        if not helped or decision is Decision.UNMATCHED:
            return alone
        return replace(
            alone,
            decision=decision,
            candidates=reading.candidates,
            intents=(best,) if decision is Decision.MATCHED else (),
            reasons=(f"承接上文「{self.name(before.intent)}」（{helped[0].why} +{helped[0].adds:.1f}）", reason),
            near=tuple(reading.near),
            evidence=self._evidence(reading, best),
            belongs=1 - reading.none,
            raised=tuple(each for each in leaning if each.intent in {one.intent for one in reading.candidates}),
        )

    def _is_asked_on(self, text: str, intent: str, alone: Match) -> bool:
        """Tell whether a message that goes on, like something else, is what others with the matter before ask."""
        if alone.decision is Decision.UNMATCHED or intent in alone.intents:
            return False
        asked = matter(text)
        return sum(map(is_han, asked)) >= ASKED_ON and self.is_asked_with(intent, asked)

    @staticmethod
    def _is_awaited(text: str, before: Before, alone: Match) -> bool:
        """Tell whether a message, like something else, asks when somebody comes whom the last reply announced."""
        return before.intent not in alone.intents and awaits_who_comes(text, before)

    @staticmethod
    def _after(alone: Match, intent: str, reason: str, help_from: Raised) -> Match:
        """Return a message as one about the matter before it."""
        first, rest = Candidate(intent, ANSWER_SCORE), 1 - ANSWER_SCORE
        others = (each for each in alone.candidates if each.intent != intent)
        return replace(
            alone,
            decision=Decision.MATCHED,
            candidates=(first, *(replace(each, score=rest * each.score) for each in others))[:MAXIMUM_CANDIDATES],
            intents=(intent,),
            reasons=(reason,),
            parts=(),
            belongs=ANSWER_SCORE,
            raised=(help_from,),
        )

    def _match_alone(self, text: str) -> Match:
        normalised = normalise(text[:20000]).text
        if said := said_by_signs(normalised):
            found = self._match_parts(said)
            return replace(found, text=text, reasons=(f"只发了表情，读作「{said}」", *found.reasons))
        if sum(map(is_han, normalised)) < 2 and not self._says_something(normalised):
            return Match(text, Decision.UNMATCHED, (), (), ("没有读得懂的文字",))
        if is_stand_in(normalised):
            return self._unmatched(text, self.read(normalised), "只收到图片、语音或表情，看不到里面是什么")
        if is_metalanguage(normalised):
            return self._unmatched(text, self.read(normalised), "客户在谈论词语本身，不是在提要求")
        normalised = without_irony(normalised)
        thanks = thanks_before(normalised)
        normalised = essence(normalised)
        if tells_of_others(split_clauses(normalised)):
            return self._unmatched(text, self.read(normalised), "客户在说听来的别人的事，不是在提要求")
        if (closed := nothing_left(self, normalised)) is not None:
            reason = f"客户说的是{'已经了结' if closed.done else '不要'}：{closed.what}"
            if closed.courtesy:
                inner = self._match_parts(closed.courtesy)
                return replace(inner, text=text, reasons=(reason, *inner.reasons))
            return replace(self._unmatched(text, self.read(normalised), reason), closes=True)
        declined = without_declined(self, normalised)
        if declined is not None:
            rest, what = declined
            reason = f"客户说的是不要：{what}"
            if not any(map(is_han, rest)):
                return replace(self._unmatched(text, self.read(normalised), reason), closes=True)
            inner = self._match_parts(rest)
            return replace(inner, text=text, reasons=(reason, *inner.reasons))
        return replace(self._match_parts(normalised, thanks), text=text)

    @cached_property
    def _questions(self) -> Questions | None:
        """What tells agents' own questions; labelled examples alone know of no agents."""
        return Questions.of_library(self._library) if self._library is not None else None

    def sought(self, text: str) -> str:
        """Return what an agent asks a script for in a line of their own; empty where no agent asks."""
        return self._questions.asked(text) if self._questions is not None else ""

    def _match_sought(self, text: str, sought: str) -> Match:
        """Return what an agent's question is taken for: what it asks for may be like situations, but nobody said it."""
        alike = self._match_alone(sought)
        return Match(
            text,
            Decision.UNMATCHED if alike.decision is Decision.UNMATCHED else Decision.AMBIGUOUS,
            alike.candidates,
            (),
            (f"像是坐席自己在找话术：{sought}", *alike.reasons),
            near=alike.near,
            evidence=alike.evidence,
            belongs=alike.belongs,
            settled=True,
            sought=sought,
        )

    @staticmethod
    def _unmatched(text: str, reading: Reading, reason: str) -> Match:
        return Match(
            text, Decision.UNMATCHED, reading.candidates, (), (reason,), belongs=1 - reading.none, settled=True
        )

    def _says_something(self, text: str) -> bool:
        """Tell whether text of at most one Han character is pinyin, or as good as one of the examples (「hi」)."""
        letters = plain(text).replace(" ", "")
        if len(letters) < 2 or not any(
            map(str.isalpha, text)
        ):  # 「886」 is a goodbye, 「20480」 and 「好」 are nothing
            return text.strip(" ,.!?~。") in self.literal_examples
        if len(sounds(text)) >= 2 and len(letters) <= 60:
            return True
        return any(example.ratio >= NEAR for example in self._neighbours.nearest(letters, 1))

    def cuts(self, text: str) -> list[Cut]:
        """Return the ways to take a message apart that are worth a look, with what speaks for each."""
        rest = essence(normalised := normalise(text[:20000]).text)
        clauses = taken_apart(rest, thanks_before(normalised), self.words)
        return list(cuts(Message(clauses, self.odds(self.read(rest)), self)))

    def _match_parts(self, text: str, thanks: str = "", denied: frozenset[str] = frozenset()) -> Match:
        """Match normalised text without its opening courtesies; ``thanks`` that stood there may be a part of it.

        What was ``denied`` in a clause that is left out already is no matter beside another one.
        """
        reading = self.read(text)
        whole = reading.candidates
        clauses, odds = clauses_of(text), self.odds(reading)
        message = Message(taken_apart(text, thanks, self.words), odds, self)
        ways = list(cuts(message))
        parts = find_parts(ways, self, denied)
        if (rest := without_negated(self, [clause.text for clause in clauses], whole, parts)) is not None:
            inner = self._match_parts(rest.text, denied=denied | rest.denied)
            return replace(inner, reasons=(f"客户说的不是：{rest.what}", *inner.reasons))
        if len(parts) > 1:
            ranked = {part.candidate.intent: part.candidate.score for part in parts}
            others = (each for each in whole if each.intent not in ranked)
            return replace(
                self._found(text, reading),
                decision=Decision.MATCHED,
                candidates=(*led_by(odds, [part.candidate for part in parts]), *others)[:MAXIMUM_CANDIDATES],
                intents=tuple(ranked),
                reasons=("一条消息里有几件事，分别识别",),
                parts=tuple(parts),
                unsure=unsure(ways, message, parts, self, denied),
            )
        decision, reason = self._decide(whole, reading.none)
        if decision is Decision.AMBIGUOUS and (clause := speaks_for_all(self, clauses, whole[0])):
            decision, reason = Decision.MATCHED, f"「{clause}」一句已经说清，别的几句不是另一件事"
        elif decision is Decision.AMBIGUOUS and (again := weighed(self, text, reading, clauses)) is not None:
            reading, whole = again.reading, again.reading.candidates
            decision, reason = self._decide(whole, reading.none)
            reason = f"话长，问的和收尾的几句也各算一份，最说明问题的是「{again.clause}」；{reason}"
        found = replace(self._found(text, reading), decision=decision, reasons=(reason,))
        if decision is not Decision.MATCHED:
            return found
        further = unsure(ways, message, [Part(message.text, whole[0])], self, denied)
        return replace(found, intents=(whole[0].intent,), unsure=further)

    def _found(self, text: str, reading: Reading) -> Match:
        """Return what a reading tells of a message before anything is decided."""
        best, near = reading.candidates, tuple(reading.near)
        evidence = self._evidence(reading, best[0].intent) if best else ()
        return Match(text, Decision.UNMATCHED, best, (), (), (), near, evidence, 1 - reading.none)

    def _evidence(self, reading: Reading, intent: str) -> Evidence:
        return Evidence(lambda: self.index.contributions(reading.scored, intent, EVIDENCE_SHOWN))

    def _decide(self, candidates: tuple[Candidate, ...], none: float) -> tuple[Decision, str]:
        if not candidates:
            return Decision.UNMATCHED, "没有任何一处与话术库的例句相似"
        best = candidates[0]
        threshold = self.index.calibration.threshold
        if best.score >= threshold:
            return Decision.MATCHED, f"把握 {best.score:.0%}，达到本库的门槛 {threshold:.0%}"
        share = sum(candidate.score for candidate in candidates[:3])
        if (none < best.score and share >= AMBIGUOUS_SHARE) or (best.score >= AMBIGUOUS_BEST and share > none):
            return Decision.AMBIGUOUS, f"最像的也只有 {best.score:.0%} 的把握，请人来选"
        return Decision.UNMATCHED, f"不属于任何情景的可能有 {none:.0%}"


def _is_enough(text: str, candidates: Sequence[Candidate]) -> bool:
    """Tell whether the best candidate, the matter before, is likely enough for a message that may go on about it."""
    best, others = candidates[0].score, [each.score for each in candidates[1:2]]
    enough = ENOUGH if goes_on(text) else ENOUGH_ASIDE
    return best >= enough and all(best >= AHEAD * other for other in others)
