"""The shapes of situations, scripts, slots and synonyms."""

from __future__ import annotations

from csbot.library.shapes.parts import (
    COMPLAINT_MEANINGS,
    DATE,
    ID,
    MOODS,
    PROFILE,
    SOME_TEXTS,
    SYLLABLES,
    TEXT,
    TEXTS,
    choice,
    entry,
    group,
    key,
    list_of,
)
from csbot.library.shapes.trials import KNOWN_FAILURES, TEST

COMPLAINT_TYPES = list(COMPLAINT_MEANINGS)
_CHANNELS = {"在线": "聊天窗口里，短的合适", "电话": "照着念，短的合适", "邮件": "写成一封信"}
CHANNELS = list(_CHANNELS)
SLOT_TYPES = {
    "文字": "任何文字",
    "姓氏": "客户在消息里说过就自动填上",
    "称谓": "先生、女士等，可用 choices 列出",
    "订单号": "客户在消息里说过就自动填上，显示时不遮",
    "电话": "显示时遮住中间四位",
    "时长": "数字加单位，如 24小时",
    "时间": "如 下午3点",
    "数字": "一个数",
    "工号": "坐席的工号",
    "自动": "由系统填：问候、节日问候、选项",
}
PARTS = {
    "greeting": "单独的问好，旁边有别的事时省去",
    "urgent": "先救急：有人受伤、钱正被刷走，别的都靠后",
    "opening": "开头",
    "apology": "先安抚",
    "body": "正文（不写就是它）",
    "closing": "收尾",
}

INTENT = entry(
    ["id", "name", "trigger", "cue", "source"],
    {
        "id": key(ID, "编号", "主题.名称，小写字母、数字和下划线。定了以后不改：话术靠它找到情景。", "payment.invoice"),
        "name": key(TEXT, "名称", "给坐席看的情景名称。", "索要发票"),
        "trigger": key(
            choice({"customer": "由客户的话触发，要写 examples", "agent": "由坐席主动选用"}),
            "触发方式",
            "customer 由客户的话触发；agent 由坐席主动选用。",
        ),
        "cue": key(TEXT, "什么时候用", "一句话说明客户在说什么，或坐席什么时候选它。", "客户要发票，或问发票怎么开"),
        "source": key(
            TEXT,
            "出处",
            "手册的三位编号和节名，几处之间用“；”隔开；手册以外的以“良好实践”开头。",
            "004 客户索要发票",
            "良好实践：先确认再答复",
        ),
        "label": key(
            TEXT, "供客户选择的说法", "拿不准是哪一件事时请客户选择，用客户看得懂的短词；不写就不列出来。", "开发票"
        ),
        "part": key(choice(PARTS), "在回复里的位置", "一条消息里有几件事时，它的回复排在哪里。不写就是 body（正文）。"),
        "profiles": key(list_of(PROFILE, 1), "行业", "属于哪些行业；各行业都有的不写。", ["电商", "门店"]),
        "pinyin": key(list_of(SYLLABLES, 1), "怎样读", "名称里的多音字读错时写；只影响搜索。", ["huo dao fu kuan"]),
        "keywords": key(TEXTS, "关键词", "出现了就很可能是这个情景的词。", ["发票", "开票", "专票"]),
        "examples": key(
            TEXTS,
            "例句",
            "客户会怎么说，至少 30 条；有长有短，有口语、方言和错别字。由客户触发的情景必须写。",
            ["能开发票吗", "我要一张增值税专用发票"],
        ),
        "negatives": key(
            TEXTS, "反例", "像这个情景、其实不是的话；它们应当同时是别的情景的例句。", ["发票的事办好了，谢谢你"]
        ),
    },
)
INTENTS = group(
    ["intents"],
    {
        "intents": key(list_of(INTENT, 1), "情景", "每个情景一项，以「- id: …」开头。"),
        "out_of_scope": key(
            TEXTS, "不属于任何情景的话", "用来划清界线：像它们的消息不会被硬认成某个情景。", ["今天天气怎么样"]
        ),
    },
)

