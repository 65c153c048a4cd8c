"""Finding situations and replies by a fragment: what is found, in which order, and what it costs."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from csbot.library.models import Library
from csbot.searching.entries import Entry, Habit, entries_of
from csbot.searching.index import SearchIndex
from csbot.searching.sounds import Sounds
from csbot.text.pinyin import readings

ENTRIES = [
    Entry("payment.cash_on_delivery", "询问货到付款", "货到付款", "客户问能不能见货再付钱", ("货到付款", "到付")),
    Entry(
        "payment.invoice",
        "索要发票",
        "开发票",
        "客户要发票",
        ("发票", "专票"),
        (),
        ("可以开票。", "请提供税号和开户行。"),
    ),
    Entry("payment.invoice_reissue", "发票有误要求更正重开", "", "发票开错了", ("重开",)),
    Entry("complaint.overcharge", "重复扣款", "", "多扣了钱", (), ("chong fu kou kuan",)),
    Entry("member.vip", "VIP会员权益", "", "问会员有什么好处"),
    Entry("bank.branch", "银行网点", "", "问网点在哪里", (), (), ("最近的网点在城东。",)),
    Entry("courtesy.delight", "快乐的音乐", "", "聊到音乐", ("周末 优惠",), ("mei ti",)),
]


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    return SearchIndex(ENTRIES, readings)


def ids(index: SearchIndex, fragment: str, habits: dict[str, Habit] | None = None) -> list[str]:
    return [found.address for found in index.search(fragment, habits)]


@pytest.mark.parametrize(
    ("fragment", "first"),
    [
        ("货到付款", "payment.cash_on_delivery"),  # the label
        ("hdfk", "payment.cash_on_delivery"),  # initials
        ("HDFK", "payment.cash_on_delivery"),
        ("ｈｄｆｋ", "payment.cash_on_delivery"),
        ("貨到付款", "payment.cash_on_delivery"),
        ("huodaofukuan", "payment.cash_on_delivery"),
        ("huodfuk", "payment.cash_on_delivery"),  # beginnings of syllables
        ("daofu", "payment.cash_on_delivery"),  # from the middle
        ("付款 货到", "payment.cash_on_delivery"),  # any order
        ("重开 发票", "payment.invoice_reissue"),  # words apart
        ("发票重开", "payment.invoice_reissue"),  # characters apart
        ("专票", "payment.invoice"),  # a keyword
        ("zhuanpiao", "payment.invoice"),  # its sound
        ("税号 开户行", "payment.invoice#2"),  # a reply
        ("开户行", "payment.invoice#2"),
        ("payment.invoice", "payment.invoice"),
        ("payment.invoice#1", "payment.invoice#1"),
        ("reissue", "payment.invoice_reissue"),
        ("2", "payment.invoice"),
        ("2#2", "payment.invoice#2"),
        ("o", "complaint.overcharge"),  # begins a word of the id, and stands in the middle of an earlier one
        ("chongfu", "complaint.overcharge"),
        ("vip", "member.vip"),
        ("viphy", "member.vip"),
        ("发票 开户行", "payment.invoice"),
        ("索要 开户行", "payment.invoice"),  # a word of the name and one of a reply
        ("会员vip", "member.vip"),
        ("会员 vip", "member.vip"),
        ("yinhang", "bank.branch"),
        ("yh", "bank.branch"),
        ("kuaile", "courtesy.delight"),
        ("kuaiyue", "courtesy.delight"),  # every reading of 乐
        ("yinyue", "courtesy.delight"),
        ("meiti", "courtesy.delight"),  # a hint of the library
        ("周末 优惠", "courtesy.delight"),
        ("见货再付", "payment.cash_on_delivery"),  # the cue
        ("不存在的", ""),
        ("zzz", ""),
        ("99", ""),
        ("payment.invoice#9", ""),
        ("(?:", ""),
        ("[", ""),
        ("\\", ""),
    ],
)
def test_what_is_found_first(index: SearchIndex, fragment: str, first: str) -> None:
    assert ids(index, fragment)[:1] == ([first] if first else [])


@pytest.mark.parametrize(
    ("description", "besides", "found"),
    [
        ("见货再给钱", {}, ["payment.cash_on_delivery"]),  # the cue
        ("专用发票开错", {}, ["payment.invoice_reissue", "payment.invoice"]),
        ("专用发票开错", {"payment.invoice": 0.5}, ["payment.invoice", "payment.invoice_reissue"]),
        ("网点聊到音乐", {"courtesy.unknown": 1.0}, ["courtesy.delight", "bank.branch"]),
        ("宇宙", {}, []),
        ("", {"member.vip": 0.2}, ["member.vip"]),
    ],
)
def test_what_is_like_a_description(
    index: SearchIndex, description: str, besides: dict[str, float], found: list[str]
) -> None:
    assert [each.id for each in index.alike(description, besides)][: len(found) or 1] == found
    assert len(index.alike(description, besides, limit=1)) == min(len(found), 1)


def test_a_hint_of_the_library_takes_the_place_of_the_readings(index: SearchIndex) -> None:
    assert ids(index, "zhongfu") == []
    assert "complaint.overcharge" in ids(SearchIndex([Entry("complaint.overcharge", "重复扣款")], readings), "zhongfu")


def test_only_what_was_typed_whole_is_exact(index: SearchIndex) -> None:
    exact = {fragment: [each.exact for each in index.search(fragment)][:1] for fragment in ("hdfk", "hdf", "发票", "2")}
    assert exact == {"hdfk": [True], "hdf": [False], "发票": [False], "2": [True]}


def test_favourites_and_what_is_used_most_come_first(index: SearchIndex) -> None:
    plain = ids(index, "发票")
    assert plain[:2] == ["payment.invoice_reissue", "payment.invoice"]
    used = {"payment.invoice": Habit(uses=3)}
    assert ids(index, "发票", used)[:2] == ["payment.invoice", "payment.invoice_reissue"]
    both = {**used, "payment.invoice_reissue": Habit(favourite=True)}
    assert ids(index, "发票", both)[:2] == ["payment.invoice_reissue", "payment.invoice"]
    assert ids(index, "", both) == ["payment.invoice_reissue", "payment.invoice"]
    assert ids(index, "") == []
    # A favourite that fits by its description alone does not stand above what was asked for by name.
    assert ids(index, "网点", {"member.vip": Habit(favourite=True)})[0] == "bank.branch"
    assert ids(index, "hdfk", {each.id: Habit(9, True) for each in ENTRIES[1:]})[0] == "payment.cash_on_delivery"


def test_every_situation_of_the_library_is_found_by_its_own_names(library: Library) -> None:
    entries = list(entries_of(library))
    index = SearchIndex(entries, readings)
    for number, entry in enumerate(entries, start=1):
        for fragment in (entry.name, entry.id, str(number), *([entry.label] if entry.label else [])):
            found = index.search(fragment, limit=len(entries))
            assert entry.id in {each.id for each in found if each.exact}, fragment
    assert index.search("hdfk")[0].id == "payment.cash_on_delivery"


@pytest.fixture(scope="module")
def whole(library: Library) -> SearchIndex:
    return SearchIndex(entries_of(library), readings)


@pytest.mark.slow
@given(st.data())
def test_two_words_find_what_each_of_them_finds(library: Library, whole: SearchIndex, data: st.DataObject) -> None:
    entries = list(entries_of(library))
    said = [text for each in entries for text in (each.name, *each.keywords, *each.replies, *each.pinyin)]

    def word() -> str:
        text = data.draw(st.sampled_from(said))
        start = data.draw(st.integers(0, len(text) - 1))
        return text[start : start + data.draw(st.integers(1, 5))].replace(" ", "")

    one, other = word(), word()
    assume(one and other and not any(each.isdigit() for each in one + other))  # a number leads to one situation
    found = [{each.id for each in whole.search(words, limit=500)} for words in (one, other, f"{one} {other}")]
    assert found[2] == found[0] & found[1]


SYLLABLES = ("a", "an", "ang", "gan", "ga", "na", "xi", "xian", "zhang", "chang", "zhong", "chong", "n", "ng")
PHRASES = st.lists(
    st.lists(st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=3).map(tuple), min_size=1, max_size=5),
    min_size=1,
    max_size=5,
)


def may_begin(phrase: list[tuple[str, ...]], letters: str) -> bool:
    """The plainest way to say whether letters are beginnings of successive syllables of a phrase."""
    if not letters:
        return True
    if not phrase:
        return False
    beginnings = {reading[:end] for reading in phrase[0] for end in range(1, len(reading) + 1)}
    return any(letters.startswith(each) and may_begin(phrase[1:], letters[len(each) :]) for each in beginnings)


@given(PHRASES, st.text("anghxizco", min_size=1, max_size=12))
def test_sounds_are_found_where_the_plainest_way_finds_them(phrases: list[list[tuple[str, ...]]], letters: str) -> None:
    expected = {
        number: next(at for at in range(len(phrase)) if may_begin(phrase[at:], letters))
        for number, phrase in enumerate(phrases)
        if any(may_begin(phrase[at:], letters) for at in range(len(phrase)))
    }
    sounds = Sounds(phrases)
    assert {number: at for number, at, _ in sounds.find(letters)} == expected
    beginning = {number for number, phrase in enumerate(phrases) if may_begin(phrase, letters)}
    assert {number for number, _, _ in sounds.find(letters, only_beginnings=True)} == beginning


@pytest.mark.slow
@given(PHRASES, st.data())
def test_every_reading_typed_whole_or_by_initials_is_found(
    phrases: list[list[tuple[str, ...]]], data: st.DataObject
) -> None:
    number = data.draw(st.integers(0, len(phrases) - 1))
    spoken = data.draw(st.sampled_from(list(product(*phrases[number]))[:50]))
    sounds = Sounds(phrases)
    for letters in ("".join(spoken), "".join(syllable[0] for syllable in spoken)):
        assert {(each, whole) for each, _, whole in sounds.find(letters)} >= {(number, True)}


@given(st.text(max_size=80))
def test_anything_can_be_typed(fragment: str) -> None:
    index = SearchIndex(ENTRIES, readings)
    found = index.search(fragment, limit=5)
    assert len(found) <= 5
    assert len({each.address for each in found}) == len(found)


def cost(work: Callable[[], object]) -> float:
    """Return the least time of several runs, in seconds."""
    times = []
    for _ in range(7):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


@pytest.mark.slow
@pytest.mark.parametrize(
    "fragment",
    ["h", "sh", "hdfk", "fapiao", "发票", "shishishishi", "nananananananananana", "税号 开户行", "tuikuan ji"],
)
def test_a_search_costs_no_more_than_looking_at_every_line_a_few_times(library: Library, fragment: str) -> None:
    """A bound that holds on any machine: the search beside the plainest loop over the same 5,000 situations."""
    chance = random.Random(6)
    entries = list(entries_of(library))
    many = [
        Entry(f"{each.id}_{turn}", f"{each.name}{chance.choice('甲乙丙丁')}{turn}", each.label, each.cue, each.keywords)
        for turn in range(5000 // len(entries) + 1)
        for each in entries
    ][:5000]
    index = SearchIndex(many, readings)
    index.search(fragment)

    def look_at_every_line() -> int:
        return sum(fragment in f"{each.id} {each.name} {each.label} {each.cue} {each.keywords}" for each in many)

    assert cost(lambda: index.search(fragment)) < 5 * cost(look_at_every_line)
