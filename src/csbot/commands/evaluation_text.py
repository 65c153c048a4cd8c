"""The report of ``csbot eval`` as a person reads it in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from wcwidth import wcswidth

from csbot.matching.measure import Confusion, Measured
from csbot.text.normalise import visible

CONFUSIONS_SHOWN = 15
MESSAGES_SHOWN = 2  # of each confusion
NOTHING = "（无）"  # no candidate at all
OUTSIDE = "（无关）"  # of no situation


def report(result: Measured, summary: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of the report, safe to print.

    ``summary`` holds the figures of ``csbot eval --json``, ``names`` what situations are called.
    """
    for line in _lines(result, summary, names):
        yield visible(line)


def percent(value: float | None) -> str:
    """Return a share of one as a person reads it."""
    return "–" if value is None else f"{value:.1%}"


def _lines(result: Measured, summary: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    yield f"消息 {summary['n']} 条"
    if names and (strange := sorted({row.expected for row in result.rows if row.expected} - names.keys())):
        some = "、".join(strange[:3]) + ("等" if len(strange) > 3 else "")
        yield f"标注里有 {len(strange)} 个话术库没有的情景，它们的消息都算认错：{some}（用别的例句请加 --train）"
    top1, top3, macro_f1 = (percent(summary[name]) for name in ("top1", "top3", "macro_f1"))
    yield f"首选正确 {top1}，前三含正确 {top3}，宏平均 F1 {macro_f1}"
    matched, ambiguous, unmatched = (percent(summary[name]) for name in ("matched", "ambiguous", "unmatched"))
    yield f"判定：已识别 {matched}，拿不准 {ambiguous}，未识别 {unmatched}"
    auroc = "–" if summary["auroc"] is None else summary["auroc"]
    yield f"无关消息：AUROC {auroc}，误识别 {percent(result.out_of_scope_matched)}"
    yield f"耗时：载入 {summary['load_s']} 秒，中位 {summary['p50_ms']} 毫秒，99% 在 {summary['p99_ms']} 毫秒内"
    bins = result.reliability()
    if bins:
        yield f"\n把握与实际（平均相差 {percent(result.calibration_error)}，即期望校准误差 ECE）"
        yield from _table(
            ("把握", "条数", "平均把握", "实际正确"),
            ((f"{_one(each.low)}–{_one(each.low + 0.1)}", each.count, each.confidence, each.right) for each in bins),
        )
    styles = result.per_style()
    if styles:
        yield "\n按说法"
        yield from _table(
            ("说法", "条数", "首选正确", "已识别", "无关条数", "误识别"),
            ((each.style, each.inside, each.top1, each.matched, each.outside, each.outside_matched) for each in styles),
        )
    intents = result.per_intent()
    if intents:
        yield "\n按情景"
        yield from _table(
            ("情景", "条数", "精确", "召回", "F1", "已识别", "最常误作"),
            (
                (
                    called(each.intent, names),
                    each.count,
                    each.precision,
                    each.recall,
                    each.f1,
                    each.matched,
                    f"{each.confused} 次  {called(each.confused_with, names)}" if each.confused_with else "",
                )
                for each in intents
            ),
        )
    confusions = result.confusions()
    if confusions:
        yield "\n混淆最多的"
        for confusion in confusions[:CONFUSIONS_SHOWN]:
            yield from _confusion(confusion, names)
        if len(confusions) > CONFUSIONS_SHOWN:
            yield f"  还有 {len(confusions) - CONFUSIONS_SHOWN} 对，--html 文件 画出全部"


def _confusion(confusion: Confusion, names: Mapping[str, str]) -> Iterator[str]:
    expected = called(confusion.expected, names, OUTSIDE)
    yield f"  {len(confusion.rows)} 次  {expected} → {called(confusion.found, names, NOTHING)}"
    for row in confusion.rows[:MESSAGES_SHOWN]:
        yield f"        「{row.text.replace(chr(10), ' ')}」 把握 {row.score:.0%}"


def called(intent: str | None, names: Mapping[str, str], nothing: str = NOTHING) -> str:
    """Return a situation as it is shown: its id, and its name where it has one."""
    if intent is None:
        return nothing
    return f"{intent} {names[intent]}" if names.get(intent) else intent


def _one(value: float) -> str:
    return f"{value:.1f}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str | float | int | None]]) -> Iterator[str]:
    """Yield rows in columns: numbers flush right, shares as percent, text flush left; widths in cells of a terminal."""
    given = list(rows)
    texts = [any(isinstance(row[column], str) for row in given) for column in range(len(heads))]
    cells = [tuple(heads), *(tuple(_cell(value) for value in row) for row in given)]
    widths = [max(_width(row[column]) for row in cells) for column in range(len(heads))]
    for row in cells:
        padded = [
            cell + " " * (wide - _width(cell)) if is_text else " " * (wide - _width(cell)) + cell
            for cell, wide, is_text in zip(row, widths, texts, strict=True)
        ]
        yield ("  " + "  ".join(padded)).rstrip()


def _cell(value: str | float | int | None) -> str:
    if isinstance(value, str):
        return visible(value).replace("\n", " ")
    return str(value) if isinstance(value, int) else percent(value)


def _width(text: str) -> int:
    return max(0, int(wcswidth(text)))
