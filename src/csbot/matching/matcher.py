"""Match a message against the situations of a library."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property

from csbot.library.models import Intent, Library
from csbot.matching.features import plain
from csbot.matching.fuzzy import NEAR, Near, Neighbours, bonus
from csbot.matching.index import NONE, Corpus, Example, Index, Scored, load_index
from csbot.matching.negation import declined_spans, holds_keyword, is_metalanguage, negated
from csbot.matching.result import MAXIMUM_CANDIDATES, Candidate, Decision, Match
from csbot.matching.segmentation import essence, find_parts, split_clauses
from csbot.text.normalise import normalise
from csbot.text.pinyin import sounds
from csbot.text.segment import is_han

AMBIGUOUS_SHARE = 0.5  # of probability that the best three must hold to be offered
AMBIGUOUS_BEST = 0.15  # probability that the best of them must have
NEGATIVE_RATIO = 92.0  # at which a message counts as one of an intent's counter-examples
EVIDENCE_SHOWN = 12
STRETCHES_KEPT = 2000  # stretches of messages whose candidates are remembered


def _corpus(library: Library, intents: Mapping[str, Intent]) -> Corpus:
    """Return what a library is recognised by: its examples and its background."""
    examples = [Example(text, each.id) for each in intents.values() for text in (*each.examples, *each.keywords)]
    examples += [Example(text, NONE) for text in library.out_of_scope]
    counter_examples = [Example(text, each.id) for each in intents.values() for text in each.negatives]
    words = {keyword for each in intents.values() for keyword in each.keywords}
    words |= {word for group in library.synonyms for word in group}
    return Corpus(tuple(examples), tuple(counter_examples), tuple(sorted(words)), library.synonyms)


class Matcher:
    """Maps messages to situations. Holds no state of a conversation; one matcher may serve many."""

    def __init__(
        self,
        name: str,
        key: str,
        corpus: Callable[[], Corpus],
        intents: Mapping[str, Intent],
        profiles: frozenset[str] = frozenset(),
    ) -> None:
        """Compile ``corpus``, or take what was compiled from the cache where ``key`` is unchanged."""
        self._intents = intents
        self._own_profiles = profiles
        self._stretches: dict[str, tuple[Candidate, ...]] = {}
        self.index: Index = load_index(name, key, corpus)
        self._extractor = self.index.extractor
        self._neighbours = Neighbours(self.index.neighbours)
        self._counter_examples = Neighbours(self.index.counter_examples)

    @classmethod
    def for_library(cls, library: Library) -> Matcher:
        """Return the matcher of a library."""
        intents = {identifier: each for identifier, each in library.intents.items() if each.trigger == "customer"}
        return cls(library.place, library.recognition, lambda: _corpus(library, intents), intents, library.profiles)

    @classmethod
    def for_examples(cls, name: str, examples: Sequence[Example]) -> Matcher:
        """Return a matcher that knows nothing but labelled examples, to measure it on public data."""
        content = json.dumps([[example.text, example.intent] for example in examples])
        return cls(name, hashlib.sha256(content.encode()).hexdigest(), lambda: Corpus(tuple(examples)), {})

    @cached_property
    def _literal_examples(self) -> frozenset[str]:
        return frozenset(normalise(text).text.strip() for text in self.index.neighbours.texts)

    @cached_property
    def _keywords(self) -> dict[str, tuple[str, ...]]:
        return {
            identifier: tuple(normalise(keyword).text for keyword in intent.keywords)
            for identifier, intent in self._intents.items()
        }

    def of_trade(self, profile: str) -> Matcher:
        """Return this matcher for one trade: situations of other trades do not compete."""
        if not profile or self._own_profiles == {profile}:
            return self
        other = copy(self)
        other._own_profiles = frozenset({profile})
        other._stretches = {}
        other.__dict__.pop("_excluded", None)
        return other

    @cached_property
    def _excluded(self) -> frozenset[str]:
        """The situations that belong to other trades only."""
        if not self._own_profiles:
            return frozenset()
        return frozenset(
            intent.id
            for intent in self._intents.values()
            if intent.profiles and self._own_profiles.isdisjoint(intent.profiles)
        )

    def match(self, text: str) -> Match:
        """Match one message of any kind and length."""
        normalised = normalise(text[:20000]).text
        if not any(map(is_han, normalised)) and not self._says_something(normalised):
            return Match(text, Decision.UNMATCHED, (), (), ("没有读得懂的文字",))
        if is_metalanguage(normalised):
            candidates = self.candidates(normalised)
            return Match(text, Decision.UNMATCHED, candidates, (), ("客户在谈论词语本身，不是在提要求",))
        normalised = essence(normalised)
        declined = self._without_declined(normalised)
        if declined is not None:
            rest, what = declined
            reason = f"客户说的是不要：{what}"
            if not any(map(is_han, rest)):
                return Match(text, Decision.UNMATCHED, self.candidates(normalised), (), (reason,))
            inner = self._match_parts(rest)
            return replace(inner, text=text, reasons=(reason, *inner.reasons))
        return replace(self._match_parts(normalised), text=text)

    def _says_something(self, text: str) -> bool:
        """Tell whether text without Han characters is pinyin, or as good as one of the examples (「hi」)."""
        letters = plain(text).replace(" ", "")
        if not any(map(str.isalpha, text)):  # 「886」 is a goodbye, 「20480」 is nothing
            return text.strip() in self._literal_examples
        if len(sounds(text)) >= 2 and len(letters) <= 60:
            return True
        return any(example.ratio >= NEAR for example in self._neighbours.nearest(letters, 1))

    def candidates(self, text: str) -> tuple[Candidate, ...]:
        """Return the best situations of a stretch of text as a whole, best first, up to five."""
        if text not in self._stretches:
            if len(self._stretches) > STRETCHES_KEPT:
                self._stretches.clear()
            self._stretches[text] = self._evaluate(text, with_neighbours=False)[0]
        return self._stretches[text]

    def words(self, text: str) -> list[str]:
        """Return the words that a message is read as."""
        return [word for word in self._extractor.words.cut(plain(text)) if word != " "]

    def winner(self, text: str) -> str | None:
        """Return the situation with the highest score for a message as a whole; None where it is "none"."""
        scored = self.index.score(self._extractor.features(plain(text)))
        best = max(scored.scores, key=lambda intent: (scored.scores[intent], intent))
        return best or None

    def _evaluate(
        self, text: str, *, with_neighbours: bool = True
    ) -> tuple[tuple[Candidate, ...], float, Scored, list[Near]]:
        """Return candidates, the probability of "none of them", the raw scores and the nearest examples.

        Stretches of a message are judged without the neighbours: examples are whole messages.
        """
        plain_text = plain(text)
        scored = self.index.score(self._extractor.features(plain_text))
        near = self._neighbours.nearest(plain_text) if with_neighbours else []
        counter = self._counter_examples.nearest(plain_text) if with_neighbours else []
        added = bonus(near)
        calibration = self.index.calibration
        refused = {each.intent for each in counter if each.ratio >= NEGATIVE_RATIO}
        scores = {
            intent: score + added.get(intent, 0.0)
            for intent, score in scored.scores.items()
            if intent != NONE and intent not in refused and intent not in self._excluded
        }
        none = scored.scores.get(NONE, 0.0) + calibration.none + calibration.unfamiliar * (1 - scored.coverage)
        if not scores or not scored.vector:
            return (), 1.0, scored, near
        top = max(none, *scores.values())
        raised = {intent: math.exp((score - top) / calibration.temperature) for intent, score in scores.items()}
        rest = math.exp((none - top) / calibration.temperature)
        total = sum(raised.values()) + rest
        best = sorted(raised, key=lambda intent: (-raised[intent], intent))[:MAXIMUM_CANDIDATES]
        return tuple(Candidate(intent, raised[intent] / total) for intent in best), rest / total, scored, near

    def _match_parts(self, text: str) -> Match:
        whole, none, scored, near = self._evaluate(text)
        clauses = split_clauses(text)
        if (contrasted := self._without_negated(clauses)) is not None:
            rest, what = contrasted
            inner = self._match_parts(rest)
            return replace(inner, reasons=(f"客户说的不是：{what}", *inner.reasons))
        parts = find_parts(clauses, whole, self.candidates, self._is_filler)
        evidence = self.index.contributions(scored, whole[0].intent)[:EVIDENCE_SHOWN] if whole else []
        if len(parts) > 1:
            ranked = {part.candidate.intent: part.candidate.score for part in parts}
            candidates = [Candidate(intent, score) for intent, score in ranked.items()]
            candidates.sort(key=lambda candidate: -candidate.score)
            candidates += [each for each in whole if each.intent not in ranked]
            return Match(
                text,
                Decision.MATCHED,
                tuple(candidates[:MAXIMUM_CANDIDATES]),
                tuple(ranked),
                ("一条消息里有几件事，分别识别",),
                tuple(parts),
                tuple(near),
                tuple(evidence),
            )
        if parts and (not whole or parts[0].candidate.score > whole[0].score):
            best = parts[0].candidate
            whole = (best, *(each for each in whole if each.intent != best.intent))[:MAXIMUM_CANDIDATES]
        decision, reason = self._decide(whole, none)
        intents = (whole[0].intent,) if decision is Decision.MATCHED else ()
        return Match(text, decision, whole, intents, (reason,), (), tuple(near), tuple(evidence))

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

    def _is_filler(self, intent: str) -> bool:
        """Tell whether a situation is mere courtesy beside another one: 「你好，…」."""
        return intent in self._intents and self._intents[intent].part == "greeting"

    def _without_declined(self, text: str) -> tuple[str, str] | None:
        """Return the message without what it declines, and what that is; None where nothing is declined.

        A stretch counts as declined where it names a keyword of the situation that the whole message would be
        taken for, and no example of that situation declines something too (「我不想用支付宝，还能怎么付」).
        """
        spans = declined_spans(text)
        if not spans:
            return None
        whole, _, _, near = self._evaluate(text)
        top = {candidate.intent for candidate in whole[:2]}
        for start, end, what in spans:
            meant = [intent for intent in top if holds_keyword(what, self._keywords.get(intent, ()))]
            supported = any(
                each.ratio >= 70 and each.intent in meant and declined_spans(normalise(each.text).text) for each in near
            )
            if meant and not supported:
                return (text[:start] + "。" + text[end:]).strip(" ,。"), what
        return None

    def _without_negated(self, clauses: list[str]) -> tuple[str, str] | None:
        """Return a message without a clause that says what it is not about, and what that is.

        「我不投诉你们，我就打听一下怎么付款」: a clause counts where it would be taken for the very situation that
        it negates, and the rest of the message is clear as another one.
        """
        if len(clauses) < 2:
            return None
        for at, clause in enumerate(clauses):
            found = negated(clause)
            if found is None:
                continue
            what, needs_keyword = found
            taken_for = self.candidates(clause)
            meant = self.candidates(what)
            if not taken_for or not meant:
                continue
            intent = taken_for[0].intent
            named = holds_keyword(what, self._keywords.get(intent, ()))
            if not named and (needs_keyword or meant[0].intent != intent):
                continue
            rest = "，".join(clauses[:at] + clauses[at + 1 :])
            others = self.candidates(rest)
            if others and others[0].intent != intent and others[0].score >= self.index.calibration.threshold:
                return rest, what
        return None

    def explain_evidence(self, text: str, intent: str) -> list[tuple[str, float]]:
        """Return what each feature of ``text`` adds to the score of ``intent``, strongest first."""
        _, _, scored, _ = self._evaluate(text)
        return self.index.contributions(scored, intent)
