"""The shapes of forbidden rules, what spares their hits, element rules and the conventions of rewriting."""

from __future__ import annotations

from csbot.library.shapes.parts import (
    ID,
    REACH,
    SEVERITY,
    SOME_TEXTS,
    TEXT,
    TEXT_OR_NOTHING,
    TEXTS,
    YES_NO,
    Shape,
    choice,
    entry,
    group,
    key,
    list_of,
)

PHRASES = "短语里可以用 …（同一句里任意文字）、[甲|乙]（任选其一）、<时限>（数字加时间单位）。"

# Of a way of rewriting; the empty text leaves the unit out.
WAY: dict[str, Shape] = {
    "replace": key(
        choice({"span": "命中的字", "clause": "逗号之间的整个分句", "sentence": "整句，句首的“您好”和称呼留着"}),
        "换掉多少",
        "span 命中的字，clause 整个分句，sentence 整句。",
    ),
    "where": key(
        choice(
            {
                "anywhere": "哪里都行（不写就是它）",
                "start": "分句的开头",
                "end": "分句的末尾",
                "whole": "就是整个分句",
                "first": "所在分句是一句的第一个，后面还有话",
            }
        ),
        "命中在哪里才这样改",
        "不写就是哪里都行。",
    ),
    "only_with": key(SOME_TEXTS, "有这些话才这样改", f"分句（或整句）里有其中一条短语才用。{PHRASES}", ["查…不到"]),
    "not_with": key(SOME_TEXTS, "有这些话就不这样改", f"分句（或整句）里有其中一条短语就不用。{PHRASES}", ["如果"]),
    "part": key(TEXT, "只换命中里的几个字", "配合 replace: span，例如命中「一定送到」，只换「一定」。", "一定"),
    "drops_facts": key(YES_NO, "里面的数字也一起去掉", '写 "true"，用在根本不能说的话上。'),
    "with": key(
        TEXT_OR_NOTHING,
        "换成什么",
        '空的 "" 就是去掉。clause 和 sentence 里可以用 {前}、{后} 保留命中前后的话。',
        "{前}，我帮您查清楚后回复您",
        "",
    ),
}
WAYS = list_of(group(["replace", "with"], WAY), 1)
EXAMPLE = group(
    ["draft", "becomes"],
    {
        "draft": key(TEXT, "原话", "坐席写的、含有忌语的话。", "什么时候到货我不知道。"),
        "becomes": key(TEXT, "应当改成", "改写的结果，一字不差。", "什么时候到货，我帮您查清楚后回复您。"),
    },
)
REWRITTEN = list_of(EXAMPLE, 1)

FORBIDDEN_RULE = entry(
    ["id", "banned", "kind", "instead", "reason", "source", "bad", "good"],
    {
        "id": key(ID, "编号", "类别.名称，小写英文；定了以后不改。", "ten_donts.dont_know"),
        "banned": key(TEXT, "禁用的说法", "手册里的说法，也是规则的名称；不写 phrases 时就查它。", "不知道"),
        "kind": key(
            choice(
                {
                    "phrase": "出现就算",
                    "clause": "整个分句就是它才算",
                    "sentence": "整句就是它才算",
                    "pattern": "正则表达式（RE2）",
                    "name": "直呼姓名，不用写 phrases",
                }
            ),
            "怎样算命中",
            "phrase 出现就算；clause 整个分句；sentence 整句；pattern 正则表达式；name 直呼姓名。",
        ),
        "phrases": key(TEXTS, "要查的短语", f"不写时就用 banned 的文字。{PHRASES}", ["不知道", "[谁|我哪]知道"]),
        "except": key(TEXTS, "例外", "盖住整个命中的说法不算，例如「不知道您」盖住「不知道」。", ["不知道您"]),
        "severity": key(SEVERITY, "轻重", "只有这一条与文件开头的 severity 不同时才写。"),
        "keep_you": key(YES_NO, "区分“你”和“您”", '平时两者一样看待；要区分时写 "true"。'),
        "instead": key(TEXT, "改说", "给坐席的建议。", "我帮您查一下，马上回复您。"),
        "rewrite": key(WAYS, "怎样改写", "几种改法，从上往下取第一种合用的；和 rewritten 一起写。"),
        "rewritten": key(REWRITTEN, "改写的例子", "每次 lint 都照着改一遍，结果要一字不差。"),
        "reason": key(TEXT, "原因", "为什么不能说，一句话。", "客户听到的是没有人管。"),
        "source": key(TEXT, "出处", "手册的三位编号和节名；手册以外的以“良好实践”开头。", "002 十不准 第1条"),
        "bad": key(SOME_TEXTS, "必须命中的例子", "至少 3 句，每次 lint 逐句运行。", ["这个我不知道", "谁知道呢"]),
        "good": key(SOME_TEXTS, "必须不命中的例子", "至少 2 句容易误伤的正常话。", ["不知道您方便的时间是几点？"]),
    },
)
FORBIDDEN = group(
    ["category", "name", "source", "severity", "rules"],
    {
        "category": key(ID, "类别编号", "小写英文；settings.yaml 的 switched_off 可以写它。", "ten_donts"),
        "name": key(TEXT, "类别名称", "给坐席看的名称。", "十不准"),
        "source": key(TEXT, "出处", "这一类禁用语出自手册哪里。", "002 十不准"),
        "severity": key(SEVERITY, "轻重", "这一类规则的轻重：error 不能发；warning 提醒。"),
        "escalate": key(
            group([], {"customer_type": key(TEXT, "客户类型", "遇到这类客户，提醒也算错误。", "求异型")}),
            "什么时候加重",
            "遇到写明的客户时，提醒也算错误。",
            {"customer_type": "求异型"},
        ),
        "rules": key(list_of(FORBIDDEN_RULE, 1), "规则", "每条规则一项，以「- id: …」开头。"),
    },
)

