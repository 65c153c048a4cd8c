"""A long text is read in another way than a short one, and gives the same hits."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.support import SHIPPED_WORDS

from csbot.library.models import Library
from csbot.rules import scan
from csbot.rules.bulk import repeats, sieve
from csbot.rules.bulk.chains import Chains
from csbot.rules.bulk.links import chains_of
from csbot.rules.disguises.inserted import inserted_words
from csbot.rules.scan import RuleSet
from csbot.rules.wording.model import Hit, Kind, PhraseRule, Severity
from csbot.text.normalise import traditional


def rule(name: str, *phrases: str, kind: Kind = Kind.PHRASE, **settings: object) -> PhraseRule:
    given: dict[str, object] = {"name": phrases[0], "category": "test", "category_name": "测试", "source": "测试"}
    return PhraseRule(id=f"test.{name}", kind=kind, phrases=phrases, **{**given, **settings})  # type: ignore[arg-type]


KINDS = (
    rule("know", "不知道", "我不清楚", exceptions=("不知道您", "不知道[是否|能否]")),
    rule("no", "不行", exceptions=("行不行",)),
    rule("you", "你", keep_you=True, severity=Severity.WARNING, exceptions=("迷你",)),
    rule("away", "没办法", "没[什么|]办法了", "你自己想办法"),
    rule("hello", "喂", "说吧", kind=Kind.CLAUSE),
    rule("what", "什么", "怎么样", kind=Kind.SENTENCE),
    rule("ask", "你找…问", "去[找|问]…[别人|他们]"),
    rule("later", "<时限>后再来", "过<时限>再说"),
    rule("quick", "快了快了", "急急急"),
    rule("sentence", "什么？不行", "好，行了"),
    rule("promise", "绝对", "一定能到", severity=Severity.WARNING, exceptions=("绝对不",)),
    rule("number", "[0-9]{4}-[0-9]{4}", kind=Kind.PATTERN),
    rule("begins", "^(?:稍等|等着).{0,3}$", kind=Kind.PATTERN),
    rule("plain", "亲亲", tolerant=False),
    rule("fillers", "确认不了", "个人问题", "心里没数"),
)
SHAPES = (
    ("不", "木", "芣", "丆卜"),
    ("知", "矢口", "倁"),
    ("道", "噵", "辶首"),
    ("法", "祛", "氵去"),
    ("问", "间"),
    ("你", "伱", "尔"),
)
NAME = rule("name", "直呼姓名", kind=Kind.NAME)
UNANCHORED = rule("particle", "真的是")
FEWER = ("all", "with names", "without patterns")

WORDS = (
    "不知道", "布知道", "不.知.道", "不知", "道", "不", "行", "不行", "步行", "不行行", "行不行", "不 行", "不\u200b行",
    "我真的不清楚", "俺们不清楚", "不zhidao", "bzd", "不zd", "buzhidao", "ＢＵzhidao", "b\u200bzd", "没bf", "CX", "sb",
    "你", "您", "你们", "你你", "你，你", "迷你", "妳",
    "没办法", "没什么办法", "你自己想辦法", "没办法了", "喂", "说吧",
    "什么", "甚麼", "怎么样", "你找他们去问", "去问一下别人",
    "三天后再来", "过2小时再说", "快了快了", "快了", "急急", "急急急",
    "绝对", "绝對", "绝对不", "一定能到", "1234-5678", "稍等", "等着吧", "亲亲", "亲", "真的是", "其实",
    "其实在", "的确实",
    "那个", "目的确定", "的确认不了", "的", "确认不了", "那个人问题", "这个人", "问题", "真心里没数", "退真嗯心",
    "芣", "木知道", "不倁噵", "不矢口道", "矢", "口", "不知辶\u200b首", "没办祛", "祛", "没办氵去", "您自己想办祛",
    "间", "时间题", "去间", "木", "伱", "尔",
    "我完全不清楚", "其实现在真不知道", "目前", "没有一点", "先生，", "wbqc", "bzd啊", "不可以", "直接想办法",
    "我", "我不", "清楚", "办法", "没", "自己想办法，你", "一，定能到", "绝", "对",
    "“", "”", "客户说", "《", "》", "王小明", "劉小明", "欧阳小明", "您好", "那個", "好的", "乾",
)  # fmt: skip
MARKS = (
    "。", "，", "！", "？", "?", ",", ":", "：", "、", " ", "　", "…", "~", "-", "\u200b", "\ufeff", "\u0301",
    "😀", "❤️", "𠀀",
    "\ud800", "㎏", "①", "ﬁ", "１",
)  # fmt: skip
BREAKS = ("\n", "\n", "。\n", "。\n", "\r\n", "\r", "\u2028", "\x85", "\v", "\n\n", " \n ", "。\r\n", "\u200b\n")

lines = st.lists(st.sampled_from(WORDS + MARKS), max_size=6).map("".join)
long_texts = st.lists(st.tuples(lines, st.sampled_from(BREAKS)).map("".join), max_size=12).map("".join)


def ordinary(rules: RuleSet, text: str) -> list[Hit]:
    """Scan without a first look."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "LONG_TEXT", len(text) + 1)
        patch.setattr(scan, "AGAIN", len(text) + 1)
        return rules.scan(text)


