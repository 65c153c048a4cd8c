"""The shape of each YAML file as JSON Schema 2020-12, and the check of a document against it."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from typing import Any

from csbot.library.problems import Problem
from csbot.library.yaml_reader import Document, Key

TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
TEXTS: dict[str, Any] = {"type": "array", "items": TEXT}
DATE: dict[str, Any] = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
MONTH_DAY: dict[str, Any] = {"type": "string", "pattern": r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|30|31)$"}
ID: dict[str, Any] = {"type": "string", "pattern": r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$"}
SOME_TEXTS: dict[str, Any] = {**TEXTS, "minItems": 1}

MOODS = ["平静", "生气", "着急", "担心"]
COMPLAINT_TYPES = ["感性", "理性"]
PROFILES = ["电商", "电信", "门店", "物业", "金融", "销售", "医疗"]
SLOT_TYPES = ["文字", "姓氏", "称谓", "订单号", "电话", "时长", "时间", "数字", "工号", "自动"]


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


WHEN = _object(
    [],
    mood={"enum": MOODS},
    profile={"enum": PROFILES},
    complaint_type={"enum": COMPLAINT_TYPES},
    festival=TEXT,
    time=TEXT,
    options={"enum": ["any", "none"]},
)

INTENT = _object(
    ["id", "name", "trigger", "cue", "source"],
    id=ID,
    name=TEXT,
    trigger={"enum": ["customer", "agent"]},
    cue=TEXT,
    source=TEXT,
    label=TEXT,
    part={"enum": ["greeting", "opening", "apology", "body", "closing"]},
    profiles={"type": "array", "items": {"enum": PROFILES}, "minItems": 1},
    keywords=TEXTS,
    examples=TEXTS,
    negatives=TEXTS,
)

REPLY = _object(["text"], text=TEXT, length={"enum": ["短", "长"]}, when=WHEN)
COACHING = _object(["use", "avoid", "never"], use=TEXT, avoid=TEXT, never=TEXTS, tip=TEXT)

# Tests that trainers write: beside a script, and as conversations in files of their own.
MOMENT: dict[str, Any] = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d$"}
CIRCUMSTANCES: dict[str, Any] = {
    "now": MOMENT,
    "mood": {"enum": MOODS},
    "profile": {"enum": PROFILES},
    "complaint_type": {"enum": COMPLAINT_TYPES},
    "slots": {"type": "object", "additionalProperties": TEXT},
}
EXPECTED = _object(
    [],
    situation=ID,
    situations={"type": "array", "minItems": 1, "items": ID},
    contains=SOME_TEXTS,
    not_contains=SOME_TEXTS,
    elements=SOME_TEXTS,
    next=SOME_TEXTS,
    forbidden=SOME_TEXTS,
    verdict={"enum": ["violation", "warning", "ok"]},
)
TEST = _object([], name=TEXT, customer=TEXT, expect=EXPECTED, **CIRCUMSTANCES)
STEP = _object(
    [],
    customer=TEXT,
    use=ID,
    agent=TEXT,
    mood={"enum": MOODS},
    slots=CIRCUMSTANCES["slots"],
    expect=EXPECTED,
)
KNOWN_FAILURES = {"type": "array", "items": _object(["name", "reason"], name=TEXT, reason=TEXT)}

SCRIPT = _object(
    ["intent", "source", "elements", "replies", "coaching", "next"],
    intent=ID,
    source=TEXT,
    elements=SOME_TEXTS,
    replies={"type": "array", "minItems": 1, "items": REPLY},
    ask=TEXTS,
    coaching=COACHING,
    next=TEXTS,
    owner=TEXT,
    reviewed=DATE,
    expires=DATE,
    tests={"type": "array", "minItems": 1, "items": TEST},
)

# Of a way of rewriting; the empty text leaves the unit out.
WAY: dict[str, Any] = {
    "replace": {"enum": ["span", "clause", "sentence"]},
    "where": {"enum": ["anywhere", "start", "end", "whole", "first"]},
    "only_with": SOME_TEXTS,
    "not_with": SOME_TEXTS,
    "part": TEXT,
    "drops_facts": {"enum": ["true", "false"]},
    "with": {"type": "string"},
}
WAYS = {"type": "array", "minItems": 1, "items": _object(["replace", "with"], **WAY)}
REWRITTEN = {"type": "array", "minItems": 1, "items": _object(["draft", "becomes"], draft=TEXT, becomes=TEXT)}

FORBIDDEN_RULE = _object(
    ["id", "banned", "kind", "instead", "reason", "source", "bad", "good"],
    id=ID,
    banned=TEXT,
    kind={"enum": ["phrase", "clause", "sentence", "pattern", "name"]},
    phrases=TEXTS,
    **{"except": TEXTS},
    severity={"enum": ["error", "warning"]},
    keep_you={"enum": ["true", "false"]},
    instead=TEXT,
    rewrite=WAYS,
    rewritten=REWRITTEN,
    reason=TEXT,
    source=TEXT,
    bad=SOME_TEXTS,
    good=SOME_TEXTS,
)

ELEMENT_RULE = _object(
    ["id", "name", "source", "phrases", "present", "absent"],
    id=ID,
    name=TEXT,
    source=TEXT,
    phrases=SOME_TEXTS,
    **{"except": TEXTS},
    present=SOME_TEXTS,
    absent=SOME_TEXTS,
)

SLOT = _object(
    ["name", "type", "prompt"],
    name=TEXT,
    type={"enum": SLOT_TYPES},
    prompt=TEXT,
    default=TEXT,
    example=TEXT,
    choices=SOME_TEXTS,
)

CLOCK: dict[str, Any] = {"type": "string", "pattern": r"^([01]?\d|2[0-3]):[0-5]\d$|^24:00$"}
PERIOD = _object(["name", "from", "to", "greeting"], **{"name": TEXT, "from": CLOCK, "to": CLOCK, "greeting": TEXT})
FESTIVAL = _object(
    ["name", "greeting", "named_by"],
    name=TEXT,
    greeting=TEXT,
    named_by=SOME_TEXTS,
    solar=MONTH_DAY,
    lunar=MONTH_DAY,
    days={"type": "string", "pattern": r"^\d{1,2}$"},
    days_before={"type": "string", "pattern": r"^\d{1,2}$"},
    dates={"type": "array", "items": _object(["from", "to"], **{"from": DATE, "to": DATE})},
)

SECTION = _object(["title"], title=TEXT, situations=TEXTS, rules=TEXTS, settings=TEXTS, none=TEXT)
MANUAL = _object(
    ["id", "name", "sections"],
    id={"type": "string", "pattern": r"^\d{3}$"},
    name=TEXT,
    sections={"type": "array", "minItems": 1, "items": SECTION},
)

SCHEMAS: dict[str, dict[str, Any]] = {
    "intents": _object(
        ["intents"],
        intents={"type": "array", "minItems": 1, "items": INTENT},
        out_of_scope=TEXTS,
    ),
    "scripts": _object(
        ["topic", "name", "scripts"],
        topic=ID,
        name=TEXT,
        scripts={"type": "array", "minItems": 1, "items": SCRIPT},
        known_failures=KNOWN_FAILURES,
    ),
    "conversations": _object(
        ["name", "steps"],
        name=TEXT,
        customer_type=TEXT,
        steps={"type": "array", "minItems": 1, "items": STEP},
        known_failures=KNOWN_FAILURES,
        **CIRCUMSTANCES,
    ),
    "forbidden": _object(
        ["category", "name", "source", "severity", "rules"],
        category=ID,
        name=TEXT,
        source=TEXT,
        severity={"enum": ["error", "warning"]},
        escalate=_object([], customer_type=TEXT),
        rules={"type": "array", "minItems": 1, "items": FORBIDDEN_RULE},
    ),
    "elements": _object(
        ["category", "name", "elements"],
        category=ID,
        name=TEXT,
        elements={"type": "array", "minItems": 1, "items": ELEMENT_RULE},
    ),
    "slots": _object(["slots"], slots={"type": "array", "minItems": 1, "items": SLOT}),
    "occasions": _object(
        ["day_periods", "festivals"],
        day_periods={"type": "array", "minItems": 1, "items": PERIOD},
        festivals={"type": "array", "items": FESTIVAL},
    ),
    "settings": _object(
        ["profiles"],
        profiles={"type": "array", "items": {"enum": PROFILES}},
        switched_off=TEXTS,
        review_days={"type": "string", "pattern": r"^[1-9]\d{0,3}$"},
    ),
    "manuals": _object(["manuals"], manuals={"type": "array", "minItems": 1, "items": MANUAL}),
    "rewriting": _object(
        ["rewritten"],
        keeps=TEXTS,
        facts=TEXTS,
        seams={
            "type": "array",
            "items": _object(["find", "with"], find=SOME_TEXTS, **{"with": {"type": "string"}}),
        },
        touches={"type": "array", "items": _object(["find", "replace", "with"], find=SOME_TEXTS, **WAY)},
        rewritten=REWRITTEN,
    ),
    "synonyms": _object(["synonyms"], synonyms={"type": "array", "items": SOME_TEXTS}),
}


@cache
def _validator(kind: str) -> Any:
    from jsonschema import Draft202012Validator  # 0.1 s: only paid when a library has changed

    return Draft202012Validator({"$schema": "https://json-schema.org/draft/2020-12/schema", **SCHEMAS[kind]})


_TYPES = {"string": "一段文字", "array": "一个列表（每行以「- 」开头）", "object": "一组「键: 值」"}


def check_shape(document: Document, kind: str) -> list[Problem]:
    """Return what in ``document`` does not fit the schema of its kind, at the place of each misfit."""
    problems: list[Problem] = []
    for error in _validator(kind).iter_errors(document.data):
        problems.extend(_problems(document, error))
    return problems


def _problems(document: Document, error: Any) -> list[Problem]:
    key: Key = tuple(error.absolute_path)
    match error.validator:
        case "additionalProperties":
            known = list(error.schema["properties"])
            return [_unknown_key(document, key, name, known) for name in error.instance if name not in known]
        case "required":
            missing = [name for name in error.validator_value if name not in error.instance]
            name = next((each for each in missing if f"'{each}'" in error.message), missing[0])
            return [document.problem(key, "schema.missing-key", f"这里缺少「{name}」，请补上")]
        case "type":
            wanted = _TYPES.get(error.validator_value, error.validator_value)
            hint = _type_hint(error.validator_value, error.instance)
            return [document.problem(key, "schema.type", f"这里应当是{wanted}{hint}")]
        case "enum":
            allowed = list(map(str, error.validator_value))
            near = _near(str(error.instance), allowed)
            return [
                document.problem(
                    key, "schema.value", f"「{error.instance}」不是可用的值，可用：{'、'.join(allowed)}{near}"
                )
            ]
        case "minLength" | "minItems":
            return [document.problem(key, "schema.empty", "这里不能是空的，请填写内容或删掉这个键")]
        case "pattern":
            message = f"「{error.instance}」的写法不对，应写成{_spoken(error.schema)}"
            return [document.problem(key, "schema.format", message)]
        case _:
            return [document.problem(key, "schema.invalid", "这里的写法不符合要求")]


def _spoken(schema: dict[str, Any]) -> str:
    """Return a pattern as an example that a trainer can follow."""
    examples = {
        ID["pattern"]: "小写英文字母、数字和下划线，用点分层，如 payment.methods",
        CLOCK["pattern"]: "时:分，如 9:30",
        DATE["pattern"]: "年-月-日，如 2026-02-17",
        MONTH_DAY["pattern"]: "月-日，如 01-01",
        MOMENT["pattern"]: "日期、字母 T 和时间，如 2026-02-17T09:30",
    }
    return examples.get(schema["pattern"], "一个整数，如 1")


def _type_hint(wanted: str, instance: Any) -> str:
    """Return how the value most likely became another kind: 「text：x」, 「{问候}，您好」, 「- 请问: 好」."""
    if wanted == "object" and isinstance(instance, str) and re.match(r"[A-Za-z_]+[：:]", instance):
        return "，键后面要用英文冒号，再空一格"
    if wanted == "string" and isinstance(instance, dict) and set(instance.values()) == {""}:
        return "，以 { 开头的文字要加英文双引号"
    if wanted == "string" and isinstance(instance, dict):
        return "，文字里有英文冒号时要给整句话加英文双引号"
    return "，以 [ 开头的文字要加英文双引号" if wanted == "string" and isinstance(instance, list) else ""


def _unknown_key(document: Document, key: Key, name: str, known: list[str]) -> Problem:
    line, column = document.key_places.get((*key, name), document.place(key))
    hint = _near(name, known) or f"，可用的键：{'、'.join(known)}"
    return Problem(document.path, line, column, "schema.unknown-key", f"不认识的键「{name}」{hint}")


def _near(word: str, known: list[str]) -> str:
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    return f"，是不是「{close[0]}」？" if close else ""
