"""Words of the customer that an agent repeats: 「您说的“骗子”，我们很重视」 calls nobody a cheat."""

from __future__ import annotations

import re
from collections.abc import Iterator

from csbot.text.regex import regex

QUOTED = "引述客户的话"
REACH = 24  # characters before a quotation in which its introduction may stand

_TITLE = "《"
_PAIRS = {"“": "”", "「": "」", "『": "』", "‘": "’", _TITLE: "》", '"': '"', "'": "'"}
QUOTATION_MARKS = frozenset(_PAIRS) | frozenset(_PAIRS.values())
_SPEECH = (
    "(?:说|讲|提|反映|反馈|写|问|留言|评价|评论|投诉|认为|觉得|听到|听见|回复|回|答|称|骂|指|喊|叫"
    "|原话|原文|标题|备注|来信|信中|信里|短信|邮件|引用|转述|复述|描述|诉求|表示|吐槽|抱怨|质疑|形容|截图|记录|标注|提及|所述"
    "|要求|希望|期望|(?<![,:])告诉|(?<![,:])告知|举报|差评|附言|聊天|[那这]一?句|承诺|许诺|宣传|宣称|声称|号称|推销|吆喝|吼|嚷|字幕|弹出|显示|提示|模板)"
)
_SELF = "(?:我|咱|俺|本人)"
_SPEAKER = regex(
    "[您你]们?|客户|顾客|用户|业主|买家|家长|家属|对方|[他她]们?|工单|录音|同事|坐席|客服|工作人员|店[员家主]|有人|师傅|骑手|快递员"
    "|导购|销售|主播|商家|卖家|司机|中介|物业|前台|收银员|保安|医生|老师|主管|店长|房东|驿站|网点|邻居|卖方|买方|学校|教练|医院|银行|保险公司|开发商|装修公司|经销商|代理商?|网友|别人|人家|朋友|亲戚|推销员|业务员|骗子|陌生人|页面|详情页?|广告|海报|传单|宣传[单册页语]?|屏幕|弹窗|系统"
    # Whoever works somewhere, but not 「我们部」: 「抢修队上回答您“…”」.
    r"|(?<!我)(?<!们)(?<!本)(?<!咱)(?:\w员|[队组部处科室厅班]长?|窗口|柜台|总台|热线|维保|站[点长]|值班的?|那[边头])"
)
# Who is spoken to: 「我跟您说」, 「我们已回复客户」; but 「对您说的“骗子”…」 speaks of what the customer said.
_ADDRESSED = regex(f"(?:跟|和|告诉|告知|回复?|答复|通知|提醒|{_SELF}们?[^,:]{{0,6}}[对给向与同])$")
_REPORT = regex(f"(?:(?!{_SELF})[^。!?;\\n]){{0,12}}?({_SPEECH})")
_OWN_WORDS = regex(f"[,:] *{_SELF}|{_SELF}.*{_SPEECH}")
_REPORTED_WORDS = regex(f"{_SELF}们?[^,:]*$")  # 「您反映我们回复“不知道”」
_MOST_BETWEEN = 10  # characters between the word that somebody spoke and the quotation
_AFTER = regex(
    r"^[”」』’》\"']\s*(?:这|那|等)?(?:一|几|两|三|四)?(?:句|类|种|样|个|些)?的?"
    r"(?:话|说法|字眼|词|字|表述|措辞|评价|评论|留言|回复|回答|答复|语气|态度|言论|言语|用语|描述|提法|字样|海报|标语|广告|横幅|标签|按钮|选项|一项|那一项|一栏|那栏|那一栏|两个选项|提示|质问|反问|指责|辱骂)"
    r"|^[”」』’》\"'] ?(?:和|与|或|或者|以及|、|还是)? ?[“「『‘]"  # 「“肯定”和“否定”两个选项」
    # 「“不可能到不了”，您这句话我理解」, 「把“肯定到”写成“预计到”」
    r"|^[”」』’》\"'] ?, ?(?:[您他她]们?|客户|顾客|对方)(?:的|刚才的|说的)?[这那]?(?:一|几|两)?[句种个些]?"
    r"(?:话|说法|评价|意见)"
    r"|^[”」』’》\"']\s*(?:写成|改成|改为|改写成|换成|换为|替换成|说成|读成|听成|打成|看成|删掉|去掉|划掉|标成|标为|标红|是指|指的是|意思是"
    r"|不准确|不属实|不实|有误|是谣言|是假的|不可信|没有依据"
    r"|(?:[\w]{0,3}(?:礼盒|套餐|系列|口味|商标|礼包|专场|公众号|小程序|直播间|专栏|乐队|绘本|手机壳|T恤|t恤|贴纸|徽章|抱枕|奶茶|蛋糕|饼干|面馆|餐厅|酒吧|咖啡|水果|西瓜|苹果|大米|杂粮|牛奶|酸奶|矿泉水))"
    r"|[里中]的|→|-+>|这个(?:问题|词|选项|标题|名字)|那[通段](?:录音|对话)|(?:几|两|三)个(?:例子|选项|词))"
)
# What is named, typed in or printed somewhere is not said: 「短信模板“我现在很忙”」, 「请输入“不行”」, 「不说“不行”」.
_LABEL = regex(
    "(?:表情包?|贴纸|模板|短信|标题|题目?|歌曲?|歌名|店名|群名|网名|昵称|书名|片名|项目|栏目|频道|专区|按钮|选项|图案|字样|刻字|贺卡|横幅"
    "|标语|广告语|口号|台词|谜底|谜面|答案|词条|关键[词字]|标签|备注|签名|文案|字幕|弹幕|话术|例子|案例|忌语|禁语|用语|词语?|成语"
    "|句子|铃声|彩铃|暗号|口令|输入|搜索|点击|勾选|选择|填写|写着|印着|印有|刻着|刻上|绣着|贴着|标着|标注|显示|弹出|出现|含有|包含"
    "|举了|听了|听到|流传|网传|谣传|传言|疯传|转发|所谓|叫做|名叫|名为|称为|题为|诸如|例如|比如|与其说|[把将]|(?:不|不能|不得|禁止|不许|不准|不再|避免|少)(?:说|使用))"
    "(?:[里中上]?的|[里中]有?|了|着|成|是|为|有|一?[句个条首张])? ?:? ?$"
)
_LONGEST_BEFORE = 5  # characters of a hit that may stand before the quotation: 「开口就是“喂」
_LONGEST_BEHIND = 3  # and behind it: 「“他妈的”这」


def is_quoted(text: str, start: int, end: int) -> bool:
    """Tell whether ``text[start:end]`` (normalised) stands in quotation marks as somebody else's words."""
    return any(
        text[first] == _TITLE
        or _LABEL.search(text, max(0, first - REACH), first) is not None
        or _is_introduced(text[max(0, first - REACH) : first])
        or _AFTER.match(text[last : last + REACH]) is not None
        for first, last in quotations_of(text, start, end)
    )


def quotations_of(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the places of each pair of quotation marks that ``text[start:end]`` (normalised) stands in."""
    for opening, closing in _PAIRS.items():
        # 「让您“过两天再来”」: the wording begins in front of the quotation.
        begin = max(start, text.find(opening, start, min(start + _LONGEST_BEFORE, end)) + 1)
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
        last = text.find(closing, max(begin + 1, end - _LONGEST_BEHIND), end + 2 * REACH)
        if last >= 0 and "\n" not in text[first:last]:
            yield first, last


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
