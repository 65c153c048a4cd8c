"""A library: all that its files hold, as values that are made when they are first asked for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from csbot.library import entries
from csbot.library.account import LayerChange, LayerName
from csbot.library.locate import DISGUISES
from csbot.library.values import (
    AgentQuestions,
    DayPeriod,
    Festival,
    Intent,
    Manual,
    Script,
    Slot,
    agent_questions_of,
    intent_of,
    script_of,
    section_of,
)
from csbot.rules.wording.model import Circumstance, Disguises, PhraseRule, Polish


@dataclass(frozen=True)
class Library:
    """A checked library. ``data`` maps each file's path inside the library to what it holds.

    The parts are made when they are first asked for: checking a draft never builds the intents.
    """

    root: Path
    origin: str  # how it was found, in Chinese
    digest: str  # of the content of all its files
    data: Mapping[str, Any]

    @property
    def place(self) -> str:
        """A short name for the folder of the library, under which what is derived from it is cached."""
        return hashlib.sha256(str(self.root.resolve()).encode("utf-8", "surrogatepass")).hexdigest()[:12]

    def _files(self, folder: str) -> list[Any]:
        return [self.data[path] for path in sorted(self.data) if path.startswith(folder + "/")]

    @cached_property
    def intents(self) -> dict[str, Intent]:
        """Intents by id, in the order of the file."""
        return {entry["id"]: intent_of(entry) for entry in self.data["intents.yaml"]["intents"]}

    @property
    def out_of_scope(self) -> tuple[str, ...]:
        """Messages that belong to no situation: the background against which the others stand out."""
        return tuple(self.data["intents.yaml"].get("out_of_scope", ()))

    @cached_property
    def scripts(self) -> dict[str, Script]:
        """Scripts by the id of their intent."""
        return {
            entry["intent"]: script_of(entry, file["topic"])
            for file in self._files("scripts_library")
            for entry in file["scripts"]
        }

    @cached_property
    def forbidden(self) -> tuple[PhraseRule, ...]:
        """The rules of what must not be said, those that the company switched off aside."""
        off = set(self._settings.get("switched_off", ()))
        return tuple(
            entries.forbidden_rule(entry, file, self.circumstances)
            for file in self._files("phrasebook/forbidden")
            for entry in file["rules"]
            if not {entry["id"], file["category"]} & off
        )

    @cached_property
    def circumstances(self) -> tuple[Circumstance, ...]:
        """What stands around hits of forbidden rules and spares them; nothing where the library does not say."""
        return tuple(
            map(entries.circumstance_of, self.data.get("phrasebook/circumstances.yaml", {}).get("circumstances", ()))
        )

    @cached_property
    def elements(self) -> tuple[PhraseRule, ...]:
        """The rules of what must be said where a script names it."""
        return tuple(
            entries.element_rule(entry, file)
            for file in self._files("phrasebook/elements")
            for entry in file["elements"]
        )

    @cached_property
    def slots(self) -> dict[str, Slot]:
        """Slots by name."""
        return {
            entry["name"]: Slot(**{**entry, "choices": tuple(entry.get("choices", ()))})
            for entry in self.data["phrasebook/slots.yaml"]["slots"]
        }

    @cached_property
    def day_periods(self) -> tuple[DayPeriod, ...]:
        """The periods of the day."""
        return tuple(
            DayPeriod(
                entry["name"], entries.minutes_of(entry["from"]), entries.minutes_of(entry["to"]), entry["greeting"]
            )
            for entry in self.data["phrasebook/occasions.yaml"]["day_periods"]
        )

    @cached_property
    def festivals(self) -> tuple[Festival, ...]:
        """The festivals, in the order in which they win when two fall on one day."""
        return tuple(
            Festival(
                entry["name"],
                entry["greeting"],
                tuple(entry["named_by"]),
                entries.month_day_of(entry.get("solar")),
                entries.month_day_of(entry.get("lunar")),
                int(entry.get("days", "1")),
                int(entry.get("days_before", "0")),
                tuple((dates["from"], dates["to"]) for dates in entry.get("dates", ())),
            )
            for entry in self.data["phrasebook/occasions.yaml"]["festivals"]
        )

    @property
    def _settings(self) -> Mapping[str, Any]:
        settings: Mapping[str, Any] = self.data.get("phrasebook/settings.yaml", {})
        return settings

    @property
    def profiles(self) -> frozenset[str]:
        """The trades of the company; empty for all."""
        return frozenset(self._settings.get("profiles", ()))

    @property
    def keeps_inbox(self) -> bool:
        """Whether consoles keep for the trainer what was not recognised, rated or reworded."""
        return bool(self._settings.get("inbox", "true") == "true")

    @property
    def review_days(self) -> int:
        """How many days after it was reviewed a script should be read through again."""
        return int(self._settings.get("review_days", "365"))

    @property
    def _account(self) -> Mapping[str, Any]:
        account: Mapping[str, Any] = self.data.get("layer.yaml", {})
        return account

    @cached_property
    def layers(self) -> tuple[LayerName, ...]:
        """The layers that the library is made of, the lowest first; empty where it is one complete library."""
        return tuple(LayerName(*each) for each in self._account.get("layers", ()))

    @cached_property
    def layer_changes(self) -> tuple[LayerChange, ...]:
        """What the layers do to what is below them, in the order in which they do it."""
        return tuple(LayerChange(*each) for each in self._account.get("changes", ()))

    def layer_of_reply(self, intent: str, index: int) -> LayerName | None:
        """Return the layer that a reply comes from, by situation and index; None in a library without layers."""
        return self.layers[self._account["replies"].get(f"{intent}#{index}", 0)] if self.layers else None

    def layer_of_rule(self, rule: str) -> LayerName | None:
        """Return the layer that a forbidden rule comes from; None in a library without layers."""
        return self.layers[self._account["rules"].get(rule, 0)] if self.layers else None

    @cached_property
    def forbidden_digest(self) -> str:
        """A digest of the forbidden rules: what is compiled of them is as good after another file has changed."""
        others = (self.data.get(f"phrasebook/{name}.yaml") for name in ("circumstances", *DISGUISES))
        return _digest(self._files("phrasebook/forbidden"), self._settings.get("switched_off"), *others)

    @cached_property
    def element_digest(self) -> str:
        """A digest of the element rules."""
        return _digest(self._files("phrasebook/elements"))

    @cached_property
    def recognition(self) -> str:
        """A digest of what messages are recognised by: situations and words, not what is replied."""
        words = (self.data.get(f"phrasebook/{name}.yaml") for name in ("synonyms", "agent_questions"))
        return _digest(self.data["intents.yaml"], *words)

    @cached_property
    def manuals(self) -> tuple[Manual, ...]:
        """What of the library comes from which section of the manuals; empty where the library does not say."""
        manuals = self.data.get("phrasebook/manuals.yaml", {"manuals": []})["manuals"]
        return tuple(Manual(each["id"], each["name"], tuple(map(section_of, each["sections"]))) for each in manuals)

    @cached_property
    def polish(self) -> Polish:
        """What a rewriting of drafts needs to know besides the rules; nothing where the library does not say."""
        file = self.data.get("phrasebook/rewriting.yaml", {})
        keeps, facts = (tuple(file.get(name, ())) for name in ("keeps", "facts"))
        seams, touches = (
            tuple(entries.polish_rule(name, number, entry) for number, entry in enumerate(file.get(name, ())))
            for name in ("seams", "touches")
        )
        return Polish(keeps, facts, seams, touches, entries.rewritten_of(file))

    @cached_property
    def synonyms(self) -> tuple[tuple[str, ...], ...]:
        """Groups of words that mean the same to the matcher."""
        return tuple(map(tuple, self.data.get("phrasebook/synonyms.yaml", {"synonyms": []})["synonyms"]))

    @cached_property
    def goods(self) -> tuple[str, ...]:
        """Words that name what is sold: to the matcher one is like the other."""
        return tuple(word for line in self.data.get("phrasebook/synonyms.yaml", {}).get("goods", ()) for word in line)

    @property
    def agent_questions(self) -> AgentQuestions:
        """By which words an agent's own question is told from a customer's message; none without that file."""
        return agent_questions_of(self.data.get("phrasebook/agent_questions.yaml", {}))

    @cached_property
    def disguises(self) -> Disguises:
        """How expressions are disguised; of what the library does not say there is nothing."""
        shapes, regional, inserted = (self.data.get(f"phrasebook/{name}.yaml", {}) for name in DISGUISES)
        return Disguises(
            tuple(map(tuple, shapes.get("shapes", ()))), entries.regional_of(regional), entries.insertions_of(inserted)
        )


def _digest(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()
