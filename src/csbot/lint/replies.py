"""Is every reply clean and complete, whatever the hour, the festival and the values in its slots?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, product

from csbot.library.models import Library
from csbot.library.problems import Problem
from csbot.library.values import Reply, Script
from csbot.lint.places import Places
from csbot.replying.choose import Conditions
from csbot.replying.slots import AUTOMATIC, fill, slot_names
from csbot.rules.scan import RuleSet
from csbot.text.normalise import normalise

MINIMUM_VARIANTS = 3


def occasions(library: Library) -> Iterator[dict[str, str]]:
    """Yield the values of the automatic slots for every period of the day, every festival, and none."""
    greetings = [period.greeting for period in library.day_periods]
    greetings += [festival.greeting for festival in library.festivals]
    wishes = [festival.greeting for festival in library.festivals] + ["节日快乐"]
    options = "付款方式、发票" if library.scripts else ""
    for greeting, wish in product(dict.fromkeys(greetings), dict.fromkeys(wishes)):
        yield {"问候": greeting, "节日问候": wish, "选项": options}


def sample_values(library: Library) -> list[dict[str, str]]:
    """Return slot values to try replies with: the defaults, and the examples of each slot."""
    settable = [slot for slot in library.slots.values() if slot.type != AUTOMATIC]
    examples = {slot.name: slot.example or slot.default for slot in settable}
    defaults = {slot.name: slot.default or examples[slot.name] for slot in settable}
    return [defaults, examples]


def fillings(library: Library, reply: Reply) -> Iterator[str]:
    """Yield a reply filled for every occasion and sample value that can change it."""
    names = slot_names(reply.text)
    seen: set[str] = set()
    for used in product(_used(sample_values(library), names), _used(occasions(library), names)):
        text = fill(reply.text, dict(chain.from_iterable(used))).text
        if text not in seen:
            seen.add(text)
            yield text


def _used(values: Iterable[Mapping[str, str]], names: Sequence[str]) -> list[tuple[tuple[str, str], ...]]:
    """Return the different values of some slots, in order: what other slots hold makes no difference."""
    return list(dict.fromkeys(tuple((name, each[name]) for name in names if name in each) for each in values))


def check_script(
    library: Library, script: Script, forbidden: RuleSet, elements: RuleSet, places: Places
) -> Iterator[Problem]:
    """Yield replies of a script that hold a forbidden expression or lack an element, or that it has too little to say.

    The rules are those of the library, compiled. What comes of it depends on them, the script, slots and occasions.
    """
    for index, reply in enumerate(script.replies):
        yield from _check_reply(library, script, index, reply, forbidden, elements, places)
    if len(script.replies) < MINIMUM_VARIANTS:
        message = f"话术「{script.intent}」只有 {len(script.replies)} 条回复，请至少写 {MINIMUM_VARIANTS} 条"
        yield places.problem("scripts", script.intent, ("intent",), "reply.few-variants", message)
    yield from _check_reachable(library, script, places)


def check_mentions(library: Library, places: Places) -> Iterator[Problem]:
    """Yield replies that are kept for messages which mention what no example of their situation mentions."""
    for script in library.scripts.values():
        if not any(reply.mentions for reply in script.replies):
            continue
        said = Conditions(said=normalise("\n".join(library.intents[script.intent].examples)).text)
        for index, reply in enumerate(script.replies):
            if not said.mentioned(reply):
                words = "、".join(reply.mentions)
                message = f"第 {index + 1} 条回复只在客户说到「{words}」时用，情景「{script.intent}」却没有一条例句说到"
                where = ("replies", index, "when", "mentions")
                yield places.problem("scripts", script.intent, where, "reply.unmentioned", message, "warning")


def _check_reply(
    library: Library,
    script: Script,
    index: int,
    reply: Reply,
    forbidden: RuleSet,
    elements: RuleSet,
    places: Places,
) -> Iterator[Problem]:
    missing: dict[str, str] = {}
    hit_rules: set[str] = set()
    texts = list(fillings(library, reply))
    for text in texts:
        for hit in forbidden.scan(text):
            if hit.rule.id not in hit_rules:
                hit_rules.add(hit.rule.id)
                said = "，".join((f"规则 {hit.rule.id}", *hit.ways[:1]))  # a word of the library may be too wide
                message = f"第 {index + 1} 条回复含有「{hit.found}」（{said}），建议改说：{hit.rule.instead}"
                where = ("replies", index, "text")
                yield places.problem("scripts", script.intent, where, "reply.forbidden", message, wording=hit.found)
        for entry in script.elements:
            if not any(elements.fires(name, text) for name in entry.split("|")):
                missing.setdefault(entry, text)
    for entry, text in sorted(missing.items()):
        names = "或".join(elements.rule(name).name for name in entry.split("|"))
        message = f"第 {index + 1} 条回复缺少要素「{names}」（{entry}）"
        greeted = (each for each in library.festivals if each.greeting in text and each.greeting not in reply.text)
        festival = next(greeted, None)
        if festival is not None and any(elements.fires(name, each) for name in entry.split("|") for each in texts):
            message += (
                f"：节日「{festival.name}」的问候「{festival.greeting}」里没有，"
                "请改 phrasebook/occasions.yaml 里的问候，或者让这个要素认得它"
            )
        elif len(texts) > 1:  # the value of a slot, such as the greeting of a festival, may be what lacks it
            message += f"，填成这样时没有：{text}"
        yield places.problem("scripts", script.intent, ("replies", index, "text"), "reply.element", message)


def _check_reachable(library: Library, script: Script, places: Places) -> Iterator[Problem]:
    festivals = ["", *(festival.name for festival in library.festivals)]
    periods = [period.name for period in library.day_periods]
    for festival, period in product(festivals, periods):
        conditions = Conditions(festival=festival, time=period)
        if not any(conditions.allow(reply) for reply in script.replies):
            when = festival or "平日"
            message = f"话术「{script.intent}」在{when}（{period}）没有可用的回复，请补一条"
            yield places.problem("scripts", script.intent, ("replies",), "reply.unreachable", message)
            return
