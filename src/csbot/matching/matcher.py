"""Match a message against the situations of a library."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from csbot.library.models import Intent, Library
from csbot.matching.features import plain, plain_of
from csbot.matching.fuzzy import NEAR, Near, Neighbours, bonus
from csbot.matching.index import NONE, Corpus, Example, Index, Scored, load_index
from csbot.matching.negation import declined_spans, holds_keyword, is_metalanguage, negated
from csbot.matching.result import MAXIMUM_CANDIDATES, Candidate, Decision, Match, Part
from csbot.matching.segmentation import essence, find_parts, split_clauses
from csbot.text.normalise import normalise
from csbot.text.pinyin import sounds
from csbot.text.segment import is_han

AMBIGUOUS_SHARE = 0.5  # of probability that the best three must hold to be offered
AMBIGUOUS_BEST = 0.15  # probability that the best of them must have
NEGATIVE_RATIO = 92.0  # at which a message counts as one of an intent's counter-examples
ALIKE = 70.0  # ratio from which an example is worth naming
EVIDENCE_SHOWN = 12
LIKELY = 6  # situations whose examples are looked at for one that is nearly the message
DENIED = 0.5  # how likely a clause must be taken for what it denies,
CLEARLY = 0.8  # and something of the rest for another situation
STRETCHES_KEPT = 2000  # stretches of messages whose candidates are remembered


def intents_of(library: Library, profile: str = "") -> dict[str, Intent]:
    """Return the situations that customers bring, for the trades of the settings or for one ``profile``."""
    profiles = frozenset({profile}) if profile else library.profiles
    return {
        identifier: each
        for identifier, each in library.intents.items()
        if each.trigger == "customer" and not (profiles and each.profiles and profiles.isdisjoint(each.profiles))
    }


def corpus_of_library(library: Library) -> Corpus:
    """Return what a library is recognised by, in the trades of its settings."""
    return corpus_of(library, intents_of(library))


def corpus_of(library: Library, intents: Mapping[str, Intent]) -> Corpus:
    """Return what a library is recognised by: its examples and its background."""
    examples = [Example(text, each.id) for each in intents.values() for text in each.examples]
    examples += [Example(text, each.id, whole=False) for each in intents.values() for text in each.keywords]
    examples += [Example(text, NONE) for text in library.out_of_scope]
    counter_examples = [Example(text, each.id) for each in intents.values() for text in each.negatives]
    words = {keyword for each in intents.values() for keyword in each.keywords}
    words |= {word for group in library.synonyms for word in group}
    return Corpus(tuple(examples), tuple(counter_examples), tuple(sorted(words)), library.synonyms)


def _leaders(values: Mapping[str, float], count: int) -> list[str]:
    """Return the ``count`` names with the highest values, best first, equal ones by name."""
    least = sorted(values.values())[-count:][0]
    leading = [(-value, name) for name, value in values.items() if value >= least]
    return [name for _, name in sorted(leading)[:count]]


class Matcher:
    """Maps messages to situations. Holds no state of a conversation; one matcher may serve many."""

    def __init__(self, name: str, key: str, corpus: Callable[[], Corpus], intents: Mapping[str, Intent]) -> None:
        """Compile ``corpus``, or take what was compiled from the cache where ``key`` is unchanged."""
        self._intents = intents
        self._library: Library | None = None
        self._trades: dict[str, Matcher] = {}
        self._stretches: dict[str, tuple[Candidate, ...]] = {}
        self._wordings: dict[str, str] = {}
        self.index: Index = load_index(name, key, corpus)
        self._extractor = self.index.extractor
        self._neighbours = Neighbours(self.index.neighbours)
        self._counter_examples = Neighbours(self.index.counter_examples)

    @classmethod
    def for_library(cls, library: Library, profile: str = "") -> Matcher:
        """Return the matcher of a library, for the trades of its settings or for one ``profile``.

        Situations that belong to other trades only are left out before anything is learnt: what tells them from the
        others would count against the others' messages too.
        """
        intents = intents_of(library, profile)
        trade = hashlib.sha256(profile.encode()).hexdigest()[:6] if profile else ""
        name = f"{library.place}-{trade}" if trade else library.place
        key = f"{library.recognition}\n{profile}" if library.digest else ""
        matcher = cls(name, key, lambda: corpus_of(library, intents), intents)
        matcher._library = library
        return matcher

    @classmethod
    def for_examples(cls, name: str, examples: Sequence[Example]) -> Matcher:
        """Return a matcher that knows nothing but labelled examples; without a name nothing of it is kept."""
        content = json.dumps([[example.text, example.intent] for example in examples])
        key = hashlib.sha256(content.encode()).hexdigest() if name else ""
        return cls(name, key, lambda: Corpus(tuple(examples)), {})

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
        """Return the matcher for one trade: situations of other trades do not compete."""
        library = self._library
        if not profile or library is None or library.profiles == {profile}:
            return self
        if profile not in self._trades:
            self._trades[profile] = Matcher.for_library(library, profile)
        return self._trades[profile]

    def match(self, text: str) -> Match:
        """Match one message of any kind and length."""
        normalised = normalise(text[:20000]).text
        if sum(map(is_han, normalised)) < 2 and not self._says_something(normalised):
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
        """Tell whether text of at most one Han character is pinyin, or as good as one of the examples (「hi」)."""
        letters = plain(text).replace(" ", "")
        if len(letters) < 2 or not any(
            map(str.isalpha, text)
        ):  # 「886」 is a goodbye, 「20480」 and 「好」 are nothing
            return text.strip(" ,.!?~。") in self._literal_examples
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

    @property
    def situations(self) -> frozenset[str]:
        """The situations that can be recognised."""
        return frozenset(self.index.labels) - {NONE}

    def words(self, text: str) -> list[str]:
        """Return the words that a message is read as."""
        return [word for word in self._extractor.words.cut(plain(text)) if word != " "]

    def winner(self, text: str) -> str | None:
        """Return the situation with the highest score for a message as a whole; None where it is "none"."""
        scored = self.index.score(self._extractor.views(plain(text)))
        best = max(scored.scores, key=lambda intent: (scored.scores[intent], intent))
        return best or None

    def _evaluate(
        self, text: str, *, with_neighbours: bool = True
    ) -> tuple[tuple[Candidate, ...], float, Scored, list[Near]]:
        """Return candidates, the probability of "none of them", the raw scores and the nearest examples.

        Stretches of a message are judged without the neighbours: examples are whole messages.
        """
        plain_text = plain_of(text)
        scored = self.index.score(self._extractor.views(plain_text))
        near: list[Near] = []
        counter: list[Near] = []
        if with_neighbours and scored.found:
            likely = _leaders(scored.scores, LIKELY)
            near = self._neighbours.nearest(plain_text, among=likely, cutoff=ALIKE)
            counter = self._counter_examples.nearest(plain_text, among=likely, cutoff=NEGATIVE_RATIO)
        added = bonus(near)
        calibration = self.index.calibration
        refused = {each.intent for each in counter if each.ratio >= NEGATIVE_RATIO}
        scores = {
            intent: score + added.get(intent, 0.0)
            for intent, score in scored.scores.items()
            if intent != NONE and intent not in refused
        }
        if not scores or not scored.found:
            return (), 1.0, scored, near
        chances = calibration.probabilities(scores, scored.scores.get(NONE, 0.0), scored.coverage)
        best = _leaders(chances, MAXIMUM_CANDIDATES)
        none = max(0.0, 1 - sum(chances.values()))
        return tuple(Candidate(intent, chances[intent]) for intent in best), none, scored, near

    def _match_parts(self, text: str) -> Match:
        whole, none, scored, near = self._evaluate(text)
        clauses = split_clauses(text)
        parts = find_parts(clauses, whole, self.candidates, self._is_filler)
        if (contrasted := self._without_negated(clauses, whole, parts)) is not None:
            rest, what = contrasted
            inner = self._match_parts(rest)
            return replace(inner, reasons=(f"客户说的不是：{what}", *inner.reasons))
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
        return self._part(intent) == "greeting"

    def _part(self, intent: str) -> str:
        """Return the place of a situation in a joint reply; empty where nothing is known of it."""
        return self._intents[intent].part if intent in self._intents else ""

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
                each.ratio >= ALIKE and each.intent in meant and declined_spans(normalise(each.text).text)
                for each in near
            )
            if meant and not supported:
                return (text[:start] + "。" + text[end:]).strip(" ,。"), what
        return None

    def _without_negated(
        self, clauses: list[str], whole: tuple[Candidate, ...], parts: Sequence[Part]
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
            taken_for = self.candidates(clause)
            if not taken_for or taken_for[0].score < DENIED or taken_for[0].intent not in answered:
                continue
            intent = taken_for[0].intent
            if self._is_said(intent, denial.words) or (denial.fine and self._part(intent) != "apology"):
                continue
            meant = self.candidates(denial.affirmed)
            if not meant or meant[0].intent != intent:
                continue
            left = clauses[:at] + clauses[at + 1 :]
            rest = "，".join(left)
            others = [found[0] for each in (rest, *left) if (found := self.candidates(each))]
            if any(each.intent != intent and each.score >= CLEARLY for each in others):
                return rest, denial.what
        return None

    def _is_said(self, intent: str, words: str) -> bool:
        """Tell whether an example of a situation holds these words (「没有」 counts as 「没」)."""
        if intent not in self._wordings:
            known = self.index.neighbours
            texts = (text for text, owner in zip(known.plain, known.intents, strict=True) if owner == intent)
            self._wordings[intent] = "\n".join(texts).replace("没有", "没")
        return words in self._wordings[intent]

    def nearest(self, text: str) -> list[Near]:
        """Return the examples most like a message, of the situations it is likeliest to be."""
        plain_text = plain(text)
        likely = _leaders(self.index.score(self._extractor.views(plain_text)).scores, LIKELY)
        return self._neighbours.nearest(plain_text, among=likely)

    def contest(self, text: str, first: str, second: str) -> list[tuple[str, float]]:
        """Return by how much each feature of ``text`` speaks for ``first`` over ``second``, strongest first."""
        scored = self.index.score(self._extractor.views(plain(text)))
        ours, theirs = (dict(self.index.contributions(scored, intent)) for intent in (first, second))
        gaps = [(feature, ours.get(feature, 0.0) - theirs.get(feature, 0.0)) for feature in {**ours, **theirs}]
        return sorted(gaps, key=lambda gap: (-gap[1], gap[0]))

    def evidence(self, text: str, intent: str) -> list[tuple[str, float]]:
        """Return what each feature of ``text`` adds to the score of ``intent``, strongest first."""
        return self.index.contributions(self.index.score(self._extractor.views(plain(text))), intent)
