"""Switch off what lower layers hold, as layer.yaml says, and everything that names it."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping

from csbot.library.placed import Part, remove_items
from csbot.library.shapes.layers import OFF_KINDS
from csbot.library.stacking import NAMED, SETTINGS, SYNONYMS, Entry, Stack, near
from csbot.library.yaml_document import Document, Key

_OF_OFF = {"situation": "intents", "element": "elements", "slot": "slots"}
_OF_OFF |= {"festival": "festivals", "period": "day_periods"}
HOLDING = "service.not_understood"


class Switching(Stack):
    """A stack of layers that can switch off what is in it."""

    def switch_off(self, number: int, document: Document, index: int, entry: Mapping[str, str]) -> None:
        """Do what one item of ``off`` says, or report why that cannot be."""
        place: Key = ("off", index)
        kinds = [each for each in OFF_KINDS if each in entry]
        if len(kinds) != 1:
            message = f"每一项停用一样：{'、'.join(OFF_KINDS)} 里写一个"
            self.report(document, place, "layer.off", message)
            return
        (kind,) = kinds
        name, where = entry[kind], (*place, kind)
        title = OFF_KINDS[kind][0]
        known = list(self._known(kind))
        if name not in known:
            hint = near(name, known) or "，请检查拼写"
            self.report(document, where, "ref.unknown", f"下层没有叫「{name}」的{title}{hint}")
            return
        if kind in ("rule", "element") and not self.layers[number].may_loosen:
            message = f"{self.layers[number].level}层不能停用下层的{title}：请公司层写明理由停用，或者去掉这一项"
            self.report(document, where, "layer.guard", message)
            return
        if used := self._used(kind, name):
            message = f"{title}「{name}」不能停用：{used}"
            self.report(document, where, "layer.in-use", message)
            return
        if kind == "rule":
            self._switch_rules_off(document, where, name)
        elif kind == "synonym":
            part = self.rest[SYNONYMS]
            remove_items(part, ("synonyms",), [at for at, each in enumerate(part.value["synonyms"]) if each[0] == name])
        else:
            self._remove(kind, name)
        self.note(number, "off", title, name, document, place, entry["reason"])

    def _known(self, kind: str) -> Iterator[str]:
        if kind == "synonym":
            part = self.rest.get(SYNONYMS)
            yield from (group[0] for group in (part.value["synonyms"] if part else ()))
        elif kind == "rule":
            for entry in self.entries.get("rules", ()):
                yield entry.part.value["id"]
                yield self.rest[entry.home].value["category"]
        else:
            key = _OF_OFF[kind]
            yield from (_name_of(entry, key) for entry in self.entries.get(key, ()))

    def _used(self, kind: str, name: str) -> str:
        """Return in Chinese what of the library needs what would be switched off; empty where nothing does."""
        if kind == "situation" and name == HOLDING:
            return "认不出的消息由它来回答；可以用 change: replace 换掉它的回复"
        for entry in self.entries.get("scripts", ()):
            script = entry.part.value
            if kind == "slot" and name in script.get("ask", ()):
                return f"话术「{script['intent']}」的 ask 里有它，请先替换那份话术"
            for number, reply in enumerate(script["replies"], start=1):
                when = reply.get("when", {})
                if (
                    (kind == "slot" and f"{{{name}}}" in reply["text"])
                    or (kind == "festival" and when.get("festival") == name)
                    or (kind == "period" and when.get("time") == name)
                ):
                    return f"话术「{script['intent']}」第 {number} 条回复在用它，请先替换那份话术"
        return ""

    def _switch_rules_off(self, document: Document, where: Key, name: str) -> None:
        """Switch off the rules of today that a name means: those that an upper layer adds later stay on."""
        place, path = document.place(where), document.path
        if SETTINGS not in self.rest:
            self.rest[SETTINGS] = Part({"profiles": []}, {(): (1, 1)}, {(): path})
        settings = self.rest[SETTINGS]
        off = settings.value.setdefault("switched_off", [])
        settings.places.setdefault(("switched_off",), place)
        for rule in self.rules_of(name):
            if rule not in off:
                settings.put(("switched_off", len(off)), Part(rule, {(): place}, {(): path}))
                off.append(rule)

    def spell_out_categories(self) -> None:
        """Put the rules of each category that is switched off in its place: what is added to it later stays on."""
        settings = self.rest.get(SETTINGS)
        if settings is None or "switched_off" not in settings.value:
            return
        off = settings.part(("switched_off",))
        settings.value["switched_off"] = []
        settings.put(("switched_off",), Part([], {(): off.places[()]}, {(): off.sources[()]}))
        for index, name in enumerate(off.value):
            part = off.part((index,))
            for rule in self.rules_of(name) or [name]:
                listed = settings.value["switched_off"]
                settings.put(("switched_off", len(listed)), Part(rule, part.places, part.sources))
                listed.append(rule)

    def _remove(self, kind: str, name: str) -> None:
        key = _OF_OFF[kind]
        self.entries[key] = [each for each in self.entries[key] if _name_of(each, key) != name]
        if kind == "situation":
            scripts = self.entries.get("scripts", [])
            self.entries["scripts"] = [each for each in scripts if each.part.value["intent"] != name]
            for entry in self.entries["scripts"]:
                _without(entry, "next", {name})
                _without(entry, "covers", {name})
        if kind == "element":
            for entry in self.entries.get("scripts", ()):
                _without(entry, "elements", {name})
        for entry in self.entries.get("manuals", ()):
            _leave_out_of_manual(entry, kind, name)


def _without(entry: Entry, key: str, names: set[str]) -> None:
    """Take names out of a list of an entry; 「a|b」 becomes 「a」."""
    items = entry.part.value.get(key, ())
    if not any(names & set(item.split("|")) for item in items):
        return
    if not entry.changed:
        entry.part, entry.changed = copy.deepcopy(entry.part), True
    items = entry.part.value[key]
    items[:] = ["|".join(each for each in item.split("|") if each not in names) for item in items]
    remove_items(entry.part, (key,), [index for index, item in enumerate(items) if not item])


def _leave_out_of_manual(entry: Entry, kind: str, name: str) -> None:
    """Take what is switched off out of the map of the manuals; a section of which nothing is left says so."""
    key = {"situation": "situations", "element": "rules"}.get(kind, "settings")
    for index, section in enumerate(entry.part.value["sections"]):
        if name not in section.get(key, ()):
            continue
        if not entry.changed:
            entry.part, entry.changed = copy.deepcopy(entry.part), True
        section = entry.part.value["sections"][index]
        remove_items(entry.part, ("sections", index, key), [section[key].index(name)])
        if not section[key]:
            del section[key]
        if not any(each in section for each in ("situations", "rules", "settings")):
            section["none"] = "这里的内容已经停用"


def _name_of(entry: Entry, key: str) -> str:
    kind = next(kind for kind, fields in NAMED.items() if key in fields)
    return str(entry.part.value[NAMED[kind][key]])
