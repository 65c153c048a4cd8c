"""The shapes of occasions, settings and the map of the manuals."""

from __future__ import annotations

from csbot.library.shapes.parts import (
    CLOCK,
    DATE,
    DAYS,
    MANUAL_ID,
    MONTH_DAY,
    PROFILE,
    REVIEW_DAYS,
    SOME_TEXTS,
    TEXT,
    TEXTS,
    YES_NO,
    entry,
    group,
    key,
    list_of,
)

PERIOD = entry(
    ["name", "from", "to", "greeting"],
    {
        "name": key(TEXT, "时段名", "话术的 when: {time: …} 里写它。", "早上"),
        "from": key(CLOCK, "从几点", "含这一刻，写成 时:分。", "0:00", "9:30"),
        "to": key(CLOCK, "到几点", "不含这一刻，写成 时:分；一天的末尾写 24:00。", "12:00", "24:00"),
        "greeting": key(TEXT, "问候", "这时的 {问候} 就是它。", "早上好"),
    },
)
SPAN = group(
    ["from", "to"],
    {
        "from": key(DATE, "从哪天", "含这一天，写成 年-月-日。", "2026-10-01"),
        "to": key(DATE, "到哪天", "含这一天，写成 年-月-日。", "2026-10-08"),
    },
)
FESTIVAL = entry(
    ["name", "greeting", "named_by"],
    {
        "name": key(TEXT, "节日名", "话术的 when: {festival: …} 里写它。", "春节"),
        "greeting": key(TEXT, "问候", "这时的 {节日问候} 就是它。", "新年好"),
        "named_by": key(
            SOME_TEXTS, "客户怎么提到它", "客户说了其中一个，就当作提到了这个节日。", ["春节快乐", "过年好"]
        ),
        "solar": key(MONTH_DAY, "公历日期", "写成 月-日，两位数字。", "10-01"),
        "lunar": key(MONTH_DAY, "农历日期", "写成 月-日，两位数字。", "01-01"),
        "days": key(DAYS, "一共几天", "不写就是 1 天。", "8"),
        "days_before": key(DAYS, "提前几天开始", "例如春节从除夕开始，写 1；不写就是不提前。", "1"),
        "dates": key(
            list_of(SPAN),
            "某一年的安排",
            "某一年另有安排时写明，以它为准。",
            [{"from": "2026-10-01", "to": "2026-10-08"}],
        ),
    },
)
OCCASIONS = group(
    ["day_periods", "festivals"],
    {
        "day_periods": key(list_of(PERIOD, 1), "时段", "含 from、不含 to，合起来要盖满一天。"),
        "festivals": key(list_of(FESTIVAL), "节日", "两个节日重叠时，写在前面的优先。"),
    },
)

SETTINGS = group(
    ["profiles"],
    {
        "profiles": key(list_of(PROFILE), "本公司的行业", "空的 [] 表示都要。", ["电商", "门店"]),
        "switched_off": key(TEXTS, "不用的禁用语规则", "写规则的编号，或整个类别；不能全部关掉。", ["good_practice"]),
        "inbox": key(
            YES_NO, "收集给培训师看的话", '没认出来的话、评价和改过的回复，遮住个人信息后留给培训师；不要就写 "false"。'
        ),
        "review_days": key(REVIEW_DAYS, "多久复核一次", "写了复核日期的话术，过这么多天提醒；不写是 365。", "365"),
    },
)

SECTION = group(
    ["title"],
    {
        "title": key(TEXT, "节名", "手册里这一节的标题；相邻的同类节用“；”并作一条。", "客户索要发票"),
        "situations": key(TEXTS, "来自它的情景", "情景的 id。", ["payment.invoice"]),
        "rules": key(TEXTS, "来自它的规则", "禁用语规则或要素的 id。", ["ten_donts.dont_know"]),
        "settings": key(TEXTS, "来自它的设置", "变量、时段或节日的名称。", ["时限"]),
        "none": key(
            TEXT, "为什么没有", "没有任何内容来自它时写明原因；有的话不写。", "讲场地和陈列，不涉及对客户说的话"
        ),
    },
)
MANUAL = entry(
    ["id", "name", "sections"],
    {
        "id": key(MANUAL_ID, "手册编号", "三位数字，加英文双引号。", "004"),
        "name": key(TEXT, "手册名称", "手册的全名。", "操作细则"),
        "sections": key(list_of(SECTION, 1), "各节", "按手册的顺序写，每节一项。"),
    },
)
MANUALS = group(["manuals"], {"manuals": key(list_of(MANUAL, 1), "手册", "每本手册一项。")})
