"""``csbot explain``: every step from the raw text to the reply, or what a rule or a code means."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from difflib import get_close_matches
from typing import Any

import click

from csbot.commands.errors import EXIT_CLEAN, InvalidInputError
from csbot.commands.help import command as chinese_command
from csbot.commands.options import (
    given_text,
    json_option,
    library_option,
    moment,
    now_option,
    open_library,
    text_argument,
)
from csbot.commands.output import to_json, write_line
from csbot.library.models import Library
from csbot.lint.codes import CODES
from csbot.matching.features import GOODS, plain, spoken_feature
from csbot.matching.result import Match
from csbot.matching.segmentation import essence
from csbot.matching.signs import stand_ins, without_stand_ins
from csbot.replying.context import Context
from csbot.replying.layers import layers_of_variant
from csbot.replying.mood import mood_of
from csbot.replying.responder import Responder
from csbot.replying.response import Response
from csbot.rules.judging.quotes import QUOTED
from csbot.rules.wording.model import PhraseRule
from csbot.text.normalise import normalise, visible
from csbot.text.regex import regex

DECISIONS = {"matched": "已识别", "ambiguous": "拿不准", "unmatched": "未识别"}
CODE_LIKE = regex(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_-]*")
DECIDING = 8  # features that are named, at most
# What ``Matcher.belonging`` adds up, as it is shown.
BELONGING = {
    "lead": "最高分",
    "coverage": "认得的字词",
    "rarity": "用字少见",
    "unevenness": "各项证据不一致",
    "expected": "这个情景平常的得分",
    "least": "门槛",
}
KINDS = {"phrase": "出现即算", "clause": "整个分句", "sentence": "整句", "pattern": "正则表达式", "name": "称呼"}


@chinese_command("explain", short_help="说明为什么这样回复，或一个规则、代码的意思")
@text_argument
@click.option("--after", metavar="情景", help="之前刚答过的情景，如 order.return_exchange：看上文起什么作用。")
@json_option
@now_option
@library_option
@click.pass_context
def command(
    ctx: click.Context, text: str, after: str | None, as_json: bool, now: datetime | None, library: str | None
) -> None:
    """说明一条消息怎样走到回复；文字若是规则或错误代码（如 ten_donts.dont_know），则说明它的意思。"""  # noqa: D415
    text = given_text(text)
    if text in CODES:
        write_line(to_json({"code": text, "meaning": CODES[text]}) if as_json else f"{text}\n  {CODES[text]}")
        ctx.exit(EXIT_CLEAN)
    loaded = open_library(ctx, library)
    rules = {rule.id: rule for rule in (*loaded.forbidden, *loaded.elements)}
    if text in rules:
        fields = _rule_fields(rules[text])
        if (layer := loaded.layer_of_rule(text)) is not None and rules[text].tolerant:
            fields["layer"] = layer.title
        write_line(to_json(fields) if as_json else visible("\n".join(_rule_lines(fields))))
        ctx.exit(EXIT_CLEAN)
    if CODE_LIKE.fullmatch(text):
        _say_unknown(text, [*CODES, *rules])
    responder = Responder(loaded)
    if after is not None and after not in loaded.scripts:
        raise InvalidInputError(f"csbot: 没有叫「{after}」的情景")
    context = Context(moment(ctx, now), matter=after or "")
    response = responder.respond(text, context)
    steps = _steps(responder, text, response)
    if as_json:
        write_line(to_json(steps, 2))
    else:
        for line in _step_lines(steps, loaded):
            write_line(visible(line))
    ctx.exit(EXIT_CLEAN)


def _say_unknown(text: str, known: list[str]) -> None:
    near = get_close_matches(text, known, n=1)
    meant = f"（是不是 {near[0]}？）" if near else ""
    click.echo(f"csbot: 没有叫「{text}」的规则或错误代码{meant}，下面当作客户的话来说明", err=True)


def _rule_fields(rule: PhraseRule) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "name": rule.name,
        "category": rule.category_name,
        "kind": KINDS[rule.kind.value],
        "severity": rule.severity.value if rule.tolerant else None,
        "phrases": list(rule.phrases),
        "except": list(rule.exceptions),
        "reason": rule.reason or None,
        "instead": rule.instead or None,
        "source": rule.source,
        "bad" if rule.tolerant else "present": list(rule.positives),
        "good" if rule.tolerant else "absent": list(rule.negatives),
    }


_LABELS = {
    "name": "表达",
    "category": "类别",
    "kind": "方式",
    "severity": "轻重",
    "phrases": "短语",
    "except": "例外",
    "reason": "原因",
    "instead": "改说",
    "source": "出处",
    "layer": "来自",
    "bad": "会命中的例子",
    "good": "不会命中的例子",
    "present": "算数的例子",
    "absent": "不算的例子",
}


def _rule_lines(fields: dict[str, Any]) -> Iterator[str]:
    yield str(fields["rule"])
    for key, label in _LABELS.items():
        value = fields.get(key)
        if isinstance(value, list):
            for each in value:
                yield f"  {label}：{each}"
        elif value:
            yield f"  {label}：{value}"


def _steps(responder: Responder, text: str, response: Response) -> dict[str, Any]:
    """Return every step of the way of a message."""
    match = response.match
    library = responder.library
    best = match.candidates[0].intent if match.candidates else None
    return {
        "library": {
            "root": str(library.root),
            "origin": library.origin,
            "layers": [layer.title for layer in library.layers],
        },
        "raw": text,
        "normalised": normalise(text[:2000]).text,
        "left_out": _left_out(text),
        "read_as": plain(text),
        "words": responder.matcher.words(text),
        "goods": responder.matcher.goods(text),
        **{key: value for key, value in match.as_dict().items() if key != "text"},
        "reasons": list(match.reasons),
        "raised": [{"intent": each.intent, "adds": each.adds, "why": each.why} for each in match.raised],
        "parts": [
            {"text": part.text, "intent": part.candidate.intent, "score": part.candidate.score} for part in match.parts
        ],
        "unsure": match.as_dict().get("unsure"),
        "covered": [{"intent": each, "by": by} for each, by in response.covered.items()],
        "threshold": responder.matcher.index.calibration.threshold,
        "evidence": [{"feature": spoken_feature(feature), "adds": round(adds, 4)} for feature, adds in match.evidence],
        "views": _views(responder, text, best),
        "sharpened": round(responder.matcher.sharpened(essence(normalise(text).text)), 2),
        "belongs": round(match.belongs, 4),
        "belonging": _belonging(responder, text, match) if best else {},
        "rival": _rival(responder, text, response),
        "near": [
            {"text": near.text, "intent": near.intent, "ratio": round(near.ratio, 1)}
            for near in responder.matcher.nearest(text)
        ],
        "mood": mood_of(text) or None,
        "elements": list(library.scripts[best].elements) if best else [],
        "variants": [variant.id for variant in response.variants],
        "refused": [
            {"variant": variant.id, "rules": sorted({hit.rule.id for hit in variant.findings})}
            for variant in response.refused
        ],
        "guard": _guard_steps(responder, response.best.filled.text) if response.best else [],
        "as_draft": _guard_steps(responder, text),
        "reply": response.best.filled.text if response.best else None,
        "from_layers": layers_of_variant(library, response.best) if response.best else [],
        "open_slots": list(response.best.filled.open_slots) if response.best else [],
        "why": response.why or None,
        "next": list(response.next),
    }


def _left_out(text: str) -> list[str]:
    """Return what the matcher passes over: courtesies around the matter itself, and what stands for pictures."""
    normalised = normalise(text[:2000]).text
    whole, rest = without_stand_ins(normalised), essence(normalised)
    left = stand_ins(normalised) if whole != normalised else []
    left += [piece.strip(" ,.!?;。") for piece in whole.split(rest)] if rest and rest != whole else []
    return [piece for piece in left if piece]


def _views(responder: Responder, text: str, intent: str | None) -> dict[str, float]:
    """Return what characters, words and sounds add up to for a situation."""
    totals: dict[str, float] = {}
    for feature, adds in responder.matcher.evidence(essence(normalise(text).text), intent) if intent else ():
        view = spoken_feature(feature).partition(" ")[0]
        totals[view] = totals.get(view, 0.0) + adds
    return {view: round(total, 3) for view, total in totals.items()}


def _belonging(responder: Responder, text: str, match: Match) -> dict[str, float]:
    """Return what speaks for and against the message's belonging to any situation, in log odds."""
    found = {BELONGING[key]: value for key, value in responder.matcher.belonging(essence(normalise(text).text)).items()}
    helped = next((each.adds for each in match.raised if each.intent == match.candidates[0].intent), 0.0)
    if helped:
        found["上文"] = responder.matcher.index.calibration.slope * helped
    return {name: round(value, 2) for name, value in found.items()}


