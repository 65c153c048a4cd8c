"""Expressions in the words of a region: 「我不晓得噻」, 「没得办法」, 「您搞啥子」.

A rule lists what is said in the standard language and how the north says it. What else a word of a region stands for
is the same in every rule, so the text is read once more with the words of the standard language in their place. A hit
must hold one of them, and what spares it may stand there as it is meant or as it is written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from csbot.rules.wording.fold import Folded


def _each(words: str, meant: str) -> dict[str, str]:
    return dict.fromkeys(words.split("|"), meant)


def _with(words: str, meant: str, behind: str) -> dict[str, str]:
    """Return words that only count before others, with these: 「莫催」 is 「别催」, but 「莫大」 is a word."""
    return {word + other: meant + other for word, other in product(words.split("|"), behind.split("|"))}


_WORDY = (
    "絮絮叨叨|唠唠叨叨|絮叨|唠叨|磨磨叽叽|磨叽|磨唧|墨迹|罗里吧嗦|啰里吧嗦|婆婆妈妈|叽叽歪歪|叽歪"
    "|嘚啵嘚啵|嘚啵|嘚吧嘚|嘚吧"
)
_TRAITS = _each(_WORDY, "啰嗦") | {
    each: each for each in ["啰嗦", "啰唆", "烦", "讨厌", "笨", "傻", "蠢", "慢", "多", "急", "不"]
}
_NOT_VERBS = "催|急|吵|闹|烦|问我|说了|说话|讲|来|想|买|用|怪|找我|打|管我|吼|激动|啰嗦|扯|那么|这么|再|跟我"
# What is written as it sounds to those who play with it on the net: no homophone, since the syllables differ.
_FROM_THE_NET = {
    **_each("神马|森么|肾么|甚摸|什摸|虾咪", "什么") | _each("说虾米", "说什么") | _each("肿么|咋么|怎摸", "怎么"),
    **_each("不吉岛|布吉岛|卜吉岛|不吉道|布吉道|不造|布造", "不知道"),
    **_with("不素|布素|卜素|不系|不寺|不4", "不是", "我|你|您|他|她|咱|这|那"),
    **_with("这素|介素|这系|介是", "这是", "公司|业务|规定|我们|系统|您")
    | _each("介个|介锅|这锅", "这个")
    | _each("介事|介件", "这事"),
    **_with(
        "偶|吾",
        "我",
        "不知|不清|没法|没办|也没|也不|们公司|们也|们的产|态度|现在|让您|让你|都忙|的事|的错|的工作|查不到|问谁|挂线|是新手",
    ),
    **_each("酱紫|酱子|介样", "这样") | _each("酿紫", "那样") | _each("灰常", "非常") | _each("捉急", "着急"),
    **_each("有木有|有米有|有没油", "有没有") | _each("米办法|木办法|妹办法|煤办法", "没办法"),
    **_each("蛇精病|神金病|神井病", "神经病") | _each("狗带", "去死"),
}
# Digits that are read by their sound: 「我8清楚」. Where a digit, or what counts it, stands before, it is a number.
_DIGITS = {
    **_with("8", "不", "知道|清楚|归我|关我|可能|是我的错|是我的工作|是我办|烦我|好意思|行就|说我|看啊|就别用"),
    **_with("94", "就是", "这么规|不好|不行|这样"),
    **_with("9", "就", "这质量|这样的|别用|告去|是不行|要吗"),
    **_with("5", "我", "不知|不清|也没办|没法查|没办法|态度|的错|的工作"),
    **_each("关我的4|关我4", "关我的事") | {"没4了吧": "没事了吧", "忙4了": "忙死了", "要8要": "要不要"},
}
_MEANINGS = {
    **_each("啥子|啥个|啥|么子|乜嘢|咩嘢|么事|嘛玩意", "什么"),
    **_each("咋个|啷个|哪门子|咋", "怎么"),
    **_each("咋地|咋的|咋滴|咋样", "怎么样"),
    **_each("点解", "为什么"),
    **_each("晓得|识得", "知道"),
    **_each("唔知道|唔知|勿晓得|弗晓得", "不知道"),
    **_with("不|勿|弗|唔", "不", "清爽|灵清|拎清"),
    **_each("不清爽|勿清爽|弗清爽|不灵清|勿灵清|弗灵清|唔清楚", "不清楚"),
    **_with("唔|勿|弗", "不", "关|使|可以|会|行|要|想|管|识|可能|好|说我|烦|看|起|归|清楚|是"),
    **_with("寻", "找", "领导去|淘宝|快递|平台去|厂家去|别人|经理去|商家去|卖家去|物业去"),
    **_with("米|木|莓", "没", "办法|法查|法子|这回事|有办法"),
    **_each("勿来事|弗来事|不来事|不来赛|弗来赛|勿来赛|不得行|不中", "不行"),
    **_each("莫法|冇法|没得法|莫得法", "没法"),
    **_each("没法子|没辙|没招儿|没招了|没招啊|没咒念|冇法子|莫得法子|没得法子|冇办法", "没办法"),
    **_each("莫得|没得|冇得|木得|木有|冇", "没"),
    **_each("甭", "别"),
    **_with("莫", "别", _NOT_VERBS),
    **_each("阿拉|伲|我哋", "我们") | _each("你哋", "你们"),
    **_each("冇嘢", "没事") | _each("痴线|黐线", "神经病") | _each("收声", "闭嘴") | _each("坏特", "坏掉"),
    **_each("勿是|弗是|唔系|唔係", "不是") | _each("呢个|呢件", "这个") | _each("咁", "这么"),
    **_each("侬", "你"),
    **_each("边个|啥人", "谁"),
    **_with("哪个", "谁", "叫|让|晓得|知道|管|逼|要"),
    **_each("哪个喊|谁喊|啥人叫", "谁让"),
    **_each("边度|哪块儿|哪哈", "哪里"),
    **{
        word + trait: degree + meant
        for words, degree in (("忒|贼|死|老|怪", "太"), ("恁|恁么|噶|嘎|这老|这死|这忒|这贼", "这么"))
        for word, (trait, meant) in product(words.split("|"), _TRAITS.items())
    },
    **_each("自个儿|自个|自家个", "自己"),
    **_each("明儿个|明儿", "明天") | _each("后儿个", "后天") | _each("今儿个|今儿", "今天"),
    **_each("眼目前|眼下|而家|现下|这阵子|这阵儿|这当口|这会儿", "现在"),
    **_each("事体", "事"),
    **_each("讲话", "说话") | _each("讲", "说"),
    **_each("瞅|瞧", "看"),
    **_each("撂电话|撂线|收线", "挂电话"),
    **_each(_WORDY, "啰嗦"),
    **_FROM_THE_NET,
    **_DIGITS,
}
# What stands before or behind a word may say that it is another one: 「不中奖」, 「讲座」.
_NOT_BEFORE = {"狗带": "的只条", "不中": "中看打抽猜射投相说言选押命", "不得行": "得"}
_BEFORE_A_NUMBER = "0123456789abcdefghijklmnopqrstuvwxyz第按选拨打输约共满近达为至到"
_NOT_BEHIND = {
    "不造": "成假价型纸船房车血福就访诣孽谣次反物林",
    "布造": "型",
    "不中": "中奖断用意听文标签选彩国央间心止看式和立毒暑的",
    "讲": "究台座解义课师述价理授堂坛稿",
    "没得": "到出过",
    "莫得": "到",
}


def _by_beginning() -> dict[str, list[str]]:
    """Return the words by their first character, the longest first."""
    words: dict[str, list[str]] = defaultdict(list)
    for word in sorted(_MEANINGS, key=len, reverse=True):
        words[word[0]].append(word)
    return dict(words)


# As an expression of one alternative a word it would take ten milliseconds of every start.
_BY_BEGINNING = _by_beginning()
BEGINNINGS = frozenset(word[:2] for word in _MEANINGS)  # of one character or two


@dataclass(frozen=True, slots=True)
class Standard:
    """A folded text in the words of the standard language, and the spans in it that were put in."""

    folded: Folded
    spans: tuple[tuple[int, int], ...]

    def holds_one(self, start: int, stop: int) -> bool:
        """Tell whether a word that was put in stands in a span."""
        return any(start <= first and last <= stop for first, last in self.spans)


def dialect_places(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the spans of the words of regions in a folded text, each with what it means."""
    end = 0
    for at, character in enumerate(text):
        for word in _BY_BEGINNING.get(character, ()) if at >= end else ():
            if text.startswith(word, at) and _is_by_itself(word, text[at - 1 : at], text[at + len(word) :][:1]):
                end = at + len(word)
                yield at, end, _MEANINGS[word]
                break


