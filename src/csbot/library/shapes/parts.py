"""What the shapes of all files are made of.

Every value is a text, since the reader keeps scalars as they were written. ``title``, ``description`` and
``examples`` are what an editor shows; ``enumDescriptions`` and ``patternErrorMessage`` are the keywords of
the language servers for JSON and YAML, which validators ignore.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Shape = dict[str, Any]

TEXT: Shape = {"type": "string", "minLength": 1}
TEXT_OR_NOTHING: Shape = {"type": "string"}
TEXTS: Shape = {"type": "array", "items": TEXT}
SOME_TEXTS: Shape = {**TEXTS, "minItems": 1}


def _pattern(pattern: str, spoken: str) -> Shape:
    return {"type": "string", "pattern": pattern, "patternErrorMessage": f"应写成{spoken}"}


ID = _pattern(r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$", "小写英文字母、数字和下划线，用点分层，如 payment.methods")
CLOCK = _pattern(r"^([01]?\d|2[0-3]):[0-5]\d$|^24:00$", "时:分，如 9:30")
DATE = _pattern(r"^\d{4}-\d{2}-\d{2}$", "年-月-日，如 2026-02-17")
MOMENT = _pattern(r"^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d$", "日期、字母 T 和时间，如 2026-02-17T09:30")
REVIEW_DAYS = _pattern(r"^[1-9]\d{0,3}$", "一个天数，如 365")
MONTH_DAY = _pattern(r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|30|31)$", "月-日，如 01-01")
REACH = _pattern(r"^\d{1,2}$", "一个整数，如 8")
DAYS = _pattern(r"^\d{1,2}$", "一个整数，如 1")
SYLLABLES = _pattern(r"^[a-z]+( [a-z]+)*$", "小写拼音，一个字一个音，用空格隔开，如 cha kong hao")
MANUAL_ID = _pattern(r"^\d{3}$", '三位数字，如 "004"')

PROFILES = ["电商", "电信", "门店", "物业", "金融", "销售", "医疗"]
PROFILE: Shape = {"enum": PROFILES}
MOODS = ["平静", "生气", "着急", "担心"]
COMPLAINT_MEANINGS = {"感性": "客户要被倾听、被理解", "理性": "客户要解决问题"}


def key(shape: Shape, title: str, description: str, *examples: Any) -> Shape:
    """Return ``shape`` with what an editor shows for a key: its name in Chinese, what it is for, examples."""
    shown: Shape = {"title": title, "description": description}
    return {**shown, **shape, **({"examples": list(examples)} if examples else {})}


def choice(meanings: Mapping[str, str]) -> Shape:
    """Return the shape of one of several words, each with its meaning."""
    return {"enum": list(meanings), "enumDescriptions": list(meanings.values())}


def group(required: list[str], properties: dict[str, Shape]) -> Shape:
    """Return the shape of a group of keys; no others are allowed."""
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


CHANGE = choice({"add": "列表接在下层的后面，其余写了的键换掉", "replace": "写了的键整个换掉，没写的不变"})
CHANGE_REASON = "change_reason"


def entry(required: list[str], properties: dict[str, Shape]) -> Shape:
    """Return the shape of an entry that an upper layer may change: then only its name and what changes are given.

    The first of ``required`` is the name.
    """
    changing = {
        "change": key(
            CHANGE, "怎样改下层的这一条", "只用在分层的话术库里：下层已有这一条，要补充或替换它。", "add", "replace"
        ),
        CHANGE_REASON: key(TEXT, "为什么改", "放宽规则或要素时必须写明。", "法务 2026-11-01 同意"),
    }
    titles = {name: {"title": properties[name]["title"]} for name in required[1:]}
    return {
        "type": "object",
        "properties": {**properties, **changing},
        "required": required[:1],
        "additionalProperties": False,
        "if": {"required": ["change"]},
        "else": {"required": required[1:], "properties": titles},
    }


def list_of(items: Shape, minimum: int = 0) -> Shape:
    """Return the shape of a list with at least ``minimum`` items."""
    return {"type": "array", "items": items, **({"minItems": minimum} if minimum else {})}


YES_NO = choice({"true": "是", "false": "否"})
SEVERITY = choice({"error": "违规：不能发送", "warning": "警告：提醒坐席，自动回复里同样不能有"})
