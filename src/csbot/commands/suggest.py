"""``csbot suggest``: which examples hurt, and which messages deserve a situation or examples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from csbot.commands.errors import EXIT_CLEAN
from csbot.commands.help import command as chinese_command
from csbot.commands.options import json_option, library_option, open_library
from csbot.commands.output import json_lines, to_json, write_line
from csbot.text.normalise import visible


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
        result = {
            "mislabelled": [
                {"text": each.text, "intent": each.intent, "looks_like": each.winner, "lead": round(each.lead, 2)}
                for each in mislabelled(judged)[:limit]
            ],
            "twins": [
                {"text": each.text, "intent": each.intent, "other": each.other_text, "other_intent": each.other_intent}
                for each in twins(judged)[:limit]
            ],
            "isolated": [
                {"text": each.text, "intent": each.intent, "score": round(each.own, 2)}
                for each in isolated(judged)[:limit]
            ],
        }
    if as_json:
        write_line(to_json(result, 2))
    else:
        for line in _lines(result):
            write_line(visible(line))
    ctx.exit(EXIT_CLEAN)


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
        yield f"  「{each['text']}」{each['intent']} → {each['looks_like']}"
    yield "几乎重复：两句只留一句；分属两个情景的，先弄清属于哪个"
    for each in result["twins"]:
        yield f"  「{each['text']}」{each['intent']} ＝ 「{each['other']}」{each['other_intent']}"
    yield "孤立：本情景里没有一句像它，客户这样说时多半认不出；补几句同类的"
    for each in result["isolated"]:
        yield f"  「{each['text']}」{each['intent']}"