def _rival(responder: Responder, text: str, response: Response) -> dict[str, Any] | None:
    """Return the runner-up and the fewest features without which it would win: what would have to change."""
    if len(response.match.candidates) < 2 or len(response.match.intents) > 1:
        return None
    first, second = (candidate.intent for candidate in response.match.candidates[:2])
    gaps = responder.matcher.contest(essence(normalise(text).text), first, second)
    lead = responder.matcher.index.lead(first, second) + sum(gap for _, gap in gaps)
    decided: list[str] = []
    for feature, gap in gaps:
        if gap <= 0 or lead <= 0 or len(decided) == DECIDING:
            break
        decided.append(spoken_feature(feature))
        lead -= gap
    return {"intent": second, "decided_by": list(dict.fromkeys(decided)), "enough": lead <= 0}


def _guard_steps(responder: Responder, text: str) -> list[dict[str, Any]]:
    """Return what the guard sees in a text, hits that an exception covers or a quotation excuses included."""
    return [
        {
            "rule": hit.rule.id,
            "banned": hit.rule.name,
            "found": hit.found,
            "start": hit.start,
            "end": hit.end,
            "ways": list(hit.ways),
            "exception": hit.exception,
            "listed": hit.exception in hit.rule.exceptions,
        }
        for hit in responder.guard.rules.scan(text, dropped=True)
    ]


