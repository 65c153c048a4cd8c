"""Words that an agent slips into an expression without changing what it says: 「我完全不知道」.

The small ones among them every phrase lets pass by itself (``csbot.rules.wording.phrase``). Of the longer ones the
text is read once more without them, wherever what stands around them stands side by side in some phrase.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from csbot.rules.lookup.compact import Packed, Packer, Unpacker
from csbot.rules.lookup.short import ShortTexts
from csbot.rules.wording.fold import APART, Folded
from csbot.rules.wording.phrase import FILLERS
from csbot.rules.wording.reduce import AMBIGUOUS, FILLER_CHARACTERS, one_person, reduce
from csbot.text.regex import regex
from csbot.text.segment import CLAUSE_ENDS, SENTENCE_ENDS

# How sure, how much, since when: what may stand before any predicate.
_ADVERBS = (
    "完全|丝毫|一点儿也|一点也|一点都|一点儿都|一点儿|一丁点|半点|全然|统统|通通|真是|还真是|还真|真真|着实|委实|当真|果真|简直|当然|自然|本来|原本"
    "|从来|向来|一向|一直|始终|早就|早已|已经|现在|目前|眼下|暂时|当下|这会儿|这时候|此刻|今天|刚刚|平时|到现在|至今"
    "|恐怕|好像|似乎|大概|估计|应该|可能|或许|只能|只好|只有|唯有|干脆|索性|直接|赶紧|赶快|马上|尽管|随便|随时|先行"
    "|到底|究竟|难道|居然|竟然|明明|偏偏|非常|特别|十分|实实在在|彻底|绝对|肯定|一定|必须|需要|还是|总是|老是|不停|稍微|尽量|多少|都快|快要"
)
# What is said to the customer in between, and speaking of the speaking.
_ASIDES = (
    "说实话|说实在的|说真的|说白了|说到底|说起来|老实说|老实讲|讲真|坦白说|坦白讲|坦率地说|不瞒您说|不瞒你说|实不相瞒|总之|反正吧|怎么说呢"
    "|您看|你看|您说|你说|我说|我跟您说|我跟你说|跟您说|跟你说|告诉您|告诉你|您知道|你知道|您也知道|你也知道|您听我说"
    "|麻烦您|麻烦|拜托|劳驾|抱歉|对不起|不好意思"
    "|说句实话|说句实在话|说句不好听的|跟您说句实话|跟你说句实话|跟您说实话|跟你说实话|实话实说|实话跟您说|不骗您|不骗你|跟您讲|跟你讲"
    "|照我说|依我看|按理说|按说|要我说"
)
_ADDRESSES = "先生|女士|小姐|小姐姐|小哥哥|老板|老师|师傅|大哥|大姐|美女|帅哥|同学|亲亲|亲爱的"
# Who, where and how it is done; small verbs and measures.
_ROUND_ABOUT = (
    "自己|本人|个人|一个人|手头|手里|自个儿|一下子|一下|一会儿|一点点|那么|这么|而已|罢了|的话|什么的|来着|过来|过去"
    "|有些|有点|一些|统一|所有|任何|一个|这种|那种"
    "|这么多年|这么些年|这些年|多年来|多年|历来|从头到尾|自始至终|一贯|通常|平常|往常|每次|天天|每天|整天|成天|从小到大|打一开始|从一开始|这么久|这几天"
    "|这一次|这一回|这一单|这次|这回|这单|今早|今晚|昨天|昨晚|明天|刚刚才|刚才|方才|才刚|这阵子|最近|近来|如今|现如今|这年头"
    "|清清楚楚|明明白白|老老实实|认认真真|仔仔细细|好好儿|好好地|好好|稍稍|略微|多少有点|有那么一点|那么一点|一星半点|半点儿|半个字|一个字"
    "|当初|当时|上个月|上个星期|上周|去年|前几天|前两天|以前|之前|刚才|的新|最新|新出的|那边的|非要|偏要|硬要"
    "|全都|给您|给你|一点|硬是|好歹|明显|这个岗位|这个部门|这个班"
    "|我们部门|我们公司|我们团队|我们店里|我们客服|我们这儿|我们小组|这个套餐|这个价位|这种东西|这款产品"
)
# Behind a negation they weaken it, and it is said all the same: 「我不太知道」, 「没什么办法」.
# And an interjection there is only meant to break it up: 「没啊这回事」.
_INTERJECTIONS = "啊|呀|哦|呃|嗯|哎|唉|额|哈|嘛|呐|噢|喔|诶|哟|嘿"
_WEAKENING = {
    "不": f"太|大|怎么|见得|{_INTERJECTIONS}",
    "没": f"什么|啥|太多|{_INTERJECTIONS}",
    "别": _INTERJECTIONS,
}
_WEAKENED = regex("|".join(f"(?<={negation})(?:{words})" for negation, words in _WEAKENING.items()))
_LIKELY = "可能"  # 「不太可能」 is a guess
_COLLEAGUES = "|".join(f"小{name}" for name in "王李张刘陈杨赵黄周吴徐孙林何郭高罗郑梁谢唐许邓冯曾程蔡")
_WORDS = sorted("|".join((_ADVERBS, _ASIDES, _ADDRESSES, _ROUND_ABOUT, _COLLEAGUES)).split("|"), key=len, reverse=True)
WORDS = frozenset(_WORDS)  # that may be left out wherever they stand
WEAKENED = frozenset(before + word for before, words in _WEAKENING.items() for word in words.split("|"))
# The longest at each place: 「我说实话」 holds 「说实话」. What none begins with is passed over.
_INSERTED = regex(f"(?=[{''.join(sorted({word[0] for word in _WORDS}))}])(?=({'|'.join(_WORDS)}))")
_SMALL_BEFORE, _SMALL_BEHIND = regex(f"(?:{FILLERS})*$"), regex(f"(?:{FILLERS})*")
_NAMES = frozenset(_ADDRESSES.split("|"))
_SET_OFF = _NAMES | frozenset(_ASIDES.split("|"))
_PERSONS = frozenset("我你您他她咱俺的家")  # 「我先生不清楚」, 「您的老师」
_NEGATIONS = frozenset("不没别未无莫勿非")
MOST_TOGETHER = 3  # words that are left out as one
MOST_BETWEEN = 2  # small words between two of them
_NEAR = 8  # characters beside a word among which those are that stand side by side without it


@dataclass(frozen=True, slots=True)
class Shortened:
    """A folded text without a word, and the places in it before which a word was left out."""

    folded: Folded
    before: Folded
    seams: tuple[int, ...]

    def without_small_words(self) -> Folded:
        """Return the text without the small words on both sides of what was left out, too."""
        text = self.folded.text
        places: list[tuple[int, int]] = []
        for seam in self.seams:
            start = seam - len(_SMALL_BEFORE.search(text[max(0, seam - _NEAR) : seam])[0])  # type: ignore[index]
            end = seam + len(_SMALL_BEHIND.match(text[seam : seam + _NEAR])[0])  # type: ignore[index]
            if 0 < start < end < len(text) and (not places or places[-1][1] <= start):
                places.append((start, end))
        return _without(self.folded, places).folded

    def joins(self, start: int, stop: int) -> bool:
        """Tell whether a hit in the shortened text runs over a place where a word was left out.

        What is asked politely is no order with a word slipped in: 「请您现在就拨打…」.
        """
        text = self.folded.text
        return not (start and text[start - 1] == "请" and text[start] in "您你") and any(
            start < seam < stop for seam in self.seams
        )


def neighbours_of(windows: Iterable[str]) -> str:
    """Return which two characters stand side by side in any form of a phrase, pair after pair, by ``windows_of``."""
    return "".join(sorted({window[at : at + 2] for window in windows for at in range(1, len(window) - 1)}))


def _pairs_in(neighbours: str) -> Iterator[str]:
    return (neighbours[at : at + 2] for at in range(0, len(neighbours), 2))


def inserted_from(neighbours: Iterable[str], windows: Iterable[str]) -> Packed:
    """Return for the cache what ``Inserted`` is made of, given what ``neighbours_of`` and ``windows_of`` give for all.

    Those are the pairs, then all two characters that may be a whole phrase, and all three.
    """
    packer = Packer().short_texts(ShortTexts.of({pair for each in neighbours for pair in _pairs_in(each)}))
    texts = {window[1:] for window in windows}
    for size in (2, 3):
        packer.short_texts(ShortTexts.of(text for text in texts if len(text) == size))
    return packer.packed()


class Inserted:
    """Reads texts without the words that may have been slipped into a phrase."""

    def __init__(self, packed: Packed) -> None:
        """Take what ``inserted_from`` gives."""
        unpacker = Unpacker(packed)
        self.neighbours, self._alone, self._threes = (unpacker.short_texts() for _ in range(3))

    def readings(self, folded: Folded) -> Iterator[Shortened]:
        """Yield a folded text without each word, or words side by side, that a phrase may run around."""
        places = [place for place in self.places(folded.text) if _may_be_left_out(folded, *place)]
        for place in places:
            yield _without(folded, [place])
        apart = sorted(place for place in places if not any(_holds(other, place) for other in places))
        if len(apart) > 1:
            yield _without(folded, apart)

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the spans of words in a folded text beside which two characters stand as they do in a phrase."""
        found = [each.span(1) for each in _INSERTED.finditer(text)]
        for first, (start, end) in enumerate(found):
            before = one_person(reduce(text[max(0, start - _NEAR) : start]).text[-2:])
            # 「不是完全…」 says something else, 「不是，先生，…」 does not.
            turned = before[-1:] in _NEGATIONS and text[start:end] not in _SET_OFF
            if not before or turned or text[start - 1] in _NEGATIONS:
                continue
            for stop in _ends(text, found, first):
                behind = one_person(reduce(text[stop : stop + _NEAR]).text[:2])
                if before[-1] + behind[:1] in self.neighbours and (
                    self._are_in_a_phrase(before, behind)
                    or any(start - _NEAR < b and a < stop + _NEAR and (b <= start or a >= stop) for a, b in found)
                    or AMBIGUOUS.search(text, max(0, start - _NEAR), stop + _NEAR)
                ):
                    yield start, stop
        for each in _WEAKENED.finditer(text):
            behind = reduce(text[each.end() : each.end() + _NEAR]).text[:1]
            guess = text.startswith(_LIKELY, each.end())
            if behind and not guess and text[each.start() - 1] + behind in self.neighbours:
                yield each.span()

    def _are_in_a_phrase(self, before: str, behind: str) -> bool:
        """Tell whether the characters before and behind a word, two each, hold what a phrase can have there.

        Where fewer are known or anything beside them may be left out, too, the nearest two must be enough.
        """
        if len(before) < 2 or len(behind) < 2 or before[-1] + behind[0] in self._alone:
            return True
        return before + behind[0] in self._threes or before[-1] + behind in self._threes


