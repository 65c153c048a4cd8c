"""A customer's name used as a call, without a form of address (manual 004, 服务忌语 (1): 对客户直呼)."""

from __future__ import annotations

from collections.abc import Iterator

from csbot.text.regex import regex
from csbot.text.segment import SENTENCE_ENDS

# The hundred most frequent surnames and the usual double ones.
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴"
    "夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍"
)
DOUBLE = ("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "端木", "司徒")
CALLING = "啊呀呐哎诶哟欸喂"  # what may close a call: 「李秀英啊，」
_CALL = regex(
    "(?:^|(?<=[。!?;\n,]))"
    "(?P<greeting>(?:您好|你好|早上好|下午好|晚上好|尊敬的|亲爱的|喂|哎|嗨|那个|好的|好)?[,、 ]?)"
    f"(?P<name>(?:{'|'.join(DOUBLE)}|[{SURNAMES}])(?:(?: ?\n ?)?(?![{CALLING}])[\u4e00-\u9fff]){{1,2}})"
    f"(?=[{CALLING}]?[,:!]|[您你](?:好|的|这|看|说|订|要|先|再))"
)
_TITLES = regex(
    "先生|女士|小姐|老师|总$|经理|主任|师傅|阿姨|叔叔|同学|太太|医生|大哥|大姐|老板|工$|总监|客服|专员|同事"
    "|奶奶|爷爷|姥姥|姥爷|婆婆|伯伯|大[爷妈娘叔婶伯嫂]|伯母|夫人|[叔姨婶伯嫂]$|妈妈|爸爸|家长"
    "|教授|律师|护士|警官|法官|博士|[院校园店队站所科处局部厂村]长$"
)
_FIRST = frozenset(SURNAMES).union(name[0] for name in DOUBLE)
# Words that begin like a name and stand before a comma in ordinary sentences, and that a dictionary of words
# may hold as two.
_ORDINARY = regex(
    "^(?:高兴|何况|任何|方便|万一|常见|马上|安心|于是|文件|金额|白天|江苏|黄色|关于|钱款|时间|温馨|严格|易碎|许多|余额|成功|石家庄)"
)
# Small words, and verbs of the trade, are no part of a given name: 「钱没到，…」, 「白的，…」.
_NOT_GIVEN = frozenset(
    "没不了的地得是在有还也都能要被把给到我您你他她它们这那哪什么吗呢吧啊呀请再又已只吃买卖退换修查寄付收坏"
)


def bare_names(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of names called without a form of address in ``text[begin:end]`` (normalised text).

    A name is a surname and one or two more characters at the start of a clause or after a greeting, followed
    by a comma, a colon or 您; what the dictionary knows as a word is none. A line may end in the middle of it.
    """
    if _FIRST.isdisjoint(text[begin:end]):  # two lines of three, which do not wait for an expression to be compiled
        return
    for found in _CALL.finditer(text, begin, end):
        start, stop = found.span("name")
        lines = found["name"].split("\n")
        name = "".join(lines).replace(" ", "")
        before = found.start()
        if text[before - 1 : before] == "," and not _after_greeting(text, before - 1):
            continue
        if _TITLES.search(name) or _ORDINARY.match(name) or _is_word(name):
            continue
        if not _NOT_GIVEN.isdisjoint(name[1:]):
            continue
        if len(lines) > 1 and _is_line(lines[0], text, start) and _is_word(name[1:]):
            continue  # 「红⏎黄⏎白色，…」 is a list
        yield start, stop


def _is_line(surname: str, text: str, start: int) -> bool:
    """Tell whether nothing but a surname of one character stands on its line."""
    return len(surname.strip()) == 1 and text[:start].rpartition("\n")[2].strip() == ""


def _after_greeting(text: str, comma: int) -> bool:
    start = max((text.rfind(mark, 0, comma) for mark in SENTENCE_ENDS), default=-1) + 1
    return text[start:comma].strip() in {"您好", "你好", "早上好", "下午好", "晚上好", "喂", "嗨"}


def _is_word(name: str) -> bool:
    from csbot.text.tokenise import common_words  # only a candidate pays for the dictionary

    # A double surname stands in the dictionary itself: then the whole name must (司马相如, 东方明珠).
    return common_words().known(name if name[:2] in DOUBLE and name[:2] != "东方" else name[:2])
