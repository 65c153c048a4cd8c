"""What is made of rules is kept by rule: a change makes anew what it concerns, and nothing else changes with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.support import SHIPPED_WORDS

from csbot.rules import parts
from csbot.rules.remembering import scan_beside
from csbot.rules.scan import RuleSet
from csbot.rules.wording.forms import (
    BEGINNING,
    END,
    INSIDE,
    fewest_characters,
    reduced_forms,
    shortest_form,
    windows_of,
    write_out,
)
from csbot.rules.wording.model import Hit, Kind, PhraseRule, Severity
from csbot.rules.wording.phrase import PhraseError
from csbot.rules.wording.reduce import one_person, reduce, reduced_literal, reduced_text

SHAPES = (("办", "辦", "苏"), ("法", "祛"))


def rule(name: str, *phrases: str, kind: Kind = Kind.PHRASE, exceptions: tuple[str, ...] = ()) -> PhraseRule:
    """Return a rule with its id for a name."""
    return PhraseRule(
        f"test.{name}", phrases[0], "test", "试", "—", kind, phrases=phrases, exceptions=exceptions, keep_you=False
    )


RULES = [
    rule("know", "我[|真的|也]不[知道|清楚]", exceptions=("不知道您",)),
    rule("way", "[没|没有]办法", "你找…问"),
    rule("fee", "手续费", kind=Kind.CLAUSE),
    rule("code", "[0-9]{8}", kind=Kind.PATTERN),
]
TEXTS = [
    "我其实不知道",
    "我也不知道您的单号",
    "没有办祛",
    "这没办法的，你找他们问吧",
    "wo不zhidao，mbf",
    "手续费，12345678",
    "没完全办法",
    "wbzd啊，梅办法",
    "您好，我帮您看一下",
]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the ids of rules whose part was made, with a cache of its own."""
    monkeypatch.setenv("CSBOT_CACHE_DIR", str(tmp_path))
    ids: list[str] = []
    make = parts.part_of

    def noted(given: PhraseRule) -> parts.Part:
        ids.append(given.id)
        return make(given)

    monkeypatch.setattr(parts, "part_of", noted)
    monkeypatch.setattr(parts, "NEW", 0)
    return ids


def kept(rules: list[PhraseRule], key: str) -> RuleSet:
    """Return a set of rules whose tables are kept."""
    return RuleSet(rules, disguises=SHIPPED_WORDS._replace(shapes=SHAPES), name="test", key=key)


def hits_of(rules: RuleSet) -> list[list[Hit]]:
    """Return all hits in all texts, those that an exception covers too."""
    return [rules.scan(text, dropped=True) for text in TEXTS]


def test_a_changed_rule_is_made_anew_and_no_other(made: list[str]) -> None:
    everything = [each.id for each in RULES]
    assert hits_of(kept(RULES, "first")) == hits_of(RuleSet(RULES, disguises=SHIPPED_WORDS._replace(shapes=SHAPES)))
    assert made == [*everything, *everything], "once for the cache, once without it"
    made.clear()
    changed = [RULES[0], replace(RULES[1], phrases=("没有办法", "没招")), *RULES[2:]]
    assert hits_of(kept(changed, "second")) == hits_of(
        RuleSet(changed, disguises=SHIPPED_WORDS._replace(shapes=SHAPES))
    )
    assert made == ["test.way", *everything]
    made.clear()
    assert hits_of(kept(changed, "second")) == hits_of(kept(changed, "second"))
    assert made == [], "all tables are kept"
    moved = [rule("new", "不归我管"), *reversed(changed)]
    assert hits_of(kept(moved, "third")) == hits_of(RuleSet(moved, disguises=SHIPPED_WORDS._replace(shapes=SHAPES)))
    assert made[:1] == ["test.new"]
    assert len(made) == 1 + len(moved), "what has another number is as good as before"


@pytest.mark.parametrize(
    "change",
    [
        {"phrases": ("不知道",)},
        {"exceptions": ("不知道你",)},
        {"kind": Kind.SENTENCE},
        {"keep_you": True},
        {"tolerant": False},
        {"name": "不晓得"},
    ],
)
def test_whatever_a_part_is_made_of_makes_it_anew(made: list[str], change: dict[str, Any]) -> None:
    kept(RULES, "first")
    made.clear()
    changed = [replace(RULES[0], **change), *RULES[1:]]
    kept(changed, "second")
    assert made == ["test.know"]


def test_what_no_part_is_made_of_makes_nothing_anew(made: list[str]) -> None:
    kept(RULES, "first")
    made.clear()
    changed = [replace(each, reason="因为", instead="改说", positives=("我不知道",)) for each in RULES]
    assert hits_of(kept(changed, "second")) == hits_of(
        RuleSet(changed, disguises=SHIPPED_WORDS._replace(shapes=SHAPES))
    )
    assert made == [each.id for each in RULES], "those without a cache alone"


