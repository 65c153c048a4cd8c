"""What is made of each rule by itself: its compiled phrases, its anchors, and what stands side by side in it.

Whoever changes one rule of a hundred waits for that one. The parts of all rules of a library stay in the cache, each
under what it was made of; the tables that a scan asks are put together of them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable
from typing import Any, NamedTuple, cast

from csbot.rules.disguises.alike import listed_in
from csbot.rules.disguises.initials import said_by_initials
from csbot.rules.lookup.anchor_table import Columns, columns_of
from csbot.rules.lookup.anchors import anchors_of
from csbot.rules.wording.compiled import CompiledRule, Stored
from csbot.rules.wording.forms import windows_of
from csbot.rules.wording.model import PhraseRule
from csbot.text.cache import recall, remember

FORMAT = 44  # of parts and of the tables made of them; changes with what any of the functions below gives

NEW = 8  # rules whose parts are remembered for the process after they were made


class Part(NamedTuple):
    """What is made of one rule, as JSON: lists of texts are kept as one text, line after line."""

    compiled: list[Any]  # the fields of ``Stored``, bytes as text
    anchors: list[Any]  # column by column: the numbers of phrases, texts as one, literals, flags
    windows: str
    initials: str
    listed: str  # what characters of may be written as others that look like them

    def stored(self) -> Stored:
        """Return the compiled phrases and exceptions."""
        reach, phrases, exceptions = self.compiled
        return Stored(reach, phrases.encode("utf-8", "surrogatepass"), exceptions.encode("utf-8", "surrogatepass"))


def part_of(rule: PhraseRule) -> Part:
    """Make the part of a rule. Raises PhraseError where one of its phrases or exceptions is not valid."""
    compiled = CompiledRule.compile(rule)
    stored = compiled.stored
    texts = [each.decode("utf-8", "surrogatepass") for each in (stored.phrases, stored.exceptions)]
    initials, listed = "\n".join(said_by_initials(rule)), "\n".join(listed_in(rule))
    if not compiled.folded:
        return Part([stored.reach, *texts], [[], "", [], []], "", initials, listed)
    anchors = columns_of(anchors_of(0, rule))
    columns = [anchors.phrases, "\n".join(anchors.texts), anchors.literals, anchors.flags]
    return Part([stored.reach, *texts], columns, "\n".join(sorted(windows_of(rule.phrases))), initials, listed)


def anchors_in(parts: Iterable[Part]) -> Columns:
    """Return the anchors of all rules, given the part of each in order."""
    columns: list[list[Any]] = [[] for _ in Columns._fields]
    for number, part in enumerate(parts):
        phrases, texts, literals, flags = part.anchors
        if phrases:
            of_part = ([number] * len(phrases), phrases, texts.split("\n"), literals, flags)
            for column, more in zip(columns, of_part, strict=True):
                column += more
    return Columns(*columns)


def parts_of(rules: Iterable[PhraseRule], name: str) -> list[Part]:
    """Return the parts of rules, those that were made before from the cache; keep them there under ``name``.

    Without a name nothing is kept. Raises PhraseError for the first rule that is not valid.
    """
    before = cast(dict[str, Any], recall(f"parts-{name}", str(FORMAT)) or {}) if name else {}
    now: dict[str, list[Any]] = {}
    parts: list[Part] = []
    for rule in rules:
        key = _key(rule)
        part = Part(*before[key]) if key in before else _made_just_now(key, rule)
        parts.append(part)
        now[key] = list(part)
    if name and now.keys() != before.keys():
        remember(f"parts-{name}", str(FORMAT), now)
    return parts


def _made_just_now(key: str, rule: PhraseRule) -> Part:
    """Return the part of a rule that is new: whoever changes it is asked about it by itself and among the others."""
    part = _new.pop(key, None) or part_of(rule)
    _new[key] = part
    while len(_new) > NEW:
        with contextlib.suppress(KeyError, StopIteration, RuntimeError):  # another thread makes parts, too
            del _new[next(iter(_new))]
    return part


_new: dict[str, Part] = {}


def _key(rule: PhraseRule) -> str:
    """Return a digest of all that the part of a rule is made of."""
    made_of = [rule.name, rule.kind, rule.keep_you, rule.tolerant, rule.phrases, rule.exceptions]
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()
