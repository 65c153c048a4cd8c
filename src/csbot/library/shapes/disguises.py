"""The shapes of what says how expressions are disguised: look-alikes, words of regions, words slipped in."""

from __future__ import annotations

from csbot.library.shapes.parts import SOME_TEXTS, TEXT, TEXTS, group, key, list_of

LOOK_ALIKES = group(
    ["shapes"],
    {
        "shapes": key(
            list_of({**TEXTS, "minItems": 2}),
            "形近字",
            "一行一组，第一个是本来的字，后面是它会被写成的样子：一个形近字，或者拆开写的两三个字。",
            [["法", "祛", "氵去"]],
        )
    },
)

_REGIONAL = group(
    ["means", "words"],
    {
        "means": key(TEXT, "普通话", "这些说法在普通话里是什么。", "什么"),
        "words": key(SOME_TEXTS, "各种说法", "一个地方的说法，或者网上的写法。", ["啥子", "神马"]),
        "behind": key(SOME_TEXTS, "后面要有", "后面紧接着其中一样才算：「莫催」是别催，「莫大」不是。", ["催", "急"]),
        "not_before": key(SOME_TEXTS, "前面不能有", "紧挨在前面就不算：「抽不中」。", ["抽", "猜"]),
        "not_behind": key(SOME_TEXTS, "后面不能有", "紧接在后面就不算：「讲座」。", ["座", "课"]),
    },
)
REGIONAL = group(
    ["regional"],
    {"regional": key(list_of(_REGIONAL), "各地的话", "一行一组：普通话是什么，各种说法是什么。")},
)

_WEAKENING = group(
    ["behind", "words"],
    {
        "behind": key(SOME_TEXTS, "跟在谁后面", "表示否定的字，一个字一项。", ["不", "没"]),
        "words": key(SOME_TEXTS, "减轻语气的话", "夹在那里，否定的还是原来的话。", ["太", "怎么"]),
    },
)
INSERTED = group(
    [],
    {
        "words": key(TEXTS, "插入语", "插在一句话中间、去掉它意思不变的词，两个字以上。", ["完全", "目前"]),
        "asides": key(TEXTS, "插话", "对客户说的插话，用逗号隔开也算。", ["说实话", "不瞒您说"]),
        "addresses": key(
            TEXTS, "称呼", "称呼客户的话，用逗号隔开也算；「我先生」这样说到谁的不去掉。", ["先生", "女士"]
        ),
        "weakening": key(list_of(_WEAKENING), "减轻语气的话", "跟在「不、没」后面，只是减轻语气：「不太知道」。"),
    },
)