def test_a_cache_of_an_older_form_or_that_was_damaged_is_replaced(
    made: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr("csbot.rules.parts.FORMAT", 0)
        older.setattr("csbot.rules.tables.FORMAT", 0)
        wanted = hits_of(kept(RULES, "first"))
    files = sorted(path for path in tmp_path.iterdir() if path.name.endswith("-test.cache"))
    assert {path.name.split("-")[0] for path in files} == {
        *("alike", "anchors", "bare", "initials", "neighbours", "parts", "rules", "shapes", "spellings")
    }
    made.clear()
    assert hits_of(kept(RULES, "first")) == wanted
    assert len(made) == len(RULES), "nothing of another form is believed"
    made.clear()
    whole = {path: path.read_bytes() for path in files}
    stored = tmp_path / "parts-test.cache"
    for path in files:
        path.write_bytes(whole[path][:-1])
        assert hits_of(kept(RULES, "first")) == wanted, path.name
        if path != stored:
            assert path.read_bytes() == whole[path]
            path.unlink()
            assert hits_of(kept(RULES, "first")) == wanted, path.name
            assert path.read_bytes() == whole[path]
        else:
            assert made == [], "nobody asks for it while there are tables"
    stored.write_bytes(whole[stored][:-1])
    (tmp_path / "rules-test.cache").unlink()
    made.clear()
    assert hits_of(kept(RULES, "first")) == wanted
    assert made == [each.id for each in RULES]
    assert stored.read_bytes() == whole[stored]


def test_a_rule_that_is_not_valid_is_refused_and_not_kept(made: list[str]) -> None:
    for _ in range(2):
        with pytest.raises(PhraseError):
            kept([RULES[0], rule("bad", "不[行")], "first")
    assert made == ["test.know", "test.bad"] * 2


def test_without_a_place_for_the_cache_nothing_is_made_twice(made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CSBOT_CACHE_DIR", "")
    assert hits_of(kept(RULES, "first")) == hits_of(RuleSet(RULES, disguises=SHIPPED_WORDS._replace(shapes=SHAPES)))
    assert len(made) == 2 * len(RULES)


# ── forms ────────────────────────────────────────────────────────────────────────────────────────────────────

# Small words, longer fillers and their pieces, repetitions, persons, what normalisation changes.
CHARACTERS = "不知真的是实在确反正就那个我您你们咱，甚么後A…㎏"
RUNS = st.lists(st.lists(st.text(CHARACTERS, max_size=3), min_size=1, max_size=3), max_size=4)


@given(run=RUNS)
@example(run=[["真"], ["的确"]])
@example(run=[["实"], ["", "在"], ["是"]])
@example(run=[["不不"], ["不"]])
@example(run=[["甚"], ["么", "至"]])
def test_forms_are_what_writing_them_out_gives(run: list[list[str]]) -> None:
    written = [(literal, reduced_literal(literal)) for literal in write_out(run)]
    assert reduced_forms(run) == written
    assert shortest_form(run) == min(len(reduced) for _, reduced in written)
    assert sum(fewest_characters(run)) >= shortest_form(run)


@given(text=st.text("不知真的是实在确反正就那个我您们咱", max_size=12))
def test_a_reduced_text_is_that_of_its_places(text: str) -> None:
    assert reduced_text(text) == reduce(text).text


def _windows(text: str) -> Iterator[str]:
    for at in range(len(text)):
        first = max(0, min(at - 1, len(text) - 3))
        yield (BEGINNING, INSIDE, END)[at - first] + text[first : first + 3]


@given(
    run=st.lists(
        st.lists(st.text("不知真的是实确反正我您你", max_size=3), min_size=1, max_size=3), min_size=1, max_size=4
    )
)
def test_windows_are_those_of_all_forms(run: list[list[str]]) -> None:
    phrase = "".join(f"[{'|'.join(alternatives)}]" for alternatives in run) + "话"
    texts = {one_person(reduced_literal("".join(each))) for each in product(*run, ["话"])}
    assert windows_of([phrase]) == {window for text in texts for window in _windows(text)}


def test_of_a_phrase_with_too_many_forms_neighbours_are_seen() -> None:
    lists = ["甲|乙|丙|丁|戊|己|庚", "子|丑|寅|卯|辰|巳|午", "一|二|三|四|五|六|七", "东|西|南|北"]
    windows = windows_of(["".join(f"[{each}]" for each in lists)])
    assert {"1甲子", "0甲子"} <= windows
    assert {"1子一东", "0子一东", "2子一东"} & windows
    assert not any("甲一" in window for window in windows)


@pytest.mark.parametrize("key", ["", "kept"])
def test_a_rule_of_many_by_itself_is_what_it_would_be_without_the_others(made: list[str], key: str) -> None:
    rules = RuleSet(RULES, disguises=SHIPPED_WORDS._replace(shapes=SHAPES), name="test" if key else "", key=key)
    for each in RULES:
        assert hits_of(rules.alone(each.id)) == hits_of(
            RuleSet([each], disguises=SHIPPED_WORDS._replace(shapes=SHAPES))
        )
    assert made


@pytest.mark.parametrize(
    "changed",
    [
        [replace(RULES[1], phrases=("没有办法", "没招"))],
        [replace(RULES[0], exceptions=("不知道您",)), rule("new", "我帮您")],
        [replace(each, severity=Severity.WARNING) for each in RULES[:2]],
    ],
)
def test_changed_rules_beside_the_others_find_what_all_of_them_find(changed: list[PhraseRule]) -> None:
    before = RuleSet(RULES, disguises=SHIPPED_WORDS._replace(shapes=SHAPES))
    by_id = {each.id: each for each in (*RULES, *changed)}
    now = RuleSet(by_id.values(), disguises=SHIPPED_WORDS._replace(shapes=SHAPES))
    only = RuleSet(changed, disguises=SHIPPED_WORDS._replace(shapes=SHAPES))
    for text in TEXTS:
        for dropped in (False, True):
            assert scan_beside(before, only, text, dropped=dropped) == now.scan(text, dropped=dropped)
