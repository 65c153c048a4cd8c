"""What scripts say to cover: situations that there are, not themselves, and none that covers them in turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from csbot.library.locate import kind_of
from csbot.library.names import missing
from csbot.library.problems import Problem
from csbot.library.yaml_document import Document, Key

_CODE = "script.covers"


def check_covers(documents: Mapping[str, Document], intents: Mapping[str, str]) -> Iterator[Problem]:
    """Yield what is wrong with ``covers``; ``intents`` are the ids of all situations with their names."""
    scripts = [
        (document, ("scripts", index, "covers"), script["intent"], script.get("covers", ()))
        for name, document in documents.items()
        if kind_of(name) == "scripts"
        for index, script in enumerate(document.data["scripts"])
    ]
    covers = {intent: tuple(names) for _, _, intent, names in scripts}
    for document, key, intent, names in scripts:
        for at, name in enumerate(names):
            place: Key = (*key, at)
            if name not in intents:
                yield document.problem(place, "ref.unknown", missing("情景", name, intents))
            elif name == intent:
                yield document.problem(place, _CODE, f"「{intent}」不用写它自己，请去掉")
            elif name in names[:at]:
                yield document.problem(place, _CODE, f"「{name}」写了两遍，请去掉一个")
            elif way := _way_back(name, intent, covers):
                told = "，".join(f"「{by}」一并说到「{each}」" for by, each in zip([intent, *way], way, strict=False))
                message = f"绕成了圈：{told}。这样谁都不回复，请去掉一处"
                yield document.problem(place, _CODE, message)


def _way_back(start: str, end: str, covers: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return the situations on the shortest way from one that is covered to ``end``, both included; empty: no way."""
    ways, seen = [[start]], {start}
    for way in ways:
        if way[-1] == end:
            return way
        for each in covers.get(way[-1], ()):
            if each not in seen:
                seen.add(each)
                ways.append([*way, each])
    return []
