"""The check of a document against the shape of its file, told in Chinese and at the right place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cache
from typing import Any

from csbot.library.problems import Problem
from csbot.library.shapes.files import SHAPES
from csbot.library.shapes.fitting import Fits, fitting
from csbot.library.shapes.parts import ID, Shape
from csbot.library.shapes.parts import MOODS as MOODS
from csbot.library.shapes.parts import PROFILES as PROFILES
from csbot.library.shapes.proposals import PROPOSALS
from csbot.library.shapes.situations import CHANNELS as CHANNELS
from csbot.library.shapes.situations import COMPLAINT_TYPES as COMPLAINT_TYPES
from csbot.library.yaml_document import Document, Key
from csbot.text.regex import regex

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@cache
def _validator(kind: str) -> Any:
    from jsonschema import Draft202012Validator  # 0.1 s: only paid where something does not fit

    return Draft202012Validator({"$schema": DIALECT, **_shape(kind)})


def _shape(kind: str) -> Shape:
    """Return the shape of a kind of file, or of what is proposed for one."""
    return SHAPES[kind] if kind in SHAPES else PROPOSALS[kind]


@cache
def _fits(kind: str) -> Fits:
    return fitting(_shape(kind))


# Files of which a layer may give a part: what is missing at their top is in the layer below.
LAYERED = ("intents", "occasions", "settings", "rewriting")

ENTRY = 2  # parts of the key of an entry: its list, and its number there
# The key that tells what a file in one of the folders is → what it is, the folder that it belongs into, and its kind.
HOMES = {
    "scripts": ("话术", "scripts_library", "scripts"),
    "steps": ("对话测试", "scripts_library/conversations", "conversations"),
    "rules": ("禁用语规则", "phrasebook/forbidden", "forbidden"),
    "elements": ("要素规则", "phrasebook/elements", "elements"),
}
FOLDER_KINDS = {home for _, _, home in HOMES.values()}
OWN_IDS = ("id", "topic", "category")  # keys that give an id; all others name one that is given elsewhere
_TYPES = {"string": "一段文字", "array": "一个列表（每行以「- 」开头）", "object": "一组「键: 值」"}


def check_shape(document: Document, kind: str, *, layer: bool = False) -> list[Problem]:
    """Return what in ``document`` does not fit the shape of its kind, at the place of each misfit.

    The file of a ``layer`` may leave out what the layer does not change.
    """
    if (elsewhere := _other_kind(document, kind)) is not None:
        return [elsewhere]
    if _fits(kind)(document.data):
        return []
    errors = list(_validator(kind).iter_errors(document.data))
    if layer:
        errors = [each for each in errors if each.validator != "required" or each.absolute_path or kind not in LAYERED]
    replaced = {
        (*error.absolute_path, near)
        for error in errors
        if error.validator == "additionalProperties"
        for name in error.instance
        if name not in error.schema["properties"] and (near := _near_key(name, error.schema)) not in error.instance
    }
    problems: list[Problem] = []
    incomplete: set[Key] = set()
    for error in errors:
        key: Key = tuple(error.absolute_path)
        if layer and error.validator == "required" and len(key) == ENTRY and "change" not in error.instance:
            if key not in incomplete:  # told once: most likely it is about an entry of the lower layer
                incomplete.add(key)
                names = [name for name in error.validator_value if name not in error.instance]
                titles = {name: error.schema.get("properties", {}).get(name, {}).get("title", "") for name in names}
                if not any((*key, name) in replaced for name in names):
                    problems.append(_incomplete(document, key, titles))
            continue
        problems.extend(_problems(document, error, kind, replaced))
    return problems


def _incomplete(document: Document, key: Key, titles: dict[str, str]) -> Problem:
    """Return that an entry of a layer lacks something, and what to write where it is to change a lower one."""
    message = (
        f"这里缺少{'、'.join(f'「{name}」（{title}）' for name, title in titles.items())}。新的条目请补上；"
        "要改的是下层已有的，就加一行「change: add」（补充）或「change: replace」（替换），只写要改的键"
    )
    return document.problem(key, "schema.missing-key", message)


def _other_kind(document: Document, kind: str) -> Problem | None:
    """Return that a file is of another kind than its folder holds; None where it is not."""
    data = document.data
    for key, (what, folder, home) in HOMES.items():
        if isinstance(data, dict) and key in data and kind in FOLDER_KINDS and kind != home:
            message = f"这是{what}，放错了文件夹：请移到 {folder} 里"
            line, column = document.key_places.get((key,), (1, 1))
            return Problem(document.path, line, column, "library.stray-file", message)
    return None


def _problems(document: Document, error: Any, kind: str, replaced: set[Key]) -> Iterator[Problem]:
    key: Key = tuple(error.absolute_path)
    match error.validator:
        case "additionalProperties":
            known = error.schema["properties"]
            for name in error.instance:
                if name not in known:
                    yield _unknown_key(document, key, name, error.schema, kind)
        case "required":
            missing = [name for name in error.validator_value if name not in error.instance]
            name = next((each for each in missing if f"'{each}'" in error.message), missing[0])
            if (*key, name) not in replaced:  # a misspelt key is told once
                title = error.schema.get("properties", {}).get(name, {}).get("title", "")
                message = f"这里缺少「{name}」（{title}），请补上一行「{name}: …」"
                yield document.problem(key, "schema.missing-key", message)
        case "type":
            wanted = _TYPES.get(error.validator_value, error.validator_value)
            hint = _type_hint(error.validator_value, error.instance, error.schema)
            yield document.problem(key, "schema.type", f"这里应当是{wanted}{hint}")
        case "enum":
            allowed = list(map(str, error.validator_value))
            listed = bool(key) and isinstance(key[-1], int)
            hint = _value_hint(error.instance, allowed, listed)
            known = allowed
            if not hint and (meanings := error.schema.get("enumDescriptions")):
                said = dict(zip(allowed, meanings, strict=True))
                meant = next((each for each in allowed if said[each].startswith(str(error.instance))), "")
                hint = f"，是不是「{meant}」？" if meant else ""
                known = (
                    allowed if meant else [f"{each}（{said[each]}）" for each in allowed]
                )  # far off: tell what each is
            message = f"「{error.instance}」不是可用的值，可用：{'、'.join(known)}"
            yield document.problem(key, "schema.value", message + hint)
        case "minLength" | "minItems":
            yield _empty(document, key)
        case "pattern":
            message = f"「{error.instance}」的写法不对，{error.schema['patternErrorMessage']}"
            hint = _pattern_hint(error.instance, error.schema["pattern"])
            if not hint and key and key[-1] in OWN_IDS and error.schema["pattern"] == ID["pattern"]:
                hint = _spelled_hint(error.instance, key[-1])
            yield document.problem(key, "schema.format", message + hint)
        case _:
            yield document.problem(key, "schema.invalid", "这里的写法不符合要求")


def _empty(document: Document, key: Key) -> Problem:
    if key in document.commented:
        message = "「#」后面的字都成了注释，所以这里是空的：请给整句话加英文双引号"
        return document.problem(key, "schema.empty", message)
    return document.problem(key, "schema.empty", "这里不能是空的，请填写内容或删掉这个键")


def _value_hint(instance: Any, allowed: list[str], listed: bool) -> str:
    if isinstance(instance, list | dict):
        return "；这里只写一个值，不用括号和「- 」"
    if len(parts := [part for part in re.split(r"[，、,/ ]+", str(instance)) if part]) > 1 and set(parts) <= {*allowed}:
        return f"；各项用英文逗号隔开，写成 {', '.join(parts)}" if listed else "；这里只能写一个"
    if allowed == ["true", "false"] and (meant := _YES_NO.get(_plain(str(instance)))):
        return f"，是不是「{meant}」？"
    if allowed == PROFILES and not _near(str(instance), allowed):
        return "；没有合适的就不写这个键，各行业的情景都用"
    return _near(_plain(str(instance)), allowed) or _near(str(instance), allowed)


_YES_NO = dict.fromkeys(("yes", "y", "on", "1", "是", "对", "t"), "true") | dict.fromkeys(
    ("no", "n", "off", "0", "否", "不", "f"), "false"
)


def _plain(text: str) -> str:
    """Return what was most likely meant by a word: half width, small letters, nothing around it."""
    return unicodedata.normalize("NFKC", text).strip(" ,.;:，。；：、“”‘’「」\"'").lower()


def _pattern_hint(instance: str, pattern: str) -> str:
    plain = _plain(instance).replace("。", ".")
    numbers = re.findall(r"\d+", plain)
    candidates = [
        plain,
        re.sub(r"[\s-]+", "_", plain),
        re.sub(r"[/.年月]", "-", plain.removesuffix("日")),
        ":".join(numbers),
        "-".join(number.zfill(2) for number in numbers),
        *([numbers[0], numbers[0].zfill(3)] if len(numbers) == 1 else ()),
    ]
    meant = next((each for each in candidates if re.search(pattern, each)), None)
    if meant is None and re.fullmatch(r"[345]\d{4}", plain):
        day = _EXCEL + timedelta(days=int(plain))
        if re.search(pattern, str(day)):
            return f"，表格把日期存成了数字，是不是「{day}」？"
    return f"，是不是「{meant}」？" if meant else ""


# The day before the first one of a workbook: it counts days, and takes 1900 for a leap year (ECMA-376, 18.17.4.1).
_EXCEL = date(1899, 12, 30)


def _spelled_hint(instance: str, name: str | int) -> str:
    """Return how an id in Chinese may be written: by its pinyin."""
    from csbot.text.pinyin import spelled  # reads a table, which a library without mistakes has no need of

    words = [spelled(each) for each in instance.split(".")]
    if not all(re.match(r"[a-z]", each) for each in words):
        return ""
    beside = {"topic": "；中文的名称写在 topic_name 或 name 里", "category": "；中文的名称写在 name 里"}
    return f"，可以用拼音：{'.'.join(words)}{beside.get(str(name), '')}"


def _type_hint(wanted: str, instance: Any, schema: Shape) -> str:
    """Return how the value most likely became another kind: 「text：x」, 「{问候}，您好」, 「- 请问: 好」."""
    match wanted, instance:
        case "object", str() if re.match(r"[A-Za-z_]+[：:]", instance):
            return "，键后面要用英文冒号，再空一格"
        case "object", str() if schema.get("required"):
            return f"，写成「{schema['required'][0]}: …」"
        case "object", str() if known := schema.get("properties"):
            return f"，可用的键：{'、'.join(known)}"
        case "object", [dict() as only]:
            inside = ", ".join(f"{name}: {value}" for name, value in only.items() if isinstance(value, str))
            return f"，写成 {{{inside}}}：花括号，不用方括号和「- 」" if inside else "，前面不要「- 」"
        case "object", list():
            return "，前面不要「- 」"
        case "string", dict() if instance and all(value == "" for value in instance.values()):
            return "，以 { 开头的文字要加英文双引号"
        case "string", dict():
            return "，文字里有英文冒号时要给整句话加英文双引号"
        case "string", list():
            return "，以 [ 开头的文字要加英文双引号；只有一句话时不要写成列表，多写的「- 」请删掉"
        case "array", dict():
            return "，每一项的第一个键前面要有「- 」，其余的键与它对齐"
        case "array", "":
            return "，现在是空的；没有内容就写 []"
        case "array", str():
            if "\n" in instance.strip():
                return "：冒号后面的 | 或 > 请删掉，下面每一行以「- 」开头"
            items = [item for item in re.split(r"[，、,；;|/]", instance.strip("【】［］〔〕[]")) if item.strip()]
            return f"，写成 [{', '.join(map(str.strip, items))}]：英文方括号，各项用英文逗号隔开"
        case _:
            return ""


def _unknown_key(document: Document, key: Key, name: str, schema: Shape, kind: str) -> Problem:
    line, column = document.key_places.get((*key, name), document.place(key))
    known = schema["properties"]
    near = _near_key(name, schema)
    if len(parts := _JOINED.split(name, maxsplit=1)) > 1:
        hint = f"，键后面要用英文冒号，再空一格，写成「{parts[0].strip()}: {parts[1].strip()}」"
    elif places := sorted(set(_homes(_shape(kind), name, "最外层"))):
        hint = f"：它应当写在{'或'.join(places)}，请检查缩进"
    elif near:
        title = known[near].get("title", "")
        hint = f"，是不是「{near}」（{title}）？"
        if near in document.at(key):
            hint = f"，是不是「{near}」？它在这里已经写过了"
    else:
        hint = f"，可用的键：{'、'.join(known)}"
    return Problem(document.path, line, column, "schema.unknown-key", f"不认识的键「{name}」{hint}")


_JOINED = regex(r"[：:=＝]")  # stands between a key and its value where 「: 」 should


def _near_key(name: str, schema: Shape) -> str:
    """Return the known key that was most likely meant, by its letters or by its name in Chinese; else ''."""
    known: dict[str, Shape] = schema["properties"]
    name = _JOINED.split(name, maxsplit=1)[0]
    if close := get_close_matches(_plain(name), known, n=1, cutoff=0.6):
        return close[0]
    titles = {shape.get("title", each): each for each, shape in known.items()}
    close = get_close_matches(name, titles, n=1, cutoff=0.6)
    return titles[close[0]] if close else ""


def _homes(shape: Shape, name: str, where: str) -> Iterator[str]:
    """Yield where else in a file a key of that name belongs."""
    known: dict[str, Shape] = shape.get("properties", {})
    if name in known:
        yield where
    for each, inner in known.items():
        yield from _homes(inner, name, f"「{each}」下面")
    if "items" in shape:
        yield from _homes(shape["items"], name, where.replace("下面", "的每一项里"))


def _near(word: str, known: list[str]) -> str:
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    return f"，是不是「{close[0]}」？" if close else ""
