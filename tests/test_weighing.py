"""What the clauses of a long message have to say beside the whole: what asks, and what comes last."""

from __future__ import annotations

from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csbot.matching.index import Example
from csbot.matching.matcher import Matcher
from csbot.matching.segmentation import clauses_of
from csbot.matching.weighing import weighed

EXAMPLES = {
    "repair": [
        "洗碗机不转了",
        "油烟机响得厉害",
        "热水器打不着火",
        "洗衣机坏了能来修吗",
        "前年买的洗碗机漏水",
        "冰箱不制冷了",
    ],
    "price": [
        "这一款现在卖多少钱",
        "到手价是多少",
        "还能便宜点吗",
        "老顾客能打折吗",
        "能不能再少一点",
        "有没有什么优惠",
    ],
    "delivery": ["快递到哪了", "怎么还没发货", "包裹几天能到", "东西什么时候送来", "物流三天没动了", "发的什么快递"],
    "invoice": [
        "发票怎么开",
        "给我开张专票",
        "抬头写错了要重开",
        "电子发票发到哪个邮箱",
        "没有收到发票",
        "能补开一张票吗",
    ],
}
REPAIR, PRICE, PRAISE, TALE = "前年买过一台洗碗机", "这一款现在到手多少钱", "用着挺称心", "家里换了新房子"


@lru_cache(maxsize=1)
def matcher() -> Matcher:
    return Matcher.for_examples("", [Example(text, intent) for intent, texts in EXAMPLES.items() for text in texts])


def best(*clauses: str) -> tuple[str, str, float] | None:
    """Return what a message is taken for once its clauses were weighed, by which of them, and how likely it is any."""
    text = ",".join(clauses)
    found = weighed(matcher(), text, matcher().read(text), clauses_of(text))
    if found is None:
        return None
    return found.reading.candidates[0].intent, found.clause, 1 - found.reading.none


@pytest.mark.parametrize(
    ("clauses", "intent", "clause"),
    [
        ((REPAIR, PRAISE, TALE, PRICE), "price", PRICE),
        ((PRICE, TALE, PRAISE, REPAIR), "price", PRICE),
        ((TALE, PRAISE, REPAIR, "厨房到处漏水"), "repair", "厨房到处漏水"),
        ((REPAIR, PRAISE, PRICE), None, None),
        ((PRICE,), None, None),
        (("洗碗机修好了", "油烟机也修好了", "热水器修好了", "冰箱不用修了"), None, None),
        (("ξψω", "ξψω", "ξψω", "ξψω"), None, None),
    ],
    ids=[
        "asked and last",
        "asked first",
        "the last one tells it",
        "three clauses",
        "one clause",
        "all done with",
        "nothing known",
    ],
)
def test_what_asks_and_what_comes_last_has_a_say(
    clauses: tuple[str, ...], intent: str | None, clause: str | None
) -> None:
    found = best(*clauses)
    assert (found[:2] if found else (None, None)) == (intent, clause)


def test_a_clause_has_more_to_say_where_it_asks_or_comes_last() -> None:
    def share(*clauses: str) -> float:
        text = ",".join(clauses)
        found = weighed(matcher(), text, matcher().read(text), clauses_of(text))
        assert found is not None
        return {each.intent: each.score for each in found.reading.candidates}["repair"]

    told = "洗碗机漏水"
    assert share(told, TALE, PRAISE, PRICE) < share(TALE, PRAISE, PRICE, told)
    assert share(told, TALE, PRAISE, PRICE) < share(f"{told}能来修吗", TALE, PRAISE, PRICE)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([each for texts in EXAMPLES.values() for each in texts]), min_size=4, max_size=6))
def test_clauses_never_make_a_message_belong_more_than_its_best_situation_does(clauses: list[str]) -> None:
    """They say which situation it is; that it is any, the message as a whole tells."""
    text = ",".join(clauses)
    whole = matcher().read(text)
    found = weighed(matcher(), text, whole, clauses_of(text))
    if found is None:  # all of it sounds like being done with, or declined
        return
    same = found.reading.candidates[0].intent == whole.candidates[0].intent
    assert not same or found.reading.none == pytest.approx(whole.none)
    assert sum(each.score for each in found.reading.candidates) <= 1 + 1e-9
