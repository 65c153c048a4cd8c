"""The words that a library lists for disguises: those of regions, and those that are slipped into an expression."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support import SHIPPED_WORDS, csbot, refused, write_library

from csbot.library.load import load_library, read_documents
from csbot.lint.below import Below
from csbot.lint.run import lint
from csbot.replying.guard import Guard
from csbot.rules.disguises.dialect import Dialect, regional_problems, spelled_out
from csbot.rules.disguises.inserted import inserted_problems
from csbot.rules.scan import LONG_TEXT
from csbot.rules.wording.model import NO_DISGUISES, Regional

REGIONAL = """\
regional:
  - {means: 知道, words: [晓得咧, 𠮶𠮶得]}
  - {means: 不, words: [冇], behind: [知道], not_before: [也], not_behind: [觉]}
"""
INSERTED = """\
words: [铁定儿]
asides: [掏心窝子讲]
addresses: [掌柜的]
weakening:
  - {behind: [不], words: [咋]}
"""


def library_with(folder: Path, **files: str) -> Path:
    """Write the small library with files of its phrasebook, by their names."""
    root = folder if (folder / "layer.yaml").exists() else write_library(folder)
    (root / "phrasebook").mkdir(exist_ok=True)
    for name, text in files.items():
        (root / "phrasebook" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return root


def layer_above(base: Path, level: str = "公司", **files: str) -> Path:
    folder = base.parent / f"upper-{level}"
    folder.mkdir()
    (folder / "layer.yaml").write_text(f"level: {level}\nname: 上层\nextends: ../{base.name}\n", encoding="utf-8")
    return library_with(folder, **files)


def ways_of(root: Path, text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(hit.found, hit.ways) for hit in Guard(load_library(str(root))).findings(text)]


@pytest.mark.parametrize(
    ("text", "found", "way"),
    [
        ("我不晓得咧", "不晓得咧", "方言"),
        ("我不𠮶𠮶得", "不𠮶𠮶得", "方言"),
        ("我冇知道", "冇知道", "方言"),
        ("肯定铁定儿没问题", "肯定铁定儿没问题", "夹入虚词"),
        ("肯定，掏心窝子讲，没问题", "肯定，掏心窝子讲，没问题", "夹入虚词"),
        ("肯定，掌柜的，没问题", "肯定，掌柜的，没问题", "夹入虚词"),
        ("我不咋知道", "不咋知道", "夹入虚词"),
    ],
)
def test_a_word_of_a_trainer_counts_from_the_next_check_on(text: str, found: str, way: str, tmp_path: Path) -> None:
    root = write_library(tmp_path)
    assert ways_of(root, text) == []
    library_with(root, regional=REGIONAL, inserted=INSERTED)
    assert [each for each, ways in ways_of(root, text) if way in ways] == [found]
    many = f"{'您好，马上为您查询。' * (LONG_TEXT // 8)}\n{text}\n"
    assert [each for each, ways in ways_of(root, many) if way in ways] == [found], "nor do long texts hide it"


@pytest.mark.parametrize("text", ["我也冇知道", "我冇知道觉", "我冇"])
def test_a_word_beside_what_makes_it_another_one_is_left_alone(text: str, tmp_path: Path) -> None:
    assert (
        Dialect(load_library(str(library_with(tmp_path, regional=REGIONAL))).disguises.regional).reading(text) == text
    )


def test_what_stands_behind_a_word_is_read_as_well() -> None:
    dialect = Dialect([Regional("太", ("贼",), ("絮叨", "慢")), Regional("啰嗦", ("絮叨",))])
    assert dialect.reading("您贼絮叨，贼慢，贼好") == "您太啰嗦，太慢，贼好"


def test_a_library_without_the_files_knows_no_such_words(tmp_path: Path) -> None:
    root = write_library(tmp_path)
    assert load_library(str(root)).disguises == NO_DISGUISES
    assert ways_of(root, "我莫得法子晓得") == []


def test_what_comes_with_csbot_is_in_order() -> None:
    assert list(regional_problems(SHIPPED_WORDS.regional)) == []
    assert list(inserted_problems(SHIPPED_WORDS.inserted)) == []
    words = [word.written for word in spelled_out(SHIPPED_WORDS.regional)]
    assert len(words) == len(set(words)) > 700


@pytest.mark.parametrize(
    ("name", "text", "place", "code", "message"),
    [
        ("regional", "regional:\n  - {means: 知道, words: [知道]}", "2:25", "rule.word", "就是普通话"),
        ("regional", "regional:\n  - {means: 知道, words: [晓 得]}", "2:25", "rule.word", "标点和空格去掉"),
        ("regional", "regional:\n  - {means: 知道！, words: [晓得]}", "2:13", "rule.word", "标点和空格去掉"),
        ("regional", "regional:\n  - {means: 不是, words: [唔係]}", "2:25", "rule.word", "请写成「唔系」"),
        ("regional", "regional:\n  - {means: 别, words: [莫], behind: [ＯＫ]}", "2:37", "rule.word", "请写成「ok」"),
        (
            "regional",
            "regional:\n  - {means: 别, words: [莫], behind: [催]}\n  - {means: 不, words: [莫催]}",
            "3:24",
            "ref.duplicate",
            "「莫催」重复了",
        ),
        ("regional", "regional:\n  - {means: 知道}", "2:5", "schema.missing-key", "words"),
        ("inserted", "words: [完全, 就]", "1:13", "rule.word", "只有一个字"),
        ("inserted", "words: [完全]\nasides: [完全]", "2:10", "ref.duplicate", "「完全」重复了"),
        ("inserted", "words: [𠮶𠮶]", "1:9", "rule.word", "太生僻"),
        ("inserted", "weakening:\n  - {behind: [没有], words: [太]}", "2:15", "rule.word", "要是一个汉字"),
        ("inserted", "weakening:\n  - {behind: [不], words: [太。]}", "2:27", "rule.word", "标点和空格去掉"),
    ],
)
def test_a_word_that_cannot_count_is_reported_at_its_place(
    name: str, text: str, place: str, code: str, message: str, tmp_path: Path
) -> None:
    problem = refused(library_with(tmp_path, **{name: f"{text}\n"})).problems[0]
    assert (f"{problem.line}:{problem.column}", problem.code) == (place, code)
    assert problem.path.endswith(f"phrasebook/{name}.yaml")
    assert message in problem.message


def test_an_upper_layer_adds_words_and_changes_none(tmp_path: Path) -> None:
    base = library_with(tmp_path / "base", regional="regional:\n  - {means: 知道, words: [晓得]}\n", inserted=INSERTED)
    more = "regional:\n  - {means: 你好, words: [晓得]}\n  - {means: 没有, words: [莫得]}\n"
    upper = layer_above(base, regional=more, inserted="words: [真格儿, 铁定儿]\n")
    disguises = load_library(str(upper)).disguises
    assert Dialect(disguises.regional).reading("晓得莫得") == "知道没有"
    assert disguises.inserted.words == ("铁定儿", "真格儿", "铁定儿")
    problems = [(each.code, each.line, each.severity) for each in read_documents(upper)[1]]
    assert problems == [("rule.word-known", 2, "warning"), ("rule.word-known", 1, "warning")]


def test_a_team_does_not_take_the_meaning_from_a_word(tmp_path: Path) -> None:
    base = library_with(tmp_path / "base", regional="regional:\n  - {means: 没, words: [莫得]}\n")
    text = "regional:\n  - {means: 没办法, words: [莫得办法]}\n  - {means: 您好, words: [莫得法子]}\n"
    (problem,) = refused(layer_above(base, "团队", regional=text)).problems
    assert (problem.code, problem.line, "「莫得法子」在下层读作「没法子」" in problem.message) == (
        "layer.guard",
        3,
        True,
    )
    assert load_library(str(layer_above(base, regional=text))).disguises.regional[-1].means == "您好"


def test_lower_replies_are_tried_again_where_a_layer_adds_words(tmp_path: Path) -> None:
    base = write_library(tmp_path / "base")
    upper = layer_above(base, regional="regional:\n  - {means: 不知道, words: [支付宝]}\n")
    below = Below(load_library(str(upper)), load_library(str(base)))
    assert below.fresh == below.library.forbidden
    assert not below.only_stricter
    found = [each for each in lint(upper)[0] if each.code == "reply.forbidden"]
    assert found
    assert all("，方言）" in each.message for each in found)


def test_the_words_are_told_from_those_before(tmp_path: Path) -> None:
    root = write_library(tmp_path)
    done = csbot("--library", str(root), "explain", "rule.word")
    assert (done.returncode, "regional.yaml" in done.stdout) == (0, True)
