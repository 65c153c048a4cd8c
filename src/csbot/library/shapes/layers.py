"""The shape of layer.yaml."""

from __future__ import annotations

from csbot.library.shapes.parts import TEXT, choice, group, key, list_of

LEVELS = {"公司": "可以写明理由放宽规则", "团队": "只能加规则，不能放宽", "个人": "只能加规则，不能放宽"}
OFF_KINDS = {
    "situation": ("情景", "情景的 id；它的话术一起停用。", "payment.invoice"),
    "rule": ("禁用语规则", "规则的编号，或整个类别；只有公司层可以。", "good_practice"),
    "element": ("要素", "要素的 id；只有公司层可以。", "ask_invoice_details"),
    "slot": ("变量", "变量的名称。", "客服热线"),
    "festival": ("节日", "节日的名称。", "国庆"),
    "period": ("时段", "时段的名称。", "早上"),
    "synonym": ("同义词", "那一组的代表，也就是第一个词。", "发票"),
}
OFF = group(
    ["reason"],
    {
        **{name: key(TEXT, title, what, example) for name, (title, what, example) in OFF_KINDS.items()},
        "reason": key(TEXT, "理由", "为什么停用，谁同意的。", "我们不开纸质发票；运营部 2026-11-01"),
    },
)
LAYER = group(
    ["level", "name"],
    {
        "level": key(choice(LEVELS), "哪一层", "公司、团队或个人；上面的层不能比下面的低。", "公司"),
        "name": key(TEXT, "名称", "回复下面会写明它来自哪一层。", "示例公司"),
        "extends": key(
            TEXT,
            "下面是哪个话术库",
            "内置，或者另一个话术库的文件夹，从本文件所在的文件夹算起。个人设置文件夹里的不写。",
            "内置",
            "../company",
        ),
        "off": key(list_of(OFF), "停用", "下层的哪些内容不用；每一项写一样，再写理由。"),
    },
)
