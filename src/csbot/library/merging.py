"""Merge the layers of a library into one, so that every value still knows the file and the line it stands in."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from csbot.library.entries import regional_of
from csbot.library.layer_guard import refusal
from csbot.library.layers import Layer
from csbot.library.locate import FOLDERS, LAYER, kind_of
from csbot.library.placed import Part, merge, split
from csbot.library.problems import Problem
from csbot.library.shapes.parts import CHANGE_REASON
from csbot.library.stacking import NAMED, WHAT, Entry, near
from csbot.library.switching import Switching
from csbot.library.yaml_document import Document, Key
from csbot.rules.disguises.dialect import Dialect, spelled_out


class Merger(Switching):
    """Puts one layer after the other upon the lowest."""

    def add(self, number: int, documents: Mapping[str, Document]) -> None:
        """Put the files of a layer upon what is there. Their shape is right."""
        document = self.layers[number].document
        if number and document is not None:
            self.spell_out_categories()
            for index, entry in enumerate(document.data.get("off", ())):
                self.switch_off(number, document, index, entry)
        for name, each in documents.items():
            if kind_of(name) != "layer":
                self._add_file(number, name, each)

    # ── entries that have a name ──

    def _add_file(self, number: int, name: str, document: Document) -> None:
        kind = kind_of(name)
        self.paths[document.path] = number
        home = f"{name}@{number}" if number and kind in (*FOLDERS.values(), "conversations") else name
        parts, rest = split(document, NAMED.get(kind, {}))
        for key, parts_of_key in parts.items():
            self._take(number, home, kind, key, parts_of_key, document)
        if home not in self.rest:
            self.rest[home] = rest
        else:
            self._add_rest(number, kind, self.rest[home], rest, document)
        if kind == "settings":
            self._check_settings(number, document)

    def _take(self, number: int, home: str, kind: str, key: str, parts: Sequence[Part], document: Document) -> None:
        entries = self.entries.setdefault(key, [])
        below = {entry.part.value[NAMED[kind][key]]: entry for entry in entries} if number else {}
        for index, part in enumerate(parts):
            identifier = part.value[NAMED[kind][key]]
            change, reason = part.value.get("change"), part.value.get(CHANGE_REASON, "")
            old = below.get(identifier)
            what = f"{WHAT[key]}「{identifier}」"
            place: Key = (key, index, "change" if change else CHANGE_REASON if reason else NAMED[kind][key])
            if old is None and (change or reason):
                hint = near(identifier, below) or "；新的条目不写 change"
                if not change:
                    hint = "：change_reason 和 change 一起写"
                self.report(document, place, "layer.nothing-below", f"下层没有{what}{hint}")
            elif old is None and number and kind == "circumstances" and not self.layers[number].may_loosen:
                message = f"{self.layers[number].level}层不能加不算的情形：请公司层来加"
                self.report(document, place, "layer.guard", message)
            elif old is None:
                entries.append(Entry(home, part))
                if number:
                    self.note(number, "new", WHAT[key], identifier, document, (key, index))
            elif not change:
                source = f"{old.part.sources[()]}:{old.part.places[()][0]}"
                message = f"下层已有{what}（{source}）：要补充写 change: add，要替换写 change: replace，不相干就改名"
                self.report(document, place, "layer.exists", message)
            elif refused := refusal(self.layers[number], kind, old.part.value, part.value):
                at, message = refused
                self.report(document, (key, index, *at), "layer.guard", message)
            else:
                self._change(old, part, change, NAMED[kind][key])
                self.note(number, change, WHAT[key], identifier, document, (key, index), reason)

    @staticmethod
    def _change(old: Entry, part: Part, change: str, name: str) -> None:
        if not old.changed:
            old.part, old.changed = copy.deepcopy(old.part), True
        value = old.part.value
        if "phrases" in part.value and "phrases" not in value and change == "add" and value.get("kind") != "name":
            value["phrases"] = [value["banned"]]  # what an absent list means
            old.part.put(("phrases",), old.part.part(("banned",)))
            old.part.put(("phrases", 0), old.part.part(("banned",)))
        for key, new in part.value.items():
            if key not in ("change", CHANGE_REASON, name):
                merge(old.part, (key,), part.part((key,)), new, add=change == "add")
        old.part.put((name,), part.part((name,)))  # what is wrong with the whole is to be mended up here

    # ── what has no name ──

    def _add_rest(self, number: int, kind: str, old: Part, new: Part, document: Document) -> None:
        if kind == "regional" and not self.layers[number].may_loosen:
            self._keep_meanings(number, old, new, document)
        for key, value in new.value.items():
            if (kind, key) == ("synonyms", "synonyms"):
                self._add_synonyms(old, new)
            elif key not in NAMED.get(kind, {}):
                merge(old, (key,), new.part((key,)), value, add=kind != "settings")
            if kind == "settings":
                self.note(number, "replace", "设置", key, document, (key,))

    def _keep_meanings(self, number: int, old: Part, new: Part, document: Document) -> None:
        """Report words that would be read as what lower layers do not say: 「莫得办法」 as anything but 「没办法」."""
        lower = Dialect(regional_of(old.value))
        for word in spelled_out(regional_of(new.value)):
            read = lower.reading(word.written)
            if read not in (word.written, word.meant):
                level = self.layers[number].level
                message = f"{level}层不能改下层的意思：「{word.written}」在下层读作「{read}」，请公司层来改，或者去掉"
                self.report(document, ("regional", word.group, "words", word.number), "layer.guard", message)

    @staticmethod
    def _add_synonyms(old: Part, new: Part) -> None:
        groups = old.value["synonyms"]
        for index, group in enumerate(new.value["synonyms"]):
            at = next((at for at, each in enumerate(groups) if each[0] == group[0]), len(groups))
            groups[at : at + 1] = [group]
            old.put(("synonyms", at), new.part(("synonyms", index)))

    def _check_settings(self, number: int, document: Document) -> None:
        if number and "switched_off" in document.data:
            message = f"在下层上面停用规则要写明理由：请改写在 {LAYER} 的 off 里，例如 - {{rule: 编号, reason: 理由}}"
            self.report(document, ("switched_off",), "layer.guard", message)

    # ── what comes of it ──

    def documents(self) -> dict[str, Document]:
        """Return the merged files by name, and under the name of layer.yaml what each layer does."""
        merged: dict[str, Document] = {}
        for name, rest in self.rest.items():
            document = Document(rest.sources[()], dict(rest.value), dict(rest.places), sources=dict(rest.sources))
            fields = NAMED.get(kind_of(name), {})
            document.data = {**dict.fromkeys(fields), **rest.value}
            for key in fields:
                entries = [each for each in self.entries.get(key, ()) if each.home == name]
                document.data[key] = [entry.part.value for entry in entries]
                for index, entry in enumerate(entries):
                    document.places.update({(key, index, *at): place for at, place in entry.part.places.items()})
                    document.sources.update({(key, index, *at): path for at, path in entry.part.sources.items()})
            merged[name] = document
        merged[LAYER] = Document("", self._account())
        return merged

    def _account(self) -> dict[str, Any]:
        """Return what a Library tells of its layers: each, what it changes, and whose the replies and rules are."""
        numbers = self.paths
        replies = {
            f"{entry.part.value['intent']}#{index}": number
            for entry in self.entries.get("scripts", ())
            for index in range(len(entry.part.value["replies"]))
            if (number := numbers.get(entry.part.source(("replies", index)), 0))
        }
        rules = {
            entry.part.value["id"]: number
            for entry in self.entries.get("rules", ())
            if (number := numbers.get(entry.part.sources[()], 0))
        }
        return {
            "layers": [[str(layer.root), layer.level, layer.name] for layer in self.layers],
            "changes": [change.as_list() for change in self.changes],
            "replies": replies,
            "rules": rules,
        }


def merged(
    layers: Sequence[Layer], read: Sequence[Mapping[str, Document]]
) -> tuple[dict[str, Document], list[Problem]]:
    """Return the files of a library as one, from its layers and their files, the lowest first, and what is wrong.

    A complete library by itself comes back as it is.
    """
    if len(layers) == 1:
        return dict(read[0]), list(_stray_changes(read[0]))
    merger = Merger(layers)
    for number, documents in enumerate(read):
        lower = number < len(layers) - 1
        merger.add(number, {name: _without_tests(name, each) if lower else each for name, each in documents.items()})
    return merger.documents(), merger.problems


def _without_tests(name: str, document: Document) -> Document:
    if kind_of(name) != "scripts":
        return document
    data = {key: value for key, value in document.data.items() if key != "known_failures"}
    data["scripts"] = [{key: value for key, value in each.items() if key != "tests"} for each in data["scripts"]]
    return Document(document.path, data, document.places)


def _stray_changes(documents: Mapping[str, Document]) -> Iterator[Problem]:
    """Yield entries of a complete library that would change what a lower layer has: there is none."""
    for name, document in documents.items():
        for field_name in NAMED.get(kind_of(name), {}):
            for index, entry in enumerate(document.data[field_name]):
                for key in ("change", CHANGE_REASON):
                    if key in entry:
                        message = f"这个话术库没有下层，不用写 {key}；要放在别的话术库上面，先写 {LAYER}"
                        yield document.problem((field_name, index, key), "layer.nothing-below", message)