def _guard_lines(hits: list[dict[str, Any]]) -> Iterator[str]:
    for hit in hits:
        ways = f"，{'、'.join(hit['ways'])}" if hit["ways"] else ""
        if hit["exception"] is None:
            yield f"  拦下  「{hit['found']}」是「{hit['banned']}」（{hit['rule']}{ways}）"
        elif hit["exception"] == QUOTED:
            yield f"  放行  「{hit['found']}」是{QUOTED}（{hit['rule']}{ways}）"
        elif hit["listed"]:
            yield f"  放行  「{hit['found']}」被例外「{hit['exception']}」覆盖（{hit['rule']}{ways}）"
        else:
            yield f"  放行  「{hit['found']}」不算：{hit['exception']}（{hit['rule']}{ways}）"


def _step_lines(steps: dict[str, Any], library: Library) -> Iterator[str]:
    names = {identifier: intent.name for identifier, intent in library.intents.items()}
    yield f"话术库  {steps['library']['root']}（{steps['library']['origin']}）"
    if steps["library"]["layers"]:
        yield f"各层    {' < '.join(steps['library']['layers'])}"
    yield f"原文    {steps['raw']}"
    yield f"归一    {steps['normalised']}"
    if steps["left_out"]:
        yield f"略去    {'、'.join(steps['left_out'])}"
    yield f"分词    {' / '.join(steps['words'])}"
    if steps["goods"]:
        yield f"商品    {'、'.join(steps['goods'])}：识别时都读作「{GOODS}」"
    yield f"判定    {DECISIONS[steps['decision']]}：{'；'.join(steps['reasons'])}"
    for candidate in steps["candidates"]:
        yield f"  候选  {candidate['score']:6.1%}  {candidate['intent']}  {names[candidate['intent']]}"
    for each in steps["raised"]:
        yield f"  上文  {each['adds']:+.1f}  {each['intent']}（{each['why']}）"
    for part in steps["parts"]:
        yield f"  分段  「{part['text']}」→ {part['intent']}（{part['score']:.0%}）"
    if steps["unsure"]:
        yield f"  另有  「{steps['unsure']['text']}」像是另一件事，拿不准，接在回复后面问客户"
        for candidate in steps["unsure"]["candidates"]:
            yield f"    或是  {candidate['score']:6.1%}  {candidate['intent']}  {names[candidate['intent']]}"
    for each in steps["covered"]:
        told = f"{each['intent']} 不单独回复：{each['by']} 的话术写明它一并说到（covers）"
        yield f"  并入  {told}"
    if steps["views"]:
        yield f"各面    {'，'.join(f'{view} {total:+.2f}' for view, total in steps['views'].items())}"
    if steps["belonging"]:
        shown = "，".join(f"{name} {value:+.1f}" for name, value in steps["belonging"].items())
        yield f"归属    属于某个情景的可能 {steps['belongs']:.0%}：{shown}"
    if steps["sharpened"] > 1:
        yield f"长度    比平常的话长：旁的话摊薄了分差，分差按 {steps['sharpened']:.1f} 倍算"
    if steps["evidence"]:
        shown = "，".join(f"{each['feature']} {each['adds']:+.2f}" for each in steps["evidence"][:8])
        yield f"依据    {shown}"
    for near in steps["near"][:3]:
        yield f"  近似  {near['ratio']:5.1f}  「{near['text']}」（{near['intent']}）"
    if steps["rival"] and steps["rival"]["decided_by"]:
        decided = "、".join(steps["rival"]["decided_by"])
        change = "没有这些，它就排第一" if steps["rival"]["enough"] else "没有这些，它才会接近"
        yield f"次选    {steps['rival']['intent']}：差在「{decided}」，{change}"
    yield f"情绪    {steps['mood'] or '平静'}"
    if steps["elements"]:
        yield f"要素    {'、'.join(steps['elements'])}"
    yield f"可选    {'、'.join(steps['variants']) or '没有'}"
    for refused in steps["refused"]:
        yield f"  拦下  {refused['variant']}：{'、'.join(refused['rules'])}"
    yield from _guard_lines(steps["guard"])
    if steps["reply"] is None:
        yield f"回复    没有：{steps['why']}"
    else:
        yield f"守门    通过（{len(library.forbidden)} 条禁用规则）"
        yield f"回复    {steps['reply']}"
        if steps["from_layers"]:
            yield f"来自    {'、'.join(steps['from_layers'])}"
    if steps["open_slots"]:
        yield f"待填    {'、'.join(steps['open_slots'])}"
    if steps["next"]:
        yield f"下一步  {'、'.join(steps['next'])}"
    if steps["as_draft"]:
        yield "草稿    这句话如果由坐席说出："
        yield from _guard_lines(steps["as_draft"])
