"""A sentence that was sent, as a reply with slots again: what was filled in goes back to its slot."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from csbot.library.references import SLOT_PATTERN
from csbot.text.regex import regex

MARK = regex("【[^【】]{1,10}】")  # of what was masked
SHORTEST = 2  # characters of a value that is looked for anywhere: shorter ones only where the reply had them


@dataclass(frozen=True, slots=True)
class Restored:
    """A wording with its slots, and the marks of which nothing tells what stood there."""

    text: str
    masked: tuple[str, ...]


def restored(template: str, shown: str, wording: str) -> Restored:
    """Return what an agent made of a reply as a reply of its own.

    ``template`` is the reply as it stands in the library, ``shown`` as it was filled and masked, ``wording`` what the
    agent made of that, masked likewise. Values go back to their slots where the agent left them, and wherever else
    they stand again; a mark such as 【某人】 that comes from no slot is left over, to be asked for.
    """
    filled = _filled(template, shown)
    text, kept = _where_they_were(filled, shown, wording)
    owners: dict[str, set[str]] = {}
    for name, start, end in filled:
        owners.setdefault(shown[start:end], set()).add(name)
    for value, names in sorted(owners.items(), key=lambda each: -len(each[0])):
        if len(names) == 1 and len(value) >= SHORTEST and not kept & names:
            text = _outside_slots(text, value, f"{{{min(names)}}}")
    return Restored(text, tuple(MARK.findall(text)))


def _filled(template: str, shown: str) -> list[tuple[str, int, int]]:
    """Return each slot of a template with where its value stands in the filled text; empty where they do not fit."""
    parts = re.split(SLOT_PATTERN.pattern, template)
    pattern = "".join(re.escape(part) if at % 2 == 0 else "(.+?)" for at, part in enumerate(parts))
    found = re.fullmatch(pattern, shown, re.DOTALL)
    return [] if found is None else [(name, *found.span(at + 1)) for at, name in enumerate(parts[1::2])]


def _where_they_were(filled: list[tuple[str, int, int]], shown: str, wording: str) -> tuple[str, set[str]]:
    """Return the wording with slots where it kept what surrounds them, and the slots that were put back."""
    blocks = SequenceMatcher(None, shown, wording, autojunk=False).get_matching_blocks()
    back: list[tuple[int, int, str]] = []
    for name, start, end in filled:
        for block in blocks:
            if block.a <= start and end <= block.a + block.size:
                shift = block.b - block.a
                back.append((start + shift, end + shift, name))
    for start, end, name in sorted(back, reverse=True):
        wording = f"{wording[:start]}{{{name}}}{wording[end:]}"
    return wording, {name for _, _, name in back}


def _outside_slots(text: str, value: str, slot: str) -> str:
    """Return a text with a value replaced by its slot, but not inside of the names of slots."""
    parts = re.split(r"(\{[^{}]*\})", text)
    return "".join(part if at % 2 else part.replace(value, slot) for at, part in enumerate(parts))
