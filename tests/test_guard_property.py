"""Nothing gets round the guard: whatever the occasion, the hour and the values in the slots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from csbot.library.models import Library
from csbot.matching.result import Decision, Match
from csbot.replying.context import Context
from csbot.replying.guard import Guard
from csbot.replying.responder import Responder
from csbot.replying.response import Response
from csbot.replying.slots import AUTOMATIC, slot_names
from csbot.rules.wording.model import Hit
from csbot.text.normalise import normalise

# The evening and the morning of an ordinary day, and each festival, its first and last minutes among them.
MOMENTS = [
    datetime.fromisoformat(each)
    for each in (
        "2026-11-23T00:00",
        "2026-11-23T11:59",
        "2026-11-23T12:00",
        "2026-11-23T23:59",
        "2026-01-01T09:00",
        "2026-02-17T09:00",
        "2026-02-17T15:00",
        "2026-05-01T00:00",
        "2026-09-25T12:00",
        "2026-10-01T20:00",
    )
]


@dataclass(frozen=True)
class RememberingGuard(Guard):
    """The guard of a library that scans no text twice: most occasions leave most replies as they are."""

    seen: dict[str, list[Hit]] = field(default_factory=dict)

    def findings(self, text: str) -> list[Hit]:
        if text not in self.seen:
            self.seen[text] = super().findings(text)
        return self.seen[text]


@pytest.fixture(scope="module")
def answering(library: Library) -> Responder:
    """A responder of its own, with a guard that remembers."""
    made = Responder(library)
    made.guard = RememberingGuard(library)
    return made


def answer(
    responder: Responder, intents: Sequence[str], context: Context, slots: dict[str, str], options: str = ""
) -> Response:
    """Answer situations without matching any message to them."""
    match = Match("", Decision.UNMATCHED, (), tuple(intents))
    return responder.answer(match, intents, "", context, slots, options)


def slot_sets(library: Library) -> dict[str, dict[str, str]]:
    """Return the slot values of the tests, by what they stand for."""
    settable = [slot for slot in library.slots.values() if slot.type != AUTOMATIC]
    return {
        "open": {},
        "examples": {slot.name: slot.example or slot.default for slot in settable},
        "defaults": {slot.name: slot.default for slot in settable if slot.default},
        "a customer named 绝对": {slot.name: slot.example or slot.default for slot in settable} | {"姓氏": "绝对"},
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", ["open", "examples", "defaults", "a customer named 绝对"])
def test_every_reply_under_every_occasion_and_hour(name: str, library: Library, answering: Responder) -> None:
    slots = slot_sets(library)[name]
    refused: dict[str, str] = {}
    offered: set[tuple[str, int]] = set()
    for intent, script in library.scripts.items():
        conditions = [dict(reply.when) for reply in script.replies]
        moods, profiles, types, channels, options = (
            sorted({"", *(when[name] for when in conditions if name in when)})
            for name in ("mood", "profile", "complaint_type", "channel", "options")
        )
        for now, mood, profile, kind, channel, option in product(MOMENTS, moods, profiles, types, channels, options):
            context = Context(now, mood=mood, profile=profile, complaint_type=kind, channel=channel)
            response = answer(answering, [intent], context, slots, "付款方式、发票" if option == "any" else "")
            for variant in response.variants:
                assert variant.findings == ()
                assert answering.guard.findings(variant.filled.text) == []
            for variant in response.refused:
                refused[variant.id] = f"{variant.filled.text} {[hit.found for hit in variant.findings]}"
            offered |= {(intent, variant.indexes[0]) for variant in (*response.variants, *response.refused)}
    everything = {(intent, index) for intent, script in library.scripts.items() for index in range(len(script.replies))}
    assert offered == everything, f"never tried: {sorted(everything - offered)}"
    if name != "a customer named 绝对":
        assert refused == {}, "an approved reply is refused by the guard"
        return
    with_name = {
        f"{intent}#{index + 1}"
        for intent, script in library.scripts.items()
        for index, reply in enumerate(script.replies)
        if "姓氏" in slot_names(reply.text)
    }
    assert with_name
    assert set(refused) == with_name, "no output may hold 绝对, and no other reply is concerned"


@pytest.mark.slow
def test_every_pair_of_situations_in_one_reply(library: Library, answering: Responder) -> None:
    slots = slot_sets(library)["examples"]
    context = Context(MOMENTS[2])
    customers = [intent.id for intent in library.intents.values() if intent.trigger == "customer"]
    without: list[str] = []
    for place, first in enumerate(customers):
        for second in customers[place + 1 :: 7]:
            response = answer(answering, [first, second], context, slots)
            assert all(variant.findings == () for variant in response.variants)
            if response.best is None:
                without.append(f"{first} + {second}: {response.why}")
    assert without == []


# ── hostile values ───────────────────────────────────────────────────────────────────────────────────────────

# Expressions that hold no matter what stands around them: no rule has an exception that could excuse them here.
PLAIN_WORDS = ("我不知道", "神经病", "他妈的", "这不关我的事", "不行就是不行", "要告就告去", "嘴巴干净一点", "真讨厌")
WORDS = (
    *PLAIN_WORDS,
    "绝对",
    "保证",
    "不行",
    "有病",
    "废话",
    "滚",
    "傻",
    "喂",
    "什么？",
    "你",
    "肯定",
    "不可能",
    "冷静一点",
)
MARKUP = (
    "[b]",
    "[/b]",
    "{姓氏}",
    "{",
    "}",
    "{{问候}}",
    "【姓氏】",
    "\x1b[2J",
    "\x1b]52;c;AAAA\x07",
    "%s",
    "$1",
    "\\1",
    "<b>",
)
INVISIBLE = ("\u200b", "\u200d", "\ufeff", "\u202e", "\ufe0f", "\u0301", "\x00", "\ud800", " ", "·", "\n", "😀", "…")


def _spread(parts: tuple[str, str]) -> str:
    word, between = parts
    return between.join(word)


DISGUISED = st.one_of(
    st.sampled_from(WORDS),
    st.tuples(st.sampled_from(WORDS), st.sampled_from(INVISIBLE)).map(_spread),
    st.tuples(st.sampled_from(WORDS), st.sampled_from(MARKUP)).map("".join),
    st.sampled_from(("這不關我的事", "我不晓得", "神經病", "妳煩不煩啊", "ＢＵ行", "絕對", "肯定的", "有沒有搞錯")),
    st.sampled_from(MARKUP),
    st.text(st.characters(), max_size=12),
)
# A word cut in two: the halves go into two slots, and only the finished text holds it.
HALVES = st.sampled_from(WORDS).flatmap(
    lambda word: st.integers(0, len(word)).map(lambda cut: (word[:cut] or "王", word[cut:] or "先生"))
)


def _check(response: Response, guard: Guard) -> None:
    for variant in response.variants:
        assert guard.findings(variant.filled.text) == []
        assert variant.findings == ()
    assert all(variant.findings for variant in response.refused)
    assert not {variant.id for variant in response.variants} & {variant.id for variant in response.refused}
    if response.best is None:
        assert response.why
        assert response.as_dict()["reply"] is None


def _settable(responder: Responder, intent: str) -> list[str]:
    names = {name for reply in responder.library.scripts[intent].replies for name in slot_names(reply.text)}
    return sorted(name for name in names if responder.library.slots[name].type != AUTOMATIC)


@pytest.mark.slow
@settings(max_examples=120)
@given(st.data(), st.sampled_from(MOMENTS))
def test_hostile_values_never_bring_a_forbidden_expression_into_an_output(
    responder: Responder, data: st.DataObject, now: datetime
) -> None:
    intent = data.draw(st.sampled_from(sorted(responder.library.scripts)))
    names = _settable(responder, intent)
    slots = {name: data.draw(DISGUISED, label=name) for name in names}
    if len(names) >= 2:
        slots |= dict(zip(data.draw(st.permutations(names)), data.draw(HALVES), strict=False))
    response = answer(responder, [intent], Context(now), slots, options=data.draw(DISGUISED, label="选项"))
    _check(response, responder.guard)


@pytest.mark.slow
@settings(max_examples=60)
@given(st.data())
def test_hostile_values_in_a_joint_reply(responder: Responder, data: st.DataObject) -> None:
    intents = data.draw(
        st.lists(st.sampled_from(sorted(responder.library.scripts)), min_size=2, max_size=3, unique=True)
    )
    names = sorted({name for intent in intents for name in _settable(responder, intent)})
    slots = {name: data.draw(DISGUISED, label=name) for name in names}
    _check(answer(responder, intents, Context(MOMENTS[0]), slots), responder.guard)


@settings(max_examples=60)
@given(st.data(), st.sampled_from(PLAIN_WORDS), st.sampled_from(["", "\u200b", "\ufe0f", "\x00"]))
def test_a_word_that_nothing_excuses_is_in_no_output(
    responder: Responder, data: st.DataObject, word: str, between: str
) -> None:
    """The same, but held against the plain word instead of the rules that the guard itself uses."""
    intent = data.draw(st.sampled_from([each for each in responder.library.scripts if _settable(responder, each)]))
    name = data.draw(st.sampled_from(_settable(responder, intent)))
    response = answer(responder, [intent], Context(MOMENTS[3]), {name: between.join(word)})
    for variant in response.variants:
        assert word not in normalise(variant.filled.text).text
    for variant in response.refused:
        assert f"{{{name}}}" in responder.library.scripts[intent].replies[variant.indexes[0]].text


@pytest.mark.slow  # trains the matcher
@settings(max_examples=25)
@given(st.text(max_size=30))
@example("我姓绝对，订单号 AB123456")
@example("我姓滚，怎么付款")
@example("[b]{姓氏}\x1b[2J 我要退款")
@example("\ud800")
@example("")
def test_no_message_of_a_customer_brings_a_forbidden_expression_into_an_output(responder: Responder, text: str) -> None:
    _check(responder.respond(text, Context(MOMENTS[2])), responder.guard)