WHEN = group(
    [],
    {
        "mentions": key(
            SOME_TEXTS,
            "说到",
            "客户的消息里有其中一个词时才用，而且先用它：一个情景里的某一种情况，可以答得更具体。",
            ["光猫", "路由器", "宽带"],
        ),
        "mood": key({"enum": MOODS}, "情绪", "客户是这种情绪时才用。"),
        "profile": key(PROFILE, "行业", "公司是这个行业时才用。"),
        "complaint_type": key(
            choice(COMPLAINT_MEANINGS),
            "投诉类型",
            "由坐席用 /投诉类型 或 --complaint-type 说明；感性要倾听，理性要解决。",
        ),
        "channel": key(
            choice(_CHANNELS),
            "渠道",
            "从哪里回复，由坐席用 /渠道 或 --channel 说明；写成信的回复要加“邮件”，聊天时才不会用上。",
        ),
        "festival": key(TEXT, "节日", "节日的名称（见 occasions.yaml）；any 任何节日，none 平日。", "any", "春节"),
        "time": key(TEXT, "时段", "时段的名称（见 occasions.yaml）。", "早上"),
        "options": key(
            choice({"any": "有几种可能，要请客户选择", "none": "没有可选的"}),
            "有没有选项",
            "拿不准是哪一件事时：any 有几种可能要客户选，none 没有。",
        ),
    },
)
REPLY = group(
    ["text"],
    {
        "text": key(
            TEXT,
            "回复",
            "发给客户的话，写在一行里，两边加英文双引号；变量写成 {名称}，名称见 slots.yaml。",
            "您好，请您提供发票抬头和税号，我们在{时限}内开好发给您。",
        ),
        "length": key({"enum": ["短", "长"]}, "长短", "短的先给，长的供选择。"),
        "when": key(WHEN, "条件", "写出的条件要同时成立才用这一条；不写就随时可用。", {"mood": "着急"}),
    },
)
COACHING = group(
    ["use", "avoid", "never"],
    {
        "use": key(TEXT, "什么时候用", "给坐席看。", "客户要发票时用。先问清抬头和税号，再说时间。"),
        "avoid": key(TEXT, "什么时候不用", "给坐席看：容易用错的场合。", "客户只是说发票收到了，用“客户致谢”。"),
        "never": key(TEXTS, "绝不能说", "反面例子，只给坐席看，不会发出去。", ["不能开", "找财务去"]),
        "tip": key(TEXT, "提示", "做好这件事的小窍门。", "专用发票还要问开户行和账号。"),
    },
)
SCRIPT = entry(
    ["intent", "source", "elements", "replies", "coaching", "next"],
    {
        "intent": key(ID, "情景编号", "intents.yaml 里某个情景的 id；一个情景一份话术。", "payment.invoice"),
        "source": key(TEXT, "出处", "手册的三位编号和节名，几处之间用“；”隔开。", "004 客户索要发票"),
        "elements": key(
            SOME_TEXTS,
            "必须有的要素",
            "每条回复都要说到的内容，写要素的 id；「a|b」表示有一个就行。",
            ["ask_invoice_details", "deadline|thanks"],
        ),
        "replies": key(
            list_of(REPLY, 1), "回复", "至少 3 条，客户多问几次才不会听到一样的话；任何时候至少有一条不带条件的可用。"
        ),
        "ask": key(TEXTS, "每次都要问的变量", "这些变量每次都请坐席亲自填，不用默认值。", ["时限"]),
        "coaching": key(COACHING, "辅导", "给坐席看的：什么时候用、什么时候不用、绝不能说什么、提示。"),
        "next": key(TEXTS, "下一步", "接下来通常用到的情景的 id；没有就写 []。", ["service.please_wait"]),
        "covers": key(
            TEXTS,
            "一并说到的情景",
            "同一条消息里也有这些情景时，只用这份话术回复，它们不再单独回复；写情景的 id。",
            ["courtesy.customer_thanks"],
        ),
        "owner": key(TEXT, "负责人", "谁负责这份话术。", "培训组"),
        "reviewed": key(DATE, "复核日期", "最近一次通读的日期；过了 review_days 天会提醒。", "2026-02-17"),
        "expires": key(DATE, "到期日期", "过了这一天就不能再用，例如活动结束。", "2026-12-31"),
        "tests": key(list_of(TEST, 1), "测试", "客户这样说，应当怎样回复；csbot test 运行。"),
    },
)
SCRIPTS = group(
    ["topic", "name", "scripts"],
    {
        "topic": key(ID, "主题编号", "这个文件的主题，小写英文。", "payment"),
        "name": key(TEXT, "主题名称", "给坐席看的名称。", "付款"),
        "scripts": key(list_of(SCRIPT, 1), "话术", "每个情景一项，以「- intent: …」开头。"),
        "known_failures": key(KNOWN_FAILURES, "已知失败", "现在还通不过的测试，写明理由。"),
    },
)

