"""The shape of every kind of file."""

from __future__ import annotations

from csbot.library.shapes.company import MANUALS, OCCASIONS, SETTINGS
from csbot.library.shapes.disguises import INSERTED, LOOK_ALIKES, REGIONAL
from csbot.library.shapes.layers import LAYER
from csbot.library.shapes.parts import Shape
from csbot.library.shapes.rules import CIRCUMSTANCES, ELEMENTS, FORBIDDEN, REWRITING
from csbot.library.shapes.situations import AGENT_QUESTIONS, INTENTS, SCRIPTS, SLOTS, SYNONYMS
from csbot.library.shapes.trials import CONVERSATIONS

SHAPES: dict[str, Shape] = {
    "intents": {"title": "情景", "description": "客户会怎么说，怎样认出来。", **INTENTS},
    "scripts": {"title": "话术", "description": "每个情景怎么回复，一个主题一个文件。", **SCRIPTS},
    "conversations": {"title": "对话测试", "description": "客户和坐席一来一往，应当怎样。", **CONVERSATIONS},
    "forbidden": {"title": "禁用语规则", "description": "什么不能说，改说什么，一个类别一个文件。", **FORBIDDEN},
    "elements": {"title": "要素规则", "description": "话术里必须说到什么，一个类别一个文件。", **ELEMENTS},
    "slots": {"title": "变量", "description": "回复里要填的空。", **SLOTS},
    "occasions": {"title": "时段和节日", "description": "按时间和节日变化的问候。", **OCCASIONS},
    "synonyms": {"title": "同义词", "description": "识别时意思相同的词。", **SYNONYMS},
    "agent_questions": {
        "title": "坐席自己的问话",
        "description": "怎样认出一行是坐席在找话术，不是客户说的。",
        **AGENT_QUESTIONS,
    },
    "shapes": {"title": "形近字", "description": "一个字会被写成什么样来躲过检查。", **LOOK_ALIKES},
    "regional": {"title": "各地的话", "description": "各地的说法和网上的写法，在普通话里是什么意思。", **REGIONAL},
    "inserted": {"title": "插入的词", "description": "插在禁用语中间、去掉它意思不变的词。", **INSERTED},
    "rewriting": {"title": "改写的约定", "description": "改写坐席的话时，几条规则共用的约定。", **REWRITING},
    "circumstances": {
        "title": "不算的情形",
        "description": "命中的前后有什么话就不算，几条规则共用。",
        **CIRCUMSTANCES,
    },
    "layer": {"title": "层", "description": "话术库的一层：在哪个话术库上面，停用了什么。", **LAYER},
    "settings": {"title": "公司的设置", "description": "本公司的行业，和不用的禁用语规则。", **SETTINGS},
    "manuals": {"title": "手册逐节对照", "description": "手册的每一节落在话术库的哪里。", **MANUALS},
}
