"""Every listed expression finds itself, however it is written, and whatever stands elsewhere changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from itertools import chain
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import SHIPPED_WORDS
from tests.variants import FILLERS, TRANSFORMATIONS, disguised, han, written_out

from csbot.library.models import Library
from csbot.replying.guard import Guard
from csbot.rules.judging.hits import folded_hits, plain_hits
from csbot.rules.lookup.anchors import whole_literals
from csbot.rules.scan import RuleSet
from csbot.rules.wording.fold import fold, line_breaks, stretches
from csbot.rules.wording.model import Hit, Kind, PhraseRule, Severity
from csbot.rules.wording.reduce import FILLER_CHARACTERS
from csbot.text.normalise import Normalised, normalise
from csbot.text.pinyin import reading, split_latin
from csbot.text.tokenise import common_words

BY_SOUND = {"谐音字", "拼音", "拼音首字母"}
# What trying every phrase everywhere does not see, longer words slipped in among them.
READ_OTHERWISE = BY_SOUND | {"形近字", "拆字", "夹入虚词", "方言", "颠倒语序"}
KINDS_OF_VARIANT = st.sets(st.sampled_from(sorted(TRANSFORMATIONS)), max_size=4)
RANDOM = st.integers(0, 1 << 32).map(Random)  # how much is drawn of it does not depend on what is made of it
AROUND = st.sampled_from(["", "收到。", "😀", "𠮷：", "\ufeff"])


def rule(*phrases: str, identifier: str = "test.rule", kind: Kind = Kind.PHRASE, keep_you: bool = False) -> PhraseRule:
    """Return a rule with these phrases, and else nothing of interest."""
    return PhraseRule(identifier, phrases[0], "test", "试", "—", kind, phrases, keep_you=keep_you)


class Listed:
    """The expressions of the rules of a library, each with a rule set of its rule alone, exceptions aside."""

    def __init__(self, rules: Iterable[PhraseRule], most: int = 50) -> None:
        self.rules = [each for each in rules if each.kind not in (Kind.PATTERN, Kind.NAME)]
        self.expressions = [
            (each, phrase, text) for each in self.rules for phrase in each.phrases for text in written_out(phrase, most)
        ]
        self.alone = cache(
            lambda identifier: RuleSet([replace(self._by_id[identifier], exceptions=())], disguises=SHIPPED_WORDS)
        )
        self._by_id = {each.id: each for each in self.rules}


SMALL = Listed(
    [
        rule("我不知道", "不清楚", identifier="t.know"),
        rule("不行", "废话", identifier="t.short"),
        rule("你[到底|究竟][想|要]怎么样", identifier="t.choice"),
        rule("这[个|]人[真|太|][没|没有]素质", identifier="t.fillers_inside"),
        rule("您的确认信息", "违反正常流程", "个人原因", identifier="t.pieces_of_fillers"),
        rule("你问我，我问谁", "喂[？|，|]说话", identifier="t.marks"),
        rule("急急急", "清清楚楚", "行不行", identifier="t.repeated"),
        rule("QQ群里说", "100%成功", identifier="t.letters"),
        rule("<时限>[内|]回电", identifier="t.time"),
        rule("我行我素", "咱们不管", "他们没办法", identifier="t.persons"),
        rule("你不行", identifier="t.keep", keep_you=True),
        rule("喂", "说什么", identifier="t.clause", kind=Kind.CLAUSE),
        rule("什么", identifier="t.sentence", kind=Kind.SENTENCE),
    ]
)


@pytest.fixture(scope="module")
def shipped(library: Library) -> Listed:
    """The expressions of the library of this repository."""
    return Listed(library.forbidden)


def _applies(kinds: set[str], each: PhraseRule, phrase: str) -> set[str]:
    """Return the transformations of which the guard promises that they hide nothing.

    Fillers where every form of the phrase has three Han characters, times aside; a line break where the expression
    need not be a clause or a sentence of its own.
    """
    if min(map(han, written_out(phrase.replace("<时限>", "")))) < 3:
        kinds = kinds - {"fillers"}
    return kinds if each.kind is Kind.PHRASE else kinds - {"line break"}


def _check_found(listed: Listed, number: int, kinds: set[str], random: Random, before: str, after: str) -> None:
    each, phrase, text = listed.expressions[number]
    if before and each.kind is not Kind.PHRASE:
        before = f"{before[:-1]}。"  # what must be a sentence of its own does not stand behind a colon
    variant = disguised(text, _applies(kinds, each, phrase), random, keep_you=each.keep_you)
    whole = f"{before}{variant}{after and '。' + after}"
    hits = listed.alone(each.id).scan(whole)
    assert all(whole[hit.start : hit.end] == hit.found for hit in hits)
    inside = [hit for hit in hits if len(before) <= hit.start and hit.end <= len(before) + len(variant)]
    assert inside, f"{each.id} misses {text!r} written {whole!r}"
    if variant == text and each.kind is Kind.PHRASE:
        assert not BY_SOUND.intersection(*(hit.ways for hit in inside))


@settings(max_examples=100)
@given(st.integers(0, len(SMALL.expressions) - 1), KINDS_OF_VARIANT, RANDOM, AROUND, AROUND)
def test_every_small_expression_finds_itself(
    number: int, kinds: set[str], random: Random, before: str, after: str
) -> None:
    _check_found(SMALL, number, kinds, random, before, after)


@pytest.mark.slow
@settings(max_examples=500)
@given(st.data(), KINDS_OF_VARIANT, RANDOM, AROUND, AROUND)
def test_every_listed_expression_finds_itself(
    shipped: Listed, data: st.DataObject, kinds: set[str], random: Random, before: str, after: str
) -> None:
    number = data.draw(st.integers(0, len(shipped.expressions) - 1))
    _check_found(shipped, number, kinds, random, before, after)


@pytest.mark.slow
def test_every_form_of_every_listed_expression_finds_itself_as_it_is(shipped: Listed) -> None:
    missed = [(each.id, text) for each, _, text in shipped.expressions if not listed_hits(shipped.alone(each.id), text)]
    assert missed == []


def listed_hits(rules: RuleSet, text: str) -> list[Hit]:
    """Return the hits that need no sound to be found."""
    return [hit for hit in rules.scan(text) if not BY_SOUND.intersection(hit.ways)]


# ── by sound ─────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def _spellable(listed: Listed) -> list[tuple[PhraseRule, str]]:
    """Return the expressions that are found by their sound: anywhere, in Han characters, of phrases written out."""
    return [
        (each, text)
        for each, phrase, text in listed.expressions
        if each.kind is Kind.PHRASE and len(text) >= 3 and han(text) == len(text) and text in whole_literals(phrase)
    ]


def _may_be_spelled(part: str, rest: str) -> bool:
    """Tell whether a part of an expression may be spelled while the rest stays as it is.

    Small words are not sought in letters, nor are 咱 (whose sound is not that of 我) and reduplications.
    """
    text = part + rest
    return (
        not FILLER_CHARACTERS.intersection(part)
        and bool(set(rest) - FILLER_CHARACTERS)
        and len(set(text)) == len(text)
        and not set("咱们俺").intersection(text)
    )


def _check_spelled(listed: Listed, data: st.DataObject, *, initials: bool) -> None:
    expressions = _spellable(listed)
    each, text = expressions[data.draw(st.integers(0, len(expressions) - 1))]
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, min(len(text), start + 4)))
    part, rest = text[start:end], text[:start] + text[end:]
    syllables = tuple(map(reading, part))
    if not _may_be_spelled(part, rest) or not all(syllables):
        return
    if initials:
        letters = "".join(syllable[0] for syllable in syllables)
        # What can be read as syllables is; one letter needs two characters that stay.
        if split_latin(letters) or len(rest) < 2:
            return
    else:
        letters = "".join(syllables)
        read = split_latin(letters, standard=True) or split_latin(letters)
        if read != syllables or any(len(syllable) == 1 for syllable in syllables):
            return  # 「xian」 is one syllable, whoever meant 西安
    letters = data.draw(st.sampled_from([letters, letters.upper() if len(letters) > 1 else letters]))
    variant = text[:start] + letters + text[end:]
    hits = listed.alone(each.id).scan(f"收到。{variant}。")
    inside = [hit for hit in hits if hit.start >= 3 and hit.end <= 3 + len(variant)]
    assert inside, (each.id, variant)
    way = "拼音首字母" if initials else "拼音"
    # Another form of the phrase may stand there without the letters: 「投诉先撤」 before xiao.
    assert any(way in hit.ways for hit in inside) or listed_hits(listed.alone(each.id), variant)


@settings(max_examples=60)
@given(st.data())
@pytest.mark.parametrize("initials", [True, False])
def test_a_small_expression_is_found_where_a_part_of_it_is_spelled(initials: bool, data: st.DataObject) -> None:
    _check_spelled(SMALL, data, initials=initials)


@pytest.mark.slow
@settings(max_examples=300)
@given(st.data())
@pytest.mark.parametrize("initials", [True, False])
def test_a_listed_expression_is_found_where_a_part_of_it_is_spelled(
    shipped: Listed, initials: bool, data: st.DataObject
) -> None:
    _check_spelled(shipped, data, initials=initials)


# Characters that sound like those of the expressions and make no word with their neighbours.
HOMOPHONES = {
    "我不知道": ["我布知道", "我不只道", "我不枝道"],
    "没办法处理": ["没办发处理", "没拌法处理", "梅办法处理", "没办法处里"],
    "不行就是不行": ["不形就是不行", "不行就是不刑"],
    "神经病": ["神精病", "神经并"],
    "绝对没问题": ["决对没问题", "绝对没文题"],
}


@pytest.mark.parametrize(
    ("phrase", "variant"), [(phrase, each) for phrase, all_ in HOMOPHONES.items() for each in all_]
)
@pytest.mark.parametrize("text", ["{}", "您别催了，{}。", "{}\n好的", "😀{}！"])
def test_an_expression_is_found_with_a_homophone_that_makes_no_sense(phrase: str, variant: str, text: str) -> None:
    (hit,) = RuleSet([rule(phrase)], disguises=SHIPPED_WORDS).scan(text.format(variant))
    assert "谐音字" in hit.ways
    assert hit.found[: len(phrase)] == variant[: len(phrase)]


@pytest.mark.slow
@settings(max_examples=333)
@given(st.data())
def test_a_listed_expression_is_found_with_a_homophone_that_makes_no_sense(
    shipped: Listed, data: st.DataObject
) -> None:
    """It stands alone, makes no word, and is a thousand times less probable than what it means: e to the 7th.

    Where another phrase of the rule lets any character stand there, it is found as that one.
    """
    expressions = _spellable(shipped)
    each, text = expressions[data.draw(st.integers(0, len(expressions) - 1))]
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from(SAME_SOUND.get(text[at], [text[at]])))
    if other in text or not _may_be_spelled(text[at], text[:at] + text[at + 1 :]):
        return
    variant = text[:at] + other + text[at + 1 :]
    words = common_words()
    if words.likelihood(text) - words.likelihood(variant) < 7 or any(
        other in word and len(word) > 1 for word in words.cut(variant)
    ):
        return
    before = "收到。"
    hits = shipped.alone(each.id).scan(f"{before}{variant}。")
    assert any("谐音字" in hit.ways or hit.start <= len(before) + at < hit.end for hit in hits), (each.id, variant)


# Frequent characters, so that the dictionary has something to say about them.
SAME_SOUND = {
    character: [other for other in group if other != character]
    for group in ("不布步部", "知之只支", "道到倒", "行形型", "办半伴", "法发罚", "查茶察", "问文闻", "题提", "态太泰")
    for character in group
}


# ── nothing is lost, and nothing changes elsewhere ───────────────────────────────────────────────────────────


def brute_force(rules: RuleSet, text: str) -> list[Hit]:
    """Return what is found when every phrase of every rule is tried on every stretch."""
    normalised = normalise(text)
    pieces = stretches(normalised.text)
    found = [hit for begin, end in pieces for hit in _all_hits(rules, normalised, begin, end)]
    for begin, at, end in line_breaks(normalised.text, pieces):
        first, last = normalised.starts[at], normalised.ends[at]
        found += [
            hit
            for hit in _all_hits(rules, normalised, begin, end)
            if hit.start < first and hit.end > last and hit.rule.kind is not Kind.PATTERN
        ]
    return found


def _all_hits(rules: RuleSet, normalised: Normalised, begin: int, end: int) -> Iterable[Hit]:
    folded = fold(normalised, begin, end)
    for compiled in rules._compiled:
        if compiled.folded:
            everywhere = {at: [(0, len(folded.text))] for at in range(len(compiled.phrases))}
            yield from (hit for _, _, hit in folded_hits(compiled, folded, everywhere))
        else:
            yield from plain_hits(compiled, normalised, begin, end)


def _is_covered(hit: Hit, hits: Iterable[Hit]) -> bool:
    """Tell whether a hit is reported, or lies in one that is and that is at least as severe."""
    return any(
        other.exception is None
        and other.start <= hit.start
        and hit.end <= other.end
        and Severity.ERROR in (other.rule.severity, *([] if hit.rule.severity is Severity.ERROR else [Severity.ERROR]))
        for other in hits
    )


def _check_against_brute_force(rules: RuleSet, text: str) -> None:
    reference, hits = brute_force(rules, text), rules.scan(text, dropped=True)
    spared = {(hit.rule.id, hit.start, hit.end) for hit in reference if hit.exception is not None}
    for hit in reference:
        place = (hit.rule.id, hit.start, hit.end)
        if place in spared:
            assert place in {(each.rule.id, each.start, each.end) for each in hits}, f"{place} in {text!r}"
        else:
            assert _is_covered(hit, hits), f"{hit.rule.id} {hit.found!r} is lost in {text!r}"
    listed = (hit for each in rules._in_marks(text) for hit in each.found)  # lists and strokes, by their marks
    known = {(hit.rule.id, hit.start, hit.end) for hit in chain(reference, listed)}
    for hit in hits:
        assert READ_OTHERWISE.intersection(hit.ways) or (hit.rule.id, hit.start, hit.end) in known, (hit, text)


MARKS = st.sampled_from(
    ["，", "。", "\n", " ", "“", "”", "不", "我", "你", "这", "个", "反", "正", "确", "实", "的", "可"]
)


def _soup(data: st.DataObject, listed: Listed) -> str:
    parts = []
    for _ in range(data.draw(st.integers(1, 5))):
        if data.draw(st.booleans()):
            each, _, text = listed.expressions[data.draw(st.integers(0, len(listed.expressions) - 1))]
            kinds = data.draw(KINDS_OF_VARIANT)
            parts.append(disguised(text, kinds, data.draw(RANDOM), keep_you=each.keep_you))
        else:
            parts.append(data.draw(st.one_of(MARKS, st.sampled_from(FILLERS))))
    return "".join(parts)


SMALL_RULES = RuleSet(SMALL.rules, disguises=SHIPPED_WORDS)


@settings(max_examples=83)
@given(st.data())
def test_looking_up_anchors_loses_nothing(data: st.DataObject) -> None:
    _check_against_brute_force(SMALL_RULES, _soup(data, SMALL))


@pytest.mark.parametrize(
    "text",
    [
        "您的确认信息",
        "您的的确确认信息",
        "违反反正正常流程",
        "这嗯个人没素质",
        "这个个个人真没素质",
        "这确实个人原因",
        "您真的的确实在的确认信息",
        "违\n反正常流程",
    ],
)
def test_fillers_and_phrases_that_run_into_each_other(text: str) -> None:
    _check_against_brute_force(SMALL_RULES, text)
    assert SMALL_RULES.scan(text)


@pytest.mark.slow
@settings(max_examples=250)
@given(st.data())
def test_looking_up_anchors_of_the_library_loses_nothing(guard: Guard, shipped: Listed, data: st.DataObject) -> None:
    _check_against_brute_force(guard.rules, _soup(data, shipped))


HARMLESS = st.sampled_from(["好的，请稍等。", "😀。", "感谢您的耐心等待！", "。", "订单已经发出；", "……。"])


@settings(max_examples=60)
@given(st.data(), HARMLESS, HARMLESS)
def test_a_harmless_sentence_elsewhere_changes_no_hit(data: st.DataObject, before: str, after: str) -> None:
    text = _soup(data, SMALL) + "。"
    alone = [(hit.rule.id, hit.start, hit.end, hit.ways) for hit in SMALL_RULES.scan(text)]
    more = [
        (hit.rule.id, hit.start - len(before), hit.end - len(before), hit.ways)
        for hit in SMALL_RULES.scan(before + text + after)
    ]
    assert more == alone


@pytest.mark.slow
@settings(max_examples=60)
@given(st.data(), HARMLESS, HARMLESS)
def test_a_harmless_sentence_elsewhere_changes_no_hit_of_the_library(
    guard: Guard, shipped: Listed, data: st.DataObject, before: str, after: str
) -> None:
    text = _soup(data, shipped) + "。"
    alone = [(hit.rule.id, hit.start, hit.end) for hit in guard.findings(text)]
    more = [
        (hit.rule.id, hit.start - len(before), hit.end - len(before)) for hit in guard.findings(before + text + after)
    ]
    assert more == alone


# ── how it is named ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("phrase", "text", "ways"),
    [
        ("我不知道", "我不知道", ()),
        ("我不知道", "我不 知道", ("夹入符号或空格",)),
        ("我不知道", "我·不😀知道", ("夹入符号或空格",)),
        ("我不知道", "我不\n知道", ("从中间换行",)),
        ("我不知道", "我不\r\n知道", ("从中间换行",)),
        ("我不知道", "我不\n    知道", ("从中间换行",)),
        ("我不知道", "我\n不\n知\n道", ("从中间换行",)),
        ("我不知道啊", "我.不知\n道啊", ("从中间换行", "夹入符号或空格")),
        ("我不知道", "我不知\u200b道", ("夹入不可见字符",)),
        ("我不知道", "我 不知\ufeff道", ("夹入符号或空格", "夹入不可见字符")),
        ("这不关我的事", "這不關我的事", ("繁体字",)),
        ("加QQ群", "加ｑｑ群", ("全角或大小写",)),
        ("加QQ群", "加qQ羣", ("繁体字", "全角或大小写")),
        ("我不知道", "我不不知道", ("重复字",)),
        ("清清楚楚", "清清清楚楚", ("重复字",)),
        ("清清楚楚", "清清楚楚", ()),
        ("我不知道", "我们不知道", ("人称互换",)),
        ("我不知道", "俺不知道", ("人称互换",)),
        ("你烦不烦", "您们烦不烦", ("人称互换",)),
        ("我不知道", "我真的不知道", ("夹入虚词",)),
        ("我不知道", "我们真的不知道", ("人称互换", "夹入虚词")),
        ("我不知道", "我真的不不知道", ("重复字", "夹入虚词")),
        ("我不知道", "咱们真的不知知道", ("重复字", "人称互换", "夹入虚词")),
        ("我不知道", "我我不知道", ("重复字",)),
        ("我不知道", "我布知道", ("谐音字",)),
        ("我不知道", "我不zhidao", ("拼音",)),
        ("我不知道", "我BU知道", ("全角或大小写", "拼音")),
        ("我不知道", "我bù知道", ("拼音",)),
        ("我不知道", "我不zd", ("拼音首字母",)),
        ("我不知道", "我 们 真的不知\u200bdao", ("夹入符号或空格", "夹入不可见字符", "人称互换", "夹入虚词", "拼音")),
        ("我不知道", "zd，我bu知道", ("拼音",)),
    ],
)
def test_every_way_is_named(phrase: str, text: str, ways: tuple[str, ...]) -> None:
    (hit,) = RuleSet([rule(phrase)], disguises=SHIPPED_WORDS).scan(text)
    assert hit.ways == ways


@pytest.mark.parametrize(
    ("kind", "text", "ways"),
    [
        (Kind.CLAUSE, "滚呀", ("夹入虚词",)),
        (Kind.CLAUSE, "滚滚滚", ("重复字",)),
        (Kind.CLAUSE, "哼，滚滚呀，您好", ("重复字", "夹入虚词")),
        (Kind.SENTENCE, "滚", ()),
    ],
)
def test_particles_around_a_clause_are_named(kind: Kind, text: str, ways: tuple[str, ...]) -> None:
    (hit,) = RuleSet([rule("滚", kind=kind)], disguises=SHIPPED_WORDS).scan(text)
    assert hit.ways == ways