SLOT = entry(
    ["name", "type", "prompt"],
    {
        "name": key(TEXT, "变量名", "回复里写成 {变量名}。", "时限"),
        "type": key(choice(SLOT_TYPES), "种类", "决定怎样自动填、要不要遮住一部分。"),
        "prompt": key(TEXT, "怎样问坐席", "请坐席填写时的提示。", "多久内答复（数字加单位）"),
        "default": key(TEXT, "默认值", "有了它就不用每次填；公司的名称、电话、时限写在这里。", "24小时"),
        "example": key(TEXT, "例子", "给坐席看的例子。", "王"),
        "choices": key(SOME_TEXTS, "可选的值", "填写时列出来供选择。", ["先生", "女士", "老师"]),
    },
)
SLOTS = group(["slots"], {"slots": key(list_of(SLOT, 1), "变量", "回复里要填的空，一行一个。")})

SYNONYMS = group(
    ["synonyms"],
    {
        "synonyms": key(
            list_of(SOME_TEXTS),
            "同义词",
            "一行一组，第一个是代表。只影响识别，不改变回复。",
            [["发票", "专票", "fapiao"]],
        ),
        "goods": key(
            list_of(SOME_TEXTS),
            "商品的叫法",
            "一行一类。识别时都读作「东西」：「手表坏了」「书架坏了」是一回事。",
            [["手表", "书架"], ["密码箱", "拉杆箱"]],
        ),
    },
)

AGENT_QUESTIONS = group(
    ["found", "spared"],
    {
        "customers": key(TEXTS, "说到客户", "坐席怎样说到客户。", ["客户", "买家"]),
        "themselves": key(TEXTS, "客户也这样说自己", "「业主不在家怎么办」是客户问的，不算。", ["业主", "用户"]),
        "scripts": key(TEXTS, "要的是什么", "一行以它结尾，就是在找话术。", ["话术", "说辞"]),
        "named_scripts": key(TEXTS, "有名字的话术", "同上，名字里就有要找什么。", ["结束语", "道歉语"]),
        "ways": key(TEXTS, "怎样", "问办法的词。", ["怎么", "如何"]),
        "speaking": key(TEXTS, "说", "后面才是要找的内容：「怎么跟客户说要停机」。", ["说", "解释"]),
        "answering": key(TEXTS, "答话", "客户不问自己怎么答：「嫌贵怎么回」。", ["回", "答复"]),
        "handling": key(TEXTS, "对客户做的事", "这也是要找的内容：「怎么安抚客户」。", ["安抚", "拒绝"]),
        "helpless": key(TEXTS, "不知道怎么办", "前面要说到客户：「客户骂人怎么办」。", ["怎么办", "咋办"]),
        "opening": key(TEXTS, "开头的话", "不说要找什么。", ["遇到", "有没有"]),
        "ending": key(TEXTS, "结尾的话", "不说要找什么。", ["比较好", "发我一份"]),
        "others": key(TEXTS, "不算的词", "里面的「客户」「怎么」不算。", ["客户端", "怎么回事"]),
        "said_by_customers": key(TEXTS, "客户才说的", "有其中一个的，是客户说的。", ["你们", "转人工"]),
        "found": key(SOME_TEXTS, "应当认出的", "坐席会这样问，lint 逐句试。", ["客户发火了该怎么回"]),
        "spared": key(SOME_TEXTS, "不应当认的", "客户会这样说，lint 逐句试。", ["你们是怎么跟客户说话的"]),
    },
)