def _ends(text: str, found: list[tuple[int, int]], first: int) -> Iterator[int]:
    """Yield where a word ends, and where one, two … words behind it do that follow each other."""
    reach = found[first][1]
    yield reach
    together = 1
    for begin, end in found[first + 1 :]:
        if begin < reach:
            continue
        between = text[reach:begin]
        if together == MOST_TOGETHER or len(between) > MOST_BETWEEN or not FILLER_CHARACTERS.issuperset(between):
            return
        yield end
        reach, together = end, together + 1


def _may_be_left_out(folded: Folded, start: int, end: int) -> bool:
    """Tell whether nothing keeps a word from what stands around it but commas that set it off: 「这，先生，怪我」."""
    text = folded.text
    word = text[start:end]
    if word in _NAMES and text[start - 1] in _PERSONS:
        return False
    between = folded.normalised.text[folded.stops[start - 1] : folded.indexes[start]]
    behind = folded.normalised.text[folded.stops[end - 1] : folded.indexes[end]]
    if not (SENTENCE_ENDS | APART - {" "}).isdisjoint(between + behind):
        return False
    if CLAUSE_ENDS.isdisjoint(between + behind):
        return True
    return word in _SET_OFF and not CLAUSE_ENDS.isdisjoint(behind)


def _holds(outer: tuple[int, int], inner: tuple[int, int]) -> bool:
    return outer != inner and outer[0] < inner[1] and inner[0] < outer[1] and _size(outer) >= _size(inner)


def _size(place: tuple[int, int]) -> int:
    return place[1] - place[0]


def _without(folded: Folded, places: list[tuple[int, int]]) -> Shortened:
    """Return a text without words; what stands before each counts as standing where the word ends."""
    text, indexes, stops = "", list[int](), list[int]()
    seams: list[int] = []
    at = 0
    for start, end in sorted(places):
        text += folded.text[at:start]
        indexes += folded.indexes[at:start]
        stops += folded.stops[at:start]
        stops[-1] = folded.stops[end - 1]
        seams.append(len(text))
        at = end
    text += folded.text[at:]
    shortened = replace(folded, text=text, indexes=[*indexes, *folded.indexes[at:]], stops=[*stops, *folded.stops[at:]])
    return Shortened(shortened, folded, tuple(seams))


def span_in(other: Folded, folded: Folded, start: int, stop: int) -> tuple[int, int]:
    """Return where what ``folded`` holds from ``start`` to ``stop`` stands in another folding of the same text."""
    first = bisect_left(other.indexes, folded.indexes[start])
    return first, bisect_right(other.indexes, folded.indexes[stop - 1])
