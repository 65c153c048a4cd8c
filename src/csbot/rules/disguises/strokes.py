"""A dash that stands for the character of one stroke: 「这款—定准」 for 「一定」.

Marks are no wording, so nothing else sees it. Two of them are a dash; a single one right before 定 or 点 is read once
more as 一, and a hit must hold it.
"""

from __future__ import annotations

from collections.abc import Iterator

from csbot.text.regex import regex

AROUND = 64  # characters of its line, one way, that are read with it
_DASHES = "-‐‑‒–—―─－﹣﹘"
_STROKE = regex(
    rf"(?<![{_DASHES}a-zA-Z0-9])[‒–—―─－](?=定(?![金制价期时位向义购做量额论单稿点案])|点(?![心击赞餐评单开选名数位菜火播]))"
)


def may_hold_strokes(line: str) -> bool:
    """Tell whether a line holds such a dash."""
    return _STROKE.search(line) is not None


def strokes_in(raw: str) -> Iterator[tuple[int, str, tuple[int, ...]]]:
    """Yield each line with such a dash: where it begins, with 一 in the place of them, and their places in it."""
    done = -1
    for found in _STROKE.finditer(raw):
        if found.start() < done:
            continue
        begin = max(raw.rfind("\n", 0, found.start()) + 1, found.start() - AROUND)
        end = raw.find("\n", found.end())
        done = min(len(raw) if end < 0 else end, found.end() + AROUND)
        line = raw[begin:done]
        yield begin, _STROKE.sub("一", line), tuple(each.start() for each in _STROKE.finditer(line))
