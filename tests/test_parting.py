"""How a message with several situations is taken apart, and what keeps it whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csbot.matching.parting import Message, cuts, find_parts
from csbot.matching.result import Candidate
from csbot.matching.segmentation import Clause, Mark, Telling

ONE, OTHER, THIRD = "有没有大码的", "能便宜多少钱", "送到家要多久"
TALE, MORE, LAST = "东西放在那里", "后来又下了雨", "大家都看见了"
ANGER, THANKS = "气死我了真是", "谢谢你们帮忙"


@dataclass
class Table:
    """What is known of clauses, by a table: situation and how clear it is."""

    known: Mapping[str, tuple[str, float]]
    keywords: Mapping[str, str] = field(default_factory=dict)
    denied: frozenset[str] = frozenset()
    asked_with: frozenset[tuple[str, str]] = frozenset()
    ahead: list[str] = field(default_factory=list)

    def candidates(self, text: str) -> tuple[Candidate, ...]:
        return (Candidate(*self.known[text]),) if text in self.known else ()

    def read_ahead(self, texts: Sequence[str]) -> None:
        self.ahead.extend(texts)

    def is_filler(self, intent: str) -> bool:
        return intent == "hello"

    def is_named(self, intent: str, text: str) -> bool:
        return intent in self.keywords and self.keywords[intent] in text

    def is_denied(self, intent: str, clause: str, after: str) -> bool:
        del intent, after
        return clause in self.denied

    def is_asked_with(self, intent: str, text: str) -> bool:
        return (intent, text) in self.asked_with

    def told(self, intent: str) -> Telling | None:
        return {"anger": Telling.COMPLAINT, "thanks": Telling.COURTESY}.get(intent)


def parts(
    clauses: Sequence[str],
    known: Mapping[str, tuple[str, float]],
    mark: Mark = Mark.COMMA,
    denied: frozenset[str] = frozenset(),
    asked_with: frozenset[tuple[str, str]] = frozenset(),
) -> list[tuple[str, str]]:
    table = Table(known, {intent: text[:3] for text, (intent, _) in known.items()}, denied, asked_with)
    odds = {intent: 0.0 for intent, _ in known.values()} | {"other": -3.0}
    found = find_parts(list(cuts(Message([Clause(text, mark) for text in clauses], odds, table))), table)
    return [(part.text, part.candidate.intent) for part in found]


CASES: Mapping[str, tuple[list[str], dict[str, tuple[str, float]], list[tuple[str, str]]]] = {
    "one clause": ([ONE], {ONE: ("a", 1.0)}, []),
    "two requests": ([ONE, OTHER], {ONE: ("a", 0.95), OTHER: ("b", 0.95)}, [(ONE, "a"), (OTHER, "b")]),
    "the same twice": ([ONE, OTHER], {ONE: ("a", 1.0), OTHER: ("a", 1.0)}, []),
    "one of them is nothing": ([ONE, OTHER], {ONE: ("a", 1.0), OTHER: ("b", 0.1)}, []),
    "one of them is not known": ([ONE, OTHER], {ONE: ("a", 1.0)}, []),
    "a question about what was named before": ([ONE, "怎么办理"], {ONE: ("a", 1.0), "怎么办理": ("b", 1.0)}, []),
    "a greeting": ([ONE, OTHER], {ONE: ("hello", 1.0), OTHER: ("b", 1.0)}, []),
    "too short": ([ONE, "嗯"], {ONE: ("a", 1.0), "嗯": ("b", 1.0)}, []),
    "a complaint and a request": (
        [ANGER, ONE],
        {ANGER: ("anger", 0.8), ONE: ("b", 0.95)},
        [(ANGER, "anger"), (ONE, "b")],
    ),
    "thanks and a request": (
        [THANKS, ONE],
        {THANKS: ("thanks", 0.9), ONE: ("b", 0.95)},
        [(THANKS, "thanks"), (ONE, "b")],
    ),
    "three": (
        [ONE, OTHER, THIRD],
        {ONE: ("a", 0.98), OTHER: ("b", 0.98), THIRD: ("c", 0.98)},
        [(ONE, "a"), (OTHER, "b"), (THIRD, "c")],
    ),
    "a story of four clauses": (
        [TALE, MORE, LAST, ONE],
        {f"{TALE}，{MORE}，{LAST}": ("a", 0.7), ONE: ("b", 0.7)},
        [],
    ),
    "what goes on belongs to what it goes on about": (
        [ONE, TALE, OTHER],
        {f"{ONE}，{TALE}": ("a", 0.98), OTHER: ("b", 0.98)},
        [(f"{ONE}，{TALE}", "a"), (OTHER, "b")],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_message_is_taken_apart_into(name: str) -> None:
    clauses, known, expected = CASES[name]
    assert parts(clauses, known) == expected


def test_what_says_that_something_else_follows_makes_less_do() -> None:
    """A sentence of its own and a word like 「另外」 each speak for a part that a comma alone leaves doubtful."""
    found = {}
    for mark in Mark:
        table = Table({TALE: ("a", 0.85), MORE: ("b", 0.85)})
        message = Message([Clause(TALE, mark), Clause(MORE, mark)], {"a": 0.0, "b": 0.0}, table)
        found[mark] = len(find_parts(list(cuts(message)), table))
    assert found == {Mark.COMMA: 0, Mark.RUN_ON: 0, Mark.SENTENCE: 2, Mark.JOINED: 2}


def test_where_no_mark_stands_more_evidence_is_asked_for() -> None:
    """Who dictates says no commas: 「发票还没收到快递到哪了」 is two matters, but few long clauses are."""
    clear = {ONE: ("a", 0.98), OTHER: ("b", 0.98)}
    assert parts([ONE, OTHER], clear, Mark.RUN_ON) == [(ONE, "a"), (OTHER, "b")]
    for chance in (0.9, 0.8, 0.7):
        known = {ONE: ("a", chance), OTHER: ("b", chance)}
        by_mark = {mark: len(parts([ONE, OTHER], known, mark)) for mark in (Mark.COMMA, Mark.RUN_ON)}
        assert by_mark[Mark.RUN_ON] <= by_mark[Mark.COMMA]
    assert by_mark[Mark.RUN_ON] == 0


def test_pieces_of_one_clause_are_joined_as_they_were_written_and_count_as_one() -> None:
    clauses = [Clause(TALE, Mark.COMMA), Clause(MORE, Mark.RUN_ON), Clause(LAST, Mark.COMMA)]
    table = Table({f"{TALE}{MORE}": ("a", 0.98), LAST: ("b", 0.98)}, denied=frozenset({f"{TALE}{MORE}"}))
    message = Message(clauses, {"a": 0.0, "b": 0.0}, table)
    assert message.text == f"{TALE}{MORE}，{LAST}"
    assert message.is_denied(0, 2, "a"), "the clause as it is written denies it, not one of its pieces"
    table.denied = frozenset()
    (cut,) = cuts(message)
    assert [each.text for each in cut.stretches] == [f"{TALE}{MORE}", LAST]
    assert (cut.evidence.story, cut.evidence.long) == (0, 0)


def test_what_a_clause_denies_is_no_part() -> None:
    known = {ONE: ("a", 0.98), OTHER: ("b", 0.98)}
    assert parts([ONE, OTHER], known)
    assert parts([ONE, OTHER], known, denied=frozenset({ONE})) == []


@pytest.mark.parametrize(("mark", "count"), [(Mark.COMMA, 0), (Mark.SENTENCE, 2), (Mark.JOINED, 2)])
def test_what_others_with_that_matter_ask_too_is_no_part(mark: Mark, count: int) -> None:
    """「下周去收房，要带哪些证件」 is one matter; after 「另外」 it would be another one."""
    known = {ONE: ("a", 0.75), OTHER: ("b", 0.75)}
    assert len(parts([ONE, OTHER], known, mark, asked_with=frozenset({("a", OTHER)}))) == count
    assert len(parts([ONE, OTHER], known, mark, asked_with=frozenset({("b", ONE)}))) == 2, "the earlier one is meant"


def test_the_whole_message_has_a_say_in_what_a_part_means() -> None:
    """「怎么改成自己的」 is about many things; after 「初始密码是多少」 it is about passwords."""

    class Doubtful(Table):
        def candidates(self, text: str) -> tuple[Candidate, ...]:
            doubtful = (Candidate("b", 0.45), Candidate("c", 0.4))
            return doubtful if text == OTHER else super().candidates(text)

    table = Doubtful({ONE: ("a", 0.98)})
    clauses = [Clause(ONE, Mark.COMMA), Clause(OTHER, Mark.COMMA)]
    messages = {odds: Message(clauses, {"a": 0.0, "b": -odds, "c": -6.0}, table) for odds in (0, 12)}
    best = {odds: [cut.intents for cut in cuts(message)] for odds, message in messages.items()}
    assert best == {0: [["a", "b"]], 12: [["a", "c"]]}


def test_stretches_are_announced_before_they_are_read() -> None:
    table = Table({ONE: ("a", 1.0), OTHER: ("b", 1.0)})
    Message([Clause(ONE, Mark.COMMA), Clause(OTHER, Mark.COMMA)], {"a": 0.0, "b": 0.0}, table)
    assert table.ahead == [ONE, OTHER]


@given(
    st.lists(st.sampled_from([ONE, OTHER, THIRD, TALE, MORE, ANGER, THANKS, "嗯"]), max_size=6),
    st.dictionaries(st.sampled_from([ONE, OTHER, THIRD, ANGER]), st.floats(0.01, 1.0)),
)
def test_parts_are_stretches_of_the_message_with_situations_of_their_own(
    clauses: list[str], chances: dict[str, float]
) -> None:
    known = {text: (text, chance) for text, chance in chances.items()}
    found = parts(clauses, known)
    assert len(found) in (0, 2, 3)
    assert len({intent for _, intent in found}) == len(found)
    said = "，".join(clauses)
    assert all(text in said for text, _ in found)
