"""Words of the customer that an agent repeats: 「您说的“骗子”，我们很重视」 calls nobody a cheat."""

from __future__ import annotations

import re

QUOTED = "引述客户的话"
MOST_IN_FRONT, MOST_BEHIND = 5, 2  # characters of an expression that stand outside of a quotation that holds the rest
REACH = 24  # characters before a quotation in which its introduction may stand

_TITLE = "《"
_PAIRS = {"“": "”", "「": "」", "『": "』", "‘": "’", _TITLE: "》", '"': '"', "'": "'"}
QUOTATION_MARKS = frozenset(_PAIRS) | frozenset(_PAIRS.values())
_SPEECH = (
    "(?:说|讲|提|反映|反馈|写|问|留言|评价|评论|投诉|认为|觉得|听到|听见|回复|回|答|称|骂|指|喊|叫"
    "|原话|原文|标题|备注|来信|信中|信里|短信|邮件|引用|转述|复述|描述|诉求|表示|吐槽|抱怨|质疑|形容|截图|记录|标注|提及|所述"
    "|要求|希望|期望|举报|差评|附言|聊天|[那这]一?句)"
)
_SELF = "(?:我|咱|俺|本人)"
_SPEAKER = re.compile(
    "[您你]们?|客户|顾客|用户|业主|对方|[他她]们?|工单|录音|同事|坐席|客服|工作人员|店员|客人|买家|卖家|商家|会员|业主|住户|乘客|有人|师傅|骑手|快递员"
)
# Who is spoken to: 「我跟您说」, 「我们已回复客户」; but 「对您说的“骗子”…」 speaks of what the customer said.
_ADDRESSED = re.compile(f"(?:跟|和|告诉|告知|回复?|答复|通知|提醒|{_SELF}们?[^,:]{{0,6}}[对给向与同])$")
_REPORT = re.compile(f"(?:(?!{_SELF})[^。!?;\\n]){{0,12}}?({_SPEECH})")
_OWN_WORDS = re.compile(f"[,:] *{_SELF}|{_SELF}.*{_SPEECH}")
_REPORTED_WORDS = re.compile(f"{_SELF}们?[^,:]*$")  # 「您反映我们回复“不知道”」
_MOST_BETWEEN = 10  # characters between the word that somebody spoke and the quotation
_AFTER = re.compile(
    r"^[”」』’》\"']\s*(?:这|那|等)?(?:一|几|两|三|四)?(?:句|类|种|样|个|些)?的?"
    r"(?:话|说法|字眼|词|字|表述|措辞|评价|评论|留言|回复|回答|答复|语气|态度|言论|言语|用语|描述|提法|字样|质问|反问|指责|辱骂)"
)


def is_quoted(text: str, start: int, end: int) -> bool:
    """Tell whether ``text[start:end]`` (normalised) stands in quotation marks as somebody else's words."""
    for opening, closing in _PAIRS.items():
        # 「让您“过两天再来”」: the wording begins in front of the quotation, or ends behind it: 「“他妈的”这」.
        begin = max(start, text.find(opening, start, min(start + MOST_IN_FRONT, end)) + 1)
        if opening == closing:
            first = text.rfind(opening, max(0, begin - REACH), begin)
            if first >= 0 and text.count(opening, text.rfind("\n", 0, first) + 1, first) % 2:
                first = -1  # that one closes a quotation
        else:
            first = text.rfind(opening, max(0, begin - 2 * REACH), begin)
            if first >= 0 and closing in text[first:begin]:
                first = -1
        if first < 0:
            continue
        last = text.find(closing, max(begin + 1, end - MOST_BEHIND), end + 2 * REACH)
        if last < 0 or "\n" in text[first:last]:
            continue
        if (
            opening == _TITLE
            or _is_introduced(text[max(0, first - REACH) : first])
            or _AFTER.match(text[last : last + REACH])
        ):
            return True
    return False


def _is_introduced(lead: str) -> bool:
    """Tell whether what stands before a quotation says that somebody else spoke.

    「我说“不行”就是不行」 and 「我跟您说“不行”」 quote nobody but the agent.
    """
    lead = re.split("[。!?;\n”」』’]", lead)[-1]
    for speaker in _SPEAKER.finditer(lead):
        report = _REPORT.match(lead, speaker.end())
        if report is None or _ADDRESSED.search(lead[: speaker.start()]):
            continue
        between = lead[report.end() :]
        reported = report[1] != "问" and _REPORTED_WORDS.match(between)
        if len(between) <= _MOST_BETWEEN and (reported or not _OWN_WORDS.search(between)):
            return True
    return False