def _is_by_itself(word: str, before: str, behind: str) -> bool:
    """Tell whether what stands before and behind a word (nothing, or one character) leaves it what it is."""
    if before and before in (_BEFORE_A_NUMBER if word[0].isdigit() else _NOT_BEFORE.get(word, "")):
        return False
    return not behind or behind not in _NOT_BEHIND.get(word, "")


def in_the_standard_language(folded: Folded) -> Standard | None:
    """Return a folded text in the words of the standard language, or None where it holds none of any region."""
    places = list(dialect_places(folded.text))
    if not places:
        return None
    parts, indexes, stops = list[str](), list[int](), list[int]()
    spans: list[tuple[int, int]] = []
    at = 0
    for start, stop, meant in places:
        parts += folded.text[at:start], meant
        indexes += folded.indexes[at:start]
        stops += folded.stops[at:start]
        spans.append((len(indexes), len(indexes) + len(meant)))
        # Characters more than were written stand in front, and take no room; those that are fewer end where they do.
        more = max(0, len(meant) - (stop - start))
        indexes += [folded.indexes[start]] * more
        stops += [folded.indexes[start]] * more
        kept = len(meant) - more
        indexes += folded.indexes[start : start + kept]
        stops += [*folded.stops[start : start + kept - 1], folded.stops[stop - 1]]
        at = stop
    parts.append(folded.text[at:])
    indexes += folded.indexes[at:]
    stops += folded.stops[at:]
    return Standard(replace(folded, text="".join(parts), indexes=indexes, stops=stops), tuple(spans))
