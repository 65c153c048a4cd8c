"""The shapes of the tests that trainers write: beside a script, and as conversations in files of their own."""

from __future__ import annotations

from csbot.library.shapes.parts import (
    COMPLAINT_MEANINGS,
    ID,
    MOMENT,
    MOODS,
    PROFILE,
    SOME_TEXTS,
    TEXT,
    Shape,
    choice,
    group,
    key,
    list_of,
)

VERDICTS = {"violation": "不能发", "warning": "有提醒", "ok": "可以发"}
_SLOTS: Shape = {"type": "object", "additionalProperties": TEXT}
_CIRCUMSTANCES: dict[str, Shape] = {
    "now": key(MOMENT, "时间", "测试时当作现在的时间；不写就是一个平日的下午。", "2026-02-17T09:30"),
    "mood": key({"enum": MOODS}, "情绪", "客户的情绪；不写就从消息里看。"),
    "profile": key(PROFILE, "行业", "公司的行业。"),
    "complaint_type": key(choice(COMPLAINT_MEANINGS), "投诉类型", "感性要倾听，理性要解决。"),
    "slots": key(_SLOTS, "变量", "已经知道的变量的值。", {"姓氏": "王", "称谓": "先生"}),
}
EXPECTED = group(
    [],
    {
        "situation": key(ID, "情景", "应当识别成的情景。", "payment.invoice"),
        "situations": key(
            list_of(ID, 1), "几个情景", "一句话里有几件事时，应当都识别出来。", ["payment.methods", "payment.invoice"]
        ),
        "contains": key(SOME_TEXTS, "要说到", "回复里要有的文字。", ["订单号"]),
        "not_contains": key(SOME_TEXTS, "不能说到", "回复里不能有的文字。", ["稍后再说"]),
        "elements": key(SOME_TEXTS, "要素", "回复要有的要素的 id。", ["apology"]),
        "next": key(SOME_TEXTS, "下一步", "应当提示的下一步的情景。", ["service.closing"]),
        "verdict": key(choice(VERDICTS), "判定", "坐席的话应当得到的判定；不写就应当没有忌语。"),
        "forbidden": key(
            SOME_TEXTS, "应当查出的忌语", "坐席的话里应当命中的规则；不写就应当没有。", ["ten_donts.dont_know"]
        ),
    },
)
TEST = group(
    [],
    {
        "name": key(TEXT, "名称", "测试的名称，记已知失败时用。", "不要退款，只换货"),
        "customer": key(TEXT, "客户说", "客户的原话；坐席主动说的情景不写。", "能开发票吗"),
        "expect": key(EXPECTED, "应当怎样", "不写就应当识别成这份话术的情景，没有忌语。"),
        **_CIRCUMSTANCES,
    },
)
_STEP = group(
    [],
    {
        "customer": key(TEXT, "客户说", "客户的原话。", "你们多扣了我二十块"),
        "use": key(ID, "坐席选用", "坐席直接选用的情景。", "service.closing"),
        "agent": key(TEXT, "坐席说", "坐席自己写的话，检查有没有忌语。", "我这就为您核对账单。"),
        "mood": key({"enum": MOODS}, "情绪", "从这一步起客户的情绪。"),
        "slots": key(_SLOTS, "变量", "这一步知道了的变量。", {"订单号": "20260101001"}),
        "expect": key(EXPECTED, "应当怎样", "不写就应当给得出回复，没有忌语。"),
    },
)
KNOWN_FAILURES: Shape = list_of(
    group(
        ["name", "reason"],
        {
            "name": key(TEXT, "名称", "测试的名称。", "不要退款，只换货"),
            "reason": key(TEXT, "理由", "为什么现在还通不过。", "例句里还少这样的说法"),
        },
    )
)
CONVERSATIONS = group(
    ["name", "steps"],
    {
        "name": key(TEXT, "名称", "这段对话的名称。", "投诉：多扣了钱"),
        "customer_type": key(TEXT, "客户类型", "有的规则对这种客户更严。", "求异型"),
        "steps": key(list_of(_STEP, 1), "步骤", "一步一项：客户说、坐席选用或坐席说。"),
        "known_failures": key(KNOWN_FAILURES, "已知失败", "现在还通不过的测试，写明理由。"),
        **_CIRCUMSTANCES,
    },
)
