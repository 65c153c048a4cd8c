"""``csbot suggest``: which examples hurt, and which messages deserve a situation or examples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import click

from csbot.commands.errors import EXIT_CLEAN
from csbot.commands.help import command as chinese_command
from csbot.commands.options import json_option, library_option, open_library
from csbot.commands.output import json_lines, to_json, write_line
from csbot.library.models import Library
from csbot.text.normalise import visible

NOTHING = "（无关）"
Place = Callable[[str, str], str | None]  # of a situation's example, by both
ONLY_OWN = "只列和最上面这一层的例句有关的，下层自己的不列。"


@chinese_command("suggest", short_help="指出要改的例句，把没识别的消息归成组")
@click.argument("file", metavar="[文件]", required=False)
@click.option("--limit", type=click.IntRange(1), default=10, metavar="条数", help="每一类最多列几条（默认 10）。")
@json_option
@library_option
@click.pass_context
def command(ctx: click.Context, file: str | None, limit: int, as_json: bool, library: str | None) -> None:
    """指出拖累识别的例句：疑似放错情景的、几乎重复的、孤立的；给出文件（每行 {"text"}，- 表示标准输入）时，把没识别的消息按相似归组。"""  # noqa: D415, E501
    from csbot.matching.crossing import judge_library
    from csbot.matching.matcher import Matcher
    from csbot.matching.suggesting import groups, isolated, mislabelled, twins

    loaded = open_library(ctx, library)
    if file is not None:
        found = groups(Matcher.for_library(loaded), [entry["text"] for entry in json_lines(file, "text")])
        result: dict[str, Any] = {
            "groups": [{"intent": each.intent, "texts": list(each.texts)} for each in found[:limit]]
        }
    else:
        judged = judge_library(loaded)
        place = _places(loaded)
        is_own = _owner(loaded, place)
        wrong = [each for each in mislabelled(judged) if is_own(each.intent, each.text)]
        alone = [each for each in isolated(judged) if is_own(each.intent, each.text)]
        pairs = [
            each
            for each in twins(judged)
            if is_own(each.intent, each.text) or is_own(each.other_intent, each.other_text)
        ]
        result = {
            "mislabelled": [
                {
                    **_example(each.text, each.intent, place),
                    "looks_like": each.winner,
                    "lead": round(each.lead, 2),
                }
                for each in wrong[:limit]
            ],
            "twins": [
                {
                    **_example(each.text, each.intent, place),
                    "other": each.other_text,
                    "other_intent": each.other_intent or None,
                    "other_place": place(each.other_intent, each.other_text),
                }
                for each in pairs[:limit]
            ],
            "isolated": [
                {**_example(each.text, each.intent, place), "score": round(each.own, 2)} for each in alone[:limit]
            ],
        }
    if as_json:
        write_line(to_json(result, 2))
    else:
        for line in _lines(result):
            write_line(visible(line))
        if file is None and loaded.layers:
            write_line(ONLY_OWN)
    ctx.exit(EXIT_CLEAN)


def _example(text: str, intent: str, place: Place) -> dict[str, Any]:
    return {"text": text, "intent": intent or None, "place": place(intent, text)}


def _owner(library: Library, place: Place) -> Callable[[str, str], bool]:
    """Return what tells whether an example stands in the uppermost layer: its trainer can change no other.

    Of a complete library all examples are its own.
    """
    from csbot.library.locate import library_files
    from csbot.library.problems import shown_path

    files = {shown_path(path) for path in library_files(library.root)[0].values()}

    def is_own(intent: str, text: str) -> bool:
        where = place(intent, text) if library.layers else None
        return not library.layers or (where is not None and where.rsplit(":", 2)[0] in files)

    return is_own


def _places(library: Library) -> Place:
    """Return what tells where an example of a situation stands: ``path:line:column``, None for one of no situation."""
    from csbot.library.load import read_documents
    from csbot.lint.places import Places

    places = Places(read_documents(library.root)[0])

    def place(intent: str, text: str) -> str | None:
        if not intent:
            return None
        where = ("examples", library.intents[intent].examples.index(text))
        found = places.problem("intents", intent, where, "", "")
        return f"{found.path}:{found.line}:{found.column}"

    return place


def _lines(result: dict[str, Any]) -> Iterator[str]:
    """Yield the report: one paragraph for each kind of suggestion."""
    if "groups" in result:
        yield "没识别、又彼此相似的消息" if result["groups"] else "没有成组的未识别消息"
        for each in result["groups"]:
            near = f"（最接近 {each['intent']}）" if each["intent"] else ""
            yield f"  {len(each['texts'])} 条{near}"
            for text in each["texts"][:5]:
                yield f"    「{text}」"
        return
    yield "疑似放错情景：照其余例句看，它属于另一个情景"
    for each in result["mislabelled"]:
        yield f"  {each['place']}: 「{each['text']}」{each['intent']} → {each['looks_like']}"
    yield "几乎重复：两句只留一句；分属两个情景的，先弄清属于哪个"
    for each in result["twins"]:
        intents = (each["intent"] or NOTHING, each["other_intent"] or NOTHING)
        places = "、".join(filter(None, (each["place"], each["other_place"])))
        yield f"  {places}: 「{each['text']}」{intents[0]} ＝ 「{each['other']}」{intents[1]}"
    yield "孤立：本情景里没有一句像它，客户这样说时多半认不出；补几句同类的"
    for each in result["isolated"]:
        yield f"  {each['place']}: 「{each['text']}」{each['intent']}"
