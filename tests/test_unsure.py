"""What a message carries besides what it is sure to be about: it is asked about, in the reply and in the console."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.test_console_commands import Bench
from tests.test_parting import ANGER, ONE, OTHER, TALE, Table

from csbot.matching.parting import Message, cuts, find_parts
from csbot.matching.result import Candidate, Decision, Part
from csbot.matching.segmentation import Clause, Mark
from csbot.matching.unsure import NAMED, unsure
from csbot.replying.context import Context
from csbot.replying.responder import FURTHER, Responder

NOON = datetime(2026, 11, 23, 12)
NEARLY = "积分怎么换，优惠券在哪领，另外老会员有啥特权"
STRANGE = "会员卡丢了怎么补。另外那个叽里咕噜的玩意怎么个转法"

Known = Mapping[str, tuple[Candidate, ...]]


@pytest.fixture
def bench(responder: Responder) -> Bench:
    return Bench(responder)


class Several(Table):
    """A table with several candidates for a clause."""

    def __init__(self, several: Known, asked_with: frozenset[tuple[str, str]] = frozenset()) -> None:
        super().__init__({}, asked_with=asked_with)
        self.several = several

    def candidates(self, text: str) -> tuple[Candidate, ...]:
        return self.several.get(text, ())


def asked(
    several: Known, mark: Mark, asked_with: frozenset[tuple[str, str]] = frozenset(), first: str = ONE
) -> list[str] | None:
    """Return what is asked about beside ``first``, which is answered as ``a``; None where nothing is."""
    table = Several(several, asked_with)
    odds = {each.intent: 0.0 for found in several.values() for each in found}
    second = next(text for text in several if text != first)
    message = Message([Clause(first, Mark.COMMA), Clause(second, mark)], odds, table)
    found = unsure(list(cuts(message)), message, [Part(message.text, Candidate("a", 0.9))], table, frozenset())
    assert found is None or found.text == second
    return None if found is None else [each.intent for each in found.candidates]


SURE = (Candidate("a", 0.95),)
TWO = (Candidate("b", 0.35), Candidate("c", 0.3), Candidate("d", 0.02))


@pytest.mark.parametrize("mark", [Mark.SENTENCE, Mark.JOINED])
def test_what_is_set_apart_and_may_be_two_things_is_asked_about_by_both(mark: Mark) -> None:
    assert asked({ONE: SURE, OTHER: TWO}, mark) == ["b", "c"]


@pytest.mark.parametrize(
    ("several", "mark"),
    [
        ({ONE: SURE, OTHER: TWO}, Mark.COMMA),  # a comma sets nothing apart
        ({ONE: SURE, TALE: TWO}, Mark.JOINED),  # it only tells
        ({ONE: SURE, ANGER: (Candidate("anger", 0.5),)}, Mark.JOINED),  # a mood is no matter
        ({ONE: SURE, OTHER: (Candidate("b", 0.5), Candidate("a", 0.3))}, Mark.JOINED),  # it may be the same one
        ({ONE: SURE, OTHER: (Candidate("hello", 0.6),)}, Mark.JOINED),  # a mere greeting
        ({ONE: SURE, "多少": TWO}, Mark.JOINED),  # too short to be understood
        ({ONE: (Candidate("a", 0.3),), OTHER: TWO}, Mark.JOINED),  # the rest is not clear either
    ],
)
def test_what_is_not_asked_about(several: Known, mark: Mark) -> None:
    assert asked(several, mark) is None


def test_what_is_like_nothing_is_asked_about_without_a_name() -> None:
    assert asked({ONE: SURE, OTHER: (Candidate("b", 0.08),)}, Mark.JOINED) == []
    assert asked({ONE: SURE, OTHER: (Candidate("b", 0.08),)}, Mark.COMMA) is None


def test_what_others_with_the_matter_ask_too_is_not_asked_about() -> None:
    assert asked({ONE: SURE, OTHER: TWO}, Mark.SENTENCE, frozenset({("a", OTHER)})) is None


def test_what_is_nearly_a_part_is_asked_about() -> None:
    """What speaks for taking it apart is not enough to answer, but enough to ask."""
    doubtful = {ONE: (Candidate("a", 0.85),), OTHER: (Candidate("b", 0.85),)}
    assert asked(doubtful, Mark.COMMA) == ["b"]
    hopeless = {ONE: (Candidate("a", 0.7),), OTHER: (Candidate("b", 0.7),)}
    assert asked(hopeless, Mark.COMMA) is None


@given(
    st.lists(st.tuples(st.sampled_from([ONE, OTHER, TALE, ANGER]), st.sampled_from(Mark)), min_size=1, max_size=5),
    st.dictionaries(st.sampled_from([ONE, OTHER, TALE, ANGER]), st.floats(0.01, 1.0)),
)
def test_what_is_asked_about_is_a_stretch_of_the_message_and_is_not_answered(
    clauses: list[tuple[str, Mark]], chances: dict[str, float]
) -> None:
    table = Several({text: (Candidate(text, chance),) for text, chance in chances.items()})
    message = Message([Clause(*each) for each in clauses], dict.fromkeys(chances, 0.0), table)
    ways = list(cuts(message))
    whole = [Part(message.text, Candidate(next(iter(chances), "a"), 0.9))]
    taken = find_parts(ways, table) or whole
    found = unsure(ways, message, taken, table, frozenset())
    if found is not None:
        assert found.text in message.text
        assert found.text != message.text
        assert len(found.candidates) <= NAMED
        assert {each.intent for each in found.candidates}.isdisjoint(part.candidate.intent for part in taken)


def test_the_reply_answers_what_is_sure_and_asks_about_the_rest(responder: Responder) -> None:
    response = responder.respond(NEARLY, Context(NOON))
    assert response.match.decision is Decision.MATCHED
    assert response.match.unsure is not None
    named = [responder.library.intents[each.intent].label for each in response.match.unsure.candidates]
    assert response.match.unsure.text == "优惠券在哪领"
    assert response.best is not None
    assert "或者".join(named) in response.best.filled.text
    assert response.best.intents == (*response.match.intents, FURTHER)
    fields = response.as_dict()
    assert fields["intents"] == list(response.match.intents), "what is asked about is not among what is answered"
    assert fields["unsure"]["text"] == "优惠券在哪领"


def test_what_has_no_name_is_asked_about_in_general(responder: Responder) -> None:
    response = responder.respond(STRANGE, Context(NOON))
    assert response.match.intents == ("member.card_lost",)
    assert response.match.unsure is not None
    assert not response.match.unsure.candidates
    assert response.best is not None
    assert "另一件事" in response.best.filled.text
    assert "{" not in response.best.filled.text


def test_a_message_of_one_matter_is_asked_nothing(responder: Responder) -> None:
    match = responder.match("我的会员卡丢了，怎么补办", Context(NOON))
    assert match.unsure is None
    assert "unsure" not in match.as_dict()


def test_the_agent_chooses_what_is_meant_besides(bench: Bench) -> None:
    shown = bench.enter(NEARLY)
    assert "还有一件拿不准" in shown
    assert "优惠券在哪领" in shown
    answered = bench.desk.responder.match(NEARLY, Context(NOON)).intents
    wanted = bench.desk.conversation.choices["a"].value
    shown = bench.enter("a")
    assert "由您选定" in shown
    assert bench.desk.conversation.turn is not None
    assert bench.desk.conversation.turn.intents == (*answered, wanted)


def test_the_agent_may_say_that_there_is_nothing_besides(bench: Bench) -> None:
    bench.enter(NEARLY)
    last = max(label for label, each in bench.desk.conversation.choices.items() if each.kind.value == "further")
    assert "另一件事" in bench.ready
    bench.enter(last)
    assert "另一件事" not in bench.ready
    assert bench.desk.conversation.turn is not None
    assert FURTHER not in bench.desk.conversation.turn.intents


def test_what_is_asked_about_can_still_be_chosen_when_it_is_shown_again(bench: Bench) -> None:
    bench.enter(NEARLY)
    bench.enter("/找 发票")
    assert "只答上面的" in bench.enter("")
