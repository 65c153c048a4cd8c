"""What a message mentions without meaning it: things declined, and words talked about as words.

Scores cannot see this (我要退款 and 我不要退款 differ by one character of four), so it is handled outside them:
the part of a message that only declines something is taken out, and the rest is matched again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from csbot.text.regex import regex

CLAUSES_KEPT = 200  # of which is remembered what they deny: of each clause of a message that is asked several times

# What is wanted no longer, behind 「不要」: 「我不想要这个订单了」, but not 「不要这个退款了」.
_ONE_NO_LONGER = r"[这那][单件个些批](?![退换保维])[^,。!?;\n]{0,4}了(?![^,。!?;\n])"
_NO_LONGER = regex(_ONE_NO_LONGER)
# 「我不是要投诉」「没说要退」「不用开发票了」, but not 「是不是」「要不要」「能不能」, nor 「不想用了要销户」.
_DECLINES = regex(
    r"(?<![是要能会可行好想用])"
    r"(?:(?:并|又|也|倒|绝|可)?不是(?:说|来|要|想|在|为了|故意)*(?:要|想|来)?|(?:并|也|又|可)?没(?:有)?(?:说|想|打算|准备)(?:过)?(?:要|想)?"
    r"|(?:暂时|先|现在|就|我)?(?:不|别)(?:想|要|用|需要|打算|准备|必|再)(?:要|再|去|给我|帮我|你们)?|不(?:是)?找|谁说|无需|无意|懒得|用不着)"
    r"(?!(?:用|要|弄)?了(?:要|想|得|就|帮|给|把|我|怎|咋|如何|能|可以|去哪|在哪|哪))"
    rf"(?!(?<=要){_ONE_NO_LONGER})(?P<declined>[^,。!?;\n]{{1,14}})"
)
_METALANGUAGE = regex(
    r"(?:用?(?:英语|英文|日语|韩语|法语|粤语|方言|拼音)(?:怎么|咋|是|里|的)|(?:这个|那个|这|那|两个|几个|的)(?:词|字(?!母|段|体|迹|符|样|幕)|成语|单词|词语)"
    r"|[“\"「『《'][^”\"」』》']{1,12}[”\"」』》'](?:里的|的[“\"「『]|[这那两几]{1,2}个?(?:字|词|成语|单词)|和[“\"「『《]|怎么(?!办|处理|回事|解决)|用(?:英|日|拼)|造(?:个|一个)?句)"
    r"|怎么(?:读|念|拼|翻译|造句)|字(?:怎么|咋)写|(?:小说|剧本|台词|歌词|作文|课文|电视剧|电影)[^?]{0,12}[“\"「『]|(?:近义词|反义词|同义词|造(?:个|一个)?句|偏旁|部首|几画|几笔画|字[^,。!?;\n]{0,6}几笔)|翻译成|的英(?:文|语))"
)


# A plain "not" before something, but not 「不能退」, which complains, nor 「不过」, 「不如」 and 「不但」, which join.
_NEGATES = regex(
    r"(?:不(?:但|光|仅|只|单|止)(?:是)?没有?)|"
    r"(?:不(?!能|会|是|给|让|肯|了|到|上|出|着|行|对|好|错|清|住|动|起|见|懂|明|同|是|过|然|如|管|但|仅|光|单|止|像|愧|消|下|完|进|来|回|开|掉|成|着|抬|小心|方便)"
    r"|(?<!分|告|识|鉴|特|性|区|级|个)[别甭](?!人|的|处|家|墅|名|扭)|(?:不是|并非)|没有?(?:打算|想|要|说)?|未曾?)"
    r"(?P<after>[^,。!?;\n]{1,16})"
    r"|(?P<before>[\u4e00-\u9fff]{2,8}?)我?(?:不要|不用|不需要|不办|不嫌|就算|就免|就不必|别开)了?(?:贵|慢)?(?=[,。!?;\n]|$)"
)
# A clause that says that all is well: 「态度挺好的」, 「问题彻底解决了」, 「密码我记得」, 「支付宝是什么我知道」.
_FINE = regex(
    r"(?:[挺很蛮都也真倒还]|非常|特别)(?:好|不错|满意|正常|顺利|快|行)(?:的|了|啊|呀)?$"
    r"|(?<![不没未])(?:解决|成功|搞定|修好|弄好|交过|付过|收到|明白)了?$|(?<![止拒没不])(?:交|付|收|办)了$"
    r"|没(?:有|啥|什么)*(?:问题|毛病|意见|错)(?:的|啊|呀|了)?$"
)
# The same said with a "not" or after 倒: 「价钱我没意见」, 「态度倒不差」, 「利润还可以」.
_WELL = regex(
    r"没(?:有|啥|什么)*(?:问题|毛病|意见|得说|话说)(?:的|啊|呀|了)?$|(?<![贵差慢坏低])不(?:贵|差|慢|坏|低)(?:的|了|啊)?$|(?:倒|还|也|都|是|挺|蛮)+(?:可以|不错|不差|不贵|不坏|过得去|公道|合理)(?:的|了)?$"
    r"|[给开报算](?:得|的)(?:也|已经)?(?:够|挺|很|蛮|真)(?:高|厚|低|足|大方|公道|合理|便宜)(?:的|了)?$"
    r"|(?:自己|已经|又|都)好了$"
)
# Who is in no hurry: 「我不着急」, 「慢慢来」.
_NO_HURRY = regex(
    r"^(?:我|咱们?|我们)?(?:也|都|倒|并|其实|真)*不(?:着急|急|赶时间)(?:的|哈|啊|呢)?$"
    r"|^[你您]?慢慢(?:来|查|看|弄|办|处理)(?:就行|就好|吧|哈|啊)?$"
)
_KNOWN = regex(
    r"^我(?:都|也)?(?:知道|清楚|明白)(?!.*[吗呢么]$)|(?<=我)(?:都|也|自己)?会(?:用|弄|操作|做|的|了)*$|(?<![不没太大])(?:知道|清楚|记得|会用|懂|晓得|了解|看过|记着|有数)[了呢]?$"
)
# What somebody says who refuses to be taken for wanting something:
# 「不是要…」, 「没打算…」, 「别给我…」, 「不用…」, 「谁要…啊」.
_ACTS = regex(
    r"^(?P<before>(?:[今明][天年]|这次|这回|这个?月|最近|目前|暂时)?(?:[^,。!?;\n]{0,6}?(?:我们?|咱们?|本人))?)(?<![是要能会可行好想用需])(?:又|并|也|倒|绝|可|真|这次|暂时|先|现在|就)*(?:"
    r"不是(?!时候|东西|人|滋味)(?:说|来|要|想|在|为了|故意|问|嫌|怕)*|还?没(?:有)?(?:说|想(?!到)|打算|准备|想着)(?:过)?(?:要|想)?|没有要"
    r"|不(?:想|要|用|需要|打算|必|问|找|嫌|投诉|急|担心|怀疑|介意|怪|为|算是?(?![数话了]))(?:要|再|去|给我|帮我|你们)*"
    r"|(?<![分告识鉴特性区级个])[别甭](?!人|的|处|家|墅|名|扭|号|想|误会)(?:再|去)*(?:给我|帮我|叫|让|转|找|开)?|谁(?:说|要)|无需|无意|懒得|用不着"
    r"|不(?=投诉|退|换|取消|办|买|销|注销|补|存|送|寄|领|去|转人工|改|开|找|催|修|装|交|订|撤|查|看|图|嫌|赔))(?P<after>[^,。!?;\n]{1,16})"
)
# The same said behind it: 「投诉就算了」, 「发票我不要」, 「衣服不退了」, 「订单不用撤」.
_WAIVES = regex(
    r"^(?!我?(?:想|要|得))(?P<what>[^,。!?;\n]{1,8}?)(?:我|你们|您)?(?:"
    r"(?:就|那就|这次就)(?:算了|免了|不必|不用|不要)(?:了|吧)*|(?<![需要用])(?:不必|不用|不要|不需要|不办)(?:了|吧)*"
    r"|就?(?:(?<![分告识鉴特性区级个被])[别甭](?!人|的|处|家|墅|名|扭|号)|不用|不必)(?:再|去)?(?P<verb>[\u4e00-\u9fff]{1,2}?)了?"
    r"|(?:就|先)?不(?P<given_up>退|换|取消|投诉|办|买|订|改|撤|查|销户?|存|补办?|注销|寄|修|装修?|挂失|领|告|申请|预约|转人工|转网|追究)[了啦]"
    r"|(?:就|先|暂时|暂且|可以)*(?:放一放|放一边|放着|搁一搁|搁着|缓一缓|不说了|不谈了|不提了|别提了|(?:回头|以后|改天|下次|过后)再(?:说|谈|办|弄)|(?:(?<=[先就时且])[不别甭]管[他它]?|(?<!管)[不别甭](?:去|用)?管[他它])了?|(?<=[先且时])不[说谈提论讲]|不急着[一-鿿]{1,2}|不着?急)吧?"
    r"|(?:倒|都|也|并|真|根本|其实)*(?:不在意|不在乎|不关心|不介意|无所谓|不重要|不是(?:重点|关键)|(?:是)?(?:其次|次要)的?))$"
)
_ORDERED = regex(r"(?:[这那][单件]|订单|东西|货)我?$")
_EITHER_WAY = regex(r"([一-鿿])不(?=\1)")  # 「贵不贵」
# The matter named twice: 「投诉我是不想投诉的」, 「修就不用修了」. And what is taken back in a word: 「不退了」.
_TWICE = regex(
    r"^(?P<what>[一-鿿]{1,4}?)(?:我|就|倒|也|那|是)+"
    r"(?P<no>不(?:想|会|打算|要|用|必|需要)?)(?P=what)(?:的|了|吧)*$"
)
_TAKEN_BACK = regex(
    r"^我?(?:又|先|暂时|这次)?(?P<no>不(?:想|打算|准备)?(?P<what>退|换|取消|投诉|撤|改|查|开|催|补办?|挂失|销户?|注销|存|领|追究))[了啦](?:吧|啊|哈)?$"
)
# Either is all right: 「票不票的无所谓」.
_EITHER = regex(
    r"^(?P<what>[一-鿿]{1,3})(?:不|没)(?P=what)(?:的|都|倒|也|我)*(?:无所谓|没关系|没事|不要紧|随便|不重要|再说)[了吧]?$"
)
# What was never so: 「我哪丢过卡」, but not 「我哪办过这个业务」, which complains of a charge. And what
# it has nothing to do with: 「跟欠款没关系」.
_NEVER_WAS = regex(
    r"^(?:我|俺|咱)们?(?:哪|哪里|哪儿)(?P<what>(?:丢|投诉|骂|退|取消|挂失|报修|催|忘|摔|提|约|说(?:要|想)?)过?(?<=过)[^,]{0,8}?)[了啊呀]?$"
    r"|^(?:这|那)?个?事?(?:儿)?[跟和与](?P<other>(?![我你您他她它咱俺谁哪啥])[^,]{1,8}?)(?:可|也|都|真|根本)?[没无](?:有|啥|什么|半点|任何)*关系(?:的|了|啊)?$"
)
# Rhetorical: 「退什么退」. What is not so, before what is: 「不是丢了，是…」. What goes on: 「不要了退掉」.
_NO_SUCH_THING = regex(r"^(?:我|还)?(?P<what>[\u4e00-\u9fff]{1,2})(?:什么|啥)(?P=what)(?:呀|啊|嘛)?$")
_IS_NOT = regex(
    r"^(?P<before>[^,是]{0,8}?)(?:并|又|也|倒|真|可)?(?:不是(?:说|来|要|想|在)*|(?<!你)(?<!您)没(?=[转打填寄买下发选拿]错))(?P<what>[^,]{1,14})$"
)
_IS_SO = regex(r"^(?:而|就|只)?是(?!不是|否)")
_AND_THEN = regex(r"^了.|^[\u4e00-\u9fff]{1,2}了(?:要|想|得|就|帮|给|把|我)")
_AGAIN = regex(r"^([一-鿿]{2,6}?)\1+$")
# What takes back all that was said before: 「当我没说」, 「别理她」, but not 「你们当我没说」.
_TAKES_BACK = regex(
    r"^(?:那|就|全|都|权|算了)*当我(?:刚才|刚刚|啥都|什么都|什么|啥)?没(?:有)?(?:说|提|问|讲)过?(?:吧|了|好了|就好|就行)*$"
    r"|^[你您]?(?:们)?(?:别|甭|不用)(?:搭?理|管|听)[他她](?:的|了|们|就好|就行)*$"
)
# A clause that says nothing but that this is all: 「算了」, 「就这样吧」, 「没别的事」.
_LEAVES_IT = regex(
    r"^(?:那|就|先)*(?:算了|这样|这样了|这么着|没事了|没别的事了?|好了|行了|不用了|谢谢|谢谢您|谢谢你|多谢|辛苦了|再见|[你您]先?忙(?:[你您]的)?"
    r"|(?:还是)?(?:给我)?留着|照旧|照常|(?:我|也|都)*没(?:啥|什么|别的)(?:要|想|可)(?:问|说|办)的?(?:事|了)?)(?:吧|啊|哈|啦|了)*$"
)
_ASKS = regex(r"[吗呢么?]$|怎么|咋|(?:什么|啥)(?!的)|哪|几|多少|能不能|可不可以|有没有|是不是|为何")
NEEDLESS = (
    "不用",
    "不必",
    "不需要",
    "无需",
    "用不着",
)  # nobody who wants something says so: 「不用送货」, but 「不送货吗」
# What follows from a clause makes it a condition: 「不退钱，我就投诉」 threatens and denies nothing.
_FORBIDS = ("别", "不要", "莫", "勿", "甭")
_CONDITION = regex(r"^(?:再|要是|如果|若|假如|万一|只要|你们?要?是?不|还不)")
_CONSEQUENCE = regex(
    r"^(?:那?我们?|咱|那|老子)?(?:就|可就|只好|只能|马上就|立马)(?!是|想|问|要|打听|看看|想问|说|告诉|关心|在乎|进|拿|买|谈)"
)
_UNDOES = regex(r"^(?:请|麻烦你?)?(?:帮我|给我)?(?:取消|停|注销|销|关|退|撤|拆)(?:掉|了|吧|一下)*$")
# Where the matter itself begins after a denial: 「…，我问的是…」, 「…，只想…」, 「…，给我…」.
_TURNS = regex(
    r"^(?:但是?|可是?|不过|而|其实|主要|关键|单纯|纯粹|先|那|你|您|麻烦|请|这[回次趟]|今[天儿]|现在|眼下)*"
    r"(?:我|咱)?(?:们)?(?:就|只|光|单)?(?:是|想|要|问|求|打听|求问|知道|看|说(?!明书)|告诉|给我|帮我|帮忙|把|换|夸|关心|在乎|除了|直接|能不能|找不到|怎么|来(?:问|办|是|要|想|看|取|拿|表扬|反映)|(?:关心|在意|在乎|不会|不懂|不明白|嫌)的|问题是)"
    r"|^(?:太|真是?|多)?谢"
)


@dataclass(frozen=True, slots=True)
class Denial:
    """What a clause says is not so."""

    what: str  # 投诉你们 in 「我不投诉你们」
    words: str  # the negation and what stands beside it: 不投诉; nobody who has the trouble speaks so
    affirmed: str  # the clause as it would be without the negation: 我投诉你们
    fine: bool = False  # nothing is negated, but all is said to be well
    refused: bool = False  # it says outright that this is not wanted or not meant: 不是要…, 别给我…, …就算了
    taken_back: bool = False  # it was wanted, and is not wanted any more: 「号不销了」
    spoken: str = ""  # the words as they are said, where there are more of them: 不想再投诉
    bare: bool = False  # a mere 不, without anybody who would not: 「不退钱」 is what others do as well


@lru_cache(maxsize=CLAUSES_KEPT)
def negated(clause: str) -> Denial | None:
    """Return what a clause (normalised) denies; None where it denies nothing. 「安不安全」 asks."""
    if _KNOWN.search(clause):
        return Denial(clause, clause, clause, fine=True)
    if (well := None if _ASKS.search(clause) else _WELL.search(clause)) is not None:
        return Denial(clause, well.group(), clause, fine=True)
    for found in _NEGATES.finditer(clause):
        start = found.start()
        if found["before"] is not None:
            end = found.end("before")
            if clause[end - 1] == clause[end + 1 : end + 2]:
                continue  # 「要不要」
            return Denial(found["before"], clause[end - 1 : end + 2], found["before"])
        if found["after"] is None:
            continue
        if (start and clause[start - 1] == clause[start + 1 : start + 2]) or found["after"] == "有":
            continue
        word, after = clause[start : found.start("after")], found["after"]
        return Denial(after, word[:1] + after[:2], clause[:start] + clause[found.start("after") :])
    well = None if _ASKS.search(clause) else _FINE.search(clause)
    return Denial(clause, well.group(), clause, fine=True) if well else None


@lru_cache(maxsize=CLAUSES_KEPT)
def refused(clause: str) -> Denial | None:
    """Return what a clause (normalised) says outright is not wanted or not meant; None where it does not.

    A question is no refusal (「能不能不退」, 「不退怎么办」), nor is a condition (「再不退…」).
    """
    if (found := _NO_SUCH_THING.search(clause)) is not None:
        return Denial(found["what"], found.group(), f"我要{found['what']}", refused=True, taken_back=True)
    if (found := _EITHER.search(clause)) is not None:
        return Denial(found["what"], clause, f"我要{found['what']}", refused=True, spoken=clause)
    if (found := _NEVER_WAS.search(clause)) is not None:
        what = found["what"] or found["other"]
        return Denial(what, clause, f"我{what}", refused=True, spoken=clause)
    if _ASKS.search(clause) or _CONDITION.search(clause):
        return None
    if _NO_HURRY.search(clause):
        return Denial("着急", clause, "我着急", refused=True)
    if (found := _TWICE.search(clause)) is not None:
        return Denial(found["what"], found["no"] + found["what"], found["what"], refused=True, taken_back=True)
    once = again[1] if (again := _AGAIN.search(clause)) else clause
    if (found := _TAKEN_BACK.search(once)) is not None:
        return Denial(found["what"], f"{found['no']}了", f"我要{found['what']}", refused=True, taken_back=True)
    clause = once if _ACTS.search(once) else clause
    found = _ACTS.search(clause)
    if found is not None and found["after"] != "了":
        what = found["after"]
        if _AND_THEN.search(what) is not None:
            return None  # 「不想要了帮我取消」, 「不想用了要销户」
        if clause[: found.start("after")].endswith("要") and _NO_LONGER.match(what) is not None:
            return None  # 「我不想要这个订单了」: so people cancel, too
        word = clause[found.end("before") : found.start("after")]
        bare = word == "不" and not found["before"].endswith(("我", "咱", "们", "也", "又"))
        words = word if word.startswith(NEEDLESS) else word[:1]
        taken_back = word == "不" and what.endswith("了")
        spoken = word + what[:2]
        affirmed = found["before"] + what
        return Denial(what, words + what[:2], affirmed, refused=True, taken_back=taken_back, spoken=spoken, bare=bare)
    found = _WAIVES.search(clause)
    if found is None or found["what"] in ("我", "我也", "这", "那", "你", "您", "也", "都"):
        return None
    what = found["what"]
    if _ORDERED.search(what) is not None and clause[found.end("what") :].endswith(("不要了", "不用了")):
        return None  # 「那单不要了」 is how people cancel
    what_else = _EITHER_WAY.sub("", what)
    if any(each in what_else for each in "没不了") or (found["given_up"] and what.endswith(found["given_up"])):
        return None  # 「快递三天没动了不要了」: why it is not wanted; 「还修不修了」 asks
    affirmed = (found["verb"] or found["given_up"] or "") + what
    said = clause[found.end("what") :]
    return Denial(what, said[:3], affirmed, refused=True, taken_back=found["given_up"] is not None, spoken=said)


def forbids(denial: Denial) -> bool:
    """Tell whether a denial is outright for others to leave something: 「别打电话」, not 「不用打电话」."""
    return denial.refused and not denial.taken_back and denial.spoken.startswith(_FORBIDS)


def corrected(clause: str, following: str) -> Denial | None:
    """Return what a clause (normalised) says is not so, where the ``following`` one says what is: 「不是丢了，是…」."""
    found = _IS_NOT.search(clause) if _IS_SO.search(following) is not None and not _ASKS.search(clause) else None
    if found is None:
        return None
    what, spoken = found["what"], clause[found.end("before") :]
    return Denial(what, spoken[:4], found["before"] + what, refused=True, spoken=spoken)


def asks(clause: str) -> bool:
    """Tell whether a clause (normalised) asks something: 「在哪改」, 「能退多少」."""
    return _ASKS.search(clause) is not None


def undoes(clause: str) -> bool:
    """Tell whether a clause only says to undo what was named before: 「请帮我取消」."""
    return _UNDOES.search(clause) is not None


def leaves_it(clause: str) -> bool:
    """Tell whether a clause only says that this is all: 「算了」, 「就这样吧」."""
    return _LEAVES_IT.search(clause) is not None


def takes_back(clause: str) -> bool:
    """Tell whether a clause takes back all that was said before it: 「就当我没说」."""
    return _TAKES_BACK.search(clause) is not None


def turns(clause: str) -> bool:
    """Tell whether a clause begins as the matter itself does after a denial: 「我问的是…」, 「只想…」, 「给我…」."""
    return _TURNS.search(clause) is not None


def follows(clause: str) -> bool:
    """Tell whether a clause says what follows from the one before: 「我就投诉」, but not 「我就想问」."""
    return _CONSEQUENCE.search(clause) is not None


def is_metalanguage(normalised_text: str) -> bool:
    """Tell whether a message is about words: 「投诉这个词英语怎么说」 is no complaint."""
    return _METALANGUAGE.search(normalised_text) is not None


def declined_spans(normalised_text: str) -> list[tuple[int, int, str]]:
    """Return the stretches that decline something: start, end, and what is declined."""
    return [(found.start(), found.end(), found["declined"]) for found in _DECLINES.finditer(normalised_text)]


def holds_keyword(text: str, keywords: Sequence[str]) -> bool:
    """Tell whether one of an intent's keywords stands in ``text`` (both normalised)."""
    return any(keyword in text for keyword in keywords)
