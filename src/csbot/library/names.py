"""Names that a library refers to and does not have: which one was most likely meant, and where all are listed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

# What is referred to → the word by which ``csbot library --list`` lists it.
LISTS = {
    "情景": "situations",
    "要素": "elements",
    "变量": "slots",
    "节日": "festivals",
    "时段": "periods",
    "禁用规则": "rules",
    "禁用规则或类别": "rules",
}


def nearest(name: str, known: Mapping[str, str]) -> str:
    """Return the id in ``known`` (id → name for people, or nothing) that a name most likely means; "" where none does.

    Ids that it begins come first, then close ones, then names: equal, then the shortest that holds it, then close ones.
    """
    if begun := begun_by(name, known):
        return begun
    if close := get_close_matches(name, known, n=1, cutoff=0.5 if len(name) <= 3 else 0.6):
        return close[0]
    titles = {title: each for each, title in reversed(list(known.items())) if title}
    holding = sorted((title for title in titles if name.strip() and name.strip() in title), key=len)
    if found := holding or get_close_matches(name, titles, n=1, cutoff=0.6):
        return titles[found[0]]
    return ""


def begun_by(name: str, known: Iterable[str]) -> str:
    """Return the shortest of some ids that a name is the beginning of: ``payment.cash`` of payment.cash_on_delivery."""
    longer = [each for each in known if "." in name and not name.endswith(".") and each.startswith(name)]
    return min(longer, key=len, default="")


def named_elsewhere(name: str, known: Mapping[str, Mapping[str, str]]) -> str:
    """Return in Chinese which id a name for people stands for, given ids with their names by what they are; else ""."""
    for what, titles in known.items():
        for each, title in titles.items():
            if title == name:
                return f"这里写编号，不写名称：{what}「{name}」的编号是 {each}"
    return ""


def missing(what: str, name: str, known: Mapping[str, str]) -> str:
    """Return in Chinese that there is nothing of that name, what may be meant, or else where all are listed."""
    meant = nearest(name, known)
    if meant:
        title = f"（{known[meant]}）" if known[meant] and known[meant] != meant else ""
        return f"没有叫「{name}」的{what}，是不是「{meant}」{title}？"
    listed = f"；全部的{what}用 csbot library --list {LISTS[what]} 看" if what in LISTS else ""
    return f"没有叫「{name}」的{what}，请检查拼写或先把它加上{listed}"
