"""The shapes of what a trainer proposes: an entry of a library in which what csbot knows itself may be left out."""

from __future__ import annotations

from csbot.library.shapes.company import FESTIVAL
from csbot.library.shapes.parts import ID, TEXT, Shape, group, key, list_of
from csbot.library.shapes.rules import FORBIDDEN_RULE
from csbot.library.shapes.situations import COACHING, INTENT, SCRIPT

_SITUATION = {
    **INTENT["properties"],
    **{name: shape for name, shape in SCRIPT["properties"].items() if name != "intent"},
    "coaching": {**COACHING, "required": []},
    "topic": key(ID, "主题", "话术写进哪个主题的文件，小写英文；还没有的主题会新建一个文件。", "order"),
    "topic_name": key(TEXT, "主题名称", "新主题给坐席看的名称。", "订单"),
}
_RULE = {
    **FORBIDDEN_RULE["properties"],
    "category": key(ID, "类别", "写进哪一类规则，小写英文；还没有的类别会新建一个文件。", "company"),
    "category_name": key(TEXT, "类别名称", "新类别给坐席看的名称。", "本公司"),
}

# Each is a list: several may be proposed together, and are taken all or none.
PROPOSALS: dict[str, Shape] = {
    "new situations": list_of(group(["name", "cue", "replies"], _SITUATION), 1),
    "new rules": list_of(group(["banned", "instead", "bad", "good"], _RULE), 1),
    "new festivals": list_of(FESTIVAL, 1),
}
