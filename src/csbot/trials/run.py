"""Run tests: each step through the same matching, replying and guarding as a customer's message."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from csbot.matching.result import Decision, Match
from csbot.replying.context import Context
from csbot.replying.responder import Responder
from csbot.replying.response import Response
from csbot.rules.judging.verdict import verdict_of
from csbot.trials.cases import Case, Step


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one step."""

    step: Step
    number: int  # of the step in its test, from 1
    situations: tuple[str, ...] = ()
    score: float = 0.0  # probability of the best situation, 0 where the agent chose it
    reply: str = ""
    variants: tuple[tuple[str, int], ...] = ()  # situation and index of each variant that the reply is made of
    fired: tuple[str, ...] = ()  # forbidden rules that fired on what the agent wrote
    failures: tuple[str, ...] = ()  # what does not fit, in Chinese
    nearest: str = ""  # the likeliest situation of a message that was not recognised


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one test."""

    case: Case
    outcomes: tuple[Outcome, ...]

    @property
    def failed(self) -> bool:
        """Whether a step did not come out as expected."""
        return any(outcome.failures for outcome in self.outcomes)


def run_cases(responder: Responder, cases: Iterable[Case]) -> Iterator[Result]:
    """Yield the result of each test."""
    for case in cases:
        yield Result(case, tuple(_run(responder, case)))


def _run(responder: Responder, case: Case) -> Iterator[Outcome]:
    context = case.context()
    for number, step in enumerate(case.steps, start=1):
        context.slots.update(step.slots)
        context.mood = step.mood
        if step.speaker == "agent":
            yield _judged(responder, step, number, context)
            continue
        if step.speaker == "customer":  # what a customer has said once holds for the rest, as in the console
            responder.take(step.text, context)
            context.slots.update(step.slots)
        response = answer(responder, step, context)
        yield _compared(responder, step, number, response)
        if response.best is not None:
            responder.remember(response.best, context)


def answer(responder: Responder, step: Step, context: Context) -> Response:
    """Return what csbot answers to a step that is not of the agent's own wording."""
    if step.speaker == "customer":
        return responder.respond(step.text, context, limit=1)
    match = Match(step.text, Decision.MATCHED, (), (step.intent,))
    return responder.answer(match, match.intents, step.text, context, dict(context.slots), limit=1)


def _judged(responder: Responder, step: Step, number: int, context: Context) -> Outcome:
    hits = responder.guard.findings(step.text)
    fired = tuple(dict.fromkeys(hit.rule.id for hit in hits))
    wanted = step.expected.forbidden
    besides = "除了写的，还有：" if wanted and set(wanted) & set(fired) else ""
    failures = [
        f"{besides}「{hit.found}」是服务忌语（{hit.rule.id}），改说：{hit.rule.instead}"
        for hit in {hit.rule.id: hit for hit in reversed(hits)}.values()
        if hit.rule.id not in wanted
    ]
    failures += [f"规则 {rule} 没有命中" for rule in wanted if rule not in fired]
    verdict = verdict_of(hits, {"customer_type": context.customer_type}).value
    if step.expected.verdict not in ("", verdict):
        failures.append(f"判定应当是 {step.expected.verdict}，得到的是 {verdict}")
    return Outcome(step, number, fired=fired, failures=tuple(failures))


def _compared(responder: Responder, step: Step, number: int, response: Response) -> Outcome:
    match = response.match
    recognised = match.decision is Decision.MATCHED
    situations = match.intents if recognised else (responder.holding(step.text, match),)
    best = response.best
    score = response.match.score
    if best is None:
        return Outcome(step, number, situations, score, failures=(f"没有可以发送的回复：{response.why}",))
    reply = best.filled.text
    return Outcome(
        step,
        number,
        situations,
        score,
        reply,
        tuple(zip(best.intents, best.indexes, strict=True)),
        failures=tuple(_failures(responder, step, situations, reply, response.next)),
        nearest=match.candidates[0].intent if match.candidates and not recognised else "",
    )


def _failures(
    responder: Responder, step: Step, situations: tuple[str, ...], reply: str, following: tuple[str, ...]
) -> Iterator[str]:
    expected = step.expected
    if expected.situations and set(expected.situations) != set(situations):
        yield f"情景应当是 {named(responder, expected.situations)}，得到的是 {named(responder, situations)}"
    for text in expected.contains:
        if text not in reply:
            yield f"回复里没有「{text}」"
    for text in expected.not_contains:
        if text in reply:
            yield f"回复里不该有「{text}」"
    for entry in expected.elements:
        if not any(responder.elements.fires(name, reply) for name in entry.split("|")):
            names = "或".join(responder.elements.rule(name).name for name in entry.split("|"))
            yield f"回复里缺少要素「{names}」（{entry}）"
    for step_after in expected.next:
        if step_after not in following:
            yield f"接下来没有提供 {named(responder, (step_after,))}"
    for hit in responder.guard.findings(reply):
        yield f"回复里有服务忌语「{hit.found}」（{hit.rule.id}）"


def named(responder: Responder, situations: Iterable[str]) -> str:
    """Return situations as a person reads them: the id, and the name in brackets."""
    intents = responder.library.intents
    return "、".join(f"{each}（{intents[each].name}）" for each in situations)