CIRCUMSTANCE = entry(
    ["id", "name", "rules", "spared", "found"],
    {
        "id": key(ID, "编号", "小写英文；定了以后不改。", "refusal"),
        "name": key(TEXT, "名称", "explain 里给人看的，说明为什么不算。", "不作承诺"),
        "rules": key(SOME_TEXTS, "用在哪些规则上", "规则的编号或类别编号。", ["overpromise"]),
        "before": key(TEXTS, "前面的话", f"同一分句里，命中前面有其中一条。{PHRASES}", ["[无法|没法|不能]"]),
        "behind": key(TEXTS, "后面的话", f"同一分句里，命中后面有其中一条。{PHRASES}", ["改进", "[尽力|尽全力]"]),
        "between": key(TEXTS, "中间的小词", "命中和前后的话之间可以有，多少个都行。", ["[向|给|跟]您", "会"]),
        "reach": key(REACH, "中间还可以有几个别的字", '不写就是 "0"：中间只能有 between 里的词。', "8"),
        "unless": key(TEXTS, "中间不能有", "有其中一条就照样命中。", ["到账"]),
        "not_after": key(TEXTS, "前面的话不能接在它后面", "例如「跟您说」不是您说。", ["[跟|和|对]"]),
        "later": key(TEXTS, "后面还要有", "命中后面，同一句里，还要有其中一条；可以在逗号后面。", ["请", "麻烦"]),
        "without": key(TEXTS, "后面没有", "命中后面，同一分句里，有其中一条就照样命中。", ["到账", "[今天|明天]"]),
        "quoted": key(YES_NO, "只看引号里的", '写 "true"：命中在引号里才不算，前后的话从引号外面看起。'),
        "spared": key(SOME_TEXTS, "不算的例子", "每次 lint 逐句运行，都要靠这一条才不算。", ["我没法向您保证"]),
        "found": key(SOME_TEXTS, "照样命中的例子", "只差一两个字、真的不能说的话。", ["我向您保证"]),
    },
)
CIRCUMSTANCES = group(
    ["circumstances"],
    {"circumstances": key(list_of(CIRCUMSTANCE), "情形", "每种情形一项，以「- id: …」开头；从上往下取第一种。")},
)

ELEMENT_RULE = entry(
    ["id", "name", "source", "phrases", "present", "absent"],
    {
        "id": key(ID, "编号", "话术的 elements 里写它。", "deadline"),
        "name": key(TEXT, "名称", "给坐席看的名称。", "时限"),
        "source": key(TEXT, "出处", "手册的三位编号和节名。", "004 承诺时限"),
        "phrases": key(SOME_TEXTS, "算数的说法", f"说到其中一条就算有。{PHRASES}", ["<时限>[内|之内|以内]"]),
        "except": key(TEXTS, "例外", "盖住整个命中的说法不算。", ["不用谢谢您"]),
        "present": key(SOME_TEXTS, "算数的例子", "至少 3 句，每次 lint 逐句运行。", ["24小时内答复您"]),
        "absent": key(SOME_TEXTS, "不算的例子", "至少 2 句。", ["尽快答复您"]),
    },
)
ELEMENTS = group(
    ["category", "name", "elements"],
    {
        "category": key(ID, "类别编号", "小写英文。", "shared"),
        "name": key(TEXT, "类别名称", "给坐席看的名称。", "通用要素"),
        "elements": key(list_of(ELEMENT_RULE, 1), "要素", "每个要素一项，以「- id: …」开头。"),
    },
)

FIND = key(SOME_TEXTS, "找什么", f"要改掉的短语。{PHRASES}", ["争取[会|能]"])
REWRITING = group(
    ["rewritten"],
    {
        "keeps": key(TEXTS, "句首留着的分句", f"整句改写时，句首的这些分句留着。{PHRASES}", ["您好", "…[先生|女士]"]),
        "facts": key(TEXTS, "不能改丢的内容", f"改法会丢掉它们时不用（数字不用写）。{PHRASES}", ["<时限>内"]),
        "seams": key(
            list_of(group(["find", "with"], {"find": FIND, "with": WAY["with"]})),
            "接缝",
            "新旧文字相接处的语病怎样改。",
        ),
        "touches": key(
            list_of(group(["find", "replace", "with"], {"find": FIND, **WAY})),
            "顺手改掉的话",
            "不算忌语、但改写以后不能还留着的话。",
        ),
        "rewritten": key(REWRITTEN, "改写的例子", "每次 lint 都照着改一遍，结果要一字不差。"),
    },
)
