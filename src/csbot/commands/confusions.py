"""The picture of ``csbot eval --html``: which situations are taken for which, as one file without any other."""

from __future__ import annotations

from collections import Counter
from html import escape
from typing import Any

from csbot.matching.measure import Measured

SHOWN = 40  # situations that are drawn: those with the most mistakes
NOTHING = "（无关）"

_STYLE = """
body { font: 14px/1.5 system-ui, sans-serif; margin: 2em; color: #222 }
table { border-collapse: collapse } td, th { padding: 2px 6px; border: 1px solid #ddd; font-weight: normal }
th.column { writing-mode: vertical-rl; text-align: left; vertical-align: bottom } th.row { text-align: right }
td { text-align: center; min-width: 1.6em } .right { outline: 2px solid #2a7 }
@media (prefers-color-scheme: dark) { body { background: #181818; color: #ddd } td, th { border-color: #444 } }
"""


def picture(result: Measured, summary: dict[str, Any], names: dict[str, str]) -> str:
    """Return a page with the figures and a table of expected and found situations, darker where more messages are."""
    pairs = Counter((row.expected or NOTHING, _found(row.first, row.expected, row.wrong)) for row in result.rows)
    mistakes: Counter[str] = Counter()
    for (expected, found), count in pairs.items():
        if expected != found:
            mistakes[expected] += count
            mistakes[found] += count
    labels = sorted(label for label, _ in mistakes.most_common(SHOWN))
    most = max((count for (expected, found), count in pairs.items() if expected != found), default=1)
    head = "".join(f'<th class="column">{_spoken(label, names)}</th>' for label in labels)
    rows = "".join(
        f'<tr><th class="row">{_spoken(label, names)}</th>'
        + "".join(_cell(pairs[label, other], most, right=label == other) for other in labels)
        + "</tr>"
        for label in labels
    )
    figures = "，".join(f"{escape(name)} {escape(str(value))}" for name, value in summary.items())
    reliability = "".join(
        f"<tr><td>{low:.1f}–{low + 0.1:.1f}</td><td>{share:.1%}</td><td>{count}</td></tr>"
        for low, share, count in result.reliability()
    )
    return (
        f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>识别混淆</title><style>{_STYLE}</style>'
        f"<h1>识别混淆</h1><p>{figures}</p>"
        f"<p>行是应当识别成的情景，列是实际的首选；只画有错的情景，最多 {SHOWN} 个。</p>"
        f"<table><tr><th></th>{head}</tr>{rows}</table>"
        f"<h2>把握与实际</h2><table><tr><th>把握</th><th>正确</th><th>条数</th></tr>{reliability}</table></html>\n"
    )


def _found(first: str | None, expected: str | None, wrong: bool) -> str:
    """Return what a message was taken for; one of no situation counts only where it was answered."""
    if expected is None and not wrong:
        return NOTHING
    return first or NOTHING


def _spoken(label: str, names: dict[str, str]) -> str:
    return escape(names.get(label) or label)


def _cell(count: int, most: int, *, right: bool) -> str:
    if not count:
        return "<td></td>"
    if right:
        return f'<td class="right">{count}</td>'
    return f'<td style="background:rgba(220,60,40,{0.2 + 0.8 * count / most:.2f})">{count}</td>'
