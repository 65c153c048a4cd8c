"""The whole way of a message: match, choose, fill, compose, guard."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Sequence
from dataclasses import replace
from functools import cached_property

from csbot.library.models import Library
from csbot.library.values import Script
from csbot.matching.following import Before, acknowledges, affirms
from csbot.matching.matcher import Matcher
from csbot.matching.result import Decision, Match, confirmed
from csbot.replying.choose import Conditions, combinations, ranked
from csbot.replying.compose import MANY, Reply, join, without_known
from csbot.replying.context import Context
from csbot.replying.covering import asking_of_the_rest, covered_by
from csbot.replying.following import before_of, matter_of
from csbot.replying.given import OF_ONE_MATTER, read_given
from csbot.replying.guard import Guard
from csbot.replying.mask import mask
from csbot.replying.mood import mood_of
from csbot.replying.occasions import festival_named, festival_on, period_at
from csbot.replying.response import Response, Variant, refusal_of
from csbot.replying.slots import AUTOMATIC, Filled, fill, fits, read_from_message, slot_names
from csbot.rules.scan import RuleSet
from csbot.rules.shared import shared_rules
from csbot.text.normalise import normalise

HOLDING = "service.not_understood"  # answers what was not recognised
RECEIVED = "service.details_received"  # answers who only gives what the last reply asked for
FURTHER = (
    "service.further_matter"  # asks about a further matter that was recognised but vaguely, behind what is answered
)
CLOSING = "service.closing"  # asks for anything else who only says that it was heard, or that all is done
LONGEST_HEARD = 60  # characters, joiners and signs included, of a message that only says so
OFFERED = 3  # situations named in a holding reply
WORTH_OFFERING = 0.1  # probability from which a situation is named there,
ALONE = 0.5  # and from which one is named by itself: it is more likely meant than not
JOINT_OFFERED = 3  # wordings of a joint reply that are made: each is joined and judged anew, 5 ms


def element_rules(library: Library) -> RuleSet:
    """Return the compiled rules of what must be said."""
    key = library.digest and library.element_digest
    return shared_rules(library.elements, name=f"elements-{library.place}", key=key)


class Responder:
    """Answers messages with one library. Conversations are kept by the caller, in a Context each."""

    def __init__(self, library: Library, guard: Guard | None = None) -> None:
        """Take a library, and what guards its replies where that is there already."""
        self.library = library
        self.guard = guard or Guard(library)

    @cached_property
    def matcher(self) -> Matcher:
        """The matcher of the library, compiled or from the cache."""
        return Matcher.for_library(self.library)

    @cached_property
    def elements(self) -> RuleSet:
        """The compiled element rules."""
        return element_rules(self.library)

    @cached_property
    def _greetings(self) -> tuple[str, ...]:
        of_the_day = [period.greeting for period in self.library.day_periods]
        return tuple(dict.fromkeys(["您好", *of_the_day, *(each.greeting for each in self.library.festivals)]))

    def respond(self, text: str, context: Context, limit: int | None = None, *, match: Match | None = None) -> Response:
        """Answer one message. The context is not changed; ``remember`` does that for what was sent.

        With ``limit`` no more variants are made than that many that may be said: a program that sends the best
        one need not wait for the others. ``match`` is what the message was matched to, where that is known already.
        """
        match = match or self.match(text, context)
        slots = {**self.stated(text, context), **context.slots}
        if match.decision is Decision.MATCHED:
            return self.answer(match, self.answering(match, slots), text, context, slots, limit=limit)
        holding = self.holding(text, match)
        offered = self._options(match) if holding == HOLDING else ()
        labels = [self.library.intents[intent].label for intent in offered]
        found = self.answer(match, (holding,), text, context, slots, options=labels, limit=limit)
        if len(offered) != 1:
            return found
        return replace(found, variants=tuple(replace(each, offers=offered[0]) for each in found.variants))

    def answering(self, match: Match, slots: Container[str]) -> tuple[str, ...]:
        """Return the situations that answer what was matched, where the values of ``slots`` are known.

        Who only gives what the last reply asked for is told that it was noted, where no wording can repeat it. What
        the reply to another situation of the message speaks for is not answered by itself. Who has a further matter
        that is not clear is asked about it behind what is.
        """
        if match.given and match.given not in slots and RECEIVED in self.library.scripts:
            return (RECEIVED,)
        covered = covered_by(self.library.scripts, match.intents)
        answered = tuple(each for each in match.intents if each not in covered)
        return (*answered, FURTHER) if match.unsure is not None and FURTHER in self.library.scripts else answered

    def holding(self, text: str, match: Match | None = None) -> str:
        """Return the situation that answers a message which belongs to none for certain.

        Who only says 「好的，知道了」 was not misunderstood, nor was who says that all is done (「机器已经修好了」), as
        ``match`` has it: both are asked whether there is anything else.
        """
        heard = match is not None and match.closes
        heard = heard or (len(text) <= LONGEST_HEARD and acknowledges(normalise(text).text))
        return CLOSING if heard and CLOSING in self.library.scripts else HOLDING

    def match(self, text: str, context: Context, *, of_customer: bool = False) -> Match:
        """Return what a message is taken for in its conversation: after what was answered, in the customer's trade.

        ``of_customer``: it is known to be a customer's, and no agent's question for a script.
        """
        matcher = self.matcher.of_trade(context.profile)
        found = matcher.match(text, self._before(context), of_customer=of_customer)
        if context.same_customer and context.offered in self.library.scripts and affirms(normalise(text[:2000]).text):
            found = confirmed(found, context.offered)
        return asking_of_the_rest(found, self.library.scripts)

    def stated(self, text: str, context: Context) -> dict[str, str]:
        """Return the values of slots that a message states in its conversation."""
        return read_from_message(text, self.library.slots, self._asked(context))

    def given(self, text: str, context: Context) -> dict[str, str]:
        """Return what a message tells besides (``given.KINDS``)."""
        return read_given(text, self._asked(context))

    def take(self, text: str, context: Context) -> dict[str, str]:
        """Remember in a conversation what a message tells, and return it: the last that a customer says holds."""
        stated, given = self.stated(text, context), self.given(text, context)
        context.slots.update(stated)
        context.given.update(given)
        return {**stated, **given}

    def _asked(self, context: Context) -> frozenset[str]:
        before = self._before(context)
        return before.asked if before else frozenset()

    def _before(self, context: Context) -> Before | None:
        """Return what went before the next message, where it is the same customer's."""
        return before_of(self.library, context.matter) if context.matter and context.same_customer else None

    def _options(self, match: Match) -> tuple[str, ...]:
        """Return the situations that a customer is asked to choose from, or the one that is asked about; or none."""
        if match.decision is not Decision.AMBIGUOUS:
            return ()
        best = match.candidates[0]
        likely = [candidate.intent for candidate in match.candidates[:OFFERED] if candidate.score >= WORTH_OFFERING]
        named = tuple(intent for intent in likely if self.library.intents[intent].label)
        return named if len(named) > 1 or (best.score >= ALONE and best.intent in named) else ()

    def _further(self, match: Match) -> tuple[str, ...]:
        """Return what a customer may have meant besides; empty where it has no name."""
        likely = match.unsure.candidates if match.unsure is not None else ()
        return tuple(label for each in likely if (label := self.library.intents[each.intent].label))

    def answer(
        self,
        match: Match,
        intents: Sequence[str],
        text: str,
        context: Context,
        slots: dict[str, str],
        options: Sequence[str] = (),
        limit: int | None = None,
    ) -> Response:
        """Answer with the scripts of given situations, whatever the message was matched to."""
        scripts = [self.library.scripts[intent] for intent in intents]
        told = {**self.given(text, context), **context.given}  # what the agent corrected wins
        given = {kind: value for kind, value in told.items() if value}
        slots = {**{name: value for name, value in given.items() if fits(self.library.slots, name, value)}, **slots}
        known = {*slots, *given}
        further = self._further(match) if FURTHER in intents else ()
        conditions, automatic = self._conditions(text, context, options or further)
        if further:
            automatic["选项"] = "或者".join(further)
        orders: list[list[int]] = []
        for script in scripts:
            order = self._order(script, conditions, context, slots, automatic, known, briefly=len(scripts) >= MANY)
            if not order:
                why = f"情景「{script.intent}」没有适合现在的回复，请培训师补一条不带条件的"
                return Response(match, (), (), (), why)
            orders.append(order)
        most = min(limit or JOINT_OFFERED, JOINT_OFFERED) if len(scripts) > 1 else limit
        variants: list[Variant] = []
        refused: list[Variant] = []
        for indexes in combinations(orders):
            variant = self._compose(scripts, indexes, slots, automatic, known)
            (refused if variant.findings else variants).append(variant)
            if len(variants) == most:
                break
        why = "" if variants else refusal_of(refused)
        following = tuple(dict.fromkeys(step for script in scripts for step in script.next if step not in intents))
        covered = {
            each: by
            for each, by in covered_by(self.library.scripts, match.intents).items()
            if each not in intents and by in intents
        }
        return Response(match, tuple(variants), tuple(refused), following, why, covered)

    def judge_ahead(self, context: Context, slots: dict[str, str], rest: Callable[[], bool] = lambda: True) -> None:
        """Have the guard judge every reply as it is filled now, so that no message waits for that.

        ``slots`` are values that are no customer's. ``rest`` is called after each reply that had to be judged; False
        stops.
        """
        _, automatic = self._conditions("", context, ())
        texts = (
            fill(without_known(reply.text, slots), self._values(script, slots, automatic)).text
            for script in self.library.scripts.values()
            for reply in script.replies
        )
        self.guard.judged.judge_ahead(texts, rest)

    def remember(self, variant: Variant, context: Context) -> None:
        """Note that a variant was offered, so that the conversation does not repeat itself."""
        for intent, index in zip(variant.intents, variant.indexes, strict=True):
            context.used[intent, index] += 1
        context.last_intent, context.offered = variant.intents[-1], variant.offers
        matter = matter_of(self.library, variant.intents, context.matter) or context.matter
        if context.matter and matter != context.matter:  # of what was paid for that, nothing is known
            context.given = {kind: value for kind, value in context.given.items() if kind not in OF_ONE_MATTER}
        context.matter = matter

    def joined(self, replies: Sequence[Reply], labels: Sequence[str] = (), *, keep_order: bool = False) -> str:
        """Return replies, given as (part, text, declared elements), as one: see ``compose.join``."""
        return join(replies, self.elements, self._greetings, labels=labels, keep_order=keep_order)

    def _conditions(self, text: str, context: Context, options: Sequence[str]) -> tuple[Conditions, dict[str, str]]:
        """Return what holds now, and the values of the automatic slots."""
        folded = normalise(text[:2000]).text
        today = festival_on(context.now.date(), self.library.festivals)
        period = period_at(context.now, self.library.day_periods)
        greeting = today.greeting if today else (period.greeting if period else "您好")
        festival = festival_named(folded, self.library.festivals) or today
        automatic = {"问候": greeting, "节日问候": festival.greeting if festival else "节日快乐"}
        if options:
            automatic["选项"] = "，还是".join(filter(None, ("、".join(options[:-1]), options[-1])))
        conditions = Conditions(
            mood=context.mood or mood_of(text),
            profile=context.profile,
            festival=today.name if today else "",
            time=period.name if period else "",
            complaint_type=context.complaint_type,
            channel=context.channel,
            options=len(options),
            said=folded,
        )
        return conditions, automatic

    def _values(self, script: Script, slots: dict[str, str], automatic: dict[str, str]) -> dict[str, str]:
        defaults = {
            slot.name: slot.default
            for slot in self.library.slots.values()
            if slot.default and slot.type != AUTOMATIC and slot.name not in script.ask
        }
        return {**defaults, **{name: self._safe(name, value) for name, value in slots.items()}, **automatic}

    def _safe(self, name: str, value: str) -> str:
        """Return a value as a reply may repeat it: personal numbers masked, order numbers as they are."""
        slot = self.library.slots.get(name)
        return value if slot is not None and slot.type == "订单号" else mask(value)

    def _order(
        self,
        script: Script,
        conditions: Conditions,
        context: Context,
        slots: dict[str, str],
        automatic: dict[str, str],
        known: Collection[str],
        *,
        briefly: bool = False,
    ) -> list[int]:
        values = self._values(script, slots, automatic)
        missing = {
            index: sum(name not in values for name in slot_names(reply.text))
            for index, reply in enumerate(script.replies)
        }
        again = context.just_heard_of(script.intent)
        return ranked(script, conditions, context.used, tuple(known), missing, again=again, briefly=briefly)

    def _compose(
        self,
        scripts: Sequence[Script],
        indexes: Sequence[int],
        slots: dict[str, str],
        automatic: dict[str, str],
        known: Collection[str],
    ) -> Variant:
        filled = [
            fill(without_known(script.replies[index].text, known), self._values(script, slots, automatic))
            for script, index in zip(scripts, indexes, strict=True)
        ]
        if len(filled) == 1:
            text = filled[0].text
        else:
            parts = [
                (self.library.intents[script.intent].part, each.text, script.elements)
                for script, each in zip(scripts, filled, strict=True)
            ]
            text = self.joined(parts, [self.library.intents[script.intent].label for script in scripts])
        missing = tuple(dict.fromkeys(name for each in filled for name in each.open_slots))
        whole = Filled(text, missing)
        findings = self.guard.findings_of_reply(text)
        return Variant(tuple(script.intent for script in scripts), tuple(indexes), whole, findings)