def bulk_hits(rules: RuleSet, text: str, chunk: int = sieve.CHUNK) -> list[Hit]:
    """Scan with a first look, however short the text is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "LONG_TEXT", 0)
        patch.setattr(scan, "AGAIN", 0)
        patch.setattr(sieve, "CHUNK", chunk)
        patch.setattr(repeats, "CHUNK", chunk)
        return rules.scan(text)


def check(rules: RuleSet, text: str) -> None:
    expected = ordinary(rules, text)
    for chunk in (1, 30, sieve.CHUNK):
        assert bulk_hits(rules, text, chunk) == expected
    again = f"{text}\n" * 3  # lines that were read before
    assert bulk_hits(rules, again, 2 * len(again) // 3) == ordinary(rules, again)
    for hit in expected:
        assert text[hit.start : hit.end] == hit.found
    apart = [*text.split("\n"), text, text]  # lines that have nothing to do with each other
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "LONG_TEXT", 0)
        patch.setattr(scan, "AGAIN", 0)
        found = rules.scan_each(apart)
    assert found == [ordinary(rules, each) for each in apart]


@pytest.fixture(
    scope="module",
    params=["unanchored", *(pytest.param(each, marks=pytest.mark.slow) for each in FEWER)],
)
def kinds(request: pytest.FixtureRequest) -> RuleSet:
    """Rule sets for which a long text is read in different ways; the one with every sort of rules is fast enough."""
    without = [each for each in KINDS if each.kind is not Kind.PATTERN and each.tolerant]
    chosen = {"all": KINDS, "with names": [*without, NAME], "without patterns": without}
    return RuleSet(
        chosen.get(request.param, [*KINDS, NAME, UNANCHORED]), disguises=SHIPPED_WORDS._replace(shapes=SHAPES)
    )


@pytest.fixture(scope="module")
def shipped(library: Library) -> RuleSet:
    """The rules of the library."""
    return RuleSet(library.forbidden, disguises=library.disguises)


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "你",
        "不知道\n",
        "不知道",
        "不知\n道",
        "不知\r\n道",
        "不知 \r\n 道。\n好的。",
        "不\n知\n道\n",
        "不\n\n知\n\n道",
        "不\n知\n知\n道\n",
        "不知\n知道",
        "好的。\n不知道。不知\n道\n不知道。\n好的。",
        "不知道吧\n不知道吧\n不知道吧\n" * 3,
        "没关系，您慢慢说\n不知\n道就算了" * 9,
        "劉小明，请您稍等。\n欧阳小明，你好。\n那個王小明，你说吧。",
        "王\u200b小明，您好",
        "\ufeff王小明，您好。\n王小明，您好。",
        "其实在没办法\n确实在没办法",
        "我那个不知道",
        "您的确认不了。\n的，确认不了。\n您的\n确认不了\n这个人问题\n那个人问题。\n那是个人\n问题",
        "真心里没数。\n真是心里没数。\n个真心人问题，个人真嗯心问题",
        "您好，\n不知。\n道。\n布知。\n道不起",
        "没关系的，你，你要不要？\n",
        "b\u200bzd",
        "好的\n什\n么？好的\n怎么\n样\n说\n吧，好\n喂\n说\n\n吧",
        "请稍等\n刘\n小明，您好\n好的，刘小\n明，您好\r\n劉 \r\n小明，您好\n您好，王\n您好",
        "快\n了快了",
        "快了。\n了快了快了",
        "稍等\n稍等吧。\n请稍等",
        "喂\n喂。\r\n喂，说吧。什么\n什么？\n不行",
        "您说的“不知道”，我们很重视。\n“不知道”",
        "😀不知道😀\n不😀知😀道\n𠀀不知道",
        "什么？不行\n什么？\n不行",
        "你" * 300,
        "不知道" * 350 + "\n不知道。\n",  # longer than a line that is judged by itself
        "好的，" * 350 + "不知道",
        "1234-\n5678 1234-5678",
        "你你们们\n你们\n们你",
        "a" * 40 + "\n" + "bu zhi dao\nbuzhidao！\nCX bzd\n",
    ],
)
def test_a_long_text_gives_the_hits_of_a_short_one(text: str, kinds: RuleSet) -> None:
    check(kinds, text)
    check(kinds, f"好的，请您稍候。\n{text}\n好的，感谢您的耐心等待。\n")


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=long_texts)
@example(text="不\n知\n知\n道\n")
def test_any_text_gives_the_hits_of_the_ordinary_scan(text: str, kinds: RuleSet) -> None:
    check(kinds, text)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_the_library_finds_the_same_in_long_texts(data: st.DataObject, shipped: RuleSet, library: Library) -> None:
    examples = [text for each in library.forbidden for text in (*each.positives, *each.negatives, *each.phrases)]
    sentence = st.sampled_from(examples)
    disguised = st.one_of(
        sentence,
        sentence.map(traditional),
        sentence.map("\u200b".join),
        sentence.map(".".join),
        sentence.map("\n".join),
        st.tuples(sentence, st.integers(0, 30)).map(lambda each: each[0][: each[1]] + "\n" + each[0][each[1] :]),
        lines,
    )
    drawn = data.draw(st.lists(st.tuples(disguised, st.sampled_from(BREAKS)).map("".join), max_size=8))
    check(shipped, "".join(drawn))


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "通通谁目前让你手坦白说麻烦快。\n",  # two words, each of which must be left out
        "那我不客气。\n怎样始终嘛。哦，那我建议你们去。\n",  # nothing but a small word of the phrase behind the word
        "这都老实说是上面的规定呀，我只是个客服。\n",  # nothing but small words of it before
        "说什么，  又在，小陈你说，\n",
        "找承运商去呗。\n",  # a phrase that finds less than it lists
        "炔  了快了。\n，还不讲话们服祥这，这边，桂。\n",  # a look-alike that is all of a phrase, or its last part
        "。。，北！\n我打个！晚上！再给！\n电话是010-85007938，不要忘记提前打电话~\n",
        "不知，我道。\n知道，我不。\n我不，知道道。\n",
        "就别用，\n用不起的。\n您问我，\r\n我问谁\n要告，\n\n就告去，\u200b\n您再\n不说，\n我挂线\n啦\n",
        "李秀英啊，您好。\n好的，李英呀！\n",  # what closes a call
    ],
)
def test_disguises_in_long_texts(text: str, shipped: RuleSet) -> None:
    check(shipped, text)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_words_between_and_clauses_in_another_order_in_long_texts(
    data: st.DataObject, shipped: RuleSet, library: Library
) -> None:
    forms = dict.fromkeys(group[0] for group in library.disguises.shapes)
    forms.update({group[0]: group[-1] for group in library.disguises.shapes})
    words = inserted_words(library.disguises.inserted)
    words_between = sorted(words.words | words.weakened)

    def disguised(text: str) -> str:
        at, until = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        way = draw(st.integers(0, 4))
        if way == 0:
            return text[:at] + draw(st.sampled_from(words_between)) + text[at:]
        if way == 1:
            return f"{text[until:]}，{text[:at]}{draw(st.sampled_from(['，', '']))}{text[at:until]}"
        if way == 2:
            return "".join([text[:at], *(forms.get(each) or each for each in text[at:until]), text[until:]])
        return text[:at] + draw(st.sampled_from(["，", "。", "\n", " ", "那个", "三天", "都是"])) + text[at:]

    draw = data.draw
    phrases = [text for each in library.forbidden for text in each.positives]
    lines = [draw(st.sampled_from(phrases)) for _ in range(draw(st.integers(1, 6)))]
    for _ in range(draw(st.integers(0, 2))):
        lines = list(map(disguised, lines))
    check(shipped, "".join(line + draw(st.sampled_from(BREAKS)) for line in lines))


@pytest.mark.parametrize(
    ("phrase", "text", "runs"),
    [
        ("我不知道", "|我|不知道|", True),
        ("我不知道", "完|我|不知道|了啊", True),
        ("我不知道", "|我|不知情|", False),
        ("我不知道", "|你|不知道|", False),
        ("我[真的|也]不[知道|清楚]", "咱|咱|不清楚|", True),
        ("我[真的|也]不[知道|清楚]", "|我|不清醒|", False),
        ("你找…问", "|您|找谁|", True),
        ("过<时限>再说", "|再|说吧|", True),
        ("什么[嘛|呢]", "|什么|嘛，好|", True),
        ("[都是|这]上面的", "|这|上面的|", True),
        ("快了快了", "|快了|快了|", True),
    ],
)
def test_a_text_goes_on_as_a_phrase_does(phrase: str, text: str, runs: bool) -> None:
    chains = Chains(chains_of([rule("one", phrase)]))
    before, first, rest, behind = text.split("|")
    seams, _ = chains.through_seams([(before + first, rest + behind)])
    assert bool(len(seams)) is runs


@pytest.mark.slow
def test_every_example_of_the_library_in_one_text(shipped: RuleSet, library: Library) -> None:
    examples = [text for each in library.forbidden for text in (*each.positives, *each.negatives)]
    some = examples[::7]
    for text in ("\n".join(some), "。\n".join(examples[1::7]), traditional("\r\n".join(examples[2::7]))):
        check_whole = ordinary(shipped, text)
        assert len(check_whole) > len(library.forbidden) // 4
        assert bulk_hits(shipped, text) == check_whole


@pytest.mark.slow
def test_whole_clauses_with_a_repeated_character_in_one_text(shipped: RuleSet, library: Library) -> None:
    said = [text for each in library.forbidden if each.kind is not Kind.PHRASE for text in each.positives]
    repeated = [text[:at] + text[at] * 2 + text[at:] for text in said for at in range(0, len(text), 3)]
    text = "\n".join([*repeated, "您好，好了还有啥问题吗，没有就这样。", "嗯嗯，为什么么么？", ""])
    hits = ordinary(shipped, text)
    assert len(hits) > len(said)
    assert bulk_hits(shipped, text) == hits


@pytest.mark.parametrize(
    "text",
    [
        "请输入\n“不行”\n不行\n",  # a neighbour tells whose words they are
        "“不知道”\n这句话我们很重视\n“不知道”\n好的\n",
        "您说的“不知道”\n\n是\n我知道的\n",
        "好的\n\n不知道\n\n好的\n不知道\n \n不\n知道\n",  # blank lines and single characters
        "不知道\r\n好的\r\n\r\n不知\r\n道\r\n你好\u2028不知\u2028道吧\n不知道\n",
        "1. 不\n2. 行\n3. 好\n好的\n1. 不\n2. 行\n",
        "-\n-\n- 不\n- 行\n\n- 不知\n- 道\n好的 一定能到\n这款—定能到\n",
        "我这边不知\n道\n好的\n" * 5,
        "可以查到\n不知道\n可以查到\n我也不知\n道\n" * 3,
        f"不知道\n{'好的，' * 400}不知\n道\n不知道\n",
        "\n" * 50 + "不\n行\n" + "\n" * 50,
        "我这边不知，\n道\n好的，\n不知， \r\n道\u200b，\u200b\n不知\n道，\n\n不知道\n" * 3,  # behind a comma
    ],
)
def test_a_line_has_its_hits_wherever_it_stands(text: str, kinds: RuleSet) -> None:
    check(kinds, text)


@pytest.mark.slow
def test_wrapped_phrases_are_found_in_chats_without_marks(shipped: RuleSet, library: Library) -> None:
    said = [each.positives[0].rstrip("。！？") for each in library.forbidden]
    wrapped = [
        f"{text[:at]}\n{text[at:]}" for number, text in enumerate(said) for at in (1 + number % (len(text) - 1),)
    ]
    hits = ordinary(shipped, text := "\n这款现在有货\n".join(wrapped))
    assert sum("\n" in hit.found for hit in hits) > len(said) // 3
    assert bulk_hits(shipped, text) == hits


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "behind", "is_read"),
    [
        ("这边帮您查到了", "明天下午送到您家", False),
        ("请问您几位用餐", "人均大概一百元", False),
        ("我这边不知", "道您的订单", True),
        ("这个我布知", "道呢", True),  # by its sound
        ("我完全不", "清楚这件事", True),  # a word slipped in
        ("俺莫", "得办法", True),  # in the words of a region
        ("这个buzhi", "dao", True),
        ("你自己", "看着那边的人办吧", True),  # anything may stand in between
        ("好的刘小", "明，您好", True),
        ("这是真", "的，是", False),  # small words alone
    ],
)
def test_only_breaks_that_a_phrase_may_run_over_are_read(
    shipped: RuleSet, before: str, behind: str, is_read: bool
) -> None:
    text = f"您好这里是客服中心\n{before}\n{behind}\n感谢您的来电\n"
    at = text.index("\n", text.index(before))
    assert (shipped._sieve.breaks.to_read(text, [at]) == [at]) is is_read
    check(shipped, text)


def test_a_stretch_is_read_once_and_few_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    breaks: list[int] = []
    one = rule("one", "不行")

    def apart(text: str, ends: list[int]) -> list[Hit]:
        starts = [0, *ends[:-1]]
        asked.extend(text[start : end - 1] for start, end in zip(starts, ends, strict=True))
        return [Hit(one, start, start + 1, text[start]) for start in starts]

    def over_breaks(_: str, places: list[int]) -> list[Hit]:
        breaks.extend(places)
        return []

    reader = repeats.Repeats(repeats.Readers(apart, apart, lambda _: [], over_breaks, lambda _: []))
    text = "您好，请说\n好的。\n\n好的。\n您好，请说\n好的。\n"
    hits, others = reader.read(text)
    assert asked == ["您好，请说", "好的。", "\n好的。"]
    assert [hit.start for hit in hits] == [0, 6, 10, 15, 21]
    assert (breaks, others) == ([5, 20], [])
    assert reader.read(text)[0] == hits
    assert len(asked) == 3
    monkeypatch.setattr(repeats, "MOST_REMEMBERED", 2)
    for number in range(10):
        reader.read(f"第{number}位客人好。\n")
    reader.read(text)
    assert asked.count("您好，请说") == 2
    monkeypatch.undo()
    del asked[:]
    texts = ["好的。", "您好，请说", "好的。", "您好\n请说", "1. 不", "“好的。”", "您好，请说" * 300]
    known = [None if hits is None else [hit.start for hit in hits] for _, hits in reader.each(texts)]
    assert known == [[0], [0], [0], None, None, None, None]
    assert asked == ["好的。", "您好，请说"], "by itself a text may have other hits than among others"
    assert len(list(reader.each(texts))) == len(texts)
    assert len(asked) == 2


def test_hits_that_an_exception_covers_are_not_lost(kinds: RuleSet) -> None:
    text = "行不行。\n不知道您需要什么。\n不行。\n"
    dropped = [hit for hit in kinds.scan(text, dropped=True) if hit.exception]
    assert dropped
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "LONG_TEXT", 0)
        patch.setattr(scan, "AGAIN", 0)
        assert kinds.scan(text, dropped=True) == sorted(
            [*ordinary(kinds, text), *dropped], key=lambda hit: (hit.start, -hit.end, hit.rule.id)
        )


@pytest.mark.slow
def test_pieces_give_the_hits_of_the_whole(shipped: RuleSet, library: Library) -> None:
    pieces = [f"{text.rstrip('。！？')}。\n" for each in library.forbidden for text in each.positives[:2]]
    separate = []
    offset = 0
    for piece in pieces:
        separate += [(offset + hit.start, offset + hit.end, hit.rule.id) for hit in ordinary(shipped, piece)]
        offset += len(piece)
    together = [(hit.start, hit.end, hit.rule.id) for hit in bulk_hits(shipped, "".join(pieces))]
    assert together == separate
