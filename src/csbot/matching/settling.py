"""Which clauses say that a matter is done with (「退款昨天已经到了」), and which leave it standing (「到了但少了」)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from csbot.matching.negation import CLAUSES_KEPT
from csbot.text.regex import regex

_HAN = r"[\u4e00-\u9fff]"
_END = r"(?:的?(?:啦|啊|呀|哈|哦|喔|嘞|呐|哟|咯|喽))*$"
# When or how it was done: 「昨天」, 「早就」, 「自己」.
_WHEN = (
    r"(?:已经?|早就|早已|刚刚?才?|方才|昨[天晚儿]|今[天早晚儿]|前[天几晚]天?|上午|早上|中午|下午|晚上|上个?(?:月|周|礼拜|星期)"
    r"|(?:上|这)?(?:周|星期|礼拜)[一二三四五六日天]|后来|自己|总算|终于|这会儿?|顺利)"
)
# How a verb says that it came to its end: 修好, 收到, 找着, 办完, 转过去, 拿到手.
_RESULT = (
    r"(?:[收找拿领取等买拍查看连接通送寄办付交缴充签登录做用学搞弄调存搬换改装修转提选约订说谈补发追租绑激]"
    r"(?:好|完|到|着|上|成|过|妥|齐|通|会)走?|[看听]见|"
    + _HAN
    + r"(?<![就更最真挺多还正])(?:好|完|妥|成功|到手|清楚|明白|干净|通过|[进出上下过回起][来去])"
    r"|[关退删销撤清解]掉|[还付结交缴]清|[拉取拿提领带搬接]走|(?<![碰撞缠爱惹摊染锁关欠赶遇看盯迷骗堵追吃])上|(?:说|谈|约|敲|商量|确)定|批准?"
    r"|到账|入账|两清|扯平|恢复|解决|搞定|办结|消停|平息)"
)
# What a thing does that works: 「又制冷了」, 「现在能用了」.
_WORKS = r"(?:能|好|行|可以|正常|有|制冷|加热|亮|转|通|出水|来电)"
_DONE = regex(
    r"(?<![不没未快要])(?:"
    + "|".join(
        (
            rf"{_RESULT}(?:{_HAN}{{0,5}}[里上手中家箱卡户])?了(?:在{_HAN}{{1,5}})?",
            rf"{_WHEN}[^,]{{0,14}}{_HAN}了",
            r"(?<![不错难经路超好])过了|[交付缴领取办看收用买问谈打来]过|道过歉了?",
            rf"[换改转装寄送存充打退还交发放户录输](?:成|到|给|进|回|上){_HAN}{{1,5}}了",
            rf"也{_HAN}{{1,3}}了",
            r"得(?:挺|很|蛮|真|都)?(?:好|不错|满意)的?",
            r"(?<![给帮替])我(?:自己)?(?:撤回|撤销|取消)了",
            r"^(?:已经|都)?(?:进去|上去|出来|回来|到|通|会[用弄调连])了",
            r"^(?:东西|货|快递|包裹|件|退款|钱)(?:已经|都|也)?到了",
            r"我(?:自己)?[撤看取拿付交领办改缴充订签换还补装修试]了",
            r"(?:没事|没问题|没毛病)了?|有(?:结果|着落|回音|答复|说法)了|[开通绑连好]着呢",
        )
    )
    + ")"
    + _END
)
# What went wrong before is put right: 「多扣的钱退回来了」, 「丢的卡找着了」, 「又能用了」.
_PUT_RIGHT = regex(
    r"(?:(?:找[到着回]|退回|冲回|补[上回齐]|还给|赔[好给完]|修[好完]|弄好|处理[好完]|解决|搞定|恢复|想起来?|记起来?|好使|正常)"
    rf"(?:来|我)?|(?:又|重新|现在){_WORKS}[^不没]{{0,6}}"
    rf"|(?<![不才没])能[用开上登打收付连看充进转发走刷抬]{_HAN}{{0,2}}"
    rf"|(?:({_HAN})\1|一下|上去|下去|换|重启)[^,]{{0,6}}就(?:好|行|可以|正常|过|成|能用))了" + _END
)
# Trouble that is not there, or no more: 「卡没丢」, 「楼上不吵了」.
_UNHARMED = regex(
    r"(?<![一几][分毛块])(?:没(?:有)?(?:再)?(?:丢|忘|坏|漏|堵|碎|少|裂|欠|超|摔|破|过期|多[扣收算])(?:的|了)?"
    rf"|没再(?:扣|响|漏|吵|闹|掉|卡|犯|跳|断|报错){_HAN}?|没(?:丢|坏|忘|落){_HAN}{{0,4}}"
    r"|没(?:有)?(?:人|谁)?(?:受伤|[摔伤烫砸碰夹][着到]人?)"
    rf"|(?:护士|医生|大夫|师傅|客服|你们|店员|前台){_HAN}{{0,3}}(?:讲|说|交代|提醒|告诉)过"
    r"|不(?:再)?(?:吵|闹|漏|堵|欠费?|卡|掉线?|断线?|跳闸?|冒烟?|臭|急|气|疼)了)" + _END
)
# The matter stands in spite of what was done: 「到了但少了20块」, 「修好了又坏了」, 「说是发货了」, 「都催三次了」; or
# it is still to be done: 「把它退了」.
_STANDS = regex(
    r"^(?:(?!我|自己|已|刚|师傅|人家).)*把|但|可(?!以|能|好)|却"
    rf"|又(?!{_WORKS})|还(?!给|清)|没(?!事|问题|毛病)|不(?!用|错)|未|怎么|咋|什么|啥|哪|吗|(?<!着)呢|[么吧]$"
    r"|说(?!明书)|讲|显示|写着|提示|以为|应该|大概|好像|快(?!递)|(?<![刚方])才|等|久|半天|照样|照旧|仍|依然|居然|竟|被|白|该|太|很"
    r"|[\d一二两三四五六七八九十几好多数](?:天|周|个多?月|小时|钟头|年|遍|次|回(?![来去家])|趟|分钟|个礼拜|个星期)"
    rf"|的话|想(?!起)|需|要(?!紧)|帮我|(?<!申)请|(?<![特分区])别(?![人的家])|麻烦|能(?!用|{_HAN}{{1,4}}了$)|可以|求|如果|多少"
)
_TROUBLE = (
    r"坏|碎|裂|丢|忘|错|断|(?<!消)停[机电水了]|欠|扣|涨|死|爆|漏|堵|锁|摔|破|烂|少|骗|假|黑|烦|气|累|疯|急|吵|闹|抢|慢|哭|脏|超"
    rf"|过期|失效|到期|催|(?<={_HAN})(?<![个次的])投诉|反映|卖[完光]|用[完光]|关门|打烊|收摊|世|失望|受不了|满|压|堆|晚了|季|掉色"
    r"|别[人的家笔]|隔壁|到[^,]+去了|掉下|冒|爬|弹|踢|溢|流出|渗|滚"
    r"|(?:已经|早就?|都|时机|点|期)过[完了]"
)
_TROUBLED = regex(_TROUBLE)
# What it is named for is no trouble any more: 「多扣的那笔钱退回来了」.
_NAMED_FOR = regex(rf"^[^,]*?(?:{_TROUBLE})[^,]{{0,3}}的")
# How something came about, or goes on: 「刚才是我打错了」, 「我自己在网页上弄的」, 「我自己再看看」.
_EXPLAINS = regex(
    r"^(?:那|等)?我(?:自己|先|再|回头){1,3}(?:看看|想想|琢磨|试试|找找|研究|考虑|商量|摸索)[^,怎咋吗]{0,6}$|"
    r"^(?:刚才|刚刚|之前|原先|本来|起先|开始)(?![^,]*(?:客服|你们))"
    r"|^(?:原来|可能|大概|估计|应该)+(?:是|就)|是[^,]*[弄搞碰按点填打插][^,]{0,2}的$|^是[我俺][^不怎哪么吗]*$"
    r"|^是[^,不没怎哪么吗]{1,6}(?:闹着玩|玩|自己)[^,不没怎哪么吗]{0,8}的$"
    r"|^(?:我们?|俺|咱)(?:自己|刚才|昨天|今天|在)+.*的$"
)
# What asks for something, or tells of trouble, so that it is more than the circumstances of a matter that is settled.
_OPEN = regex(
    rf"但|可(?![以能])|却|又(?!{_WORKS})|还(?!是(?:原来|老)|给|行|好|可以|挺|款|了)"
    r"|没(?!事|问题|毛病|关系|丢|忘|坏|错|剩)"
    r"|(?<!差)不(?!用|必|劳|错|客气|要紧|麻烦|打扰|着急|急|容易|进|去|来|存|送|耽误)"
    r"|怎么|咋|什么|啥|哪|吗|么$|(?<![着在里上下边头中家手])呢$|几(?!乎)|多少|多久|谁"
    r"|能(?![开用抬上进出打收刷]了?$)|可以|请|帮|麻烦(?!你了|您了)"
    r"|给我(?![爸妈爷奶爱老儿女孩家弟妹哥姐同朋自了])|(?<!不)想(?!起)|要(?!紧)|希望|需|求|问|查|申请"
    r"|坏|碎|裂|丢|糊|写[着的]|少|(?<!慢)慢(?!慢)|差|贵|破|漏|堵|烂|扣|骗|假|急|乱|吵|投诉|赔|退|换|改[成到为送寄派]|失望|气|(?<![麻劳])烦|爆"
    r"|(?<!消)停[机电水了]|欠|锁|世|后事|葬|才(?:看|发|知)|灰|卡|照样|一直|老是|总是|天天|居然|竟|只是|除了"
)
# What asks for something, or tells of a death, after which much is done by saying what is not wanted.
_REQUESTS = regex(
    r"怎么|咋|什么|啥|哪|[吗么呢]$|几(?!乎)|多少|多久|谁|能不能|可不可以|可以[^,]*吗|请|帮|麻烦(?!你了|您了)|希望|求|问|查"
    r"|给我(?![爸妈爷奶爱老儿女孩家弟妹哥姐同朋自了])|(?:我|还|就|只)(?:是)?[想要]|需要|来个|叫.{1,4}来|[退换取消关停销]掉?吧|世|后事|葬"
)
# What sets the matter against what was said before: 「我问的是…」, 「这回是…」, 「我要的是…」.
_CONTRASTS = regex(
    r"^(?:但是?|可是?|不过|而|其实|主要|关键|那|你|您|请|麻烦|我)*(?:就|只|光|单)?"
    r"(?:(?:这[回次趟]|今[天儿]|现在)(?:我|想|要)*(?:是|就是|来|问)"
    r"|(?:想|要|是|来|就)*(?:问|打听|咨询|知道|了解|说(?!明书)|告诉|反映|关心|在乎)|[^,]{1,4}的是|问题是|是(?!不是|否))"
)
_OBJECTS = regex(r"^(?:但是?|可(?![以能])是?|不过)")
_OPPOSES = regex(r"^(?:但|可(?![以能])|不过|却|怎么|咋|为什么|为啥|还|又|结果|居然|竟)")

# What was to be done once, before somebody thought better of it: 「昨天说要取消的那单」, 「本来想投诉的」.
_INTENDED = regex(
    r"^我?(?:本来|原来|原本|原先|刚刚?才?|昨[天晚儿]|之前|先前|前[天几面]|上[回次])(?![^,]*(?:你们?|您|客服|师傅|快递|给我))"
    r"[^,]{0,4}[想要说][^,]*$"
)
_RECONSIDERED = regex(
    r"^(?:我|后来|又|也|就)*(?:想通|想开|想明白|改主意|改变主意|不生气|消气)了$|[气火]也?消了$|觉得(?:还|也|倒)(?:行|可以|不错|挺好)$"
)
_LEFT_ALONE = regex(
    r"^(?:我|就|那|都|也|先|还是)*(?:算[了啦]|[不甭别][^,没]{1,4}了|留(?:着|下)|(?:不用|别|甭)(?:处理|管|弄|动|麻烦|办)"
    r"|(?:什么|啥)都?(?:不用|别|甭)(?:动|改|弄)|就这么[^,]{1,2}|照旧|照常|就这样|懒得[^,]{1,3})[吧了啦哈啊]*$"
)
_THOUGHT_BETTER = regex(
    r"^我?(?:想了想|想了一下|想想|想来想去|考虑了一?下|商量了一?下|算[了啦])(?:还是|就|先)*不(?![说聊谈问])[^,没]{1,4}了吧?$"
)
# What is told of others, as it was read or heard: 「刷到个视频，说有人…」.
_HEARD = regex(
    r"(?:看|刷|听|读)(?:到|了|见)?(?:一?[个条篇则])?[^,]{0,4}(?:新闻|视频|热搜|帖子|报道|文章)"
    r"|(?:新闻|视频|热搜|帖子|报道|电视|网|朋友圈|抖音)[里上]?(?:在|都|有人)?(?:说|讲|看到|看见|刷到|报)"
)
_SOMEBODY = regex(r"有(?:个|一个|些)?(?:人|男的|女的|大爷|大妈|老太太|小伙|姑娘)|别人|人家|某[人地]")
_OF_MINE = regex(r"我(?:的|家|们|也|这|自己|[卡号钱单妈爸])")


@lru_cache(maxsize=CLAUSES_KEPT)
def settled(clause: str) -> bool:
    """Tell whether a clause (normalised) says that what it speaks of is done: 「洗衣机已经修好了」, 「钱收到了」.

    What was done in vain is not settled (「修好了又坏了」), nor what others say to be done (「说是已经发货了」), nor
    what was done too often or lasts too long (「都催三次了」).
    """
    if _UNHARMED.search(clause) is not None:
        return True
    if _STANDS.search(clause) is not None:
        return False
    if _PUT_RIGHT.search(clause) is not None:
        return True
    return _DONE.search(clause) is not None and _TROUBLED.search(_NAMED_FOR.sub("", clause)) is None


def only_tells(clause: str) -> bool:
    """Tell whether a clause (normalised) asks for nothing and complains of nothing: 「在门卫那儿放着呢」."""
    return _OPEN.search(clause) is None


def asks_for_nothing(clause: str) -> bool:
    """Tell whether a clause (normalised) asks for nothing, whatever it complains of: 「公司说收据也能报」."""
    return _REQUESTS.search(clause) is None


def explains(clause: str) -> bool:
    """Tell whether a clause (normalised) only says how something came about: 「我自己在网页上弄的」."""
    return _EXPLAINS.search(clause) is not None


def contrasts(clause: str) -> bool:
    """Tell whether a clause (normalised) sets the matter against what was said before: 「我问的是…」, 「这回是…」."""
    return _CONTRASTS.search(clause) is not None


def opposes(clause: str) -> bool:
    """Tell whether a clause (normalised) speaks against what was done: 「但少了一件」, 「怎么还没到」."""
    return _OPPOSES.search(clause) is not None


def objects(clause: str) -> bool:
    """Tell whether a clause (normalised) says what stands against it that all else is well: 「可我这是五金店」."""
    return _OBJECTS.search(clause) is not None


def thought_better(clauses: Sequence[str]) -> bool:
    """Tell whether the clauses of a message (normalised) take back what was to be done: 「本来想投诉的，…，算啦」."""
    first, *others = clauses
    if not all(only_tells(each) or _LEFT_ALONE.search(each) or _RECONSIDERED.search(each) for each in others):
        return False
    if _THOUGHT_BETTER.search(first):
        return True
    return bool(others) and _LEFT_ALONE.search(others[-1]) is not None and _INTENDED.search(first) is not None


def tells_of_others(clauses: Sequence[str]) -> bool:
    """Tell whether the clauses of a message (normalised) only tell what was heard of somebody: 「新闻里说有人…」."""
    return (
        any(map(_HEARD.search, clauses))
        and any(map(_SOMEBODY.search, clauses))
        and all(map(asks_for_nothing, clauses))
        and not any(
            _OF_MINE.search(each) and not _UNHARMED.search(each) and not each.endswith("好好的") for each in clauses
        )
    )
