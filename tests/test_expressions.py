"""Python's own expressions try every way to take a text apart: no longer text may have many times more of them.

「麻烦你」 as one word and as two, both allowed any number of times, are 2**20 ways to read twenty of them; a customer
who pastes that stops a server. Each expression of every module is tried on its own words, one and two of them repeated.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from itertools import chain, islice, product
from time import thread_time
from typing import cast
from unittest.mock import Mock

import pytest

import csbot
from csbot.text.regex import Expression, regex

FEW, MORE = 18, 20  # repetitions: what takes four times as long for the two more would never end for sixty
SLOW = 0.004  # seconds below which the few need not be looked at
# What is only ever asked of a few characters.
SHORT_TEXTS_ONLY = {"csbot.rules.disguises.inserted._SMALL_BEFORE", "csbot.rules.disguises.inserted._SMALL_BEHIND"}


def expressions() -> Iterator[tuple[str, re.Pattern[str]]]:
    for module in pkgutil.walk_packages(csbot.__path__, "csbot."):
        if module.name == "csbot.__main__":
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            values = value.values() if isinstance(value, dict) else value
            values = values if isinstance(value, dict | list | tuple) else [value]
            found = (each for each in values if isinstance(each, re.Pattern | Expression))
            if f"{module.name}.{name}" not in SHORT_TEXTS_ONLY:
                texts = (cast("re.Pattern[str]", each) for each in found if isinstance(each.pattern, str))
                yield from ((f"{module.name}.{name}", each) for each in texts)


def _words_of(source: str) -> list[str]:
    return sorted(set(re.findall("[\u4e00-\u9fff]{2,}", source)))


def _quickest(expression: re.Pattern[str], text: str) -> float:
    times = []
    for _ in range(8):  # as often as a busy machine needs to let one pass undisturbed
        begin = thread_time()
        expression.search(text)
        times.append(thread_time() - begin)
        if times[-1] < SLOW:
            break
    return min(times)


def never_ends(expression: re.Pattern[str], word: str) -> bool:
    def grows() -> bool:
        few = _quickest(expression, word * FEW + "Z")
        return few >= SLOW and _quickest(expression, word * MORE + "Z") > 2 * few

    return all(grows() for _ in range(3))  # a machine that stood still for a moment does not do so three times


@pytest.mark.slow
def test_an_expression_that_reads_a_word_in_two_ways_is_found() -> None:
    assert never_ends(re.compile("^(?:你|麻烦你?)*是"), "麻烦你")
    assert not never_ends(re.compile("^(?:你|麻烦)*是"), "麻烦你")


def test_every_expression_is_valid() -> None:
    assert len([each.flags for _, each in expressions()]) > 200


def test_an_expression_is_compiled_when_it_is_first_asked_and_never_again(monkeypatch: pytest.MonkeyPatch) -> None:
    compile_now = Mock(wraps=re.compile)
    monkeypatch.setattr(re, "compile", compile_now)
    asked = regex("^(?P<name>[a-z]+)$", re.IGNORECASE)
    assert (asked.pattern, compile_now.call_count) == ("^(?P<name>[a-z]+)$", 0)
    assert [asked.sub(r"<\g<name>>", text) for text in ("Abc", "1", "d")] == ["<Abc>", "1", "<d>"]
    assert (asked.flags & re.IGNORECASE, asked.groups) == (re.IGNORECASE, 1)
    assert compile_now.call_count == 3  # for ``sub``, ``flags`` and ``groups``; Python itself remembers the rest


@pytest.mark.slow
def test_no_expression_takes_for_ever_on_its_own_words() -> None:
    bad: list[str] = []
    for name, expression in expressions():
        words = _words_of(expression.pattern)
        characters = sorted(set(expression.pattern))[:40]
        pairs = map("".join, chain(product(words[:40], repeat=2), product(characters, repeat=2)))
        found = (word for word in chain(words, characters, pairs) if never_ends(expression, word))
        bad += [f"{name}: {word}" for word in islice(found, 1)]
    assert bad == []


def test_what_a_customer_told_is_found_at_once_in_one_long_clause() -> None:
    """From each 地址 every 路 of a clause was held against all that stands behind it: 1,200 characters took 2.5 s."""
    from csbot.replying.given import read_given

    begin = thread_time()
    assert read_given("地址路" * 600) == {}
    assert thread_time() - begin < 1


@pytest.mark.parametrize("word", ["麻烦你", "那就", "怎么", "可以", "订单编号", "手机", "但是", "现在麻烦你"])
def test_messages_that_repeat_a_word_are_read_at_once(word: str) -> None:
    from csbot.matching import following, negation, segmentation, settling
    from csbot.rules import rewrite

    before = following.Before("order.track", asked=frozenset((following.ORDER, following.TELEPHONE)))
    text = word * 24 + "Z"
    readers: dict[str, Callable[[], object]] = {
        "answered": lambda: following.answered(text, before),
        "turns": lambda: negation.turns(text),
        "leaves_it": lambda: negation.leaves_it(text),
        "gives_data": lambda: segmentation.gives_data(text),
        "asks_of_it": lambda: segmentation.asks_of_it(text),
        "contrasts": lambda: settling.contrasts(text),
        "leading up": lambda: rewrite._LEADING_UP.search(text),
    }
    for name, read in readers.items():
        begin = thread_time()
        read()
        assert thread_time() - begin < 0.1, name
